//! What a record is and what it says: the [`Format`] trait and its registry.
//!
//! A format knows one kind of log. It looks at a file's [`Head`] and says how sure it is ([`Guess`]), binds the file's
//! columns ([`Layout`]) and then reads record after record ([`Reader::record`]). It has never heard of the catalog, of
//! files or of threads. Adding one is one file here, one folder in `tests/corpus/`, one line in [`REGISTRY`].

pub mod detect;
pub mod envelope;
pub mod fields;
pub mod framing;

mod barracuda_wsg;
mod bind;
mod cef;
mod check_point;
mod cisco_asa;
mod cisco_ftd;
mod cisco_umbrella;
mod cisco_wsa;
mod commonsecuritylog;
mod coredns;
mod csv_header;
mod dnsmasq;
mod dnstap;
mod envoy;
mod forcepoint_web;
mod fortigate;
mod haproxy;
mod i_filter;
mod iboss;
mod iwsva;
mod json_lines;
mod juniper_srx;
mod kerio;
mod key_value;
mod leef;
mod meraki;
mod mikrotik;
mod netfilter;
mod nextdns;
mod olfeo;
mod panos;
mod pf_filterlog;
mod powerdns;
mod privoxy;
mod proxysg;
mod screenos;
mod skyhigh_cloud;
mod skyhigh_swg;
mod sonicwall;
mod sophos_swa;
mod sophos_utm;
mod sophos_xg;
mod squid;
mod squid_clf;
mod squid_logformat;
mod squid_native;
mod stormshield;
mod tinyproxy;
mod unbound;
mod unifi;
mod w3c_elff;
mod watchguard;
mod windows_dns;
mod zeek_tsv;
mod zscaler_nss;

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use bumpalo::Bump;

use crate::event::{Event, Identity};

pub use squid_logformat::logformats_in_squid_conf;

/// Every format, in alphabetical order of its id.
pub static REGISTRY: &[&dyn Format] = &[
    &barracuda_wsg::BarracudaWsg,
    &bind::Bind,
    &cef::Cef,
    &check_point::CheckPoint,
    &cisco_asa::CiscoAsa,
    &cisco_ftd::CiscoFtd,
    &cisco_umbrella::CiscoUmbrella,
    &cisco_wsa::CiscoWsa,
    &commonsecuritylog::CommonSecurityLog,
    &commonsecuritylog::CommonSecurityLogJson,
    &coredns::CoreDns,
    &csv_header::CsvHeader,
    &dnsmasq::Dnsmasq,
    &dnstap::Dnstap,
    &envoy::Envoy,
    &forcepoint_web::ForcepointWeb,
    &fortigate::Fortigate,
    &haproxy::Haproxy,
    &i_filter::IFilter,
    &iboss::Iboss,
    &iwsva::Iwsva,
    &json_lines::JsonLines,
    &juniper_srx::JuniperSrx,
    &kerio::Kerio,
    &key_value::KeyValue,
    &leef::Leef,
    &meraki::Meraki,
    &mikrotik::Mikrotik,
    &netfilter::Netfilter,
    &nextdns::NextDns,
    &olfeo::Olfeo,
    &panos::Panos,
    &pf_filterlog::PfFilterlog,
    &powerdns::PowerDns,
    &privoxy::Privoxy,
    &proxysg::ProxySg,
    &screenos::ScreenOs,
    &skyhigh_cloud::SkyhighCloud,
    &skyhigh_swg::SkyhighSwg,
    &sonicwall::Sonicwall,
    &sophos_swa::SophosSwa,
    &sophos_utm::SophosUtm,
    &sophos_xg::SophosXg,
    &squid_clf::SquidClf,
    &squid_logformat::SquidLogformat,
    &squid_native::SquidNative,
    &stormshield::Stormshield,
    &tinyproxy::Tinyproxy,
    &unbound::Unbound,
    &unifi::Unifi,
    &w3c_elff::W3cElff,
    &watchguard::Watchguard,
    &windows_dns::WindowsDns,
    &zeek_tsv::ZeekTsv,
    &zscaler_nss::ZscalerNss,
];

/// The format with this id.
///
/// ```
/// assert!(umbrascope::formats::by_id("squid-native").is_some());
/// ```
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    REGISTRY.iter().copied().find(|format| format.id() == id)
}

/// One kind of log.
pub trait Format: Sync {
    /// The name for `--format` and for every output: kebab-case, never reused.
    fn id(&self) -> &'static str;

    /// What it is, for people.
    fn about(&self) -> About;

    /// Where its records end.
    fn framing(&self) -> Framing {
        Framing::Lines
    }

    /// The byte that begins a line which may change the layout in mid-file (`#` in W3C and Zeek logs). Such lines are
    /// also looked for between blocks, so that blocks can be read in parallel.
    fn directive(&self) -> Option<u8> {
        None
    }

