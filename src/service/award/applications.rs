//! Applying: drafts, submission, queries with their replies, and scrutiny.

use crate::db::award::applications;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::service::Service;
use crate::service::award::sealed_bids::{require_ceilings, seal, sealed_of, taken_out, with_own_rate};
use crate::service::running::as_logged::require_stranger;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::operation::Operation;
use crate::service::running::queries;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Caller, Command, Done, Work, check_version};
use crate::service::scheme::windows::{require_open, require_round_over};
use domain::award::application::{
    Application, ApplicationForm, ApplicationStatus, DocumentDigests, SubmissionReceipt, check_note,
};
use domain::award::scrutiny;
use domain::award::scrutiny::{CriterionCheck, Finding};
use domain::award::sealed_bid::BidSeal;
use domain::base::act::require_not_preparer;
use domain::base::digest::hex;
use domain::base::field::{FieldErrors, check_text};
use domain::base::id::{ApplicationId, EvidenceId};
use domain::base::permission::{Permission, Step};
use domain::base::queries::{QueryRounds, check_reply};
use domain::base::refusal::Refusal;
use domain::people::user::Actor;
use domain::scheme::fact::{FactPlace, check_facts};
use domain::scheme::rules::book::asked;
use domain::scheme::scheme::Scheme;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The application, if it exists for this person. A draft is visible only within its own organisation.
pub fn visible(tx: &mut ReadTx<'_>, actor: &Actor, id: ApplicationId) -> Result<Application, Error> {
    applications::find(tx, id)?.filter(|application| sees(actor, application)).or_not_found("application")
}

/// Whether an application exists for this person.
pub(super) fn sees(actor: &Actor, application: &Application) -> bool {
    let own = actor.organisation_id == Some(application.organisation_id);
    actor.sees(application.organisation_id) && (own || application.status != ApplicationStatus::Draft)
}

fn subject_of(id: ApplicationId) -> String {
    format!("application:{id}")
}

/// The member of the body, and of the record, that has the form.
const FORM: &str = "/form";

/// Checks that the stated facts are known to the scheme and of the right kind; with `complete`, that none is
/// missing.
fn check_stated(scheme: &Scheme, form: &ApplicationForm, complete: bool) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    check_facts(&mut errors, "/facts", &asked(scheme, FactPlace::Application, None), &form.facts, complete);
    errors.finish()
}

/// Checks a form of an application under a scheme.
fn check_form(scheme: &Scheme, form: &ApplicationForm) -> Result<(), FieldErrors> {
    form.check()?;
    form.check_stages(scheme)?;
    check_stated(scheme, form, false)
}

/// Returns the digests of the documents; refuses when a file that a fact refers to does not exist.
fn check_documents(tx: &mut ReadTx<'_>, actor: &Actor, form: &ApplicationForm) -> Result<Vec<String>, Error> {
    let shown: Vec<EvidenceId> = form.facts.iter().filter_map(|fact| fact.evidence_id).collect();
    require_evidence(tx, &shown, Some(actor.own_organisation()?))?;
    let ids: Vec<EvidenceId> = form.documents.iter().map(|document| document.evidence_id).collect();
    let found = require_evidence(tx, &ids, Some(actor.own_organisation()?))?;
    Ok(found.into_iter().map(|record| record.digest).collect())
}

/// A preparer starts a draft while a window is open.
pub struct CreateApplication {
    pub scheme_code: String,
    pub form: ApplicationForm,
}

impl Command for CreateApplication {
    const NAME: &'static str = "create_application";
    const PERMISSION: Permission = Permission::PrepareApplication;
    const REFUSALS: &'static [&'static str] =
        &["organisation_required", "window_closed", "round_open", "application_exists", "evidence_unknown"];
    type Answer = Application;

    fn subject(&self) -> String {
        "application".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        let today = work.today();
        work.schemes.newest_in_form(&self.scheme_code)?;
        let scheme = work.schemes.in_force(&self.scheme_code, today)?.clone();
        check_form(&scheme, &self.form).map_err(|errors| errors.within(FORM))?;
        let organisation_id = work.actor.own_organisation()?;
        require_open(work.tx, &scheme.code, today)?;
        require_round_over(work.tx, &scheme.code)?;
        if let Some(live) = applications::find_live(work.tx, &scheme.code, organisation_id)? {
            return Err(Refusal::ApplicationExists { number: live.number.unwrap_or_default() }.into());
        }
        check_documents(work.tx, &work.actor, &self.form)?;
        let mut application = Application {
            id: ApplicationId(work.new_id()),
            scheme_code: scheme.code.clone(),
            scheme_version: scheme.version,
            organisation_id,
            status: ApplicationStatus::Draft,
            number: None,
            form: self.form,
            prepared_by: work.actor.user_id,
            receipt: None,
            queries: QueryRounds::default(),
            scrutiny: None,
            place: None,
            created_at: work.now,
            version: 1,
        };
        let rate = taken_out(&scheme, &mut application);
        applications::insert(work.tx, &application)?;
        seal(work, &application, rate)?;
        let details = json!({ "scheme": application.scheme_code, "scheme_version": application.scheme_version });
        Ok(Done { subject: subject_of(application.id), answer: application, details })
    }
}

