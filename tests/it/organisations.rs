//! Registering a manufacturer.

crate::on_both!();
crate::plain!();
