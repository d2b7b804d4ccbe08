//! Notes of the note sheets. For a manufacturer none exists.

use crate::service::correspondence::notes::WriteNote;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, show};
use actix_web::{HttpRequest, get, post, web};
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::base::id::{ApplicationId, ClaimId, InstrumentId, MilestoneId, NoteId, RecoveryId, TrancheId};
use domain::correspondence::about::{About, AboutIds};
use domain::correspondence::note::{NoteForm, SheetNote};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The notes that are asked for: all, or those about one record.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoteQuery {
    pub application_id: Option<ApplicationId>,
    pub milestone_id: Option<MilestoneId>,
    pub claim_id: Option<ClaimId>,
    pub tranche_id: Option<TrancheId>,
    pub recovery_id: Option<RecoveryId>,
    pub budget_instrument_id: Option<InstrumentId>,
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<NoteId>,
}

/// The record that a list is narrowed to.
pub(super) fn one_at_most(about: AboutIds) -> Result<Option<About>, Problem> {
    match *about.all() {
        [] => Ok(None),
        [about] => Ok(Some(about)),
        [_, second, ..] => Err(BadParameter::new(&format!("{}_id", second.kind), FieldReason::OneRecordMost).into()),
    }
}

/// One page of notes.
#[derive(Serialize, ToSchema)]
pub struct NoteList {
    pub data: Vec<SheetNote>,
    pub page: Page,
}

/// Add a note to the note sheet of a record (an office). Notes are numbered from 1 for each record and never change.
#[utoipa::path(tag = "correspondence", request_body = NoteForm, responses((status = 201, description = "The note", body = SheetNote)))]
#[post("/notes")]
pub async fn write_note(web: web::Data<Web>, post: Post<NoteForm>) -> Reply {
    let about = post.body.about();
    let NoteForm { text, documents, .. } = post.body;
    web.make(post.call, "/notes", WriteNote { about, text, documents }, json).await
}

/// List notes in the order in which they were written (offices and auditors).
#[utoipa::path(tag = "correspondence", params(NoteQuery), responses((status = 200, description = "One page", body = NoteList)))]
#[get("/notes")]
pub async fn list_notes(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<NoteQuery>,
    request: HttpRequest,
) -> Reply {
    let NoteQuery { limit, cursor, .. } = *query;
    let about = AboutIds {
        application_id: query.application_id,
        milestone_id: query.milestone_id,
        claim_id: query.claim_id,
        tranche_id: query.tranche_id,
        recovery_id: query.recovery_id,
        budget_instrument_id: query.budget_instrument_id,
    };
    let limit = rows_on_page(limit)?;
    let found = web.service.list_notes(signed.0, one_at_most(about)?, cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(NoteList { data, page }), address))
}

/// Show one note (offices and auditors).
#[utoipa::path(tag = "correspondence", responses((status = 200, description = "The note", body = SheetNote)))]
#[get("/notes/{id}")]
pub async fn show_note(web: web::Data<Web>, signed: Signed, id: web::Path<NoteId>) -> Reply {
    show(web.service.note(signed.0, id.into_inner()).await?)
}
