//! Standing controls: named questions about all the data. Each is green, or red with
//! counter-examples. The list is the catalogue of `docs/CONTROLS.md`.

use crate::base::calendar::Timestamp;
use crate::base::digest::hex;
use crate::base::id::{ControlRunId, UserId};
use crate::words;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The number of counter-examples that are stored for a control.
pub const COUNTEREXAMPLES_MOST: usize = 5;

words! {
    /// The consequence of a red control.
    pub enum ControlKind {
        /// The records contradict each other: no money moves.
        Integrity = "integrity",
        /// The records agree, but a rule of finance or of offices is broken.
        Compliance = "compliance",
        /// Somebody has work to do.
        Warning = "warning",
    }
}

words! {
    /// The answer of a control.
    pub enum ControlStatus {
        Green = "green",
        Red = "red",
    }
}

words! {
    /// The reason why the controls ran.
    pub enum RunCause {
        Schedule = "schedule",
        Request = "request",
    }
}

macro_rules! controls {
    ($($variant:ident = $code:tt, $kind:ident, $title:literal, $means:literal, $source:literal;)*) => {
        words! {
            /// The name of a control.
            pub enum ControlCode {
                $(#[doc = $title] $variant = $code,)*
            }
        }

        impl ControlCode {
            pub fn kind(self) -> ControlKind {
                match self { $(Self::$variant => ControlKind::$kind,)* }
            }

            /// The statement that is true while the control is green.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The data that it compares.
            pub fn means(self) -> &'static str {
                match self { $(Self::$variant => $means,)* }
            }

            /// The rule on which it is based.
            pub fn source(self) -> &'static str {
                match self { $(Self::$variant => $source,)* }
            }
        }
    };
}

