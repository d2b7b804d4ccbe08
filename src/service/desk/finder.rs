//! From a number to its record: a number of ours, the reference of a bank, an invoice, or the name of a company. Only
//! what the person may see is found. The number of statements does not depend on how much is found.

use crate::db::desk::found::{self, Wanted};
use crate::db::desk::selection_sources::OnDay;
use crate::db::desk::selections;
use crate::db::engine::transaction::ReadTx;
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::record_page::narrowed;
use crate::service::running::runner::Caller;
use domain::base::folding::folded;
use domain::base::number::{NumberKind, plain, with_slashes};
use domain::base::permission::Permission;
pub use domain::desk::found::{FoundKind, FoundRecord};
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Selection, Subject};
use domain::people::organisation::Organisation;
use domain::people::user::Actor;
use domain::words;
use std::sync::Arc;
use uuid::Uuid;

/// The permission that finding takes.
pub const READ_PERMISSION: Permission = Permission::ReadFiles;
/// At most this many records of a kind are told.
const MOST: usize = 20;
/// At most this many records of a company are told, the newest first.
const MOST_OF_A_COMPANY: usize = 100;
/// The kinds of records that lead to all others of a company.
const OF_A_COMPANY: &[FoundKind] = &[
    FoundKind::Application,
    FoundKind::Award,
    FoundKind::Guarantee,
    FoundKind::Claim,
    FoundKind::Tranche,
    FoundKind::Recovery,
];
/// Shorter texts would find nearly everything.
const SHORTEST: usize = 3;
const LONGEST: usize = 200;
/// The letters of a number's kind: `TRN`.
const KIND_LETTERS: usize = 3;

words! {
    /// What may be searched for.
    pub enum Searched {
        Number = "number",
        Utr = "utr",
        Invoice = "invoice",
        Company = "company",
        /// The number of a guarantee, or the name of a file of the treasury or the bank.
        Reference = "reference",
        Id = "id",
    }
}

/// What was found, and what was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundList {
    pub records: Vec<FoundRecord>,
    pub searched: Vec<Searched>,
}

/// What the letters in a number stand for.
enum Numbered {
    Record(FoundKind),
    /// A sanction order is a part of its tranche.
    Sanction,
}

fn numbered(letters: &str) -> Option<Numbered> {
    match letters {
        "SAN" => Some(Numbered::Sanction),
        _ => letters.parse::<NumberKind>().ok().and_then(FoundKind::of).map(Numbered::Record),
    }
}

/// The kind in a number or a part of one, such as `TRN` in `NDFEB-2028-29-TRN-0001` or `TRN/0001`.
fn letters_of(text: &str) -> Option<&str> {
    text.split('/').find(|part| part.len() == KIND_LETTERS && numbered(part).is_some())
}

/// One search on one consistent view.
struct Finder<'f, 'c> {
    tx: &'f mut ReadTx<'c>,
    actor: &'f Actor,
    on: OnDay<'f>,
    found: FoundList,
}

impl Finder<'_, '_> {
    /// The records of these kinds that the person may see.
    fn seek(&mut self, kinds: &[FoundKind], wanted: Wanted<'_>) -> Result<(), Error> {
        let may = |kind: &&FoundKind| self.actor.may(kind.permission()).is_ok();
        let kinds: Vec<FoundKind> = kinds.iter().filter(may).copied().collect();
        let only = self.actor.narrowed_to();
        let own = self.actor.organisation_id.map(|id| id.to_string());
        let seen = |one: &FoundRecord| {
            !one.kind.has_drafts() || one.number.is_some() || own.is_some() && one.organisation_id == own
        };
        let most = if matches!(wanted, Wanted::Company(_)) { MOST_OF_A_COMPANY } else { MOST };
        self.found.records.extend(found::list(self.tx, &kinds, wanted, only, most)?.into_iter().filter(seen));
        Ok(())
    }

    /// Records of which a field of a selection is this text, or, with `_contains` behind its name, contains it.
    fn select(&mut self, kind: FoundKind, subject: Subject, asked: (&str, &str)) -> Result<(), Error> {
        let Ok(selection) = Selection::parse(subject, [asked]) else { return Ok(()) };
        let selection = narrowed(selection, self.actor)?;
        let fields: Vec<_> = ["id", "number", "beneficiary"].iter().filter_map(|name| subject.field(name)).collect();
        let rows = selections::page(self.tx, &selection, &self.on, &fields, None, MOST)?;
        let text = |row: &SelectedRow, place| match row.cell(place) {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        };
        let record = |row: &SelectedRow| {
            let (id, number, company) = (text(row, 0)?, text(row, 1), text(row, 2));
            Some(FoundRecord { kind, id, number, part: None, organisation_id: None, company })
        };
        self.found.records.extend(rows.iter().filter_map(record));
        Ok(())
    }

    /// By a number of ours, or the end of one. Where it names a kind, nothing else is searched.
    fn by_number(&mut self, text: &str) -> Result<bool, Error> {
        let number = with_slashes(text);
        let Some(letters) = letters_of(&number) else { return Ok(false) };
        self.found.searched.push(Searched::Number);
        // The years in a number are joined by `-`, so what was typed is compared from its kind on.
        let wanted = end_of(&number, letters);
        match numbered(letters) {
            Some(Numbered::Record(kind)) => self.seek(&[kind], Wanted::Part(&wanted))?,
            Some(Numbered::Sanction) => {
                self.select(FoundKind::Tranche, Subject::Tranches, ("sanction_number_contains", &wanted))?;
            }
            None => {}
        }
        // What is the whole number of a record is not the end of another one's.
        let exact = |record: &FoundRecord| record.name().replace('-', "/") == number;
        if self.found.records.iter().any(exact) {
            self.found.records.retain(exact);
        }
        Ok(true)
    }

