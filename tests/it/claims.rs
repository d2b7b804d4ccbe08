//! Claims and the amounts they earn.

crate::on_both!();
crate::plain!();
