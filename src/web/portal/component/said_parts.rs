//! What a page says of a record: rows of its summary, people, documents, what was done, what is wrong, what a button
//! would do, and whose turn it is.

use crate::web::portal::component::component;
use crate::web::portal::effect::{Change, Effect};
use crate::web::portal::page::{Page, Said};
use crate::web::portal::payment::tranche_page::Notice;
use crate::web::portal::problem_page::Warning;
use crate::web::portal::reference::Foldable;
use crate::web::portal::worklist::waits::Wait;
use askama::Template;
use askama::filters::HtmlSafe;
use domain::base::evidence::Evidence;
use domain::people::office::PersonThere;
use std::borrow::Borrow;
use std::fmt::Display;

component! {
    /// A text that need not be in the language of the page.
    SaidThere in "component/said.html" { page: &'a Page, said: &'a Said }
}

/// A row of a summary.
#[derive(Template)]
#[template(path = "component/row.html", config = "src/web/askama.toml")]
pub struct Row {
    label: String,
    value: Foldable,
    address: Option<String>,
    is_name: bool,
    is_digest: bool,
}

impl HtmlSafe for Row {}

component! {
    /// The office of a person, and the name as far as the reader may see it.
    Person in "component/person.html" { page: &'a Page, who: Option<&'a PersonThere> }
}

component! {
    /// The documents of a record.
    FileList in "component/file_list.html" { page: &'a Page, files: Vec<&'a Evidence> }
}

component! {
    /// What is wrong with a form that came back.
    WarningBox in "component/warning.html" { page: &'a Page, warning: &'a Warning }
}

component! {
    /// What was just done.
    NoticeBox in "component/notice.html" { page: &'a Page, notice: &'a Notice }
}

component! {
    /// What a button would do.
    EffectBox in "component/effect.html" { page: &'a Page, effect: &'a Effect }
}

component! {
    /// The balances before and after.
    ChangesTable in "component/changes.html" { page: &'a Page, changes: &'a [Change] }
}

component! {
    /// With whom a record lies.
    Waits in "component/waits.html" { page: &'a Page, waits: &'a [Wait] }
}

impl Page {
    pub fn say<'a>(&'a self, said: &'a Said) -> SaidThere<'a> {
        SaidThere { page: self, said }
    }

    /// A row with the text of a key, and a value.
    pub fn row(&self, label: &str, value: impl Display) -> Row {
        let value = self.foldable(value);
        Row { label: self.t(label), value, address: None, is_name: false, is_digest: false }
    }

    /// A row with a name that a person gave.
    pub fn name_row(&self, label: &str, value: impl Display) -> Row {
        Row { is_name: true, ..self.row(label, value) }
    }

    /// A row that leads to another page.
    pub fn link_row(&self, label: &str, value: impl Display, address: impl Display) -> Row {
        Row { address: Some(address.to_string()), ..self.row(label, value) }
    }

    /// A row with a digest.
    pub fn digest_row(&self, label: &str, value: impl Display) -> Row {
        Row { is_digest: true, ..self.row(label, value) }
    }

    pub fn person<'a>(&'a self, who: &'a Option<PersonThere>) -> Person<'a> {
        Person { page: self, who: who.as_ref() }
    }

    pub fn file_list<'a, E: Borrow<Evidence> + 'a>(&'a self, files: &'a [E]) -> FileList<'a> {
        FileList { page: self, files: files.iter().map(E::borrow).collect() }
    }

    pub fn warning_box<'a>(&'a self, warning: &'a Warning) -> WarningBox<'a> {
        WarningBox { page: self, warning }
    }

    pub fn notice_box<'a>(&'a self, notice: &'a Notice) -> NoticeBox<'a> {
        NoticeBox { page: self, notice }
    }

    pub fn effect<'a>(&'a self, effect: &'a Effect) -> EffectBox<'a> {
        EffectBox { page: self, effect }
    }

    pub fn changes_table<'a>(&'a self, changes: &'a [Change]) -> ChangesTable<'a> {
        ChangesTable { page: self, changes }
    }

    pub fn waits_of<'a>(&'a self, waits: &'a [Wait]) -> Waits<'a> {
        Waits { page: self, waits }
    }
}
