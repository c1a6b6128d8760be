//! Numbers in sentences, the same in every room that speaks to people.
//!
//! Sizes are decimal, as networks and invoices count: 1 kB is 1000 bytes, 1.2 GB is 1,200,000,000.

/// A size: three digits at most, a decimal only below 10.
///
/// ```
/// # use umbrascope::words;
/// assert_eq!(words::bytes(999), "999 B");
/// assert_eq!(words::bytes(1_230_000_000), "1.2 GB");
/// assert_eq!(words::bytes(45_600), "46 kB");
/// ```
pub fn bytes(bytes: u64) -> String {
    scaled(bytes, &["B", "kB", "MB", "GB", "TB", "PB", "EB"], " ", 1000)
}

/// A count for a narrow column: exact below 100,000, then `123k`, `4.5M`.
pub fn short_count(count: u64) -> String {
    match count {
        0..100_000 => self::count(count),
        _ => scaled(count, &["", "k", "M", "G", "T", "P", "E"], "", 1000),
    }
}

/// An exact count with groups of three digits.
///
/// ```
/// # use umbrascope::words;
/// assert_eq!(words::count(1_234_567), "1,234,567");
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

/// A count with its noun: `1 app`, `1,200 apps`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", self::count(count), if count == 1 { one } else { many })
}

/// A share in percent. Only all is 100% and only nothing is 0%.
///
/// ```
/// # use umbrascope::words;
/// assert_eq!(words::share(0.9996), "99.9%");
/// assert_eq!(words::share(0.25), "25%");
/// ```
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent >= 100.0 => "100%".into(),
        _ if percent > 99.0 => format!("{:.1}%", percent.min(99.9)),
        _ if percent >= 1.0 => format!("{percent:.0}%"),
        _ if percent > 0.0 => format!("{:.1}%", percent.max(0.1)),
        _ => "0%".into(),
    }
}

/// Active time: minutes below an hour, then hours.
///
/// ```
/// # use umbrascope::words;
/// assert_eq!(words::minutes(45), "45 min");
/// assert_eq!(words::minutes(390), "6.5 h");
/// ```
pub fn minutes(minutes: u64) -> String {
    match minutes {
        0..60 => format!("{minutes} min"),
        60..600 if !minutes.is_multiple_of(60) => {
            let tenths = minutes.saturating_mul(10) / 60;
            format!("{}.{} h", tenths / 10, tenths % 10)
        }
        _ => format!("{} h", short_count(minutes / 60)),
    }
}

/// `a`, `a and b`, `a, b and c`.
///
/// ```
/// assert_eq!(umbrascope::words::list(&["a", "b", "c"]), "a, b and c");
/// ```
pub fn list(items: &[impl AsRef<str>]) -> String {
    some(items, usize::MAX)
}

/// The same, and `a, b and 3 more` beyond `most`.
///
/// ```
/// assert_eq!(umbrascope::words::some(&["a", "b", "c", "d"], 2), "a, b and 2 more");
/// ```
pub fn some(items: &[impl AsRef<str>], most: usize) -> String {
    let mut shown: Vec<String> = items.iter().take(most.max(1)).map(|item| item.as_ref().to_owned()).collect();
    if items.len() > shown.len() {
        shown.push(format!("{} more", count((items.len() - shown.len()) as u64)));
    }
    match shown.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

fn scaled(value: u64, units: &[&str], gap: &str, base: u64) -> String {
    let mut unit = 0;
    let mut size = 1_u64;
    while unit + 1 < units.len() && value / size >= base {
        size = size.saturating_mul(base);
        unit += 1;
    }
    if unit == 0 {
        return format!("{value}{gap}{}", units[0]);
    }
    // In tenths, rounded; 9.96 becomes 10, 999.6 becomes 1.0 of the next unit.
    let tenths = (u128::from(value) * 10 + u128::from(size) / 2) / u128::from(size);
    if tenths < 100 {
        return format!("{}.{}{gap}{}", tenths / 10, tenths % 10, units[unit]);
    }
    let whole = (u128::from(value) + u128::from(size) / 2) / u128::from(size);
    if whole >= u128::from(base) && unit + 1 < units.len() {
        return format!("1.0{gap}{}", units[unit + 1]);
    }
    format!("{whole}{gap}{}", units[unit])
}
