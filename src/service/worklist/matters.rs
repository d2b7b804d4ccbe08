//! Which matters a person may see, and with whom one record lies.

use crate::db::engine::transaction::ReadTx;
use crate::db::worklist::matters::{self, FoundMatter, MatterQuery};
use crate::service::Service;
use crate::service::running::error::Error;
use chrono::NaiveDate;
use domain::base::permission::{Permission, Role};
use domain::people::user::Actor;
use domain::worklist::matter::{Matter, MatterKind};
use domain::worklist::rule::{Rule, Waits};
use domain::worklist::waiting::{Carrier, Waiting};
use std::collections::{BTreeMap, BTreeSet};

/// The permission to see matters of a kind: that of the reads of its record.
pub fn permission(kind: MatterKind) -> Permission {
    use MatterKind as K;
    match kind {
        K::TreasuryLine | K::BankDifference => Permission::ReadTreasury,
        K::BudgetInstrument | K::Correction | K::YearEnd => Permission::ReadBudget,
        K::SchemeDraft => Permission::ReadSchemeDrafts,
        K::Observation | K::Requisition | K::Sample => Permission::ReadObservations,
        K::Control => Permission::ReadControls,
        K::Tranche | K::Claim | K::DeferredClaim | K::CertificateDue | K::FinalCertificate | K::Application => {
            Permission::ReadFiles
        }
        K::Milestone
        | K::DamagesDue
        | K::Excuse
        | K::Guarantee
        | K::GuaranteeExpiring
        | K::Allocation
        | K::Recovery => Permission::ReadFiles,
        K::RejectedClaim | K::RejectedTranche => Permission::ReadFiles,
        K::Relief | K::Window | K::Letter | K::LetterToAnswer | K::Payment => Permission::ReadFiles,
    }
}

/// The kinds of which a person may see matters.
pub fn visible_kinds(actor: &Actor) -> impl Iterator<Item = MatterKind> {
    MatterKind::ALL.iter().copied().filter(|kind| permission(*kind).check(&actor.roles).is_ok())
}

/// The states of a kind that wait for anybody.
pub fn open_states(kind: MatterKind) -> Vec<&'static str> {
    kind.states_of(|_| true)
}

impl Service {
    /// The rules of a matter's state today.
    pub(in crate::service) fn rules_of(&self, matter: &Matter, today: NaiveDate) -> Result<Vec<Rule>, Error> {
        let over = matter.day.is_some_and(|day| day < today);
        match matter.kind.waits(&matter.state, over).map_err(Error::Internal)? {
            Waits::For(rules) => Ok(rules),
            Waits::ForNobody | Waits::Elsewhere(_) => Ok(Vec::new()),
        }
    }

    /// Matters that meet a query, of each kind at most `most`, with the days that follow from the finance rules.
    pub(in crate::service) fn matters(
        &self,
        tx: &mut ReadTx<'_>,
        query: &MatterQuery<'_>,
        most: usize,
    ) -> Result<Vec<FoundMatter>, Error> {
        let mut found = matters::list(tx, query, most)?;
        for FoundMatter { matter, .. } in &mut found {
            if matter.kind == MatterKind::BankDifference {
                matter.day = matter.day.map(|day| self.finance.reconciliation.settle_by(day));
            }
        }
        Ok(found)
    }

    /// With whom a record lies: one entry for each act that it waits for; none if it waits for nobody. What another
    /// record carries along waits as that one does.
    pub fn waiting_of(
        &self,
        tx: &mut ReadTx<'_>,
        kinds: &[MatterKind],
        id: &str,
        today: NaiveDate,
    ) -> Result<Vec<Waiting>, Error> {
        let found = self.waiting_of_all(tx, kinds, &[id.to_owned()], today)?;
        Ok(found.into_iter().map(|(_, waiting)| waiting).collect())
    }

    /// The same for several records at once, each entry with the id of its record, in one statement.
    pub(in crate::service) fn waiting_of_all(
        &self,
        tx: &mut ReadTx<'_>,
        kinds: &[MatterKind],
        records: &[String],
        today: NaiveDate,
    ) -> Result<Vec<(String, Waiting)>, Error> {
        let found = self.matters_of(tx, kinds, records, today)?;
        self.waiting_in(tx, &found, today)
    }

    /// With whom records lie whose matters were found.
    pub(in crate::service) fn waiting_in(
        &self,
        tx: &mut ReadTx<'_>,
        found: &[FoundMatter],
        today: NaiveDate,
    ) -> Result<Vec<(String, Waiting)>, Error> {
        let (mut waiting, mut carriers) = (Vec::new(), Vec::new());
        for FoundMatter { matter, .. } in found {
            carriers.extend(carrier(matter)?.map(|carrier| (matter.id.clone(), carrier)));
            let rules = self.rules_of(matter, today)?;
            let times = &self.finance.desk_times;
            waiting.extend(rules.iter().map(|rule| (matter.id.clone(), matter.waiting(rule, times))));
        }
        waiting.extend(self.waiting_through_all(tx, &carriers, today)?);
        Ok(waiting)
    }

