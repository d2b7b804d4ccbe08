//! Saved queries of the auditor, and each run of them.

use crate::service::desk::saved_queries::{KeepQueryRun, SaveQuery};
use crate::service::desk::selections::{PageRequest, SelectionView};
use crate::service::running::error::Error;
use crate::service::running::row_writer::RowWriter;
use crate::service::running::runner::Caller;
use crate::web::Web;
use crate::web::edge::extract::{Post, Signed};
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::reply::{Reply, json, made, show};
use crate::web::edge::selection_rows::{RowsDigest, row_json, totals_names};
use actix_web::{HttpRequest, get, post, web};
use domain::base::id::{SavedQueryId, SavedQueryRunId};
use domain::base::moment::AskedMoment;
use domain::desk::saved_query::{
    SavedQuery, SavedQueryForm, SavedQueryRun, SavedQueryRunForm, SavedQueryTotals, parse_selection,
};
use domain::desk::selected_row::SelectedRow;
use domain::desk::selection::Selection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The start and length of a page of saved queries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SavedQueryQuery {
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<SavedQueryId>,
}

/// The filter for runs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SavedQueryRunQuery {
    pub saved_query_id: Option<SavedQueryId>,
    /// 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// The `next` of the previous page.
    pub cursor: Option<SavedQueryRunId>,
}

/// One page of saved queries.
#[derive(Serialize, ToSchema)]
pub struct SavedQueryList {
    pub data: Vec<SavedQuery>,
    pub page: Page,
}

/// One page of runs.
#[derive(Serialize, ToSchema)]
pub struct SavedQueryRunList {
    pub data: Vec<SavedQueryRun>,
    pub page: Page,
}

/// Parses a selection from its address.
fn selection(address: &str) -> Result<Selection, String> {
    let (subject, query) = address.split_once('?').unwrap_or((address, ""));
    let parameters = web::Query::<Vec<(String, String)>>::from_query(query);
    let parameters = parameters.map_err(|_| "the parameters of a query stand after ? as name=value".to_owned())?;
    parse_selection(subject, parameters.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// Save a query, to run it again (auditor).
#[utoipa::path(tag = "audit desk", request_body = SavedQueryForm, responses((status = 201, description = "The saved query", body = SavedQuery)))]
#[post("/saved-queries")]
pub async fn save_query(web: web::Data<Web>, post: Post<SavedQueryForm>) -> Reply {
    let selection = selection(&post.body.selection);
    let command = SaveQuery { form: post.body, selection };
    Ok(made("/saved-queries", web.service.execute(post.call, command, json).await?))
}

/// List saved queries in the order in which they were saved.
#[utoipa::path(tag = "audit desk", params(SavedQueryQuery), responses((status = 200, description = "One page", body = SavedQueryList)))]
#[get("/saved-queries")]
pub async fn list_saved_queries(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<SavedQueryQuery>,
    request: HttpRequest,
) -> Reply {
    let SavedQueryQuery { limit, cursor } = query.into_inner();
    let limit = rows_on_page(limit)?;
    let found = web.service.list_saved_queries(signed.0, cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(SavedQueryList { data, page }), address))
}

/// Show one saved query.
#[utoipa::path(tag = "audit desk", responses((status = 200, description = "The saved query", body = SavedQuery)))]
#[get("/saved-queries/{id}")]
pub async fn show_saved_query(web: web::Data<Web>, signed: Signed, id: web::Path<SavedQueryId>) -> Reply {
    show(web.service.saved_query(signed.0, id.into_inner()).await?)
}

/// Run a saved query for a moment, and store the result (auditor).
#[utoipa::path(tag = "audit desk", request_body = SavedQueryRunForm, responses((status = 201, description = "The run", body = SavedQueryRun)))]
#[post("/saved-queries/{id}/runs")]
pub async fn run_saved_query(web: web::Data<Web>, id: web::Path<SavedQueryId>, post: Post<SavedQueryRunForm>) -> Reply {
    let id = id.into_inner();
    let known_at = post.body.known_by(web.service.clock.now());
    let moment = web.service.moment(AskedMoment { as_of: post.body.as_of, known_at }).await?;
    let caller = post.call.caller;
    let answer = match web.service.saved_query(caller, id).await {
        Ok(query) => {
            let selection = selection(&query.selection).map_err(Error::Internal)?;
            moment.clone().within(answer(&web, caller, selection)).await
        }
        Err(error) => Err(error),
    };
    let answer = match answer {
        Ok(answer) => Some(answer),
        // The command refuses it too, which leaves an entry in the log.
        Err(Error::Refused(_) | Error::NotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let command = KeepQueryRun { id, as_of: post.body.as_of, known_at: moment.known_at, answer };
    Ok(made("/saved-query-runs", web.service.execute(post.call, command, json).await?))
}

struct Digesting(RowsDigest);

impl RowWriter for Digesting {
    fn row(&mut self, row: &SelectedRow) -> std::io::Result<()> {
        self.0.add(row).map(drop)
    }
}

/// Totals and digest of a selection.
async fn answer(web: &Web, caller: Caller, selection: Selection) -> Result<(SavedQueryTotals, String), Error> {
    let subject = selection.subject;
    let page = web.service.selection_page(caller, PageRequest::first(selection.clone(), 1)).await?;
    let totals = page.totals.map(|row| row_json(totals_names(subject), &row)).unwrap_or_default();
    let totals = serde_json::from_value(totals).map_err(|error| Error::Internal(error.to_string()))?;
    let begin = move |view: SelectionView| Ok(Digesting(RowsDigest::new(view.selection.subject)));
    let end = |writer: Digesting| Ok(domain::base::digest::hex(&writer.0.so_far()));
    Ok((totals, web.service.write_selection(caller, selection, begin, end).await?))
}

/// List the runs of saved queries, in the order in which they were made.
#[utoipa::path(tag = "audit desk", params(SavedQueryRunQuery), responses((status = 200, description = "One page", body = SavedQueryRunList)))]
#[get("/saved-query-runs")]
pub async fn list_saved_query_runs(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<SavedQueryRunQuery>,
    request: HttpRequest,
) -> Reply {
    let SavedQueryRunQuery { saved_query_id, limit, cursor } = query.into_inner();
    let limit = rows_on_page(limit)?;
    let found = web.service.list_saved_query_runs(signed.0, saved_query_id, cursor, limit as i64 + 1).await?;
    let (data, page) = Page::cut(found, limit, |last| last.id.to_string());
    let address = page.address(&request);
    Ok(page_answer(json(SavedQueryRunList { data, page }), address))
}

/// Show one run of a saved query.
#[utoipa::path(tag = "audit desk", responses((status = 200, description = "The run", body = SavedQueryRun)))]
#[get("/saved-query-runs/{id}")]
pub async fn show_saved_query_run(web: web::Data<Web>, signed: Signed, id: web::Path<SavedQueryRunId>) -> Reply {
    show(web.service.saved_query_run(signed.0, id.into_inner()).await?)
}
