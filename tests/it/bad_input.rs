//! What cannot be is refused and changes nothing.

crate::on_both!();
crate::plain!();
