//! The scheme versions stored in the database, parsed once and shared (a read-through cache keyed by their
//! digests), and the scheme files that a start offers to the database.

use crate::db::engine::transaction::ReadTx;
use crate::db::scheme::schemes as rows;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::field::FieldErrors;
use domain::base::field_reason::FieldReason;
use domain::revision::scheme_text;
use domain::scheme::bad_scheme::BadScheme;
use domain::scheme::governing::{ClaimGovernedBy, Superseded};
use domain::scheme::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The schemes that come with the program.
const BUILT_IN: &[(&str, &str)] = &[
    ("ndfeb-2025-proposal.toml", include_str!("../../../config/schemes/ndfeb-2025-proposal.toml")),
    ("ndfeb-2025-proposal-2.toml", include_str!("../../../config/schemes/ndfeb-2025-proposal-2.toml")),
    ("ndfeb-2025-proposal-3.toml", include_str!("../../../config/schemes/ndfeb-2025-proposal-3.toml")),
    ("ndfeb-2025-proposal-4.toml", include_str!("../../../config/schemes/ndfeb-2025-proposal-4.toml")),
    ("repm-2025-notified.toml", include_str!("../../../config/schemes/repm-2025-notified.toml")),
    ("repm-2025-notified-2.toml", include_str!("../../../config/schemes/repm-2025-notified-2.toml")),
    ("repm-2025-notified-3.toml", include_str!("../../../config/schemes/repm-2025-notified-3.toml")),
    ("repm-2025-notified-4.toml", include_str!("../../../config/schemes/repm-2025-notified-4.toml")),
];

/// A scheme version with the text it was read from.
pub struct LoadedScheme {
    pub scheme: Arc<Scheme>,
    pub document: String,
    pub digest: String,
}

/// All scheme versions in force.
#[derive(Default)]
pub struct Schemes(pub Vec<LoadedScheme>);

/// The scheme versions that a start offers to the database.
pub struct SchemeFiles {
    pub(in crate::service) versions: Schemes,
    /// Whether they came with the program, and not from a folder of the operator.
    pub(in crate::service) built_in: bool,
}

/// The texts that this process has parsed, by their digest (a read-through cache), and its largest size.
static PARSED: Mutex<BTreeMap<String, Arc<Scheme>>> = Mutex::new(BTreeMap::new());
const PARSED_MOST: usize = 64;

/// The scheme that a text describes. A process parses a text once, although a start reads the built-in
/// texts from the program and again from the database, and every check of the records reads them too.
pub(in crate::service) fn parsed(text: &str) -> Result<Arc<Scheme>, BadScheme> {
    let digest = Scheme::digest(text);
    let known = PARSED.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let scheme = Arc::new(scheme_text::read(text)?);
    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    if parsed.len() >= PARSED_MOST {
        parsed.clear();
    }
    parsed.insert(digest, Arc::clone(&scheme));
    Ok(scheme)
}

/// The cache of parsed versions. Each transaction reads the list of digests, so a version that another process
/// published is seen by the next transaction, and one that was rolled back is never seen.
#[derive(Default)]
pub struct SchemeShelf(RwLock<Arc<Schemes>>);

