//! The forms of an excuse: each runs the command of its operation. Beside the decision stands what it would do, which
//! is found by rehearsing the same command.

use crate::service::milestone::excuse_file::{ExcuseAct, WholeExcuse};
use crate::service::milestone::excuses::{DecideExcuse, ExamineExcuse};
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::Act;
use crate::web::portal::effect::{Effect, not_yet_numbered, not_yet_written};
use crate::web::portal::milestone::excuse_page::{again, read, record_of, span};
use crate::web::portal::page::Page;
use crate::web::portal::payment::tranche_page::At;
use crate::web::portal::sent::Sent;
use domain::milestone::excuse::{ExaminationForm, ExaminationOutcome, Excuse, ExcuseDecisionForm, ExcuseOutcome};

/// The agency recommends the excuse or not.
pub async fn examine(sent: Sent, at: At) -> Reply {
    let excuse = read(&sent.page, &at).await?.excuse;
    let id = excuse.id;
    let command = |mut form: ExaminationForm, seen_version| {
        // The form has the days of the request from the beginning; without a recommendation none are meant.
        form.days = form.days.filter(|_| form.outcome == ExaminationOutcome::Recommended);
        Ok(ExamineExcuse { id, seen_version, form })
    };
    let done = sent.act(command).await;
    let record = record_of(&excuse.number);
    sent.answer(done, &record, ExcuseAct::Examine.name(), |page, trouble| again(page, at, trouble)).await
}

/// The competent authority grants some or all of the days, or none.
pub async fn decide(sent: Sent, at: At) -> Reply {
    let excuse = read(&sent.page, &at).await?.excuse;
    let id = excuse.id;
    let command = |mut form: ExcuseDecisionForm, seen_version| {
        form.days = form.days.filter(|_| form.outcome == ExcuseOutcome::Granted);
        Ok(DecideExcuse { id, seen_version, form })
    };
    let done = sent.act(command).await;
    let record = record_of(&excuse.number);
    sent.answer(done, &record, ExcuseAct::Decide.name(), |page, trouble| again(page, at, trouble)).await
}

/// What a grant of the recommended days, or of all that are asked for, would do.
pub async fn rehearsed(page: &Page, file: &WholeExcuse) -> Effect {
    let days = file.to_grant();
    let form = ExcuseDecisionForm {
        outcome: ExcuseOutcome::Granted,
        days: Some(days),
        reference: not_yet_numbered(),
        dated_on: file.today,
        reasons: not_yet_written(),
    };
    let command = DecideExcuse { id: file.excuse.id, seen_version: file.excuse.version, form };
    let then = |excuse: &Excuse| {
        let values = [("days", span(page, &days)), ("status", page.word("excuse-status", excuse.status))];
        let then = page.language.text_with("effect-excuse", &values);
        [then].into_iter().chain(delay_then(page, file)).collect::<Vec<_>>().join(" ")
    };
    page.rehearse(command, then).await
}

/// What becomes of the delay, and of the damages where the scheme has any.
fn delay_then(page: &Page, file: &WholeExcuse) -> Option<String> {
    let (now, then) = (&file.milestone.standing, file.if_granted.as_ref()?);
    let days = [("before", now.days_late.to_string()), ("after", then.days_late.to_string())];
    let Some((accrued, left)) = now.damages.zip(then.damages) else {
        return Some(page.language.text_with("effect-excuse-delay", &days));
    };
    let damages = [("accrued", accrued.accrued_paise.to_string()), ("left", left.accrued_paise.to_string())];
    let values: Vec<(&'static str, String)> = days.into_iter().chain(damages).collect();
    Some(page.language.text_with("effect-excuse-damages", &values))
}
