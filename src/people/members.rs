//! Everybody in the facts, and whose each fact is.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::directory::{Directory, EntryId, Headcount};
use super::stays::{Level, Stays, Whose};
use super::texts::TextId;
use crate::event::parse_ip;
use crate::traffic::{Fact, Facts, Timelines, Who, WhoKind, bare_device, bare_mac};

/// Somebody of one [`People`]; it means nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(u32);

impl MemberId {
    /// Dense: from 0 to [`People::len`].
    pub fn index(self) -> usize {
        self.0 as usize
    }

    #[cfg(test)]
    pub(crate) fn of(id: u32) -> MemberId {
        MemberId(id)
    }
}

/// A person, a device, an address, or nobody that a log would name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// As the directory writes it, else as the logs do; empty for nobody.
    pub name: String,
    /// What it is known as.
    pub kind: WhoKind,
    /// From the directory.
    pub department: Option<String>,
    /// From the directory.
    pub site: Option<String>,
    /// From the directory, by name where the directory knows it.
    pub manager: Option<String>,
}

/// How well people were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// Rows of the directory.
    pub rows: u64,
    /// People in the directory.
    pub listed: u64,
    /// Logins in the facts that the directory knows.
    pub matched: u64,
    /// Logins that it does not know.
    pub unmatched: u64,
    /// Addresses in the facts that the directory gives to a person or a place.
    pub addresses_listed: u64,
    /// Addresses all of whose facts a lease names.
    pub addresses_named: u64,
    /// Addresses some of whose facts a lease names.
    pub addresses_partly: u64,
    /// Addresses none of whose facts a lease names, since they fall to several people or to none.
    pub addresses_ambiguous: u64,
    /// Addresses of which no lease and no row of the directory tells.
    pub addresses_unknown: u64,
}

/// Everybody in the facts, joined by the directory and by leases.
pub struct People {
    /// By [`crate::traffic::WhoId`].
    owners: Vec<Owner>,
    stays: Vec<Stays>,
    members: Vec<Member>,
    headcount: Headcount,
    account: Account,
}

/// Whose the facts of a login, a device or an address are.
#[derive(Debug, Clone, Copy)]
struct Owner {
    /// Whatever the hour is.
    always: MemberId,
    /// An index into the stays, if the hour matters; else [`ALWAYS`].
    stays: u32,
}

const ALWAYS: u32 = u32::MAX;

/// Who somebody is: an entry of the directory, or a name of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ident<'a> {
    Entry(EntryId),
    Own(WhoKind, &'a str),
}

/// What a look at the facts found.
struct Around {
    /// Whether a draft has any fact.
    drafts: Vec<bool>,
    /// By [`crate::traffic::WhoId`]; empty where nobody asked.
    whos: Vec<Seen>,
}

/// What became of the facts of one login, device or address.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// Some are somebody's by the hour.
    named: bool,
    /// Some are not.
    left: bool,
    /// Some could be several people's.
    several: bool,
}

/// The department and site of whatever addresses somebody had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leased {
    Nowhere,
    At(TextId, TextId),
    /// Whoever moves between departments belongs to none of them.
    Everywhere,
}

/// Somebody, before all are put in order.
struct Draft {
    member: Member,
    /// The directory knows it, or where it is.
    is_listed: bool,
    /// Where leases have seen it.
    leased: Leased,
    /// Tells namesakes apart: the first login, or the name itself.
    tie: String,
}

impl People {
    /// For tests of rooms further down.
    #[cfg(test)]
    pub(crate) fn named(members: Vec<Member>) -> People {
        People {
            owners: Vec::new(),
            stays: Vec::new(),
            members,
            headcount: Headcount::default(),
            account: Account::default(),
        }
    }

