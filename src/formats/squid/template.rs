//! Squid's `logformat` strings, compiled into the order of literals and fields, and the matching of lines against them.
//!
//! A code is `%`, an encoding (`"` `[` `#` `/` `'`), `-` for "pad on the right", a width, `{argument}`, the code itself,
//! and the argument here if not before. Text between codes stands in the line as it is; a quote or bracket in it turns
//! quoting on for the codes within, as in Squid's `Format/Token.cc`.

use memchr::{memchr, memchr2};

use crate::formats::Problem;
use crate::formats::squid::{closing_quote, is_code};

/// A compiled `logformat`.
#[derive(Debug)]
pub(in crate::formats) struct Template {
    tokens: Vec<Token>,
    /// The fields, in order.
    pub fields: Vec<Field>,
}

#[derive(Debug)]
enum Token {
    /// Text; a run of blanks in it stands for any number of blanks.
    Literal(Vec<u8>),
    /// The field with this index.
    Field(usize),
}

/// One code of the string.
#[derive(Debug)]
pub(in crate::formats) struct Field {
    /// What it carries.
    pub code: Code,
    /// Where several fields carry the same, the lowest wins.
    pub rank: u8,
    /// How its value is encoded.
    pub encoding: Encoding,
    /// The time format of `%tl` and `%tg`.
    pub argument: Option<String>,
    shape: Shape,
    width: usize,
    left: bool,
}

/// What a field carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "named like the fields of an event, or like Squid's codes")]
pub(in crate::formats) enum Code {
    Seconds,
    Millis,
    Start,
    Local,
    Gmt,
    Duration,
    Client,
    ClientName,
    ForwardedFor,
    User,
    Groups,
    Department,
    Method,
    Url,
    TargetHost,
    TargetPort,
    TargetPath,
    Sni,
    CertSubject,
    HostHeader,
    Server,
    ServerPort,
    Status,
    Result,
    Hierarchy,
    BytesUp,
    BytesDown,
    BytesTotal,
    UserAgent,
    Referer,
    BumpMode,
    /// The page that Squid answered with itself.
    Page,
    /// Nothing we use. The last, so that it gives the number of codes.
    Other,
}

/// How a value is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Encoding {
    /// `%xx` where Squid thinks it needed.
    Plain,
    /// `\"`, `\\`, `\r`, `\n`, `\t`.
    Quotes,
    /// `%xx` and `\\`.
    Mime,
    /// `%xx`.
    Percent,
    /// In quotes if there are blanks.
    Shell,
    /// As it is.
    Raw,
}

/// What a value can look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Digits, a sign, a point; or `-`.
    Number,
    /// Capitals, digits and underscores; or `-`.
    Code,
    /// A method: no small letters.
    Method,
    /// A target: a colon before any blank, or a path.
    Target,
    /// No blanks.
    Word,
    /// With so many blanks (a formatted time).
    Blanks(usize),
    /// Anything, the shortest first.
    Loose,
    /// Up to the next quote that is not escaped.
    Quoted,
}

/// How a line fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Fit {
    /// All of it.
    Whole,
    /// The line ends within the field with this index.
    Cut(usize),
    /// It does not.
    No,
}

/// Where the fields of a line stand; kept between lines.
#[derive(Debug, Default)]
pub(in crate::formats) struct Spans {
    /// Start and end of each field.
    pub at: Vec<(usize, usize)>,
    cut: Option<(usize, Vec<(usize, usize)>)>,
    budget: usize,
}

/// The format of `%tl` and `%tg` without an argument.
pub(in crate::formats) const DEFAULT_TIME: &str = "%d/%b/%Y:%H:%M:%S %z";

/// Steps back that one line may cost.
const BUDGET: usize = 2000;

