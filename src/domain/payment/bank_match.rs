//! The three-way match: each line of a bank scroll is compared with the payment it is about, the
//! advice that contains the payment, and the sanction behind it. Nothing here changes a record.

use crate::base::id::PaymentId;
use crate::base::money::Paise;
use crate::payment::bank_scroll::{BankScrollLine, Said, ScrollFinding, said};
use crate::payment::payment::PaymentStatus;
use crate::payment::sanction_paid::{Attempt, Sanctions};
use crate::payment::scroll_detail::ScrollDetail;
use crate::payment::treasury_return::Answer;
use crate::people::organisation::mask;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The recorded facts of a payment that a line may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPayment {
    pub id: PaymentId,
    pub number: String,
    pub amount_paise: Paise,
    pub bank_account: String,
    pub status: PaymentStatus,
    pub utr: Option<String>,
    pub paid_on: Option<NaiveDate>,
    /// Whether it is contained in an advice to the treasury.
    pub advised: bool,
    pub sanctioned_on: Option<NaiveDate>,
}

/// The records with which lines are compared.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub payments: Vec<KnownPayment>,
    /// Lines of earlier scrolls about the same payments, numbers or UTRs.
    pub earlier: Vec<BankScrollLine>,
    /// All payments of the tranches that these payments are of.
    pub attempts: Vec<Attempt>,
    /// Those UTRs of the lines that stand on money that came in.
    pub came_in: BTreeSet<String>,
}

/// The finding about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub payment_id: Option<PaymentId>,
    pub finding: ScrollFinding,
    pub detail: Option<String>,
    /// Whether sanction, advice, bank and record agree, whether or not an earlier scroll had the
    /// same line.
    pub agrees: bool,
}

fn said_earlier(line: &BankScrollLine) -> Said<'_> {
    (&line.end_to_end_id, line.outcome, line.utr.as_deref(), line.paid_on, line.amount_paise)
}

/// What a line said, and the difference of its account, if it credited another one than that of its payment. The stored
/// lines have no account, but that difference.
type Stated<'l> = (Said<'l>, Option<String>);

/// The lines of earlier scrolls; of lines that were the same, the first one alone has its difference.
fn stated_earlier(earlier: &[BankScrollLine]) -> BTreeSet<Stated<'_>> {
    let first = earlier.iter().filter(|line| line.finding != ScrollFinding::Repeated);
    let account = |line: &BankScrollLine| line.detail.clone().filter(|_| line.finding == ScrollFinding::PayeeDiffers);
    first.map(|line| (said_earlier(line), account(line))).collect()
}

fn stated<'l>(line: &'l Answer, payment: Option<&KnownPayment>) -> Stated<'l> {
    let account = payment.and_then(|payment| other_account(line, payment)).and_then(|(_, detail)| detail);
    (said(line), account)
}

/// The indices of lines that cannot all be true: one UTR with two amounts or numbers, or a payment
/// that both succeeded and failed. None of them is accepted, so that the order of the lines decides
/// nothing.
fn contradictory(lines: &[Answer]) -> BTreeSet<usize> {
    let mut of_utr: BTreeMap<&str, BTreeSet<(&str, Paise)>> = BTreeMap::new();
    let mut ends: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for line in lines {
        if let (Some(utr), PaymentStatus::Succeeded) = (&line.utr, line.outcome) {
            of_utr.entry(utr).or_default().insert((&line.end_to_end_id, line.amount_paise));
        }
        if matches!(line.outcome, PaymentStatus::Succeeded | PaymentStatus::Failed) {
            let end = line.outcome == PaymentStatus::Succeeded;
            ends.entry(&line.end_to_end_id).or_default().insert(end);
        }
    }
    let wrong = |line: &Answer| {
        let two = line.utr.as_deref().and_then(|utr| of_utr.get(utr)).is_some_and(|told| told.len() > 1);
        let both = ends.get(line.end_to_end_id.as_str()).is_some_and(|told| told.len() > 1);
        line.outcome != PaymentStatus::Accepted && (two || both)
    };
    (0..lines.len()).filter(|index| lines.get(*index).is_some_and(wrong)).collect()
}

