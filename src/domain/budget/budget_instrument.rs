//! Budget instruments: dated orders that give, move and take away money, each proposed by one
//! scheme administrator and approved by another. The journal that an approval posts follows from
//! the kind of the instrument and from the balances at that moment; a cut may take only money that
//! is not committed.

use crate::base::act::Act;
use crate::base::calendar::{FinancialYear, Timestamp};
use crate::base::field::{FieldErrors, check_day, check_name};
use crate::base::field_reason::FieldReason;
use crate::base::id::{InstrumentId, UserId};
use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::base::refusal::Refusal;
use crate::budget::budget::Balance;
use crate::budget::ledger::{Journal, Stage};
use crate::budget::posting::year_account;
use crate::budget::posting_budget as posting;
use crate::budget::reappropriation::Declaration;
use crate::budget::scheme_years::SchemeYears;
use crate::scheme::scheme::Component;
use crate::words;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// The kind of a budget instrument.
    pub enum InstrumentKind {
        /// Budget estimate (BE): gives a year its appropriation.
        Provision = "provision",
        /// Revised estimate (RE): states the year's new total; the difference is posted.
        Revision = "revision",
        /// Supplementary grant within the year.
        Supplementary = "supplementary",
        /// Moves savings to another component of the year, or frees recovered money.
        ReAppropriation = "re_appropriation",
        /// Returns savings of the year.
        Surrender = "surrender",
        /// Ends what a past year still has available.
        Lapse = "lapse",
        /// States a component's new outlay; the difference is posted.
        ChangeOfOutlay = "change_of_outlay",
    }
}

words! {
    /// The status of an instrument.
    pub enum InstrumentStatus {
        Proposed = "proposed",
        Approved = "approved",
        /// The second person refused it.
        Refused = "refused",
        /// The proposer withdrew it.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// The source of a re-appropriation.
    pub enum FundsSource {
        /// The amount that the component's year has available.
        Savings = "savings",
        /// The amount that payees paid back in the year; it becomes available for the same
        /// component.
        Recovered = "recovered",
    }
}

/// Reads a member that may be left out but is never `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// The form of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstrumentForm {
    pub kind: InstrumentKind,
    pub scheme_code: String,
    /// The component that gains or loses; for a re-appropriation, the one that gives.
    pub component: Component,
    /// The year it changes; left out for a change of outlay.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub financial_year: Option<FinancialYear>,
    /// The amount; for a revision and a change of outlay, the new total. Left out for a lapse.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub amount_paise: Option<Paise>,
    /// The component that a re-appropriation gives to.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to_component: Option<Component>,
    /// The source of a re-appropriation.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub source: Option<FundsSource>,
    /// The declaration of the proposer of a re-appropriation.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub declaration: Option<Declaration>,
    /// The demand for grants or order on which it is based.
    pub reference: String,
    pub dated_on: NaiveDate,
}

impl InstrumentForm {
    /// Reports every field that is not valid.
    pub fn check(&self, today: NaiveDate, years: &SchemeYears) -> Result<(), FieldErrors> {
        use InstrumentKind::{ChangeOfOutlay, Lapse, ReAppropriation, Revision};
        let mut errors = FieldErrors::new();
        let least = if matches!(self.kind, Revision | ChangeOfOutlay) { 0 } else { 1 };
        match self.amount_paise {
            Some(_) if self.kind == Lapse => errors.add("/amount_paise", FieldReason::LeftOut),
            None if self.kind == Lapse => {}
            None => errors.add("/amount_paise", FieldReason::Missing),
            Some(amount) => {
                let smaller = if least == 0 { FieldReason::AmountOrZero } else { FieldReason::PositiveAmount };
                errors.require_amount(amount, least, "/amount_paise", smaller);
            }
        }
        check_name(&mut errors, "/reference", &self.reference, 200);
        check_day(&mut errors, "/dated_on", self.dated_on);
        errors.require(self.dated_on <= today, "/dated_on", FieldReason::InFuture);
        errors.require(self.dated_on >= years.begins_on, "/dated_on", FieldReason::BeforeScheme);
        let of_a_year = self.kind != ChangeOfOutlay;
        errors.require_just_when(of_a_year, self.financial_year.is_some(), "/financial_year", FieldReason::ForYears);
        let current = FinancialYear::containing(today);
        if let Some(reason) = year_problem(self.kind, self.financial_year, current, years) {
            errors.add("/financial_year", reason);
        }
        let moves = self.kind == ReAppropriation;
        errors.require_just_when(moves, self.to_component.is_some(), "/to_component", FieldReason::ForReAppropriation);
        errors.require_just_when(moves, self.source.is_some(), "/source", FieldReason::ForReAppropriation);
        errors.require_just_when(moves, self.declaration.is_some(), "/declaration", FieldReason::ForReAppropriation);
        if let (Some(to), Some(source)) = (self.to_component, self.source) {
            let fits = (to == self.component) == (source == FundsSource::Recovered);
            errors.require(fits, "/to_component", FieldReason::OtherComponent);
        }
        errors.finish()
    }
}