controls! {
    AccountsEqualEntries = "accounts_equal_entries", Integrity, "Every account says what its entries sum to",
        "each balance against the sum of its entries, and each ledger against zero", "docs/PROOF.md, the standing check";
    JournalsBalance = "journals_balance", Integrity, "Every journal balances in each ledger",
        "entries summed by journal and ledger", "double entry";
    NoAccountBelowFloor = "no_account_below_floor", Integrity, "No account is below zero",
        "every balance", "docs/LEDGER.md, two guards on every floor";
    JournalsInLog = "journals_in_log", Integrity, "Every journal was posted by one act of the log, and no act lost its journal",
        "journals against audit entries that carry the digest of one", "docs/SECURITY.md, proof";
    LogUnbroken = "log_unbroken", Integrity, "The audit log has no hole, no loose link and ends at its head",
        "sequence and link of every entry; `verify` also recomputes each hash", "docs/SECURITY.md, proof";
    ActorsKnown = "actors_known", Integrity, "Every act was done by somebody with an account",
        "the person of every audit entry against accounts; the service itself has none", "docs/SECURITY.md, proof";
    OutlayAsPublished = "outlay_as_published", Integrity, "Each component's outlay is the published one and its approved changes",
        "authorised outlay against version 1 of the scheme and approved changes of outlay", "the scheme's order";
    BudgetEqualsInstruments = "budget_equals_instruments", Integrity, "Each year's budget is what approved instruments say",
        "authorised, surrendered and lapsed of each year against approved instruments", "GFR 2017, rules 57 and 62";
    RecordsEqualLedger = "records_equal_ledger", Integrity, "Claims, tranches, payments and recoveries are what each award's accounts hold",
        "withheld, reserved, sanctioned, disbursed and what is owed back, by award and component", "docs/LEDGER.md";
    YearsEqualHolds = "years_equal_holds", Integrity, "What each year holds is the sum of the tranches held in it",
        "reserved and sanctioned of each year against tranches", "GFR 2017, rule 25";
    QuarterTotalsKept = "quarter_totals_kept", Integrity, "What is counted as paid in a last quarter is the sum of its payments",
        "the kept total of each month against disbursements", "docs/BUDGET.md, limits on the last quarter";
    DisbursedWithinCeiling = "disbursed_within_ceiling", Integrity, "Nobody was paid more than the ceiling of the award",
        "succeeded disbursements by award and component against ceilings", "the award";
    ClaimsWithinEntitlement = "claims_within_entitlement", Integrity, "No claim released more than its entitlement",
        "live tranches, deferred and withheld parts against the entitlement, until the final certificate", "docs/CLAIMS.md, the amount of a claim";
    RefundsEqualRecoveries = "refunds_equal_recoveries", Integrity, "What of a payment is under recovery is what its recoveries ask",
        "each disbursement against its recoveries", "docs/RECOVERIES.md";
    PaidLessRecovered = "paid_less_recovered", Integrity, "Nobody keeps more of a claim than its entitlement, and nothing is asked back twice",
        "paid less what is under recovery against the entitlement of each claim, and true-ups against what its certificate left", "docs/CLAIMS.md, staged release and the final certificate";
    PaymentAfterSanction = "payment_after_sanction", Integrity, "No payment without a sanction before it",
        "each payment against the sanction order and step of its tranche", "GFR 2017, rule 25";
    PaymentsAreDisbursements = "payments_are_disbursements", Integrity, "Every payment that succeeded is a disbursement, and none else",
        "payments against disbursements, both ways", "docs/LEDGER.md";
    DisbursementsEqualPayments = "disbursements_equal_payments", Integrity, "Every disbursement says what its payment says",
        "amount, set-off, tranche, payee and day", "docs/LEDGER.md";
    UtrOnBothSides = "utr_on_both_sides", Integrity, "No disbursement without the UTR of its payment",
        "the reference on both", "docs/PAYMENTS.md";
    UtrOnce = "utr_once", Integrity, "A UTR settles one payment, however it is written",
        "references of payments, receipts and credits of the bank, without blanks, hyphens and zeros at the beginning, in capitals", "docs/PAYMENTS.md";
    SanctionPaidOnce = "sanction_paid_once", Integrity, "No sanction was paid more than once",
        "payments of each tranche, and of the claim of a tranche that ended, in files for the treasury, on bank scrolls and as recorded", "docs/PAYMENTS.md, who says that it did not arrive";
    PayeeAccountAsRegistered = "payee_account_as_registered", Integrity, "Every payment went to the payee's registered account",
        "account and IFSC of payments against the payee's", "docs/PAYMENTS.md";
    AdvisedAwaitsAnswer = "advised_awaits_answer", Integrity, "A tranche is with the bank exactly while a payment of it is",
        "advised tranches against open payments, both ways", "docs/PAYMENTS.md";
    AdvicesEqualPayments = "advices_equal_payments", Integrity, "Every advice file has the total of its payments",
        "count and control total against payments", "docs/PAYMENTS.md, payment advices";
    DisbursementsInLog = "disbursements_in_log", Integrity, "Every disbursement has its journal and its act in the log",
        "disbursement, journal of its payment, audit entry of that journal", "docs/SECURITY.md, proof";
    SanctionSerials = "sanction_serials", Integrity, "Sanction orders are numbered without holes",
        "numbers of each series against its counter", "GFR 2017, rule 234";
    DisbursementSerials = "disbursement_serials", Integrity, "The register of disbursements has no holes",
        "numbers of each series against its counter", "GFR 2017, rule 234, form GFR 21";
    StepsComplete = "steps_complete", Integrity, "No tranche stands where its steps did not lead",
        "status of each tranche against verification, recommendation, concurrence, sanction and payment, without steps that fell", "docs/SECURITY.md, people";
    OnePersonOneStep = "one_person_one_step", Integrity, "Nobody took two different steps on one rupee",
        "people of each claim and tranche, also before a return, against each other", "docs/SECURITY.md, people";
    InstrumentsByTwo = "instruments_by_two", Integrity, "Every budget instrument was decided by a second person",
        "who proposed against who approved or refused", "docs/BUDGET.md, budget instruments";
    AwardsOfEligible = "awards_of_eligible", Integrity, "Only applications that were found eligible have an award",
        "each award against status and scrutiny of its application", "the scheme's criteria";
    MilestonesInspected = "milestones_inspected", Integrity, "Every verified milestone has an inspection with evidence",
        "the last round of each", "the scheme's milestones";
    PaymentAfterMilestone = "payment_after_milestone", Integrity, "No capital subsidy was paid before its milestone was verified",
        "each disbursement against the rounds of its claim's milestone", "the scheme's milestones";
    EvidenceExists = "evidence_exists", Integrity, "Every file that a claim, certificate or excuse names was uploaded",
        "ids named against evidence", "docs/SECURITY.md, proof";
    PeopleAndPayeesAsLogged = "people_and_payees_as_logged", Integrity, "Every account of a person or a company is as the log says",
        "each account of a person, with its roles, and each company, with its bank account, against the newest digest in the log", "docs/PROOF.md, every row";
    RecordsAsLogged = "records_as_logged", Integrity, "Every record that an act can change is as the log says",
        "awards, claims, tranches, payments, guarantees, recoveries and the like, each against the newest digest in the log", "docs/PROOF.md, every row";
    InvoiceOnce = "invoice_once", Compliance, "An invoice stands in one live claim of an organisation and its group",
        "accepted and open lines by the identity of their invoice; supplements aside", "docs/CLAIMS.md, invoice_claimed";
    MaterialsAddUp = "materials_add_up", Compliance, "A claim opens with no more material than the claim before left",
        "opening stocks that counted against what the claim before leaves now", "docs/RULES.md, mass balance";
    OfficersOfNoCompany = "officers_of_no_company", Compliance, "Nobody of a manufacturer took an officer's step",
        "people of verification, recommendation, concurrence, sanction and payment against their organisation", "docs/SECURITY.md, people";
    ProvidersTakeNoStep = "providers_take_no_step", Compliance, "Nobody who changed a year's budget took a step on its money",
        "people of instruments against people of tranches held in the year", "docs/SECURITY.md, people";
    RolesApart = "roles_apart", Compliance, "No account holds roles that must be apart",
        "administrator or auditor beside another role; a manufacturer's role beside an office", "docs/SECURITY.md, roles";
    DisabledSignedOut = "disabled_signed_out", Compliance, "No disabled account has an open session",
        "sessions that were not ended against accounts", "docs/SECURITY.md, people";
    CapacityWithinScheme = "capacity_within_scheme", Compliance, "Awards share out no more capacity than the scheme has",
        "capacity of all awards of a scheme against its newest version", "the scheme's total capacity";
    SanctionsInTerm = "sanctions_in_term", Compliance, "No sanction older than its term is still open",
        "last day of unpaid sanctions against today", "GFR 2017, rule 30";
    HoldsInTerm = "holds_in_term", Compliance, "No reservation is held past its last day",
        "last day of unsanctioned tranches against today", "the scheme's holds";
    GuaranteesRun = "guarantees_run", Warning, "No guarantee has expired while its award runs",
        "confirmed guarantees against today and the award's last day", "docs/CLAIMS.md, performance securities";
    CertificatesInTime = "certificates_in_time", Warning, "No final certificate is overdue",
        "due days of claims of which nothing is certified", "the scheme's staged release";
    RecoveriesInTime = "recoveries_in_time", Warning, "No demanded recovery is overdue",
        "due days of demands that are not settled, or of their instalments", "docs/RECOVERIES.md";
    DelaysAnswered = "delays_answered", Warning, "Every day of a delay has its damages or its excuse",
        "the late days of each milestone against those of recoveries and excuses", "the scheme's damages";
    LastQuarterWithinLimits = "last_quarter_within_limits", Warning, "The last quarter and March are within the dated limits",
        "payments made and on their way against the share of the year's estimate", "config/finance/expenditure-limits.toml";
    BankLinesSettled = "bank_lines_settled", Warning, "Nothing in which bank and records differ is unsettled for long",
        "unsettled differences of bank scrolls against today", "config/finance/reconciliation.toml";
    ConfirmedOnScroll = "confirmed_on_scroll", Warning, "Every payment confirmed on a day of a scroll is on one, or in the queue",
        "disbursements against the days and lines of bank scrolls", "docs/PAYMENTS.md, reconciliation with the bank";
}

