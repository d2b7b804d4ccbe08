//! An application as a page shows it: the record with the names that it only has ids of, how the program checks each
//! criterion, with whom it lies, and what its reader may do next. What may be done is found by the rules of the record
//! itself, on a copy of it.

use crate::db::award::allocations::{self, OpenRun};
use crate::db::award::{applications, awards, bid_openings};
use crate::db::engine::evidence;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::db::scheme::windows;
use crate::service::Service;
use crate::service::award::applications::sees;
use crate::service::award::sealed_bids::with_own_rate;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use crate::service::worklist::names::Names;
use crate::service::worklist::who_can::{WhoCan, stopped};
use chrono::NaiveDate;
use domain::award::allocation::Surrender;
use domain::award::allocation_statement::Outcome;
use domain::award::application::{Application, ApplicationStatus};
use domain::award::scrutiny::{self, CriterionCheck, Finding};
use domain::award::sealed_bid::BidOpeningStatus;
use domain::base::act::require_not_preparer;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{ApplicationId, AwardId, EvidenceId, UserId};
use domain::base::permission::{Permission, Role};
use domain::base::reason::Reason;
use domain::base::record_reference::RecordReference;
use domain::base::refusal::Refusal;
use domain::correspondence::about::SheetCounts;
use domain::people::user::Actor;
use domain::scheme::fact::FactPlace;
use domain::scheme::rules::book::asked;
use domain::scheme::rules::figure::Title;
use domain::scheme::scheme::Scheme;
use domain::words;
use domain::worklist::matter::MatterKind;
use domain::worklist::rule::Waits;
use domain::worklist::rules;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::service::award::applications::READ_PERMISSION;

words! {
    /// Something that a person can do to an application.
    pub enum ApplicationAct {
        Submit = "submit",
        Query = "query",
        Reply = "reply",
        /// To find each criterion met or not, and so the application eligible or not.
        Scrutinise = "scrutinise",
        Award = "award",
        /// To take it back while the window is open.
        Withdraw = "withdraw",
        /// To give up capacity that was allotted.
        Surrender = "surrender",
        /// To propose that the allotment of a bidder who walks away is ended.
        ProposeEnd = "propose_end",
        /// To end it.
        End = "end",
    }
}

/// An act that the reader's roles allow on the application as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextApplicationAct {
    pub act: ApplicationAct,
    /// Why it cannot be done all the same.
    pub refusal: Option<Refusal>,
}

/// One application with everything that its page shows.
pub struct WholeApplication {
    pub application: Application,
    pub applicant: String,
    pub scheme: Arc<Scheme>,
    /// Each criterion as the program checks it; once decided, as it was checked then.
    pub checks: Vec<CriterionCheck>,
    /// What the checks say, apart from its language; in English it is the detail of a check.
    pub reasons: Vec<Reason>,
    /// Id and number of its award.
    pub award: Option<(AwardId, String)>,
    /// One entry for each act that it waits for.
    pub waiting: Vec<Waiting>,
    /// Who can take the acts that an earlier step of the reader refuses.
    pub who_can: WhoCan,
    pub evidence: BTreeMap<EvidenceId, Evidence>,
    pub sheet: SheetCounts,
    pub people: Names,
    pub next: Vec<NextApplicationAct>,
    pub today: NaiveDate,
}

/// One row of the list of applications.
pub struct ApplicationRow {
    pub application: Application,
    pub applicant: String,
    /// The offices that can end its wait; none if it waits for nobody.
    pub offices: Vec<Role>,
}

/// One page of the list of applications, and how many there are in all.
pub struct ApplicationList {
    pub rows: Vec<ApplicationRow>,
    pub all: i64,
}

impl WholeApplication {
    /// The capacity to award: what was allotted, or, in a scheme without an allocation, what was asked for.
    pub fn capacity_to_award(&self) -> i64 {
        let allotted = self.application.place.as_ref().and_then(|place| place.allotted_mtpa());
        allotted.unwrap_or(self.application.form.capacity_mtpa)
    }

