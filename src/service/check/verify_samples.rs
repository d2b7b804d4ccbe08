//! Samples compared with the log, their populations with what was frozen, and every draw repeated.

use crate::db::desk::samples;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::service::check::verify_desk::{count_fault, fault_among};
use crate::service::check::verify_records::{CHUNK_ROWS, same};
use domain::desk::sample::{MOST_ITEMS, Sample};
use domain::desk::sampling::{DrawnItem, PopulationItem, draw, draw_digest, population_digest, seed_digest};
use domain::log::audit::digest_of;

/// The first sample that does not follow from its seed and population.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let chunk = samples::page(tx, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return count_fault(tx, "sample", rows) };
        after = Some(last.id);
        rows += chunk.len() as i64;
        let told = chunk.iter().map(|one| (one.number.clone(), format!("sample:{}", one.id), digest_of(one)));
        if let Some(fault) = fault_among(tx, &told.collect::<Vec<_>>())? {
            return Ok(Some(fault));
        }
        for sample in &chunk {
            let most = MOST_ITEMS as i64 + 1;
            let items = samples::items(tx, sample.id, 0, most)?;
            let drawn = samples::draws(tx, sample.id, 0, most)?;
            if let Err(fault) = check(sample, &items, &drawn) {
                return Ok(Some(format!("sample {}: {fault}", sample.number)));
            }
        }
    }
}

fn check(sample: &Sample, items: &[PopulationItem], drawn: &[DrawnItem]) -> Result<(), String> {
    let frozen = sample.population_digest.clone().unwrap_or_default();
    let counted = if items.is_empty() { String::new() } else { population_digest(items) };
    same("the digest of its population", frozen, counted)?;
    if !(1_i64..).zip(items).all(|(position, item)| item.position == position) {
        return Err("its population is not in order".to_owned());
    }
    let Some(seed) = &sample.seed else { return same("how many are drawn", drawn.len(), 0) };
    same("the digest of its seed", &sample.seed_digest, &seed_digest(seed))?;
    if draw(seed, items, sample.plan()) != drawn {
        return Err("the draw does not follow from seed and population".to_owned());
    }
    same("the digest of its draw", sample.draw_digest.clone().unwrap_or_default(), draw_digest(drawn))
}
