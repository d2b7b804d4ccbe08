//! The figures of a scheme that everybody may read at a glance: money by financial year and capacity by stage. They
//! are sums over what the public data list row by row, and over the budget, which is public. A milestone counts only
//! once it is verified, and only up to what its award must install.

use crate::base::calendar::FinancialYear;
use crate::base::money::Paise;
use crate::budget::budget::Balance;
use crate::budget::ledger::{Ledger, Stage};
use crate::milestone::milestone::Milestone;
use crate::recovery::milestone_standing::InstalledPlant;
use crate::scheme::partial_achievement::WHOLE;
use crate::scheme::scheme::Scheme;
use crate::scheme::value_chain::{Chain, ChainStage, InstalledCapacity};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a scheme was given in one financial year, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicYear {
    pub financial_year: FinancialYear,
    /// All components together.
    pub appropriated_paise: Paise,
    /// Sanction orders of the year that are in force.
    pub sanctioned_paise: Paise,
    /// Gross less returned: paid in the year and not taken back by the bank.
    pub disbursed_paise: Paise,
    /// Paid back in the year of what was disbursed, without interest and damages. What a bank return kept for
    /// recoveries counts as returned instead.
    pub recovered_paise: Paise,
}

/// The capacity of one stage of the value chain, tonnes a year of its own output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicStage {
    pub stage: ChainStage,
    pub aimed_at_mtpa: i64,
    /// What all awards must install.
    pub promised_mtpa: i64,
    /// The part of it that was inspected and verified.
    pub installed_mtpa: i64,
}

/// The figures of one scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicScheme {
    pub scheme_code: String,
    pub outlay_paise: Paise,
    pub sanctioned_paise: Paise,
    pub disbursed_paise: Paise,
    pub recovered_paise: Paise,
    /// Finished magnets, tonnes a year.
    pub aimed_at_mtpa: i64,
    pub promised_mtpa: i64,
    pub installed_mtpa: i64,
    pub years: Vec<PublicYear>,
    pub stages: Vec<PublicStage>,
}

/// Sums by financial year.
pub type ByYear = BTreeMap<FinancialYear, i64>;

/// What an award promised, and the milestones by which it is seen to be installed.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    /// The chain of the version under which it was awarded.
    pub chain: &'a Chain,
    pub capacity_mtpa: i64,
    pub milestones: &'a [Milestone],
}

impl Promise<'_> {
    fn of(&self, stage: &ChainStage) -> i64 {
        if !self.chain.stages.contains(stage) {
            return 0;
        }
        self.chain.needed_mtpa(stage, self.capacity_mtpa, WHOLE)
    }

    /// What was last verified as installed, up to what was promised.
    fn installed(&self, stage: &ChainStage) -> i64 {
        let plant = InstalledPlant::of(self.milestones, self.chain, NaiveDate::MAX);
        plant.installed_mtpa.map_or(0, |found| found.of(stage)).min(self.of(stage))
    }

    /// The finished magnet that the verified stages support.
    fn magnets(&self) -> i64 {
        let stages = self.chain.stages.iter().map(|stage| (stage.clone(), self.installed(stage)));
        self.chain.magnet_mtpa(&InstalledCapacity(stages.collect())).min(self.capacity_mtpa)
    }
}

