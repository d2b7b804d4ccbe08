//! Schemes: read from files at start, checked, loaded once, and never edited afterwards.

use crate::db::schemes as rows;
use crate::db::transaction::ReadTx;
use crate::db::{applications, audit_log};
use crate::domain::award::Award;
use crate::domain::governing::ClaimGovernedBy;
use crate::domain::permission::Permission;
use crate::domain::posting;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::Scheme;
use crate::domain::scheme_draft::check_next;
use crate::service::Service;
use crate::service::error::Error;
use crate::service::runner::{Call, Caller, Command, Done, Work};
use chrono::NaiveDate;
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// The schemes that come with the program.
const BUILT_IN: &[(&str, &str)] = &[
    ("ndfeb-2025-proposal.toml", include_str!("../../config/schemes/ndfeb-2025-proposal.toml")),
    ("ndfeb-2025-proposal-2.toml", include_str!("../../config/schemes/ndfeb-2025-proposal-2.toml")),
    ("ndfeb-2025-proposal-3.toml", include_str!("../../config/schemes/ndfeb-2025-proposal-3.toml")),
    ("ndfeb-2025-proposal-4.toml", include_str!("../../config/schemes/ndfeb-2025-proposal-4.toml")),
    ("repm-2025-notified.toml", include_str!("../../config/schemes/repm-2025-notified.toml")),
    ("repm-2025-notified-2.toml", include_str!("../../config/schemes/repm-2025-notified-2.toml")),
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

/// The versions that a start offers to the database.
pub struct SchemeFiles {
    versions: Schemes,
    /// They came with the program and not from a folder that somebody keeps.
    built_in: bool,
}

/// The versions that the database keeps, read once. Each transaction asks which digests there are:
/// what another process published is known in the next transaction, and what was undone never was.
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
}

impl Schemes {
    /// Reads the built-in schemes, or all `*.toml` of a folder, version by version. Errors name the file.
    pub fn read(folder: &Path) -> Result<SchemeFiles, Error> {
        let mut texts: Vec<(String, String)> = Vec::new();
        if folder.as_os_str().is_empty() {
            texts.extend(BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        } else {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.extension().is_some_and(|ending| ending == "toml") {
                    texts.push((path.display().to_string(), std::fs::read_to_string(&path)?));
                }
            }
        }
        if texts.is_empty() {
            return Err(Error::Internal(format!("no scheme file in {}", folder.display())));
        }
        let parse = |(name, document): (String, String)| {
            let scheme = Scheme::parse(&document).map_err(|error| Error::Internal(format!("{name}: {error}")))?;
            let digest = Scheme::digest(&document);
            Ok(LoadedScheme { scheme: Arc::new(scheme), document, digest })
        };
        let mut versions = texts.into_iter().map(parse).collect::<Result<Vec<LoadedScheme>, Error>>()?;
        versions
            .sort_by(|one, two| (&one.scheme.code, one.scheme.version).cmp(&(&two.scheme.code, two.scheme.version)));
        Ok(SchemeFiles { versions: Schemes(versions), built_in: folder.as_os_str().is_empty() })
    }

    /// All versions that a database keeps, read from the texts they were loaded from.
    pub fn stored(tx: &mut ReadTx<'_>) -> Result<Schemes, Error> {
        let parse = |(document, digest): (String, String)| {
            let scheme = Scheme::parse(&document).map_err(|error| Error::Internal(error.to_string()))?;
            Ok(LoadedScheme { scheme: Arc::new(scheme), document, digest })
        };
        Ok(Schemes(rows::documents(tx)?.into_iter().map(parse).collect::<Result<_, Error>>()?))
    }

    /// The newest version of a scheme.
    pub fn newest(&self, code: &str) -> Result<&Arc<Scheme>, Error> {
        let versions = self.0.iter().filter(|loaded| loaded.scheme.code == code);
        versions.map(|loaded| &loaded.scheme).max_by_key(|scheme| scheme.version).ok_or(Error::NotFound("scheme"))
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

    /// One version of a scheme.
    pub fn version(&self, code: &str, version: i64) -> Result<&Arc<Scheme>, Error> {
        let found = self.0.iter().find(|loaded| loaded.scheme.code == code && loaded.scheme.version == version);
        found.map(|loaded| &loaded.scheme).ok_or(Error::NotFound("scheme"))
    }
}

/// Refuses a version that would change the past, or one that could not begin before this day.
pub(in crate::service) fn check_follows(
    schemes: &Schemes,
    scheme: &Scheme,
    first_day: NaiveDate,
) -> Result<(), Refusal> {
    let newest = schemes.newest(&scheme.code).ok();
    let prefixes: Vec<&str> = schemes.0.iter().map(|loaded| loaded.scheme.number_prefix.as_str()).collect();
    check_next(scheme, newest.map(Arc::as_ref), &prefixes, first_day)
}

/// Refuses a file that would change the past: under a scheme that is in use, the days until the
/// latest act.
fn check_loads(tx: &mut ReadTx<'_>, schemes: &Schemes, scheme: &Scheme) -> Result<(), Error> {
    let in_use = applications::any_under(tx, &scheme.code)?;
    let latest = if in_use { audit_log::latest_act_at(tx)?.map(|at| at.date_in_india()) } else { None };
    Ok(check_follows(schemes, scheme, latest.unwrap_or(scheme.effective_from))?)
}

/// A scheme comes into force: its text is kept and its outlay authorised.
pub struct LoadScheme {
    pub scheme: Arc<Scheme>,
    pub document: String,
    pub digest: String,
}

impl Command for LoadScheme {
    const NAME: &'static str = "load_scheme";
    const PERMISSION: Permission = Permission::LoadScheme;
    const REFUSALS: &'static [&'static str] = &["version_not_allowed"];
    type Answer = ();

