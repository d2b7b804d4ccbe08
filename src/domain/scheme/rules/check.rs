//! The type checker of expressions: every name must be known and every unit must fit.

use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::expression::{Expression, Node};
use crate::scheme::rules::names::{Kind, Names};
use crate::scheme::rules::parse::{Operator, Written, parse};
use crate::scheme::rules::unit::Unit;
use std::sync::Arc;

impl Expression {
    /// Parses and checks a text; the error names the first unknown name or unit that does not fit.
    pub fn check(text: &str, names: &Names) -> Result<Expression, String> {
        let written = parse(text).map_err(|error| error.to_string())?;
        let mut checker = Checker { names, uses: Vec::new() };
        let (node, kind) = checker.node(&written)?;
        let mut uses = checker.uses;
        uses.sort();
        uses.dedup();
        Ok(Expression { text: text.to_owned(), kind, uses, node })
    }

    /// Like [`Expression::check`], but the value must have a given type.
    pub fn check_as(text: &str, names: &Names, kind: &Kind) -> Result<Expression, String> {
        let checked = Expression::check(text, names)?;
        let constant = matches!(checked.node, Node::Constant(_));
        if checked.kind != *kind && !(constant && matches!(kind, Kind::Number(_))) {
            return Err(format!("it is {} and must be {kind}", checked.kind));
        }
        Ok(checked)
    }
}

struct Checker<'a> {
    names: &'a Names,
    uses: Vec<String>,
}

type Checked = Result<(Node, Kind), String>;

impl Checker<'_> {
    fn node(&mut self, written: &Written) -> Checked {
        match written {
            Written::Name(name) => {
                let (slot, kind) = self.names.slots.get(name).ok_or_else(|| self.unknown(name))?;
                self.uses.push(name.clone());
                Ok((Node::Slot(*slot, name.as_str().into()), kind.clone()))
            }
            Written::Zero => Ok((Node::Constant(Exact::ZERO), Kind::Number(Unit::plain()))),
            Written::One => Ok((Node::Constant(Exact::ONE), Kind::Number(Unit::plain()))),
            Written::Not(inside) => Ok((Node::Not(self.truth(inside)?), Kind::Truth)),
            Written::Two(operator, left, right) => self.two(*operator, left, right),
            Written::Call(name, given) => self.call(name, given),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let known: Vec<&str> = self.names.slots.keys().map(String::as_str).collect();
        format!("`{name}` is not known here; known are {}", known.join(", "))
    }

    fn truth(&mut self, written: &Written) -> Result<Box<Node>, String> {
        match self.node(written)? {
            (node, Kind::Truth) => Ok(Box::new(node)),
            (_, kind) => Err(format!("yes or no is expected, not {kind}")),
        }
    }

    fn date(&mut self, written: &Written) -> Result<Box<Node>, String> {
        match self.node(written)? {
            (node, Kind::Date) => Ok(Box::new(node)),
            (_, kind) => Err(format!("a date is expected, not {kind}")),
        }
    }

    fn number(&mut self, written: &Written) -> Result<(Box<Node>, Unit), String> {
        match self.node(written)? {
            (node, Kind::Number(unit)) => Ok((Box::new(node), unit)),
            (_, kind) => Err(format!("a number is expected, not {kind}")),
        }
    }

    fn two(&mut self, operator: Operator, left: &Written, right: &Written) -> Checked {
        if matches!(operator, Operator::And | Operator::Or) {
            return Ok((Node::Two(operator, self.truth(left)?, self.truth(right)?), Kind::Truth));
        }
        let zero = matches!(left, Written::Zero) || matches!(right, Written::Zero);
        let ((a, left_kind), (b, right_kind)) = (self.node(left)?, self.node(right)?);
        let (a, b) = (Box::new(a), Box::new(b));
        let kind = match (operator, &left_kind, &right_kind) {
            (Operator::Multiply, Kind::Number(x), Kind::Number(y)) => Kind::Number(x.times(y)),
            (Operator::Divide, Kind::Number(x), Kind::Number(y)) => Kind::Number(x.over(y)),
            (Operator::Multiply | Operator::Divide | Operator::Add | Operator::Subtract, _, _)
                if !matches!((&left_kind, &right_kind), (Kind::Number(_), Kind::Number(_))) =>
            {
                return Err(format!("numbers are expected, not {left_kind} and {right_kind}"));
            }
            _ if left_kind != right_kind && !(zero && both_numbers(&left_kind, &right_kind)) => {
                return Err(format!("{left_kind} and {right_kind} do not go together"));
            }
            (
                Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual,
                Kind::Word(_),
                _,
            ) => {
                return Err("words are the same (==) or not (!=); neither is less than the other".to_owned());
            }
            (Operator::Add | Operator::Subtract, _, _) => {
                if matches!(left, Written::Zero) {
                    right_kind
                } else {
                    left_kind
                }
            }
            _ => Kind::Truth,
        };
        Ok((Node::Two(operator, a, b), kind))
    }

    fn call(&mut self, name: &str, given: &[Written]) -> Checked {
        match (name, given) {
            ("min", all) => self.extreme(all, Node::Least),
            ("max", all) => self.extreme(all, Node::Most),
            ("choose", [which, yes, no]) => {
                let which = self.truth(which)?;
                let ((a, left), (b, right)) = (self.node(yes)?, self.node(no)?);
                let zero = matches!(yes, Written::Zero) || matches!(no, Written::Zero);
                if left != right && !(zero && both_numbers(&left, &right)) {
                    return Err(format!("choose: {left} and {right} do not go together"));
                }
                let kind = if matches!(yes, Written::Zero) { right } else { left };
                Ok((Node::Choose(which, Box::new(a), Box::new(b)), kind))
            }
            ("floor", [of]) => self.number(of).map(|(of, unit)| (Node::Floor(of), Kind::Number(unit))),
            ("days", [from, to]) => Ok((Node::Days(self.date(from)?, self.date(to)?), Kind::Number(unit_of("day")))),
            ("years", [from, to]) => Ok((Node::Years(self.date(from)?, self.date(to)?), Kind::Number(unit_of("year")))),
            ("lookup" | "whole" | "marginal", [Written::Name(table), of]) => self.table(name, table, of),
            _ => Err(format!(
                "`{name}` with {} values is not known; known are min, max, choose(which, yes, no), floor(number), \
                 days(from, to), years(from, to), lookup(table, at), whole(table, of), marginal(table, of)",
                given.len()
            )),
        }
    }

    fn extreme(&mut self, all: &[Written], make: fn(Vec<Node>) -> Node) -> Checked {
        let (mut nodes, mut unit): (Vec<Node>, Option<Unit>) = (Vec::new(), None);
        for written in all {
            let (node, found) = self.number(written)?;
            nodes.push(*node);
            if matches!(written, Written::Zero) {
                continue;
            }
            match &unit {
                None => unit = Some(found),
                Some(unit) if *unit == found => {}
                Some(unit) => return Err(format!("min and max compare like with like, not {unit} and {found}")),
            }
        }
        Ok((make(nodes), Kind::Number(unit.unwrap_or_default())))
    }

    fn table(&mut self, how: &str, name: &str, of: &Written) -> Checked {
        let table = self.names.tables.get(name).ok_or_else(|| format!("there is no table `{name}`"))?;
        let table = Arc::clone(table);
        self.uses.push(name.to_owned());
        let (of, unit) = self.number(of)?;
        if unit != table.of {
            return Err(format!("table `{name}` goes by {}, not by {unit}", table.of));
        }
        Ok(match how {
            "lookup" => (Node::Lookup(Arc::clone(&table), of), Kind::Number(table.unit.clone())),
            "whole" => (Node::Whole(Arc::clone(&table), of), Kind::Number(unit.times(&table.unit))),
            _ => (Node::Marginal(Arc::clone(&table), of), Kind::Number(unit.times(&table.unit))),
        })
    }
}

