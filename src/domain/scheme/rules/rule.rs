//! One rule of a scheme file, as written and as checked.

use crate::base::refusal::Refusal;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::rules::expression::Expression;
use crate::scheme::rules::expression::NoValue;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::{Kind, Names};
use crate::scheme::rules::unit::Unit;
use crate::scheme::scheme::Basis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One clause of a scheme as a rule. Whether `when`, `quantity_kg` and `amount_paise` are required
/// depends on its section; each is an expression over named facts and figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub code: String,
    pub title: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity_kg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_paise: Option<String>,
    /// The place in the scheme that contains the rule.
    pub clause: String,
    pub basis: Basis,
    pub source: String,
}

/// The expressions that a rule must have in its section, and those it may have.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub when: Need,
    pub quantity: Need,
    pub amount: Need,
}

/// Whether an expression is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Must,
    May,
    Never,
}

/// A rule whose expressions are checked and can be evaluated.
#[derive(Clone, Debug)]
pub struct CheckedRule {
    pub rule: Rule,
    pub when: Option<Expression>,
    pub quantity: Option<Expression>,
    pub amount: Option<Expression>,
}

impl CheckedRule {
    /// Checks a rule against the names it may use; `key` is its place in the file.
    pub fn check(key: &str, rule: &Rule, shape: Shape, names: &Names) -> Result<CheckedRule, BadScheme> {
        let at = |field: &str| format!("{key}.{field}");
        if !is_code(&rule.code) {
            return Err(BadScheme::new(at("code"), "a code is lower-case letters, digits and underscores"));
        }
        if rule.title.en.trim().is_empty() || rule.title.hi.trim().is_empty() {
            return Err(BadScheme::new(at("title"), "needs en and hi"));
        }
        if rule.clause.trim().is_empty() || rule.source.trim().is_empty() {
            return Err(BadScheme::new(at("clause"), "needs the clause, and the source it stands in"));
        }
        let expression = |field: &str, text: &Option<String>, need: Need, kind: Kind| match (text, need) {
            (Some(text), Need::Must | Need::May) => {
                Expression::check_as(text, names, &kind).map(Some).map_err(|why| BadScheme::new(at(field), why))
            }
            (None, Need::Must) => Err(BadScheme::new(at(field), "is needed here")),
            (Some(_), Need::Never) => Err(BadScheme::new(at(field), "does not belong here")),
            (None, _) => Ok(None),
        };
        let kg: Unit = "kg".parse().unwrap_or_default();
        Ok(CheckedRule {
            when: expression("when", &rule.when, shape.when, Kind::Truth)?,
            quantity: expression("quantity_kg", &rule.quantity_kg, shape.quantity, Kind::Number(kg))?,
            amount: expression("amount_paise", &rule.amount_paise, shape.amount, Kind::Number(Unit::paise()))?,
            rule: rule.clone(),
        })
    }

    /// Its expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        [&self.when, &self.quantity, &self.amount].into_iter().flatten()
    }
}

/// Whether a text is a valid name of a rule, figure, table or fact.
pub fn is_code(text: &str) -> bool {
    let starts = text.starts_with(|letter: char| letter.is_ascii_lowercase());
    starts && text.len() <= 60 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Makes the refusal that names the rule and the reason why it has no value.
pub fn not_computable(rule: &str) -> impl Fn(NoValue) -> Refusal + '_ {
    move |why| Refusal::RuleNotComputable { rule: rule.to_owned(), why: why.reason() }
}
