//! The public data: the tables that `domain/public/public_data.rs` lists, read from one consistent view. Tables that
//! may be very long are passed on row by row.

use crate::db::award::awards;
use crate::db::budget::accounts;
use crate::db::desk::selection_sources::OnDay;
use crate::db::desk::selections;
use crate::db::engine::transaction::ReadTx;
use crate::db::log::audit_log;
use crate::db::milestone::milestones;
use crate::db::people::organisations;
use crate::db::scheme::schemes;
use crate::service::Service;
use crate::service::running::error::{Error, OrNotFound};
use crate::service::running::scheme_shelf::Schemes;
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::Timestamp;
use domain::base::id::OrganisationId;
use domain::base::money::Paise;
use domain::budget::budget::provided_to;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::{Selection, Subject};
use domain::milestone::milestone::Milestone;
use domain::public::public_data::PublicTotals;
use domain::public::public_figures::PublicScheme;
use domain::scheme::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Valid sanctions: one that was rejected, withdrawn or lapsed is not an obligation any more.
pub(in crate::service::public) const STANDING: [(&str, &str); 3] =
    [("status", "sanctioned"), ("status", "advised"), ("status", "disbursed")];
/// Payments that reached the beneficiary and were not returned by the bank.
pub(in crate::service::public) const STAYED: [(&str, &str); 1] = [("status", "succeeded")];

/// A company that holds an award.
#[derive(Clone, Debug)]
pub struct PublicBeneficiary {
    pub cin: String,
    pub name: String,
}

/// An award with the records that belong to it.
pub struct PublicAward {
    pub award: Award,
    /// When two people ended it.
    pub ended_at: Option<Timestamp>,
    pub beneficiary: PublicBeneficiary,
    /// The version of the scheme under which it was awarded.
    pub scheme: Arc<Scheme>,
    pub milestones: Vec<Milestone>,
    /// For each claim on a milestone, the place of that milestone in the schedule.
    claims: BTreeMap<String, usize>,
}

impl PublicAward {
    /// The day on which two people ended it.
    pub fn ended_on(&self) -> Option<NaiveDate> {
        self.ended_at.map(|at| at.date_in_india())
    }

    /// The most that it may receive.
    pub fn ceiling(&self) -> Result<Paise, Error> {
        self.award.ceilings.total().ok_or_else(|| Error::Internal(format!("the ceilings of {}", self.award.number)))
    }
}

/// A sanction order in force.
pub struct PublicSanction<'r> {
    pub number: &'r str,
    pub component: &'r str,
    pub performance_year: &'r str,
    pub sanctioned_on: &'r str,
    pub amount: Paise,
}

/// Money paid to a beneficiary.
pub struct PublicDisbursement<'r> {
    pub number: &'r str,
    pub component: &'r str,
    pub milestone: Option<&'r Milestone>,
    pub performance_year: &'r str,
    pub payment_year: &'r str,
    pub paid_on: &'r str,
    pub recorded_at: &'r str,
    pub amount: Paise,
}

/// The cells of a row by the names of their fields.
pub(in crate::service::public) struct Named<'r>(pub Subject, pub &'r SelectedRow);

impl<'r> Named<'r> {
    fn cell(&self, name: &str) -> Cell<'r> {
        let place = self.0.fields().iter().position(|field| field.name == name);
        place.map_or(Cell::Missing, |place| self.1.cell(place))
    }

    pub fn text(&self, name: &str) -> Result<&'r str, Error> {
        match self.cell(name) {
            Cell::Text(text) => Ok(text),
            _ => Err(Error::Internal(format!("a record without {name}"))),
        }
    }

    pub fn paise(&self, name: &str) -> Result<Paise, Error> {
        match self.cell(name) {
            Cell::Number(paise) => Ok(Paise(paise)),
            _ => Err(Error::Internal(format!("a record without {name}"))),
        }
    }
}

/// The public data as it is at one moment.
pub struct PublicView<'v, 'c> {
    pub(in crate::service::public) tx: &'v mut ReadTx<'c>,
    pub(in crate::service::public) service: &'v Service,
    pub(in crate::service::public) schemes: Arc<Schemes>,
}

