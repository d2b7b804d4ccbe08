//! Records of the audit (observations and the like), each compared with the last act on it in the log.

use crate::db::desk::{observations, requisitions, saved_queries};
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::service::check::verify_records::{CHUNK_ROWS, acts_of, same_field};
use domain::log::audit::digest_of;
use serde_json::json;

/// A record's number, its subject in the log, and its digest.
pub(in crate::service) type Told = (String, String, String);

/// The first record that differs from its last act in the log.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = requisitions::page(tx, None, None, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { break };
        after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|one| (one.number.clone(), format!("requisition:{}", one.id), digest_of(one)));
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
    }
    if let Some(fault) = count_fault(tx, "requisition", rows)? {
        return Ok(Some(fault));
    }
    match saved_queries_fault(tx)? {
        Some(fault) => Ok(Some(fault)),
        None => observations_fault(tx),
    }
}

fn saved_queries_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = saved_queries::page(tx, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { break };
        after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|one| (one.number.clone(), format!("saved_query:{}", one.id), digest_of(one)));
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
    }
    if let Some(fault) = count_fault(tx, "saved_query", rows)? {
        return Ok(Some(fault));
    }
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = saved_queries::runs(tx, None, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return count_fault(tx, "saved_query_run", rows) };
        after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|one| (one.id.to_string(), format!("saved_query_run:{}", one.id), digest_of(one)));
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
    }
}

fn observations_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut selection, mut rows) = (observations::Selection::default(), 0);
    loop {
        let chunk = observations::page(tx, selection, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return count_fault(tx, "observation", rows) };
        selection.after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|one| (one.number.clone(), format!("observation:{}", one.id), digest_of(one)));
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
    }
}

/// There must be as many rows as the log names.
pub(in crate::service) fn count_fault(tx: &mut ReadTx<'_>, noun: &str, rows: i64) -> Result<Option<String>, DbError> {
    let known = audit_log::count_of_noun(tx, noun)?;
    Ok((known != rows).then(|| format!("{rows} {noun}s are stored, the log names {known}")))
}

/// The first of these that differs from its last act in the log.
pub(in crate::service) fn fault_among(tx: &mut ReadTx<'_>, told: &[Told]) -> Result<Option<String>, DbError> {
    let subjects: Vec<String> = told.iter().map(|(_, subject, _)| subject.clone()).collect();
    let acts = acts_of(tx, &subjects)?;
    for (number, subject, digest) in told {
        let fault = match acts.of(subject).last() {
            None => Err("the log does not name it".to_owned()),
            Some(act) => same_field("its digest", &json!(digest), act, "digest"),
        };
        if let Err(fault) = fault {
            return Ok(Some(format!("{number}: {fault}")));
        }
    }
    Ok(None)
}
