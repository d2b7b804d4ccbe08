//! Expressions of scheme files: checked once against the names that a rule may use, then evaluated
//! for each claim. They have no loops, no memory and no clock: evaluation always ends, and the same
//! facts always give the same value.

use crate::base::reason::Reason;
use crate::scheme::rules::exact::{Exact, NoNumber};
use crate::scheme::rules::names::{Kind, Names, Value, in_words};
use crate::scheme::rules::parse::Operator;
use crate::scheme::rules::table::Table;
use chrono::NaiveDate;
use std::sync::Arc;

/// A node of a checked expression tree.
#[derive(Clone, Debug)]
pub(in crate::scheme::rules) enum Node {
    Slot(usize, Arc<str>),
    Constant(Exact),
    Not(Box<Node>),
    Two(Operator, Box<Node>, Box<Node>),
    Least(Vec<Node>),
    Most(Vec<Node>),
    Choose(Box<Node>, Box<Node>, Box<Node>),
    Floor(Box<Node>),
    Days(Box<Node>, Box<Node>),
    Years(Box<Node>, Box<Node>),
    Lookup(Arc<Table>, Box<Node>),
    Whole(Arc<Table>, Box<Node>),
    Marginal(Arc<Table>, Box<Node>),
}

/// A checked expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The text in the file.
    pub text: String,
    pub kind: Kind,
    /// The names and tables it uses, in alphabetical order.
    pub uses: Vec<String>,
    pub(in crate::scheme::rules) node: Node,
}

/// The reason why a value could not be computed from these facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoValue {
    #[error("`{0}` is not shown")]
    NotShown(String),
    #[error(transparent)]
    NoNumber(#[from] NoNumber),
    #[error("{value} lies above every row of the table")]
    AboveTheTable { value: Exact },
    #[error("the dates lie the wrong way round")]
    DatesReversed,
    /// The value has another type than the one its name was declared with.
    #[error("`{0}` is of another kind than declared")]
    OtherKind(Value),
}

impl NoValue {
    /// The same as a part of a refusal's text.
    pub fn reason(&self) -> Reason {
        match self {
            NoValue::NotShown(fact) => Reason::NotStated { fact: fact.clone() },
            NoValue::NoNumber(NoNumber::TooLarge) => Reason::NumberTooLarge,
            NoValue::NoNumber(NoNumber::DividedByZero) => Reason::DividedByZero,
            NoValue::AboveTheTable { value } => Reason::AboveTable { value: value.to_string() },
            NoValue::DatesReversed => Reason::DatesReversed,
            NoValue::OtherKind(value) => Reason::OtherKind { value: value.to_string() },
        }
    }
}

/// Values in the slots of some names; a slot without a value is a fact that was not stated.
pub type Slots<'a> = &'a [Option<Value>];

impl Expression {
    /// Evaluates the expression for the values in the slots.
    pub fn value(&self, slots: Slots<'_>) -> Result<Value, NoValue> {
        self.node.value(slots)
    }

    /// The text with each name replaced by its value.
    pub fn with_numbers(&self, names: &Names, slots: Slots<'_>) -> String {
        let mut shown = String::with_capacity(self.text.len() * 2);
        let mut rest = self.text.as_str();
        let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        while let Some(start) = rest.find(inside) {
            shown.push_str(&rest[..start]);
            let word = &rest[start..];
            let word = &word[..word.find(|letter| !inside(letter)).unwrap_or(word.len())];
            match names.slots.get(word) {
                Some((slot, kind)) => shown.push_str(&in_words(slots.get(*slot).copied().flatten(), kind)),
                None => shown.push_str(word),
            }
            rest = &rest[start + word.len()..];
        }
        shown.push_str(rest);
        shown
    }

    /// The value of an expression that was checked to be a number.
    pub fn number(&self, slots: Slots<'_>) -> Result<Exact, NoValue> {
        self.node.number(slots)
    }

    /// The value of an expression that was checked to be yes or no.
    pub fn truth(&self, slots: Slots<'_>) -> Result<bool, NoValue> {
        self.node.truth(slots)
    }
}

