//! The first page for everybody, in a cache. While nothing is written it is made once in each language, and a request
//! for it reads nothing; after a write the public data are read once, whoever asks first. Another process of this
//! service may have written too, so the length of the log is looked up once a minute.

use crate::service::Service;
use crate::service::public::public_overview::PublicOverview;
use crate::web::edge::conditional::is_known;
use crate::web::edge::gzip::{compressed, takes_gzip};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::Page;
use crate::web::portal::public::home::HomePage;
use crate::web::portal::texts::Language;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::base::digest::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// How long caches may show a page, and how long other processes may stay unnoticed.
const SECONDS: i64 = 60;

/// Which scheme is shown: the one with the largest grants unless another is named.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct HomeQuery {
    #[serde(default)]
    pub scheme: String,
}

/// A page as it is sent.
struct Made {
    tag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

/// What was read, and the pages that were made of it.
struct Kept {
    /// What the process had written before it was read.
    writes: u64,
    log_length: i64,
    /// The second at which the log was last looked at.
    looked_at: i64,
    overview: Arc<PublicOverview>,
    pages: BTreeMap<(Language, String), Arc<Made>>,
}

/// The cache.
#[derive(Default)]
pub struct HomeShelf {
    kept: RwLock<Option<Kept>>,
    /// Held by the one request that reads.
    reading: Mutex<()>,
}

impl HomeShelf {
    /// What is kept, if it was read after so many writes.
    fn read_after<T>(&self, writes: u64, service: &Service, take: impl FnOnce(&Kept) -> T) -> Option<T> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let now = service.clock.system_now().seconds();
        kept.as_ref().filter(|kept| kept.writes >= writes && (0..SECONDS).contains(&(now - kept.looked_at))).map(take)
    }

    /// The figures as they are now.
    pub async fn overview(&self, service: &Arc<Service>) -> Result<Arc<PublicOverview>, Problem> {
        let here = |kept: &Kept| Arc::clone(&kept.overview);
        let asked_at = service.writes();
        if let Some(found) = self.read_after(asked_at, service, here) {
            return Ok(found);
        }
        let _reading = self.reading.lock().await;
        // Whoever waited takes what was read meanwhile, so that one reading is enough for all who waited for it.
        if let Some(found) = self.read_after(asked_at, service, here) {
            return Ok(found);
        }
        let (writes, looked_at) = (service.writes(), service.clock.system_now().seconds());
        let known = self.kept.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|kept| kept.log_length);
        let (log_length, read) = service.public_overview(known).await?;
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        match (read, kept.as_mut()) {
            (Some(overview), _) => {
                let overview = Arc::new(overview);
                let (shown, pages) = (Arc::clone(&overview), BTreeMap::new());
                *kept = Some(Kept { writes, log_length, looked_at, overview, pages });
                Ok(shown)
            }
            (None, Some(kept)) => {
                (kept.writes, kept.looked_at) = (writes, looked_at);
                Ok(Arc::clone(&kept.overview))
            }
            (None, None) => Err(Problem::edge("internal", "the public data were not read")),
        }
    }

    /// The page of a scheme as it is now.
    async fn page(&self, page: Page, asked: &HomeQuery) -> Result<Arc<Made>, Problem> {
        let key = (page.language, asked.scheme.clone());
        let known = |kept: &Kept| kept.pages.get(&key).cloned();
        let writes = page.web.service.writes();
        if let Some(made) = self.read_after(writes, &page.web.service, known).flatten() {
            return Ok(made);
        }
        let overview = self.overview(&page.web.service).await?;
        let of_this = |kept: &Kept| Arc::ptr_eq(&kept.overview, &overview).then(|| known(kept)).flatten();
        if let Some(made) = self.read_after(0, &page.web.service, of_this).flatten() {
            return Ok(made);
        }
        // The page is the same for everybody: what else stands in the address is not on it.
        let query = if asked.scheme.is_empty() { String::new() } else { format!("scheme={}", asked.scheme) };
        let page = Page { path: "/".to_owned(), shown_at: "/".to_owned(), query, ..page };
        let made = Arc::new(Made::of(&HomePage::new(&page, &overview, asked)?)?);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_mut().filter(|kept| Arc::ptr_eq(&kept.overview, &overview)) {
            kept.pages.insert(key, Arc::clone(&made));
        }
        Ok(made)
    }
}

impl Made {
    fn of(page: &HomePage<'_>) -> Result<Made, Problem> {
        let text = page.render().map_err(|error| Problem::edge("internal", error.to_string()))?;
        let digest = hex(&Sha256::digest(text.as_bytes()));
        let gzip = compressed(text.as_bytes()).map(Bytes::from);
        Ok(Made { tag: digest.get(..32).unwrap_or(&digest).to_owned(), plain: Bytes::from(text), gzip })
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(request));
        let tag = if gzip.is_some() { format!("\"{}-gzip\"", self.tag) } else { format!("\"{}\"", self.tag) };
        let seen = is_known(request.headers(), &tag);
        let mut answer = if seen { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer
            .insert_header((header::CACHE_CONTROL, format!("public, max-age={SECONDS}")))
            .insert_header((header::VARY, "Accept-Encoding, Cookie"))
            .insert_header((header::ETAG, tag));
        match gzip {
            _ if seen => answer.finish(),
            Some(gzip) => answer
                .content_type("text/html; charset=utf-8")
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(gzip.clone()),
            None => answer.content_type("text/html; charset=utf-8").body(self.plain.clone()),
        }
    }
}

/// The answer to a request for the first page. For somebody who is signed in the frame has their name, so theirs is
/// made for them alone.
pub async fn answer(page: Page, asked: &HomeQuery, request: &HttpRequest) -> Reply {
    let web = page.web.clone();
    if page.visitor.is_some() {
        let overview = web.home.overview(&web.service).await?;
        return page.show(&HomePage::new(&page, &overview, asked)?);
    }
    Ok(web.home.page(page, asked).await?.answer(request))
}
