//! An example of a scheme file as a claim: its facts under the names of rules, what the rules give for it, and whether
//! that is what the file says.

use crate::award::award::ceilings;
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::refusal::Refusal;
use crate::claim::counted_lines::LineFacts;
use crate::claim::entitlement::{Facts, Release, compute, money};
use crate::claim::statement::Statement;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::example::{Example, ExampleLine, ExampleValue};
use crate::scheme::fact::{FactPlace, FactValue, StatedFact};
use crate::scheme::rules::book::{asked, claim_names};
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::names::Value;
use crate::scheme::scheme::Scheme;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The name of the amount that the claimant asks for.
const CLAIMED: &str = "amount_claimed";

/// A value that no claim could have: its key below the example, and what was expected.
type Wrong = (String, String);

/// An example with its facts as a claim has them.
pub struct ExampleClaim<'a> {
    example: &'a Example,
    known: BTreeMap<&'static str, Value>,
    stated: Vec<(StatedFact, String)>,
    line_facts: Vec<Vec<StatedFact>>,
    claimed: Paise,
    award_room: Paise,
    component_room: Paise,
}

fn fact(code: &str, value: FactValue) -> StatedFact {
    StatedFact { code: code.to_owned(), value, evidence_id: None }
}

fn whole(number: i64) -> Value {
    Value::Number(Exact::whole(number))
}

fn paise_of(value: Option<&Value>) -> Option<Paise> {
    match value {
        Some(Value::Number(number)) => number.rounded_down().ok().map(Paise),
        _ => None,
    }
}

fn date_of(value: Option<&Value>) -> Option<NaiveDate> {
    match value {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    }
}

impl<'a> ExampleClaim<'a> {
    /// Reads an example against the names and facts of its scheme.
    pub fn of(scheme: &Scheme, example: &'a Example) -> Result<ExampleClaim<'a>, Wrong> {
        let mut claim = ExampleClaim {
            example,
            known: BTreeMap::new(),
            stated: Vec::new(),
            line_facts: Vec::new(),
            claimed: LARGEST_AMOUNT,
            award_room: LARGEST_AMOUNT,
            component_room: scheme.component_outlay(example.component),
        };
        for (name, value) in &example.facts {
            claim.take(scheme, name, value)?;
        }
        for (index, line) in example.lines.iter().enumerate() {
            let facts = line_facts(scheme, example, line);
            claim.line_facts.push(facts.map_err(|(key, why)| (format!("lines.{index}.{key}"), why))?);
        }
        claim.suppose(scheme);
        Ok(claim)
    }

    fn take(&mut self, scheme: &Scheme, name: &str, value: &ExampleValue) -> Result<(), Wrong> {
        let wrong = |why: String| (format!("facts.{name}"), why);
        let component = Some(self.example.component);
        let places = [FactPlace::Application, FactPlace::Claim];
        let mut declared = places.into_iter().flat_map(|place| asked(scheme, place, component));
        if let Some(rule) = declared.find(|rule| rule.code == name) {
            let stated = value.stated().filter(|stated| stated.kind() == rule.kind);
            let stated = stated.ok_or_else(|| wrong(format!("it is declared as {}", rule.kind)))?;
            self.stated.push((fact(name, stated), String::new()));
            return Ok(());
        }
        let own = claim_names(scheme).find(|known| *known == name);
        let kind = own.and_then(|own| Some((own, scheme.book.claim_names.kind(own)?)));
        let Some((own, kind)) = kind else {
            let known: Vec<&str> = claim_names(scheme).collect();
            let known = known.join(", ");
            return Err(wrong(format!(
                "no claim has a fact of this name; known are {known}, and the facts of the file"
            )));
        };
        let read = value.of_kind(kind).ok_or_else(|| wrong(format!("it must be {kind}")))?;
        if own == CLAIMED {
            self.claimed = paise_of(Some(&read)).unwrap_or(LARGEST_AMOUNT);
        }
        self.known.insert(own, read);
        Ok(())
    }

    /// Fills in what an example need not say.
    fn suppose(&mut self, scheme: &Scheme) {
        let component = self.example.component;
        let capacity = paise_of(self.known.get("capacity")).map(|number| number.0);
        let rate = paise_of(self.known.get("rate")).unwrap_or(Paise::ZERO);
        let ceiling = capacity.and_then(|capacity| {
            let facts: Vec<StatedFact> = self.stated.iter().map(|(fact, _)| fact.clone()).collect();
            let all = ceilings(scheme, rate, &facts, capacity).ok()?;
            Some(all.of(component))
        });
        let ceiling = paise_of(self.known.get("award_ceiling")).or(ceiling).unwrap_or(LARGEST_AMOUNT);
        let kg = self.example.lines.iter().map(|line| line.quantity_kg).fold(0_i64, i64::saturating_add);
        let mut supposed = vec![
            ("award_ceiling", money(ceiling)),
            ("milestone_share", whole(1)),
            ("used_kg", whole(0)),
            ("claimed_last_year", Value::Truth(false)),
            ("counted_amount_before", money(Paise::ZERO)),
            ("entitled_before", money(Paise::ZERO)),
            ("entitled_for_milestone_before", money(Paise::ZERO)),
        ];
        supposed.extend(capacity.map(|capacity| ("installed_capacity", whole(capacity))));
        let awarded_on = date_of(self.known.get("awarded_on"));
        supposed.extend(awarded_on.map(|on| ("award_ends_on", Value::Date(scheme.award_ends_on(on)))));
        supposed.extend(scheme.mass_balance.iter().flat_map(|rules| rules.explaining(kg)));
        for (name, value) in supposed {
            self.known.entry(name).or_insert(value);
        }
        let before = paise_of(self.known.get("entitled_before")).unwrap_or(Paise::ZERO);
        self.award_room = ceiling.minus_floored(before);
    }

    /// The facts of the claim.
    pub fn facts(&self) -> Facts<'_> {
        let lines: Vec<LineFacts<'_>> = (1..)
            .zip(self.example.lines.iter().zip(&self.line_facts))
            .map(|(number, (line, facts))| LineFacts {
                line: number,
                invoice_number: "",
                party: "",
                invoice_date: line.date,
                quantity_kg: line.quantity_kg,
                amount: line.amount_paise,
                facts,
            })
            .collect();
        Facts {
            component: self.example.component,
            accepted_lines: lines.len() as i64,
            rejected_lines: 0,
            lines,
            known: self.known.clone(),
            stated: self.stated.clone(),
            amount_claimed: self.claimed,
            award_room: self.award_room,
            component_room: self.component_room,
            appropriation_room: LARGEST_AMOUNT,
            release: Release::Whole,
        }
    }

