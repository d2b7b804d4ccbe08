//! Lists of whole records (`GET /claims`): every noun is narrowed, sorted and paged in one way. The parameters are the
//! fields of the selection of the same kind of record, and the page is found by that selection.

use crate::service::running::record_page::{RecordPage, RecordsAsked};
use crate::web::edge::gate;
use crate::web::edge::listing::{Page, ROWS_MOST, behind_cursor, cursor_behind, page_answer, records_on_page};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::{Reply, json};
use crate::web::edge::selection_rows::{row_json, totals_names};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::base::field::BadParameter;
use domain::base::field_reason::FieldReason;
use domain::desk::selection::{Field, Holds, Selection, Subject};
use serde::Serialize;
use serde_json::{Value, json};
use std::future::{Ready, ready};
use std::marker::PhantomData;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

/// A list of a kind of record.
pub trait Listing: 'static {
    const SUBJECT: Subject;
    /// By what it is sorted unless asked otherwise, the smallest first. Ids grow with time, so their order is that in
    /// which the records were made.
    const ORDER: &'static str = "id";

    /// The words that a field may hold; `None` for a field with any text.
    fn words(_field: &str) -> Option<Vec<&'static str>> {
        None
    }
}

/// The page of a list that a request asks for.
pub struct Asked<L> {
    pub page: RecordsAsked,
    request: HttpRequest,
    of: PhantomData<L>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct RecordList<T> {
    pub data: Vec<T>,
    pub page: Page,
    /// `count` of the whole list and the sum of each field of money; null unless asked for.
    #[schema(value_type = Option<Object>)]
    pub totals: Option<Value>,
}

impl<L: Listing> Asked<L> {
    fn read(request: &HttpRequest) -> Result<Asked<L>, Problem> {
        let given = gate::readable_parameters(request)?;
        let one = |name: &str| given.iter().find(|(given, _)| given == name).map(|(_, text)| text.as_str());
        let fields = given.iter().filter(|(name, _)| L::SUBJECT.knows(name));
        let fields = fields.map(|(name, text)| (name.as_str(), text.as_str()));
        let order = ("sort", one("sort").unwrap_or(L::ORDER));
        let selection = Selection::parse(L::SUBJECT, fields.chain([order]))?;
        let limit =
            one("limit").map(|text| text.parse().map_err(|_| BadParameter::new("limit", FieldReason::JsonWhole)));
        let behind = one("cursor").map(|cursor| behind_cursor(cursor, &selection)).transpose()?;
        let page = RecordsAsked {
            limit: records_on_page(limit.transpose()?)?,
            totals: one("totals") == Some("true"),
            selection,
            behind,
        };
        Ok(Asked { page, request: request.clone(), of: PhantomData })
    }

    /// The answer with a page that was found.
    pub fn answer<T: Serialize>(&self, found: RecordPage<T>) -> Reply {
        let page = Page { limit: self.page.limit, next: found.next.as_ref().map(cursor_behind) };
        let address = page.address(&self.request);
        let totals = found.totals.map(|row| row_json(totals_names(L::SUBJECT), &row));
        Ok(page_answer(json(RecordList { data: found.records, page, totals }), address))
    }
}

impl<L: Listing> FromRequest for Asked<L> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Asked::read(request))
    }
}

impl<L: Listing> IntoParams for Asked<L> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        described::<L>().into_iter().filter_map(|parameter| serde_json::from_value(parameter).ok()).collect()
    }
}

/// The parameters of a list, as the OpenAPI description has them.
fn described<L: Listing>() -> Vec<Value> {
    let shown = L::SUBJECT.fields().iter();
    let mut parameters: Vec<Value> =
        shown.chain(L::SUBJECT.beside()).flat_map(|field| narrowing(field, L::words(field.name))).collect();
    let sorts: Vec<String> = sorts(L::SUBJECT);
    let described = format!("By what it is sorted, `-` for the largest first; {} unless given.", L::ORDER);
    parameters.push(query("sort", &described, json!({ "type": "string", "enum": sorts, "examples": ["-id"] })));
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": ROWS_MOST, "examples": [50] });
    parameters.push(query("limit", &format!("Records on a page; {ROWS_MOST} unless given."), limit));
    parameters.push(query("cursor", "Where the page starts: `next` of the page before.", json!({ "type": "string" })));
    let described = "Whether the totals of the whole list are counted; false unless given.";
    parameters.push(query("totals", described, json!({ "type": "boolean", "examples": [true] })));
    parameters
}

/// Every way to sort the records of a kind.
pub fn sorts(subject: Subject) -> Vec<String> {
    let fields = subject.fields().iter().filter(|field| field.always);
    fields.flat_map(|field| [field.name.to_owned(), format!("-{}", field.name)]).collect()
}

/// The parameters for all filters on a field; `words` are what it may hold.
pub fn narrowing(field: &Field, words: Option<Vec<&'static str>>) -> Vec<Value> {
    let name = field.name;
    let mut schema = schema(field);
    let any = json!({ "type": "string", "minLength": 1 });
    let is_text = field.holds == Holds::Text && words.is_none();
    let ordered = if field.holds == Holds::Text { json!({ "type": "string" }) } else { schema.clone() };
    if let Some(words) = words {
        schema = json!({ "type": "string", "enum": words });
    }
    let mut asked = vec![
        query(name, "One of these.", json!({ "type": "array", "items": schema })),
        query(&format!("{name}_from"), "This or more.", ordered.clone()),
        query(&format!("{name}_to"), "This or less.", ordered),
    ];
    if is_text {
        asked.push(query(&format!("{name}_contains"), "Holds this text, in capitals or not.", any));
    }
    if !field.always {
        let described = "Only records that have (true) or lack (false) this field.";
        asked.push(query(&format!("{name}_given"), described, json!({ "type": "boolean" })));
    }
    asked
}

fn schema(field: &Field) -> Value {
    let is_id = field.name == "id" || field.name.ends_with("_id") && field.name != "message_id";
    match field.holds {
        Holds::Text if is_id => json!({ "type": "string", "format": "uuid" }),
        Holds::Text => json!({ "type": "string" }),
        Holds::Paise | Holds::Number => json!({ "type": "integer", "format": "int64" }),
        Holds::Day => json!({ "type": "string", "format": "date", "examples": ["2026-06-30"] }),
        Holds::Instant => json!({ "type": "string", "format": "date-time", "examples": ["2026-06-30T06:30:00Z"] }),
        Holds::Year => json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}$", "examples": ["2026-27"] }),
    }
}

pub fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Claims;

    impl Listing for Claims {
        const SUBJECT: Subject = Subject::Claims;

        fn words(field: &str) -> Option<Vec<&'static str>> {
            (field == "status").then(|| vec!["draft", "submitted"])
        }
    }

    #[test]
    fn a_list_is_described_whole_and_with_what_its_fields_may_hold() {
        let described = described::<Claims>();
        let parameters = Asked::<Claims>::into_params(|| None);
        assert_eq!(parameters.len(), described.len());
        assert!(parameters.iter().zip(&described).all(|(one, other)| json!(one.schema) == other["schema"]));
        let of = |name: &str| described.iter().find(|one| one["name"] == name).map(|one| one["schema"].clone());
        assert_eq!(of("status").unwrap()["items"]["enum"], json!(["draft", "submitted"]));
        assert!(of("status_contains").is_none() && of("status_from").is_some());
        assert_eq!(of("award_id").unwrap()["items"]["format"], "uuid");
        assert_eq!(of("certified_at_given"), Some(json!({ "type": "boolean" })), "narrowed by, and not shown");
    }
}
