//! Row notes: what an act wrote, as one digest for each row. The audit entry of the act holds a digest over the
//! list of its notes (`rows_digest`), so that the log proves every row of every table. All texts are hashed with
//! their lengths, so that anybody can compute the digests in any language.

use crate::base::digest::{FieldHasher, Fields};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The member of an entry's details with the digest over the list of its row notes.
pub const ROWS_DIGEST: &str = "rows_digest";

/// Length of the digest of a row. It is cut to 192 bits, because a list has one for each row. Nobody finds two
/// contents with the same digest in fewer than 2^96 attempts.
const DIGEST_BYTES: usize = 24;

/// What stands in place of the digest where there was, or is, no row.
const NO_ROW: &str = "-";

/// The digest of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowDigest([u8; DIGEST_BYTES]);

impl RowDigest {
    /// The digest as 32 characters.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub fn parse(text: &str) -> Option<RowDigest> {
        let mut bytes = [0; DIGEST_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == DIGEST_BYTES).then_some(RowDigest(bytes))
    }
}

/// Computes the digest of a row: SHA-256 over `magnet-scheme row v1`, the table, and the name and the value of each
/// column, in the order of the names. Numbers are written as decimal digits. A column without a value is left out, so
/// that a column which is added later changes no digest.
pub struct RowHasher(Fields);

impl RowHasher {
    pub fn of(table: &str) -> RowHasher {
        let mut fields = Fields::new("magnet-scheme row v1");
        fields.field(table);
        RowHasher(fields)
    }

    /// Adds a column; the columns come in the order of their names.
    pub fn text(&mut self, column: &str, value: &str) {
        self.0.field(column);
        self.0.field(value);
    }

    pub fn number(&mut self, column: &str, value: i64) {
        self.text(column, itoa::Buffer::new().format(value));
    }

    pub fn finish(self) -> RowDigest {
        let whole = self.0.sha256();
        let mut bytes = [0; DIGEST_BYTES];
        bytes.copy_from_slice(&whole[..DIGEST_BYTES]);
        RowDigest(bytes)
    }
}

/// One row that an act wrote, changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowNote {
    pub table: &'static str,
    pub key: String,
    /// The row as the act found it; `None` for a new row. A row that was changed behind the service's back is found
    /// out by this, also when an act changes it later.
    pub before: Option<RowDigest>,
    /// The row as the act left it; `None` for a row that it deleted.
    pub digest: Option<RowDigest>,
}

/// The values of a row's key as one text. Digits and codes have neither of the separators.
pub fn key_text<'v>(values: impl Iterator<Item = &'v str>) -> String {
    let mut text = String::new();
    for (place, value) in values.enumerate() {
        if place > 0 {
            text.push('/');
        }
        if value.contains(['\t', '\n', '%']) {
            text.push_str(&value.replace('%', "%25").replace('\t', "%09").replace('\n', "%0A"));
        } else {
            text.push_str(value);
        }
    }
    text
}

/// The notes of one act as they are stored: a salt, and one line for each row (table, key, and the digests before and
/// after the act, with tabs between them), in the order of tables and keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowNotes(pub String);

/// A line of a list of notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteLine<'n> {
    pub table: &'n str,
    pub key: &'n str,
    pub before: Option<RowDigest>,
    pub digest: Option<RowDigest>,
}

impl<'n> NoteLine<'n> {
    fn parse(line: &'n str) -> Option<NoteLine<'n>> {
        let mut parts = line.split('\t');
        let (table, key) = (parts.next()?, parts.next()?);
        let mut digest = || match parts.next()? {
            NO_ROW => Some(None),
            text => RowDigest::parse(text).map(Some),
        };
        let (before, digest) = (digest()?, digest()?);
        parts.next().is_none().then_some(NoteLine { table, key, before, digest })
    }
}

impl RowNotes {
    /// The list of the rows that an act wrote, in the order of writing; `None` if it left every row as it was. Several
    /// notes on one row become one. The salt keeps the digest in the log from telling anything about a row to somebody
    /// who guesses its content.
    pub fn of(salt: &str, mut written: Vec<RowNote>) -> Option<RowNotes> {
        // The sort keeps the order of notes on the same row.
        written.sort_by(|one, other| (one.table, &one.key).cmp(&(other.table, &other.key)));
        let mut text = String::with_capacity(salt.len() + written.len() * 128);
        text.push_str(salt);
        for of_row in written.chunk_by(|one, other| one.table == other.table && one.key == other.key) {
            let (Some(first), Some(last)) = (of_row.first(), of_row.last()) else { continue };
            if first.before == last.digest {
                continue;
            }
            text.push('\n');
            text.push_str(last.table);
            text.push('\t');
            text.push_str(&last.key);
            for digest in [&first.before, &last.digest] {
                text.push('\t');
                match digest {
                    Some(digest) => URL_SAFE_NO_PAD.encode_string(digest.0, &mut text),
                    None => text.push_str(NO_ROW),
                }
            }
        }
        (text.len() > salt.len()).then_some(RowNotes(text))
    }

