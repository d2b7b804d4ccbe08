//! What may be submitted after the days for claiming are over. A claim that was first submitted in time keeps its day,
//! however it came back, and may be corrected. It may not grow under cover of a correction: what was not demanded in
//! time is not demanded later (docs/adr/0038-what-was-in-time-is-not-lost.md).

use crate::base::money::Paise;
use crate::base::reason::Reason;
use crate::claim::claim::{ClaimForm, ClaimLine};
use crate::claim::document_number::normal_number;
use chrono::NaiveDate;
use std::collections::HashMap;

/// A form as it was submitted, with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    pub form: ClaimForm,
    pub on: NaiveDate,
}

/// The last of these submissions that came by a day.
pub fn last_in_time(submissions: Vec<Submission>, last: NaiveDate) -> Option<ClaimForm> {
    let in_time = submissions.into_iter().filter(|one| one.on <= last);
    in_time.max_by_key(|one| one.on).map(|one| one.form)
}

/// Refuses a correction that claims more than was submitted in time: a larger amount, lines that come to more, or an
/// invoice that was not among them. A credit note only takes away, so it may come later.
pub fn require_not_enlarged(before: &ClaimForm, now: &ClaimForm) -> Result<(), Reason> {
    let (in_time, asked) = (before.amount_claimed_paise, now.amount_claimed_paise);
    if asked > in_time {
        return Err(Reason::MoreClaimed { asked, in_time });
    }
    if let Some(line) = new_line(&before.lines, &now.lines) {
        return Err(Reason::LineNotInTime { line });
    }
    let (in_time_kg, asked_kg) = (kilograms(&before.lines), kilograms(&now.lines));
    if asked_kg > in_time_kg {
        return Err(Reason::LinesHeavier { asked_kg: shown(asked_kg), in_time_kg: shown(in_time_kg) });
    }
    let (in_time, asked) = (amounts(&before.lines), amounts(&now.lines));
    if asked > in_time {
        return Err(Reason::LinesDearer { asked: Paise(shown(asked)), in_time: Paise(shown(in_time)) });
    }
    Ok(())
}

/// Forms are checked before they are stored, so that their sums fit; one that does not is shown as the largest.
fn shown(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(i64::MAX)
}

fn kilograms(lines: &[ClaimLine]) -> i128 {
    lines.iter().map(|line| i128::from(line.quantity_kg)).sum()
}

fn amounts(lines: &[ClaimLine]) -> i128 {
    lines.iter().map(|line| i128::from(line.amount_paise.0)).sum()
}

fn takes_away(line: &ClaimLine) -> bool {
    line.amount_paise <= Paise::ZERO && line.quantity_kg <= 0
}

/// What a line says beside its number.
fn rest_of(line: &ClaimLine) -> (NaiveDate, &str, i64, i64) {
    (line.invoice_date, line.party.trim(), line.quantity_kg, line.amount_paise.0)
}

