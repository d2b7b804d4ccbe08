//! The page of a matter. Each kind has the address that its record's page has, whether it is built already or not; a
//! matter is a link as soon as the route table has such a page, and for whoever may open it.

use crate::web::portal::page::Page;
use crate::web::portal::{declared, reference, route_table};
use domain::base::permission::Permission;
use domain::budget::budget_instrument::InstrumentKind;
use domain::worklist::matter::{Matter, MatterKind};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The pages that there are, each parameter of an address as `{}`, with the permission that they take.
static PAGES: LazyLock<BTreeMap<String, Option<Permission>>> = LazyLock::new(|| {
    let pages = declared().into_iter().filter(|one| one.method == "GET");
    pages.map(|one| (without_names(one.path), one.permission)).collect()
});

/// The address of the pages of a kind; the first `{}` is the record, the second its title. `None` where a matter has
/// no page of its own.
fn pattern(kind: MatterKind) -> Option<&'static str> {
    use MatterKind as K;
    Some(match kind {
        K::Tranche | K::RejectedTranche => "/tranches/{}",
        K::Claim | K::DeferredClaim | K::RejectedClaim | K::CertificateDue => "/claims/{}",
        K::Application => "/applications/{}",
        K::Milestone => "/awards/{}/milestones/{}",
        K::DamagesDue => "/awards/{}/milestones/{}/notice",
        K::Excuse => "/excuses/{}",
        K::Guarantee | K::GuaranteeExpiring => "/guarantees/{}",
        K::Allocation => "/allocations/{}",
        K::Payment => "/payments/{}",
        K::TreasuryLine => "/treasury/{}",
        K::BankDifference => "/differences/{}",
        K::Recovery | K::Relief => "/recoveries/{}",
        K::BudgetInstrument => "/budget/instruments/{}",
        K::Correction => "/corrections/{}",
        K::SchemeDraft => "/scheme-drafts/{}",
        K::Observation => "/observations/{}",
        K::Requisition => "/requisitions/{}",
        K::Sample => "/samples/{}",
        K::Letter | K::LetterToAnswer => "/letters/{}",
        K::Control => "/controls/runs/{}",
        K::FinalCertificate => "/claims/{}/certificate",
        // What ends the wait is no act on a record, but a new one.
        K::YearEnd => "/budget/instruments/new",
        K::Window => return None,
    })
}

