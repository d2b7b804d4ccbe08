//! The house: imports, module docs, file sizes.

crate::on_both!();
crate::plain!();
