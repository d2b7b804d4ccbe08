//! Re-appropriations that are forbidden: the prohibitions of rule 10 of the Delegation of Financial
//! Powers Rules 2024 as dated rows of a table, and the heads of account they refer to. Whether one
//! applies is computed from the declaration of the instrument, the heads and the records.

use crate::base::argument::Titled;
use crate::base::refusal::Refusal;
use crate::scheme::finance::{BadTable, Period};
use crate::scheme::scheme::{Basis, Component};
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The code of a prohibition.
    pub enum ProhibitionCode {
        NewService = "new_service",
        UnsanctionedExpenditure = "unsanctioned_expenditure",
        WorkNotApproved = "work_not_approved",
        ChargedAndVoted = "charged_and_voted",
        BetweenGrants = "between_grants",
        CapitalAndRevenue = "capital_and_revenue",
        AugmentedHead = "augmented_head",
        ContingencyAdvance = "contingency_advance",
    }
}

words! {
    /// The section of a grant.
    pub enum Section {
        Revenue = "revenue",
        Capital = "capital",
    }
}

words! {
    /// Whether Parliament votes on the money (voted) or not (charged).
    pub enum Vote {
        Voted = "voted",
        Charged = "charged",
    }
}

/// One prohibition and the period in which it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prohibition {
    pub code: ProhibitionCode,
    pub forbids: String,
    /// The same in Hindi.
    #[serde(default)]
    pub forbids_hi: String,
    pub clause: String,
    #[serde(default)]
    pub clause_hi: String,
    pub effective_from: NaiveDate,
    /// Left out while the row is in force.
    pub effective_to: Option<NaiveDate>,
    pub basis: Basis,
    pub source: String,
}

impl Prohibition {
    fn period(&self) -> Period {
        Period { from: self.effective_from, to: self.effective_to }
    }
}

/// The head of account under which a component is budgeted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// A scheme's code, or `*` for all schemes that have no row of their own.
    pub scheme_code: String,
    pub component: Component,
    pub grant: String,
    pub section: Section,
    pub vote: Vote,
    pub basis: Basis,
    pub source: String,
}

/// The whole table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReAppropriationRules {
    pub prohibitions: Vec<Prohibition>,
    pub heads: Vec<Head>,
}

/// The declaration of the proposer of a re-appropriation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// It pays for a New Service or New Instrument of Service.
    pub new_service: bool,
    /// The expenditure it pays for is sanctioned by a competent authority.
    pub expenditure_sanctioned: bool,
    /// It pays for a work without administrative approval and technical sanction.
    pub work_not_approved: bool,
    /// The activity whose savings are used drew a Contingency Fund advance this year.
    pub contingency_advance: bool,
}

/// The facts of a re-appropriation to which the prohibitions are applied.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    pub scheme_code: &'a str,
    pub from: Component,
    pub to: Component,
    pub declaration: Declaration,
    /// Whether a supplementary grant or a re-appropriation increased the giving head this year.
    pub augmented: bool,
    /// The day of the proposal or approval; the date written on the instrument does not choose the
    /// rules.
    pub on: NaiveDate,
}

/// A text of the table in both languages; a row that has no Hindi is shown in English.
fn titled(en: &str, hi: &str) -> Titled {
    let hi = if hi.is_empty() { en } else { hi };
    Titled { en: en.to_owned(), hi: hi.to_owned() }
}

impl ReAppropriationRules {
    /// Parses and checks the whole table.
    pub fn parse(text: &str) -> Result<ReAppropriationRules, BadTable> {
        let rules: ReAppropriationRules = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        rules.check()?;
        Ok(rules)
    }

    fn check(&self) -> Result<(), BadTable> {
        for row in &self.prohibitions {
            row.period().check()?;
            let twice = self.prohibitions.iter().filter(|other| other.code == row.code);
            if twice.filter(|other| other.period().overlaps(&row.period())).count() > 1 {
                return Err(BadTable(format!("prohibitions: two rows of {} are in force on one day", row.code)));
            }
            if row.forbids.is_empty() || row.clause.is_empty() {
                return Err(BadTable(format!("prohibitions: {} needs 'forbids' and 'clause'", row.code)));
            }
        }
        for head in &self.heads {
            let same = |other: &&Head| (&other.scheme_code, other.component) == (&head.scheme_code, head.component);
            if self.heads.iter().filter(same).count() > 1 {
                return Err(BadTable(format!("heads: {} of {} stands twice", head.component, head.scheme_code)));
            }
        }
        match Component::ALL.iter().find(|component| self.head("*", **component).is_none()) {
            Some(component) => Err(BadTable(format!("heads: '*' needs a row for {component}"))),
            None => Ok(()),
        }
    }

    /// The head of a component: the row of the scheme itself, or else that for all schemes.
    fn head(&self, scheme_code: &str, component: Component) -> Option<&Head> {
        let of = |code: &str| self.heads.iter().find(|head| head.scheme_code == code && head.component == component);
        of(scheme_code).or_else(|| of("*"))
    }