/// A preparer changes a draft.
pub struct ChangeApplication {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub form: ApplicationForm,
}

impl Command for ChangeApplication {
    const NAME: &'static str = "change_application";
    const PERMISSION: Permission = Permission::PrepareApplication;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "organisation_required", "evidence_unknown"];
    type Answer = Application;

    fn subject(&self) -> String {
        subject_of(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        self.form.check().map_err(|errors| errors.within(FORM))?;
        let mut application = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        application.require(ApplicationStatus::Draft, "draft")?;
        let scheme = work.schemes.version(&application.scheme_code, application.scheme_version)?.clone();
        check_form(&scheme, &self.form).map_err(|errors| errors.within(FORM))?;
        check_documents(work.tx, &work.actor, &self.form)?;
        application.form = self.form;
        application.prepared_by = work.actor.user_id;
        let rate = taken_out(&scheme, &mut application);
        applications::update(work.tx, &mut application)?;
        seal(work, &application, rate)?;
        Ok(Done {
            subject: subject_of(application.id),
            details: json!({ "version": application.version }),
            answer: application,
        })
    }
}

/// The signatory submits an application: it gets a number and a receipt, and its form cannot be changed any
/// more.
pub struct SubmitApplication {
    pub id: ApplicationId,
    pub seen_version: i64,
}

impl Command for SubmitApplication {
    const NAME: &'static str = "submit_application";
    const PERMISSION: Permission = Permission::SubmitApplication;
    const REFUSALS: &'static [&'static str] = &[
        "stale_version",
        "wrong_state",
        "same_person",
        "window_closed",
        "round_open",
        "application_incomplete",
        "application_exists",
        "evidence_unknown",
        "organisation_required",
        "rule_not_computable",
    ];
    type Answer = Application;

    fn subject(&self) -> String {
        subject_of(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        let mut application = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        application.require(ApplicationStatus::Draft, "draft")?;
        require_not_preparer(application.prepared_by, work.actor.user_id)?;
        let scheme = work.schemes.version(&application.scheme_code, application.scheme_version)?.clone();
        let today = work.today();
        require_open(work.tx, &scheme.code, today)?;
        require_round_over(work.tx, &scheme.code)?;
        application.check_complete(&scheme)?;
        check_stated(&scheme, &application.form, true).map_err(|errors| errors.within(FORM))?;
        let sealed = sealed_of(work.tx, &application)?;
        require_ceilings(&scheme, &application.form, sealed.as_ref())?;
        if let Some(live) = applications::find_live(work.tx, &scheme.code, application.organisation_id)? {
            return Err(Refusal::ApplicationExists { number: live.number.unwrap_or_default() }.into());
        }
        let document_digests = DocumentDigests(check_documents(work.tx, &work.actor, &application.form)?);
        let number = match application.number.take() {
            Some(number) => number,
            None => work.next_number(&scheme.number_prefix, "APP")?,
        };
        let form_text = serde_json::to_string(&application.form).map_err(|error| Error::Internal(error.to_string()))?;
        let receipt = SubmissionReceipt {
            number: number.clone(),
            submitted_by: work.actor.user_id,
            submitted_at: work.now,
            form_digest: hex(&Sha256::digest(form_text.as_bytes())),
            document_digests,
            audit_sequence: work.audit_sequence,
            bid: sealed.map(|bid| BidSeal { digest: bid.digest(), salt: None }),
        };
        let details = json!({ "receipt": receipt });
        application.number = Some(number);
        application.receipt = Some(receipt);
        application.status = ApplicationStatus::Submitted;
        applications::update(work.tx, &mut application)?;
        Ok(Done { subject: subject_of(application.id), answer: application, details })
    }
}

/// An officer raises a query; no second one can be raised before the first is answered.
pub struct RaiseQuery {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub question: String,
}

impl Command for RaiseQuery {
    const NAME: &'static str = "raise_query";
    const PERMISSION: Permission = Permission::RaiseQuery;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "query_open"];
    type Answer = Application;

    fn subject(&self) -> String {
        subject_of(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        check_note("/question", &self.question)?;
        let mut application = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        application.require(ApplicationStatus::Submitted, "submitted")?;
        let details = queries::raise(work, &mut application.queries, &self.question)?;
        applications::update(work.tx, &mut application)?;
        Ok(Done { subject: subject_of(application.id), answer: application, details })
    }
}

/// The manufacturer replies to the open query.
pub struct ReplyToQuery {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub round: i64,
    pub text: String,
    pub documents: Vec<EvidenceId>,
}