    /// Everybody in the facts. With a directory that is empty, and without leases, each of them is somebody.
    pub fn new(facts: &Facts, directory: &Directory) -> People {
        let timelines = facts.leases().timelines();
        let mut crowd = Crowd { directory, drafts: Vec::new(), known: HashMap::default() };
        let mut account = Account { rows: directory.rows(), listed: directory.people() as u64, ..Account::default() };
        let mut stays = Vec::new();
        let mut owners: Vec<Owner> = Vec::with_capacity(facts.who_count());
        for id in facts.who_ids() {
            let who = facts.who_name(id);
            let (entry, place) = crowd.entry(who);
            match who.kind {
                WhoKind::Person if entry.is_some() => account.matched += 1,
                WhoKind::Person => account.unmatched += 1,
                WhoKind::Address if entry.or(place).is_some() => account.addresses_listed += 1,
                _ => {}
            }
            let always = crowd.draft(who, entry, place);
            let here = crowd.stays(who, place, &timelines);
            let index = if here.is_empty() { ALWAYS } else { stays.len() as u32 };
            if index != ALWAYS {
                stays.push(here);
            }
            owners.push(Owner { always, stays: index });
        }
        let mut people = People { owners, stays, members: Vec::new(), headcount: directory.headcount(), account };
        let seen = people.look_around(facts, crowd.drafts.len());
        for (id, owner) in facts.who_ids().zip(&people.owners) {
            if facts.who_name(id).kind != WhoKind::Address {
                continue;
            }
            let Seen { named, left, several } = seen.whos.get(id.index()).copied().unwrap_or_default();
            let listed = crowd.drafts.get(owner.always.index()).is_some_and(|draft| draft.is_listed);
            let count = match (named, left, several) {
                (true, false, _) => &mut people.account.addresses_named,
                (true, true, _) => &mut people.account.addresses_partly,
                (false, _, true) => &mut people.account.addresses_ambiguous,
                (false, _, false) if !listed => &mut people.account.addresses_unknown,
                _ => continue,
            };
            *count += 1;
        }
        let (members, place_of) = crowd.into_order(&seen.drafts);
        people.members = members;
        let place = |id: &mut MemberId| *id = place_of.get(id.index()).copied().unwrap_or(*id);
        people.owners.iter_mut().for_each(|owner| place(&mut owner.always));
        people.stays.iter_mut().for_each(|stays| stays.each(place));
        people
    }

    /// Whose a fact is.
    ///
    /// Of an address or a device that changes hands the hours of the fact decide: it is somebody's only if all its active
    /// quarter-hours are, and stays with the address or device otherwise.
    #[inline]
    pub fn of(&self, fact: &Fact) -> MemberId {
        match self.owners.get(fact.who.index()) {
            Some(owner) if owner.stays == ALWAYS => owner.always,
            Some(owner) => self.by_hour(*owner, fact).0,
            None => MemberId(0),
        }
    }

    #[cold]
    fn by_hour(&self, owner: Owner, fact: &Fact) -> (MemberId, Whose) {
        let whose = self.stays.get(owner.stays as usize).map_or(Whose::Nobody, |stays| stays.whose(fact));
        match whose {
            Whose::Of(member) => (member, whose),
            Whose::Several | Whose::Nobody => (owner.always, whose),
        }
    }

    /// Who has a fact, and what became of each login, device and address. One look at the facts, and only where leases tell
    /// of anybody in them.
    fn look_around(&self, facts: &Facts, drafts: usize) -> Around {
        let mut around = Around { drafts: vec![self.stays.is_empty(); drafts], whos: Vec::new() };
        if self.stays.is_empty() {
            return around;
        }
        around.whos = vec![Seen::default(); self.owners.len()];
        for fact in facts.iter() {
            let Some(owner) = self.owners.get(fact.who.index()) else { continue };
            let (member, whose) = match owner.stays {
                ALWAYS => (owner.always, Whose::Nobody),
                _ => self.by_hour(*owner, fact),
            };
            if let Some(draft) = around.drafts.get_mut(member.index()) {
                *draft = true;
            }
            if let Some(seen) = around.whos.get_mut(fact.who.index()) {
                seen.named |= matches!(whose, Whose::Of(_));
                seen.left |= !matches!(whose, Whose::Of(_));
                seen.several |= whose == Whose::Several;
            }
        }
        around
    }

    /// Everybody, by kind and name.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// One of them; an id of other people is nobody.
    pub fn get(&self, id: MemberId) -> Option<&Member> {
        self.members.get(id.index())
    }

    /// What somebody is known as.
    pub fn kind(&self, id: MemberId) -> WhoKind {
        self.get(id).map_or(WhoKind::Nobody, |member| member.kind)
    }

    /// How many people the directory lists, by department and site.
    pub fn headcount(&self) -> &Headcount {
        &self.headcount
    }

    /// How many, nobody included.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is nobody at all.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Every id, in order.
    pub fn ids(&self) -> impl Iterator<Item = MemberId> + use<> {
        (0..self.members.len() as u32).map(MemberId)
    }

    /// How well people were found.
    pub fn account(&self) -> Account {
        self.account
    }
}

/// Everybody who has been met.
struct Crowd<'a> {
    directory: &'a Directory,
    drafts: Vec<Draft>,
    known: HashMap<Ident<'a>, u32, RandomState>,
}

impl<'a> Crowd<'a> {
    /// The person whom the directory has for a name of the logs; else the entry that tells where it is.
    fn entry(&self, who: Who<'_>) -> (Option<EntryId>, Option<EntryId>) {
        let directory = self.directory;
        if directory.is_empty() {
            return (None, None);
        }
        let found = match who.kind {
            WhoKind::Person => directory.login(who.name),
            WhoKind::Device => bare_device(who.name.as_bytes()).and_then(|bare| directory.device(&bare)),
            WhoKind::Address => parse_ip(who.name.as_bytes()).and_then(|ip| directory.address(ip)),
            WhoKind::Nobody => None,
        };
        match found {
            Some(id) if directory.entry(id).is_some_and(|entry| entry.is_person) => (Some(id), None),
            found => (None, found),
        }
    }

