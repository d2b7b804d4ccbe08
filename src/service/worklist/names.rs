//! The names that belong to an answer: of people, of companies, and of whoever a record lies with.

use crate::db::engine::transaction::ReadTx;
use crate::db::worklist::names;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::Caller;
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::{Permission, Step};
use domain::people::office::{NamedPerson, PersonThere};
use domain::people::user::Actor;
use domain::worklist::matter::MatterKind;
use domain::worklist::waiting::Waiting;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The ids that an answer names.
#[derive(Clone, Debug, Default)]
pub struct Named {
    pub people: Vec<UserId>,
    pub companies: Vec<OrganisationId>,
    /// The record that the answer is, with the kinds of matters that it can be.
    pub record: Option<(Vec<MatterKind>, String)>,
}

/// What the reader of an answer may know of them.
pub struct Names {
    people: BTreeMap<UserId, NamedPerson>,
    companies: BTreeMap<OrganisationId, String>,
    pub waiting: Option<Vec<Waiting>>,
    reader: Actor,
}

impl Names {
    /// The people with these ids, for a reader, in one statement.
    pub(in crate::service) fn of_people(tx: &mut ReadTx<'_>, reader: &Actor, ids: &[UserId]) -> Result<Names, Error> {
        let people = names::people(tx, ids)?;
        Ok(Names { people, companies: BTreeMap::new(), waiting: None, reader: reader.clone() })
    }

    /// A person as the reader sees them: a manufacturer sees the names of its own people, and of others the office
    /// only. `None` if the id is nobody's.
    pub fn person(&self, id: UserId, at: Option<Timestamp>, step: Option<Step>) -> Option<PersonThere> {
        let person = self.people.get(&id)?;
        let own = person.organisation_id.is_some() && person.organisation_id == self.reader.organisation_id;
        Some(person.seen(at, step, !self.reader.roles.is_manufacturer() || own))
    }

    /// The ids of all people in the answer.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        self.people.keys().copied()
    }

    pub fn company(&self, id: OrganisationId) -> Option<&str> {
        self.companies.get(&id).map(String::as_str)
    }
}

impl Service {
    /// Reads all names of an answer at once: one statement for the people, one for the companies, and one for the
    /// wait of the record.
    pub async fn names(self: &Arc<Self>, caller: Caller, named: Named) -> Result<Names, Error> {
        let service = Arc::clone(self);
        let work = move |tx: &mut ReadTx<'_>, actor: &Actor| {
            let today = service.clock.now().date_in_india();
            let waiting = match &named.record {
                Some((kinds, id)) => Some(service.waiting_of(tx, kinds, id, today)?),
                None => None,
            };
            Ok(Names {
                people: names::people(tx, &named.people)?,
                companies: names::companies(tx, &named.companies)?,
                waiting,
                reader: actor.clone(),
            })
        };
        self.read(caller, Permission::KeepSession, work).await
    }
}
