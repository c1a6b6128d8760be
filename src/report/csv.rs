//! The document as CSV, for spreadsheets. A file is one table.
//!
//! Text is quoted, numbers are exact and bare, what is not known is empty. Text that a spreadsheet would take for a
//! formula begins with an apostrophe. Lists in a cell are separated by `; `.

use std::io::{self, Write};

use csv::{QuoteStyle, WriterBuilder};

use super::tables::{self, Cell, Table};
use super::{Report, View, clean};

pub use super::tables::Of;

/// Writes one table, [`View::csv_of`]. Apps that nobody used or tried are left out unless asked for.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    write_table(&tables::table(report, options, options.csv_of), out)
}

/// Writes a table.
pub fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    match rows(table, out).map_err(csv::Error::into_kind) {
        Ok(()) => Ok(()),
        // The kind matters: a closed pipe is no failure.
        Err(csv::ErrorKind::Io(error)) => Err(error),
        Err(other) => Err(io::Error::other(format!("{other:?}"))),
    }
}

fn rows(table: &Table, out: &mut dyn Write) -> csv::Result<()> {
    // Quoted even where CSV does not ask for it: a spreadsheet that splits at `;` must not find a formula behind one.
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    writer.write_record(&table.columns)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(cell))?;
    }
    Ok(writer.flush()?)
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Instant(text) | Cell::Day(text) => clean::cell(text).into_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Signed(number) => number.to_string(),
        Cell::Fraction(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}
