//! One application, whole: with whom it lies, what is asked for, how the program checks each criterion, what was found
//! and allotted, what agency and applicant said to each other, and the forms of what its reader may do next.

use crate::service::award::allocations::DraftAllocation;
use crate::service::award::allocations::SurrenderAllotment;
use crate::service::award::allotment_ends::{EndAllotment, ProposeAllotmentEnd};
use crate::service::award::application_file::{ApplicationAct, NextApplicationAct, WholeApplication};
use crate::service::award::application_withdrawal::WithdrawApplication;
use crate::service::award::applications::{RaiseQuery, ReplyToQuery, ScrutiniseApplication, SubmitApplication};
use crate::service::award::awards::IssueAward;
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::{Act, Field, Kind, NextForm, Place, conflict, reference_of, warning_of};
use crate::web::portal::award::application_acts::{self, rehearsed};
use crate::web::portal::award::loss_words::why_lost;
use crate::web::portal::claim::statement_words::{title, value_of};
use crate::web::portal::colour;
use crate::web::portal::field::Trouble;
use crate::web::portal::form::Typed;
use crate::web::portal::milestone::milestone_page::stage_name;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Sides, Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::refusal_words::in_words;
use crate::web::portal::texts::Language;
use crate::web::portal::upload::FILES;
use crate::web::portal::worklist::waits::{self, Wait};
use actix_web::web::Query;
use askama::Template;
use domain::award::allocation_statement::LossReason;
use domain::award::application::Application;
use domain::award::scrutiny::{CheckResult, CriterionCheck, Finding, RuleValue, rule_values};
use domain::base::calendar::Timestamp;
use domain::base::evidence::Evidence;
use domain::base::id::{ApplicationId, EvidenceId, UserId};
use domain::base::money::indian_grouping;
use domain::base::permission::Step;
use domain::base::queries::QueryRounds;
use domain::base::reason::Reason;
use domain::base::record_reference::RecordReference;
use domain::people::office::PersonThere;
use domain::scheme::eligibility::Criterion;
use domain::scheme::fact::FactValue;
use domain::worklist::matter::MatterKind;
use futures_util::future::join_all;

#[derive(Template)]
#[template(path = "templates/award/application.html", config = "src/web/askama.toml")]
struct ApplicationPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeApplication,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm<ApplicationAct>>,
}

impl Act for ApplicationAct {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn fields(self) -> &'static [Field] {
        match self {
            ApplicationAct::Submit | ApplicationAct::Scrutinise => &[],
            ApplicationAct::Query => &[Field("/question", "field-question", Kind::Text)],
            ApplicationAct::Reply => &[Field("/text", "field-text", Kind::Text), Field(FILES, "label-files", Kind::Id)],
            ApplicationAct::Award => &[
                Field("/capacity_mtpa", "application-award-capacity", Kind::Text),
                Field("/out_of_order_reason", "application-out-of-order", Kind::Text),
            ],
            ApplicationAct::End => &[],
            ApplicationAct::Surrender | ApplicationAct::Withdraw | ApplicationAct::ProposeEnd => {
                &[Field("/reason", "field-reason", Kind::Text)]
            }
        }
    }

    fn path(self) -> &'static str {
        match self {
            ApplicationAct::Submit => "submission",
            ApplicationAct::Query => "queries",
            ApplicationAct::Reply => "reply",
            ApplicationAct::Scrutinise => "scrutiny",
            ApplicationAct::Award => "award",
            ApplicationAct::Withdraw => "withdrawal",
            ApplicationAct::ProposeEnd => "allotment-end",
            ApplicationAct::End => "allotment-end/confirmation",
            ApplicationAct::Surrender => "surrender",
        }
    }

    fn command(self) -> &'static str {
        match self {
            ApplicationAct::Submit => SubmitApplication::NAME,
            ApplicationAct::Query => RaiseQuery::NAME,
            ApplicationAct::Reply => ReplyToQuery::NAME,
            ApplicationAct::Scrutinise => ScrutiniseApplication::NAME,
            ApplicationAct::Award => IssueAward::NAME,
            ApplicationAct::Withdraw => WithdrawApplication::NAME,
            ApplicationAct::ProposeEnd => ProposeAllotmentEnd::NAME,
            ApplicationAct::End => EndAllotment::NAME,
            ApplicationAct::Surrender => SurrenderAllotment::NAME,
        }
    }
}

