//! Starting: folder, migrations, live or sandbox, keys, schemes, and the first administrator.

use crate::config::Config;
use crate::db::check::schema_objects;
use crate::db::claim::invoices;
use crate::db::engine::connection::DatabaseUrl;
use crate::db::engine::migrations::StartLock;
use crate::db::engine::notes::searched_texts;
use crate::db::engine::prefetch::Prefetch;
use crate::db::engine::read_pool::{REHEARSALS_AT_ONCE, ReadPool};
use crate::db::engine::remote::Remote;
use crate::db::engine::remote::standbys::Standbys;
use crate::db::engine::writer::{BesideCommands, Writer};
use crate::db::engine::{durability, instance, migrations};
use crate::db::log::audit_log;
use crate::db::payment::payment_prefetch;
use crate::db::people::users;
use crate::private_files;
use crate::service::Service;
use crate::service::check::controls::ControlSchedule;
use crate::service::log::accept_loss::BurnNumbers;
use crate::service::log::high_water::{self, HighWater, Told};
use crate::service::log::log_key_change;
use crate::service::log::log_seal::LogSeal;
use crate::service::log::log_witnesses::Witnesses;
use crate::service::people::passwords::PasswordCost;
use crate::service::people::sign_in_links::{NEEDS_UNUSED, SignInLinks};
use crate::service::people::tokens::Tokens;
use crate::service::people::users::NewUser;
use crate::service::running::as_logged::KnownRows;
use crate::service::running::clock::Clock;
use crate::service::running::clock_check;
use crate::service::running::clock_check::LogFollower;
use crate::service::running::error::Error;
use crate::service::running::evidence_store::EvidenceStore;
use crate::service::running::evidence_watch::EvidenceWatch;
use crate::service::running::finance::FinanceRules;
use crate::service::running::money_gate::MoneyGate;
use crate::service::running::runner::{Answered, Call, Command, Done, Work};
use crate::service::running::scheme_shelf::{SchemeFiles, SchemeShelf, Schemes};
use crate::service::worklist::name_cache::NameCache;
use domain::base::calendar::Timestamp;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::base::permission::{Permission, Role, Roles};
use domain::base::refusal::Refusal;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Number of lines that one transaction of a start updates.
const LINES_AT_ONCE: i64 = 1_000;

/// Number of password hashes that run at once; each takes 19 MiB of memory.
const PASSWORDS_AT_ONCE: usize = 4;

/// The address of the administrator that the first start creates.
pub const FIRST_ADMINISTRATOR: &str = "administrator@localhost.localdomain";

/// What a person told a start to accept, besides the clock.
#[derive(Clone, Debug, Default)]
pub struct Accepts {
    /// That the log is signed with a new key from now on, because its own is lost.
    pub new_key: bool,
    /// Why entries of the log are given up that the database does not have any more.
    pub loss: Option<String>,
    /// Whether only a database that nobody has used will do, as for the demo.
    pub only_unused: bool,
}

impl Service {
    /// Opens database, keys and schemes. A live database never becomes a sandbox, nor the other way round.
    pub async fn start(config: &Config, clock: Clock, sandbox: bool) -> Result<Arc<Service>, Error> {
        Self::start_with(config, clock, sandbox, PasswordCost::RECOMMENDED, &Accepts::default()).await
    }

