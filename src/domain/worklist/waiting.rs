//! How long a matter waits: since when, until when, and what happens then.

use crate::base::calendar::Timestamp;
use crate::base::id::UserId;
use crate::base::permission::{Role, Step};
use crate::base::step::clash;
use crate::words;
use crate::worklist::desk_times::{DeskTimes, TimedDesk};
use crate::worklist::details::Pause;
use crate::worklist::matter::{Matter, MatterKind};
use crate::worklist::rule::{Clock, Rule, Then};
use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// The side on which a matter lies.
    pub enum Side {
        Applicant = "applicant",
        Office = "office",
        Auditor = "auditor",
    }
}

/// The values that belong to a consequence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThenArguments {
    /// The amount of money that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_paise: Option<i64>,
    /// The days that the desk had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u64>,
    /// The day after which it happens.
    pub after: NaiveDate,
}

/// What happens when a clock runs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Consequence {
    pub code: Then,
    pub arguments: ThenArguments,
}

/// A clock that runs, and what happens when it runs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunningClock {
    pub clock: Clock,
    /// The last day.
    pub until: NaiveDate,
    /// The desk whose days these are, for a desk time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desk: Option<TimedDesk>,
    pub then: Consequence,
}

/// The clock of the office, which stands while a query is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingClock {
    pub desk: TimedDesk,
    /// It stands since the query was raised.
    pub since: Timestamp,
    pub days_used: u64,
    pub days_left: u64,
}

/// The record that carries the wait of another one: the run of an application, the tranche of a verified claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Carrier {
    pub kind: MatterKind,
    #[serde(skip)]
    pub id: String,
    pub number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_paise: Option<i64>,
}

/// With whom a record lies, since when, and what ends the wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waiting {
    /// The kind of the matter that waits.
    #[serde(skip)]
    pub kind: MatterKind,
    /// The state in which it waits.
    #[serde(skip)]
    pub state: String,
    pub side: Side,
    /// The offices that can end the wait; for a company, its roles.
    pub offices: Vec<Role>,
    /// The act that ends it, by the id of its operation.
    pub ends_with: &'static str,
    pub since: Option<Timestamp>,
    /// The day on which the first clock runs out.
    pub until: Option<NaiveDate>,
    /// The clock that runs out first.
    pub clock: Option<Clock>,
    /// All clocks that run, the first to run out first.
    pub clocks: Vec<RunningClock>,
    /// The other record through which it waits, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Carrier>,
    /// The clock that stands meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<StandingClock>,
}

/// The earlier step for which a person cannot act on a matter.
pub fn earlier_step(matter: &Matter, rule: &Rule, person: UserId) -> Option<Step> {
    // Repeating one's own step is no second step, and an act that is no step on the money is open to all.
    let step = rule.step?;
    matter.taken.iter().find(|taken| taken.by == person && clash(taken.step, step)).map(|taken| taken.step)
}

/// A day as the instant at which it began in India.
pub fn start_of(day: NaiveDate) -> Timestamp {
    crate::base::moment::end_of_day(day).plus_seconds(-24 * 60 * 60).plus_micros(1)
}

fn days_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from((to.date_in_india() - from.date_in_india()).num_days()).unwrap_or(0)
}

/// The days for which the clock of the office stood.
fn days_paused(pauses: &[Pause]) -> u64 {
    pauses.iter().filter_map(|pause| Some(days_between(pause.from, pause.to?))).sum()
}

impl Matter {
    /// How long it waits for the act of one of its rules.
    pub fn waiting(&self, rule: &Rule, times: &DeskTimes) -> Waiting {
        let arrived = self.arrived_for(rule);
        let pauses = self.pauses_since(arrived);
        let open = pauses.last().filter(|pause| pause.to.is_none());
        let asks_applicant = matches!(rule.desk, Some((TimedDesk::QueryReply, _)));
        let since = match (open, pauses.last()) {
            (Some(open), _) => Some(open.from),
            (None, Some(last)) => last.to.max(arrived),
            (None, None) => arrived,
        };
        let mut clocks = Vec::new();
        if let (Some((desk, then)), Some(arrived)) = (rule.desk, arrived) {
            // The applicant's days begin with each query; those of the office are counted without its queries.
            let (begin, paused) =
                if asks_applicant { (since.unwrap_or(arrived), 0) } else { (arrived, days_paused(pauses)) };
            let own_day = self.day.filter(|_| rule.counts_from_its_day).map(start_of);
            let begin = own_day.map_or(begin, |day| day.max(begin));
            let days = times.days(desk);
            let until = after(begin.date_in_india(), days.saturating_add(paused));
            clocks.push(self.clock(Clock::DeskTime, until, then, Some((desk, days))));
        }
        if let (Some((clock, then)), Some(day)) = (rule.day, self.day) {
            clocks.push(self.clock(clock, day, then, None));
        }
        clocks.sort_by_key(|clock| clock.until);
        Waiting {
            kind: self.kind,
            state: self.state.clone(),
            through: None,
            side: side(rule.offices()),
            offices: rule.offices().to_vec(),
            ends_with: rule.act,
            since,
            until: clocks.first().map(|clock| clock.until),
            clock: clocks.first().map(|clock| clock.clock),
            standing: open.filter(|_| asks_applicant).and_then(|open| self.standing(open, times)),
            clocks,
        }
    }

