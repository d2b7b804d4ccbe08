//! Auditors' queries: any kind of record, filtered by its fields, in pages or groups, with totals, and as a
//! file to download.

use crate::service::desk::selections::{PageRequest, SelectionPage};
use crate::web::Web;
use crate::web::api::desk::export_formats::{ExportFormat, FormatWriter};
use crate::web::edge::extract::Signed;
use crate::web::edge::listing::{ROWS_DEFAULT, ROWS_MOST, behind_cursor, cursor_behind, next_address, page_answer};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json, list};
use crate::web::edge::selection_rows::{row_json, rows_json, totals_names};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::base::field::{BadParameter, FieldErrors};
use domain::base::field_reason::FieldReason;
use domain::desk::selected_row::SelectedRow;
use domain::desk::selection::{Behind, Field, Selection, Subject};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The largest number of groups in one answer.
const GROUPS_MOST: usize = 1_000;

/// A kind of record that can be queried, and its fields.
#[derive(Serialize, ToSchema)]
pub struct SubjectView {
    pub subject: Subject,
    /// For a ready-made query: what its records are.
    pub question: Option<&'static str>,
    /// For a ready-made query: the rule or finding behind it.
    pub source: Option<&'static str>,
    pub fields: &'static [Field],
    /// Further fields by which its records can be narrowed, and which are not shown.
    pub beside: &'static [Field],
    /// The field by which it is sorted unless another is given, descending.
    pub usual_sort: &'static str,
}

/// The cursor of the next page.
#[derive(Serialize, ToSchema)]
pub struct SelectionCursor {
    pub limit: usize,
    /// Absent on the last page, and of groups.
    pub next: Option<String>,
}

/// One page of a selection, or its groups.
#[derive(Serialize, ToSchema)]
pub struct SelectionList {
    /// The query in its canonical written form.
    pub selection: String,
    /// A record each, with every field of its kind; or a group each, with what it is grouped by,
    /// `count`, and the sum of each field of money.
    #[schema(value_type = Vec<Object>)]
    pub data: Box<RawValue>,
    pub page: SelectionCursor,
    /// `count` of the whole selection and the sum of each field of money.
    #[schema(value_type = Option<Object>)]
    pub totals: Option<serde_json::Value>,
}

/// Names every parameter that is neither one of these nor a field of the records.
fn check_names(subject: Subject, parameters: &[(String, String)]) -> Result<(), Problem> {
    let mut errors = FieldErrors::new();
    let fields = subject.fields().iter().chain(subject.beside()).map(|field| field.name);
    let known: Vec<&str> = Selection::PARAMETERS.iter().copied().chain(fields).collect();
    for (name, _) in
        parameters.iter().filter(|(name, _)| !Selection::PARAMETERS.contains(&name.as_str()) && !subject.knows(name))
    {
        errors.add(format!("?{name}"), FieldReason::UnknownParameter { known: known.join(", ") });
    }
    errors.finish().map_err(|errors| Problem::of_fields("bad_parameter", errors))
}

/// What is expected where a format is named that does not exist.
fn formats() -> FieldReason {
    let names: Vec<&str> = ExportFormat::ALL.iter().map(|format| format.as_str()).collect();
    FieldReason::OneOf { choices: names.join(", ") }
}

/// A parsed query about a kind of record.
struct Question {
    selection: Selection,
    limit: Option<usize>,
    cursor: Option<String>,
    totals: Option<bool>,
    format: Option<ExportFormat>,
}

impl Question {
    fn parse(subject: Subject, parameters: &[(String, String)]) -> Result<Question, Problem> {
        check_names(subject, parameters)?;
        let once = |name: &str| {
            let mut given = parameters.iter().filter(|(given, _)| given == name).map(|(_, text)| text.as_str());
            match (given.next(), given.next()) {
                (text, None) => Ok(text),
                _ => Err(Problem::from(BadParameter::new(name, FieldReason::Twice))),
            }
        };
        let limit = once("limit")?.map(|text| {
            let limit = text.parse().ok().filter(|limit| (1..=ROWS_MOST).contains(limit));
            limit.ok_or_else(|| BadParameter::new("limit", FieldReason::Range { least: 1, most: ROWS_MOST as i64 }))
        });
        let totals =
            once("totals")?.map(|text| text.parse().map_err(|_| BadParameter::new("totals", FieldReason::JsonYesNo)));
        let format = once("format")?.map(|text| text.parse().map_err(|_| BadParameter::new("format", formats())));
        once("sort")?;
        once("group_by")?;
        let asked = parameters
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .filter(|(name, _)| !["limit", "cursor", "totals", "format"].contains(name));
        Ok(Question {
            selection: Selection::parse(subject, asked)?,
            limit: limit.transpose()?,
            cursor: once("cursor")?.map(str::to_owned),
            totals: totals.transpose()?,
            format: format.transpose()?,
        })
    }

    /// The position after which the page starts.
    fn behind(&self) -> Result<Option<Behind>, Problem> {
        self.cursor.as_deref().map(|cursor| behind_cursor(cursor, &self.selection)).transpose()
    }

    /// The cursor for the page after this row.
    fn next(&self, row: &SelectedRow) -> String {
        let fields = self.selection.subject.fields();
        let place = fields.iter().position(|field| field == self.selection.sort).unwrap_or(0);
        cursor_behind(&Behind { sort: row.cell(place).value(), key: row.cell(0).value() })
    }
}