    /// The same with what a person accepts, and at another cost of passwords: for programs that make hundreds of
    /// accounts which protect nothing, as tests do.
    pub async fn start_with(
        config: &Config,
        clock: Clock,
        sandbox: bool,
        password_cost: PasswordCost,
        accepts: &Accepts,
    ) -> Result<Arc<Service>, Error> {
        // What the operator wrote is read before anything is made.
        let (files, finance) = (Schemes::read(&config.schemes.folder)?, FinanceRules::read(&config.finance.folder)?);
        let url = make_private_places(config, accepts.loss.is_some())?;
        if !config.database.allow_unsafe_settings {
            durability::check(&url)?;
        }
        let mut lock = StartLock::take(&url)?;
        schema_objects::check_in_use(&url)?;
        if migrations::migrate(&url, &mut lock)? > 0 {
            schema_objects::check_migrated(&url)?;
        }
        let standbys = Standbys::default();
        if !config.database.allow_unsafe_settings {
            standbys.watch();
        }
        let reads = ReadPool::open_with(&url, config.database.readers, standbys.clone())?;
        if accepts.only_unused {
            check_unused(&reads)?;
        }
        let folder = &config.data.folder;
        let of_log = log_key_change::open(&reads, folder, &config.log.origin, accepts.new_key)?;
        let told = Told { loss: accepts.loss.as_deref(), new_key: of_log.accepted.is_some() };
        let (high_water, to_record) = HighWater::open(&reads, folder, Arc::clone(&of_log.key), &told)?;
        let (log_seal, high_water) = (Arc::new(LogSeal::new(clock.clone(), of_log.key, sandbox)), Arc::new(high_water));
        let writer = Writer::start_with(
            url,
            config.database.queue_length,
            Duration::from_secs(config.database.command_seconds_most),
            reads.readers(),
            Remote { pulse: reads.pulse(), standbys },
            beside_commands(&log_seal, &high_water, LogFollower::new(clock.clone(), sandbox)),
        )?;
        settle_mode(&reads, &writer, &clock, sandbox).await?;
        let accepted = clock_check::check(&reads, &clock, config.clock.ahead_days_most)?;
        let started_at = clock.now();
        let downloads = folder.join("downloads");
        private_files::make_folder(&downloads).map_err(Error::of_folder)?;
        let service = Arc::new(Service {
            reads,
            writer,
            clock,
            schemes: SchemeShelf::default(),
            finance,
            names_known: NameCache::default(),
            money: MoneyGate::default(),
            known_rows: KnownRows::default(),
            evidence: EvidenceStore::open(folder.join("evidence"), config.evidence.bytes_most)?,
            evidence_watch: EvidenceWatch::default(),
            tokens: Tokens::open(folder, &config.sign_in)?,
            log_seal,
            high_water,
            witnesses: Witnesses::of(&config.log.witnesses)?,
            sandbox,
            treasury: config.treasury.clone(),
            publisher: config.publisher.clone(),
            sign_in_links: SignInLinks::default(),
            portal: config.portal.clone(),
            session_days: config.sign_in.session_days,
            personal_data_kept_years: config.personal_data.kept_years,
            control_schedule: ControlSchedule { started_at, every_minutes: config.controls.every_minutes },
            password_cost,
            password_slots: Semaphore::new(PASSWORDS_AT_ONCE),
            downloads,
            rehearsal_slots: Arc::new(Semaphore::new(REHEARSALS_AT_ONCE as usize)),
            export_slots: Arc::new(Semaphore::new((config.database.readers as usize / 2).max(1))),
        });
        service.note_clock(accepted).await?;
        service.note_key(of_log.accepted).await?;
        service.note_loss(to_record.loss).await?;
        service.name_log_key(of_log.unnamed).await?;
        service.begin(files, to_record.unsure).await?;
        drop(lock);
        Ok(service)
    }

    /// What every start does before it serves.
    async fn begin(self: &Arc<Self>, files: SchemeFiles, unsure: Option<BurnNumbers>) -> Result<(), Error> {
        self.begin_checkpoints().await?;
        // What was not signed before the last end is signed now, whatever follows.
        self.keep_checkpoint().await?;
        // Before anything else is written: what an earlier program wrote is adopted as it is.
        self.fill_invoice_keys().await?;
        self.fill_searched_texts().await?;
        self.adopt_rows().await?;
        self.index_rows().await?;
        self.burn_numbers(unsure).await?;
        self.load_schemes(files).await?;
        self.commit_identities().await?;
        self.check_money().await?;
        self.run_due_controls().await?;
        self.expire_holds().await?;
        self.look_at_evidence().await?;
        self.settle_high_water_mark().await
    }

