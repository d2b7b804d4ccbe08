//! A form as a page shows it: its fields with what was typed before, and what is wrong with each.

use crate::web::edge::problem::{FieldProblem, Problem};
use crate::web::portal::form::{Typed, UNSENT};
use crate::web::portal::page::{Page, Said};
use crate::web::portal::problem_page::told;
use crate::web::portal::refusal_words::fields_of;
use crate::web::portal::seal;
use crate::web::portal::texts::Language;
use crate::web::portal::typed_words::label_of;
use crate::web::portal::upload::{FILES, FILES_MOST};
use domain::base::argument::{Argument, Arguments};
use domain::base::evidence::MediaType;
use domain::base::told::Message;
use std::borrow::Cow;

/// A form that was sent and not taken: what was typed, and why.
pub struct Trouble {
    /// The name of the form.
    pub form: &'static str,
    pub typed: Typed,
    pub problem: Problem,
    /// The key of its seal; the form comes back with the same one, so that sending it again acts once.
    pub key: Option<String>,
}

impl Trouble {
    /// What was typed into the form of this name, if it is the one that comes back.
    pub fn typed_into<'t>(trouble: Option<&'t Trouble>, form: &str) -> Option<&'t Typed> {
        trouble.filter(|trouble| trouble.form == form).map(|trouble| &trouble.typed)
    }
}

/// One form of a page.
pub struct Form {
    /// Distinguishes the forms of one page.
    pub name: &'static str,
    /// The address that it is sent to.
    pub action: String,
    /// The same in the other language.
    pub action_in_other: String,
    /// The version of the record that the page shows.
    pub version: Option<i64>,
    pub seal: String,
    /// The pointers of its fields.
    fields: Vec<Cow<'static, str>>,
    /// The keys of the labels of its fields, where the form names them itself.
    labels: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    typed: Typed,
    errors: Vec<FieldProblem>,
    /// What a rule said, if the form came back because of it, and what it is about apart from its language.
    refused: Option<(Said, Box<Message>)>,
    language: Language,
}

