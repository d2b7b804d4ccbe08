//! Tranches, payments and disbursements, compared with the audit log. The log is verified before; a row that
//! differs from it was changed behind the service's back. The tables are read chunk by chunk, so that memory
//! does not grow with the database.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::payment::{disbursements, payments, tranches};
use crate::db::recovery::recovery_credits;
use crate::service::check::verify_log::DoneCounts;
use crate::service::check::verify_returns;
use domain::base::calendar::FinancialYear;
use domain::base::money::Paise;
use domain::base::permission::Step;
use domain::log::audit::{AuditFacts, AuditOutcome};
use domain::payment::disbursement::Disbursement;
use domain::payment::payment::Payment;
use domain::payment::tranche::Tranche;
use domain::people::organisation::mask;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Display;

pub(in crate::service) const CHUNK_ROWS: i64 = 500;

/// The first record that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let found = tranches_fault(tx)?;
    if found.is_some() {
        return Ok(found);
    }
    payments_fault(tx, done)
}

/// An act on a record: sequence, time, person, command, and the details.
pub(in crate::service) struct Act {
    pub facts: AuditFacts,
    pub details: Value,
}

/// The acts of these records by subject, oldest first.
pub(in crate::service) fn acts_of(tx: &mut ReadTx<'_>, subjects: &[String]) -> Result<Acts, DbError> {
    let mut acts = Acts::default();
    for entry in audit_log::of_subjects(tx, subjects)? {
        if entry.facts.outcome == AuditOutcome::Done {
            let details = serde_json::from_str(&entry.facts.details).unwrap_or_default();
            acts.0.entry(entry.facts.subject.clone()).or_default().push(Act { facts: entry.facts, details });
        }
    }
    Ok(acts)
}

/// Acts by subject, oldest first.
#[derive(Default)]
pub(in crate::service) struct Acts(BTreeMap<String, Vec<Act>>);

impl Acts {
    pub fn of(&self, subject: &str) -> &[Act] {
        self.0.get(subject).map_or(&[], Vec::as_slice)
    }

    /// All acts, subject by subject.
    pub fn all(&self) -> impl Iterator<Item = &Act> {
        self.0.values().flatten()
    }

    /// All acts, subject by subject.
    pub fn into_all(self) -> impl Iterator<Item = Act> {
        self.0.into_values().flatten()
    }
}

/// `Err` with both values when a row differs from the log.
pub(in crate::service) fn same<T: PartialEq + Display>(what: &str, stored: T, logged: T) -> Result<(), String> {
    if stored == logged { Ok(()) } else { Err(format!("{what} is {stored}, the log says {logged}")) }
}

/// `Err` when a field differs from the act that set it. A field that older acts did not put on record is not
/// compared.
pub(in crate::service) fn same_field(what: &str, stored: &Value, act: &Act, field: &str) -> Result<(), String> {
    match act.details.get(field) {
        Some(logged) => same(what, shown(stored), shown(logged)),
        None => Ok(()),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn tranches_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let mut last = String::new();
    loop {
        let chunk = tranches::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { return Ok(None) };
        last = end.id.to_string();
        let ids: Vec<String> = chunk.iter().map(|tranche| tranche.id.to_string()).collect();
        let live: BTreeMap<String, String> = payments::live_of(tx, &ids)?.into_iter().collect();
        let kept: BTreeMap<String, i64> = recovery_credits::kept_of_tranches(tx, &ids)?.into_iter().collect();
        let subjects: Vec<String> = ids.iter().map(|id| format!("tranche:{id}")).collect();
        let acts = acts_of(tx, &subjects)?;
        for ((tranche, id), subject) in chunk.iter().zip(&ids).zip(&subjects) {
            let paid = Paid { live: live.get(id).map(String::as_str), kept: kept.get(id).copied().unwrap_or(0) };
            if let Err(fault) = check_tranche(tranche, acts.of(subject), &paid) {
                return Ok(Some(format!("tranche {}: {fault}", tranche.number)));
            }
        }
    }
}

/// The payments of a tranche, as far as the tranche depends on them.
struct Paid<'a> {
    /// The status of the payment that is in force, if there is one.
    live: Option<&'a str>,
    /// The amount of bank returns that was applied to recoveries.
    kept: i64,
}

