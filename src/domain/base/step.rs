//! The record of one step that a person took on a rupee.

use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::noting::{Noting, Reasons};
use crate::base::permission::Step;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One step on a rupee, with the person who took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrancheStep {
    pub step: Step,
    pub taken_by: UserId,
    /// When the step was taken on the record that has it. A tranche begins when its claim is verified: it has what was
    /// done on the claim before, also by its company, from that verification on. When the company did it is in the
    /// record of the claim and in the log.
    pub taken_at: Timestamp,
    /// The noting on the file; left out for a manufacturer.
    #[serde(default, skip_serializing_if = "Noting::is_hidden")]
    pub note: Noting,
    /// The return by which it fell. The step is then to be taken again, and still binds the person who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallen: Option<Fallen>,
}

impl TrancheStep {
    /// A step as it is taken.
    pub fn taken(step: Step, by: UserId, at: Timestamp, note: &str) -> TrancheStep {
        TrancheStep { step, taken_by: by, taken_at: at, note: Noting::of(note), fallen: None }
    }
}

/// Steps that ask money back, of several offices: the notice, the demand, what came in, and the proposal of relief.
const ASKING: [Step; 4] = [Step::ShowCause, Step::Demand, Step::Collect, Step::ProposeRelief];
/// Steps that decide on what is asked back: the order, and relief.
const DECIDING: [Step; 2] = [Step::Order, Step::Relieve];

/// Whether one person may not take both steps on one rupee. Each step of paying takes a person of its own, and so does
/// each side of recovering: whoever asks money back decides nothing about it, and whoever paid it takes no part in
/// either. The acts of one side may be one person's.
pub fn clash(one: Step, other: Step) -> bool {
    let both = |side: &[Step]| side.contains(&one) && side.contains(&other);
    one != other && !both(&ASKING) && !both(&DECIDING)
}

/// The return by which a step fell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fallen {
    /// The number of the return, 1 for the first.
    pub round: i64,
    pub by: UserId,
    pub at: Timestamp,
    /// Why it was returned; left out for a manufacturer to whom it was not returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Reasons>,
}