impl Form {
    /// A form of a page; with what was typed if it is the one that comes back.
    pub fn new(
        page: &Page,
        name: &'static str,
        path: &str,
        fields: &'static [&'static str],
        trouble: Option<&Trouble>,
    ) -> Form {
        page.has_form_at(path);
        let trouble = trouble.filter(|trouble| trouble.form == name);
        let key = trouble.and_then(|trouble| trouble.key.as_deref());
        let tokens = &page.web.service.tokens;
        let seal = page.visitor.as_ref().map(|visitor| match key {
            Some(key) => seal::of_key(tokens, visitor.session_id, key),
            None => seal::new(tokens, visitor.session_id),
        });
        Form {
            name,
            action: page.to(path),
            action_in_other: format!("/{}{path}", page.language.other()),
            version: None,
            seal: seal.unwrap_or_default(),
            fields: fields.iter().map(|field| Cow::Borrowed(*field)).collect(),
            labels: Vec::new(),
            typed: trouble.map(|trouble| trouble.typed.clone()).unwrap_or_default(),
            errors: trouble.map(|trouble| trouble.problem.errors.clone()).unwrap_or_default(),
            refused: trouble.and_then(|trouble| refused(&trouble.problem, page.language)),
            language: page.language,
        }
    }

    /// Whether something can be typed into it.
    pub fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// How its page is asked for in the other language: what is wrong with the form is told there as here.
    pub fn redraw(&self) -> &'static str {
        if self.errors.is_empty() && self.refused.is_none() { UNSENT } else { "sent" }
    }

    /// The same form for a version of a record.
    pub fn on_version(self, version: i64) -> Form {
        Form { version: Some(version), ..self }
    }

    /// The same form with further fields, such as those of each row of a list.
    pub fn with_fields(mut self, more: impl IntoIterator<Item = String>) -> Form {
        self.fields.extend(more.into_iter().map(Cow::Owned));
        self
    }

    /// The same form with the keys of the labels of its fields, by their pointers.
    pub fn labelled<P, K>(self, labels: impl IntoIterator<Item = (P, K)>) -> Form
    where
        P: Into<Cow<'static, str>>,
        K: Into<Cow<'static, str>>,
    {
        Form { labels: labels.into_iter().map(|(pointer, key)| (pointer.into(), key.into())).collect(), ..self }
    }

    /// The same form with what was typed, and nothing wrong with it.
    pub fn filled(self, typed: &Typed) -> Form {
        Form { typed: typed.clone(), ..self }
    }

    /// The same form, filled with what a record has.
    pub fn with_values(self, pairs: Vec<(String, String)>) -> Form {
        Form { typed: Typed(pairs), ..self }
    }

    /// The same form, filled with what is on record already, unless somebody has typed into it.
    pub fn prefilled(self, pairs: impl IntoIterator<Item = (String, String)>) -> Form {
        if self.typed.0.is_empty() { self.with_values(pairs.into_iter().collect()) } else { self }
    }

    /// Whether this is one of the choices that were made.
    pub fn ticked(&self, pointer: &str, choice: &str) -> bool {
        self.typed.has(pointer, choice)
    }

    /// The id of a field: the form and the pointer with `-`.
    pub fn id(&self, pointer: &str) -> String {
        format!("{}{}", self.name, pointer.replace('/', "-"))
    }

    /// What was typed into a field.
    pub fn text(&self, pointer: &str) -> &str {
        self.typed.text(pointer)
    }

    /// How many rows of a list were sent.
    pub fn rows(&self, list: &str) -> usize {
        self.typed.rows(list)
    }

    /// Whether this choice was made.
    pub fn chose(&self, pointer: &str, choice: &str) -> bool {
        self.typed.text(pointer) == choice
    }

    /// What is wrong with a field.
    pub fn faults(&self, pointer: &str) -> Vec<Said> {
        let own = self.errors.iter().filter(|error| self.field_of(&error.pointer) == Some(pointer));
        let refused = self.refused.iter().filter(|_| self.refused_field() == Some(pointer));
        let refused = refused.map(|(said, _)| Said { text: as_a_sentence(&said.text), language: said.language });
        own.map(|error| reason(error, self.language)).chain(refused).collect()
    }

    /// The field that the rule is about which refused the form, if it has it.
    fn refused_field(&self) -> Option<&str> {
        let (_, message) = self.refused.as_ref()?;
        fields_of(message).iter().find_map(|pointer| self.field_of(pointer))
    }

    /// The id of that field.
    pub fn refused_at(&self) -> Option<String> {
        self.refused_field().map(|pointer| self.id(pointer))
    }

    /// Whether it has this very field.
    pub fn has(&self, pointer: &str) -> bool {
        self.fields.iter().any(|field| field == pointer)
    }

    /// Whether something is wrong with a field.
    pub fn is_wrong(&self, pointer: &str) -> bool {
        let is_at = |error: &FieldProblem| self.field_of(&error.pointer) == Some(pointer);
        self.errors.iter().any(is_at) || self.refused_field() == Some(pointer)
    }

    /// Everything that is wrong, each with the id of the field, or of the form where it concerns none: in the order in
    /// which the fields stand.
    pub fn all_faults(&self) -> Vec<(String, Said)> {
        let at = |error: &FieldProblem| match self.field_of(&error.pointer) {
            Some(pointer) => self.id(pointer),
            None => self.name.to_owned(),
        };
        let mut errors: Vec<&FieldProblem> = self.errors.iter().collect();
        errors.sort_by_key(|error| self.place_of(&error.pointer));
        errors.into_iter().map(|error| (at(error), self.named_fault(error))).collect()
    }

    /// Where a field stands: a field of a row stands where its list does, and there by its row. What concerns no field
    /// comes first, as it leads to the whole form.
    pub fn place_of(&self, pointer: &str) -> Option<(usize, usize)> {
        let field = self.field_of(pointer)?;
        let around = |known: &Cow<'static, str>| field == known || field.starts_with(&format!("{known}/"));
        let list = self.fields.iter().position(around)?;
        self.fields.iter().position(|known| field == known).map(|own| (list, own))
    }

    /// What is wrong with a field, with the label of the field before it: the summary stands far above the fields.
    pub fn named_fault(&self, error: &FieldProblem) -> Said {
        let field = self.field_of(&error.pointer).and_then(|pointer| self.label(pointer));
        let Some(field) = field else { return reason(error, self.language) };
        let said = said_of(error, self.language);
        let text = self.language.text_with("fault-of", &[("field", field), ("fault", said.text)]);
        Said { text, ..said }
    }

    /// The label of a field: that of this form, or the usual one for a field of this name.
    fn label(&self, pointer: &str) -> Option<String> {
        let own = self.labels.iter().find(|(known, _)| *known == pointer).map(|(_, key)| self.language.text(key));
        own.or_else(|| label_of(self.name, pointer, self.language))
    }

    /// The field of a pointer, or the one that it is a part of.
    fn field_of(&self, pointer: &str) -> Option<&str> {
        let part = |field: &str| pointer == field || pointer.starts_with(&format!("{field}/"));
        self.fields.iter().map(AsRef::as_ref).filter(|field| part(field)).max_by_key(|field| field.len())
    }
}

