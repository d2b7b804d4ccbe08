//! Witnesses: every new checkpoint of the log is sent to parties outside, who check that the log only grows
//! (append-only). Sending runs in the background and is retried; it never delays a command.

use crate::config;
use crate::db::log::{log_checkpoints, log_cosignatures, log_mailings, log_tiles};
use crate::service::log::log::place;
use crate::service::log::log_key::cosigned_at;
use crate::service::log::witness_client::{Answer, WitnessClient, leave_in};
use crate::service::log::witness_mail::Mailbox;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::{Service, off_thread};
use domain::base::calendar::Timestamp;
use domain::base::permission::Permission;
use domain::log::checkpoint::{KeptCheckpoint, NotANote, SignedCheckpoint};
use domain::log::cosignature::{KeptCosignature, WitnessKey, add_checkpoint};
use domain::log::mailed_note::Mailing;
use domain::log::merkle::Hash;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// How often a witness may answer with another size before it is left for the next round.
const TRIES_MOST: usize = 3;

/// The witnesses that receive checkpoints, and the result of the last attempt for each.
pub(in crate::service) struct Witnesses {
    all: Vec<Witness>,
    client: WitnessClient,
    states: Mutex<Vec<WitnessState>>,
}

#[derive(Clone)]
enum Witness {
    Folder(PathBuf),
    Http { url: String, key: WitnessKey },
    Mail(Arc<Mailbox>),
}

/// The state of one witness, as far as this process knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WitnessState {
    pub name: String,
    /// Number of entries covered by the newest checkpoint that the witness has.
    pub size: Option<i64>,
    pub asked_at: Option<Timestamp>,
    /// Why it does not have the newest checkpoint.
    pub fault: Option<String>,
    /// Whether it has seen a log that contradicts this one: somebody must find out why.
    pub disagrees: bool,
}

/// Why a witness does not have the newest checkpoint.
struct Fault {
    text: String,
    disagrees: bool,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault { text: error.to_string(), disagrees: false }
    }
}

fn disagrees(text: String) -> Fault {
    Fault { text, disagrees: true }
}

impl Witness {
    fn name(&self) -> String {
        match self {
            Witness::Folder(folder) => folder.display().to_string(),
            Witness::Http { key, .. } => key.name.clone(),
            Witness::Mail(mailbox) => mailbox.name.clone(),
        }
    }
}

impl Witnesses {
    pub fn of(settings: &[config::Witness]) -> Result<Witnesses, Error> {
        let bad = |why: String| Error::Setup(format!("log.witnesses: {why}"));
        let witness = |one: &config::Witness| match (&one.folder, &one.url, &one.key, &one.mail) {
            (Some(folder), ..) => Ok(Witness::Folder(folder.clone())),
            (None, Some(url), Some(key), _) => {
                let key = key.parse().map_err(|why: NotANote| bad(why.to_string()))?;
                Ok(Witness::Http { url: url.trim_end_matches('/').to_owned(), key })
            }
            (.., Some(mail)) => Ok(Witness::Mail(Arc::new(Mailbox::of(mail).map_err(bad)?))),
            _ => Err(bad("a folder, a url and a key, or mail".to_owned())),
        };
        let all: Vec<Witness> = settings.iter().map(witness).collect::<Result<_, _>>()?;
        let state = |one: &Witness| WitnessState {
            name: one.name(),
            size: None,
            asked_at: None,
            fault: None,
            disagrees: false,
        };
        let states = Mutex::new(all.iter().map(state).collect());
        Ok(Witnesses { all, client: WitnessClient::new(), states })
    }

    fn states(&self) -> Vec<WitnessState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, place: usize, state: WitnessState) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = states.get_mut(place) {
            *kept = state;
        }
    }
}

/// The permission that the reads of this file take.
pub const READ_PERMISSION: Permission = Permission::ReadAuditLog;

impl Service {
    /// The number of witnesses that are configured.
    pub fn count_witnesses(&self) -> usize {
        self.witnesses.all.len()
    }

    /// The state of each witness.
    pub async fn log_witnesses(self: &Arc<Self>, caller: Caller) -> Result<Vec<WitnessState>, Error> {
        let service = Arc::clone(self);
        self.read(caller, READ_PERMISSION, move |_, _| Ok(service.witnesses.states())).await
    }

    /// Sends the newest checkpoint to every witness once, one after the other.
    pub async fn ask_witnesses(self: &Arc<Self>) -> Result<Vec<WitnessState>, Error> {
        for place in 0..self.count_witnesses() {
            self.ask_witness(place).await?;
        }
        Ok(self.witnesses.states())
    }

    /// Sends the newest checkpoint to a witness that does not have it. A witness that does not answer is tried
    /// again in the next round.
    pub async fn ask_witness(self: &Arc<Self>, place: usize) -> Result<(), Error> {
        let Some(witness) = self.witnesses.all.get(place) else { return Ok(()) };
        let Some(newest) = self.read_openly(|tx| Ok(log_checkpoints::newest(tx)?)).await? else { return Ok(()) };
        let asked = match witness {
            Witness::Folder(folder) => left(folder.clone(), newest).await,
            Witness::Http { url, key } => self.cosigned(url, key, &newest).await,
            Witness::Mail(mailbox) => self.mailed(mailbox, newest.size).await,
        };
        let Some(mut state) = self.witnesses.states().into_iter().nth(place) else { return Ok(()) };
        (state.asked_at, state.fault, state.disagrees) = (Some(self.clock.now()), None, false);
        match asked {
            Ok(size) => state.size = Some(size),
            Err(fault) => {
                let (witness, why) = (&state.name, &fault.text);
                if fault.disagrees {
                    tracing::error!(%witness, %why, "a witness has seen another log");
                } else {
                    tracing::warn!(%witness, %why, "a witness has not the newest checkpoint; trying again");
                }
                state.disagrees = fault.disagrees;
                state.fault = Some(fault.text);
            }
        }
        self.witnesses.keep(place, state);
        Ok(())
    }

