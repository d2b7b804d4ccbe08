//! Pages of short lists that are read whole, such as accounts and budget instruments.

/// The rows of one page, the newest first, and how many rows there are in all. Pages are numbered from 1.
pub(in crate::service) fn newest_first<T>(oldest_first: Vec<T>, page: i64, rows: i64) -> (Vec<T>, i64) {
    let all = i64::try_from(oldest_first.len()).unwrap_or(i64::MAX);
    let number = |number: i64| usize::try_from(number).unwrap_or_default();
    let before = number(page.saturating_sub(1).saturating_mul(rows));
    (oldest_first.into_iter().rev().skip(before).take(number(rows)).collect(), all)
}
