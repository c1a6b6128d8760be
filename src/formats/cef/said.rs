//! What a record of named values says, before anybody knows what its words mean.

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::rules::{Test, Vendor};

/// What a value is about. `...Spare` is asked when the better key is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "most are the fields of `Event`, named alike")]
pub(in crate::formats) enum Slot {
    /// Epoch in whatever unit: the surest of times.
    Eventtime,
    At,
    End,
    Start,
    Received,
    /// The zone of times that name none.
    Zone,
    /// LEEF's pattern for `devTime`.
    Pattern,
    /// The name somebody signs in with, where `User` may be a path in a directory.
    Login,
    User,
    UserSpare,
    /// Where somebody is: stands in for the user of those who did not sign in.
    Place,
    /// The client behind another proxy.
    ClientSure,
    Client,
    ClientSpare,
    Device,
    DeviceSpare,
    Host,
    HostSpare,
    Sni,
    Query,
    Url,
    Path,
    Server,
    ServerSpare,
    Port,
    Method,
    Status,
    Act,
    ActSpare,
    /// What inspection did, beside what the policy did.
    Verdict,
    Outcome,
    Up,
    UpSpare,
    Down,
    DownSpare,
    Total,
    /// Bytes since the last record of the same session.
    UpPart,
    DownPart,
    Millis,
    Seconds,
    Agent,
    Referer,
    /// A page or a category, as it looks.
    Context,
    Category,
    CategorySpare,
    App,
    AppSpare,
    /// An app or only a protocol, as it looks.
    Service,
    Department,
    Groups,
    Session,
    /// Which log of a product it is.
    Kind,
    Subkind,
    /// A finer word for it.
    What,
    Reason,
    FromRole,
    ToRole,
    Direction,
}

/// How many there are.
pub(in crate::formats) const SLOTS: usize = Slot::Direction as usize + 1;

/// What to do with the value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Key {
    /// It says this.
    Is(Slot),
    /// What it says stands in the label of this number.
    Custom(u8),
    /// The label of a custom value.
    Label(u8),
    /// Nothing for us; its value may be any text.
    Text,
}

/// `cs1` to `cs6`, `cn1` to `cn3`, `flexString1` and `2`, `flexNumber1` and `2`.
pub(in crate::formats) const CUSTOMS: usize = 13;

/// The values of one record.
#[derive(Debug)]
pub(in crate::formats) struct Said<'a> {
    pub values: [Option<&'a [u8]>; SLOTS],
    pub customs: [Option<&'a [u8]>; CUSTOMS],
    pub labels: [Option<&'a [u8]>; CUSTOMS],
}

impl<'a> Said<'a> {
    pub fn new() -> Said<'a> {
        Said { values: [None; SLOTS], customs: [None; CUSTOMS], labels: [None; CUSTOMS] }
    }

    #[inline]
    pub fn get(&self, slot: Slot) -> Option<&'a [u8]> {
        self.values[slot as usize]
    }

    /// Takes a value. Of a key that is repeated the last value that is not empty counts, that of the innermost layer; of
    /// users the first.
    #[inline]
    pub fn take(&mut self, key: Key, value: &'a [u8]) {
        let place = match key {
            Key::Is(slot) => &mut self.values[slot as usize],
            Key::Custom(number) => &mut self.customs[usize::from(number)],
            Key::Label(number) => &mut self.labels[usize::from(number)],
            Key::Text => return,
        };
        let first = matches!(key, Key::Is(Slot::User | Slot::UserSpare | Slot::Login));
        let value = value.trim_ascii();
        if !value.is_empty() && !(first && place.is_some()) {
            *place = Some(value);
        }
    }
}

/// The header of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::formats) struct Header<'a> {
    pub vendor: &'a [u8],
    pub product: &'a [u8],
    /// Signature or event id.
    pub id: &'a [u8],
    /// What CEF has besides.
    pub name: &'a [u8],
}

/// A vendor's words, ready to be looked up.
pub(in crate::formats) struct Book {
    pub vendor: &'static Vendor,
    keys: Keys,
    prefixed: Keys,
}

type Keys = HashMap<&'static [u8], Key, FixedState>;

impl Book {
    /// The words of each vendor over those that everybody uses.
    pub fn all(vendors: &'static [Vendor], dictionary: &[(&'static str, Key)]) -> Vec<Book> {
        let map = |pairs: &mut dyn Iterator<Item = &(&'static str, Key)>| {
            let mut keys = Keys::with_hasher(FixedState::default());
            keys.extend(pairs.map(|(name, key)| (name.as_bytes(), *key)));
            keys
        };
        vendors
            .iter()
            .map(|vendor| Book {
                vendor,
                keys: map(&mut dictionary.iter().chain(vendor.keys)),
                prefixed: map(&mut vendor.prefixed.iter()),
            })
            .collect()
    }

    /// What to do with the value of a key; `None` for one that nobody told us about.
    #[inline]
    pub fn key(&self, name: &[u8]) -> Option<Key> {
        if let Some(key) = self.keys.get(name) {
            return Some(*key);
        }
        self.vendor.prefixes.iter().find_map(|prefix| {
            let rest = name.strip_prefix(prefix.as_bytes())?;
            Some(self.prefixed.get(rest).copied().unwrap_or(Key::Text))
        })
    }
}