    /// Has a checkpoint cosigned by the witness at an address, and stores its signature.
    async fn cosigned(self: &Arc<Self>, url: &str, key: &WitnessKey, newest: &KeptCheckpoint) -> Result<i64, Fault> {
        let name = key.name.clone();
        let known = self.read_openly(move |tx| Ok(log_cosignatures::newest_of(tx, &name)?)).await?;
        let mut old = known.map_or(0, |known| known.size);
        if old >= newest.size {
            return Ok(old);
        }
        for _ in 0..TRIES_MOST {
            let proof = self.growth(old, newest.size).await?;
            let (client, to) = (self.witnesses.client.clone(), format!("{url}/add-checkpoint"));
            let body = add_checkpoint(old, &proof, &newest.note);
            match off_thread(move || client.post(&to, body)).await? {
                Answer::Cosigned(lines) => return self.take_cosignature(key, newest, &lines).await,
                Answer::Has(size) if size == old => {
                    return Err(disagrees(format!("it has cosigned another log of {size} entries")));
                }
                Answer::Has(size) if size > newest.size => {
                    // Another process of this service may have sent a newer checkpoint meanwhile.
                    let now = self.read_openly(|tx| Ok(log_checkpoints::newest(tx)?)).await?;
                    if now.is_some_and(|now| now.size >= size) {
                        return Ok(size);
                    }
                    let text = format!("it has cosigned {size} entries, and this log was signed up to {}", newest.size);
                    return Err(disagrees(text));
                }
                Answer::Has(size) => old = size,
                Answer::NotConsistent => {
                    return Err(disagrees(format!("it says that this log does not follow from its {old} entries")));
                }
                Answer::Refused(why) => return Err(Fault { text: why, disagrees: false }),
            }
        }
        Err(Fault { text: "it told another size each time".to_owned(), disagrees: false })
    }

    /// The proof that the log of one size is the beginning of that of another (consistency proof). It is empty
    /// when the first log is empty or both are of equal size.
    async fn growth(self: &Arc<Self>, from: i64, to: i64) -> Result<Vec<Hash>, Error> {
        if from == 0 || from == to {
            return Ok(Vec::new());
        }
        self.read_openly(move |tx| Ok(log_tiles::tree(tx, to).consistency(place(from)?)?)).await
    }

    /// Mails the newest checkpoint, of this many entries, unless it was mailed already or the last mail is too
    /// recent. Returns the size that was mailed last.
    async fn mailed(self: &Arc<Self>, mailbox: &Arc<Mailbox>, newest: i64) -> Result<i64, Fault> {
        let name = mailbox.name.clone();
        let kept = self.read_openly(move |tx| Ok(log_mailings::newest_of(tx, &name)?)).await?;
        // A mail that was sent but could not be recorded is recorded now and not sent again.
        let unkept = mailbox.sent().filter(|sent| kept.as_ref().is_none_or(|kept| kept.size < sent.size));
        if let Some(sent) = unkept {
            return self.keep_mailing(sent).await;
        }
        let now = self.clock.now();
        if let Some(last) = kept.filter(|last| last.size >= newest || !mailbox.is_due(last, now)) {
            return Ok(last.size);
        }
        let checkpoint = self.newest_checkpoint().await?;
        let note = checkpoint.note.parse().map_err(|why: NotANote| Error::Internal(why.to_string()))?;
        let mailing = Mailing { size: checkpoint.size, witness: mailbox.name.clone(), mailed_at: now };
        let (sender, sent) = (Arc::clone(mailbox), mailing.clone());
        let told = off_thread(move || Ok(sender.send(&note, sent))).await?;
        told.map_err(|text| Fault { text, disagrees: false })?;
        self.keep_mailing(mailing).await
    }

    async fn keep_mailing(self: &Arc<Self>, mailing: Mailing) -> Result<i64, Fault> {
        let size = mailing.size;
        let nothing = crate::db::engine::prefetch::Prefetch::default();
        self.writer.write(nothing, move |tx| log_mailings::keep(tx, &mailing)).await.map_err(Error::from)?;
        Ok(size)
    }

    async fn take_cosignature(
        self: &Arc<Self>,
        key: &WitnessKey,
        newest: &KeptCheckpoint,
        lines: &str,
    ) -> Result<i64, Fault> {
        let bad = || Fault { text: "what it answered is no good cosignature of its key".to_owned(), disagrees: false };
        let note: SignedCheckpoint = format!("{}{lines}", newest.note).parse().map_err(|_| bad())?;
        let cosigned_at = cosigned_at(&note, key).ok_or_else(bad)?;
        let ours = note.signatures.iter().find(|one| one.name == key.name && one.key_id == key.id());
        let line = ours.map(ToString::to_string).ok_or_else(bad)?;
        let kept = KeptCosignature { size: newest.size, witness: key.name.clone(), line, cosigned_at };
        let nothing = crate::db::engine::prefetch::Prefetch::default();
        self.writer.write(nothing, move |tx| log_cosignatures::keep(tx, &kept)).await.map_err(Error::from)?;
        Ok(newest.size)
    }
}

/// Writes a checkpoint into a folder that is stored elsewhere.
async fn left(folder: PathBuf, newest: KeptCheckpoint) -> Result<i64, Fault> {
    let size = newest.size;
    let same = off_thread(move || leave_in(&folder, newest.size, &newest.note)).await?;
    if same { Ok(size) } else { Err(disagrees(format!("it holds another checkpoint of {size} entries"))) }
}