    fn by_utr(&mut self, text: &str) -> Result<(), Error> {
        self.found.searched.push(Searched::Utr);
        self.select(FoundKind::Payment, Subject::Payments, ("utr", text))
    }

    /// By the number of a guarantee, or the name of a file of the treasury or the bank.
    fn by_reference(&mut self, text: &str) -> Result<(), Error> {
        self.found.searched.push(Searched::Reference);
        let kinds = [FoundKind::Guarantee, FoundKind::Advice, FoundKind::TreasuryFile, FoundKind::Scroll];
        self.seek(&kinds, Wanted::Whole(text))
    }

    fn by_invoice(&mut self, text: &str, plain: &str) -> Result<(), Error> {
        self.found.searched.push(Searched::Invoice);
        let before = self.found.records.len();
        self.seek(&[FoundKind::Claim], Wanted::Invoice(text))?;
        if self.found.records.len() == before && plain != text {
            self.seek(&[FoundKind::Claim], Wanted::Invoice(plain))?;
        }
        Ok(())
    }

    fn by_company(&mut self, text: &str, plain: &str) -> Result<(), Error> {
        self.found.searched.push(Searched::Company);
        let wanted = [text, plain].map(folded);
        let is_wanted = |one: &Organisation| {
            let (name, cin) = (folded(&one.name), folded(&one.cin));
            wanted.iter().any(|wanted| name.contains(wanted) || cin == *wanted)
        };
        let all = organisations::list(self.tx, self.actor.narrowed_to())?.into_iter();
        let record = |one: Organisation| FoundRecord {
            kind: FoundKind::Company,
            id: one.id.to_string(),
            number: Some(one.cin),
            part: None,
            organisation_id: Some(one.id.to_string()),
            company: Some(one.name),
        };
        self.found.records.extend(all.filter(is_wanted).take(MOST).map(record));
        self.of_company()
    }

    /// What a company has here, where nothing else was found than this company.
    fn of_company(&mut self) -> Result<(), Error> {
        let [FoundRecord { kind: FoundKind::Company, id, .. }] = &self.found.records[..] else { return Ok(()) };
        let Ok(id) = id.parse::<Uuid>() else { return Ok(()) };
        self.seek(OF_A_COMPANY, Wanted::Company(id))
    }

    /// By the id that the interface has for a record.
    fn by_id(&mut self, id: Uuid) -> Result<(), Error> {
        self.found.searched.push(Searched::Id);
        self.seek(FoundKind::ALL, Wanted::Id(id))?;
        self.of_company()
    }
}

/// A number, or a part of one, from its financial year on, as numbers have it.
fn end_of(number: &str, kind: &str) -> String {
    let end = number.find(kind).and_then(|from| number.get(from..)).unwrap_or(number);
    format!("{}{end}", year_before(number, number.len() - end.len()))
}

/// The financial year before the kind in a number, as numbers have it: `2028-29/`; nothing if there is none.
fn year_before(number: &str, kind_at: usize) -> String {
    let before = number.get(..kind_at).unwrap_or_default().trim_end_matches('/');
    let mut parts = before.rsplit('/');
    let (last, first) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(last, 2) && digits(first, 4) { format!("{first}-{last}/") } else { String::new() }
}

impl Service {
    /// Everything that a person may see under a number, a bank's reference, an invoice or a company's name.
    pub async fn find(self: &Arc<Self>, caller: Caller, text: String) -> Result<FoundList, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let text = text.trim();
            let plain = plain(text);
            let on = OnDay::new(service.clock.now().date_in_india(), &service.finance.limits);
            let mut finder = Finder { tx, actor, on, found: FoundList::default() };
            if !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
                return Ok(finder.found);
            }
            match text.parse::<Uuid>() {
                Ok(id) => finder.by_id(id)?,
                Err(_) if finder.by_number(&plain)? => {}
                Err(_) => {
                    finder.by_utr(&plain)?;
                    finder.by_reference(&plain)?;
                    finder.by_invoice(text, &plain)?;
                    finder.by_company(text, &plain)?;
                }
            }
            Ok(finder.found)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_number_is_read_wherever_it_stands() {
        assert_eq!(letters_of("NDFEB/2028/29/TRN/0001"), Some("TRN"));
        assert_eq!(letters_of("BUD/0001"), Some("BUD"));
        assert_eq!(letters_of("SBINR52026050100001"), None);
        assert_eq!(letters_of("XYZ/0001"), None);
        for typed in ["ndfeb - 2028-29 / trn / 0001", "NDFEB 2028 29 TRN 0001", "NDFEB-2028-29-TRN-0001"] {
            assert_eq!(with_slashes(typed), "NDFEB/2028/29/TRN/0001");
        }
        assert_eq!(letters_of(&with_slashes("TRN Works Ltd")), None);
        assert_eq!(plain("  TRN/०००१   x "), "TRN/0001 x");
        assert_eq!(year_before("NDFEB/2028/29/TRN/0001", 14), "2028-29/");
        assert_eq!(year_before("TRN/0001", 0), "");
    }
}
