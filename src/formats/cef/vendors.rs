//! What each vendor means by its keys, as tables.

use super::rules::{ANYBODY, DEVICE, FINDING, INBOUND, Part, Rule, START, Test, Then, Vendor, rule};
use super::said::{Key, Slot};
use super::told::Kind;
use crate::event::Action;

const UPDATE: Then = Then::Skip("an update of a connection that has a record");
const NO_TRAFFIC: Then = Then::Skip("a sign-in or a finding, not traffic");
const WEB_SERVER: Then = Then::Skip("inbound: a visit to a web server of one's own");

use Action::{Allowed, Blocked, Error, Isolated, Warned};
use Key::{Is, Text};
use Part::{Either, Id, Name, Product, Value};

/// CEF's vendors; the first that fits is taken. The last fits all.
pub(super) static VENDORS: &[Vendor] = &[
    PALO_ALTO,
    PALO_ALTO_STRATA,
    Vendor {
        name: "fortinet",
        vendors: &["Fortinet"],
        products: &["FortiGate", "FortiOS", "FortiAnalyzer", "FortiProxy", "FortiManager"],
        keys: &[
            ("cat", Is(Slot::Kind)),
            // The name of a port.
            ("app", Text),
            ("externalId", Is(Slot::Session)),
            ("requestContext", Is(Slot::CategorySpare)),
            ("utmaction", Is(Slot::Verdict)),
        ],
        prefixes: &["FTNTFGT", "FortinetFortiGate", "FTNTFPX", "ad."],
        prefixed: FORTINET_KEYS,
        labels: &[(Test::Is(&["duration"]), Slot::Seconds)],
        rules: FORTINET,
        actions: &[
            ("ip-conn", Error),
            ("warning", Warned),
            ("authenticate", Warned),
            ("override", Warned),
            ("dns", Allowed),
            ("redirect", Blocked),
            ("reset_client", Blocked),
            ("reset_server", Blocked),
            ("server_blocked", Blocked),
            ("block-sslv2", Blocked),
            ("monitored", Allowed),
            ("exempt", Allowed),
            ("filtered", Allowed),
            ("bypass", Allowed),
            ("log-only", Allowed),
            ("detected", Allowed),
            ("analytics", Allowed),
            ("inspect", Allowed),
            ("info", Allowed),
        ],
        ..ANYBODY
    },
    Vendor {
        name: "check-point",
        // Some exporters leave the vendor out.
        vendors: &["Check Point", "CheckPoint", ""],
        keys: CHECK_POINT_KEYS,
        rules: CHECK_POINT,
        actions: CHECK_POINT_WORDS,
        login_in_parens: true,
        ..ANYBODY
    },
    Vendor {
        name: "sonicwall",
        vendors: &["SonicWall", "SonicWALL, Inc."],
        keys: &[
            ("usr", Is(Slot::User)),
            ("susr", Is(Slot::User)),
            ("dstname", Is(Slot::HostSpare)),
            ("arg", Is(Slot::Path)),
            ("result", Is(Slot::Status)),
            ("cdur", Is(Slot::Millis)),
            ("appName", Is(Slot::App)),
            ("Category", Is(Slot::Category)),
            ("sent", Is(Slot::UpSpare)),
            ("rcvd", Is(Slot::DownSpare)),
            ("fw_action", Is(Slot::ActSpare)),
            // Numbers of theirs.
            ("app", Text),
            ("cat", Text),
        ],
        rules: &[
            rule(&[(Name, Test::Has(&["denied", "dropped", "blocked", "prevention"]))], Then::Act(Blocked)),
            rule(&[(Id, Test::Is(&["97", "98", "537", "16"]))], Then::Act(Allowed)),
            rule(&[(Id, Test::Is(&["98"]))], START),
            rule(&[(Id, Test::Is(&["537"]))], Then::Kind(Kind::Session)),
            // A hit repeats the bytes of its session.
            rule(&[(Id, Test::Is(&["97", "16"]))], Then::Kind(Kind::Sight)),
            rule(&[(Id, Test::Is(&["14"]))], Then::Act(Blocked)),
            rule(&[(Id, Test::Is(&["14"]))], Then::Kind(Kind::Sight)),
            rule(&[(Id, Test::Is(&["1149", "1150", "1154"]))], Then::Kind(Kind::Sight)),
            rule(&[(Name, Test::Has(&["dropped", "denied"]))], Then::Kind(Kind::Sight)),
            rule(&[], DEVICE),
        ],
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
            ("refererUrl", Is(Slot::Referer)),
            ("RefererURL", Is(Slot::Referer)),
            ("logRecordSource", Text),
        ],
        rules: FORCEPOINT_WEB,
        ..ANYBODY
    },
    Vendor {
        name: "zscaler",
        vendors: &["Zscaler"],
        keys: &[
            // Theirs is where somebody is.
            ("spriv", Is(Slot::Place)),
            ("location", Is(Slot::Place)),
            ("outcome", Is(Slot::Status)),
            ("requestContext", Is(Slot::Referer)),
            ("devicehostname", Is(Slot::Device)),
            ("department", Is(Slot::Department)),
            ("dept", Is(Slot::Department)),
            ("tz", Is(Slot::Zone)),
            ("totalsize", Is(Slot::Total)),
            ("ctime", Is(Slot::Millis)),
            ("durationms", Is(Slot::Millis)),
            ("nwapp", Is(Slot::App)),
            ("dns_req", Is(Slot::Query)),
        ],
        rules: ZSCALER,
        actions: ZSCALER_WORDS,
        encoded: true,
        ..ANYBODY
    },
    Vendor {
        name: "menlo",
        vendors: &["Menlo Security"],
        keys: &[
            ("event_time", Is(Slot::At)),
            ("userid", Is(Slot::User)),
            ("groups", Is(Slot::Groups)),
            ("origin_ip", Is(Slot::Client)),
            ("x-client-ip", Is(Slot::ClientSpare)),
            ("domain", Is(Slot::Host)),
            ("request_type", Is(Slot::Method)),
            ("response_code", Is(Slot::Status)),
            ("categories", Is(Slot::Category)),
            ("pe_action", Is(Slot::Act)),
            ("user-agent", Is(Slot::Agent)),
            ("refererl", Is(Slot::Referer)),
            ("top_url", Text),
            ("pe_reason", Text),
        ],
        utc: true,
        ..ANYBODY
    },
    Vendor {
        name: "unifi",
        vendors: &["Ubiquiti"],
        prefixes: &["UNIFI"],
        prefixed: &[
            ("category", Is(Slot::Kind)),
            ("subCategory", Is(Slot::Subkind)),
            ("utcTime", Is(Slot::At)),
            ("srcClientAlias", Is(Slot::Device)),
            ("clientAlias", Is(Slot::Device)),
            ("clientHostname", Is(Slot::DeviceSpare)),
            ("bytesSent", Is(Slot::Up)),
            ("bytesReceived", Is(Slot::Down)),
            ("totalBytes", Is(Slot::Total)),
            ("flowId", Is(Slot::Session)),
            ("direction", Is(Slot::Direction)),
        ],
        rules: &[
            rule(&[(Value(Slot::Direction), Test::Is(&["incoming", "inbound", "in"]))], INBOUND),
            rule(&[(Value(Slot::Subkind), Test::Has(&["intrusion", "honeypot"]))], FINDING),
            rule(
                &[(
                    Part::Kind,
                    Test::Is(&[
                        "system",
                        "admin",
                        "monitoring",
                        "internet",
                        "power",
                        "vpn",
                        "client devices",
                        "unifi devices",
                        "updates",
                    ]),
                )],
                DEVICE,
            ),
            rule(&[(Name, Test::Has(&["blocked"]))], Then::Act(Blocked)),
        ],
        utc: true,
        ..ANYBODY
    },
    Vendor {
        name: "usergate",
        vendors: &["UserGate"],
        rules: &[
            rule(&[(Either, Test::Starts(&["events", "eventlog", "audit"]))], DEVICE),
            rule(&[(Either, Test::Starts(&["idps", "ids", "scada"]))], FINDING),
            rule(&[(Either, Test::Starts(&["webaccess"]))], Then::Kind(Kind::Session)),
            // The same bytes once more.
            rule(&[(Either, Test::Starts(&["traffic"]))], Then::Kind(Kind::Sight)),
            rule(&[(Either, Test::Starts(&["dns"]))], Then::Kind(Kind::Lookup)),
        ],
        ..ANYBODY
    },
    Vendor {
        name: "infoblox",
        vendors: &["Infoblox"],
        keys: &[("destinationDnsDomain", Is(Slot::Query)), ("fqdn", Is(Slot::Query)), ("InfobloxDNSView", Text)],
        rules: &[
            rule(&[(Name, Test::Has(&["dns query"]))], Then::Kind(Kind::Lookup)),
            rule(&[(Name, Test::Has(&["dns response"]))], Then::Kind(Kind::Answer)),
            rule(&[(Either, Test::Has(&["rpz"]))], Then::Kind(Kind::Lookup)),
            rule(&[], DEVICE),
        ],
        actions: &[("passthru", Allowed), ("nxdomain", Blocked), ("nodata", Blocked), ("redirect", Blocked)],
        ..ANYBODY
    },
    // Through connectors that make CEF of syslog: the ids are those of the messages.
    Vendor {
        name: "cisco-asa",
        vendors: &["Cisco", "Cisco Systems"],
        products: &["ASA", "PIX", "FWSM", "FTD"],
        rules: &[
            rule(&[(Id, Test::Is(&["302013", "302015"]))], START),
            rule(&[(Id, Test::Is(&["302014", "302016"]))], Then::Act(Allowed)),
            rule(&[(Id, Test::Is(&["302014", "302016"]))], Then::Kind(Kind::Session)),
            rule(&[(Id, Test::Starts(&["1060", "1061"]))], Then::Act(Blocked)),
            rule(&[(Id, Test::Starts(&["1060", "1061", "304"]))], Then::Kind(Kind::Sight)),
            rule(&[], DEVICE),
        ],
        ..ANYBODY
    },
    Vendor {
        name: "juniper-srx",
        vendors: &["Juniper", "Juniper Networks"],
        rules: &[
            rule(&[(Either, Test::Has(&["SESSION_CREATE"]))], START),
            rule(&[(Either, Test::Has(&["SESSION_DENY", "URL_BLOCKED"]))], Then::Act(Blocked)),
            rule(&[(Either, Test::Has(&["WEBFILTER", "APPTRACK"]))], Then::Kind(Kind::Sight)),
            rule(&[(Either, Test::Has(&["IDP_", "_IDP"]))], FINDING),
        ],
        ..ANYBODY
    },
    // Before web servers.
    Vendor {
        name: "web-application-firewall",
        vendors: &["Imperva Inc.", "Imperva", "Incapsula", "F5", "Akamai", "Radware", "Signal Sciences", "ModSecurity"],
        rules: &[rule(&[], WEB_SERVER)],
        inbound: true,
        ..ANYBODY
    },
    Vendor {
        name: "web-application-firewall-fortinet",
        vendors: &["Fortinet", "Barracuda", "Citrix", "Cloudflare"],
        products: &["FortiWeb", "WAF", "NetScaler"],
        rules: &[rule(&[], WEB_SERVER)],
        inbound: true,
        ..ANYBODY
    },
    // Who signs in where, and what was found where: with sources and destinations, but no traffic.
    Vendor {
        name: "vaults-and-sensors",
        vendors: &["CyberArk", "Cyber-Ark", "ArcSight", "Vectra Networks", "Darktrace"],
        rules: &[rule(&[], NO_TRAFFIC)],
        ..ANYBODY
    },
    // Not ISA Server, whose log is a proxy's.
    Vendor {
        name: "microsoft",
        vendors: &["Microsoft", "MCAS"],
        products: &["ATA", "Azure ATP", "Microsoft Windows", "MCAS", "SIEM_Agent", "Windows Defender"],
        rules: &[rule(&[], NO_TRAFFIC)],
        ..ANYBODY
    },
    ANYBODY,
];