    /// When it reached those for whom a rule says that it waits.
    fn arrived_for(&self, rule: &Rule) -> Option<Timestamp> {
        let over = self.day.filter(|_| rule.after_its_day).map(|day| start_of(after(day, 1)));
        over.max(self.arrived)
    }

    /// The pauses since it arrived: a query before a return stopped the days of an earlier time at the desk.
    fn pauses_since(&self, arrived: Option<Timestamp>) -> &[Pause] {
        let earlier = self.pauses.iter().take_while(|pause| arrived.is_some_and(|arrived| pause.from < arrived));
        &self.pauses[earlier.count()..]
    }

    fn clock(&self, clock: Clock, until: NaiveDate, then: Then, desk: Option<(TimedDesk, u64)>) -> RunningClock {
        let money = match then {
            Then::DeskTimeOver | Then::OfficeClockStands | Then::WindowCloses | Then::ShownNoMore => None,
            Then::HoldOfClaimEnds => self.held_paise,
            _ => self.amount_paise,
        };
        let arguments = ThenArguments { amount_paise: money, days: desk.map(|(_, days)| days), after: until };
        RunningClock { clock, until, desk: desk.map(|(desk, _)| desk), then: Consequence { code: then, arguments } }
    }

    /// The clock of the office that an open query stopped.
    fn standing(&self, open: &Pause, times: &DeskTimes) -> Option<StandingClock> {
        let desk = match self.kind {
            MatterKind::Application => TimedDesk::Application,
            MatterKind::Claim => TimedDesk::Claim,
            MatterKind::Milestone => TimedDesk::Milestone,
            _ => return None,
        };
        let used = days_between(self.arrived?, open.from).saturating_sub(days_paused(self.pauses_since(self.arrived)));
        Some(StandingClock {
            desk,
            since: open.from,
            days_used: used,
            days_left: times.days(desk).saturating_sub(used),
        })
    }
}

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

