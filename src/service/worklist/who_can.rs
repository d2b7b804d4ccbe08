//! Who can take a step that the reader of a record cannot, because of an earlier step on the same money. A page that
//! reads with whom its record lies reads this with it, in one statement more.

use crate::db::engine::transaction::ReadTx;
use crate::db::people::users;
use crate::db::worklist::matters::FoundMatter;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use crate::service::worklist::matters::permission;
use crate::service::worklist::worklist::Candidate;
use chrono::NaiveDate;
use domain::base::refusal::Refusal;
use domain::people::user::{Actor, User};
use domain::worklist::matter::{Matter, MatterKind};
use domain::worklist::rule::Rule;
use domain::worklist::waiting::{Waiting, earlier_step};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who can take each act for which a record can wait; nothing where the reader is stopped by no earlier step.
pub type WhoCan = BTreeMap<&'static str, Vec<Candidate>>;

/// The reader, where an earlier step of theirs refuses one of these acts: then it is found out who can take it.
pub(in crate::service) fn stopped<'a, 'r>(
    actor: &'a Actor,
    refusals: impl IntoIterator<Item = &'r Option<Refusal>>,
) -> Option<&'a Actor> {
    let by_step = |refusal: &Option<Refusal>| matches!(refusal, Some(Refusal::SamePerson { .. }));
    refusals.into_iter().any(by_step).then_some(actor)
}

impl Service {
    /// Who can take an act on a record that waits for somebody; `None` if it waits for nobody, or the act ends no wait.
    pub async fn who_can(
        self: &Arc<Self>,
        caller: Caller,
        (kind, id): (MatterKind, String),
        act: &'static str,
    ) -> Result<Option<Vec<Candidate>>, Error> {
        let (service, today) = (Arc::clone(self), self.clock.now().date_in_india());
        self.read(caller, permission(kind), move |tx, actor| {
            for FoundMatter { matter, .. } in service.matters_of(tx, &[kind], &[id], today)? {
                let seen = actor.narrowed_to().is_none_or(|own| matter.organisation_id == Some(own.to_string()));
                if let Some(rule) = service.rule_of(&matter, act, today)?.filter(|_| seen) {
                    let people = users::enabled(tx, actor.organisation_id)?;
                    return Ok(Some(candidates(&people, &matter, &rule, actor)));
                }
            }
            Ok(None)
        })
        .await
    }

    /// With whom a record lies, and who can take its acts where a reader is stopped.
    pub(in crate::service) fn turn_of(
        &self,
        tx: &mut ReadTx<'_>,
        stopped: Option<&Actor>,
        kinds: &[MatterKind],
        id: &str,
        today: NaiveDate,
    ) -> Result<(Vec<Waiting>, WhoCan), Error> {
        let (waiting, who_can) = self.turn_of_all(tx, stopped, kinds, &[id.to_owned()], today)?;
        Ok((waiting.into_iter().map(|(_, waiting)| waiting).collect(), who_can))
    }

    /// The same for a record and those on which it waits, each entry with the id of its record.
    pub(in crate::service) fn turn_of_all(
        &self,
        tx: &mut ReadTx<'_>,
        stopped: Option<&Actor>,
        kinds: &[MatterKind],
        records: &[String],
        today: NaiveDate,
    ) -> Result<(Vec<(String, Waiting)>, WhoCan), Error> {
        let found = self.matters_of(tx, kinds, records, today)?;
        let who_can = stopped.map(|actor| self.who_can_in(tx, actor, &found, today)).transpose()?;
        Ok((self.waiting_in(tx, &found, today)?, who_can.unwrap_or_default()))
    }

    /// Who can take each act on matters that were found.
    fn who_can_in(
        &self,
        tx: &mut ReadTx<'_>,
        actor: &Actor,
        found: &[FoundMatter],
        today: NaiveDate,
    ) -> Result<WhoCan, Error> {
        let people = users::enabled(tx, actor.organisation_id)?;
        let mut who_can = WhoCan::new();
        for FoundMatter { matter, .. } in found {
            for act in acts_of(matter.kind) {
                if let Some(rule) = self.rule_of(matter, act, today)? {
                    who_can.entry(act).or_insert_with(|| candidates(&people, matter, &rule, actor));
                }
            }
        }
        Ok(who_can)
    }
}

/// Every act for which a matter of a kind can wait.
fn acts_of(kind: MatterKind) -> Vec<&'static str> {
    let of_state = |state| kind.waits(state, false).map(|waits| waits.rules().to_vec()).unwrap_or_default();
    kind.states().into_iter().flat_map(of_state).map(|rule| rule.act).collect()
}

impl Service {
    /// The rule of an act on a matter: that of its state, or else that of any state, where an act can come before its
    /// time.
    fn rule_of(&self, matter: &Matter, act: &str, today: NaiveDate) -> Result<Option<Rule>, Error> {
        let of_act = |rules: Vec<Rule>| rules.into_iter().find(|rule| rule.act == act);
        if let Some(rule) = of_act(self.rules_of(matter, today)?) {
            return Ok(Some(rule));
        }
        let of_state = |state| of_act(matter.kind.waits(state, false).ok()?.rules().to_vec());
        Ok(matter.kind.states().into_iter().find_map(of_state))
    }
}

/// Those of these people who can take an act on a matter: they hold its office, and took no other step on the same
/// money.
pub(super) fn candidates(people: &[User], matter: &Matter, rule: &Rule, actor: &Actor) -> Vec<Candidate> {
    let can = |person: &User| {
        let office = rule.offices().iter().find(|role| person.roles.has(**role))?;
        let named = !actor.roles.is_manufacturer() || person.organisation_id == actor.organisation_id;
        let free = earlier_step(matter, rule, person.id).is_none();
        free.then(|| Candidate { person: named.then(|| person.clone()), office: *office })
    };
    people.iter().filter_map(can).collect()
}
