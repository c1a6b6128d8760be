//! The directory: rows joined into people, and found by whatever a log knows of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry as Slot;

use super::diags::Code;
use super::networks::{Networks, Range};
use super::table::{Key, Problems, Row, Table};
use super::texts::{TextId, Texts};
use crate::diag::{Diagnostic, Level};
use crate::traffic::bare_login;

type Map<K> = HashMap<K, EntryId, RandomState>;

/// A person, a device or a place of one [`Directory`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EntryId(u32);

/// What is known of a person, a device or a place.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// It is a person: logins, mail addresses, or a name that is not that of a network.
    pub is_person: bool,
    pub name: TextId,
    /// The first login, in normal form.
    pub login: TextId,
    pub department: TextId,
    pub site: TextId,
    pub manager: TextId,
}

/// Who is who: people, their logins, devices and addresses, departments and sites. Empty by default.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    texts: Texts,
    entries: Vec<Entry>,
    logins: Map<Box<str>>,
    devices: Map<Box<str>>,
    addresses: Map<IpAddr>,
    networks: Networks,
    rows: u64,
    keyless: u64,
}

/// People of a directory by where they belong, whether logs show them or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headcount {
    /// By department.
    pub departments: BTreeMap<String, u64>,
    /// By site.
    pub sites: BTreeMap<String, u64>,
}

impl Directory {
    /// Reads a CSV file, `name` being what its user calls it, and says everything that is wrong with it. With an error
    /// among the problems the directory is not to be used: it may lack any of its people.
    ///
    /// ```
    /// use umbrascope::people::Directory;
    /// let (directory, problems) = Directory::read("people.csv", b"user;Abteilung\nalice;Vertrieb\nbob;Einkauf\n");
    /// assert!(problems.is_empty());
    /// assert_eq!(directory.people(), 2);
    /// ```
    pub fn read(name: &str, bytes: &[u8]) -> (Directory, Vec<Diagnostic>) {
        let mut directory = Directory::default();
        let Table { rows, keyless, mut problems } = Table::read(name, bytes, &mut directory.texts);
        directory.rows = rows.len() as u64;
        directory.keyless = keyless;
        let class_of = join(&rows, &mut problems);
        let entry_of = directory.enter(&rows, &class_of, &mut problems);
        directory.index(&rows, &entry_of, &mut problems);
        directory.name_managers();
        directory.tell_namesakes_apart();
        (directory, problems.into_diagnostics())
    }

