//! Applying: drafts, submission, questions and answers, scrutiny.

crate::on_both!();
crate::plain!();