/// The figures of a scheme in its newest version.
pub fn figures(
    scheme: &Scheme,
    balances: &[Balance],
    (sanctioned, disbursed, kept): (&ByYear, &ByYear, &ByYear),
    promises: &[Promise<'_>],
) -> PublicScheme {
    let years = years(&scheme.code, balances, (sanctioned, disbursed, kept));
    let sum = |of: fn(&PublicYear) -> Paise| Paise(years.iter().map(|year| of(year).0).sum());
    PublicScheme {
        scheme_code: scheme.code.clone(),
        outlay_paise: scheme.outlay.paise(),
        sanctioned_paise: sum(|year| year.sanctioned_paise),
        disbursed_paise: sum(|year| year.disbursed_paise),
        recovered_paise: sum(|year| year.recovered_paise),
        aimed_at_mtpa: scheme.total_capacity_mtpa.value,
        promised_mtpa: promises.iter().map(|promise| promise.capacity_mtpa).sum(),
        installed_mtpa: promises.iter().map(Promise::magnets).sum(),
        stages: scheme.chain.stages.iter().map(|stage| of_stage(scheme, stage, promises)).collect(),
        years,
    }
}

fn of_stage(scheme: &Scheme, stage: &ChainStage, promises: &[Promise<'_>]) -> PublicStage {
    PublicStage {
        stage: stage.clone(),
        aimed_at_mtpa: scheme.chain.needed_mtpa(stage, scheme.total_capacity_mtpa.value, WHOLE),
        promised_mtpa: promises.iter().map(|promise| promise.of(stage)).sum(),
        installed_mtpa: promises.iter().map(|promise| promise.installed(stage)).sum(),
    }
}

/// The years of which there is something to say, the first one first.
fn years(
    code: &str,
    balances: &[Balance],
    (sanctioned, disbursed, kept): (&ByYear, &ByYear, &ByYear),
) -> Vec<PublicYear> {
    let (mut appropriated, mut recovered) = (ByYear::new(), ByYear::new());
    for Balance { account, balance } in balances {
        let Some(year) = account.financial_year else { continue };
        if account.ledger != Ledger::Appropriation || account.scheme_code != code {
            continue;
        }
        match account.stage {
            Stage::Authorised => *appropriated.entry(year).or_default() += balance.0,
            Stage::Receipts => *recovered.entry(year).or_default() += balance.0,
            _ => {}
        }
    }
    for (year, paise) in kept {
        *recovered.entry(*year).or_default() -= paise;
    }
    let all = [&appropriated, sanctioned, disbursed, &recovered];
    let mut named: Vec<FinancialYear> = all.iter().flat_map(|sums| sums.keys().copied()).collect();
    named.sort();
    named.dedup();
    let of = |sums: &ByYear, year| Paise(sums.get(&year).copied().unwrap_or(0));
    let told = named.into_iter().filter(|year| all.iter().any(|sums| of(sums, *year) != Paise::ZERO));
    told.map(|year| PublicYear {
        financial_year: year,
        appropriated_paise: of(&appropriated, year),
        sanctioned_paise: of(sanctioned, year),
        disbursed_paise: of(disbursed, year),
        recovered_paise: of(&recovered, year),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::posting::year_account;
    use crate::scheme::scheme::Component;
    use crate::scheme::scheme::tests::sample;

    fn year(text: &str) -> FinancialYear {
        text.to_owned().try_into().unwrap()
    }

    #[test]
    fn a_year_adds_up_its_components_and_other_schemes_are_not_in_it() {
        let scheme = sample();
        let balance = |code: &str, component, of: &str, stage, paise| Balance {
            account: year_account(code, component, year(of), stage),
            balance: Paise(paise),
        };
        let (capital, sales) = (Component::CapitalSubsidy, Component::SalesLinkedIncentive);
        let balances = [
            balance(&scheme.code, capital, "2027-28", Stage::Authorised, 60),
            balance(&scheme.code, sales, "2027-28", Stage::Authorised, 90),
            balance(&scheme.code, sales, "2027-28", Stage::Receipts, 4),
            balance(&scheme.code, sales, "2027-28", Stage::Available, 90),
            balance("other", sales, "2027-28", Stage::Authorised, 1_000),
            balance(&scheme.code, sales, "2030-31", Stage::Authorised, 0),
        ];
        let (sanctioned, disbursed) = (ByYear::from([(year("2027-28"), 50)]), ByYear::from([(year("2028-29"), 40)]));
        let found = figures(&scheme, &balances, (&sanctioned, &disbursed, &ByYear::new()), &[]);
        let told: Vec<_> =
            found.years.iter().map(|one| (one.financial_year.to_string(), one.appropriated_paise.0)).collect();
        assert_eq!(told, [("2027-28".to_owned(), 150), ("2028-29".to_owned(), 0)], "a year of zeros is not told");
        assert_eq!(
            (found.sanctioned_paise, found.disbursed_paise, found.recovered_paise),
            (Paise(50), Paise(40), Paise(4))
        );
        assert_eq!(found.outlay_paise, scheme.outlay.paise());
    }

    #[test]
    fn a_promise_without_a_verified_milestone_is_not_installed() {
        let scheme = sample();
        let promise = Promise { chain: &scheme.chain, capacity_mtpa: 600, milestones: &[] };
        let found = figures(&scheme, &[], (&ByYear::new(), &ByYear::new(), &ByYear::new()), &[promise, promise]);
        assert_eq!((found.promised_mtpa, found.installed_mtpa), (1_200, 0));
        assert_eq!(found.stages.len(), scheme.chain.stages.len());
        assert!(found.stages.iter().all(|stage| stage.promised_mtpa == 1_200 && stage.installed_mtpa == 0));
    }
}
