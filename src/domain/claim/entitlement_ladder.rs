//! The ladder of caps that reduces an amount: each limit of the scheme in its order, then the room
//! of the accounts. Each cap records its limit, whether it was binding and how much headroom it
//! left.

use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use crate::claim::statement::CapApplied;
use crate::claim::statement_inputs::Inputs;
use crate::scheme::rules::figure::Title;
use crate::scheme::rules::names::{Names, Value};
use crate::scheme::rules::rule::CheckedRule;
use crate::scheme::rules::rule::not_computable;
use crate::scheme::scheme::Basis;

/// A cap that applies to every scheme, because it comes from the accounts or from an earlier
/// release.
pub struct RoomCap {
    code: &'static str,
    en: &'static str,
    hi: &'static str,
    clause: &'static str,
    /// The same in Hindi; empty for a name of the scheme's file.
    clause_hi: &'static str,
}

/// The room under the award's ceiling for the component.
pub const AWARD_CEILING: RoomCap = RoomCap {
    code: "award_ceiling",
    en: "Left under the award's ceiling",
    hi: "स्वीकृति की सीमा में शेष",
    clause: "award: ceiling of the component",
    clause_hi: "अवार्ड: घटक की सीमा",
};

/// Its title as people read it. Statements are computed again and compared with what is stored, so theirs stays.
const AWARD_CEILING_TITLE: &str = "अवार्ड की सीमा में शेष";

/// The room in the component's outlay.
pub const COMPONENT_OUTLAY: RoomCap = RoomCap {
    code: "component_outlay",
    en: "Left of the component's outlay",
    hi: "घटक के परिव्यय में शेष",
    clause: "outlay of the component",
    clause_hi: "घटक का परिव्यय",
};

/// The share that is released on provisional papers.
pub const PROVISIONAL_SHARE: RoomCap = RoomCap {
    code: "provisional_share",
    en: "Released on provisional papers; the rest waits for the final certificate",
    hi: "अनंतिम प्रपत्रों पर देय; शेष अंतिम प्रमाणपत्र पर",
    clause: "staged_release.provisional_share",
    clause_hi: "",
};

/// What recoveries of the claim's payments ask, or brought back: it counts as released, and it comes back.
pub const ASKED_BACK: RoomCap = RoomCap {
    code: "asked_back",
    en: "With what recoveries of its payments ask, or brought back",
    hi: "उसके भुगतानों की वसूलियों में माँगी या लौटी राशि सहित",
    clause: "staged_release",
    clause_hi: "",
};

/// The final entitlement less the amount released before.
pub const RELEASED_BEFORE: RoomCap = RoomCap {
    code: "released_before",
    en: "Finally certified, less what was released before",
    hi: "अंतिम प्रमाणित राशि में से पहले जारी राशि घटाकर",
    clause: "staged_release",
    clause_hi: "",
};

/// The room in this year's appropriation.
pub const YEARS_APPROPRIATION: RoomCap = RoomCap {
    code: "years_appropriation",
    en: "Free of this year's appropriation",
    hi: "इस वर्ष के विनियोग में उपलब्ध",
    clause: "appropriation of the financial year",
    clause_hi: "वित्तीय वर्ष का विनियोग",
};

/// The limit of the program itself that a statement applied; `None` for a limit of the scheme's file.
fn own_limit(cap: &CapApplied) -> Option<&'static RoomCap> {
    let own =
        [&AWARD_CEILING, &COMPONENT_OUTLAY, &PROVISIONAL_SHARE, &ASKED_BACK, &RELEASED_BEFORE, &YEARS_APPROPRIATION];
    own.into_iter().find(|own| own.code == cap.cap && own.clause == cap.clause)
}

/// The clause of a limit in Hindi, where the limit is the program's own; statements have it in English.
pub fn clause_in_hindi(cap: &CapApplied) -> Option<&'static str> {
    own_limit(cap).map(|own| own.clause_hi).filter(|clause| !clause.is_empty())
}

/// The title of a limit in Hindi. Where the limit is the program's own, a statement may have an older wording.
pub fn title_in_hindi(cap: &CapApplied) -> &str {
    match own_limit(cap) {
        Some(own) if own.code == AWARD_CEILING.code => AWARD_CEILING_TITLE,
        _ => official_hindi(&cap.title.hi),
    }
}

