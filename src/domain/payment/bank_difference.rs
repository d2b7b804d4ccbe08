//! Differences between a bank scroll and the records: a queue with ageing. One person proposes how
//! a difference is settled, and another person settles it or returns the proposal; or a later
//! scroll clears it.

use crate::base::calendar::Timestamp;
use crate::base::digest::hex;
use crate::base::field::{FieldErrors, check_name, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{BankDifferenceId, BankScrollId, PaymentId, UserId};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::refusal::Refusal;
use crate::payment::bank_scroll::{BankScroll, BankScrollLine, ScrollFinding};
use crate::scheme::finance::BadTable;
use crate::scheme::scheme::Basis;
use crate::words;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

words! {
    /// The status of a difference.
    pub enum DifferenceStatus {
        Open = "open",
        /// A settlement is proposed.
        Proposed = "proposed",
        Settled = "settled",
        /// A later scroll resolved it.
        Cleared = "cleared",
    }
}

words! {
    /// The way in which a difference was resolved.
    pub enum DifferenceResolution {
        /// The record here has since been completed by its regular procedure, and now agrees.
        RecordedSince = "recorded_since",
        /// The bank was wrong and says so.
        BankCorrected = "bank_corrected",
        /// The money is claimed back by a recovery.
        AskedBack = "asked_back",
        /// The reason explains it.
        Explained = "explained",
    }
}

words! {
    /// The decision of the second person.
    pub enum DifferenceDecision {
        Settled = "settled",
        /// The proposal is returned; the difference is open again.
        Returned = "returned",
    }
}

words! {
    /// The age of an unsettled difference, by the bounds in force.
    pub enum DifferenceAge {
        Fresh = "fresh",
        Ageing = "ageing",
        Old = "old",
        Overdue = "overdue",
    }
}

/// The bounds by which differences age (`config/finance/reconciliation.toml`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationRules {
    /// The last day of each age but the last, counted from the day of the difference.
    pub fresh_days: u64,
    pub ageing_days: u64,
    pub old_days: u64,
    /// The control `bank_lines_settled` is red when a difference is unsettled for more days than
    /// this.
    pub settle_within_days: u64,
    pub basis: Basis,
    pub source: String,
}

impl ReconciliationRules {
    /// Parses and checks the table.
    pub fn parse(text: &str) -> Result<ReconciliationRules, BadTable> {
        let rules: ReconciliationRules = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        let rising = rules.fresh_days < rules.ageing_days && rules.ageing_days < rules.old_days;
        if !rising || rules.old_days > 3_650 || rules.settle_within_days > 3_650 {
            return Err(BadTable("the bounds rise, from fresh_days to old_days, to at most 3650".to_owned()));
        }
        Ok(rules)
    }

    /// The age of a difference that is this many days old.
    pub fn age(&self, days: u64) -> DifferenceAge {
        match days {
            _ if days <= self.fresh_days => DifferenceAge::Fresh,
            _ if days <= self.ageing_days => DifferenceAge::Ageing,
            _ if days <= self.old_days => DifferenceAge::Old,
            _ => DifferenceAge::Overdue,
        }
    }

    /// The first and the last day on which a difference of this age can be dated.
    pub fn days_of(&self, age: DifferenceAge, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
        // These bounds are four-digit years, so that text order is time order.
        let end = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
        match age {
            DifferenceAge::Fresh => (back(self.fresh_days), end(9999, 12, 31)),
            DifferenceAge::Ageing => (back(self.ageing_days), back(self.fresh_days + 1)),
            DifferenceAge::Old => (back(self.old_days), back(self.ageing_days + 1)),
            DifferenceAge::Overdue => (end(1000, 1, 1), back(self.old_days + 1)),
        }
    }

    /// The last day on which a difference of this day is unsettled in time.
    pub fn settle_by(&self, dated_on: NaiveDate) -> NaiveDate {
        dated_on.checked_add_days(Days::new(self.settle_within_days)).unwrap_or(dated_on)
    }

