//! Sending a checkpoint to a witness by e-mail: one plain text to one mailbox, over SMTP.

use crate::config::{MailTls, MailWitness};
use domain::base::calendar::Timestamp;
use domain::base::digest::hex;
use domain::log::checkpoint::SignedCheckpoint;
use domain::log::mailed_note::{Mailing, body, subject};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox as Named, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{self, SmtpTransport};
use lettre::{Address, Transport};
use sha2::{Digest, Sha256};
use std::error::Error as _;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// The time limit for each answer of the mail server.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);
const MINUTES_MOST: i64 = 44_640;
/// Number of digits that tell two mailboxes apart without naming them.
const MARK_DIGITS: usize = 8;
/// Number of digits in the id of a mail; with these it fits on one line.
const ID_DIGITS: usize = 32;

/// A mailbox that receives checkpoints, and how to reach it.
pub struct Mailbox {
    /// Its domain and a mark: the address itself is in no log and no table.
    pub name: String,
    to: Address,
    from: Address,
    host: String,
    port: u16,
    tls: Tls,
    sign_in: Option<(String, PasswordAt)>,
    every_seconds: i64,
    patience: Duration,
    /// The last mail sent by this process, whether or not it was recorded.
    sent: Mutex<Option<Mailing>>,
}

/// The source of the password, which is read again for each mail.
enum PasswordAt {
    Variable(String),
    File(PathBuf),
}

