//! Entries of the audit log as the runner writes them: linked behind the head, with the digests of what is withheld
//! from them.

use crate::db::engine::transaction::WriteTx;
use crate::db::log::audit_log;
use crate::service::running::error::Error;
use domain::log::audit::AuditFacts;
use domain::people::disclosure;
use domain::people::disclosure::{DisclosedField, Disclosure};

/// Values withheld from an entry, sorted by digest, so that the order does not reveal their fields (RFC 9901,
/// 4.2.4.1).
pub(in crate::service) fn beside(
    sequence: i64,
    subject: &str,
    withheld: Vec<(DisclosedField, String)>,
) -> Vec<Disclosure> {
    let of = |(field, text): (DisclosedField, String)| Disclosure {
        sequence,
        subject: subject.to_owned(),
        field,
        digest: disclosure::digest(&text),
        disclosure: Some(text),
        erased_by: None,
    };
    let mut all: Vec<Disclosure> = withheld.into_iter().map(of).collect();
    all.sort_by(|one, other| one.digest.cmp(&other.digest));
    all
}

/// The sequence of the next entry.
pub(in crate::service) fn next_sequence(tx: &mut WriteTx<'_>) -> Result<i64, Error> {
    Ok(audit_log::head(tx)?.0 + 1)
}

/// Links an entry behind the head. Its sequence is the next one.
pub(in crate::service) fn append(tx: &mut WriteTx<'_>, mut facts: AuditFacts) -> Result<(), Error> {
    let (head, hash) = audit_log::head(tx)?;
    debug_assert_eq!(facts.sequence, head + 1, "an entry stands behind the head");
    facts.details = audit_log::details_in_log(tx, facts.details)?;
    audit_log::append(tx, &facts.link(&hash))?;
    Ok(())
}