/// The page of one application.
pub async fn application_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let mut subjects = vec![format!("application:{}", file.application.id)];
    subjects.extend(file.award.iter().map(|(id, _)| format!("award:{id}")));
    let notice = notice_of(&page, query.entry, subjects).await?;
    page.show(&view(&page, &file, notice, None, None).await)
}

/// How an address names an application.
pub fn named(at: &At) -> Result<RecordReference<ApplicationId>, Problem> {
    reference_of(&at.1).ok_or_else(|| Problem::edge("not_found", "there is no such application"))
}

/// The application that an address names, if it exists for this person.
pub async fn read(page: &Page, at: &At) -> Result<WholeApplication, Problem> {
    Ok(page.web.service.application_file(page.caller()?, named(at)?).await?)
}

/// The address of an application after the language.
pub fn record_of(application: &Application) -> String {
    let name = application.number.clone().unwrap_or_else(|| application.id.to_string());
    format!("/applications/{}", reference::in_address(&name))
}

/// The frame of a page of one application, or of one below it.
pub fn frame_of(page: &Page, application: &Application, title: String, below: bool) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("nav-applications", "/applications"));
    if below {
        let mut crumb = page.crumb("nav-applications", &record_of(application));
        crumb.text = title_of(page, application);
        frame.crumbs.push(crumb);
    }
    frame
}

/// The title of the page of an application; a draft has no number yet.
pub fn title_of(page: &Page, application: &Application) -> String {
    let number = application.number.as_ref();
    number.map_or_else(|| page.t("title-application-draft"), |number| page.t1("title-application", "number", number))
}

/// The name of a criterion: one that every scheme has, or the title that the scheme gives to its own.
pub fn criterion_name(page: &Page, file: &WholeApplication, code: &str) -> String {
    match code.parse::<Criterion>() {
        Ok(known) => page.word("criterion", known),
        Err(_) => file.title(code).map_or_else(|| code.to_owned(), |title| page.titled(title)),
    }
}

async fn view<'a>(
    page: &'a Page,
    file: &'a WholeApplication,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
    ticked: Option<&Typed>,
) -> ApplicationPage<'a> {
    page.is_about(MatterKind::Application, file.application.id);
    page.knows(&file.who_can);
    let next = join_all(file.next.iter().map(|next| next_form(page, file, next, trouble, ticked))).await;
    let warning = warning_of(page, trouble, &next);
    let mut frame = frame_of(page, &file.application, title_of(page, &file.application), false);
    frame.wrong = warning.is_some();
    ApplicationPage { page, frame, file, notice, warning, next }
}

async fn next_form(
    page: &Page,
    file: &WholeApplication,
    next: &NextApplicationAct,
    trouble: Option<&Trouble>,
    ticked: Option<&Typed>,
) -> NextForm<ApplicationAct> {
    let record = record_of(&file.application);
    let at = Place { record: &record, version: file.application.version };
    let mut made = NextForm::new(page, next.act, &at, next.refusal.as_ref(), trouble);
    match next.act {
        ApplicationAct::Award if made.refusal.is_none() => {
            let back = trouble.filter(|trouble| trouble.form == next.act.name()).map(|trouble| &trouble.typed);
            match (ticked, back) {
                (Some(typed), _) => made.form = made.form.filled(typed),
                (None, Some(_)) => {}
                (None, None) => {
                    let capacity = file.capacity_to_award().to_string();
                    made.form = made.form.with_values(vec![("kg:/capacity_mtpa".to_owned(), capacity)]);
                }
            }
            made.with_example(rehearsed(page, file, next.act, ticked.or(back)).await)
        }
        ApplicationAct::Surrender | ApplicationAct::End if made.refusal.is_none() => {
            made.with_effect(rehearsed(page, file, next.act, None).await)
        }
        ApplicationAct::Reply => {
            let open = file.application.queries.0.last().map_or(1, |round| round.round);
            made.form.action = page.to(&format!("{record}/queries/{open}/reply"));
            made
        }
        _ => made,
    }
}

