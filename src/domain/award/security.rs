//! Performance securities: bank guarantees lodged for an award. A guarantee counts as cover from
//! the day the agency has its confirmation from the bank until it expires, is invoked or is
//! released. After an invocation the bank can confirm, top up and extend what is left of it, which
//! then counts again. Each act on it is recorded, and no person takes two different steps on one guarantee.

use crate::award::award::Award;
use crate::award::security_forms::{
    BankWord, SecurityConfirmation, SecurityExtension, SecurityInvocation, SecurityReceipt, SecurityRelease,
};
use crate::base::argument::Series;
use crate::base::calendar::Timestamp;
use crate::base::id::{AwardId, EvidenceId, OrganisationId, RecoveryId, SecurityId, UserId};
use crate::base::money::{LARGEST_AMOUNT, Paise};
use crate::base::permission::Step;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::base::utr::normalise_utr;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// The status of a guarantee. Whether it has expired follows from its dates.
    pub enum SecurityStatus {
        Lodged = "lodged",
        Confirmed = "confirmed",
        NotConfirmed = "not_confirmed",
        Invoked = "invoked",
        Released = "released",
    }
}

words! {
    /// The kind of an act on a guarantee.
    pub enum SecurityEventKind {
        Confirmed = "confirmed",
        NotConfirmed = "not_confirmed",
        ExtensionLodged = "extension_lodged",
        ExtensionConfirmed = "extension_confirmed",
        ExtensionNotConfirmed = "extension_not_confirmed",
        Invoked = "invoked",
        Received = "received",
        Released = "released",
    }
}

impl SecurityEventKind {
    /// The step it counts as; one person takes only one kind of step on a guarantee.
    pub fn step(self) -> Step {
        match self {
            SecurityEventKind::ExtensionLodged => Step::Submit,
            SecurityEventKind::Invoked | SecurityEventKind::Released => Step::Sanction,
            SecurityEventKind::Received => Step::Pay,
            _ => Step::Verify,
        }
    }
}

/// New dates, and an amount by which the bank raises the guarantee (a top-up), that await its confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingExtension {
    pub expires_on: NaiveDate,
    pub claim_expires_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_up_paise: Option<Paise>,
}

/// A bank guarantee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Security {
    pub id: SecurityId,
    pub award_id: AwardId,
    pub organisation_id: OrganisationId,
    pub guarantee_number: String,
    pub bank: String,
    pub amount_paise: Paise,
    pub issued_on: NaiveDate,
    /// The last day it covers.
    pub expires_on: NaiveDate,
    /// The last day on which the guarantee can be invoked.
    pub claim_expires_on: NaiveDate,
    pub evidence_id: EvidenceId,
    pub status: SecurityStatus,
    pub extension: Option<PendingExtension>,
    /// The amount invoked so far.
    pub invoked_paise: Paise,
    /// The amount received so far under invocations.
    pub received_paise: Paise,
    pub lodged_by: UserId,
    pub lodged_at: Timestamp,
    pub version: i64,
}

/// One act on a guarantee; fields that do not apply to it are empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SecurityEvent {
    pub kind: SecurityEventKind,
    pub acted_by: UserId,
    pub acted_at: Timestamp,
    /// Letter, order or bank reference.
    pub reference: String,
    pub note: String,
    pub evidence_id: Option<EvidenceId>,
    pub amount_paise: Option<Paise>,
    /// The date of the document, or the day on which the money was received.
    pub dated_on: Option<NaiveDate>,
    pub expires_on: Option<NaiveDate>,
    pub claim_expires_on: Option<NaiveDate>,
    /// The recovery for which the guarantee is invoked and which its money pays.
    pub recovery_id: Option<RecoveryId>,
}

impl SecurityEvent {
    /// The copy for a manufacturer: what the agency noted on the bank's answer is for the offices alone.
    pub fn without_noting(mut self) -> SecurityEvent {
        use SecurityEventKind::{Confirmed, ExtensionConfirmed, ExtensionNotConfirmed, NotConfirmed};
        if [Confirmed, NotConfirmed, ExtensionConfirmed, ExtensionNotConfirmed].contains(&self.kind) {
            self.note.clear();
        }
        self
    }

    fn of(kind: SecurityEventKind, by: UserId, at: Timestamp, reference: &str, note: &str) -> SecurityEvent {
        SecurityEvent {
            kind,
            acted_by: by,
            acted_at: at,
            reference: reference.trim().to_owned(),
            note: note.to_owned(),
            evidence_id: None,
            amount_paise: None,
            dated_on: None,
            expires_on: None,
            claim_expires_on: None,
            recovery_id: None,
        }
    }

