//! Schemes: read from files at the start, checked, loaded once, and never edited afterwards.

use crate::db::award::applications;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::scheme::schemes as rows;
use crate::service::Service;
use crate::service::running::error::Error;
use crate::service::running::runner::{Call, Caller, Command, Done, Work};
use crate::service::running::scheme_shelf::{SchemeFiles, Schemes};
use chrono::NaiveDate;
use domain::base::permission::Permission;
use domain::base::refusal::Refusal;
use domain::budget::posting;
use domain::revision::scheme_draft::check_next;
use domain::revision::scheme_text::check_new;
use domain::scheme::scheme::Scheme;
use serde_json::json;
use std::sync::Arc;

/// Refuses a version that would change the past, or one that could not take effect before this day.
pub(in crate::service) fn check_follows(
    schemes: &Schemes,
    scheme: &Scheme,
    first_day: NaiveDate,
) -> Result<(), Refusal> {
    let newest = schemes.newest(&scheme.code).ok();
    let prefixes: Vec<&str> = schemes.0.iter().map(|loaded| loaded.scheme.number_prefix.as_str()).collect();
    check_next(scheme, newest.map(Arc::as_ref), &prefixes, first_day)
}

/// Refuses a file that would change the past: for a scheme in use, the days up to the latest act.
fn check_loads(tx: &mut ReadTx<'_>, schemes: &Schemes, scheme: &Scheme) -> Result<(), Error> {
    let in_use = applications::any_under(tx, &scheme.code)?;
    let latest = if in_use { audit_log::latest_act_at(tx)?.map(|at| at.date_in_india()) } else { None };
    Ok(check_follows(schemes, scheme, latest.unwrap_or(scheme.effective_from))?)
}

/// Loads a scheme version: stores its text and authorises its outlay.
pub struct LoadScheme {
    pub scheme: Arc<Scheme>,
    pub document: String,
    pub digest: String,
}

impl Command for LoadScheme {
    const NAME: &'static str = "load_scheme";
    const PERMISSION: Permission = Permission::LoadScheme;
    const REFUSALS: &'static [&'static str] = &["version_not_allowed"];
    const MOVES_MONEY: bool = true;
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
    /// Loads every version that is new. The start fails if a version was loaded before with another text, or if
    /// a version of a folder would change the past or has the number of one that was published here. Versions
    /// that came with the program are only offered: such a one is left out, with a line in the program's log.
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
                    return Err(Error::Setup(format!(
                        "scheme {} version {} was loaded from another text; a loaded version is never edited, write the next one",
                        loaded.scheme.code, loaded.scheme.version
                    )));
                }
                None => {
                    if !self.may_load(&loaded.scheme, files.built_in).await? {
                        continue;
                    }
                    check_new(&loaded.scheme, &loaded.document).map_err(|error| {
                        Error::Setup(format!(
                            "scheme {} version {}: {error}",
                            loaded.scheme.code, loaded.scheme.version
                        ))
                    })?;
                    let command =
                        LoadScheme { scheme: loaded.scheme, document: loaded.document, digest: loaded.digest };
                    self.execute(Call::unkeyed(Caller::Operator), command, |()| String::new()).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether a new version leaves the past unchanged. Checked in a read, so that a start that loads nothing
    /// writes nothing.
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
            Err(Error::Refused(refusal)) => Err(Error::Setup(format!("scheme {code} version {version}: {refusal}"))),
            Err(error) => Err(error),
        }
    }

    /// The schemes in force, ordered by code and version.
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
