//! Chooses the statements that stay prepared on their connections. Preparing a statement costs more than many
//! statements take to run, but users can ask an unlimited number of them, and a connection never drops a
//! prepared one. So only the first few forms (statement texts) that recur stay prepared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// A form stays prepared once it was used this often …
const OFTEN: u32 = 3;
/// … until this many forms do.
const KEPT_MOST: usize = 64;
/// How many forms are counted at a time.
const COUNTED_MOST: usize = 1_024;

static FORMS: Mutex<Forms> = Mutex::new(Forms { kept: BTreeSet::new(), counted: BTreeMap::new() });

/// The hashes of the texts of statements. If two texts have the same hash, one more statement stays prepared.
struct Forms {
    kept: BTreeSet<u64>,
    counted: BTreeMap<u64, u32>,
}

impl Forms {
    fn asked(&mut self, form: u64) -> bool {
        if self.kept.contains(&form) || self.kept.len() >= KEPT_MOST {
            return self.kept.contains(&form);
        }
        if self.counted.len() >= COUNTED_MOST {
            self.counted.clear();
        }
        let times = self.counted.entry(form).or_default();
        *times += 1;
        let often = *times >= OFTEN;
        if often {
            self.counted.remove(&form);
            self.kept.insert(form);
        }
        often
    }
}

/// Counts a use of a form. Returns whether its statement stays prepared.
pub(in crate::db) fn is_kept(form: u64) -> bool {
    FORMS.lock().unwrap_or_else(PoisonError::into_inner).asked(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_again_and_again_is_kept_and_never_more_than_a_few() {
        let mut forms = Forms { kept: BTreeSet::new(), counted: BTreeMap::new() };
        assert_eq!([7, 7, 7, 7].map(|form| forms.asked(form)), [false, false, true, true]);
        for once in 1_000..1_000 + 3 * COUNTED_MOST as u64 {
            assert!(!forms.asked(once));
            assert!(forms.counted.len() <= COUNTED_MOST);
        }
        let often = (0..2 * KEPT_MOST as u64).filter(|form| (0..5).map(|_| forms.asked(*form)).last() == Some(true));
        assert_eq!(often.count(), KEPT_MOST);
        assert!(forms.asked(7) && forms.kept.len() == KEPT_MOST);
    }
}
