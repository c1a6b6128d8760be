//! Who sat where, when: what identity logs tell, kept beside the facts.
//!
//! A note says that somebody begins or ceases to hold something: a user or a device an address, a user a device. Notes
//! merge in any order, as facts do. For each pair and quarter-hour only the first and the last is kept, which is as exact as
//! facts are and bounds the table: a client that renews every minute leaves four notes an hour, however many records.
//!
//! [`Leases::timelines`] makes stays of the notes. A stay ends when it is said to, when somebody else begins at the same
//! place, or when its time is over, whichever comes first:
//!
//! ```text
//! address 10.1.2.3   device pc-1 |-----------------|           pc-2 |------
//!                    user   alice   |--------------|           bob    |----
//! ```

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use string_interner::{Symbol, symbol::SymbolU32};

use super::names::{bare_device, bare_login, bare_mac};
use super::shard::Interner;
use crate::event::{Identity, Stage, Timestamp, parse_ip};

/// How long a sign-in holds if its record does not say: a day's work, and the night to be sure.
const SIGN_IN: u32 = 24 * 3600;

/// How long an address is held if its record does not say. Clients renew at half the time, so most stays end because
/// somebody else begins.
const LEASE: u32 = 24 * 3600;

/// Clocks differ: a user who signed in so many seconds before another device came to the address came with it.
const SKEW: i64 = 60;

/// Seconds in the quarter-hour by which notes are kept.
const SLOT: i64 = 900;

/// The notes.
pub struct Leases {
    /// Names behind a letter: `a` an address, `d` a device, `m` a hardware address, `p` a person.
    names: Interner,
    notes: HashMap<Key, Note, RandomState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// What is held.
    held: u32,
    /// Who holds it; [`WHOEVER`] does in notes of an end.
    by: u32,
    slot: u32,
}

const WHOEVER: u32 = u32::MAX;

/// Seconds within the slot; [`NEVER`] if it did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Note {
    first: u16,
    last: u16,
    end: u16,
    /// From the last one on.
    seconds: u32,
}

const NEVER: u16 = u16::MAX;

impl Note {
    fn merge(&mut self, other: Note) {
        // Of two beginnings the later says how long it holds; of two in one second the longer.
        let last = |note: &Note| (note.last != NEVER).then_some((note.last, note.seconds));
        (self.last, self.seconds) = last(self).max(last(&other)).unwrap_or((NEVER, 0));
        self.first = self.first.min(other.first);
        self.end = match (self.end, other.end) {
            (NEVER, end) | (end, NEVER) => end,
            (one, two) => one.max(two),
        };
    }
}

impl Leases {
    pub(super) fn new(hasher: RandomState) -> Leases {
        Leases { names: Interner::with_hasher(hasher.clone()), notes: HashMap::with_hasher(hasher) }
    }

    /// Takes in one record. `false` if it names nobody.
    pub(super) fn note(&mut self, identity: &Identity<'_>, at: Timestamp) -> bool {
        let address = identity.address.and_then(parse_ip).filter(|ip| !ip.is_unspecified() && !ip.is_loopback());
        let address = address.map(|ip| format!("a{ip}"));
        let login = identity.user.and_then(bare_login);
        // The account of a machine is the name of a device.
        let (user, machine) = match login {
            Some(login) if login.ends_with('$') => (None, bare_device(login.as_bytes())),
            login => (login.filter(|login| !is_nobody(login)), None),
        };
        let mac = identity.mac.and_then(bare_mac).filter(|mac| mac != "00:00:00:00:00:00");
        // Some write the hardware address where a name should stand.
        let device =
            identity.device.and_then(bare_device).or(machine).filter(|device| bare_mac(device.as_bytes()).is_none());
        let (user, device, mac) = (
            user.map(|name| format!("p{name}")),
            device.map(|name| format!("d{name}")),
            mac.map(|name| format!("m{name}")),
        );
        if identity.stage == Stage::Ends {
            let Some(held) = address.or(device).or(mac) else { return false };
            // Who signs out leaves the place to whoever is there; an address that is given back is nobody's.
            self.enter(&held, user.as_deref(), at, None);
            return true;
        }
        let mut named = false;
        let lease = identity.seconds.unwrap_or(LEASE);
        let sign_in = identity.seconds.unwrap_or(SIGN_IN);
        let pairs = [
            (&address, &user, sign_in),
            (&address, &device, lease),
            (&address, &mac, lease),
            (&device, &user, sign_in),
            (&mac, &user, sign_in),
        ];
        for (held, by, seconds) in pairs {
            if let (Some(held), Some(by)) = (held, by) {
                self.enter(held, Some(by), at, Some(seconds));
                named = true;
            }
        }
        named
    }