fn side(offices: &[Role]) -> Side {
    match offices.first() {
        Some(role) if role.is_manufacturer() => Side::Applicant,
        Some(Role::Auditor) => Side::Auditor,
        _ => Side::Office,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worklist::desk_times::tests::times;
    use crate::worklist::matter::Taken;
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn matter(kind: MatterKind, state: &str) -> Matter {
        Matter {
            kind,
            state: state.to_owned(),
            id: "1".to_owned(),
            number: None,
            title: None,
            scheme_code: None,
            organisation_id: None,
            company: None,
            amount_paise: Some(700),
            held_paise: None,
            arrived: Some(at("2027-03-01T06:30:00Z")),
            day: None,
            taken: Vec::new(),
            pauses: Vec::new(),
            named: None,
            back_from: None,
            carried_by: None,
        }
    }

    fn waiting(matter: &Matter) -> Waiting {
        let waits = matter.kind.waits(&matter.state, false).unwrap();
        matter.waiting(&waits.rules()[0], &times())
    }

    #[test]
    fn the_clock_that_runs_out_first_comes_first() {
        let held = |until| Matter { day: Some(day(until)), ..matter(MatterKind::Tranche, "verified") };
        let desk = waiting(&held("2028-02-29"));
        assert_eq!((desk.until, desk.clock), (Some(day("2027-03-06")), Some(Clock::DeskTime)));
        assert_eq!((desk.side, desk.offices.as_slice()), (Side::Office, &[Role::SectionOfficer][..]));
        assert_eq!(desk.clocks[0].then.code, Then::DeskTimeOver);
        assert_eq!(desk.clocks[0].then.arguments.days, Some(5));
        assert_eq!(desk.clocks[1].then.code, Then::ReservationReturns);
        assert_eq!(desk.clocks[1].then.arguments.amount_paise, Some(700));
        let hold = waiting(&held("2027-03-03"));
        assert_eq!((hold.until, hold.clock), (Some(day("2027-03-03")), Some(Clock::Hold)));
    }

    #[test]
    fn money_that_is_held_for_a_claim_has_its_day_in_every_state_of_the_claim() {
        for state in ["returned", "corrected", "submitted", "query_open"] {
            let held = Matter { day: Some(day("2027-03-20")), ..matter(MatterKind::Claim, state) };
            let held = waiting(&Matter { held_paise: Some(500), ..held });
            let clock = held.clocks.iter().find(|one| one.clock == Clock::Hold).unwrap();
            assert_eq!((clock.until, clock.then.code), (day("2027-03-20"), Then::HoldOfClaimEnds), "{state}");
            assert_eq!(clock.then.arguments.amount_paise, Some(500), "what is held, and not what is claimed");
            let without = waiting(&matter(MatterKind::Claim, state));
            assert!(without.clocks.iter().all(|one| one.clock != Clock::Hold), "{state}: nothing is held");
        }
    }

    #[test]
    fn an_open_query_stops_the_clock_of_the_office_and_starts_that_of_the_applicant() {
        let mut file = matter(MatterKind::Application, "submitted");
        assert_eq!(waiting(&file).until, Some(day("2027-03-31")), "thirty days");
        file.state = "query_open".to_owned();
        file.pauses = vec![Pause { from: at("2027-03-11T06:30:00Z"), to: None }];
        let asked = waiting(&file);
        assert_eq!((asked.side, asked.since), (Side::Applicant, Some(at("2027-03-11T06:30:00Z"))));
        assert_eq!(asked.until, Some(day("2027-03-26")), "fifteen days for the reply");
        let standing = asked.standing.unwrap();
        assert_eq!((standing.desk, standing.days_used, standing.days_left), (TimedDesk::Application, 10, 20));
        file.state = "submitted".to_owned();
        file.pauses[0].to = Some(at("2027-03-19T06:30:00Z"));
        let back = waiting(&file);
        assert_eq!(back.since, Some(at("2027-03-19T06:30:00Z")));
        assert_eq!(back.until, Some(day("2027-04-08")), "the eight days of the applicant do not count");
        // A second query: what the office used before both of them.
        file.state = "query_open".to_owned();
        file.pauses.push(Pause { from: at("2027-03-24T06:30:00Z"), to: None });
        let again = waiting(&file).standing.unwrap();
        assert_eq!((again.days_used, again.days_left), (15, 15));
    }

    #[test]
    fn the_days_of_the_bank_begin_with_the_day_that_was_ordered() {
        let ordered = |text| Matter { day: Some(day(text)), ..matter(MatterKind::Payment, "advised") };
        let days = Days::new(times().days(TimedDesk::BankAnswer));
        assert_eq!(waiting(&ordered("2027-03-20")).until, Some(day("2027-03-20") + days));
        assert_eq!(waiting(&ordered("2027-02-20")).until, Some(day("2027-03-01") + days), "not before it arrived");
    }

    #[test]
    fn what_comes_back_begins_anew_and_queries_of_an_earlier_time_do_not_count() {
        let mut file = matter(MatterKind::Claim, "submitted");
        file.pauses = vec![Pause { from: at("2027-03-05T06:30:00Z"), to: Some(at("2027-03-15T06:30:00Z")) }];
        file.arrived = Some(at("2027-06-01T06:30:00Z"));
        let back = waiting(&file);
        assert_eq!((back.since, back.until), (file.arrived, Some(day("2027-06-23"))), "twenty-two days");
    }

    #[test]
    fn a_notice_without_a_reply_reaches_the_authority_when_its_last_day_is_over() {
        let file = Matter { day: Some(day("2027-03-20")), ..matter(MatterKind::Recovery, "noticed") };
        let waits = file.kind.waits(&file.state, true).unwrap();
        let of = |act: &str| {
            let rule = waits.rules().iter().find(|rule| rule.act == act).unwrap();
            file.waiting(rule, &times())
        };
        assert_eq!(of("order_recovery").since, Some(at("2027-03-20T18:30:00Z")), "midnight in India");
        assert_eq!(of("order_recovery").until, Some(day("2027-03-21") + Days::new(times().days(TimedDesk::Other))));
        assert_eq!(of("reply_to_show_cause").since, file.arrived);
    }

    #[test]
    fn the_clock_that_stands_is_that_of_the_desk_that_asked() {
        for (kind, desk, days) in
            [(MatterKind::Claim, TimedDesk::Claim, 22), (MatterKind::Milestone, TimedDesk::Milestone, 30)]
        {
            let mut file = matter(kind, "query_open");
            file.pauses = vec![Pause { from: at("2027-03-11T06:30:00Z"), to: None }];
            let standing = waiting(&file).standing.unwrap();
            assert_eq!((standing.desk, standing.days_used, standing.days_left), (desk, 10, days - 10));
        }
    }

    #[test]
    fn a_person_who_took_another_step_cannot_act() {
        let person = |n| UserId(Uuid::from_u128(n));
        let mut file = matter(MatterKind::Tranche, "sanctioned");
        let step = |step, n| Taken { step, by: person(n) };
        file.taken = vec![step(Step::Recommend, 1), step(Step::Pay, 2)];
        let waits = file.kind.waits(&file.state, false).unwrap();
        let earlier = |n| earlier_step(&file, &waits.rules()[0], person(n));
        assert_eq!(earlier(1), Some(Step::Recommend));
        assert_eq!(earlier(2), None, "advising again is no second step");
        assert_eq!(earlier(3), None);
    }

    #[test]
    fn a_day_begins_at_midnight_in_india() {
        assert_eq!(start_of(day("2027-03-01")).to_string(), "2027-02-28T18:30:00.000000Z");
    }
}
