//! The final certificate of a claim that was released in part: the amounts on provisional papers beside those that are
//! certified, and the agency's decision with what it comes to before it is taken.

use crate::service::claim::certificate_file::{CertificateFile, MayDecide};
use crate::service::claim::final_certificates::CertifiedClaim;
use crate::service::running::rehearsal::Rehearsal;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::claim::claim_page::{frame_of, record_of, reference_of};
use crate::web::portal::colour;
use crate::web::portal::effect::Change;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::form::Typed;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, told, whole};
use actix_web::web::Query;
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{EvidenceId, UserId};
use domain::base::permission::Step;
use domain::claim::final_certificate::{CertificateOutcome, FinalCertificate, Settlement};
use domain::people::office::PersonThere;

/// The name of the form.
pub const FORM: &str = "certificate";
const FIELDS: &[&str] = &["/outcome", "/accepted_kg", "/accepted_amount_paise", "/remarks"];

/// What the decision comes to.
pub struct RehearsedAmount {
    pub settlement: Option<Settlement>,
    pub effect: Vec<Change>,
}

#[derive(Template)]
#[template(path = "templates/claim/certificate.html", config = "src/web/askama.toml")]
struct CertificatePage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a CertificateFile,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Form,
    rehearsed: Option<RehearsedAmount>,
    /// Whether what the decision comes to cannot be shown right now.
    is_not_rehearsed: bool,
}

/// The page of a claim's final certificates.
pub async fn certificate_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let subjects = file.certificates.iter().map(|one| format!("final_certificate:{}", one.id)).collect();
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&CertificatePage { notice, ..view(&page, &file, None) })
}

/// The claim of an address with its certificates, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<CertificateFile, Problem> {
    Ok(page.web.service.certificate_file(page.caller()?, reference_of(at)?).await?)
}

/// The address of the page after the language.
pub fn record(file: &CertificateFile) -> String {
    format!("{}/certificate", record_of(&file.claim))
}

/// The certificate that is decided on: the last one.
pub fn last(file: &CertificateFile) -> Result<&FinalCertificate, Problem> {
    file.certificates.last().ok_or_else(|| Problem::edge("not_found", "there is no final certificate"))
}

fn form_of(page: &Page, file: &CertificateFile, trouble: Option<&Trouble>) -> Form {
    let form = Form::new(page, FORM, &record(file), FIELDS, trouble);
    match file.certificates.last() {
        Some(certificate) => form.on_version(certificate.version),
        None => form,
    }
}

fn view<'a>(page: &'a Page, file: &'a CertificateFile, trouble: Option<&Trouble>) -> CertificatePage<'a> {
    let form = form_of(page, file, trouble);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let title = page.t1("title-certificate", "number", file.claim.name());
    let frame = Frame { wrong: warning.is_some(), ..frame_of(page, &file.claim, title, true) };
    CertificatePage { page, frame, file, notice: None, warning, form, rehearsed: None, is_not_rehearsed: false }
}

/// The page with what the decision comes to. Nothing was done.
pub async fn with_rehearsal(page: Page, at: At, typed: &Typed, rehearsed: Option<Rehearsal<CertifiedClaim>>) -> Reply {
    let file = read(&page, &at).await?;
    let mut shown = view(&page, &file, None);
    shown.form = form_of(&page, &file, None).filled(typed);
    shown.is_not_rehearsed = rehearsed.is_none();
    shown.rehearsed = rehearsed.map(|rehearsed| RehearsedAmount {
        effect: page.changes(&rehearsed.balances),
        settlement: rehearsed.answer.certificate.settlement,
    });
    page.show(&shown)
}

/// The page again after the form was not taken.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, &file, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &CertificateFile, was: Option<&CertificateFile>, trouble: &Trouble) -> Reply {
    let typed = |pointer: &str| trouble.typed.text(pointer).to_owned();
    let yours =
        [("certificate-accepted-kg", "/accepted_kg"), ("certificate-accepted-amount", "/accepted_amount_paise")];
    let yours = yours.into_iter().chain([("field-remarks", "/remarks")]);
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let still = match &file.may_decide {
        MayDecide::Yes => Some(None),
        MayDecide::Refused(refusal) => Some(Some(refusal)),
        MayDecide::No => None,
    };
    let shown = Conflict {
        frame: Frame { wrong: true, ..frame_of(page, &file.claim, page.t("title-conflict"), true) },
        yours: yours.map(|(key, pointer)| (page.t(key), typed(pointer))).collect(),
        theirs: Sides::of(page, was, file, as_it_is),
        form: form_of(page, file, None),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.t("certificate-do-decide")),
        over: over(page, still),
        record: page.to(&record(file)),
        page,
    };
    shown.answer(&trouble.problem)
}

/// The record as it is now, in labels and texts.
fn as_it_is(page: &Page, file: &CertificateFile) -> Vec<(String, String)> {
    let Some(last) = file.certificates.last() else { return Vec::new() };
    let mut rows = vec![(page.t("label-status"), page.word("certificate-status", last.status))];
    rows.extend(last.decision.as_ref().map(|decision| (page.t("label-when"), page.instant(&decision.decided_at))));
    rows
}

impl CertificatePage<'_> {
    fn may_decide(&self) -> bool {
        self.file.may_decide == MayDecide::Yes
    }

    /// Why this person may not decide, although the role would.
    fn refusal(&self) -> Option<Said> {
        match &self.file.may_decide {
            MayDecide::Refused(refusal) => Some(told(&Problem::from(refusal.clone()), self.page.language)),
            MayDecide::Yes | MayDecide::No => None,
        }
    }

    fn outcomes(&self) -> &'static [CertificateOutcome] {
        CertificateOutcome::ALL
    }

    fn colour(&self, certificate: &FinalCertificate) -> &'static str {
        colour::of(certificate.status)
    }

    fn who(&self, id: &UserId, at: &Timestamp, step: Step) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), Some(step))
    }

    fn documents(&self, ids: &[EvidenceId]) -> Vec<&Evidence> {
        ids.iter().filter_map(|id| self.file.evidence.get(id)).collect()
    }

    /// How many days are left until the certificate is due, or how many it is late.
    fn days_left(&self) -> Option<String> {
        let claim = &self.file.claim;
        let due_on = claim.certificate_due_on.filter(|_| claim.certified_at.is_none())?;
        let left = (due_on - self.file.today).num_days();
        let key = if left < 0 { "certificate-days-late" } else { "certificate-days-left" };
        Some(self.page.t1(key, "n", left.abs()))
    }

    fn below(&self, part: &str) -> String {
        format!("{}/{part}", self.form.action)
    }
}
