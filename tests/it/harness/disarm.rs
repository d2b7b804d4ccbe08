//! The first step of an attacker who owns the database.

use crate::harness::app::{App, Engine};

/// Removes every tripwire and, where the engine allows it, every check.
pub fn disarm(app: &App) {
    match app.engine {
        Engine::Sqlite => {
            for trigger in app.values("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
                app.sql(&format!("DROP TRIGGER {trigger}"));
            }
        }
        Engine::Postgres => app.sql(
            "DO $$ DECLARE one record; BEGIN \
             FOR one IN SELECT tgname, tgrelid::regclass AS of_table FROM pg_trigger WHERE NOT tgisinternal LOOP \
             EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.of_table); END LOOP; \
             FOR one IN SELECT conname, conrelid::regclass AS of_table FROM pg_constraint \
             WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace LOOP \
             EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of_table, one.conname); END LOOP; END $$",
        ),
    }
}
