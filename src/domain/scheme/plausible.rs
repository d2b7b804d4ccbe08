//! What cannot be meant in a scheme's file, although it can be computed: a negative figure, a share of more than the
//! whole, and a table that ends below the largest value for which a rule reads it. Held where a text is new; a version
//! that was published before is read as it is.

use crate::base::folding::folded_letters;
use crate::base::money::Paise;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::rules::book::CheckedClaimRules;
use crate::scheme::rules::claim_rules::ClaimRules;
use crate::scheme::rules::exact::Exact;
use crate::scheme::rules::figure::Measure;
use crate::scheme::rules::largest::Largest;
use crate::scheme::rules::rule::CheckedRule;
use crate::scheme::scheme::Scheme;

/// The claim for which limits are held against what its lines count: one crore rupees.
const SUPPOSED_PAISE: i64 = 1_000_000_000;

/// An amount for a message.
fn in_rupees(paise: Exact) -> String {
    paise.rounded_down().map_or_else(|_| "more".to_owned(), |amount| Paise(amount).to_string())
}

impl Scheme {
    /// Checks a new text; the error names the key and what is wrong with it.
    pub fn check_plausible(&self) -> Result<(), BadScheme> {
        let letters = |name: &Option<String>| name.as_deref().map(folded_letters);
        if self.prepared_by.is_some() && letters(&self.prepared_by) == letters(&self.published_by) {
            return Err(BadScheme::new("published_by", "prepared_by and published_by name two different people"));
        }
        for (name, figure) in &self.figures {
            if let Some((value, unit)) = figure.value.zip(figure.unit.as_ref()) {
                check_number(&format!("figures.{name}.value"), value, unit)?;
            }
        }
        for (name, table) in &self.tables {
            for (index, row) in table.rows.iter().enumerate() {
                let at = |field: &str| format!("tables.{name}.rows.{index}.{field}");
                check_number(&at("value"), row.value, &table.unit)?;
                if let Some(bound) = row.up_to.filter(|bound| *bound < 0) {
                    return Err(BadScheme::new(at("up_to"), format!("{bound} is negative; a row ends at 0 or above")));
                }
            }
        }
        self.check_limits()?;
        self.check_tables_reach()
    }

    /// A claim of one crore rupees gets no more than that by its limits together, as far as the file alone says it.
    fn check_limits(&self) -> Result<(), BadScheme> {
        let counted = Exact::whole(SUPPOSED_PAISE);
        for (index, rules) in self.claims.iter().enumerate() {
            let Some((limit, most)) = self.least_bound(rules, counted).filter(|(_, most)| *most > counted) else {
                continue;
            };
            let why = format!(
                "the limits can give {} for lines that count for {}; a share is at most the whole",
                in_rupees(most),
                Paise(SUPPOSED_PAISE)
            );
            return Err(BadScheme::new(format!("claims.{index}.limits.{limit}.amount_paise"), why));
        }
        Ok(())
    }

    /// Limits that give nothing to anybody, by their places. A scheme may end what it pays, so they are told and not
    /// refused.
    pub fn empty_limits(&self) -> Vec<String> {
        let counted = Exact::whole(SUPPOSED_PAISE);
        let claims = self.claims.iter().enumerate();
        let empty = claims.filter_map(|(index, rules)| {
            let (limit, _) = self.least_bound(rules, counted).filter(|(_, most)| *most <= Exact::ZERO)?;
            Some(format!("claims.{index}.limits.{limit}.amount_paise"))
        });
        empty.collect()
    }

    /// The limit that gives the least at most for a claim of which the lines count for this amount.
    fn least_bound(&self, rules: &ClaimRules, counted: Exact) -> Option<(usize, Exact)> {
        let largest = Largest::of_claim(self, counted, rules);
        let limits = rules.limits.iter().enumerate();
        let bounds = limits.filter_map(|(at, rule)| Some((at, largest.of_text(rule.amount_paise.as_ref()?)?)));
        bounds.min_by_key(|(_, most)| *most)
    }

    /// Every table reaches the largest value for which a rule of the file reads it.
    fn check_tables_reach(&self) -> Result<(), BadScheme> {
        let claims = self.book.claims.iter().flat_map(CheckedClaimRules::expressions);
        let ceilings = self.book.ceilings.iter().map(|(_, rule)| rule);
        let others = ceilings.chain(&self.book.criteria).flat_map(CheckedRule::expressions);
        let largest = Largest::of(self);
        for read in claims.chain(others).flat_map(|expression| largest.table_reads(&expression.text)) {
            let Some(table) = self.tables.get(&read.table) else { continue };
            let Some(end) = table.rows.last().and_then(|row| row.up_to) else { continue };
            let reaches = table.by.exact(end).is_ok_and(|end| read.largest.is_some_and(|largest| largest <= end));
            if !reaches {
                let most = match read.largest {
                    Some(largest) => format!("a rule reads it for up to {largest} {}", table.by.unit),
                    None => "a rule may read it for more".to_owned(),
                };
                let by = String::from(table.by.clone());
                let why = format!(
                    "its last row ends at {end} {by}, and {most}; leave out up_to in the last row, or add rows"
                );
                return Err(BadScheme::new(format!("tables.{}", read.table), why));
            }
        }
        Ok(())
    }
}

