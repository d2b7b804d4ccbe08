//! What a scroll of the bank and the records differ in: a queue with ageing. One person proposes how
//! a difference is settled, another settles it or returns it; or a later scroll answers it.

use crate::domain::bank_scroll::{BankScroll, BankScrollLine, ScrollFinding};
use crate::domain::calendar::Timestamp;
use crate::domain::digest::hex;
use crate::domain::field::{FieldErrors, check_name, check_text};
use crate::domain::finance::BadTable;
use crate::domain::id::{BankDifferenceId, BankScrollId, PaymentId, UserId};
use crate::domain::money::Paise;
use crate::domain::permission::Step;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::Basis;
use crate::words;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

words! {
    /// Where a difference stands.
    pub enum DifferenceStatus {
        Open = "open",
        /// Somebody says how it shall be settled.
        Proposed = "proposed",
        Settled = "settled",
        /// A later scroll answered it.
        Cleared = "cleared",
    }
}

words! {
    /// What became of the difference.
    pub enum DifferenceResolution {
        /// The record here was completed in its own way since, and now says the same.
        RecordedSince = "recorded_since",
        /// The bank was wrong and says so.
        BankCorrected = "bank_corrected",
        /// The money is asked back by a recovery.
        AskedBack = "asked_back",
        /// As the reason says.
        Explained = "explained",
    }
}

words! {
    /// What the second person decides.
    pub enum DifferenceDecision {
        Settled = "settled",
        /// The proposal goes back; the difference is open again.
        Returned = "returned",
    }
}

words! {
    /// How old an unsettled difference is, by the bounds in force.
    pub enum DifferenceAge {
        Fresh = "fresh",
        Ageing = "ageing",
        Old = "old",
        Overdue = "overdue",
    }
}

/// How differences age (`config/finance/reconciliation.toml`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationRules {
    /// The last day, counted from the difference's own, of each age but the last.
    pub fresh_days: u64,
    pub ageing_days: u64,
    pub old_days: u64,
    /// The control `bank_lines_settled` is red beyond so many days.
    pub settle_within_days: u64,
    pub basis: Basis,
    pub source: String,
}

impl ReconciliationRules {
    /// Reads and checks the table.
    pub fn parse(text: &str) -> Result<ReconciliationRules, BadTable> {
        let rules: ReconciliationRules = toml::from_str(text).map_err(|error| BadTable(error.to_string()))?;
        let rising = rules.fresh_days < rules.ageing_days && rules.ageing_days < rules.old_days;
        if !rising || rules.old_days > 3_650 || rules.settle_within_days > 3_650 {
            return Err(BadTable("the bounds rise, from fresh_days to old_days, to at most 3650".to_owned()));
        }
        Ok(rules)
    }

    pub fn age(&self, days: u64) -> DifferenceAge {
        match days {
            _ if days <= self.fresh_days => DifferenceAge::Fresh,
            _ if days <= self.ageing_days => DifferenceAge::Ageing,
            _ if days <= self.old_days => DifferenceAge::Old,
            _ => DifferenceAge::Overdue,
        }
    }

    /// The first and the last day of which a difference is of this age today.
    pub fn days_of(&self, age: DifferenceAge, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
        // Ends that still are four-digit years, whose text order is time order.
        let end = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
        match age {
            DifferenceAge::Fresh => (back(self.fresh_days), end(9999, 12, 31)),
            DifferenceAge::Ageing => (back(self.ageing_days), back(self.fresh_days + 1)),
            DifferenceAge::Old => (back(self.old_days), back(self.ageing_days + 1)),
            DifferenceAge::Overdue => (end(1000, 1, 1), back(self.old_days + 1)),
        }
    }

    /// The day before which nothing should be unsettled.
    pub fn settled_before(&self, today: NaiveDate) -> NaiveDate {
        today.checked_sub_days(Days::new(self.settle_within_days)).unwrap_or(today)
    }
}

/// One difference between a scroll and the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankDifference {
    pub id: BankDifferenceId,
    /// The scroll that showed it.
    pub scroll_id: BankScrollId,
    /// Its line; none for a payment that no line names.
    pub line: Option<i64>,
    pub kind: ScrollFinding,
    pub payment_id: Option<PaymentId>,
    pub utr: Option<String>,
    /// The day its age is counted from: the line's, else the last of its scroll.
    pub dated_on: NaiveDate,
    pub amount_paise: Paise,
    pub detail: Option<String>,
    pub status: DifferenceStatus,
    pub found_at: Timestamp,
    pub resolution: Option<DifferenceResolution>,
    pub reason: Option<String>,
    /// A letter of the bank, the number of a recovery.
    pub reference: Option<String>,
    pub proposed_by: Option<UserId>,
    pub proposed_at: Option<Timestamp>,
    pub note: Option<String>,
    pub settled_by: Option<UserId>,
    pub settled_at: Option<Timestamp>,
    /// The scroll that answered it.
    pub cleared_by: Option<BankScrollId>,
    pub version: i64,
}

/// How a difference shall be settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceProposal {
    pub resolution: DifferenceResolution,
    pub reason: String,
    /// Needed unless it is only explained.
    #[serde(default)]
    pub reference: Option<String>,
}

impl DifferenceProposal {
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/reason", &self.reason, 2_000);
        let needed = self.resolution != DifferenceResolution::Explained;
        errors.require(self.reference.is_some() || !needed, "/reference", "needed unless it is only explained");
        if let Some(reference) = &self.reference {
            check_name(&mut errors, "/reference", reference, 200);
        }
        errors.finish()
    }
}

/// What the second person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceSettlement {
    pub outcome: DifferenceDecision,
    pub note: String,
}

impl DifferenceSettlement {
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

    /// A payment that is confirmed here and that no line names.
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
        Err(Refusal::WrongState { noun: "difference", is: self.status.to_string(), needs })
    }

    /// Whether somebody still has something to do about it.
    pub fn is_unsettled(&self) -> bool {
        matches!(self.status, DifferenceStatus::Open | DifferenceStatus::Proposed)
    }

    /// One person says how it shall be settled; nobody who paid the money.
    pub fn propose(
        &mut self,
        form: DifferenceProposal,
        payers: &[UserId],
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(DifferenceStatus::Open, "open")?;
        if payers.contains(&by) {
            return Err(Refusal::SamePerson { earlier: Step::Pay, now: Step::ProposeSettlement });
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

    /// Another person settles it, or returns the proposal.
    pub fn settle(
        &mut self,
        form: DifferenceSettlement,
        payers: &[UserId],
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.require(DifferenceStatus::Proposed, "proposed")?;
        if payers.contains(&by) {
            return Err(Refusal::SamePerson { earlier: Step::Pay, now: Step::Settle });
        }
        if self.proposed_by == Some(by) {
            return Err(Refusal::SamePerson { earlier: Step::ProposeSettlement, now: Step::Settle });
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

    /// What was true of it from the first, in one line.
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

    const TABLE: &str = include_str!("../../config/finance/reconciliation.toml");

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
