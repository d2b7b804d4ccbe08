//! The budget of a scheme's year: the table in which every rupee stands, what was paid so far against the dated limits,
//! and what would lapse.

use crate::service::budget::budget_file::{BudgetFile, STAGES, Standings};
use crate::web::edge::problem::Problem;
use crate::web::edge::reply::Reply;
use crate::web::edge_reason::EdgeReason;
use crate::web::portal::budget::budget_chart;
use crate::web::portal::chart::steps::{ABOVE, StepChart, WHOLE};
use crate::web::portal::chart::{Row, Table};
use crate::web::portal::numbers;
use crate::web::portal::page::{Frame, Page};
use crate::web::portal::texts::Language;
use actix_web::web::Query;
use askama::Template;
use domain::base::calendar::FinancialYear;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::budget::expenditure_limit::LimitMeter;
use domain::budget::ledger::Stage;
use domain::scheme::scheme::Basis;
use serde::Deserialize;

/// Which budget is shown. An empty choice is none.
#[derive(Default, Deserialize)]
pub struct BudgetQuery {
    #[serde(default)]
    scheme: String,
    #[serde(default)]
    year: String,
}

#[derive(Template)]
#[template(path = "templates/budget/budget.html", config = "src/web/askama.toml")]
struct BudgetPage<'a> {
    page: &'a Page,
    frame: Frame,
    file: BudgetFile,
    of_year: Table,
    of_scheme: Table,
    chart: Option<StepChart>,
    may_propose: bool,
}

/// The page of the budget.
pub async fn budget_page(page: Page, query: Query<BudgetQuery>) -> Reply {
    let file = page.web.service.budget_file(page.caller()?, scheme_of(&query), year_of(&query)?).await?;
    let roles = &page.visitor()?.user.roles;
    page.speaks_of_money();
    let shown = BudgetPage {
        frame: page.frame(page.t1("title-budget", "year", file.year)),
        of_year: table(&page, &file.of_year),
        of_scheme: table(&page, &file.of_scheme),
        chart: if file.of_year.len() > 1 { budget_chart::chart(&page, &file) } else { None },
        may_propose: Permission::ProposeBudgetInstrument.check(roles).is_ok(),
        page: &page,
        file,
    };
    page.show(&shown)
}

fn scheme_of(query: &BudgetQuery) -> Option<String> {
    Some(query.scheme.clone()).filter(|code| !code.is_empty())
}

fn year_of(query: &BudgetQuery) -> Result<Option<FinancialYear>, Problem> {
    let given = Some(query.year.as_str()).filter(|text| !text.is_empty());
    let wrong = |_| Problem::because("bad_parameter", EdgeReason::Address);
    given.map(|text| text.parse().map_err(wrong)).transpose()
}

/// Stages downwards and components across, so that it fits on a phone; what is provided stands above its stages.
fn table(page: &Page, standings: &[Standings]) -> Table {
    let column = |of: &Standings| match of.component {
        Some(component) => page.word("component", component),
        None => page.t("budget-all"),
    };
    let row = |key: String, of: &dyn Fn(&Standings) -> Paise| Row {
        name: page.t(&key),
        cells: standings.iter().map(|one| of(one).to_string()).collect(),
    };
    let mut rows = vec![
        row("budget-provided".to_owned(), &|of| of.provided),
        row("budget-receipts".to_owned(), &|of| of.receipts),
    ];
    // What only the outlay knows is left out of a year's table, where it is nothing.
    let rare = |stage: Stage| matches!(stage, Stage::Committed | Stage::Withheld);
    let told = |stage: &Stage| !rare(*stage) || standings.iter().any(|of| of.at(*stage) != Paise::ZERO);
    rows.extend(STAGES.into_iter().filter(told).map(|stage| row(format!("account-stage-{stage}"), &|of| of.at(stage))));
    if standings.iter().any(|of| of.kept != Paise::ZERO) {
        rows.push(row("budget-kept".to_owned(), &|of| of.kept));
    }
    Table { head: std::iter::once(page.t("budget-stage")).chain(standings.iter().map(column)).collect(), rows }
}

impl BudgetPage<'_> {
    fn has_budget(&self) -> bool {
        self.file.of_year.len() > 1
    }

    fn is_scheme(&self, code: &str) -> bool {
        self.file.scheme.code == code
    }

    fn is_year(&self, year: &FinancialYear) -> bool {
        self.file.year == *year
    }

    fn above(&self) -> i64 {
        ABOVE
    }

    fn whole(&self) -> i64 {
        WHOLE
    }

    fn english(&self) -> Language {
        Language::English
    }

    /// What a limit is based on; what stands beside an assumption is a remark for whoever keeps the file of limits.
    fn source<'l>(&self, limit: &'l LimitMeter) -> Option<&'l str> {
        (limit.basis != Basis::Assumption).then_some(limit.source.as_str())
    }

    /// How much of a limit is used.
    fn used(&self, limit: &LimitMeter) -> String {
        let used = Paise(limit.paid_paise.0.saturating_add(limit.advised_paise.0));
        let values = [
            ("used", used.to_string()),
            ("ceiling", limit.ceiling_paise.to_string()),
            ("room", limit.room_paise.to_string()),
        ];
        let key = if used > limit.ceiling_paise { "limit-passed" } else { "limit-used" };
        self.page.language.text_with(key, &values)
    }

    /// Of what a limit is a share, and what happens beyond it.
    fn rule(&self, limit: &LimitMeter) -> String {
        let values = [
            ("share", limit.basis_points.to_string()),
            ("base", self.page.word("limit-base", limit.base)),
            ("amount", limit.base_paise.to_string()),
            ("effect", self.page.word("limit-effect", limit.effect)),
        ];
        self.page.language.text_with("limit-rule", &values)
    }

    /// What ends with the year.
    fn lapse(&self) -> Option<String> {
        let left = self.file.days_left()?;
        let values =
            [("n", left.to_string()), ("amount", numbers::in_crore(self.file.would_lapse(), self.page.language))];
        Some(self.page.language.text_with("budget-lapse", &values))
    }
}
