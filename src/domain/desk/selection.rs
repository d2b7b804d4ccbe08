//! Selections: queries over one kind of record. Every field that is listed here can be compared,
//! and no other; its type decides how. The SQL expression of each field is in
//! `db/desk/selection_sources.rs`.

use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::field::{BadParameter, is_of_files};
use crate::base::field_reason::FieldReason;
use crate::base::utr::normalise_utr;
use crate::desk::question_fields;
use crate::desk::selection_fields;
use crate::words;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// The kinds of records that can be queried.
    pub enum Subject {
        Disbursements = "disbursements",
        Sanctions = "sanctions",
        Claims = "claims",
        Milestones = "milestones",
        Awards = "awards",
        Applications = "applications",
        Recoveries = "recoveries",
        Payments = "payments",
        BudgetMovements = "budget_movements",
        Acts = "acts",
        PaymentsBeforeMilestone = "payments_before_milestone",
        PaymentsBeyondCeiling = "payments_beyond_ceiling",
        PeriodsClaimedTwice = "periods_claimed_twice",
        InvoicesClaimedTwice = "invoices_claimed_twice",
        EvidenceUsedTwice = "evidence_used_twice",
        BankAccountsShared = "bank_accounts_shared",
        UtrsUsedTwice = "utrs_used_twice",
        SanctionsWithoutAppropriation = "sanctions_without_appropriation",
        SanctionsLapsed = "sanctions_lapsed",
        YearEndSpending = "year_end_spending",
        Surrenders = "surrenders",
        CertificatesDue = "certificates_due",
        GuaranteesExpiring = "guarantees_expiring",
        DamagesCharged = "damages_charged",
        RecoveriesOutstanding = "recoveries_outstanding",
        SplitSanctions = "split_sanctions",
        OverridesRefused = "overrides_refused",
        Grantees = "grantees",
        RegisterOfGrants = "register_of_grants",
        Tranches = "tranches",
    }
}

words! {
    /// The type of a field, which decides how it is compared, exported and written in a
    /// spreadsheet.
    pub enum Holds {
        Text = "text",
        /// Whole paise.
        Paise = "paise",
        Number = "number",
        /// A day such as `2026-06-30`.
        Day = "day",
        /// An instant such as `2026-06-30T06:30:00.000000Z`.
        Instant = "instant",
        /// A financial year such as `2026-27`.
        Year = "year",
    }
}

/// One field of a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Field {
    pub name: &'static str,
    pub holds: Holds,
    /// Whether every record has it. Only such fields can be used for sorting.
    pub always: bool,
    /// Whether records can be grouped by it, that is, counted and summed.
    pub groups: bool,
}

impl Subject {
    /// Its fields, in the order in which they are shown. The first field identifies a record.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Subject::Disbursements => selection_fields::DISBURSEMENTS,
            Subject::Sanctions => selection_fields::SANCTIONS,
            Subject::Claims => selection_fields::CLAIMS,
            Subject::Milestones => selection_fields::MILESTONES,
            Subject::Awards => selection_fields::AWARDS,
            Subject::Applications => selection_fields::APPLICATIONS,
            Subject::Recoveries => selection_fields::RECOVERIES,
            Subject::Payments => selection_fields::PAYMENTS,
            Subject::BudgetMovements => selection_fields::BUDGET_MOVEMENTS,
            Subject::Acts => selection_fields::ACTS,
            Subject::Tranches => selection_fields::TRANCHES,
            _ => question_fields::of(self),
        }
    }

    /// Whether a parameter asks for a field: by its name, or by its name with an ending.
    pub fn knows(self, name: &str) -> bool {
        let with = |ending: &str| name.strip_suffix(ending).is_some_and(|name| self.field(name).is_some());
        self.field(name).is_some() || ENDINGS.iter().any(|ending| with(ending))
    }

    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The field that identifies a record, and that orders records with equal sort values.
    pub fn key(self) -> &'static Field {
        &self.fields()[0]
    }

    /// The default sort field; the newest or largest value comes first.
    pub fn usual_sort(self) -> &'static str {
        match self {
            Subject::Disbursements => "paid_on",
            Subject::Sanctions => "sanctioned_on",
            Subject::Claims | Subject::Applications | Subject::Recoveries | Subject::Tranches => "created_at",
            Subject::Milestones => "due_on",
            Subject::Awards => "awarded_on",
            Subject::Payments => "advised_at",
            Subject::BudgetMovements => "posted_at",
            Subject::Acts => "sequence",
            _ => self.key().name,
        }
    }

    /// For a ready-made question of auditors: a description of its records, and the rule behind it.
    pub fn question(self) -> Option<(&'static str, &'static str)> {
        question_fields::question(self)
    }

    /// Whether manufacturers may query it (they see only their own rows).
    pub fn of_organisations(self) -> bool {
        !matches!(self, Subject::BudgetMovements | Subject::Acts) && self.question().is_none()
    }
}

/// A value as stored in a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    Missing,
    Number(i64),
    Text(String),
}

