//! The files of the public data, in a cache. A file is made at most once while the audit log does not grow, and
//! served to everybody: requests without a token never cost more than one reading of the data at a time.

use crate::config::Publisher;
use crate::service::Service;
use crate::service::public::public_data::PublicView;
use crate::service::running::error::Error;
use crate::service::running::past::Moment;
use crate::web::api::public::{public_grants, public_package, public_releases};
use crate::web::edge::download::{Spool, Spooled};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use actix_web::HttpRequest;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use domain::base::money::Paise;
use domain::public::public_data::{PublicTable, PublicTotals};
use domain::public::public_figures::PublicScheme;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use tokio::sync::Mutex;

/// A file of the public data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicFile {
    /// The 360Giving package.
    Grants,
    /// The release package of the Open Contracting Data Standard.
    Releases,
    /// The description of the Data Package.
    Description,
    /// The whole Data Package.
    Package,
    Table(PublicTable),
}

impl PublicFile {
    /// Every file, in the order of the listing.
    pub fn all() -> impl Iterator<Item = PublicFile> {
        let packages = [PublicFile::Grants, PublicFile::Releases, PublicFile::Package, PublicFile::Description];
        packages.into_iter().chain(PublicTable::ALL.iter().copied().map(PublicFile::Table))
    }

    pub fn name(self) -> String {
        match self {
            PublicFile::Grants => "360giving.json".to_owned(),
            PublicFile::Releases => "ocds.json".to_owned(),
            PublicFile::Description => "datapackage.json".to_owned(),
            PublicFile::Package => "datapackage.zip".to_owned(),
            PublicFile::Table(table) => format!("{table}.csv"),
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            PublicFile::Grants | PublicFile::Releases | PublicFile::Description => "application/json",
            PublicFile::Package => "application/zip",
            PublicFile::Table(_) => "text/csv; charset=utf-8; header=present",
        }
    }

    pub fn about(self) -> &'static str {
        match self {
            PublicFile::Grants => "Awards as grants with their sanctions and disbursements: 360Giving 1.4.3",
            PublicFile::Releases => {
                "Awards as contracting processes with milestones and payments: Open Contracting Data Standard 1.1.5"
            }
            PublicFile::Description => "The tables, their columns, keys and references: Data Package 2.0",
            PublicFile::Package => "That description and all tables in one file",
            PublicFile::Table(table) => table.about(),
        }
    }

    fn write(self, view: &mut PublicView<'_, '_>, publisher: &Publisher, mut spool: Spool) -> Result<Spooled, Error> {
        match self {
            PublicFile::Grants => public_grants::write(view, publisher, &mut spool)?,
            PublicFile::Releases => public_releases::write(view, publisher, &mut spool)?,
            PublicFile::Description => spool.write_all(&public_package::description(publisher)?)?,
            PublicFile::Table(table) => public_package::write_table(view, table, &mut spool)?,
            PublicFile::Package => return public_package::write(view, publisher, spool),
        }
        Ok(spool.finish()?)
    }
}

/// The files and totals as they were last made, each with the length of the audit log at that time.
#[derive(Default)]
pub struct PublicShelf {
    files: Mutex<BTreeMap<PublicFile, (i64, Arc<Spooled>)>>,
    totals: Mutex<Option<(i64, Totals)>>,
}

/// The totals, and the figures of each scheme.
type Totals = (PublicTotals, Vec<PublicScheme>);

impl PublicShelf {
    /// The present file. One is made at a time; other requests wait for it.
    async fn get(&self, service: &Arc<Service>, file: PublicFile) -> Result<Arc<Spooled>, Error> {
        let mut kept = self.files.lock().await;
        // For a moment of the past a file is made for each request, also one at a time, and is not cached.
        let then = Moment::asked().is_some();
        let length = service.public_data(|view| view.log_length()).await?;
        if let Some((made_at, spooled)) = kept.get(&file)
            && *made_at == length
            && !then
        {
            return Ok(Arc::clone(spooled));
        }
        let (publisher, folder) = (service.publisher.clone(), service.downloads.clone());
        let made = service.public_data(move |view| {
            let spool = Spool::open(&folder)?;
            Ok((view.log_length()?, Arc::new(file.write(view, &publisher, spool)?)))
        });
        let (length, spooled) = made.await?;
        if !then {
            kept.insert(file, (length, Arc::clone(&spooled)));
        }
        Ok(spooled)
    }

    /// The present totals, also counted once for everybody.
    pub async fn totals(&self, service: &Arc<Service>) -> Result<Totals, Error> {
        let mut kept = self.totals.lock().await;
        let then = Moment::asked().is_some();
        let length = service.public_data(|view| view.log_length()).await?;
        if let Some((counted_at, totals)) = &*kept
            && *counted_at == length
            && !then
        {
            return Ok(totals.clone());
        }
        let counting = service.public_data(|view| {
            let figures = view.figures()?;
            Ok((view.log_length()?, (view.totals(&figures)?, figures)))
        });
        let (length, totals) = counting.await?;
        if !then {
            *kept = Some((length, totals.clone()));
        }
        Ok(totals)
    }

    /// The answer to a request for the file.
    pub async fn answer(&self, service: &Arc<Service>, file: PublicFile, request: &HttpRequest) -> Reply {
        let spooled = self.get(service, file).await.map_err(Problem::from)?;
        let mut answer = spooled.answer(request, file.content_type(), &file.name())?;
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        Ok(answer)
    }
}

/// An amount in rupees as an exact JSON number with two decimals: `150000000.00`.
pub struct Rupees(pub Paise);

impl Serialize for Rupees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.in_rupees()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// The JSON text of an object without its closing brace, so that more members may follow.
pub fn opened<T: Serialize>(head: &T) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(head)?;
    text.pop();
    Ok(text)
}

/// Writes the items of a JSON list one by one.
#[derive(Default)]
pub struct Items(bool);

impl Items {
    /// Writes the separator before the next item.
    pub fn next(&mut self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(if std::mem::replace(&mut self.0, true) { b",\n" } else { b"\n" })
    }

    pub fn item<T: Serialize>(&mut self, out: &mut impl Write, item: &T) -> io::Result<()> {
        self.next(out)?;
        Ok(serde_json::to_writer(out, item)?)
    }
}
