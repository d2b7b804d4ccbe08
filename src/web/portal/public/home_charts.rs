//! The charts of the first page: money by financial year, capacity by stage, and what each company may get and got.

use crate::service::public::public_overview::{PublicGrantee, SchemeOverview};
use crate::web::portal::chart::bars::{GROUPS_MOST, Group, Value, draw};
use crate::web::portal::chart::{BarChart, Row, Table};
use crate::web::portal::numbers::{self, crore_figure, grouped};
use crate::web::portal::page::Page;
use crate::web::portal::public::home::capacity;
use crate::web::portal::texts::Language;
use domain::base::calendar::FinancialYear;
use domain::base::money::Paise;
use domain::public::public_figures::{PublicStage, PublicYear};
use domain::scheme::value_chain::ChainStage;

/// Where the tables of the public data are.
const FILES: &str = "/api/v1/public/data";

/// All charts of a scheme that has begun.
pub fn charts(page: &Page, shown: &SchemeOverview, now: FinancialYear) -> Vec<BarChart> {
    if shown.grantees.is_empty() {
        return Vec::new();
    }
    vec![by_year(page, shown, now), by_stage(page, shown), by_grantee(page, shown)]
}

fn head(page: &Page, first: &str, others: &[&str]) -> Vec<String> {
    std::iter::once(&first).chain(others).map(|key| page.t(key)).collect()
}

fn row<const N: usize>(name: String, amounts: [Paise; N]) -> Row {
    Row { name, cells: amounts.map(|amount| amount.to_string()).into() }
}

fn by_year(page: &Page, shown: &SchemeOverview, now: FinancialYear) -> BarChart {
    let years = &shown.figures.years;
    let drawn: Vec<Group> = years.iter().rev().take(GROUPS_MOST).rev().map(|year| of_year(page, year)).collect();
    let told = years.iter().find(|year| year.financial_year == now).or(years.last());
    let message = told.map(|year| {
        let values = [
            ("year", year.financial_year.to_string()),
            ("paid", numbers::in_crore(year.disbursed_paise, page.language)),
            ("appropriated", numbers::in_crore(year.appropriated_paise, page.language)),
        ];
        page.language.text_with("chart-years-message", &values)
    });
    let columns = ["chart-appropriated", "chart-sanctioned", "chart-disbursed", "chart-recovered"];
    let rows = years.iter().map(|year| row(year.financial_year.to_string(), amounts(year)));
    BarChart {
        id: "years",
        title: page.t("chart-years"),
        message: message.unwrap_or_else(|| page.t("chart-years-none")),
        drawn: draw(drawn),
        table: Table { head: head(page, "financial-year", &columns), rows: rows.collect() },
        file: Some(format!("{FILES}/years.csv")),
        more: (years.len() > GROUPS_MOST).then(|| page.t1("chart-newest", "n", GROUPS_MOST)),
    }
}

fn amounts(year: &PublicYear) -> [Paise; 4] {
    [year.appropriated_paise, year.sanctioned_paise, year.disbursed_paise, year.recovered_paise]
}

fn of_year(page: &Page, year: &PublicYear) -> Group {
    let kinds = ["appropriated", "sanctioned", "disbursed", "recovered"];
    let value = |(kind, amount): (&'static str, Paise)| Value {
        kind,
        amount: amount.0,
        // A label stands beside the widest bar also on a phone; the table below says the whole.
        label: format!("{} {}", short(page, kind), crore_figure(amount)),
        inside: None,
    };
    let values = kinds.into_iter().zip(amounts(year)).map(value).collect();
    Group { name: year.financial_year.to_string(), is_proper: false, values }
}

/// The name of a bar, as short as its label has to be.
fn short(page: &Page, kind: &str) -> String {
    match kind {
        "disbursed" => page.t("chart-bar-disbursed"),
        kind => page.word("chart", kind),
    }
}

/// The name of a stage; the code of one that has no word.
pub fn stage_name(page: &Page, stage: &ChainStage) -> String {
    let key = format!("stage-{stage}");
    if Language::has(&key) { page.t(&key) } else { stage.to_string() }
}

fn by_stage(page: &Page, shown: &SchemeOverview) -> BarChart {
    let stages = &shown.figures.stages;
    let kinds = ["aim", "promised", "installed"];
    let of = |stage: &PublicStage| [stage.aimed_at_mtpa, stage.promised_mtpa, stage.installed_mtpa];
    let group = |stage: &PublicStage| {
        let value = |(kind, mtpa): (&'static str, i64)| Value {
            kind,
            amount: mtpa,
            label: format!("{} {}", page.word("chart", kind), grouped(mtpa)),
            inside: None,
        };
        Group {
            name: stage_name(page, &stage.stage),
            is_proper: false,
            values: kinds.into_iter().zip(of(stage)).map(value).collect(),
        }
    };
    let rows =
        stages.iter().map(|stage| Row { name: stage_name(page, &stage.stage), cells: of(stage).map(grouped).into() });
    BarChart {
        id: "stages",
        title: page.t("chart-stages"),
        message: capacity(page, shown),
        drawn: draw(stages.iter().map(group).collect()),
        table: Table {
            head: head(page, "chart-stage", &["chart-aim", "chart-promised", "chart-installed"]),
            rows: rows.collect(),
        },
        file: Some(format!("{FILES}/stages.csv")),
        more: (stages.len() > GROUPS_MOST).then(|| page.t1("chart-first", "n", GROUPS_MOST)),
    }
}

fn by_grantee(page: &Page, shown: &SchemeOverview) -> BarChart {
    let all = &shown.grantees;
    let sum = |of: fn(&PublicGrantee) -> Paise| Paise(all.iter().map(|grantee| of(grantee).0).sum());
    let values = [
        ("n", grouped(all.len() as i64)),
        ("paid", numbers::in_crore(sum(|grantee| grantee.disbursed_paise), page.language)),
        ("ceiling", numbers::in_crore(sum(|grantee| grantee.ceiling_paise), page.language)),
    ];
    let group = |grantee: &PublicGrantee| {
        let label = [("paid", crore_figure(grantee.disbursed_paise)), ("ceiling", crore_figure(grantee.ceiling_paise))];
        let value = Value {
            kind: "ceiling",
            amount: grantee.ceiling_paise.0,
            label: page.language.text_with("chart-paid-of", &label),
            inside: Some(("disbursed", grantee.disbursed_paise.0)),
        };
        Group { name: grantee.name.clone(), is_proper: true, values: vec![value] }
    };
    let rows = all.iter().map(|one| row(one.name.clone(), [one.ceiling_paise, one.disbursed_paise]));
    BarChart {
        id: "grantees",
        title: page.t("chart-grantees"),
        message: page.language.text_with("chart-grantees-message", &values),
        drawn: draw(all.iter().map(group).collect()),
        table: Table { head: head(page, "beneficiary", &["ceiling", "chart-disbursed"]), rows: rows.collect() },
        file: Some(format!("{FILES}/disbursements.csv")),
        more: (all.len() > GROUPS_MOST).then(|| page.t1("chart-largest", "n", GROUPS_MOST)),
    }
}