/// The reason why an instrument of this kind cannot change this year now.
fn year_problem(
    kind: InstrumentKind,
    year: Option<FinancialYear>,
    current: FinancialYear,
    years: &SchemeYears,
) -> Option<Reason> {
    use InstrumentKind::{Lapse, Provision, ReAppropriation, Revision, Supplementary, Surrender};
    let year = year?;
    match kind {
        Provision | Supplementary | Revision if year < current => Some(Reason::YearPast),
        Surrender if year < current => Some(Reason::YearLapses),
        ReAppropriation if year != current => Some(Reason::YearNotCurrent),
        Lapse if year >= current => Some(Reason::YearNotOver),
        _ => years.problem(kind, year),
    }
}

/// One instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetInstrument {
    pub id: InstrumentId,
    /// Its own number, which its journal refers to.
    pub number: String,
    pub kind: InstrumentKind,
    pub scheme_code: String,
    /// The component that gains or loses; for a re-appropriation, the one that gives.
    pub component: Component,
    /// `null` for a change of outlay.
    pub financial_year: Option<FinancialYear>,
    /// The amount; for a revision and a change of outlay, the new total; `null` for a lapse.
    pub amount_paise: Option<Paise>,
    pub to_component: Option<Component>,
    pub source: Option<FundsSource>,
    pub declaration: Option<Declaration>,
    pub reference: String,
    pub dated_on: NaiveDate,
    pub status: InstrumentStatus,
    /// The amount posted on approval: the difference for a revision or change of outlay (negative
    /// for a cut), the lapsed amount for a lapse, and otherwise the amount.
    pub posted_paise: Option<Paise>,
    pub proposed_by: UserId,
    pub proposed_at: Timestamp,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
    /// The reason why it was refused or withdrawn.
    pub reason: Option<String>,
    pub version: i64,
}

/// The balances that an instrument is checked against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The component's outlay.
    pub outlay: Paise,
    /// The year's appropriation without what was surrendered or lapsed.
    pub year_total: Paise,
    pub year_available: Paise,
    pub year_recovered: Paise,
    /// The amount that may still be provided to the component that gains.
    pub room_to_provide: Paise,
}

impl BudgetInstrument {
    /// Creates a proposed instrument.
    pub fn propose(form: InstrumentForm, id: InstrumentId, number: String, by: UserId, at: Timestamp) -> Self {
        Self {
            id,
            number,
            kind: form.kind,
            scheme_code: form.scheme_code,
            component: form.component,
            financial_year: form.financial_year,
            amount_paise: form.amount_paise,
            to_component: form.to_component,
            source: form.source,
            declaration: form.declaration,
            reference: form.reference,
            dated_on: form.dated_on,
            status: InstrumentStatus::Proposed,
            posted_paise: None,
            proposed_by: by,
            proposed_at: at,
            decided_by: None,
            decided_at: None,
            reason: None,
            version: 1,
        }
    }

    fn require_proposed(&self) -> Result<(), Refusal> {
        if self.status == InstrumentStatus::Proposed {
            return Ok(());
        }
        Err(Refusal::WrongState { noun: "budget instrument", is: self.status.as_str(), needs: "proposed" })
    }

    fn decide(&mut self, status: InstrumentStatus, by: UserId, at: Timestamp) {
        self.status = status;
        self.decided_by = Some(by);
        self.decided_at = Some(at);
    }

    /// A second person approves it, while its year still allows that.
    pub fn approve(&mut self, by: UserId, at: Timestamp, years: &SchemeYears) -> Result<(), Refusal> {
        self.second_person(by, Act::ApproveInstrument)?;
        if let Some(reason) = year_problem(self.kind, self.financial_year, at.financial_year(), years) {
            return Err(Refusal::DateNotAllowed { reason });
        }
        self.decide(InstrumentStatus::Approved, by, at);
        Ok(())
    }

    /// A second person refuses it.
    pub fn refuse(&mut self, reason: &str, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.second_person(by, Act::RefuseInstrument)?;
        self.reason = Some(reason.to_owned());
        self.decide(InstrumentStatus::Refused, by, at);
        Ok(())
    }

    fn second_person(&self, by: UserId, now: Act) -> Result<(), Refusal> {
        self.require_proposed()?;
        if self.proposed_by == by {
            return Err(Refusal::SamePerson { earlier: Act::ProposeInstrument, now });
        }
        Ok(())
    }

