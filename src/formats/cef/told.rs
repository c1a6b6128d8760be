//! From what a record says to an event: the same for CEF and LEEF.

use bumpalo::Bump;

use super::rules::{Part, Then, Vendor};
use super::said::{Book, Header, Said, Slot};
use crate::event::{Action, Evidence, Timestamp, is_inside_name, parse_ip};
use crate::formats::fields::alias::Field;
use crate::formats::fields::draft::{Draft, NO_DESTINATION, action_word, not_a_site, not_outbound};
use crate::formats::fields::{number, time};
use crate::formats::{Assume, Parsed, squid};

/// What a record is to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Kind {
    /// A session or a request, with its bytes.
    Session,
    /// The start of a session of a product that seldom logs ends: no request of its own.
    Start,
    /// Part of a session that is still open.
    Interim,
    /// What inspection saw in a session; its bytes are none of its own.
    Sight,
    /// A question to a resolver.
    Lookup,
    /// Its answer.
    Answer,
}

/// Which vendors of a file log look-ups as questions, by the number of the vendor: answers then say nothing new.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::formats) struct Habits {
    questions: u64,
}

impl Habits {
    /// Notes a record of the head.
    pub fn note(&mut self, vendor: usize, kind: Kind) {
        if kind == Kind::Lookup {
            self.questions |= 1u64.checked_shl(vendor as u32).unwrap_or(0);
        }
    }

    fn asks(self, vendor: usize) -> bool {
        self.questions.checked_shr(vendor as u32).unwrap_or(0) & 1 == 1
    }
}

/// What the vendor's rules make of a record: its kind and, where they know it, the action, or why it is left out.
pub(in crate::formats) fn kind(
    vendor: &Vendor,
    header: &Header<'_>,
    said: &Said<'_>,
) -> Result<(Kind, Option<Action>), &'static str> {
    let mut action = None;
    for rule in vendor.rules {
        if !rule.when.iter().all(|(part, test)| part_of(*part, header, said, |text| test.fits(text))) {
            continue;
        }
        match rule.then {
            Then::Skip(why) => return Err(why),
            Then::Act(word) => action = action.or(Some(word)),
            Then::Kind(kind) => return Ok((kind, action)),
        }
    }
    Ok((Kind::Session, action))
}

/// Whether the part of a record passes the test; one that is missing passes none.
fn part_of(part: Part, header: &Header<'_>, said: &Said<'_>, test: impl Fn(&[u8]) -> bool) -> bool {
    match part {
        Part::Product => test(header.product),
        Part::Id => test(header.id),
        Part::Name => test(header.name),
        Part::Either => test(header.id) || test(header.name),
        Part::Kind => said.get(Slot::Kind).is_some_and(&test) || test(header.name),
        Part::Value(slot) => said.get(slot).is_some_and(test),
    }
}

/// Why a record is left out that has a source and a destination at best.
pub(in crate::formats) const NOT_TRAFFIC: &str = "not traffic: no URL, no bytes, no port";

