//! Everybody in the facts, and whose each fact is.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::directory::{Directory, EntryId};
use crate::event::parse_ip;
use crate::traffic::{Fact, Facts, Who, WhoKind, bare_device};

/// Somebody of one [`People`]; it means nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(u32);

impl MemberId {
    /// Dense: from 0 to [`People::len`].
    pub fn index(self) -> usize {
        self.0 as usize
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
    owner: Vec<MemberId>,
    members: Vec<Member>,
    account: Account,
}

/// Who somebody is: an entry of the directory, or a name of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ident<'a> {
    Entry(EntryId),
    Own(WhoKind, &'a str),
}

/// Somebody, before all are put in order.
struct Draft {
    member: Member,
    /// Tells namesakes apart: the first login, or the name itself.
    tie: String,
}

impl People {
    /// Everybody in the facts. With a directory that is empty, each of them is somebody.
    pub fn new(facts: &Facts, directory: &Directory) -> People {
        let mut crowd = Crowd { directory, drafts: Vec::new(), known: HashMap::default() };
        let mut account = Account { rows: directory.rows(), listed: directory.people() as u64, ..Account::default() };
        let owner: Vec<u32> = facts
            .who_ids()
            .map(|id| {
                let who = facts.who_name(id);
                let (entry, place) = crowd.entry(who);
                match who.kind {
                    WhoKind::Person if entry.is_some() => account.matched += 1,
                    WhoKind::Person => account.unmatched += 1,
                    WhoKind::Address if entry.or(place).is_some() => account.addresses_listed += 1,
                    WhoKind::Address => account.addresses_unknown += 1,
                    WhoKind::Device | WhoKind::Nobody => {}
                }
                crowd.draft(who, entry, place)
            })
            .collect();
        let (members, place_of) = crowd.into_order();
        let owner = owner.into_iter().map(|draft| place_of[draft as usize]).collect();
        People { owner, members, account }
    }

    /// Whose a fact is.
    #[inline]
    pub fn of(&self, fact: &Fact) -> MemberId {
        self.owner.get(fact.who.index()).copied().unwrap_or(MemberId(0))
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
    fn draft(&mut self, who: Who<'a>, entry: Option<EntryId>, place: Option<EntryId>) -> u32 {
        let ident = match entry {
            Some(id) => Ident::Entry(id),
            None => Ident::Own(who.kind, who.name),
        };
        if let Some(draft) = self.known.get(&ident) {
            return *draft;
        }
        let text = |id| self.directory.text(id).map(str::to_owned);
        let told = entry.or(place).and_then(|id| self.directory.entry(id));
        let (name, kind) = match (entry, told) {
            (Some(_), Some(entry)) => (text(entry.name).unwrap_or_default(), WhoKind::Person),
            _ => (who.name.to_owned(), who.kind),
        };
        let tie = match (entry, told) {
            (Some(_), Some(entry)) => text(entry.login).unwrap_or_default(),
            _ => name.clone(),
        };
        let member = Member {
            name,
            kind,
            department: told.and_then(|entry| text(entry.department)),
            site: told.and_then(|entry| text(entry.site)),
            manager: told.and_then(|entry| text(entry.manager)),
        };
        let draft = self.drafts.len() as u32;
        self.drafts.push(Draft { member, tie });
        self.known.insert(ident, draft);
        draft
    }

    /// Everybody by kind and name, and where each draft went.
    fn into_order(self) -> (Vec<Member>, Vec<MemberId>) {
        let mut order: Vec<usize> = (0..self.drafts.len()).collect();
        let key = |at: usize| {
            let Draft { member, tie } = &self.drafts[at];
            (member.kind, &member.name, tie)
        };
        order.sort_unstable_by(|a, b| key(*a).cmp(&key(*b)));
        let mut place_of = vec![MemberId(0); order.len()];
        for (place, at) in order.iter().enumerate() {
            place_of[*at] = MemberId(place as u32);
        }
        let mut members: Vec<Option<Member>> = self.drafts.into_iter().map(|draft| Some(draft.member)).collect();
        (order.into_iter().filter_map(|at| members[at].take()).collect(), place_of)
    }
}
