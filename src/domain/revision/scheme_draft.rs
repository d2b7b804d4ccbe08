//! Drafts of scheme versions: a draft is written by one person and published by another. A draft
//! that would make an award worse needs an additional instrument, proposed by one person and
//! approved by another.

use crate::base::calendar::Timestamp;
use crate::base::field::{FieldErrors, check_name, check_text};
use crate::base::id::{SchemeDraftId, UserId};
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::revision::impact::{AwardLoss, ImpactSheet};
use crate::scheme::scheme::Scheme;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest text of a version, in bytes.
pub const LONGEST_TEXT: usize = 262_144;

words! {
    /// The status of a draft.
    pub enum SchemeDraftStatus {
        Draft = "draft",
        Published = "published",
        Withdrawn = "withdrawn",
    }
}

/// A step that somebody took on a draft, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SchemeDraftStep {
    pub note: String,
    pub taken_by: UserId,
    pub taken_at: Timestamp,
}

/// A publication and the impact sheet on which it was based.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Publication {
    pub impact: ImpactSheet,
    pub impact_digest: String,
    pub taken_by: UserId,
    pub taken_at: Timestamp,
}

/// The instrument that states what this draft may take from awards already made, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorseningInstrument {
    /// Number and date of its order.
    pub reference: String,
    pub reason: String,
    /// The loss of each award, according to the impact sheet that was seen; a larger loss is not
    /// covered.
    pub covers: Vec<AwardLoss>,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
    pub approval: Option<SchemeDraftStep>,
}

impl WorseningInstrument {
    /// Reports invalid fields of the form.
    pub fn check(reference: &str, reason: &str) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::new();
        check_name(&mut errors, "/reference", reference, 200);
        check_text(&mut errors, "/reason", reason, 4_000);
        errors.finish()
    }
}

/// A draft of a scheme version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchemeDraft {
    pub id: SchemeDraftId,
    pub scheme_code: String,
    pub scheme_version: i64,
    /// The TOML text, which never changes.
    pub document: String,
    /// SHA-256 of the text.
    pub digest: String,
    pub status: SchemeDraftStatus,
    pub drafted_by: UserId,
    pub drafted_at: Timestamp,
    pub instrument: Option<WorseningInstrument>,
    pub publication: Option<Publication>,
    pub withdrawal: Option<SchemeDraftStep>,
    pub version: i64,
}

impl SchemeDraft {
    /// Proposes an instrument; it replaces an instrument proposed before.
    pub fn propose(&mut self, instrument: WorseningInstrument) -> Result<(), Refusal> {
        self.require_open()?;
        if instrument.covers.is_empty() {
            return Err(Refusal::NothingProposed);
        }
        self.instrument = Some(instrument);
        Ok(())
    }

    /// A person who neither wrote the draft nor proposed the instrument approves it.
    pub fn approve(&mut self, covers: &[AwardLoss], step: SchemeDraftStep) -> Result<(), Refusal> {
        self.require_open()?;
        let drafted_by = self.drafted_by;
        let instrument = self.instrument.as_mut().ok_or(Refusal::NothingProposed)?;
        if instrument.approval.is_some() {
            return Err(Refusal::WrongState { noun: "instrument", is: "approved", needs: "proposed" });
        }
        if instrument.proposed_by == step.taken_by {
            return Err(Refusal::SamePerson { earlier: Step::Recommend.into(), now: Step::Concur.into() });
        }
        if drafted_by == step.taken_by {
            return Err(Refusal::SamePerson { earlier: Step::Prepare.into(), now: Step::Concur.into() });
        }
        uncovered(covers, &instrument.covers)?;
        instrument.approval = Some(step);
        Ok(())
    }

    /// Refuses a person who may not publish the draft: its author, or the person who approved the
    /// instrument.
    pub fn check_publisher(&self, by: UserId) -> Result<(), Refusal> {
        self.require_open()?;
        if self.drafted_by == by {
            return Err(Refusal::SamePerson { earlier: Step::Prepare.into(), now: Step::Sanction.into() });
        }
        if self.approved().is_some_and(|(_, approval)| approval.taken_by == by) {
            return Err(Refusal::SamePerson { earlier: Step::Concur.into(), now: Step::Sanction.into() });
        }
        Ok(())
    }

    /// A second person publishes the draft. Every loss of an award must be covered, to the paisa.
    pub fn publish(&mut self, publication: Publication) -> Result<(), Refusal> {
        self.check_publisher(publication.taken_by)?;
        let covered = self.approved().map_or(&[][..], |(instrument, _)| &instrument.covers);
        uncovered(&publication.impact.losses(), covered)?;
        self.status = SchemeDraftStatus::Published;
        self.publication = Some(publication);
        Ok(())
    }