    /// Findings that follow the checks of the program in every criterion, with this reason.
    pub fn findings_as_checked(&self, reason: &str) -> Vec<Finding> {
        let finding = |check: &CriterionCheck| Finding {
            criterion: check.criterion.clone(),
            met: check.met,
            reason: reason.to_owned(),
        };
        self.checks.iter().map(finding).collect()
    }

    /// The title that the scheme gives to a criterion, a fact, or a word of a fact of its own.
    pub fn title(&self, code: &str) -> Option<&Title> {
        let criteria = self.scheme.book.criteria.iter().map(|rule| (rule.rule.code.as_str(), &rule.rule.title));
        let facts = asked(&self.scheme, FactPlace::Application, None).into_iter().flat_map(|rule| rule.titles());
        criteria.chain(facts).find(|(known, _)| *known == code).map(|(_, title)| title)
    }
}

impl ApplicationAct {
    fn permission(self) -> Permission {
        match self {
            ApplicationAct::Submit => Permission::SubmitApplication,
            ApplicationAct::Query => Permission::RaiseQuery,
            ApplicationAct::Reply => Permission::ReplyToQuery,
            ApplicationAct::Scrutinise => Permission::ScrutiniseApplication,
            ApplicationAct::Award => Permission::IssueAward,
            ApplicationAct::Withdraw => Permission::SubmitApplication,
            ApplicationAct::Surrender => Permission::SurrenderAllotment,
            ApplicationAct::ProposeEnd => Permission::ProposeAllotmentEnd,
            ApplicationAct::End => Permission::EndAllotment,
        }
    }

    /// Does it to a copy of the record, as its command would, as far as the record and its scheme decide.
    fn tried(self, application: &Application, scheme: &Scheme, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        let mut copy = application.clone();
        match self {
            ApplicationAct::Submit => {
                copy.require(ApplicationStatus::Draft, "draft")?;
                require_not_preparer(copy.prepared_by, by)?;
                copy.check_complete(scheme)
            }
            ApplicationAct::Query => {
                copy.require(ApplicationStatus::Submitted, "submitted")?;
                copy.queries.raise("", by, at)
            }
            ApplicationAct::Reply => copy.queries.require_answered().err().map(|_| ()).ok_or(Refusal::QueryNotOpen),
            ApplicationAct::Scrutinise => {
                copy.require(ApplicationStatus::Submitted, "submitted")?;
                copy.queries.require_answered()
            }
            ApplicationAct::Award => {
                copy.require(ApplicationStatus::Eligible, "eligible")?;
                copy.require_not_scrutineer(by)?;
                let allotted = copy.place.as_ref().and_then(|place| place.allotted_mtpa()).unwrap_or(0);
                if scheme.allocation.is_some() { copy.require_allotted(allotted) } else { Ok(()) }
            }
            ApplicationAct::Withdraw => copy.withdraw(),
            ApplicationAct::Surrender => {
                let needs = "eligible and not awarded";
                copy.require(ApplicationStatus::Eligible, needs)?;
                let is = copy.status.as_str();
                let surrender = Surrender { reason: String::new(), surrendered_by: by, surrendered_at: at };
                let given = copy.place.as_mut().is_some_and(|place| place.surrender(surrender).is_ok());
                if given { Ok(()) } else { Err(Refusal::WrongState { noun: "application", is, needs }) }
            }
            ApplicationAct::ProposeEnd | ApplicationAct::End => {
                let needs = "eligible and not awarded";
                copy.require(ApplicationStatus::Eligible, needs)?;
                let is = copy.status.as_str();
                let held = copy.place.as_mut().filter(|place| place.allotted_mtpa().is_some());
                let place = held.ok_or(Refusal::WrongState { noun: "application", is, needs })?;
                match (self, &place.end_proposed) {
                    (ApplicationAct::ProposeEnd, None) => Ok(()),
                    (ApplicationAct::End, Some(_)) => place.end(by, at),
                    _ => Err(Refusal::WrongState { noun: "application", is, needs }),
                }
            }
        }
    }
}