fn both_numbers(left: &Kind, right: &Kind) -> bool {
    matches!((left, right), (Kind::Number(_), Kind::Number(_)))
}

fn unit_of(base: &str) -> Unit {
    base.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::rules::expression::NoValue;
    use crate::scheme::rules::names::Value;
    use crate::scheme::rules::table::Table;

    fn names() -> Names {
        let mut names = Names::default();
        let kind = |unit: &str| Kind::Number(unit.parse().unwrap());
        for (name, unit) in
            [("sold", "kg"), ("rate", "paise/kg"), ("turnover", "paise"), ("share", "1"), ("age", "year")]
        {
            assert!(names.add(name, kind(unit)));
        }
        names.add("related", Kind::Truth);
        for (name, fact) in [("head", "head"), ("plant", "head"), ("land", "head"), ("north", "place")] {
            names.add(name, Kind::Word(fact.to_owned()));
        }
        names.add("from", Kind::Date);
        names.add("to", Kind::Date);
        let whole = |number: i64| Exact::whole(number);
        let percent = |number: i64| Exact::ratio(number, 100).unwrap();
        let slabs = Table {
            of: Unit::paise(),
            unit: Unit::plain(),
            rows: vec![(Some(whole(1_000)), percent(13)), (Some(whole(2_000)), percent(14)), (None, percent(16))],
        };
        let closed = Table {
            of: "year".parse().unwrap(),
            unit: Unit::plain(),
            rows: vec![(Some(whole(2)), percent(25)), (Some(whole(5)), percent(60))],
        };
        assert!(names.add_table("slabs", Arc::new(slabs)) && names.add_table("least", Arc::new(closed)));
        names
    }

    fn slots(names: &Names) -> Vec<Option<Value>> {
        let mut slots = names.empty_slots();
        let mut set = |name: &str, value: Value| slots[names.slot(name).unwrap()] = Some(value);
        let number = |number: i64| Value::Number(Exact::whole(number));
        set("sold", number(10));
        set("rate", number(160));
        set("turnover", number(2_500));
        set("share", Value::Number(Exact::ratio(2, 5).unwrap()));
        set("age", number(3));
        set("related", Value::Truth(false));
        for (name, word) in [("head", "plant"), ("plant", "plant"), ("land", "land"), ("north", "north")] {
            set(name, Value::Word(word.parse().unwrap()));
        }
        set("from", Value::Date("2028-02-29".parse().unwrap()));
        set("to", Value::Date("2030-02-28".parse().unwrap()));
        slots
    }

    fn of(text: &str) -> Result<String, String> {
        let names = names();
        let checked = Expression::check(text, &names)?;
        checked.value(&slots(&names)).map(|value| value.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn expressions_mean_what_they_say() {
        for (text, value) in [
            ("sold * rate", "1600"),
            ("min(sold * rate, turnover * share)", "1000"),
            ("max(turnover - sold * rate, 0)", "900"),
            ("choose(related, 0, turnover)", "2500"),
            ("turnover / sold", "250"),
            ("share / (1 + 1 + 1)", "2/15"),
            ("floor(share)", "0"),
            ("not related and sold * rate < turnover", "yes"),
            ("related or turnover != turnover", "no"),
            ("days(from, to)", "731"),
            ("years(from, to)", "1"),
            ("from < to and to >= to", "yes"),
            ("marginal(slabs, turnover)", "350"),
            ("whole(slabs, turnover)", "400"),
            ("lookup(slabs, turnover)", "4/25"),
            ("lookup(least, age)", "3/5"),
            ("0 - share", "-2/5"),
            ("head == plant and head != land", "yes"),
            ("choose(related, land, head)", "plant"),
        ] {
            assert_eq!(of(text).as_deref(), Ok(value), "{text}");
        }
        assert_eq!(of("lookup(least, age + age)"), Err("6 lies above every row of the table".to_owned()));
        assert_eq!(of("sold / (age - age)"), Err("a division by zero".to_owned()));
        assert_eq!(of("years(to, from)"), Err("the dates lie the wrong way round".to_owned()));
    }

    #[test]
    fn what_does_not_fit_is_refused_before_it_is_computed() {
        for (text, why) in [
            ("sold + turnover", "do not go together"),
            ("min(sold, turnover)", "like with like"),
            ("sold * related", "numbers are expected"),
            ("sold and related", "yes or no is expected"),
            ("not sold", "yes or no is expected"),
            ("days(sold, to)", "a date is expected"),
            ("from - to", "numbers are expected"),
            ("choose(sold, rate, rate)", "yes or no is expected"),
            ("choose(related, rate, sold)", "do not go together"),
            ("lookup(least, sold)", "goes by year"),
            ("lookup(nothing, sold)", "no table"),
            ("slabs", "not known"),
            ("unknown", "known are"),
            ("sqrt(sold)", "is not known"),
            ("head < plant", "neither is less"),
            ("head == north", "do not go together"),
            ("head + land", "numbers are expected"),
            ("min()", "a name is expected"),
        ] {
            let told = of(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
        let money = Kind::Number(Unit::paise());
        assert!(Expression::check_as("sold * rate", &names(), &money).is_ok());
        assert!(Expression::check_as("0", &names(), &money).is_ok());
        let told = Expression::check_as("sold", &names(), &money).unwrap_err();
        assert_eq!(told, "it is a number in kg and must be a number in paise");
    }

    #[test]
    fn numbers_are_shown_as_people_read_them() {
        let names = names();
        let text = "min(sold * rate, turnover * share)";
        let shown = Expression::check(text, &names).unwrap().with_numbers(&names, &slots(&names));
        assert_eq!(shown, "min(10 kg * ₹1.60/kg, ₹25.00 * 40 %)");
        let missing = Expression::check("sold", &names).unwrap();
        assert_eq!(missing.with_numbers(&names, &names.empty_slots()), "not shown");
        assert_eq!(missing.value(&names.empty_slots()), Err(NoValue::NotShown("sold".to_owned())));
        assert_eq!(missing.uses, ["sold"]);
    }

    proptest::proptest! {
        /// An expression that passes the check has a value or a named reason, and never panics.
        #[test]
        fn every_checked_expression_ends(text in "(sold|rate|turnover|share|related|from|to|min|max|choose|lookup|least|slabs|floor|0|1|and|or|not|[-+*/<>=(), ]){1,24}") {
            let names = names();
            if let Ok(checked) = Expression::check(&text, &names) {
                let _ = checked.value(&slots(&names));
                let _ = checked.value(&names.empty_slots());
            }
        }

        #[test]
        fn bands_agree_with_counting_paisa_by_paisa(of in 0_i64..3_000) {
            let names = names();
            let mut slots = slots(&names);
            slots[names.slot("turnover").unwrap()] = Some(Value::Number(Exact::whole(of)));
            let marginal = Expression::check("marginal(slabs, turnover)", &names).unwrap().number(&slots).unwrap();
            let percent: i64 = (1..=of).map(|paisa| if paisa <= 1_000 { 13 } else if paisa <= 2_000 { 14 } else { 16 }).sum();
            proptest::prop_assert_eq!(marginal, Exact::ratio(percent, 100).unwrap());
        }
    }
}
