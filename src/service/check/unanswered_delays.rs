//! The control of delays: every day by which a milestone is late has its damages or its excuse. An answer to a part of
//! a delay leaves the rest open, so it is found as well.

use crate::db::award::awards;
use crate::db::engine::transaction::ReadTx;
use crate::db::milestone::milestones;
use crate::service::check::control_rules::Rules;
use crate::service::milestone::milestone_files::Delays;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::days::Days;
use domain::check::control::{COUNTEREXAMPLES_MOST, Counterexample};
use domain::milestone::milestone::Milestone;
use std::collections::{BTreeMap, BTreeSet};

/// The late milestones that have days which nobody answered. Where two people decided that nothing more is due under an
/// award, that answers all of them.
pub(super) fn ask(tx: &mut ReadTx<'_>, rules: &Rules<'_>) -> Result<Vec<Counterexample>, Error> {
    let late = milestones::late(tx, rules.today)?;
    let of: BTreeSet<String> = late.iter().map(|one| one.award_id.to_string()).collect();
    let of: Vec<String> = of.into_iter().collect();
    let (delays, closed) = (Delays::of_awards(tx, &of)?, awards::owing_nothing(tx)?);
    let awards: BTreeMap<String, Award> =
        awards::of_ids(tx, &of)?.into_iter().map(|award| (award.id.to_string(), award)).collect();
    let mut found = Vec::new();
    for milestone in late {
        let id = milestone.award_id.to_string();
        let Some(award) = awards.get(&id).filter(|_| !closed.contains(&id)) else { continue };
        let open = delays.unanswered(rules.schemes, award, &milestone, rules.today)?;
        if let (Some(first), Some(last)) = (open.first(), open.last()) {
            found.push(example(&milestone, award, &open, (first, last)));
        }
        if found.len() > COUNTEREXAMPLES_MOST {
            break;
        }
    }
    Ok(found)
}

fn example(milestone: &Milestone, award: &Award, open: &Days, (first, last): (NaiveDate, NaiveDate)) -> Counterexample {
    Counterexample {
        subject: format!("milestone:{}", milestone.id),
        found: format!(
            "{} of award {} was due on {}: neither damages nor an excuse for {} days from {first} to {last}",
            milestone.code,
            award.number,
            milestone.due_on,
            open.count()
        ),
    }
}
