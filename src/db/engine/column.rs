//! Conversion between domain values and columns. A column holds text, a whole number, or JSON text. Rows are
//! read and written in these raw forms only, so that both engines store the same bytes.

use crate::db::engine::error::DbError;
use chrono::NaiveDate;
use domain::award::allocation::{AllocationStatus, AllocationStep, Place};
use domain::award::allocation_statement::AllocationStatement;
use domain::award::application::{ApplicationForm, ApplicationStatus, SubmissionReceipt};
use domain::award::sealed_bid::{BidOpeningStatus, OpenedBids};
use domain::award::security::{PendingExtension, SecurityEventKind, SecurityStatus};
use domain::award::{award::Ceilings, scrutiny::Scrutiny};
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::evidence::{EvidenceIds, MediaType};
use domain::base::id::*;
use domain::base::money::{BasisPoints, Paise};
use domain::base::permission::{Roles, Step};
use domain::base::queries::QueryRounds;
use domain::budget::budget_instrument::{FundsSource, InstrumentKind, InstrumentStatus};
use domain::budget::ledger::{Ledger, Stage};
use domain::budget::reappropriation::Declaration;
use domain::check::control::{ControlCode, ControlResults, RunCause};
use domain::claim::final_certificate::{CertificateDecision, CertificateStatus, Settlement};
use domain::claim::{claim::ClaimStatus, statement::Statement};
use domain::correction::correction::{CorrectionKind, CorrectionStatus, PaymentChange};
use domain::correspondence::about::AboutKind;
use domain::correspondence::letter::LetterDirection;
use domain::desk::observation::{ObservationStatus, ObservationSteps, Pins};
use domain::desk::requisition::{RequisitionAnswer, RequisitionStatus};
use domain::desk::sample::{SampleFilter, SampleStatus};
use domain::desk::sampling::{DrawReason, SamplingMethod};
use domain::desk::saved_query::SavedQueryTotals;
use domain::log::audit::AuditOutcome;
use domain::milestone::excuse::{ExcuseDecision, ExcuseExamination, ExcuseGround, ExcuseStatus};
use domain::milestone::milestone::{MilestoneStatus, ReportRounds};
use domain::payment::bank_difference::{DifferenceResolution, DifferenceStatus};
use domain::payment::bank_scroll::ScrollFinding;
use domain::payment::disbursement::DisbursementStatus;
use domain::payment::payment::PaymentStatus;
use domain::payment::payment_advice::FileFormat;
use domain::payment::tranche::{Rejection, SanctionOrder, TrancheStatus};
use domain::payment::treasury_return::LineResult;
use domain::people::disclosure::DisclosedField;
use domain::recovery::interest::{Dues, InterestLines};
use domain::recovery::recovery::{Demand, NoticeReply, RecoveryKind, RecoveryOrder};
use domain::recovery::recovery::{RecoveryStatus, RecoverySteps, ShowCause};
use domain::recovery::recovery_credit::{CreditKind, CreditStatus, SetOffOrder};
use domain::recovery::recovery_relief::ReliefProposal;
use domain::recovery::{damages::Damages, instalments::InstalmentPlan};
use domain::revision::scheme_draft::{Publication, SchemeDraftStatus, SchemeDraftStep, WorseningInstrument};
use domain::scheme::value_chain::InstalledCapacity;
use domain::scheme::{fact::StatedFacts, mass_balance::MassBalance, scheme::Component};

/// A value with a raw form in a column: `String` or `i64`, or an `Option` of them.
pub trait Column: Sized {
    type Raw;
    fn raw(&self) -> Self::Raw;
    /// Converts the stored form to the value, or returns why that is impossible.
    fn from_raw(raw: Self::Raw) -> Result<Self, String>;
}

/// Converts the raw value of a stored column.
pub fn read<T: Column>(table: &'static str, column: &'static str, raw: T::Raw) -> Result<T, DbError> {
    T::from_raw(raw).map_err(|why| DbError::Corrupt { table, column, why })
}

impl Column for i64 {
    type Raw = i64;
    fn raw(&self) -> i64 {
        *self
    }
    fn from_raw(raw: i64) -> Result<Self, String> {
        Ok(raw)
    }
}

impl Column for String {
    type Raw = String;
    fn raw(&self) -> String {
        self.clone()
    }
    fn from_raw(raw: String) -> Result<Self, String> {
        Ok(raw)
    }
}

impl Column for bool {
    type Raw = i64;
    fn raw(&self) -> i64 {
        i64::from(*self)
    }
    fn from_raw(raw: i64) -> Result<Self, String> {
        Ok(raw != 0)
    }
}

macro_rules! number_columns {
    ($($number:ident),+) => {
        $(impl Column for $number {
            type Raw = i64;
            fn raw(&self) -> i64 {
                self.0
            }
            fn from_raw(raw: i64) -> Result<Self, String> {
                Ok($number(raw))
            }
        })+
    };
}
number_columns!(Paise, BasisPoints);

