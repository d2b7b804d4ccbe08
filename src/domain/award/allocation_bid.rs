//! Bids, and the order between two of them: first the standing from an earlier run, then the lower
//! cost, then the tie rules of the scheme in their order, and at last the lot.

use crate::base::calendar::Timestamp;
use crate::base::digest::hex;
use crate::base::id::{ApplicationId, OrganisationId, UserId};
use crate::base::money::Paise;
use crate::scheme::allocation_rules::{AllocationRules, TieBreak};
use crate::scheme::fact::StatedFact;
use crate::words;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use utoipa::ToSchema;

words! {
    /// The standing of a bid before the run.
    pub enum StandingKind {
        /// A published run allotted capacity to it, and no award was made yet.
        Allotted = "allotted",
        Awarded = "awarded",
        /// The bidder surrendered its allotment: the bid takes no part any more.
        Surrendered = "surrendered",
    }
}

/// The standing of a bid before the run, with its capacity in tonnes a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    pub kind: StandingKind,
    pub capacity_mtpa: i64,
}

/// An application that was found eligible and competes for capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bid {
    pub application_id: ApplicationId,
    pub organisation_id: OrganisationId,
    /// The number of the application.
    pub number: String,
    pub submitted_at: Timestamp,
    pub scrutinised_by: Option<UserId>,
    pub capacity_mtpa: i64,
    /// The least capacity that the bidder would accept in part.
    pub least_capacity_mtpa: Option<i64>,
    /// Incentive requested, paise per kilogram.
    pub rate_paise_per_kg: Paise,
    pub net_worth_paise: Paise,
    /// Stated facts on which the ceilings of the scheme may depend.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<StatedFact>,
    pub standing: Option<Standing>,
}

words! {
    /// A criterion by which two bids are compared.
    pub enum ComparedBy {
        /// Awards and earlier allotments come first, surrendered bids last.
        Standing = "standing",
        LeastCost = "least_cost",
        LargerCapacity = "larger_capacity",
        HigherNetWorth = "higher_net_worth",
        EarlierSubmission = "earlier_submission",
        Lot = "lot",
        /// Application numbers always differ; used when even the lots are the same.
        Number = "number",
    }
}

/// One figure of two bids side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Compared {
    pub by: ComparedBy,
    pub better: String,
    pub other: String,
}

/// The comparison of a bid with the next one: the last figure compared decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderComparison {
    pub better_number: String,
    pub other_number: String,
    pub compared: Vec<Compared>,
}

impl AllocationRules {
    /// The order of two bids, and every figure that was compared until one decided.
    pub fn compare(&self, a: &Bid, b: &Bid) -> (Ordering, Vec<Compared>) {
        let ties = self.ties.by.iter().map(|tie| match tie {
            TieBreak::LargerCapacity => ComparedBy::LargerCapacity,
            TieBreak::HigherNetWorth => ComparedBy::HigherNetWorth,
            TieBreak::EarlierSubmission => ComparedBy::EarlierSubmission,
            TieBreak::Lot => ComparedBy::Lot,
        });
        let first = [ComparedBy::Standing, ComparedBy::LeastCost];
        let mut compared = Vec::new();
        for by in first.into_iter().chain(ties).chain([ComparedBy::Number]) {
            let order = match by {
                ComparedBy::Standing => a.turn().cmp(&b.turn()),
                ComparedBy::LeastCost => a.rate_paise_per_kg.cmp(&b.rate_paise_per_kg),
                ComparedBy::LargerCapacity => b.capacity_mtpa.cmp(&a.capacity_mtpa),
                ComparedBy::HigherNetWorth => b.net_worth_paise.cmp(&a.net_worth_paise),
                ComparedBy::EarlierSubmission => a.submitted_at.cmp(&b.submitted_at),
                ComparedBy::Lot => self.lot(a).cmp(&self.lot(b)),
                ComparedBy::Number => a.number.cmp(&b.number),
            };
            compared.push(Compared { by, better: self.figure(by, a), other: self.figure(by, b) });
            if order != Ordering::Equal {
                return (order, compared);
            }
        }
        (Ordering::Equal, compared)
    }

    /// The comparison that decided between each bid and the next one; `ordered` is already in
    /// order.
    pub(crate) fn comparisons(&self, ordered: &[Bid]) -> Vec<OrderComparison> {
        let pairs = ordered.iter().zip(ordered.iter().skip(1));
        let state = |(better, other): (&Bid, &Bid)| OrderComparison {
            better_number: better.number.clone(),
            other_number: other.number.clone(),
            compared: self.compare(better, other).1,
        };
        pairs.map(state).collect()
    }

    /// SHA-256 of the published seed followed by the number, as hexadecimal digits.
    fn lot(&self, bid: &Bid) -> String {
        hex(&Sha256::digest(format!("{}{}", self.ties.lot_seed, bid.number).as_bytes()))
    }

    fn figure(&self, by: ComparedBy, bid: &Bid) -> String {
        match by {
            ComparedBy::Standing => bid.standing.map_or("none", |standing| standing.kind.as_str()).to_owned(),
            ComparedBy::LeastCost => format!("{} paise per kg", bid.rate_paise_per_kg.0),
            ComparedBy::LargerCapacity => format!("{} MTPA", bid.capacity_mtpa),
            ComparedBy::HigherNetWorth => format!("{} paise", bid.net_worth_paise.0),
            ComparedBy::EarlierSubmission => bid.submitted_at.to_string(),
            ComparedBy::Lot => self.lot(bid),
            ComparedBy::Number => bid.number.clone(),
        }
    }
}

impl Bid {
    /// The group a bid belongs to: awarded and allotted bids first, surrendered bids last.
    fn turn(&self) -> u8 {
        match self.standing.map(|standing| standing.kind) {
            Some(StandingKind::Awarded | StandingKind::Allotted) => 0,
            None => 1,
            Some(StandingKind::Surrendered) => 2,
        }
    }
}
