//! The stop of all money, as pages say it. A page on which a form moves money says so by itself: the form marks the
//! page when it is made (`Form::new`), and the frame shows the banner.

use crate::service::running::operation::Operation;
use crate::web::portal::page::Page;
use crate::web::portal::refusal_words::account;
use crate::web::portal::route_table;
use domain::budget::budget::MoneyStop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a page speaks of the movement of money, or of something else that is known only once its parts were made.
/// All copies of a page share it.
#[derive(Clone, Default)]
pub struct Mark(Arc<AtomicBool>);

impl Mark {
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The banner of a page while no money moves.
pub struct MoneyBanner {
    /// Since when, and which control is red.
    pub why: String,
    /// The account at which it is red, where it is one.
    pub account: Option<String>,
}

impl Page {
    /// Marks the page: it says whether money is stopped.
    pub fn speaks_of_money(&self) {
        self.money.set();
    }

    /// Marks the page if the act at this address moves money.
    pub fn has_form_at(&self, path: &str) {
        let stops = |act: Operation| act.stops_with_money;
        let address = path.split('#').next().unwrap_or_default();
        if self.web.service.money_stop().is_some() && route_table::act_at(address).is_some_and(stops) {
            self.speaks_of_money();
        }
    }

    /// What the frame says while no money moves, on a page that speaks of it.
    pub fn money_banner(&self) -> Option<MoneyBanner> {
        let stop = self.web.service.money_stop().filter(|_| self.money.is_set())?;
        let named = stop.subject.strip_prefix("account:").and_then(|code| account(code, self.language));
        Some(MoneyBanner { why: self.money_stopped(&stop), account: named })
    }

    /// Why no money moves, as a sentence with the title of the control.
    pub fn money_stopped(&self, stop: &MoneyStop) -> String {
        let values = [("at", self.instant(&stop.stopped_at)), ("control", self.word("control", stop.control))];
        self.language.text_with("money-stopped-since", &values)
    }
}
