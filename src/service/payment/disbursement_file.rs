//! Disbursements as pages show them: the list with its totals, and one with the records around it, what was paid under
//! its award before and after, what stands at the plant, and what its payment moved in the ledger. For offices and
//! auditors.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::db::payment::disbursement_files::{self, NamedDisbursement, Part, Totals};
use crate::db::recovery::recoveries;
use crate::service::Service;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::runner::Caller;
use crate::service::running::sheets;
use chrono::NaiveDate;
use domain::base::id::{AwardId, DisbursementId};
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::base::record_reference::RecordReference;
use domain::budget::account_name::AccountName;
use domain::correspondence::about::SheetCounts;
use domain::payment::disbursement::{Disbursement, DisbursementStatus};
use domain::people::user::Actor;
use domain::recovery::milestone_standing::InstalledPlant;
use domain::recovery::recovery::Recovery;
use std::sync::Arc;

/// The permission that the reads of this file take: offices and auditors hold it, and no company.
pub const READ_PERMISSION: Permission = Permission::ReadBudget;

/// What a payment did to one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub account: String,
    /// Less than nothing where the balance fell.
    pub by: Paise,
}

/// Finished magnet that the plant supports as verified, tonnes a year; `None` while nothing is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed {
    pub awarded_mtpa: i64,
    /// On the day of payment.
    pub then_mtpa: Option<i64>,
    pub now_mtpa: Option<i64>,
}

/// What was paid for a component of an award, before and after one disbursement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidUnder {
    /// The most that may ever be paid.
    pub ceiling: Paise,
    pub before: Paise,
    pub after: Paise,
    /// What could still be paid afterwards.
    pub left: Paise,
}

/// One disbursement with everything that its page shows.
pub struct WholeDisbursement {
    pub named: NamedDisbursement,
    pub paid: PaidUnder,
    pub installed: Installed,
    pub moved: Vec<Moved>,
    /// What was asked back of it.
    pub recoveries: Vec<Recovery>,
    /// The note sheet of its tranche.
    pub sheet: SheetCounts,
}

/// One page of the list of disbursements, and what all of them come to.
pub struct DisbursementList {
    pub rows: Vec<Disbursement>,
    pub totals: Totals,
    /// The number of the award, if the list is that of one.
    pub award: Option<String>,
}

/// The change of a balance by an entry: some accounts grow with a debit, the others with a credit.
fn moved(posted: disbursement_files::Posted) -> Moved {
    let grows = posted.account.parse::<AccountName>().map_or(true, |name| name.stage.grows_on_debit());
    let by = if grows { posted.amount_paise } else { -posted.amount_paise };
    Moved { account: posted.account, by: Paise(by) }
}

impl Service {
    fn whole_disbursement(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        of: &RecordReference<DisbursementId>,
        today: NaiveDate,
    ) -> Result<WholeDisbursement, Error> {
        let named = disbursement_files::named(tx, of)?.or_not_found("disbursement")?;
        let one = &named.disbursement;
        let award = awards::find(tx, one.award_id)?.or_not_found("award")?;
        let schedule = milestones::list(tx, Some(award.id), None)?;
        let schemes = self.schemes.current(tx)?;
        let chain = &schemes.version(&award.scheme_code, award.scheme_version)?.chain;
        let installed = |day| InstalledPlant::of(&schedule, chain, day).installed_magnet_mtpa;
        let installed = Installed {
            awarded_mtpa: award.capacity_mtpa,
            then_mtpa: installed(one.paid_on),
            now_mtpa: installed(today),
        };
        let before = disbursement_files::paid_before(tx, one)?;
        let kept = if one.status == DisbursementStatus::Succeeded { one.amount_paise } else { Paise::ZERO };
        let after = Paise::sum([before, kept]).unwrap_or(before);
        let ceiling = award.ceilings.of(one.component);
        Ok(WholeDisbursement {
            paid: PaidUnder { ceiling, before, after, left: ceiling.minus_floored(after) },
            installed,
            moved: disbursement_files::posted(tx, one.payment_id)?.into_iter().map(moved).collect(),
            recoveries: recoveries::of_disbursement(tx, one.id)?,
            sheet: sheets::counts(tx, actor, one.tranche_id.into())?,
            named,
        })
    }

    /// One disbursement with what its page shows.
    pub async fn disbursement_file(
        self: &Arc<Self>,
        caller: Caller,
        of: RecordReference<DisbursementId>,
    ) -> Result<WholeDisbursement, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        let work = move |tx: &mut ReadTx<'_>, actor: &Actor| service.whole_disbursement(tx, actor, &of, today);
        self.read(caller, READ_PERMISSION, work).await
    }

    /// One page of the disbursements, of all or of one award, the newest first; pages are numbered from 1.
    pub async fn disbursement_list(
        self: &Arc<Self>,
        caller: Caller,
        award: Option<RecordReference<AwardId>>,
        status: Option<DisbursementStatus>,
        page: i64,
        rows: i64,
    ) -> Result<DisbursementList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let award = match award {
                Some(of) => Some(awards::named(tx, &of)?.or_not_found("award")?.award),
                None => None,
            };
            let part = Part { status, award: award.as_ref().map(|award| award.id) };
            let rows = disbursement_files::page(tx, part, page.saturating_sub(1).saturating_mul(rows), rows)?;
            let totals = disbursement_files::totals(tx, part)?;
            Ok(DisbursementList { rows, totals, award: award.map(|award| award.number) })
        })
        .await
    }
}