    /// The facts that the claim states of itself, and those of its first line.
    pub fn stated_facts(&self) -> (&[(StatedFact, String)], &[StatedFact]) {
        (&self.stated, self.line_facts.first().map_or(&[], Vec::as_slice))
    }

    /// What the rules of a scheme give for it.
    pub fn statement(&self, scheme: &Scheme) -> Result<Statement, Refusal> {
        compute(scheme, &self.facts()).map(|(statement, _)| statement)
    }
}

fn line_facts(scheme: &Scheme, example: &Example, line: &ExampleLine) -> Result<Vec<StatedFact>, Wrong> {
    let declared = asked(scheme, FactPlace::ClaimLine, Some(example.component));
    let read = |(code, value): (&String, &FactValue)| {
        let rule = declared.iter().find(|rule| rule.code == *code);
        let rule =
            rule.ok_or_else(|| (format!("facts.{code}"), "the file requires no such fact of a line".to_owned()))?;
        if value.kind() != rule.kind {
            return Err((format!("facts.{code}"), format!("it is declared as {}", rule.kind)));
        }
        Ok(fact(code, *value))
    };
    line.facts.iter().map(read).collect()
}

/// What an example came to.
pub struct ExampleResult<'a> {
    pub example: &'a Example,
    pub statement: Statement,
}

/// Computes the examples of a scheme one by one and holds each against what the file says.
pub fn each(scheme: &Scheme) -> impl Iterator<Item = Result<ExampleResult<'_>, BadScheme>> {
    let all = scheme.examples.iter().enumerate();
    all.map(|(index, example)| result(scheme, example).map_err(|(key, why)| bad(index, &key, why)))
}

/// Holds every example; the error names the first that does not come out.
pub fn hold(scheme: &Scheme) -> Result<(), BadScheme> {
    each(scheme).try_for_each(|result| result.map(|_| ()))
}

fn bad(index: usize, key: &str, why: String) -> BadScheme {
    BadScheme::new(format!("examples.{index}.{key}"), why)
}

