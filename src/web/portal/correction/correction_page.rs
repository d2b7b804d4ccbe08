//! One correction: what is proposed and why, and the form of the second person.

use crate::service::correction::corrections::{DecideCorrection, WholeCorrection};
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, typed_with_labels, whole};
use crate::web::portal::reference;
use crate::web::portal::sent::Sent;
use crate::web::portal::texts::Language;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::{Path, Query};
use askama::Template;
use domain::base::id::CorrectionId;
use domain::correction::correction::{CorrectionDecision, CorrectionKind, CorrectionOutcome};
use domain::people::office::PersonThere;
use domain::worklist::matter::MatterKind;

/// The language and the correction of an address.
type At = Path<(Language, CorrectionId)>;

const FORM: &str = "decide";
const FIELDS: &[&str] = &["/outcome", "/note"];

#[derive(Template)]
#[template(path = "templates/correction/correction.html", config = "src/web/askama.toml")]
struct CorrectionPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: WholeCorrection,
    notice: Option<Notice>,
    warning: Option<Warning>,
    form: Option<Form>,
    refusal: Option<Said>,
    effect: Option<Effect>,
}

/// The address of a correction, after the language.
pub fn record_of(id: CorrectionId) -> String {
    format!("/corrections/{id}")
}

/// The page of one correction.
pub async fn correction_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("correction:{}", at.1)]).await?;
    page.show(&view(&page, file, notice, None).await)
}

async fn read(page: &Page, at: &At) -> Result<WholeCorrection, Problem> {
    Ok(page.web.service.correction_file(page.caller()?, at.1).await?)
}

fn frame_of(page: &Page, file: &WholeCorrection, wrong: bool) -> Frame {
    let kind = page.word("correction", file.correction.kind);
    let mut frame = Frame { wrong, ..page.frame(format!("{kind}: {}", file.correction.about)) };
    frame.crumbs.push(page.crumb("title-corrections", "/corrections"));
    frame
}

fn form_of(page: &Page, file: &WholeCorrection, trouble: Option<&Trouble>) -> Form {
    let path = format!("{}/decision", record_of(file.correction.id));
    let form = Form::new(page, FORM, &path, FIELDS, trouble);
    form.labelled([("/outcome", "label-decision"), ("/note", "field-note")]).on_version(file.correction.version)
}

async fn view<'a>(
    page: &'a Page,
    file: WholeCorrection,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> CorrectionPage<'a> {
    let form = file.decides.as_ref().map(|_| form_of(page, &file, trouble));
    page.is_about(MatterKind::Correction, file.correction.id);
    page.knows(&file.who_can);
    let refusal = page.told_if(file.decides.as_ref().and_then(Option::as_ref), DecideCorrection::NAME).await;
    let effect = match &file.decides {
        Some(None) => Some(rehearsed(page, &file).await),
        _ => None,
    };
    let warning = trouble.map(|trouble| Warning::of(trouble, &form_of(page, &file, Some(trouble)), page.language));
    let frame = frame_of(page, &file, warning.is_some());
    CorrectionPage { page, frame, file, notice, warning, form, refusal, effect }
}

/// What an approval would do now.
async fn rehearsed(page: &Page, file: &WholeCorrection) -> Effect {
    let form = CorrectionDecision { outcome: CorrectionOutcome::Approved, note: not_yet_written() };
    let (id, seen_version) = (file.correction.id, file.correction.version);
    let then = page.word("effect-correction", file.correction.kind);
    page.rehearse(DecideCorrection { id, seen_version, form }, |_| then).await
}

/// Another person approves or refuses it.
pub async fn decide(sent: Sent, at: At) -> Reply {
    let id = at.1;
    let done = sent.act(|form: CorrectionDecision, seen_version| Ok(DecideCorrection { id, seen_version, form })).await;
    sent.answer(done, &record_of(id), FORM, |page, trouble| again(page, at, trouble)).await
}

async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, file, None, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &WholeCorrection, was: Option<&WholeCorrection>, trouble: &Trouble) -> Reply {
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let shown = Conflict {
        frame: Frame { wrong: true, ..frame_of(page, file, true) },
        yours: typed_with_labels(page, &trouble.typed),
        theirs: Sides::of(page, was, file, as_it_is),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.t("do-decide_correction")),
        over: over(page, file.decides.as_ref().map(Option::as_ref)),
        record: page.to(&record_of(file.correction.id)),
        form: form_of(page, file, None),
        page,
    };
    shown.answer(&trouble.problem)
}

fn as_it_is(page: &Page, file: &WholeCorrection) -> Vec<(String, String)> {
    let mut rows = vec![(page.t("label-status"), page.word("correction-status", file.correction.status))];
    rows.extend(file.correction.note.clone().map(|note| (page.t("field-note"), note)));
    rows
}

impl CorrectionPage<'_> {
    /// With whom it lies, since when and until when.
    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.correction.status)
    }

    fn proposed_by(&self) -> Option<PersonThere> {
        let one = &self.file.correction;
        self.file.people.person(one.proposed_by, Some(one.proposed_at), None)
    }

    fn decided_by(&self) -> Option<PersonThere> {
        let one = &self.file.correction;
        self.file.people.person(one.decided_by?, one.decided_at, None)
    }

    fn outcomes(&self) -> &'static [CorrectionOutcome] {
        CorrectionOutcome::ALL
    }

    /// The page of the record that it is about.
    fn address(&self) -> String {
        let one = &self.file.correction;
        let number = reference::in_address(&one.about);
        self.page.to(&match one.kind {
            CorrectionKind::CancelSanction => format!("/tranches/{number}"),
            CorrectionKind::HoldAward
            | CorrectionKind::ReleaseAward
            | CorrectionKind::EndAward
            | CorrectionKind::NothingDue => format!("/awards/{number}"),
            CorrectionKind::HoldPayee | CorrectionKind::ReleasePayee => format!("/organisations/{}", one.subject_id),
            CorrectionKind::ReopenMilestone => {
                let (award, code) = one.about.split_once(' ').unwrap_or((&one.about, ""));
                format!("/awards/{}/milestones/{code}", reference::in_address(award))
            }
            CorrectionKind::ReopenClaim => format!("/claims/{number}"),
            CorrectionKind::CorrectPayment => format!("/payments/{number}"),
        })
    }
}
