//! Commands: their exit codes, what they print for a program and for a person, and what they say about mistakes.

use crate::harness::app::App;
use crate::harness::described;
use crate::harness::disarm::disarm;
use crate::harness::program::{Going, program, run};
use crate::harness::scratch;
use serde_json::json;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

#[apply(plain!)]
fn an_account_with_a_mistake_is_refused_before_a_database_is_made() {
    let folder = scratch::folder();
    let (email, name) = ("a@x.example", "Sample Auditor");
    for (email, name, roles, words) in [
        ("nobody", name, &["auditor"][..], &["--email: "][..]),
        (email, " ", &["auditor"], &["--name: "]),
        ("nobody", "", &["auditor"], &["--email: ", "--name: "]),
        (email, name, &["auditer"], &["--role: ", "\"auditer\"", "auditor", "disbursing_officer"]),
        (email, name, &["auditor", "verifier"], &["auditor"]),
        (email, name, &["administrator", "auditor"], &["administrator"]),
        (email, name, &["signatory"], &["--role: "]),
        (email, name, &[""], &["--role: "]),
    ] {
        let mut command = program(folder.path(), &["user", "add", "--email", email, "--name", name]);
        for role in roles {
            command.args(["--role", role]);
        }
        run(command).with(2).about(words);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{email} {name} {roles:?} made something");
    }
}

#[apply(on_both!)]
fn an_account_is_made_once(mut app: App) {
    app.stop();
    let add = || run(app.program(&["user", "add", "--email", "A@x.example", "--name", "Sample", "--role", "auditor"]));
    let made = add().with(0);
    assert!(made.said.starts_with("password: ") && made.complained.is_empty(), "{made:?}");
    let again = add().with(2).about(&["e-mail"]);
    assert_eq!(again.said, "");
}

#[apply(on_both!)]
fn the_code_says_whether_something_is_wrong_or_could_not_be_asked(mut app: App) {
    app.verifier();
    let entries = app.audit_length();
    app.stop();
    let verified = run(app.program(&["verify", "--json"])).with(0);
    assert_eq!((&verified.json()["agrees"], &verified.json()["entries"]), (&json!(true), &json!(entries)));
    assert_eq!(verified.json()["fault"], json!(null));
    assert_eq!(verified.complained, "", "nothing is said through a pipe but the answer");
    let recomputed = run(app.program(&["recompute", "--json"])).with(0);
    assert_eq!((&recomputed.json()["differences"], recomputed.complained.as_str()), (&json!([]), ""));
    assert_eq!(run(app.program(&["migrate", "--json"])).with(0).json(), json!({ "migrations_run": 0 }));

    disarm(&app);
    app.sql(&format!("DELETE FROM audit_log WHERE sequence = {entries}"));
    let found = run(app.program(&["verify", "--json"])).with(1);
    assert_eq!(found.json()["agrees"], json!(false));
    assert!(found.json()["fault"].as_str().unwrap().contains("the log ends at entry"), "{found:?}");
    assert!(run(app.program(&["verify"])).with(1).said.contains("FAULT: the log ends"));

    let nowhere = |arguments: &[&str]| {
        let mut command = app.program(arguments);
        command.env("DATABASE_URL", "postgres:///none?host=/nowhere");
        run(command)
    };
    for arguments in [["verify"], ["migrate"], ["serve"]] {
        nowhere(&arguments).with(2).about(&["/nowhere"]);
    }
    run(app.program(&["verify", "--against", "/nowhere"])).with(2).about(&["--against: /nowhere: No such file"]);
    run(app.program(&["verify", "--key", "x"])).with(2).about(&["--key: "]);
    run(app.program(&["nonsense"])).with(2);
}

#[apply(plain!)]
fn shells_and_the_manual_know_every_command() {
    let folder = scratch::folder();
    let help = run(program(folder.path(), &["--help"])).with(0).said;
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap().lines();
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"verify") && commands.contains(&"completions"), "{commands:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(program(folder.path(), &["completions", shell])).with(0).said;
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    run(program(folder.path(), &["completions", "tcsh"])).with(2);
    let pages = folder.path().join("share/man1");
    run(program(folder.path(), &["manual", pages.to_str().unwrap()])).with(0);
    for command in commands.iter().filter(|command| **command != "help") {
        let page = std::fs::read_to_string(pages.join(format!("magnet-scheme-{command}.1"))).unwrap();
        assert!(page.contains("Exit codes") || ["user", "config"].contains(command), "{page}");
    }
    // A file stands where the folder should be.
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let refused = run(program(folder.path(), &["manual", taken.to_str().unwrap()])).with(2);
    assert!(refused.complained.contains("taken"), "{}", refused.complained);
}

