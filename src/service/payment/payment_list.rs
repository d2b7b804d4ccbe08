//! The list of payments as its page shows it.

use crate::db::payment::payments;
use crate::db::people::organisations;
use crate::service::Service;
use crate::service::payment::payments::READ_PERMISSION;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use domain::base::permission::Role;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::worklist::payment_rules;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One row of the list of payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPayment {
    pub payment: Payment,
    pub beneficiary: String,
    /// The offices that can end its wait; none if it waits for nobody.
    pub offices: Vec<Role>,
}

/// One page of the list of payments, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentList {
    pub rows: Vec<ListedPayment>,
    pub all: i64,
}

/// The offices that can end the wait of a payment: the same ones before and after it is in a file for the treasury.
fn offices_of(payment: &Payment) -> Vec<Role> {
    let waits = payment_rules::payment(payment.status, true);
    waits.offices()
}

impl Service {
    /// One page of the payments that a person may see, the newest first; pages are numbered from 1.
    pub async fn payment_list(
        self: &Arc<Self>,
        caller: Caller,
        status: Option<PaymentStatus>,
        page: i64,
        rows: i64,
    ) -> Result<PaymentList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let part = payments::Part { status, only: actor.narrowed_to() };
            let all = payments::count(tx, part)?;
            let found = payments::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let ids: Vec<String> = found.iter().map(|payment| payment.organisation_id.to_string()).collect();
            let names: BTreeMap<String, String> = organisations::names(tx, &ids)?.into_iter().collect();
            let row = |payment: Payment| ListedPayment {
                beneficiary: names.get(&payment.organisation_id.to_string()).cloned().unwrap_or_default(),
                offices: offices_of(&payment),
                payment,
            };
            Ok(PaymentList { rows: found.into_iter().map(row).collect(), all })
        })
        .await
    }
}
