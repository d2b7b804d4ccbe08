//! Payment advices: making the file that instructs the treasury to pay, and downloading it.

use crate::db::claim::claims;
use crate::db::engine::transaction::ReadTx;
use crate::db::payment::{payment_advices, tranches};
use crate::service::Service;
use crate::service::budget::providers::check_not_provider_of;
use crate::service::payment::payment_failures::require_explained;
use crate::service::payment::payments::visible;
use crate::service::payment::stops::require_going;
use crate::service::payment::year_of_payment;
use crate::service::running::as_logged::{require_payee, require_payment, require_stranger};
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::operation::Operation;
use crate::service::running::record_page::{RecordPage, RecordsAsked, read_page};
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use chrono::NaiveDate;
use domain::base::calendar::FinancialYear;
use domain::base::digest::hex;
use domain::base::id::{PaymentAdviceId, PaymentId, UserId};
use domain::base::money::Paise;
use domain::base::permission::{Permission, Step};
use domain::base::refusal::Refusal;
use domain::budget::ledger::Movement;
use domain::payment::payment::{Payment, PaymentStatus};
use domain::payment::payment_advice::{
    AdviceContent, AdvisedPayment, FileFormat, PaymentAdvice, check_request, remark, series,
};
use domain::payment::payment_advice_file as file;
use domain::payment::tranche::Tranche;
use domain::scheme::scheme::Component;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An advice and the payments in it.
pub type AdviceFile = (PaymentAdvice, Vec<PaymentId>);

/// The disbursing officer puts advised payments into one payment advice, a file for the treasury.
pub struct MakePaymentAdvice {
    pub payments: Vec<PaymentId>,
    pub execute_on: NaiveDate,
    /// The four digits that identify this service to the treasury.
    pub source_system: String,
}

