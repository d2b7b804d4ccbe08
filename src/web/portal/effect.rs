//! What a button would do, found out by rehearsing its command: the balances before and after, the warnings, or the
//! refusal. Nothing is computed here. What cannot be found out in time is said to be unknown; the button works all the
//! same, and another one asks again, with what is typed.

use crate::service::running::error::Error;
use crate::service::running::runner::Command;
use crate::service::worklist::who_can::WhoCan;
use crate::service::worklist::worklist::Candidate;
use crate::web::edge::problem::Problem;
use crate::web::portal::field::as_a_sentence;
use crate::web::portal::page::{Page, Said};
use crate::web::portal::problem_page::told;
use crate::web::portal::refusal_words::{OFFICES, account, in_words};
use crate::web::portal::texts::Language;
use domain::base::argument::Argument;
use domain::base::money::Paise;
use domain::base::refusal::Refusal;
use domain::budget::expenditure_limit::Warning;
use domain::budget::ledger::BalanceChange;
use std::sync::PoisonError;

/// The text with which a command is rehearsed that requires one, while the person has not written theirs. It is
/// never stored, because a rehearsal keeps nothing, and no command decides anything by the words of a noting.
const NOT_YET_WRITTEN: &str = "-";

/// The number of a paper with which a command is rehearsed that requires one. A number begins with no sign.
const NOT_YET_NUMBERED: &str = "0";

/// Refusals that are about the person or the moment, and not about what was typed.
const WHATEVER_IS_TYPED: &[&str] = &["same_person", "money_stopped", "not_as_logged", "not_permitted"];

/// What one button would do.
pub enum Effect {
    Does(Outcome),
    /// The command would be refused; the button is off.
    Refused(Said),
    /// It would be refused whatever is typed into the form: the reader cannot take this step.
    Never(Said),
    /// It could not be found out now.
    Unknown,
}

/// What a command would do.
pub struct Outcome {
    /// What becomes of the record, as a sentence.
    pub then: String,
    pub changes: Vec<Change>,
    pub warnings: Vec<Said>,
}

/// What happens to the balance of one account.
pub struct Change {
    /// The account in words.
    pub account: String,
    pub before: Paise,
    pub after: Paise,
}

/// The text for a required field of a rehearsal.
pub fn not_yet_written() -> String {
    NOT_YET_WRITTEN.to_owned()
}

/// The number of a paper for a required field of a rehearsal.
pub fn not_yet_numbered() -> String {
    NOT_YET_NUMBERED.to_owned()
}

impl Page {
    /// What a command would do if the reader sent it now; `then` says what becomes of the record.
    pub async fn rehearse<C: Command>(&self, command: C, then: impl FnOnce(&C::Answer) -> String) -> Effect {
        let Ok(caller) = self.caller() else { return Effect::Unknown };
        match self.web.service.rehearse_for_page(caller, command).await {
            Ok(rehearsal) => Effect::Does(Outcome {
                then: then(&rehearsal.answer),
                changes: self.changes(&rehearsal.balances),
                warnings: self.warned(&rehearsal.warnings),
            }),
            Err(Error::Refused(refusal)) => {
                let never = WHATEVER_IS_TYPED.contains(&refusal.code());
                let said = self.told_of(refusal, C::NAME).await;
                if never { Effect::Never(said) } else { Effect::Refused(said) }
            }
            Err(_) => {
                self.unknown.set();
                Effect::Unknown
            }
        }
    }

    /// What a rule said of an act. Where another person must take it, those who can are named as the inbox names them.
    pub async fn told_of(&self, refusal: Refusal, act: &'static str) -> Said {
        if Problem::from(refusal.clone()).code == "same_person" {
            self.learn_who_can_take(act).await;
        }
        self.told_here(&refusal, act)
    }

    /// The same for an act that a rule may refuse.
    pub async fn told_if(&self, refusal: Option<&Refusal>, act: &'static str) -> Option<Said> {
        match refusal {
            Some(refusal) => Some(self.told_of(refusal.clone(), act).await),
            None => None,
        }
    }

