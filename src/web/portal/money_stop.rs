//! The stop of all money, as pages say it: since when, and by which control.

use crate::web::portal::page::Page;
use domain::budget::budget::MoneyStop;

impl Page {
    /// Why no money moves, as a sentence with the title of the control.
    pub fn money_stopped(&self, stop: &MoneyStop) -> String {
        let values = [("at", self.instant(&stop.stopped_at)), ("control", self.word("control", stop.control))];
        self.language.text_with("money-stopped-since", &values)
    }
}