/// The page with what the award comes to for the capacity that was typed. Nothing was done.
pub async fn with_rehearsal(page: Page, at: At, typed: &Typed) -> Reply {
    let file = read(&page, &at).await?;
    page.show(&view(&page, &file, None, None, Some(typed)).await)
}

/// The page again after a form was not taken: with what is wrong, or, if somebody else was faster, with both sides.
pub async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    if trouble.problem.code == "stale_version" {
        let was = page.as_seen(read(&page, &at)).await;
        let theirs = Sides::of(&page, was.as_ref(), &file, as_it_is);
        let record = record_of(&file.application);
        let at = Place { record: &record, version: file.application.version };
        let frame = frame_of(&page, &file.application, page.t("title-conflict"), true);
        let button = |act: ApplicationAct| application_acts::button(&page, act);
        let still =
            |act: ApplicationAct| file.next.iter().find(|next| next.act == act).map(|next| next.refusal.as_ref());
        return conflict(&page, frame, &trouble, &at, button, theirs, still);
    }
    let shown = view(&page, &file, None, Some(&trouble), None).await;
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

/// The record as it is now, in labels and texts.
pub fn as_it_is(page: &Page, file: &WholeApplication) -> Vec<(String, String)> {
    let application = &file.application;
    let mut rows = vec![(page.t("label-status"), page.word("application-status", application.status))];
    rows.extend(application.receipt.as_ref().map(|one| (page.t("claim-submitted"), page.instant(&one.submitted_at))));
    rows.extend(application.scrutiny.as_ref().map(|one| (page.t("claim-decided"), page.instant(&one.scrutinised_at))));
    rows.extend(file.award.clone().map(|(_, number)| (page.t("award"), number)));
    if let Some(round) = application.queries.0.last() {
        rows.push((page.t("field-question"), round.question.clone()));
        rows.extend(round.reply.as_ref().map(|reply| (page.t("field-text"), reply.text.clone())));
    }
    rows
}

/// What the program found about a criterion, in the language of the page. What an earlier program said otherwise stays
/// in its English.
pub fn check_detail(page: &Page, file: &WholeApplication, check: &CriterionCheck) -> Said {
    let found = file.reasons.iter().find(|reason| reason.to_string() == check.detail);
    match found {
        Some(Reason::RuleShown { .. } | Reason::RuleNotKnown { .. }) => looked_at(page, file, check),
        // What the rule of a scheme was recorded as is a formula, and says nothing to people.
        None if !rule_values(&file.application.form, &file.scheme, &check.criterion).is_empty() => {
            looked_at(page, file, check)
        }
        Some(reason) => Said { text: in_words(&reason.message(), page.language), language: page.language },
        None => Said { text: check.detail.clone(), language: Language::English },
    }
}

/// What a criterion of the scheme's own looks at: each value by its title, in the words of the page.
fn looked_at(page: &Page, file: &WholeApplication, check: &CriterionCheck) -> Said {
    let said = |one: RuleValue| {
        let title = title(page.language, &file.scheme, &one.name).unwrap_or_else(|| page.t("criterion-figure"));
        let value = match &one.value {
            Some(value) => value_of(page, &file.scheme, value, &one.unit),
            None => page.t("criterion-not-stated"),
        };
        page.language.text_with("criterion-looks-at", &[("title", title), ("value", value)])
    };
    let all = rule_values(&file.application.form, &file.scheme, &check.criterion).into_iter().map(said);
    Said { text: all.collect::<Vec<_>>().join("; "), language: page.language }
}