    /// The day before which no difference should be unsettled.
    pub fn settled_before(&self, today: NaiveDate) -> NaiveDate {
        today.checked_sub_days(Days::new(self.settle_within_days)).unwrap_or(today)
    }
}

/// One difference between a scroll and the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankDifference {
    pub id: BankDifferenceId,
    /// The scroll on which it was found.
    pub scroll_id: BankScrollId,
    /// The number of its line; none for a payment that no line names.
    pub line: Option<i64>,
    pub kind: ScrollFinding,
    pub payment_id: Option<PaymentId>,
    pub utr: Option<String>,
    /// The day from which its age is counted: the day of the line, or else the last day of its
    /// scroll.
    pub dated_on: NaiveDate,
    pub amount_paise: Paise,
    pub detail: Option<String>,
    pub status: DifferenceStatus,
    pub found_at: Timestamp,
    pub resolution: Option<DifferenceResolution>,
    pub reason: Option<String>,
    /// The reference: a letter of the bank, or the number of a recovery.
    pub reference: Option<String>,
    pub proposed_by: Option<UserId>,
    pub proposed_at: Option<Timestamp>,
    pub note: Option<String>,
    pub settled_by: Option<UserId>,
    pub settled_at: Option<Timestamp>,
    /// The scroll that resolved it.
    pub cleared_by: Option<BankScrollId>,
    pub version: i64,
}

/// A proposal for the settlement of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceProposal {
    pub resolution: DifferenceResolution,
    pub reason: String,
    /// Required unless the resolution is `explained`.
    #[serde(default)]
    pub reference: Option<String>,
}

impl DifferenceProposal {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/reason", &self.reason, 2_000);
        let needed = self.resolution != DifferenceResolution::Explained;
        errors.require(self.reference.is_some() || !needed, "/reference", FieldReason::UnlessExplained);
        if let Some(reference) = &self.reference {
            check_name(&mut errors, "/reference", reference, 200);
        }
        errors.finish()
    }
}

/// The decision of the second person, with a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceSettlement {
    pub outcome: DifferenceDecision,
    pub note: String,
}

impl DifferenceSettlement {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/note", &self.note, 2_000);
        errors.finish()
    }
}

impl BankDifference {
    /// The difference that a line shows.
    pub fn of_line(id: BankDifferenceId, scroll: &BankScroll, line: &BankScrollLine) -> BankDifference {
        BankDifference {
            line: Some(line.line),
            kind: line.finding,
            payment_id: line.payment_id,
            utr: line.utr.clone(),
            dated_on: line.paid_on.unwrap_or(scroll.period_to),
            amount_paise: line.amount_paise,
            detail: line.detail.clone(),
            ..BankDifference::missing(id, scroll, None, scroll.period_to, line.amount_paise)
        }
    }

    /// The difference of a payment that is confirmed here and that no line names.
    pub fn missing(
        id: BankDifferenceId,
        scroll: &BankScroll,
        payment_id: Option<PaymentId>,
        paid_on: NaiveDate,
        amount_paise: Paise,
    ) -> BankDifference {
        BankDifference {
            id,
            scroll_id: scroll.id,
            line: None,
            kind: ScrollFinding::NotOnScroll,
            payment_id,
            utr: None,
            dated_on: paid_on,
            amount_paise,
            detail: None,
            status: DifferenceStatus::Open,
            found_at: scroll.uploaded_at,
            resolution: None,
            reason: None,
            reference: None,
            proposed_by: None,
            proposed_at: None,
            note: None,
            settled_by: None,
            settled_at: None,
            cleared_by: None,
            version: 1,
        }
    }

