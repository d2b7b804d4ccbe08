//! The ground of the interface: what comes in, what goes out, problems, downloads, health.

pub(in crate::web) mod body;
pub(in crate::web) mod cookie;
pub(in crate::web) mod docs;
pub(in crate::web) mod download;
pub(in crate::web) mod dry_run;
pub mod evidence;
pub(in crate::web) mod explanation;
pub(in crate::web) mod extract;
pub(in crate::web) mod gate;
pub(in crate::web) mod health;
pub(in crate::web) mod json_tree;
pub mod language;
pub(in crate::web) mod listing;
pub(in crate::web) mod methods;
pub(in crate::web) mod middleware;
pub(in crate::web) mod moment;
pub(in crate::web) mod names;
pub(in crate::web) mod numbers;
pub(in crate::web) mod openapi_rehearsals;
pub(in crate::web) mod parameters;
pub mod problem;
pub(in crate::web) mod reference;
pub(in crate::web) mod reply;
pub mod route_table;
pub mod sandbox;
pub(in crate::web) mod selection_rows;
pub mod texts;
