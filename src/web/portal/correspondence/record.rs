//! The record in an address such as `/claims/NDFEB-2028-29-CLM-0001/notes`.

use crate::service::correspondence::about::{AboutReference, Standing};
use crate::web::edge::problem::Problem;
use crate::web::portal::page::{Link, Page};
use crate::web::portal::reference;
use domain::base::permission::Permission;
use domain::correspondence::about::{About, AboutKind};

/// A record as an address names it.
pub struct Record {
    pub of: AboutReference,
    /// The address of its page after the language.
    pub path: String,
}

impl Record {
    /// The record in the address of a page or of a form.
    pub fn of(page: &Page) -> Result<Record, Problem> {
        let parts: Vec<&str> = page.path.trim_start_matches('/').split('/').collect();
        let record = |kind, reference: &str| AboutReference::Record(kind, reference.to_owned());
        let (of, length) = match *parts.as_slice() {
            ["applications", reference, ..] => (record(AboutKind::Application, reference), 2),
            ["claims", reference, ..] => (record(AboutKind::Claim, reference), 2),
            ["tranches", reference, ..] => (record(AboutKind::Tranche, reference), 2),
            ["recoveries", reference, ..] => (record(AboutKind::Recovery, reference), 2),
            ["budget", "instruments", reference, ..] => (record(AboutKind::BudgetInstrument, reference), 3),
            ["awards", award, "milestones", code, ..] => {
                let award = reference::number_of(award).ok_or_else(missing)?;
                (AboutReference::Milestone(award, code.to_owned()), 4)
            }
            _ => return Err(missing()),
        };
        let path = parts.into_iter().take(length).map(|part| format!("/{part}")).collect();
        Ok(Record { of, path })
    }

    /// The record of a letter; what has no number is named by its id.
    pub fn of_letter(about: About, standing: &Standing) -> Record {
        let number = standing.number.as_deref().map_or_else(|| about.id.to_string(), reference::in_address);
        let path = match (about.kind, &standing.milestone) {
            (AboutKind::Milestone, Some((code, _))) => format!("/awards/{number}/milestones/{code}"),
            (AboutKind::Milestone, None) => format!("/awards/{number}"),
            (AboutKind::Application, _) => format!("/applications/{number}"),
            (AboutKind::Claim, _) => format!("/claims/{number}"),
            (AboutKind::Tranche, _) => format!("/tranches/{number}"),
            (AboutKind::Recovery, _) => format!("/recoveries/{number}"),
            (AboutKind::BudgetInstrument, _) => format!("/budget/instruments/{number}"),
        };
        Record { of: AboutReference::Record(about.kind, about.id.to_string()), path }
    }

    /// The way to the record: the list of its kind, and its page.
    pub fn crumbs(&self, page: &Page, name: &str) -> Vec<Link> {
        let (key, list) = match &self.of {
            AboutReference::Milestone(..) | AboutReference::Record(AboutKind::Milestone, _) => {
                ("nav-milestones", "/milestones")
            }
            AboutReference::Record(AboutKind::Claim, _) => ("nav-claims", "/claims"),
            AboutReference::Record(AboutKind::Application, _) => ("nav-applications", "/applications"),
            AboutReference::Record(AboutKind::Recovery, _) => ("title-recoveries", "/recoveries"),
            AboutReference::Record(AboutKind::Tranche, _) => ("nav-tranches", "/tranches"),
            AboutReference::Record(AboutKind::BudgetInstrument, _) => ("title-instruments", "/budget/instruments"),
        };
        let is_instrument = matches!(self.of, AboutReference::Record(AboutKind::BudgetInstrument, _));
        let own = Link { text: name.to_owned(), address: page.to(&self.path), here: false };
        // Instruments are below the budget, as on their own page.
        let above = is_instrument.then(|| page.crumb("nav-budget", "/budget"));
        let home = page.crumb("nav-home", "/");
        [Some(home), above, Some(page.crumb(key, list)), Some(own)].into_iter().flatten().collect()
    }
}

/// Whether the reader belongs to a company and writes no letters for it: then the page says who does.
pub fn signatory_writes(page: &Page) -> bool {
    let of_company = page.visitor.as_ref().is_some_and(|visitor| visitor.user.roles.is_manufacturer());
    of_company && !page.may(Permission::WriteLetter)
}

fn missing() -> Problem {
    Problem::edge("not_found", "there is no such record")
}

/// What people call the record: its number, and the title of a milestone.
pub fn name_of(page: &Page, standing: &Standing) -> String {
    let number = standing.number.clone().unwrap_or_else(|| page.t("record-draft"));
    match &standing.milestone {
        Some((code, title)) => format!("{number}: {}", page.language.milestone_title(code, title)),
        None => number,
    }
}
