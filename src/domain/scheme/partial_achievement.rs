//! Partial achievement: the part of a milestone that counts when an inspection found only a part of
//! it, and the basis on which damages continue. Both are rules of the scheme.

use crate::base::money::BasisPoints;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::scheme::bad_scheme::BadScheme;
use crate::scheme::scheme::Scheme;
use crate::scheme::value_chain::Chain;
use crate::scheme::value_chain::InstalledCapacity;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The whole, in basis points.
pub const WHOLE: BasisPoints = BasisPoints(10_000);

words! {
    /// The basis on which damages continue while a part of a milestone is reached.
    pub enum WhilePartial {
        /// In full, as if nothing were reached.
        Full = "full",
        /// For the missing share only.
        MissingShare = "missing_share",
    }
}

/// The rule by which a part of a milestone counts; without it, no part counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialRule {
    /// Below this share nothing counts; from it on the reached share counts, rounded down.
    pub least: BasisPoints,
}

/// The counted result of an inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// The share of what the milestone needs: the smallest share over its stages, rounded down.
    pub share: BasisPoints,
    /// Finished magnet that the whole value chain supports, tonnes a year.
    pub magnet_mtpa: i64,
}

/// A share that counts from the day on which it was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    pub on: NaiveDate,
    pub share: BasisPoints,
}

impl Counted {
    /// Measures this capacity against what a milestone needs.
    pub fn of(installed: &InstalledCapacity, needed: &InstalledCapacity, chain: &Chain) -> Counted {
        let share_of = |shown: i64, need: i64| {
            let share = (i128::from(shown) * i128::from(WHOLE.0)).checked_div(i128::from(need));
            share.and_then(|share| i64::try_from(share).ok()).unwrap_or(WHOLE.0).clamp(0, WHOLE.0)
        };
        let shares = needed.0.iter().map(|(stage, need)| share_of(installed.of(stage), *need));
        Counted { share: BasisPoints(shares.min().unwrap_or(0)), magnet_mtpa: chain.magnet_mtpa(installed) }
    }

    /// Checks whether a part counts: a rule for parts must exist, and the share must reach the
    /// least share of the rule, be less than the whole, and exceed what counted before.
    pub fn check_partial(&self, rule: Option<PartialRule>, before: BasisPoints) -> Result<(), Refusal> {
        let refuse = |reason: Reason| Err(Refusal::PartialNotCounted { reason });
        let Some(rule) = rule else { return refuse(Reason::NoParts) };
        if self.share >= WHOLE {
            return refuse(Reason::MeasuredWhole);
        }
        if self.share < rule.least {
            return refuse(Reason::PartTooSmall { share: self.share, least: rule.least });
        }
        if self.share <= before {
            return refuse(Reason::PartCounted { share: self.share, before });
        }
        Ok(())
    }
}

impl Scheme {
    /// Checks these sections of a scheme file; the error names the key and the reason.
    pub(crate) fn check_partial_achievement(&self) -> Result<(), BadScheme> {
        let fail = |key: &str, why: &str| Err(BadScheme::new(key, why));
        let mut rules = self.milestones.iter().enumerate().filter_map(|(index, rule)| Some((index, rule.partial?)));
        if let Some((index, _)) = rules.clone().find(|(_, rule)| !(1..WHOLE.0).contains(&rule.least.0)) {
            return fail(&format!("milestones.{index}.partial.least"), "a share of 1 to 9999");
        }
        let counts_parts = rules.next().is_some();
        let said = self.liquidated_damages.as_ref().map(|rule| rule.while_partial.is_some());
        match said {
            Some(false) if counts_parts => {
                fail("liquidated_damages.while_partial", "say what damages go on for: full or missing_share")
            }
            Some(true) if !counts_parts => {
                fail("liquidated_damages.while_partial", "no milestone of this scheme is reached in part")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::scheme::tests::{TEXT, sample};
    use crate::scheme::value_chain::tests::stage;

    fn counted(shown: &[(&str, i64)], needed: &[(&str, i64)]) -> Counted {
        let capacity = |stages: &[(&str, i64)]| {
            InstalledCapacity(stages.iter().map(|(code, mtpa)| (stage(code), *mtpa)).collect())
        };
        Counted::of(&capacity(shown), &capacity(needed), &sample().chain)
    }

    #[test]
    fn the_smallest_share_of_what_is_needed_counts() {
        let needed = [("oxide_to_metal", 900), ("metal_to_alloy", 900), ("alloy_to_magnet", 900)];
        let shown = [("oxide_to_metal", 2_000), ("metal_to_alloy", 600), ("alloy_to_magnet", 599)];
        assert_eq!(counted(&shown, &needed), Counted { share: BasisPoints(6_655), magnet_mtpa: 599 });
        assert_eq!(counted(&shown[..2], &needed), Counted { share: BasisPoints(0), magnet_mtpa: 0 });
        assert_eq!(counted(&shown[..1], &needed[..1]), Counted { share: WHOLE, magnet_mtpa: 0 });
        // A milestone that is one tonne short never counts as the whole.
        let almost = counted(&[("oxide_to_metal", 999_999)], &[("oxide_to_metal", 1_000_000)]);
        assert_eq!(almost.share, BasisPoints(9_999));
    }

    #[test]
    fn a_part_counts_by_the_rule_alone() {
        let part = |share: i64| Counted { share: BasisPoints(share), magnet_mtpa: 0 };
        let rule = Some(PartialRule { least: BasisPoints(5_000) });
        let code =
            |share: i64, rule, before: i64| part(share).check_partial(rule, BasisPoints(before)).map_err(|r| r.code());
        let refused = Err("partial_not_counted");
        assert_eq!((code(5_000, rule, 0), code(4_999, rule, 0), code(5_000, None, 0)), (Ok(()), refused, refused));
        assert_eq!(
            (code(9_999, rule, 9_998), code(9_999, rule, 9_999), code(10_000, rule, 0)),
            (Ok(()), refused, refused)
        );
    }

    #[test]
    fn a_wrong_rule_of_a_part_is_named() {
        let with = |partial: &str, damages: &str| {
            let rule = "installed = { oxide_to_metal = 5000 }\n";
            let rate = "basis_points_per_day = 10\n";
            let text = TEXT.replacen(rule, &format!("{rule}{partial}\n"), 1);
            Scheme::parse(&text.replacen(rate, &format!("{rate}{damages}\n"), 1)).map_err(|error| error.to_string())
        };
        let scheme = with("partial = { least = 5000 }", "while_partial = \"missing_share\"").unwrap();
        assert_eq!(scheme.milestones[0].partial, Some(PartialRule { least: BasisPoints(5_000) }));
        for (partial, damages, key) in [
            ("partial = { least = 0 }", "while_partial = \"full\"", "milestones.0.partial.least"),
            ("partial = { least = 10000 }", "while_partial = \"full\"", "milestones.0.partial.least"),
            ("partial = { least = 5000 }", "", "liquidated_damages.while_partial"),
            ("", "while_partial = \"full\"", "liquidated_damages.while_partial"),
            ("partial = { most = 5000 }", "", "line"),
            ("partial = { least = 5000 }", "while_partial = \"half\"", "line"),
        ] {
            assert!(with(partial, damages).unwrap_err().contains(key), "{partial} {damages}");
        }
    }
}