#[apply(plain!)]
fn every_help_says_the_exit_codes() {
    let folder = scratch::folder();
    for command in [
        &[][..],
        &["serve"],
        &["demo"],
        &["user", "add"],
        &["verify"],
        &["recompute"],
        &["migrate"],
        &["healthcheck"],
        &["export"],
        &["verifiers"],
        &["config", "show"],
        &["openapi"],
        &["scheme-schema"],
        &["scheme-check"],
        &["completions"],
        &["manual"],
    ] {
        let help = run(program(folder.path(), &[command, &["--help"]].concat())).with(0).said;
        for code in ["0  good", "1  found wrong", "2  could not be asked"] {
            assert!(help.contains(code), "{command:?}: {help}");
        }
    }
}

#[apply(plain!)]
fn the_verifiers_are_written_and_say_what_they_need() {
    let folder = scratch::folder();
    let to = folder.path().join("verifiers");
    let written = run(program(folder.path(), &["verifiers", &to.display().to_string()])).with(0).said;
    assert_eq!(written.lines().count(), 7, "{written}");
    for path in written.lines().filter(|path| !path.ends_with("checking.py")) {
        let python = |arguments: &[&str]| {
            let asked = Command::new("python3").arg("-B").arg(path).args(arguments).output().unwrap();
            let said = String::from_utf8_lossy(&asked.stdout).into_owned();
            (asked.status.success(), said, String::from_utf8_lossy(&asked.stderr).into_owned())
        };
        let (good, said, _) = python(&["--help"]);
        assert!(good && said.contains("python3") | said.contains(".py"), "{path}: {said}");
        for wrong in [&[][..], &["/nowhere"], &["/nowhere", "/nowhere", "/nowhere"]] {
            let (good, _, complained) = python(wrong);
            assert!(!good && complained.lines().count() <= 2, "{path} {wrong:?}: {complained}");
            assert!(!complained.contains("Traceback"), "{path} {wrong:?}: {complained}");
        }
    }
    run(program(folder.path(), &["verifiers", "/proc/nowhere"])).with(2).about(&["/proc/nowhere"]);
    what_cannot_be_read_is_a_fault(&to);
}