/// The event. `number` is that of the vendor; `around` what stood before the header.
pub(in crate::formats) fn tell<'a>(
    (number, book): (usize, &'static Book),
    header: &Header<'a>,
    said: &Said<'a>,
    habits: Habits,
    (around, assume): (&[u8], &Assume),
    arena: &'a Bump,
) -> Parsed<'a> {
    let vendor = book.vendor;
    let (kind, forced) = match kind(vendor, header, said) {
        Ok(found) => found,
        Err(why) => return Parsed::Skip(why),
    };
    let get = |slot: Slot| said.get(slot).and_then(|value| number::present(plain(value, arena)));
    let mut draft = Draft::default();
    let event = &mut draft.event;
    event.at = clock(vendor, said, assume).or_else(|| before(around, assume));
    event.src_ip = [Slot::ClientSure, Slot::Client, Slot::ClientSpare].into_iter().find_map(get);
    event.user = user(vendor, said, arena).filter(|user| Some(*user) != event.src_ip);
    event.device = [Slot::Device, Slot::DeviceSpare].into_iter().find_map(get).map(before_at);
    if event.device.is_some_and(|device| parse_ip(device).is_some()) {
        event.src_ip = event.src_ip.or(event.device);
        event.device = None;
    }
    event.action = action(vendor, header, said, forced);
    event.department = get(Slot::Department).map(|text| decoded(vendor, text, arena));
    event.groups = get(Slot::Groups);
    event.category = category(said, arena).map(|text| decoded(vendor, text, arena));
    event.session = get(Slot::Session).filter(|id| !matches!(*id, b"0" | b"{0x0,0x0,0x0,0x0}"));
    if matches!(kind, Kind::Lookup | Kind::Answer) {
        // That a name was refused may stand in the answer alone.
        if kind == Kind::Answer && habits.asks(number) && event.action != Some(Action::Blocked) {
            return Parsed::Skip("answer, not a question");
        }
        let name = [Slot::Query, Slot::HostSpare, Slot::Host].into_iter().find_map(get).map(|name| match name {
            [b'[', inner @ .., b']'] => inner,
            name => name,
        });
        let Some(name) = name else { return Parsed::Skip("a look-up without a name") };
        if let Some(why) = not_a_site(name) {
            return Parsed::Skip(why);
        }
        draft.event.host = Some(name);
        draft.event.evidence = Evidence::Dns;
        return Parsed::Event(draft.event);
    }
    if !is_traffic(said) {
        return Parsed::Skip(NOT_TRAFFIC);
    }
    event.app = get(Slot::App)
        .filter(|app| is_app(app))
        .or_else(|| get(Slot::AppSpare))
        .or_else(|| get(Slot::Service).filter(|app| is_app(app)));
    destination(&mut draft, &get, assume);
    draft.set(Field::Method, get(Slot::Method).unwrap_or(b""), assume);
    draft.set(Field::UserAgent, get(Slot::Agent).unwrap_or(b""), assume);
    draft.set(
        Field::Referer,
        get(Slot::Referer).or_else(|| get(Slot::Context).filter(|it| is_url(it))).unwrap_or(b""),
        assume,
    );
    draft.event.status = [Slot::Status, Slot::Outcome].into_iter().find_map(|slot| status(get(slot)?));
    draft.set(Field::DurationMs, get(Slot::Millis).unwrap_or(b""), assume);
    draft.set(Field::DurationSeconds, get(Slot::Seconds).unwrap_or(b""), assume);
    bytes(&mut draft, vendor, said, kind);
    let event = match draft.finish(assume, arena) {
        Parsed::Event(event) => event,
        Parsed::Bad(problem) if problem.reason == NO_DESTINATION => return Parsed::Skip(NO_DESTINATION),
        other => return other,
    };
    if event.host.is_none() && event.dst_ip.and_then(parse_ip).is_none() {
        return Parsed::Skip(NO_DESTINATION);
    }
    match not_outbound(&event) {
        Some(why) => Parsed::Skip(why),
        None => Parsed::Event(event),
    }
}

/// Whether anything was sent anywhere: a sign-in or a finding also has a source and a destination.
fn is_traffic(said: &Said<'_>) -> bool {
    let has = |slot: Slot| said.get(slot).is_some();
    has(Slot::Url)
        || has(Slot::Sni)
        || has(Slot::Up)
        || has(Slot::Down)
        || has(Slot::UpSpare)
        || has(Slot::Total)
        || has(Slot::Method)
        || has(Slot::Port) && (has(Slot::Server) || has(Slot::ServerSpare) || has(Slot::Host))
}

/// Hands over all that may name the destination.
#[inline]
fn destination<'a>(draft: &mut Draft<'a>, get: &impl Fn(Slot) -> Option<&'a [u8]>, assume: &Assume) {
    // A URL ends at a blank: behind it some proxies leave the headers of the request.
    let url = get(Slot::Url).map(|url| &url[..memchr::memchr3(b' ', b'\r', b'\n', url).unwrap_or(url.len())]);
    let host = [Slot::Host, Slot::HostSpare].into_iter().filter_map(get).find(|host| {
        // An address names nothing, and neither does what an asset is called inside.
        parse_ip(host).is_none() && (!is_inside_name(host) || memchr::memchr(b':', host).is_some())
    });
    draft.set(Field::Host, host.unwrap_or(b""), assume);
    draft.set(Field::Url, url.unwrap_or(b""), assume);
    draft.set(Field::Path, get(Slot::Path).unwrap_or(b""), assume);
    draft.set(Field::Sni, get(Slot::Sni).unwrap_or(b""), assume);
    for slot in [Slot::Server, Slot::ServerSpare, Slot::Host] {
        draft.set(Field::DstIp, get(slot).filter(|text| parse_ip(text).is_some()).unwrap_or(b""), assume);
    }
    draft.set(Field::DstPort, get(Slot::Port).unwrap_or(b""), assume);
}

