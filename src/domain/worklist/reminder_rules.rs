//! Whom a day that comes near waits for: the end of a window, and the end of a year.

use crate::base::permission::Permission;
use crate::worklist::rule::{Clock, Rule, Then, Waits};
use crate::worklist::rules::one;

/// A window that closes soon, for a company that has submitted nothing in it.
pub fn window() -> Waits {
    one(Rule::for_act("create_application", Permission::PrepareApplication).until(Clock::WindowEnd, Then::WindowCloses))
}

/// Money of a component that nothing has claimed, shortly before its year ends.
pub fn year_end() -> Waits {
    one(Rule::for_act("propose_budget_instrument", Permission::ProposeBudgetInstrument)
        .until(Clock::YearEnd, Then::MoneyLapses))
}