fn check_tranche(tranche: &Tranche, acts: &[Act], paid: &Paid<'_>) -> Result<(), String> {
    // After a return that left nothing to owe, the tranche stays as it was last paid.
    let used_up = tranche.is_used_up(Paise(paid.kept), paid.live.is_some());
    let before = if used_up { paid.kept } else { tranche.amount_paise.0.saturating_add(paid.kept) };
    for act in verify_returns::since_reopened(acts) {
        if let Some(amount) = act.details["amount_paise"].as_i64() {
            let after = paid.kept > 0 && act.facts.command == "expire_hold";
            same("its amount in paise", if after { tranche.amount_paise.0 } else { before }, amount)?;
        }
    }
    let acted = acts.iter().rev().find(|act| act.details["status"].is_string());
    let logged = acted.map_or("verified", |act| act.details["status"].as_str().unwrap_or_default());
    let of_payment = match paid.live {
        Some("succeeded") => Some("disbursed"),
        Some(_) => Some("advised"),
        None => used_up.then_some("disbursed"),
    };
    let status = tranche.status.as_str();
    match (status, of_payment) {
        // The ledger proves money that was released.
        ("rejected" | "expired", None) => {}
        // Its claim was verified again, as the acts on the claim say.
        ("verified", None) if logged == "returned" => {}
        (_, Some(of_payment)) => {
            same("its status", status, of_payment)?;
            same("its status before the payment", "sanctioned", logged)?;
        }
        (_, None) => same("its status", status, logged)?,
    }
    if let Some(act) = acted {
        same_field("its sanction", &json!(tranche.sanction), act, "sanction")?;
    }
    verify_returns::check_tranche(tranche, acts)?;
    check_steps(tranche, acts)
}

/// Each step must be an act of its own, and each such act a step.
fn check_steps(tranche: &Tranche, acts: &[Act]) -> Result<(), String> {
    let step_of = |act: &Act| match act.facts.command.as_str() {
        "recommend_tranche" => Some(Step::Recommend),
        "concur_tranche" => Some(Step::Concur),
        "sanction_tranche" => Some(Step::Sanction),
        _ => None,
    };
    let mut logged = acts.iter().filter_map(|act| Some((step_of(act)?, act.facts.actor_id, act.facts.recorded_at)));
    let acted = |step: Step| [Step::Recommend, Step::Concur, Step::Sanction].contains(&step);
    let mut stored = tranche
        .steps
        .0
        .iter()
        .filter(|taken| acted(taken.step))
        .map(|taken| (taken.step, taken.taken_by, taken.taken_at));
    loop {
        match (stored.next(), logged.next()) {
            (None, None) => return Ok(()),
            (stored, logged) if stored == logged => {}
            (Some((step, by, _)), _) => return Err(format!("the log does not say that {by} took the step {step}")),
            (None, Some((step, by, _))) => return Err(format!("the step {step} that {by} took is gone")),
        }
    }
}

fn payments_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let (mut last, mut known, mut paid) = (String::new(), 0, 0);
    loop {
        let chunk = payments::after(tx, &last, CHUNK_ROWS)?;
        let Some(end) = chunk.last() else { break };
        last = end.id.to_string();
        let ids: Vec<String> = chunk.iter().map(|payment| payment.id.to_string()).collect();
        let made: BTreeMap<_, Disbursement> =
            disbursements::of_payments(tx, &ids)?.into_iter().map(|made| (made.payment_id, made)).collect();
        paid += made.len() as i64;
        let subjects: Vec<String> = ids.iter().map(|id| format!("payment:{id}")).collect();
        let acts = acts_of(tx, &subjects)?;
        for (payment, subject) in chunk.iter().zip(&subjects) {
            let acts = acts.of(subject);
            known += acts.len() as i64;
            if let Err(fault) = check_payment(payment, acts) {
                return Ok(Some(format!("payment {}: {fault}", payment.number)));
            }
            if let Err(fault) = check_disbursement(payment, acts, made.get(&payment.id)) {
                return Ok(Some(format!("disbursement of payment {}: {fault}", payment.number)));
            }
        }
    }
    let all = done.about("payment");
    if known != all {
        return Ok(Some(format!("payments are gone: {known} acts are about those stored, the log has {all}")));
    }
    match disbursements::count_and_misplaced(tx)? {
        (_, Some(number)) => Ok(Some(format!("disbursement {number}: it is not of its tranche's award and claim"))),
        (stored, None) if stored != paid => Ok(Some(format!("{stored} disbursements are stored for {paid} payments"))),
        _ => Ok(None),
    }
}