/// The counters, as far as they are this record's own.
#[inline]
fn bytes(draft: &mut Draft<'_>, vendor: &Vendor, said: &Said<'_>, kind: Kind) {
    let get = |slot: Slot| said.get(slot).and_then(number::present).and_then(number::whole);
    let event = &mut draft.event;
    if matches!(kind, Kind::Start | Kind::Interim) && matches!(event.action, None | Some(Action::Allowed)) {
        // The session itself is counted when it ends, or never seen again.
        event.action = Some(Action::Announced);
    }
    if matches!(kind, Kind::Start | Kind::Sight | Kind::Lookup | Kind::Answer) {
        return;
    }
    if said.get(Slot::UpPart).is_some() || said.get(Slot::DownPart).is_some() {
        (event.bytes_up, event.bytes_down) = (get(Slot::UpPart), get(Slot::DownPart));
    } else if kind != Kind::Interim {
        event.bytes_up = get(Slot::Up).or_else(|| get(Slot::UpSpare));
        event.bytes_down = get(Slot::Down).or_else(|| get(Slot::DownSpare));
        if vendor.flips {
            (event.bytes_up, event.bytes_down) = (event.bytes_down, event.bytes_up);
        }
        draft.total(get(Slot::Total));
    }
}

/// What became of it: what inspection stopped, the vendor's rules, the words for actions, the record's name.
#[inline]
fn action(vendor: &Vendor, header: &Header<'_>, said: &Said<'_>, forced: Option<Action>) -> Option<Action> {
    let word = |slot: Slot| {
        let text = number::present(said.get(slot)?)?;
        let own = vendor.actions.iter().find(|(word, _)| text.eq_ignore_ascii_case(word.as_bytes()));
        own.map(|(_, action)| *action).or_else(|| action_word(text))
    };
    if word(Slot::Verdict) == Some(Action::Blocked) {
        return Some(Action::Blocked);
    }
    forced.or_else(|| [Slot::Act, Slot::ActSpare].into_iter().find_map(word)).or_else(|| word(Slot::Outcome)).or_else(
        || {
            const STOPPED: &[&str] = &["block", "denied", "deny", "dropped", "prevented", "rejected"];
            const PASSED: &[&str] = &["allow", "permitted", "accepted"];
            let name = if header.name.is_empty() { header.id } else { header.name };
            let has = |words: &[&str]| words.iter().any(|word| has(name, word.as_bytes()));
            if has(STOPPED) { Some(Action::Blocked) } else { has(PASSED).then_some(Action::Allowed) }
        },
    )
}

/// Who: a sign-in name, else a name taken out of what directories make of it.
#[inline]
fn user<'a>(vendor: &Vendor, said: &Said<'a>, arena: &'a Bump) -> Option<&'a [u8]> {
    let get = |slot: Slot| said.get(slot).and_then(|value| number::present(plain(value, arena)));
    if let Some(login) = get(Slot::Login) {
        return Some(login);
    }
    let name = get(Slot::User).or_else(|| get(Slot::UserSpare)).map(|name| decoded(vendor, name, arena))?;
    // Those who did not sign in go by the name of the place where they are.
    let place = get(Slot::Place).map(|place| decoded(vendor, place, arena));
    if place.is_some_and(|place| place.eq_ignore_ascii_case(name)) && !name.contains(&b'@') {
        return None;
    }
    if name.starts_with(b"x-fwd-for:") || parse_ip(name).is_some() {
        return None;
    }
    let name = match memchr::memmem::find(name, b"://") {
        // `LDAP://192.0.2.5 OU=Users,DC=example,DC=com/Alice Doe`, `WinNT://EXAMPLE/alice`
        Some(_) => &name[memchr::memrchr(b'/', name).map_or(0, |slash| slash + 1)..],
        None => name,
    };
    let name = match (vendor.login_in_parens, memchr::memrchr(b'(', name)) {
        (true, Some(open)) if name.ends_with(b")") => &name[open + 1..name.len() - 1],
        _ => name,
    };
    number::present(name)
}