impl PasswordAt {
    fn read(&self) -> Result<String, String> {
        match self {
            PasswordAt::Variable(name) => std::env::var(name).map_err(|_| format!("the variable {name} is not set")),
            PasswordAt::File(path) => std::fs::read_to_string(path)
                .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
                .map_err(|error| format!("the password file {}: {}", path.display(), error.kind())),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Mailbox {
    /// Builds the mailbox from the settings, or returns why they are not valid.
    pub fn of(settings: &MailWitness) -> Result<Mailbox, String> {
        let address = |text: &str, which| text.parse::<Address>().map_err(|_| format!("{which}: one mail address"));
        let (to, from) = (address(&settings.to, "to")?, address(&settings.from, "from")?);
        let server = settings.server.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
        let (host, port) = server.filter(|(host, port)| !host.is_empty() && *port > 0).ok_or("server: host:port")?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let trusted = || TlsParameters::new(host.clone()).map_err(|_| "server: no name that TLS can check".to_owned());
        let tls = match settings.tls {
            MailTls::Required => Tls::Wrapper(trusted()?),
            MailTls::StartTls => Tls::Required(trusted()?),
            MailTls::None if is_this_machine(&host) => Tls::None,
            MailTls::None => return Err("tls: none is for a server on this machine alone".to_owned()),
        };
        let (user, variable, file) = (&settings.user, &settings.password_variable, &settings.password_file);
        let sign_in = match (user.clone(), variable.clone(), file.clone()) {
            (None, None, None) => None,
            (Some(user), Some(name), None) => Some((user, PasswordAt::Variable(name))),
            (Some(user), None, Some(path)) => Some((user, PasswordAt::File(path))),
            _ => return Err("a user has a password_variable or a password_file, and nobody else has".to_owned()),
        };
        if !(1..=MINUTES_MOST).contains(&settings.every_minutes) {
            return Err(format!("every_minutes: 1 to {MINUTES_MOST}"));
        }
        let mark = hex(&Sha256::digest(settings.to.to_lowercase()));
        let name = format!("mail to {} ({})", to.domain(), mark.get(..MARK_DIGITS).unwrap_or_default());
        let every_seconds = settings.every_minutes * 60;
        let (patience, sent) = (LONGEST_ANSWER, Mutex::new(None));
        Ok(Mailbox { name, to, from, host, port, tls, sign_in, every_seconds, patience, sent })
    }

    /// Whether the last mailing is old enough for another. A clock that moved backwards does not stop mailings.
    pub fn is_due(&self, last: &Mailing, now: Timestamp) -> bool {
        !(0..self.every_seconds).contains(&(now.seconds() - last.mailed_at.seconds()))
    }

    /// The last mail that this process sent, also when it could not be recorded.
    pub fn sent(&self) -> Option<Mailing> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a checkpoint. Blocks. The text of a failure contains no address, no password and no answer of the
    /// server.
    pub fn send(&self, note: &SignedCheckpoint, mailing: Mailing) -> Result<(), String> {
        let mail = self.message(note, &mailing).ok_or("the mail cannot be written")?;
        let way = SmtpTransport::builder_dangerous(&self.host).port(self.port).tls(self.tls.clone());
        let mut way = way.timeout(Some(self.patience));
        if let Some((user, password)) = &self.sign_in {
            way = way.credentials(Credentials::new(user.clone(), password.read()?));
        }
        way.build().send(&mail).map_err(|error| in_words(&error))?;
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(mailing);
        Ok(())
    }

    fn message(&self, note: &SignedCheckpoint, mailing: &Mailing) -> Option<Message> {
        let micros = u64::try_from(mailing.mailed_at.micros()).ok()?;
        // Seven bits and short lines: no server on the way has a reason to change the text.
        let text = Body::new_with_encoding(body(note), ContentTransferEncoding::QuotedPrintable).ok()?;
        // The same checkpoint sent twice has the same id, so that a mail program can recognise it.
        let mark = hex(&Sha256::digest(format!("{}\n{}", self.name, note.text)));
        let mark = mark.get(..ID_DIGITS)?;
        let nobody_answers = HeaderName::new_from_ascii("Auto-Submitted".to_owned()).ok()?;
        Message::builder()
            .from(Named::new(None, self.from.clone()))
            .to(Named::new(None, self.to.clone()))
            .subject(subject(&note.checkpoint))
            .date(UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{mark}@{}>", self.from.domain())))
            .raw_header(HeaderValue::new(nobody_answers, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .ok()
    }
}

/// The failure in words of our own: the server's words may contain the address.
fn in_words(error: &smtp::Error) -> String {
    if let Some(code) = error.status() {
        return format!("the mail server refused it ({code})");
    }
    if error.is_tls() {
        return "no TLS that can be trusted".to_owned();
    }
    if error.is_client() {
        return "the mail server does not offer what is set (STARTTLS, or a way to sign in)".to_owned();
    }
    let mut cause = error.source();
    while let Some(one) = cause {
        if let Some(io) = one.downcast_ref::<io::Error>() {
            return match io.kind() {
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                    "the mail server did not answer in time".to_owned()
                }
                io::ErrorKind::InvalidData => "no TLS that can be trusted".to_owned(),
                kind => format!("the mail server cannot be reached: {kind}"),
            };
        }
        cause = one.source();
    }
    "the mail server broke off, or does not speak SMTP".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::log::checkpoint::Checkpoint;
    use lettre::transport::smtp::client::Certificate;
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{SocketAddr, TcpListener};
    use std::sync::{Arc, mpsc};

    fn settings(server: &str) -> MailWitness {
        MailWitness {
            to: "auditor@sample.example".to_owned(),
            from: "log@sample.example".to_owned(),
            server: server.to_owned(),
            tls: MailTls::None,
            user: None,
            password_variable: None,
            password_file: None,
            every_minutes: 60,
        }
    }

    fn mailing(at: &str) -> Mailing {
        Mailing { size: 7, witness: "w".to_owned(), mailed_at: at.parse().unwrap() }
    }

    #[test]
    fn settings_that_cannot_be_are_named() {
        let why = |change: fn(&mut MailWitness)| {
            let mut settings = settings("127.0.0.1:25");
            change(&mut settings);
            Mailbox::of(&settings).map(|good| good.name).unwrap_or_else(|why| why)
        };
        assert!(why(|_| ()).starts_with("mail to sample.example ("));
        assert_eq!(why(|_| ()), why(|one| one.to = "Auditor@sample.example".to_owned()));
        assert_ne!(why(|_| ()), why(|one| one.to = "other@sample.example".to_owned()));
        assert!(why(|one| one.server = "[::1]:25".to_owned()).starts_with("mail to"));
        let away = |one: &mut MailWitness| one.server = "mail.sample.example:25".to_owned();
        assert!(why(away).starts_with("tls: none"));
        for (change, named) in [
            ((|one| one.to = "a@b\nBcc: c@d".to_owned()) as fn(&mut MailWitness), "to:"),
            (|one| one.from = "nobody".to_owned(), "from:"),
            (|one| one.server = "localhost".to_owned(), "server:"),
            (|one| one.server = ":25".to_owned(), "server:"),
            (|one| one.server = "localhost:0".to_owned(), "server:"),
            (|one| one.user = Some("u".to_owned()), "a user"),
            (|one| one.password_variable = Some("P".to_owned()), "a user"),
            (|one| one.every_minutes = 0, "every_minutes"),
        ] {
            assert!(why(change).starts_with(named), "{}", why(change));
        }
    }

    #[test]
    fn a_mailing_is_due_when_its_time_is_over_or_the_clock_was_put_back() {
        let mailbox = Mailbox::of(&settings("localhost:25")).unwrap();
        let due = |now: &str| mailbox.is_due(&mailing("2026-05-01T10:00:00Z"), now.parse().unwrap());
        assert!(!due("2026-05-01T10:00:00Z") && !due("2026-05-01T10:59:59Z"));
        assert!(due("2026-05-01T11:00:00Z") && due("2026-05-01T09:59:59Z"));
    }

    fn note() -> SignedCheckpoint {
        let checkpoint = Checkpoint { origin: "o".to_owned(), size: 7, root: [1; 32] };
        SignedCheckpoint { text: checkpoint.to_string(), checkpoint, signatures: Vec::new() }
    }

    /// Accepts mail over TLS with this certificate, on a port of its own.
    fn takes_mail(with: &rcgen::CertifiedKey<rcgen::KeyPair>) -> (SocketAddr, mpsc::Receiver<Vec<u8>>) {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivatePkcs8KeyDer::from(with.signing_key.serialize_der());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![with.cert.der().clone()], key.into())
            .unwrap();
        let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
        let (address, (told, heard)) = (listener.local_addr().unwrap(), mpsc::channel());
        std::thread::spawn(move || {
            for call in listener.incoming().map_while(Result::ok) {
                let wrapped = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut call = BufReader::new(rustls::StreamOwned::new(wrapped, call));
                let mut all = Vec::new();
                let (mut answer, mut letter) = ("220 here\r\n", false);
                // A connection that breaks off, as that of a client without trust does, returns what was
                // received until then.
                while call.get_mut().write_all(answer.as_bytes()).is_ok() {
                    let from = all.len();
                    let ended = call.read_until(b'\n', &mut all).map_or(true, |read| read == 0);
                    answer = match (&all[from..], letter) {
                        _ if ended => break,
                        (b".\r\n", true) => "250 yes\r\n",
                        (_, true) => "",
                        (b"DATA\r\n", false) => "354 go on\r\n",
                        _ => "250 yes\r\n",
                    };
                    letter = answer.starts_with("354") || letter && answer.is_empty();
                }
                let _ = told.send(all);
            }
        });
        (address, heard)
    }

    #[test]
    fn a_server_that_nobody_vouches_for_gets_nothing() {
        let theirs = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let (address, heard) = takes_mail(&theirs);
        let settings = MailWitness { tls: MailTls::Required, ..settings(&address.to_string()) };
        let mut mailbox = Mailbox::of(&settings).unwrap();
        let told = mailbox.send(&note(), mailing("2026-05-01T10:00:00Z"));
        assert_eq!(told, Err("no TLS that can be trusted".to_owned()));
        assert_eq!((heard.recv().unwrap(), mailbox.sent()), (Vec::new(), None));
        // The same server, once its certificate is trusted.
        let trusted = Certificate::from_der(theirs.cert.der().to_vec()).unwrap();
        let tls = TlsParameters::builder(address.ip().to_string()).add_root_certificate(trusted).build().unwrap();
        mailbox.tls = Tls::Wrapper(tls);
        mailbox.send(&note(), mailing("2026-05-01T10:00:00Z")).unwrap();
        let heard = String::from_utf8(heard.recv().unwrap()).unwrap();
        assert!(heard.contains("RCPT TO:<auditor@sample.example>\r\n") && heard.contains("\r\no\r\n7\r\n"), "{heard}");
        assert_eq!(mailbox.sent(), Some(mailing("2026-05-01T10:00:00Z")));
    }

    #[test]
    fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut mailbox = Mailbox::of(&settings(&silent.local_addr().unwrap().to_string())).unwrap();
        mailbox.patience = Duration::from_millis(50);
        let told = mailbox.send(&note(), mailing("2026-05-01T10:00:00Z"));
        assert_eq!(told, Err("the mail server did not answer in time".to_owned()));
        assert_eq!(mailbox.sent(), None);
    }
}