impl Template {
    /// Compiles a string, which may still have its `logformat NAME` before it.
    pub fn compile(text: &str) -> Result<Template, Problem> {
        let text = definition(text).map_or(text, |(_, text)| text).trim();
        let mut template = Template { tokens: Vec::new(), fields: Vec::new() };
        let mut literal = Vec::new();
        let mut context = Encoding::Plain;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            if *byte != b'%' {
                context = match (byte, context) {
                    (b'"', Encoding::Plain) => Encoding::Quotes,
                    (b'[', Encoding::Plain) => Encoding::Mime,
                    (b'"', Encoding::Quotes) | (b']', Encoding::Mime) => Encoding::Plain,
                    _ => context,
                };
                literal.push(*byte);
                continue;
            }
            if bytes.get(at) == Some(&b'%') {
                literal.push(b'%');
                at += 1;
                continue;
            }
            let (field, name, rest) = field(&text[at..], context).ok_or(Problem::new("a `%` without a code", at))?;
            at = text.len() - rest.len();
            if name == "byte" {
                let byte = field.argument.as_deref().and_then(|number| number.trim().parse::<u8>().ok());
                literal.push(byte.ok_or(Problem::new("`%byte` without a number", at))?);
                continue;
            }
            if !literal.is_empty() {
                template.tokens.push(Token::Literal(std::mem::take(&mut literal)));
            }
            template.tokens.push(Token::Field(template.fields.len()));
            template.fields.push(field);
        }
        if !literal.is_empty() {
            template.tokens.push(Token::Literal(literal));
        }
        use Code::{Gmt, HostHeader, Local, Seconds, Server, Sni, Start, TargetHost, Url};
        if !template.has(&[Seconds, Start, Local, Gmt]) {
            return Err(Problem::new("the logformat has no time (%ts, %tl or %tg)", 0));
        }
        if !template.has(&[Url, TargetHost, Sni, HostHeader, Server]) {
            return Err(Problem::new("the logformat has no destination (%ru, %>rd or %ssl::>sni)", 0));
        }
        Ok(template)
    }

    /// Whether one of the codes is a field.
    pub fn has(&self, codes: &[Code]) -> bool {
        self.fields.iter().any(|field| codes.contains(&field.code))
    }

    /// Finds the fields of a line.
    pub fn fit(&self, line: &[u8], spans: &mut Spans) -> Fit {
        spans.at.clear();
        spans.at.resize(self.fields.len(), (0, 0));
        spans.cut = None;
        spans.budget = BUDGET;
        if self.walk(line, 0, 0, spans) {
            return Fit::Whole;
        }
        match spans.cut.take() {
            Some((index, at)) => {
                spans.at = at;
                Fit::Cut(index)
            }
            None => Fit::No,
        }
    }

    /// Matches the tokens from `token` on against the line from `at` on. Goes back only where a field may hold blanks.
    fn walk(&self, line: &[u8], mut token: usize, mut at: usize, spans: &mut Spans) -> bool {
        while let Some(next) = self.tokens.get(token) {
            token += 1;
            let index = match next {
                Token::Literal(text) => {
                    let Some(end) = literal_end(line, at, text) else { return false };
                    at = end;
                    continue;
                }
                Token::Field(index) => *index,
            };
            let field = &self.fields[index];
            if field.width > 0 && !field.left {
                at += line[at..].iter().take_while(|b| **b == b' ').count();
            }
            if let Some(inner) = field.opens_quotes(&line[at..]) {
                let Some(end) = closing_quote(&line[at + inner..]) else {
                    spans.ended(index);
                    return false;
                };
                spans.at[index] = (at + inner, at + inner + end);
                // In quotes of the string the closing one is text that follows.
                at += inner + end + inner;
                continue;
            }
            let text = match self.tokens.get(token) {
                Some(Token::Literal(text)) => text,
                Some(Token::Field(_)) => {
                    let end = at + field.run(&line[at..]);
                    spans.at[index] = (at, end);
                    at = end;
                    continue;
                }
                None => {
                    let end = line.trim_ascii_end().len().max(at);
                    spans.at[index] = (at, end);
                    return field.accepts(&line[at..end]);
                }
            };
            let mut from = at;
            loop {
                let Some(end) = find_literal(line, from, text) else {
                    spans.ended(index);
                    return false;
                };
                if field.accepts(&line[at..end]) {
                    spans.at[index] = (at, end);
                    if !field.may_go_on() {
                        at = end;
                        break;
                    }
                    if self.walk(line, token, end, spans) {
                        return true;
                    }
                } else if !field.may_go_on() {
                    return false;
                }
                from = end + 1;
                spans.budget = spans.budget.saturating_sub(1);
                if spans.budget == 0 {
                    return false;
                }
            }
        }
        line[at..].trim_ascii().is_empty()
    }
}

impl Spans {
    /// The line ended within a field. The first time tells most: what came before was the shortest reading.
    fn ended(&mut self, index: usize) {
        if self.cut.is_none() {
            self.cut = Some((index, self.at.clone()));
        }
    }
}

