//! Credits of the bank: a finance officer records from the statement of the account what arrived. No balance changes;
//! a receipt of it is booked by somebody else (`service/recovery/recovery_receipts.rs`).

use crate::db::payment::bank_credits;
use crate::service::Service;
use crate::service::recovery::used_utrs::{Way, require_unused};
use crate::service::running::cursor::require_known;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::evidence::require_evidence;
use crate::service::running::runner::{Caller, Command, Done, Work};
use crate::service::worklist::names::Names;
use domain::base::evidence::EvidenceIds;
use domain::base::id::{BankCreditId, UserId};
use domain::base::permission::Permission;
use domain::payment::bank_credit::{BankCredit, BankCreditForm};
use serde_json::json;
use std::sync::Arc;

/// A finance officer records a credit, with the statement that shows it.
pub struct RecordBankCredit {
    pub form: BankCreditForm,
}

impl Command for RecordBankCredit {
    const NAME: &'static str = "record_bank_credit";
    const PERMISSION: Permission = Permission::RecordBankCredit;
    const REFUSALS: &'static [&'static str] = &["utr_already_used", "evidence_unknown"];
    type Answer = BankCredit;

    fn subject(&self) -> String {
        "bank_credit".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<BankCredit>, Error> {
        let utr = self.form.check(work.schemes.first_day(work.today()), work.today())?;
        let files = require_evidence(work.tx, &self.form.evidence, None)?;
        // What a receipt rests on stays as it is.
        require_unused(work.tx, &utr, Way::In)?;
        let credit = BankCredit {
            id: BankCreditId(work.new_id()),
            utr,
            credited_on: self.form.credited_on,
            amount_paise: self.form.amount_paise,
            evidence: EvidenceIds(self.form.evidence),
            recorded_by: work.actor.user_id,
            recorded_at: work.now,
        };
        bank_credits::insert(work.tx, &credit)?;
        let digests: Vec<String> = files.into_iter().map(|file| file.digest).collect();
        let details = json!({
            "utr": credit.utr, "credited_on": credit.credited_on, "amount_paise": credit.amount_paise,
            "evidence_digests": digests,
        });
        Ok(Done { subject: format!("bank_credit:{}", credit.id), answer: credit, details })
    }
}

/// One page of the list of credits, with how many there are in all and who recorded them.
pub struct CreditList {
    pub rows: Vec<BankCredit>,
    pub all: i64,
    pub people: Names,
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadTreasury;

impl Service {
    /// Credits before the given one, or from the newest, newest first. The caller requests one more than a page shows,
    /// to see whether more follow.
    pub async fn list_bank_credits(
        self: &Arc<Self>,
        caller: Caller,
        before: Option<BankCreditId>,
        limit: i64,
    ) -> Result<Vec<BankCredit>, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            require_known(before, |id| bank_credits::find(tx, id))?;
            Ok(bank_credits::page(tx, before, limit)?)
        })
        .await
    }

    pub async fn bank_credit(self: &Arc<Self>, caller: Caller, id: BankCreditId) -> Result<BankCredit, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| bank_credits::find(tx, id)?.or_not_found("bank credit")).await
    }

    /// One page of the credits, the newest first.
    pub async fn credit_list(self: &Arc<Self>, caller: Caller, page: i64, rows: i64) -> Result<CreditList, Error> {
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            let offset = page.saturating_sub(1).saturating_mul(rows);
            let found = bank_credits::numbered_page(tx, offset, rows)?;
            let people: Vec<UserId> = found.iter().map(|credit| credit.recorded_by).collect();
            Ok(CreditList { all: bank_credits::count(tx)?, people: Names::of_people(tx, actor, &people)?, rows: found })
        })
        .await
    }
}