/// The comparison of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Equal to one of these values.
    OneOf(Vec<Value>),
    From(Value),
    To(Value),
    /// Contains this text, ignoring case.
    Contains(String),
    /// Only records that have (true) or lack (false) this field.
    Given(bool),
}

/// One condition, which every selected record must meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub field: &'static Field,
    pub compared: Compared,
}

/// A query: the records of a kind that meet every condition, in an order; or their counts and sums,
/// grouped by some of their fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub subject: Subject,
    pub conditions: Vec<Condition>,
    pub sort: &'static Field,
    pub descending: bool,
    pub group_by: Vec<&'static Field>,
}

/// The position after which a page starts (a cursor): the sort value and the key of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub sort: Value,
    pub key: Value,
}

/// The endings of parameter names, which follow a field's name and choose the comparison.
pub const ENDINGS: [&str; 4] = ["_from", "_to", "_contains", "_given"];

impl Selection {
    /// Parses a selection from parameters, including `sort` and `group_by`. A field that is given
    /// several times means any of these values.
    pub fn parse<'p>(
        subject: Subject,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Selection, BadParameter> {
        let sort = subject.field(subject.usual_sort()).unwrap_or(subject.key());
        let mut selection = Selection { subject, conditions: Vec::new(), sort, descending: true, group_by: Vec::new() };
        for (name, text) in parameters {
            match name {
                "sort" => selection.sort_by(text)?,
                "group_by" => selection.group(text)?,
                _ => selection.compare(name, text)?,
            }
        }
        Ok(selection)
    }

    fn sort_by(&mut self, text: &str) -> Result<(), BadParameter> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let found = self.subject.field(name).filter(|field| field.always);
        self.sort = found.ok_or_else(|| BadParameter::new("sort", FieldReason::SortField))?;
        self.descending = descending;
        Ok(())
    }

    fn group(&mut self, text: &str) -> Result<(), BadParameter> {
        for name in text.split(',') {
            let found = self.subject.field(name).filter(|field| field.groups && !self.group_by.contains(field));
            let none = || BadParameter::new("group_by", FieldReason::GroupField { name: name.to_owned() });
            let field = found.ok_or_else(none)?;
            self.group_by.push(field);
        }
        Ok(())
    }

    fn compare(&mut self, name: &str, text: &str) -> Result<(), BadParameter> {
        if let Some(field) = self.subject.field(name) {
            let value = value(field, name, text)?;
            let same = self.conditions.iter_mut().find_map(|condition| match &mut condition.compared {
                Compared::OneOf(values) if condition.field == field => Some(values),
                _ => None,
            });
            match same {
                Some(values) => values.push(value),
                None => self.conditions.push(Condition { field, compared: Compared::OneOf(vec![value]) }),
            }
            return Ok(());
        }
        let asked = ENDINGS.iter().find_map(|ending| Some((*ending, self.subject.field(name.strip_suffix(ending)?)?)));
        let bad = |why| BadParameter::new(name, why);
        let unknown = || bad(FieldReason::FieldOf { of: self.subject.to_string(), endings: ENDINGS.join(", ") });
        let (ending, field) = asked.ok_or_else(unknown)?;
        let compared = match (ending, field.holds) {
            ("_contains", Holds::Text) if text.is_empty() => return Err(bad(FieldReason::Empty)),
            ("_contains", Holds::Text) => Compared::Contains(text.to_owned()),
            ("_contains", _) => return Err(bad(FieldReason::ContainsText)),
            ("_given", _) if field.always => return Err(bad(FieldReason::GivenAlways)),
            ("_given", _) => Compared::Given(text.parse().map_err(|_| bad(FieldReason::JsonYesNo))?),
            ("_from", _) => Compared::From(value(field, name, text)?),
            _ => Compared::To(value(field, name, text)?),
        };
        self.conditions.push(Condition { field, compared });
        Ok(())
    }

    /// Conditions that follow from the given ones and let the database use an index: the year or
    /// month of a payment bounds its day.
    pub fn implied(&self) -> Vec<Condition> {
        let Some(day) = self.subject.field("paid_on").filter(|field| field.always) else { return Vec::new() };
        let mut implied = Vec::new();
        for condition in &self.conditions {
            let Compared::OneOf(values) = &condition.compared else { continue };
            let [Value::Text(text)] = values.as_slice() else { continue };
            let days = match condition.field.name {
                "payment_year" => {
                    text.parse::<FinancialYear>().ok().and_then(|year| Some((year.first_day()?, year.last_day()?)))
                }
                _ => None,
            };
            let (first, last) = match (condition.field.name, days) {
                (_, Some((first, last))) => (first.to_string(), last.to_string()),
                ("payment_month", _) => (format!("{text}-01"), format!("{text}-31")),
                _ => continue,
            };
            implied.push(Condition { field: day, compared: Compared::From(Value::Text(first)) });
            implied.push(Condition { field: day, compared: Compared::To(Value::Text(last)) });
        }
        implied
    }

    /// The canonical form of the selection: the same for the same query, however it was written.
    pub fn written(&self) -> String {
        let mut parts: Vec<String> = self.conditions.iter().flat_map(Condition::written).collect();
        parts.sort();
        parts.dedup();
        parts.push(format!("sort={}{}", if self.descending { "-" } else { "" }, self.sort.name));
        if !self.group_by.is_empty() {
            let names: Vec<&str> = self.group_by.iter().map(|field| field.name).collect();
            parts.push(format!("group_by={}", names.join(",")));
        }
        format!("{}?{}", self.subject, parts.join("&"))
    }
}