    /// Refuses a move that is forbidden on its day, naming the clause of the first prohibition that
    /// applies.
    pub fn check_move(&self, asked: &Move<'_>) -> Result<(), Refusal> {
        let forbidden = |row: &&Prohibition| row.period().covers(asked.on) && self.applies(row.code, asked);
        match self.prohibitions.iter().find(forbidden) {
            Some(row) => Err(Refusal::ReAppropriationForbidden {
                clause: titled(&row.clause, &row.clause_hi),
                forbids: titled(&row.forbids, &row.forbids_hi),
            }),
            None => Ok(()),
        }
    }

    fn applies(&self, code: ProhibitionCode, asked: &Move<'_>) -> bool {
        let differ = |of: fn(&Head) -> String| {
            self.head(asked.scheme_code, asked.from).map(of) != self.head(asked.scheme_code, asked.to).map(of)
        };
        let stated = &asked.declaration;
        match code {
            ProhibitionCode::NewService => stated.new_service,
            ProhibitionCode::UnsanctionedExpenditure => !stated.expenditure_sanctioned,
            ProhibitionCode::WorkNotApproved => stated.work_not_approved,
            ProhibitionCode::ContingencyAdvance => stated.contingency_advance,
            ProhibitionCode::ChargedAndVoted => differ(|head| head.vote.to_string()),
            ProhibitionCode::BetweenGrants => differ(|head| head.grant.clone()),
            ProhibitionCode::CapitalAndRevenue => differ(|head| head.section.to_string()),
            // Money that stays under its head is not taken from it.
            ProhibitionCode::AugmentedHead => asked.augmented && asked.from != asked.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../config/finance/reappropriation.toml");
    const SOUND: Declaration = Declaration {
        new_service: false,
        expenditure_sanctioned: true,
        work_not_approved: false,
        contingency_advance: false,
    };

    fn asked(declaration: Declaration) -> Move<'static> {
        Move {
            scheme_code: "s",
            from: Component::SalesLinkedIncentive,
            to: Component::CapitalSubsidy,
            declaration,
            augmented: false,
            on: NaiveDate::from_ymd_opt(2026, 5, 1).unwrap(),
        }
    }

    fn clause(rules: &ReAppropriationRules, asked: &Move<'_>) -> Option<String> {
        match rules.check_move(asked) {
            Err(Refusal::ReAppropriationForbidden { clause, .. }) => Some(clause.en),
            Err(other) => panic!("{other}"),
            Ok(()) => None,
        }
    }

    #[test]
    fn every_prohibition_forbids_its_own_case_and_nothing_else() {
        let rules = ReAppropriationRules::parse(TEXT).unwrap();
        assert_eq!(rules.prohibitions.len(), ProhibitionCode::ALL.len());
        assert_eq!(clause(&rules, &asked(SOUND)), None);
        let named = |number: u8| Some(format!("Delegation of Financial Powers Rules 2024, rule 10({number})"));
        assert_eq!(clause(&rules, &asked(Declaration { new_service: true, ..SOUND })), named(1));
        assert_eq!(clause(&rules, &asked(Declaration { expenditure_sanctioned: false, ..SOUND })), named(2));
        assert_eq!(clause(&rules, &asked(Declaration { work_not_approved: true, ..SOUND })), named(3));
        assert_eq!(clause(&rules, &Move { augmented: true, ..asked(SOUND) }), named(7));
        assert_eq!(clause(&rules, &asked(Declaration { contingency_advance: true, ..SOUND })), named(8));
        let same = Move { augmented: true, to: Component::SalesLinkedIncentive, ..asked(SOUND) };
        assert_eq!(clause(&rules, &same), None, "money that stays under its head");
        for (from, to, number) in [
            ("vote = \"voted\"", "vote = \"charged\"", 4),
            ("grant = \"", "grant = \"another ", 5),
            ("section = \"revenue\"", "section = \"capital\"", 6),
        ] {
            let changed = TEXT.replacen(from, to, 1);
            assert_ne!(changed, TEXT, "{from}");
            let rules = ReAppropriationRules::parse(&changed).unwrap();
            assert_eq!(clause(&rules, &asked(SOUND)), named(number), "{to}");
        }
    }

    #[test]
    fn a_prohibition_holds_in_its_time_alone() {
        let rules = ReAppropriationRules::parse(TEXT).unwrap();
        let before = NaiveDate::from_ymd_opt(2024, 3, 31).unwrap();
        let early = Move { on: before, ..asked(Declaration { new_service: true, ..SOUND }) };
        assert_eq!(clause(&rules, &early), None);
        let first = Move { on: before.succ_opt().unwrap(), ..early };
        assert!(clause(&rules, &first).is_some());
    }

    #[test]
    fn a_wrong_table_is_named() {
        let wrong = |from: &str, to: &str| {
            let changed = TEXT.replacen(from, to, 1);
            assert_ne!(changed, TEXT, "{from}");
            ReAppropriationRules::parse(&changed).unwrap_err().to_string()
        };
        assert!(wrong("component = \"capital_subsidy\"", "component = \"administration\"").contains("twice"));
        assert!(wrong("code = \"new_service\"", "code = \"work_not_approved\"").contains("on one day"));
        assert!(wrong("code = \"new_service\"", "code = \"rumour\"").contains("line"));
        assert!(wrong("scheme_code = \"*\"", "scheme_code = \"other\"").contains("'*' needs a row"));
    }
}
