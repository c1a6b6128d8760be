//! What the logs of resolvers share: look-ups, what became of them, and verdicts that stand in a line of their own.
//!
//! A resolver that blocks a name tells so beside the question, not in it. Counted line by line, a blocked look-up would be
//! two, one of them as if it had gone through. [`Verdicts`] brings both together.

use bumpalo::Bump;

use super::draft::not_a_site;
use crate::event::{Action, Event, Evidence, Timestamp};
use crate::formats::{Head, Parsed};

/// Why an answer is left out where the question is counted.
pub const ANSWER: &str = "answer, not a question";
/// Why a question is left out where its answer is counted.
pub const QUESTION: &str = "question, counted with its answer";
/// Why a question is no event yet.
pub const WAITS: &str = "question, counted with what became of it";
/// Why a verdict is no event of its own.
pub const VERDICT: &str = "verdict, counted with its question";
/// Why a line of a resolver is no look-up.
pub const OTHER: &str = "not about a question";

/// The event of one look-up, unless the name is that of no site.
pub fn look_up<'a>(
    at: Option<Timestamp>,
    name: &'a [u8],
    client: Option<&'a [u8]>,
    action: Option<Action>,
) -> Parsed<'a> {
    if let Some(why) = not_a_site(name) {
        return Parsed::Skip(why);
    }
    Parsed::Event(Event {
        at,
        src_ip: client.filter(|client| !client.is_empty()),
        host: Some(name.strip_suffix(b".").unwrap_or(name)),
        action,
        evidence: Evidence::Dns,
        ..Event::default()
    })
}

/// What a response code says: the resolver answered, or it failed. That there is no such name may be the truth or a
/// policy's answer, so it says nothing.
///
/// ```
/// # use umbrascope::{event::Action, formats::fields::dns::by_code};
/// assert_eq!(by_code(b"NOERROR"), Some(Action::Allowed));
/// assert_eq!(by_code(b"2"), Some(Action::Error));
/// assert_eq!(by_code(b"NXDOMAIN"), None);
/// ```
pub fn by_code(code: &[u8]) -> Option<Action> {
    match code {
        b"NOERROR" | b"0" => Some(Action::Allowed),
        b"FORMERR" | b"SERVFAIL" | b"NOTIMP" | b"REFUSED" | b"NOTAUTH" | b"NOTZONE" | b"BADVERS" | b"TIMEOUT"
        | b"1" | b"2" | b"4" | b"5" => Some(Action::Error),
        _ => None,
    }
}

/// The least number of a list of seconds, written with commas and perhaps with fractions: an answer with several parts
/// holds as long as the first of them.
///
/// ```
/// # use umbrascope::formats::fields::dns::least_ttl;
/// assert_eq!(least_ttl(b"300.000000,20.000000"), Some(20));
/// assert_eq!(least_ttl(b"-"), None);
/// ```
pub fn least_ttl(list: &[u8]) -> Option<u32> {
    let seconds = |part: &[u8]| {
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        std::str::from_utf8(&part[..digits]).ok()?.parse().ok()
    };
    list.split(|byte| *byte == b',').filter_map(|part| seconds(part.trim_ascii())).min()
}

/// Reads dates, the same one again at no cost: a second has many records, and a date without a year is dear.
#[derive(Debug, Default)]
pub struct Clock {
    text: Vec<u8>,
    at: Option<Timestamp>,
}

impl Clock {
    /// What `read` makes of the text.
    pub fn read(&mut self, text: &[u8], read: impl FnOnce(&[u8]) -> Option<Timestamp>) -> Option<Timestamp> {
        if self.text != text {
            self.text.clear();
            self.text.extend_from_slice(text);
            self.at = read(text);
        }
        self.at
    }
}

/// In which order a log tells of questions and of what became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// It has no verdicts: each question is an event at once.
    Alone,
    /// The head is the whole log: its verdicts are known before the first question is read.
    Short(Vec<Known>),
    /// A verdict stands behind its question, at most [`LATER`] records on.
    Later,
    /// An answer closes each question, behind the verdict: it is the event.
    Answered,
}

/// How many records a question is held back for its verdict. Nothing tells a reader that the log is over, so those that
/// are held at its end are not counted; therefore only in logs that have verdicts, and not for long.
pub const LATER: usize = 16;

/// How many records a verdict waits for the answer.
pub const SOON: usize = 32;

/// What [`crate::formats::Format::lookback`] returns for a format with verdicts. Twice as many, since empty and broken lines
/// are recalled in vain.
pub const LOOKBACK: usize = 2 * SOON;