/// The colour of the tag of a check.
pub fn check_colour(result: Option<CheckResult>) -> &'static str {
    match result {
        Some(CheckResult::Met) => "govuk-tag--green",
        Some(CheckResult::NotMet) => "govuk-tag--red",
        Some(CheckResult::NotShown) | None => "govuk-tag--orange",
    }
}

/// What the program found in a criterion, as a word.
pub fn check_word(page: &Page, check: &CriterionCheck) -> String {
    let result = check.result.unwrap_or(if check.met { CheckResult::Met } else { CheckResult::NotMet });
    page.word("check", result)
}

impl ApplicationPage<'_> {
    fn why_lost(&self, reason: &LossReason) -> Said {
        why_lost(self.page, reason)
    }

    fn may_see_allocations(&self) -> bool {
        self.page.may(crate::service::award::allocation_file::READ_PERMISSION)
    }

    fn allocation_address(&self, number: &str) -> String {
        self.page.to(&format!("/allocations/{}", reference::in_address(number)))
    }

    /// The address of the record itself.
    fn record(&self) -> String {
        self.page.to(&record_of(&self.file.application))
    }

    fn colour(&self) -> &'static str {
        colour::of(self.file.application.status)
    }

    fn waits(&self) -> Vec<Wait> {
        waits::or_nobody(self.page, &self.file.waiting, self.file.today)
    }

    /// Whether it waits for a run of the allocation that nobody has drafted.
    fn awaits_a_run(&self) -> bool {
        self.file.waiting.iter().any(|one| one.ends_with == DraftAllocation::NAME)
    }

    fn queries(&self) -> &QueryRounds {
        &self.file.application.queries
    }

    fn who(&self, id: &UserId, at: &Timestamp, step: Step) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), Some(step))
    }

    /// A person of whom the step is not one on the money.
    fn who_said(&self, id: &UserId, at: &Timestamp) -> Option<PersonThere> {
        self.file.people.person(*id, Some(*at), None)
    }

    fn reply_documents(&self, ids: &[EvidenceId]) -> Vec<&Evidence> {
        ids.iter().filter_map(|id| self.file.evidence.get(id)).collect()
    }

    fn document(&self, id: &EvidenceId) -> Option<&Evidence> {
        self.file.evidence.get(id)
    }

    /// The stages of the chain that the plant will cover, by name.
    fn stages(&self) -> String {
        let names = self.file.application.form.stages.iter().map(|stage| stage_name(self.page, stage));
        names.collect::<Vec<_>>().join("; ")
    }

    fn fact_title(&self, code: &str) -> String {
        self.file.title(code).map_or_else(|| code.to_owned(), |title| self.page.titled(title))
    }

    fn fact_value(&self, value: &FactValue) -> String {
        match value {
            FactValue::YesNo(yes) => self.page.t(if *yes { "answer-yes" } else { "answer-no" }),
            FactValue::Number(number) if *number >= 0 => indian_grouping(number.unsigned_abs()),
            FactValue::Number(number) => number.to_string(),
            FactValue::Date(day) => self.page.day(day),
            FactValue::Word(word) => self.fact_title(word.as_str()),
        }
    }

    fn criterion(&self, code: &str) -> String {
        criterion_name(self.page, self.file, code)
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

    /// What the agency found in a criterion.
    fn finding(&self, code: &str) -> Option<&Finding> {
        self.file.application.scrutiny.as_ref()?.findings.iter().find(|finding| finding.criterion == code)
    }

    fn company_address(&self) -> String {
        self.page.to(&format!("/organisations/{}", self.file.application.organisation_id))
    }

    fn award_address(&self, number: &str) -> String {
        self.page.to(&application_acts::award_of(number))
    }

    fn button(&self, act: &ApplicationAct) -> String {
        application_acts::button(self.page, *act)
    }

    fn rehearsal(&self, next: &NextForm<ApplicationAct>) -> String {
        format!("{}/rehearsal", next.form.action)
    }
}
