//! The same key never acts twice.

crate::on_both!();
crate::plain!();
