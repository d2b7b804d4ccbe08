//! The public data at a glance: the figures of each scheme, its grantees, and what happened lately. The long tables are
//! summed in the database.

use crate::db::budget::accounts;
use crate::db::desk::selection_sources::OnDay;
use crate::db::desk::selections;
use crate::db::log::audit_log;
use crate::db::milestone::milestones;
use crate::db::people::organisations;
use crate::db::recovery::recovery_credits;
use crate::service::Service;
use crate::service::public::public_data::{Named, PublicView, STANDING, STAYED, selection};
use crate::service::running::error::{Error, OrNotFound};
use chrono::NaiveDate;
use domain::award::award::Award;
use domain::base::calendar::{FinancialYear, Timestamp};
use domain::base::id::{AwardId, OrganisationId};
use domain::base::money::Paise;
use domain::desk::selected_row::{Cell, SelectedRow};
use domain::desk::selection::Subject;
use domain::milestone::milestone::Milestone;
use domain::public::public_figures::{ByYear, Promise, PublicScheme, figures};
use domain::scheme::scheme::Scheme;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More groups than there can be: days of orders, or awards and years of payment.
const GROUPS_MOST: usize = 1_000_000;
/// How many of the newest events are told.
const LATELY: usize = 6;

/// A company that holds awards under a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicGrantee {
    pub cin: String,
    pub name: String,
    pub capacity_mtpa: i64,
    pub ceiling_paise: Paise,
    pub disbursed_paise: Paise,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicEvent {
    Paid { amount: Paise },
    Awarded { capacity_mtpa: i64 },
    Met { milestone: String, title: String },
}

/// Something that happened on a day, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lately {
    pub on: NaiveDate,
    pub beneficiary: String,
    pub event: PublicEvent,
}

/// One scheme at a glance.
pub struct SchemeOverview {
    /// Its newest version.
    pub scheme: Arc<Scheme>,
    pub figures: PublicScheme,
    /// The largest ceiling first.
    pub grantees: Vec<PublicGrantee>,
    /// The newest first.
    pub lately: Vec<Lately>,
}

/// All schemes at a glance.
pub struct PublicOverview {
    /// When the newest act was recorded: the figures are those of this moment.
    pub as_of: Timestamp,
    pub schemes: Vec<SchemeOverview>,
}

/// An award with its holder and its milestones.
struct Granted {
    award: Award,
    /// That two people ended it: nothing more is promised under it.
    ended: bool,
    cin: String,
    beneficiary: String,
    /// The version of the scheme under which it was awarded.
    scheme: Arc<Scheme>,
    milestones: Vec<Milestone>,
}

/// What was sanctioned and paid, summed as it is needed here.
struct Sums {
    /// Orders in force by scheme and year of the order.
    sanctioned: BTreeMap<String, ByYear>,
    /// Payments by award and year of payment.
    paid: BTreeMap<String, ByYear>,
    /// Principal that bank returns kept for recoveries, by scheme and year.
    kept: BTreeMap<String, ByYear>,
}

impl Sums {
    fn paid_to(&self, granted: &Granted) -> i64 {
        self.paid.get(&granted.award.id.to_string()).map_or(0, |years| years.values().sum())
    }
}

impl PublicView<'_, '_> {
    /// The figures of every scheme.
    pub fn figures(&mut self) -> Result<Vec<PublicScheme>, Error> {
        let (granted, sums) = (self.granted()?, self.sums()?);
        self.figures_of(&granted, &sums)
    }

    fn figures_of(&mut self, granted: &[Granted], sums: &Sums) -> Result<Vec<PublicScheme>, Error> {
        let balances = accounts::balances(self.tx)?;
        let none = ByYear::new();
        let of = |scheme: &Arc<Scheme>| {
            let ours: Vec<&Granted> = of_scheme(granted, scheme).collect();
            let promises: Vec<Promise<'_>> = ours.iter().map(|granted| promise(granted)).collect();
            let mut paid = ByYear::new();
            for years in ours.iter().filter_map(|granted| sums.paid.get(&granted.award.id.to_string())) {
                years.iter().for_each(|(year, sum)| *paid.entry(*year).or_default() += sum);
            }
            let sanctioned = sums.sanctioned.get(&scheme.code).unwrap_or(&none);
            let kept = sums.kept.get(&scheme.code).unwrap_or(&none);
            figures(scheme, &balances, (sanctioned, &paid, kept), &promises)
        };
        Ok(self.schemes()?.iter().map(of).collect())
    }