/// One record that shows why a control is red.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counterexample {
    /// `noun:id`, as in the audit log.
    pub subject: String,
    /// A description of the fault.
    pub found: String,
}

/// The result of one control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ControlResult {
    pub control: ControlCode,
    pub status: ControlStatus,
    /// The first counter-examples.
    pub counterexamples: Vec<Counterexample>,
    /// Whether there are more.
    pub more: bool,
}

impl ControlResult {
    /// Green without counter-examples; stores only the first few of them.
    pub fn of(control: ControlCode, mut counterexamples: Vec<Counterexample>) -> ControlResult {
        let more = counterexamples.len() > COUNTEREXAMPLES_MOST;
        counterexamples.truncate(COUNTEREXAMPLES_MOST);
        let status = if counterexamples.is_empty() { ControlStatus::Green } else { ControlStatus::Red };
        ControlResult { control, status, counterexamples, more }
    }

    pub fn is_red(&self) -> bool {
        self.status == ControlStatus::Red
    }
}

/// All results of one run, in the order of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ControlResults(pub Vec<ControlResult>);

impl ControlResults {
    /// SHA-256 of the last log entry that the run covered and of the results, as hexadecimal
    /// digits: the same data gives the same digest on the same day.
    pub fn digest(&self, log_sequence: i64) -> String {
        // Results hold only text and lists, which always have a JSON form.
        let text = serde_json::to_string(self).unwrap_or_default();
        hex(&Sha256::digest(format!("{log_sequence}\n{text}").as_bytes()))
    }