fn result<'a>(scheme: &Scheme, example: &'a Example) -> Result<ExampleResult<'a>, Wrong> {
    if example.title.en.trim().is_empty() || example.title.hi.trim().is_empty() {
        return Err(("title".to_owned(), "needs en and hi".to_owned()));
    }
    let claim = ExampleClaim::of(scheme, example)?;
    let statement = claim.statement(scheme).map_err(|refusal| ("facts".to_owned(), refusal.to_string()))?;
    let (gives, says) = (statement.entitlement_paise, example.amount_paise);
    let bound = statement.bound_by.as_deref();
    if gives != says {
        let by = bound.map(|limit| format!(", bound by {limit}")).unwrap_or_default();
        return Err(("amount_paise".to_owned(), format!("the rules give {gives}{by}; the example says {says}")));
    }
    match example.bound_by.as_deref() {
        Some(expected) if bound != Some(expected) => {
            let found = bound.map_or("no limit".to_owned(), |limit| format!("`{limit}`"));
            Err(("bound_by".to_owned(), format!("it is bound by {found}, not by `{expected}`")))
        }
        _ => Ok(ExampleResult { example, statement }),
    }
}

#[cfg(test)]
mod tests {
    use crate::revision::scheme_text::read;

    const SAMPLE: &str = include_str!("../../../config/schemes/samples/incremental-sales.toml");
    const THIRD: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");
    const CAPITAL: &str = r#"
[[examples]]
title = { en = "A milestone of 30 %", hi = "30 % का पड़ाव" }
component = "capital_subsidy"
amount_paise = 19_50_00_000_00
bound_by = "milestone_share"
facts = { capacity = 750, rate = 1600_00, milestone_share = "3/10" }
lines = [{ date = "2026-06-01", amount_paise = 900_00_00_000_00 }]
basis = "assumption"
source = "sample of a test"
"#;