    /// Adds the invoice key to lines that an earlier program wrote.
    async fn fill_invoice_keys(&self) -> Result<(), Error> {
        while self.writer.write(Prefetch::default(), |tx| invoices::fill_keys(tx, LINES_AT_ONCE)).await? > 0 {}
        Ok(())
    }

    /// Adds the form in which texts are searched to those that an earlier program wrote.
    async fn fill_searched_texts(&self) -> Result<(), Error> {
        while self.writer.write(Prefetch::default(), |tx| searched_texts::fill(tx, LINES_AT_ONCE)).await? > 0 {}
        Ok(())
    }

    /// Creates an administrator when nobody can sign in yet. The password is returned once and not stored in
    /// clear.
    pub async fn make_first_administrator(self: &Arc<Self>) -> Result<Option<String>, Error> {
        self.show_first_administrator(|_| Ok(())).await
    }

    /// The same, shown to the operator: if `show` fails, no account is made.
    pub async fn show_first_administrator(
        self: &Arc<Self>,
        show: impl FnOnce(&str) -> std::io::Result<()> + Send + 'static,
    ) -> Result<Option<String>, Error> {
        if !self.is_unused().await? {
            return Ok(None);
        }
        let new = NewUser {
            email: FIRST_ADMINISTRATOR.to_owned(),
            name: "First administrator".to_owned(),
            roles: Roles([Role::Administrator].into()),
            organisation_id: None,
            password: None,
        };
        match self.create_user_here(new, show).await {
            Ok(made) => Ok(made.password),
            // Another process, starting at the same time, created the account and showed its password.
            Err(Error::Refused(Refusal::AlreadyExists { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether nobody has an account yet.
    pub async fn is_unused(self: &Arc<Self>) -> Result<bool, Error> {
        self.read_openly(|tx| Ok(users::list(tx)?.is_empty())).await
    }

    /// Moves the sandbox clock forward to an instant.
    pub async fn set_clock(
        self: &Arc<Self>,
        call: Call,
        to: Timestamp,
        render: impl FnOnce(Timestamp) -> String + Send + 'static,
    ) -> Result<Answered, Error> {
        if to.micros() > self.clock.system_now().plus_seconds(LATEST_CLOCK_SECONDS).micros() {
            return Err(FieldErrors::one("/now", FieldReason::AtMost { most: 30, what: "years ahead" }).into());
        }
        let ahead = to.micros() - self.clock.system_now().micros();
        let command = SetClock { to, ahead_micros: ahead, sandbox: self.sandbox };
        let answered = self.execute(call, command, render).await?;
        if !answered.replayed {
            self.clock.set_offset(ahead);
            self.check_money().await?;
            self.expire_holds().await?;
        }
        Ok(answered)
    }
}

const LATEST_CLOCK_SECONDS: i64 = 30 * 366 * 86_400;

/// Moves the sandbox clock.
pub struct SetClock {
    to: Timestamp,
    ahead_micros: i64,
    sandbox: bool,
}

impl Command for SetClock {
    const NAME: &'static str = "set_clock";
    const PERMISSION: Permission = Permission::SetClock;
    const REFUSALS: &'static [&'static str] = &["not_a_sandbox", "clock_backwards"];
    type Answer = Timestamp;

    fn subject(&self) -> String {
        "clock".to_owned()
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<Timestamp>, Error> {
        if !self.sandbox {
            return Err(Refusal::NotASandbox.into());
        }
        if self.to < work.now {
            return Err(Refusal::ClockBackwards.into());
        }
        instance::set_clock_offset(work.tx, self.ahead_micros)?;
        Ok(Done { answer: self.to, subject: "clock".to_owned(), details: json!({ "now": self.to }) })
    }
}

/// What the writer does in the transaction of every batch besides its commands.
fn beside_commands(seal: &Arc<LogSeal>, high_water: &Arc<HighWater>, follower: LogFollower) -> BesideCommands {
    let follower = Arc::new(follower);
    let at_begin = Arc::clone(&follower);
    let (seal, high_water) = (Arc::clone(seal), Arc::clone(high_water));
    let at_begin_seal = Arc::clone(&seal);
    BesideCommands {
        prefetcher: payment_prefetch::prefetch,
        at_begin: Arc::new(move |tx| {
            at_begin.begin(tx)?;
            at_begin_seal.begin(tx)
        }),
        before_commit: Arc::new(move |tx| {
            high_water.before_commit(tx)?;
            follower.end(tx)?;
            seal.seal(tx)
        }),
    }
}

/// Refuses a database with a log, before anybody asks for the key of that log.
fn check_unused(reads: &ReadPool) -> Result<(), Error> {
    match reads.read(|tx| Ok::<_, Error>(audit_log::newest_at(tx)?))? {
        None => Ok(()),
        Some(_) => Err(Error::Setup(NEEDS_UNUSED.to_owned())),
    }
}

/// Decides at the first start whether the data are live, and refuses to start otherwise later.
async fn settle_mode(reads: &ReadPool, writer: &Writer, clock: &Clock, sandbox: bool) -> Result<(), Error> {
    let read = reads.read(|tx| {
        let begins = log_key_change::begins(tx)?.map(|(_, begins)| begins.sandbox);
        Ok::<_, Error>((instance::find(tx)?, audit_log::head(tx)?.0, begins))
    });
    let (found, entries, begins) = read?;
    match (found, begins) {
        (None, _) if entries > 0 => Err(Error::Setup(changed_instance("its row is gone"))),
        (Some(found), Some(begins)) if found.sandbox != begins => {
            let said = if begins { "a sandbox" } else { "live data" };
            Err(Error::Setup(changed_instance(&format!("the log says that this database holds {said}"))))
        }
        (Some(found), _) if found.sandbox != sandbox => Err(Error::Setup(mode_problem(found.sandbox))),
        (Some(found), _) if !sandbox && found.clock_offset_micros != 0 => {
            Err(Error::Setup(changed_instance("it moves the clock, which live data never do")))
        }
        (Some(found), _) => {
            clock.set_offset(found.clock_offset_micros);
            Ok(())
        }
        (None, _) => {
            let at = clock.system_now();
            writer.write(Prefetch::default(), move |tx| instance::insert(tx, sandbox, at)).await?;
            Ok(())
        }
    }
}

fn changed_instance(why: &str) -> String {
    format!("the table instance was changed past the service: {why}. Put the newest backup back, or run verify")
}

fn mode_problem(is_sandbox: bool) -> String {
    if is_sandbox {
        "this database is a sandbox; start with --sandbox, or point to another database for live data".to_owned()
    } else {
        "this database holds live data and can never be a sandbox; use another data folder or database".to_owned()
    }
}

/// Makes the data folder where it is missing, and refuses one that cannot be written, and one, or a database, that
/// others may open. Unless a loss is accepted, it also refuses to begin anew where the folder knows of a database that
/// is gone. Returns where the database is. Every command that writes begins with this.
pub fn make_private_places(config: &Config, accepts_loss: bool) -> Result<DatabaseUrl, Error> {
    let (folder, url) = (&config.data.folder, config.database_url()?);
    private_files::make_folder(folder).map_err(Error::of_folder)?;
    let mut places = vec![folder.clone()];
    if let DatabaseUrl::Sqlite(path) = &url {
        places.extend(private_files::of_database(path));
    }
    if let Some(why) = places.iter().find_map(|place| private_files::open_to_others(place)) {
        return Err(Error::Setup(why));
    }
    private_files::check_writable(folder).map_err(Error::of_folder)?;
    if !accepts_loss {
        high_water::check_not_gone(&url, folder)?;
    }
    Ok(url)
}
