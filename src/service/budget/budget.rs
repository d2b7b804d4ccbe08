//! Reading the budget table: outlay, appropriation and what is reserved, obliged and spent.

use crate::db::budget::accounts;
use crate::db::check::money_stop;
use crate::db::recovery::recovery_credits;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use domain::base::permission::Permission;
use domain::budget::budget::{BudgetTable, name_kept, table};
use std::sync::Arc;

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadBudget;

impl Service {
    /// The budget table of now (or of the requested moment), from one consistent view.
    pub async fn budget(self: &Arc<Self>, caller: Caller) -> Result<BudgetTable, Error> {
        self.read(caller, READ_PERMISSION, |tx, _| {
            let mut data = table(&accounts::balances(tx)?);
            name_kept(&mut data, &recovery_credits::kept(tx)?);
            Ok(BudgetTable { data, money_stop: money_stop::find(tx)? })
        })
        .await
    }
}
