//! The standing of a milestone on a day: whether it is late, what share of it was reached, and the
//! damages that accrued, next to those that notices and demands already claim. It is computed from
//! the records and not stored.

use crate::base::days::Days;
use crate::base::money::{BasisPoints, Paise};
use crate::base::refusal::Refusal;
use crate::milestone::excuse::Excuse;
use crate::milestone::milestone::{Milestone, Verification};
use crate::milestone::report_return::RoundChanges;
use crate::recovery::damages::{Damages, Delay};
use crate::recovery::recovery::{Recovery, RecoveryStatus};
use crate::recovery::recovery_credit::{CreditKind, CreditStatus, RecoveryCredit};
use crate::scheme::security_rule::DamagesTerms;
use crate::scheme::value_chain::InstalledCapacity;
use crate::scheme::value_chain::{Chain, ChainStage};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// The standing of a milestone on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MilestoneStanding {
    pub as_on: NaiveDate,
    pub late: bool,
    /// The number of days from the day after the due date up to this day or the day of achievement,
    /// both included; excused days are not counted.
    pub days_late: i64,
    /// Days of the delay that were excused by that day.
    pub excused_days: i64,
    /// The share of it that was verified as reached, in basis points.
    pub reached_share: BasisPoints,
    /// The total that may be claimed on it, as a share of the award's capital ceiling.
    pub claimable_share: BasisPoints,
    /// Finished magnet that the whole value chain supports as last verified, tonnes a year.
    pub installed_magnet_mtpa: Option<i64>,
    /// None if the scheme has no damages.
    pub damages: Option<DamagesStanding>,
}

/// A milestone and its standing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MilestoneFile {
    #[serde(flatten)]
    pub milestone: Milestone,
    #[serde(flatten)]
    pub standing: MilestoneStanding,
    /// What each report changed against the one before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<RoundChanges>,
}

/// The capacity of an award's plant, as verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstalledPlant {
    /// The capacity of each stage as last verified; none while nothing is verified.
    pub installed_mtpa: Option<InstalledCapacity>,
    /// Finished magnet that the whole value chain supports, tonnes a year.
    pub installed_magnet_mtpa: Option<i64>,
}

impl InstalledPlant {
    /// Computes the plant of these milestones on a day. For each stage the last inspection that
    /// measured it counts.
    pub fn of<'a>(milestones: impl IntoIterator<Item = &'a Milestone>, chain: &Chain, day: NaiveDate) -> Self {
        let mut inspections: Vec<&Verification> =
            milestones.into_iter().flat_map(|milestone| milestone.counting_inspections(day)).collect();
        inspections.sort_by_key(|one| (one.inspection.inspected_on, one.verified_at));
        let last = |stage: &ChainStage| {
            let measured = inspections.iter().rev().find_map(|one| one.inspection.installed_mtpa.0.get(stage));
            measured.map(|mtpa| (stage.clone(), *mtpa))
        };
        let installed = InstalledCapacity(chain.stages.iter().filter_map(last).collect());
        if installed.0.is_empty() {
            return InstalledPlant { installed_mtpa: None, installed_magnet_mtpa: None };
        }
        let magnet = chain.magnet_mtpa(&installed);
        InstalledPlant { installed_mtpa: Some(installed), installed_magnet_mtpa: Some(magnet) }
    }
}

/// Damages up to a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DamagesStanding {
    /// Late days for which no damages were demanded by then.
    pub accrued_days: i64,
    /// The damages for these days; they are not demanded, so not due.
    pub accrued_paise: Paise,
    /// The amounts in notices and orders that are not demanded by then, as far as their days still cost them: never
    /// more than what accrued.
    pub noticed_paise: Paise,
    pub demanded_paise: Paise,
    /// The part of the demanded amount that the beneficiary paid, or its bank paid under the
    /// guarantee.
    pub recovered_paise: Paise,
    pub set_off_paise: Paise,
    pub waived_paise: Paise,
    pub written_off_paise: Paise,
    /// The part of the demanded amount that is still due.
    pub due_paise: Paise,
}

