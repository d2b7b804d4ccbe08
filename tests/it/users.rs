//! Accounts and what they lose at once.

crate::on_both!();
crate::plain!();
