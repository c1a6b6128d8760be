//! A policy as written: every value with its place, every problem at once.

use std::ops::Range;

use jiff::civil::{Date, Time};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::diags::{Code, Problem};
use super::keys::{Key, Kind, told};
use crate::diag::nearest::nearest;

/// A text and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A value of the kind that its key asks for.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Words(Vec<Word>),
    Date(Date),
    Time(Time),
    Number(u64),
    Table(Fields),
}

/// The good values of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    pub(super) span: Range<usize>,
    /// Nothing in it is wrong.
    pub(super) clean: bool,
    fields: Vec<(&'static str, Range<usize>, Value)>,
}

impl Fields {
    fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(key, ..)| *key == name).map(|(.., value)| value)
    }

    pub(super) fn span_of(&self, name: &str) -> Range<usize> {
        let field = self.fields.iter().find(|(key, ..)| *key == name);
        field.map_or_else(|| self.span.clone(), |(_, span, _)| span.clone())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn words(&self, name: &str) -> &[Word] {
        match self.get(name) {
            Some(Value::Words(words)) => words,
            _ => &[],
        }
    }

    pub(super) fn word(&self, name: &str) -> Option<&Word> {
        self.words(name).first()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.words(name).iter().map(|word| word.text.clone()).collect()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn date(&self, name: &str) -> Option<Date> {
        match self.get(name) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        }
    }

    pub(super) fn time(&self, name: &str) -> Option<Time> {
        match self.get(name) {
            Some(Value::Time(time)) => Some(*time),
            _ => None,
        }
    }

    pub(super) fn table(&self, name: &str) -> Option<&Fields> {
        match self.get(name) {
            Some(Value::Table(fields)) => Some(fields),
            _ => None,
        }
    }
}

/// Reads tables and remembers what was wrong with them.
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
    /// After a syntax error something may seem to be missing that stands right there.
    pub(super) excused: bool,
}

