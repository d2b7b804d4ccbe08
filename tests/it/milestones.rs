//! Reports, inspections, verification.

crate::on_both!();
crate::plain!();