impl Command for MakePaymentAdvice {
    const NAME: &'static str = "make_payment_advice";
    const PERMISSION: Permission = Permission::MakePaymentAdvice;
    const REFUSALS: &'static [&'static str] = &[
        "wrong_state",
        "same_person",
        "payment_in_advice",
        "schemes_differ",
        "budget_exceeded",
        "amount_too_large",
        "bank_contradicts",
        "payment_unexplained",
        "on_hold",
        "milestone_reopened",
    ];
    const MOVES_MONEY: bool = true;
    type Answer = AdviceFile;

    fn subject(&self) -> String {
        "payment_advice".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<AdviceFile>, Error> {
        check_request(&self.payments, self.execute_on, work.today())?;
        work.require_money_moves()?;
        let mut chosen = Chosen::paid_in(FinancialYear::containing(self.execute_on));
        for id in &self.payments {
            chosen.add(work, *id)?;
        }
        require_explained(work, &chosen.tranches)?;
        let scheme_code = chosen.scheme_code.or_not_found("payment")?;
        let prefix = work.schemes.newest(&scheme_code)?.number_prefix.clone();
        let (message, batch) = series(&prefix, &self.source_system, work.today());
        let message_id = work.number_in(&message, |number| format!("{message}{number}"))?;
        let batch_id = work.number_in(&batch, |number| format!("{batch}{number}"))?;
        let total = Paise::sum(chosen.payments.iter().map(|payment| payment.amount_paise));
        let content = AdviceContent {
            id: PaymentAdviceId(work.new_id()),
            message_id,
            batch_id,
            scheme_code,
            source_system: self.source_system,
            execute_on: self.execute_on,
            payment_count: i64::try_from(chosen.payments.len()).unwrap_or(i64::MAX),
            control_total_paise: total.ok_or(Refusal::AmountTooLarge)?,
            made_by: work.actor.user_id,
            made_at: work.now,
        };
        let csv = file::csv(&content, &chosen.payments).map_err(Error::Internal)?;
        let xml = file::xml(&content, &chosen.payments).map_err(Error::Internal)?;
        let advice = content.filed(digest(&csv), digest(&xml));
        year_of_payment::post(work, &advice.message_id, chosen.moved)?;
        work.only_then(&advice.csv_digest);
        work.only_then(&advice.xml_digest);
        let files = [(FileFormat::Csv, csv.as_str()), (FileFormat::Xml, xml.as_str())];
        payment_advices::insert(work.tx, &advice, &self.payments, &files)?;
        let details = json!({
            "message_id": advice.message_id, "batch_id": advice.batch_id, "payments": advice.payment_count,
            "control_total_paise": advice.control_total_paise, "csv_digest": advice.csv_digest,
            "xml_digest": advice.xml_digest,
        });
        Ok(Done { subject: format!("payment_advice:{}", advice.id), answer: (advice, self.payments), details })
    }
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// The payments of an advice while they are collected.
struct Chosen {
    /// The year in which the treasury will pay them.
    year: FinancialYear,
    /// What is posted where their money was held in another year.
    moved: Vec<Movement>,
    scheme_code: Option<String>,
    payments: Vec<AdvisedPayment>,
    /// The ids of the tranches that are paid.
    tranches: Vec<String>,
    /// The components and years that were already checked for separation of duties.
    asked: BTreeSet<(Component, FinancialYear)>,
}

impl Chosen {
    fn paid_in(year: FinancialYear) -> Chosen {
        Chosen {
            year,
            moved: Vec::new(),
            scheme_code: None,
            payments: Vec::new(),
            tranches: Vec::new(),
            asked: BTreeSet::new(),
        }
    }

    fn add(&mut self, work: &mut Work<'_, '_>, id: PaymentId) -> Result<(), Error> {
        let payment = visible(work.tx, &work.actor, id)?;
        if payment.status != PaymentStatus::Advised {
            let is = payment.status.as_str();
            return Err(Refusal::WrongState { noun: "payment", is, needs: "advised" }.into());
        }
        if let Some(advice) = payment_advices::of_payment(work.tx, id)? {
            return Err(Refusal::PaymentInAdvice { payment: payment.number, advice: advice.message_id }.into());
        }
        require_payment(work, id)?;
        require_payee(work, payment.organisation_id)?;
        let mut tranche = tranches::find(work.tx, payment.tranche_id)?.or_not_found("tranche")?;
        if *self.scheme_code.get_or_insert_with(|| tranche.scheme_code.clone()) != tranche.scheme_code {
            return Err(Refusal::SchemesDiffer.into());
        }
        self.take_part(work, &mut tranche)?;
        self.tranches.push(tranche.id.to_string());
        self.payments.push(advised(work, &payment, &tranche)?);
        Ok(())
    }

    /// A person who makes the advice counts as having taken a step on the payment.
    fn take_part(&mut self, work: &mut Work<'_, '_>, tranche: &mut Tranche) -> Result<(), Error> {
        if self.asked.insert((tranche.component, tranche.held_in)) {
            check_not_provider_of(work, tranche, self.year, Step::Pay)?;
        }
        require_stranger(work, tranche.organisation_id, Step::Pay)?;
        require_going(work, tranche)?;
        let by: UserId = work.actor.user_id;
        let before = tranche.steps.0.len();
        tranche.record(Step::Pay, by, work.now, "payment advice file")?;
        let moved = year_of_payment::hold_in(work, tranche, self.year)?;
        if tranche.steps.0.len() > before || !moved.is_empty() {
            self.moved.extend(moved);
            tranches::update(work.tx, tranche)?;
        }
        Ok(())
    }
}

/// A payment with the details that the treasury needs. It was earned in the days of its claim, or in the
/// claim's year.
fn advised(work: &mut Work<'_, '_>, payment: &Payment, tranche: &Tranche) -> Result<AdvisedPayment, Error> {
    let claim = claims::find(work.tx, tranche.claim_id)?.or_not_found("claim")?;
    let year = tranche.performance_year;
    Ok(AdvisedPayment {
        end_to_end_id: payment.number.clone(),
        amount_paise: payment.amount_paise,
        ifsc: payment.ifsc.clone(),
        bank_account: payment.bank_account.clone(),
        purpose: tranche.component.to_string(),
        period_from: claim.period_from.or(year.first_day()).or_not_found("period")?,
        period_to: claim.period_to.or(year.last_day()).or_not_found("period")?,
        remark: remark(&tranche.number),
    })
}

/// The disbursing officer downloads the file. Full account numbers leave the service with it, so the download
/// is an act on record.
struct DownloadPaymentAdvice {
    id: PaymentAdviceId,
    format: FileFormat,
}

impl Command for DownloadPaymentAdvice {
    const NAME: &'static str = "download_payment_advice";
    const PERMISSION: Permission = Permission::DownloadPaymentAdvice;
    const REFUSALS: &'static [&'static str] = &["not_as_logged"];
    type Answer = String;

    fn subject(&self) -> String {
        format!("payment_advice:{}", self.id)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<String>, Error> {
        let advice = payment_advices::find(work.tx, self.id)?.or_not_found("payment advice")?;
        let content = payment_advices::file(work.tx, self.id, self.format)?.or_not_found("payment advice")?;
        let written = match self.format {
            FileFormat::Csv => &advice.csv_digest,
            FileFormat::Xml => &advice.xml_digest,
        };
        if digest(&content) != *written {
            let (id, message_id) = (self.id, &advice.message_id);
            tracing::error!(%id, message_id, "the file of a payment advice was changed");
            return Err(Refusal::NotAsLogged { subject: format!("payment_advice:{id}") }.into());
        }
        let details = json!({ "message_id": advice.message_id, "format": self.format, "digest": written });
        Ok(Done { subject: self.subject(), answer: content, details })
    }
}

fn with_payments(tx: &mut ReadTx<'_>, advice: PaymentAdvice) -> Result<AdviceFile, Error> {
    let ids = payment_advices::payments(tx, advice.id)?;
    Ok((advice, ids))
}

/// A download, although the log keeps that it was taken.
pub const DOWNLOAD_PAYMENT_ADVICE: Operation =
    Operation { refusals: DownloadPaymentAdvice::REFUSALS, ..Operation::reads(DownloadPaymentAdvice::PERMISSION) };

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadTreasury;

impl Service {
    /// Advices of a selection, a page at a time.
    pub async fn list_payment_advices(
        self: &Arc<Self>,
        caller: Caller,
        asked: RecordsAsked,
    ) -> Result<RecordPage<PaymentAdvice>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |tx, actor| {
            read_page(tx, actor, &service.on_day(), asked, payment_advices::of_ids, |advice| advice.id.to_string())
        })
        .await
    }

    pub async fn payment_advice(self: &Arc<Self>, caller: Caller, id: PaymentAdviceId) -> Result<AdviceFile, Error> {
        self.read(caller, READ_PERMISSION, move |tx, _| {
            let advice = payment_advices::find(tx, id)?.or_not_found("payment advice")?;
            with_payments(tx, advice)
        })
        .await
    }

    /// The file of an advice: the same bytes at every download.
    pub async fn payment_advice_file(
        self: &Arc<Self>,
        caller: Caller,
        id: PaymentAdviceId,
        format: FileFormat,
    ) -> Result<(PaymentAdvice, String), Error> {
        let (advice, _) = self.payment_advice(caller, id).await?;
        let command = DownloadPaymentAdvice { id, format };
        let answered = self.execute(Call::unkeyed(caller), command, |content| content).await?;
        Ok((advice, answered.body))
    }
}