    /// How many people.
    pub fn people(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_person).count()
    }

    /// How many of them belong to each department and to each site.
    pub fn headcount(&self) -> Headcount {
        let mut headcount = Headcount::default();
        for entry in self.entries.iter().filter(|entry| entry.is_person) {
            for (id, counts) in [(entry.department, &mut headcount.departments), (entry.site, &mut headcount.sites)] {
                if let Some(name) = self.texts.get(id) {
                    *counts.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
        headcount
    }

    /// Rows that are about somebody or something.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows that name neither a login nor a mail address, an address, a network, a device or a name.
    pub fn keyless(&self) -> u64 {
        self.keyless
    }

    /// Whether nobody and nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// By a login in normal form.
    pub(super) fn login(&self, login: &str) -> Option<EntryId> {
        self.logins.get(login).copied()
    }

    /// By a device's bare name.
    pub(super) fn device(&self, bare: &str) -> Option<EntryId> {
        self.devices.get(bare).copied()
    }

    /// By an address, or the narrowest network around it.
    pub(super) fn address(&self, ip: IpAddr) -> Option<EntryId> {
        self.addresses.get(&ip).copied().or_else(|| self.networks.of(ip).map(EntryId))
    }

    pub(super) fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)
    }

    pub(super) fn text(&self, id: TextId) -> Option<&str> {
        self.texts.get(id)
    }

    /// Makes an entry of each class of rows. Returns the entry of each row.
    fn enter(&mut self, rows: &[Row], class_of: &[u32], problems: &mut Problems) -> Vec<EntryId> {
        let mut entry_of_class = vec![None; rows.len()];
        let mut first_row = Vec::new();
        let mut entry_of = Vec::with_capacity(rows.len());
        for (row, class) in rows.iter().zip(class_of) {
            let id = *entry_of_class[*class as usize].get_or_insert_with(|| {
                first_row.push(row);
                self.entries.push(Entry {
                    is_person: false,
                    name: TextId::NONE,
                    login: TextId::NONE,
                    department: TextId::NONE,
                    site: TextId::NONE,
                    manager: TextId::NONE,
                });
                EntryId(self.entries.len() as u32 - 1)
            });
            entry_of.push(id);
            let login = row.keys.iter().find_map(|(_, key)| match key {
                Key::Login(login) => Some(login.clone()),
                _ => None,
            });
            let login = login.or_else(|| {
                row.keys.iter().find_map(|(_, key)| match key {
                    Key::Mail(mail) => bare_login(mail.as_bytes()),
                    _ => None,
                })
            });
            let login = login.map_or(TextId::NONE, |login| self.texts.id(&login));
            let entry = &mut self.entries[id.0 as usize];
            for (ours, theirs, what) in
                [(entry.department, row.department, "department"), (entry.site, row.site, "site")]
            {
                if ours != TextId::NONE && theirs != TextId::NONE && ours != theirs {
                    let (first, second) =
                        (self.texts.get(ours).unwrap_or_default(), self.texts.get(theirs).unwrap_or_default());
                    let message = || format!("the rows of one person name two {what}s: `{first}` and `{second}`");
                    let other = (first_row[id.0 as usize].at, 0);
                    let help = "write the same one in all rows of the person; the first one is used";
                    problems.two_cells((Code::TwoPlaces, Level::Warning), other, (row.at, 0), message, help);
                }
            }
            entry.is_person |= is_person(row);
            entry.name = entry.name.or(row.name);
            entry.login = entry.login.or(login);
            entry.department = entry.department.or(row.department);
            entry.site = entry.site.or(row.site);
            entry.manager = entry.manager.or(row.manager);
        }
        entry_of
    }

    /// Notes by what each entry is found.
    fn index(&mut self, rows: &[Row], entry_of: &[EntryId], problems: &mut Problems) {
        // Row and column.
        type Place = (usize, u16);
        let mut ranges: HashMap<(u128, u128), (EntryId, Place), RandomState> = HashMap::default();
        let mut addresses: HashMap<IpAddr, Place, RandomState> = HashMap::default();
        let mut devices: HashMap<&str, Option<Place>, RandomState> = HashMap::default();
        let same = |entries: &[Entry], a: EntryId, b: EntryId| {
            let (a, b) = (&entries[a.0 as usize], &entries[b.0 as usize]);
            !a.is_person && !b.is_person && (a.department, a.site) == (b.department, b.site)
        };
        for (row, id) in rows.iter().zip(entry_of) {
            for (column, key) in &row.keys {
                let place = (row.at, *column);
                match key {
                    Key::Login(login) => {
                        if !self.logins.contains_key(&**login) {
                            self.logins.insert(login.as_str().into(), *id);
                        }
                    }
                    Key::Range(Range::One(ip)) => match self.addresses.entry(*ip) {
                        Slot::Vacant(slot) => {
                            slot.insert(*id);
                            addresses.insert(*ip, place);
                        }
                        Slot::Occupied(slot) if *slot.get() != *id && !same(&self.entries, *slot.get(), *id) => {
                            let first = addresses.get(ip).copied().unwrap_or(place);
                            let message = || format!("the address {ip} belongs to two people or places");
                            let help = "leave it in one row; who sits where by turns is told by the log of a DHCP server or a VPN";
                            problems.two_cells((Code::SharedAddress, Level::Error), first, place, message, help);
                        }
                        Slot::Occupied(_) => {}
                    },
                    Key::Range(Range::Many(from, to)) => match ranges.entry((*from, *to)) {
                        Slot::Vacant(slot) => {
                            slot.insert((*id, place));
                        }
                        Slot::Occupied(slot) if slot.get().0 != *id && !same(&self.entries, slot.get().0, *id) => {
                            let message = || "a network belongs to two people or places".to_owned();
                            let help = "leave it in one row; parts of it may have rows of their own";
                            problems.two_cells((Code::SharedNetwork, Level::Error), slot.get().1, place, message, help);
                        }
                        Slot::Occupied(_) => {}
                    },
                    Key::Device(device) => match self.devices.get(&**device).copied() {
                        None => {
                            self.devices.insert(device.as_str().into(), *id);
                            devices.insert(device, Some(place));
                        }
                        Some(other) if other != *id && !same(&self.entries, other, *id) => {
                            if let Some(Some(first)) = devices.insert(device, None) {
                                let message = || format!("the device `{device}` belongs to two people");
                                let help = "it names nobody now; leave it in one row if it is one person's";
                                problems.two_cells((Code::SharedDevice, Level::Warning), first, place, message, help);
                            }
                        }
                        Some(_) => {}
                    },
                    Key::Id(_) | Key::Mail(_) => {}
                }
            }
        }
        self.devices.retain(|device, _| !matches!(devices.get(&**device), Some(None)));
        let mut ranges: Vec<(u128, u128, u32)> =
            ranges.into_iter().map(|((from, to), (id, _))| (from, to, id.0)).collect();
        ranges.sort_unstable();
        self.networks = Networks::new(&ranges);
        // What stands before the @ is a login where nobody else has it; so is the name.
        let mut weak: HashMap<String, Option<EntryId>, RandomState> = HashMap::default();
        let mut note = |login: Option<String>, id: EntryId| {
            let Some(login) = login else { return };
            weak.entry(login).and_modify(|owner| *owner = owner.filter(|owner| *owner == id)).or_insert(Some(id));
        };
        for (row, id) in rows.iter().zip(entry_of) {
            if !self.entries[id.0 as usize].is_person {
                continue;
            }
            for (_, key) in &row.keys {
                if let Key::Mail(mail) = key {
                    note(bare_login(mail.as_bytes()), *id);
                }
            }
            note(self.texts.get(row.name).and_then(|name| bare_login(name.as_bytes())), *id);
        }
        for (login, owner) in weak {
            if let Some(owner) = owner {
                self.logins.entry(login.into()).or_insert(owner);
            }
        }
    }

    /// A manager is written as a login, a mail address or a path of Active Directory as often as by name.
    fn name_managers(&mut self) {
        let mut names: HashMap<TextId, TextId, RandomState> = HashMap::default();
        for at in 0..self.entries.len() {
            let manager = self.entries[at].manager;
            if manager == TextId::NONE {
                continue;
            }
            let known = names.get(&manager).copied();
            self.entries[at].manager = known.unwrap_or_else(|| {
                let text = self.texts.get(manager).unwrap_or_default();
                let owner = bare_login(text.as_bytes()).and_then(|login| self.login(&login));
                let entry = owner.and_then(|owner| self.entry(owner));
                let name = match (entry.map(|entry| entry.name.or(entry.login)), text.get(..3)) {
                    (Some(name), _) => name,
                    (None, Some("CN=" | "cn=")) => {
                        let name = text[3..].split(',').next().unwrap_or_default().to_owned();
                        self.texts.id(&name)
                    }
                    (None, _) => manager,
                };
                names.insert(manager, name);
                name
            });
        }
    }

    /// Two people of one name are told apart by their logins.
    fn tell_namesakes_apart(&mut self) {
        let mut counts: HashMap<TextId, u32, RandomState> = HashMap::default();
        for entry in self.entries.iter_mut().filter(|entry| entry.is_person) {
            entry.name = entry.name.or(entry.login);
            *counts.entry(entry.name).or_default() += 1;
        }
        for at in 0..self.entries.len() {
            let Entry { is_person, name, login, .. } = self.entries[at];
            if is_person && login != TextId::NONE && login != name && counts.get(&name).is_some_and(|count| *count > 1)
            {
                let (name, login) =
                    (self.texts.get(name).unwrap_or_default(), self.texts.get(login).unwrap_or_default());
                let name = format!("{name} ({login})");
                self.entries[at].name = self.texts.id(&name);
            }
        }
    }
}

