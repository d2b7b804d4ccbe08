//! What the audit desk's rows must say together, whoever wrote them: a sample has the population that was frozen, and
//! every draw follows from it and the seed. The notes of a record are numbered without a gap.

use crate::db::correspondence::counts;
use crate::db::desk::samples;
use crate::db::engine::error::DbError;
use crate::db::engine::transaction::ReadTx;
use crate::service::check::verify::{CHUNK_ROWS, same};
use domain::desk::sample::{MOST_ITEMS, Sample};
use domain::desk::sampling::{DrawnItem, PopulationItem, draw, draw_digest, population_digest, seed_digest};

/// The first contradiction.
pub fn first_fault(tx: &mut ReadTx<'_>) -> Result<Option<String>, DbError> {
    if let Some(about) = counts::gaps(tx)?.first() {
        return Ok(Some(format!("the notes on {about} are not numbered without a gap")));
    }
    let mut after = None;
    loop {
        let chunk = samples::page(tx, after, CHUNK_ROWS)?;
        let Some(last) = chunk.last() else { return Ok(None) };
        after = Some(last.id);
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
    same("the digest of its population", frozen, "its items", counted)?;
    if !(1_i64..).zip(items).all(|(position, item)| item.position == position) {
        return Err("its population is not in order".to_owned());
    }
    let Some(seed) = &sample.seed else {
        return if drawn.is_empty() { Ok(()) } else { Err("it is drawn without a seed".to_owned()) };
    };
    same("the digest of its seed", sample.seed_digest.clone(), "its seed", seed_digest(seed))?;
    if draw(seed, items, sample.plan()) != drawn {
        return Err("the draw does not follow from seed and population".to_owned());
    }
    same("the digest of its draw", sample.draw_digest.clone().unwrap_or_default(), "its draw", draw_digest(drawn))
}
