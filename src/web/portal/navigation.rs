//! The navigation: every list that there is, in groups, and in whose bar it stands. The bar has what an office works
//! with; the page of all lists has the rest of what a person may read.

use crate::web::portal::page::{INBOX, Link, Page};
use domain::base::permission::{Permission, Role};

/// Where all lists stand that a person may read.
pub const LISTS: &str = "/lists";

const MILESTONES: &str = "/milestones";

/// One list.
struct Entry {
    /// The key of its name; `list-says-…` with the last part of its address says what it has.
    key: &'static str,
    path: &'static str,
    /// Whoever may read what it leads to.
    permission: Permission,
    /// The roles in whose bar it stands.
    bar: &'static [Role],
}

/// Lists that belong together.
struct Group {
    key: &'static str,
    entries: &'static [Entry],
}

/// A group of the page of all lists.
pub struct ShownGroup {
    pub title: String,
    /// Each list, and what it has.
    pub lists: Vec<(Link, String)>,
}

const fn list(key: &'static str, path: &'static str, permission: Permission, bar: &'static [Role]) -> Entry {
    Entry { key, path, permission, bar }
}

use Permission::{ManageUsers, ReadBudget, ReadFiles, ReadSchemeDrafts, ReadTreasury};
use Role::{
    Administrator, Auditor, CompetentAuthority, DisbursingOfficer, FinanceOfficer, Preparer, SchemeAdministrator,
    SectionOfficer, Signatory, Verifier,
};

const GROUPS: &[Group] = &[
    Group {
        key: "lists-applying",
        entries: &[
            list(
                "nav-applications",
                "/applications",
                ReadFiles,
                &[Preparer, Signatory, Verifier, SectionOfficer, Auditor],
            ),
            list(
                "title-allocations",
                "/allocations",
                ReadBudget,
                &[SectionOfficer, FinanceOfficer, CompetentAuthority],
            ),
        ],
    },
    Group {
        key: "nav-awards",
        entries: &[
            list("nav-awards", "/awards", ReadFiles, &[Preparer, Signatory, Verifier, CompetentAuthority, Auditor]),
            list("nav-milestones", MILESTONES, ReadFiles, &[Preparer, Signatory, Verifier]),
            list("title-excuses", "/excuses", ReadFiles, &[Verifier, CompetentAuthority]),
            list("title-guarantees", "/guarantees", ReadFiles, &[Verifier]),
        ],
    },
    Group {
        key: "nav-claims",
        entries: &[
            list("nav-claims", "/claims", ReadFiles, &[Preparer, Signatory, Verifier, SectionOfficer, Auditor]),
            list("title-certificates", "/certificates", ReadFiles, &[Verifier]),
        ],
    },
    Group {
        key: "lists-money",
        entries: &[
            list(
                "nav-tranches",
                "/tranches",
                ReadFiles,
                &[SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer, Auditor],
            ),
            list("title-payments", "/payments", ReadFiles, &[Preparer, Signatory, DisbursingOfficer, Auditor]),
            list("title-disbursements", "/disbursements", ReadBudget, &[DisbursingOfficer, Auditor]),
            list(
                "title-recoveries",
                "/recoveries",
                ReadFiles,
                &[Preparer, Signatory, SectionOfficer, FinanceOfficer, CompetentAuthority, DisbursingOfficer, Auditor],
            ),
        ],
    },
    Group {
        key: "nav-bank",
        entries: &[
            list("nav-bank", "/treasury", ReadTreasury, &[FinanceOfficer, DisbursingOfficer]),
            list("title-advices", "/advices", ReadTreasury, &[]),
            list("title-scrolls", "/scrolls", ReadTreasury, &[]),
            list("title-bank-credits", "/credits", ReadTreasury, &[]),
            list("title-differences", "/differences", ReadTreasury, &[]),
        ],
    },
    Group { key: "title-corrections", entries: &[list("title-corrections", "/corrections", ReadBudget, &[])] },
    Group {
        key: "lists-budget",
        entries: &[
            list(
                "nav-budget",
                "/budget",
                ReadBudget,
                &[SectionOfficer, FinanceOfficer, CompetentAuthority, SchemeAdministrator, Auditor],
            ),
            list("title-instruments", "/budget/instruments", ReadBudget, &[SchemeAdministrator]),
            list("nav-schemes", "/schemes", ReadSchemeDrafts, &[SchemeAdministrator]),
        ],
    },
    Group { key: "title-people", entries: &[list("title-people", "/people", ManageUsers, &[Administrator])] },
];

/// Pages that belong to an entry of the bar and have another address.
const BELONGS: &[(&str, &str)] = &[
    ("/advices", "/treasury"),
    ("/scrolls", "/treasury"),
    ("/credits", "/treasury"),
    ("/differences", "/treasury"),
    ("/scheme-drafts", "/schemes"),
];

