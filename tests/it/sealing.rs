//! Organisations are sealed from each other.

crate::on_both!();
crate::plain!();