impl Node {
    fn value(&self, slots: Slots<'_>) -> Result<Value, NoValue> {
        let truth = |truth: bool| Ok(Value::Truth(truth));
        let number = |number: Exact| Ok(Value::Number(number));
        match self {
            Node::Slot(slot, name) => {
                slots.get(*slot).copied().flatten().ok_or_else(|| NoValue::NotShown(name.to_string()))
            }
            Node::Constant(constant) => number(*constant),
            Node::Not(inside) => truth(!inside.truth(slots)?),
            Node::Two(Operator::And, left, right) => truth(left.truth(slots)? && right.truth(slots)?),
            Node::Two(Operator::Or, left, right) => truth(left.truth(slots)? || right.truth(slots)?),
            Node::Two(operator, left, right) => two(*operator, left.value(slots)?, right.value(slots)?),
            Node::Least(all) => number(extreme(all, slots, Exact::min)?),
            Node::Most(all) => number(extreme(all, slots, Exact::max)?),
            Node::Choose(which, yes, no) => if which.truth(slots)? { yes } else { no }.value(slots),
            Node::Floor(inside) => number(Exact::whole(inside.number(slots)?.rounded_down()?)),
            Node::Days(from, to) => {
                let (from, to) = (from.date(slots)?, to.date(slots)?);
                number(Exact::whole(((to - from).num_days() + 1).max(0)))
            }
            Node::Years(from, to) => {
                let years = from.date(slots).and_then(|from| Ok(to.date(slots)?.years_since(from)))?;
                number(Exact::whole(i64::from(years.ok_or(NoValue::DatesReversed)?)))
            }
            Node::Lookup(table, at) => number(table.row(at.number(slots)?)?),
            Node::Whole(table, of) => {
                let of = of.number(slots)?;
                number(of.times(table.row(of)?)?)
            }
            Node::Marginal(table, of) => number(table.marginal(of.number(slots)?)?),
        }
    }

    fn number(&self, slots: Slots<'_>) -> Result<Exact, NoValue> {
        match self.value(slots)? {
            Value::Number(number) => Ok(number),
            other => Err(NoValue::OtherKind(other)),
        }
    }

    fn truth(&self, slots: Slots<'_>) -> Result<bool, NoValue> {
        match self.value(slots)? {
            Value::Truth(truth) => Ok(truth),
            other => Err(NoValue::OtherKind(other)),
        }
    }

    fn date(&self, slots: Slots<'_>) -> Result<NaiveDate, NoValue> {
        match self.value(slots)? {
            Value::Date(date) => Ok(date),
            other => Err(NoValue::OtherKind(other)),
        }
    }
}

fn extreme(all: &[Node], slots: Slots<'_>, choose: fn(Exact, Exact) -> Exact) -> Result<Exact, NoValue> {
    let mut values = all.iter().map(|node| node.number(slots));
    let first = values.next().unwrap_or(Ok(Exact::ZERO))?;
    values.try_fold(first, |chosen, value| Ok(choose(chosen, value?)))
}

fn two(operator: Operator, left: Value, right: Value) -> Result<Value, NoValue> {
    use std::cmp::Ordering;
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => match operator {
            Operator::Add => return Ok(Value::Number(a.plus(b)?)),
            Operator::Subtract => return Ok(Value::Number(a.minus(b)?)),
            Operator::Multiply => return Ok(Value::Number(a.times(b)?)),
            Operator::Divide => return Ok(Value::Number(a.over(b)?)),
            _ => a.cmp(&b),
        },
        (Value::Date(a), Value::Date(b)) => a.cmp(&b),
        (Value::Truth(a), Value::Truth(b)) => a.cmp(&b),
        (Value::Word(a), Value::Word(b)) => a.cmp(&b),
        (left, _) => return Err(NoValue::OtherKind(left)),
    };
    Ok(Value::Truth(match operator {
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterOrEqual => order != Ordering::Less,
        Operator::NotEqual => order != Ordering::Equal,
        _ => order == Ordering::Equal,
    }))
}
