//! The statement of an allocation run: the bids it took in, the limits it started from, every
//! comparison between bids and with a limit, and what each bid gets, or the reason why it gets
//! nothing. The digest of the canonical JSON of what is published of it identifies a run.

use crate::award::allocation_bid::{Bid, OrderComparison};
use crate::base::digest::hex;
use crate::base::money::Paise;
use crate::scheme::allocation_rules::AllocationRules;
use crate::scheme::scheme::Component;
use crate::words;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

words! {
    /// A limit that a run must never exceed.
    pub enum Limit {
        Beneficiaries = "beneficiaries",
        CapacityMtpa = "capacity_mtpa",
        OutlayPaise = "outlay_paise",
    }
}

/// One limit at one point of the run: the need and the room left, in the unit the limit is named
/// after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LimitCheck {
    pub limit: Limit,
    /// The component, for a limit of outlay.
    pub component: Option<Component>,
    pub need: i64,
    pub room: i64,
    pub fits: bool,
}

impl LimitCheck {
    pub(crate) fn places(need: i64, room: i64) -> Self {
        Self { limit: Limit::Beneficiaries, component: None, need, room, fits: need <= room }
    }

    pub(crate) fn capacity(need: i64, room: i64) -> Self {
        Self { limit: Limit::CapacityMtpa, component: None, need, room, fits: need <= room }
    }

    pub(crate) fn outlay(component: Component, need: Paise, room: Paise) -> Self {
        let fits = need <= room;
        Self { limit: Limit::OutlayPaise, component: Some(component), need: need.0, room: room.0, fits }
    }

    /// The reason given to a bid that failed at this limit.
    pub(crate) fn loss(&self) -> LossReason {
        let (code, detail) = match self.limit {
            Limit::Beneficiaries => (
                LossReasonCode::BeneficiariesReached,
                "all places of the scheme are taken by bids before it".to_owned(),
            ),
            Limit::CapacityMtpa => (
                LossReasonCode::CapacityExhausted,
                format!("{} MTPA are asked, {} MTPA are left after the bids before it", self.need, self.room),
            ),
            Limit::OutlayPaise => {
                let component = self.component.map_or("outlay", |component| component.as_str());
                let (need, room) = (Paise(self.need), Paise(self.room));
                (
                    LossReasonCode::OutlayExhausted,
                    format!("{component}: {need} would be committed, {room} are left after the bids before it"),
                )
            }
        };
        LossReason { code, component: self.component, need: Some(self.need), room: Some(self.room), detail }
    }
}

/// One capacity tried for a bid against all limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    pub capacity_mtpa: i64,
    pub fits: bool,
    /// The reason why the scheme does not allow such a capacity, however much room is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_allowed: Option<String>,
    pub checks: Vec<LimitCheck>,
}

impl Trial {
    /// The reason that follows from the first limit it exceeds; `None` when it fits.
    pub(crate) fn loss(&self) -> Option<LossReason> {
        if let Some(why) = &self.not_allowed {
            return Some(LossReason::new(LossReasonCode::CapacityNotAllowed, why.clone()));
        }
        self.checks.iter().find(|check| !check.fits).map(LimitCheck::loss)
    }
}

words! {
    /// The kind of reason why a bid got nothing.
    pub enum LossReasonCode {
        BeneficiariesReached = "beneficiaries_reached",
        CapacityExhausted = "capacity_exhausted",
        OutlayExhausted = "outlay_exhausted",
        /// A part would have fitted, but the form does not accept so little.
        PartNotAccepted = "part_not_accepted",
        /// It would have fitted, but a better bid filled the last place in part.
        AfterTheLastPlace = "after_the_last_place",
        CapacityNotAllowed = "capacity_not_allowed",
        Surrendered = "surrendered",
    }
}

/// The reason why a bid got nothing, with its figures in the unit of the limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LossReason {
    pub code: LossReasonCode,
    pub component: Option<Component>,
    pub need: Option<i64>,
    pub room: Option<i64>,
    pub detail: String,
}

impl LossReason {
    pub(crate) fn new(code: LossReasonCode, detail: String) -> Self {
        Self { code, component: None, need: None, room: None, detail }
    }

    pub(crate) fn surrendered(capacity_mtpa: i64) -> Self {
        Self::new(
            LossReasonCode::Surrendered,
            format!("{capacity_mtpa} MTPA were allotted and given back by the bidder"),
        )
    }

    pub(crate) fn after_the_last_place() -> Self {
        let detail = "it would fit what is left, but a bid before it filled the last place in part, and nothing is allotted after that".to_owned();
        Self::new(LossReasonCode::AfterTheLastPlace, detail)
    }

    /// A part of `part` MTPA would fit the room that is left, but the bid accepts no less than
    /// `accepted` MTPA, or no part at all.
    pub(crate) fn part_not_accepted(whole: Option<LossReason>, part: i64, accepted: Option<i64>) -> Self {
        let (component, before) = whole.map(|whole| (whole.component, whole.detail)).unwrap_or_default();
        let accepts = accepted.map_or("no part".to_owned(), |least| format!("no less than {least} MTPA"));
        let detail = format!("{before}; {part} MTPA would fit, and the bid accepts {accepts}");
        Self { code: LossReasonCode::PartNotAccepted, component, need: accepted, room: Some(part), detail }
    }
}