/// Their own template, pasted into the firewall by hand, has the two byte counters exchanged.
const PALO_ALTO: Vendor = Vendor {
    name: "palo-alto",
    vendors: &["Palo Alto Networks"],
    products: &["PAN-OS"],
    keys: PALO_ALTO_KEYS,
    rules: PALO_ALTO_RULES,
    actions: PALO_ALTO_WORDS,
    flips: true,
    ..ANYBODY
};

/// Strata Logging and Prisma Access.
const PALO_ALTO_STRATA: Vendor = Vendor { name: "palo-alto-strata", products: &[], flips: false, ..PALO_ALTO };

const PALO_ALTO_KEYS: &[(&str, Key)] = &[
    ("PanOSSourceHostName", Is(Slot::Device)),
    ("PanOSSourceDeviceHost", Is(Slot::Device)),
    ("PanOSReferer", Is(Slot::Referer)),
    ("PanOSReferrer", Is(Slot::Referer)),
    ("PanOSSNI", Is(Slot::Sni)),
    ("PanOSServerNameIndication", Is(Slot::Sni)),
    ("PanOSBytes", Is(Slot::Total)),
    ("PanOSContainerNameOfApp", Is(Slot::App)),
    ("PanOSURLDomain", Is(Slot::HostSpare)),
    ("PanOSHTTPMethod", Is(Slot::Method)),
    ("PanOSSessionDuration", Is(Slot::Seconds)),
    // A content type, or who the client was, by version.
    ("requestContext", Text),
];