/// The acts that the roles allow on this application, each with what would refuse it. An act for which it is in
/// another state, or for which no query is open, is not among them.
fn next_acts(application: &Application, scheme: &Scheme, actor: &Actor, now: Timestamp) -> Vec<NextApplicationAct> {
    let allowed = ApplicationAct::ALL.iter().filter(|act| actor.may(act.permission()).is_ok());
    let tried = allowed
        .map(|act| NextApplicationAct { act: *act, refusal: act.tried(application, scheme, actor.user_id, now).err() });
    let elsewhere = |refusal: &Refusal| matches!(refusal, Refusal::WrongState { .. } | Refusal::QueryNotOpen);
    tried.filter(|next| !next.refusal.as_ref().is_some_and(elsewhere)).collect()
}

/// The offices that can end the wait of an application, or that of the run which took it along.
fn offices_of(application: &Application, scheme: &Scheme, runs: &[OpenRun], opening: Option<&Waits>) -> Vec<Role> {
    let asked = application.queries.require_answered().is_err();
    let outcome = application.place.as_ref().map(|place| place.outcome);
    let ending = application.place.as_ref().is_some_and(|place| place.end_proposed.is_some());
    if let Some(opening) =
        opening.filter(|_| application.status == ApplicationStatus::Eligible && application.is_sealed())
    {
        return opening.offices();
    }
    let waits = match (application.status, outcome) {
        (ApplicationStatus::Eligible, Some(Outcome::Allotted)) if ending => rules::end_proposed(),
        (ApplicationStatus::Eligible, Some(Outcome::Allotted)) => rules::allotted_application(),
        (ApplicationStatus::Eligible, Some(_)) => return Vec::new(),
        (ApplicationStatus::Eligible, None) if scheme.allocation.is_none() => rules::allotted_application(),
        (ApplicationStatus::Eligible, None) => match runs.iter().find(|run| took_along(run, application)) {
            Some(run) => rules::allocation(run.status),
            None => rules::application(application.status, asked),
        },
        (status, _) => rules::application(status, asked),
    };
    waits.offices()
}

/// Whom the sealed bids of a scheme wait for.
fn opening_of(tx: &mut ReadTx<'_>, scheme_code: &str, today: NaiveDate) -> Result<Waits, Error> {
    let open = windows::list(tx, scheme_code)?.iter().any(|window| window.covers(today));
    let unseen = |one: &Application| one.status == ApplicationStatus::Submitted;
    if open || applications::competing(tx, scheme_code)?.iter().any(unseen) {
        return Ok(rules::sealed_application());
    }
    let asked = bid_openings::list(tx, scheme_code)?.iter().any(|one| one.status == BidOpeningStatus::Asked);
    Ok(if asked { rules::opening_asked() } else { rules::opening_due() })
}

/// Whether a run was drafted over an eligible application.
fn took_along(run: &OpenRun, application: &Application) -> bool {
    let version = (application.scheme_code.as_str(), application.scheme_version);
    let scrutinised = application.scrutiny.as_ref().map(|scrutiny| scrutiny.scrutinised_at);
    version == (run.scheme_code.as_str(), run.scheme_version) && scrutinised.is_some_and(|at| at <= run.drafted_at)
}

/// Everybody whom the page of an application names.
fn people_of(application: &Application) -> Vec<UserId> {
    let mut people = vec![application.prepared_by];
    people.extend(application.receipt.as_ref().map(|receipt| receipt.submitted_by));
    people.extend(application.scrutiny.as_ref().map(|scrutiny| scrutiny.scrutinised_by));
    let surrender = application.place.as_ref().and_then(|place| place.surrender.as_ref());
    people.extend(surrender.map(|surrender| surrender.surrendered_by));
    let proposed = application.place.as_ref().and_then(|place| place.end_proposed.as_ref());
    people.extend(proposed.map(|proposal| proposal.proposed_by));
    for round in &application.queries.0 {
        people.push(round.raised_by);
        people.extend(round.reply.as_ref().map(|reply| reply.replied_by));
    }
    people.sort_unstable();
    people.dedup();
    people
}

/// The documents of the form, of its facts, and of replies to queries.
fn files_of(application: &Application) -> Vec<String> {
    let form = &application.form;
    let attached = form.documents.iter().map(|document| document.evidence_id);
    let facts = form.facts.iter().filter_map(|fact| fact.evidence_id);
    attached.chain(facts).chain(application.queries.documents()).map(|id| id.to_string()).collect()
}

