//! Starting: keys, modes, migrations, first administrator.

crate::on_both!();
crate::plain!();