pub(in crate::formats) const PALO_ALTO_RULES: &[Rule] = &[
    rule(&[(Either, Test::Is(&["TRAFFIC"])), (Either, Test::Is(&["start"]))], START),
    rule(&[(Either, Test::Is(&["TRAFFIC"]))], Then::Kind(Kind::Session)),
    rule(&[(Either, Test::Is(&["THREAT"])), (Either, Test::Is(&["url"]))], Then::Kind(Kind::Sight)),
    rule(&[(Either, Test::Is(&["URL", "DECRYPTION"]))], Then::Kind(Kind::Sight)),
    rule(&[(Either, Test::Is(&["THREAT", "WILDFIRE", "DATA", "FILE"]))], FINDING),
    rule(&[(Either, Test::Is(&["TUNNEL", "GTP", "SCTP"]))], Then::Skip("a tunnel, not a visit")),
    rule(&[], DEVICE),
];

pub(in crate::formats) const PALO_ALTO_WORDS: &[(&str, Action)] = &[
    // Clicked away by the person.
    ("continue", Allowed),
    ("override", Allowed),
    ("override-lockout", Blocked),
    ("drop icmp", Blocked),
    ("reset client", Blocked),
    ("reset server", Blocked),
    ("reset both", Blocked),
    ("block-ip", Blocked),
    ("sinkhole", Blocked),
    ("syncookie-sent", Blocked),
];

