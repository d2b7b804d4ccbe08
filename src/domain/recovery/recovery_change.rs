//! The change of a recovery by an act: the recovery as it is afterwards, and the credit that is new or whose
//! outcome is now known. Every new credit is created here, complete.

use crate::base::calendar::Timestamp;
use crate::base::id::{DisbursementId, PaymentId, RecoveryCreditId, SecurityId, UserId};
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::recovery::interest::{Dues, InterestLines, Parts};
use crate::recovery::recovery::Recovery;
use crate::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::scheme::recovery_rules::RecoveryTerms;
use chrono::NaiveDate;

/// The person who records something, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorder {
    pub user_id: UserId,
    pub at: Timestamp,
}

/// Where the money of a credit came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditSource {
    /// Money arrived under this UTR; from the bank of a guarantee where one is named.
    MoneyIn { utr: String, guarantee: Option<SecurityId> },
    /// It was kept back from this payment, or the bank took this payment back.
    Payment(PaymentId),
    /// Nothing arrived: the competent authority gave it up.
    Order,
}

/// A credit of a recovery that is about to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredit {
    pub id: RecoveryCreditId,
    pub kind: CreditKind,
    pub credited_on: NaiveDate,
    pub parts: Parts,
    pub accrued: InterestLines,
    pub dues_after: Dues,
    pub source: CreditSource,
    pub reference: String,
}

impl NewCredit {
    /// The whole record. A set-off is held until its payment is settled; every other credit counts
    /// at once.
    pub fn of(self, recovery: &Recovery, recorder: Recorder) -> RecoveryCredit {
        let (utr, payment_id, security_id) = match self.source {
            CreditSource::MoneyIn { utr, guarantee } => (Some(utr), None, guarantee),
            CreditSource::Payment(payment) => (None, Some(payment), None),
            CreditSource::Order => (None, None, None),
        };
        let status = if self.kind == CreditKind::SetOff { CreditStatus::Held } else { CreditStatus::Done };
        RecoveryCredit {
            id: self.id,
            recovery_id: recovery.id,
            kind: self.kind,
            status,
            credited_on: self.credited_on,
            principal_paise: self.parts.principal_paise,
            interest_paise: self.parts.interest_paise,
            damages_paise: self.parts.damages_paise,
            accrued: self.accrued,
            dues_after: self.dues_after,
            utr,
            payment_id,
            security_id,
            reference: self.reference,
            recorded_by: recorder.user_id,
            recorded_at: recorder.at,
        }
    }
}

/// What becomes of the credits of a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditChange {
    /// No credit is new, and none changes.
    Unchanged,
    /// This credit is new.
    Added(RecoveryCredit),
    /// This credit was held, and now it counts or is released.
    Finished(RecoveryCredit),
}

impl CreditChange {
    /// The credit that is new or that changed.
    pub fn credit(&self) -> Option<&RecoveryCredit> {
        match self {
            CreditChange::Unchanged => None,
            CreditChange::Added(credit) | CreditChange::Finished(credit) => Some(credit),
        }
    }
}

/// A recovery as an act leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryChange {
    pub recovery: Recovery,
    pub credit: CreditChange,
    /// The amount of a disbursement that is no longer asked back.
    pub no_longer_asked: Option<(DisbursementId, Paise)>,
    /// Whether the recovery is new, and its amount was not asked before.
    pub begins: bool,
}

impl Recovery {
    /// Returns the dues at the end of a day, and the interest that accrued up to it.
    pub fn dues_on(&self, terms: &RecoveryTerms, day: NaiveDate) -> Result<(Dues, InterestLines), Refusal> {
        let mut dues = self.dues();
        let accrued = dues.accrue(&terms.interest, day)?;
        Ok((dues, accrued))
    }
}