    /// The results of the red controls.
    pub fn red(&self) -> impl Iterator<Item = &ControlResult> {
        self.0.iter().filter(|result| result.is_red())
    }

    /// The first red control that stops money.
    pub fn first_broken(&self) -> Option<&ControlResult> {
        self.red().find(|result| result.control.kind() == ControlKind::Integrity)
    }
}

/// One run of all controls on one snapshot of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ControlRun {
    pub id: ControlRunId,
    pub run_at: Timestamp,
    pub cause: RunCause,
    /// The user who requested the run; none for the schedule.
    pub run_by: Option<UserId>,
    /// The last entry of the audit log that the run covered.
    pub log_sequence: i64,
    /// The number of red controls.
    pub red: i64,
    /// The digest of that entry and the results.
    pub digest: String,
    pub results: ControlResults,
}

/// A control of the catalogue, with its newest result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Control {
    pub code: ControlCode,
    pub kind: ControlKind,
    pub title: &'static str,
    pub means: &'static str,
    pub source: &'static str,
    /// The time of its last run; null if it has not run yet.
    pub run_at: Option<Timestamp>,
    pub newest: Option<ControlResult>,
}

/// The catalogue, with the newest run if there is one.
pub fn catalogue(newest: Option<&ControlRun>) -> Vec<Control> {
    let control = |code: &ControlCode| Control {
        code: *code,
        kind: code.kind(),
        title: code.title(),
        means: code.means(),
        source: code.source(),
        run_at: newest.map(|run| run.run_at),
        newest: newest.and_then(|run| run.results.0.iter().find(|result| result.control == *code).cloned()),
    };
    ControlCode::ALL.iter().map(control).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(number: usize) -> Vec<Counterexample> {
        (0..number).map(|n| Counterexample { subject: format!("x:{n}"), found: "wrong".to_owned() }).collect()
    }

    #[test]
    fn a_result_keeps_the_first_few() {
        let of = |number| ControlResult::of(ControlCode::UtrOnce, shows(number));
        assert_eq!((of(0).is_red(), of(1).is_red()), (false, true));
        assert_eq!((of(5).more, of(5).counterexamples.len()), (false, 5));
        assert_eq!((of(6).more, of(6).counterexamples.len()), (true, 5));
    }

    #[test]
    fn only_a_red_integrity_control_stops_money() {
        let all = |code| ControlResults(vec![ControlResult::of(code, shows(1))]);
        assert!(all(ControlCode::UtrOnce).first_broken().is_some());
        assert!(all(ControlCode::InvoiceOnce).first_broken().is_none());
        assert!(all(ControlCode::GuaranteesRun).first_broken().is_none());
        assert_ne!(all(ControlCode::UtrOnce).digest(1), all(ControlCode::UtrOnce).digest(2));
    }

    #[test]
    fn the_catalogue_is_long_and_plain() {
        assert!(ControlCode::ALL.len() >= 25);
        for control in catalogue(None) {
            assert!(control.newest.is_none() && !control.title.ends_with('.') && !control.title.contains('|'));
        }
    }
}
