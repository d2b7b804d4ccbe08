//! A reference of the bank (UTR) identifies one movement of money, out or in. Every door that records one asks here
//! whether it is used: answers of the bank one by one, in bulk and from files, corrections, credits and receipts.

use crate::db::engine::transaction::ReadTx;
use crate::db::payment::payments;
use crate::db::payment::utr_uses;
use crate::db::payment::utr_uses::UtrUse;
use crate::db::recovery::recovery_credits;
use crate::service::running::error::Error;
use domain::base::reason::Reason;
use domain::base::refusal::Refusal;

/// Where the money goes whose UTR is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To a payee.
    Out,
    /// To the account of the scheme. A receipt rests on a credit of the bank, and bears its UTR.
    In,
}

/// What a UTR is used for already; none if it is free.
pub fn used_for(tx: &mut ReadTx<'_>, utr: &str, way: Way) -> Result<Option<Reason>, Error> {
    if let Some(payment) = payments::find_by_utr(tx, utr)? {
        return Ok(Some(Reason::SettlesPayment { payment: payment.number }));
    }
    let uses = utr_uses::of(tx, utr)?;
    if uses.contains(&UtrUse::Receipt)
        && let Some(recovery) = recovery_credits::recovery_of_utr(tx, utr)?
    {
        return Ok(Some(Reason::SettlesRecovery { recovery }));
    }
    if uses.contains(&UtrUse::Guarantee) {
        return Ok(Some(Reason::SettlesGuarantee));
    }
    Ok(uses.into_iter().find_map(|one| match (one, way) {
        (UtrUse::Credit, Way::Out) => Some(Reason::SettlesCredit),
        // The bank says that this money went out.
        (UtrUse::PaidOut(payment), Way::In) => Some(Reason::SettlesPayment { payment }),
        _ => None,
    }))
}

/// Refuses a UTR that is used already.
pub fn require_unused(tx: &mut ReadTx<'_>, utr: &str, way: Way) -> Result<(), Error> {
    match used_for(tx, utr, way)? {
        Some(payment) => Err(Refusal::UtrAlreadyUsed { payment }.into()),
        None => Ok(()),
    }
}
