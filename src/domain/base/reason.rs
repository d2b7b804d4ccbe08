//! The reasons that refusals give within their texts: why a date, a period, a capacity is not allowed, what is
//! missing, what exists already. Each has a code of its own and is a text apart from its language.

use crate::base::argument::{Code, Codes, Series};
use crate::base::calendar::FinancialYear;
use crate::base::money::{BasisPoints, Paise};
use crate::told;
use chrono::NaiveDate;

told! {
    /// A part of the text of a refusal.
    pub enum Reason of "reason" {
        // What exists already.
        OpenOpening => "open_opening", "an opening of the bids of this scheme";
        OpenAllocation { number: String, is: &'static str }
            => "open_allocation", "allocation {number}, which is {is} and neither published nor withdrawn,";
        RegisteredAlready { what: &'static str } => "registered_already", "an organisation with this {what}";
        OpenSupplement { claim: String } => "open_supplement", "claim {claim}, a supplement";
        OpenReplacement { claim: String } => "open_replacement", "claim {claim}, which corrects it too,";
        OpenCertificate { number: String } => "open_certificate", "final certificate {number}";
        SameGuarantee => "same_guarantee", "this guarantee";
        SameCertificate => "same_certificate", "a final certificate with this number, of another claim,";
        SameEmail => "same_email", "an account with this e-mail";
        // What rests on the verification of a claim.
        OtherTranche { tranche: String } => "other_tranche", "tranche {tranche} of it is under way or paid too";
        CertificateRests { number: String } => "certificate_rests", "final certificate {number} rests on it";
        SupplementRests { claim: String } => "supplement_rests", "claim {claim} supplements it";
        // What an application lacks.
        StagesMissing => "stages_missing", "name the stages of the chain";
        DocumentMissing { kind: &'static str } => "document_missing", "attach the {kind}";
        // Findings and lines without exactly one decision.
        FindingCount { criterion: Code, count: usize } => "finding_count", "{criterion} has {count}";
        CriterionUnknown { criterion: Code } => "criterion_unknown", "there is no criterion {criterion}";
        LineUnknown { line: i64 } => "line_unknown", "there is no line {line}";
        LineTwice { line: i64 } => "line_twice", "line {line} has two";
        LineReasonMissing { line: i64 } => "line_reason_missing", "line {line} is not accepted and needs a reason";
        LineOpen { line: i64 } => "line_open", "line {line} has none";
        LinesOpen { first: i64, last: i64 } => "lines_open", "lines {first} to {last} have none";
        LineAlike { line: i64 } => "line_alike",
            "line {line} is like the line of another claim or names another year, and needs a reason if it is accepted";
        // Capacities.
        CapacityRange { least_mtpa: i64, most_mtpa: i64 }
            => "capacity_range", "{least_mtpa} to {most_mtpa} MTPA are allowed";
        CapacitySteps { step_mtpa: i64 } => "capacity_steps", "steps of {step_mtpa} MTPA are allowed";
        CapacityApplied { applied_mtpa: i64 } => "capacity_applied", "{applied_mtpa} MTPA were applied for";
        // Guarantees that do not count, and that are still needed.
        GuaranteesUncounted { guarantees: Series<Reason> } => "guarantees_uncounted", "{guarantees}";
        GuaranteeUncounted { guarantee: String, amount: Paise, why: Box<Reason> }
            => "guarantee_uncounted", "guarantee {guarantee} over {amount}: {why}";
        NoGuarantee => "no_guarantee", "no guarantee is lodged";
        GuaranteesTooSmall => "guarantees_too_small", "every guarantee counts and they are too small";
        GuaranteeUnconfirmed => "guarantee_unconfirmed", "its bank has not confirmed it yet";
        GuaranteeNotConfirmed => "guarantee_not_confirmed", "its bank did not confirm it";
        GuaranteeInvoked => "guarantee_invoked", "it was invoked, and the bank has not confirmed what is left of it since";
        InvocationUnpaid { amount: Paise } =>
            "invocation_unpaid", "the bank was asked to pay {amount} for what is still demanded, and has not paid it yet";
        GuaranteeReleased => "guarantee_released", "it was released";
        GuaranteeExpired { on: NaiveDate } => "guarantee_expired", "expired on {on}";
        CoverNeeded { left: Paise, required: Paise, obligation: Box<Reason> }
            => "cover_needed", "{left} of the required {required} would be left and {obligation}";
        AwardRuns { until: NaiveDate } => "award_runs", "the award runs until {until}";
        ClaimOpen { claim: String } => "claim_open", "claim {claim} is open";
        RecoveryOpen { recovery: String, is: &'static str } => "recovery_open", "recovery {recovery} is {is}";
        TrancheOpen { tranche: String, is: &'static str } => "tranche_open", "tranche {tranche} is {is}";
        // What an award that is over still owes.
        AwardOwing { grounds: Series<Reason> } => "award_owing", "{grounds}";
        DamagesAccrued { milestone: String, amount: Paise }
            => "damages_accrued", "{amount} of damages accrued on milestone {milestone} and is not demanded";
        PaidUnderEnded { amount: Paise }
            => "paid_under_ended", "{amount} was paid under the award, which was ended, and is not asked back";
        // Days.
        ExtensionTooShort { expires_on: NaiveDate, claim_expires_on: NaiveDate }
            => "extension_too_short", "an extension runs beyond {expires_on} and {claim_expires_on}";
        ReceivedOutside { day: NaiveDate } => "received_outside", "{day} lies after today or before the guarantee";
        CertificateBeforePeriod { issued_on: NaiveDate, period_to: NaiveDate } => "certificate_before_period",
            "the certificate of {issued_on} lies before the last day claimed, {period_to}";
        NotAmongLateDays { day: NaiveDate, due_on: NaiveDate } => "not_among_late_days",
            "{day} is not among the days by which the milestone of {due_on} is late";
        NotAmongDaysAsked { day: NaiveDate } => "not_among_days_asked", "{day} is not among the days asked for";
        BeforeAsked { day: NaiveDate } => "before_asked", "{day} lies before the day it was asked";
        DayBefore { day: NaiveDate, earliest: NaiveDate } => "day_before", "{day} lies before {earliest}";
        DayAfter { day: NaiveDate, latest: NaiveDate } => "day_after", "{day} lies after {latest}";
        // Years of the budget.
        YearPast => "year_past", "a past year can no longer be provided for";
        YearLapses => "year_lapses", "what a past year did not use lapses";
        YearNotCurrent => "year_not_current", "only money of the current year is re-appropriated";
        YearAfterScheme { last: FinancialYear }
            => "year_after_scheme", "the last year in which the scheme can still pay is {last}";
        YearNotOver => "year_not_over", "money lapses when its year is over";
        // Periods of a claim.
        StartsBeforeCommissioning { commissioned_on: NaiveDate } => "starts_before_commissioning",
            "it starts before commissioning on {commissioned_on}";
        EndsBeforeCommissioning { commissioned_on: NaiveDate } => "ends_before_commissioning",
            "it ends before commissioning on {commissioned_on}";
        EndsAfterAward { ends_on: NaiveDate } => "ends_after_award", "it ends after the award's last day {ends_on}";
        StartsAfterAward { ends_on: NaiveDate }
            => "starts_after_award", "it starts after the award's last day {ends_on}";
        PeriodNotOver => "period_not_over", "it is not over yet";
        WholeYear { year: FinancialYear } => "whole_year", "a claim covers the whole financial year {year}";
        WholeQuarter => "whole_quarter", "a claim covers a whole quarter from April, July, October or January";
        // What was not submitted within the days for claiming.
        MoreClaimed { asked: Paise, in_time: Paise }
            => "more_claimed", "{asked} is claimed, and {in_time} was claimed in time";
        LineNotInTime { line: i64 } => "line_not_in_time",
            "line {line} was not submitted in time: a correction keeps the number of a line, or everything else of it";
        LinesHeavier { asked_kg: i64, in_time_kg: i64 } => "lines_heavier",
            "its lines come to {asked_kg} kg, and came to {in_time_kg} kg in time";
        LinesDearer { asked: Paise, in_time: Paise }
            => "lines_dearer", "its lines come to {asked}, and came to {in_time} in time";
        WorthMore { worth: Paise, in_time: Paise }
            => "worth_more", "the rules give {worth} for it, and {in_time} for what was submitted in time";
        // What leaves nothing payable.
        NothingAccepted => "nothing_accepted", "nothing was accepted";
        CapFull { cap: Code } => "cap_full", "{cap} leaves no room";
        // Whether a final certificate is needed.
        ReleasedWhole => "released_whole", "it was released whole";
        CertificateAccepted => "certificate_accepted", "one is accepted";
        // Parts of a milestone.
        NoParts => "no_parts", "the scheme counts no part of this milestone";
        MeasuredWhole => "measured_whole", "all that is needed was measured; verify it whole";
        PartTooSmall { share: BasisPoints, least: BasisPoints } => "part_too_small",
            "{share} of what is needed was measured, {least} is the least that counts";
        PartCounted { share: BasisPoints, before: BasisPoints } => "part_counted",
            "{share} of what is needed was measured, {before} counts already";
        // Delays without damages.
        DamagesNothing => "damages_nothing", "they come to nothing";
        DamagesCapped { cap: Paise } => "damages_capped", "the most that this milestone can cost, {cap}, is charged already";
        MilestoneDue { on: NaiveDate } => "milestone_due", "the milestone is due on {on}";
        DamagesAsked { up_to: NaiveDate } => "damages_asked", "damages are already asked for up to {up_to}";
        DelayExcused { up_to: NaiveDate } => "delay_excused", "the delay up to {up_to} is excused";
        // Files that are not whole.
        LinesLost { says: usize, has: usize } => "lines_lost", "it says {says} lines and has {has}";
        TotalDiffers { total: Paise, sum: Paise }
            => "total_differs", "its control total is {total} and its lines add up to {sum}";
        TrailerDiffers => "trailer_differs", "its trailer is not as its header says";
        TrailerMissing => "trailer_missing", "its trailer is missing";
        EndsInRecord => "ends_in_record", "it ends within a record";
        EndsInElement => "ends_in_element", "it ends within an element";
        // What a payment is, and what the bank says of it.
        OnlyState { is: &'static str } => "only_state", "{is}";
        StateWithUtr { is: &'static str, utr: String } => "state_with_utr", "{is} with UTR {utr}";
        StateWithUtrOf { is: &'static str, utr: String, paid_on: NaiveDate }
            => "state_with_utr_of", "{is} with UTR {utr} of {paid_on}";
        StateInTwoWays { is: &'static str } => "state_in_two_ways", "{is} in two ways in one file";
        StateWithOthersUtr { is: &'static str, payment: String } => "state_with_others_utr",
            "{is} with a UTR that the same file gives to payment {payment}";
        SettlesPayment { payment: String } => "settles_payment", "{payment}";
        SettlesRecovery { recovery: String } => "settles_recovery", "to recovery {recovery}";
        SettlesGuarantee => "settles_guarantee", "of a guarantee";
        SettlesCredit => "settles_credit", "of money that the bank credited";
        // Roles that cannot be held together.
        AdministratorAlone => "administrator_alone", "an administrator manages people and holds no other role";
        AuditorAlone => "auditor_alone", "an auditor changes nothing and holds no other role";
        NoOffice => "no_office", "a manufacturer's person holds no office";
        // The competition for capacity.
        WindowOpen { until: NaiveDate } => "window_open", "a window is open until {until}";
        ScrutinyAwaited { application: String }
            => "scrutiny_awaited", "application {application} waits for its scrutiny";
        AllottedBefore { application: String, version: i64 } => "allotted_before",
            "application {application} has an allotment under version {version}: award it first";
        NoPlace => "no_place", "it has no place in one";
        NoPublishedPlace => "no_published_place", "it has no place in a published allocation";
        PlaceIs { outcome: &'static str } => "place_is", "its place is: {outcome}";
        PlaceBy { allocation: String, outcome: &'static str, capacity_mtpa: i64 } => "place_by",
            "by {allocation} its place is: {outcome}, {capacity_mtpa} MTPA";
        // Versions of a scheme.
        VersionNumber { is: i64, next: i64 } => "version_number", "its number is {is}, the next one is {next}";
        BeginsTooEarly { from: NaiveDate, first: NaiveDate } => "begins_too_early",
            "it begins on {from}; the first day on which it can begin is {first}";
        PrefixTaken { prefix: String } => "prefix_taken", "number_prefix {prefix} is that of another scheme";
        BeginsBefore { from: NaiveDate, version: i64, before: NaiveDate } => "begins_before",
            "it begins on {from}, before version {version} on {before}";
        PrefixFixed => "prefix_fixed", "number_prefix cannot change: numbers already given out begin with it";
        OutlayFixed => "outlay_fixed",
            "outlay and components cannot change by it: the outlay has its own budget instrument";
        DraftsWait { most: i64 } => "drafts_wait", "{most} drafts wait already; withdraw one";
        // Records that an auditor names, and populations.
        RecordUnknown { kind: &'static str, reference: String } => "record_unknown", "{kind} {reference}";
        RecoveryElsewhere { recovery: String }
            => "recovery_elsewhere", "recovery {recovery} of the organisation it concerns";
        PopulationSize { most: usize } => "population_size",
            "it must have 1 to {most} disbursements, narrow or widen the filter";
        // Limits of spending.
        LimitOf { limit: &'static str, year: FinancialYear, share: BasisPoints, base: &'static str, amount: Paise }
            => "limit_of", "limit {limit} of {year} ({share} of {base} {amount})";
        // Rules without a value.
        NotStated { fact: String } => "not_stated", "`{fact}` is not shown";
        NumberTooLarge => "number_too_large", "a number became too large";
        DividedByZero => "divided_by_zero", "a division by zero";
        AboveTable { value: String } => "above_table", "{value} lies above every row of the table";
        DatesReversed => "dates_reversed", "the dates lie the wrong way round";
        OtherKind { value: String } => "other_kind", "`{value}` is of another kind than declared";
        // Why money is stopped.
        BooksDiffer => "books_differ", "it differs from its entries";
        FoundByControl { found: String } => "found_by_control", "{found}";
        // What the checks of an application found.
        CapacityProblem { capacity_mtpa: i64, problem: Box<Reason> }
            => "capacity_problem", "{capacity_mtpa} MTPA: {problem}";
        CapacityFits { capacity_mtpa: i64 } => "capacity_fits", "{capacity_mtpa} MTPA is allowed";
        EveryStage => "every_stage", "every stage covered";
        StagesNotCovered { stages: Codes } => "stages_not_covered", "not covered: {stages}";
        NetWorthStated { stated: Paise, least: Paise, capacity_mtpa: i64 }
            => "net_worth_stated", "{stated} stated, {least} needed for {capacity_mtpa} MTPA";
        NoneAsked => "none_asked", "the scheme asks for none";
        NoSlab { capacity_mtpa: i64 } => "no_slab", "no net-worth slab reaches {capacity_mtpa} MTPA";
        Planned { planned: Paise, least: Paise, capacity_mtpa: i64 }
            => "planned", "{planned} planned, {least} needed for {capacity_mtpa} MTPA";
        CapacityImpossible => "capacity_impossible", "the capacity is not a possible figure";
        RateAsked { asked: Paise, ceiling: Paise } => "rate_asked", "{asked} per kg asked, ceiling {ceiling}";
        RateSealed => "rate_sealed", "the rate is sealed, and is compared with the ceiling when the bids are opened";
        NoCeiling => "no_ceiling", "the scheme names no ceiling";
        AllAttached => "all_attached", "all attached";
        DocumentsLacking { kinds: Codes } => "documents_lacking", "missing: {kinds}";
        NotAttached { said: Box<Reason>, kind: &'static str }
            => "not_attached", "{said}; the {kind} that shows it is not attached";
        NoCondition => "no_condition", "the rule has no condition";
        RuleShown { shown: String } => "rule_shown", "{shown}";
        RuleNotKnown { shown: String, why: Box<Reason> } => "rule_not_known", "{shown}: {why}";
    }
}
