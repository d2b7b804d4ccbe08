//! The fields of forms.

use crate::web::portal::component::component;
use crate::web::portal::field::Form;
use crate::web::portal::form::{ONCE_MORE, REDRAW};
use crate::web::portal::page::{Page, Said};
use chrono::{Days, NaiveDate};
use std::fmt::Display;

/// So many days ahead is the example where only a day to come fits.
const EXAMPLE_DAYS: u64 = 30;

component! {
    /// What a form sends without showing it: its seal, and the version of the record that the person saw.
    Hidden in "component/hidden.html" { form: &'a Form }
}

component! {
    /// What stands below the buttons of a form: the ways to see its page once more, or in the other language, with
    /// what is typed. Nothing is done by them, and they come last, so that the key Enter presses none of them.
    FormFoot in "component/form_foot.html" { page: &'a Page, form: &'a Form }
}

component! {
    /// The button that shows the page once more, with what the act comes to as it is typed. Nothing is done by it.
    PreviewButton in "component/preview_button.html" { page: &'a Page }
}

component! {
    /// What is wrong with a field, above it.
    Faults in "component/faults.html" { page: &'a Page, form: &'a Form, pointer: &'a str, faults: Vec<Said> }
}

component! {
    /// A field of one line. It has no hint where the hint is empty.
    TextInput in "component/text_input.html" {
        page: &'a Page, form: &'a Form, pointer: &'a str, name: &'a str, label: &'a str, hint: String,
        kind: &'a str, complete: &'a str,
    }
}

component! {
    /// A field of several lines.
    TextArea in "component/text_area.html" {
        page: &'a Page, form: &'a Form, pointer: &'a str, name: &'a str, label: &'a str, hint: String,
    }
}

component! {
    /// One of a few words, each named by the words of a kind.
    Radios in "component/radios.html" {
        page: &'a Page, form: &'a Form, pointer: &'a str, name: &'a str, label: &'a str, words: Vec<String>,
        kind: &'a str,
    }
}

impl Radios<'_> {
    /// Whether it was chosen; the only choice is made already.
    fn is_chosen(&self, word: &str) -> bool {
        self.form.chose(self.pointer, word) || self.words.len() == 1
    }
}

component! {
    /// One of several values, each with its name in the language `tongue`.
    Choices in "component/choices.html" {
        page: &'a Page, form: &'a Form, pointer: &'a str, kind: &'a str, label: &'a str,
        pairs: &'a [(String, String)], tongue: String,
    }
}

component! {
    /// A day in three fields.
    DayInput in "component/day_input.html" {
        page: &'a Page, form: &'a Form, pointer: &'a str, label: &'a str, hint: String,
    }
}

component! {
    /// The day, the month or the year of a day.
    DayPart in "component/day_part.html" {
        page: &'a Page, form: &'a Form, pointer: &'a str, place: String, label: &'a str, width: u8,
    }
}

impl<'a> DayInput<'a> {
    fn part(&self, letter: &str, label: &'a str, width: u8) -> DayPart<'a> {
        let place = format!("{}/{letter}", self.pointer);
        DayPart { page: self.page, form: self.form, pointer: self.pointer, place, label, width }
    }
}

impl Form {
    /// The hidden fields.
    pub fn hidden(&self) -> Hidden<'_> {
        Hidden { form: self }
    }
}

impl Page {
    pub fn form_foot<'a>(&'a self, form: &'a Form) -> FormFoot<'a> {
        FormFoot { page: self, form }
    }

    pub fn preview_button(&self) -> PreviewButton<'_> {
        PreviewButton { page: self }
    }

    pub fn faults_of<'a>(&'a self, form: &'a Form, pointer: &'a str) -> Faults<'a> {
        Faults { page: self, form, pointer, faults: form.faults(pointer) }
    }

    /// `kind` is the type of the field, and `complete` what the browser may fill in.
    pub fn text_input<'a>(
        &'a self,
        form: &'a Form,
        pointer: &'a str,
        name: &'a str,
        label: &'a str,
        hint: impl Display,
        kind: &'a str,
        complete: &'a str,
    ) -> TextInput<'a> {
        TextInput { page: self, form, pointer, name, label, hint: hint.to_string(), kind, complete }
    }

    pub fn text_area<'a>(
        &'a self,
        form: &'a Form,
        pointer: &'a str,
        name: &'a str,
        label: &'a str,
        hint: impl Display,
    ) -> TextArea<'a> {
        TextArea { page: self, form, pointer, name, label, hint: hint.to_string() }
    }

    pub fn radios<'a, W: Display>(
        &'a self,
        form: &'a Form,
        pointer: &'a str,
        name: &'a str,
        label: &'a str,
        words: impl AsRef<[W]>,
        kind: &'a str,
    ) -> Radios<'a> {
        let words = words.as_ref().iter().map(W::to_string).collect();
        Radios { page: self, form, pointer, name, label, words, kind }
    }

    pub fn choices<'a>(
        &'a self,
        form: &'a Form,
        pointer: &'a str,
        kind: &'a str,
        label: &'a str,
        pairs: &'a [(String, String)],
        tongue: impl Display,
    ) -> Choices<'a> {
        Choices { page: self, form, pointer, kind, label, pairs, tongue: tongue.to_string() }
    }

    /// A hint with an example of a day as it is typed: today, which fits wherever a day that is past may stand.
    pub fn day_hint(&self, key: &str) -> String {
        self.hint_with(key, self.web.service.clock.now().date_in_india())
    }

    /// The same where only a day to come fits.
    pub fn later_day_hint(&self, key: &str) -> String {
        let today = self.web.service.clock.now().date_in_india();
        self.hint_with(key, today.checked_add_days(Days::new(EXAMPLE_DAYS)).unwrap_or(today))
    }

    fn hint_with(&self, key: &str, day: NaiveDate) -> String {
        self.t1(key, "day", day.format("%-d %-m %Y"))
    }

    pub fn day_input<'a>(
        &'a self,
        form: &'a Form,
        pointer: &'a str,
        label: &'a str,
        hint: impl Display,
    ) -> DayInput<'a> {
        DayInput { page: self, form, pointer, label, hint: hint.to_string() }
    }
}