    fn require(&self, status: DifferenceStatus, needs: &'static str) -> Result<(), Refusal> {
        if self.status == status {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "difference", is: self.status.as_str(), needs })
    }

    /// Whether the difference still needs work.
    pub fn is_unsettled(&self) -> bool {
        matches!(self.status, DifferenceStatus::Open | DifferenceStatus::Proposed)
    }

    /// One person proposes a settlement; none of the persons who paid the money may do so.
    pub fn propose(
        &mut self,
        form: DifferenceProposal,
        payers: &[UserId],
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(DifferenceStatus::Open, "open")?;
        if payers.contains(&by) {
            return Err(Refusal::SamePerson { earlier: Step::Pay.into(), now: Step::ProposeSettlement.into() });
        }
        self.resolution = Some(form.resolution);
        self.reason = Some(form.reason);
        self.reference = form.reference;
        self.proposed_by = Some(by);
        self.proposed_at = Some(at);
        self.note = None;
        self.status = DifferenceStatus::Proposed;
        Ok(())
    }

    /// Another person settles it or returns the proposal; neither the proposer nor a payer may do
    /// so.
    pub fn settle(
        &mut self,
        form: DifferenceSettlement,
        payers: &[UserId],
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(DifferenceStatus::Proposed, "proposed")?;
        if payers.contains(&by) {
            return Err(Refusal::SamePerson { earlier: Step::Pay.into(), now: Step::Settle.into() });
        }
        if self.proposed_by == Some(by) {
            return Err(Refusal::SamePerson { earlier: Step::ProposeSettlement.into(), now: Step::Settle.into() });
        }
        self.note = Some(form.note);
        match form.outcome {
            DifferenceDecision::Settled => {
                self.settled_by = Some(by);
                self.settled_at = Some(at);
                self.status = DifferenceStatus::Settled;
            }
            DifferenceDecision::Returned => {
                self.proposed_by = None;
                self.proposed_at = None;
                self.resolution = None;
                self.reason = None;
                self.reference = None;
                self.status = DifferenceStatus::Open;
            }
        }
        Ok(())
    }

    /// The facts that were recorded when it was found, in one line.
    fn first_told(&self) -> String {
        let line = self.line.map(|line| line.to_string()).unwrap_or_default();
        let payment = self.payment_id.map(|id| id.to_string()).unwrap_or_default();
        let utr = self.utr.as_deref().unwrap_or_default();
        let detail = self.detail.as_deref().unwrap_or_default();
        let (id, kind, day, paise) = (self.id, self.kind, self.dated_on, self.amount_paise.0);
        format!("{id} {line} {kind} {payment} {utr} {day} {paise} {detail}")
    }
}

/// SHA-256 of the differences of one scroll as they were found, in the order of their ids.
pub fn differences_digest(differences: &[BankDifference]) -> String {
    let told: Vec<String> = differences.iter().map(BankDifference::first_told).collect();
    hex(&Sha256::digest(told.join("\n").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = include_str!("../../../config/finance/reconciliation.toml");

    #[test]
    fn every_day_has_one_age() {
        let rules = ReconciliationRules::parse(TABLE).unwrap();
        let today: NaiveDate = "2026-09-01".parse().unwrap();
        for back in 0..200 {
            let day = today.checked_sub_days(Days::new(back)).unwrap();
            let within = |age: &&DifferenceAge| {
                let (from, to) = rules.days_of(**age, today);
                from <= day && day <= to
            };
            let ages: Vec<_> = DifferenceAge::ALL.iter().filter(within).collect();
            assert_eq!(ages, [&rules.age(back)], "{back}");
        }
        assert_eq!((rules.age(7), rules.age(8)), (DifferenceAge::Fresh, DifferenceAge::Ageing));
        assert_eq!((rules.age(30), rules.age(31)), (DifferenceAge::Ageing, DifferenceAge::Old));
        assert_eq!((rules.age(90), rules.age(91)), (DifferenceAge::Old, DifferenceAge::Overdue));
        assert!(ReconciliationRules::parse(&TABLE.replace("fresh_days = 7", "fresh_days = 70")).is_err());
    }
}