    /// Everything at a glance.
    pub fn overview(&mut self) -> Result<PublicOverview, Error> {
        let (granted, sums) = (self.granted()?, self.sums()?);
        let figures = self.figures_of(&granted, &sums)?;
        let mut schemes = Vec::new();
        for (scheme, figures) in self.schemes()?.into_iter().zip(figures) {
            let ours: Vec<&Granted> = of_scheme(&granted, &scheme).collect();
            let grantees = grantees(&ours, &sums)?;
            let lately = if ours.is_empty() { Vec::new() } else { self.lately(&scheme, &ours)? };
            schemes.push(SchemeOverview { scheme, figures, grantees, lately });
        }
        let as_of = audit_log::latest_act_at(self.tx)?.unwrap_or_else(|| self.service.clock.now());
        Ok(PublicOverview { as_of, schemes })
    }

    /// All awards, the first one first. The number of statements does not depend on how many there are.
    fn granted(&mut self) -> Result<Vec<Granted>, Error> {
        let mut milestones: BTreeMap<AwardId, Vec<Milestone>> = BTreeMap::new();
        for milestone in milestones::list(self.tx, None, None)? {
            milestones.entry(milestone.award_id).or_default().push(milestone);
        }
        let now = self.awards_now()?;
        let holders = organisations::list(self.tx, None)?.into_iter();
        let holders: BTreeMap<OrganisationId, (String, String)> =
            holders.map(|one| (one.id, (one.cin, one.name))).collect();
        let granted = |(award, ended): (Award, Option<Timestamp>)| {
            let (cin, beneficiary) = holders.get(&award.organisation_id).cloned().or_not_found("organisation")?;
            let scheme = Arc::clone(self.schemes.version(&award.scheme_code, award.scheme_version)?);
            let milestones = milestones.remove(&award.id).unwrap_or_default();
            Ok(Granted { award, ended: ended.is_some(), cin, beneficiary, scheme, milestones })
        };
        now.into_iter().map(granted).collect()
    }

    fn sums(&mut self) -> Result<Sums, Error> {
        let mut sums = Sums { sanctioned: BTreeMap::new(), paid: BTreeMap::new(), kept: BTreeMap::new() };
        let on_day = [("group_by", "scheme_code,sanctioned_on")];
        for row in self.groups(Subject::Sanctions, &[&STANDING[..], &on_day].concat())? {
            let (scheme, day, sum) = group_of(&row)?;
            let year = FinancialYear::containing(day.parse().map_err(|_| wrong("a day of sanction"))?);
            *sums.sanctioned.entry(scheme.to_owned()).or_default().entry(year).or_default() += sum;
        }
        let by_award = [("group_by", "award_id,payment_year")];
        for row in self.groups(Subject::Disbursements, &[&STAYED[..], &by_award].concat())? {
            let (award, year, sum) = group_of(&row)?;
            let year = year.parse().map_err(|_| wrong("a year of payment"))?;
            *sums.paid.entry(award.to_owned()).or_default().entry(year).or_default() += sum;
        }
        for (scheme, day, sum) in recovery_credits::kept_principal(self.tx)? {
            let year = FinancialYear::containing(day.parse().map_err(|_| wrong("a day of a bank return"))?);
            *sums.kept.entry(scheme).or_default().entry(year).or_default() += sum;
        }
        Ok(sums)
    }

    fn groups(&mut self, subject: Subject, asked: &[(&str, &str)]) -> Result<Vec<SelectedRow>, Error> {
        let on = OnDay::new(self.service.clock.now().date_in_india(), &self.service.finance.limits);
        Ok(selections::groups(self.tx, &selection(subject, asked)?, &on, GROUPS_MOST)?)
    }