impl<T: Column> Column for Option<T> {
    type Raw = Option<T::Raw>;
    fn raw(&self) -> Self::Raw {
        self.as_ref().map(Column::raw)
    }
    fn from_raw(raw: Self::Raw) -> Result<Self, String> {
        raw.map(T::from_raw).transpose()
    }
}

macro_rules! text_columns {
    ($($type:ty),* $(,)?) => {$(
        impl Column for $type {
            type Raw = String;
            fn raw(&self) -> String {
                self.to_string()
            }
            fn from_raw(raw: String) -> Result<Self, String> {
                raw.parse().map_err(|error| format!("'{raw}': {error}"))
            }
        }
    )*};
}

text_columns!(
    UserId,
    SessionId,
    SchemeDraftId,
    SchemeDraftStatus,
    OrganisationId,
    WindowId,
    EvidenceId,
    AllocationId,
    BidOpeningId,
    AllocationStatus,
    ApplicationId,
    AwardId,
    SecurityId,
    MilestoneId,
    ExcuseId,
    ClaimId,
    FinalCertificateId,
    TrancheId,
    PaymentId,
    PaymentAdviceId,
    TreasuryReturnId,
    BankScrollId,
    BankDifferenceId,
    BankCreditId,
    CorrectionId,
    CorrectionKind,
    CorrectionStatus,
    ScrollFinding,
    DifferenceStatus,
    DifferenceResolution,
    DisbursementId,
    InstrumentId,
    RecoveryId,
    RecoveryCreditId,
    JournalId,
    ControlRunId,
    NoteId,
    LetterId,
    LetterDirection,
    AboutKind,
    uuid::Uuid,
    ObservationId,
    ObservationStatus,
    RequisitionId,
    SavedQueryId,
    SavedQueryRunId,
    RequisitionStatus,
    SampleId,
    SampleStatus,
    SamplingMethod,
    DrawReason,
    ControlCode,
    RunCause,
    Timestamp,
    FinancialYear,
    NaiveDate,
    Roles,
    Step,
    Component,
    MediaType,
    ApplicationStatus,
    BidOpeningStatus,
    MilestoneStatus,
    ExcuseGround,
    ExcuseStatus,
    SecurityStatus,
    CertificateStatus,
    SecurityEventKind,
    ClaimStatus,
    TrancheStatus,
    PaymentStatus,
    FileFormat,
    LineResult,
    DisbursementStatus,
    DisclosedField,
    FundsSource,
    InstrumentKind,
    InstrumentStatus,
    RecoveryKind,
    RecoveryStatus,
    CreditKind,
    CreditStatus,
    Ledger,
    Stage,
    AuditOutcome,
);

macro_rules! json_columns {
    ($($type:ty),* $(,)?) => {$(
        impl Column for $type {
            type Raw = String;
            fn raw(&self) -> String {
                // These types hold only text, numbers and lists, which always have a JSON form.
                serde_json::to_string(self).unwrap_or_default()
            }
            fn from_raw(raw: String) -> Result<Self, String> {
                serde_json::from_str(&raw).map_err(|error| error.to_string())
            }
        }
    )*};
}

json_columns!(
    AllocationStatement,
    OpenedBids,
    AllocationStep,
    ApplicationForm,
    Place,
    SubmissionReceipt,
    Publication,
    SchemeDraftStep,
    WorseningInstrument,
    QueryRounds,
    Scrutiny,
    Ceilings,
    InstalledCapacity,
    ReportRounds,
    ExcuseExamination,
    ExcuseDecision,
    EvidenceIds,
    MassBalance,
    StatedFacts,
    Statement,
    SanctionOrder,
    Rejection,
    Declaration,
    PendingExtension,
    CertificateDecision,
    domain::claim::credit_notes::CreditNotes,
    Settlement,
    Damages,
    ShowCause,
    NoticeReply,
    RecoveryOrder,
    Demand,
    RecoverySteps,
    InstalmentPlan,
    SetOffOrder,
    ReliefProposal,
    InterestLines,
    Dues,
    ControlResults,
    ObservationSteps,
    Pins,
    RequisitionAnswer,
    SampleFilter,
    SavedQueryTotals,
    PaymentChange,
);

