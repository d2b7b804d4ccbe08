//! The guarantee that an award requires, and the damages for a day of delay, as a scheme's file states them: a share, a
//! sum in rupees, or a sum by the awarded capacity from a table.

use crate::base::money::{BasisPoints, Paise};
use crate::base::refusal::Refusal;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::partial_achievement::WhilePartial;
use crate::scheme::recovery_rules::DamagesCap;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::rule::not_computable;
use crate::scheme::rules::unit::Unit;
use crate::scheme::scheme::{Basis, Scheme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The performance security that an award requires: one of the three ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityRule {
    /// A share of all ceilings of the award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_points: Option<BasisPoints>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rupees: Option<i64>,
    /// The name of a table of sums by awarded capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    pub basis: Basis,
    pub source: String,
}

/// What a day of delay costs under one award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayRate {
    /// A share of the security that the award requires.
    Share { share: BasisPoints, security: Paise },
    /// A sum of money.
    Sum(Paise),
}

/// The rule for damages as it holds for one award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DamagesTerms {
    pub rate: DayRate,
    pub while_partial: Option<WhilePartial>,
    /// The most that the damages for one milestone come to.
    pub cap: Option<Paise>,
}

/// The three ways in which a sum can be stated, for a check of the file.
struct Stated<'a> {
    key: &'static str,
    /// The key of the share, and the one of rupees.
    names: (&'static str, &'static str),
    share: Option<BasisPoints>,
    rupees: Option<i64>,
    table: Option<&'a str>,
}

impl Scheme {
    /// The security that an award of a capacity requires, whose ceilings sum up to this; zero if the scheme requires
    /// none.
    pub fn security_required(&self, ceilings: Option<Paise>, capacity_mtpa: i64) -> Result<Paise, Refusal> {
        let Some(rule) = &self.performance_security else { return Ok(Paise::ZERO) };
        match (rule.basis_points, rule.rupees, &rule.table) {
            (Some(share), ..) => {
                ceilings.and_then(|total| total.share_rounded_down(share)).ok_or(Refusal::AmountTooLarge)
            }
            (_, Some(rupees), _) => Paise::from_rupees(rupees).ok_or(Refusal::AmountTooLarge),
            (.., Some(table)) => self.by_capacity("performance_security", table, capacity_mtpa),
            _ => Ok(Paise::ZERO),
        }
    }

    /// The rule for damages under an award of a capacity that requires this security; `None` if the scheme has none.
    pub fn damages_terms(&self, security: Paise, capacity_mtpa: i64) -> Result<Option<DamagesTerms>, Refusal> {
        let Some(rule) = &self.liquidated_damages else { return Ok(None) };
        let rate = match (rule.basis_points_per_day, rule.rupees_per_day, &rule.table) {
            (Some(share), ..) => DayRate::Share { share, security },
            (_, Some(rupees), _) => DayRate::Sum(Paise::from_rupees(rupees).ok_or(Refusal::AmountTooLarge)?),
            (.., Some(table)) => DayRate::Sum(self.by_capacity("liquidated_damages", table, capacity_mtpa)?),
            _ => return Ok(None),
        };
        let cap = match &rule.cap {
            Some(DamagesCap { basis_points: Some(share), .. }) => {
                Some(security.share_rounded_down(*share).ok_or(Refusal::AmountTooLarge)?)
            }
            Some(DamagesCap { rupees: Some(sum), .. }) => {
                Some(Paise::from_rupees(*sum).ok_or(Refusal::AmountTooLarge)?)
            }
            _ => None,
        };
        Ok(Some(DamagesTerms { rate, while_partial: rule.while_partial, cap }))
    }

    fn by_capacity(&self, rule: &str, table: &str, capacity_mtpa: i64) -> Result<Paise, Refusal> {
        let none = Refusal::NotInScheme { what: "a sum by capacity" };
        let read = self.tables.get(table).and_then(|table| table.read().ok()).ok_or(none)?;
        let value = read.row(Exact::whole(capacity_mtpa)).map_err(not_computable(rule))?;
        value.rounded_down().map(Paise).map_err(|why| not_computable(rule)(why.into()))
    }

