//! A document of a record, opened with the cookie. A browser stores it and never displays it.

use crate::web::edge::evidence::attachment;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::Page;
use crate::web::portal::texts::Language;
use actix_web::web::Path;
use domain::base::id::EvidenceId;

/// The content of one document, for whom the interface would give it.
pub async fn download(page: Page, at: Path<(Language, EvidenceId)>) -> Reply {
    let (record, content) = page.web.service.evidence_content(page.caller()?, at.1).await?;
    Ok(attachment(&record, content))
}