/// Finds the vendor of each record, and remembers: records of one file are mostly of one product, with the same labels.
pub(in crate::formats) struct Shelf {
    books: &'static LazyLock<Vec<Book>>,
    vendor: Vec<u8>,
    product: Vec<u8>,
    found: usize,
    labels: [(Vec<u8>, Option<Slot>); CUSTOMS],
}

impl Shelf {
    pub fn new(books: &'static LazyLock<Vec<Book>>) -> Shelf {
        let labels = std::array::from_fn(|_| (Vec::new(), None));
        // The last vendor is everybody else: it fits the empty header too.
        let mut shelf = Shelf { books, vendor: Vec::new(), product: Vec::new(), found: 0, labels };
        shelf.find(b"", b"");
        shelf
    }

    /// The number of the vendor, and its words.
    #[inline]
    pub fn book(&mut self, header: &Header<'_>) -> (usize, &'static Book) {
        if self.vendor != header.vendor || self.product != header.product {
            self.find(header.vendor, header.product);
        }
        (self.found, &self.books[self.found])
    }

    #[cold]
    fn find(&mut self, vendor: &[u8], product: &[u8]) {
        self.found = self.books.iter().position(|book| book.vendor.made(vendor, product)).unwrap_or_default();
        self.vendor = vendor.to_vec();
        self.product = product.to_vec();
        self.labels.iter_mut().for_each(|label| *label = (Vec::new(), None));
    }

    /// Moves custom values to where their labels say that they belong.
    #[inline]
    pub fn settle(&mut self, said: &mut Said<'_>) {
        let vendor = self.books[self.found].vendor;
        for (number, (known, means)) in self.labels.iter_mut().enumerate() {
            let (Some(value), Some(label)) = (said.customs[number], said.labels[number]) else { continue };
            if *known != label {
                *known = label.to_vec();
                *means = meaning(vendor, label);
            }
            if let Some(slot) = *means
                && said.get(slot).is_none()
            {
                said.values[slot as usize] = Some(value);
            }
        }
    }
}

/// What the value with this label says.
fn meaning(vendor: &Vendor, label: &[u8]) -> Option<Slot> {
    vendor.labels.iter().chain(LABELS).find(|(test, _)| test.fits(label)).map(|(_, slot)| *slot)
}

/// Labels of all vendors; earlier rows win.
const LABELS: &[(Test, Slot)] = &[
    (Test::Is(&["sessionid", "session id", "session"]), Slot::Session),
    (Test::Is(&["dept", "department", "user department", "userdepartment"]), Slot::Department),
    (Test::Is(&["group", "groups", "user group", "user groups", "usergroup", "usergroups"]), Slot::Groups),
    (Test::Is(&["threat category", "category id", "categoryid", "malware category", "malwarecategory"]), Slot::What),
    (Test::Is(&["urlsupercat", "urlsupercategory", "urlclass"]), Slot::CategorySpare),
    (Test::Has(&["url category", "urlcategory", "web category", "urlcat"]), Slot::Category),
    (Test::Is(&["category", "categories"]), Slot::Category),
    (Test::Has(&["in seconds", "duration (s)", "duration_s", "durationseconds"]), Slot::Seconds),
    (Test::Has(&["duration (ms)", "duration in ms", "durationms", "duration_ms", "milliseconds"]), Slot::Millis),
    (Test::Is(&["total bytes", "totalbytes", "bytes", "totalsize"]), Slot::Total),
    (Test::Is(&["sni", "server name", "servername", "tls sni", "ssl sni", "server name indication"]), Slot::Sni),
    (Test::Is(&["dns query", "dns request", "query", "query name", "queried domain", "dns_req"]), Slot::Query),
    (Test::Is(&["user agent", "useragent", "user-agent"]), Slot::Agent),
    (Test::Is(&["referer", "referrer", "http referer", "http referrer"]), Slot::Referer),
    (Test::Is(&["http method", "request method", "method"]), Slot::Method),
    (
        Test::Is(&["http status", "http status code", "status code", "response code", "http response code"]),
        Slot::Status,
    ),
    (Test::Is(&["application", "app name", "appname", "application name", "cloud application"]), Slot::App),
    (Test::Is(&["url", "requested url", "request url"]), Slot::Url),
    (Test::Is(&["requested host", "url host", "destination host", "url domain"]), Slot::HostSpare),
];
