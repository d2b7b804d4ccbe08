//! Refusals: every way in which a rule says no, as one ordered list with stable codes. A code never
//! changes its meaning; clients may rely on it. The message tells the person what to do next.

use crate::base::act::Act;
use crate::base::argument::{Code, Series, Titled};
use crate::base::calendar::FinancialYear;
use crate::base::desk::Desk;
use crate::base::money::Paise;
use crate::base::permission::Permission;
use crate::base::reason::Reason;
use crate::told;
use chrono::NaiveDate;

told! {
    /// A rule refused an attempt. Nothing was changed; the attempt itself is recorded in the audit log.
    pub enum Refusal of "refusal" {
        /// The permission table does not allow this to any of the person's roles.
        NotPermitted { permission: Permission } =>
            "not_permitted", "your roles do not allow this: it needs {holders}", holders = permission.holders();
        /// The person has not registered or joined an organisation yet.
        OrganisationRequired =>
            "organisation_required", "register your organisation first, or ask the administrator to join you to it";
        /// The person already belongs to an organisation.
        OrganisationAlreadyJoined =>
            "organisation_already_joined", "you already belong to an organisation";
        /// A record with the same identity already exists.
        AlreadyExists { what: Reason } =>
            "already_exists", "{what} already exists";
        /// The version that the caller read differs from the stored version (optimistic locking).
        StaleVersion { seen: i64, current: i64 } =>
            "stale_version", "this was changed since you read it (you saw version {seen}, it is now {current}); read it again";
        /// The record is not in the state from which this step starts.
        WrongState { noun: &'static str, is: &'static str, needs: &'static str } =>
            "wrong_state", "the {noun} is {is}; this step needs it to be {needs}";
        /// The same person already took another step on this rupee.
        SamePerson { earlier: Act, now: Act } =>
            "same_person", "you already did '{earlier}' for this money, so somebody else must do '{now}'";
        /// No application window is open today.
        WindowClosed { scheme: String } =>
            "window_closed", "no application window of {scheme} is open today";
        /// Windows of one scheme may not overlap.
        WindowOverlaps =>
            "window_overlaps", "another window of this scheme covers some of these days";
        /// An organisation has one live application in a scheme.
        ApplicationExists { number: String } =>
            "application_exists", "your organisation already has application {number} in this scheme";
        /// The application lacks something that the scheme requires.
        ApplicationIncomplete { missing: Reason } =>
            "application_incomplete", "the application cannot be submitted yet: {missing}";
        /// An earlier query is still open.
        QueryOpen =>
            "query_open", "a query is still waiting for its reply";
        /// The round does not exist or is already answered.
        QueryNotOpen =>
            "query_not_open", "this query is not waiting for a reply";
        /// Every criterion needs exactly one finding.
        FindingsIncomplete { detail: Reason } =>
            "findings_incomplete", "every criterion needs exactly one finding: {detail}";
        /// A finding contradicts the stated figures.
        CriterionNotMet { criterion: Code, reason: Reason } =>
            "criterion_not_met", "'{criterion}' cannot be found met: {reason}";
        /// Only an application that scrutiny found eligible can be awarded.
        NotEligible =>
            "not_eligible", "scrutiny did not find this application eligible";
        /// The scheme's number of beneficiaries is used up.
        BeneficiariesExceeded { most: i64 } =>
            "beneficiaries_exceeded", "the scheme has room for {most} beneficiaries and all are awarded";
        /// The scheme's capacity is used up.
        CapacityExceeded { need_mtpa: i64, room_mtpa: i64 } =>
            "capacity_exceeded", "{need_mtpa} MTPA asked, {room_mtpa} MTPA left to award in the scheme";
        /// The capacity exceeds what was applied for or is not allowed by the scheme.
        CapacityNotAllowed { reason: Reason } =>
            "capacity_not_allowed", "this capacity cannot be awarded: {reason}";
        /// An account would fall below zero.
        BudgetExceeded { account: String, need: Paise, room: Paise } =>
            "budget_exceeded", "account {account} needs {need} and has {room}: short by {short}", short = need.minus_floored(*room);
        /// No money moves until a guarantee covers the award.
        SecurityShort { required: Paise, lodged: Paise, uncounted: Reason } =>
            "security_short", "the performance security must cover {required} and covers {lodged} today; {uncounted}";
        /// The evidence does not exist or does not belong to the caller.
        EvidenceUnknown { evidence: String } =>
            "evidence_unknown", "evidence {evidence} is not among your organisation's uploads";
        /// The report does not show the capacity that the milestone requires.
        CapacityNotShown { stage: Code, need_mtpa: i64, shown_mtpa: i64 } =>
            "capacity_not_shown", "the milestone asks for {need_mtpa} MTPA of {stage}; the inspection measured {shown_mtpa}";
        /// A milestone can be claimed only once it is verified.
        MilestoneNotVerified { milestone: String } =>
            "milestone_not_verified", "milestone {milestone} is not verified yet";
        /// Only one live claim is allowed for a milestone.
        MilestoneClaimed { claim: String } =>
            "milestone_claimed", "claim {claim} already claims this milestone";
        /// An invoice, however it is spelled, is claimed only once by an organisation and its group.
        InvoiceClaimed { invoice: String, claim: String } =>
            "invoice_claimed", "invoice {invoice} already stands in claim {claim}";
        /// Only one live claim is allowed for any day.
        PeriodOverlaps { claim: String } =>
            "period_overlaps", "claim {claim} already covers some of these days";
        /// Some of the days cannot earn incentive.
        PeriodNotAllowed { reason: Reason } =>
            "period_not_allowed", "this period cannot be claimed: {reason}";
        /// Every claim line needs exactly one decision.
        LinesUndecided { detail: Series<Reason> } =>
            "lines_undecided", "every line needs exactly one decision: {detail}";
        /// The rules leave no amount to pay.
        NothingPayable { cap: Reason } =>
            "nothing_payable", "the computed amount is zero: {cap}";
        /// Sales earn incentive only once the whole value chain is commissioned.
        NotCommissioned =>
            "not_commissioned", "the award's plant is not verified as commissioned yet";
        /// No part of the claim is deferred.
        NothingDeferred =>
            "nothing_deferred", "this claim has no deferred amount";
        /// The money held for a tranche was returned when its time was over.
        HoldExpired { tranche: String, until: NaiveDate } =>
            "hold_expired", "the money for tranche {tranche} was held until {until} and has gone back; the agency can release it again";
        /// The amount that the bank reports differs from the advised amount.
        AmountDiffers { advised: Paise, reported: Paise } =>
            "amount_differs", "the advice says {advised}, the bank says {reported}";
        /// A UTR is used only once.
        UtrAlreadyUsed { payment: Reason } =>
            "utr_already_used", "this UTR already settles payment {payment}";
        /// A date that is not possible.
        DateNotAllowed { reason: Reason } =>
            "date_not_allowed", "this date is not possible: {reason}";
        /// More would be provided than the outlay has left.
        OutlayExceeded { need: Paise, room: Paise } =>
            "outlay_exceeded", "providing {need} would pass the component's outlay; {room} is left to provide";
        /// The same idempotency key came with a different request.
        IdempotencyKeyReused =>
            "idempotency_key_reused", "this Idempotency-Key was used for a different request; use a new key";
        /// Signing in failed; the answer does not say which part was wrong.
        SignInFailed =>
            "sign_in_failed", "e-mail or password is wrong, or the account is disabled or locked for 15 minutes after many wrong passwords";
        /// The refresh token is spent, revoked or unknown.
        SessionEnded =>
            "session_ended", "this session has ended; sign in again";
        /// At least one administrator must be able to sign in.
        LastAdministrator =>
            "last_administrator", "this is the last administrator who can sign in";
        /// An account that can still sign in cannot be erased.
        AccountEnabled =>
            "account_enabled", "disable the account first; what can sign in is not erased";
        /// The acts of this person must remain attributable for some years.
        PersonalDataNeeded { until: NaiveDate } =>
            "personal_data_needed", "this person acted here: name and address are kept until {until}, then they can be erased";
        /// Personal data that are erased cannot be restored.
        AlreadyErased =>
            "already_erased", "the personal data of this account are erased; make a new account";
        /// Power over money and administration may not be combined.
        RolesConflict { reason: Reason } =>
            "roles_conflict", "these roles cannot be held together: {reason}";
        /// Time only moves forward.
        ClockBackwards =>
            "clock_backwards", "the sandbox clock can only be moved forward";
        /// Only a sandbox may move its clock.
        NotASandbox =>
            "not_a_sandbox", "this service keeps live data; its clock cannot be set";
        /// A sum exceeds what the ledger can hold.
        AmountTooLarge =>
            "amount_too_large", "the computed amount is larger than the ledger can hold";
        /// A payment is recovered only once, however many recoveries share it.
        RecoveryExceedsPayment { asked: Paise, room: Paise } =>
            "recovery_exceeds_payment", "{asked} asked back, and {room} of this payment is not under recovery yet";
        /// No late day is left to charge.
        NoDelay { reason: Reason } =>
            "no_delay", "no damages can be asked for: {reason}";
        /// The scheme's file has no such rule.
        NotInScheme { what: &'static str } =>
            "not_in_scheme", "the scheme has no rule for {what}";
        /// The beneficiary may still reply.
        ReplyAwaited { until: NaiveDate } =>
            "reply_awaited", "the beneficiary may reply until {until}; decide when it has, or the day after";
        /// An order claims no more than the notice.
        OrderExceedsNotice { asked: Paise } =>
            "order_exceeds_notice", "the notice asked for {asked}; a reduced amount lies below it";
        /// A plan pays exactly what is due, and the interest that runs while it is paid.
        InstalmentsDiffer { sum: Paise, due: Paise } =>
            "instalments_differ", "the instalments sum to {sum}; with the interest that runs up to their days, {due} is due";
        /// A receipt may not exceed the amount that is due.
        ReceiptExceedsDue { amount: Paise, due: Paise } =>
            "receipt_exceeds_due", "{amount} came in, and {due} is due on that day";
        /// A set-off may not exceed the amount that is due.
        SetOffExceeds { amount: Paise, due: Paise } =>
            "set_off_exceeds", "{amount} cannot be set off: {due} is due today";
        /// A payment holds a set-off of this recovery.
        SetOffPending { payment: String } =>
            "set_off_pending", "payment {payment} holds a set-off of this recovery; wait until it is settled";
        /// A relief may not exceed the amount that is due.
        ReliefExceedsDue { part: &'static str, asked: Paise, due: Paise } =>
            "relief_exceeds_due", "{asked} of {part} cannot be given up: {due} of it is due today";
        /// No relief is proposed that could be decided.
        NothingProposed =>
            "nothing_proposed", "nothing is proposed to be given up";
        /// A payment is contained in one advice only.
        PaymentInAdvice { payment: String, advice: String } =>
            "payment_in_advice", "payment {payment} already stands in advice {advice}";
        /// An advice pays for one scheme only.
        SchemesDiffer =>
            "schemes_differ", "one advice pays for one scheme; make another for the others";
        /// A return that lost a part in transmission.
        ReturnTruncated { reason: Reason } =>
            "return_truncated", "the file is not whole ({reason}); nothing of it was taken in; ask the treasury for it again";
        /// Two different files have the same message id.
        MessageIdReused { message_id: String } =>
            "message_id_reused", "another file with message id {message_id} was taken in before; nothing of this one was";
        /// A return that answers an advice which was never sent.
        AdviceUnknown { message_id: String } =>
            "advice_unknown", "there is no payment advice {message_id}";
        /// An answer about a payment that does not exist, or is not in the answered advice.
        PaymentUnknown { payment: String } =>
            "payment_unknown", "there is no payment {payment} here that this could be about";
        /// The treasury reports two outcomes that cannot both be true.
        AnswerContradicted { payment: String, recorded: Reason, reported: Reason } =>
            "answer_contradicted", "payment {payment} is {recorded}, and now reported {reported}; ask the treasury which is true";
        /// A failure after success whose success is not recorded yet.
        AnswerTooEarly { payment: String, is: &'static str } =>
            "answer_too_early", "payment {payment} is {is}; it can fail after success once its success is recorded";
        /// Only the proposer can withdraw a proposal.
        NotTheProposer =>
            "not_the_proposer", "only the person who proposed it can withdraw it; anybody else refuses it";
        /// Nothing is left of a past year that could lapse.
        NothingToLapse { year: FinancialYear } =>
            "nothing_to_lapse", "nothing of {year} is left that could lapse";
        /// The outlay would fall below the amount already provided to years.
        OutlayProvided { need: Paise, room: Paise } =>
            "outlay_provided", "years' budgets hold the rest of this outlay: it can be cut by {room}, {need} is asked";
        /// The finance rules forbid this re-appropriation.
        ReAppropriationForbidden { clause: Titled, forbids: Titled } =>
            "reappropriation_forbidden", "{clause} forbids {forbids}";
        /// A dated limit on payments in the last months of the year.
        ExpenditureLimit { limit: Reason, ceiling: Paise, spent: Paise, need: Paise, room: Paise, over: Paise } =>
            "expenditure_limit", "{limit}: {spent} is paid or on its way, {need} more is asked and {room} is left; the limit of {ceiling} is passed by {over}";
        /// An integrity control is red.
        MoneyStopped { control: String, subject: String, found: Reason } =>
            "money_stopped", "no money moves while control {control} is red: {subject}, {found}; tell the operator";
        /// A guarantee can be extended only while it runs.
        SecurityExpired { guarantee: String, on: NaiveDate } =>
            "security_expired", "guarantee {guarantee} can be extended in time only; it runs until {on}: lodge a new one";
        /// A guarantee can be invoked only within its claim period.
        SecurityClaimOver { guarantee: String, until: NaiveDate } =>
            "security_claim_over", "guarantee {guarantee} could be invoked until {until}";
        /// The amount exceeds what the guarantee or the invocation has left.
        SecurityExceeded { guarantee: String, need: Paise, room: Paise } =>
            "security_exceeded", "guarantee {guarantee} has {room} left for this, {need} is too much";
        /// A guarantee cannot be released while it is still needed.
        SecurityNeeded { guarantee: String, reason: Reason } =>
            "security_needed", "guarantee {guarantee} cannot be released: {reason}";
        /// Only a claim that was released in part is certified, and only once.
        CertificateNotNeeded { reason: Reason } =>
            "certificate_not_needed", "this claim needs no final certificate: {reason}";
        /// A certificate after its due date requires a reason.
        CertificateLate { due_on: NaiveDate } =>
            "certificate_late", "the final certificate was due on {due_on}; give the reason for the delay";
        /// A certificate may show at most what the accepted lines show.
        CertificateExceedsClaim { what: &'static str, certified: i64, claimed: i64 } =>
            "certificate_exceeds_claim", "the certificate shows {certified} {what}, the accepted lines of the claim {claimed}";
        /// A payment of the claim is with the bank.
        PaymentUnderWay { tranche: String } =>
            "payment_under_way", "tranche {tranche} is with the bank; its outcome comes first";
        /// A guarantee is invoked, and its money received, only for an amount that is demanded.
        SecurityDemandNeeded { guarantee: String } =>
            "security_demand_needed", "guarantee {guarantee} pays what is demanded: name the recovery; for a breach, demand the scheme's damages first";
        /// A guarantee may be invoked for no more than is owed.
        SecurityExceedsDue { guarantee: String, need: Paise, due: Paise } =>
            "security_exceeds_due", "guarantee {guarantee} cannot be invoked for {need}: {due} is owed today and not called up yet";
        /// The scheme allows a number of months after a financial year to claim for it.
        ClaimWindowClosed { year: FinancialYear, last: NaiveDate } =>
            "claim_window_closed", "claims for {year} could be submitted until {last}";
        /// A rule of the scheme has no value for these facts.
        RuleNotComputable { rule: String, why: Reason } =>
            "rule_not_computable", "the rule {rule} of the scheme has no value for these facts: {why}";
        /// Bids compete together: no bid may still come in or wait for its scrutiny.
        BidsOpen { reason: Reason } =>
            "bids_open", "the bids are not all decided yet: {reason}";
        /// A run needs at least one bid.
        NothingToAllot =>
            "nothing_to_allot", "no eligible application of this version of the scheme waits for capacity";
        /// The input of a run has changed since it was drafted.
        AllocationChanged { drafted: String, now: String } =>
            "allocation_changed", "the bids or the room have changed: the run had digest {drafted}, now it has {now}; withdraw it and draft another";
        /// Only an application to which a published run allots capacity can be awarded it.
        NotAllotted { reason: Reason } =>
            "not_allotted", "no published allocation gives this application that capacity: {reason}";
        /// A part of a milestone that does not count under the scheme.
        PartialNotCounted { reason: Reason } =>
            "partial_not_counted", "no part of this milestone can be verified: {reason}";
        /// Days cannot be excused once damages for them are ordered.
        DamagesOrdered { recovery: String, is: &'static str } =>
            "damages_ordered", "damages for some of these days are {is} in recovery {recovery}: what is demanded can be waived, not excused";
        /// The order covers days that were excused since the notice, or on which the milestone was reached.
        DamagesExcused { left: Paise } =>
            "damages_excused", "some of these days were excused since the notice, or are after the day on which the milestone was reached: {left} of it is left to order";
        /// A version that would change the past or something it may not change.
        VersionNotAllowed { reason: Reason } =>
            "version_not_allowed", "this version of the scheme is not allowed: {reason}";
        /// The impact sheet has changed since it was read.
        ImpactChanged { seen: String, now: String } =>
            "impact_changed", "the impact sheet has changed (you saw {seen}, it is now {now}); read it again";
        /// A version alone cannot worsen awards already made.
        WorsensAwards { awards: String } =>
            "worsens_awards", "it worsens awards already made, or changes rules that reach them ({awards}); an instrument of its own must cover that, proposed by one person and approved by another";
        /// A record named by the audit desk does not exist.
        PinUnknown { what: Reason } =>
            "pin_unknown", "there is no {what} on record";
        /// A sample is drawn only from a population that can no longer change.
        PopulationNotFrozen { sample: String } =>
            "population_not_frozen", "the population of sample {sample} is not frozen yet";
        /// A population from which no sample can be drawn.
        PopulationNotAllowed { reason: Reason } =>
            "population_not_allowed", "this population cannot be frozen: {reason}";
        /// The seed is not the one that was committed to.
        SeedDiffers { sample: String } =>
            "seed_differs", "this is not the seed that sample {sample} was committed to";
        /// A sample is drawn only once.
        SampleDrawn { sample: String } =>
            "sample_drawn", "sample {sample} was drawn before; its seed is known";
        /// Only the office at whose desk a file lies can return it.
        NotYourDesk { desk: Desk } =>
            "not_your_desk", "it lies at the desk '{desk}'; only a {role} can return it from there", role = desk.role();
        /// A sanction on which a payment was advised is used.
        PaymentAdvised { tranche: String } =>
            "payment_advised", "a payment of tranche {tranche} was advised on its sanction; it can be advised again, and not be returned";
        /// The verification of a claim cannot be opened again.
        VerificationStands { reason: Reason } =>
            "verification_stands", "this claim cannot be verified again: {reason}";
        /// An answer of the treasury about a payment of ours that is not in the file which it answers.
        PaymentNotInFile { payment: String } =>
            "payment_not_in_file", "payment {payment} is not in the file for the treasury that is answered";
        /// The proposer of an instrument took a step on its money since.
        ProposerActed { earlier: Act } =>
            "proposer_acted", "its proposer did '{earlier}' for this money, so it cannot take effect; refuse it, and let another person propose it";
        /// A scroll of the bank contradicts a payment of the same claim, so its money may have arrived.
        BankContradicts { payment: String } =>
            "bank_contradicts", "a scroll of the bank contradicts payment {payment} of the same claim; settle that difference before its money is paid again";
        /// A final certificate counted what a recovery asks, so that much of it stays asked.
        CertificateNeedsRecovery { claim: String, least: Paise } =>
            "certificate_needs_recovery", "the final certificate of claim {claim} counts on this recovery: at least {least} of it stays asked";
        /// The rate of a bid is sealed.
        BidSealed =>
            "bid_sealed", "the rate of this bid is sealed until two officers open the bids, after the window";
        /// No bid of the scheme is sealed.
        NothingToOpen =>
            "nothing_to_open", "no submitted bid of this scheme is sealed";
        /// What was allotted and is not awarded yet is reserved.
        OutlayAllotted { need: Paise, room: Paise } =>
            "outlay_allotted", "capacity that is allotted and not awarded yet holds the rest of this outlay: it can be cut by {room}, {need} is asked";
        /// Awards are issued in the order of the ranks.
        AwardOutOfOrder { before: String } =>
            "award_out_of_order", "application {before} ranks before this one and has no award yet; say why this one is awarded first";
        /// A row on which a step of money stands was changed behind the service's back.
        NotAsLogged { subject: String } =>
            "not_as_logged", "{subject} is not as the log says, so nothing may rest on it; tell the operator";
        /// Government pays in whole rupees; less waits until more comes to it.
        LessThanPayable { amount: Paise, least: Paise } =>
            "less_than_payable", "{amount} waits, and payments are multiples of {least}: it is paid with what comes to it";
        /// After the days for claiming, a correction claims no more than was submitted in time.
        ClaimEnlarged { last: NaiveDate, reason: Reason } =>
            "claim_enlarged", "claims could be submitted until {last}; what was in time may be corrected and not enlarged: {reason}";
        /// The award or the payee is on hold.
        OnHold { about: String, since: NaiveDate } =>
            "on_hold", "{about} is on hold since {since}: no step on its money is taken until two people release it";
        /// The milestone on which the money rests is to be inspected again.
        MilestoneReopened { milestone: String } =>
            "milestone_reopened", "milestone {milestone}, on which this money rests, was opened again: no step is taken until it is verified anew";
        /// Money moves into a year whose budget was changed by somebody who took a step on it before.
        StepByProvider { step: Act, year: FinancialYear } =>
            "step_by_provider", "whoever did '{step}' for this money took part in the budget of {year}, so it cannot move into that year with this step";
        /// A receipt is booked against a credit that another person recorded from the statement of the bank.
        ReceiptNotCredited { utr: String } =>
            "receipt_not_credited", "no credit of the bank with reference {utr} is recorded; a finance officer records it first, from the statement of the account";
        CreditDiffers { utr: String, amount: Paise, day: NaiveDate } =>
            "credit_differs", "the bank credited {amount} on {day} with reference {utr}: a receipt has this amount and day";
        /// Whoever pays cannot say alone that a payment which the treasury was told of did not arrive.
        FailureUnproven { payment: String, advice: String } =>
            "failure_unproven", "payment {payment} is in file {advice} for the treasury: that it failed or came back must be said by a file of the treasury, by a line of a bank scroll, or by a second person of another office with evidence";
        /// An earlier payment of the tranche was sent, and nobody but the paying office says that it failed.
        PaymentUnexplained { payment: String, advice: String } =>
            "payment_unexplained", "payment {payment} of the same claim is in file {advice} for the treasury, and neither the treasury, nor a bank scroll, nor a second person of another office says that it did not arrive; find that out before its money is paid again";
        EarlierClaimOpen { claim: String } =>
            "earlier_claim_open", "claim {claim} for earlier days waits for its decision, and this claim opens with the materials that it leaves; decide it first";
        AwardEnded { award: String, on: NaiveDate } =>
            "award_ended", "award {award} was ended on {on}, because its winner walked away: nothing more is claimed or built under it";
        AwardNotSettled { award: String, reason: Reason } =>
            "award_not_settled", "award {award} cannot be ended yet: {reason}; decide it first";
        SecurityAlike { guarantee: String, other: String } =>
            "security_alike", "guarantee {guarantee} is like {other}, which is lodged: say why it is another one, as its bank says";
        RoundOpen { application: String } =>
            "round_open", "bid {application} was opened and has no place in a published run yet: nobody bids again before that";
        ClaimUnchanged { claim: String } =>
            "claim_unchanged", "nothing differs from claim {claim} as it was returned; change what the reasons ask for, or let the signatory submit it as it is";
        AwardOwes { award: String, reason: Reason } =>
            "award_owes", "that nothing more is due under award {award} cannot be decided yet: {reason}";
    }
}

/// Why a decision was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The facts contradict each other: a defect or a damaged store, and nobody's request.
    #[error("{0}")]
    Inconsistent(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_speak_plainly() {
        let unique: BTreeSet<_> = Refusal::CODES.iter().collect();
        assert_eq!(unique.len(), Refusal::CODES.len());
        let short = Refusal::BudgetExceeded { account: "a".into(), need: Paise(300), room: Paise(100) };
        assert_eq!(short.code(), "budget_exceeded");
        assert_eq!(short.to_string(), "account a needs ₹3.00 and has ₹1.00: short by ₹2.00");
    }
}
