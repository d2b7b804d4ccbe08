//! The public data: the schemes, the awards and their holders, which milestones were met, what was
//! sanctioned and what was paid. This module lists the tables and columns that are published, and
//! nothing else is published: no person, no bank account, no document, no rate or price, nothing
//! that is still under examination.

use crate::milestone::milestone::{Milestone, MilestoneStatus};
use crate::words;
use serde::Serialize;
use utoipa::ToSchema;

/// The short name of the licence.
pub const LICENCE_NAME: &str = "GODL-India";
pub const LICENCE_TITLE: &str = "Government Open Data License - India";
pub const LICENCE_URL: &str = "https://data.gov.in/government-open-data-license-india";

words! {
    /// A table of the public data.
    pub enum PublicTable {
        Schemes = "schemes",
        Beneficiaries = "beneficiaries",
        Awards = "awards",
        Ceilings = "ceilings",
        Milestones = "milestones",
        Sanctions = "sanctions",
        Disbursements = "disbursements",
        Years = "years",
        Stages = "stages",
    }
}

words! {
    /// The published status of a milestone: a report counts only once it is verified.
    pub enum PublicMilestoneStatus {
        Scheduled = "scheduled",
        PartlyMet = "partly_met",
        Met = "met",
    }
}

impl PublicMilestoneStatus {
    /// The published status of a milestone.
    pub fn of(milestone: &Milestone) -> PublicMilestoneStatus {
        if milestone.status == MilestoneStatus::Verified {
            PublicMilestoneStatus::Met
        } else if milestone.reached_in_part().next().is_some() {
            PublicMilestoneStatus::PartlyMet
        } else {
            PublicMilestoneStatus::Scheduled
        }
    }
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicHolds {
    Text,
    /// A whole number.
    Whole,
    /// Rupees with two decimals, exact.
    Rupees,
    Day,
    /// A financial year such as `2026-27`.
    Year,
    OneOf(&'static [&'static str]),
}

/// A column and its description.
#[derive(Clone, Copy, Debug)]
pub struct PublicColumn {
    pub name: &'static str,
    pub holds: PublicHolds,
    /// Whether every row has it.
    pub always: bool,
    pub about: &'static str,
}

const fn column(name: &'static str, holds: PublicHolds, about: &'static str) -> PublicColumn {
    PublicColumn { name, holds, always: true, about }
}

const fn perhaps(name: &'static str, holds: PublicHolds, about: &'static str) -> PublicColumn {
    PublicColumn { name, holds, always: false, about }
}

/// Columns that refer to a row of another table (a foreign key).
#[derive(Clone, Copy, Debug)]
pub struct PublicReference {
    pub columns: &'static [&'static str],
    pub table: PublicTable,
    pub named: &'static [&'static str],
}

const fn reference(
    column: &'static [&'static str],
    table: PublicTable,
    named: &'static [&'static str],
) -> PublicReference {
    PublicReference { columns: column, table, named }
}

use PublicHolds::{Day, OneOf, Rupees, Text, Whole, Year};

const COMPONENTS: PublicHolds = OneOf(&["capital_subsidy", "sales_linked_incentive", "administration"]);

impl PublicTable {
    /// A description of its rows.
    pub fn about(self) -> &'static str {
        match self {
            PublicTable::Schemes => "Schemes, each in its newest version",
            PublicTable::Beneficiaries => "Companies that hold an award",
            PublicTable::Awards => "Capacity granted to a company under a scheme, and the most that it may receive",
            PublicTable::Ceilings => "The most that each component of an award may receive",
            PublicTable::Milestones => "Dated obligations of an award, and which of them were verified as met",
            PublicTable::Sanctions => "Sanction orders in force: the Government is obliged to pay, or has paid",
            PublicTable::Disbursements => {
                "Money that was given and stayed with the beneficiary. What the bank took back is not in it; what was \
                 demanded back later is not taken off"
            }
            PublicTable::Years => {
                "What a scheme was given in each financial year, and what was sanctioned, paid and paid back in it"
            }
            PublicTable::Stages => {
                "Capacity of each stage of a scheme's value chain: aimed at, promised by awards, and verified as installed"
            }
        }
    }

    /// The columns of the table, in order.
    pub fn columns(self) -> &'static [PublicColumn] {
        match self {
            PublicTable::Schemes => SCHEMES,
            PublicTable::Beneficiaries => BENEFICIARIES,
            PublicTable::Awards => AWARDS,
            PublicTable::Ceilings => CEILINGS,
            PublicTable::Milestones => MILESTONES,
            PublicTable::Sanctions => SANCTIONS,
            PublicTable::Disbursements => DISBURSEMENTS,
            PublicTable::Years => YEARS,
            PublicTable::Stages => STAGES,
        }
    }

    /// The columns that identify one row (the primary key).
    pub fn key(self) -> &'static [&'static str] {
        match self {
            PublicTable::Schemes => &["code"],
            PublicTable::Beneficiaries => &["cin"],
            PublicTable::Awards | PublicTable::Sanctions | PublicTable::Disbursements => &["number"],
            PublicTable::Ceilings => &["award_number", "component"],
            PublicTable::Milestones => &["award_number", "code"],
            PublicTable::Years => &["scheme_code", "financial_year"],
            PublicTable::Stages => &["scheme_code", "stage"],
        }
    }

    /// The references to other tables (foreign keys).
    pub fn references(self) -> &'static [PublicReference] {
        match self {
            PublicTable::Schemes | PublicTable::Beneficiaries => &[],
            PublicTable::Years | PublicTable::Stages => {
                const { &[reference(&["scheme_code"], PublicTable::Schemes, &["code"])] }
            }
            PublicTable::Awards => {
                const {
                    &[
                        reference(&["scheme_code"], PublicTable::Schemes, &["code"]),
                        reference(&["beneficiary_cin"], PublicTable::Beneficiaries, &["cin"]),
                    ]
                }
            }
            _ => const { &[reference(&["award_number"], PublicTable::Awards, &["number"])] },
        }
    }
}

