//! How a recovery begins: with a notice of a payment that should not have been made or of a milestone
//! that is late, or ordered already because a final certificate allows less than was paid.

use crate::base::calendar::Timestamp;
use crate::base::id::{AwardId, DisbursementId, MilestoneId, OrganisationId, RecoveryId, TrancheId};
use crate::base::money::Paise;
use crate::recovery::damages::Damages;
use crate::recovery::recovery::{Recovery, RecoveryKind, RecoveryOrder, RecoveryStatus, RecoverySteps, ShowCause};
use crate::scheme::scheme::Component;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// What the service itself orders, with the values that its reasons are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderReason {
    /// More was released than the final certificate, or the credit notes, with this number show.
    BeyondCertificate { certificate: String },
}

/// In English.
impl fmt::Display for OrderReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OrderReason::BeyondCertificate { certificate } => {
                write!(f, "released beyond what final certificate {certificate} shows")
            }
        }
    }
}

/// Why money is asked back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A payment that should not have been made.
    Refund { disbursement: DisbursementId, tranche: TrancheId },
    /// A payment of more than the final certificate allows; that is decided already.
    TrueUp { disbursement: DisbursementId, tranche: TrancheId, decision: RecoveryOrder },
    /// A milestone that is late.
    Delay { milestone: MilestoneId, damages: Damages },
}

/// A recovery that is about to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecovery {
    pub id: RecoveryId,
    pub number: String,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub scheme_code: String,
    pub component: Component,
    pub amount_paise: Paise,
    pub interest_from: NaiveDate,
    pub notice: Option<ShowCause>,
    pub created_at: Timestamp,
}

impl NewRecovery {
    /// The whole record. Nothing is due before the demand.
    pub fn begin(self, ground: Ground) -> Recovery {
        let (kind, paid, late, decision) = match ground {
            Ground::Refund { disbursement, tranche } => {
                (RecoveryKind::Refund, Some((disbursement, tranche)), None, None)
            }
            Ground::TrueUp { disbursement, tranche, decision } => {
                (RecoveryKind::TrueUp, Some((disbursement, tranche)), None, Some(decision))
            }
            Ground::Delay { milestone, damages } => {
                (RecoveryKind::LiquidatedDamages, None, Some((milestone, damages)), None)
            }
        };
        let (disbursement_id, tranche_id) = paid.unzip();
        let (milestone_id, damages) = late.unzip();
        Recovery {
            id: self.id,
            number: self.number,
            kind,
            award_id: self.award_id,
            organisation_id: self.organisation_id,
            scheme_code: self.scheme_code,
            component: self.component,
            disbursement_id,
            tranche_id,
            milestone_id,
            damages,
            amount_paise: self.amount_paise,
            status: if decision.is_some() { RecoveryStatus::Ordered } else { RecoveryStatus::Noticed },
            notice: self.notice,
            reply: None,
            decision,
            demand: None,
            plan: None,
            set_off: None,
            held_by: None,
            relief: None,
            steps: RecoverySteps::default(),
            interest_from: self.interest_from,
            accrued_to: self.interest_from,
            principal_due_paise: Paise::ZERO,
            interest_due_paise: Paise::ZERO,
            damages_due_paise: Paise::ZERO,
            bearing_paise: Paise::ZERO,
            carried: 0,
            created_at: self.created_at,
            version: 1,
        }
    }
}
