//! The inbox: what waits for the reader, whose clock runs out first; what they cannot act on, and who can; and how
//! much waits for others. It is the worklist of the interface for programs.

use crate::service::worklist::worklist::{Worklist, WorklistQuery};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::page::{Frame, INBOX, Link, Page};
use crate::web::portal::worklist::places::newest_run;
use crate::web::portal::worklist::rows::Row;
use actix_web::web::Query;
use askama::Template;
use domain::base::permission::Role;
use domain::scheme::scheme::Scheme;
use domain::worklist::matter::MatterKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

/// How many rows a page of the inbox has.
const ROWS: usize = 20;

/// Which part of the inbox is shown. An empty filter is none.
#[derive(Default, Deserialize)]
pub struct InboxQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    scheme: String,
    /// Another office, where what waits for it is asked for.
    #[serde(default)]
    office: String,
    /// The key of the row after which the page begins.
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "templates/worklist/inbox.html", config = "src/web/askama.toml")]
struct InboxPage<'a> {
    page: &'a Page,
    frame: Frame,
    rows: Vec<Row>,
    /// What waits in all, in words.
    count: String,
    kinds: Vec<Link>,
    schemes: Vec<Choice>,
    kind: String,
    filtered: bool,
    cannot_act: Vec<Row>,
    cannot_act_count: usize,
    /// Offices, each with the kinds of matters that wait for it and their number.
    others: Vec<(String, Vec<Link>)>,
    others_count: i64,
    next: Option<String>,
    first: Option<String>,
}

/// The inbox of whoever has no files, and so no worklist: it says why nothing is there, and where their work is.
#[derive(Template)]
#[template(path = "templates/worklist/inbox_of_accounts.html", config = "src/web/askama.toml")]
struct InboxOfAccounts<'a> {
    page: &'a Page,
    frame: Frame,
}

/// What of one kind waits for another office.
#[derive(Template)]
#[template(path = "templates/worklist/waiting_for.html", config = "src/web/askama.toml")]
struct OfficePage<'a> {
    page: &'a Page,
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
}

/// One choice of a filter.
struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

/// The inbox of the reader.
pub async fn inbox(page: Page, query: Query<InboxQuery>) -> Reply {
    if page.visitor()?.to_do.is_none() {
        return page.show(&InboxOfAccounts { page: &page, frame: page.frame(page.t("title-inbox")) });
    }
    let InboxQuery { kind, scheme, office, after } = query.into_inner();
    let (kind, office) = (named::<MatterKind>(&kind)?, named::<Role>(&office)?);
    let asked = WorklistQuery {
        kind,
        scheme_code: Some(scheme).filter(|code| !code.is_empty()),
        organisation: None,
        limit: ROWS,
        after,
    };
    let schemes = page.web.service.schemes().await?;
    if asked.scheme_code.as_ref().is_some_and(|code| !schemes.iter().any(|scheme| scheme.code == *code)) {
        return Err(Problem::because("bad_parameter", EdgeReason::Address));
    }
    if let (Some(office), Some(kind)) = (office, asked.kind) {
        return waiting_for(page, office, kind, asked, &schemes).await;
    }
    let list = page.web.service.worklist(page.caller()?, asked.clone()).await?;
    page.show(&view(&page, &asked, &list, &schemes))
}

/// A word of an address; an empty one is none, and one that does not exist is a problem.
fn named<W: FromStr<Err = String>>(text: &str) -> Result<Option<W>, Problem> {
    match text {
        "" => Ok(None),
        text => Ok(Some(text.parse().map_err(|_: String| Problem::because("bad_parameter", EdgeReason::Address))?)),
    }
}

/// What of one kind waits for another office.
async fn waiting_for(
    page: Page,
    office: Role,
    kind: MatterKind,
    asked: WorklistQuery,
    schemes: &[Arc<Scheme>],
) -> Reply {
    let scheme = asked.scheme_code.clone();
    let list = page.web.service.waiting_for(page.caller()?, (office, kind), asked).await?;
    let values = [("office", page.word("role", office)), ("kinds", kind_and_count(&page, kind, list.count as i64))];
    let mut frame = page.frame(page.language.text_with("title-waiting-for", &values));
    frame.crumbs.push(page.crumb("title-inbox", INBOX));
    let next = list
        .next
        .as_deref()
        .map(|after| format!("{}&office={office}", address(&page, Some(kind), scheme.as_deref(), Some(after))));
    let rows = list.rows.iter().map(|row| Row::of(&page, row, schemes, list.today)).collect();
    page.show(&OfficePage { frame, rows, next, page: &page })
}

