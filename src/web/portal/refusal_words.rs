//! What a rule said, in the words of the pages. The texts of the interface are for programs as well, and name accounts,
//! steps and limits by their codes; on a page each has its name. A text of `texts/` with the key of a rule's text, such
//! as `refusal-same_person`, stands in its place.

use crate::web::portal::texts::Language;
use domain::base::act::Act;
use domain::base::argument::{Argument, Arguments};
use domain::base::permission::{Permission, Role, Step};
use domain::base::told::Message;
use domain::budget::account_name::{AccountName, AccountOwner};
use domain::people::office::offices_of;

/// How the keys of the words begin that an argument takes, where they do not begin with the argument's name.
const KINDS: &[(&str, &str)] =
    &[("base", "limit-base"), ("earlier", "step-name"), ("now", "step-name"), ("step", "step-name"), ("rule", "cap")];

/// The argument that says who can act instead, where the page knows them.
pub const OFFICES: &str = "offices";

/// The argument that names a control, which is stored by its code.
const CONTROL: &str = "control";

/// The fields that a rule is about, by its code or by that of the reason that it gives: the first of them that a form
/// has is marked. A rule about the record, the person or the money on hand is about none; only the day of a payment is
/// marked where its year has no room.
const FIELDS_OF: &[(&str, &[&str])] = &[
    ("before_asked", &["/dated_on"]),
    ("same_certificate", &["/certificate_number"]),
    ("same_guarantee", &["/guarantee_number"]),
    ("same_email", &["/email"]),
    ("amount_differs", &["/amount_paise"]),
    ("answer_contradicted", &["/outcome"]),
    ("answer_too_early", &["/outcome"]),
    ("budget_exceeded", &["/paid_on"]),
    ("failure_unproven", &["/outcome"]),
    ("capacity_exceeded", &["/capacity_mtpa"]),
    ("award_out_of_order", &["/out_of_order_reason"]),
    ("capacity_not_allowed", &["/capacity_mtpa"]),
    ("capacity_not_shown", &["/inspection/installed_mtpa"]),
    ("certificate_exceeds_claim", &["/accepted_kg", "/accepted_amount_paise"]),
    ("damages_ordered", &["/days"]),
    ("date_not_allowed", &["/paid_on", "/received_on", "/inspection/inspected_on", "/expires_on", "/days"]),
    ("evidence_unknown", &["/evidence_id", "/documents"]),
    ("instalments_differ", &["/instalments"]),
    ("last_administrator", &["/roles"]),
    ("no_delay", &["/charged_to"]),
    ("not_allotted", &["/capacity_mtpa"]),
    ("order_exceeds_notice", &["/amount_paise"]),
    ("outlay_allotted", &["/amount_paise"]),
    ("outlay_exceeded", &["/amount_paise"]),
    ("outlay_provided", &["/amount_paise"]),
    ("partial_not_counted", &["/outcome"]),
    ("payment_in_advice", &["/payment_ids"]),
    ("receipt_exceeds_due", &["/amount_paise"]),
    ("receipt_not_credited", &["/utr"]),
    ("credit_differs", &["/amount_paise"]),
    ("recovery_exceeds_payment", &["/amount_paise"]),
    ("relief_exceeds_due", &["/parts"]),
    ("roles_conflict", &["/roles"]),
    ("schemes_differ", &["/payment_ids"]),
    ("security_demand_needed", &["/recovery_id"]),
    ("security_exceeded", &["/amount_paise"]),
    ("security_exceeds_due", &["/amount_paise"]),
    ("set_off_exceeds", &["/amount_paise"]),
    ("sign_in_failed", &["/email", "/current_password"]),
    ("utr_already_used", &["/utr"]),
    ("window_overlaps", &["/opens_on"]),
];

/// The fields that what a rule said is about.
pub fn fields_of(message: &Message) -> &'static [&'static str] {
    let reasons = message.arguments.0.iter().filter_map(|(_, value)| match value {
        Argument::Message(reason) => Some(reason.code),
        _ => None,
    });
    let mut codes = reasons.chain([message.code]);
    codes.find_map(|code| FIELDS_OF.iter().find(|(known, _)| *known == code)).map_or(&[], |(_, fields)| *fields)
}