words! {
    /// The outcome of a bid.
    pub enum Outcome {
        /// An award made before the run remains.
        Awarded = "awarded",
        Allotted = "allotted",
        Waiting = "waiting",
        NotAllotted = "not_allotted",
        Surrendered = "surrendered",
    }
}

/// The result of a bid, with every trial that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BidResult {
    /// 1 for the bid that comes first (L1); in a run that follows another, after earlier awards and
    /// allotments.
    pub rank: i64,
    pub bid: Bid,
    /// In the order in which they were made.
    pub trials: Vec<Trial>,
    pub outcome: Outcome,
    /// The allotted capacity; 0 without a place.
    pub capacity_mtpa: i64,
    pub waiting_place: Option<i64>,
    /// Whether it is among the lowest that get oxide.
    pub oxide_supply: bool,
    /// The reason why it gets nothing.
    pub reason: Option<LossReason>,
}

impl BidResult {
    pub(crate) fn new(rank: i64, bid: Bid) -> Self {
        Self {
            rank,
            bid,
            trials: Vec::new(),
            outcome: Outcome::NotAllotted,
            capacity_mtpa: 0,
            waiting_place: None,
            oxide_supply: false,
            reason: None,
        }
    }

    pub(crate) fn gives(&mut self, outcome: Outcome, capacity_mtpa: i64) {
        self.outcome = outcome;
        self.capacity_mtpa = capacity_mtpa;
        self.reason = None;
    }
}

/// The outlay of a component that is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutlayRoom {
    pub component: Component,
    pub room_paise: Paise,
}

/// The limits that a run started from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllocationLimits {
    pub beneficiaries_most: i64,
    pub beneficiaries_awarded: i64,
    pub total_capacity_mtpa: i64,
    pub awarded_mtpa: i64,
    pub least_mtpa: i64,
    pub most_mtpa: i64,
    pub step_mtpa: i64,
    /// The uncommitted outlay of each component.
    pub outlay: Vec<OutlayRoom>,
}

/// The published run that this one follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowedRun {
    pub number: String,
    pub digest: String,
}

/// A whole run: its input, its comparisons and its results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AllocationStatement {
    pub scheme_code: String,
    pub scheme_version: i64,
    pub follows: Option<FollowedRun>,
    pub rules: AllocationRules,
    pub limits: AllocationLimits,
    /// The comparison that decided between each bid and the next.
    pub order: Vec<OrderComparison>,
    /// In the order of the ranks.
    pub results: Vec<BidResult>,
}

impl AllocationStatement {
    /// The bids that the run took in.
    pub fn bids(&self) -> Vec<Bid> {
        self.results.iter().map(|result| result.bid.clone()).collect()
    }

    /// What is published of a run, for everybody: the ranks with the figures of each bid that decided, every
    /// comparison, and the reasons by their codes and figures. Free text, stated facts and the ids of officers are no
    /// part of it.
    pub fn published(&self) -> serde_json::Value {
        // A statement holds only text, numbers and lists, which always have a JSON form.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        leave_out(&mut value);
        value
    }

    /// SHA-256 of the canonical JSON of what is published: keys in order, no spaces, only whole numbers. Hexadecimal
    /// digits.
    pub fn digest(&self) -> String {
        digest_of(&self.published())
    }

    /// The digest of the whole statement, by which runs of earlier programs are known.
    pub fn digest_of_whole(&self) -> String {
        digest_of(&serde_json::to_value(self).unwrap_or_default())
    }

    /// Whether any bid can still be allotted capacity: one that is neither awarded nor surrendered.
    pub fn has_open_bids(&self) -> bool {
        let closed = |outcome| matches!(outcome, Outcome::Awarded | Outcome::Surrendered);
        self.results.iter().any(|result| !closed(result.outcome))
    }
}

/// Members of a statement that are not published: what somebody wrote, what a bidder stated beside its figures, and
/// which officer scrutinised it.
const UNPUBLISHED: [&str; 6] = ["source", "method_source", "partial_last_source", "detail", "facts", "scrutinised_by"];

fn leave_out(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, _| !UNPUBLISHED.contains(&name.as_str()));
            // Why a capacity is not allowed is told in words; that it is not allowed is part of the run.
            if let Some(why) = fields.get_mut("not_allowed") {
                *why = serde_json::Value::Bool(true);
            }
            fields.values_mut().for_each(leave_out);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(leave_out),
        _ => {}
    }
}

fn digest_of(value: &serde_json::Value) -> String {
    let mut text = String::new();
    canonical(value, &mut text);
    hex(&Sha256::digest(text.as_bytes()))
}

fn canonical(value: &serde_json::Value, text: &mut String) {
    match value {
        serde_json::Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let start = text.len();
            for (name, field) in fields {
                text.push(if text.len() == start { '{' } else { ',' });
                text.push_str(&serde_json::Value::from(name.as_str()).to_string());
                text.push(':');
                canonical(field, text);
            }
            text.push_str(if text.len() == start { "{}" } else { "}" });
        }
        serde_json::Value::Array(items) => {
            let start = text.len();
            for item in items {
                text.push(if text.len() == start { '[' } else { ',' });
                canonical(item, text);
            }
            text.push_str(if text.len() == start { "[]" } else { "]" });
        }
        plain => text.push_str(&plain.to_string()),
    }
}