/// What a rule said of a form, and what it is about; nothing where fields are at fault.
fn refused(problem: &Problem, language: Language) -> Option<(Said, Box<Message>)> {
    let message = problem.refusal.clone().filter(|_| problem.errors.is_empty())?;
    Some((told(problem, language), message))
}

/// The reason of a fault as a sentence of its own.
pub fn reason(error: &FieldProblem, language: Language) -> Said {
    let said = said_of(error, language);
    // What begins with the name of a file begins as the file is called.
    if error.code == OF_FILE { said } else { Said { text: as_a_sentence(&said.text), ..said } }
}

/// The code of what is wrong with one of several files: its name and the reason are arguments.
const OF_FILE: &str = "of_file";

/// The reason of a fault, in the language of the page. What a parser said is English. Where the text for programs
/// speaks of paise or of names in the JSON, pages have a text of their own.
fn said_of(error: &FieldProblem, language: Language) -> Said {
    if let Some(text) = about_content(error.code, &error.arguments, language) {
        return Said { text, language };
    }
    if let (OF_FILE, [(_, file), (_, Argument::Message(why))]) = (error.code, error.arguments.0.as_slice())
        && let Some(text) = about_content(why.code, &why.arguments, language)
    {
        return Said { text: format!("{}: {text}", language.shown(file)), language };
    }
    if error.code == "between" && error.pointer == FILES {
        return Said { text: language.text_with("fault-files", &[("n", FILES_MOST.to_string())]), language };
    }
    if error.code == "payment_or_number" && error.pointer == FILES {
        return Said { text: language.text("fault-one-file"), language };
    }
    let own = format!("fault-{}", error.code);
    if Language::has(&own) {
        return Said { text: language.text(&own), language };
    }
    let language = if error.code == "as_said" { Language::English } else { language };
    Said { text: error.told(language), language }
}

/// What pages say of a file that is not what its name says; `None` for every other reason.
fn about_content(code: &str, arguments: &Arguments, language: Language) -> Option<String> {
    let key = match code {
        "other_content" => "fault-other_content",
        "other_ending" => "fault-other_ending",
        _ => return None,
    };
    let given = arguments.0.first().map(|(_, value)| language.shown(value)).unwrap_or_default();
    Some(language.text_with(key, &[("kind", kind_of_file(&given))]))
}

/// A kind of file as people call it: `PDF` and not `application/pdf`.
fn kind_of_file(media_type: &str) -> String {
    match media_type.parse::<MediaType>() {
        Ok(known) => known.ending().to_uppercase(),
        Err(_) => media_type.to_owned(),
    }
}

/// On a page a reason stands alone, so it begins with a capital letter.
pub fn as_a_sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
