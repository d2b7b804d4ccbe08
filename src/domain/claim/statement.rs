//! The statement of an amount (its derivation): each rule with its clause, its formula, the numbers
//! used and the result, so that a stranger can recompute the amount from the statement alone.

use crate::base::money::Paise;
use crate::scheme::balance_findings::{StepFinding, StockFinding};
use crate::scheme::fact::FactValue;
use crate::scheme::mass_balance;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::Value;
use crate::scheme::scheme::{Basis, Component};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The origin of a number in a statement.
    pub enum InputOrigin {
        /// A definition: 1,000 kg are a tonne.
        Definition = "definition",
        /// A figure of the scheme.
        Scheme = "scheme",
        /// A fact of the application, the award, the claim or its milestone.
        Fact = "fact",
        /// A sum over the lines of the claim.
        Lines = "lines",
        /// The room of an account at that time.
        Ledger = "ledger",
    }
}

/// One number, date or yes-or-no value that a rule used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementInput {
    /// Its name in the formulas.
    pub name: String,
    /// The exact value: a whole number, a fraction such as `2/5`, a date, `yes` or `no`.
    pub value: String,
    /// `paise`, `kg`, `paise/kg`, … `1` for a plain number; `date`, `yes_no` or `word`.
    pub unit: String,
    pub origin: InputOrigin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// SHA-256 of the evidence file that proves it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub evidence_digest: String,
}

impl StatementInput {
    /// Its value as rules have it; `None` if an earlier program wrote it in another form.
    pub fn read(&self) -> Option<Value> {
        match self.unit.as_str() {
            "yes_no" => Some(Value::Truth(self.value == "yes")),
            "date" => self.value.parse().ok().map(Value::Date),
            "word" => self.value.parse().ok().map(Value::Word),
            _ => self.value.parse().ok().map(Value::Number),
        }
    }
}

/// A table that a rule used: rows of bound and value, exact; the last row may have no bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementTable {
    pub name: String,
    pub rows: Vec<StatementRow>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<String>,
    pub value: String,
    pub basis: Basis,
    pub source: String,
}

/// A rule that may exclude lines, and what it excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineRule {
    pub code: String,
    pub title: Title,
    pub clause: String,
    pub basis: Basis,
    pub source: String,
    /// The condition as written in the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_kg_rule: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_paise_rule: Option<String>,
    /// Whether it is a quota that all lines share, earliest line first.
    pub shared: bool,
    pub lines: i64,
    pub quantity_kg: i64,
    pub amount_paise: Paise,
}

/// A fact that lines state, with its conversion to the unit of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineFactRule {
    pub code: String,
    /// The number of units of rules in one unit as stated.
    pub factor: String,
    /// The value that applies if the fact is not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<FactValue>,
}

/// A sum over the counted parts of the lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineSumResult {
    /// Its name in the formulas.
    pub name: String,
    pub title: Title,
    /// Which lines are summed; if absent, every line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What of a line is summed.
    pub sum: String,
    /// The exact sum.
    pub value: String,
}

/// An intermediate value of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedResult {
    /// Its name in the formulas.
    pub name: String,
    pub title: Title,
    pub expression: String,
    /// The expression with its names replaced by numbers.
    pub formula: String,
    /// The exact value.
    pub value: String,
}

/// One cap as applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CapApplied {
    /// The code of the rule.
    pub cap: String,
    #[serde(default, skip_serializing_if = "Title::is_empty")]
    pub title: Title,
    /// The place in the scheme that contains the rule.
    pub clause: String,
    pub basis: Basis,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The expression of the rule as written, over the names of `inputs`; `before` is the amount so
    /// far.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expression: String,
    /// The expression with its names replaced by numbers.
    pub formula: String,
    /// Its exact result in paise, before rounding down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exact: String,
    pub limit_paise: Paise,
    /// The amount before and after this cap.
    pub before_paise: Paise,
    pub after_paise: Paise,
    /// Whether it reduced the amount.
    pub binding: bool,
    /// The headroom: the limit less the amount after it.
    pub headroom_paise: Paise,
}