impl DamagesStanding {
    /// The sum of both; `None` on overflow.
    pub fn plus(&self, other: &DamagesStanding) -> Option<DamagesStanding> {
        Some(DamagesStanding {
            accrued_days: self.accrued_days.checked_add(other.accrued_days)?,
            accrued_paise: self.accrued_paise.checked_add(other.accrued_paise)?,
            noticed_paise: self.noticed_paise.checked_add(other.noticed_paise)?,
            demanded_paise: self.demanded_paise.checked_add(other.demanded_paise)?,
            recovered_paise: self.recovered_paise.checked_add(other.recovered_paise)?,
            set_off_paise: self.set_off_paise.checked_add(other.set_off_paise)?,
            waived_paise: self.waived_paise.checked_add(other.waived_paise)?,
            written_off_paise: self.written_off_paise.checked_add(other.written_off_paise)?,
            due_paise: self.due_paise.checked_add(other.due_paise)?,
        })
    }

    /// The sum over several milestones; none if none of them has damages.
    pub fn total<'a>(all: impl IntoIterator<Item = &'a MilestoneStanding>) -> Result<Option<Self>, Refusal> {
        let mut some = all.into_iter().filter_map(|standing| standing.damages.as_ref());
        let Some(first) = some.next() else { return Ok(None) };
        some.try_fold(*first, |sum, one| sum.plus(one)).map(Some).ok_or(Refusal::AmountTooLarge)
    }

    /// Adds the amount a recovery claims, and its credits.
    fn add(
        &mut self,
        recovery: &Recovery,
        (credits, left): (&[&RecoveryCredit], Option<Paise>),
        as_on: NaiveDate,
    ) -> Option<()> {
        let by_then = |day: Option<NaiveDate>| day.is_some_and(|day| day <= as_on);
        if !demanded_by(recovery, as_on) {
            let dropped = recovery.decision.as_ref().filter(|_| recovery.amount_paise == Paise::ZERO);
            let noticed = by_then(recovery.notice.as_ref().map(|notice| notice.issued_on));
            let withdrawn = recovery.withdrawal().map(|withdrawal| withdrawal.withdrawn_at.date_in_india());
            if noticed && !by_then(dropped.map(|decision| decision.ordered_on)) && !by_then(withdrawn) {
                let asked = asked_by(recovery, as_on);
                self.noticed_paise = self.noticed_paise.checked_add(left.map_or(asked, |left| asked.min(left)))?;
            }
            return Some(());
        }
        self.demanded_paise = self.demanded_paise.checked_add(recovery.amount_paise)?;
        let mut due = recovery.amount_paise;
        let counts = |credit: &&&RecoveryCredit| credit.status == CreditStatus::Done && credit.credited_on <= as_on;
        for credit in credits.iter().filter(counts) {
            let amount = match credit.kind {
                CreditKind::SetOffUndone => Paise(-credit.damages_paise.0),
                _ => credit.damages_paise,
            };
            let sum = match credit.kind {
                CreditKind::Receipt | CreditKind::Guarantee | CreditKind::BankReturn => &mut self.recovered_paise,
                CreditKind::SetOff | CreditKind::SetOffUndone => &mut self.set_off_paise,
                CreditKind::Waiver => &mut self.waived_paise,
                CreditKind::WriteOff => &mut self.written_off_paise,
            };
            *sum = sum.checked_add(amount)?;
            due = due.checked_sub(amount)?;
        }
        self.due_paise = self.due_paise.checked_add(due)?;
        Some(())
    }
}

fn demanded_by(recovery: &Recovery, as_on: NaiveDate) -> bool {
    recovery.demand.as_ref().is_some_and(|demand| demand.demanded_on <= as_on)
}

/// The amount that a recovery claimed on a day: by its notice, or by its order once there was one.
fn asked_by(recovery: &Recovery, as_on: NaiveDate) -> Paise {
    match (&recovery.decision, &recovery.notice) {
        (Some(decision), _) if decision.ordered_on <= as_on => decision.amount_paise,
        (_, Some(notice)) => notice.asked_paise,
        _ => recovery.amount_paise,
    }
}

/// The records about the delay of a milestone.
#[derive(Clone, Copy, Debug)]
pub struct DelayRecords<'a> {
    pub excuses: &'a [Excuse],
    /// Recoveries of its damages; their credits are in `credits`.
    pub recoveries: &'a [Recovery],
    pub credits: &'a [RecoveryCredit],
}

impl<'a> DelayRecords<'a> {
    fn recoveries_of(&self, milestone: &Milestone) -> impl Iterator<Item = &'a Recovery> + use<'a> {
        let id = milestone.id;
        self.recoveries.iter().filter(move |recovery| recovery.milestone_id == Some(id))
    }

