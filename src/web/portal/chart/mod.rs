//! Charts, drawn here as SVG of whole numbers: places and widths in hundredths of a per cent, heights in pixels, so
//! that letters keep their size on a phone. A chart has a sentence that says what it shows, and its numbers as a table.

pub mod bars;
pub mod steps;

/// The numbers of a chart, exact.
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row of numbers and what they are about.
pub struct Row {
    pub name: String,
    pub cells: Vec<String>,
}

impl Table {
    /// The cells of a row, each with the name of its column.
    pub fn labelled<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a String, &'a String)> {
        self.head.iter().skip(1).zip(&row.cells)
    }
}

/// A chart of bars with everything that stands around it.
pub struct BarChart {
    /// Distinguishes the charts of one page.
    pub id: &'static str,
    pub title: String,
    /// What it shows, as a sentence.
    pub message: String,
    pub drawn: bars::Drawn,
    pub table: Table,
    /// The address of the same numbers as a file.
    pub file: Option<String>,
    /// Said when not all rows of the table are drawn.
    pub more: Option<String>,
}

/// A place or a width: hundredths of a per cent as SVG writes them.
pub fn per_cent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}
