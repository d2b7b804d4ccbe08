//! Recommending, concurring in, sanctioning and rejecting tranches: each step by another person, and on the
//! version that the person reviewed (optimistic locking).

use crate::db::award::{applications, awards};
use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::tranches;
use crate::service::Service;
use crate::service::award::securities::require_cover;
use crate::service::budget::expenditure_limits;
use crate::service::budget::providers::{check_not_provider_of, check_steps_not_provided};
use crate::service::payment::stops::require_going;
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::award::application::check_note;
use domain::award::scrutiny::require_all;
use domain::base::id::TrancheId;
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::budget::posting;
use domain::claim::claim::ClaimStatus;
use domain::payment::tranche::{SanctionOrder, Tranche};
use domain::people::user::Actor;
use serde_json::json;
use std::sync::Arc;

/// The tranche, if it exists for this person.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: TrancheId) -> Result<Tranche, Error> {
    tranches::find(tx, id)?.filter(|tranche| actor.sees(tranche.organisation_id)).or_not_found("tranche")
}

/// Loads a tranche for a step, and checks the version, the person, and that the person changed no budget.
fn begin(work: &mut Work<'_, '_>, id: TrancheId, seen_version: i64, note: &str, step: Step) -> Result<Tranche, Error> {
    check_note("/note", note)?;
    let tranche = visible(work.tx, &work.actor, id)?;
    check_version(seen_version, tranche.version)?;
    tranche.check_hold(work.today())?;
    let current = work.now.financial_year();
    check_not_provider_of(work, &tranche, current, step)?;
    require_stranger(work, tranche.organisation_id, step)?;
    require_going(work, &tranche)?;
    Ok(tranche)
}

fn done(tranche: Tranche) -> Done<Tranche> {
    let details =
        json!({ "amount_paise": tranche.amount_paise, "status": tranche.status, "sanction": tranche.sanction });
    Done { subject: format!("tranche:{}", tranche.id), answer: tranche, details }
}

const STEP_REFUSALS: &[&str] =
    &["stale_version", "wrong_state", "same_person", "hold_expired", "on_hold", "milestone_reopened"];

/// The section officer recommends a tranche.
#[derive(Clone)]
pub struct RecommendTranche {
    pub id: TrancheId,
    pub seen_version: i64,
    pub note: String,
}

impl Command for RecommendTranche {
    const NAME: &'static str = "recommend_tranche";
    const PERMISSION: Permission = Permission::RecommendTranche;
    const REFUSALS: &'static [&'static str] = STEP_REFUSALS;
    type Answer = Tranche;

    fn subject(&self) -> String {
        format!("tranche:{}", self.id)
    }

    fn copy(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Tranche>, Error> {
        let mut tranche = begin(work, self.id, self.seen_version, &self.note, Step::Recommend)?;
        tranche.take(Step::Recommend, work.actor.user_id, work.now, &self.note)?;
        tranches::update(work.tx, &mut tranche)?;
        Ok(done(tranche))
    }
}

/// The finance officer concurs in a tranche.
#[derive(Clone)]
pub struct ConcurTranche {
    pub id: TrancheId,
    pub seen_version: i64,
    pub note: String,
}

impl Command for ConcurTranche {
    const NAME: &'static str = "concur_tranche";
    const PERMISSION: Permission = Permission::ConcurTranche;
    const REFUSALS: &'static [&'static str] = STEP_REFUSALS;
    type Answer = Tranche;

    fn subject(&self) -> String {
        format!("tranche:{}", self.id)
    }

    fn copy(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Tranche>, Error> {
        let mut tranche = begin(work, self.id, self.seen_version, &self.note, Step::Concur)?;
        tranche.take(Step::Concur, work.actor.user_id, work.now, &self.note)?;
        tranches::update(work.tx, &mut tranche)?;
        Ok(done(tranche))
    }
}

/// The competent authority sanctions a tranche: its reservation becomes an obligation of this year.
#[derive(Clone)]
pub struct SanctionTranche {
    pub id: TrancheId,
    pub seen_version: i64,
    pub note: String,
}

