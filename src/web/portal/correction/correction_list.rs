//! Corrections: the list, and the form by which an office proposes one.

use crate::service::correction::corrections::{CorrectionList, ProposeCorrection};
use crate::service::running::runner::Command;
use crate::web::edge::reply::Reply;
use crate::web::portal::colour;
use crate::web::portal::correction::correction_page::record_of;
use crate::web::portal::field::{Form, Trouble};
use crate::web::portal::list::{ListQuery, Neighbours, Place, ROWS};
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::upload::{FILES, SentFiles, from_place};
use actix_web::web::Query;
use askama::Template;
use chrono::NaiveDate;
use domain::base::id::EvidenceId;
use domain::base::permission::Permission;
use domain::correction::correction::{Correction, CorrectionForm, CorrectionKind, CorrectionStatus};
use serde::Deserialize;
use uuid::Uuid;

const PATH: &str = "/corrections";
const FORM: &str = "correction";
const FIELDS: &[&str] = &["/kind", "/about", "/reason", "/utr", "/paid_on", FILES];
const LABELS: [(&str, &str); 6] = [
    ("/kind", "correction-kind"),
    ("/about", "correction-about"),
    ("/reason", "field-reason"),
    ("/utr", "correction-utr"),
    ("/paid_on", "correction-day"),
    (FILES, "correction-files"),
];

#[derive(Template)]
#[template(path = "templates/correction/correction_list.html", config = "src/web/askama.toml")]
struct CorrectionListPage<'a> {
    page: &'a Page,
    frame: Frame,
    list: CorrectionList,
    count: String,
    pages: Neighbours,
    notice: Option<Notice>,
    form: Option<Form>,
    warning: Option<Warning>,
}

/// What a person types: a number instead of the id of a record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    kind: CorrectionKind,
    about: String,
    reason: String,
    utr: Option<String>,
    paid_on: Option<NaiveDate>,
}

impl Typed {
    /// The proposal; the record is found by what was typed.
    fn form(&self, evidence: Vec<EvidenceId>) -> CorrectionForm {
        CorrectionForm {
            kind: self.kind,
            subject_id: Uuid::nil(),
            reason: self.reason.clone(),
            evidence,
            utr: self.utr.clone(),
            paid_on: self.paid_on,
        }
    }
}

/// What the page of a record that can be corrected gives the form: what shall be done, and the number.
#[derive(Default, Deserialize)]
pub struct Begun {
    kind: Option<CorrectionKind>,
    about: Option<String>,
}

impl Begun {
    fn values(self) -> Vec<(String, String)> {
        let kind = self.kind.map(|kind| ("word:/kind".to_owned(), kind.to_string()));
        let about = self.about.map(|about| ("/about".to_owned(), reference::record_in(&about)));
        kind.into_iter().chain(about).collect()
    }
}

/// The list of corrections. Whoever proposed one is led to its page, which says with whom it lies.
pub async fn correction_list(
    page: Page,
    query: Query<ListQuery>,
    noticed: Query<NoticeQuery>,
    begun: Query<Begun>,
) -> Reply {
    let place = Place::of(&page, PATH, &query);
    let list = page.web.service.correction_list(page.caller()?, place.number, ROWS).await?;
    if let Some(last) = place.last_instead(list.all) {
        return Ok(last);
    }
    let proposed = list.rows.first().map(|one| (one.id, vec![format!("correction:{}", one.id)]));
    if let (Some((id, subject)), Some(entry)) = (proposed, noticed.entry)
        && notice_of(&page, Some(entry), subject).await?.is_some()
    {
        return Ok(page.see_other(&format!("{}?entry={entry}", record_of(id))));
    }
    let subjects = list.rows.iter().map(|one| format!("correction:{}", one.id)).collect();
    let notice = notice_of(&page, noticed.entry, subjects).await?;
    let mut shown = view(&page, list, &place, notice, None);
    shown.form = shown.form.map(|form| form.with_values(begun.into_inner().values()));
    page.show(&shown)
}

fn view<'a>(
    page: &'a Page,
    list: CorrectionList,
    place: &Place,
    notice: Option<Notice>,
    trouble: Option<&Trouble>,
) -> CorrectionListPage<'a> {
    let form = Form::new(page, FORM, PATH, FIELDS, trouble).labelled(LABELS);
    let warning = trouble.map(|trouble| Warning::of(trouble, &form, page.language));
    CorrectionListPage {
        frame: Frame { wrong: warning.is_some(), ..page.frame(page.t("title-corrections")) },
        count: page.t1("count-corrections", "n", list.all),
        pages: place.neighbours(list.all),
        form: page.may(ProposeCorrection::PERMISSION).then_some(form),
        page,
        list,
        notice,
        warning,
    }
}

/// An office proposes a correction, with files if it has any.
pub async fn propose(mut sent: SentFiles) -> Reply {
    let check = |typed: &Typed| typed.form(Vec::new()).check();
    let make = |typed: Typed, documents| ProposeCorrection { form: typed.form(documents), typed: Some(typed.about) };
    let done = sent.act(check, make).await.map_err(|problem| from_place("/evidence", problem));
    sent.answer(done, PATH, FORM, again).await
}

async fn again(page: Page, trouble: Trouble) -> Reply {
    let place = Place::of(&page, PATH, &ListQuery::default());
    let list = page.web.service.correction_list(page.caller()?, place.number, ROWS).await?;
    let shown = view(&page, list, &place, None, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl CorrectionListPage<'_> {
    fn kinds(&self) -> &'static [CorrectionKind] {
        CorrectionKind::ALL
    }

    fn address(&self, correction: &Correction) -> String {
        self.page.to(&record_of(correction.id))
    }

    /// The offices that decide on it; none once it is decided.
    fn is_with(&self, correction: &Correction) -> String {
        match correction.status {
            CorrectionStatus::Proposed => self.page.offices(Permission::DecideCorrection.roles()),
            _ => "–".to_owned(),
        }
    }

    fn colour(&self, correction: &Correction) -> &'static str {
        colour::of(correction.status)
    }
}
