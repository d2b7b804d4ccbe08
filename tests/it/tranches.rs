//! Recommendation, concurrence, sanction, rejection: order and persons.

crate::on_both!();
crate::plain!();