/// `/tranches/{reference}` as `/tranches/{}`.
fn without_names(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The address of a matter's page, for a reader who may open it.
pub fn address_for(page: &Page, matter: &Matter) -> Option<String> {
    let address = address_of(matter)?;
    let path = address.split('?').next().unwrap_or_default();
    let may_open = route_table::permission_of(path).is_none_or(|permission| page.may(permission));
    may_open.then(|| page.to(&address))
}

/// The address of a matter's page after the language; `None` if there is no such page.
pub fn address_of(matter: &Matter) -> Option<String> {
    let pattern = pattern(matter.kind).filter(|pattern| PAGES.contains_key(*pattern))?;
    // The line of a file or the result of a control is on the page of the whole.
    let id = matter.id.split('/').next().unwrap_or_default();
    let number = match matter.kind {
        MatterKind::YearEnd => return Some(surrender(pattern, matter)),
        // What names a line of the treasury or a difference is the number of its payment; its own page has its id.
        MatterKind::TreasuryLine | MatterKind::BankDifference => None,
        // It is on a page of its claim.
        MatterKind::FinalCertificate => matter.title.as_deref(),
        _ => matter.number.as_deref(),
    };
    let record = number.map_or_else(|| id.to_owned(), reference::in_address);
    let title = matter.title.clone().unwrap_or_default();
    let mut parts = [record, title].into_iter();
    let filled = pattern.split('/').map(|part| match part {
        "{}" => parts.next().unwrap_or_default(),
        part => part.to_owned(),
    });
    Some(filled.collect::<Vec<_>>().join("/"))
}

/// The proposal that gives back what a year has left, filled in as far as the matter says it. The code of a scheme and
/// the words of a component have no letter that an address escapes.
fn surrender(form: &str, matter: &Matter) -> String {
    let scheme = matter.scheme_code.as_deref().unwrap_or_default();
    let component = matter.title.as_deref().unwrap_or_default();
    format!("{form}?kind={}&scheme={scheme}&component={component}", InstrumentKind::Surrender)
}

/// Where the newest run of the controls is: only what it found at fault waits for somebody.
pub const NEWEST_RUN: &str = "newest";

/// The newest run of the controls, for whoever may read it.
pub fn newest_run(page: &Page) -> Option<String> {
    let whole = pattern(MatterKind::Control)?;
    let permission = PAGES.get(whole)?;
    permission.is_none_or(|permission| page.may(permission)).then(|| page.to(&whole.replace("{}", NEWEST_RUN)))
}

/// The address of the record of a kind with this number, for whoever may open its page.
pub fn address_of_number(page: &Page, kind: MatterKind, number: &str) -> Option<String> {
    let pattern = pattern(kind)?;
    let permission = PAGES.get(pattern)?;
    let may = permission.is_none_or(|permission| page.may(permission));
    may.then(|| page.to(&pattern.replacen("{}", &reference::in_address(number), 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter(kind: MatterKind, number: Option<&str>) -> Matter {
        Matter {
            kind,
            state: String::new(),
            id: "0190/1".to_owned(),
            number: number.map(str::to_owned),
            title: Some("oxide_to_metal".to_owned()),
            scheme_code: None,
            organisation_id: None,
            company: None,
            amount_paise: None,
            held_paise: None,
            arrived: None,
            day: None,
            taken: Vec::new(),
            pauses: Vec::new(),
            named: None,
            back_from: None,
            carried_by: None,
        }
    }

    #[test]
    fn a_matter_leads_to_its_page_where_there_is_one() {
        let tranche = matter(MatterKind::Tranche, Some("NDFEB/2028-29/TRN/0001"));
        assert_eq!(address_of(&tranche).as_deref(), Some("/tranches/NDFEB-2028-29-TRN-0001"));
        assert_eq!(address_of(&matter(MatterKind::Payment, None)).as_deref(), Some("/payments/0190"));
        let line = matter(MatterKind::TreasuryLine, Some("NDFEB/2028-29/PAY/0001"));
        assert_eq!(address_of(&line).as_deref(), Some("/treasury/0190"));
        let difference = matter(MatterKind::BankDifference, Some("NDFEB/2028-29/PAY/0001"));
        assert_eq!(address_of(&difference).as_deref(), Some("/differences/0190"));
        assert_eq!(address_of(&matter(MatterKind::Window, None)), None);
        let mut unspent = matter(MatterKind::YearEnd, None);
        (unspent.scheme_code, unspent.title) = (Some("ndfeb".to_owned()), Some("capital_subsidy".to_owned()));
        let form = "/budget/instruments/new?kind=surrender&scheme=ndfeb&component=capital_subsidy";
        assert_eq!(address_of(&unspent).as_deref(), Some(form));
        let mut certificate = matter(MatterKind::FinalCertificate, Some("NDFEB/2028-29/FIN/0001"));
        certificate.title = Some("NDFEB/2028-29/CLM/0001".to_owned());
        assert_eq!(address_of(&certificate).as_deref(), Some("/claims/NDFEB-2028-29-CLM-0001/certificate"));
        let milestone = matter(MatterKind::Milestone, Some("NDFEB/2028-29/AWD/0001"));
        let built = PAGES.contains_key("/awards/{}/milestones/{}");
        let address = built.then_some("/awards/NDFEB-2028-29-AWD-0001/milestones/oxide_to_metal");
        assert_eq!(address_of(&milestone).as_deref(), address);
    }
}