/// Titles of published schemes that name an award with the word for a sanction, and the same in official terms. A
/// published text stays as it is, and a statement repeats it; a page need not.
const OFFICIAL: &[(&str, &str)] = &[
    ("प्रति किलोग्राम स्वीकृत दर", "अवार्ड की प्रति किलोग्राम दर"),
    ("वर्ष की स्वीकृत क्षमता से अधिक", "वर्ष के लिए अवार्ड की क्षमता से अधिक"),
    ("वर्ष के लिए स्वीकृत क्षमता", "वर्ष के लिए अवार्ड की क्षमता"),
];

/// A Hindi title of a rule in official terms.
pub fn official_hindi(title: &str) -> &str {
    OFFICIAL.iter().find(|(written, _)| *written == title).map_or(title, |(_, official)| official)
}

/// The formula of a limit without a word of any language; statements have it in English.
pub fn formula_without_words(cap: &CapApplied) -> String {
    if cap.cap == PROVISIONAL_SHARE.code { cap.formula.replacen(" of ", " × ", 1) } else { cap.formula.clone() }
}

/// The amount reduced so far, the caps applied so far and the numbers they used.
pub struct Ladder<'a> {
    pub amount: Paise,
    pub caps: Vec<CapApplied>,
    pub inputs: Inputs<'a>,
}

impl Ladder<'_> {
    /// Applies a limit of the scheme.
    pub fn limit(&mut self, rule: &CheckedRule, names: &Names, slots: &[Option<Value>]) -> Result<(), Refusal> {
        let refuse = not_computable(&rule.rule.code);
        if !rule.when.as_ref().map_or(Ok(true), |when| when.truth(slots)).map_err(&refuse)? {
            return Ok(());
        }
        let Some(amount) = &rule.amount else { return Ok(()) };
        let exact = amount.number(slots).map_err(&refuse)?;
        let limit = exact.rounded_down().map_err(|why| refuse(why.into()))?;
        let shown = Shown {
            cap: rule.rule.code.clone(),
            title: rule.rule.title.clone(),
            clause: rule.rule.clause.clone(),
            basis: rule.rule.basis,
            source: rule.rule.source.clone(),
            expression: amount.text.clone(),
            formula: amount.with_numbers(names, slots),
            exact: exact.to_string(),
        };
        self.apply(shown, Paise(limit.max(0)));
        Ok(())
    }

    /// Applies the room of an account as a cap.
    pub fn room(&mut self, cap: &RoomCap, name: &'static str, room: Paise) {
        self.inputs.ledger(name, room);
        self.fixed(cap, Basis::Official, name.to_owned(), format!("{room}"), room);
    }

    /// Adds an amount, which is the one step by which an amount grows. `None` on overflow.
    pub fn add(&mut self, cap: &RoomCap, name: &'static str, more: Paise) -> Option<()> {
        let (before, sum) = (self.amount, self.amount.checked_add(more)?);
        self.amount = sum;
        self.fixed(cap, Basis::Official, format!("before + {name}"), format!("{before} + {more}"), sum);
        self.caps.last_mut()?.before_paise = before;
        Some(())
    }

    /// Applies a cap that is not a rule of the scheme, with a given limit.
    pub fn fixed(&mut self, cap: &RoomCap, basis: Basis, expression: String, formula: String, limit: Paise) {
        let shown = Shown {
            cap: cap.code.to_owned(),
            title: Title { en: cap.en.to_owned(), hi: cap.hi.to_owned() },
            clause: cap.clause.to_owned(),
            basis,
            source: String::new(),
            expression,
            formula,
            exact: limit.0.to_string(),
        };
        self.apply(shown, limit);
    }

    fn apply(&mut self, shown: Shown, limit: Paise) {
        let before = self.amount;
        let after = before.min(limit);
        self.caps.push(CapApplied {
            cap: shown.cap,
            title: shown.title,
            clause: shown.clause,
            basis: shown.basis,
            source: shown.source,
            expression: shown.expression,
            formula: shown.formula,
            exact: shown.exact,
            limit_paise: limit,
            before_paise: before,
            after_paise: after,
            binding: after < before,
            headroom_paise: limit.minus_floored(after),
        });
        self.amount = after;
    }
}

struct Shown {
    cap: String,
    title: Title,
    clause: String,
    basis: Basis,
    source: String,
    expression: String,
    formula: String,
    exact: String,
}
