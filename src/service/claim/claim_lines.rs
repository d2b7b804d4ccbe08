//! Replacing the lines of a draft claim by those of a file.

use crate::db::claim::claims;
use crate::service::claim::claims::{ChangeClaim, ClaimFile, Draft};
use crate::service::running::error::Error;
use crate::service::running::runner::{Answered, Call, Command, Done, Work};
use crate::service::{Service, off_thread};
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::id::ClaimId;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::claim::claim::{ClaimForm, ClaimLine, ClaimLineRecord};
use domain::claim::claim_lines_file;
use domain::scheme::fact::StatedFact;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// A preparer replaces the lines of a draft; everything else of it stays.
pub struct UploadClaimLines {
    id: ClaimId,
    seen_version: i64,
    lines: Vec<ClaimLine>,
    /// The line of the file on which each of them stands, from 1.
    places: Vec<u64>,
    /// The amount that is claimed with these lines; the one of before unless given.
    amount_claimed_paise: Option<Paise>,
}

/// A CSV file of lines, and the amount that is claimed with them if that changes.
pub struct LinesFile {
    pub content: Vec<u8>,
    pub amount_claimed_paise: Option<Paise>,
}

impl Command for UploadClaimLines {
    const NAME: &'static str = "upload_claim_lines";
    const PERMISSION: Permission = Permission::PrepareClaim;
    const REFUSALS: &'static [&'static str] = ChangeClaim::REFUSALS;
    type Answer = ClaimFile;

    fn subject(&self) -> String {
        format!("claim:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<ClaimFile>, Error> {
        let subject = self.subject();
        let draft = Draft::open(work, self.id, self.seen_version)?;
        let amount_claimed_paise = self.amount_claimed_paise.unwrap_or(draft.claim.amount_claimed_paise);
        let lines = with_known_documents(self.lines, &claims::lines(work.tx, self.id)?);
        let form = ClaimForm { lines, amount_claimed_paise, ..draft.claim.form(&[]) };
        let redrawn = draft.redraw(work, form).map_err(|error| on_their_lines(error, &self.places));
        let (claim, lines) = redrawn?;
        let details = json!({ "version": claim.version, "lines": lines.len() });
        Ok(Done { subject, details, answer: (claim, lines) })
    }
}

/// The faults of lines by the line of the file on which each stands: nobody counts ten thousand of them.
fn on_their_lines(error: Error, places: &[u64]) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    for fault in &mut errors.0 {
        let index =
            fault.pointer.strip_prefix("/lines/").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        fault.line = index.and_then(|index| places.get(index).copied()).or(fault.line);
    }
    Error::Invalid(errors)
}

/// A file has no place for documents: a fact that is stated of an invoice as before keeps its document.
fn with_known_documents(mut lines: Vec<ClaimLine>, before: &[ClaimLineRecord]) -> Vec<ClaimLine> {
    let facts = before.iter().flat_map(|line| line.stated.facts.iter().map(|fact| (&line.stated.invoice_number, fact)));
    let known: HashMap<(&str, &str), &StatedFact> =
        facts.map(|(invoice, fact)| ((invoice.as_str(), fact.code.as_str()), fact)).collect();
    for line in &mut lines {
        for fact in &mut line.facts {
            let same = known.get(&(line.invoice_number.as_str(), fact.code.as_str()));
            fact.evidence_id = same.filter(|same| same.value == fact.value).and_then(|same| same.evidence_id);
        }
    }
    lines
}

impl Service {
    /// Checks whether this person may send such a file before any of it is received.
    pub async fn may_upload_claim_lines(self: &Arc<Self>, call: &Call, id: ClaimId) -> Result<(), Error> {
        let nothing =
            UploadClaimLines { id, seen_version: 0, lines: Vec::new(), places: Vec::new(), amount_claimed_paise: None };
        self.begin_several(call, nothing).await.map(|_| ())
    }

    /// Replaces the lines of a draft by those of a CSV file.
    pub async fn upload_claim_lines(
        self: &Arc<Self>,
        call: Call,
        id: ClaimId,
        seen_version: i64,
        file: LinesFile,
        render: impl FnOnce(ClaimFile) -> String + Send + 'static,
    ) -> Result<Answered, Error> {
        let LinesFile { content, amount_claimed_paise } = file;
        let read = off_thread(move || {
            let text = std::str::from_utf8(&content).map_err(|_| FieldErrors::one("", FieldReason::NotUtf8))?;
            Ok(claim_lines_file::read(text)?)
        });
        let (places, lines) = read.await?.into_iter().unzip();
        let command = UploadClaimLines { id, seen_version, lines, places, amount_claimed_paise };
        self.execute(call, command, render).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::base::id::EvidenceId;
    use domain::claim::claim_lines_file::write;
    use domain::scheme::fact::FactValue;
    use uuid::Uuid;

    #[test]
    fn a_fact_that_stays_as_it_was_keeps_its_document() {
        let text = "invoice_number,invoice_date,party,quantity_kg,amount_paise,in_india\r\n\
                    S/1,2026-06-01,Sample Motors,10,100,yes\r\nS/2,2026-06-01,Sample Motors,10,100,yes\r\n";
        let read = |text: &str| -> Vec<ClaimLine> {
            claim_lines_file::read(text).unwrap().into_iter().map(|(_, line)| line).collect()
        };
        let mut stated = read(text);
        let document = EvidenceId(Uuid::now_v7());
        stated.iter_mut().for_each(|line| line.facts[0].evidence_id = Some(document));
        let mut corrected = read(&write(&stated).unwrap());
        corrected[1].facts[0].value = FactValue::YesNo(false);
        let before = ClaimLineRecord::numbered(stated);
        let kept = with_known_documents(corrected, &before);
        let documents: Vec<_> = kept.iter().map(|line| line.facts[0].evidence_id).collect();
        assert_eq!(documents, [Some(document), None], "what is stated otherwise needs a document of its own");
    }
}