/// What a rule said, in the language of the page.
pub fn in_words(message: &Message, language: Language) -> String {
    let said = |(name, value): &(&'static str, Argument)| (*name, argument(name, value, language));
    let mut values: Vec<(&'static str, String)> = message.arguments.0.iter().map(said).collect();
    let key = format!("{}-{}", message.list, message.code);
    // Two steps of the same name are one step for two people.
    let twice = format!("{key}-twice");
    let said: Vec<&String> = values.iter().filter(|(name, _)| *name != OFFICES).map(|(_, said)| said).collect();
    let same = matches!(said.as_slice(), [one, other] if one == other);
    if values.iter().all(|(name, _)| *name != OFFICES) {
        values.extend(who_else(message, language).map(|offices| (OFFICES, offices)));
    }
    let mut own = [twice].into_iter().filter(|_| same).chain([key]);
    if let Some(text) = own.find_map(|key| language.text_if_any(&key, &values)) {
        return text;
    }
    let worded = message.arguments.0.iter().zip(values).map(|((name, _), (_, said))| (*name, Argument::Text(said)));
    language.said(&Message { arguments: Arguments(worded.collect()), ..message.clone() })
}

/// The offices that do what this person must leave to somebody else.
fn who_else(message: &Message, language: Language) -> Option<String> {
    let now = message.arguments.0.iter().find_map(|(name, value)| match value {
        Argument::Word(act) if *name == "now" => Act::of_code(act),
        _ => None,
    })?;
    let offices: &[Role] = match now {
        // A verifier takes this step on an excuse only, on which no office takes another one before.
        Act::Step(Step::Recommend) => &[Role::SectionOfficer],
        Act::Step(step) => offices_of(step),
        // A file is returned from its desk alone.
        Act::Return => return Some(language.text("office-at-desk")),
        Act::ProposeInstrument | Act::ApproveInstrument | Act::RefuseInstrument => offices_of(Step::Provide),
        Act::RecordCredit | Act::UploadScroll => &[Role::FinanceOfficer],
        // Nobody is told to do this.
        Act::WorkForCompany | Act::ProposeCorrection => return None,
        Act::DecideCorrection => Permission::DecideCorrection.roles(),
    };
    let names: Vec<String> = offices.iter().map(|office| word("role", office.as_str(), language)).collect();
    Some(names.join(&format!(" {} ", language.text("or"))))
}

fn argument(name: &str, value: &Argument, language: Language) -> String {
    match value {
        Argument::Text(code) if name == CONTROL => word(name, code, language),
        Argument::Text(code) => account(code, language).unwrap_or_else(|| code.clone()),
        Argument::Word(code) => word(name, code, language),
        Argument::AnyOf(words) => {
            let words: Vec<String> = words.iter().map(|one| word("role", one, language)).collect();
            words.join(&format!(" {} ", language.text("or")))
        }
        Argument::Message(message) => in_words(message, language),
        Argument::Series(values) => {
            values.iter().map(|one| argument(name, one, language)).collect::<Vec<_>>().join("; ")
        }
        value => language.shown(value),
    }
}

/// A word of the program or of a scheme's file.
fn word(name: &str, code: &str, language: Language) -> String {
    let kind = KINDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, kind)| *kind);
    let key = [format!("{kind}-{code}"), format!("cap-{code}")].into_iter().find(|key| Language::has(key));
    match key {
        Some(key) => language.text(&key),
        None => language.shown(&Argument::Word(code.to_owned().into())).replace('_', " "),
    }
}