    fn amount_if(&self, kind: SecurityEventKind) -> Paise {
        if self.kind == kind { self.amount_paise.unwrap_or_default() } else { Paise::ZERO }
    }
}

/// The amount invoked for a recovery and not received yet. An old invocation that names no recovery
/// counts for any.
pub fn pending_for(events: &[SecurityEvent], recovery: RecoveryId) -> Paise {
    let ours = || events.iter().filter(|event| event.recovery_id.is_none_or(|id| id == recovery));
    let sum = |kind| Paise::sum(ours().map(|event| event.amount_if(kind))).unwrap_or(LARGEST_AMOUNT);
    sum(SecurityEventKind::Invoked).minus_floored(sum(SecurityEventKind::Received))
}

/// What the bank was asked to pay for recoveries that are still demanded, and did not pay yet.
pub fn still_called_up(events: &[SecurityEvent], demanded: impl Fn(RecoveryId) -> bool) -> Paise {
    let open = |event: &&SecurityEvent| event.recovery_id.is_none_or(&demanded);
    let sum =
        |kind| Paise::sum(events.iter().filter(open).map(|event| event.amount_if(kind))).unwrap_or(LARGEST_AMOUNT);
    sum(SecurityEventKind::Invoked).minus_floored(sum(SecurityEventKind::Received))
}

impl Security {
    /// The name shown to people: number and bank. It stands in texts of every language, so it has no word of one.
    pub fn name(&self) -> String {
        format!("{} ({})", self.guarantee_number, self.bank)
    }

    /// What is left of it: its amount less what was invoked.
    pub fn rest(&self) -> Paise {
        self.amount_paise.minus_floored(self.invoked_paise)
    }

    /// Whether the bank still has to pay what was invoked.
    pub fn is_short(&self) -> bool {
        self.received_paise < self.invoked_paise
    }

    /// Whether its bank can still be asked for what is left of it, until the end of the days for that.
    pub fn can_be_called(&self, today: NaiveDate) -> bool {
        let binds = [SecurityStatus::Lodged, SecurityStatus::Confirmed, SecurityStatus::Invoked];
        binds.contains(&self.status) && self.claim_expires_on >= today && self.rest() > Paise::ZERO
    }

    fn require(&self, statuses: &[SecurityStatus], needs: &'static str) -> Result<(), Refusal> {
        if statuses.contains(&self.status) {
            Ok(())
        } else {
            Err(Refusal::WrongState { noun: "guarantee", is: self.status.as_str(), needs })
        }
    }

    /// The reason why it covers nothing today; `None` for a guarantee that counts.
    pub fn why_not(&self, today: NaiveDate) -> Option<Reason> {
        match self.status {
            SecurityStatus::Lodged => Some(Reason::GuaranteeUnconfirmed),
            SecurityStatus::NotConfirmed => Some(Reason::GuaranteeNotConfirmed),
            SecurityStatus::Invoked => Some(Reason::GuaranteeInvoked),
            SecurityStatus::Released => Some(Reason::GuaranteeReleased),
            SecurityStatus::Confirmed if self.expires_on < today => {
                Some(Reason::GuaranteeExpired { on: self.expires_on })
            }
            SecurityStatus::Confirmed => None,
        }
    }

    /// Refuses a person who already took another step on this guarantee.
    pub fn check_person(&self, events: &[SecurityEvent], kind: SecurityEventKind, by: UserId) -> Result<(), Refusal> {
        let now = kind.step();
        let lodged = (self.lodged_by == by).then_some(Step::Submit);
        let taken = events.iter().filter(|event| event.acted_by == by).map(|event| event.kind.step());
        match lodged.into_iter().chain(taken).find(|earlier| *earlier != now) {
            Some(earlier) => Err(Refusal::SamePerson { earlier: earlier.into(), now: now.into() }),
            None => Ok(()),
        }
    }

