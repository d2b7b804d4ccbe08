//! Errors as clients see them: `application/problem+json` (RFC 9457) with a stable `code`. Only this file
//! decides statuses, and no text of the database or of internal errors gets out. A problem is made in English; the
//! code and the arguments of a refusal travel beside its text, so that it can be retold in another language.

use crate::service::running::error::Error;
use crate::service::running::operation::Operation;
use crate::web::edge::language::Language;
use crate::web::edge_reason::EdgeReason;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use domain::base::argument::Arguments;
use domain::base::field::{BadParameter, FieldError, FieldErrors};
use domain::base::refusal::Refusal;
use domain::base::told::Message;
use serde::Serialize;
use utoipa::ToSchema;

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The address that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// The code; it is stable, so programs may rely on it.
    pub code: String,
    /// The cause, and what the client can do.
    pub detail: String,
    /// What the detail of a refusal is about, by name, each with its kind: amounts in paise, days, words, texts.
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, domain::base::argument::ArgumentView>)]
    pub arguments: Arguments,
    /// Identifies this request in the service's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// All fields with wrong values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    #[serde(skip)]
    pub retry_after_seconds: Option<u32>,
    /// The refusal apart from its language.
    #[serde(skip)]
    pub refusal: Option<Box<Message>>,
    /// What the detail says of a request that is no refusal, apart from its language.
    #[serde(skip)]
    pub said: Option<Box<Message>>,
    /// The language in which it is told.
    #[serde(skip)]
    pub language: Option<Language>,
    /// The internal cause, only for the log.
    #[serde(skip)]
    pub cause: Option<String>,
    /// The methods of the path, for status 405.
    #[serde(skip)]
    pub allow: Option<Box<str>>,
    /// The act that was refused before it ran, where the attempt is not on record yet.
    #[serde(skip)]
    pub attempt: Option<Box<Operation>>,
}

/// One invalid field.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldProblem {
    /// The place in the body: a JSON pointer such as `/lines/3/quantity_kg`. For a parameter of the address, `?` and
    /// its name.
    pub pointer: String,
    /// The name of the parameter, where one of the address is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The reason, and what is expected, in words a person can act on.
    pub reason: String,
    /// The stable code of the reason.
    pub code: &'static str,
    /// What the reason is about, by name, each with its kind.
    #[serde(skip_serializing_if = "Arguments::is_empty")]
    #[schema(value_type = std::collections::HashMap<String, domain::base::argument::ArgumentView>)]
    pub arguments: Arguments,
    /// The line of the file on which it stands, 1 for the first, where the body is a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The reason apart from its language.
    #[serde(skip)]
    message: Message,
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> FieldProblem {
        let message = error.reason.message();
        FieldProblem {
            parameter: error.pointer.strip_prefix('?').map(str::to_owned),
            pointer: error.pointer,
            reason: message.english.clone(),
            code: message.code,
            arguments: message.arguments.clone(),
            line: error.line,
            message,
        }
    }
}

impl FieldProblem {
    /// The reason in a language.
    pub fn told(&self, language: Language) -> String {
        language.said(&self.message)
    }

    fn told_in(self, language: Language) -> FieldProblem {
        FieldProblem { reason: self.told(language), ..self }
    }
}

/// Codes of problems that are not refusals by rules, with status and title.
pub const EDGE_CODES: &[(&str, u16, &str)] = &[
    ("malformed_json", 400, "The body is not the JSON that is expected"),
    ("bad_parameter", 400, "A query or path parameter is wrong"),
    ("idempotency_key_missing", 400, "An Idempotency-Key header is needed"),
    ("bad_header", 400, "A header is wrong"),
    ("dry_run_not_offered", 400, "This operation cannot be rehearsed with Dry-Run"),
    ("unauthenticated", 401, "Sign in first"),
    ("not_found", 404, "There is no such thing here"),
    ("method_not_allowed", 405, "This path does not know this method"),
    ("body_too_slow", 408, "The body did not arrive in time"),
    ("body_too_large", 413, "The body is too large"),
    ("unsupported_media_type", 415, "This kind of content is not accepted"),
    ("condition_failed", 412, "The condition of the request is not met"),
    ("range_not_satisfiable", 416, "The file has no such part"),
    ("invalid_fields", 422, "Some fields are wrong"),
    ("version_required", 428, "An If-Match header with the version you saw is needed"),
    ("not_http", 400, "This is no request of HTTP"),
    ("head_too_slow", 408, "The head of the request did not arrive in time"),
    ("head_too_large", 431, "The head of the request is too large"),
    ("internal", 500, "Something went wrong here"),
    ("unavailable", 503, "Not available right now; try again"),
    ("cannot_preview_now", 503, "What this would do cannot be shown right now"),
];

/// Codes of these whose detail says more in other languages too: [`Problem::because`] makes them.
pub const SAYS_MORE: &[&str] = &[
    "malformed_json",
    "bad_parameter",
    "bad_header",
    "method_not_allowed",
    "body_too_large",
    "unsupported_media_type",
    "range_not_satisfiable",
];

/// What a client reads that asks for a rehearsal where there is none.
pub const NO_REHEARSAL: &str =
    "nothing was done; only steps that move money or end a file can be asked with Dry-Run: true what they would do";
/// Codes of problems that only pages have.
pub const PAGE_CODES: &[(&str, u16, &str)] = &[
    ("form_not_ours", 403, "The form does not come from a page that this service made for this session"),
    ("link_used", 410, "The link signs in once, and was used"),
];

/// The HTTP status of a refusal.
pub fn refusal_status(code: &str) -> u16 {
    match code {
        "sign_in_failed" | "session_ended" => 401,
        "not_permitted" => 403,
        "stale_version" => 412,
        "idempotency_key_reused" => 422,
        _ => 409,
    }
}

