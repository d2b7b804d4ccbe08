//! On which line of a file a record of CSV begins, as people count. The reader's own count is one less after a line
//! that ends with two characters.

/// Counts the lines of a text from one record to the next.
pub struct LineCount<'t> {
    text: &'t str,
    /// The byte up to which lines were counted.
    counted: usize,
    line: u64,
}

impl<'t> LineCount<'t> {
    pub fn of(text: &'t str) -> LineCount<'t> {
        LineCount { text, counted: 0, line: 1 }
    }

    /// The line, from 1, of the record that the reader found from this position on, behind empty lines.
    pub fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let begins = begins_at(self.text, position.map_or(0, csv::Position::byte)).max(self.counted);
        self.line += line_breaks(self.text.get(self.counted..begins).unwrap_or_default());
        self.counted = begins;
        self.line
    }
}

fn begins_at(text: &str, byte: u64) -> usize {
    let from = usize::try_from(byte).unwrap_or(text.len()).min(text.len());
    let rest = text.get(from..).unwrap_or_default();
    text.len() - rest.trim_start_matches(['\r', '\n']).len()
}

fn line_breaks(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}