    /// Records the bank's answer about the guarantee itself, or about an extension that awaits it. Of an invoked
    /// guarantee it is the answer about what is left: where the bank confirms that, it counts again.
    pub fn confirm(
        &mut self,
        word: &SecurityConfirmation,
        by: UserId,
        at: Timestamp,
    ) -> Result<SecurityEvent, Refusal> {
        let good = word.outcome == BankWord::Confirmed;
        let dates = self.extension.take();
        let kind = match &dates {
            Some(dates) => {
                if good {
                    (self.expires_on, self.claim_expires_on) = (dates.expires_on, dates.claim_expires_on);
                    let top_up = dates.top_up_paise.unwrap_or_default();
                    self.amount_paise = self.amount_paise.checked_add(top_up).ok_or(Refusal::AmountTooLarge)?;
                }
                if good && self.rest() > Paise::ZERO {
                    self.status = SecurityStatus::Confirmed;
                }
                if good { SecurityEventKind::ExtensionConfirmed } else { SecurityEventKind::ExtensionNotConfirmed }
            }
            None => {
                let needs = "lodged, or to have an extension that waits";
                self.require(&[SecurityStatus::Lodged, SecurityStatus::Invoked], needs)?;
                if self.rest() == Paise::ZERO {
                    return Err(Refusal::WrongState { noun: "guarantee", is: "invoked in whole", needs });
                }
                self.status = match (good, self.status) {
                    (true, _) => SecurityStatus::Confirmed,
                    // What was invoked is still awaited, and what is left covers nothing, as before.
                    (false, SecurityStatus::Invoked) => SecurityStatus::Invoked,
                    (false, _) => SecurityStatus::NotConfirmed,
                };
                if good { SecurityEventKind::Confirmed } else { SecurityEventKind::NotConfirmed }
            }
        };
        Ok(SecurityEvent {
            evidence_id: word.evidence_id,
            expires_on: dates.as_ref().map(|dates| dates.expires_on),
            claim_expires_on: dates.as_ref().map(|dates| dates.claim_expires_on),
            amount_paise: dates.and_then(|dates| dates.top_up_paise),
            ..SecurityEvent::of(kind, by, at, &word.reference, &word.note)
        })
    }

    /// Lodges new dates, or a top-up, while the guarantee still runs; they count once the bank confirms them.
    pub fn extend(&mut self, form: &SecurityExtension, by: UserId, at: Timestamp) -> Result<SecurityEvent, Refusal> {
        self.require(&[SecurityStatus::Confirmed, SecurityStatus::Invoked], "confirmed or invoked")?;
        if self.extension.is_some() {
            return Err(Refusal::WrongState {
                noun: "guarantee",
                is: "waiting for the bank's word on an extension",
                needs: "without one",
            });
        }
        let today = at.date_in_india();
        if today > self.expires_on || form.dated_on > self.expires_on {
            return Err(Refusal::SecurityExpired { guarantee: self.name(), on: self.expires_on });
        }
        let claim_expires_on = form.claim_expires_on.unwrap_or(form.expires_on);
        let later = match form.top_up_paise {
            Some(_) => form.expires_on >= self.expires_on,
            None => form.expires_on > self.expires_on,
        };
        if !later || claim_expires_on < self.claim_expires_on {
            let (expires_on, claim_expires_on) = (self.expires_on, self.claim_expires_on);
            let reason = Reason::ExtensionTooShort { expires_on, claim_expires_on };
            return Err(Refusal::DateNotAllowed { reason });
        }
        if self.rest() == Paise::ZERO && form.top_up_paise.is_none() {
            let needs = "to be topped up";
            return Err(Refusal::WrongState { noun: "guarantee", is: "invoked in whole", needs });
        }
        let top_up_paise = form.top_up_paise;
        self.extension = Some(PendingExtension { expires_on: form.expires_on, claim_expires_on, top_up_paise });
        Ok(SecurityEvent {
            evidence_id: Some(form.evidence_id),
            dated_on: Some(form.dated_on),
            expires_on: Some(form.expires_on),
            claim_expires_on: Some(claim_expires_on),
            amount_paise: top_up_paise,
            ..SecurityEvent::of(SecurityEventKind::ExtensionLodged, by, at, &form.reference, "")
        })
    }