/// The first line, from 1, that corrects no line of before. A line corrects one with the same number, whose other parts
/// were mistyped, or one with everything else the same, whose number was. Each line is corrected once.
fn new_line(before: &[ClaimLine], now: &[ClaimLine]) -> Option<i64> {
    let mut by_number: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, line) in before.iter().enumerate() {
        by_number.entry(normal_number(&line.invoice_number)).or_default().push(place);
    }
    let mut corrected = vec![false; before.len()];
    let mut open = Vec::new();
    for (place, line) in now.iter().enumerate().filter(|(_, line)| !takes_away(line)) {
        let same = by_number.get(&normal_number(&line.invoice_number));
        let free = |place: &&usize| !corrected.get(**place).copied().unwrap_or(true);
        // Numbers of several suppliers may be alike: the line that is the same altogether goes first.
        let exact = |place: &&usize| before.get(**place).is_some_and(|one| rest_of(one) == rest_of(line));
        let found = same
            .and_then(|places| places.iter().filter(free).find(exact).or_else(|| places.iter().find(free)).copied());
        match found.and_then(|place| corrected.get_mut(place)) {
            Some(done) => *done = true,
            None => open.push((place, line)),
        }
    }
    let mut by_rest: HashMap<(NaiveDate, &str, i64, i64), usize> = HashMap::new();
    for (line, _) in before.iter().zip(&corrected).filter(|(_, done)| !**done) {
        *by_rest.entry(rest_of(line)).or_default() += 1;
    }
    let unknown = open.into_iter().find(|(_, line)| match by_rest.get_mut(&rest_of(line)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    unknown.map(|(place, _)| place as i64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::invoice_identity::DocumentType;
    use crate::scheme::scheme::Component;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn line(number: &str, party: &str, kg: i64, paise: i64) -> ClaimLine {
        ClaimLine {
            invoice_number: number.into(),
            invoice_date: day("2026-12-05"),
            party: party.into(),
            supplier_gstin: None,
            buyer_gstin: None,
            irn: None,
            document_type: DocumentType::Invoice,
            corrects_number: None,
            corrects_date: None,
            quantity_kg: kg,
            amount_paise: Paise(paise),
            facts: Vec::new(),
        }
    }

    fn form(amount: i64, lines: Vec<ClaimLine>) -> ClaimForm {
        ClaimForm {
            component: Component::SalesLinkedIncentive,
            milestone_id: None,
            period_from: Some(day("2026-12-01")),
            period_to: Some(day("2027-03-31")),
            amount_claimed_paise: Paise(amount),
            lines,
            evidence: Vec::new(),
            facts: Vec::new(),
            mass_balance: None,
            supplements: None,
            replaces: None,
        }
    }

    fn before() -> ClaimForm {
        form(500, vec![line("S/1", "Sample Motors", 1_000, 4_000), line("S/2", "Sample Motors", 2_000, 8_000)])
    }

    fn refused(amount: i64, lines: Vec<ClaimLine>) -> Option<&'static str> {
        require_not_enlarged(&before(), &form(amount, lines)).err().map(|reason| reason.code())
    }

    #[test]
    fn a_typo_is_corrected() {
        let second = || line("S/2", "Sample Motors", 2_000, 8_000);
        assert_eq!(refused(500, before().lines), None);
        assert_eq!(refused(400, vec![line("S/1", "Sample Motors Ltd", 999, 3_999)]), None, "a line is left out");
        assert_eq!(refused(500, vec![line("S/11", "Sample Motors", 1_000, 4_000), second()]), None, "the number");
        assert_eq!(refused(500, vec![line(" s/1", "Other Buyer", 900, 4_000), second()]), None, "all but the number");
        let moved = vec![line("S/1", "Sample Motors", 1_500, 6_000), line("S/2", "Sample Motors", 1_500, 6_000)];
        assert_eq!(refused(500, moved), None, "between lines, not in sum");
        let mut note = line("C/1", "Sample Motors", -10, -40);
        note.document_type = DocumentType::CreditNote;
        assert_eq!(refused(500, [before().lines, vec![note]].concat()), None);
    }

    #[test]
    fn nothing_grows_under_cover_of_it() {
        let first = || line("S/1", "Sample Motors", 1_000, 4_000);
        let second = || line("S/2", "Sample Motors", 2_000, 8_000);
        assert_eq!(refused(501, before().lines), Some("more_claimed"));
        assert_eq!(refused(500, vec![line("S/1", "Sample Motors", 1_001, 4_000), second()]), Some("lines_heavier"));
        assert_eq!(refused(500, vec![line("S/1", "Sample Motors", 1_000, 4_001), second()]), Some("lines_dearer"));
        assert_eq!(refused(500, vec![first(), line("S/3", "Sample Motors", 1, 1)]), Some("line_not_in_time"));
        let twice = vec![first(), line("S/4", "Sample Motors", 1_000, 4_000)];
        assert_eq!(refused(500, twice), Some("line_not_in_time"), "one line is corrected once");
    }

    #[test]
    fn what_was_last_submitted_in_time_counts() {
        let on = |text: &str, amount: i64| Submission { form: form(amount, Vec::new()), on: day(text) };
        let all = vec![on("2027-11-01", 1), on("2027-12-31", 2), on("2028-01-05", 3)];
        assert_eq!(last_in_time(all.clone(), day("2027-12-31")).unwrap().amount_claimed_paise, Paise(2));
        assert_eq!(last_in_time(all, day("2027-10-31")), None);
    }
}
