//! THE USE CASES: one function or command for each thing that a person can do. Commands change data and all go
//! through the runner; everything else only reads.

pub mod allocations;
mod any_command;
pub mod applications;
pub mod audit;
mod audit_entry;
pub mod awards;
pub mod bank_differences;
pub mod bank_scrolls;
pub mod budget;
pub mod budget_instruments;
pub mod bulk;
pub mod bundles;
pub mod claim_checks;
pub mod claim_facts;
pub mod claim_lines;
pub mod claim_verification;
mod claimed_shares;
pub mod claims;
pub mod clock;
mod control_rules;
pub mod controls;
pub mod disbursement_chain;
pub mod disbursements;
pub mod error;
pub mod evidence;
pub mod evidence_store;
pub mod excuses;
pub mod expenditure_limits;
pub mod final_certificates;
pub mod finance;
pub mod holds;
pub mod impact;
mod key_file;
pub mod log;
pub mod log_key;
pub mod log_receipts;
mod log_seal;
pub mod log_witnesses;
mod milestone_files;
pub mod milestones;
pub mod money_gate;
pub mod money_stop;
pub mod observations;
pub mod operation;
pub mod organisations;
pub mod passwords;
pub mod past;
pub mod payment_advices;
pub mod payment_outcomes;
pub mod payments;
pub mod personal_data;
pub mod providers;
pub mod public_data;
pub mod recompute;
pub mod recoveries;
pub mod recovery_credits;
pub mod recovery_receipts;
pub mod requisitions;
pub mod row_writer;
pub mod runner;
pub mod samples;
pub mod saved_queries;
pub mod scheme_drafts;
pub mod scheme_publication;
pub mod scheme_shelf;
pub mod scheme_versions;
pub mod schemes;
pub mod secret;
pub mod securities;
pub mod security_invocations;
pub mod selections;
pub mod sessions;
pub mod set_offs;
mod several;
pub mod start;
pub mod statements;
mod taken_back;
pub mod tokens;
pub mod tranches;
pub mod treasury_returns;
pub mod users;
pub mod verify;
mod verify_allocations;
mod verify_bank;
mod verify_claims;
mod verify_desk;
mod verify_disclosures;
mod verify_grounds;
pub mod verify_log;
mod verify_milestones;
mod verify_records;
mod verify_samples;
mod verify_schemes;
pub mod windows;
mod witness_client;
pub mod witness_mail;

use crate::db::read_pool::ReadPool;
use crate::db::transaction::ReadTx;
use crate::db::writer::Writer;
use crate::domain::permission::Permission;
use crate::domain::user::Actor;
use clock::Clock;
use controls::ControlSchedule;
use error::Error;
use evidence_store::EvidenceStore;
use finance::FinanceRules;
use futures_util::FutureExt;
use log_seal::LogSeal;
use log_witnesses::Witnesses;
use money_gate::MoneyGate;
use passwords::PasswordCost;
use past::Moment;
use runner::Caller;
use scheme_shelf::SchemeShelf;
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokens::Tokens;
use tokio::sync::Semaphore;

/// Everything that a use case needs. The process has one, shared by all requests.
pub struct Service {
    pub(in crate::service) reads: ReadPool,
    pub(in crate::service) writer: Writer,
    pub clock: Clock,
    pub(in crate::service) schemes: SchemeShelf,
    pub(in crate::service) finance: FinanceRules,
    /// The gate of all money movements; it is closed while an integrity control is red.
    pub(in crate::service) money: MoneyGate,
    pub(in crate::service) evidence: EvidenceStore,
    pub tokens: Tokens,
    pub(in crate::service) log_seal: Arc<LogSeal>,
    /// The witnesses that receive every new checkpoint.
    pub(in crate::service) witnesses: Witnesses,
    pub sandbox: bool,
    /// How the treasury identifies this service, and what it may send.
    pub treasury: crate::config::Treasury,
    /// The publisher of the public data, and its registered names.
    pub publisher: crate::config::Publisher,
    pub(in crate::service) session_days: i64,
    /// Number of years for which a person's name and e-mail address are stored after their account was
    /// disabled.
    pub(in crate::service) personal_data_kept_years: u32,
    pub(in crate::service) control_schedule: ControlSchedule,
    pub(in crate::service) password_cost: PasswordCost,
    /// Password hashing takes memory and time on purpose, so few run at once.
    pub(in crate::service) password_slots: Semaphore,
    /// The folder for files that are made for a download; they have no name there and are gone once sent.
    pub downloads: PathBuf,
    /// A download occupies a read connection as long as its client is slow, so few run at once.
    pub(in crate::service) export_slots: Arc<Semaphore>,
}