impl Field {
    fn accepts(&self, value: &[u8]) -> bool {
        let value = if self.left { value.trim_ascii_end() } else { value };
        match self.shape {
            Shape::Number => {
                !value.is_empty() && value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b' '))
            }
            Shape::Code => value == b"-" || is_code(value),
            Shape::Method => {
                !value.is_empty() && value.iter().all(|b| !b.is_ascii_lowercase() && !b.is_ascii_whitespace())
            }
            Shape::Target => match memchr(b':', value) {
                Some(colon) if memchr2(b' ', b'\t', &value[..colon]).is_none() => true,
                _ => matches!(value, [b'/' | b'*', ..] | b"-"),
            },
            Shape::Word => !value.is_empty() && memchr2(b' ', b'\t', value).is_none(),
            Shape::Blanks(blanks) => value == b"-" || value.iter().filter(|b| **b == b' ').count() == blanks,
            Shape::Loose => {
                !value.is_empty() && !value[0].is_ascii_whitespace() && !value[value.len() - 1].is_ascii_whitespace()
            }
            Shape::Quoted => true,
        }
    }

    /// Whether the field may go on behind the first place where it could end.
    fn may_go_on(&self) -> bool {
        matches!(self.shape, Shape::Blanks(_) | Shape::Loose | Shape::Target)
    }

    /// Where the value begins if it ends at a closing quote.
    fn opens_quotes(&self, rest: &[u8]) -> Option<usize> {
        match self.shape {
            Shape::Quoted => Some(0),
            _ if self.encoding == Encoding::Shell && rest.first() == Some(&b'"') => Some(1),
            _ => None,
        }
    }

    /// How many bytes belong to a field with no text behind it.
    fn run(&self, rest: &[u8]) -> usize {
        let most = if self.width > 0 { self.width } else { rest.len() };
        let belongs = |b: &u8| match self.shape {
            Shape::Number => b.is_ascii_digit(),
            Shape::Code | Shape::Method => b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_',
            _ => !b.is_ascii_whitespace(),
        };
        rest.iter().take(most).take_while(|b| belongs(b)).count()
    }
}

/// `logformat NAME STRING`.
pub(in crate::formats) fn definition(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix("logformat")?;
    let (name, text) = rest.strip_prefix([' ', '\t'])?.trim().split_once([' ', '\t'])?;
    Some((name, unquoted(text.trim())))
}

/// A string that is in quotes as a whole, out of them.
fn unquoted(text: &str) -> &str {
    match text.strip_prefix('"') {
        Some(inner) if closing_quote(inner.as_bytes()) == Some(inner.len() - 1) && inner.contains(' ') => {
            &inner[..inner.len() - 1]
        }
        _ => text,
    }
}

/// Reads what stands behind a `%`. Returns the field, the code's name, and what follows.
fn field(text: &str, context: Encoding) -> Option<(Field, &str, &str)> {
    let (encoding, mut rest) = match text.as_bytes().first()? {
        b'"' => (Encoding::Quotes, &text[1..]),
        b'\'' => (Encoding::Raw, &text[1..]),
        b'[' => (Encoding::Mime, &text[1..]),
        b'#' => (Encoding::Percent, &text[1..]),
        b'/' => (Encoding::Shell, &text[1..]),
        _ => (context, text),
    };
    let left = rest.starts_with('-');
    rest = rest.strip_prefix('-').unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let width = rest[..digits].parse().unwrap_or(0).min(1024);
    rest = &rest[digits..];
    if let Some(most) = rest.strip_prefix('.') {
        rest = most.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let mut argument = None;
    take_argument(&mut rest, &mut argument);
    let (space, name) = match rest.find("::").map(|at| rest.split_at(at)) {
        Some((space, name)) if !space.is_empty() && space.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {
            (space, &name[2..])
        }
        _ => ("", rest),
    };
    let side = usize::from(name.starts_with(['<', '>']));
    let letters = name[side..].bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'_').count();
    if letters == 0 {
        return None;
    }
    // The longest name that is known; text may follow without a gap.
    let longest =
        (side + 1..=side + letters).rev().find_map(|end| known(space, &name[..end]).map(|known| (end, known)));
    let (end, (mut code, rank, mut shape)) = longest.unwrap_or((side + letters, (Code::Other, 0, Shape::Loose)));
    let found = &name[..end];
    rest = &name[end..];
    take_argument(&mut rest, &mut argument);
    let wanted = argument.as_deref().unwrap_or_default().to_ascii_lowercase();
    match found {
        ">h" => {
            code = match &*wanted {
                "user-agent" => Code::UserAgent,
                "referer" => Code::Referer,
                "host" => Code::HostHeader,
                "x-forwarded-for" => Code::ForwardedFor,
                _ => Code::Other,
            };
        }
        "note" if wanted.contains("group") => code = Code::Groups,
        "note" if wanted.contains("depart") => code = Code::Department,
        "tl" | "tg" => {
            let format = argument.get_or_insert_with(|| DEFAULT_TIME.to_owned());
            shape = Shape::Blanks(format.bytes().filter(|b| *b == b' ').count());
        }
        _ => {}
    }
    if encoding == Encoding::Quotes && context == Encoding::Quotes && !matches!(shape, Shape::Blanks(_)) {
        shape = Shape::Quoted;
    } else if encoding == Encoding::Raw && context == Encoding::Quotes {
        shape = Shape::Loose;
    }
    Some((Field { code, rank, encoding, argument, shape, width, left }, found, rest))
}