    /// `seconds`: for how long from now on; `None`: no more.
    fn enter(&mut self, held: &str, by: Option<&str>, at: Timestamp, seconds: Option<u32>) {
        let Ok(slot) = u32::try_from(at.seconds().div_euclid(SLOT)) else { return };
        let second = at.seconds().rem_euclid(SLOT) as u16;
        let held = self.names.get_or_intern(held).to_usize() as u32;
        let by = by.map_or(WHOEVER, |by| self.names.get_or_intern(by).to_usize() as u32);
        let note = match seconds {
            Some(seconds) => Note { first: second, last: second, end: NEVER, seconds },
            None => Note { first: NEVER, last: NEVER, end: second, seconds: 0 },
        };
        self.add(Key { held, by, slot }, note);
    }

    fn add(&mut self, key: Key, note: Note) {
        self.notes.entry(key).and_modify(|ours| ours.merge(note)).or_insert(note);
    }

    /// Takes in other notes, in any order.
    pub(super) fn merge(&mut self, other: Leases) {
        let ids: Vec<u32> = (0..other.names.len())
            .map(|id| self.names.get_or_intern(other.text(id as u32)).to_usize() as u32)
            .collect();
        for (key, note) in other.notes {
            let by = if key.by == WHOEVER { WHOEVER } else { ids[key.by as usize] };
            self.add(Key { held: ids[key.held as usize], by, slot: key.slot }, note);
        }
    }

    /// Whether nobody was named.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// How many notes are kept.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    fn text(&self, id: u32) -> &str {
        SymbolU32::try_from_usize(id as usize).and_then(|symbol| self.names.resolve(symbol)).unwrap_or("")
    }

    /// Who stayed where. The work of a sort over all notes: asked for once.
    pub fn timelines(&self) -> Timelines<'_> {
        let mut notes: Vec<(Key, Note)> = self.notes.iter().map(|(key, note)| (*key, *note)).collect();
        notes.sort_unstable_by_key(|(key, _)| (key.held, key.slot, key.by));
        let mut of = HashMap::default();
        for notes in notes.chunk_by(|a, b| a.0.held == b.0.held) {
            let mut moves: Vec<Move<'_>> = Vec::with_capacity(notes.len() + 1);
            for (key, note) in notes {
                let second = |within: u16| i64::from(key.slot) * SLOT + i64::from(within);
                let name = if key.by == WHOEVER { "" } else { self.text(key.by) };
                if note.first != NEVER {
                    moves.push(Move { at: second(note.first), name, seconds: Some(note.seconds) });
                }
                if note.last != NEVER && note.last != note.first {
                    moves.push(Move { at: second(note.last), name, seconds: Some(note.seconds) });
                }
                if note.end != NEVER {
                    moves.push(Move { at: second(note.end), name, seconds: None });
                }
            }
            moves.sort_unstable_by_key(|one| (one.at, one.seconds.is_some(), one.class(), one.name));
            of.insert(self.text(notes[0].0.held), Timeline::of(&moves));
        }
        Timelines { of }
    }
}

/// A beginning, or an end if it has no time to hold.
struct Move<'l> {
    at: i64,
    name: &'l str,
    seconds: Option<u32>,
}

