//! The record of one step that a person took on a rupee.

use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::permission::Step;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One step on a rupee, with the person who took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrancheStep {
    pub step: Step,
    pub taken_by: UserId,
    pub taken_at: Timestamp,
    pub note: String,
}
