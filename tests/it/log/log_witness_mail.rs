//! A witness that is a mailbox: the mail that arrives at a small server on this machine, and its use as
//! evidence years later.

use crate::harness::app::App;
use crate::log::log::{attempts, checkpoint, key};
use crate::log::log_witnesses::{asked, at_folder, has, says, signs};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::log::mailed_note::checkpoint_in;
use magnet_scheme::config::{Config, MailTls, MailWitness, Witness as Setting};
use magnet_scheme::service::log::log_key::is_signed_by;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

const PASSWORD: &str = "a sample password";

/// One mail as it arrived.
#[derive(Clone, Debug)]
struct Mail {
    from: String,
    to: String,
    data: String,
}

/// The behaviour of the mail server towards a caller.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    /// It does not know the recipient, and its refusal contains the address.
    Refuses,
    /// It accepts the connection and says nothing.
    Silent,
}

/// The state of the mail server.
struct Desk {
    mood: Mood,
    mails: Vec<Mail>,
    /// The connections that it left without a word.
    held: Vec<TcpStream>,
}

/// Takes mail over SMTP (RFC 5321), from a sender with the right password or none.
struct PostOffice {
    address: String,
    desk: Arc<Mutex<Desk>>,
}

impl PostOffice {
    fn open(mood: Mood) -> PostOffice {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let desk = Arc::new(Mutex::new(Desk { mood, mails: Vec::new(), held: Vec::new() }));
        let shared = Arc::clone(&desk);
        std::thread::spawn(move || {
            for call in listener.incoming().map_while(Result::ok) {
                let mood = shared.lock().unwrap().mood;
                if mood == Mood::Silent {
                    shared.lock().unwrap().held.push(call);
                } else if let Some(mail) = talk(&call, mood).unwrap_or(None) {
                    shared.lock().unwrap().mails.push(mail);
                }
            }
        });
        PostOffice { address, desk }
    }

    fn mails(&self) -> Vec<Mail> {
        self.desk.lock().unwrap().mails.clone()
    }

    fn becomes(&self, mood: Mood) {
        self.desk.lock().unwrap().mood = mood;
    }

    /// Closes all connections that it left without a word; returns their number.
    fn hangs_up(&self) -> usize {
        let held = std::mem::take(&mut self.desk.lock().unwrap().held);
        held.iter().for_each(|call| drop(call.shutdown(std::net::Shutdown::Both)));
        held.len()
    }

    /// The auditor's mailbox, with one mail an hour.
    fn mailbox(&self) -> MailWitness {
        MailWitness {
            to: "auditor@sample.example".to_owned(),
            from: "log@magnets.example".to_owned(),
            server: self.address.clone(),
            tls: MailTls::None,
            user: None,
            password_variable: None,
            password_file: None,
            every_minutes: 60,
        }
    }

    fn setting(&self) -> Setting {
        Setting { mail: Some(self.mailbox()), ..Setting::default() }
    }
}

/// Handles one connection; returns the mail, if a complete one came.
fn talk(call: &TcpStream, mood: Mood) -> std::io::Result<Option<Mail>> {
    let (mut says, mut hears) = (call, BufReader::new(call));
    let mut mail = Mail { from: String::new(), to: String::new(), data: String::new() };
    let mut taken = None;
    says.write_all(b"220 post.sample.example\r\n")?;
    let mut line = String::new();
    while {
        line.clear();
        hears.read_line(&mut line)? > 0
    } {
        let answer = match line.trim_end().split_once([' ', ':']).unwrap_or((line.trim_end(), "")) {
            ("EHLO", _) => "250-post.sample.example\r\n250 AUTH PLAIN",
            ("AUTH", given) => {
                let given = BASE64.decode(given.trim_start_matches("PLAIN ")).unwrap_or_default();
                if given == format!("\0log\0{PASSWORD}").as_bytes() { "235 welcome" } else { "535 who are you" }
            }
            ("MAIL", rest) => {
                mail.from = rest.to_owned();
                "250 ok"
            }
            ("RCPT", rest) if mood == Mood::Takes => {
                mail.to = rest.to_owned();
                "250 ok"
            }
            ("RCPT", _) => "550 5.1.1 <auditor@sample.example> does not live here",
            ("DATA", _) => {
                says.write_all(b"354 go on\r\n")?;
                while {
                    line.clear();
                    hears.read_line(&mut line)? > 0 && line != ".\r\n"
                } {
                    mail.data.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                taken = Some(mail.clone());
                "250 taken"
            }
            ("QUIT", _) => "221 bye",
            _ => "502 what",
        };
        says.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(taken)
}

fn header<'m>(mail: &'m Mail, name: &str) -> &'m str {
    let head = mail.data.split("\r\n\r\n").next().unwrap();
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default()
}

