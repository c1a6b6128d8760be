//! The document as a workbook: a sheet for each table, with real numbers and dates, a frozen header and filters.
//!
//! Log text is written as text, never as a formula or a link. The same document gives the same bytes: the workbook says
//! that it was made on the last day of its logs.

use std::io::{self, Write};

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::tables::{self, Cell, Table};
use super::{Report, View, clean, words};

/// Rows that a sheet holds, its header included.
const ROWS: usize = 1_048_576;

/// Characters that a cell holds.
const CELL: usize = 32_767;

/// Writes the workbook.
pub fn write(report: &Report, options: &View, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&workbook(report, options).map_err(io::Error::other)?)
}

fn workbook(report: &Report, options: &View) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut properties = DocProperties::new().set_title("Apps in use").set_comment(&report.generator);
    let last = report.totals.traffic.last_seen.as_deref().and_then(words::date);
    // Without a date of ours the writer would ask the clock.
    let made = last.unwrap_or(Date::constant(2000, 1, 1));
    properties = properties.set_creation_datetime(&date(made)?);
    book.set_properties(&properties);
    let styles = Styles::new();
    for table in tables::tables(report, options) {
        let sheet = book.add_worksheet_with_low_memory()?;
        sheet.set_name(table.of.name())?;
        fill(sheet, &table, &styles)?;
    }
    book.save_to_buffer()
}

struct Styles {
    header: Format,
    count: Format,
    share: Format,
    instant: Format,
    day: Format,
}

impl Styles {
    fn new() -> Styles {
        Styles {
            header: Format::new().set_bold().set_align(FormatAlign::Left),
            count: Format::new().set_num_format("#,##0"),
            share: Format::new().set_num_format("0.0##"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
        }
    }
}

fn fill(sheet: &mut Worksheet, table: &Table, styles: &Styles) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(&table.columns) {
        sheet.set_column_width(column, width(table, column as usize, title))?;
    }
    sheet.set_freeze_panes(1, 1)?;
    let rows = table.rows.len().min(ROWS - 1);
    if let (Ok(last), Ok(columns)) = (u32::try_from(rows), u16::try_from(table.columns.len()))
        && columns > 0
    {
        sheet.autofilter(0, 0, last, columns - 1)?;
    }
    for (column, title) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, *title, &styles.header)?;
    }
    for (row, cells) in (1..).zip(table.rows.iter().take(rows)) {
        for (column, cell) in (0..).zip(cells) {
            write_cell(sheet, row, column, cell, styles)?;
        }
    }
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, styles: &Styles) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, shown(text))?,
        Cell::Number(number) => sheet.write_number_with_format(row, column, *number as f64, &styles.count)?,
        Cell::Signed(number) => sheet.write_number_with_format(row, column, *number as f64, &styles.count)?,
        Cell::Fraction(number) => sheet.write_number_with_format(row, column, *number, &styles.share)?,
        Cell::Flag(flag) => sheet.write_boolean(row, column, *flag)?,
        // Spreadsheets know no zones: the clock of the report's zone is what was shown.
        Cell::Instant(text) => match text.get(..19).and_then(|text| text.parse::<DateTime>().ok()) {
            Some(at) => {
                let (date, time) = (date(at.date())?, at.time());
                let hms = (time.hour() as u16, time.minute() as u8, f64::from(time.second()));
                sheet.write_datetime_with_format(row, column, date.and_hms(hms.0, hms.1, hms.2)?, &styles.instant)?
            }
            None => sheet.write_string(row, column, shown(text))?,
        },
        Cell::Day(text) => match text.parse::<Date>() {
            Ok(day) => sheet.write_datetime_with_format(row, column, date(day)?, &styles.day)?,
            Err(_) => sheet.write_string(row, column, shown(text))?,
        },
    };
    Ok(())
}

fn date(date: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year().max(1900) as u16, date.month() as u8, date.day() as u8)
}

/// Text as it may stand in a cell: without control characters, and not longer than a cell holds.
fn shown(text: &str) -> String {
    let text = clean::text(text);
    match text.char_indices().nth(CELL) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.into_owned(),
    }
}

/// A column is as wide as most of what stands in it.
fn width(table: &Table, column: usize, title: &str) -> f64 {
    let length = |cell: &Cell| match cell {
        Cell::Empty => 0,
        Cell::Text(text) => text.chars().take(60).count(),
        Cell::Instant(_) => 18,
        Cell::Day(_) | Cell::Number(_) | Cell::Signed(_) => 10,
        Cell::Fraction(_) | Cell::Flag(_) => 6,
    };
    let widest = table.rows.iter().take(200).filter_map(|row| row.get(column)).map(length).max().unwrap_or(0);
    widest.max(title.len() + 3).min(60) as f64 + 1.0
}
