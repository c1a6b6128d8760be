//! Hosts whose paths matter.

use hashbrown::HashMap;

/// Which hosts are to be kept apart by path, and by which prefixes. The one way in which a path may enter a fact.
#[derive(Debug, Clone, Default)]
pub struct Splits {
    by_host: HashMap<Box<str>, Vec<Box<[u8]>>>,
}

impl Splits {
    /// From pairs of host and path prefix. A pair holds for the host and for all hosts below it.
    ///
    /// ```
    /// # use umbrascope::traffic::Splits;
    /// let splits = Splits::new([("www.google.com", "/maps")]);
    /// let prefixes = splits.of("www.google.com").unwrap();
    /// assert_eq!(Splits::choose(&prefixes, b"/maps/place/Bonn"), Some(0));
    /// assert_eq!(Splits::choose(&prefixes, b"/mapsy"), None);
    /// ```
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Splits {
        let mut by_host: HashMap<Box<str>, Vec<Box<[u8]>>> = HashMap::new();
        for (host, path) in pairs {
            by_host.entry(host.into()).or_default().push(path.as_bytes().into());
        }
        Splits { by_host }
    }

    /// The prefixes that apply to a host, those of its parent domains included, longest first.
    pub fn of(&self, host: &str) -> Option<Box<[Box<[u8]>]>> {
        let mut prefixes: Vec<Box<[u8]>> = Vec::new();
        let mut rest = host;
        loop {
            if let Some(found) = self.by_host.get(rest) {
                prefixes.extend(found.iter().cloned());
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => break,
            }
        }
        if prefixes.is_empty() {
            return None;
        }
        prefixes.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        prefixes.dedup();
        Some(prefixes.into())
    }

    /// The index of the longest prefix that a path lies under, at a border between path segments. Case does not matter:
    /// catalogs are written in lower case, browsers are not.
    pub fn choose(prefixes: &[Box<[u8]>], path: &[u8]) -> Option<usize> {
        prefixes.iter().position(|prefix| {
            path.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
                && matches!(path.get(prefix.len()), None | Some(b'/' | b'?' | b'#' | b';'))
        })
    }
}
