//! The names of people and companies that were read a moment ago (read-through cache). Nearly every answer names the
//! same few people; without it each write would be followed by a read of its own. A change of names in this process
//! empties it at once; another process may see an old name for two seconds.

use crate::db::engine::deadline::Stopwatch;
use crate::service::worklist::names::{Named, Names, Reader};
use domain::base::id::{OrganisationId, UserId};
use domain::people::office::NamedPerson;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a name is held.
const LONGEST: Duration = Duration::from_secs(2);
/// With more names than this the cache begins anew.
const MOST: usize = 10_000;

/// What is known since a moment, after a number of changes. An id of nobody is known too.
struct Known {
    since: Stopwatch,
    changes: u64,
    people: HashMap<UserId, Option<NamedPerson>>,
    companies: HashMap<OrganisationId, Option<String>>,
}

impl Known {
    fn after(changes: u64) -> Known {
        Known { since: Stopwatch::start(), changes, people: HashMap::new(), companies: HashMap::new() }
    }
}

/// The cache of one service.
pub struct NameCache {
    /// The number of changes of names that this process has committed.
    changes: AtomicU64,
    known: Mutex<Known>,
}

impl Default for NameCache {
    fn default() -> Self {
        NameCache { changes: AtomicU64::new(0), known: Mutex::new(Known::after(0)) }
    }
}

impl NameCache {
    /// Says that a change of a name was committed.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// The number of changes, to be read before names are read from the tables.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// What is known and neither old nor changed since.
    fn known(&self) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = self.changes();
        let many = known.people.len() + known.companies.len() > MOST;
        if many || known.changes != changes || known.since.elapsed() > LONGEST {
            *known = Known::after(changes);
        }
        known
    }

    /// The names for a reader, if all of them are known.
    pub fn get(&self, named: &Named, reader: UserId) -> Option<Names> {
        let known = self.known();
        let reader = known.people.get(&reader)?.as_ref()?;
        let reader = Reader::with(&reader.roles, reader.organisation_id);
        let (mut people, mut companies) = (BTreeMap::new(), BTreeMap::new());
        for id in &named.people {
            people.extend(known.people.get(id)?.clone().map(|person| (*id, person)));
        }
        for id in &named.companies {
            companies.extend(known.companies.get(id)?.clone().map(|name| (*id, name)));
        }
        Some(Names { people, companies, waiting: None, reader })
    }

    /// Adds what was read after a number of changes: the people and companies with these ids.
    pub fn put(&self, changes: u64, named: &Named, names: &Names) {
        let mut known = self.known();
        if known.changes == changes {
            known.people.extend(named.people.iter().map(|id| (*id, names.people.get(id).cloned())));
            known.companies.extend(named.companies.iter().map(|id| (*id, names.companies.get(id).cloned())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn named(reader: UserId, company: OrganisationId) -> Named {
        Named { people: vec![reader], companies: vec![company], record: None }
    }

    #[test]
    fn a_name_is_known_until_one_changes() {
        let (reader, company) = (UserId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
        let (cache, asked) = (NameCache::default(), named(reader, company));
        assert!(cache.get(&asked, reader).is_none());
        let roles = "verifier".parse().unwrap();
        let person = NamedPerson { name: Some("Sample".to_owned()), organisation_id: None, roles, before: Vec::new() };
        let read = Names {
            reader: Reader::with(&person.roles, None),
            people: BTreeMap::from([(reader, person)]),
            companies: BTreeMap::from([(company, "Sample Ltd".to_owned())]),
            waiting: None,
        };
        cache.put(cache.changes(), &asked, &read);
        assert_eq!(
            cache.get(&asked, reader).and_then(|names| names.company(company).map(str::to_owned)).as_deref(),
            Some("Sample Ltd")
        );
        let other = named(reader, OrganisationId(Uuid::from_u128(3)));
        assert!(cache.get(&other, reader).is_none(), "one name is not known");
        // What was read before a change is not taken afterwards.
        let before = cache.changes();
        cache.changed();
        assert!(cache.get(&asked, reader).is_none());
        cache.put(before, &asked, &read);
        assert!(cache.get(&asked, reader).is_none());
    }
}
