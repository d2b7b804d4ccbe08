//! SQL that is written once for both engines. Most of it is in `.sql` files, one for each question, so that an
//! auditor can read and run it; `docs/CONTROLS.md` explains how. Besides the SQL that both engines understand,
//! such a file may contain:
//!
//! - comment lines, which are removed before the statement is sent;
//! - `each_of(json)`, which returns a row for each element of a list;
//! - `position_of(text, part)`, which returns the position of a part in a text, and 0 if it does not occur;
//! - `days_left_from(day)`, which returns the number of days from a day to the end of the year 9999: the sooner the
//!   day, the more, so that days can be counted;
//! - named parameters such as `:today`, which the caller replaces.
//!
//! JSON operators are the same on both engines: `json(column) ->> 'member'`.

/// The text of a `.sql` file below this layer's folder, included at compile time.
macro_rules! sql_file {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/", $path, ".sql"))
    };
}
pub(in crate::db) use sql_file;

/// Replaces the portable function names by those of the engine.
pub fn of_engine(text: &str, sqlite: bool) -> String {
    let (each, position) = if sqlite { ("json_each(", "instr(") } else { ("json_array_elements_text(", "strpos(") };
    let left = if sqlite { "julianday('9999-12-31') - julianday(" } else { "DATE '9999-12-31' - date(" };
    text.replace("each_of(", each).replace("position_of(", position).replace("days_left_from(", left)
}

/// Returns the statement of a `.sql` file for an engine, on one line and without comments, because prepared
/// statements are cached by their text and the engines parse each text anew.
pub fn statement(file: &str, sqlite: bool) -> String {
    let lines: Vec<&str> = file.lines().map(str::trim).filter(|line| !line.starts_with("--")).collect();
    of_engine(&lines.join(" "), sqlite)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::path::Path;

    /// The text of each file, by its name without the extension.
    type Files = BTreeMap<String, String>;

    fn files_below(folder: &Path) -> Files {
        let mut found = Files::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let more = if path.is_dir() {
                files_below(&path)
            } else {
                assert_eq!(path.extension().unwrap(), "sql", "{}", path.display());
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                Files::from([(name, std::fs::read_to_string(&path).unwrap())])
            };
            for (name, text) in more {
                assert!(found.insert(name.clone(), text).is_none(), "two files are called {name}.sql");
            }
        }
        found
    }

    /// Asserts that a folder has exactly one file for each of `wanted`, and that each file is readable: it
    /// opens with a comment of these sentences (`…` stands for any text), and its lines are short.
    pub fn check_files(folder: &str, wanted: &[(&str, &str, [String; 2])]) {
        let files = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        let mut names: Vec<&str> = wanted.iter().map(|(name, _, _)| *name).collect();
        names.sort_unstable();
        assert_eq!(files.keys().collect::<Vec<_>>(), names, "the files of {folder}");
        for (name, text, [first, last]) in wanted {
            assert_eq!(files[*name], **text, "{name} is answered by the file of its name");
            let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("-- ")).collect();
            let comment = comment.join(" ");
            let middle = comment.strip_prefix(&format!("{first} Asks: ")).and_then(|rest| rest.strip_suffix(last));
            let (asks, row) = middle.and_then(|middle| middle.split_once(" A row means: ")).unwrap_or_default();
            assert!(
                asks.len() > 10 && row.len() > 10,
                "{name}.sql should open with: {first} Asks: … A row means: …{last}"
            );
            assert!(
                !text.contains("-> -"),
                "{name}.sql counts from the end of a list, which SQLite before 3.47 cannot"
            );
            for line in text.lines() {
                assert!(line.chars().count() <= 120 && line.trim_end() == line, "{name}.sql: {line}");
                assert!(
                    line.trim_start().starts_with("--") || !line.contains("--"),
                    "{name}.sql has a comment behind: {line}"
                );
            }
        }
    }

    #[test]
    fn a_file_is_sent_without_its_comments_in_the_words_of_the_engine() {
        let file = "-- What does each_of(it) find?\nSELECT one.value\n    -- A list.\nFROM each_of(json(list)) AS one\nWHERE position_of(one.value, ':') > 0\n";
        let of = |sqlite| statement(file, sqlite);
        assert_eq!(of(true), "SELECT one.value FROM json_each(json(list)) AS one WHERE instr(one.value, ':') > 0");
        assert_eq!(
            of(false),
            "SELECT one.value FROM json_array_elements_text(json(list)) AS one WHERE strpos(one.value, ':') > 0"
        );
    }
}