fn take_argument(rest: &mut &str, argument: &mut Option<String>) {
    if let Some(inner) = rest.strip_prefix('{')
        && let Some(close) = inner.find('}')
    {
        argument.get_or_insert_with(|| inner[..close].to_owned());
        *rest = &inner[close + 1..];
    }
}

/// What a code carries, its rank among those that carry the same, and what its values look like.
fn known(space: &str, name: &str) -> Option<(Code, u8, Shape)> {
    use Shape::{Loose, Number, Word};
    if !matches!(space, "" | "http") {
        return match name {
            ">sni" => Some((Code::Sni, 0, Word)),
            "bump_mode" => Some((Code::BumpMode, 0, Word)),
            "<cert_subject" => Some((Code::CertSubject, 0, Loose)),
            _ => None,
        };
    }
    Some(match name {
        "ts" => (Code::Seconds, 0, Number),
        "tu" => (Code::Millis, 0, Number),
        "tS" => (Code::Start, 0, Number),
        "tl" => (Code::Local, 0, Loose),
        "tg" => (Code::Gmt, 0, Loose),
        "tr" => (Code::Duration, 0, Number),
        ">a" => (Code::Client, 0, Word),
        ">A" => (Code::ClientName, 0, Word),
        "<a" => (Code::Server, 0, Word),
        "<p" => (Code::ServerPort, 0, Number),
        ">p" | ">lp" | "<lp" | "lp" | "dt" | "<pt" | "<tt" | ">sh" | "<sh" | "<sH" | "<sS" | "<bs" => {
            (Code::Other, 0, Number)
        }
        "<A" | ">la" | "<la" | "la" | ">eui" | "mt" | "rv" | ">rv" | "<rv" | "rs" | ">rs" | "<rs" => {
            (Code::Other, 0, Word)
        }
        "un" => (Code::User, 0, Loose),
        "ul" => (Code::User, 1, Loose),
        "ue" => (Code::User, 2, Loose),
        "us" => (Code::User, 3, Loose),
        "ui" => (Code::User, 4, Loose),
        ">rm" => (Code::Method, 0, Shape::Method),
        "rm" => (Code::Method, 1, Shape::Method),
        "<rm" => (Code::Method, 2, Shape::Method),
        ">ru" => (Code::Url, 0, Shape::Target),
        "ru" => (Code::Url, 1, Shape::Target),
        "<ru" => (Code::Url, 2, Shape::Target),
        ">rd" => (Code::TargetHost, 0, Word),
        "rd" => (Code::TargetHost, 1, Word),
        "<rd" => (Code::TargetHost, 2, Word),
        ">rP" => (Code::TargetPort, 0, Number),
        "rP" => (Code::TargetPort, 1, Number),
        "<rP" => (Code::TargetPort, 2, Number),
        ">rp" => (Code::TargetPath, 0, Loose),
        "rp" => (Code::TargetPath, 1, Loose),
        "<rp" => (Code::TargetPath, 2, Loose),
        ">Hs" => (Code::Status, 0, Number),
        "Hs" => (Code::Status, 1, Number),
        "<Hs" => (Code::Status, 2, Number),
        "Ss" => (Code::Result, 0, Shape::Code),
        "Sh" => (Code::Hierarchy, 0, Shape::Code),
        ">st" => (Code::BytesUp, 0, Number),
        "<st" => (Code::BytesDown, 0, Number),
        "st" => (Code::BytesTotal, 0, Number),
        "err_code" => (Code::Page, 0, Word),
        ">h" | "note" => (Code::Other, 0, Loose),
        ">ha" | "<h" | "et" | "ea" | "byte" | "err_detail" | "sn" | "credentials" | "master_xaction" => {
            (Code::Other, 0, Loose)
        }
        _ => return None,
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Where a literal that begins at `at` ends.
fn literal_end(line: &[u8], mut at: usize, literal: &[u8]) -> Option<usize> {
    let mut blanks = false;
    for byte in literal {
        if is_blank(*byte) {
            if !blanks {
                let run = line[at..].iter().take_while(|b| is_blank(**b)).count();
                // At the end of a line blanks may have been lost.
                if run == 0 && at < line.len() {
                    return None;
                }
                at += run;
            }
            blanks = true;
        } else {
            blanks = false;
            if line.get(at) != Some(byte) {
                return None;
            }
            at += 1;
        }
    }
    Some(at)
}

/// Where a literal begins, at `from` or later.
fn find_literal(line: &[u8], mut from: usize, literal: &[u8]) -> Option<usize> {
    let first = *literal.first()?;
    while from < line.len() {
        let rest = &line[from..];
        let found = if is_blank(first) { memchr2(b' ', b'\t', rest) } else { memchr(first, rest) }?;
        if literal_end(line, from + found, literal).is_some() {
            return Some(from + found);
        }
        from += found + 1;
    }
    None
}