impl PublicView<'_, '_> {
    /// The number of entries in the audit log: while it is the same, nothing here changes.
    pub fn log_length(&mut self) -> Result<i64, Error> {
        Ok(audit_log::head(self.tx)?.0)
    }

    /// When the newest scheme was loaded or published.
    pub fn schemes_at(&mut self) -> Result<Timestamp, Error> {
        let loaded = schemes::kept(self.tx, None)?.into_iter().map(|version| version.loaded_at).max();
        loaded.or_not_found("scheme")
    }

    /// The newest version of each scheme.
    pub fn schemes(&self) -> Result<Vec<Arc<Scheme>>, Error> {
        let codes: BTreeSet<&str> = self.schemes.0.iter().map(|loaded| loaded.scheme.code.as_str()).collect();
        codes.into_iter().map(|code| self.schemes.newest(code).cloned()).collect()
    }

    /// All awards, the first one first.
    pub fn awards(&mut self) -> Result<Vec<PublicAward>, Error> {
        let all: BTreeMap<OrganisationId, PublicBeneficiary> = organisations::list(self.tx, None)?
            .into_iter()
            .map(|one| (one.id, PublicBeneficiary { cin: one.cin, name: one.name }))
            .collect();
        let awards = self.awards_now()?;
        awards.into_iter().map(|award| self.award(award, &all)).collect()
    }

    /// All awards, each with the most that it may receive, and when it was ended: one that was ended may receive what
    /// it drew, and nothing that it had not used.
    pub(in crate::service::public) fn awards_now(&mut self) -> Result<Vec<(Award, Option<Timestamp>)>, Error> {
        let (mut all, ends) = (awards::list(self.tx, None)?, awards::ends(self.tx)?);
        let balances = if ends.is_empty() { Vec::new() } else { accounts::balances(self.tx)? };
        let ended = |award: &Award| ends.get(&award.id.to_string()).copied();
        for award in all.iter_mut().filter(|award| ended(award).is_some()) {
            for ceiling in &mut award.ceilings.0 {
                ceiling.amount_paise = provided_to(&balances, &award.number, ceiling.component);
            }
        }
        Ok(all.into_iter().map(|award| (ended(&award), award)).map(|(ended, award)| (award, ended)).collect())
    }

    fn award(
        &mut self,
        (award, ended_at): (Award, Option<Timestamp>),
        all: &BTreeMap<OrganisationId, PublicBeneficiary>,
    ) -> Result<PublicAward, Error> {
        let milestones = milestones::list(self.tx, Some(award.id), None)?;
        let mut claims = BTreeMap::new();
        let id = award.id.to_string();
        self.each(Subject::Claims, &[("award_id", &id), ("milestone_id_given", "true"), ("sort", "id")], |claim| {
            let milestone = claim.text("milestone_id")?;
            let place = milestones.iter().position(|one| one.id.to_string() == milestone);
            if let Some(place) = place {
                claims.insert(claim.text("id")?.to_owned(), place);
            }
            Ok(())
        })?;
        Ok(PublicAward {
            beneficiary: all.get(&award.organisation_id).cloned().or_not_found("organisation")?,
            scheme: Arc::clone(self.schemes.version(&award.scheme_code, award.scheme_version)?),
            milestones,
            claims,
            award,
            ended_at,
        })
    }

