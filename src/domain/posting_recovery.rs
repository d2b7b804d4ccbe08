//! The posting rules of recoveries. The recovery ledger tells what payees owe; principal that came
//! back also leaves the award's `disbursed` for the component's `recovered`, and enters the year
//! of its receipt as `recovered`, where only a re-appropriation can make it spendable.

use crate::domain::calendar::FinancialYear;
use crate::domain::interest::Parts;
use crate::domain::ledger::{Account, Journal, JournalKind, Ledger, Movement, Stage};
use crate::domain::money::Paise;
use crate::domain::posting::{Purse, scheme_account};

fn owed(purse: &Purse, stage: Stage) -> Account {
    Account { ledger: Ledger::Recovery, ..purse.outlay(stage) }
}

/// Movements of the recovery ledger; nothing moves nothing.
fn moved(purse: &Purse, steps: &[(Stage, Stage, Paise)]) -> Vec<Movement> {
    let some = steps.iter().filter(|(.., amount)| *amount > Paise::ZERO);
    some.map(|(from, to, amount)| Movement { from: owed(purse, *from), to: owed(purse, *to), amount: *amount })
        .collect()
}

/// Interest that grew up to the day of an act.
pub fn accrual(purse: &Purse, interest: Paise) -> Vec<Movement> {
    moved(purse, &[(Stage::Demanded, Stage::InterestDue, interest)])
}

/// A demand makes principal or damages due.
pub fn demand(purse: &Purse, parts: &Parts, recovery: &str) -> Journal {
    let movements = moved(
        purse,
        &[
            (Stage::Demanded, Stage::PrincipalDue, parts.principal_paise),
            (Stage::Demanded, Stage::DamagesDue, parts.damages_paise),
        ],
    );
    Journal { kind: JournalKind::RecoveryDemanded, reference: recovery.to_owned(), movements }
}

/// Money came back in a year: in cash, or kept back from a payment.
pub fn credit(purse: &Purse, year: FinancialYear, parts: &Parts) -> Vec<Movement> {
    let mut movements = moved(
        purse,
        &[
            (Stage::PrincipalDue, Stage::PrincipalRecovered, parts.principal_paise),
            (Stage::InterestDue, Stage::InterestRecovered, parts.interest_paise),
            (Stage::DamagesDue, Stage::DamagesRecovered, parts.damages_paise),
        ],
    );
    if parts.principal_paise > Paise::ZERO {
        let back = scheme_account(&purse.scheme_code, purse.component, Stage::Recovered);
        let amount = parts.principal_paise;
        movements.push(Movement { from: purse.outlay(Stage::Disbursed), to: back, amount });
        movements.push(purse.within_year(year, Stage::Receipts, Stage::Recovered, amount));
    }
    movements
}

/// The bank took back the payment from which money had been kept: it is owed again, with the
/// interest it would have borne.
pub fn undo_credit(purse: &Purse, year: FinancialYear, parts: &Parts, missed_interest: Paise) -> Vec<Movement> {
    let reversed = credit(purse, year, parts).into_iter().map(|movement| Movement {
        from: movement.to,
        to: movement.from,
        amount: movement.amount,
    });
    reversed.chain(accrual(purse, missed_interest)).collect()
}

/// A receipt, with the interest up to its day.
pub fn receive(purse: &Purse, year: FinancialYear, interest: Paise, parts: &Parts, recovery: &str) -> Journal {
    let mut movements = accrual(purse, interest);
    movements.extend(credit(purse, year, parts));
    Journal { kind: JournalKind::RecoveryReceived, reference: recovery.to_owned(), movements }
}

/// The competent authority gives up what is due; the payment stays spent.
pub fn relieve(purse: &Purse, kind: JournalKind, interest: Paise, parts: &Parts, recovery: &str) -> Journal {
    let to = match kind {
        JournalKind::RecoveryWaived => Stage::Waived,
        _ => Stage::WrittenOff,
    };
    let mut movements = accrual(purse, interest);
    movements.extend(moved(
        purse,
        &[
            (Stage::PrincipalDue, to, parts.principal_paise),
            (Stage::InterestDue, to, parts.interest_paise),
            (Stage::DamagesDue, to, parts.damages_paise),
        ],
    ));
    Journal { kind, reference: recovery.to_owned(), movements }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::tests::award;
    use crate::domain::scheme::Component;

    fn purse() -> Purse {
        Purse { scheme_code: "s".into(), component: Component::CapitalSubsidy, award: award() }
    }

    fn told(movements: &[Movement]) -> Vec<String> {
        let short = |account: &Account| format!("{}:{}", account.ledger, account.stage);
        movements.iter().map(|m| format!("{} > {} {}", short(&m.from), short(&m.to), m.amount.0)).collect()
    }

    #[test]
    fn principal_returns_to_both_ledgers_and_interest_only_to_the_third() {
        let year = "2026-27".parse().unwrap();
        let parts = Parts { principal_paise: Paise(7), interest_paise: Paise(2), damages_paise: Paise::ZERO };
        let journal = receive(&purse(), year, Paise(3), &parts, "r");
        let expected = [
            "recovery:demanded > recovery:interest_due 3",
            "recovery:principal_due > recovery:principal_recovered 7",
            "recovery:interest_due > recovery:interest_recovered 2",
            "outlay:disbursed > outlay:recovered 7",
            "appropriation:receipts > appropriation:recovered 7",
        ];
        assert_eq!(told(&journal.movements), expected);
        assert_eq!(journal.movements[3].to.code(), "outlay:s:capital_subsidy:recovered");
        let undone = undo_credit(&purse(), year, &parts, Paise(1));
        assert_eq!(undone.len(), 5);
        for (movement, original) in undone.iter().zip(&journal.movements[1..]) {
            assert_eq!((&movement.from, &movement.to), (&original.to, &original.from));
        }
        let every_ledger_balances =
            journal.movements.iter().chain(&undone).all(|movement| movement.from.ledger == movement.to.ledger);
        assert!(every_ledger_balances);
    }

    #[test]
    fn what_is_given_up_stays_spent() {
        let parts = Parts { principal_paise: Paise(7), interest_paise: Paise(2), damages_paise: Paise(1) };
        let written_off = relieve(&purse(), JournalKind::RecoveryWrittenOff, Paise::ZERO, &parts, "r");
        assert!(
            written_off.movements.iter().all(|m| m.to.stage == Stage::WrittenOff && m.to.ledger == Ledger::Recovery)
        );
        let damages = Parts { damages_paise: Paise(1), ..Parts::default() };
        let waived = relieve(&purse(), JournalKind::RecoveryWaived, Paise::ZERO, &damages, "r");
        assert_eq!(told(&waived.movements), ["recovery:damages_due > recovery:waived 1"]);
    }
}
