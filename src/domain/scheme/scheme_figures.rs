//! The figures and tables of a scheme by their names in rules: those of the sections that every
//! scheme has, and those that a scheme defines itself.

use crate::base::money::Paise;
use crate::scheme::rules::figure::{Measure, NamedFigure, NamedTable};
use crate::scheme::rules::names::Value;
use crate::scheme::scheme::{Basis, Scheme};
use chrono::NaiveDate;

fn number(value: i64, unit: &str, basis: Basis, source: &str) -> NamedFigure {
    let unit = Measure::try_from(unit.to_owned()).ok();
    NamedFigure { value: Some(value), unit, date: None, basis, source: source.to_owned() }
}

impl Scheme {
    /// Every figure with its name in rules.
    pub fn named_figures(&self) -> Vec<(String, NamedFigure)> {
        let mut all: Vec<(String, NamedFigure)> = Vec::new();
        let mut add = |name: &str, figure| all.push((name.to_owned(), figure));
        for part in &self.components {
            add(&format!("outlay_{}", part.code), number(part.rupees, "rupees", part.basis, &part.source));
        }
        let total = &self.total_capacity_mtpa;
        add("total_capacity", number(total.value, "t/year", total.basis, &total.source));
        let years = [("gestation_years", &self.gestation_years), ("incentive_years", &self.incentive_years)];
        for (name, figure) in years {
            add(name, number(figure.value, "year", figure.basis, &figure.source));
        }
        if let Some(rules) = &self.sales_linked_incentive {
            let (rate, share) = (&rules.rate_ceiling_per_kg, &rules.turnover_share);
            add("rate_ceiling_per_kg", number(rate.rupees, "rupees/kg", rate.basis, &rate.source));
            add("turnover_share", number(share.basis_points.0, "basis_points", share.basis, &share.source));
        }
        if let Some(rules) = &self.capital_subsidy {
            let (share, from) = (&rules.investment_share, &rules.counted_from);
            add("investment_share", number(share.basis_points.0, "basis_points", share.basis, &share.source));
            let source = from.source.clone();
            add(
                "counted_from",
                NamedFigure { value: None, unit: None, date: Some(from.date), basis: from.basis, source },
            );
        }
        for (name, share) in self.mass_balance.iter().flat_map(|rules| rules.figures()) {
            all.push((name, number(share.basis_points.0, "basis_points", share.basis, &share.source)));
        }
        all.extend(self.figures.iter().map(|(name, figure)| (name.clone(), figure.clone())));
        all
    }

    /// Every table with its name in rules.
    pub fn named_tables(&self) -> impl Iterator<Item = (String, NamedTable)> + '_ {
        self.tables.iter().map(|(name, table)| (name.clone(), table.clone()))
    }

    /// The largest incentive that may be requested for a kilogram, if the scheme defines it.
    pub fn rate_ceiling(&self) -> Option<Paise> {
        match self.book.fixed.get("rate_ceiling_per_kg")? {
            Value::Number(number) => number.rounded_down().ok().map(Paise),
            _ => None,
        }
    }

    /// The first day from which investment counts, if the scheme defines it.
    pub fn counted_from(&self) -> Option<NaiveDate> {
        match self.book.fixed.get("counted_from")? {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }
}