/// A row with a login, a mail address or a person's number is about a person; one with a name as well, unless it is about a
/// network: that is a place.
fn is_person(row: &Row) -> bool {
    let has = |test: fn(&Key) -> bool| row.keys.iter().any(|(_, key)| test(key));
    has(|key| matches!(key, Key::Login(_) | Key::Mail(_) | Key::Id(_)))
        || (row.name != TextId::NONE && !has(|key| matches!(key, Key::Range(Range::Many(..)))))
}

/// Which rows are about one person: those that share a person's number, a mail address or a login. Returns for each row the
/// first row of its class.
fn join(rows: &[Row], problems: &mut Problems) -> Vec<u32> {
    let mut classes = Classes::new(rows);
    let mut ids: HashMap<&str, u32, RandomState> = HashMap::default();
    let mut mails: HashMap<&str, (u32, u16), RandomState> = HashMap::default();
    let mut logins: HashMap<&str, (u32, u16), RandomState> = HashMap::default();
    let keys =
        || rows.iter().zip(0u32..).flat_map(|(row, at)| row.keys.iter().map(move |(column, key)| (at, *column, key)));
    for (at, _, key) in keys() {
        if let Key::Id(id) = key {
            let first = *ids.entry(id).or_insert(at);
            classes.unite(first, at);
        }
    }
    for (at, column, key) in keys() {
        let Key::Mail(mail) = key else { continue };
        let (first, first_column) = *mails.entry(mail).or_insert((at, column));
        if classes.differ(first, at, false) {
            let message = || format!("the mail address `{mail}` belongs to two people");
            let help = "it names nobody now; give it to one of them";
            let (first, second) = ((rows[first as usize].at, first_column), (rows[at as usize].at, column));
            problems.two_cells((Code::SharedMail, Level::Warning), first, second, message, help);
        } else {
            classes.unite(first, at);
        }
    }
    for (at, column, key) in keys() {
        let Key::Login(login) = key else { continue };
        let (first, first_column) = *logins.entry(login).or_insert((at, column));
        if classes.differ(first, at, true) {
            let message = || format!("the login `{login}` belongs to two people");
            let help = "logs tell people apart by the bare login: give it to one of them, or the same `employeeid` to both rows";
            let (first, second) = ((rows[first as usize].at, first_column), (rows[at as usize].at, column));
            problems.two_cells((Code::SharedLogin, Level::Error), first, second, message, help);
        } else {
            classes.unite(first, at);
        }
    }
    (0..rows.len() as u32).map(|at| classes.first(at)).collect()
}

