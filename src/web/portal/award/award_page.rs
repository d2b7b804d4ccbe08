//! One award: what it may ever receive and where that money stands, milestones, claims, guarantees and recoveries, and
//! the form with which the company lodges a guarantee.

use crate::service::award::award_desk::{AwardAct, CoverRow, WholeAward};
use crate::service::award::securities::LodgeSecurity;
use crate::service::payment::disbursement_file::READ_PERMISSION as DISBURSEMENTS_PERMISSION;
use crate::service::running::runner::Command;
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::act_form::{Act, Field, Kind, NextForm, Place, reference_of, warning_of};
use crate::web::portal::award::application_acts::award_of;
use crate::web::portal::award::guarantee_page::why_not;
use crate::web::portal::colour;
use crate::web::portal::field::Trouble;
use crate::web::portal::milestone::milestone_page;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::payment::tranche_page::{At, Notice, NoticeQuery, notice_of};
use crate::web::portal::problem_page::{Warning, builder, whole};
use crate::web::portal::reference;
use crate::web::portal::upload::{FILES, SentFiles, require_one, the_one};
use actix_web::web::Query;
use askama::Template;
use chrono::NaiveDate;
use domain::award::award::AwardEnd;
use domain::award::security::Security;
use domain::award::security_forms::SecurityForm;
use domain::base::id::EvidenceId;
use domain::base::money::Paise;
use domain::base::permission::Step;
use domain::claim::claim::ClaimStatus;
use domain::milestone::milestone::{Milestone, MilestoneStatus};
use domain::people::office::PersonThere;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "templates/award/award.html", config = "src/web/askama.toml")]
struct AwardPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: &'a WholeAward,
    notice: Option<Notice>,
    warning: Option<Warning>,
    next: Vec<NextForm<AwardAct>>,
}

impl Act for AwardAct {
    fn name(self) -> &'static str {
        self.as_str()
    }

    fn fields(self) -> &'static [Field] {
        &[
            Field("/guarantee_number", "guarantee-number", Kind::Text),
            Field("/bank", "guarantee-bank", Kind::Text),
            Field("/amount_paise", "label-amount", Kind::Text),
            Field("/issued_on", "guarantee-issued-on", Kind::Day),
            Field("/expires_on", "guarantee-expires-on", Kind::Day),
            Field("/claim_expires_on", "guarantee-claim-until", Kind::Day),
            Field(FILES, "guarantee-document", Kind::Id),
            Field("/evidence_id", "stored-document", Kind::Id),
        ]
    }

    fn path(self) -> &'static str {
        "guarantees"
    }

    fn command(self) -> &'static str {
        LodgeSecurity::NAME
    }
}

/// The page of one award.
pub async fn award_page(page: Page, at: At, query: Query<NoticeQuery>) -> Reply {
    let file = read(&page, &at).await?;
    let notice = notice_of(&page, query.entry, vec![format!("award:{}", file.award.id)]).await?;
    page.show(&view(&page, &file, notice, None))
}

/// The award that an address names, if it exists for this person.
async fn read(page: &Page, at: &At) -> Result<WholeAward, Problem> {
    let missing = || Problem::edge("not_found", "there is no such award");
    Ok(page.web.service.award_desk(page.caller()?, reference_of(&at.1).ok_or_else(missing)?).await?)
}

/// What is typed beside the file; a document that is stored already is chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lodging {
    guarantee_number: String,
    bank: String,
    amount_paise: Paise,
    issued_on: NaiveDate,
    expires_on: NaiveDate,
    claim_expires_on: Option<NaiveDate>,
    evidence_id: Option<EvidenceId>,
}

impl Lodging {
    fn form(&self, attached: &[EvidenceId]) -> SecurityForm {
        SecurityForm {
            guarantee_number: self.guarantee_number.clone(),
            bank: self.bank.clone(),
            amount_paise: self.amount_paise,
            issued_on: self.issued_on,
            expires_on: self.expires_on,
            claim_expires_on: self.claim_expires_on,
            evidence_id: the_one(attached, self.evidence_id),
        }
    }
}

/// The signatory lodges a guarantee, with the document of the bank.
pub async fn lodge(mut sent: SentFiles, at: At) -> Reply {
    let file = read(&sent.sent.page, &at).await?;
    let (award_id, begins_on, today) = (file.award.id, file.begins_on, file.today);
    let attached = sent.count();
    let check = |typed: &Lodging| require_one(typed.form(&[]).check(begins_on, today), typed.evidence_id, attached);
    let make = |typed: Lodging, files: Vec<EvidenceId>| LodgeSecurity { award_id, form: typed.form(&files) };
    let done = sent.act(check, make).await;
    let record = award_of(&file.award.number);
    sent.answer(done, &record, AwardAct::Lodge.name(), |page, trouble| again(page, at, trouble)).await
}

