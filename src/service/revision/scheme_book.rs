//! Schemes and drafts of their versions as their pages show them: what is in force, what was published before with the
//! computed difference, and what is drafted.

use crate::db::award::bid_openings;
use crate::db::revision::scheme_drafts as rows;
use crate::db::scheme::windows;
use crate::service::Service;
use crate::service::revision::scheme_drafts::READ_PERMISSION;
use crate::service::running::error::Error;
use crate::service::running::newest_first::newest_first;
use crate::service::running::runner::Caller;
use crate::service::scheme::scheme_versions::SchemeVersion;
use crate::service::worklist::names::Names;
use chrono::NaiveDate;
use domain::award::sealed_bid::BidOpening;
use domain::revision::scheme_draft::{SchemeDraft, SchemeDraftStatus};
use domain::scheme::governing::Superseded;
use domain::scheme::scheme::Scheme;
use domain::scheme::window::Window;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A scheme by its version in force today, and the number of its newest one.
pub struct BookedScheme {
    pub in_force: Arc<Scheme>,
    pub newest: i64,
}

/// All schemes, and one page of the drafts with how many there are.
pub struct SchemeBook {
    pub schemes: Vec<BookedScheme>,
    pub drafts: Vec<SchemeDraft>,
    pub all: i64,
}

/// One scheme with its versions, the first one first, its windows, and the drafts of its next version.
pub struct WholeScheme {
    pub in_force: Arc<Scheme>,
    /// The code of the scheme that superseded it, and what that one says of it.
    pub superseded_by: Option<(String, Superseded)>,
    pub versions: Vec<SchemeVersion>,
    pub windows: Vec<Window>,
    /// The openings of its bids.
    pub openings: Vec<BidOpening>,
    pub open_drafts: Vec<SchemeDraft>,
    pub people: Names,
    pub today: NaiveDate,
}

impl Service {
    /// All schemes, and one page of the drafts, the newest first.
    pub async fn scheme_book(self: &Arc<Self>, caller: Caller, page: i64, on_page: i64) -> Result<SchemeBook, Error> {
        let service = Arc::clone(self);
        let today = self.clock.now().date_in_india();
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let known = service.schemes.current(tx)?;
            let codes: BTreeSet<&str> = known.0.iter().map(|loaded| loaded.scheme.code.as_str()).collect();
            let booked = |code| {
                Ok(BookedScheme {
                    in_force: Arc::clone(known.in_force(code, today)?),
                    newest: known.newest(code)?.version,
                })
            };
            let schemes = codes.into_iter().map(booked).collect::<Result<_, Error>>()?;
            let (drafts, all) = newest_first(rows::list(tx)?, page, on_page);
            Ok(SchemeBook { schemes, drafts, all })
        })
        .await
    }

    /// One scheme with what its page shows.
    pub async fn whole_scheme(self: &Arc<Self>, caller: Caller, code: String) -> Result<WholeScheme, Error> {
        let service = Arc::clone(self);
        let today = self.clock.now().date_in_india();
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let versions = service.versions(tx, &code)?;
            let openings = bid_openings::list(tx, &code)?;
            let of_versions = versions.iter().flat_map(|one| one.drafted_by.into_iter().chain(one.published_by));
            let of_openings = openings.iter().flat_map(|one| [Some(one.asked_by), one.opened_by]).flatten();
            let people: Vec<_> = of_versions.chain(of_openings).collect();
            let known = service.schemes.current(tx)?;
            let superseding = known.superseding(&code);
            let is_open = |draft: &SchemeDraft| draft.scheme_code == code && draft.status == SchemeDraftStatus::Draft;
            Ok(WholeScheme {
                in_force: Arc::clone(known.in_force(&code, today)?),
                superseded_by: superseding.map(|(scheme, says)| (scheme.code.clone(), says.clone())),
                windows: windows::list(tx, &code)?,
                openings,
                open_drafts: rows::list(tx)?.into_iter().filter(is_open).collect(),
                people: Names::of_people(tx, actor, &people)?,
                versions,
                today,
            })
        })
        .await
    }
}
