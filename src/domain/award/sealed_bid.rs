//! Sealed bids: the rate of a bid that competes is nowhere to be read until two officers open the bids of its scheme,
//! after the window. The log keeps a salted digest of it, which tells nothing before and proves the rate afterwards.

use crate::base::act::require_other_person;
use crate::base::calendar::Timestamp;
use crate::base::digest::hex;
use crate::base::id::{ApplicationId, BidOpeningId, UserId};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::refusal::Refusal;
use crate::words;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The rate of one bid with its salt. It is no part of any answer.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBid {
    /// The application.
    pub id: ApplicationId,
    pub scheme_code: String,
    pub rate_paise_per_kg: Paise,
    /// 256 random bits as 43 characters.
    pub salt: String,
    /// When a rate was sealed for this application first.
    pub sealed_at: Timestamp,
    pub version: i64,
}

/// SHA-256 of three lines, the salt, the id of the application and the rate in paise, as hexadecimal digits.
pub fn bid_digest(salt: &str, application: ApplicationId, rate: Paise) -> String {
    hex(&Sha256::digest(format!("{salt}\n{application}\n{}", rate.0).as_bytes()))
}

impl SealedBid {
    pub fn digest(&self) -> String {
        bid_digest(&self.salt, self.id, self.rate_paise_per_kg)
    }
}

/// The seal on a receipt: the digest from the submission on, and the salt once the bid is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BidSeal {
    /// SHA-256 of three lines: the salt, the id of the application, and the rate in paise for a kilogram.
    pub digest: String,
    /// Published when the bid is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

words! {
    /// The status of an opening.
    pub enum BidOpeningStatus {
        /// One officer asked for it; another one opens the bids.
        Asked = "asked",
        Opened = "opened",
    }
}

/// One bid as it was opened: whoever computes its digest finds the one that the log keeps since its submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenedBid {
    pub application_id: ApplicationId,
    pub application_number: String,
    pub rate_paise_per_kg: Paise,
    pub salt: String,
    pub digest: String,
    /// Whether the rate is above what the scheme pays: then the application is not eligible.
    pub above_ceiling: bool,
}

/// The bids of one opening.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct OpenedBids(pub Vec<OpenedBid>);

/// The opening of all sealed bids of a scheme, by two officers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BidOpening {
    pub id: BidOpeningId,
    pub scheme_code: String,
    pub status: BidOpeningStatus,
    pub asked_by: UserId,
    pub asked_at: Timestamp,
    pub opened_by: Option<UserId>,
    pub opened_at: Option<Timestamp>,
    /// Empty until they are opened.
    pub bids: OpenedBids,
    pub version: i64,
}

impl BidOpening {
    /// The second officer opens the bids.
    pub fn open(&mut self, bids: Vec<OpenedBid>, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        if self.status != BidOpeningStatus::Asked {
            return Err(Refusal::WrongState { noun: "opening of bids", is: self.status.as_str(), needs: "asked" });
        }
        require_other_person(self.asked_by, Step::Prepare, by, Step::Concur)?;
        self.status = BidOpeningStatus::Opened;
        self.bids = OpenedBids(bids);
        (self.opened_by, self.opened_at) = (Some(by), Some(at));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// `printf 'salt\n00000000-0000-0000-0000-000000000000\n160000' | sha256sum`
    #[test]
    fn a_stranger_computes_the_digest_of_a_bid() {
        let digest = bid_digest("salt", ApplicationId(Uuid::nil()), Paise(160_000));
        assert_eq!(digest, DIGEST);
        assert_ne!(digest, bid_digest("Salt", ApplicationId(Uuid::nil()), Paise(160_000)));
    }

    const DIGEST: &str = "40d1518f0f468f2807228b93a3df8023fe6abc95b06203008d4f1b7a490b14e2";
}