fn mailings(app: &App) -> Vec<String> {
    app.values("SELECT CAST(size AS TEXT) || ' ' || witness AS value FROM log_mailings ORDER BY size")
}

#[apply(on_both!)]
fn a_checkpoint_is_mailed_once_in_its_time_and_not_again_by_a_restart(app: App) {
    let office = PostOffice::open(Mood::Takes);
    let setting = office.setting();
    app.auditor().get("/me").unwrap();
    let first = signs(&app);
    has(&asked(&app, &[&setting])[0], &first);
    let mail = office.mails().pop().unwrap();
    assert_eq!((&*mail.from, &*mail.to), ("FROM:<log@magnets.example>", "TO:<auditor@sample.example>"));
    assert_eq!(header(&mail, "Subject"), format!("Checkpoint of localhost/log: {} entries", first.checkpoint.size));
    assert_eq!((header(&mail, "To"), header(&mail, "Auto-Submitted")), ("auditor@sample.example", "auto-generated"));
    assert!(header(&mail, "Content-Type").starts_with("text/plain") && header(&mail, "Date").contains("1 May 2026"));
    assert!(mail.data.is_ascii() && mail.data.lines().all(|line| line.len() <= 78), "{}", mail.data);
    let kept = checkpoint_in(mail.data.as_bytes()).unwrap();
    assert_eq!(kept.to_string(), app.anybody("GET", "/log/checkpoint", None).text());
    assert!(is_signed_by(&kept, &key(&app)));
    // Each round is done by another process: all of them know what was mailed. (The checkpoints are 61
    // seconds apart.)
    for _ in 0..2 {
        signs(&app);
        has(&asked(&app, &[&setting])[0], &first);
    }
    assert_eq!(office.mails().len(), 1);
    app.wait_seconds(3_600);
    attempts(&app.auditor());
    let second = signs(&app);
    has(&asked(&app, &[&setting])[0], &second);
    app.wait_seconds(3_600);
    has(&asked(&app, &[&setting])[0], &second);
    let mails = office.mails();
    assert_eq!(mails.len(), 2, "nothing new was signed");
    assert_eq!(checkpoint_in(mails[1].data.as_bytes()), Ok(second.clone()));
    assert_ne!(header(&mails[0], "Message-ID"), header(&mails[1], "Message-ID"));
    let kept = mailings(&app);
    assert_eq!(kept.len(), 2);
    assert!(kept[1].starts_with(&format!("{} mail to sample.example (", second.checkpoint.size)), "{kept:?}");
    assert!(kept.iter().all(|one| !one.contains('@')), "{kept:?}");
    for change in ["UPDATE log_mailings SET witness = 'x'", "DELETE FROM log_mailings"] {
        assert!(app.try_sql(change).unwrap_err().contains("append-only"), "{change}");
    }
    app.must_verify();
}

