//! Counts the statements that a request sends to the database while it reads, without those that begin and end a
//! transaction. Only builds with debug assertions count them, and so every test: an answer must not need more of them
//! the longer it is (N+1).

use crate::db::engine::selects::statements_sent;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

tokio::task_local! {
    static COUNT: Arc<AtomicU64>;
}

/// Runs a request. Returns its answer and the number of statements that its reads sent.
pub async fn counted<F: Future>(request: F) -> (F::Output, u64) {
    let count = Arc::new(AtomicU64::new(0));
    let answer = COUNT.scope(Arc::clone(&count), request).await;
    (answer, count.load(Ordering::Relaxed))
}

/// Wraps work that runs on another thread, so that its statements are counted for this request.
pub(in crate::service) fn counting<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let count = COUNT.try_with(Arc::clone).ok();
    move || {
        let before = statements_sent();
        let found = work();
        if let Some(count) = count {
            count.fetch_add(statements_sent() - before, Ordering::Relaxed);
        }
        found
    }
}