impl Command for SanctionTranche {
    const NAME: &'static str = "sanction_tranche";
    const PERMISSION: Permission = Permission::SanctionTranche;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "security_short",
        "budget_exceeded",
        "hold_expired",
        "criterion_not_met",
        "step_by_provider",
        "on_hold",
        "milestone_reopened",
    ];
    const MOVES_MONEY: bool = true;
    const WARNS: bool = true;
    type Answer = Tranche;

    fn subject(&self) -> String {
        format!("tranche:{}", self.id)
    }

    fn copy(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Tranche>, Error> {
        let mut tranche = begin(work, self.id, self.seen_version, &self.note, Step::Sanction)?;
        tranche.take(Step::Sanction, work.actor.user_id, work.now, &self.note)?;
        let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
        require_cover(work, &award)?;
        let year = work.now.financial_year();
        if tranche.held_in != year {
            check_steps_not_provided(work, &tranche.steps.0, &tranche.scheme_code, tranche.component, year)?;
        }
        expenditure_limits::weigh(work, &tranche.scheme_code, tranche.amount_paise, false)?;
        let scheme = work.schemes.version(&award.scheme_code, award.scheme_version)?.clone();
        let application = applications::find(work.tx, award.application_id)?.or_not_found("application")?;
        require_all(&application.form, &scheme, award.capacity_mtpa)?;
        tranche.sanction = Some(SanctionOrder {
            number: work.next_number(&scheme.number_prefix, "SAN")?,
            sanctioned_on: work.today(),
            met_from: format!("appropriation {year}, {}", tranche.component),
        });
        let reserved_in = tranche.held_in;
        tranche.held_in = year;
        tranche.held_until = scheme.holds.sanction_ends(work.today());
        tranches::update(work.tx, &mut tranche)?;
        work.post(&posting::sanction(
            &award.purse(tranche.component),
            reserved_in,
            year,
            tranche.amount_paise,
            &tranche.number,
        ))?;
        let mut done = done(tranche);
        expenditure_limits::note(work, &mut done.details);
        Ok(done)
    }
}

/// An officer rejects a tranche before its sanction: the reservation is released, and its claim has the amount again as
/// deferred.
pub struct RejectTranche {
    pub id: TrancheId,
    pub seen_version: i64,
    pub reason: String,
}

impl Command for RejectTranche {
    const NAME: &'static str = "reject_tranche";
    const PERMISSION: Permission = Permission::RejectTranche;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "budget_exceeded", "amount_too_large"];
    const MOVES_MONEY: bool = true;
    const ENDS_A_FILE: bool = true;
    type Answer = Tranche;

    fn subject(&self) -> String {
        format!("tranche:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Tranche>, Error> {
        check_note("/reason", &self.reason)?;
        let mut tranche = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, tranche.version)?;
        tranche.reject(&self.reason, work.actor.user_id, work.now)?;
        tranches::update(work.tx, &mut tranche)?;
        let award = awards::find(work.tx, tranche.award_id)?.or_not_found("award")?;
        let purse = award.purse(tranche.component);
        let back = return_to_claim(work, &tranche)?;
        let mut journal = posting::return_reservation(&purse, tranche.held_in, tranche.amount_paise, &tranche.number);
        journal.movements.extend(posting::end_withholding(&purse, back.no_longer_withheld));
        work.post(&journal)?;
        let mut done = done(tranche);
        done.details["deferred_paise"] = json!(back.deferred);
        Ok(done)
    }
}

/// Puts the amount of a tranche that ended back into its claim as deferred, so that it can be released again: what was
/// verified stays earned. The caller must post the amount that is no longer withheld.
pub fn return_to_claim(work: &mut Work<'_, '_>, tranche: &Tranche) -> Result<BackInClaim, Error> {
    let mut claim = claims::find(work.tx, tranche.claim_id)?.or_not_found("claim")?;
    let mut back = BackInClaim { no_longer_withheld: Paise::ZERO, deferred: Paise::ZERO };
    if matches!(claim.status, ClaimStatus::Submitted | ClaimStatus::Returned) {
        // It is being corrected or verified again; that goes on, without money.
        back.no_longer_withheld = claim.lose_hold();
    } else {
        back.deferred = tranche.amount_paise;
        claim.deferred_paise = claim.deferred_paise.checked_add(back.deferred).ok_or(Refusal::AmountTooLarge)?;
    }
    claims::update(work.tx, &mut claim)?;
    Ok(back)
}

/// What became of the amount of a tranche that ended.
#[must_use]
pub struct BackInClaim {
    /// Money withheld from a claim that holds none any more; it must be posted.
    pub no_longer_withheld: Paise,
    /// The amount that waits in the claim again, for the log.
    pub deferred: Paise,
}

/// The tranche as this person reads it: a manufacturer does not read the noting of the offices.
pub fn readable(actor: &Actor, tranche: Tranche) -> Tranche {
    if actor.roles.is_manufacturer() { tranche.without_noting() } else { tranche }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Tranches of a selection, a page at a time.
    pub async fn list_tranches(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<Tranche>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let page =
                read_page(tx, actor, &service.on_day(), asked, tranches::of_ids, |tranche| tranche.id.to_string())?;
            Ok(page.map(|tranche| readable(actor, tranche)))
        })
        .await
    }

    pub async fn tranche(self: &Arc<Self>, caller: Caller, id: TrancheId) -> Result<Tranche, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| Ok(readable(actor, visible(tx, actor, id)?))).await
    }
}