    fn lately(&mut self, scheme: &Scheme, all: &[&Granted]) -> Result<Vec<Lately>, Error> {
        let mut events = self.newest_payments(scheme)?;
        for granted in all {
            let told = |on, event| Lately { on, beneficiary: granted.beneficiary.clone(), event };
            let capacity_mtpa = granted.award.capacity_mtpa;
            events.push(told(granted.award.awarded_on, PublicEvent::Awarded { capacity_mtpa }));
            events.extend(granted.milestones.iter().filter_map(|one| {
                let met = PublicEvent::Met { milestone: one.code.clone(), title: one.title.clone() };
                Some(told(one.achieved_on?, met))
            }));
        }
        events.sort_by_key(|event| std::cmp::Reverse(event.on));
        events.truncate(LATELY);
        Ok(events)
    }

    fn newest_payments(&mut self, scheme: &Scheme) -> Result<Vec<Lately>, Error> {
        let subject = Subject::Disbursements;
        let ours = [("scheme_code", scheme.code.as_str()), ("sort", "-paid_on")];
        let selected = selection(subject, &[&STAYED[..], &ours].concat())?;
        let on = OnDay::new(self.service.clock.now().date_in_india(), &self.service.finance.limits);
        let fields: Vec<_> = subject.fields().iter().collect();
        let rows = selections::page(self.tx, &selected, &on, &fields, None, LATELY)?;
        let payment = |row: &SelectedRow| {
            let row = Named(subject, row);
            Ok(Lately {
                on: row.text("paid_on")?.parse().map_err(|_| wrong("a day of payment"))?,
                beneficiary: row.text("beneficiary")?.to_owned(),
                event: PublicEvent::Paid { amount: row.paise("amount_paise")? },
            })
        };
        rows.iter().map(payment).collect()
    }
}

fn wrong(what: &str) -> Error {
    Error::Internal(format!("{what} cannot be read"))
}

/// Both grouping fields, and the sum of the first amount; between them is the count.
fn group_of(row: &SelectedRow) -> Result<(&str, &str, i64), Error> {
    match (row.cell(0), row.cell(1), row.cell(3)) {
        (Cell::Text(first), Cell::Text(second), Cell::Number(sum)) => Ok((first, second, sum)),
        _ => Err(wrong("a group")),
    }
}

fn of_scheme<'a>(all: &'a [Granted], scheme: &Scheme) -> impl Iterator<Item = &'a Granted> {
    let code = scheme.code.clone();
    all.iter().filter(move |granted| granted.award.scheme_code == code)
}

/// What an award promises; one that was ended promises nothing, and its capacity is free for whoever waits.
fn promise(granted: &Granted) -> Promise<'_> {
    let capacity_mtpa = if granted.ended { 0 } else { granted.award.capacity_mtpa };
    Promise { chain: &granted.scheme.chain, capacity_mtpa, milestones: &granted.milestones }
}

fn grantees(granted: &[&Granted], sums: &Sums) -> Result<Vec<PublicGrantee>, Error> {
    let mut all: Vec<PublicGrantee> = Vec::new();
    for of in granted {
        let ceiling = of.award.ceilings.total().ok_or_else(|| wrong("a ceiling"))?;
        let place = all.iter().position(|grantee| grantee.cin == of.cin).unwrap_or_else(|| {
            let (cin, name) = (of.cin.clone(), of.beneficiary.clone());
            let (ceiling_paise, disbursed_paise) = (Paise::ZERO, Paise::ZERO);
            all.push(PublicGrantee { cin, name, capacity_mtpa: 0, ceiling_paise, disbursed_paise });
            all.len() - 1
        });
        if let Some(grantee) = all.get_mut(place) {
            grantee.capacity_mtpa += promise(of).capacity_mtpa;
            grantee.ceiling_paise = Paise(grantee.ceiling_paise.0 + ceiling.0);
            grantee.disbursed_paise = Paise(grantee.disbursed_paise.0 + sums.paid_to(of));
        }
    }
    all.sort_by(|a, b| (b.ceiling_paise, &a.name).cmp(&(a.ceiling_paise, &b.name)));
    Ok(all)
}

impl Service {
    /// Everything at a glance, with the length of the log at that time; nothing is read while the log has the length
    /// that is known already.
    pub async fn public_overview(self: &Arc<Self>, known: Option<i64>) -> Result<(i64, Option<PublicOverview>), Error> {
        self.public_data(move |view| {
            let length = view.log_length()?;
            let changed = known != Some(length);
            Ok((length, if changed { Some(view.overview()?) } else { None }))
        })
        .await
    }
}
