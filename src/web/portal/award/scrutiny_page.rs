//! The scrutiny of an application, criterion by criterion: what the program checked beside the documents, and a finding
//! with its reason for each. Together they make the application eligible or not.

use crate::service::award::application_file::{ApplicationAct, WholeApplication};
use crate::service::award::applications::ScrutiniseApplication;
use crate::web::api::award::applications::Findings;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::award::application_page::{
    as_it_is, check_colour, check_detail, check_word, criterion_name, frame_of, named, record_of, title_of,
};
use crate::web::portal::effect::{Effect, not_yet_written};
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::problem_page::{Conflict, Sides, Warning, builder, over, told, whole};
use crate::web::portal::sent::Sent;
use askama::Template;
use domain::award::application::Application;
use domain::award::scrutiny::CriterionCheck;
use domain::base::evidence::Evidence;

/// The name of the form.
const FORM: &str = "scrutinise";

/// One criterion: what the program checked, and the pointers of its fields.
pub struct CriterionRow<'a> {
    pub check: &'a CriterionCheck,
    pub name: String,
    pub criterion: String,
    pub met: String,
    pub reason: String,
    pub documents: Vec<&'a Evidence>,
}

#[derive(Template)]
#[template(path = "templates/award/scrutiny.html", config = "src/web/askama.toml")]
struct ScrutinyPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeApplication,
    rows: Vec<CriterionRow<'a>>,
    warning: Option<Warning>,
    form: Form,
    /// Whether the application waits for its scrutiny.
    is_open: bool,
    /// Why it cannot be decided now.
    refusal: Option<Said>,
    effect: Option<Effect>,
}

/// The page on which an application is scrutinised.
pub async fn scrutiny_page(page: Page, at: At) -> Reply {
    let file = read(&page, &at).await?;
    page.show(&view(&page, &file, None).await)
}

/// Records the findings.
pub async fn scrutinise(sent: Sent, at: At) -> Reply {
    let application = read(&sent.page, &at).await?.application;
    let id = application.id;
    let command = |Findings { findings }, seen_version| Ok(ScrutiniseApplication { id, seen_version, findings });
    let done = sent.act(command).await;
    sent.answer(done, &record_of(&application), FORM, |page, trouble| again(page, at, trouble)).await
}

/// The application that an address names, for a person who may scrutinise it.
async fn read(page: &Page, at: &At) -> Result<WholeApplication, Problem> {
    Ok(page.web.service.application_to_scrutinise(page.caller()?, named(at)?).await?)
}

fn form_of(page: &Page, file: &WholeApplication, trouble: Option<&Trouble>) -> Form {
    let path = format!("{}/scrutiny", record_of(&file.application));
    let of_criterion = |place: usize| [format!("/findings/{place}/met"), format!("/findings/{place}/reason")];
    let fields = (0..file.checks.len()).flat_map(of_criterion);
    Form::new(page, FORM, &path, &["/findings"], trouble).with_fields(fields).on_version(file.application.version)
}

async fn view<'a>(page: &'a Page, file: &'a WholeApplication, trouble: Option<&Trouble>) -> ScrutinyPage<'a> {
    let form = form_of(page, file, trouble);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    let title = page.t1("title-scrutiny", "name", title_of(page, &file.application));
    let next = file.next.iter().find(|next| next.act == ApplicationAct::Scrutinise);
    let refusal = next.and_then(|next| next.refusal.clone());
    let may = next.is_some() && refusal.is_none();
    ScrutinyPage {
        frame: Frame { wrong: warning.is_some(), ..frame_of(page, &file.application, title, true) },
        rows: file.checks.iter().enumerate().map(|(place, check)| row(page, file, place, check)).collect(),
        is_open: next.is_some(),
        refusal: refusal.map(|refusal| told(&Problem::from(refusal), page.language)),
        effect: if may { Some(rehearsed(page, file).await) } else { None },
        page,
        file,
        warning,
        form,
    }
}

fn row<'a>(page: &Page, file: &'a WholeApplication, place: usize, check: &'a CriterionCheck) -> CriterionRow<'a> {
    CriterionRow {
        name: criterion_name(page, file, &check.criterion),
        criterion: format!("/findings/{place}/criterion"),
        met: format!("/findings/{place}/met"),
        reason: format!("/findings/{place}/reason"),
        documents: check.evidence.iter().filter_map(|id| file.evidence.get(id)).collect(),
        check,
    }
}

/// What becomes of the application if every criterion is found as the program checked it.
async fn rehearsed(page: &Page, file: &WholeApplication) -> Effect {
    let findings = file.findings_as_checked(&not_yet_written());
    let command = ScrutiniseApplication { id: file.application.id, seen_version: file.application.version, findings };
    let then = |application: &Application| {
        page.t1("effect-scrutiny", "status", page.word("application-status", application.status))
    };
    page.rehearse(command, then).await
}

/// The page again after the form was not taken.
async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        return conflict(&page, &file, was.as_ref(), &trouble);
    }
    let shown = view(&page, &file, Some(&trouble)).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

fn conflict(page: &Page, file: &WholeApplication, was: Option<&WholeApplication>, trouble: &Trouble) -> Reply {
    let again = trouble.typed.shown_again().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let next = file.next.iter().find(|next| next.act == ApplicationAct::Scrutinise);
    let shown = Conflict {
        frame: Frame { wrong: true, ..frame_of(page, &file.application, page.t("title-conflict"), true) },
        yours: findings_in_words(page, file, trouble),
        theirs: Sides::of(page, was, file, as_it_is),
        form: form_of(page, file, None),
        typed: again.collect(),
        button: page.t1("apply-mine", "act", page.word("application-do", ApplicationAct::Scrutinise)),
        over: over(page, next.map(|next| next.refusal.as_ref())),
        record: page.to(&record_of(&file.application)),
        page,
    };
    shown.answer(&trouble.problem)
}

/// What was ticked and typed, criterion by criterion.
fn findings_in_words(page: &Page, file: &WholeApplication, trouble: &Trouble) -> Vec<(String, String)> {
    let row = |(place, check): (usize, &CriterionCheck)| {
        let key = match trouble.typed.text(&format!("/findings/{place}/met")) {
            "true" => "finding-met",
            "false" => "finding-not-met",
            _ => "claim-undecided",
        };
        let reason = trouble.typed.text(&format!("/findings/{place}/reason"));
        (criterion_name(page, file, &check.criterion), format!("{} {reason}", page.t(key)).trim().to_owned())
    };
    file.checks.iter().enumerate().map(row).collect()
}

impl ScrutinyPage<'_> {
    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.application))
    }

    fn check_word(&self, check: &CriterionCheck) -> String {
        check_word(self.page, check)
    }

    fn check_detail(&self, check: &CriterionCheck) -> Said {
        check_detail(self.page, self.file, check)
    }

    fn check_colour(&self, check: &CriterionCheck) -> &'static str {
        check_colour(check.result)
    }

    /// The two findings on a criterion: what is sent, and the key of the label.
    fn choices(&self) -> [(&'static str, &'static str); 2] {
        [("true", "finding-met"), ("false", "finding-not-met")]
    }
}
