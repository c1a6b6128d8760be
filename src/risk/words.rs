//! Numbers in sentences.

/// A size, in decimal units, with one digit behind the point below ten.
///
/// ```
/// # use umbrascope::risk::words;
/// assert_eq!(words::bytes(999), "999 B");
/// assert_eq!(words::bytes(3_240_000_000), "3.2 GB");
/// assert_eq!(words::bytes(48_500_000), "48 MB");
/// ```
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut units = UNITS.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    while tenths >= 10_000 {
        tenths /= 1000;
        unit = units.next().copied().unwrap_or(unit);
    }
    match tenths {
        0..100 => format!("{}.{} {unit}", tenths / 10, tenths % 10),
        _ => format!("{} {unit}", tenths / 10),
    }
}

/// A count with groups of three digits.
///
/// ```
/// assert_eq!(umbrascope::risk::words::count(1_234_567), "1,234,567");
/// ```
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 request`, `1,200 requests`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Whole percents of a whole, rounded down, so that only all is 100%. Nothing of nothing is 0.
pub fn percent(part: u64, whole: u64) -> u64 {
    let share = u128::from(part) * 100 / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Who is counted: people, or devices where no log names people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Crowd {
    /// People.
    #[default]
    People,
    /// Devices.
    Devices,
}

impl Crowd {
    /// `1 person`, `12 people`.
    pub fn counted(self, number: u64) -> String {
        match self {
            Crowd::People => counted(number, "person", "people"),
            Crowd::Devices => counted(number, "device", "devices"),
        }
    }

    /// `people`.
    pub fn many(self) -> &'static str {
        match self {
            Crowd::People => "people",
            Crowd::Devices => "devices",
        }
    }
}

/// `a, b and c`, and `a, b and 3 more` beyond `most`.
///
/// ```
/// # use umbrascope::risk::words;
/// assert_eq!(words::list(&["a", "b", "c"], 5), "a, b and c");
/// assert_eq!(words::list(&["a", "b", "c", "d"], 2), "a, b and 2 more");
/// ```
pub fn list(items: &[impl AsRef<str>], most: usize) -> String {
    let mut shown: Vec<String> = items.iter().take(most.max(1)).map(|item| item.as_ref().to_owned()).collect();
    if items.len() > shown.len() {
        shown.push(format!("{} more", items.len() - shown.len()));
    }
    match shown.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
