//! Who did something, and for which office: the roles that a person held at that time, and which of them the act
//! takes.

use crate::base::calendar::Timestamp;
use crate::base::id::OrganisationId;
use crate::base::permission::{Role, Roles, Step};
use serde::Serialize;
use utoipa::ToSchema;

/// A person as an answer names them, with the roles that they held over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPerson {
    /// `None` once the name is erased.
    pub name: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    /// The roles of today.
    pub roles: Roles,
    /// Earlier roles, oldest first, each with the instant at which it ended.
    pub before: Vec<(Timestamp, Roles)>,
}

/// The person and the office behind an id in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonThere {
    /// Absent where the reader may see the office only, and where the name is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the name was erased.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// The roles that the person held at that time; of several, those that take this step.
    pub offices: Vec<Role>,
}

impl NamedPerson {
    /// The roles that the person held at an instant, or holds now.
    pub fn roles_at(&self, at: Option<Timestamp>) -> &Roles {
        let then = at.and_then(|at| self.before.iter().find(|(until, _)| at < *until));
        then.map_or(&self.roles, |(_, roles)| roles)
    }

    /// The person as a reader sees them. `sees_names` tells whether the reader may see the name.
    pub fn seen(&self, at: Option<Timestamp>, step: Option<Step>, sees_names: bool) -> PersonThere {
        let held = self.roles_at(at);
        let taking = step.map(offices_of).unwrap_or_default();
        let fitting: Vec<Role> = held.0.iter().copied().filter(|role| taking.contains(role)).collect();
        let offices = if fitting.is_empty() { held.0.iter().copied().collect() } else { fitting };
        PersonThere {
            name: self.name.clone().filter(|_| sees_names),
            erased: sees_names && self.name.is_none(),
            offices,
        }
    }
}

/// The roles that take a step, on any record.
pub fn offices_of(step: Step) -> &'static [Role] {
    match step {
        Step::Provide => &[Role::SchemeAdministrator],
        Step::Prepare => &[Role::Preparer, Role::SectionOfficer, Role::SchemeAdministrator],
        Step::Submit => &[Role::Signatory],
        Step::Verify => &[Role::Verifier],
        Step::Recommend => &[Role::SectionOfficer, Role::Verifier],
        Step::Concur | Step::Demand | Step::ProposeRelief | Step::ProposeSettlement => &[Role::FinanceOfficer],
        Step::Sanction | Step::Order | Step::Relieve | Step::Excuse => &[Role::CompetentAuthority],
        Step::Pay | Step::Collect => &[Role::DisbursingOfficer],
        Step::ShowCause => &[Role::SectionOfficer],
        Step::ProposeCorrection => &[
            Role::Verifier,
            Role::SectionOfficer,
            Role::FinanceOfficer,
            Role::CompetentAuthority,
            Role::DisbursingOfficer,
        ],
        Step::Settle | Step::ConfirmFailure | Step::DecideCorrection => {
            &[Role::FinanceOfficer, Role::CompetentAuthority]
        }
        Step::CommitSeed => &[Role::Auditor],
        Step::FreezePopulation => {
            &[Role::SectionOfficer, Role::FinanceOfficer, Role::CompetentAuthority, Role::Auditor]
        }
    }
}

/// The step that a member such as `verified_by` names.
pub fn step_of_member(member: &str) -> Option<Step> {
    Some(match member {
        "prepared_by" => Step::Prepare,
        "submitted_by" => Step::Submit,
        "verified_by" | "scrutinised_by" => Step::Verify,
        "awarded_by" => Step::Sanction,
        "advised_by" | "settled_by" => Step::Pay,
        "ordered_by" => Step::Order,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn person() -> NamedPerson {
        NamedPerson {
            name: Some("Sample Officer".to_owned()),
            organisation_id: None,
            roles: "finance_officer competent_authority".parse().unwrap(),
            before: vec![
                (at("2027-01-01T00:00:00Z"), "verifier".parse().unwrap()),
                (at("2028-01-01T00:00:00Z"), "section_officer finance_officer".parse().unwrap()),
            ],
        }
    }

    #[test]
    fn the_office_is_that_of_the_time() {
        let offices = |when, step| person().seen(Some(at(when)), step, true).offices;
        assert_eq!(offices("2026-06-01T00:00:00Z", Some(Step::Recommend)), [Role::Verifier]);
        assert_eq!(offices("2027-06-01T00:00:00Z", Some(Step::Recommend)), [Role::SectionOfficer]);
        assert_eq!(offices("2027-06-01T00:00:00Z", None), [Role::SectionOfficer, Role::FinanceOfficer]);
        assert_eq!(offices("2028-01-01T00:00:00Z", Some(Step::Sanction)), [Role::CompetentAuthority]);
        // A step that none of the roles takes hides no role.
        assert_eq!(offices("2026-06-01T00:00:00Z", Some(Step::Pay)), [Role::Verifier]);
    }

    #[test]
    fn a_name_is_shown_to_those_who_may_see_it_and_never_once_erased() {
        let seen = person().seen(None, None, false);
        assert_eq!((seen.name, seen.erased), (None, false));
        let erased = NamedPerson { name: None, ..person() };
        assert_eq!((erased.seen(None, None, true).name, erased.seen(None, None, true).erased), (None, true));
        assert!(!erased.seen(None, None, false).erased, "the reader of offices learns nothing of names");
    }
}
