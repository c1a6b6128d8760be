//! Rows of a table without a header: cells that are known by where they stand.

use bumpalo::Bump;

use super::columns::Columns;
use super::delimited::Cells;
use super::number::present;

/// Splits the rows of one table; the first `N` cells matter.
#[derive(Debug, Clone)]
pub struct Grid<const N: usize> {
    columns: Columns,
    delimiter: u8,
}

/// The cells of one row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a, const N: usize> {
    cells: [&'a [u8]; N],
    /// How many cells there are, `N` at most.
    pub count: usize,
    /// The quote of the last cell is never closed: the row was cut there.
    pub open: bool,
}

impl<const N: usize> Grid<N> {
    /// For rows with this delimiter, which is no quote.
    pub fn new(delimiter: u8) -> Grid<N> {
        Grid { columns: Columns::new(delimiter), delimiter }
    }

    /// The cells of a row, whether its quotes are in good order or not.
    ///
    /// ```
    /// # use umbrascope::formats::fields::grid::Grid;
    /// let arena = bumpalo::Bump::new();
    /// let row = Grid::<4>::new(b',').split(br#""a", "b, ""c""",-"#, &arena);
    /// assert_eq!((row.count, row.at(1), row.has(2), row.has(3)), (3, &br#"b, "c""#[..], None, None));
    /// ```
    #[inline]
    pub fn split<'a>(&mut self, record: &'a [u8], arena: &'a Bump) -> Row<'a, N> {
        let mut cells: [&'a [u8]; N] = [b""; N];
        if let Some(row) = self.columns.split(record, N) {
            for (column, cell) in cells.iter_mut().enumerate().take(row.count()) {
                *cell = row.cell(column).map_or(b"", |cell| cell.value(arena));
            }
            return Row { cells, count: row.count(), open: false };
        }
        let (mut count, mut open) = (0, false);
        for (slot, cell) in cells.iter_mut().zip(Cells::new(record, self.delimiter)) {
            *slot = cell.value(arena);
            count += 1;
            open = cell.open;
        }
        Row { cells, count, open }
    }
}

impl<'a, const N: usize> Row<'a, N> {
    /// A cell, counted from 0; empty if there is none.
    #[inline]
    pub fn at(&self, column: usize) -> &'a [u8] {
        self.cells.get(column).copied().unwrap_or_default()
    }

    /// A cell that says something.
    #[inline]
    pub fn has(&self, column: usize) -> Option<&'a [u8]> {
        present(self.at(column))
    }

    /// Whether the row ends in this cell, which may then be half of what it was.
    #[inline]
    pub fn ends_in(&self, column: usize) -> bool {
        column + 1 == self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_order_and_none() {
        let arena = Bump::new();
        let mut grid = Grid::<3>::new(b',');
        for (record, cells, count, open) in [
            (r#""a","b","c","d""#, ["a", "b", "c"], 3, false),
            (r#" "a", "b""#, ["a", "b", ""], 2, false),
            (r#""a","b"#, ["a", "b", ""], 2, true),
            ("a,b", ["a", "b", ""], 2, false),
            ("", ["", "", ""], 1, false),
        ] {
            let row = grid.split(record.as_bytes(), &arena);
            assert_eq!((row.cells, row.count, row.open), (cells.map(str::as_bytes), count, open), "{record}");
        }
    }
}