/// A machine's name without the domain that follows an `@`.
fn before_at(name: &[u8]) -> &[u8] {
    &name[..memchr::memchr(b'@', name).filter(|at| *at > 0).unwrap_or(name.len())]
}

fn category<'a>(said: &Said<'a>, arena: &'a Bump) -> Option<&'a [u8]> {
    let get = |slot: Slot| said.get(slot).and_then(|value| number::present(plain(value, arena)));
    let is_category = |text: &&[u8]| !text.eq_ignore_ascii_case(b"any") && !text.iter().all(u8::is_ascii_digit);
    [Slot::Category, Slot::CategorySpare]
        .into_iter()
        .filter_map(get)
        .find(is_category)
        // A page has a scheme, a content type a slash.
        .or_else(|| get(Slot::Context).filter(|text| !text.contains(&b'/')).filter(is_category))
}

/// Whether a word is more than a protocol's or a port's name, or a way to say that nobody knows.
fn is_app(app: &[u8]) -> bool {
    const OTHERS: [&str; 36] = [
        "http",
        "https",
        "http2",
        "http_proxy",
        "http-proxy",
        "ssl",
        "tls",
        "tcp",
        "udp",
        "icmp",
        "dns",
        "domain",
        "ftp",
        "ftps",
        "quic",
        "tunnel",
        "connect",
        "ssh",
        "ntp",
        "smtp",
        "web",
        "other",
        "any",
        "incomplete",
        "insufficient-data",
        "not-applicable",
        "unknown-tcp",
        "unknown-udp",
        "unknown-p2p",
        "non-syn-tcp",
        "general browsing",
        "generalbrowsing",
        "general http",
        "general https",
        "general tcp",
        "general udp",
    ];
    let plain = !app.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'.'));
    let version = app.len() >= 5 && app[..5].eq_ignore_ascii_case(b"http/");
    plain && !version && !OTHERS.iter().any(|other| app.eq_ignore_ascii_case(other.as_bytes()))
}

fn is_url(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"://").is_some()
}

/// `403`, `403 - Forbidden`.
fn status(text: &[u8]) -> Option<u16> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends = matches!(text.get(digits), None | Some(b' ' | b'-'));
    (digits <= 3 && ends)
        .then(|| number::unsigned(&text[..digits]))
        .flatten()
        .and_then(|status| u16::try_from(status).ok())
}

/// When, by the record's own clock. A time that nobody can read leaves it to the envelope.
#[inline]
fn clock(vendor: &Vendor, said: &Said<'_>, assume: &Assume) -> Option<Timestamp> {
    let zone = if vendor.utc { b"UTC" } else { said.get(Slot::Zone).unwrap_or(b"") };
    let day_first = said.get(Slot::Pattern).is_some_and(|pattern| pattern.starts_with(b"dd/MM"));
    [Slot::Eventtime, Slot::At, Slot::End, Slot::Start, Slot::Received].into_iter().find_map(|slot| {
        let text = said.get(slot)?.trim_ascii();
        if day_first { swapped(text, |text| moment(text, zone, assume)) } else { moment(text, zone, assume) }
    })
}

/// An epoch, an ISO date, `Mar 10 2026 08:15:42.871 GMT`, `Mar 10 26 08:15:42`.
fn moment(text: &[u8], zone: &[u8], assume: &Assume) -> Option<Timestamp> {
    if text.first()?.is_ascii_digit() {
        // With a zone of its own, or a number.
        let own = text.iter().skip(11).any(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'+' | b'-'));
        let number = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        return if own || number { time::any(text, assume) } else { zoned(text, zone, assume) };
    }
    let mut buffer = [0; 40];
    let text = match time::syslog(text, assume) {
        Some(_) => text,
        None => with_century(text, &mut buffer)?,
    };
    let (_, len) = time::syslog(text, assume)?;
    let tail = text[len..].trim_ascii();
    zoned(&text[..len], if tail.is_empty() { zone } else { tail }, assume)
}