impl Problem {
    /// A problem found in the HTTP layer, by its code.
    pub fn edge(code: &str, detail: impl Into<String>) -> Problem {
        let known = EDGE_CODES.iter().chain(PAGE_CODES).find(|(known, _, _)| *known == code);
        let (code, status, title) = known.copied().unwrap_or(("internal", 500, "Something went wrong here"));
        Problem::new(code, status, title, detail.into())
    }

    /// A problem found in the HTTP layer, whose detail is told in every language.
    pub fn because(code: &str, reason: EdgeReason) -> Problem {
        let message = reason.message();
        let problem = Problem::edge(code, message.english.clone());
        Problem { arguments: message.arguments.clone(), said: Some(Box::new(message)), ..problem }
    }

    fn new(code: &str, status: u16, title: &str, detail: String) -> Problem {
        Problem {
            kind: format!("/problems/{code}"),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail,
            arguments: Arguments::default(),
            request_id: None,
            errors: Vec::new(),
            retry_after_seconds: None,
            refusal: None,
            said: None,
            language: None,
            cause: None,
            allow: None,
            attempt: None,
        }
    }

    /// A problem of this code with invalid fields or parameters.
    pub fn of_fields(code: &str, errors: FieldErrors) -> Problem {
        let first = errors.0.first().map(|error| format!("{}: {}", error.pointer, error.reason)).unwrap_or_default();
        let first = first.trim_start_matches(": ").to_owned();
        Problem { errors: errors.0.into_iter().map(FieldProblem::from).collect(), ..Problem::edge(code, first) }
    }

    /// The generic problem for a status that a layer below has chosen.
    pub fn of_status(status: StatusCode) -> Problem {
        let found = EDGE_CODES.iter().find(|(_, known, _)| *known == status.as_u16());
        match found {
            Some((code, ..)) if SAYS_MORE.contains(code) => Problem::because(code, EdgeReason::Unreadable),
            Some((code, _, title)) => Problem::edge(code, *title),
            None if status.is_client_error() => {
                Problem { status: status.as_u16(), ..Problem::because("bad_header", EdgeReason::Unreadable) }
            }
            None => Problem::edge("internal", "the failure is in the log under the request id"),
        }
    }

    /// The same problem told in a language. Codes, arguments and pointers do not change.
    pub fn told_in(self, language: Language) -> Problem {
        let told = Problem { language: Some(language), ..self };
        if language == Language::English {
            return told;
        }
        let title = if told.refusal.is_some() { "title-refused".to_owned() } else { format!("title-{}", told.code) };
        let errors: Vec<FieldProblem> = told.errors.into_iter().map(|error| error.told_in(language)).collect();
        let detail = match (&told.refusal, &told.said, errors.first()) {
            (Some(refusal), ..) => Some(language.said(refusal)),
            (None, Some(said), _) => language.detail(&told.code, &language.said(said)),
            (None, None, Some(first)) => {
                let said = format!("{}: {}", first.pointer, first.reason).trim_start_matches(": ").to_owned();
                language.detail(&told.code, &said)
            }
            (None, None, None) => language.detail(&told.code, ""),
        };
        Problem {
            title: language.fixed(&title, "").unwrap_or(told.title),
            detail: detail.unwrap_or(told.detail),
            errors,
            ..told
        }
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The HTTP answer with this problem as its body.
    pub fn response(&self) -> HttpResponse {
        let mut builder = HttpResponse::build(self.status_code());
        builder.content_type("application/problem+json");
        if let Some(language) = self.language {
            builder.insert_header((header::CONTENT_LANGUAGE, language.as_str()));
            builder.insert_header((header::VARY, "Accept-Language"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            builder.insert_header(("Retry-After", seconds.to_string()));
        }
        if self.status == 401 {
            builder.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if let Some(allow) = &self.allow {
            builder.insert_header(("Allow", &**allow));
        }
        builder.body(serde_json::to_string(self).unwrap_or_default())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.code, self.status)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        self.response()
    }
}

impl From<FieldErrors> for Problem {
    /// Fields of a body are named by pointers, parameters of an address by `?` and their names.
    fn from(errors: FieldErrors) -> Problem {
        let of_address = errors.0.iter().all(|error| error.pointer.starts_with('?'));
        Problem::of_fields(if of_address { "bad_parameter" } else { "invalid_fields" }, errors)
    }
}

impl From<BadParameter> for Problem {
    fn from(bad: BadParameter) -> Problem {
        FieldErrors::from(bad).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let message = refusal.message();
        let problem = Problem::new(message.code, refusal_status(message.code), "Refused", message.english.clone());
        Problem { arguments: message.arguments.clone(), refusal: Some(Box::new(message)), ..problem }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Invalid(errors) => errors.into(),
            Error::Unauthenticated => {
                Problem::edge("unauthenticated", "the access token is missing, expired or ended; sign in again")
            }
            Error::NotFound(noun) => Problem::edge("not_found", format!("there is no such {noun}")),
            Error::Unavailable(cause) => Problem {
                retry_after_seconds: Some(1),
                cause: Some(cause),
                ..Problem::edge(
                    "unavailable",
                    "nothing is known to have changed; send the same request again with the same key",
                )
            },
            Error::NotRehearsed(cause) => Problem {
                retry_after_seconds: Some(1),
                cause: Some(cause),
                ..Problem::edge("cannot_preview_now", "nothing was done; the step itself can still be taken")
            },
            Error::NoRehearsal => Problem::edge("dry_run_not_offered", NO_REHEARSAL),
            Error::Setup(cause) | Error::Internal(cause) => Problem {
                cause: Some(cause),
                ..Problem::edge("internal", "nothing was changed; the failure is in the log under the request id")
            },
        }
    }
}
