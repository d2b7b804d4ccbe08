//! The log names what somebody with the database changed.

crate::on_both!();
crate::plain!();