const FORTINET_KEYS: &[(&str, Key)] = &[
    ("eventtime", Is(Slot::Eventtime)),
    ("tz", Is(Slot::Zone)),
    ("type", Is(Slot::Subkind)),
    ("eventtype", Is(Slot::What)),
    ("app", Is(Slot::App)),
    ("dstinetsvc", Is(Slot::AppSpare)),
    ("appcat", Is(Slot::CategorySpare)),
    ("catdesc", Is(Slot::Category)),
    ("user", Is(Slot::User)),
    ("unauthuser", Is(Slot::UserSpare)),
    ("group", Is(Slot::Groups)),
    ("hostname", Is(Slot::Host)),
    ("dstname", Is(Slot::HostSpare)),
    ("sni", Is(Slot::Sni)),
    ("qname", Is(Slot::Query)),
    ("url", Is(Slot::Url)),
    ("httpmethod", Is(Slot::Method)),
    ("referralurl", Is(Slot::Referer)),
    ("agent", Is(Slot::Agent)),
    ("srcip", Is(Slot::Client)),
    ("srcname", Is(Slot::DeviceSpare)),
    ("dstip", Is(Slot::Server)),
    ("dstport", Is(Slot::Port)),
    ("sentbyte", Is(Slot::UpSpare)),
    ("rcvdbyte", Is(Slot::DownSpare)),
    ("sentdelta", Is(Slot::UpPart)),
    ("rcvddelta", Is(Slot::DownPart)),
    ("duration", Is(Slot::Seconds)),
    ("action", Is(Slot::ActSpare)),
    ("utmaction", Is(Slot::Verdict)),
    ("sessionid", Is(Slot::Session)),
    ("srcintfrole", Is(Slot::FromRole)),
    ("dstintfrole", Is(Slot::ToRole)),
];

