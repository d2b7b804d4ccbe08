//! What a step does to the accounts, in words: each account with its balance before and after.

use crate::web::portal::page::Page;
use domain::base::money::Paise;
use domain::budget::ledger::BalanceChange;

/// One account, before and after.
pub struct EffectRow {
    /// Whose money it is: an award, a year's appropriation, or the whole scheme.
    pub owner: String,
    pub component: String,
    pub stage: String,
    pub before: Paise,
    pub after: Paise,
}

/// The changed accounts in words, in the order of the step.
pub fn rows(page: &Page, changes: &[BalanceChange]) -> Vec<EffectRow> {
    changes.iter().map(|change| row(page, change)).collect()
}

/// The code of an account is `ledger:scheme:component:owner:stage`; the whole scheme has no owner.
fn row(page: &Page, change: &BalanceChange) -> EffectRow {
    let parts: Vec<&str> = change.account.split(':').collect();
    let (component, owner, stage) = match parts.as_slice() {
        [_, _, component, owner, stage] => (*component, *owner, *stage),
        [_, _, component, stage] => (*component, "", *stage),
        _ => ("", change.account.as_str(), ""),
    };
    let owner = match owner {
        "" => page.t("effect-scheme"),
        number if number.contains('/') => page.t1("effect-award", "number", number),
        year => page.t1("effect-year", "year", year),
    };
    let word = |kind: &str, word: &str| if word.is_empty() { String::new() } else { page.word(kind, word) };
    EffectRow {
        owner,
        component: word("component", component),
        stage: word("effect-stage", stage),
        before: change.before_paise,
        after: change.after_paise,
    }
}