impl Statement {
    /// Kilograms that the mass balance does not explain.
    pub fn held_kg(&self) -> i64 {
        self.line_rules.iter().filter(|rule| rule.code == mass_balance::CODE).map(|rule| rule.quantity_kg).sum()
    }

    /// The limit because of which nothing is left: where a quota took all that was accepted, such as the capacity of a
    /// year that earlier claims used up, that quota, and not the first limit that then comes to zero.
    pub fn nothing_left_by(&self) -> Option<&str> {
        let counts_none = self.counted_kg == 0 && self.accepted_kg > 0
            || self.counted_amount_paise == Paise::ZERO && self.accepted_amount_paise > Paise::ZERO;
        let took = |rule: &&LineRule| rule.shared && (rule.quantity_kg > 0 || rule.amount_paise > Paise::ZERO);
        let quota = self.line_rules.iter().rev().find(took).filter(|_| counts_none).map(|rule| rule.code.as_str());
        quota.or(self.bound_by.as_deref())
    }

    /// Whether two statements make the same decision, even if an older one states fewer details.
    pub fn says_what(&self, other: &Statement) -> bool {
        let sums = |of: &Statement| {
            [
                of.entitlement_paise,
                of.released_paise,
                of.withdrawn_paise,
                of.receivable_paise,
                of.withheld_paise,
                of.payable_paise,
                of.deferred_paise,
            ]
        };
        let caps = |of: &Statement| -> Vec<(String, Paise, Paise)> {
            of.caps.iter().map(|cap| (cap.cap.clone(), cap.limit_paise, cap.after_paise)).collect()
        };
        sums(self) == sums(other) && caps(self) == caps(other) && self.eligible_kg == other.eligible_kg
    }
}

/// The statement of an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    pub scheme_code: String,
    pub scheme_version: i64,
    pub component: Component,
    pub accepted_lines: i64,
    pub rejected_lines: i64,
    /// Accepted kilograms (sales) and amount (turnover or investment).
    pub accepted_kg: i64,
    pub accepted_amount_paise: Paise,
    /// The part of them that counts after the exclusions.
    #[serde(default)]
    pub counted_kg: i64,
    #[serde(default)]
    pub counted_amount_paise: Paise,
    pub amount_claimed_paise: Paise,
    /// The rules that exclude lines, in the order of application.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_rules: Vec<LineRule>,
    /// The facts that lines state in addition to the invoice, and the values that apply if they do
    /// not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_facts: Vec<LineFactRule>,
    /// The most that the materials explain in each step, if the scheme has a mass balance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mass_balance: Vec<StepFinding>,
    /// The stocks of each material, if the scheme has a mass balance: what counts of the opening stock, and what is
    /// left for the claim after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stocks: Vec<StockFinding>,
    /// The sums over the lines, and then the intermediate values, in the order in which rules use them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line_sums: Vec<LineSumResult>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<NamedResult>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<StatementInput>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<StatementTable>,
    pub caps: Vec<CapApplied>,
    pub rounding: String,
    /// Kilograms that used up yearly capacity.
    pub eligible_kg: i64,
    /// The amount after every cap of the scheme.
    pub entitlement_paise: Paise,
    /// The amount that was released before and remains so; zero except in a final statement.
    #[serde(default)]
    pub released_paise: Paise,
    /// The amount that was under way and is not sent, because the final entitlement is less.
    #[serde(default)]
    pub withdrawn_paise: Paise,
    /// The amount that has to come back, by the equation
    /// `entitlement + receivable = released + payable + deferred + withheld`.
    #[serde(default)]
    pub receivable_paise: Paise,
    /// The amount withheld until the final certificate.
    #[serde(default)]
    pub withheld_paise: Paise,
    /// The amount that this year's appropriation can pay now.
    pub payable_paise: Paise,
    /// The amount that waits for appropriation.
    pub deferred_paise: Paise,
    /// The last cap that reduced the amount, if any.
    pub bound_by: Option<String>,
}
