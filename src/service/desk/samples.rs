//! Samples that anybody can draw again (a commitment scheme): the auditor commits to a seed, another person
//! freezes the population, and the seed, once revealed, determines the sample.

use crate::db::desk::samples;
use crate::db::engine::transaction::ReadTx;
use crate::service::Service;
use crate::service::desk::observations::DESK;
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::base::id::SampleId;
use domain::base::permission::Permission;
use domain::desk::sample::{MOST_ITEMS, Sample, SampleForm, SampleSeed, SampleStatus};
use domain::desk::sampling::{DrawnItem, PopulationItem};
use domain::log::audit::digest_of;
use serde_json::json;
use std::sync::Arc;

fn subject(id: SampleId) -> String {
    format!("sample:{id}")
}

fn done(sample: Sample) -> Done<Sample> {
    let details = json!({
        "number": sample.number, "status": sample.status, "seed_digest": sample.seed_digest,
        "population_count": sample.population_count, "population_digest": sample.population_digest,
        "known_at": sample.known_at, "seed": sample.seed, "draw_digest": sample.draw_digest,
        "digest": digest_of(&sample),
    });
    Done { subject: subject(sample.id), details, answer: sample }
}

fn seen(work: &mut Work<'_, '_>, id: SampleId, seen_version: i64) -> Result<Sample, Error> {
    let sample = samples::find(work.tx, id)?.or_not_found("sample")?;
    check_version(seen_version, sample.version)?;
    Ok(sample)
}

/// Every item of a population; one more than the maximum is read, to notice a population that is too large.
pub(in crate::service) fn all_items(tx: &mut ReadTx<'_>, id: SampleId) -> Result<Vec<PopulationItem>, Error> {
    Ok(samples::items(tx, id, 0, MOST_ITEMS as i64 + 1)?)
}

/// The auditor commits to a seed and to the method of drawing.
pub struct CommitSample {
    pub form: SampleForm,
}

impl Command for CommitSample {
    const NAME: &'static str = "commit_sample";
    const PERMISSION: Permission = Permission::DrawSample;
    const REFUSALS: &'static [&'static str] = &[];
    type Answer = Sample;

    fn subject(&self) -> String {
        "sample".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Sample>, Error> {
        self.form.check()?;
        let SampleForm { purpose, method, sample_size, always_from_paise, filter, seed_digest } = self.form;
        let sample = Sample {
            id: SampleId(work.new_id()),
            number: work.next_number(DESK, "SMP")?,
            purpose,
            method,
            sample_size,
            always_from_paise,
            filter,
            seed_digest,
            status: SampleStatus::Committed,
            committed_by: work.actor.user_id,
            committed_at: work.now,
            population_count: None,
            population_paise: None,
            population_digest: None,
            known_at: None,
            frozen_by: None,
            frozen_at: None,
            seed: None,
            drawn_count: None,
            draw_digest: None,
            drawn_by: None,
            drawn_at: None,
            version: 1,
        };
        samples::insert(work.tx, &sample)?;
        Ok(done(sample))
    }
}

/// Another person, who does not know the seed, freezes the population.
pub struct FreezeSample {
    pub id: SampleId,
    pub seen_version: i64,
}

impl Command for FreezeSample {
    const NAME: &'static str = "freeze_sample";
    const PERMISSION: Permission = Permission::FreezeSample;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "population_not_allowed", "amount_too_large"];
    type Answer = Sample;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Sample>, Error> {
        let mut sample = seen(work, self.id, self.seen_version)?;
        let items = samples::population(work.tx, &sample.filter, MOST_ITEMS as i64 + 1)?;
        sample.freeze(&items, work.audit_sequence - 1, work.actor.user_id, work.now)?;
        samples::update(work.tx, &mut sample)?;
        samples::insert_items(work.tx, sample.id, &items)?;
        Ok(done(sample))
    }
}

/// The auditor reveals the seed, and the sample is drawn.
pub struct DrawSample {
    pub id: SampleId,
    pub seen_version: i64,
    pub seed: SampleSeed,
}

impl Command for DrawSample {
    const NAME: &'static str = "draw_sample";
    const PERMISSION: Permission = Permission::DrawSample;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "population_not_frozen", "sample_drawn", "seed_differs"];
    type Answer = Sample;

    fn subject(&self) -> String {
        subject(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Sample>, Error> {
        self.seed.check()?;
        let mut sample = seen(work, self.id, self.seen_version)?;
        let items = all_items(work.tx, sample.id)?;
        let drawn = sample.draw(self.seed.seed, &items, work.actor.user_id, work.now)?;
        samples::update(work.tx, &mut sample)?;
        samples::insert_draws(work.tx, sample.id, &drawn)?;
        Ok(done(sample))
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadObservations;

impl Service {
    /// Samples after the given one in the order in which they were committed to, at most `limit`.
    pub async fn list_samples(
        self: &Arc<Self>,
        caller: Caller,
        after: Option<SampleId>,
        limit: i64,
    ) -> Result<Vec<Sample>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(after, |id| samples::find(tx, id))?;
            Ok(samples::page(tx, after, limit)?)
        })
        .await
    }

    pub async fn sample(self: &Arc<Self>, caller: Caller, id: SampleId) -> Result<Sample, Error> {
        let find = move |tx: &mut ReadTx<'_>| samples::find(tx, id)?.or_not_found("sample");
        self.read(caller, READ_PERMISSION, move |tx, _| find(tx)).await
    }

    /// Items of the frozen population after a position, at most `limit`.
    pub async fn sample_population(
        self: &Arc<Self>,
        caller: Caller,
        id: SampleId,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<PopulationItem>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            samples::find(tx, id)?.or_not_found("sample")?;
            require_known(after, |place| {
                let next = samples::items(tx, id, place.saturating_sub(1), 1)?.pop();
                Ok(next.filter(|item| item.position == place))
            })?;
            Ok(samples::items(tx, id, after.unwrap_or(0), limit)?)
        })
        .await
    }

    /// Drawn items after a position, at most `limit`.
    pub async fn sample_draw(
        self: &Arc<Self>,
        caller: Caller,
        id: SampleId,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<DrawnItem>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            samples::find(tx, id)?.or_not_found("sample")?;
            require_known(after, |place| {
                let next = samples::draws(tx, id, place.saturating_sub(1), 1)?.pop();
                Ok(next.filter(|item| item.position == place))
            })?;
            Ok(samples::draws(tx, id, after.unwrap_or(0), limit)?)
        })
        .await
    }
}