const SCHEMES: &[PublicColumn] = &[
    column("code", Text, "Names the scheme"),
    column("name", Text, "Name of the scheme"),
    column("version", Whole, "Number of its newest version"),
    column("reference", Text, "Gazette or order number of that version"),
    column("effective_from", Day, "First day of that version"),
    column("outlay_inr", Rupees, "What may be spent under the scheme"),
];

const BENEFICIARIES: &[PublicColumn] = &[
    column("cin", Text, "Corporate identification number (Ministry of Corporate Affairs)"),
    column("name", Text, "Registered name"),
];

const AWARDS: &[PublicColumn] = &[
    column("number", Text, "Number of the award"),
    column("scheme_code", Text, "The scheme"),
    column("scheme_version", Whole, "The version under which it was awarded"),
    column("beneficiary_cin", Text, "The company"),
    column("capacity_mtpa", Whole, "Capacity granted, tonnes a year"),
    column("awarded_on", Day, "Day of the award"),
    column("ends_on", Day, "Last day on which sales can earn incentive"),
    perhaps("commissioned_on", Day, "When the whole chain was commissioned, once verified"),
    column("ceiling_inr", Rupees, "The most that it may receive; of an award that was ended, what it drew"),
    perhaps("ended_on", Day, "When two people ended it, because its winner walked away"),
];

const CEILINGS: &[PublicColumn] = &[
    column("award_number", Text, "The award"),
    column("component", COMPONENTS, "Part of the outlay"),
    column(
        "amount_inr",
        Rupees,
        "The most that it may receive of this component; once the award was ended, what it drew",
    ),
];

const MILESTONES: &[PublicColumn] = &[
    column("award_number", Text, "The award"),
    column("code", Text, "Names the milestone in the award"),
    column("title", Text, "What has to be done"),
    column("due_on", Day, "By when"),
    column("status", OneOf(&["scheduled", "partly_met", "met"]), "Whether it was verified as met, in part or whole"),
    perhaps("met_on", Day, "When it was met, once verified"),
];

const SANCTIONS: &[PublicColumn] = &[
    column("number", Text, "Number of the sanction order"),
    column("award_number", Text, "The award"),
    column("component", COMPONENTS, "Part of the outlay"),
    column("performance_year", Year, "Financial year in which it was earned"),
    column("sanctioned_on", Day, "Day of the order"),
    column("amount_inr", Rupees, "Amount of the order"),
];

const DISBURSEMENTS: &[PublicColumn] = &[
    column("number", Text, "Number of the disbursement"),
    column("award_number", Text, "The award"),
    column("component", COMPONENTS, "Part of the outlay"),
    perhaps("milestone_code", Text, "The milestone of the award for which it was paid, if for one"),
    column("performance_year", Year, "Financial year in which it was earned"),
    column("payment_year", Year, "Financial year in which it was paid"),
    column("paid_on", Day, "Day of payment"),
    column("amount_inr", Rupees, "What the beneficiary was given and kept: gross less returned, with what was set off"),
];

const YEARS: &[PublicColumn] = &[
    column("scheme_code", Text, "The scheme"),
    column("financial_year", Year, "The financial year"),
    column("appropriated_inr", Rupees, "What the budget gave to the scheme for the year, all components together"),
    column("sanctioned_inr", Rupees, "Sanction orders of the year that are in force"),
    column("disbursed_inr", Rupees, "What beneficiaries were given in the year and kept: gross less returned"),
    column("recovered_inr", Rupees, "What was paid back in the year, without interest and damages"),
];

const STAGES: &[PublicColumn] = &[
    column("scheme_code", Text, "The scheme"),
    column("stage", Text, "The stage of the value chain"),
    column("aimed_at_mtpa", Whole, "What the scheme aims at, tonnes a year of the stage's own output"),
    column("promised_mtpa", Whole, "What all awards together must install"),
    column("installed_mtpa", Whole, "What inspections found of that, where the milestone was verified"),
];

/// Counts and sums of the whole public data: the rows of its files add up to these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicTotals {
    pub beneficiaries: i64,
    pub awards: i64,
    /// The total of the ceilings of all awards; of one that was ended, what it drew.
    pub ceilings_paise: i64,
    pub sanctions: i64,
    pub sanctioned_paise: i64,
    pub disbursements: i64,
    /// Gross less returned: what was paid, with what was set off, and was not taken back by the bank.
    pub disbursed_paise: i64,
    /// What the budget gave to all years of all schemes.
    pub appropriated_paise: i64,
    /// What was paid back, without interest and damages.
    pub recovered_paise: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme::Component;

    #[test]
    fn keys_and_references_name_columns_that_are_there() {
        let has = |table: PublicTable, name: &&str| {
            table.columns().iter().any(|column| column.name == *name && column.always)
        };
        for table in PublicTable::ALL {
            assert!(table.key().iter().all(|name| has(*table, name)), "{table}");
            for reference in table.references() {
                assert!(reference.columns.iter().all(|name| has(*table, name)), "{table}");
                assert_eq!(reference.named, reference.table.key(), "{table}");
            }
        }
        assert_eq!(COMPONENTS, OneOf(&Component::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().leak()[..]));
    }
}
