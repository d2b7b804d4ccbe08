//! Advices, bank answers, re-issue, reversal.

crate::on_both!();
crate::plain!();
