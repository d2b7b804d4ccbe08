//! Awards, ceilings, securities.

crate::on_both!();
crate::plain!();