fn check_number(key: &str, value: i64, unit: &Measure) -> Result<(), BadScheme> {
    let written = String::from(unit.clone()).replace('_', " ");
    if value < 0 {
        return Err(BadScheme::new(key, format!("{value} {written} is negative; a rule subtracts with `-`")));
    }
    match unit.whole() {
        Some(whole) if value > whole => {
            let why = format!("{value} {written} is more than 100 %; a share is 0 to {whole} {written}");
            Err(BadScheme::new(key, why))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::scheme::scheme::Scheme;

    fn read(text: &str) -> String {
        let scheme = Scheme::parse(text).unwrap();
        scheme.check_plausible().map_err(|error| error.located(text).to_string()).err().unwrap_or_default()
    }

    const SAMPLE: &str = include_str!("../../../config/schemes/samples/committed-capacity.toml");
    const NOTIFIED: &str = include_str!("../../../config/schemes/repm-2025-notified-2.toml");

    fn why(text: &str, from: &str, to: &str) -> String {
        assert!(text.contains(from), "{from}");
        read(&text.replacen(from, to, 1))
    }

    /// A table that ends at 9 tonnes a year.
    const CLOSED: &str = "[tables.closed]\nby = \"t/year\"\nunit = \"percent\"\n\n[[tables.closed.rows]]\nup_to = 9\nvalue = 9\n\
                          basis = \"assumption\"\nsource = \"sample of a test\"\n\n[performance_security]";

    #[test]
    fn what_cannot_be_meant_is_named() {
        for text in [SAMPLE, NOTIFIED] {
            assert_eq!(read(text), "");
        }
        let told = why(SAMPLE, "value = 500\nunit = \"rupees/kg\"", "value = -500\nunit = \"rupees/kg\"");
        assert!(told.contains("figures.subsidy_per_kg.value': -500 rupees/kg is negative"), "{told}");
        let told = why(SAMPLE, "value = 5100\n", "value = 51000\n");
        assert!(told.contains("figures.least_lead_equity.value': 51000 basis points is more than 100 %"), "{told}");
        let told = why(SAMPLE, "value = 6000\n", "value = 60000\n");
        assert!(told.contains("tables.least_value_addition.rows.1.value': 60000 basis points"), "{told}");
    }

    #[test]
    fn limits_give_no_more_than_the_lines_count() {
        let first = include_str!("../../../config/schemes/samples/first.toml");
        let limit = "\"counted_amount * share_of_sales\"";
        let with = |amount: &str| {
            assert!(first.contains(limit));
            first.replacen(limit, &format!("\"{amount}\""), 1)
        };
        for more in ["counted_amount * (1 + share_of_sales)", "(counted_amount + counted_amount)"] {
            let told = read(&with(&format!("{more} * (1 - share_of_sales * 0)")));
            assert!(told.contains("claims.0.limits.0.amount_paise") && told.contains("at most the whole"), "{told}");
        }
        let plain = first.replacen("value = 4\nunit = \"percent\"", "value = 3\nunit = \"1\"", 1);
        assert_ne!(plain, first);
        assert!(read(&plain).contains("can give ₹3,00,00,000.00 for lines that count for ₹1,00,00,000.00"));
        let empty = |text: &str| Scheme::parse(text).unwrap().empty_limits();
        assert_eq!(empty(first), Vec::<String>::new());
        for nothing in ["counted_amount * share_of_sales * 0", "(0 - share_of_sales) * counted_amount"] {
            assert_eq!(empty(&with(nothing)), ["claims.0.limits.0.amount_paise"], "{nothing}");
            assert_eq!(read(&with(nothing)), "");
        }
    }

    #[test]
    fn another_spelling_is_no_second_person() {
        let mut scheme = Scheme::parse(SAMPLE).unwrap();
        let author = scheme.prepared_by.clone().unwrap();
        scheme.published_by = Some(format!(" {} ", author.to_uppercase().replace(' ', "  ")));
        assert!(scheme.check_plausible().unwrap_err().to_string().contains("two different people"));
    }

    #[test]
    fn a_table_reaches_whatever_a_rule_reads_it_for() {
        // The notified scheme awards up to 1,200 MTPA.
        let told = why(NOTIFIED, "up_to = 1200\nvalue = 1500000000", "up_to = 1199\nvalue = 1500000000");
        let ends =
            "tables.capital_ceiling': its last row ends at 1199 t/year, and a rule reads it for up to 1200 t/year";
        assert!(told.contains(ends), "{told}");
        // An award lasts seven years, of which six are over on its last day.
        let closed = |years: i64| why(SAMPLE, "\nvalue = 6000\n", &format!("\nup_to = {years}\nvalue = 6000\n"));
        assert_eq!(closed(6), "");
        assert!(closed(5).contains("ends at 5 year, and a rule reads it for up to 6 year"), "{}", closed(5));
        let told = why(NOTIFIED, "lookup(capital_ceiling, capacity)", "lookup(capital_ceiling, capacity + capacity)");
        assert!(told.contains("up to 2400 t/year"), "{told}");
        // What a manufacturer can state has no bound.
        let closed = SAMPLE.replacen("[performance_security]", CLOSED, 1);
        let told = why(
            &closed,
            "lookup(committed_share, choose",
            "lookup(closed, installed_capacity) * lookup(committed_share, choose",
        );
        assert!(
            told.contains("tables.closed': its last row ends at 9 t/year, and a rule may read it for more"),
            "{told}"
        );
    }
}