/// A verdict in the head of a short log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    client: Vec<u8>,
    tag: Vec<u8>,
    /// `None`: a question without a verdict.
    action: Option<Action>,
}

/// What a line is, for [`order`] and [`Verdicts`]. `tag` and the client together name the question: a port, or the question
/// as it stands in both lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says<'a> {
    /// Somebody asked.
    Asks {
        /// The name that was asked for.
        name: &'a [u8],
        /// Who asked.
        client: &'a [u8],
        /// With the client, what tells this question from others.
        tag: &'a [u8],
    },
    /// What became of a question.
    Judges {
        /// The name that was asked for, or the one that was blocked behind it.
        name: &'a [u8],
        /// Who asked.
        client: &'a [u8],
        /// As in the question.
        tag: &'a [u8],
        /// What was decided.
        action: Action,
        /// No answer will follow.
        last: bool,
        /// Only if the answer is that there is no such name: the zone may also hold names of one's own.
        if_nothing: bool,
    },
    /// The question again, with its answer.
    Answers {
        /// The name that was asked for.
        name: &'a [u8],
        /// Who asked.
        client: &'a [u8],
        /// As in the question.
        tag: &'a [u8],
        /// The response code.
        code: &'a [u8],
    },
    /// Something else, and what.
    Other(&'static str),
}

/// The order of a log by its head.
pub fn order<'a>(head: &Head<'a>, read: impl Fn(&'a [u8]) -> Option<Says<'a>>) -> Order {
    let lines = || head.lines.iter().filter_map(|line| read(line));
    if lines().any(|says| matches!(says, Says::Answers { .. })) {
        return Order::Answered;
    }
    let whole = head.lines.len() < Head::MAX_LINES;
    // Where a resolver writes of other things beside the questions, verdicts may be yet to come.
    let mixed = |says| matches!(says, Says::Judges { .. }) || !whole && says == Says::Other(OTHER);
    if !lines().any(mixed) {
        return Order::Alone;
    }
    if !whole {
        return Order::Later;
    }
    let known = lines().filter_map(|says| {
        let (client, tag, action) = match says {
            Says::Asks { client, tag, .. } => (client, tag, None),
            Says::Judges { client, tag, action, .. } => (client, tag, Some(action)),
            _ => return None,
        };
        Some(Known { client: client.to_vec(), tag: tag.to_vec(), action })
    });
    Order::Short(known.collect())
}

/// Brings questions and verdicts together. What it returns depends on the last [`SOON`] records alone.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// How many records of this log were seen.
    record: usize,
    /// By record, modulo their number; buffers are used again.
    held: Vec<Held>,
}

#[derive(Debug, Default)]
struct Held {
    full: bool,
    /// A verdict whose question was not seen: not to be found by others, or what is held would depend on all that was
    /// held before.
    alone: bool,
    if_nothing: bool,
    at: Option<Timestamp>,
    name: Vec<u8>,
    client: Vec<u8>,
    tag: Vec<u8>,
    action: Option<Action>,
}

impl Held {
    fn is(&self, client: &[u8], tag: &[u8]) -> bool {
        self.full && !self.alone && self.tag == tag && self.client == client
    }
}

impl Verdicts {
    /// What a line of the log comes to. Lines that are not of the log must not come here.
    pub fn record<'a>(&mut self, says: Says<'a>, at: Option<Timestamp>, order: &Order, arena: &'a Bump) -> Parsed<'a> {
        match order {
            Order::Alone => alone(says, at),
            Order::Short(known) => short(says, at, known),
            Order::Later => {
                let due = self.turn(LATER, arena);
                let own = self.later(says, at);
                due.unwrap_or(own)
            }
            Order::Answered => {
                let _ = self.turn(SOON, arena);
                self.answered(says, at)
            }
        }
    }