/// List the kinds of records that can be queried, and the fields of each.
#[utoipa::path(tag = "selections", responses((status = 200, description = "The kinds", body = crate::web::edge::reply::List<SubjectView>)))]
#[get("/selections")]
pub async fn list_subjects(web: web::Data<Web>, signed: Signed) -> Reply {
    web.service.may_select(signed.0).await?;
    let view = |subject: &Subject| SubjectView {
        subject: *subject,
        question: subject.question().map(|(question, _)| question),
        source: subject.question().map(|(_, source)| source),
        fields: subject.fields(),
        beside: subject.beside(),
        usual_sort: subject.usual_sort(),
    };
    list(Subject::ALL.iter().map(view).collect())
}

/// Select records of a kind: filtered by any of its fields, sorted, in pages or in groups.
#[utoipa::path(tag = "selections", params(("subject" = Subject, Path)), responses((status = 200, description = "One page, or the groups", body = SelectionList)))]
#[get("/selections/{subject}")]
pub async fn list_selection(
    web: web::Data<Web>,
    signed: Signed,
    subject: web::Path<Subject>,
    parameters: web::Query<Vec<(String, String)>>,
    request: HttpRequest,
) -> Reply {
    let question = Question::parse(*subject, &parameters)?;
    if question.format.is_some() {
        return Err(BadParameter::new("format", FieldReason::OfExports).into());
    }
    if question.selection.group_by.is_empty() {
        page(&web, signed, question, &request).await
    } else {
        groups(&web, signed, question).await
    }
}

async fn page(web: &Web, signed: Signed, question: Question, request: &HttpRequest) -> Reply {
    let (limit, subject) = (question.limit.unwrap_or(ROWS_DEFAULT), question.selection.subject);
    let mut asked = PageRequest::first(question.selection.clone(), limit);
    asked.behind = question.behind()?;
    asked.sums = asked.sums.filter(|_| question.totals.unwrap_or(true));
    let found = web.service.selection_page(signed.0, asked).await?;
    let next = found.rows.last().filter(|_| found.more).map(|row| question.next(row));
    let address = next.as_ref().map(|next| next_address(request, next));
    let names = subject.fields().iter().map(|field| field.name);
    let list = view(&question, found, names, SelectionCursor { limit, next })?;
    Ok(page_answer(json(list), address))
}

async fn groups(web: &Web, signed: Signed, question: Question) -> Reply {
    if question.limit.is_some() || question.cursor.is_some() || question.totals.is_some() {
        return Err(BadParameter::new("group_by", FieldReason::GroupsOnePage).into());
    }
    let found = web.service.selection_groups(signed.0, question.selection.clone(), GROUPS_MOST).await?;
    if found.more {
        return Err(BadParameter::new("group_by", FieldReason::GroupsMost { most: GROUPS_MOST }).into());
    }
    let by = question.selection.group_by.iter().map(|field| field.name);
    let names: Vec<&str> = by.chain(totals_names(question.selection.subject)).collect();
    let list = view(&question, found, names.iter().copied(), SelectionCursor { limit: GROUPS_MOST, next: None })?;
    Ok(HttpResponse::Ok().content_type("application/json").body(json(list)))
}

fn view<'n>(
    question: &Question,
    found: SelectionPage,
    names: impl Iterator<Item = &'n str> + Clone,
    page: SelectionCursor,
) -> Result<SelectionList, Problem> {
    let totals = found.totals.map(|row| row_json(totals_names(question.selection.subject), &row));
    let data = rows_json(names, &found.rows)?;
    Ok(SelectionList { selection: question.selection.written(), data, page, totals })
}

/// Take a whole selection away as a file.
/// A download that broke off goes on with `Range` and
/// `If-Range`.
#[utoipa::path(tag = "selections", params(("subject" = Subject, Path)),
    responses((status = 200, description = "The file", body = String, content_type = "text/csv"),
        (status = 206, description = "The part of the file that was asked", body = String, content_type = "text/csv")))]
#[get("/selections/{subject}/export")]
pub async fn export_selection(
    web: web::Data<Web>,
    signed: Signed,
    subject: web::Path<Subject>,
    parameters: web::Query<Vec<(String, String)>>,
    request: HttpRequest,
) -> Reply {
    let question = Question::parse(*subject, &parameters)?;
    if question.limit.is_some() || question.cursor.is_some() || question.totals.is_some() {
        return Err(BadParameter::new("limit", FieldReason::ExportWhole).into());
    }
    if !question.selection.group_by.is_empty() {
        return Err(BadParameter::new("group_by", FieldReason::ExportOfRecords).into());
    }
    let format = question.format.unwrap_or(ExportFormat::Csv);
    if !format.fits(*subject) {
        return Err(BadParameter::new("format", FieldReason::NoJournal { of: subject.to_string() }).into());
    }
    let folder = web.service.downloads.clone();
    let begin = move |view| format.begin(view, &folder);
    let end = |writer: Box<dyn FormatWriter>| writer.end();
    let export = web.service.write_selection(signed.0, question.selection, begin, end).await?;
    let mut answer = export.file.answer(&request, format.content_type(), &format!("{subject}.{}", format.ending()))?;
    let digest = export.rows_digest.map(|digest| format!("sha-256=:{}:", STANDARD.encode(digest)));
    if let Some(Ok(value)) = digest.map(HeaderValue::try_from) {
        answer.headers_mut().insert(HeaderName::from_static("selection-digest"), value);
    }
    Ok(answer)
}