    fn approved(&self) -> Option<(&WorseningInstrument, &SchemeDraftStep)> {
        self.instrument.as_ref().and_then(|one| Some((one, one.approval.as_ref()?)))
    }

    /// The draft is withdrawn.
    pub fn withdraw(&mut self, step: SchemeDraftStep) -> Result<(), Refusal> {
        self.require_open()?;
        self.status = SchemeDraftStatus::Withdrawn;
        self.withdrawal = Some(step);
        Ok(())
    }

    fn require_open(&self) -> Result<(), Refusal> {
        if self.status == SchemeDraftStatus::Draft {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "scheme draft", is: self.status.as_str(), needs: "a draft" })
    }
}

/// Refuses if an award has a loss that is not covered.
fn uncovered(losses: &[AwardLoss], covered: &[AwardLoss]) -> Result<(), Refusal> {
    let is_covered =
        |loss: &&AwardLoss| covered.iter().any(|known| known.award_id == loss.award_id && known.holds(loss));
    let open: Vec<&str> = losses.iter().filter(|loss| !is_covered(loss)).map(|loss| loss.award.as_str()).collect();
    if open.is_empty() { Ok(()) } else { Err(Refusal::WorsensAwards { awards: open.join(", ") }) }
}

/// Refuses a version that would change the past. Its number must follow the newest one, it must
/// begin on or after `first_day` (the last day on which something was decided), and it must not
/// change the number prefix, the components or the outlay.
pub fn check_next(
    scheme: &Scheme,
    newest: Option<&Scheme>,
    prefixes: &[&str],
    first_day: NaiveDate,
) -> Result<(), Refusal> {
    let refuse = |reason: Reason| Err(Refusal::VersionNotAllowed { reason });
    let expected = newest.map_or(1, |newest| newest.version + 1);
    if scheme.version != expected {
        return refuse(Reason::VersionNumber { is: scheme.version, next: expected });
    }
    if scheme.effective_from < first_day {
        return refuse(Reason::BeginsTooEarly { from: scheme.effective_from, first: first_day });
    }
    let Some(newest) = newest else {
        let taken = prefixes.contains(&scheme.number_prefix.as_str());
        let reason = || Reason::PrefixTaken { prefix: scheme.number_prefix.clone() };
        return if taken { refuse(reason()) } else { Ok(()) };
    };
    if scheme.effective_from < newest.effective_from {
        let (from, before) = (scheme.effective_from, newest.effective_from);
        return refuse(Reason::BeginsBefore { from, version: newest.version, before });
    }
    if scheme.number_prefix != newest.number_prefix {
        return refuse(Reason::PrefixFixed);
    }
    let parts = |of: &Scheme| of.components.iter().map(|part| (part.code, part.rupees)).collect::<Vec<_>>();
    if parts(scheme) != parts(newest) || scheme.outlay.rupees != newest.outlay.rupees {
        return refuse(Reason::OutlayFixed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml");

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn next(from: &str, to: &str) -> Result<(), Refusal> {
        let third = Scheme::parse(TEXT).unwrap();
        let text = TEXT.replacen("version = 3", "version = 4", 1).replacen(from, to, 1);
        check_next(&Scheme::parse(&text).unwrap(), Some(&third), &["NDFEB"], day("2026-09-01"))
    }

    #[test]
    fn the_past_stays_as_it_was() {
        assert_eq!(next("value = 4000", "value = 3000"), Ok(()));
        let told = |from: &str, to: &str| next(from, to).unwrap_err().to_string();
        assert!(told("version = 4", "version = 3").contains("the next one is 4"));
        assert!(told("version = 4", "version = 5").contains("the next one is 4"));
        assert!(told("2026-10-01", "2026-08-31").contains("can begin is 2026-09-01"));
        assert!(told("2026-10-01", "2026-09-30").contains("before version 3"));
        assert!(told("\"NDFEB\"", "\"MAGNET\"").contains("number_prefix"));
        let shifted = TEXT.replacen("version = 3", "version = 4", 1);
        let shifted =
            shifted.replacen("1200_00_00_000", "1201_00_00_000", 1).replacen("130_00_00_000", "129_00_00_000", 1);
        let third = Scheme::parse(TEXT).unwrap();
        let told = check_next(&Scheme::parse(&shifted).unwrap(), Some(&third), &[], day("2026-09-01"));
        assert!(told.unwrap_err().to_string().contains("budget instrument"));
        let first = TEXT.replacen("version = 3", "version = 1", 1);
        let first =
            first[..first.find("changes = [").unwrap()].to_owned() + &first[first.find("]\n\n[outlay]").unwrap() + 2..];
        let first = Scheme::parse(&first).unwrap();
        assert_eq!(check_next(&first, None, &["REPM"], day("2026-09-01")), Ok(()));
        assert!(check_next(&first, None, &["NDFEB"], day("2026-09-01")).is_err());
    }
}