/// Rows in classes; the first row of a class stands for it.
struct Classes<'r> {
    parent: Vec<u32>,
    /// Number, mail address and name, of the class if the row stands for one.
    told: Vec<(Option<&'r str>, Option<&'r str>, TextId)>,
}

impl<'r> Classes<'r> {
    fn new(rows: &'r [Row]) -> Classes<'r> {
        let told = rows.iter().map(|row| {
            let id = row.keys.iter().find_map(|(_, key)| if let Key::Id(id) = key { Some(id.as_str()) } else { None });
            let mail =
                row.keys.iter().find_map(|(_, key)| if let Key::Mail(mail) = key { Some(mail.as_str()) } else { None });
            (id, mail, row.name)
        });
        Classes { parent: (0..rows.len() as u32).collect(), told: told.collect() }
    }

    fn first(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let grand = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = grand;
            at = grand;
        }
        at
    }

    fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.first(one), self.first(other));
        let (first, second) = (one.min(other), one.max(other));
        if first == second {
            return;
        }
        self.parent[second as usize] = first;
        let theirs = self.told[second as usize];
        let ours = &mut self.told[first as usize];
        *ours = (ours.0.or(theirs.0), ours.1.or(theirs.1), ours.2.or(theirs.2));
    }

    /// Whether two rows cannot be about one person: by their numbers, else, if asked, by their mail addresses, else by
    /// their names.
    fn differ(&mut self, one: u32, other: u32, closely: bool) -> bool {
        let (one, other) = (self.first(one), self.first(other));
        if one == other {
            return false;
        }
        let (a, b) = (self.told[one as usize], self.told[other as usize]);
        match ((a.0, b.0), (a.1, b.1)) {
            ((Some(a), Some(b)), _) => a != b,
            _ if !closely => false,
            (_, (Some(a), Some(b))) => a != b,
            _ => a.2 != TextId::NONE && b.2 != TextId::NONE && a.2 != b.2,
        }
    }
}