    /// The digest for the entry, as hexadecimal digits.
    pub fn digest(&self) -> String {
        let mut hasher = FieldHasher::new("magnet-scheme row notes v1");
        hasher.field(&self.0);
        hasher.finish()
    }

    /// The lines of the list; `None` in place of a line that cannot be read.
    pub fn lines(&self) -> impl Iterator<Item = Option<NoteLine<'_>>> {
        self.0.split('\n').skip(1).map(NoteLine::parse)
    }
}

/// The digest over row notes that an entry names in its details. Within a text of the details every quotation mark has
/// a backslash before it, so these letters can only be the name of a member.
pub fn named_digest(details: &str) -> Option<&str> {
    const MEMBER: &str = "\"rows_digest\":\"";
    let from = details.find(MEMBER)? + MEMBER.len();
    details[from..].split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(columns: &[(&str, &str)]) -> RowDigest {
        let mut hasher = RowHasher::of("tranches");
        columns.iter().for_each(|(name, value)| hasher.text(name, value));
        hasher.finish()
    }

    #[test]
    fn every_column_counts_and_none_can_slide_into_the_next() {
        let all = [
            digest_of(&[("a", "1"), ("b", "2")]),
            digest_of(&[("a", "12"), ("b", "")]),
            digest_of(&[("a", "1")]),
            digest_of(&[("a", "1"), ("c", "2")]),
            digest_of(&[("a", "1b"), ("", "2")]),
            RowHasher::of("tranche").finish(),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(all.iter().skip(place + 1).all(|other| other != one), "{place}");
            assert_eq!(RowDigest::parse(&one.text()), Some(*one));
        }
        let mut number = RowHasher::of("tranches");
        number.number("a", -17);
        assert_eq!(number.finish(), digest_of(&[("a", "-17")]), "a number has the digest of its digits");
    }

    #[test]
    fn several_notes_on_a_row_become_one() {
        let note = |key: &str, before, digest| RowNote { table: "claims", key: key.to_owned(), before, digest };
        let (first, last) = (Some(digest_of(&[("a", "1")])), Some(digest_of(&[("a", "2")])));
        let written = vec![
            note("2", first, last),
            note("1", first, None),
            note("2", last, first),
            note("3", None, first),
            note("1", None, last),
            note("4", None, last),
            note("4", last, None),
        ];
        let notes = RowNotes::of("salt", written).unwrap();
        let lines: Vec<NoteLine<'_>> = notes.lines().map(Option::unwrap).collect();
        let line = |key, before, digest| NoteLine { table: "claims", key, before, digest };
        assert_eq!(lines, [line("1", first, last), line("3", None, first)]);
        assert_eq!(RowNotes::of("salt", vec![note("2", first, last), note("2", last, first)]), None);
        assert_ne!(notes.digest(), RowNotes(notes.0.replace("salt", "other")).digest());
        let details = format!("{{\"a\":\"\\\"rows_digest\\\":\\\"x\",\"rows_digest\":\"{}\"}}", notes.digest());
        assert_eq!(named_digest(&details), Some(&*notes.digest()));
        assert_eq!(named_digest("{\"a\":\"\\\"rows_digest\\\":\\\"x\"}"), None);
    }

    #[test]
    fn the_text_of_a_key_cannot_end_its_line() {
        assert_eq!(key_text(["NDFEB", "2"].into_iter()), "NDFEB/2");
        assert_eq!(key_text(["a\tb\nc%"].into_iter()), "a%09b%0Ac%25");
    }
}
