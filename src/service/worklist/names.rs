//! The names that belong to an answer: of people, of companies, and of whoever a record lies with.

use crate::db::engine::transaction::ReadTx;
use crate::db::worklist::names;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::past::Moment;
use crate::service::running::runner::Caller;
use domain::base::calendar::Timestamp;
use domain::base::id::{OrganisationId, UserId};
use domain::base::permission::{Permission, Roles, Step};
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

/// Who reads an answer.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    is_manufacturer: bool,
    organisation_id: Option<OrganisationId>,
}

impl Reader {
    pub fn with(roles: &Roles, organisation_id: Option<OrganisationId>) -> Reader {
        Reader { is_manufacturer: roles.is_manufacturer(), organisation_id }
    }
}

/// What the reader of an answer may know of them.
pub struct Names {
    pub(super) people: BTreeMap<UserId, NamedPerson>,
    pub(super) companies: BTreeMap<OrganisationId, String>,
    pub waiting: Option<Vec<Waiting>>,
    pub(super) reader: Reader,
}

impl Names {
    /// The people with these ids, for a reader, in one statement.
    pub(in crate::service) fn of_people(tx: &mut ReadTx<'_>, reader: &Actor, ids: &[UserId]) -> Result<Names, Error> {
        let reader = Reader::with(&reader.roles, reader.organisation_id);
        Ok(Names { people: names::people(tx, ids)?, companies: BTreeMap::new(), waiting: None, reader })
    }

    /// A person as the reader sees them: a manufacturer sees the names of its own people, and of others the office
    /// only. `None` if the id is nobody's.
    pub fn person(&self, id: UserId, at: Option<Timestamp>, step: Option<Step>) -> Option<PersonThere> {
        let person = self.people.get(&id)?;
        let own = person.organisation_id.is_some() && person.organisation_id == self.reader.organisation_id;
        Some(person.seen(at, step, !self.reader.is_manufacturer || own))
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
    /// All names of an answer: those that are known from a moment ago, or else read at once: one statement for the
    /// people, one for the companies, and one for the wait of the record.
    pub async fn names(self: &Arc<Self>, caller: Caller, named: Named) -> Result<Names, Error> {
        let known = self.of_today(caller, &named).and_then(|reader| self.names_known.get(&named, reader));
        match known {
            Some(names) => Ok(names),
            None => self.read_names(caller, named).await,
        }
    }

    /// The person who reads an answer that names people as they are now, and is no record that waits.
    fn of_today(&self, caller: Caller, named: &Named) -> Option<UserId> {
        match caller {
            Caller::Person { user_id, .. } if named.record.is_none() && Moment::asked().is_none() => Some(user_id),
            _ => None,
        }
    }

    async fn read_names(self: &Arc<Self>, caller: Caller, mut named: Named) -> Result<Names, Error> {
        let (service, changes, today) = (Arc::clone(self), self.names_known.changes(), Moment::asked().is_none());
        let work = move |tx: &mut ReadTx<'_>, actor: &Actor| {
            let day = service.clock.now().date_in_india();
            let waiting = match &named.record {
                Some((kinds, id)) => Some(service.waiting_of(tx, kinds, id, day)?),
                None => None,
            };
            // Whoever reads will read again, and is not named for that.
            let is_named = named.people.contains(&actor.user_id);
            named.people.push(actor.user_id);
            let mut names = Names {
                people: names::people(tx, &named.people)?,
                companies: names::companies(tx, &named.companies)?,
                waiting,
                reader: Reader::with(&actor.roles, actor.organisation_id),
            };
            if today {
                service.names_known.put(changes, &named, &names);
            }
            if !is_named {
                names.people.remove(&actor.user_id);
            }
            Ok(names)
        };
        self.read(caller, Permission::KeepSession, work).await
    }
}
