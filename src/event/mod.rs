//! What happened, in our words: the [`Event`] every log format is turned into.
//!
//! An event borrows from the record it was read from. Text is kept as the bytes that stood in the log: most of it
//! is looked at once, by the facts, and normalized only when it is first seen. Whatever the log did not say is `None`;
//! nothing here stands for "unknown" with a zero or a dash.

mod host;
mod identity;
mod inside;
mod ip;
mod time;
mod url;

pub use host::{Destination, normalize, registrable};
pub use identity::{Identity, Stage};
pub use inside::{is_inside, is_inside_name};
pub use ip::{addresses_in, parse_ip};
pub use time::{Day, Timestamp};
pub use url::{UrlParts, split_url};

/// One thing that somebody did on the network, as one record of a log tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event<'a> {
    /// When, in UTC. `None` only until the envelope's time has been tried; an event without a time is a bad record.
    pub at: Option<Timestamp>,
    /// The person, as the log writes the name.
    pub user: Option<&'a [u8]>,
    /// The client's own name.
    pub device: Option<&'a [u8]>,
    /// The client's address, as written.
    pub src_ip: Option<&'a [u8]>,
    /// The destination's name, as written: upper case, a port or a trailing dot may still be there.
    pub host: Option<&'a [u8]>,
    /// The destination's address, as written.
    pub dst_ip: Option<&'a [u8]>,
    /// The destination's port.
    pub dst_port: Option<u16>,
    /// The path of the URL, from its first `/`, without the query. Looked at once for the catalog's few split hosts and
    /// then left behind: it is private.
    pub path: Option<&'a [u8]>,
    /// The request method, as written.
    pub method: Option<&'a [u8]>,
    /// The HTTP status (or 0 where a proxy says that no reply was sent).
    pub status: Option<u16>,
    /// What the device decided.
    pub action: Option<Action>,
    /// Client to server, in bytes.
    pub bytes_up: Option<u64>,
    /// Server to client, in bytes.
    pub bytes_down: Option<u64>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The device's own URL category.
    pub category: Option<&'a [u8]>,
    /// The device's own name for the app: a hint, never proof.
    pub app: Option<&'a [u8]>,
    /// The person's department, where the log carries one.
    pub department: Option<&'a [u8]>,
    /// The person's groups, as one text.
    pub groups: Option<&'a [u8]>,
    /// The client program.
    pub user_agent: Option<&'a [u8]>,
    /// The page that led here.
    pub referer: Option<&'a [u8]>,
    /// What joins this record to others of the same session (Zeek `uid`, Suricata `flow_id`).
    pub session: Option<&'a [u8]>,
    /// What a look-up was answered with, as written: [`addresses_in`] finds the addresses among the other words.
    pub answers: Option<&'a [u8]>,
    /// For how many seconds the answer holds.
    pub ttl: Option<u32>,
    /// The record knows both a name and the server's own address, and others that the same device writes know the address
    /// alone. Never set where the address may be that of a proxy.
    pub names_address: bool,
    /// Why this is no event of its own, if so: an answer whose question is one. Only the name that it gives to an address is
    /// looked at.
    pub aside: Option<&'static str>,
    /// It was asked for over plain http.
    pub plain: bool,
    /// How the destination is known.
    pub evidence: Evidence,
}

/// What the device did with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It went through.
    Allowed,
    /// Policy stopped it.
    Blocked,
    /// The person was shown a coaching or "continue?" page.
    Warned,
    /// It went through a remote browser.
    Isolated,
    /// A sign-in challenge: neither a block nor use.
    Auth,
    /// The proxy, the network or the far end failed.
    Error,
    /// A tunnel whose TLS greeting was about to be read. What became of it stands in another record, or nowhere: somebody
    /// asked for the host, and it is no request of its own.
    Announced,
}

impl Action {
    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::event::Action::Blocked.as_str(), "blocked");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Allowed => "allowed",
            Action::Blocked => "blocked",
            Action::Warned => "warned",
            Action::Isolated => "isolated",
            Action::Auth => "auth",
            Action::Error => "error",
            Action::Announced => "announced",
        }
    }
}

/// How a record knows its destination, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Evidence {
    /// A URL: host and path.
    #[default]
    Url,
    /// The server name of a TLS or QUIC greeting.
    Sni,
    /// The target of a CONNECT, or a host name without a path.
    Connect,
    /// A look-up, not a visit.
    Dns,
    /// An address that got its name from other records: of the same session, or of a look-up. No record says so itself.
    Joined,
    /// An address only.
    Address,
    /// Only the device's own name for the app.
    Vendor,
}

impl Evidence {
    /// Every tier, strongest first.
    pub const ALL: [Evidence; 7] = [
        Evidence::Url,
        Evidence::Sni,
        Evidence::Connect,
        Evidence::Dns,
        Evidence::Joined,
        Evidence::Address,
        Evidence::Vendor,
    ];

    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::event::Evidence::Sni.as_str(), "sni");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::Url => "url",
            Evidence::Sni => "sni",
            Evidence::Connect => "connect",
            Evidence::Dns => "dns",
            Evidence::Joined => "joined",
            Evidence::Address => "address",
            Evidence::Vendor => "vendor",
        }
    }
}
