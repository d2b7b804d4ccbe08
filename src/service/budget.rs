//! Providing a year's budget (two people) and reading where every rupee stands.

use crate::db::{accounts, provisions, tranches};
use crate::domain::budget::{BudgetRow, Provision, ProvisionForm, ProvisionStatus, room_to_provide, table};
use crate::domain::id::{InstrumentId, UserId};
use crate::domain::permission::{Permission, Step};
use crate::domain::posting;
use crate::domain::refusal::Refusal;
use crate::service::Service;
use crate::service::error::{Error, OrNotFound};
use crate::service::runner::{Caller, Command, Done, Work, check_version};
use serde_json::json;
use std::sync::Arc;

/// One scheme administrator proposes a provision.
pub struct ProposeProvision {
    pub form: ProvisionForm,
}

impl Command for ProposeProvision {
    const NAME: &'static str = "propose_provision";
    const PERMISSION: Permission = Permission::ProposeProvision;
    const REFUSALS: &'static [&'static str] = &["same_person"];
    type Answer = Provision;

    fn subject(&self) -> String {
        "provision".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Provision>, Error> {
        let form = self.form;
        work.schemes.newest(&form.scheme_code)?;
        form.check(work.today())?;
        let provision = Provision {
            id: InstrumentId(work.new_id()),
            scheme_code: form.scheme_code,
            component: form.component,
            financial_year: form.financial_year,
            amount_paise: form.amount_paise,
            reference: form.reference,
            dated_on: form.dated_on,
            status: ProvisionStatus::Proposed,
            proposed_by: work.actor.user_id,
            proposed_at: work.now,
            approved_by: None,
            approved_at: None,
            version: 1,
        };
        check_no_step(work, &provision, provision.proposed_by)?;
        provisions::insert(work.tx, &provision)?;
        let subject = format!("provision:{}", provision.id);
        Ok(Done { details: details(&provision), subject, answer: provision })
    }
}

/// Another one approves it: the year's appropriation grows.
pub struct ApproveProvision {
    pub id: InstrumentId,
    pub seen_version: i64,
}

impl Command for ApproveProvision {
    const NAME: &'static str = "approve_provision";
    const PERMISSION: Permission = Permission::ApproveProvision;
    const REFUSALS: &'static [&'static str] = &["stale_version", "wrong_state", "same_person", "outlay_exceeded"];
    type Answer = Provision;

    fn subject(&self) -> String {
        format!("provision:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Provision>, Error> {
        let mut provision = provisions::find(work.tx, self.id)?.or_not_found("provision")?;
        check_version(self.seen_version, provision.version)?;
        provision.approve(work.actor.user_id, work.now)?;
        // It counts from now on, so now neither of its two people may have a step on its money.
        for person in [provision.proposed_by, work.actor.user_id] {
            check_no_step(work, &provision, person)?;
        }
        let outlay = work.schemes.newest(&provision.scheme_code)?.component_outlay(provision.component);
        let balances = accounts::balances(work.tx)?;
        let year = work.now.financial_year();
        let room = room_to_provide(outlay, &provision.scheme_code, provision.component, year, &balances);
        if provision.amount_paise > room {
            return Err(Refusal::OutlayExceeded { need: provision.amount_paise, room }.into());
        }
        provisions::update(work.tx, &mut provision)?;
        work.post(&posting::provide(
            &provision.scheme_code,
            provision.component,
            provision.financial_year,
            provision.amount_paise,
            &provision.reference,
        ))?;
        Ok(Done { details: details(&provision), subject: format!("provision:{}", provision.id), answer: provision })
    }
}

/// Who took a step on a year's money does not raise that year's appropriation.
fn check_no_step(work: &mut Work<'_, '_>, provision: &Provision, person: UserId) -> Result<(), Error> {
    if tranches::has_step_by(work.tx, person, &provision.scheme_code, provision.component, provision.financial_year)? {
        return Err(Refusal::SamePerson { earlier: Step::Recommend, now: Step::Provide }.into());
    }
    Ok(())
}

fn details(provision: &Provision) -> serde_json::Value {
    json!({
        "scheme": provision.scheme_code, "component": provision.component, "financial_year": provision.financial_year,
        "amount_paise": provision.amount_paise, "reference": provision.reference,
    })
}

impl Service {
    /// The budget table at this moment, from one consistent view.
    pub async fn budget(self: &Arc<Self>, caller: Caller) -> Result<Vec<BudgetRow>, Error> {
        self.read(caller, Permission::ReadBudget, |tx, _| Ok(table(&accounts::balances(tx)?))).await
    }

    pub async fn list_provisions(self: &Arc<Self>, caller: Caller) -> Result<Vec<Provision>, Error> {
        self.read(caller, Permission::ReadBudget, |tx, _| Ok(provisions::list(tx)?)).await
    }

    pub async fn provision(self: &Arc<Self>, caller: Caller, id: InstrumentId) -> Result<Provision, Error> {
        self.read(caller, Permission::ReadBudget, move |tx, _| provisions::find(tx, id)?.or_not_found("provision"))
            .await
    }
}
