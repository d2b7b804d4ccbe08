//! The largest value that an expression can have, as far as the file alone says it (a bound of interval arithmetic):
//! with it a table is held against the values for which rules read it.

use crate::scheme::rules::claim_rules::ClaimRules;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::names::Value;
use crate::scheme::rules::parse::{Operator, Written, parse};
use crate::scheme::scheme::Scheme;

/// Days of a claim that never lie after the end of its award.
const WITHIN_AWARD: &[&str] = &["awarded_on", "period_from", "commissioned_on", "award_ends_on"];

/// The most days in a year.
const DAYS_IN_A_YEAR: i64 = 366;

/// A place where a rule reads a table, with the largest value for which it does; none where no bound is known.
pub struct TableRead {
    pub table: String,
    pub largest: Option<Exact>,
}

/// Finds bounds of expressions of one scheme. Numbers in rules are not negative, so a difference is at most what it is
/// taken from.
pub struct Largest<'a> {
    scheme: &'a Scheme,
    /// The claim that is supposed: what its lines count, and the rules whose intermediate values have names.
    claim: Option<(Exact, &'a ClaimRules)>,
}

impl<'a> Largest<'a> {
    pub fn of(scheme: &'a Scheme) -> Largest<'a> {
        Largest { scheme, claim: None }
    }

    /// Bounds for a claim of which the lines count for this amount.
    pub fn of_claim(scheme: &'a Scheme, counted: Exact, rules: &'a ClaimRules) -> Largest<'a> {
        Largest { scheme, claim: Some((counted, rules)) }
    }

    /// The most that an expression can come to; none where no bound is known.
    pub fn of_text(&self, text: &str) -> Option<Exact> {
        self.bound(&parse(text).ok()?)
    }

    /// Every place of a text where a table is read.
    pub fn table_reads(&self, text: &str) -> Vec<TableRead> {
        let mut found = Vec::new();
        if let Ok(written) = parse(text) {
            self.collect(&written, &mut found);
        }
        found
    }

    fn collect(&self, written: &Written, found: &mut Vec<TableRead>) {
        match written {
            Written::Name(_) | Written::Zero | Written::One => {}
            Written::Not(inside) => self.collect(inside, found),
            Written::Two(_, left, right) => {
                self.collect(left, found);
                self.collect(right, found);
            }
            Written::Call(function, given) => {
                if let ("lookup" | "whole" | "marginal", [Written::Name(table), at]) = (function.as_str(), &given[..]) {
                    found.push(TableRead { table: table.clone(), largest: self.bound(at) });
                }
                given.iter().for_each(|inside| self.collect(inside, found));
            }
        }
    }

    fn bound(&self, written: &Written) -> Option<Exact> {
        match written {
            Written::Zero => Some(Exact::ZERO),
            Written::One => Some(Exact::ONE),
            Written::Name(name) => self.name(name),
            Written::Not(_) => None,
            Written::Two(operator, left, right) => match operator {
                Operator::Add => self.bound(left)?.plus(self.bound(right)?).ok(),
                Operator::Subtract => self.bound(left),
                Operator::Multiply => self.bound(left)?.times(self.bound(right)?).ok(),
                Operator::Divide => self.bound(left)?.over(self.fixed(right)?).ok(),
                _ => None,
            },
            Written::Call(function, given) => self.call(function, given),
        }
    }

    fn call(&self, function: &str, given: &[Written]) -> Option<Exact> {
        // The last day of an award is the day before its last year is whole.
        let years = self.scheme.award_years();
        match (function, given) {
            // The least of several is at most any of them.
            ("min", all) => all.iter().filter_map(|one| self.bound(one)).min(),
            ("max", all) => self.greatest(all),
            ("choose", [_, yes, no]) => Some(self.bound(yes)?.max(self.bound(no)?)),
            ("floor", [of]) => self.bound(of),
            ("years", [from, to]) => self.within_award(from, to).then(|| Exact::whole(years - 1)),
            ("days", [from, to]) => self.within_award(from, to).then(|| Exact::whole(years * DAYS_IN_A_YEAR)),
            ("lookup", [Written::Name(table), _]) => self.largest_row(table),
            ("whole" | "marginal", [Written::Name(table), of]) => self.largest_row(table)?.times(self.bound(of)?).ok(),
            _ => None,
        }
    }

    fn greatest(&self, all: &[Written]) -> Option<Exact> {
        let bounds: Vec<Exact> = all.iter().map(|one| self.bound(one)).collect::<Option<_>>()?;
        bounds.into_iter().max()
    }

    fn within_award(&self, from: &Written, to: &Written) -> bool {
        let inside =
            |written: &Written| matches!(written, Written::Name(name) if WITHIN_AWARD.contains(&name.as_str()));
        // An earlier day than the award is refused or chosen away, and gives no years.
        inside(from) && inside(to)
    }

    fn largest_row(&self, table: &str) -> Option<Exact> {
        let read = self.scheme.tables.get(table)?.read().ok()?;
        read.rows.into_iter().map(|(_, value)| value).max()
    }

    /// The value of a figure; only by that a quotient is bounded.
    fn fixed(&self, written: &Written) -> Option<Exact> {
        match written {
            Written::One => Some(Exact::ONE),
            Written::Name(name) => match self.scheme.book.fixed.get(name)? {
                Value::Number(number) => Some(*number),
                _ => None,
            },
            _ => None,
        }
    }

    fn name(&self, name: &str) -> Option<Exact> {
        match name {
            "capacity" => Some(Exact::whole(self.scheme.capacity_mtpa.most)),
            "milestone_share" => Some(Exact::ONE),
            "rate" => self.scheme.rate_ceiling().map(|rate| Exact::whole(rate.0)),
            "counted_amount" => self.claim.map(|(counted, _)| counted),
            _ => self.fixed(&Written::Name(name.to_owned())).or_else(|| self.intermediate(name)),
        }
    }

    /// A value that the rules of the claim name; it uses only those before it.
    fn intermediate(&self, name: &str) -> Option<Exact> {
        let (_, rules) = self.claim?;
        self.of_text(&rules.values.iter().find(|value| value.code == name)?.value)
    }
}