/// A time in a zone. Names of zones mean too many things, UTC excepted: those are the assumed one.
fn zoned(text: &[u8], zone: &[u8], assume: &Assume) -> Option<Timestamp> {
    let minutes = match zone {
        b"GMT" | b"UTC" | b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, rest @ ..] => {
            let hours = number::unsigned(&[*h1, *h2])?;
            let minutes = number::unsigned(rest.strip_prefix(b":").unwrap_or(rest)).unwrap_or(0);
            let minutes = i64::try_from(hours * 60 + minutes.min(59)).ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return time::any(text, assume),
    };
    let utc = Assume { newest: assume.newest, ..Assume::default() };
    time::any(text, &utc).map(|at| Timestamp(at.0 - minutes * 60_000))
}

/// `Mar 10 26 08:15:42` with a whole year.
fn with_century<'b>(text: &[u8], buffer: &'b mut [u8; 40]) -> Option<&'b [u8]> {
    let day_end = 4 + memchr::memchr(b' ', text.get(4..)?)?;
    let (head, rest) = (&text[..=day_end], &text[day_end + 1..]);
    let whole = text.len() + 2;
    if rest.get(2) != Some(&b' ') || whole > buffer.len() {
        return None;
    }
    buffer[..head.len()].copy_from_slice(head);
    buffer[head.len()..head.len() + 2].copy_from_slice(b"20");
    buffer[head.len() + 2..whole].copy_from_slice(rest);
    Some(&buffer[..whole])
}

/// `10/03/2026 08:15:42` with the month first, as everybody else takes it.
fn swapped(text: &[u8], read: impl Fn(&[u8]) -> Option<Timestamp>) -> Option<Timestamp> {
    let mut buffer = [0; 40];
    let swapped = buffer.get_mut(..text.len()).filter(|_| text.len() > 10)?;
    swapped.copy_from_slice(text);
    swapped[..2].copy_from_slice(&text[3..5]);
    swapped[3..5].copy_from_slice(&text[..2]);
    read(swapped)
}

/// The time of a syslog head that was not taken off.
#[cold]
fn before(around: &[u8], assume: &Assume) -> Option<Timestamp> {
    let text = match around.first()? {
        b'<' => &around[memchr::memchr(b'>', around)? + 1..],
        _ => around,
    };
    let text = text.strip_prefix(b"1 ").unwrap_or(text).trim_ascii();
    let word = &text[..memchr::memchr(b' ', text).unwrap_or(text.len())];
    time::iso(word, assume).or_else(|| time::syslog(text, assume).map(|(at, _)| at))
}

/// Whether `text` holds the word, in whatever case.
pub(in crate::formats) fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}

/// The value without quotes around it and without escapes: `\=`, `\\`, `\|`, and `\,` of directories. Other backslashes are their own: many
/// products escape nothing, least of all in `EXAMPLE\nancy`.
#[inline]
fn plain<'a>(value: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    let value = match value {
        [b'"', inner @ .., b'"'] => inner,
        value => value,
    };
    if memchr::memchr(b'\\', value).is_none() { value } else { unescape(value, arena) }
}

/// `Road%20Warrior`: some templates encode texts, and then leave no blank.
#[inline]
fn decoded<'a>(vendor: &Vendor, text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if vendor.encoded && memchr::memchr(b'%', text).is_some() && memchr::memchr(b' ', text).is_none() {
        squid::decode(text, arena)
    } else {
        text
    }
}

#[cold]
fn unescape<'a>(value: &[u8], arena: &'a Bump) -> &'a [u8] {
    let out = arena.alloc_slice_copy(value);
    let (mut from, mut to) = (0, 0);
    while let Some(byte) = value.get(from) {
        let escape = *byte == b'\\' && matches!(value.get(from + 1), Some(b'=' | b'\\' | b'|' | b','));
        from += usize::from(escape);
        out[to] = value[from];
        to += 1;
        from += 1;
    }
    &out[..to]
}