    /// The matters of records, in every state.
    pub(in crate::service) fn matters_of(
        &self,
        tx: &mut ReadTx<'_>,
        kinds: &[MatterKind],
        records: &[String],
        today: NaiveDate,
    ) -> Result<Vec<FoundMatter>, Error> {
        let schemes = self.schemes.known(tx)?;
        let query = MatterQuery {
            awarding_directly: &schemes.awarding_directly(),
            kinds: kinds.iter().map(|kind| (*kind, kind.states())).collect(),
            organisation: None,
            scheme_code: None,
            records,
            today,
            horizon: self.horizon_of_records(kinds, today),
            rejected_from: self.finance.desk_times.rejected_from(today),
            unanswered_from: self.finance.desk_times.unanswered_from(today),
            payment_unit: self.finance.units.on(today).least(),
        };
        self.matters(tx, &query, RECORD_MATTERS_MOST.max(records.len()))
    }

    /// With whom records lie through others that carry their waits: one statement for each kind of carrier.
    fn waiting_through_all(
        &self,
        tx: &mut ReadTx<'_>,
        carriers: &[(String, Carrier)],
        today: NaiveDate,
    ) -> Result<Vec<(String, Waiting)>, Error> {
        let kinds: BTreeSet<MatterKind> = carriers.iter().map(|(_, carrier)| carrier.kind).collect();
        let mut waiting = Vec::new();
        for kind in kinds {
            let of_kind: Vec<&(String, Carrier)> =
                carriers.iter().filter(|(_, carrier)| carrier.kind == kind).collect();
            let ids: Vec<String> = of_kind.iter().map(|(_, carrier)| carrier.id.clone()).collect();
            let found = self.waiting_of_all(tx, &[kind], &ids, today)?;
            for (record, carrier) in of_kind {
                let own = found.iter().filter(|(id, _)| *id == carrier.id);
                let through = |one: &Waiting| Waiting { through: Some(carrier.clone()), ..one.clone() };
                waiting.extend(own.map(|(_, one)| (record.clone(), through(one))));
            }
        }
        Ok(waiting)
    }

    /// The offices with which each of these records lies, by its id, each office once: those that its page and the
    /// inbox name. Records that wait for nobody are left out.
    pub(in crate::service) fn offices_of_all(
        &self,
        tx: &mut ReadTx<'_>,
        kinds: &[MatterKind],
        records: &[String],
        today: NaiveDate,
    ) -> Result<BTreeMap<String, Vec<Role>>, Error> {
        let mut offices: BTreeMap<String, Vec<Role>> = BTreeMap::new();
        if records.is_empty() {
            return Ok(offices);
        }
        for (record, waiting) in self.waiting_of_all(tx, kinds, records, today)? {
            let of_record = offices.entry(record).or_default();
            for office in waiting.offices {
                if !of_record.contains(&office) {
                    of_record.push(office);
                }
            }
        }
        Ok(offices)
    }

    /// With whom the record lies that carries the wait of another one.
    pub(in crate::service) fn waiting_through(
        &self,
        tx: &mut ReadTx<'_>,
        carrier: Carrier,
        today: NaiveDate,
    ) -> Result<Vec<Waiting>, Error> {
        let mut waiting = self.waiting_of(tx, &[carrier.kind], &carrier.id, today)?;
        waiting.iter_mut().for_each(|one| one.through = Some(carrier.clone()));
        Ok(waiting)
    }
}

impl Service {
    /// A record says whom it waits for, however far its day is. A guarantee that runs on for long waits for nobody.
    fn horizon_of_records(&self, kinds: &[MatterKind], today: NaiveDate) -> NaiveDate {
        match kinds.contains(&MatterKind::GuaranteeExpiring) {
            true => self.finance.desk_times.horizon(today),
            false => NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(today),
        }
    }
}

/// The record that carries the wait of a matter, where its state says so and the record is known.
fn carrier(matter: &Matter) -> Result<Option<Carrier>, Error> {
    let waits = matter.kind.waits(&matter.state, false).map_err(Error::Internal)?;
    let (Waits::Elsewhere(kind), Some((id, number))) = (waits, matter.carried_by.clone()) else { return Ok(None) };
    let kind: MatterKind = kind.parse().map_err(Error::Internal)?;
    Ok(Some(Carrier { kind, id, number, amount_paise: None }))
}

/// A record has at most a few matters of one kind.
const RECORD_MATTERS_MOST: usize = 20;