/// Declares the row of a table and its conversion from and to the domain record. Fields that are not stored in it are
/// named after `and`; `record` takes their values as arguments, so that a record is never built without them.
macro_rules! row {
    ($(#[$doc:meta])* $row:ident in $table:ident for $record:ident {
        $($field:ident : $type:ty),* $(,)?
    } $(and { $($extra:ident : $extra_type:ty),* $(,)? })?) => {
        $(#[$doc])*
        #[derive(Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
        #[diesel(table_name = $table)]
        pub(in crate::db) struct $row {
            $(pub(in crate::db) $field: <$type as $crate::db::engine::column::Column>::Raw),*
        }

        $crate::db::engine::sets::set_row!($row in $table { $($field),* });

        impl $row {
            pub(in crate::db) fn of(record: &$record) -> Self {
                Self { $($field: $crate::db::engine::column::Column::raw(&record.$field)),* }
            }

            pub(in crate::db) fn record(self $($(, $extra: $extra_type)*)?) -> Result<$record, $crate::db::engine::error::DbError> {
                Ok($record {
                    $($field: $crate::db::engine::column::read(stringify!($table), stringify!($field), self.$field)?,)*
                    $($($extra,)*)?
                })
            }
        }
    };
}
pub(crate) use row;

/// Generates `insert`, `find` and `update` of a versioned record; `update` changes the row only if it still has the
/// version that was read (optimistic locking). The form `changed` leaves `insert` to the file itself.
macro_rules! versioned {
    ($table:ident, $row:ident, $record:ty, $id:ty) => {
        pub fn insert(
            tx: &mut $crate::db::engine::transaction::WriteTx<'_>,
            record: &$record,
        ) -> Result<(), $crate::db::engine::error::DbError> {
            $crate::db::engine::row_statement::insert(tx, &$row::of(record))
        }

        $crate::db::engine::column::versioned!(changed $table, $row, $record, $id);
    };
    (changed $table:ident, $row:ident, $record:ty, $id:ty) => {
        pub fn find(
            tx: &mut $crate::db::engine::transaction::ReadTx<'_>,
            id: $id,
        ) -> Result<Option<$record>, $crate::db::engine::error::DbError> {
            let row = tx.cached(
                || format!("{} {id}", stringify!($table)),
                |select| {
                    let query = $table::table.find(id.to_string()).select($row::as_select());
                    Ok(select.get_result(query).optional()?)
                },
            )?;
            row.iter().for_each(|row: &$row| tx.saw(row));
            row.map($row::record).transpose()
        }

        /// Stores the record as the next version; fails if another was stored in between (optimistic locking).
        pub fn update(
            tx: &mut $crate::db::engine::transaction::WriteTx<'_>,
            record: &mut $record,
        ) -> Result<(), $crate::db::engine::error::DbError> {
            let read = record.version;
            record.version += 1;
            let id = record.id.to_string();
            let changed = $crate::db::engine::row_statement::update(tx, &$row::of(record), &id, ("version", $crate::db::engine::sets::Value::Number(read)))?;
            if changed { Ok(()) } else { Err($crate::db::engine::error::DbError::Conflict(stringify!($table).to_owned())) }
        }
    };
    // The same for a table whose rows are in the write-behind buffer.
    (buffered $table:ident by $put:ident, $row:ident, $record:ty, $id:ty) => {
        $crate::db::engine::column::versioned!(buffered rows $table by $put, $row, $record, $id);

        pub fn find(
            tx: &mut $crate::db::engine::transaction::ReadTx<'_>,
            id: $id,
        ) -> Result<Option<$record>, $crate::db::engine::error::DbError> {
            row(tx, &id.to_string())?.map($row::record).transpose()
        }
    };
    // The same without `find`, for a record that consists of more than its row.
    (buffered rows $table:ident by $put:ident, $row:ident, $record:ty, $id:ty) => {
        pub fn insert(
            tx: &mut $crate::db::engine::transaction::WriteTx<'_>,
            record: &$record,
        ) -> Result<(), $crate::db::engine::error::DbError> {
            let change = $crate::db::engine::write_buffer::Change { row: $row::of(record), stored: None };
            tx.buffer().$put(record.id.to_string(), change);
            Ok(())
        }

        /// Returns the current row: as changed in this transaction, or else as stored.
        pub(in crate::db) fn row(
            tx: &mut $crate::db::engine::transaction::ReadTx<'_>,
            id: &str,
        ) -> Result<Option<$row>, $crate::db::engine::error::DbError> {
            let row: Option<$row> = tx.read_through(
                id.to_owned(),
                |savepoint, id| savepoint.$table.get(id).map(|change| Some(change.row.clone())),
                |cache| &mut cache.$table,
                |select, id| {
                    let query = $table::table.find(id);
                    $crate::db::engine::connection::per_engine!(select.engine(), |conn| {
                        diesel::RunQueryDsl::get_result(query.select($row::as_select()), conn)
                    })
                    .optional()
                },
            )?;
            row.iter().for_each(|row| tx.saw(row));
            Ok(row)
        }

        /// Stores the record as the next version; fails if another was stored in between (optimistic locking).
        pub fn update(
            tx: &mut $crate::db::engine::transaction::WriteTx<'_>,
            record: &mut $record,
        ) -> Result<(), $crate::db::engine::error::DbError> {
            let id = record.id.to_string();
            let read = record.version;
            let Some(stored) = row(tx, &id)?.filter(|row| row.version == read) else {
                return Err($crate::db::engine::error::DbError::Conflict(stringify!($table).to_owned()));
            };
            record.version += 1;
            let change = $crate::db::engine::write_buffer::Change { row: $row::of(record), stored: Some(stored) };
            tx.buffer().$put(id, change);
            Ok(())
        }
    };
}
pub(crate) use versioned;