/// How long a sign-in waits for other password hashes to finish.
const PASSWORD_WAIT: Duration = Duration::from_secs(10);

impl Service {
    /// Runs `work` on one consistent view, for a person with the permission, outside the request's thread.
    pub fn read<T: Send + 'static>(
        self: &Arc<Self>,
        caller: Caller,
        permission: Permission,
        work: impl FnOnce(&mut ReadTx<'_>, &Actor) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Error>> {
        self.read_any(caller, permission, Box::new(move |tx, actor| found(work(tx, actor)))).map(typed)
    }

    /// The same without a type parameter, so that it is compiled once and not once for each read.
    async fn read_any(self: &Arc<Self>, caller: Caller, permission: Permission, work: Read) -> Result<Found, Error> {
        let (service, moment) = (Arc::clone(self), Moment::asked());
        block(Box::new(move || {
            let now = service.clock.system_now();
            let let_in = |tx: &mut ReadTx<'_>| -> Result<Actor, Error> {
                let actor = caller.look_up(tx, now)?;
                actor.may(permission)?;
                Ok(actor)
            };
            match moment {
                // Permissions are checked against today's roles, not those of the requested moment.
                Some(moment) => {
                    let actor = service.reads.read(let_in)?;
                    moment.read(&service, |tx| work(tx, &actor))
                }
                None => service.reads.read(|tx| {
                    let actor = let_in(tx)?;
                    work(tx, &actor)
                }),
            }
        }))
        .await
    }

    /// Runs password hashing outside the request's thread, a few at a time.
    pub(in crate::service) async fn with_password<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let waited = tokio::time::timeout(PASSWORD_WAIT, self.password_slots.acquire()).await;
        let _slot = waited
            .ok()
            .and_then(Result::ok)
            .ok_or_else(|| Error::Unavailable("too many people are signing in".to_owned()))?;
        off_thread(work).await
    }

    /// Runs `work` on one consistent view without a person (health, sign-in, public data).
    pub fn read_openly<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut ReadTx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Error>> {
        self.read_any_openly(Box::new(move |tx| found(work(tx)))).map(typed)
    }

    async fn read_any_openly(self: &Arc<Self>, work: OpenRead) -> Result<Found, Error> {
        let (service, moment) = (Arc::clone(self), Moment::asked());
        block(Box::new(move || match moment {
            Some(moment) => moment.read(&service, work),
            None => service.reads.read(work),
        }))
        .await
    }
}

/// What blocking work found, its type erased.
type Found = Box<dyn Any + Send>;
type Blocking = Box<dyn FnOnce() -> Result<Found, Error> + Send>;
type Read = Box<dyn FnOnce(&mut ReadTx<'_>, &Actor) -> Result<Found, Error> + Send>;
type OpenRead = Box<dyn FnOnce(&mut ReadTx<'_>) -> Result<Found, Error> + Send>;

fn found<T: Send + 'static>(outcome: Result<T, Error>) -> Result<Found, Error> {
    outcome.map(|value| Box::new(value) as Found)
}

fn typed<T: 'static>(found: Result<Found, Error>) -> Result<T, Error> {
    let value = found?.downcast::<T>();
    value.map(|value| *value).map_err(|_| Error::Internal("blocking work found something else".to_owned()))
}

/// Runs blocking work where it holds up no other request.
pub fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> impl Future<Output = Result<T, Error>> {
    block(Box::new(move || found(work()))).map(typed)
}

async fn block(work: Blocking) -> Result<Found, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}
