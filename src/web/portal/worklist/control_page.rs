//! One run of the controls: which were at fault, and the records that show it, each a link to its page.

use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::texts::Language;
use crate::web::portal::worklist::finding_words;
use crate::web::portal::worklist::places::NEWEST_RUN;
use actix_web::web::Path;
use askama::Template;
use domain::base::id::ControlRunId;
use domain::check::control::{ControlResult, ControlRun, Counterexample};
use uuid::Uuid;

#[derive(Template)]
#[template(path = "templates/worklist/control_run.html", config = "src/web/askama.toml")]
struct ControlRunPage<'a> {
    page: &'a Page,
    frame: Frame,
    run: ControlRun,
}

/// The page of one run.
pub async fn control_page(page: Page, at: Path<(Language, String)>) -> Reply {
    let missing = || Problem::edge("not_found", "there is no such run");
    let (service, caller) = (&page.web.service, page.caller()?);
    let run = if at.1 == NEWEST_RUN {
        let newest = service.list_control_runs(caller, None, 1).await?;
        newest.into_iter().next().ok_or_else(missing)?
    } else {
        let id: ControlRunId = at.1.parse().map_err(|_| missing())?;
        service.control_run(caller, id).await?
    };
    page.show(&ControlRunPage { frame: page.frame(page.t("title-control-run")), page: &page, run })
}

impl ControlRunPage<'_> {
    fn red(&self) -> Vec<&ControlResult> {
        self.run.results.red().collect()
    }

    /// What shows the fault.
    fn said(&self, result: &ControlResult, example: &Counterexample) -> Said {
        finding_words::said(self.page, result.control, example)
    }

    /// Where the record of a counter-example is found; one that is no single record has no page.
    fn address(&self, example: &Counterexample) -> Option<String> {
        let (_, id) = example.subject.rsplit_once(':')?;
        Uuid::parse_str(id).ok().map(|id| self.page.to(&format!("/find?q={id}")))
    }
}
