//! The first page for everybody: what the money of a scheme has bought so far. Before the first award it tells the
//! scheme in plain words.

use crate::service::public::public_overview::{Lately, PublicEvent, PublicOverview, SchemeOverview};
use crate::web::edge::problem::Problem;
use crate::web::portal::chart::BarChart;
use crate::web::portal::numbers;
use crate::web::portal::page::{Frame, Page, Said};
use crate::web::portal::public::home_charts;
use crate::web::portal::public::home_shelf::HomeQuery;
use crate::web::portal::texts::Language;
use askama::Template;
use domain::base::calendar::Timestamp;
use domain::base::money::Paise;
use domain::scheme::scheme::Scheme;

/// One of the figures at the top.
pub struct Figure {
    pub crore: String,
    pub exact: Paise,
    pub label: String,
    pub explanation: String,
}

#[derive(Template)]
#[template(path = "templates/public/home.html", config = "src/web/askama.toml")]
pub struct HomePage<'a> {
    page: &'a Page,
    frame: Frame,
    shown: &'a SchemeOverview,
    as_of: Timestamp,
    figures: Vec<Figure>,
    capacity: String,
    charts: Vec<BarChart>,
    /// The other schemes: name and address.
    others: Vec<(&'a str, String)>,
}

impl<'a> HomePage<'a> {
    /// The page of the scheme that was asked for, or of the one with the largest grants.
    pub fn new(page: &'a Page, overview: &'a PublicOverview, asked: &HomeQuery) -> Result<HomePage<'a>, Problem> {
        let granted = |one: &&SchemeOverview| one.grantees.iter().map(|grantee| grantee.ceiling_paise.0).sum::<i64>();
        let usual = || overview.schemes.iter().rev().max_by_key(granted);
        let named = || overview.schemes.iter().find(|one| one.scheme.code == asked.scheme);
        let shown = if asked.scheme.is_empty() { usual() } else { named() };
        let shown = shown.ok_or_else(|| Problem::edge("not_found", "there is no such scheme"))?;
        let others = overview.schemes.iter().filter(|one| one.scheme.code != shown.scheme.code);
        Ok(HomePage {
            frame: Frame { title: page.t("title-home"), ..Frame::default() },
            as_of: overview.as_of,
            figures: figures(page, shown),
            capacity: capacity(page, shown),
            charts: home_charts::charts(page, shown, overview.as_of.financial_year()),
            others: others
                .map(|one| (one.scheme.name.as_str(), page.to(&format!("/?scheme={}", one.scheme.code))))
                .collect(),
            page,
            shown,
        })
    }

    fn is_begun(&self) -> bool {
        !self.shown.grantees.is_empty()
    }

    /// The scheme in plain words.
    fn sentences(&self) -> Vec<String> {
        in_plain_words(self.page, &self.shown.scheme)
    }

    /// What happened, without whom it concerns.
    fn event(&self, of: &Lately) -> Said {
        let (page, language) = (self.page, self.page.language);
        let text = match &of.event {
            PublicEvent::Paid { amount } => page.t1("lately-paid", "amount", numbers::in_crore(*amount, language)),
            PublicEvent::Awarded { capacity_mtpa } => page.t1("lately-awarded", "n", numbers::grouped(*capacity_mtpa)),
            PublicEvent::Met { milestone, title } => {
                page.t1("lately-met", "title", language.milestone_title(milestone, title))
            }
        };
        Said { text, language }
    }

    fn english(&self) -> Language {
        Language::English
    }
}

fn figures(page: &Page, shown: &SchemeOverview) -> Vec<Figure> {
    let of = &shown.figures;
    let figure = |name: &str, exact: Paise| Figure {
        crore: numbers::in_crore(exact, page.language),
        exact,
        label: page.word("home-figure", name),
        explanation: page.word("home-explain", name),
    };
    vec![
        figure("outlay", of.outlay_paise),
        figure("sanctioned", of.sanctioned_paise),
        figure("paid", of.disbursed_paise),
        figure("recovered", of.recovered_paise),
    ]
}

/// What is installed, of what is promised, of what is aimed at.
pub fn capacity(page: &Page, shown: &SchemeOverview) -> String {
    let of = &shown.figures;
    let values = [
        ("installed", numbers::grouped(of.installed_mtpa)),
        ("promised", numbers::grouped(of.promised_mtpa)),
        ("aim", numbers::grouped(of.aimed_at_mtpa)),
    ];
    page.language.text_with("home-capacity", &values)
}

fn in_plain_words(page: &Page, scheme: &Scheme) -> Vec<String> {
    let say = |key: &str, values: &[(&'static str, String)]| page.language.text_with(key, values);
    let crore = |amount: Paise| numbers::in_crore(amount, page.language);
    let basis = |basis| ("basis", page.word("basis", basis));
    let mut told = vec![
        say("home-plain-outlay", &[("amount", crore(scheme.outlay.paise())), basis(scheme.outlay.basis)]),
        say(
            "home-plain-aim",
            &[
                ("n", numbers::grouped(scheme.total_capacity_mtpa.value)),
                ("most", numbers::grouped(scheme.beneficiaries_most.value)),
                basis(scheme.total_capacity_mtpa.basis),
            ],
        ),
        say(
            "home-plain-capacity",
            &[
                ("least", numbers::grouped(scheme.capacity_mtpa.least)),
                ("most", numbers::grouped(scheme.capacity_mtpa.most)),
                basis(scheme.capacity_mtpa.basis),
            ],
        ),
    ];
    let parts = scheme.components.iter().filter(|part| part.rupees > 0);
    told.extend(parts.map(|part| {
        let amount = crore(Paise::from_rupees(part.rupees).unwrap_or(Paise::ZERO));
        say(&format!("home-plain-{}", part.code), &[("amount", amount), basis(part.basis)])
    }));
    told.push(say(
        "home-plain-years",
        &[
            ("gestation", scheme.gestation_years.value.to_string()),
            ("incentive", scheme.incentive_years.value.to_string()),
        ],
    ));
    told
}