    /// Invokes the guarantee within its claim period, for at most its remaining amount and the
    /// amount owed (`due`). From then on it counts as no cover, until the bank confirms what is left of it.
    pub fn invoke(
        &mut self,
        form: &SecurityInvocation,
        due: Paise,
        by: UserId,
        at: Timestamp,
    ) -> Result<SecurityEvent, Refusal> {
        use SecurityStatus::{Confirmed, Invoked, Lodged};
        self.require(&[Lodged, Confirmed, Invoked], "lodged, confirmed or invoked")?;
        if at.date_in_india() > self.claim_expires_on {
            return Err(Refusal::SecurityClaimOver { guarantee: self.name(), until: self.claim_expires_on });
        }
        let room = self.rest();
        if form.amount_paise > room {
            return Err(Refusal::SecurityExceeded { guarantee: self.name(), need: form.amount_paise, room });
        }
        if form.amount_paise > due {
            return Err(Refusal::SecurityExceedsDue { guarantee: self.name(), need: form.amount_paise, due });
        }
        self.invoked_paise = self.invoked_paise.checked_add(form.amount_paise).ok_or(Refusal::AmountTooLarge)?;
        self.status = Invoked;
        Ok(SecurityEvent {
            amount_paise: Some(form.amount_paise),
            recovery_id: form.recovery_id,
            ..SecurityEvent::of(SecurityEventKind::Invoked, by, at, &form.reference, &form.reason)
        })
    }

    /// Records money that the bank paid, at most the amount invoked for its recovery (`pending`).
    pub fn receive(
        &mut self,
        form: &SecurityReceipt,
        pending: Paise,
        by: UserId,
        at: Timestamp,
    ) -> Result<SecurityEvent, Refusal> {
        if !self.is_short() {
            return Err(Refusal::WrongState { noun: "guarantee", is: self.status.as_str(), needs: "invoked" });
        }
        if form.received_on > at.date_in_india() || form.received_on < self.issued_on {
            let reason = Reason::ReceivedOutside { day: form.received_on };
            return Err(Refusal::DateNotAllowed { reason });
        }
        let room = self.invoked_paise.minus_floored(self.received_paise).min(pending);
        if form.amount_paise > room {
            return Err(Refusal::SecurityExceeded { guarantee: self.name(), need: form.amount_paise, room });
        }
        self.received_paise = self.received_paise.checked_add(form.amount_paise).ok_or(Refusal::AmountTooLarge)?;
        let utr = normalise_utr(&form.utr).unwrap_or_default();
        Ok(SecurityEvent {
            amount_paise: Some(form.amount_paise),
            dated_on: Some(form.received_on),
            recovery_id: form.recovery_id,
            ..SecurityEvent::of(SecurityEventKind::Received, by, at, &utr, "")
        })
    }

    /// Releases the guarantee. The caller must make sure that it is no longer needed.
    pub fn release(&mut self, form: &SecurityRelease, by: UserId, at: Timestamp) -> Result<SecurityEvent, Refusal> {
        use SecurityStatus::{Confirmed, Invoked, Lodged, NotConfirmed};
        self.require(&[Lodged, Confirmed, NotConfirmed, Invoked], "lodged, confirmed, not confirmed or invoked")?;
        self.status = SecurityStatus::Released;
        self.extension = None;
        Ok(SecurityEvent::of(SecurityEventKind::Released, by, at, &form.reference, &form.reason))
    }
}

/// The total of the guarantees that count today.
pub fn cover(securities: &[Security], today: NaiveDate) -> Paise {
    let counted = securities.iter().filter(|security| security.why_not(today).is_none());
    Paise::sum(counted.map(Security::rest)).unwrap_or(LARGEST_AMOUNT)
}

/// What the banks of confirmed guarantees can still be asked for, until the end of the days for that.
pub fn callable(securities: &[Security], today: NaiveDate) -> Paise {
    let counted = securities.iter().filter(|one| one.status == SecurityStatus::Confirmed && one.can_be_called(today));
    Paise::sum(counted.map(Security::rest)).unwrap_or(LARGEST_AMOUNT)
}

/// Refuses while the guarantees that count today do not cover the amount the award requires, and
/// names each that does not count, with the reason.
pub fn require_cover(award: &Award, securities: &[Security], today: NaiveDate) -> Result<(), Refusal> {
    let (required, lodged) = (award.security_required_paise, cover(securities, today));
    if lodged >= required {
        return Ok(());
    }
    let reasons: Vec<Reason> = securities
        .iter()
        .filter_map(|security| {
            let why = Box::new(security.why_not(today)?);
            Some(Reason::GuaranteeUncounted { guarantee: security.name(), amount: security.rest(), why })
        })
        .collect();
    let uncounted = match (reasons.is_empty(), securities.is_empty()) {
        (false, _) => Reason::GuaranteesUncounted { guarantees: Series(reasons) },
        (true, true) => Reason::NoGuarantee,
        (true, false) => Reason::GuaranteesTooSmall,
    };
    Err(Refusal::SecurityShort { required, lodged, uncounted })
}
