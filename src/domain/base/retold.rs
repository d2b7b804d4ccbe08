//! What a rule said, told again later: a text that was stored as JSON with its arguments becomes a message again, so
//! that it can be said in any language.

use crate::base::argument::{Argument, Arguments, Titled};
use crate::base::field_reason::FieldReason;
use crate::base::money::Paise;
use crate::base::permission::Role;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::base::told::{Message, Template};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// The lists whose texts stand within other texts.
const WITHIN: [(&str, &[Template]); 3] = [
    (Reason::LIST, Reason::TEMPLATES),
    (FieldReason::LIST, FieldReason::TEMPLATES),
    (Refusal::LIST, Refusal::TEMPLATES),
];

/// The JSON form of an argument.
#[derive(Deserialize)]
struct Stored {
    kind: String,
    value: Value,
}

impl Message {
    /// The text of a refusal by its code and its stored arguments; `None` where a later program has another text under
    /// the code, or none.
    pub fn of_refusal(code: &str, arguments: &Value, english: &str) -> Option<Message> {
        told_again(Refusal::LIST, Refusal::TEMPLATES, code, arguments, english)
    }
}

fn told_again(
    list: &'static str,
    templates: &[Template],
    code: &str,
    arguments: &Value,
    english: &str,
) -> Option<Message> {
    let template = templates.iter().find(|template| template.code == code)?;
    let read = |name: &&'static str| Some((*name, argument(arguments.get(*name)?)?));
    let arguments = template.arguments.iter().map(read).collect::<Option<Vec<_>>>()?;
    Some(Message { list, code: template.code, arguments: Arguments(arguments), english: english.to_owned() })
}

fn argument(stored: &Value) -> Option<Argument> {
    let Stored { kind, value } = Stored::deserialize(stored).ok()?;
    let text = || value.as_str().map(str::to_owned);
    Some(match kind.as_str() {
        "paise" => Argument::Paise(Paise(value.as_i64()?)),
        "kg" => Argument::Kg(value.as_i64()?),
        "mtpa" => Argument::Mtpa(value.as_i64()?),
        "days" => Argument::Days(value.as_i64()?),
        "number" => Argument::Number(value.as_i64()?),
        "day" => Argument::Day(value.as_str()?.parse().ok()?),
        "word" => Argument::Word(Cow::Owned(text()?)),
        "any_of" => Argument::AnyOf(value.as_array()?.iter().map(role).collect::<Option<Vec<_>>>()?),
        "text" => Argument::Text(text()?),
        "titled" => Argument::Titled(Titled {
            en: value.get("en")?.as_str()?.to_owned(),
            hi: value.get("hi")?.as_str()?.to_owned(),
        }),
        "series" => Argument::Series(value.as_array()?.iter().map(argument).collect::<Option<Vec<_>>>()?),
        "message" => Argument::Message(Box::new(within(&value)?)),
        _ => return None,
    })
}

fn role(name: &Value) -> Option<&'static str> {
    Role::ALL.iter().map(|role| role.as_str()).find(|known| name == known)
}

fn within(value: &Value) -> Option<Message> {
    let (code, english) = (value.get("code")?.as_str()?, value.get("text")?.as_str()?);
    let arguments = value.get("arguments")?;
    WITHIN.into_iter().find_map(|(list, templates)| told_again(list, templates, code, arguments, english))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::argument::Titled;
    use crate::base::money::BasisPoints;
    use crate::base::permission::{Permission, Step};
    use chrono::NaiveDate;

    fn again(refusal: &Refusal) -> Option<Message> {
        let message = refusal.message();
        let stored = serde_json::to_value(&message.arguments).unwrap();
        Message::of_refusal(message.code, &stored, &message.english)
    }

    #[test]
    fn what_was_stored_is_told_again_as_it_was() {
        let limit = Reason::LimitOf {
            limit: "march",
            year: "2028-29".parse().unwrap(),
            share: BasisPoints(1_500),
            base: "be",
            amount: Paise(15_000_000_000),
        };
        let refusals = [
            Refusal::ExpenditureLimit {
                limit,
                ceiling: Paise(4),
                spent: Paise(1),
                need: Paise(2),
                room: Paise(3),
                over: Paise(5),
            },
            Refusal::NotPermitted { permission: Permission::VerifyClaim },
            Refusal::SamePerson { earlier: Step::Verify.into(), now: Step::Pay.into() },
            Refusal::StaleVersion { seen: 1, current: 2 },
        ];
        for refusal in refusals {
            assert_eq!(again(&refusal), Some(refusal.message()));
        }
        let day = NaiveDate::from_ymd_opt(2029, 3, 20).unwrap();
        let title = Argument::Titled(Titled { en: "a".to_owned(), hi: "क".to_owned() });
        let all = Argument::Series(vec![Argument::Day(day), title, Argument::Kg(-3)]);
        assert_eq!(argument(&serde_json::to_value(&all).unwrap()), Some(all));
    }

    #[test]
    fn what_cannot_be_told_again_is_none() {
        assert_eq!(Message::of_refusal("no_such_code", &serde_json::json!({}), ""), None);
        assert_eq!(Message::of_refusal("stale_version", &serde_json::json!({ "seen": 1 }), ""), None);
    }
}