#[apply(on_sqlite!)]
fn a_kept_mail_is_taken_by_both_verifiers_and_an_edited_one_is_not(mut app: App) {
    let office = PostOffice::open(Mood::Takes);
    app.auditor().get("/me").unwrap();
    let note = signs(&app);
    has(&asked(&app, &[&office.setting()])[0], &note);
    let mail = office.mails().pop().unwrap().data;
    signs(&app);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("key"), format!("{}\n", key(&app))).unwrap();
    std::fs::write(path("entries"), app.auditor().get("/audit-log?limit=200").unwrap().text()).unwrap();
    let stranger = App::from_nothing(app.engine);
    let theirs = checkpoint(&stranger).to_string().replace('=', "=3D").replace('\u{2014}', "=E2=80=94");
    app.stop();
    let ours = |mail: &str| {
        std::fs::write(path("mail.eml"), mail).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_magnet-scheme"));
        program.arg("verify").arg("--against").arg(path("mail.eml")).env_remove("DATABASE_URL");
        program.env("MAGNET_SCHEME__DATA__FOLDER", &app.config.data.folder);
        program.env("MAGNET_SCHEME__DATABASE__URL", &app.config.database.url);
        let output = program.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let small = |mail: &str| {
        std::fs::write(path("mail.eml"), mail).unwrap();
        let mut script = Command::new("python3");
        script.args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/verifiers/verify_log.py")]);
        let output = script.arg(path("key")).arg(path("entries")).arg(path("mail.eml")).output();
        let output = output.expect("python3 with the package cryptography is needed for this test");
        (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (good, told) = ours(&mail);
    assert!(good && told.contains("everything agrees"), "{told}");
    let (good, told) = small(&mail);
    assert!(good && told.contains("1 checkpoints agree"), "{told}");
    // One entry fewer, a made-up root, and a note of another log under the same name.
    let size = note.checkpoint.size;
    let fewer = mail.replace(&format!("\r\n{size}\r\n"), &format!("\r\n{}\r\n", size - 1));
    let root = note.text.lines().nth(2).unwrap().replace('=', "=3D");
    let other = mail.replace(&root, &format!("{}{}", if root.starts_with('A') { 'B' } else { 'A' }, &root[1..]));
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let forged = format!("{head}\r\n\r\n{}", theirs.replace('\n', "\r\n"));
    for edited in [fewer, other, forged] {
        assert_ne!(edited, mail);
        let (good, told) = ours(&edited);
        assert!(!good && told.contains("FAULT: the outside checkpoint is not signed"), "{told}\n{edited}");
        let (good, told) = small(&edited);
        assert!(!good && told.contains("FAULT: "), "{told}\n{edited}");
    }
    let (good, told) = ours(head);
    assert!(!good && told.contains("there is no signed checkpoint in it"), "{told}");
    // An entry that the mail covers is removed later.
    crate::log::log::disarm(&app);
    app.sql(&format!("DELETE FROM audit_log WHERE sequence >= {size}"));
    let (good, told) = ours(&mail);
    assert!(!good && told.contains("FAULT: "), "{told}");
}

#[apply(on_sqlite!)]
fn a_post_office_that_refuses_is_asked_again_and_no_secret_is_told(app: App) {
    let (office, elsewhere) = (PostOffice::open(Mood::Refuses), tempfile::tempdir().unwrap());
    let file = elsewhere.path().join("password");
    let mut mailbox = office.mailbox();
    (mailbox.user, mailbox.password_file) = (Some("log".to_owned()), Some(file.clone()));
    let mail = Setting { mail: Some(mailbox), ..Setting::default() };
    let folder = at_folder(elsewhere.path());
    app.auditor().get("/me").unwrap();
    let note = signs(&app);
    let states = |why: &str| {
        let states = asked(&app, &[&mail, &folder]);
        says(&states[0], false, why);
        has(&states[1], &note);
        let told = format!("{states:?}");
        assert!(!told.contains(PASSWORD) && !told.contains("auditor@"), "{told}");
        assert_eq!((office.mails().len(), mailings(&app).len()), (0, 0));
    };
    states("password: entity not found");
    std::fs::write(&file, "another password\n").unwrap();
    states("the mail server refused it (535)");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    states("the mail server refused it (550)");
    // The mail server does not exist at all.
    let mut away = mail.clone();
    away.mail.as_mut().unwrap().server = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    says(&asked(&app, &[&away])[0], false, "the mail server cannot be reached");
    // It takes the next mail: the interval counts from the last mail that was sent.
    office.becomes(Mood::Takes);
    has(&asked(&app, &[&mail, &folder])[0], &note);
    assert_eq!((office.mails().len(), mailings(&app).len()), (1, 1));
}

#[apply(on_sqlite!)]
fn a_post_office_that_says_nothing_holds_up_no_other_witness(mut app: App) {
    let (office, elsewhere) = (PostOffice::open(Mood::Silent), tempfile::tempdir().unwrap());
    app.auditor().get("/me").unwrap();
    let note = signs(&app);
    app.config.log.witnesses = vec![office.setting(), at_folder(elsewhere.path())];
    app.serve(false);
    let states = || app.auditor().get("/log/witnesses").unwrap().json()["data"].clone();
    let until = |reached: &dyn Fn(&serde_json::Value) -> bool| {
        (0..10_000).map(|_| states()).find(reached).unwrap_or_else(|| panic!("{}", states()))
    };
    let meanwhile = until(&|states| states[1]["size"] == note.checkpoint.size);
    assert!(meanwhile[0]["asked_at"].is_null(), "nothing is known of the mail yet: {meanwhile}");
    let calls = (0..10_000).map(|_| (states(), office.hangs_up())).find(|(_, calls)| *calls > 0);
    assert_eq!(calls.map(|(_, calls)| calls), Some(1), "it was called once");
    let then = until(&|states| !states[0]["asked_at"].is_null());
    assert!(then[0]["fault"].as_str().unwrap().contains("mail server"), "{then}");
    assert_eq!((&then[0]["size"], &then[0]["disagrees"]), (&serde_json::Value::Null, &false.into()));
    assert!(then[0]["name"].as_str().unwrap().starts_with("mail to sample.example"), "{then}");
    assert_eq!(mailings(&app), Vec::<String>::new());
    // The next attempt, which the service makes after a while, finds it open again.
    office.becomes(Mood::Takes);
    has(&asked(&app, &[&office.setting()])[0], &note);
}

#[apply(on_sqlite!)]
fn nothing_is_sent_where_others_could_read_it(app: App) {
    let office = PostOffice::open(Mood::Takes);
    app.auditor().get("/me").unwrap();
    signs(&app);
    for (tls, why) in [(MailTls::StartTls, "does not offer what is set"), (MailTls::Required, "no TLS")] {
        let setting = Setting { mail: Some(MailWitness { tls, ..office.mailbox() }), ..Setting::default() };
        says(&asked(&app, &[&setting])[0], false, why);
    }
    assert!(office.mails().is_empty() && mailings(&app).is_empty());
}

#[apply(plain!)]
fn a_mailbox_that_cannot_be_is_refused_at_the_start() {
    let loaded = |text: &str| {
        let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        std::fs::write(file.path(), format!("[[log.witnesses]]\n{text}")).unwrap();
        Config::load(Some(file.path())).map(|config| config.log.witnesses).map_err(|why| why.to_string())
    };
    let plain = "to = \"a@x.example\", from = \"b@x.example\", server = \"mail.x.example:465\"";
    let good = loaded(&format!("mail = {{ {plain} }}")).unwrap();
    let mail = good[0].mail.as_ref().unwrap();
    assert_eq!((mail.tls, mail.every_minutes), (MailTls::Required, 1_440));
    let whole = "tls = \"starttls\", user = \"log\", password_variable = \"P\", every_minutes = 60";
    assert_eq!(
        loaded(&format!("mail = {{ {plain}, {whole} }}")).unwrap()[0].mail.as_ref().unwrap().tls,
        MailTls::StartTls
    );
    for (wrong, named) in [
        (format!("mail = {{ {plain}, user = \"u\", password = \"{PASSWORD}\" }}"), "unknown field `password`"),
        (format!("mail = {{ {plain}, user = \"u\" }}"), "password_variable or a password_file"),
        (format!("mail = {{ {plain}, tls = \"none\" }}"), "on this machine alone"),
        (format!("mail = {{ {plain}, tls = \"maybe\" }}"), "maybe"),
        (format!("mail = {{ {plain}, every_minutes = 0 }}"), "every_minutes"),
        ("mail = { to = \"a@x.example\" }".to_owned(), "from"),
        (format!("folder = \"/x\"\nmail = {{ {plain} }}"), "log.witnesses"),
        (format!("mail = {{ {plain} }}\n[[log.witnesses]]\nmail = {{ {plain} }}"), "stands there once"),
    ] {
        let why = loaded(&wrong).unwrap_err();
        assert!(why.contains(named) && !why.contains(PASSWORD), "{why}\nwanted: {named}");
    }
}
