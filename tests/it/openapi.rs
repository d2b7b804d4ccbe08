//! Every route is described.

crate::on_both!();
crate::plain!();