impl Reader {
    /// The values of a table, as far as they are what their keys ask for.
    pub(super) fn fields(&mut self, table: &Spanned<DeValue<'_>>, place: &str, keys: &'static [Key]) -> Fields {
        let before = self.problems.len();
        let mut fields = Fields { span: table.span(), clean: false, fields: Vec::new() };
        let DeValue::Table(values) = table.get_ref() else {
            self.wrong_type(table, &format!("{place} cannot be"), "a table");
            return fields;
        };
        let mut meant: Vec<&str> = Vec::new();
        for (name, value) in values {
            let name_text: &str = name.get_ref();
            match keys.iter().find(|key| key.name == name_text) {
                Some(key) => {
                    meant.push(key.name);
                    if let Some(good) = self.value(value, key) {
                        fields.fields.push((key.name, value.span(), good));
                    }
                }
                None => {
                    let names = keys.iter().map(|key| key.name);
                    // A misspelled key is not a missing one as well.
                    meant.extend(nearest(name_text, names));
                    self.unknown_key(name, place, &keys.iter().map(|key| key.name).collect::<Vec<_>>());
                }
            }
        }
        for key in keys.iter().filter(|key| key.required && !meant.contains(&key.name) && !self.excused) {
            let message = format!("{place} has no `{}`", key.name);
            let help = match key.kind {
                Kind::Word(_) => format!("add `{} = ...` with {}", key.name, told(key.kind)),
                _ => format!("add `{} = ...`: {}", key.name, key.about),
            };
            self.problems.push(Problem::new(Code::MissingKey, table.span(), message, "in this table").help(help));
        }
        fields.clean = self.problems.len() == before && !self.excused;
        fields
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) -> Option<Value> {
        match key.kind {
            Kind::Text => Some(Value::Words(vec![self.text(value, key)?])),
            Kind::Texts => Some(Value::Words(self.texts(value, key)?)),
            Kind::Word(words) => {
                let word = self.text(value, key)?;
                self.allowed(&word, words, key).then(|| Value::Words(vec![word]))
            }
            Kind::Words(words) => {
                let mut all = self.texts(value, key)?;
                all.retain(|word| self.allowed(word, words, key));
                Some(Value::Words(all))
            }
            Kind::Date => self.date(value, key).map(Value::Date),
            Kind::Time => self.time(value, key).map(Value::Time),
            Kind::Bytes | Kind::Count | Kind::Percent => self.number(value, key).map(Value::Number),
            Kind::Table(keys) => match value.get_ref() {
                DeValue::Table(_) => Some(Value::Table(self.fields(value, &format!("`{}`", key.name), keys))),
                _ => {
                    self.mistyped(value, key);
                    None
                }
            },
        }
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) -> Option<Word> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => {
                Some(Word { text: text.trim().to_owned(), span: value.span() })
            }
            DeValue::String(_) => {
                let message = format!("`{}` is empty", key.name);
                let problem = Problem::new(Code::BadValue, value.span(), message, "nothing is written here");
                self.problems.push(problem.help(format!("write {}, or leave the key out", key.about)));
                None
            }
            _ => {
                self.mistyped(value, key);
                None
            }
        }
    }

    fn texts(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) -> Option<Vec<Word>> {
        match value.get_ref() {
            DeValue::Array(items) => Some(items.iter().filter_map(|item| self.text(item, key)).collect()),
            _ => self.text(value, key).map(|word| vec![word]),
        }
    }

    fn allowed(&mut self, word: &Word, words: &[&'static str], key: &Key) -> bool {
        let good = words.contains(&word.text.as_str());
        if !good {
            let message = format!("`{}` cannot be `{}`", key.name, word.text);
            let help = match nearest(&word.text, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write {}", told(key.kind)),
            };
            self.problems.push(Problem::new(Code::BadValue, word.span.clone(), message, "no such word").help(help));
        }
        good
    }

    fn date(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) -> Option<Date> {
        let date = match value.get_ref() {
            DeValue::Datetime(at) => match (at.date, at.time) {
                (Some(date), None) => i16::try_from(date.year).ok().and_then(|year| {
                    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
                }),
                _ => None,
            },
            DeValue::String(text) => text.trim().parse().ok().filter(|_| text.trim().len() == 10),
            _ => {
                self.mistyped(value, key);
                return None;
            }
        };
        if date.is_none() {
            let message = format!("`{}` is not a date", key.name);
            let problem = Problem::new(Code::BadDate, value.span(), message, "no such day");
            self.problems.push(problem.help(format!("write {}", told(key.kind))));
        }
        date
    }

    fn time(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) -> Option<Time> {
        let time = match value.get_ref() {
            DeValue::Datetime(at) if at.date.is_none() => at
                .time
                .and_then(|time| Time::new(i8::try_from(time.hour).ok()?, i8::try_from(time.minute).ok()?, 0, 0).ok()),
            DeValue::String(text) => clock(text.trim()),
            _ => {
                self.mistyped(value, key);
                return None;
            }
        };
        if time.is_none() {
            self.bad_value(value, key, "not a time of day");
        }
        time
    }

    fn number(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) -> Option<u64> {
        let number = match (value.get_ref(), key.kind) {
            (DeValue::Integer(number), _) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            (DeValue::String(text), Kind::Bytes) => size(text),
            (DeValue::String(text), Kind::Percent) => {
                text.trim().strip_suffix('%').and_then(|text| text.trim().parse().ok())
            }
            _ => {
                self.mistyped(value, key);
                return None;
            }
        };
        let number = number.filter(|number| match key.kind {
            Kind::Percent => *number <= 100,
            _ => *number > 0,
        });
        if number.is_none() {
            self.bad_value(value, key, "not this much");
        }
        number
    }

    fn bad_value(&mut self, value: &Spanned<DeValue<'_>>, key: &Key, label: &str) {
        let message = format!("`{}` cannot have this value", key.name);
        let problem = Problem::new(Code::BadValue, value.span(), message, label);
        self.problems.push(problem.help(format!("write {}", told(key.kind))));
    }

    fn mistyped(&mut self, value: &Spanned<DeValue<'_>>, key: &Key) {
        self.wrong_type(value, &format!("`{}` cannot be", key.name), &told(key.kind));
    }

    pub(super) fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, what: &str, wanted: &str) {
        let kind = value.get_ref().type_str();
        let message = format!("{what} of type {kind}");
        let problem = Problem::new(Code::WrongType, value.span(), message, format!("of type {kind}"));
        self.problems.push(problem.help(format!("it should be {wanted}")));
    }

    pub(super) fn unknown_key(&mut self, key: &Spanned<DeString<'_>>, place: &str, known: &[&str]) {
        let name: &str = key.get_ref();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("{place} has {}", known.join(", ")),
        };
        let message = format!("{place} has no key `{name}`");
        self.problems.push(Problem::new(Code::UnknownKey, key.span(), message, "unknown").help(help));
    }
}

/// The text as a table, and what stops it from being one.
pub(super) fn document(text: &str) -> (Spanned<DeTable<'_>>, Vec<Problem>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let problems = errors.iter().map(|error| {
        let mut message = error.message().trim().replace('\n', ", ");
        if message.is_empty() {
            message = "this is not TOML".to_owned();
        }
        Problem::new(Code::Syntax, error.span().unwrap_or(0..0), message, "here the text stops being TOML")
    });
    let problems = problems.collect();
    (document, problems)
}

/// `7:30`, `07:30`.
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.len() <= 2 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// `500 MB`, `1.5GB`, `64 KiB`.
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    let (whole, tenths) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || tenths.len() > 3 || tenths.contains('.') {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(factor)?;
    let part = if tenths.is_empty() { 0 } else { tenths.parse::<u64>().ok()? };
    let scale = 10_u64.pow(u32::try_from(tenths.len()).ok()?);
    whole.checked_add(part.checked_mul(factor)? / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_as_people_write_them() {
        for (text, bytes) in [
            ("500 MB", Some(500_000_000)),
            ("1.5GB", Some(1_500_000_000)),
            ("64 KiB", Some(65_536)),
            ("12", Some(12)),
            ("much", None),
            (".5 GB", None),
            ("1.2.3 GB", None),
            ("99999999999 TB", None),
            ("", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
        assert_eq!(clock("7:30"), Time::new(7, 30, 0, 0).ok());
        assert_eq!(clock("24:00"), None);
        assert_eq!(clock("noon"), None);
    }
}