    /// The proposer withdraws it.
    pub fn withdraw(&mut self, reason: &str, by: UserId, at: Timestamp) -> Result<(), Refusal> {
        self.require_proposed()?;
        if self.proposed_by != by {
            return Err(Refusal::NotTheProposer);
        }
        self.reason = Some(reason.to_owned());
        self.decide(InstrumentStatus::Withdrawn, by, at);
        Ok(())
    }

    /// The component whose money it may increase.
    pub fn gaining(&self) -> Component {
        self.to_component.unwrap_or(self.component)
    }

    /// The journal of the approval and the amount it posts; no journal when nothing changes.
    pub fn posting(&self, at: &Standing) -> Result<(Option<Journal>, Paise), Refusal> {
        use InstrumentKind::{ChangeOfOutlay, Lapse, Provision, ReAppropriation, Revision, Supplementary, Surrender};
        let amount = self.amount_paise.unwrap_or(Paise::ZERO);
        let Some(year) = self.financial_year else {
            return self.change_outlay(amount, at);
        };
        let budget = posting::Year { scheme_code: &self.scheme_code, component: self.component, year };
        let journal = match self.kind {
            Provision | Supplementary => {
                within(amount, at.room_to_provide)?;
                budget.provide(self.kind, amount, &self.number)
            }
            Revision => {
                let difference = amount.checked_sub(at.year_total).ok_or(Refusal::AmountTooLarge)?;
                within(difference, at.room_to_provide)?;
                let journal = (difference != Paise::ZERO).then(|| budget.revise(difference, &self.number));
                return Ok((journal, difference));
            }
            ReAppropriation if self.source == Some(FundsSource::Recovered) => {
                budget.free_recovered(amount, &self.number)
            }
            ReAppropriation => {
                within(amount, at.room_to_provide)?;
                budget.re_appropriate(self.gaining(), amount, &self.number)
            }
            Surrender => budget.surrender(amount, &self.number),
            Lapse => {
                let all = at.year_available.checked_add(at.year_recovered).ok_or(Refusal::AmountTooLarge)?;
                if all == Paise::ZERO {
                    return Err(Refusal::NothingToLapse { year });
                }
                return Ok((Some(budget.lapse(at.year_available, at.year_recovered, &self.number)), all));
            }
            ChangeOfOutlay => return self.change_outlay(amount, at),
        };
        Ok((Some(journal), amount))
    }

    fn change_outlay(&self, to: Paise, at: &Standing) -> Result<(Option<Journal>, Paise), Refusal> {
        let difference = to.checked_sub(at.outlay).ok_or(Refusal::AmountTooLarge)?;
        let cut = Paise::ZERO.minus_floored(difference);
        if cut > at.room_to_provide {
            return Err(Refusal::OutlayProvided { need: cut, room: at.room_to_provide });
        }
        let change = || posting::change_outlay(&self.scheme_code, self.component, difference, &self.number);
        Ok(((difference != Paise::ZERO).then(change), difference))
    }
}

fn within(need: Paise, room: Paise) -> Result<(), Refusal> {
    if need > room { Err(Refusal::OutlayExceeded { need, room }) } else { Ok(()) }
}

/// The first account of a year's budget on which the approved instruments and the ledger disagree:
/// its code, the sum of the instruments, the balance of the ledger.
pub fn difference(approved: &[BudgetInstrument], balances: &[Balance]) -> Option<(String, i64, i64)> {
    use InstrumentKind::{ChangeOfOutlay, Lapse, ReAppropriation, Surrender};
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for one in approved {
        let Some(year) = one.financial_year else { continue };
        let posted = one.posted_paise.unwrap_or(Paise::ZERO).0;
        let mut say = |component, stage, amount: i64| {
            *said.entry(year_account(&one.scheme_code, component, year, stage).code()).or_default() += amount;
        };
        match one.kind {
            Surrender => say(one.component, Stage::Surrendered, posted),
            Lapse => say(one.component, Stage::Lapsed, posted),
            ReAppropriation if one.source == Some(FundsSource::Recovered) => {}
            ReAppropriation => {
                say(one.component, Stage::Authorised, -posted);
                say(one.gaining(), Stage::Authorised, posted);
            }
            ChangeOfOutlay => {}
            _ => say(one.component, Stage::Authorised, posted),
        }
    }
    let counts = |of: &&Balance| {
        of.account.financial_year.is_some()
            && matches!(of.account.stage, Stage::Authorised | Stage::Surrendered | Stage::Lapsed)
    };
    let mut kept: BTreeMap<String, i64> =
        balances.iter().filter(counts).map(|of| (of.account.code(), of.balance.0)).collect();
    for code in said.keys() {
        kept.entry(code.clone()).or_default();
    }
    let sides = kept.into_iter().map(|(code, kept)| (said.get(&code).copied().unwrap_or(0), code, kept));
    sides.into_iter().find(|(said, _, kept)| said != kept).map(|(said, code, kept)| (code, said, kept))
}
