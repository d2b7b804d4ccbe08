//! What an act came to, as the log says it, in the words of the page: how many and how much, below what was done.

use crate::web::portal::page::Page;
use domain::award::application::ApplicationStatus;
use domain::base::desk::Desk;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::recovery::recovery_relief::ReliefOutcome;
use serde_json::Value;

/// Where the log has counts of something by a word, and the beginning of the keys of these words.
const COUNTED: [(&str, &str); 2] = [("/results", "line-result"), ("/findings", "finding")];

/// What an act came to; empty where its entry has no figures.
pub fn came_to(page: &Page, details: &Value) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(paid(page, details).filter(|_| !known_before(details)));
    for (pointer, words) in COUNTED {
        let counts = details.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
        let count = |(word, n): (&String, &Value)| Some(format!("{}: {}", page.word(words, word), n.as_i64()?));
        said.extend(counts.filter_map(count));
    }
    let amount = credited(details).or_else(|| paise(details, "/amount_paise"));
    let amount = amount.or_else(|| paise(details, "/control_total_paise"));
    let amount = amount.or_else(|| paise(details, "/statement/payable_paise"));
    // What came to nothing, such as a notice that is withdrawn, has no amount to tell.
    let amount = amount.filter(|amount| *amount != Paise::ZERO);
    said.extend(amount.map(|amount| page.t1("done-amount", "amount", amount)));
    said.extend(still_due(details).map(|due| page.t1("done-still-due", "amount", due)));
    said
}

/// To whom something went that was sent back, and that they find it with the reasons.
pub fn went_to(page: &Page, command: &str, details: &Value) -> Option<String> {
    let desk = match command {
        "return_claim" => return Some(page.t("done-went-to-company")),
        "return_tranche" => details.pointer("/to")?.as_str()?.parse::<Desk>().ok()?,
        _ => return None,
    };
    Some(page.t1("done-went-to", "office", page.word("role", desk.role())))
}

/// What was decided, in a word: approved or refused, granted or not.
pub fn decided(page: &Page, command: &str, details: &Value) -> Option<String> {
    let (pointer, words) = match command {
        "decide_correction" => ("/status", "correction-status"),
        "decide_excuse" => ("/status", "excuse-status"),
        "verify_claim" => ("/outcome", "claim-status"),
        "verify_final_certificate" => ("/decision/outcome", "certificate-status"),
        "verify_milestone" => ("/outcome", "inspection"),
        "confirm_security" => ("/event", "security-event"),
        "order_recovery" => ("/status", "recovery-status"),
        "settle_difference" => ("/status", "difference-status"),
        "decide_relief" => return Some(decision(page, relief(page, details))),
        "scrutinise_application" => return Some(decision(page, eligible(page, details)?)),
        _ => return None,
    };
    let word = details.pointer(pointer)?.as_str()?;
    Some(decision(page, page.word(words, word)))
}

fn decision(page: &Page, decided: String) -> String {
    page.t1("done-decision", "decision", decided)
}

/// Relief that was refused is named in the entry.
fn relief(page: &Page, details: &Value) -> String {
    let refused = details.get("refused").is_some();
    page.word("relief-outcome", if refused { ReliefOutcome::Refused } else { ReliefOutcome::Granted })
}

fn eligible(page: &Page, details: &Value) -> Option<String> {
    let eligible = details.pointer("/eligible")?.as_bool()?;
    let status = if eligible { ApplicationStatus::Eligible } else { ApplicationStatus::NotEligible };
    Some(page.word("application-status", status))
}

/// Whose turn it is after an act that the act of another person always follows, and what that is.
pub fn who_is_next(page: &Page, command: &str) -> Option<String> {
    let (act, permission) = match command {
        "lodge_security" | "extend_security" => ("confirm_security", Permission::ConfirmSecurity),
        "ask_excuse" => ("examine_excuse", Permission::ExamineExcuse),
        "examine_excuse" => ("decide_excuse", Permission::DecideExcuse),
        "upload_claim_lines" => ("submit_claim", Permission::SubmitClaim),
        "submit_claim" | "reply_to_claim_query" => ("verify_claim", Permission::VerifyClaim),
        "reply_to_milestone_query" => ("verify_milestone", Permission::VerifyMilestone),
        "propose_correction" => ("decide_correction", Permission::DecideCorrection),
        "propose_difference_settlement" => ("settle_difference", Permission::SettleDifference),
        "propose_relief" => ("decide_relief", Permission::DecideRelief),
        "propose_budget_instrument" => ("approve_budget_instrument", Permission::DecideBudgetInstrument),
        _ => return None,
    };
    let values = [("office", page.offices(permission.roles())), ("act", page.word("act", act))];
    Some(page.t1("done-next", "who", page.language.text_with("office-and-act", &values)))
}

fn paise(details: &Value, pointer: &str) -> Option<Paise> {
    details.pointer(pointer)?.as_i64().map(Paise)
}

/// Principal, interest and damages together.
fn total(parts: &Value) -> Option<Paise> {
    let part = |name: &str| parts.get(name).and_then(Value::as_i64).map(Paise);
    Paise::sum([part("principal_paise")?, part("interest_paise")?, part("damages_paise")?])
}

/// What a credit pays of a recovery.
fn credited(details: &Value) -> Option<Paise> {
    total(details.pointer("/parts").or_else(|| details.pointer("/credit/parts"))?)
}

/// What is owed after a credit.
fn still_due(details: &Value) -> Option<Paise> {
    credited(details)?;
    total(details.pointer("/due").or_else(|| details.pointer("/credit/due"))?)
}

/// Whether a file was taken in before: nothing of it was left to try, or it is said so.
pub fn known_before(details: &Value) -> bool {
    details.pointer("/tried").and_then(Value::as_u64) == Some(0)
        || details.pointer("/known") == Some(&Value::Bool(true))
}

/// What an answer of the treasury says was paid, and how many payments failed.
fn paid(page: &Page, details: &Value) -> Option<String> {
    let count = |pointer: &str| details.pointer(pointer)?.as_i64();
    let values = [
        ("n", count("/paid")?.to_string()),
        ("amount", paise(details, "/paid_paise")?.to_string()),
        ("failed", count("/failed")?.to_string()),
    ];
    Some(page.language.text_with("done-paid", &values))
}
