//! Each test registers itself by the attribute above it, so no list has to be maintained: a test without
//! one is code that nobody calls, which clippy refuses.
//!
//! `#[apply(on_both!)]` gives the test a fresh service on each engine, `#[apply(on_sqlite!)]` and
//! `#[apply(on_postgres!)]` on one; `#[apply(in_browser!)]` is for a test in Chromium; `#[apply(plain!)]` is for a test
//! that needs no service.

use crate::harness::app::App;

/// A test's function, with the kind of service it needs.
#[derive(Clone, Copy)]
pub enum Test {
    OnBoth(fn(App)),
    OnSqlite(fn(App)),
    OnPostgres(fn(App)),
    InBrowser(fn(App)),
    Plain(fn()),
}

/// A test and its place in the source.
pub struct Registered {
    pub path: &'static str,
    pub test: Test,
}

inventory::collect!(Registered);

macro_rules! registered {
    ($test:ident, $(#[$about:meta])* $vis:vis fn $name:ident $($rest:tt)*) => {
        $(#[$about])*
        $vis fn $name $($rest)*
        inventory::submit! {
            $crate::register::Registered {
                path: concat!(module_path!(), "::", stringify!($name)),
                test: $crate::register::Test::$test($name),
            }
        }
    };
}

/// Tests of SQL, money and locks run on both engines. Of the tests of pages, each room's main story does; the others
/// run on SQLite, because `portal/whole/engines.rs` opens every page on PostgreSQL.
macro_rules! on_both {
    ($($test:tt)*) => { registered!(OnBoth, $($test)*); };
}

/// Tests that make sense on SQLite alone, or do not depend on the engine.
macro_rules! on_sqlite {
    ($($test:tt)*) => { registered!(OnSqlite, $($test)*); };
}

/// Tests that make sense on PostgreSQL alone, or need its server programs.
macro_rules! on_postgres {
    ($($test:tt)*) => { registered!(OnPostgres, $($test)*); };
}

/// Tests that need a browser: they do not depend on the engine.
macro_rules! in_browser {
    ($($test:tt)*) => { registered!(InBrowser, $($test)*); };
}

/// Tests that need no service.
macro_rules! plain {
    ($($test:tt)*) => { registered!(Plain, $($test)*); };
}