    /// The sanction orders of an award that are in force.
    pub fn sanctions(
        &mut self,
        award: &PublicAward,
        mut take: impl FnMut(PublicSanction<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let id = award.award.id.to_string();
        let mut asked = vec![("award_id", id.as_str()), ("sort", "id")];
        asked.extend(STANDING);
        self.each(Subject::Sanctions, &asked, |row| {
            take(PublicSanction {
                number: row.text("number")?,
                component: row.text("component")?,
                performance_year: row.text("performance_year")?,
                sanctioned_on: row.text("sanctioned_on")?,
                amount: row.paise("amount_paise")?,
            })
        })
    }

    /// The payments under an award, ordered by day.
    pub fn disbursements(
        &mut self,
        award: &PublicAward,
        mut take: impl FnMut(PublicDisbursement<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (id, organisation) = (award.award.id.to_string(), award.award.organisation_id.to_string());
        // The organisation is given too, because it is indexed.
        let mut asked =
            vec![("organisation_id", organisation.as_str()), ("award_id", id.as_str()), ("sort", "paid_on")];
        asked.extend(STAYED);
        self.each(Subject::Disbursements, &asked, |row| {
            let place = award.claims.get(row.text("claim_id")?);
            take(PublicDisbursement {
                number: row.text("number")?,
                component: row.text("component")?,
                milestone: place.and_then(|place| award.milestones.get(*place)),
                performance_year: row.text("performance_year")?,
                payment_year: row.text("payment_year")?,
                paid_on: row.text("paid_on")?,
                recorded_at: row.text("recorded_at")?,
                amount: row.paise("amount_paise")?,
            })
        })
    }

    /// Counts and sums of everything; each is one query of the database, or a sum of the figures.
    pub fn totals(&mut self, figures: &[PublicScheme]) -> Result<PublicTotals, Error> {
        let awards: Vec<Award> = self.awards_now()?.into_iter().map(|(award, _)| award).collect();
        let holders: BTreeSet<OrganisationId> = awards.iter().map(|award| award.organisation_id).collect();
        let ceilings = awards.iter().map(|award| award.ceilings.total()).try_fold(Paise::ZERO, |sum, one| {
            one.and_then(|one| sum.checked_add(one))
                .ok_or_else(|| Error::Internal("the sum of the ceilings".to_owned()))
        })?;
        let (sanctions, sanctioned_paise) = self.counted(Subject::Sanctions, &STANDING)?;
        let (disbursements, disbursed_paise) = self.counted(Subject::Disbursements, &STAYED)?;
        let years = || figures.iter().flat_map(|scheme| &scheme.years);
        Ok(PublicTotals {
            appropriated_paise: years().map(|year| year.appropriated_paise.0).sum(),
            recovered_paise: years().map(|year| year.recovered_paise.0).sum(),
            beneficiaries: holders.len() as i64,
            awards: awards.len() as i64,
            ceilings_paise: ceilings.0,
            sanctions,
            sanctioned_paise,
            disbursements,
            disbursed_paise,
        })
    }

    /// The count of a selection, and the sum of its first amount field.
    fn counted(&mut self, subject: Subject, asked: &[(&str, &str)]) -> Result<(i64, i64), Error> {
        let on = OnDay::new(self.service.clock.now().date_in_india(), &self.service.finance.limits);
        let totals = selections::totals(self.tx, &selection(subject, asked)?, &on, subject.money())?;
        match (totals.cell(0), totals.cell(1)) {
            (Cell::Number(count), Cell::Number(sum)) => Ok((count, sum)),
            _ => Err(Error::Internal(format!("totals of {subject}"))),
        }
    }

    fn each(
        &mut self,
        subject: Subject,
        asked: &[(&str, &str)],
        mut take: impl FnMut(Named<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let on = OnDay::new(self.service.clock.now().date_in_india(), &self.service.finance.limits);
        selections::stream(self.tx, &selection(subject, asked)?, &on, |row| take(Named(subject, &row)).map(|()| true))
    }
}

pub(in crate::service::public) fn selection(subject: Subject, asked: &[(&str, &str)]) -> Result<Selection, Error> {
    let wrong = |bad: domain::base::field::BadParameter| Error::Internal(format!("{}: {}", bad.name, bad.why));
    Selection::parse(subject, asked.iter().copied()).map_err(wrong)
}

impl Service {
    /// A number that changes with everything that this process writes: while it is the same, no other reading of the
    /// public data is needed.
    pub fn writes(&self) -> u64 {
        self.writer.batches()
    }

    /// Runs `work` on the public data of one moment, without a person.
    pub async fn public_data<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut PublicView<'_, '_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let service = Arc::clone(self);
        self.read_openly(move |tx| {
            let schemes = service.schemes.current(tx)?;
            work(&mut PublicView { tx, service: &service, schemes })
        })
        .await
    }
}
