//! The wanted cells of a record, found by masks: [`Cells`](super::delimited::Cells) for records in good order.
//!
//! Most tables are written by programs that quote as RFC 4180 says: a quote opens where a cell begins, closes where one
//! ends, and is doubled in between. There the delimiters outside quotes are the ends of the cells, and 64 bytes are
//! looked at together, however many cells they hold. Whether a record is in that order is seen on the way; any other is
//! left to `Cells`, and what is found here is what `Cells` finds.

use std::ops::ControlFlow;

use super::delimited::Cell;
use super::kernel::{Inside, LANES, blocks, write_places};

/// Splits records of one table.
#[derive(Debug, Clone)]
pub struct Columns {
    delimiter: u8,
    /// Where cells end; longer than there are cells.
    ends: Vec<u32>,
}

/// The cells of one record.
#[derive(Debug, Clone, Copy)]
pub struct Row<'c, 'a> {
    record: &'a [u8],
    ends: &'c [u32],
    doubled: bool,
}

impl Columns {
    /// For records with this delimiter, which is no quote.
    pub fn new(delimiter: u8) -> Columns {
        Columns { delimiter, ends: Vec::new() }
    }

    /// The first `wanted` cells, if the record is in good order up to there. A trailing carriage return belongs to none.
    ///
    /// ```
    /// # use umbrascope::formats::fields::columns::Columns;
    /// let arena = bumpalo::Bump::new();
    /// let mut columns = Columns::new(b',');
    /// let row = columns.split(br#"a,"b, ""c""",,d"#, 4).unwrap();
    /// assert_eq!(row.cell(1).unwrap().value(&arena), br#"b, "c""#);
    /// assert!(columns.split(br#"a,b "c""#, 2).is_none());
    /// ```
    #[inline]
    pub fn split<'c, 'a>(&'c mut self, record: &'a [u8], wanted: usize) -> Option<Row<'c, 'a>> {
        let record = record.strip_suffix(b"\r").unwrap_or(record);
        let len = u32::try_from(record.len()).ok()?;
        // A block is entered with fewer cells than are wanted, and ends 64 more at most.
        let most = wanted.min(record.len()) + LANES;
        if self.ends.len() < most {
            self.ends.resize(most, 0);
        }
        let mut inside = Inside::default();
        // Whether the first byte of the next block stands where a quote may open, or behind one that closed.
        let (mut opens, mut closed) = (1, 0);
        let (mut count, mut doubled) = (0, 0);
        let order = blocks(record, |at, block| {
            let quotes = block.mask(b'"');
            let within = inside.next(quotes);
            let ends = block.mask(self.delimiter) & !within;
            let (opening, closing) = (quotes & within, quotes & !within);
            let may_open = (ends | closing) << 1 | opens;
            let behind = closing << 1 | closed;
            (opens, closed) = ((ends | closing) >> 63, closing >> 63);
            doubled |= behind & opening;
            if (opening & !may_open) | (behind & !(ends | opening) & block.valid()) != 0 {
                return ControlFlow::Break(false);
            }
            if let Some(into) = self.ends[count..].first_chunk_mut() {
                count += write_places(ends, at as u32, into);
            }
            if count < wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(true) }
        });
        match order {
            ControlFlow::Break(false) => return None,
            ControlFlow::Break(true) => {}
            ControlFlow::Continue(()) => {
                // A quote that is never closed is odd.
                if inside.is_open() {
                    return None;
                }
                self.ends[count] = len;
                count += 1;
            }
        }
        Some(Row { record, ends: &self.ends[..count.min(wanted)], doubled: doubled != 0 })
    }
}

impl<'a> Row<'_, 'a> {
    /// How many cells there are, of those that were wanted.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// One cell, counted from 0.
    #[inline]
    pub fn cell(&self, column: usize) -> Option<Cell<'a>> {
        let end = *self.ends.get(column)? as usize;
        let start = if column == 0 { 0 } else { self.ends[column - 1] as usize + 1 };
        let raw = self.record.get(start..end)?;
        Some(match raw {
            [b'"', raw @ .., b'"'] => {
                Cell { raw, doubled: self.doubled && memchr::memchr(b'"', raw).is_some(), open: false }
            }
            raw => Cell { raw, doubled: false, open: false },
        })
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;
    use proptest::prelude::*;

    use super::super::delimited::Cells;
    use super::*;

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof!["\"[a-z,;\t ]{0,30}\"", "\"([a ,]|\"\"){0,30}\"", "[a-z ]{0,90}", "[\" ,a]{0,4}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn cells_are_those_of_cells(
            cells in prop::collection::vec(cell(), 0..40),
            delimiter in prop::sample::select(&b",;\t| "[..]),
            wanted in 1..50usize,
            end in prop::sample::select(&["", "\r", "\"", "\"\"", " "][..]),
        ) {
            let mut record = cells.join(std::str::from_utf8(&[delimiter]).unwrap());
            record.push_str(end);
            let mut columns = Columns::new(delimiter);
            for _ in 0..2 {
                let Some(row) = columns.split(record.as_bytes(), wanted) else { continue };
                let all: Vec<Cell> = Cells::new(record.as_bytes(), delimiter).take(wanted).collect();
                let found: Vec<Cell> = (0..row.count()).map_while(|column| row.cell(column)).collect();
                prop_assert_eq!(found, all, "{:?}", record);
            }
        }

        #[test]
        fn what_the_csv_crate_writes_is_in_good_order(cells in prop::collection::vec("[a,\"\n ]{0,80}", 1..30)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let line = writer.into_inner().unwrap();
            let mut columns = Columns::new(b',');
            let row = columns.split(line.strip_suffix(b"\n").unwrap(), usize::MAX);
            let arena = Bump::new();
            let found = row.map(|row| (0..row.count()).map(|column| row.cell(column).unwrap().value(&arena)).collect());
            prop_assert_eq!(found, Some(cells.iter().map(|cell| cell.as_bytes()).collect::<Vec<_>>()));
        }
    }

    #[test]
    fn odd_records_are_left_to_others() {
        for record in ["a, \"b\"", "\"a\" ,b", "\"a", "a\"b\"", "\"a\"b,c", "a,\"", "\"a\"\"", "\"\"\""] {
            assert!(Columns::new(b',').split(record.as_bytes(), 9).is_none(), "{record}");
        }
        // What comes behind the wanted cells is no matter.
        let row = format!("\"a\",b,{},\"c", "x".repeat(LANES));
        assert_eq!(Columns::new(b',').split(row.as_bytes(), 2).map(|row| row.count()), Some(2));
    }
}