    fn why(text: &str) -> String {
        read(text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn an_example_that_does_not_come_out_is_named() {
        assert_eq!(read(SAMPLE).unwrap().examples.len(), 2);
        let wrong = |from: &str, to: &str| {
            assert!(SAMPLE.contains(from), "{from}");
            why(&SAMPLE.replacen(from, to, 1))
        };
        let other = wrong("amount_paise = 20_00_00_000_00", "amount_paise = 20_00_00_000_01");
        let gives = "the rules give ₹20,00,00,000.00, bound by slab_rate; the example says ₹20,00,00,000.01";
        assert!(other.contains("key 'examples.0.amount_paise'") && other.ends_with(gives), "{other}");
        let other = wrong("bound_by = \"slab_rate\"", "bound_by = \"award_ceiling\"");
        assert!(other.ends_with("it is bound by `slab_rate`, not by `award_ceiling`"), "{other}");
        let other = wrong("base_year_sales = 100_", "base_years_sales = 100_");
        assert!(other.contains("examples.0.facts.base_years_sales': no claim has a fact of this name"), "{other}");
        let other = wrong("facts = { value_addition = 5000 }", "facts = { value_addition = true }");
        assert!(other.contains("lines.0.facts.value_addition': it is declared as number"), "{other}");
        let other = wrong("facts = { value_addition = 5000 }", "");
        assert!(other.contains("examples.0.facts'") && other.contains("value_addition"), "{other}");
        let other = wrong("period_to = \"2029-03-31\"", "period_to = 3");
        assert!(other.ends_with("it must be a date"), "{other}");
    }

    /// Committed capacity, of which each line says its own value addition and its grade.
    fn line_by_line() -> String {
        let sample = include_str!("../../../config/schemes/samples/committed-capacity.toml");
        let sample = &sample[..sample.find("[[examples]]").unwrap()];
        let facts = r#"
[[facts]]
place = "claim_line"
code = "line_value_addition"
kind = "number"
unit = "percent"
title = { en = "Value added", hi = "मूल्य संवर्धन" }
basis = "assumption"
source = "sample of a test"

[[facts]]
place = "claim_line"
code = "grade"
kind = "word"
words = [
    { code = "high_grade", title = { en = "High", hi = "उच्च" } },
    { code = "low_grade", title = { en = "Low", hi = "निम्न" } },
]
title = { en = "Grade", hi = "श्रेणी" }
basis = "assumption"
source = "sample of a test"

[figures.least_lead_equity]"#;
        let sums = r#"[[claims.sums]]
code = "value_added_kg"
title = { en = "Kilograms of high grade by value added", hi = "मूल्य संवर्धन से उच्च श्रेणी" }
when = "grade == high_grade"
sum = "line_counted_kg * line_value_addition"

[[claims.values]]
code = "per_kg"
title = { en = "Subsidy of a kilogram", hi = "प्रति किलोग्राम सहायता" }
value = "min(rate, subsidy_per_kg)"

[[claims.limits]]
code = "least_value_addition""#;
        let line = |kg: i64, share: i64, grade: &str| {
            format!(
                "[[examples.lines]]\ndate = \"2028-08-01\"\nquantity_kg = {kg}\namount_paise = 100\n\
                 facts = {{ line_value_addition = {share}, grade = \"{grade}\" }}\n\n"
            )
        };
        let lines = [line(1_000, 50, "high_grade"), line(1_000, 25, "high_grade"), line(9_000, 90, "low_grade")];
        let example = format!(
            "[[examples]]\ntitle = {{ en = \"Grades\", hi = \"श्रेणियाँ\" }}\ncomponent = \"sales_linked_incentive\"\n\
             amount_paise = 3_00_000_00\nbasis = \"assumption\"\nsource = \"750 kg x Rs 400\"\n\
             facts = {{ capacity = 5000, rate = 400_00, installed_capacity = 1000, awarded_on = \"2026-05-01\", \
             commissioned_on = \"2028-04-15\", period_from = \"2028-07-01\", period_to = \"2028-09-30\", \
             value_addition = 2500, lead_equity = 5100 }}\n\n{}",
            lines.concat()
        );
        let text = sample.replacen("\n[figures.least_lead_equity]", facts, 1);
        let text = text.replacen("[[claims.limits]]\ncode = \"least_value_addition\"", sums, 1);
        text.replacen("counted_kg * min(rate, subsidy_per_kg) * value_addition", "value_added_kg * per_kg", 1)
            + &example
    }

    #[test]
    fn lines_are_summed_by_their_facts_and_values_have_names() {
        // 1,000 kg at 50 % and 1,000 kg at 25 % of high grade are 750 kg, at Rs 400; the low grade does not count.
        let text = line_by_line();
        let scheme = read(&text).unwrap();
        let result = super::each(&scheme).next().unwrap().unwrap();
        let sum = &result.statement.line_sums[0];
        assert_eq!((sum.name.as_str(), sum.value.as_str()), ("value_added_kg", "750"));
        let value = &result.statement.values[0];
        assert_eq!((value.formula.as_str(), value.value.as_str()), ("min(₹400.00/kg, ₹500.00/kg)", "40000"));
        assert!(!result.statement.inputs.iter().any(|input| input.name == "per_kg"));
        for (from, to, part) in [
            ("grade == high_grade", "grade == first_grade", "`first_grade` is not known here"),
            ("grade == high_grade", "grade < high_grade", "neither is less than the other"),
            ("sum = \"line_counted_kg * line", "sum = \"grade\" # ", "only numbers are summed"),
            ("value_added_kg * per_kg", "value_added_kg * rate", "no rule uses `per_kg`"),
            ("code = \"per_kg\"", "code = \"rate\"", "this name is taken"),
            ("code = \"low_grade\"", "code = \"high_grade\"", "this name is taken"),
            ("kind = \"word\"", "kind = \"yes_no\"", "a word, and only a word, has words"),
        ] {
            let told = why(&text.replacen(from, to, 1));
            assert!(told.contains(part), "{from}: {told}");
        }
        // A final certificate states one amount: no line of it could be summed by a fact.
        let staged = "[[staged_release]]\ncomponent = \"sales_linked_incentive\"\nprovisional_share = 7500\n\
                      certificate_due_months = 9\nbasis = \"assumption\"\nsource = \"x\"\n\n[[milestones]]";
        assert!(why(&text.replacen("[[milestones]]", staged, 1)).contains("release it whole"));
    }

    #[test]
    fn an_example_says_only_what_matters_to_it() {
        // 130 crore x 750 t of 1,500 t is a ceiling of 65 crore, of which the milestone makes 30 % claimable.
        let scheme = read(&format!("{THIRD}{CAPITAL}")).unwrap();
        assert_eq!(scheme.examples[0].amount_paise.0, 1_950_000_000 * 10);
        let whole = CAPITAL.replacen(", milestone_share = \"3/10\"", "", 1);
        let told = why(&format!("{THIRD}{whole}"));
        assert!(told.contains("the rules give ₹65,00,00,000.00"), "{told}");
    }
}