impl Command for ReplyToQuery {
    const NAME: &'static str = "reply_to_query";
    const PERMISSION: Permission = Permission::ReplyToQuery;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "query_not_open", "organisation_required", "evidence_unknown"];
    type Answer = Application;

    fn subject(&self) -> String {
        subject_of(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        check_reply(&self.text, &self.documents)?;
        let mut application = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        let details = queries::reply(work, &mut application.queries, self.round, self.text, self.documents)?;
        applications::update(work.tx, &mut application)?;
        Ok(Done { subject: subject_of(application.id), answer: application, details })
    }
}

/// The agency decides whether an application is eligible, criterion by criterion.
pub struct ScrutiniseApplication {
    pub id: ApplicationId,
    pub seen_version: i64,
    pub findings: Vec<Finding>,
}

impl Command for ScrutiniseApplication {
    const NAME: &'static str = "scrutinise_application";
    const PERMISSION: Permission = Permission::ScrutiniseApplication;
    const REFUSALS: &'static [&'static str] =
        &["stale_version", "wrong_state", "same_person", "query_open", "findings_incomplete", "criterion_not_met"];
    const ENDS_A_FILE: bool = true;
    type Answer = Application;

    fn subject(&self) -> String {
        subject_of(self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Application>, Error> {
        let mut errors = FieldErrors::new();
        for (index, finding) in self.findings.iter().enumerate() {
            check_text(&mut errors, &format!("/findings/{index}/reason"), &finding.reason, 2_000);
        }
        errors.finish()?;
        let mut application = visible(work.tx, &work.actor, self.id)?;
        check_version(self.seen_version, application.version)?;
        require_stranger(work, application.organisation_id, Step::Verify)?;
        application.require(ApplicationStatus::Submitted, "submitted")?;
        application.queries.require_answered()?;
        let scheme = work.schemes.version(&application.scheme_code, application.scheme_version)?;
        let result = scrutiny::decide(&application.form, scheme, self.findings, work.actor.user_id, work.now)?;
        application.status = if result.eligible { ApplicationStatus::Eligible } else { ApplicationStatus::NotEligible };
        let details = json!({ "eligible": result.eligible, "findings": result.findings });
        application.scrutiny = Some(result);
        applications::update(work.tx, &mut application)?;
        Ok(Done { subject: subject_of(application.id), answer: application, details })
    }
}

pub const WOULD_QUALIFY: Operation = Operation::asks(READ_PERMISSION, &[]);

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;

impl Service {
    /// Applications of a selection, a page at a time. Only their company sees drafts.
    pub async fn list_applications(
        self: &Arc<Self>,
        caller: Caller,
        mut asked: RecordsAsked,
    ) -> Result<RecordPage<Application>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            asked.without_drafts_of_others(actor, ApplicationStatus::ALL.iter().map(|status| status.as_str()));
            let id_of = |application: &Application| application.id.to_string();
            let mut page = read_page(tx, actor, &service.on_day(), asked, applications::of_ids, id_of)?;
            page.records.iter_mut().try_for_each(|application| with_own_rate(tx, actor, application))?;
            Ok(page)
        })
        .await
    }

    pub async fn application(self: &Arc<Self>, caller: Caller, id: ApplicationId) -> Result<Application, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let mut application = visible(tx, actor, id)?;
            with_own_rate(tx, actor, &mut application)?;
            Ok(application)
        })
        .await
    }

    /// Whether a form would qualify under the version in force, and what is missing. Nothing is
    /// stored.
    pub async fn would_qualify(
        self: &Arc<Self>,
        caller: Caller,
        scheme_code: String,
        form: ApplicationForm,
    ) -> Result<Vec<CriterionCheck>, Error> {
        let today = self.clock.now().date_in_india();
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, _| {
            form.check()?;
            let schemes = service.schemes.current(tx)?;
            let scheme = schemes.in_force(&scheme_code, today)?;
            check_stated(scheme, &form, false)?;
            Ok(scrutiny::checks(&form, scheme))
        })
        .await
    }

    /// The checks on the figures of an application, computed before anybody decides.
    pub async fn application_checks(
        self: &Arc<Self>,
        caller: Caller,
        id: ApplicationId,
    ) -> Result<Vec<CriterionCheck>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let application = visible(tx, actor, id)?;
            let schemes = service.schemes.current(tx)?;
            let scheme = schemes.version(&application.scheme_code, application.scheme_version)?;
            Ok(scrutiny::checks(&application.form, scheme))
        })
        .await
    }

    /// The receipt of a submission and the hash of its audit entry.
    pub async fn receipt(
        self: &Arc<Self>,
        caller: Caller,
        id: ApplicationId,
    ) -> Result<(SubmissionReceipt, String), Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let receipt = visible(tx, actor, id)?.receipt.or_not_found("receipt")?;
            let hash = audit_log::hash_of(tx, receipt.audit_sequence)?.or_not_found("receipt")?;
            Ok((receipt, hash))
        })
        .await
    }
}