/// Whether a page is at an address or below it.
fn under(page: &str, path: &str) -> bool {
    page == path || page.starts_with(&format!("{path}/"))
}

/// Where a page is listed: a milestone has its address below its award, and stands in the list of milestones.
fn listed_at(page: &str) -> &str {
    let below_award = page.strip_prefix("/awards/").and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    let is_milestone = below_award.is_some_and(|rest| under(rest, "milestones"));
    if is_milestone { MILESTONES } else { page }
}

/// Whether a page belongs to an entry of the bar; one that has an entry of its own there belongs to that alone.
fn belongs(page: &str, entry: &str, bar: &[&Entry]) -> bool {
    let page = listed_at(page);
    let nearer = |other: &&&Entry| other.path.len() > entry.len() && under(other.path, entry);
    let own = bar.iter().filter(nearer).any(|other| under(page, other.path));
    under(page, entry) && !own || BELONGS.iter().any(|(path, of)| *of == entry && under(page, path))
}

impl Page {
    /// Every list that this person may read, with the group that it is in.
    fn readable(&self) -> impl Iterator<Item = (&'static Group, &'static Entry)> + '_ {
        let all = GROUPS.iter().flat_map(|group| group.entries.iter().map(move |entry| (group, entry)));
        all.filter(|(_, entry)| self.may(entry.permission))
    }

    /// The entries of the bar for this person: what waits, what their offices work with, and the way to everything
    /// else.
    pub fn navigation(&self) -> Vec<Link> {
        let Some(visitor) = &self.visitor else { return Vec::new() };
        let roles = &visitor.user.roles;
        let in_bar = |entry: &Entry| entry.bar.iter().any(|role| roles.has(*role));
        let (bar, others): (Vec<&Entry>, Vec<&Entry>) =
            self.readable().map(|(_, entry)| entry).partition(|entry| in_bar(entry));
        let number = visitor.to_do.as_ref().map_or_else(|| "0".to_owned(), |to_do| self.number_of(to_do));
        let link = |path: &str, text: String, here: bool| Link { text, address: self.to(path), here };
        let to_do = link(INBOX, self.t1("nav-inbox", "n", number), under(&self.path, INBOX));
        let own = bar.iter().map(|entry| link(entry.path, self.t(entry.key), belongs(&self.path, entry.path, &bar)));
        let all = link(LISTS, self.t("title-lists"), under(&self.path, LISTS));
        [to_do].into_iter().chain(own).chain((!others.is_empty()).then_some(all)).collect()
    }

    /// Whether this is the page at an address.
    pub fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Everything that this person may read, group by group.
    pub fn lists(&self) -> Vec<ShownGroup> {
        let mut groups: Vec<(&'static str, ShownGroup)> = Vec::new();
        for (group, entry) in self.readable() {
            if groups.last().is_none_or(|(key, _)| *key != group.key) {
                groups.push((group.key, ShownGroup { title: self.t(group.key), lists: Vec::new() }));
            }
            let link = Link { text: self.t(entry.key), address: self.to(entry.path), here: false };
            let says = self.word("list-says", entry.path.rsplit('/').next().unwrap_or_default());
            if let Some((_, shown)) = groups.last_mut() {
                shown.lists.push((link, says));
            }
        }
        groups.into_iter().map(|(_, shown)| shown).collect()
    }
}

/// The last parts of the addresses of all lists, for the texts that say what each has.
pub fn paths() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|group| group.entries).map(|entry| entry.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::portal::route_table::permission_of;

    #[test]
    fn every_entry_leads_to_a_page_that_its_readers_may_open() {
        for entry in GROUPS.iter().flat_map(|group| group.entries) {
            assert_eq!(permission_of(entry.path), Some(entry.permission), "{}", entry.path);
            for role in entry.bar {
                assert!(entry.permission.roles().contains(role), "{role} may not open {}", entry.path);
            }
        }
    }

    #[test]
    fn a_page_belongs_to_one_entry() {
        let all: Vec<&Entry> = GROUPS.iter().flat_map(|group| group.entries).collect();
        let of = |page: &str| -> Vec<&str> {
            let here = all.iter().filter(|entry| belongs(page, entry.path, &all));
            here.map(|entry| entry.path).collect()
        };
        assert_eq!(of("/budget/instruments/NDFEB-2028-29-BUD-0001"), ["/budget/instruments"]);
        assert_eq!(of("/budget"), ["/budget"]);
        assert_eq!(of("/claims/NDFEB-2028-29-CLM-0001/certificate"), ["/claims"]);
        assert_eq!(of("/scheme-drafts/1"), ["/schemes"]);
        assert_eq!(of("/awards/NDFEB-2026-27-AWD-0001/milestones/oxide_to_metal/notes"), ["/milestones"]);
        assert_eq!(of("/awards/NDFEB-2026-27-AWD-0001/disbursements"), ["/awards"]);
    }
}
