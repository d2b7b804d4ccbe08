//! The rules of a scheme's file for bids that compete for capacity: which bid is better, what
//! decides between equal bids, whether the last place may be filled in part, who is put on the
//! waiting list, and who gets oxide.

use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::{Basis, Scheme};
use crate::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The method by which the better bid is found.
    pub enum AllocationMethod {
        /// The bid that requests less incentive for a kilogram is better.
        LeastCost = "least_cost",
    }
}

words! {
    /// A criterion that decides between equal bids, tried in the order of the file.
    pub enum TieBreak {
        LargerCapacity = "larger_capacity",
        HigherNetWorth = "higher_net_worth",
        EarlierSubmission = "earlier_submission",
        /// The lower SHA-256 of the published seed followed by the number of the application.
        Lot = "lot",
    }
}

words! {
    /// Whether a bid that fits only in part gets that part.
    pub enum PartialLast {
        /// The bid gets the part if its form says that so small a capacity would be accepted.
        IfAccepted = "if_accepted",
        Never = "never",
    }
}

/// The criteria that decide between equal bids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TieRule {
    /// Tried in this order; the last one is the lot, which always decides.
    pub by: Vec<TieBreak>,
    /// Published with the scheme, so that nobody chooses it once the bids are known.
    pub lot_seed: String,
    pub basis: Basis,
    pub source: String,
}

/// The waiting list: how many bids without a place may be on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitingList {
    pub most: i64,
    pub basis: Basis,
    pub source: String,
}

/// Oxide that is supplied to the lowest bidders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OxideSupply {
    /// The number of lowest bidders that get oxide.
    pub to_lowest: i64,
    /// The quantity that all of them get together.
    pub tonnes_per_year: i64,
    pub basis: Basis,
    pub source: String,
}

/// The rules by which capacity is allotted to competing bids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocationRules {
    pub method: AllocationMethod,
    pub method_basis: Basis,
    pub method_source: String,
    pub partial_last: PartialLast,
    pub partial_last_basis: Basis,
    pub partial_last_source: String,
    pub ties: TieRule,
    /// Without this section every bid without a place is on the waiting list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_list: Option<WaitingList>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oxide_supply: Option<OxideSupply>,
}

/// The largest number of capacity steps between the least and the most, so that each can be shown.
const MOST_STEPS: i64 = 200;

impl Scheme {
    /// Checks this section of a scheme file; the error names the key and the reason.
    pub(crate) fn check_allocation(&self) -> Result<(), BadScheme> {
        let fail = |key: &str, why: &str| Err(BadScheme::new(format!("allocation.{key}"), why));
        let Some(rules) = &self.allocation else { return Ok(()) };
        let by = &rules.ties.by;
        if by.last() != Some(&TieBreak::Lot) {
            return fail("ties.by", "ends with 'lot', which always decides");
        }
        if by.iter().enumerate().any(|(index, word)| by.iter().take(index).any(|earlier| earlier == word)) {
            return fail("ties.by", "each word once");
        }
        let seed = &rules.ties.lot_seed;
        if !(8..=200).contains(&seed.len()) || !seed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return fail("ties.lot_seed", "8 to 200 visible ASCII characters");
        }
        if rules.waiting_list.as_ref().is_some_and(|list| !(1..=1_000).contains(&list.most)) {
            return fail("waiting_list.most", "1 to 1000; leave the section out for all");
        }
        if let Some(oxide) = &rules.oxide_supply {
            if !(1..=self.beneficiaries_most.value).contains(&oxide.to_lowest) {
                return fail("oxide_supply.to_lowest", "1 to beneficiaries_most");
            }
            if !(1..=1_000_000).contains(&oxide.tonnes_per_year) {
                return fail("oxide_supply.tonnes_per_year", "1 to 1000000");
            }
        }
        let bounds = &self.capacity_mtpa;
        if (bounds.most - bounds.least) / bounds.step > MOST_STEPS {
            return fail("method", "capacity_mtpa has more than 200 steps, too many to show each");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::scheme::scheme::Scheme;
    use crate::scheme::scheme::tests::TEXT;

    const RULES: &str = "
        [allocation]
        method = \"least_cost\"
        method_basis = \"official\"
        method_source = \"x\"
        partial_last = \"if_accepted\"
        partial_last_basis = \"assumption\"
        partial_last_source = \"x\"
        ties = { by = [\"larger_capacity\", \"lot\"], lot_seed = \"sample-seed\", basis = \"assumption\", source = \"x\" }
        waiting_list = { most = 3, basis = \"assumption\", source = \"x\" }
        oxide_supply = { to_lowest = 2, tonnes_per_year = 500, basis = \"reported\", source = \"x\" }
    ";

    #[test]
    fn a_wrong_rule_is_named_by_key() {
        let parse = |rules: &str| Scheme::parse(&format!("{TEXT}{rules}"));
        assert!(parse(RULES).unwrap().allocation.is_some());
        assert!(parse("").unwrap().allocation.is_none());
        let wrong = |from: &str, to: &str| {
            let changed = RULES.replacen(from, to, 1);
            assert_ne!(changed, RULES, "{from}");
            parse(&changed).unwrap_err().to_string()
        };
        assert!(wrong(", \"lot\"", "").contains("'allocation.ties.by': ends with"));
        assert!(wrong("\"larger_capacity\", \"lot\"", "").contains("'allocation.ties.by': ends with"));
        assert!(wrong("\"larger_capacity\"", "\"lot\"").contains("'allocation.ties.by': each word once"));
        assert!(wrong("sample-seed", "short").contains("lot_seed"));
        assert!(wrong("sample-seed", "with a space").contains("lot_seed"));
        assert!(wrong("most = 3", "most = 0").contains("waiting_list.most"));
        assert!(wrong("to_lowest = 2", "to_lowest = 3").contains("oxide_supply.to_lowest"));
        assert!(wrong("tonnes_per_year = 500", "tonnes_per_year = 0").contains("tonnes_per_year"));
        assert!(wrong("least_cost", "best_friend").contains("least_cost"));
        assert!(wrong("if_accepted", "always").contains("if_accepted"));
        assert!(wrong("method_basis", "method_base").contains("line"));
        let fine = format!("{TEXT}{RULES}").replacen("step = 50", "step = 1", 1);
        assert!(Scheme::parse(&fine).unwrap_err().to_string().contains("too many to show"));
    }
}