fn frame_of(page: &Page, title: String) -> Frame {
    let mut frame = page.frame(title);
    frame.crumbs.push(page.crumb("nav-awards", "/awards"));
    frame
}

fn view<'a>(page: &'a Page, file: &'a WholeAward, notice: Option<Notice>, trouble: Option<&Trouble>) -> AwardPage<'a> {
    let record = award_of(&file.award.number);
    let place = Place { record: &record, version: file.award.version };
    let next: Vec<_> = file.next.iter().map(|act| NextForm::new(page, *act, &place, None, trouble)).collect();
    let warning = warning_of(page, trouble, &next);
    let frame = frame_of(page, page.t1("title-award", "number", &file.award.number));
    AwardPage { frame: Frame { wrong: warning.is_some(), ..frame }, page, file, notice, warning, next }
}

/// The page again after the form was not taken. A guarantee is lodged beside what others lodge meanwhile, so nobody was
/// too slow here.
async fn again(page: Page, at: At, trouble: Trouble) -> Reply {
    let file = read(&page, &at).await?;
    let shown = view(&page, &file, None, Some(&trouble));
    Ok(whole(page.show_with(builder(&trouble.problem), &shown)?, &trouble.problem))
}

impl AwardPage<'_> {
    fn may_see_disbursements(&self) -> bool {
        self.page.may(DISBURSEMENTS_PERMISSION)
    }

    fn disbursements_address(&self) -> String {
        self.page.to(&format!("{}/disbursements", award_of(&self.file.award.number)))
    }

    fn company_address(&self) -> String {
        self.page.to(&format!("/organisations/{}", self.file.award.organisation_id))
    }

    fn application_address(&self, number: &str) -> String {
        self.page.to(&format!("/applications/{}", reference::in_address(number)))
    }

    fn claim_address(&self, number: &str) -> String {
        self.page.to(&format!("/claims/{}", reference::in_address(number)))
    }

    /// What a claim comes to; a dash until the agency has decided it, because nothing is computed before.
    fn entitled(&self, status: &ClaimStatus, entitlement: &Paise) -> String {
        match status {
            ClaimStatus::Verified | ClaimStatus::Rejected => entitlement.to_string(),
            ClaimStatus::Draft | ClaimStatus::Submitted | ClaimStatus::Returned => "–".to_owned(),
        }
    }

    fn recovery_address(&self, number: &str) -> String {
        self.page.to(&format!("/recoveries/{}", reference::in_address(number)))
    }

    fn milestone_address(&self, milestone: &Milestone) -> String {
        self.page.to(&milestone_page::record_of(&self.file.award.number, &milestone.code))
    }

    fn guarantee_address(&self, security: &Security) -> String {
        self.page.to(&format!("/guarantees/{}", security.id))
    }

    fn milestone_title(&self, milestone: &Milestone) -> String {
        milestone_page::title_of(self.page, milestone)
    }

    fn milestone_colour(&self, status: &MilestoneStatus) -> &'static str {
        colour::of(*status)
    }

    fn claim_colour(&self, status: &ClaimStatus) -> &'static str {
        colour::of(*status)
    }

    fn security_colour(&self, row: &CoverRow) -> &'static str {
        colour::of(row.security.status)
    }

    fn why_not(&self, row: &CoverRow) -> String {
        why_not(self.page, row.why_not.as_ref())
    }

    fn awarded_by(&self) -> Option<PersonThere> {
        self.file.people.person(self.file.award.awarded_by, Some(self.file.award.awarded_at), Some(Step::Sanction))
    }

    fn days(&self, n: &i64) -> String {
        self.page.t1("milestone-days", "n", n)
    }

    fn ended(&self, end: &AwardEnd) -> String {
        self.page.t1("award-ended", "day", self.page.day(&end.ended_on))
    }

    /// What remains to be done after the end, where something was paid.
    fn left_to_do(&self) -> Option<String> {
        if self.file.owes_nothing {
            return Some(self.page.t("award-nothing-due"));
        }
        let paid = self.file.paid();
        let values = [("paid", paid.to_string()), ("cover", self.file.cover.to_string())];
        (paid > Paise::ZERO).then(|| self.page.language.text_with("award-ended-left", &values))
    }

    /// What the guarantees cover, and what is missing, as a sentence.
    fn cover(&self) -> String {
        let mut values = vec![
            ("required", self.file.award.security_required_paise.to_string()),
            ("cover", self.file.cover.to_string()),
        ];
        let key = match self.file.short_by() {
            Some(short) => {
                values.push(("short", short.to_string()));
                "cover-short"
            }
            None => "cover-enough",
        };
        self.page.language.text_with(key, &values)
    }
}
