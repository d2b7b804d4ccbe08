//! Letters between office and company.

use crate::service::correspondence::letters::{CloseLetter, EnterLetter, LetterFilter, SendLetter, WriteLetter};
use crate::web::Web;
use crate::web::api::correspondence::notes::one_at_most;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, show};
use crate::web::routes::Reason;
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::{ApplicationId, ClaimId, LetterId, MilestoneId, RecoveryId, TrancheId};
use domain::correspondence::about::AboutIds;
use domain::correspondence::letter::{
    Letter, LetterClosing, LetterDirection, LetterForm, PaperLetterForm, SentLetterForm,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The letters that are asked for: all, or those about one record.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LetterQuery {
    pub application_id: Option<ApplicationId>,
    pub milestone_id: Option<MilestoneId>,
    pub claim_id: Option<ClaimId>,
    pub tranche_id: Option<TrancheId>,
    pub recovery_id: Option<RecoveryId>,
    /// Only those that went this way.
    pub direction: Option<LetterDirection>,
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<LetterId>,
}

/// One page of letters.
#[derive(Serialize, ToSchema)]
pub struct LetterList {
    pub data: Vec<Letter>,
    pub page: Page,
}

/// Send a letter to the company of a record (an office). The company can read it and its files at once.
#[utoipa::path(tag = "correspondence", request_body = SentLetterForm, responses((status = 201, description = "The letter", body = Letter)))]
#[post("/letters")]
pub async fn send_letter(web: web::Data<Web>, post: Post<SentLetterForm>) -> Reply {
    let (about, answer_by) = (post.body.about(), post.body.answer_by);
    web.make(post.call, "/letters", SendLetter { about, answer_by, letter: post.body.into() }, json).await
}

/// Enter a letter of a company that came on paper (an office).
#[utoipa::path(tag = "correspondence", request_body = PaperLetterForm, responses((status = 201, description = "The letter", body = Letter)))]
#[post("/letters/on-paper")]
pub async fn enter_letter(web: web::Data<Web>, post: Post<PaperLetterForm>) -> Reply {
    let (about, dated_on) = (post.body.about(), post.body.dated_on);
    web.make(post.call, "/letters", EnterLetter { about, dated_on, letter: post.body.into() }, json).await
}

/// Write to the office about a record of one's own company (signatory).
#[utoipa::path(tag = "correspondence", request_body = LetterForm, responses((status = 201, description = "The letter", body = Letter)))]
#[post("/letters/to-office")]
pub async fn write_letter(web: web::Data<Web>, post: Post<LetterForm>) -> Reply {
    let about = post.body.about();
    web.make(post.call, "/letters", WriteLetter { about, letter: post.body.into() }, json).await
}

/// Say that a letter needs no answer (an office). It leaves the inbox.
#[utoipa::path(tag = "correspondence", request_body = Reason,
    responses((status = 200, description = "The closing", body = LetterClosing)))]
#[post("/letters/{id}/closing")]
pub async fn close_letter(web: web::Data<Web>, id: web::Path<LetterId>, post: Post<Reason>) -> Reply {
    let command = CloseLetter { id: id.into_inner(), reason: post.body.reason };
    web.run(post.call, command, json).await
}

/// List letters in the order in which they were recorded. A company sees those to and from it.
#[utoipa::path(tag = "correspondence", params(LetterQuery), responses((status = 200, description = "One page", body = LetterList)))]
#[get("/letters")]
pub async fn list_letters(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<LetterQuery>,
    request: HttpRequest,
) -> Reply {
    let about = AboutIds {
        application_id: query.application_id,
        milestone_id: query.milestone_id,
        claim_id: query.claim_id,
        tranche_id: query.tranche_id,
        recovery_id: query.recovery_id,
        budget_instrument_id: None,
    };
    let limit = rows_on_page(query.limit)?;
    let filter = LetterFilter { about: one_at_most(about)?, direction: query.direction, after: query.cursor };
    let found = web.service.list_letters(signed.0, filter, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(LetterList { data, page }), address))
}

/// Show one letter.
#[utoipa::path(tag = "correspondence", responses((status = 200, description = "The letter", body = Letter)))]
#[get("/letters/{id}")]
pub async fn show_letter(web: web::Data<Web>, signed: Signed, id: web::Path<LetterId>) -> Reply {
    show(web.service.letter(signed.0, id.into_inner()).await?)
}
