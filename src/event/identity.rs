//! Who sits where: what DHCP servers, VPN gateways and domain controllers tell of addresses.

use super::Timestamp;

/// Who is at which address, as one record tells it. Like an event it borrows from the record.
///
/// Any two of the four names make a statement: a user at an address, a device at an address, a user at a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// When, in UTC. `None` only until the envelope's time has been tried.
    pub at: Option<Timestamp>,
    /// The address inside the network, as written.
    pub address: Option<&'a [u8]>,
    /// Who signed in.
    pub user: Option<&'a [u8]>,
    /// The client's own name.
    pub device: Option<&'a [u8]>,
    /// The client's hardware address.
    pub mac: Option<&'a [u8]>,
    /// For how long it holds, in seconds, if nothing else is told meanwhile.
    pub seconds: Option<u32>,
    /// Whether it begins or ends.
    pub stage: Stage,
}

/// What happened to the hold on an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It was given, or a sign-in was seen there.
    #[default]
    Begins,
    /// It goes on.
    Renews,
    /// It was given back, or ran out.
    Ends,
}

impl Stage {
    /// The word used in every output.
    ///
    /// ```
    /// assert_eq!(umbrascope::event::Stage::Ends.as_str(), "ends");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Begins => "begins",
            Stage::Renews => "renews",
            Stage::Ends => "ends",
        }
    }
}