    /// The tables that these rules read, by capacity.
    pub(crate) fn tables_by_capacity(&self) -> impl Iterator<Item = &str> {
        let security = self.performance_security.iter().filter_map(|rule| rule.table.as_deref());
        security.chain(self.liquidated_damages.iter().filter_map(|rule| rule.table.as_deref()))
    }

    /// Checks both rules of a file; the error names the key and the reason.
    pub(crate) fn check_security(&self) -> Result<(), BadScheme> {
        if let Some(rule) = &self.performance_security {
            self.check_stated(&Stated {
                key: "performance_security",
                names: ("basis_points", "rupees"),
                share: rule.basis_points,
                rupees: rule.rupees,
                table: rule.table.as_deref(),
            })?;
        }
        let Some(rule) = &self.liquidated_damages else { return Ok(()) };
        if rule.basis_points_per_day.is_some() && self.performance_security.is_none() {
            let why = "a share of the performance security, of which this scheme requires none; state rupees_per_day";
            return Err(BadScheme::new("liquidated_damages.basis_points_per_day", why));
        }
        if let Some(cap) = &rule.cap {
            if cap.basis_points.is_some() && self.performance_security.is_none() {
                let why = "a share of the performance security, of which this scheme requires none; state rupees";
                return Err(BadScheme::new("liquidated_damages.cap.basis_points", why));
            }
            self.check_stated(&Stated {
                key: "liquidated_damages.cap",
                names: ("basis_points", "rupees"),
                share: cap.basis_points,
                rupees: cap.rupees,
                table: None,
            })?;
        }
        self.check_stated(&Stated {
            key: "liquidated_damages",
            names: ("basis_points_per_day", "rupees_per_day"),
            share: rule.basis_points_per_day,
            rupees: rule.rupees_per_day,
            table: rule.table.as_deref(),
        })
    }