fn view<'a>(page: &'a Page, asked: &WorklistQuery, list: &Worklist, schemes: &[Arc<Scheme>]) -> InboxPage<'a> {
    let row = |row| Row::of(page, row, schemes, list.today);
    let count: i64 = list.totals.values().map(|total| total.count).sum();
    let more = list.totals.values().any(|total| total.more);
    let more_or = |n: i64| if more { page.t1("or-more", "n", n) } else { n.to_string() };
    InboxPage {
        frame: page.frame(page.t("title-inbox")),
        rows: list.rows.iter().map(row).collect(),
        count: page.t1("count-inbox", "n", more_or(count)),
        kinds: kinds(page, asked),
        schemes: schemes_to_choose(asked, schemes),
        kind: asked.kind.map(|kind| kind.to_string()).unwrap_or_default(),
        filtered: asked.kind.is_some() || asked.scheme_code.is_some(),
        cannot_act: list.cannot_act.iter().map(row).collect(),
        cannot_act_count: list.cannot_act_count,
        others: list
            .others
            .iter()
            .map(|(office, kinds)| (page.word("role", office), of_others(page, *office, kinds, asked)))
            .collect(),
        others_count: list.others.values().flat_map(|kinds| kinds.values()).sum(),
        next: list.next.as_deref().map(|after| address(page, asked.kind, asked.scheme_code.as_deref(), Some(after))),
        first: asked.after.as_ref().map(|_| address(page, asked.kind, asked.scheme_code.as_deref(), None)),
        page,
    }
}

/// The address of a part of the inbox. A scheme's code and the key of a row have no letter that an address escapes.
fn address(page: &Page, kind: Option<MatterKind>, scheme: Option<&str>, after: Option<&str>) -> String {
    let kind = kind.map(|kind| kind.to_string());
    let parts = [("kind", kind.as_deref()), ("scheme", scheme), ("after", after)];
    let given = parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    let query = given.collect::<Vec<_>>().join("&");
    page.to(&if query.is_empty() { INBOX.to_owned() } else { format!("{INBOX}?{query}") })
}

/// The kinds of which something waits for the reader, as links, and all of them.
fn kinds(page: &Page, asked: &WorklistQuery) -> Vec<Link> {
    let scheme = asked.scheme_code.as_deref();
    let link = |kind: Option<MatterKind>, text: String| Link {
        text,
        address: address(page, kind, scheme, None),
        here: asked.kind == kind,
    };
    let to_do = page.visitor.as_ref().and_then(|visitor| visitor.to_do.as_ref());
    let some = to_do.into_iter().flat_map(|to_do| &to_do.0);
    let mut found: Vec<Link> =
        some.map(|(kind, total)| link(Some(*kind), kind_and_count(page, *kind, total.count))).collect();
    if let Some(kind) = asked.kind.filter(|_| !found.iter().any(|link| link.here)) {
        found.push(link(Some(kind), page.word("matter", kind)));
    }
    found.insert(0, link(None, page.t("filter-all")));
    found
}

/// What waits for another office, kind by kind; each leads to the list of these matters, and controls at fault to the
/// run that found them so.
fn of_others(page: &Page, office: Role, kinds: &BTreeMap<MatterKind, i64>, asked: &WorklistQuery) -> Vec<Link> {
    let list = |kind| format!("{}&office={office}", address(page, Some(kind), asked.scheme_code.as_deref(), None));
    let link = |(kind, count): (&MatterKind, &i64)| Link {
        text: kind_and_count(page, *kind, *count),
        address: match kind {
            MatterKind::Control => newest_run(page).unwrap_or_default(),
            kind => list(*kind),
        },
        here: false,
    };
    kinds.iter().map(link).collect()
}

fn kind_and_count(page: &Page, kind: MatterKind, count: i64) -> String {
    page.language.text_with("kind-count", &[("kind", page.word("matter", kind)), ("n", count.to_string())])
}

/// Each scheme once, as its newest version names it.
fn schemes_to_choose(asked: &WorklistQuery, schemes: &[Arc<Scheme>]) -> Vec<Choice> {
    let choice = |scheme: &Arc<Scheme>| Choice {
        value: scheme.code.clone(),
        text: scheme.name.clone(),
        chosen: asked.scheme_code.as_ref() == Some(&scheme.code),
    };
    let newest = |place: &usize| schemes.get(place + 1).is_none_or(|next| next.code != schemes[*place].code);
    (0..schemes.len()).filter(newest).map(|place| choice(&schemes[place])).collect()
}
