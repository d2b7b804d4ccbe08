//! What the auditor asks: filters, pages, totals, downloads.

crate::on_both!();
crate::plain!();
