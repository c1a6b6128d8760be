//! What each vendor means by its keys in LEEF, as tables.

use super::super::cef::rules::{ANYBODY, DEVICE, FINDING, Part, Rule, START, Test, Then, Vendor, rule};
use super::super::cef::said::{Key, Slot};
use super::super::cef::told::Kind;
use super::super::cef::vendors::{
    CHECK_POINT, CHECK_POINT_KEYS, CHECK_POINT_WORDS, FORCEPOINT_NGFW, FORCEPOINT_NGFW_WORDS, FORCEPOINT_WEB,
    PALO_ALTO_WORDS, ZSCALER, ZSCALER_WORDS,
};
use Key::{Is, Text};
use Part::{Id, Value};

/// The vendors; the first that fits is taken. The last fits all.
pub(super) static VENDORS: &[Vendor] = &[
    Vendor {
        name: "zscaler",
        vendors: &["Zscaler"],
        keys: &[
            // What was done is their category.
            ("cat", Is(Slot::Act)),
            ("realm", Is(Slot::Place)),
            ("role", Is(Slot::Department)),
            ("policy", Is(Slot::Reason)),
            ("hostname", Is(Slot::Host)),
            ("appname", Is(Slot::App)),
            ("urlcategory", Is(Slot::Category)),
            ("urlsupercategory", Is(Slot::CategorySpare)),
            ("respcode", Is(Slot::Status)),
            ("reqmethod", Is(Slot::Method)),
            ("devicehostname", Is(Slot::Device)),
            ("durationms", Is(Slot::Millis)),
            ("ctime", Is(Slot::Millis)),
            ("dns_req", Is(Slot::Query)),
        ],
        rules: ZSCALER,
        actions: ZSCALER_WORDS,
        encoded: true,
        ..ANYBODY
    },
    Vendor {
        name: "palo-alto",
        vendors: &["Palo Alto Networks"],
        keys: &[
            ("cat", Is(Slot::Kind)),
            ("Type", Is(Slot::Kind)),
            ("Subtype", Is(Slot::Subkind)),
            ("SubType", Is(Slot::Subkind)),
            ("TimeReceived", Is(Slot::Received)),
            ("ReceiveTime", Is(Slot::Received)),
            ("Application", Is(Slot::Service)),
            ("ContainerNameOfApp", Is(Slot::App)),
            ("URLCategory", Is(Slot::Category)),
            ("SessionID", Is(Slot::Session)),
            ("ElapsedTime", Is(Slot::Seconds)),
            ("SessionDuration", Is(Slot::Seconds)),
            ("Miscellaneous", Is(Slot::Url)),
            ("URL", Is(Slot::Url)),
            ("URLDomain", Is(Slot::HostSpare)),
            ("RequestMethod", Is(Slot::Method)),
            ("HTTPMethod", Is(Slot::Method)),
            ("UserAgent", Is(Slot::Agent)),
            ("Referer", Is(Slot::Referer)),
            ("SourceDeviceHost", Is(Slot::Device)),
            ("ServerNameIndication", Is(Slot::Sni)),
            ("SourceUser", Is(Slot::UserSpare)),
        ],
        rules: PALO_ALTO,
        actions: PALO_ALTO_WORDS,
        ..ANYBODY
    },
    Vendor {
        name: "check-point",
        vendors: &["Check Point", "CheckPoint"],
        keys: CHECK_POINT_KEYS,
        rules: CHECK_POINT,
        actions: CHECK_POINT_WORDS,
        login_in_parens: true,
        ..ANYBODY
    },
    Vendor {
        name: "forcepoint-ngfw",
        vendors: &["Forcepoint", "Stonesoft", "McAfee"],
        products: &["Firewall", "IPS", "Layer 2", "Next Generation Firewall", "NGFW"],
        keys: &[("app", Text)],
        rules: FORCEPOINT_NGFW,
        actions: FORCEPOINT_NGFW_WORDS,
        ..ANYBODY
    },
    Vendor {
        name: "forcepoint-web",
        vendors: &["Forcepoint", "Websense"],
        keys: &[
            ("loginID", Is(Slot::Login)),
            ("serverStatus-code", Is(Slot::Status)),
            ("RefererURL", Is(Slot::Referer)),
            // A number.
            ("cat", Text),
            ("role", Text),
        ],
        rules: FORCEPOINT_WEB,
        ..ANYBODY
    },
    Vendor {
        name: "web-gateway",
        vendors: &["McAfee", "Skyhigh Security", "Trellix"],
        keys: &[
            ("httpStatus", Is(Slot::Status)),
            ("urlCategories", Is(Slot::Category)),
            ("blockReason", Is(Slot::Reason)),
            ("mediaType", Text),
        ],
        rules: &[rule(&[(Value(Slot::Reason), Test::Has(&["block"]))], Then::Act(crate::event::Action::Blocked))],
        ..ANYBODY
    },
    Vendor {
        name: "sophos",
        vendors: &["Sophos", "Astaro"],
        keys: &[
            ("domain", Is(Slot::Host)),
            ("sent_bytes", Is(Slot::UpSpare)),
            ("recv_bytes", Is(Slot::DownSpare)),
            ("bytes_sent", Is(Slot::UpSpare)),
            ("bytes_received", Is(Slot::DownSpare)),
            ("user_name", Is(Slot::User)),
            ("user_gp", Is(Slot::Groups)),
            ("src_ip", Is(Slot::Client)),
            ("dst_ip", Is(Slot::Server)),
            ("dst_port", Is(Slot::Port)),
            ("log_type", Is(Slot::Kind)),
            ("log_subtype", Is(Slot::ActSpare)),
            ("category", Is(Slot::Category)),
            ("status_code", Is(Slot::Status)),
            ("user_agent", Is(Slot::Agent)),
        ],
        rules: &[
            rule(&[(Value(Slot::Kind), Test::Is(&["Event", "System Health", "Wireless Protection"]))], DEVICE),
            rule(&[(Value(Slot::Kind), Test::Is(&["IDP", "IPS", "ATP", "Anti-Virus", "Anti-Spam", "WAF"]))], FINDING),
        ],
        ..ANYBODY
    },
    Vendor {
        name: "watchguard",
        vendors: &["WatchGuard"],
        keys: &[
            ("disp", Is(Slot::Act)),
            ("src_user", Is(Slot::User)),
            ("sent_bytes", Is(Slot::UpSpare)),
            ("rcvd_bytes", Is(Slot::DownSpare)),
            ("dstname", Is(Slot::Host)),
            ("sni", Is(Slot::Sni)),
            ("arg", Is(Slot::Path)),
            ("op", Is(Slot::Method)),
            ("app_name", Is(Slot::App)),
            ("cats", Is(Slot::Category)),
            ("duration", Is(Slot::Seconds)),
        ],
        rules: &[
            rule(
                &[(Id, Test::Is(&["3000-0148", "30000148"])), (Value(Slot::Act), Test::Is(&["Deny"]))],
                Then::Kind(Kind::Sight),
            ),
            rule(&[(Id, Test::Is(&["3000-0148", "30000148"]))], START),
            rule(&[(Id, Test::Is(&["3000-0151", "30000151"]))], Then::Kind(Kind::Session)),
            rule(&[(Id, Test::Starts(&["1AFF", "2CFF"]))], Then::Kind(Kind::Sight)),
        ],
        ..ANYBODY
    },
    Vendor {
        name: "web-application-firewall",
        vendors: &["Imperva Inc.", "Imperva", "Incapsula", "F5", "Akamai", "Radware"],
        rules: &[rule(&[], Then::Skip("inbound: a visit to a web server of one's own"))],
        inbound: true,
        ..ANYBODY
    },
    ANYBODY,
];

const PALO_ALTO: &[Rule] = &[
    rule(&[(Value(Slot::Kind), Test::Is(&["TRAFFIC"])), (Value(Slot::Subkind), Test::Is(&["start"]))], START),
    rule(&[(Value(Slot::Kind), Test::Is(&["TRAFFIC"]))], Then::Kind(Kind::Session)),
    rule(
        &[(Value(Slot::Kind), Test::Is(&["THREAT"])), (Value(Slot::Subkind), Test::Is(&["url"]))],
        Then::Kind(Kind::Sight),
    ),
    rule(&[(Value(Slot::Kind), Test::Is(&["URL", "DECRYPTION"]))], Then::Kind(Kind::Sight)),
    rule(&[(Value(Slot::Kind), Test::Is(&["THREAT", "WILDFIRE", "DATA", "FILE"]))], FINDING),
    rule(&[(Value(Slot::Kind), Test::There)], DEVICE),
];
