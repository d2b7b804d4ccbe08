//! Totals of an impact sheet: gains and losses, in all and by organisation.

use crate::base::id::OrganisationId;
use crate::base::money::Paise;
use crate::base::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount before and after. A sum adds gains and losses separately, so that one never hides the
/// other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// Zero if the rules have no value.
    pub before_paise: Paise,
    pub after_paise: Paise,
    pub gain_paise: Paise,
    pub loss_paise: Paise,
    /// The reason why the rules have no value for these facts, before or after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Shift {
    /// An amount that has no value afterwards counts as lost in full.
    pub fn of(before: Result<Paise, Refusal>, after: Result<Paise, Refusal>) -> Shift {
        let problem = before.as_ref().err().or(after.as_ref().err()).map(Refusal::to_string);
        let (before, after) = (before.unwrap_or(Paise::ZERO), after.unwrap_or(Paise::ZERO));
        Shift {
            before_paise: before,
            after_paise: after,
            gain_paise: after.minus_floored(before),
            loss_paise: before.minus_floored(after),
            problem,
        }
    }

    /// The sum of both.
    pub fn and(&self, other: &Shift) -> Result<Shift, Refusal> {
        let add = |one: Paise, other: Paise| one.checked_add(other).ok_or(Refusal::AmountTooLarge);
        Ok(Shift {
            before_paise: add(self.before_paise, other.before_paise)?,
            after_paise: add(self.after_paise, other.after_paise)?,
            gain_paise: add(self.gain_paise, other.gain_paise)?,
            loss_paise: add(self.loss_paise, other.loss_paise)?,
            problem: None,
        })
    }

    /// The sum of all.
    pub fn sum<'a>(shifts: impl IntoIterator<Item = &'a Shift>) -> Result<Shift, Refusal> {
        shifts.into_iter().try_fold(Shift::default(), |sum, shift| sum.and(shift))
    }
}

/// The gains and losses of one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationImpact {
    pub organisation_id: OrganisationId,
    pub organisation: String,
    pub ceilings: Shift,
    pub claims: Shift,
}

impl OrganisationImpact {
    /// Adds the gains and losses of one of its awards.
    pub fn add(
        all: &mut Vec<OrganisationImpact>,
        id: OrganisationId,
        name: &str,
        ceilings: &Shift,
        claims: &Shift,
    ) -> Result<(), Refusal> {
        if let Some(known) = all.iter_mut().find(|known| known.organisation_id == id) {
            known.ceilings = known.ceilings.and(ceilings)?;
            known.claims = known.claims.and(claims)?;
            return Ok(());
        }
        all.push(OrganisationImpact {
            organisation_id: id,
            organisation: name.to_owned(),
            ceilings: ceilings.clone(),
            claims: claims.clone(),
        });
        Ok(())
    }
}