impl Condition {
    fn written(&self) -> Vec<String> {
        let name = self.field.name;
        let text = |value: &Value| match value {
            Value::Missing => String::new(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => escaped(text),
        };
        match &self.compared {
            Compared::OneOf(values) => values.iter().map(|value| format!("{name}={}", text(value))).collect(),
            Compared::From(value) => vec![format!("{name}_from={}", text(value))],
            Compared::To(value) => vec![format!("{name}_to={}", text(value))],
            Compared::Contains(part) => vec![format!("{name}_contains={}", escaped(&part.to_lowercase()))],
            Compared::Given(given) => vec![format!("{name}_given={given}")],
        }
    }
}

/// Text escaped for the query part of a URL.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Parses a value of a field, in the form in which columns store it.
fn value(field: &Field, name: &str, text: &str) -> Result<Value, BadParameter> {
    let bad = |why: FieldReason| BadParameter::new(name, why);
    Ok(match field.holds {
        Holds::Text if field.name == "utr" => Value::Text(normalise_utr(text).map_err(bad)?),
        Holds::Text => Value::Text(text.to_owned()),
        Holds::Paise | Holds::Number => Value::Number(text.parse().map_err(|_| bad(FieldReason::JsonWhole))?),
        Holds::Day => {
            let day = text.parse().ok().filter(|day: &NaiveDate| is_of_files(*day));
            let day = day.ok_or_else(|| bad(FieldReason::ADay))?;
            Value::Text(day.to_string())
        }
        Holds::Instant => {
            let instant = text.parse().ok().filter(|at: &Timestamp| is_of_files(at.date_in_india()));
            let instant = instant.ok_or_else(|| bad(FieldReason::AnInstant))?;
            Value::Text(instant.to_string())
        }
        Holds::Year => {
            let year: FinancialYear = text.parse().map_err(|_| bad(FieldReason::AYear))?;
            Value::Text(year.to_string())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(subject: Subject, query: &str) -> Result<Selection, BadParameter> {
        Selection::parse(subject, query.split('&').filter_map(|part| part.split_once('=')))
    }

    #[test]
    fn a_question_has_one_written_form() {
        let one =
            parse(Subject::Disbursements, "status=succeeded&paid_on_from=2026-04-01&component=sales&component=capital")
                .unwrap();
        let other = parse(
            Subject::Disbursements,
            "component=capital&component=sales&paid_on_from=2026-04-01&status=succeeded&sort=-paid_on",
        )
        .unwrap();
        assert_eq!(one.written(), other.written());
        assert_eq!(
            one.written(),
            "disbursements?component=capital&component=sales&paid_on_from=2026-04-01&status=succeeded&sort=-paid_on"
        );
    }

    #[test]
    fn a_field_whose_name_ends_like_a_range_is_a_field() {
        let selection = parse(Subject::Claims, "period_from=2026-04-01&period_from_to=2027-03-31").unwrap();
        assert_eq!(selection.conditions[0].compared, Compared::OneOf(vec![Value::Text("2026-04-01".to_owned())]));
        assert_eq!(selection.conditions[1].compared, Compared::To(Value::Text("2027-03-31".to_owned())));
        assert_eq!(selection.conditions[1].field.name, "period_from");
    }

    #[test]
    fn what_is_no_field_is_named() {
        for query in [
            "colour=red",
            "paid_on=yesterday",
            "amount_paise_from=1.5",
            "amount_paise_contains=1",
            "utr_given=true",
            "sort=colour",
            "group_by=utr",
            "group_by=status,status",
            "payment_year=2026-28",
            "utr_contains=",
        ] {
            let bad = parse(Subject::Disbursements, query).unwrap_err();
            assert_eq!(bad.name, query.split('=').next().unwrap(), "{bad:?}");
        }
        assert!(parse(Subject::Claims, "sort=submitted_at").is_err(), "not every claim has it");
        assert!(parse(Subject::Claims, "submitted_at_given=maybe").is_err());
    }

    #[test]
    fn the_usual_sort_is_a_field_that_is_always_there() {
        for subject in Subject::ALL {
            assert!(subject.field(subject.usual_sort()).is_some_and(|field| field.always), "{subject}");
            assert!(subject.key().always, "{subject}");
            let of_organisations = subject.field("organisation_id").is_some_and(|field| field.always);
            assert!(subject.question().is_some() || subject.of_organisations() == of_organisations, "{subject}");
        }
    }
}