    /// Makes room for one more record, and returns the question of the record that is this far back.
    fn turn<'a>(&mut self, window: usize, arena: &'a Bump) -> Option<Parsed<'a>> {
        if self.held.is_empty() {
            self.held.resize_with(window, Held::default);
        }
        self.record += 1;
        let slot = self.record % window;
        let held = &mut self.held[slot];
        std::mem::take(&mut held.full).then(|| {
            let name = arena.alloc_slice_copy(&held.name);
            look_up(held.at, name, Some(arena.alloc_slice_copy(&held.client)), held.action)
        })
    }

    fn later<'a>(&mut self, says: Says<'a>, at: Option<Timestamp>) -> Parsed<'a> {
        match says {
            Says::Asks { name, client, tag } => match not_a_site(name) {
                Some(why) => Parsed::Skip(why),
                None => {
                    self.hold(at, name, client, tag, None);
                    Parsed::Skip(WAITS)
                }
            },
            Says::Judges { name, client, tag, action, .. } => {
                match self.find(client, tag) {
                    Some(held) => held.action = Some(stronger(held.action, action)),
                    None if action == Action::Blocked && not_a_site(name).is_none() => {
                        if let Some(held) = self.hold(at, name, client, tag, Some(action)) {
                            held.alone = true;
                        }
                    }
                    None => {}
                }
                Parsed::Skip(VERDICT)
            }
            Says::Answers { .. } => Parsed::Skip(ANSWER),
            Says::Other(why) => Parsed::Skip(why),
        }
    }

    fn answered<'a>(&mut self, says: Says<'a>, at: Option<Timestamp>) -> Parsed<'a> {
        match says {
            Says::Asks { .. } => Parsed::Skip(QUESTION),
            Says::Judges { name, client, tag, action, last, if_nothing } => {
                if last && action == Action::Blocked {
                    return look_up(at, name, Some(client), Some(action));
                }
                if let Some(held) = self.hold(at, name, client, tag, Some(action)) {
                    held.if_nothing = if_nothing;
                }
                Parsed::Skip(VERDICT)
            }
            Says::Answers { name, client, tag, code } => {
                let verdict = self.find(client, tag).and_then(|held| {
                    held.full = false;
                    held.action.filter(|_| !held.if_nothing || code == b"NXDOMAIN")
                });
                look_up(at, name, Some(client), verdict.or(by_code(code)))
            }
            Says::Other(why) => Parsed::Skip(why),
        }
    }

    fn hold(
        &mut self,
        at: Option<Timestamp>,
        name: &[u8],
        client: &[u8],
        tag: &[u8],
        action: Option<Action>,
    ) -> Option<&mut Held> {
        let slot = self.record % self.held.len().max(1);
        let held = self.held.get_mut(slot)?;
        (held.full, held.alone, held.if_nothing, held.at, held.action) = (true, false, false, at, action);
        for (buffer, text) in [(&mut held.name, name), (&mut held.client, client), (&mut held.tag, tag)] {
            buffer.clear();
            buffer.extend_from_slice(text);
        }
        Some(held)
    }

    /// The latest that is held under this client and tag.
    fn find(&mut self, client: &[u8], tag: &[u8]) -> Option<&mut Held> {
        let (len, last) = (self.held.len(), self.record);
        let slot = (0..len)
            .map(|back| (last + len - back) % len)
            .find(|slot| self.held.get(*slot).is_some_and(|held| held.is(client, tag)))?;
        self.held.get_mut(slot)
    }
}

fn alone<'a>(says: Says<'a>, at: Option<Timestamp>) -> Parsed<'a> {
    match says {
        Says::Asks { name, client, .. } => look_up(at, name, Some(client), None),
        Says::Judges { name, client, action: Action::Blocked, .. } => {
            look_up(at, name, Some(client), Some(Action::Blocked))
        }
        Says::Judges { .. } => Parsed::Skip(VERDICT),
        Says::Answers { .. } => Parsed::Skip(ANSWER),
        Says::Other(why) => Parsed::Skip(why),
    }
}

fn short<'a>(says: Says<'a>, at: Option<Timestamp>, known: &[Known]) -> Parsed<'a> {
    let verdicts = |client: &[u8], tag: &[u8]| {
        known
            .iter()
            .filter(|known| known.client == client && known.tag == tag)
            .filter_map(|known| known.action)
            .reduce(|one, other| stronger(Some(one), other))
    };
    match says {
        Says::Asks { name, client, tag } => look_up(at, name, Some(client), verdicts(client, tag)),
        Says::Judges { client, tag, .. }
            if known.iter().any(|known| known.client == client && known.tag == tag && known.action.is_none()) =>
        {
            Parsed::Skip(VERDICT)
        }
        says => alone(says, at),
    }
}

/// A refusal is also logged as a failure.
fn stronger(one: Option<Action>, other: Action) -> Action {
    match one {
        Some(Action::Blocked) => Action::Blocked,
        Some(Action::Error) if other != Action::Blocked => Action::Error,
        _ => other,
    }
}

/// What the tests of these formats share.
#[cfg(test)]
pub mod testing {
    use super::*;
    use crate::formats::{Assume, Format};

