//! What an officer relies on before a step on a tranche, in words: each check with what was found, whether it is in
//! order, and the way to its record; and the last payments to the same beneficiary.

use crate::service::budget::expenditure_limits::Weighed;
use crate::service::payment::payment_failures::Doubtful;
use crate::service::payment::tranche_checks::{MilestoneBrief, TrancheChecks};
use crate::service::payment::tranche_file::TrancheFile;
use crate::web::portal::colour;
use crate::web::portal::page::{Link, Page};
use crate::web::portal::reference;
use domain::base::money::Paise;
use domain::base::permission::Permission;
use domain::milestone::milestone::MilestoneStatus;
use domain::payment::payment::{Payment, PaymentStatus};

/// How a check came out.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    Good,
    /// Nothing is refused for it, and somebody should look.
    Look,
    /// The money cannot move while it is so.
    Stops,
}

/// One check.
pub struct Check {
    pub name: String,
    found: Found,
    pub text: String,
    /// What the bank said, in its words.
    pub quoted: Option<String>,
    /// The records that say more.
    pub links: Vec<Link>,
}

/// One earlier payment.
pub struct Earlier {
    pub payment: Link,
    pub day: String,
    pub amount: Paise,
    pub status: String,
    pub colour: &'static str,
}

impl Check {
    /// The key of its result.
    pub fn word(&self) -> &'static str {
        match self.found {
            Found::Good => "check-good",
            Found::Look => "check-look",
            Found::Stops => "check-stops",
        }
    }

    /// The colour of the tag of its result; the word says the same.
    pub fn colour(&self) -> &'static str {
        match self.found {
            Found::Good => "govuk-tag--green",
            Found::Look => "govuk-tag--yellow",
            Found::Stops => "govuk-tag--red",
        }
    }
}

fn link(page: &Page, text: String, path: &str) -> Link {
    Link { text, address: page.to(path), here: false }
}

/// The checks of a tranche in words; none where they are not shown.
pub fn in_words(page: &Page, file: &TrancheFile) -> Vec<Check> {
    let Some(checks) = &file.checks else { return Vec::new() };
    let award = format!("/awards/{}", reference::in_address(&file.award));
    let mut all = vec![guarantees(page, checks, &award)];
    all.extend(checks.milestone.as_ref().map(|one| milestone(page, one, &award)));
    all.extend(checks.limits.as_ref().map(|weighed| limits(page, file, weighed)));
    all.push(money(page, checks));
    all.extend(checks.doubtful.as_ref().map(|doubtful| bank(page, doubtful)));
    all.extend([account(page, checks), set_off(page, checks)]);
    all
}

fn guarantees(page: &Page, checks: &TrancheChecks, award: &str) -> Check {
    let short = checks.required.minus_floored(checks.cover);
    let values =
        [("required", checks.required.to_string()), ("cover", checks.cover.to_string()), ("short", short.to_string())];
    let is_short = short > Paise::ZERO;
    let (found, key) = if is_short { (Found::Stops, "cover-short") } else { (Found::Good, "cover-enough") };
    let mut text = page.language.text_with(key, &values);
    if let Some(day) = checks.covered_until.filter(|_| !is_short) {
        text = format!("{text} {}", page.t1("check-cover-until", "day", page.day(&day)));
    }
    let links = vec![link(page, page.t("title-guarantees"), &format!("{award}#guarantees"))];
    Check { name: page.t("title-guarantees"), found, text, quoted: None, links }
}

fn milestone(page: &Page, one: &MilestoneBrief, award: &str) -> Check {
    let title = page.language.milestone_title(&one.code, &one.title);
    let (found, text) = match (one.status, one.achieved_on) {
        (MilestoneStatus::Verified, Some(day)) => {
            (Found::Good, page.t1("check-milestone-achieved", "day", page.day(&day)))
        }
        (status, _) => (Found::Look, page.word("milestone-status", status)),
    };
    let links = vec![link(page, title, &format!("{award}/milestones/{}", one.code))];
    Check { name: page.t("claim-part-milestone_id"), found, text, quoted: None, links }
}

fn money(page: &Page, checks: &TrancheChecks) -> Check {
    let (found, text) = match &checks.stop {
        None => (Found::Good, page.t("money-moves")),
        Some(stop) => (Found::Stops, page.money_stopped(stop)),
    };
    Check { name: page.t("check-money"), found, text, quoted: None, links: Vec::new() }
}