    /// How many records back a record may need to be understood. Those records are shown to [`Reader::recall`] before
    /// a block is read, so that the result is the same wherever a file is cut.
    fn lookback(&self) -> usize {
        0
    }

    /// How sure it is that the head is of its kind, and why. Looks at all lines of the head, never at the file's name.
    fn sniff(&self, head: &Head<'_>, assume: &Assume) -> Guess;

    /// Binds the columns: from the header lines in the head, or fixed.
    fn layout(&self, head: &Head<'_>, assume: &Assume) -> Result<Layout, Problem>;

    /// A reader for one block. It may keep what it learns between records, as long as nothing that it returns depends
    /// on where a block begins.
    fn reader(&self, layout: &Layout) -> Box<dyn Reader>;

    /// What to set on the device so that the log tells what it now cannot.
    fn advice(&self, gap: Gap) -> Option<&'static str> {
        let _ = gap;
        None
    }
}

/// Reads the records of one block.
pub trait Reader {
    /// What one record says. `line` has no line end. Values that had to be unescaped live in `arena`.
    fn record<'a>(&mut self, line: &'a [u8], arena: &'a Bump) -> Parsed<'a>;

    /// Shows a record that stands before the block; see [`Format::lookback`].
    fn recall(&mut self, line: &[u8]) {
        let _ = line;
    }
}

/// A format's own words about itself.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Product or family, as its users call it.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Where the format is defined.
    pub reference: &'static str,
    /// How its layout is known.
    pub proof: Proof,
    /// Forms of it that are told apart while reading (a log kind, an export, a layout), as `id/variant` in lists.
    pub variants: &'static [&'static str],
}

/// How a format's layout is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// From records that the product wrote, or from its source.
    Verified,
    /// From its documentation alone.
    Documentation,
}

impl Proof {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::Verified => "verified",
            Proof::Documentation => "from-documentation",
        }
    }
}

/// Where records end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// At each newline.
    Lines,
    /// At each newline that is not inside double quotes (CSV).
    QuotedLines,
    /// RFC 6587: each record says its own length first.
    OctetCounted,
}

/// What became of one record.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "an event is the common case and is consumed at once")]
pub enum Parsed<'a> {
    /// Something happened.
    Event(Event<'a>),
    /// Somebody came to an address, or left it.
    Identity(Identity<'a>),
    /// Nothing for us, and why: a comment, a header, not traffic.
    Skip(&'static str),
    /// A header in mid-file: from here on the columns are these.
    Layout(Layout),
    /// Not understood, and why.
    Bad(Problem),
}

/// Why a record or a header was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Lower case, without a full stop; the same text for the same kind of trouble, since problems are counted by it.
    pub reason: Cow<'static, str>,
    /// The 0-based byte in the record at which it showed.
    pub at: usize,
}

impl Problem {
    /// A problem with a fixed reason.
    pub const fn new(reason: &'static str, at: usize) -> Problem {
        Problem { reason: Cow::Borrowed(reason), at }
    }
}

/// The columns in force: what a format made of a header.
#[derive(Clone)]
pub struct Layout {
    /// What the bound columns can tell.
    pub tells: Tells,
    inner: Arc<dyn Any + Send + Sync>,
}

impl Layout {
    /// Wraps a format's own type.
    pub fn new<T: Any + Send + Sync>(tells: Tells, inner: T) -> Layout {
        Layout { tells, inner: Arc::new(inner) }
    }

    /// The format's own type again. A layout only ever meets the format that made it; another type is a programming
    /// error and ends the one file that is being read.
    pub fn get<T: Any + Send + Sync>(&self) -> Arc<T> {
        Arc::clone(&self.inner).downcast::<T>().unwrap_or_else(|_| panic!("a layout met another format"))
    }
}

impl std::fmt::Debug for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layout").field("tells", &self.tells).finish_non_exhaustive()
    }
}

/// What a log can tell, or did tell: one flag for each thing whose absence a reader of the report should know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tells {
    /// People.
    pub user: bool,
    /// The client, by address or name.
    pub client: bool,
    /// Destinations by name.
    pub host: bool,
    /// Paths.
    pub path: bool,
    /// Bytes sent by clients.
    pub bytes_up: bool,
    /// Bytes received by clients.
    pub bytes_down: bool,
    /// Whether it went through.
    pub action: bool,
    /// Request methods.
    pub method: bool,
}

impl Tells {
    /// Everything.
    pub const ALL: Tells = Tells {
        user: true,
        client: true,
        host: true,
        path: true,
        bytes_up: true,
        bytes_down: true,
        action: true,
        method: true,
    };
}