    /// The draft of somebody, made when first met.
    fn draft(&mut self, who: Who<'a>, entry: Option<EntryId>, place: Option<EntryId>) -> MemberId {
        let ident = match entry {
            Some(id) => Ident::Entry(id),
            None => Ident::Own(who.kind, who.name),
        };
        if let Some(draft) = self.known.get(&ident) {
            return MemberId(*draft);
        }
        let text = |id| self.directory.text(id).map(str::to_owned);
        let told = entry.or(place).and_then(|id| self.directory.entry(id));
        let (name, kind, tie) = match (entry, told) {
            (Some(_), Some(entry)) => {
                (text(entry.name).unwrap_or_default(), WhoKind::Person, text(entry.login).unwrap_or_default())
            }
            _ => (who.name.to_owned(), who.kind, who.name.to_owned()),
        };
        let member = Member {
            name,
            kind,
            department: told.and_then(|entry| text(entry.department)),
            site: told.and_then(|entry| text(entry.site)),
            manager: told.and_then(|entry| text(entry.manager)),
        };
        let draft = self.drafts.len() as u32;
        self.drafts.push(Draft { member, is_listed: told.is_some(), leased: Leased::Nowhere, tie });
        self.known.insert(ident, draft);
        MemberId(draft)
    }

    /// Somebody whom a lease names, who may sit where the directory has the address.
    fn leased(&mut self, kind: WhoKind, name: &'a str, place: Option<EntryId>) -> MemberId {
        let kind_of = |name: &str| if bare_mac(name.as_bytes()).is_some() { WhoKind::Device } else { kind };
        let who = Who { kind: kind_of(name), name };
        let (entry, own_place) = self.entry(who);
        let member = self.draft(who, entry, own_place);
        let Some(place) = place.and_then(|place| self.directory.entry(place)) else { return member };
        if let Some(draft) = self.drafts.get_mut(member.index()) {
            let at = Leased::At(place.department, place.site);
            draft.leased = match draft.leased {
                Leased::Nowhere => at,
                known if known == at => at,
                _ => Leased::Everywhere,
            };
        }
        member
    }

    /// Who had an address or a device, when: users first, then devices. A device that somebody has signed in at is the
    /// user's.
    fn stays(&mut self, who: Who<'a>, place: Option<EntryId>, timelines: &Timelines<'a>) -> Stays {
        let mut stays = Stays::default();
        let timeline = match who.kind {
            WhoKind::Address => timelines.address(who.name),
            WhoKind::Device => bare_device(who.name.as_bytes()).and_then(|bare| timelines.device(&bare)),
            WhoKind::Person | WhoKind::Nobody => None,
        };
        let Some(timeline) = timeline else { return stays };
        for stay in &timeline.users {
            let member = self.leased(WhoKind::Person, stay.who, place);
            stays.add(Level::User, stay.from, stay.to, member);
        }
        for device in timeline.devices.iter().chain(&timeline.macs) {
            for stay in timelines.device(device.who).iter().flat_map(|timeline| &timeline.users) {
                let (from, to) = (stay.from.max(device.from), stay.to.min(device.to));
                if from < to {
                    let member = self.leased(WhoKind::Person, stay.who, place);
                    stays.add(Level::User, from, to, member);
                }
            }
        }
        if who.kind == WhoKind::Address {
            for stay in timeline.devices.iter().chain(&timeline.macs) {
                let member = self.leased(WhoKind::Device, stay.who, place);
                stays.add(Level::Device, stay.from, stay.to, member);
            }
        }
        stays
    }

    /// Everybody who has a fact, by kind and name, and where each draft went: the others stand behind them and are not told.
    fn into_order(self, seen: &[bool]) -> (Vec<Member>, Vec<MemberId>) {
        let mut order: Vec<usize> = (0..self.drafts.len()).collect();
        let key = |at: usize| {
            let Draft { member, tie, .. } = &self.drafts[at];
            (!seen[at], member.kind, &member.name, tie)
        };
        order.sort_unstable_by(|a, b| key(*a).cmp(&key(*b)));
        let mut place_of = vec![MemberId(0); order.len()];
        for (place, at) in order.iter().enumerate() {
            place_of[*at] = MemberId(place as u32);
        }
        let directory = self.directory;
        let settle = |draft: Draft| {
            let mut member = draft.member;
            if let (false, Leased::At(department, site)) = (draft.is_listed, draft.leased) {
                member.department = directory.text(department).map(str::to_owned);
                member.site = directory.text(site).map(str::to_owned);
            }
            member
        };
        let mut members: Vec<Option<Member>> =
            self.drafts.into_iter().zip(seen).map(|(draft, seen)| seen.then(|| settle(draft))).collect();
        (order.into_iter().filter_map(|at| members[at].take()).collect(), place_of)
    }
}