/// The limits on what may be paid in the last months: known to everybody who takes a step, and not first to whoever
/// takes the last one.
fn limits(page: &Page, file: &TrancheFile, weighed: &Weighed) -> Check {
    let passed: Vec<String> = page.warned(&weighed.warnings).into_iter().map(|said| said.text).collect();
    let (found, text) = match passed.is_empty() {
        true => (Found::Good, page.t1("check-limits-kept", "amount", file.tranche.amount_paise)),
        false if weighed.stops => (Found::Stops, format!("{} {}", page.t("check-limits-stop"), passed.join("; "))),
        false => (Found::Look, format!("{} {}", page.t("check-limits-passed"), passed.join("; "))),
    };
    let budget = format!("/budget?scheme={}&year={}", file.tranche.scheme_code, weighed.year);
    let links = page.may(Permission::ReadBudget).then(|| link(page, page.t("title-limits"), &budget));
    Check { name: page.t("title-limits"), found, text, quoted: None, links: links.into_iter().collect() }
}

fn bank(page: &Page, doubtful: &Doubtful) -> Check {
    let payment = |number: &String| link(page, number.clone(), &format!("/payments/{}", reference::in_address(number)));
    let (found, key, numbers) = match (doubtful.contradicted.as_slice(), doubtful.unexplained.as_slice()) {
        ([], []) => (Found::Good, "check-bank-agrees", [].as_slice()),
        ([], unexplained) => (Found::Stops, "check-bank-unexplained", unexplained),
        (contradicted, _) => (Found::Stops, "check-bank-contradicts", contradicted),
    };
    let links: Vec<Link> = numbers.iter().map(payment).collect();
    Check { name: page.t("check-bank"), found, text: page.t(key), quoted: None, links }
}

fn account(page: &Page, checks: &TrancheChecks) -> Check {
    let mut values = vec![("account", checks.account.clone()), ("ifsc", checks.ifsc.clone())];
    let last = checks.last_fate.as_ref();
    let (found, key) = match last.map(|last| last.status) {
        Some(PaymentStatus::Failed) => (Found::Look, "check-account-failed"),
        Some(PaymentStatus::FailedAfterSuccess) => (Found::Look, "check-account-came-back"),
        Some(_) => (Found::Good, "check-account-reached"),
        None => (Found::Look, "check-account-new"),
    };
    let day = |last: &Payment| match last.status {
        PaymentStatus::Succeeded => last.paid_on,
        _ => last.settled_at.map(|at| at.date_in_india()),
    };
    values.push(("day", last.and_then(day).map(|day| page.day(&day)).unwrap_or_default()));
    let reason = last.and_then(|last| last.reason.clone());
    let of_last =
        |last: &Payment| link(page, last.number.clone(), &format!("/payments/{}", reference::in_address(&last.number)));
    let links = last.filter(|last| last.status != PaymentStatus::Succeeded).map(of_last).into_iter().collect();
    Check { name: page.t("check-account"), found, text: page.language.text_with(key, &values), quoted: reason, links }
}

fn set_off(page: &Page, checks: &TrancheChecks) -> Check {
    let due = Paise::sum(checks.to_set_off.iter().map(|(_, due)| *due));
    let recovery = |(number, _): &(String, Paise)| {
        link(page, number.clone(), &format!("/recoveries/{}", reference::in_address(number)))
    };
    let (found, text) = match due.filter(|due| *due > Paise::ZERO) {
        None => (Found::Good, page.t("check-set-off-none")),
        Some(due) => (Found::Look, page.t1("check-set-off-some", "amount", due)),
    };
    Check {
        name: page.t("check-set-off"),
        found,
        text,
        quoted: None,
        links: checks.to_set_off.iter().map(recovery).collect(),
    }
}

/// The last payments to the same beneficiary; `None` where they are not shown.
pub fn earlier(page: &Page, file: &TrancheFile) -> Option<Vec<Earlier>> {
    let earlier = |payment: &Payment| Earlier {
        payment: link(page, payment.number.clone(), &format!("/payments/{}", reference::in_address(&payment.number))),
        day: page.day(&payment.paid_on.unwrap_or_else(|| payment.advised_at.date_in_india())),
        amount: payment.amount_paise,
        status: page.word("payment-status", payment.status),
        colour: colour::of_payment(payment.status),
    };
    Some(file.checks.as_ref()?.earlier.iter().map(earlier).collect())
}
