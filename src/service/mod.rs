//! The use cases: one function or command for each thing that a person can do. Commands change data and all go
//! through the runner; everything else only reads.

pub mod award;
pub mod budget;
pub mod check;
pub mod claim;
pub mod correction;
pub mod correspondence;
pub mod desk;
pub mod log;
pub mod milestone;
pub mod payment;
pub mod people;
pub mod public;
pub mod recovery;
pub mod revision;
pub mod running;
pub mod scheme;
pub mod start;
pub mod worklist;

use crate::db::engine::read_pool::ReadPool;
use crate::db::engine::transaction::ReadTx;
use crate::db::engine::writer::Writer;
use crate::service::check::controls::ControlSchedule;
use crate::service::log::high_water::HighWater;
use crate::service::log::log_seal::LogSeal;
use crate::service::log::log_witnesses::Witnesses;
use crate::service::people::passwords::PasswordCost;
use crate::service::people::sign_in_links::SignInLinks;
use crate::service::people::tokens::Tokens;
use crate::service::running::as_logged::KnownRows;
use crate::service::running::clock::Clock;
use crate::service::running::error::Error;
use crate::service::running::evidence_store::EvidenceStore;
use crate::service::running::evidence_watch::EvidenceWatch;
use crate::service::running::finance::FinanceRules;
use crate::service::running::money_gate::MoneyGate;
use crate::service::running::past::Moment;
use crate::service::running::runner::Caller;
use crate::service::running::scheme_shelf::SchemeShelf;
use crate::service::running::statements::counting;
use crate::service::worklist::name_cache::NameCache;
use domain::base::permission::Permission;
use domain::people::user::Actor;
use futures_util::FutureExt;
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Everything that a use case needs. The process has one, shared by all requests.
pub struct Service {
    pub(in crate::service) reads: ReadPool,
    pub(in crate::service) writer: Writer,
    pub clock: Clock,
    pub(in crate::service) schemes: SchemeShelf,
    pub(in crate::service) finance: FinanceRules,
    /// The names of people and companies that were read a moment ago.
    pub(in crate::service) names_known: NameCache,
    /// The gate of all money movements; it is closed while an integrity control is red.
    pub(in crate::service) money: MoneyGate,
    /// The rows of people and payees that were held against the log before.
    pub(in crate::service) known_rows: KnownRows,
    pub(in crate::service) evidence: EvidenceStore,
    pub(in crate::service) evidence_watch: EvidenceWatch,
    pub tokens: Tokens,
    pub(in crate::service) log_seal: Arc<LogSeal>,
    /// How far the log has come, outside the database.
    pub(in crate::service) high_water: Arc<HighWater>,
    /// The witnesses that receive every new checkpoint.
    pub(in crate::service) witnesses: Witnesses,
    pub sandbox: bool,
    /// How the treasury identifies this service, and what it may send.
    pub treasury: crate::config::Treasury,
    /// The publisher of the public data, and its registered names.
    pub publisher: crate::config::Publisher,
    /// The links of the demo.
    pub(in crate::service) sign_in_links: SignInLinks,
    /// How long a browser stays signed in.
    pub portal: crate::config::Portal,
    pub(in crate::service) session_days: i64,
    /// Number of years for which a person's name and e-mail address are stored after their account was
    /// disabled.
    pub personal_data_kept_years: u32,
    pub(in crate::service) control_schedule: ControlSchedule,
    pub(in crate::service) password_cost: PasswordCost,
    /// Password hashing takes memory and time on purpose, so few run at once.
    pub(in crate::service) password_slots: Semaphore,
    /// Rehearsals wait here for a connection, and not in a thread that reads need.
    pub(in crate::service) rehearsal_slots: Arc<Semaphore>,
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
        let pulse = self.reads.pulse();
        let work = move || {
            service.follow_clock()?;
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
        };
        pulse.wait(|busy| block(Box::new(move || busy.during(work)))).await?
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
        let pulse = self.reads.pulse();
        let work = move || {
            service.follow_clock()?;
            match moment {
                Some(moment) => moment.read(&service, work),
                None => service.reads.read(work),
            }
        };
        pulse.wait(|busy| block(Box::new(move || busy.during(work)))).await?
    }

    /// Runs other work that reads the database, outside the request's thread.
    pub(in crate::service) async fn looks<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.reads.pulse().wait(|busy| off_thread(move || busy.during(work))).await?
    }
}

/// What blocking work found, its type erased.
pub(in crate::service) type Found = Box<dyn Any + Send>;
type Blocking = Box<dyn FnOnce() -> Result<Found, Error> + Send>;
type Read = Box<dyn FnOnce(&mut ReadTx<'_>, &Actor) -> Result<Found, Error> + Send>;
type OpenRead = Box<dyn FnOnce(&mut ReadTx<'_>) -> Result<Found, Error> + Send>;

fn found<T: Send + 'static>(outcome: Result<T, Error>) -> Result<Found, Error> {
    outcome.map(|value| Box::new(value) as Found)
}

pub(in crate::service) fn typed<T: 'static>(found: Result<Found, Error>) -> Result<T, Error> {
    let value = found?.downcast::<T>();
    value.map(|value| *value).map_err(|_| Error::Internal("blocking work found something else".to_owned()))
}

/// Runs blocking work where it holds up no other request.
pub fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> impl Future<Output = Result<T, Error>> {
    block(Box::new(move || found(work()))).map(typed)
}

/// Blocking work; if nobody waits for it any more and it has not begun, it is not done.
struct Task(JoinHandle<Result<Found, Error>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn block(work: Blocking) -> Result<Found, Error> {
    let mut task = Task(tokio::task::spawn_blocking(counting(work)));
    (&mut task.0).await.map_err(|error| Error::Internal(error.to_string()))?
}
