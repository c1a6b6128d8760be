//! What can be wrong with a directory.

/// Every kind of problem. Names are kebab-case and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Nothing in it.
    Empty,
    /// No column says whom a row is about.
    NoKeyColumn,
    /// A row with more cells than the header has names.
    TooManyCells,
    /// A quotation mark that is never closed.
    OpenQuote,
    /// Not an address.
    BadAddress,
    /// Not a network.
    BadNetwork,
    /// One login, two people.
    SharedLogin,
    /// One address, two people or places.
    SharedAddress,
    /// One network, two people or places.
    SharedNetwork,
    /// One device, two people.
    SharedDevice,
    /// One mail address, two people.
    SharedMail,
    /// One person, two departments or sites.
    TwoPlaces,
}

impl Code {
    /// Every code, in the order of their declaration.
    pub const ALL: [Code; 12] = [
        Code::Empty,
        Code::NoKeyColumn,
        Code::TooManyCells,
        Code::OpenQuote,
        Code::BadAddress,
        Code::BadNetwork,
        Code::SharedLogin,
        Code::SharedAddress,
        Code::SharedNetwork,
        Code::SharedDevice,
        Code::SharedMail,
        Code::TwoPlaces,
    ];

    /// The name shown between brackets.
    ///
    /// ```
    /// assert_eq!(umbrascope::people::Code::SharedLogin.as_str(), "directory/shared-login");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Empty => "directory/empty",
            Code::NoKeyColumn => "directory/no-key-column",
            Code::TooManyCells => "directory/too-many-cells",
            Code::OpenQuote => "directory/open-quote",
            Code::BadAddress => "directory/bad-address",
            Code::BadNetwork => "directory/bad-network",
            Code::SharedLogin => "directory/shared-login",
            Code::SharedAddress => "directory/shared-address",
            Code::SharedNetwork => "directory/shared-network",
            Code::SharedDevice => "directory/shared-device",
            Code::SharedMail => "directory/shared-mail",
            Code::TwoPlaces => "directory/two-places",
        }
    }

    /// One sentence on what it means.
    pub fn description(self) -> &'static str {
        match self {
            Code::Empty => "The file has no header and no rows.",
            Code::NoKeyColumn => "No column holds logins, mail addresses, addresses, networks or devices.",
            Code::TooManyCells => "A row has more cells than the header, so that no cell can be trusted.",
            Code::OpenQuote => "A quotation mark is opened and never closed, so that rows run together.",
            Code::BadAddress => "A cell of a column of addresses holds something else.",
            Code::BadNetwork => "A network is written as 10.1.0.0/16, 10.1.0.0/255.255.0.0 or 10.1.0.1-10.1.0.99.",
            Code::SharedLogin => "Two people have the same login, once domains and realms are left out.",
            Code::SharedAddress => "Two people or places have the same address.",
            Code::SharedNetwork => "Two people or places have the same network.",
            Code::SharedDevice => "Two people have the same device; it then names nobody.",
            Code::SharedMail => "Two people have the same mail address; it then names nobody.",
            Code::TwoPlaces => "The rows of one person name two departments or sites; the first one counts.",
        }
    }
}
