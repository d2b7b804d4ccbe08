//! One step that a person took on a rupee.

use crate::domain::calendar::Timestamp;
use crate::domain::id::UserId;
use crate::domain::permission::Step;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One person's step on this rupee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrancheStep {
    pub step: Step,
    pub taken_by: UserId,
    pub taken_at: Timestamp,
    pub note: String,
}
