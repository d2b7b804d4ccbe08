//! The share of a milestone that was claimable at some moment, for claims that share it by what each of them gets.

use crate::base::calendar::Timestamp;
use crate::base::money::BasisPoints;
use crate::milestone::milestone::{Milestone, VerificationOutcome};
use crate::scheme::partial_achievement::WHOLE;

impl Milestone {
    /// The share that was claimable by what was verified up to an instant; all that is verified without one.
    pub fn claimable_share_by(&self, by: Option<Timestamp>) -> BasisPoints {
        let last = self.counted_by(by).last();
        let reached = last.map(|(_, one)| match one.outcome {
            VerificationOutcome::PartlyVerified => one.counted.map_or(BasisPoints(0), |counted| counted.share),
            _ => WHOLE,
        });
        self.share_of_capital(reached.unwrap_or(BasisPoints(0)))
    }
}