    fn subject(&self) -> String {
        format!("scheme:{}", self.scheme.code)
    }

    fn run(self, work: &mut Work<'_, '_>) -> Result<Done<()>, Error> {
        check_loads(work.tx, work.schemes, &self.scheme)?;
        rows::insert(work.tx, &self.scheme, &self.digest, &self.document, work.now, None)?;
        let parts: Vec<_> =
            self.scheme.components.iter().map(|part| (part.code, self.scheme.component_outlay(part.code))).collect();
        if self.scheme.version == 1 {
            work.post(&posting::authorise_outlay(&self.scheme.code, &self.scheme.reference, &parts))?;
        }
        let details = json!({
            "version": self.scheme.version, "reference": self.scheme.reference, "digest": self.digest,
            "outlay_paise": self.scheme.outlay.paise(),
        });
        Ok(Done { answer: (), subject: self.subject(), details })
    }
}

impl Service {
    /// Loads every version that is new. One that was loaded with another text stops the start, and so
    /// does one of a folder that would change the past or has the number of one that was published
    /// here. Those that came with the program are an offer: such a one is left out, and the log says so.
    pub async fn load_schemes(self: &Arc<Self>, files: SchemeFiles) -> Result<(), Error> {
        for loaded in files.versions.0 {
            let (code, version) = (loaded.scheme.code.clone(), loaded.scheme.version);
            let all = self.read_openly(move |tx| Ok(rows::kept(tx, Some(&code))?)).await?;
            match all.into_iter().find(|kept| kept.version == version) {
                Some(kept) if kept.digest == loaded.digest => {}
                Some(kept) if files.built_in && kept.draft_id.is_some() => {
                    let code = kept.code;
                    tracing::warn!(
                        code,
                        version,
                        "a scheme that came with the program is not loaded: its number was published here"
                    );
                }
                Some(_) => {
                    return Err(Error::Internal(format!(
                        "scheme {} version {} was loaded from another text; a loaded version is never edited, write the next one",
                        loaded.scheme.code, loaded.scheme.version
                    )));
                }
                None => {
                    if !self.may_load(&loaded.scheme, files.built_in).await? {
                        continue;
                    }
                    let command =
                        LoadScheme { scheme: loaded.scheme, document: loaded.document, digest: loaded.digest };
                    self.execute(Call { caller: Caller::Operator, key: None }, command, |()| String::new()).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether a new version leaves the past as it was. Asked before, so that a start which loads
    /// nothing writes nothing.
    async fn may_load(self: &Arc<Self>, scheme: &Arc<Scheme>, built_in: bool) -> Result<bool, Error> {
        let (service, asked) = (Arc::clone(self), Arc::clone(scheme));
        let found = self.read_openly(move |tx| {
            let schemes = service.schemes.current(tx)?;
            check_loads(tx, &schemes, &asked)
        });
        let (code, version) = (&scheme.code, scheme.version);
        match found.await {
            Ok(()) => Ok(true),
            Err(Error::Refused(refusal)) if built_in => {
                tracing::warn!(code, version, %refusal, "a scheme that came with the program is not loaded");
                Ok(false)
            }
            Err(Error::Refused(refusal)) => Err(Error::Internal(format!("scheme {code} version {version}: {refusal}"))),
            Err(error) => Err(error),
        }
    }

    /// The schemes in force, in the order of their codes and versions.
    pub async fn schemes(self: &Arc<Self>) -> Result<Vec<Arc<Scheme>>, Error> {
        let service = Arc::clone(self);
        let all = self.read_openly(move |tx| service.schemes.current(tx)).await?;
        Ok(all.0.iter().map(|loaded| Arc::clone(&loaded.scheme)).collect())
    }

    /// The version of one scheme that is in force today.
    pub async fn scheme(self: &Arc<Self>, code: String) -> Result<Arc<Scheme>, Error> {
        let service = Arc::clone(self);
        let today = self.clock.now().date_in_india();
        self.read_openly(move |tx| service.schemes.current(tx)?.in_force(&code, today).cloned()).await
    }
}
