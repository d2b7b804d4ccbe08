//! The record that a note or a letter is about.

use crate::base::field::FieldErrors;
use crate::base::field_reason::FieldReason;
use crate::base::id::{ApplicationId, ClaimId, InstrumentId, MilestoneId, RecoveryId, TrancheId};
use crate::words;
use std::fmt;
use uuid::Uuid;

words! {
    /// The kinds of records that have a note sheet.
    pub enum AboutKind {
        Application = "application",
        Milestone = "milestone",
        Claim = "claim",
        Tranche = "tranche",
        Recovery = "recovery",
        BudgetInstrument = "budget_instrument",
    }
}

/// One record of one of these kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    pub kind: AboutKind,
    pub id: Uuid,
}

/// A record is named by the id of its kind.
macro_rules! from_ids {
    ($($id:ident => $kind:ident),* $(,)?) => {$(
        impl From<$id> for About {
            fn from($id(id): $id) -> About {
                About { kind: AboutKind::$kind, id }
            }
        }
    )*};
}

from_ids! {
    ApplicationId => Application, MilestoneId => Milestone, ClaimId => Claim, TrancheId => Tranche,
    RecoveryId => Recovery, InstrumentId => BudgetInstrument,
}

/// As the audit log names the record: noun and id.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// How a request names the record: by one of these ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AboutIds {
    pub application_id: Option<ApplicationId>,
    pub milestone_id: Option<MilestoneId>,
    pub claim_id: Option<ClaimId>,
    pub tranche_id: Option<TrancheId>,
    pub recovery_id: Option<RecoveryId>,
    pub budget_instrument_id: Option<InstrumentId>,
}

impl AboutIds {
    /// All records that are named.
    pub fn all(&self) -> Vec<About> {
        let all = [
            self.application_id.map(About::from),
            self.milestone_id.map(About::from),
            self.claim_id.map(About::from),
            self.tranche_id.map(About::from),
            self.recovery_id.map(About::from),
            self.budget_instrument_id.map(About::from),
        ];
        all.into_iter().flatten().collect()
    }

    /// The one record that is named; an error if it is none, or more than one.
    pub fn one(&self) -> Result<About, FieldErrors> {
        match *self.all() {
            [about] => Ok(about),
            _ => Err(FieldErrors::one("", FieldReason::OneRecord)),
        }
    }
}

impl From<About> for AboutIds {
    fn from(About { kind, id }: About) -> AboutIds {
        let none = AboutIds::default();
        match kind {
            AboutKind::Application => AboutIds { application_id: Some(ApplicationId(id)), ..none },
            AboutKind::Milestone => AboutIds { milestone_id: Some(MilestoneId(id)), ..none },
            AboutKind::Claim => AboutIds { claim_id: Some(ClaimId(id)), ..none },
            AboutKind::Tranche => AboutIds { tranche_id: Some(TrancheId(id)), ..none },
            AboutKind::Recovery => AboutIds { recovery_id: Some(RecoveryId(id)), ..none },
            AboutKind::BudgetInstrument => AboutIds { budget_instrument_id: Some(InstrumentId(id)), ..none },
        }
    }
}

/// Declares the form of something about a record: it has the ids of which one is given, and further fields.
macro_rules! about_form {
    (
        $(#[$doc:meta])* pub struct $name:ident $(about $more:ident : $more_type:ty;)? {
            $($(#[$said:meta])* $field:ident : $type:ty),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            pub application_id: Option<$crate::base::id::ApplicationId>,
            pub milestone_id: Option<$crate::base::id::MilestoneId>,
            pub claim_id: Option<$crate::base::id::ClaimId>,
            pub tranche_id: Option<$crate::base::id::TrancheId>,
            pub recovery_id: Option<$crate::base::id::RecoveryId>,
            $(pub $more: Option<$more_type>,)?
            $($(#[$said])* pub $field: $type),*
        }

        impl $name {
            /// The ids of which one is given.
            #[allow(clippy::needless_update)] // one of the forms has all fields
            pub fn about(&self) -> $crate::correspondence::about::AboutIds {
                $crate::correspondence::about::AboutIds {
                    application_id: self.application_id,
                    milestone_id: self.milestone_id,
                    claim_id: self.claim_id,
                    tranche_id: self.tranche_id,
                    recovery_id: self.recovery_id,
                    $($more: self.$more,)?
                    ..Default::default()
                }
            }
        }
    };
}
pub(crate) use about_form;

/// How much there is about a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SheetCounts {
    /// `None` for a reader who may not know that there are notes.
    pub notes: Option<i64>,
    /// `None` for a record that concerns no company.
    pub letters: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_record_is_named() {
        let (claim_id, tranche_id) = (Some(ClaimId(Uuid::nil())), Some(TrancheId(Uuid::nil())));
        let one = AboutIds { claim_id, ..AboutIds::default() };
        assert_eq!(one.one(), Ok(About { kind: AboutKind::Claim, id: Uuid::nil() }));
        assert!(AboutIds::default().one().is_err());
        assert!(AboutIds { tranche_id, ..one }.one().is_err());
    }

    #[test]
    fn a_record_is_named_by_the_id_of_its_kind() {
        for kind in AboutKind::ALL {
            let about = About { kind: *kind, id: Uuid::from_u128(7) };
            assert_eq!(AboutIds::from(about).one(), Ok(about));
        }
    }
}
