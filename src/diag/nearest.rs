//! "Did you mean": the known word that a misspelled one is closest to.

// The build script includes this file; only the standard library may be used.

/// The candidate with the fewest edits to `word`, if these are few enough for a slip: one for every three characters,
/// and at least one. The first of equals.
///
/// ```
/// # use umbrascope::diag::nearest::nearest;
/// assert_eq!(nearest("domain", ["id", "domains", "name"]), Some("domains"));
/// assert_eq!(nearest("vender", ["vendor", "name"]), Some("vendor"));
/// assert_eq!(nearest("price", ["id", "domains"]), None);
/// ```
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let most = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= most * 4)
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(edits, _)| *edits <= most)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// How many characters to insert, remove, replace or swap with their neighbor to turn one text into the other.
///
/// ```
/// # use umbrascope::diag::nearest::edits;
/// assert_eq!(edits("hits", "hist"), 1);
/// assert_eq!(edits("", "abc"), 3);
/// ```
pub fn edits(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut line = Vec::with_capacity(above.len());
        line.push(row + 1);
        for (column, b) in right.iter().enumerate() {
            let mut least = (above[column] + usize::from(a != b)).min(above[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                least = least.min(before[column - 1] + 1);
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
    }
    above[right.len()]
}