    /// The days that were excused by a day.
    pub fn excused(&self, milestone: &Milestone, as_on: NaiveDate) -> Days {
        let own = self.excuses.iter().filter(|excuse| excuse.milestone_id == milestone.id);
        Days::of(own.filter_map(|excuse| excuse.granted_by(as_on)))
    }
}

impl Milestone {
    /// Computes its standing on a day. The day of achievement counts from that day on, whenever it
    /// was verified; an excuse, notice or demand counts from the day on which it was recorded.
    pub fn standing(
        &self,
        chain: &Chain,
        damages: Option<DamagesTerms>,
        records: &DelayRecords<'_>,
        as_on: NaiveDate,
    ) -> Result<MilestoneStanding, Refusal> {
        let demanded: Vec<&Recovery> =
            records.recoveries_of(self).filter(|recovery| demanded_by(recovery, as_on)).collect();
        let charged = demanded.iter().filter_map(|recovery| recovery.damages.as_ref()).flat_map(Damages::charged);
        let delay = self.delay(records.excused(self, as_on), Days::of(charged));
        let days_late = delay.late_days(as_on).count();
        let damages = match damages {
            Some(terms) => Some(self.damages_standing(&delay, &terms, records, as_on)?),
            None => None,
        };
        Ok(MilestoneStanding {
            as_on,
            late: days_late > 0,
            days_late,
            excused_days: delay.excused_days(as_on),
            reached_share: self.reached_share_on(as_on),
            claimable_share: self.claimable_share_on(as_on),
            installed_magnet_mtpa: self.installed_magnet_mtpa(chain, as_on),
            damages,
        })
    }

    /// Its late days up to a day that nobody answered: no excuse for them is granted or waits for its decision, no
    /// standing damages charge them, and where the scheme has damages they cost something within its limit.
    pub fn unanswered(
        &self,
        damages: Option<&DamagesTerms>,
        records: &DelayRecords<'_>,
        as_on: NaiveDate,
    ) -> Result<Days, Refusal> {
        let own = records.excuses.iter().filter(|excuse| excuse.milestone_id == self.id);
        let excused = own.filter_map(|one| if one.decision.is_none() { Some(one.asked()) } else { one.granted() });
        let standing: Vec<&Recovery> =
            records.recoveries_of(self).filter(|recovery| recovery.status != RecoveryStatus::Dropped).collect();
        let charged = standing.iter().filter_map(|recovery| recovery.damages.as_ref()).flat_map(Damages::charged);
        let delay = self.delay(Days::of(excused), Days::of(charged));
        let open = delay.open_days(as_on);
        let Some(terms) = damages else { return Ok(open) };
        let already =
            Paise::sum(standing.iter().map(|recovery| recovery.amount_paise)).ok_or(Refusal::AmountTooLarge)?;
        let open = delay.within(terms, open, terms.cap.map(|cap| cap.minus_floored(already)))?;
        let costs = delay.worth(terms, &open)? > Paise::ZERO;
        Ok(if costs { open } else { Days::default() })
    }

    fn damages_standing(
        &self,
        delay: &Delay,
        terms: &DamagesTerms,
        records: &DelayRecords<'_>,
        as_on: NaiveDate,
    ) -> Result<DamagesStanding, Refusal> {
        let open = delay.open_days(as_on);
        let mut standing = DamagesStanding::default();
        for recovery in records.recoveries_of(self) {
            let credits: Vec<&RecoveryCredit> =
                records.credits.iter().filter(|credit| credit.recovery_id == recovery.id).collect();
            // A notice asks for no more than its days cost now: some may be excused, or the milestone was reached.
            let left = recovery.damages.as_ref().map(|damages| delay.left_of(terms, damages)).transpose()?;
            standing.add(recovery, (&credits, left), as_on).ok_or(Refusal::AmountTooLarge)?;
        }
        let left = terms.cap.map(|cap| cap.minus_floored(standing.demanded_paise));
        let open = delay.within(terms, open, left)?;
        let worth = delay.worth(terms, &open)?;
        standing.accrued_days = open.count();
        standing.accrued_paise = left.map_or(worth, |left| worth.min(left));
        standing.noticed_paise = standing.noticed_paise.min(standing.accrued_paise);
        Ok(standing)
    }
}