    /// What a rule said of an act of a record whose page knows already who can take it.
    pub fn told_here(&self, refusal: &Refusal, act: &'static str) -> Said {
        let mut problem = Problem::from(refusal.clone());
        let known = self.who_can.lock().unwrap_or_else(PoisonError::into_inner).get(act).cloned().flatten();
        let named = known.filter(|_| problem.code == "same_person");
        if let (Some(named), Some(message)) = (named, &mut problem.refusal) {
            message.arguments.0.push((OFFICES, Argument::Text(named)));
        }
        told(&problem, self.language)
    }

    /// Takes over from a record who can take those of its acts that its reader cannot.
    pub fn knows(&self, who_can: &WhoCan) {
        let words = who_can.iter().map(|(act, people)| (*act, Some(self.in_words(people))));
        self.who_can.lock().unwrap_or_else(PoisonError::into_inner).extend(words);
    }

    /// Finds out who can take an act on the record of the page, unless it is known.
    async fn learn_who_can_take(&self, act: &'static str) {
        let known = self.who_can.lock().unwrap_or_else(PoisonError::into_inner).contains_key(act);
        if !known {
            let told = self.ask_who_can(act).await;
            self.who_can.lock().unwrap_or_else(PoisonError::into_inner).insert(act, told);
        }
    }

    /// Who can take it, in words; `None` if the record is not known to wait for it.
    async fn ask_who_can(&self, act: &'static str) -> Option<String> {
        let (caller, about) = (self.caller().ok()?, self.about.get()?.clone());
        let found = self.web.service.who_can(caller, about, act).await.ok()??;
        Some(self.in_words(&found))
    }

    /// The people who can act, each with their office.
    fn in_words(&self, people: &[Candidate]) -> String {
        let in_words = |one: &Candidate| {
            let office = self.word("role", one.office);
            one.person.as_ref().map_or_else(|| office.clone(), |person| format!("{office} {}", person.name))
        };
        let named: Vec<String> = people.iter().map(in_words).collect();
        if named.is_empty() { self.t("nobody-can") } else { named.join("; ") }
    }

    /// The changed accounts in words, in the order of the step.
    pub fn changes(&self, changes: &[BalanceChange]) -> Vec<Change> {
        let in_words = |change: &BalanceChange| Change {
            account: self.account(&change.account),
            before: change.before_paise,
            after: change.after_paise,
        };
        changes.iter().map(in_words).collect()
    }

    /// The name of an account in words; a name that cannot be read stands as it is.
    pub fn account(&self, code: &str) -> String {
        account(code, self.language).unwrap_or_else(|| code.to_owned())
    }

    /// Warnings of a rehearsal in words.
    pub fn warned(&self, warnings: &[Warning]) -> Vec<Said> {
        warnings.iter().map(|warning| self.warning(warning)).collect()
    }

    /// A warning that is on record with its act, in the same words; what an earlier program stored is English.
    pub fn warned_then(&self, stored: &serde_json::Value) -> Said {
        match Warning::stored(stored) {
            Some(warning) => self.warning(&warning),
            None => {
                Said { text: as_a_sentence(stored["detail"].as_str().unwrap_or_default()), language: Language::English }
            }
        }
    }

    fn warning(&self, warning: &Warning) -> Said {
        let text = as_a_sentence(&in_words(&warning.message, self.language));
        Said { text, language: self.language }
    }
}

impl Effect {
    /// Why the button is off.
    pub fn refusal(&self) -> Option<&Said> {
        if let Effect::Refused(said) | Effect::Never(said) = self { Some(said) } else { None }
    }

    /// Why the reader cannot take this step at all, where that does not depend on what is typed.
    pub fn never(&self) -> Option<&Said> {
        if let Effect::Never(said) = self { Some(said) } else { None }
    }

    /// What it would do, where that is known.
    pub fn outcome(&self) -> Option<&Outcome> {
        if let Effect::Does(outcome) = self { Some(outcome) } else { None }
    }
}