    fn check_stated(&self, stated: &Stated<'_>) -> Result<(), BadScheme> {
        let (share, rupees) = stated.names;
        let ways = [stated.share.is_some(), stated.rupees.is_some(), stated.table.is_some()];
        if ways.iter().filter(|given| **given).count() != 1 {
            return Err(BadScheme::new(stated.key, format!("states exactly one of {share}, {rupees} and table")));
        }
        if let Some(points) = stated.share.filter(|points| !(1..=10_000).contains(&points.0)) {
            let why =
                format!("{} basis points are not a share; it is 1 to 10000, of which 100 are one percent", points.0);
            return Err(BadScheme::new(format!("{}.{share}", stated.key), why));
        }
        if let Some(sum) = stated.rupees.filter(|sum| *sum < 1 || Paise::from_rupees(*sum).is_none()) {
            let why = format!("{sum} rupees are not a possible sum");
            return Err(BadScheme::new(format!("{}.{rupees}", stated.key), why));
        }
        let Some(name) = stated.table else { return Ok(()) };
        let at = || format!("{}.table", stated.key);
        let table = self.tables.get(name).ok_or_else(|| BadScheme::new(at(), format!("there is no table `{name}`")))?;
        let by: Unit = "t/year".parse().unwrap_or_default();
        if table.by.unit != by || table.unit.unit != Unit::paise() {
            return Err(BadScheme::new(at(), format!("table `{name}` must go by t/year and have sums of rupees")));
        }
        let most = self.capacity_mtpa.most;
        match table.rows.last().and_then(|row| row.up_to) {
            Some(end) if end < most => {
                let why = format!("its last row ends at {end} t/year, and an award has up to {most}");
                Err(BadScheme::new(format!("tables.{name}"), why))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme::tests::TEXT;

    const SHARE: &str = "[performance_security]\nbasis_points = 200";
    const PER_DAY: &str = "basis_points_per_day = 10";
    const TABLE: &str = "[tables.by_capacity]\nby = \"t/year\"\nunit = \"rupees\"\n\n[[tables.by_capacity.rows]]\n\
                         up_to = 600\nvalue = 500000\nbasis = \"assumption\"\nsource = \"x\"\n\n\
                         [[tables.by_capacity.rows]]\nvalue = 1250000\nbasis = \"assumption\"\nsource = \"x\"\n\n";

    fn changed(changes: &[(&str, &str)]) -> Result<Scheme, String> {
        let text = changes.iter().fold(TEXT.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        Scheme::parse(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_guarantee_is_a_share_a_sum_a_table_or_none() {
        let required = |to: &str, capacity: i64| {
            changed(&[(SHARE, to)]).unwrap().security_required(Some(Paise(1_000_000)), capacity).unwrap().0
        };
        assert_eq!(required(SHARE, 500), 20_000);
        assert_eq!(required("[performance_security]\nrupees = 500000000", 500), 50_000_000_000);
        let table = format!("{TABLE}[performance_security]\ntable = \"by_capacity\"");
        assert_eq!((required(&table, 600), required(&table, 601)), (50_000_000, 125_000_000));
        let start = TEXT.find("[performance_security]").unwrap();
        let section = &TEXT[start..start + TEXT[start..].find("\n\n").unwrap() + 2];
        let none = changed(&[(section, ""), (PER_DAY, "rupees_per_day = 500000")]).unwrap();
        assert_eq!(none.security_required(Some(Paise(1_000_000)), 500), Ok(Paise::ZERO));
        let told = changed(&[(section, "")]).unwrap_err();
        assert!(told.contains("basis_points_per_day': a share of the performance security"), "{told}");
    }

    #[test]
    fn a_day_of_delay_costs_a_share_a_sum_or_what_a_table_says() {
        let rate = |to: &str, capacity: i64| {
            let text = format!("{TABLE}[liquidated_damages]");
            let table = to.starts_with("table").then_some(("[liquidated_damages]", text.as_str()));
            let changes: Vec<_> = table.into_iter().chain([(PER_DAY, to)]).collect();
            let scheme = changed(&changes).unwrap();
            scheme.damages_terms(Paise(7), capacity).unwrap().unwrap().rate
        };
        assert_eq!(rate(PER_DAY, 500), DayRate::Share { share: BasisPoints(10), security: Paise(7) });
        assert_eq!(rate("rupees_per_day = 500000", 500), DayRate::Sum(Paise(50_000_000)));
        assert_eq!(rate("table = \"by_capacity\"", 1_000), DayRate::Sum(Paise(125_000_000)));
    }

    #[test]
    fn damages_have_a_cap_where_the_file_states_one() {
        let cap = |stated: &str| {
            let text = format!("{PER_DAY}\ncap = {{ {stated}, basis = \"assumption\", source = \"x\" }}");
            changed(&[(PER_DAY, &text)])
        };
        let most = |stated: &str| cap(stated).unwrap().damages_terms(Paise(9), 500).unwrap().unwrap().cap;
        assert_eq!((most("basis_points = 5000"), most("rupees = 7")), (Some(Paise(4)), Some(Paise(700))));
        assert_eq!(changed(&[]).unwrap().damages_terms(Paise(9), 500).unwrap().unwrap().cap, None);
        assert!(cap("basis_points = 0").unwrap_err().contains("liquidated_damages.cap.basis_points"));
        assert!(cap("rupees = 1, basis_points = 1").unwrap_err().contains("exactly one of"));
        assert!(cap("rupees = -1").unwrap_err().contains("-1 rupees"));
    }

    #[test]
    fn what_is_stated_twice_or_not_at_all_is_named() {
        let told = |from: &str, to: &str| changed(&[(from, to)]).unwrap_err();
        assert!(told(SHARE, &format!("{SHARE}\nrupees = 5")).contains("exactly one of basis_points, rupees and table"));
        assert!(told(PER_DAY, "").contains("exactly one of basis_points_per_day, rupees_per_day and table"));
        assert!(told(SHARE, "[performance_security]\nrupees = -5").contains("-5 rupees are not a possible sum"));
        assert!(told(SHARE, "[performance_security]\nbasis_points = 20000").contains("20000 basis points"));
        assert!(told(SHARE, "[performance_security]\ntable = \"nothing\"").contains("there is no table `nothing`"));
        let short =
            TABLE.replacen("[[tables.by_capacity.rows]]\nvalue", "[[tables.by_capacity.rows]]\nup_to = 999\nvalue", 1);
        let short = format!("{short}[performance_security]\ntable = \"by_capacity\"");
        assert!(told(SHARE, &short).contains("ends at 999 t/year, and an award has up to 1000"));
    }
}