/// A file that is nested too deeply, or that is something else, is told in one line.
fn what_cannot_be_read_is_a_fault(verifiers: &std::path::Path) {
    let deep = verifiers.join("deep.json");
    let wrong = verifiers.join("wrong.json");
    std::fs::write(&deep, "[".repeat(200_000)).unwrap();
    std::fs::write(&wrong, r#"{"sample": {"seed": 5}, "population": [], "statement": Infinity}"#).unwrap();
    for program in ["recompute_statement.py", "draw_sample.py"] {
        for file in [&deep, &wrong] {
            let asked = Command::new("python3").arg("-B").arg(verifiers.join(program)).arg(file).output().unwrap();
            let complained = String::from_utf8_lossy(&asked.stderr).into_owned();
            assert!(!asked.status.success() && complained.starts_with("FAULT: "), "{program}: {complained}");
            assert_eq!(complained.lines().count(), 1, "{program}: {complained}");
        }
    }
}

#[apply(plain!)]
fn a_running_service_is_asked_for_its_health_and_its_public_data() {
    let folder = scratch::folder();
    let going = Going::serving(program(folder.path(), &["serve"]));
    let address = going.address();
    let ask = |arguments: &[&str]| {
        let mut command = program(folder.path(), arguments);
        command.env("MAGNET_SCHEME__SERVER__BIND", &address);
        run(command)
    };
    assert!(ask(&["healthcheck"]).with(0).said.contains("is ready"));
    let ready = ask(&["healthcheck", "--json"]).with(0).json();
    assert_eq!(ready, json!({ "ready": true, "status": 200, "answer": { "status": "pass" } }));

    let file = folder.path().join("file");
    let to = file.display().to_string();
    for (format, name) in [("ocds", "ocds.json"), ("360giving.json", "360giving.json"), ("awards", "awards.csv")] {
        ask(&["export", "--format", format, "--to", &to]).with(0);
        let path = format!("/api/v1/public/data/{name}");
        let published = described::client(format!("http://{address}")).send("GET", &path, &[], None).unwrap();
        assert_eq!((published.status, std::fs::read(&file).unwrap()), (200, published.bytes), "{name}");
    }
    ask(&["export", "--format", "xlsx", "--to", &to]).with(2).about(&["360giving.json", "datapackage.zip"]);
    ask(&["export", "--format", "ocds", "--to", "/nowhere/x"]).with(2).about(&["--to: /nowhere/x: "]);
    // A link stays a link, and a device a device; that nothing could be written is said.
    let link = folder.path().join("link");
    std::fs::write(&file, "of before").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    ask(&["export", "--format", "ocds", "--to", &link.display().to_string()]).with(0);
    assert!(link.is_symlink() && std::fs::read(&file).unwrap() != b"of before");
    ask(&["export", "--format", "ocds", "--to", "/dev/full"]).with(2).about(&["--to: /dev/full: "]);
    assert!(!std::fs::metadata("/dev/full").unwrap().is_file());

    drop(going);
    ask(&["healthcheck"]).with(2).about(&[&address]);
    ask(&["export", "--format", "ocds", "--to", &to]).with(2).about(&[&address]);
    // Somebody else answers there, or nobody does in time.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = program(folder.path(), &["healthcheck", "--within", "1"]);
    command.env("MAGNET_SCHEME__SERVER__BIND", mute.local_addr().unwrap().to_string());
    run(command).with(2);
    run(program(folder.path(), &["healthcheck"])).with(2).about(&["server.bind"]);
}

/// A terminal of its own for a command, made with Python's standard library.
const ON_A_TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

#[apply(on_both!)]
fn progress_is_shown_on_a_terminal_alone(mut app: App) {
    app.verifier();
    app.stop();
    for (arguments, progress, answer) in [
        (["verify"], "audit entries checked …", "everything agrees"),
        (["recompute"], "decisions derived anew …", "every one comes out"),
        (["migrate"], "migrating …", "the schema is up to date"),
    ] {
        let piped = run(app.program(&arguments)).with(0);
        assert!(piped.said.contains(answer) && piped.complained.is_empty(), "{piped:?}");
        assert!(!piped.said.contains('…') && !piped.said.contains('\u{1b}'), "{piped:?}");
        let inner = app.program(&arguments);
        let mut outer = Command::new("python3");
        outer.args(["-B", "-c", ON_A_TERMINAL]).arg(inner.get_program()).args(inner.get_args());
        inner.get_envs().for_each(|(name, value)| {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        });
        let shown = run(outer).with(0);
        if arguments != ["recompute"] {
            assert!(shown.said.contains(progress), "{shown:?}");
        }
        // The line of progress is cleared before the answer is written.
        let last = shown.said.lines().find(|line| line.contains(answer)).unwrap();
        assert!(!last.contains(progress) || last.contains("\r\u{1b}[K"), "{last:?}");
    }
}

#[apply(plain!)]
fn a_file_of_a_scheme_is_checked_without_a_service() {
    let folder = scratch::folder();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/schemes");
    let check = |path: &Path, form: &[&str]| {
        run(program(folder.path(), &[&["scheme-check", path.to_str().unwrap()][..], form].concat()))
    };
    let sample = samples.join("samples/incremental-sales.toml");
    let good = check(&sample, &[]).with(0).said;
    for line in [
        "sample-incremental-sales, version 1, from 2026-04-01 on: ",
        "sales_linked_incentive of an award of 1000 MTPA: at most ₹3,00,00,00,000.00",
        "Rs 350 crore after a base year of Rs 100 crore: ₹20,00,00,000.00 (slab_rate)",
        "everything agrees",
    ] {
        assert!(good.contains(line), "{line}: {good}");
    }
    let told = check(&sample, &["--json"]).with(0).json();
    assert_eq!((&told["good"], &told["examples"][0]["gives_paise"]), (&json!(true), &json!(20_000_000_000_i64)));
    // A scheme without examples is good, and says what it leaves open.
    let silent = check(&samples.join("repm-2025-notified-2.toml"), &[]).with(0).said;
    assert!(silent.contains("capital_subsidy: no example says what a claim gets"), "{silent}");
    assert!(silent.contains("capital_subsidy of an award of 600 MTPA: at most ₹75,00,00,000.00"), "{silent}");

    let text = std::fs::read_to_string(&sample).unwrap();
    let wrong = folder.path().join("wrong.toml");
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        std::fs::write(&wrong, text.replacen(from, to, 1)).unwrap();
        check(&wrong, &[])
    };
    let found = changed("value = 800\n", "value = 801\n").with(1).said;
    assert_eq!(found.matches("FAULT: ").count(), 2, "each example is told: {found}");
    assert!(found.contains("the rules give ₹20,02,50,000.00, bound by slab_rate; the example says ₹20,00,00,000.00"));
    let found = changed("value = 800\n", "value = 8.5\n").with(1).said;
    assert!(found.contains("8.5 is not a whole number of basis points"), "{found}");
    let found = changed("value = 800\n", "value = 80000\n").with(1).said;
    assert!(found.contains("80000 basis points is more than 100 %"), "{found}");
    check(&folder.path().join("nowhere.toml"), &[]).with(2).about(&["nowhere.toml: No such file"]);
}