/// The findings about every line of a scroll, in the order of the file. The order decides only
/// which of two identical lines counts as the second.
pub fn reconcile(lines: &[Answer], known: &Known) -> Vec<Found> {
    let by_number: BTreeMap<&str, &KnownPayment> =
        known.payments.iter().map(|one| (one.number.as_str(), one)).collect();
    let by_utr: BTreeMap<&str, &KnownPayment> =
        known.payments.iter().filter_map(|one| Some((one.utr.as_deref()?, one))).collect();
    let earlier = stated_earlier(&known.earlier);
    let contradictory = contradictory(lines);
    let settled_by = |line: &Answer| line.utr.as_deref().and_then(|utr| by_utr.get(utr)).copied();
    let about = |line: &Answer| settled_by(line).or_else(|| by_number.get(line.end_to_end_id.as_str()).copied());
    let told = lines.iter().filter_map(|line| Some((line.outcome, about(line)?.id)));
    let sanctions = Sanctions::of(&known.attempts, &known.earlier, told);
    // A UTR that is already recorded counts as the first UTR of its payment.
    let mut order: Vec<(bool, Said<'_>, usize, &Answer)> = Vec::with_capacity(lines.len());
    order.extend(lines.iter().enumerate().map(|(index, line)| (settled_by(line).is_none(), said(line), index, line)));
    order.sort_by_key(|(unsettled, said, index, _)| (*unsettled, *said, *index));
    let mut paid = Paid::of(&known.earlier);
    let mut found: Vec<Option<Found>> = vec![None; lines.len()];
    for (.., index, line) in order {
        let numbered = by_number.get(line.end_to_end_id.as_str()).copied();
        let settled = settled_by(line);
        let payment = settled.or(numbered);
        let repeated = earlier.contains(&stated(line, payment));
        let (finding, detail) = if contradictory.contains(&index) {
            (ScrollFinding::Contradictory, Some(ScrollDetail::say("other_line", &[])))
        } else if let Some(before) = paid.before(line, payment, repeated) {
            before
        } else if line.utr.as_ref().is_some_and(|utr| known.came_in.contains(utr)) {
            (ScrollFinding::UtrDiffers, Some(ScrollDetail::say("came_in", &[])))
        } else {
            match (settled, numbered) {
                (Some(ours), Some(named)) if ours.id != named.id => {
                    let values = [("ours", ours.number.as_str()), ("number", named.number.as_str())];
                    (ScrollFinding::UtrDiffers, Some(ScrollDetail::say("other_payment", &values)))
                }
                _ => payment.map_or((ScrollFinding::UnknownUtr, None), |payment| {
                    paid_already(line, payment, &sanctions).unwrap_or_else(|| held_against(line, payment))
                }),
            }
        };
        let agrees = finding == ScrollFinding::Matched;
        let (finding, detail) = if repeated && finding != ScrollFinding::PaidTwice {
            (ScrollFinding::Repeated, None)
        } else {
            (finding, detail)
        };
        if let Some(place) = found.get_mut(index) {
            *place = Some(Found { payment_id: payment.map(|one| one.id), finding, detail, agrees });
        }
    }
    found.into_iter().flatten().collect()
}

/// The successes read so far, by UTR and by payment.
#[derive(Default)]
struct Paid {
    of_utr: BTreeMap<String, (String, Paise)>,
    of_payment: BTreeMap<PaymentId, String>,
    /// The successes of this scroll alone.
    here: BTreeSet<(String, String)>,
}

impl Paid {
    fn of(earlier: &[BankScrollLine]) -> Paid {
        let mut paid = Paid::default();
        for line in earlier.iter().filter(|line| line.outcome == PaymentStatus::Succeeded) {
            let Some(utr) = &line.utr else { continue };
            paid.of_utr.insert(utr.clone(), (line.end_to_end_id.clone(), line.amount_paise));
            if let Some(payment) = line.payment_id {
                paid.of_payment.entry(payment).or_insert_with(|| utr.clone());
            }
        }
        paid
    }

    /// The finding that follows from an earlier success, if any; from now on this line counts as an
    /// earlier one.
    fn before(
        &mut self,
        line: &Answer,
        payment: Option<&KnownPayment>,
        repeated: bool,
    ) -> Option<(ScrollFinding, Option<String>)> {
        let utr = line.utr.as_ref().filter(|_| line.outcome == PaymentStatus::Succeeded)?;
        if !self.here.insert((utr.clone(), line.end_to_end_id.clone())) {
            return Some((ScrollFinding::PaidTwice, Some(ScrollDetail::say("twice_here", &[]))));
        }
        let now = (line.end_to_end_id.clone(), line.amount_paise);
        let same_utr = self.of_utr.insert(utr.clone(), now.clone());
        let other_utr = payment.and_then(|payment| {
            let first = self.of_payment.entry(payment.id).or_insert_with(|| utr.clone());
            Some(first.clone()).filter(|first| first != utr)
        });
        if repeated {
            return None;
        }
        if let Some((number, amount)) = same_utr.filter(|before| *before != now) {
            let amount = amount.in_rupees();
            let values = [("number", number.as_str()), ("amount", amount.as_str())];
            return Some((ScrollFinding::Contradictory, Some(ScrollDetail::say("earlier_scroll", &values))));
        }
        other_utr.map(|utr| (ScrollFinding::PaidTwice, Some(ScrollDetail::say("paid_before", &[("utr", &utr)]))))
    }
}

/// The finding about a success on a sanction that another payment had paid.
fn paid_already(
    line: &Answer,
    payment: &KnownPayment,
    sanctions: &Sanctions<'_>,
) -> Option<(ScrollFinding, Option<String>)> {
    let paid = sanctions.paid_by_another(payment.id).filter(|_| line.outcome == PaymentStatus::Succeeded);
    let values = [("number", payment.number.as_str()), ("other", paid?)];
    Some((ScrollFinding::SanctionPaidTwice, Some(ScrollDetail::say("sanction_paid", &values))))
}

/// The finding about a line that credited another account than that of its payment.
fn other_account(line: &Answer, payment: &KnownPayment) -> Option<(ScrollFinding, Option<String>)> {
    let account = line.account.as_ref().filter(|account| **account != payment.bank_account)?;
    let (ours, theirs) = (mask(&payment.bank_account), mask(account));
    let values = [("number", payment.number.as_str()), ("ours", &ours), ("theirs", &theirs)];
    Some((ScrollFinding::PayeeDiffers, Some(ScrollDetail::say("account", &values))))
}

/// Compares one line with the payment it is about and returns the first difference.
fn held_against(line: &Answer, payment: &KnownPayment) -> (ScrollFinding, Option<String>) {
    use PaymentStatus::{Accepted, Failed, FailedAfterSuccess, Succeeded};
    let number = ("number", payment.number.as_str());
    let differs = |finding, code: &str, values: &[(&str, &str)]| (finding, Some(ScrollDetail::say(code, values)));
    if line.outcome == Accepted {
        return (ScrollFinding::Matched, None);
    }
    if let Some(other) = other_account(line, payment) {
        return other;
    }
    if line.amount_paise != payment.amount_paise {
        let (ours, theirs) = (payment.amount_paise.in_rupees(), line.amount_paise.in_rupees());
        return differs(ScrollFinding::AmountDiffers, "amount", &[number, ("amount", &ours), ("said", &theirs)]);
    }
    let by_then = |day: NaiveDate| line.paid_on.is_none_or(|paid_on| day <= paid_on);
    if !payment.sanctioned_on.is_some_and(by_then) {
        return differs(ScrollFinding::NotSanctioned, "no_sanction", &[number]);
    }
    if !payment.advised {
        return differs(ScrollFinding::NotAdvised, "no_advice", &[number]);
    }
    match (line.outcome, payment.status) {
        (Succeeded, Succeeded | FailedAfterSuccess) if line.utr != payment.utr => {
            let ours = payment.utr.as_deref().unwrap_or_default();
            differs(ScrollFinding::UtrDiffers, "other_utr", &[number, ("utr", ours)])
        }
        (Succeeded, Succeeded | FailedAfterSuccess) if line.paid_on != payment.paid_on => {
            let ours = payment.paid_on.map(|day| day.to_string()).unwrap_or_default();
            differs(ScrollFinding::DayDiffers, "other_day", &[number, ("day", &ours)])
        }
        (Succeeded, Succeeded | FailedAfterSuccess) => (ScrollFinding::Matched, None),
        (Failed | FailedAfterSuccess, Succeeded) => {
            let status = ("status", Succeeded.as_str());
            differs(ScrollFinding::SaidFailedButConfirmed, "status", &[number, status])
        }
        // In both cases the money is not with the payee.
        (Failed | FailedAfterSuccess, Failed | FailedAfterSuccess) => (ScrollFinding::Matched, None),
        (_, status) => differs(ScrollFinding::NotConfirmedHere, "status", &[number, ("status", status.as_str())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::BankScrollId;
    use crate::payment::bank_scroll::lines_digest;
    use crate::payment::payment_advice::FileFormat;
    use crate::payment::treasury_return::ReadReturn;
    use crate::payment::treasury_return_file::read_scroll;
    use ScrollFinding as F;
    use uuid::Uuid;

    fn lines(text: &[&str]) -> Vec<Answer> {
        let total: i64 = 100 * text.len() as i64;
        let count = text.len();
        let body: String = text.iter().map(|line| format!("LIN,{line}\n")).collect();
        let file = format!("HDR,S,,{count},{total}.00\n{body}TRL,{count},{total}.00\n");
        read_scroll(FileFormat::Csv, &file).and_then(ReadReturn::check).unwrap().lines
    }

    fn payment(number: u128, utr: Option<&str>) -> KnownPayment {
        let paid_on = utr.map(|_| "2026-07-01".parse().unwrap());
        KnownPayment {
            id: PaymentId(Uuid::from_u128(number)),
            number: format!("P/{number}"),
            amount_paise: Paise(10_000),
            bank_account: "310020456701".into(),
            status: if utr.is_some() { PaymentStatus::Succeeded } else { PaymentStatus::Advised },
            utr: utr.map(str::to_owned),
            paid_on,
            advised: true,
            sanctioned_on: "2026-06-30".parse().ok(),
        }
    }

    fn found(text: &[&str], known: &Known) -> Vec<F> {
        let found = reconcile(&lines(text), known);
        for detail in found.iter().filter_map(|one| one.detail.as_deref()) {
            assert!(ScrollDetail::read(detail).is_some(), "'{detail}' cannot be said in another language");
        }
        found.into_iter().map(|one| one.finding).collect()
    }

    const U1: &str = "SBINR52026070100001";
    const ONE: &str = "P/1,Success,SBINR52026070100001,2026-07-01,100.00,";

    #[test]
    fn each_difference_has_its_name() {
        let known = |change: fn(&mut KnownPayment)| {
            let mut one = payment(1, Some(U1));
            change(&mut one);
            Known { payments: vec![one], ..Known::default() }
        };
        assert_eq!(found(&[ONE], &known(|_| {})), [F::Matched]);
        assert_eq!(found(&[ONE], &Known::default()), [F::UnknownUtr]);
        assert_eq!(found(&[&format!("{ONE},310020456702")], &known(|_| {})), [F::PayeeDiffers]);
        assert_eq!(found(&[&format!("{ONE},310020456701")], &known(|_| {})), [F::Matched]);
        assert_eq!(found(&[ONE], &known(|one| one.amount_paise = Paise(9_999))), [F::AmountDiffers]);
        assert_eq!(found(&[ONE], &known(|one| one.advised = false)), [F::NotAdvised]);
        assert_eq!(found(&[ONE], &known(|one| one.sanctioned_on = None)), [F::NotSanctioned]);
        assert_eq!(found(&[ONE], &known(|one| one.sanctioned_on = "2026-07-02".parse().ok())), [F::NotSanctioned]);
        assert_eq!(found(&[ONE], &known(|one| one.status = PaymentStatus::Failed)), [F::NotConfirmedHere]);
        assert_eq!(found(&[ONE], &known(|one| one.utr = Some("X".repeat(12)))), [F::UtrDiffers]);
        assert_eq!(found(&[ONE], &known(|one| one.paid_on = "2026-07-02".parse().ok())), [F::DayDiffers]);
        assert_eq!(found(&["P/1,Failed,,,100.00,closed"], &known(|_| {})), [F::SaidFailedButConfirmed]);
        // Money that came in under this UTR did not go out under it.
        let came_in =
            Known { came_in: BTreeSet::from([U1.to_owned()]), payments: vec![payment(1, None)], ..Known::default() };
        assert_eq!(found(&[ONE], &came_in), [F::UtrDiffers]);
        // The payment is found by its UTR, whatever number the bank gives it.
        assert_eq!(found(&[&ONE.replace("P/1", "garbled")], &known(|_| {})), [F::Matched]);
    }

    #[test]
    fn what_is_said_twice_or_in_two_ways_is_found_in_any_order() {
        let known = Known { payments: vec![payment(1, Some(U1)), payment(2, None)], ..Known::default() };
        assert_eq!(found(&[ONE, ONE], &known), [F::Matched, F::PaidTwice]);
        let other = ONE.replace("00001,2026", "00000,2026");
        assert_eq!(found(&[ONE, &other], &known), [F::Matched, F::PaidTwice]);
        assert_eq!(found(&[&other, ONE], &known), [F::PaidTwice, F::Matched]);
        let taken = ONE.replace("P/1", "P/2");
        assert_eq!(found(&[ONE, &taken], &known), [F::Contradictory; 2]);
        assert_eq!(found(&[&taken], &known), [F::UtrDiffers]);
        assert_eq!(found(&[ONE, "P/1,Failed,,,100.00,closed"], &known), [F::Contradictory; 2]);
        let (forth, back) = (lines(&[ONE, &other]), lines(&[&other, ONE]));
        let days = (forth[0].paid_on.unwrap(), forth[0].paid_on.unwrap());
        assert_eq!(lines_digest(days, &forth), lines_digest(days, &back));
        assert_ne!(lines_digest(days, &forth), lines_digest(days, &forth[..1]));
    }

    #[test]
    fn an_earlier_scroll_counts() {
        let earlier = |utr: &str, amount_paise| BankScrollLine {
            scroll_id: BankScrollId(Uuid::nil()),
            line: 1,
            end_to_end_id: "P/1".into(),
            outcome: PaymentStatus::Succeeded,
            utr: Some(utr.into()),
            paid_on: "2026-07-01".parse().ok(),
            amount_paise,
            reason: None,
            payment_id: Some(PaymentId(Uuid::from_u128(1))),
            finding: F::Matched,
            detail: None,
        };
        let after = |line| Known { payments: vec![payment(1, Some(U1))], earlier: vec![line], ..Known::default() };
        // The same line about another account is another line, in either order.
        let elsewhere = lines(&[&format!("{ONE},99999999999")]);
        let first = reconcile(&elsewhere, &after(earlier(U1, Paise(10_000)))).remove(0);
        assert_eq!(first.finding, F::PayeeDiffers);
        let wrong = |finding, detail: Option<String>| BankScrollLine { finding, detail, ..earlier(U1, Paise(10_000)) };
        let mut known = after(wrong(F::PayeeDiffers, first.detail.clone()));
        known.earlier.push(wrong(F::Repeated, None));
        assert_eq!(reconcile(&elsewhere, &known)[0].finding, F::Repeated);
        assert_eq!(found(&[ONE], &known), [F::Matched]);
        let third = lines(&[&format!("{ONE},88888888888")]);
        assert_eq!(reconcile(&third, &known)[0].finding, F::PayeeDiffers);
        assert_eq!(found(&[ONE], &after(earlier(U1, Paise(10_000)))), [F::Repeated]);
        assert_eq!(found(&[ONE], &after(earlier(U1, Paise(9_000)))), [F::Contradictory]);
        assert_eq!(found(&[ONE], &after(earlier("SBINR52026070199999", Paise(10_000)))), [F::PaidTwice]);
    }
}
