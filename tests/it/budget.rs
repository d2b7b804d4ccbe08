//! Provisions and the floors of every account.

crate::on_both!();
crate::plain!();
