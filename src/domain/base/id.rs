//! Identifiers: one type per noun, so that a tranche can never be passed where a claim is meant.
//! Ids are UUIDv7 (RFC 9562): they are time-ordered, so new rows go to the end of every index.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person who can sign in.
    UserId;
    /// One sign-in and the family of refresh tokens issued from it.
    SessionId;
    /// A version of a scheme that is not published yet.
    SchemeDraftId;
    /// A company that may apply.
    OrganisationId;
    /// A period in which applications may be submitted.
    WindowId;
    /// An uploaded document.
    EvidenceId;
    /// A request to take part in a scheme.
    ApplicationId;
    /// One opening of the sealed bids of a scheme.
    BidOpeningId;
    /// One run that allots capacity to competing bids.
    AllocationId;
    /// Capacity and ceilings granted to one organisation.
    AwardId;
    /// A bank guarantee lodged for an award.
    SecurityId;
    /// One dated obligation of an award.
    MilestoneId;
    /// A request that days of a milestone's delay are excused.
    ExcuseId;
    /// A demand for incentive money.
    ClaimId;
    /// The final certificate of a claim that was released in part.
    FinalCertificateId;
    /// One amount of a claim that is sanctioned and paid as one.
    TrancheId;
    /// One attempt to pay a tranche.
    PaymentId;
    /// One file of payments for the treasury.
    PaymentAdviceId;
    /// One file of the treasury's answers.
    TreasuryReturnId;
    /// One bank scroll: a file in which the bank lists what it paid.
    BankScrollId;
    /// Money that arrived, as the bank's statement says.
    BankCreditId;
    /// A way back that one person proposes and another decides.
    CorrectionId;
    /// A difference between a bank scroll and the records.
    BankDifferenceId;
    /// A payment that reached the beneficiary.
    DisbursementId;
    /// A movement of appropriation with its own reference.
    InstrumentId;
    /// Money that has to come back.
    RecoveryId;
    /// A receipt, set-off or relief of a recovery.
    RecoveryCreditId;
    /// A balanced set of ledger entries posted at once.
    JournalId;
    /// An observation of the auditor.
    ObservationId;
    /// A requisition: a record that the auditor requested.
    RequisitionId;
    /// A selection that an auditor saved under a title.
    SavedQueryId;
    /// One run of a saved query.
    SavedQueryRunId;
    /// Disbursements drawn by a seed.
    SampleId;
    /// One run of the standing controls.
    ControlRunId;
    /// A note of the note sheet of a record.
    NoteId;
    /// A letter between office and company.
    LetterId;
}
