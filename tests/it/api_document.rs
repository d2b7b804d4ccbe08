//! The curl commands of docs/API.md work.

crate::on_both!();
crate::plain!();
