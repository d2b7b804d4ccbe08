//! The ground of the use cases: the command runner, rehearsals, the clock, evidence files and loaded schemes. It
//! imports no other room.

pub(in crate::service) mod any_command;
pub(in crate::service) mod as_logged;
pub(in crate::service) mod attempt;
pub(in crate::service) mod audit_entry;
pub mod bulk;
pub mod clock;
pub mod clock_check;
pub mod cursor;
pub mod error;
pub mod evidence;
pub mod evidence_store;
pub mod evidence_watch;
pub mod finance;
pub(in crate::service) mod key_file;
pub mod money_gate;
pub(in crate::service) mod newest_first;
pub mod operation;
pub mod past;
pub(in crate::service) mod queries;
pub mod record_page;
pub mod rehearsal;
pub mod row_writer;
pub mod runner;
pub mod scheme_shelf;
pub mod secret;
pub(in crate::service) mod several;
pub mod sheets;
pub mod statements;
pub mod text_file;
