//! Signing in, tokens, refresh, sign-out.

crate::on_both!();
crate::plain!();