const FORTINET: &[Rule] = &[
    rule(&[(Part::Kind, Test::Starts(&["traffic:local"]))], Then::Skip("traffic of the device itself")),
    rule(&[(Part::Kind, Test::Starts(&["traffic:multicast"]))], Then::Skip("multicast")),
    rule(
        &[(Value(Slot::FromRole), Test::Is(&["wan"])), (Value(Slot::ToRole), Test::Is(&["lan", "dmz", "undefined"]))],
        INBOUND,
    ),
    rule(&[(Value(Slot::What), Test::Starts(&["ftgd_quota"]))], Then::Act(Warned)),
    // Behind the type, these are the last digits of the log id.
    rule(&[(Part::Kind, Test::Starts(&["traffic"])), (Id, Test::Is(&["00015", "00016"]))], START),
    rule(&[(Part::Kind, Test::Starts(&["traffic"])), (Value(Slot::Act), Test::Is(&["start"]))], START),
    rule(&[(Part::Kind, Test::Starts(&["traffic"])), (Id, Test::Is(&["00020"]))], Then::Kind(Kind::Interim)),
    rule(&[(Part::Kind, Test::Starts(&["traffic:http-transaction"]))], Then::Kind(Kind::Sight)),
    rule(&[(Part::Kind, Test::Starts(&["traffic"]))], Then::Kind(Kind::Session)),
    rule(
        &[(Part::Kind, Test::Starts(&["utm:dns", "dns"])), (Value(Slot::What), Test::Has(&["response"]))],
        Then::Kind(Kind::Answer),
    ),
    rule(&[(Part::Kind, Test::Starts(&["utm:dns", "dns"]))], Then::Kind(Kind::Lookup)),
    rule(
        &[(
            Part::Kind,
            Test::Starts(&[
                "utm:webfilter",
                "utm:app-ctrl",
                "utm:ssl",
                "utm:virus",
                "utm:dlp",
                "utm:casb",
                "utm:file-filter",
                "webfilter",
                "app-ctrl",
                "ssl",
                "virus",
                "dlp",
            ]),
        )],
        Then::Kind(Kind::Sight),
    ),
    rule(&[(Part::Kind, Test::Starts(&["event"]))], DEVICE),
    rule(&[(Part::Kind, Test::Starts(&["utm", "ips", "anomaly", "attack", "voip", "waf", "emailfilter"]))], FINDING),
    rule(&[], Then::Skip("a log that tells of no traffic")),
];

pub(in crate::formats) const CHECK_POINT_KEYS: &[(&str, Key)] = &[
    ("loguid", Is(Slot::Session)),
    ("proxied_src_ip", Is(Slot::ClientSure)),
    ("proxy_src_ip", Is(Slot::ClientSure)),
    ("src_user_name", Is(Slot::User)),
    ("src_machine_name", Is(Slot::DeviceSpare)),
    ("src_user_group", Is(Slot::Groups)),
    ("user_group", Is(Slot::Groups)),
    ("resource", Is(Slot::Url)),
    ("http_host", Is(Slot::HostSpare)),
    ("sni", Is(Slot::Sni)),
    ("tls_server_host_name", Is(Slot::Sni)),
    ("dst_domain_name", Is(Slot::HostSpare)),
    ("domain_name", Is(Slot::Query)),
    ("method", Is(Slot::Method)),
    ("user_agent", Is(Slot::Agent)),
    ("web_client_type", Text),
    ("referrer", Is(Slot::Referer)),
    ("appi_name", Is(Slot::App)),
    ("matched_category", Is(Slot::Category)),
    ("app_category", Is(Slot::CategorySpare)),
    ("categories", Is(Slot::CategorySpare)),
    ("service", Is(Slot::Port)),
    ("product", Is(Slot::Subkind)),
    ("sent_bytes", Is(Slot::UpSpare)),
    ("received_bytes", Is(Slot::DownSpare)),
    ("bytes", Is(Slot::Total)),
    ("tcp_packet_out_of_state", Is(Slot::What)),
    ("conn_direction", Is(Slot::Direction)),
    ("inzone", Is(Slot::FromRole)),
    ("outzone", Is(Slot::ToRole)),
    // A kind of event, not of site.
    ("cat", Text),
    ("rule_action", Text),
];

