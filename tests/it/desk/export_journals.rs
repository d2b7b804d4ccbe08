//! Journals for hledger, ledger and beancount: they balance, agree with the service, and are accepted by
//! the programs they are made for.

use crate::desk::exports::{export, paise, planted, referees_are_required};
use crate::harness::app::App;
use crate::harness::people::{Answered, CRORE, Verbs};
use std::collections::BTreeMap;
use std::path::Path;

/// The sum of the postings on each account of a journal, whose transactions must each balance; and the
/// balances that the journal asserts.
fn added_up(journal: &str) -> (BTreeMap<String, i64>, BTreeMap<String, i64>) {
    let (mut balances, mut asserted) = (BTreeMap::new(), BTreeMap::new());
    let mut open = 0;
    for line in journal.lines().filter(|line| !line.starts_with(';')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [account, amount, "INR"] if line.starts_with("    ") && account != "format" => {
                *balances.entry(account.to_owned()).or_default() += paise(amount);
                open += paise(amount);
            }
            [account, "0.00", "INR", "=", amount, "INR"] | [_, "balance", account, amount, "INR"] => {
                assert!(asserted.insert(account.to_owned(), paise(amount)).is_none());
            }
            _ => assert_eq!(open, 0, "a transaction does not balance before {line}"),
        }
    }
    (balances, asserted)
}

#[apply(on_both!)]
fn journals_balance_and_tell_what_was_returned(app: App) {
    planted(&app);
    let auditor = app.auditor();
    let total = |query: &str, name: &str| {
        auditor.sees(&format!("/selections/disbursements?{query}"))["totals"][name].as_i64().unwrap()
    };
    for (format, ending) in JOURNALS {
        let answer = export(&auditor, &format!("disbursements/export?format={format}"));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        let name = format!("attachment; filename=\"disbursements.{ending}\"");
        assert_eq!(answer.header("content-disposition"), Some(&*name));
        let (balances, asserted) = added_up(&answer.text());
        assert_eq!(balances, asserted, "{format}");
        let of = |start: &str| -> i64 {
            balances.iter().filter(|(account, _)| account.starts_with(start)).map(|(_, paise)| paise).sum()
        };
        assert_eq!(of("Expenses:Disbursed:"), total("", "amount_paise"), "{format}");
        assert_eq!(of("Expenses:Returned:"), -total("status=failed_after_success", "amount_paise"), "{format}");
        assert_eq!(of("Expenses:"), total("status=succeeded", "amount_paise"), "{format}");
        assert_eq!(of("Assets:Treasury"), -total("status=succeeded", "net_paise"), "{format}");
        assert_eq!(of("Assets:Recoverable"), -1_234_567, "{format}");
        assert!(balances.keys().all(|account| account.is_ascii()), "{balances:?}");
        let none = export(&auditor, &format!("disbursements/export?format={format}&component=administration")).text();
        assert_eq!(added_up(&none), Default::default());
        for subject in ["claims", "acts", "grantees"] {
            let answer = auditor.get(&format!("/selections/{subject}/export?format={format}")).unwrap();
            answer.refused(400, "bad_parameter");
        }
    }
}

/// The dialects with their file endings.
const JOURNALS: [(&str, &str); 3] = [("hledger", "journal"), ("ledger", "ledger"), ("beancount", "beancount")];

#[apply(on_both!)]
fn programs_that_are_not_ours_read_a_journal_of_all_money(app: App) {
    let paid = app.paid_for(&app.selling(), 100_000);
    app.demanded(&paid, CRORE);
    let auditor = app.auditor();
    let folder = tempfile::tempdir().unwrap();
    let told = [
        ("sanctions", "Expenses:Sanctioned:", "Liabilities:Sanctioned"),
        ("payments", "Expenses:Advised:", "Assets:Treasury"),
        ("recoveries", "Assets:Recoverable:", "Income:Recoverable"),
        ("budget_movements", "Equity:", "Equity:Movements"),
    ];
    for (subject, account, against) in told {
        let total = auditor.sees(&format!("/selections/{subject}"))["totals"]["amount_paise"].as_i64().unwrap();
        for (format, ending) in JOURNALS {
            let answer = export(&auditor, &format!("{subject}/export?format={format}"));
            let (balances, asserted) = added_up(&answer.text());
            assert_eq!(balances, asserted, "{subject} {format}");
            let on = |start: &str| -> i64 {
                balances.iter().filter(|(name, _)| name.starts_with(start)).map(|(_, paise)| paise).sum()
            };
            let sides =
                if subject == "budget_movements" { (on(account), on(against)) } else { (on(account), -on(against)) };
            // Each journal of the ledger sums to zero, so nothing remains on its other side.
            let expected = if subject == "budget_movements" { (0, 0) } else { (total, total) };
            assert_eq!(sides, expected, "{subject} {format}");
            assert!(balances.len() > 1, "{subject} {format}");
            let file = folder.path().join(format!("{subject}.{ending}"));
            std::fs::write(&file, &answer.bytes).unwrap();
            if referees_are_required() {
                strictly_read(&file, format);
            }
        }
    }
}

/// The program for this format reads the file in strict mode and reports no error.
fn strictly_read(file: &Path, format: &str) {
    let programs = std::env::var("REFEREES").unwrap();
    let (program, arguments): (String, &[&str]) = match format {
        "hledger" => ("hledger".to_owned(), &["check", "--strict", "-f"]),
        "ledger" => ("ledger".to_owned(), &["--args-only", "--strict", "--pedantic", "balance", "-f"]),
        _ => (format!("{programs}/bean-check"), &[]),
    };
    let output = std::process::Command::new(program).args(arguments).arg(file).output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
}
