//! The worklist of the caller, and the desk times.

use crate::service::worklist::worklist::{Candidate, KindTotal, Worklist, WorklistQuery, WorklistRow};
use crate::web::Web;
use crate::web::edge::extract::Signed;
use crate::web::edge::listing::{Page, page_answer, rows_on_page};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, show};
use actix_web::{HttpRequest, get, web};
use chrono::NaiveDate;
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::{Role, Step};
use domain::worklist::desk_times::{DeskTime, TimedDesk};
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The filter of the worklist.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorklistParameters {
    pub kind: Option<MatterKind>,
    pub scheme_code: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    /// Rows on a page: 1 to 200, usually 50.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// Where the page begins: `page.next` of the page before.
    pub cursor: Option<String>,
}

/// A person who may act.
#[derive(Serialize, ToSchema)]
pub struct WhoCan {
    pub office: Role,
    /// Absent for a manufacturer, who sees the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One matter that waits.
#[derive(Serialize, ToSchema)]
pub struct WorklistEntry {
    pub kind: MatterKind,
    /// The status of the record, or a finer state of it.
    pub state: String,
    /// The id of the record; for the line of a file or a control, the id of the file or run before a `/`.
    pub id: String,
    pub number: Option<String>,
    /// What names it where it has no number: a milestone's code, a guarantee's number, a title; for a final
    /// certificate the number of its claim.
    pub title: Option<String>,
    /// Where the record is.
    pub path: Option<String>,
    pub scheme_code: Option<String>,
    pub organisation_id: Option<String>,
    pub company: Option<String>,
    pub amount_paise: Option<i64>,
    pub waiting: Waiting,
    /// Whether its first clock has run out.
    pub overdue: bool,
    /// The step on the same money that the caller took before, and for which somebody else must act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_step: Option<Step>,
    /// The people who may act instead of the caller.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub who_can: Vec<WhoCan>,
}

/// The matters of one kind on which the caller can act.
#[derive(Serialize, ToSchema)]
pub struct WorklistTotal {
    pub kind: MatterKind,
    pub count: i64,
    pub overdue: i64,
    pub amount_paise: i64,
    /// Whether there are more than could be looked at: then the figures are lower bounds.
    pub more: bool,
}

/// How many matters wait for another office.
#[derive(Serialize, ToSchema)]
pub struct OthersTotal {
    pub office: Role,
    pub count: i64,
}

/// What waits for others.
#[derive(Serialize, ToSchema)]
pub struct Others {
    pub count: i64,
    pub by_office: Vec<OthersTotal>,
}

/// What the caller cannot act on, because they took an earlier step on the same money.
#[derive(Serialize, ToSchema)]
pub struct CannotAct {
    pub count: usize,
    /// At most 50.
    pub data: Vec<WorklistEntry>,
}

/// The worklist of the caller.
#[derive(Serialize, ToSchema)]
pub struct WorklistAnswer {
    pub as_on: NaiveDate,
    /// Sorted by whose clock runs out first.
    pub data: Vec<WorklistEntry>,
    pub page: Page,
    /// All that the caller can act on, whatever the page.
    pub count: i64,
    pub totals: Vec<WorklistTotal>,
    pub cannot_act: CannotAct,
    pub waiting_for_others: Others,
}

/// The time of one desk.
#[derive(Serialize, ToSchema)]
pub struct DeskTimeEntry {
    pub desk: TimedDesk,
    #[serde(flatten)]
    pub time: DeskTime,
}

/// All desk times.
#[derive(Serialize, ToSchema)]
pub struct DeskTimeList {
    pub data: Vec<DeskTimeEntry>,
}

fn who_can(candidate: Candidate) -> WhoCan {
    let Candidate { person, office } = candidate;
    WhoCan { office, user_id: person.as_ref().map(|person| person.id), name: person.map(|person| person.name) }
}

fn entry(row: WorklistRow) -> WorklistEntry {
    let WorklistRow { matter, waiting, overdue, earlier_step, who_can: candidates } = row;
    let record = matter.id.split('/').next().unwrap_or_default();
    let path = matter.kind.noun().map(|noun| format!("/api/v1/{noun}/{record}"));
    WorklistEntry {
        kind: matter.kind,
        state: matter.state,
        path,
        id: matter.id,
        number: matter.number,
        title: matter.title,
        scheme_code: matter.scheme_code,
        organisation_id: matter.organisation_id,
        company: matter.company,
        amount_paise: matter.amount_paise,
        waiting,
        overdue,
        earlier_step,
        who_can: candidates.into_iter().map(who_can).collect(),
    }
}

fn total((kind, total): (MatterKind, KindTotal)) -> WorklistTotal {
    let KindTotal { count, overdue, amount_paise, more } = total;
    WorklistTotal { kind, count, overdue, amount_paise, more }
}

fn answer(found: Worklist, limit: usize) -> WorklistAnswer {
    let Worklist { today, rows, next, totals, cannot_act, cannot_act_count, others } = found;
    WorklistAnswer {
        as_on: today,
        data: rows.into_iter().map(entry).collect(),
        page: Page { limit, next },
        count: totals.values().map(|total| total.count).sum(),
        totals: totals.into_iter().map(total).collect(),
        cannot_act: CannotAct { count: cannot_act_count, data: cannot_act.into_iter().map(entry).collect() },
        waiting_for_others: Others {
            count: others.values().flat_map(|kinds| kinds.values()).sum(),
            by_office: others
                .into_iter()
                .map(|(office, kinds)| OthersTotal { office, count: kinds.values().sum() })
                .collect(),
        },
    }
}

/// Show what waits for the caller, whose clock runs out first.
#[utoipa::path(tag = "worklist", params(WorklistParameters), responses((status = 200, description = "One page", body = WorklistAnswer)))]
#[get("/worklist")]
pub async fn show_worklist(
    web: web::Data<Web>,
    signed: Signed,
    query: web::Query<WorklistParameters>,
    request: HttpRequest,
) -> Result<actix_web::HttpResponse, Problem> {
    let WorklistParameters { kind, scheme_code, organisation_id, limit, cursor } = query.into_inner();
    let limit = rows_on_page(limit)?;
    let query = WorklistQuery { kind, scheme_code, organisation: organisation_id, limit, after: cursor };
    let answer = answer(web.service.worklist(signed.0, query).await?, limit);
    let address = answer.page.address(&request);
    Ok(page_answer(json(answer), address))
}

/// List the days that each desk has, with their basis and source.
#[utoipa::path(tag = "worklist", responses((status = 200, description = "TimedDesk times", body = DeskTimeList)))]
#[get("/desk-times")]
pub async fn list_desk_times(web: web::Data<Web>) -> Reply {
    let times = web.service.desk_times().all().iter();
    show(DeskTimeList { data: times.map(|(desk, time)| DeskTimeEntry { desk: *desk, time: time.clone() }).collect() })
}
