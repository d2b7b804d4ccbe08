//! Both engines hold the same tables.

crate::on_both!();
crate::plain!();