impl Service {
    fn whole_application(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecordReference<ApplicationId>,
    ) -> Result<WholeApplication, Error> {
        let now = self.clock.now();
        let today = now.date_in_india();
        let found = match of {
            RecordReference::Id(id) => applications::find(tx, *id)?,
            RecordReference::Number(number) => applications::find_by_number(tx, number)?,
        };
        let mut application = found.filter(|application| sees(actor, application)).or_not_found("application")?;
        with_own_rate(tx, actor, &mut application)?;
        let open = windows::list(tx, &application.scheme_code)?.iter().any(|window| window.covers(today));
        let schemes = self.schemes.current(tx)?;
        let scheme = Arc::clone(schemes.version(&application.scheme_code, application.scheme_version)?);
        let applicant = organisations::find(tx, application.organisation_id)?.or_not_found("organisation")?.name;
        let award = match application.status {
            ApplicationStatus::Awarded => awards::name_for(tx, application.id)?,
            _ => None,
        };
        let files = evidence::of_ids(tx, &files_of(&application))?;
        let mut next = next_acts(&application, &scheme, actor, now);
        next.retain(|next| open || next.act != ApplicationAct::Withdraw);
        let stopped = stopped(actor, next.iter().map(|next| &next.refusal));
        let id = application.id.to_string();
        let (waiting, who_can) = self.turn_of(tx, stopped, &[MatterKind::Application], &id, today)?;
        Ok(WholeApplication {
            waiting,
            who_can,
            evidence: files.into_iter().map(|file| (file.id, file)).collect(),
            sheet: sheets::counts(tx, actor, application.id.into())?,
            people: Names::of_people(tx, actor, &people_of(&application))?,
            next,
            checks: match &application.scrutiny {
                Some(scrutiny) => scrutiny.checks.clone(),
                None => scrutiny::checks(&application.form, &scheme),
            },
            reasons: scrutiny::reasons(&application.form, &scheme),
            application,
            applicant,
            scheme,
            award,
            today,
        })
    }

    /// One application with what its page shows, if it exists for this person.
    pub async fn application_file(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<ApplicationId>,
    ) -> Result<WholeApplication, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| service.whole_application(tx, actor, &of)).await
    }

    /// The same for a person who may scrutinise it.
    pub async fn application_to_scrutinise(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<ApplicationId>,
    ) -> Result<WholeApplication, Error> {
        let service = Arc::clone(self);
        let permission = ApplicationAct::Scrutinise.permission();
        self.read(caller, permission, move |tx, actor| service.whole_application(tx, actor, &of)).await
    }

    /// One page of the applications that a person may see, the newest first; pages are numbered from 1.
    pub async fn application_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<ApplicationStatus>,
        page: i64,
        rows: i64,
    ) -> Result<ApplicationList, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let schemes = service.schemes.current(tx)?;
            let runs = allocations::open_runs(tx)?;
            let part = applications::Part { status, only: actor.narrowed_to() };
            let all = applications::count(tx, part)?;
            let mut found = applications::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            for application in &mut found {
                with_own_rate(tx, actor, application)?;
            }
            let ids: Vec<String> = found.iter().map(|application| application.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let mut openings: BTreeMap<String, Waits> = BTreeMap::new();
            let today = service.clock.now().date_in_india();
            for one in found.iter().filter(|one| one.is_sealed()) {
                if !openings.contains_key(&one.scheme_code) {
                    openings.insert(one.scheme_code.clone(), opening_of(tx, &one.scheme_code, today)?);
                }
            }
            let row = |application: Application| {
                let scheme = schemes.version(&application.scheme_code, application.scheme_version)?;
                Ok(ApplicationRow {
                    applicant: names.get(&application.organisation_id.to_string()).cloned().unwrap_or_default(),
                    offices: offices_of(&application, scheme, &runs, openings.get(&application.scheme_code)),
                    application,
                })
            };
            Ok(ApplicationList { rows: found.into_iter().map(row).collect::<Result<_, Error>>()?, all })
        })
        .await
    }
}