    /// What each line comes to, as one log: `slack.com 192.0.2.1 blocked`, or why it is left out.
    pub fn told(format: &dyn Format, lines: &[&str]) -> Vec<String> {
        // 2026-12-01
        let assume = Assume { newest: Some(Timestamp(1_796_083_200_000)), ..Assume::default() };
        let head = Head { lines: lines.iter().take(Head::MAX_LINES).map(|line| line.as_bytes()).collect() };
        let Ok(layout) = format.layout(&head, &assume) else { return vec!["no layout".to_owned()] };
        let mut reader = format.reader(&layout);
        let arena = Bump::new();
        let show = |text: Option<&[u8]>| text.map_or("-".to_owned(), |text| String::from_utf8_lossy(text).into_owned());
        let mut tell = |line: &&str| match reader.record(line.as_bytes(), &arena) {
            Parsed::Event(event) => {
                assert_eq!(event.evidence, Evidence::Dns);
                let who = event.device.or(event.src_ip);
                format!("{} {} {}", show(event.host), show(who), event.action.map_or("-", Action::as_str))
            }
            Parsed::Skip(why) => format!("({why})"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".to_owned(),
        };
        lines.iter().map(&mut tell).collect()
    }

    /// Compares, line by line.
    pub fn check(format: &dyn Format, log: &[(&str, &str)]) {
        let (lines, expected): (Vec<&str>, Vec<&str>) = log.iter().copied().unzip();
        for ((line, told), expected) in lines.iter().zip(told(format, &lines)).zip(expected) {
            assert_eq!(told, expected, "{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks<'a>(name: &'a str, tag: &'a str) -> Says<'a> {
        Says::Asks { name: name.as_bytes(), client: b"192.0.2.1", tag: tag.as_bytes() }
    }

    fn blocks<'a>(name: &'a str, tag: &'a str) -> Says<'a> {
        let (name, tag) = (name.as_bytes(), tag.as_bytes());
        Says::Judges { name, client: b"192.0.2.1", tag, action: Action::Blocked, last: false, if_nothing: false }
    }

    fn answers<'a>(name: &'a str, tag: &'a str) -> Says<'a> {
        let (name, tag) = (name.as_bytes(), tag.as_bytes());
        Says::Answers { name, client: b"192.0.2.1", tag, code: b"NOERROR" }
    }

    fn told(order: &Order, lines: &[Says<'_>]) -> Vec<String> {
        let arena = Bump::new();
        let mut verdicts = Verdicts::default();
        let mut told = Vec::new();
        for says in lines {
            if let Parsed::Event(event) = verdicts.record(*says, None, order, &arena) {
                let name = String::from_utf8_lossy(event.host.unwrap_or_default()).into_owned();
                told.push(format!("{name} {}", event.action.map_or("-", Action::as_str)));
            }
        }
        told
    }

    #[test]
    fn a_verdict_behind_its_question_is_no_second_look_up() {
        let mut lines = vec![
            asks("a.example.net", "1"),
            asks("b.example.net", "2"),
            blocks("a.example.net", "1"),
            blocks("lost.example.net", "9"),
            asks("wpad", "4"),
        ];
        lines.resize(lines.len() + LATER, Says::Other(OTHER));
        let want = ["a.example.net blocked", "b.example.net -", "lost.example.net blocked"];
        assert_eq!(told(&Order::Later, &lines), want);
    }

    #[test]
    fn in_a_short_log_nothing_is_held_back() {
        let lines = [
            asks("a.example.net", "1"),
            asks("b.example.net", "2"),
            blocks("a.example.net", "1"),
            blocks("lost.example.net", "9"),
        ];
        let texts: Vec<String> = (0..lines.len()).map(|at| at.to_string()).collect();
        let head = Head { lines: texts.iter().map(|text| text.as_bytes()).collect() };
        let order = order(&head, |line| lines.get(usize::from(line[0] - b'0')).copied());
        assert!(matches!(order, Order::Short(_)));
        let want = ["a.example.net blocked", "b.example.net -", "lost.example.net blocked"];
        assert_eq!(told(&order, &lines), want);
    }

    #[test]
    fn an_answer_takes_the_verdict_before_it() {
        let lines = [
            asks("a.example.net", "1"),
            blocks("a.example.net", "1"),
            answers("a.example.net", "1"),
            answers("a.example.net", "1"),
        ];
        assert_eq!(told(&Order::Answered, &lines), ["a.example.net blocked", "a.example.net allowed"]);
    }
}
