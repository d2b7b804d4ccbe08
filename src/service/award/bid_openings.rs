//! Opening the sealed bids of a scheme: one officer asks for it, and another one opens all of them at once, after the
//! window. Nothing of it is rehearsed, because a rehearsal would show what is sealed.

use crate::db::award::{applications, bid_openings};
use crate::db::scheme::windows;
use crate::service::Service;
use crate::service::award::sealed_bids::sealed_of;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use domain::award::application::{Application, ApplicationStatus};
use domain::award::scrutiny;
use domain::award::sealed_bid::{BidOpening, BidOpeningStatus, OpenedBid, OpenedBids, SealedBid};
use domain::base::id::BidOpeningId;
use domain::base::permission::Permission;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;
use domain::scheme::scheme::Scheme;
use serde_json::json;
use std::sync::Arc;

/// The sealed bids of a scheme that compete, with their applications. Refused while a window is open, and while the
/// papers of a bid wait for their scrutiny: nobody scrutinises who could know the rates.
fn sealed(work: &mut Work<'_, '_>, scheme_code: &str) -> Result<Vec<(Application, SealedBid)>, Error> {
    let today = work.today();
    if let Some(window) = windows::list(work.tx, scheme_code)?.iter().find(|window| window.covers(today)) {
        return Err(Refusal::BidsOpen { reason: Reason::WindowOpen { until: window.closes_on } }.into());
    }
    let mut found = Vec::new();
    for application in applications::competing(work.tx, scheme_code)? {
        if application.status == ApplicationStatus::Submitted {
            let number = application.number.clone().unwrap_or_default();
            return Err(Refusal::BidsOpen { reason: Reason::ScrutinyAwaited { application: number } }.into());
        }
        if let Some(bid) = sealed_of(work.tx, &application)? {
            found.push((application, bid));
        }
    }
    if found.is_empty() { Err(Refusal::NothingToOpen.into()) } else { Ok(found) }
}

/// An officer asks that the bids of a scheme are opened.
pub struct AskBidOpening {
    pub scheme_code: String,
}

impl Command for AskBidOpening {
    const NAME: &'static str = "ask_bid_opening";
    const PERMISSION: Permission = Permission::OpenBids;
    const REFUSALS: &'static [&'static str] = &["bids_open", "nothing_to_open", "already_exists"];
    type Answer = BidOpening;

    fn subject(&self) -> String {
        format!("scheme:{}", self.scheme_code)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BidOpening>, Error> {
        let subject = self.subject();
        work.schemes.in_force(&self.scheme_code, work.today())?;
        let count = sealed(work, &self.scheme_code)?.len();
        let openings = bid_openings::list(work.tx, &self.scheme_code)?;
        if openings.iter().any(|one| one.status == BidOpeningStatus::Asked) {
            return Err(Refusal::AlreadyExists { what: Reason::OpenOpening }.into());
        }
        let opening = BidOpening {
            id: BidOpeningId(work.new_id()),
            scheme_code: self.scheme_code,
            status: BidOpeningStatus::Asked,
            asked_by: work.actor.user_id,
            asked_at: work.now,
            opened_by: None,
            opened_at: None,
            bids: OpenedBids::default(),
            version: 1,
        };
        bid_openings::insert(work.tx, &opening)?;
        let details = json!({ "opening": opening.id, "bids": count });
        Ok(Done { subject, answer: opening, details })
    }
}

/// Another officer opens them.
pub struct OpenBids {
    pub id: BidOpeningId,
    pub seen_version: i64,
}

impl Command for OpenBids {
    const NAME: &'static str = "open_bids";
    const PERMISSION: Permission = Permission::OpenBids;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "bids_open", "nothing_to_open"];
    type Answer = BidOpening;

    fn subject(&self) -> String {
        format!("bid_opening:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BidOpening>, Error> {
        let mut opening = bid_openings::find(work.tx, self.id)?.or_not_found("opening of bids")?;
        check_version(self.seen_version, opening.version)?;
        // Whoever may not open them is refused before anything is read.
        opening.clone().open(Vec::new(), work.actor.user_id, work.now)?;
        let mut opened = Vec::new();
        for (mut application, bid) in sealed(work, &opening.scheme_code)? {
            let scheme = work.schemes.version(&application.scheme_code, application.scheme_version)?.clone();
            opened.push(open_one(&mut application, &bid, &scheme));
            applications::update(work.tx, &mut application)?;
        }
        opening.open(opened, work.actor.user_id, work.now)?;
        bid_openings::update(work.tx, &mut opening)?;
        let details = json!({ "scheme": opening.scheme_code, "opening": opening.id, "bids": opening.bids });
        Ok(Done { subject: format!("scheme:{}", opening.scheme_code), answer: opening, details })
    }
}

/// Writes the rate of one bid into its application. Scrutiny went on without the rate: where the rate is not what the
/// scheme allows, the application is not eligible after all.
fn open_one(application: &mut Application, bid: &SealedBid, scheme: &Scheme) -> OpenedBid {
    application.form.incentive_asked_paise_per_kg = Some(bid.rate_paise_per_kg);
    if let Some(seal) = application.receipt.as_mut().and_then(|receipt| receipt.bid.as_mut()) {
        seal.salt = Some(bid.salt.clone());
    }
    let checks = scrutiny::checks(&application.form, scheme);
    let above_ceiling = checks.iter().any(|check| check.criterion == "incentive_rate" && !check.met);
    if let Some(scrutiny) = application.scrutiny.as_mut() {
        scrutiny.rate_opened(&application.form, scheme);
        if !scrutiny.eligible {
            application.status = ApplicationStatus::NotEligible;
        }
    }
    OpenedBid {
        application_id: application.id,
        application_number: application.number.clone().unwrap_or_default(),
        rate_paise_per_kg: bid.rate_paise_per_kg,
        salt: bid.salt.clone(),
        digest: bid.digest(),
        above_ceiling,
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadSchemeDrafts;

impl Service {
    /// The openings of the bids of a scheme, the first one on top.
    pub async fn list_bid_openings(
        self: &Arc<Self>,
        caller: Caller,
        scheme_code: String,
    ) -> Result<Vec<BidOpening>, Error> {
        self.scheme(scheme_code.clone()).await?;
        self.read(caller, READ_PERMISSION, move |tx, _| Ok(bid_openings::list(tx, &scheme_code)?)).await
    }

    pub async fn bid_opening(self: &Arc<Self>, caller: Caller, id: BidOpeningId) -> Result<BidOpening, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| bid_openings::find(tx, id)?.or_not_found("opening of bids"))
            .await
    }
}