/// Something that a log cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    /// No user names: people are seen as devices or addresses.
    User,
    /// No client at all.
    Client,
    /// Destinations are addresses only.
    Host,
    /// No bytes sent: uploads cannot be measured.
    BytesUp,
    /// No bytes received.
    BytesDown,
    /// No paths: apps that share a host cannot be told apart.
    Path,
    /// No word on whether a request was allowed.
    Action,
    /// Look-ups only: what was asked for, not what was visited.
    Visits,
}

impl Gap {
    /// The id used in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Gap::User => "user",
            Gap::Client => "client",
            Gap::Host => "host",
            Gap::BytesUp => "bytes-up",
            Gap::BytesDown => "bytes-down",
            Gap::Path => "path",
            Gap::Action => "action",
            Gap::Visits => "visits",
        }
    }

    /// What it means, in a clause.
    pub fn meaning(self) -> &'static str {
        match self {
            Gap::User => "no user names: people are counted by device or address",
            Gap::Client => "no clients: nobody can be counted",
            Gap::Host => "addresses only: destinations have no names",
            Gap::BytesUp => "no bytes sent: uploads cannot be measured",
            Gap::BytesDown => "no bytes received",
            Gap::Path => "no paths: apps that share a host cannot be told apart",
            Gap::Action => "no verdicts: blocked and allowed look the same",
            Gap::Visits => "look-ups only: what was asked for, not what was visited",
        }
    }
}

/// How sure a format is that a file is of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// 0 to 100. Formats with unmistakable marks reach 99; generic ones stay below 80.
    pub score: u8,
    /// Lower case, without a full stop.
    pub why: Cow<'static, str>,
    /// The format knows what it is and says that it is no traffic log.
    pub declined: bool,
}

impl Guess {
    /// Not of this kind.
    pub const NO: Guess = Guess { score: 0, why: Cow::Borrowed("no line fits"), declined: false };

    /// Of this kind, as sure as that.
    pub fn new(score: u8, why: impl Into<Cow<'static, str>>) -> Guess {
        Guess { score: score.min(100), why: why.into(), declined: false }
    }

    /// Recognized as something that is not traffic of people (an inbound web server's log, say).
    pub fn decline(score: u8, why: impl Into<Cow<'static, str>>) -> Guess {
        Guess { score: score.min(100), why: why.into(), declined: true }
    }
}

/// The beginning of a file: up to [`Head::MAX_LINES`] records, taken out of their envelopes.
#[derive(Debug)]
pub struct Head<'a> {
    /// Non-empty records, in order, directives and headers included.
    pub lines: Vec<&'a [u8]>,
}

impl<'a> Head<'a> {
    /// How many records are looked at.
    pub const MAX_LINES: usize = 64;

    /// The share of the lines (those that `count` does not leave out) which `fits`, in percent, with both counts.
    pub fn vote(&self, mut fits: impl FnMut(&'a [u8]) -> Vote) -> Share {
        let mut share = Share { yes: 0, of: 0 };
        for line in &self.lines {
            match fits(line) {
                Vote::Yes => {
                    share.yes += 1;
                    share.of += 1;
                }
                Vote::No => share.of += 1,
                Vote::Abstain => {}
            }
        }
        share
    }
}

/// One line's opinion on a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// Fits.
    Yes,
    /// Does not.
    No,
    /// Says nothing either way: a comment, a banner.
    Abstain,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Lines that fit.
    pub yes: usize,
    /// Lines that were asked.
    pub of: usize,
}

impl Share {
    /// In percent; 0 of 0 is 0.
    pub fn percent(self) -> usize {
        (self.yes * 100).checked_div(self.of).unwrap_or(0)
    }

    /// `best` scaled by the share, or 0 when less than 60 % of the lines fit.
    pub fn score(self, best: u8) -> u8 {
        if self.percent() < 60 { 0 } else { (usize::from(best) * self.percent() / 100) as u8 }
    }

    /// The same for a log some of whose lines stand in something else: an envelope that can be opened should be, since it
    /// tells the time and the device.
    pub fn score_within(self, best: u8, wrapped: usize) -> u8 {
        self.score(best).saturating_sub(if 2 * wrapped > self.yes { 3 } else { 0 })
    }
}

/// What is assumed where a log does not say.
#[derive(Debug, Clone)]
pub struct Assume {
    /// The zone of times that carry none.
    pub zone: jiff::tz::TimeZone,
    /// The newest year and month a record without a year may have: that of the file's last change. Such a record is
    /// given the latest year that does not put it more than a day after this instant.
    pub newest: Option<crate::event::Timestamp>,
    /// Squid `logformat` definitions that were given or found, tried in order.
    pub logformats: Vec<String>,
}

impl Default for Assume {
    fn default() -> Self {
        Assume { zone: jiff::tz::TimeZone::UTC, newest: None, logformats: Vec::new() }
    }
}

#[cfg(test)]
mod told;