fn check_payment(payment: &Payment, acts: &[Act]) -> Result<(), String> {
    let Some(advised) = acts.iter().find(|act| act.details["account"].is_string()) else {
        return Err("the log does not say that it was advised".to_owned());
    };
    same("its number", json!(payment.number).to_string(), advised.details["payment"].to_string())?;
    same("its amount in paise", payment.amount_paise.0, advised.details["amount_paise"].as_i64().unwrap_or_default())?;
    let set_off = advised.details["set_off_paise"].as_i64().unwrap_or_default();
    same("what is set off of it in paise", payment.set_off_paise.0, set_off)?;
    same("its account", mask(&payment.bank_account), shown(&advised.details["account"]))?;
    same("its IFSC", payment.ifsc.clone(), shown(&advised.details["ifsc"]))?;
    same("the person who advised it", payment.advised_by, advised.facts.actor_id)?;
    same("the time it was advised", payment.advised_at, advised.facts.recorded_at)?;
    let stored = [json!(payment.status), json!(payment.utr), json!(payment.paid_on)];
    let advised_only = [json!("advised"), Value::Null, Value::Null];
    let logged = last_outcome(acts)
        .map_or(advised_only, |act| ["outcome", "utr", "paid_on"].map(|field| act.details[field].clone()));
    for ((what, stored), logged) in ["its status", "its UTR", "the day it was paid"].into_iter().zip(stored).zip(logged)
    {
        same(what, shown(&stored), shown(&logged))?;
    }
    Ok(())
}

/// The last answer of the bank that changed the payment.
fn last_outcome(acts: &[Act]) -> Option<&Act> {
    let applied = |act: &&Act| matches!(act.details["result"].as_str(), None | Some("applied"));
    acts.iter().rev().filter(applied).find(|act| act.details["outcome"].is_string())
}

/// A disbursement must repeat what its payment says; the payment is verified before.
fn check_disbursement(payment: &Payment, acts: &[Act], made: Option<&Disbursement>) -> Result<(), String> {
    let success = acts.iter().rev().find(|act| act.details["outcome"] == "succeeded");
    let (success, made) = match (success, made) {
        (None, None) => return Ok(()),
        (Some(_), None) => return Err("it is gone".to_owned()),
        (None, Some(_)) => return Err("the payment never succeeded".to_owned()),
        (Some(success), Some(made)) => (success, made),
    };
    // The bank pays the amount that is not set off.
    let gross = payment.amount_paise.0.saturating_add(payment.set_off_paise.0);
    same("its amount in paise", made.amount_paise.0, gross)?;
    same("what is set off of it in paise", made.set_off_paise.0, payment.set_off_paise.0)?;
    same("its status", made.status.as_str(), payment.status.as_str())?;
    same("its UTR", made.utr.as_str(), payment.utr.as_deref().unwrap_or_default())?;
    let paid_on = payment.paid_on.map(|day| day.to_string()).unwrap_or_default();
    same("the day it was paid", made.paid_on.to_string(), paid_on)?;
    same("its year", made.payment_year, FinancialYear::containing(made.paid_on))?;
    same("its tranche", made.tranche_id, payment.tranche_id)?;
    same("its beneficiary's id", made.organisation_id, payment.organisation_id)?;
    same("the time it was recorded", made.recorded_at, success.facts.recorded_at)
}
