//! The first page, the way to it in a person's language, and the way from a number on paper to its page.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::Page;
use crate::web::portal::public::home_shelf::{self, HomeQuery};
use crate::web::portal::reference;
use crate::web::portal::texts::Language;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};

/// To the first page, in the language that the browser asks for.
#[get("/")]
pub async fn to_language(request: HttpRequest) -> HttpResponse {
    let language = Language::of(&request);
    HttpResponse::Found()
        .insert_header((header::LOCATION, format!("/{language}/")))
        .insert_header((header::VARY, "Accept-Language"))
        .finish()
}

/// The first page, for everybody; an office goes on to its work.
pub async fn home(page: Page, asked: web::Query<HomeQuery>, request: HttpRequest) -> Reply {
    if let Some(entry) = page.navigation().first() {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, entry.address.as_str())).finish());
    }
    home_shelf::answer(page, &asked, &request).await
}

/// From a number, as it is printed on paper, to its page.
pub async fn typed_number(page: Page, at: web::Path<(Language, String)>) -> Reply {
    let (_, number) = at.into_inner();
    let path = reference::page_of(&number).ok_or_else(|| Problem::edge("not_found", "no page has this number"))?;
    Ok(page.see_other(&path))
}
