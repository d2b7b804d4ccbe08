//! Uploads stay inside the store, inert and bounded.

crate::on_both!();
crate::plain!();
