//! The readable name of an account, taken apart again: pages say its parts in the words of their language.

use crate::base::calendar::FinancialYear;
use crate::budget::ledger::{Ledger, Stage};
use crate::scheme::scheme::Component;
use std::str::FromStr;

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountOwner {
    /// The whole scheme, by its code.
    Scheme(String),
    /// One award, by its number.
    Award(String),
    Year(FinancialYear),
}

/// The parts of an account's readable name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountName {
    pub ledger: Ledger,
    pub owner: AccountOwner,
    pub component: Component,
    pub stage: Stage,
}

impl FromStr for AccountName {
    type Err = String;

    /// Reads a code such as `outlay:ndfeb-2025-proposal:capital_subsidy:NDFEB/2026-27/AWD/0001:reserved`.
    fn from_str(code: &str) -> Result<AccountName, String> {
        let parts: Vec<&str> = code.split(':').collect();
        let (ledger, scheme, component, owner, stage) = match parts[..] {
            [ledger, scheme, component, stage] => (ledger, scheme, component, None, stage),
            [ledger, scheme, component, owner, stage] => (ledger, scheme, component, Some(owner), stage),
            _ => return Err(format!("'{code}' is not the name of an account")),
        };
        let owner = match owner.map(|owner| (owner, owner.parse())) {
            None => AccountOwner::Scheme(scheme.to_owned()),
            Some((_, Ok(year))) => AccountOwner::Year(year),
            Some((number, Err(_))) => AccountOwner::Award(number.to_owned()),
        };
        Ok(AccountName { ledger: ledger.parse()?, owner, component: component.parse()?, stage: stage.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{AwardId, OrganisationId};
    use crate::budget::ledger::{Account, AccountAward};
    use uuid::Uuid;

    #[test]
    fn a_name_is_taken_apart_as_it_was_put_together() {
        let year: FinancialYear = "2026-27".parse().unwrap();
        let number = "NDFEB/2026-27/AWD/0001".to_owned();
        let award = AccountAward {
            id: AwardId(Uuid::nil()),
            number: number.clone(),
            organisation_id: OrganisationId(Uuid::nil()),
        };
        let scheme_code = "ndfeb-2025-proposal".to_owned();
        let owners = [
            (None, None, AccountOwner::Scheme(scheme_code.clone())),
            (Some(award), None, AccountOwner::Award(number)),
            (None, Some(year), AccountOwner::Year(year)),
        ];
        for (award, financial_year, owner) in owners {
            for (ledger, stage) in
                Ledger::ALL.iter().flat_map(|ledger| Stage::ALL.iter().map(|stage| (*ledger, *stage)))
            {
                let component = Component::CapitalSubsidy;
                let (scheme_code, award) = (scheme_code.clone(), award.clone());
                let code = Account { ledger, scheme_code, component, award, financial_year, stage }.code();
                assert_eq!(code.parse(), Ok(AccountName { ledger, owner: owner.clone(), component, stage }), "{code}");
            }
        }
        for wrong in ["", "outlay", "outlay:s:capital_subsidy", "outlay:s:capital_subsidy:nowhere", "a:b:c:d:e:f"] {
            assert!(wrong.parse::<AccountName>().is_err(), "{wrong}");
        }
    }
}