impl Move<'_> {
    /// Hardware before devices before users: who changes the device changes the user as well.
    fn class(&self) -> usize {
        match self.name.as_bytes().first() {
            Some(b'm') => 0,
            Some(b'd') => 1,
            _ => 2,
        }
    }
}

/// Users of the system itself.
fn is_nobody(login: &str) -> bool {
    const NOBODY: [&str; 9] = [
        "anonymous logon",
        "anonymous",
        "system",
        "local service",
        "network service",
        "lokaler dienst",
        "netzwerkdienst",
        "unknown",
        "n/a",
    ];
    NOBODY.contains(&login) || login.starts_with("dwm-") || login.starts_with("umfd-")
}

/// Somebody held something from one second to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay<'l> {
    /// Seconds since 1970.
    pub from: i64,
    /// See `from`; does not belong to it.
    pub to: i64,
    /// The bare name.
    pub who: &'l str,
}

/// Who held one address or device, by kind: each sorted, without overlaps.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Timeline<'l> {
    /// People.
    pub users: Vec<Stay<'l>>,
    /// Clients, by name.
    pub devices: Vec<Stay<'l>>,
    /// Clients, by hardware address.
    pub macs: Vec<Stay<'l>>,
}

impl<'l> Timeline<'l> {
    fn of(moves: &[Move<'l>]) -> Timeline<'l> {
        let mut done: [Vec<Stay<'l>>; 3] = Default::default();
        let mut open: [Option<Stay<'l>>; 3] = [None; 3];
        let close = |done: &mut Vec<Stay<'l>>, open: &mut Option<Stay<'l>>, at: i64| {
            if let Some(stay) = open.take() {
                let to = stay.to.min(at);
                // Who was there for less than a second was there all the same.
                done.push(Stay { to: to.max(stay.from + 1), ..stay });
            }
        };
        for one in moves {
            let who = one.name.get(1..).unwrap_or("");
            let Some(seconds) = one.seconds else {
                for class in 0..3 {
                    if who.is_empty() || open[class].is_some_and(|stay| class == one.class() && stay.who == who) {
                        close(&mut done[class], &mut open[class], one.at);
                    }
                }
                continue;
            };
            let (class, to) = (one.class(), one.at + i64::from(seconds));
            match &mut open[class] {
                Some(stay) if stay.who == who && stay.to >= one.at => stay.to = stay.to.max(to),
                stay => {
                    let changes = stay.is_some_and(|stay| stay.who != who);
                    close(&mut done[class], stay, one.at);
                    *stay = Some(Stay { from: one.at, to, who });
                    for above in class + 1..3 {
                        if changes && open[above].is_some_and(|stay| stay.from < one.at - SKEW) {
                            close(&mut done[above], &mut open[above], one.at);
                        }
                    }
                }
            }
        }
        for (done, open) in done.iter_mut().zip(&mut open) {
            close(done, open, i64::MAX);
            // What was there for less than a second may reach into what came next.
            for at in 1..done.len() {
                done[at - 1].to = done[at - 1].to.min(done[at].from.max(done[at - 1].from + 1));
            }
        }
        let [macs, devices, users] = done;
        Timeline { users, devices, macs }
    }
}

/// Who stayed where, for every address and device that was told of.
pub struct Timelines<'l> {
    of: HashMap<&'l str, Timeline<'l>, RandomState>,
}

impl<'l> Timelines<'l> {
    /// Of an address in normal form.
    pub fn address(&self, ip: &str) -> Option<&Timeline<'l>> {
        self.of.get(&*format!("a{ip}"))
    }

    /// Of a device's bare name, or of a hardware address.
    pub fn device(&self, name: &str) -> Option<&Timeline<'l>> {
        self.of.get(&*format!("d{name}")).or_else(|| self.of.get(&*format!("m{name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_773_230_400;

    fn leases(records: &[(i64, &str)]) -> Leases {
        let mut leases = Leases::new(RandomState::default());
        for (minute, record) in records {
            let mut identity = Identity { address: Some(b"10.1.2.3"), ..Identity::default() };
            for word in record.split(' ') {
                match word.split_at(1) {
                    ("-", _) => identity.stage = Stage::Ends,
                    ("+", hours) => identity.seconds = hours.parse::<u32>().ok().map(|hours| hours * 3600),
                    ("d", name) => identity.device = Some(name.as_bytes()),
                    ("m", name) => identity.mac = Some(name.as_bytes()),
                    ("p", name) => identity.user = Some(name.as_bytes()),
                    _ => {}
                }
            }
            leases.note(&identity, Timestamp((NOON + minute * 60) * 1000));
        }
        leases
    }

    /// Stays as `alice 0-90`, in minutes from noon.
    fn told(leases: &Leases) -> String {
        let timelines = leases.timelines();
        let Some(timeline) = timelines.address("10.1.2.3") else { return String::new() };
        let stays = timeline.users.iter().chain(&timeline.devices).chain(&timeline.macs);
        let told = stays.map(|stay| format!("{} {}-{}", stay.who, (stay.from - NOON) / 60, (stay.to - NOON) / 60));
        told.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_stay_ends_with_its_time_its_end_or_the_next_one() {
        for (records, want) in [
            (&[(0, "palice")][..], "alice 0-1440"),
            (&[(0, "palice +2")], "alice 0-120"),
            (&[(0, "palice +2"), (90, "palice +2")], "alice 0-210"),
            (&[(0, "palice +2"), (150, "palice +2")], "alice 0-120, alice 150-270"),
            (&[(0, "palice"), (60, "pbob")], "alice 0-60, bob 60-1500"),
            (&[(0, "palice"), (60, "- palice")], "alice 0-60"),
            (&[(0, "palice"), (60, "- pbob")], "alice 0-1440"),
            (&[(0, "palice dpc-1"), (60, "-")], "alice 0-60, pc-1 0-60"),
            // Another device: whoever had signed in is gone, unless it was just now.
            (&[(0, "dpc-1"), (5, "palice"), (60, "dpc-2")], "alice 5-60, pc-1 0-60, pc-2 60-1500"),
            (&[(0, "dpc-1"), (60, "palice"), (61, "dpc-2")], "alice 60-1500, pc-1 0-61, pc-2 61-1501"),
            (&[(0, "dpc-1 m00:00:5e:00:53:25")], "pc-1 0-1440, 00:00:5e:00:53:25 0-1440"),
            (&[(0, "pPC-1$")], "pc-1 0-1440"),
            (&[(0, "pSYSTEM"), (0, "p-"), (1, "pDWM-2")], ""),
        ] {
            assert_eq!(told(&leases(records)), want, "{records:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn notes_merge_in_any_order(
            records in proptest::collection::vec((0i64..3000, "(palice|pbob|dpc-1|dpc-2|- palice|-|palice [+]1)"), 0..40),
            cut in 0usize..40,
        ) {
            let records: Vec<(i64, &str)> = records.iter().map(|(at, record)| (*at, record.as_str())).collect();
            let whole = told(&leases(&records));
            let (one, two) = records.split_at(cut.min(records.len()));
            let (mut there, mut back) = (leases(one), leases(two));
            there.merge(leases(two));
            back.merge(leases(one));
            proptest::prop_assert_eq!(told(&there), whole.clone());
            proptest::prop_assert_eq!(told(&back), whole.clone());
            let mut turned = records.clone();
            turned.reverse();
            proptest::prop_assert_eq!(told(&leases(&turned)), whole);
        }

        #[test]
        fn stays_do_not_overlap(
            records in proptest::collection::vec((0i64..300, "(palice|pbob|pcarol|- pbob|-)"), 0..40),
        ) {
            let records: Vec<(i64, &str)> = records.iter().map(|(at, record)| (*at, record.as_str())).collect();
            let leases = leases(&records);
            let timelines = leases.timelines();
            let users = timelines.address("10.1.2.3").map_or(&[][..], |timeline| &timeline.users);
            proptest::prop_assert!(users.iter().all(|stay| stay.from < stay.to));
        }
    }
}