impl SchemeShelf {
    /// The versions that this transaction sees.
    pub fn current(&self, tx: &mut ReadTx<'_>) -> Result<Arc<Schemes>, Error> {
        let kept = rows::digests(tx)?;
        let known = Arc::clone(&*self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.0.iter().map(|loaded| &loaded.digest).eq(&kept) {
            return Ok(known);
        }
        let fresh = Arc::new(Schemes::stored(tx)?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }

    /// The versions that the last transaction of this process saw, without a statement; this transaction's own if
    /// there was none before. For what may be late by one transaction.
    pub fn known(&self, tx: &mut ReadTx<'_>) -> Result<Arc<Schemes>, Error> {
        let known = Arc::clone(&*self.0.read().unwrap_or_else(PoisonError::into_inner));
        if known.0.is_empty() { self.current(tx) } else { Ok(known) }
    }
}

impl Schemes {
    /// Reads the built-in schemes, or all `*.toml` of a folder, version by version. Errors name the file.
    pub fn read(folder: &Path) -> Result<SchemeFiles, Error> {
        let mut texts: Vec<(String, String)> = Vec::new();
        if folder.as_os_str().is_empty() {
            texts.extend(BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        } else {
            let cannot_read = |path: &Path, error| Error::Setup(format!("schemes.folder: {}: {error}", path.display()));
            for entry in std::fs::read_dir(folder).map_err(|error| cannot_read(folder, error))? {
                let path = entry?.path();
                if path.extension().is_some_and(|ending| ending == "toml") {
                    let text = std::fs::read_to_string(&path).map_err(|error| cannot_read(&path, error))?;
                    texts.push((path.display().to_string(), text));
                }
            }
        }
        if texts.is_empty() {
            return Err(Error::Setup(format!("schemes.folder: no scheme file in {}", folder.display())));
        }
        let parse = |(name, document): (String, String)| {
            let scheme = parsed(&document).map_err(|error| Error::Setup(format!("{name}: {error}")))?;
            let digest = Scheme::digest(&document);
            Ok(LoadedScheme { scheme, document, digest })
        };
        let mut versions = texts.into_iter().map(parse).collect::<Result<Vec<LoadedScheme>, Error>>()?;
        versions
            .sort_by(|one, two| (&one.scheme.code, one.scheme.version).cmp(&(&two.scheme.code, two.scheme.version)));
        Ok(SchemeFiles { versions: Schemes(versions), built_in: folder.as_os_str().is_empty() })
    }

    /// All versions stored in a database, parsed from their texts.
    pub fn stored(tx: &mut ReadTx<'_>) -> Result<Schemes, Error> {
        let parse = |(document, digest): (String, String)| {
            let scheme = parsed(&document).map_err(|error| Error::Internal(error.to_string()))?;
            Ok(LoadedScheme { scheme, document, digest })
        };
        Ok(Schemes(rows::documents(tx)?.into_iter().map(parse).collect::<Result<_, Error>>()?))
    }

    /// The day on which the first of all schemes came into force, and today where there is none. No bank paid or
    /// credited anything before.
    pub fn first_day(&self, today: NaiveDate) -> NaiveDate {
        self.0.iter().map(|loaded| loaded.scheme.effective_from).min().unwrap_or(today).min(today)
    }

    /// The newest version of a scheme.
    pub fn newest(&self, code: &str) -> Result<&Arc<Scheme>, Error> {
        let versions = self.0.iter().filter(|loaded| loaded.scheme.code == code);
        versions.map(|loaded| &loaded.scheme).max_by_key(|scheme| scheme.version).ok_or(Error::NotFound("scheme"))
    }

    /// The version before a number: the newest of those with a smaller one.
    pub fn before(&self, code: &str, version: i64) -> Option<&Arc<Scheme>> {
        let own = self.0.iter().map(|loaded| &loaded.scheme).filter(|scheme| scheme.code == code);
        own.filter(|scheme| scheme.version < version).max_by_key(|scheme| scheme.version)
    }

    /// The scheme that superseded one, with what its newest version says of it.
    pub fn superseding(&self, code: &str) -> Option<(&Arc<Scheme>, &Superseded)> {
        let all = self.0.iter().map(|loaded| &loaded.scheme);
        let says = all.filter_map(|scheme| Some((scheme, scheme.supersedes.iter().find(|one| one.code == code)?)));
        says.max_by_key(|(scheme, _)| scheme.version)
    }

    /// The newest version of a scheme that a form names: an unknown code is a fault of its field.
    pub fn newest_in_form(&self, code: &str) -> Result<&Arc<Scheme>, Error> {
        let unknown = |_| FieldErrors::one("/scheme_code", FieldReason::SchemeUnknown).into();
        self.newest(code).map_err(unknown)
    }

    /// The version in force on a day: the newest that is effective by then, or the first of all.
    pub fn in_force(&self, code: &str, on: NaiveDate) -> Result<&Arc<Scheme>, Error> {
        let versions = || self.0.iter().filter(|loaded| loaded.scheme.code == code).map(|loaded| &loaded.scheme);
        let effective = versions().filter(|scheme| scheme.effective_from <= on).max_by_key(|scheme| scheme.version);
        effective.or_else(|| versions().min_by_key(|scheme| scheme.version)).ok_or(Error::NotFound("scheme"))
    }

    /// The version that governs a claim under an award, by the rule of the award's own version.
    pub fn governing_claim(
        &self,
        award: &Award,
        period_to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<&Arc<Scheme>, Error> {
        let own = self.version(&award.scheme_code, award.scheme_version)?;
        match own.claim_governed_by() {
            ClaimGovernedBy::Award => Ok(own),
            ClaimGovernedBy::DateOfClaim => self.in_force(&award.scheme_code, today),
            ClaimGovernedBy::DateOfSale => self.in_force(&award.scheme_code, period_to.unwrap_or(today)),
        }
    }

    /// Code and version of those that award without an allocation.
    pub fn awarding_directly(&self) -> Vec<(&str, i64)> {
        let direct = self.0.iter().map(|loaded| &loaded.scheme).filter(|scheme| scheme.allocation.is_none());
        direct.map(|scheme| (scheme.code.as_str(), scheme.version)).collect()
    }

    /// Code and name of each scheme whose version in force on a day ranks bids.
    pub fn that_rank_bids(&self, on: NaiveDate) -> Vec<(String, String)> {
        let codes: BTreeSet<&str> = self.0.iter().map(|loaded| loaded.scheme.code.as_str()).collect();
        let in_force = codes.into_iter().filter_map(|code| self.in_force(code, on).ok());
        let ranking = in_force.filter(|scheme| scheme.allocation.is_some());
        ranking.map(|scheme| (scheme.code.clone(), scheme.name.clone())).collect()
    }

    /// One version of a scheme.
    pub fn version(&self, code: &str, version: i64) -> Result<&Arc<Scheme>, Error> {
        let found = self.0.iter().find(|loaded| loaded.scheme.code == code && loaded.scheme.version == version);
        found.map(|loaded| &loaded.scheme).ok_or(Error::NotFound("scheme"))
    }
}
