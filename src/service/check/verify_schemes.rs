//! Versions of schemes and their drafts, compared with the audit log: a version must be what was loaded or
//! published, letter by letter, and the state of a draft must follow from the acts on record.

use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::db::revision::scheme_drafts;
use crate::db::scheme::schemes;
use crate::db::scheme::schemes::KeptVersion;
use crate::service::check::verify_log::DoneCounts;
use crate::service::check::verify_records::{Act, acts_of, same, same_field};
use domain::base::id::SchemeDraftId;
use domain::revision::scheme_draft::{SchemeDraft, SchemeDraftStatus};
use domain::scheme::scheme::Scheme;
use serde_json::json;
use std::collections::BTreeMap;

/// The first version or draft that differs from the log.
pub fn first_fault(tx: &mut ReadTx<'_>, done: &DoneCounts) -> Result<Option<String>, DbError> {
    let mut drafts = BTreeMap::new();
    for draft in scheme_drafts::list(tx)? {
        let subject = format!("scheme_draft:{}", draft.id);
        let acts = acts_of(tx, std::slice::from_ref(&subject))?;
        if let Err(fault) = check_draft(&draft, acts.of(&subject)) {
            return Ok(Some(format!("draft of {} version {}: {fault}", draft.scheme_code, draft.scheme_version)));
        }
        drafts.insert(draft.id, draft);
    }
    let known = done.of("draft_scheme");
    if known != drafts.len() as i64 {
        return Ok(Some(format!("{} drafts of schemes are stored, the log names {known}", drafts.len())));
    }
    versions_fault(tx, done, &drafts)
}

fn check_draft(draft: &SchemeDraft, acts: &[Act]) -> Result<(), String> {
    let Some(drafted) = acts.iter().find(|act| act.facts.command == "draft_scheme") else {
        return Err("the log does not say that it was drafted".to_owned());
    };
    let newest = acts.last().unwrap_or(drafted);
    let impact = draft.publication.as_ref().map(|publication| publication.impact.digest());
    let fields = [
        ("its scheme", json!(draft.scheme_code), "code"),
        ("its number", json!(draft.scheme_version), "version"),
        ("its digest", json!(draft.digest), "digest"),
        ("the digest of its text", json!(Scheme::digest(&draft.document)), "digest"),
        ("its status", json!(draft.status), "status"),
        ("its instrument", json!(draft.instrument), "instrument"),
        ("the digest of its impact sheet", json!(impact), "impact_digest"),
    ];
    for (what, stored, field) in fields {
        same_field(what, &stored, newest, field)?;
    }
    same("the person who drafted it", draft.drafted_by, drafted.facts.actor_id)?;
    same("the time it was drafted", draft.drafted_at, drafted.facts.recorded_at)?;
    let publication = draft.publication.as_ref().map(|step| (step.taken_by, step.taken_at));
    let withdrawal = draft.withdrawal.as_ref().map(|step| (step.taken_by, step.taken_at));
    for (stored, command) in [(publication, "publish_scheme"), (withdrawal, "withdraw_scheme_draft")] {
        let act = acts.iter().find(|act| act.facts.command == command);
        let logged = act.map(|act| (act.facts.actor_id, act.facts.recorded_at));
        same(&format!("who did {command}"), json!(stored), json!(logged))?;
    }
    Ok(())
}

fn versions_fault(
    tx: &mut ReadTx<'_>,
    done: &DoneCounts,
    drafts: &BTreeMap<SchemeDraftId, SchemeDraft>,
) -> Result<Option<String>, DbError> {
    let kept = schemes::kept(tx, None)?;
    let mut published = 0;
    for version in &kept {
        let subject = format!("scheme:{}", version.code);
        let acts = acts_of(tx, std::slice::from_ref(&subject))?;
        let checked = match version.draft_id {
            Some(id) => check_published(version, drafts.get(&id)),
            None => check_loaded(version, acts.of(&subject)),
        };
        published += i64::from(version.draft_id.is_some());
        if let Err(fault) = checked.and_then(|()| check_text(version)) {
            return Ok(Some(format!("scheme {} version {}: {fault}", version.code, version.version)));
        }
    }
    let loaded = kept.len() as i64 - published;
    let logged = (done.of("load_scheme"), done.of("publish_scheme"));
    if logged != (loaded, published) {
        let (files, here) = logged;
        return Ok(Some(format!(
            "{loaded} loaded and {published} published versions of schemes are stored, the log names {files} and {here}"
        )));
    }
    Ok(None)
}

fn check_text(version: &KeptVersion) -> Result<(), String> {
    same("the digest of its text", version.digest.clone(), Scheme::digest(&version.document))
}

fn check_loaded(version: &KeptVersion, acts: &[Act]) -> Result<(), String> {
    let loaded = |act: &&Act| act.facts.command == "load_scheme" && act.details["version"] == version.version;
    let act = acts.iter().find(loaded).ok_or("the log does not say that it was loaded")?;
    same_field("its digest", &json!(version.digest), act, "digest")?;
    same("the time it was loaded", version.loaded_at, act.facts.recorded_at)
}

/// The acts of drafting and publishing are verified before.
fn check_published(version: &KeptVersion, draft: Option<&SchemeDraft>) -> Result<(), String> {
    let draft =
        draft.filter(|draft| draft.status == SchemeDraftStatus::Published).ok_or("its draft was not published")?;
    same("its scheme", &version.code, &draft.scheme_code)?;
    same("its number", version.version, draft.scheme_version)?;
    same("its digest", &version.digest, &draft.digest)?;
    let published_at = draft.publication.as_ref().map(|publication| publication.taken_at);
    same("the time it was published", json!(version.loaded_at), json!(published_at))
}