/// The name of an account in words; `None` if this is no name of an account.
pub fn account(code: &str, language: Language) -> Option<String> {
    let name: AccountName = code.parse().ok()?;
    let owner = match name.owner {
        AccountOwner::Award(number) => language.text_with("account-of-award", &[("number", number)]),
        AccountOwner::Year(year) => language.text_with("account-of-year", &[("year", year.to_string())]),
        AccountOwner::Scheme(code) => language.text_with("account-of-scheme", &[("code", code)]),
    };
    let values = [
        ("ledger", language.text(&format!("account-ledger-{}", name.ledger))),
        ("owner", owner),
        ("component", language.text(&format!("component-{}", name.component))),
        ("stage", language.text(&format!("account-stage-{}", name.stage))),
    ];
    Some(language.text_with("account-name", &values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::base::money::Paise;
    use domain::base::reason::Reason;
    use domain::base::refusal::Refusal;

    fn told(refusal: &Refusal) -> [String; 2] {
        [Language::English, Language::Hindi].map(|language| in_words(&refusal.message(), language))
    }

    #[test]
    fn only_what_a_rule_can_say_is_about_a_field() {
        use domain::base::reason::Reason as Why;
        for (code, fields) in FIELDS_OF {
            assert!(Refusal::CODES.contains(code) || Why::CODES.contains(code), "{code}");
            assert!(!fields.is_empty() && fields.iter().all(|field| field.starts_with('/')), "{code}");
        }
        let same = Refusal::AlreadyExists { what: Reason::SameEmail };
        assert_eq!(fields_of(&same.message()), ["/email"]);
        assert!(fields_of(&Refusal::NothingDeferred.message()).is_empty());
    }

    #[test]
    fn nothing_that_a_rule_says_has_the_codes_of_the_program() {
        let account = "appropriation:ndfeb-2025-proposal:capital_subsidy:2028-29:available".to_owned();
        let [english, hindi] = told(&Refusal::BudgetExceeded { account, need: Paise(300), room: Paise(100) });
        let named = "Appropriation, year 2028-29, Capital subsidy: Available has ₹1.00 and ₹3.00 is needed";
        assert!(english.starts_with(named), "{english}");
        assert!(!hindi.contains(':') || !hindi.contains("ndfeb"), "{hindi}");
        let [english, hindi] = told(&Refusal::NothingPayable {
            cap: Reason::CapFull { cap: domain::base::argument::Code("share_of_investment".to_owned()) },
        });
        let zero = "the computed amount is zero (Share of eligible investment leaves no room), so nothing can be paid";
        assert!(english.starts_with(zero), "{english}");
        assert!(!hindi.bytes().any(|byte| byte.is_ascii_alphabetic()), "{hindi}");
        let found = Reason::FoundByControl { found: "twice".to_owned() };
        let control = "holds_in_term".to_owned();
        let stopped = told(&Refusal::MoneyStopped { control, subject: "tranche:1".to_owned(), found });
        assert!(stopped[0].contains("No reservation is held past its last day"), "{}", stopped[0]);
        assert!(!stopped[1].bytes().any(|byte| byte.is_ascii_alphabetic()), "{}", stopped[1]);
        let own = told(&Refusal::SamePerson { earlier: Act::ProposeInstrument, now: Act::ApproveInstrument });
        let said = "you took another step on this money (proposal of the instrument), so somebody else must take this one \
                    (approval of the instrument). Who can: Scheme administrator";
        assert_eq!(own[0], said);
        let other = told(&Refusal::SamePerson { earlier: Step::Verify.into(), now: Step::Pay.into() });
        assert!(other[0].contains("verification") && other[0].contains("payment"), "{}", other[0]);
        assert!(!own[1].contains('{') && !own[1].contains("instrument"), "{}", own[1]);
        assert!(other[0].ends_with("Who can: Drawing and Disbursing Officer"), "{}", other[0]);
        let recommended = told(&Refusal::SamePerson { earlier: Step::Verify.into(), now: Step::Recommend.into() });
        assert!(recommended[0].ends_with("Who can: Section Officer"), "{}", recommended[0]);
        let returned = told(&Refusal::SamePerson { earlier: Step::Verify.into(), now: Act::Return });
        assert!(returned[0].ends_with("(return). Who can: another officer at this desk"), "{}", returned[0]);
        assert!(returned[1].contains("इसी पटल का कोई और अधिकारी"), "{}", returned[1]);
    }
}
