//! What a show-cause notice can be about, as its form shows it: a payment with what can still be asked back of it, or
//! a milestone that is late.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::{milestone_files, milestones};
use crate::db::payment::{disbursements, payments};
use crate::db::people::organisations;
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::milestone::milestone_files::file_of;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::scheme_shelf::Schemes;
use chrono::NaiveDate;
use domain::base::id::{DisbursementId, MilestoneId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::recovery::milestone_standing::{MilestoneFile, MilestoneStanding};
use std::sync::Arc;

/// The permission that the form of a notice takes.
pub const NOTICE_PERMISSION: Permission = Permission::IssueShowCause;

/// What an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroundReference {
    /// The number of a payment.
    Payment(String),
    /// The number of an award, and the code of its milestone.
    Milestone(String, String),
}

/// What it was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Payment {
        id: DisbursementId,
        number: String,
        paid_on: NaiveDate,
        paid: Paise,
        /// What no other recovery asks back.
        room: Paise,
    },
    Milestone {
        id: MilestoneId,
        award: String,
        code: String,
        title: String,
        due_on: NaiveDate,
        /// The day on which it was achieved as verified; none while it is not.
        achieved_on: Option<NaiveDate>,
        /// The days of its delay until today or until it was achieved, and what they cost so far.
        standing: MilestoneStanding,
    },
}

/// What the form of a notice shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeGround {
    pub found: Found,
    pub award: String,
    pub beneficiary: String,
    pub today: NaiveDate,
}

fn of_payment(tx: &mut ReadTx<'_>, number: &str, today: NaiveDate) -> Result<NoticeGround, Error> {
    let payment = payments::find_by_number(tx, number)?.or_not_found("payment")?;
    let paid = disbursements::of_payments(tx, &[payment.id.to_string()])?;
    let paid = paid.into_iter().next().or_not_found("disbursement")?;
    let taken = recoveries::under_recovery(tx, payment.id)?;
    let found = Found::Payment {
        id: paid.id,
        number: payment.number,
        paid_on: paid.paid_on,
        paid: paid.amount_paise,
        room: paid.amount_paise.minus_floored(taken),
    };
    let award = awards::find(tx, paid.award_id)?.or_not_found("award")?;
    let beneficiary = organisations::find(tx, paid.organisation_id)?.or_not_found("organisation")?.name;
    Ok(NoticeGround { found, award: award.number, beneficiary, today })
}

fn of_milestone(
    tx: &mut ReadTx<'_>,
    schemes: &Schemes,
    award: &str,
    code: &str,
    today: NaiveDate,
) -> Result<NoticeGround, Error> {
    let context = milestone_files::context(tx, award, code)?.or_not_found("milestone")?;
    let milestone = milestones::find(tx, context.id)?.or_not_found("milestone")?;
    let MilestoneFile { milestone, standing, .. } = file_of(tx, schemes, milestone, today)?;
    let found = Found::Milestone {
        id: milestone.id,
        award: award.to_owned(),
        code: milestone.code,
        title: milestone.title,
        due_on: milestone.due_on,
        achieved_on: milestone.achieved_on,
        standing,
    };
    Ok(NoticeGround { found, award: award.to_owned(), beneficiary: context.beneficiary, today })
}

impl Service {
    /// What the form of a notice shows of the payment or the milestone that it is about.
    pub async fn notice_ground(self: &Arc<Self>, caller: Caller, of: GroundReference) -> Result<NoticeGround, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, NOTICE_PERMISSION, move |tx, _| match of {
            GroundReference::Payment(number) => of_payment(tx, &number, today),
            GroundReference::Milestone(award, code) => {
                let schemes = service.schemes.current(tx)?;
                of_milestone(tx, &schemes, &award, &code, today)
            }
        })
        .await
    }
}
