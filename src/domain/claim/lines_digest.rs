//! The digest of the lines of a claim, by which the audit log holds them.

use crate::base::digest::FieldHasher;
use crate::base::money::Paise;
use crate::claim::claim::ClaimLineRecord;

/// SHA-256 over every field of the lines in order, for the audit log.
pub fn lines_digest(lines: &[ClaimLineRecord]) -> String {
    let mut hasher = FieldHasher::new("magnet-scheme claim lines v1");
    for ClaimLineRecord { line, stated, decision, counted } in lines {
        let numbers = [*line, stated.quantity_kg, stated.amount_paise.0].map(|number| number.to_string());
        let date = stated.invoice_date.to_string();
        let (decided, reason) = match decision {
            None => ("", ""),
            Some(decision) if decision.accepted => ("accepted", decision.reason.as_str()),
            Some(decision) => ("rejected", decision.reason.as_str()),
        };
        let texts = [stated.invoice_number.as_str(), &date, &stated.party, decided, reason];
        numbers.iter().map(String::as_str).chain(texts).for_each(|field| hasher.field(field));
        for (name, value) in stated.issued() {
            [name, &value].into_iter().for_each(|field| hasher.field(field));
        }
        for fact in &stated.facts {
            let file = fact.evidence_id.map(|id| id.to_string()).unwrap_or_default();
            ["fact", &fact.code, &fact.value.to_string(), &file].into_iter().for_each(|field| hasher.field(field));
        }
        if let Some(counted) = counted {
            let sums = |kg: i64, amount: Paise| [kg, amount.0].map(|number| number.to_string());
            hasher.field("counted");
            sums(counted.counted_kg, counted.counted_amount_paise).iter().for_each(|field| hasher.field(field));
            for part in &counted.excluded {
                hasher.field(&part.code);
                sums(part.quantity_kg, part.amount_paise).iter().for_each(|field| hasher.field(field));
            }
        }
    }
    hasher.finish()
}