pub(in crate::formats) const CHECK_POINT: &[Rule] = &[
    rule(&[(Value(Slot::What), Test::There)], Then::Skip("a leftover of a session that was accepted")),
    rule(&[(Product, Test::Is(&["Log Update", "QoS"]))], UPDATE),
    rule(&[(Value(Slot::Act), Test::Is(&["Update"]))], UPDATE),
    rule(&[(Value(Slot::Act), Test::Is(&["Key Install", "Ctl", "Log In", "Log Out", "Failed Log In"]))], DEVICE),
    rule(
        &[(
            Product,
            Test::Is(&[
                "System Monitor",
                "Identity Awareness",
                "Identity Logging",
                "SmartConsole",
                "SmartDashboard",
                "SmartUpdate",
                "Security Gateway/Management",
                "Syslog",
                "WEB_API",
                "Web-UI",
                "Endpoint Security Console",
            ]),
        )],
        DEVICE,
    ),
    rule(
        &[(
            Product,
            Test::Is(&[
                "SmartDefense",
                "IPS",
                "Anti-Bot",
                "Anti-Virus",
                "Anti Malware",
                "New Anti Virus",
                "Threat Emulation",
                "Threat Extraction",
                "DDoS Protector",
                "Anti-Spam and Email Security",
                "Anti Phishing",
                "Zero Phishing",
            ]),
        )],
        FINDING,
    ),
    rule(&[(Value(Slot::Direction), Test::Is(&["Incoming"]))], INBOUND),
    rule(
        &[
            (Value(Slot::FromRole), Test::Is(&["External"])),
            (Value(Slot::ToRole), Test::Is(&["Internal", "Local", "DMZ"])),
        ],
        INBOUND,
    ),
    // The session is the firewall's own record.
    rule(&[(Product, Test::Is(&["HTTPS Inspection"]))], Then::Kind(Kind::Sight)),
];

pub(in crate::formats) const CHECK_POINT_WORDS: &[(&str, Action)] = &[
    ("encrypt", Allowed),
    ("bypass", Allowed),
    ("inspect", Allowed),
    ("detect", Allowed),
    ("redirect", Allowed),
    ("ask user", Warned),
    ("inform user", Warned),
    ("drop", Blocked),
];

pub(in crate::formats) const FORCEPOINT_NGFW: &[Rule] = &[
    rule(&[(Either, Test::Has(&["Connection_Discarded", "Connection_Refused"]))], Then::Act(Blocked)),
    rule(&[(Either, Test::Is(&["Connection_Allowed"]))], Then::Kind(Kind::Start)),
    rule(&[(Either, Test::Starts(&["Connection_Closed"]))], Then::Act(Allowed)),
    rule(&[(Either, Test::Starts(&["Connection_Closed"]))], Then::Kind(Kind::Session)),
    rule(&[(Either, Test::Starts(&["Connection_", "HTTP_", "URL_", "TLS_"]))], Then::Kind(Kind::Sight)),
    rule(&[], DEVICE),
];

pub(in crate::formats) const FORCEPOINT_NGFW_WORDS: &[(&str, Action)] =
    &[("discard", Blocked), ("refuse", Blocked), ("terminate", Blocked), ("allow", Allowed), ("permit", Allowed)];

pub(in crate::formats) const FORCEPOINT_WEB: &[Rule] = &[
    rule(&[(Product, Test::Starts(&["DLP", "Data Security", "Email", "CASB", "Insider"]))], DEVICE),
    rule(&[(Value(Slot::Act), Test::Has(&["confirm", "quota", "continue"]))], Then::Act(Warned)),
    rule(&[(Either, Test::Has(&["confirm", "quota", "continue"]))], Then::Act(Warned)),
    rule(&[(Either, Test::Has(&["blocked"]))], Then::Act(Blocked)),
    rule(&[(Either, Test::Has(&["permitted"]))], Then::Act(Allowed)),
];

pub(in crate::formats) const ZSCALER: &[Rule] = &[
    rule(&[(Product, Test::Has(&["audit", "tunnel", "casb", "alert", "dlp"]))], DEVICE),
    rule(&[(Value(Slot::Reason), Test::Has(&["caution"]))], Then::Act(Warned)),
    rule(&[(Value(Slot::Reason), Test::Has(&["isolat"]))], Then::Act(Isolated)),
    rule(&[(Either, Test::Has(&["caution"]))], Then::Act(Warned)),
    rule(&[(Either, Test::Has(&["isolat"]))], Then::Act(Isolated)),
    rule(&[(Product, Test::Has(&["dns"]))], Then::Kind(Kind::Lookup)),
];

pub(in crate::formats) const ZSCALER_WORDS: &[(&str, Action)] = &[
    ("req_allow", Allowed),
    ("res_allow", Allowed),
    ("req_block", Blocked),
    ("res_block", Blocked),
    ("drop", Blocked),
    ("block/drop", Blocked),
    ("block/icmp", Blocked),
    ("block/reset", Blocked),
    ("caution", Warned),
];
