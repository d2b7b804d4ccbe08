//! Samples of disbursements (commit and reveal). The auditor commits to a seed by its digest;
//! another person freezes the population; then the seed is revealed and the sample follows from
//! both. Each step is taken in this order, and once.

use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::field::{FieldErrors, check_text};
use crate::base::field_reason::FieldReason;
use crate::base::id::{OrganisationId, SampleId, UserId};
use crate::base::money::Paise;
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::desk::sampling::{
    DrawnItem, Plan, PopulationItem, SamplingMethod, draw, draw_digest, population_digest, seed_digest,
};
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The largest population.
pub const MOST_ITEMS: usize = 100_000;

/// The largest number of items that can be drawn.
const MOST_DRAWN: i64 = 10_000;

words! {
    /// The status of a sample.
    pub enum SampleStatus {
        /// The seed is committed to; the population is not known yet.
        Committed = "committed",
        /// The population is frozen; only the person who committed knows the seed.
        Frozen = "frozen",
        Drawn = "drawn",
    }
}

/// The filter of a population of succeeded disbursements; every part that is given must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SampleFilter {
    pub scheme_code: Option<String>,
    pub component: Option<Component>,
    /// The organisation that was paid.
    pub beneficiary_id: Option<OrganisationId>,
    /// The year in which it was paid.
    pub payment_year: Option<FinancialYear>,
    pub paid_from: Option<NaiveDate>,
    pub paid_to: Option<NaiveDate>,
}

/// One sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sample {
    pub id: SampleId,
    pub number: String,
    pub purpose: String,
    pub method: SamplingMethod,
    /// The number of items to draw, in addition to those that are always included.
    pub sample_size: i64,
    /// Every disbursement of at least this amount is included.
    pub always_from_paise: Option<Paise>,
    pub filter: SampleFilter,
    /// SHA-256 of the seed, committed to before the population was known.
    pub seed_digest: String,
    pub status: SampleStatus,
    pub committed_by: UserId,
    pub committed_at: Timestamp,
    pub population_count: Option<i64>,
    pub population_paise: Option<Paise>,
    pub population_digest: Option<String>,
    /// The last entry of the audit log when the population was frozen.
    pub known_at: Option<i64>,
    pub frozen_by: Option<UserId>,
    pub frozen_at: Option<Timestamp>,
    /// The seed itself, once it is revealed.
    pub seed: Option<String>,
    pub drawn_count: Option<i64>,
    pub draw_digest: Option<String>,
    pub drawn_by: Option<UserId>,
    pub drawn_at: Option<Timestamp>,
    pub version: i64,
}

/// The form by which the auditor commits to a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleForm {
    pub purpose: String,
    pub method: SamplingMethod,
    /// 1 to 10,000.
    pub sample_size: i64,
    #[serde(default)]
    pub always_from_paise: Option<Paise>,
    #[serde(default)]
    pub filter: SampleFilter,
    /// SHA-256 of the seed, 64 hexadecimal digits in lower case.
    pub seed_digest: String,
}

impl SampleForm {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_text(&mut errors, "/purpose", &self.purpose, 2_000);
        let size = (1..=MOST_DRAWN).contains(&self.sample_size);
        errors.require(size, "/sample_size", FieldReason::Range { least: 1, most: MOST_DRAWN });
        if let Some(from) = self.always_from_paise {
            errors.require_amount(from, 1, "/always_from_paise", FieldReason::PositiveAmount);
        }
        let digits = self.seed_digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let whole = self.seed_digest.len() == 64 && digits;
        errors.require(whole, "/seed_digest", FieldReason::SeedDigest);
        errors.finish()
    }
}

/// The revealed seed, which must be the one that was committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleSeed {
    pub seed: String,
}

impl SampleSeed {
    /// Checks the form; the error lists every field that is not valid.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        let long = (16..=200).contains(&self.seed.len()) && self.seed.bytes().all(|byte| byte.is_ascii_graphic());
        errors.require(long, "/seed", FieldReason::Seed);
        errors.finish()
    }
}

impl Sample {
    /// The parameters of its draw.
    pub fn plan(&self) -> Plan {
        Plan { method: self.method, size: self.sample_size, always_from: self.always_from_paise }
    }

    /// Freezes the population. This must be another person than the one who committed to the seed:
    /// a person who knows the seed must not choose the moment.
    pub fn freeze(
        &mut self,
        items: &[PopulationItem],
        known_at: i64,
        by: UserId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        if self.status != SampleStatus::Committed {
            return Err(Refusal::WrongState { noun: "sample", is: self.status.as_str(), needs: "committed" });
        }
        if self.committed_by == by {
            return Err(Refusal::SamePerson { earlier: Step::CommitSeed.into(), now: Step::FreezePopulation.into() });
        }
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        if !(1..=MOST_ITEMS).contains(&items.len()) {
            let reason = Reason::PopulationSize { most: MOST_ITEMS };
            return Err(Refusal::PopulationNotAllowed { reason });
        }
        let total = Paise::sum(items.iter().map(|item| item.amount_paise));
        self.population_paise = Some(total.ok_or(Refusal::AmountTooLarge)?);
        self.population_count = Some(count);
        self.population_digest = Some(population_digest(items));
        self.known_at = Some(known_at);
        self.frozen_by = Some(by);
        self.frozen_at = Some(at);
        self.status = SampleStatus::Frozen;
        Ok(())
    }

    /// Reveals the seed and draws the sample, which follows from the seed and the population.
    pub fn draw(
        &mut self,
        seed: String,
        items: &[PopulationItem],
        by: UserId,
        at: Timestamp,
    ) -> Result<Vec<DrawnItem>, Refusal> {
        match self.status {
            SampleStatus::Committed => return Err(Refusal::PopulationNotFrozen { sample: self.number.clone() }),
            SampleStatus::Drawn => return Err(Refusal::SampleDrawn { sample: self.number.clone() }),
            SampleStatus::Frozen => {}
        }
        if seed_digest(&seed) != self.seed_digest {
            return Err(Refusal::SeedDiffers { sample: self.number.clone() });
        }
        let drawn = draw(&seed, items, self.plan());
        self.drawn_count = i64::try_from(drawn.len()).ok();
        self.draw_digest = Some(draw_digest(&drawn));
        self.seed = Some(seed);
        self.drawn_by = Some(by);
        self.drawn_at = Some(at);
        self.status = SampleStatus::Drawn;
        Ok(drawn)
    }
}
