//! Lines of each dialect, and what is to be made of them.

use super::*;
use crate::event::Action;

/// What the last line says, after a head of all of them: destination, evidence, user, action, bytes, app.
fn told(lines: &[&str]) -> String {
    let head = Head { lines: lines.iter().map(|line| line.as_bytes()).collect() };
    let assume = Assume::default();
    let arena = Bump::new();
    let last = lines.last().unwrap().as_bytes();
    match Cef.reader_for(&head, &assume).record(last, &arena) {
        Parsed::Event(event) => {
            let text =
                |value: Option<&[u8]>| value.map_or("-".into(), |value| String::from_utf8_lossy(value).into_owned());
            let number = |value: Option<u64>| value.map_or("-".into(), |value| value.to_string());
            [
                text(event.host.or(event.dst_ip)),
                event.evidence.as_str().to_owned(),
                text(event.user),
                event.action.map_or("-", Action::as_str).to_owned(),
                number(event.bytes_up),
                number(event.bytes_down),
                text(event.app),
            ]
            .join(" ")
        }
        Parsed::Skip(why) => format!("skip: {why}"),
        Parsed::Bad(problem) => format!("bad: {}", problem.reason),
        Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (line, want) in cases {
        assert_eq!(told(&[line]), *want, "{line}");
    }
}

/// The millisecond of the record's own clock.
fn at(line: &str, zone: &str) -> Option<i64> {
    let assume = Assume { zone: jiff::tz::TimeZone::get(zone).unwrap(), ..Assume::default() };
    let arena = Bump::new();
    let head = Head { lines: vec![line.as_bytes()] };
    match Cef.reader_for(&head, &assume).record(line.as_bytes(), &arena) {
        Parsed::Event(event) => event.at.map(|at| at.0),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn a_header_in_all_its_forms() {
    let tail = "src=192.0.2.41 dst=203.0.113.80 dpt=443 dhost=trello.com in=20 out=18";
    let want = "trello.com connect - - 18 20 -";
    for head in [
        "CEF:0|Any|Gate|1|100|web|3|",
        "CEF: 0|Any|Gate|1|100|web|3| ",
        "CEF:1|Any|Gate|1|100|web|3|",
        "0|Any|Gate|1|100|web|3|",
        "Mar 10 08:15:42 siem CEF:0|Any|Gate|1|100|web|3|",
        "<14>gw CEF:0|Any|Gate|1|100|web|3|",
        // The severity is missing, a field too many.
        "CEF:0|Any|Gate|1|100|web|",
        "CEF:0|Any|Gate|1|100|a|b|3|",
        r"CEF:0|A\|ny|Ga\\te|1|100|w\|eb|3|",
        // Neither a name nor a severity.
        "CEF:0|Any|Gate|1|web|",
    ] {
        assert_eq!(told(&[&format!("{head}{tail}")]), want, "{head}");
    }
    check(&[
        ("CEF:0|Any|Gate|1|100|web|3|", "skip: not traffic: no URL, no bytes, no port"),
        ("CEF:0|Any|Gate|1", "bad: no header of CEF"),
        ("CEF:7|Any|Gate|1|100|web|3|src=1", "bad: no header of CEF"),
        ("hello", "bad: no header of CEF"),
        ("0|", "bad: no header of CEF"),
    ]);
}

#[test]
fn only_a_key_ends_a_value() {
    for (extension, want) in [
        (r"request=https://trello.com/b?x\=1&y=2 act=accept", "trello.com url - allowed - - -"),
        // Nothing is escaped.
        ("request=https://trello.com/b?act=deny&y=2 act=accept", "trello.com url - allowed - - -"),
        (
            "suser=LDAP://192.0.2.5 OU=Users,DC=example,DC=com/Alice Doe request=trello.com/",
            "trello.com url Alice Doe - - - -",
        ),
        (
            r"suser=LDAP://192.0.2.5 OU\=Users,DC\=example/Alice Doe request=trello.com/",
            "trello.com url Alice Doe - - - -",
        ),
        ("suser= duser= app=slack-base request=trello.com/", "trello.com url - - - - slack-base"),
        // A text quotes what the device has said already, or does not say.
        ("request=trello.com/ act=accept msg=Deny act=deny of old", "trello.com url - allowed - - -"),
        // The innermost layer.
        ("act=accept act=deny request=trello.com/", "trello.com url - blocked - - -"),
        ("suser=alice suser=bob request=trello.com/", "trello.com url alice - - - -"),
        ("request=trello.com/a = b", "trello.com url - - - - -"),
        ("=", "skip: not traffic: no URL, no bytes, no port"),
        ("request=\"trello.com/\" suser=\"alice\"", "trello.com url alice - - - -"),
        (r"suser=EXAMPLE\\alice request=trello.com/", r"trello.com url EXAMPLE\alice - - - -"),
        (r"suser=EXAMPLE\nancy request=trello.com/", r"trello.com url EXAMPLE\nancy - - - -"),
        ("request=http://trello.com/ Host: evil.example suser=alice", "trello.com url alice - - - -"),
        (
            "cs1=Finance cs1Label=Department cs2Label=URL Category cs2=Tools request=trello.com",
            "trello.com connect - - - - -",
        ),
    ] {
        assert_eq!(told(&[&format!("CEF:0|Any|Gate|1|100|web|3|{extension}")]), want, "{extension}");
    }
}

#[test]
fn times() {
    let want = Some(1_773_130_542_000);
    for (time, zone) in [
        ("rt=1773130542000", "Europe/Berlin"),
        ("rt=1773130542", "Europe/Berlin"),
        ("rt=Mar 10 2026 08:15:42", "UTC"),
        ("rt=Mar 10 26 08:15:42", "UTC"),
        ("rt=Mar 10 2026 09:15:42", "Europe/Berlin"),
        ("rt=Mar 10 2026 08:15:42 GMT", "Europe/Berlin"),
        ("rt=Mar 10 2026 08:15:42.000 UTC", "Europe/Berlin"),
        ("rt=Mar 10 2026 10:15:42 +0200", "Europe/Berlin"),
        ("rt=Mar 10 2026 08:15:42 dtz=UTC", "Europe/Berlin"),
        ("rt=Mar 10 2026 03:45:42 dtz=-04:30", "Europe/Berlin"),
        ("rt=2026-03-10T08:15:42Z", "Europe/Berlin"),
        ("rt=2026-03-10T09:15:42+01:00 dtz=UTC", "Europe/Berlin"),
        ("rt=2026-03-10 08:15:42 dtz=UTC", "Europe/Berlin"),
        ("rt=yesterday end=1773130542000", "UTC"),
        ("end=1773130542000 start=1773130500000", "UTC"),
    ] {
        assert_eq!(at(&format!("CEF:0|Any|Gate|1|1|n|3|{time} request=trello.com"), zone), want, "{time} {zone}");
    }
    assert_eq!(at("CEF:0|Any|Gate|1|1|n|3|rt=yesterday request=trello.com", "UTC"), None, "the envelope knows it");
    assert_eq!(at("<1>1 2026-03-10T08:15:42Z gw CEF:0|A|G|1|1|n|3|request=trello.com", "UTC"), want);
    assert_eq!(at("Mar 10 2026 08:15:42 gw CEF:0|A|G|1|1|n|3|request=trello.com", "UTC"), want);
}

#[test]
fn palo_alto_has_its_counters_exchanged_in_its_own_template() {
    let native = |id: &str, name: &str| {
        format!(
            "CEF:0|Palo Alto Networks|PAN-OS|10.1.6|{id}|{name}|1|rt=Mar 10 2026 08:15:42 GMT src=192.0.2.25 \
             dst=203.0.113.80 suser=example\\\\alice app=slack-base spt=51544 dpt=443 proto=tcp act=allow \
             flexNumber1Label=Total bytes flexNumber1=61210 in=12010 out=49200 cn1Label=SessionID cn1=448211"
        )
    };
    let end = native("end", "TRAFFIC");
    let want = r"203.0.113.80 address example\alice allowed 12010 49200 slack-base";
    assert_eq!(told(&[&end]), want);
    let strata = end
        .replace("PAN-OS|10.1.6|end|TRAFFIC", "LF|2.0|TRAFFIC|end")
        .replace("in=12010 out=49200", "out=12010 in=49200");
    assert_eq!(told(&[&strata]), want);
    let start = native("start", "TRAFFIC");
    assert_eq!(told(&[&end, &start]), "skip: the start of a session, counted at its end");
    assert_eq!(told(&[&start]), told(&[&end, &start]), "wherever the file is cut");
    check(&[
        (
            "CEF:0|Palo Alto Networks|PAN-OS|10.1.6|url|THREAT|1|src=192.0.2.25 dst=203.0.113.80 dpt=443 app=incomplete act=block-continue request=\"app.asana.com/0/home\"",
            "app.asana.com url - warned - - -",
        ),
        (
            "CEF:0|Palo Alto Networks|PAN-OS|10.1.6|url|THREAT|1|src=192.0.2.25 dst=203.0.113.80 dpt=443 act=continue request=app.asana.com:443/",
            "app.asana.com url - allowed - - -",
        ),
        (
            "CEF:0|Palo Alto Networks|PAN-OS|10.1.6|spyware|THREAT|4|src=192.0.2.25 dst=203.0.113.80 dpt=443 request=x.exe",
            "skip: a finding of inspection, not a visit",
        ),
        (
            "CEF:0|Palo Alto Networks|PAN-OS|10.1.6|general|SYSTEM|3|rt=Mar 10 2026 08:15:42 GMT shost=fw01 dpt=443 dst=203.0.113.80",
            "skip: an event of the device, not traffic",
        ),
    ]);
}

#[test]
fn fortinet_counts_bytes_in_traffic_alone_and_each_once() {
    let line = |id: &str, kind: &str, rest: &str| {
        format!(
            "CEF:0|Fortinet|Fortigate|v7.2.8|{id}|{kind} x|3|FTNTFGTeventtime=1773130542412345678 cat={kind} \
             src=192.0.2.25 spt=51544 dst=203.0.113.80 dpt=443 duser=alice app=HTTPS {rest}"
        )
    };
    for (id, kind, rest, want) in [
        (
            "00013",
            "traffic:forward",
            "act=close FTNTFGTapp=Dropbox out=1798200 in=55110",
            "203.0.113.80 address alice allowed 1798200 55110 Dropbox",
        ),
        (
            "00013",
            "traffic:forward",
            "act=close out=900 in=90 FTNTFGTsentdelta=100 FTNTFGTrcvddelta=10",
            "203.0.113.80 address alice allowed 100 10 -",
        ),
        (
            "00020",
            "traffic:forward",
            "act=accept out=900 in=90 FTNTFGTsentdelta=800 FTNTFGTrcvddelta=80",
            "203.0.113.80 address alice announced 800 80 -",
        ),
        ("00020", "traffic:forward", "act=accept out=900 in=90", "203.0.113.80 address alice announced - - -"),
        (
            "00013",
            "traffic:forward",
            "act=close out=90 in=0 utmaction=block",
            "203.0.113.80 address alice blocked 90 0 -",
        ),
        ("00014", "traffic:local", "act=close out=90 in=0", "skip: traffic of the device itself"),
        (
            "13312",
            "utm:webfilter",
            "act=passthrough out=517 in=0 dhost=www.dropbox.com request=/ FTNTFGTcatdesc=Storage",
            "www.dropbox.com url alice allowed - - -",
        ),
        (
            "13312",
            "utm:webfilter",
            "act=blocked out=517 in=0 dhost=www.dropbox.com request=https://www.dropbox.com/",
            "www.dropbox.com url alice blocked - - -",
        ),
        (
            "54802",
            "utm:dns",
            "act=pass FTNTFGTqname=www.figma.com FTNTFGTeventtype=dns-query",
            "www.figma.com dns alice allowed - - -",
        ),
        ("16384", "utm:ips", "act=dropped", "skip: a finding of inspection, not a visit"),
        ("32001", "event:system", "act=login", "skip: an event of the device, not traffic"),
        (
            "00013",
            "traffic:forward",
            "act=close FTNTFGTsrcintfrole=wan FTNTFGTdstintfrole=dmz out=9 in=9",
            "skip: inbound",
        ),
    ] {
        assert_eq!(told(&[&line(id, kind, rest)]), want, "{id} {kind} {rest}");
    }
    let question = line("54802", "utm:dns", "act=pass FTNTFGTqname=www.figma.com FTNTFGTeventtype=dns-query");
    let answer = line("54802", "utm:dns", "act=pass FTNTFGTqname=www.figma.com FTNTFGTeventtype=dns-response");
    assert_eq!(told(&[&question, &answer]), "skip: answer, not a question");
    // The mark is cut off, the category is in the name.
    check(&[(
        "0|Fortinet|Fortigate|v6.0|00013|traffic:forward close|3|start=1773130542000 src=192.0.2.25 dst=203.0.113.80 dpt=443 suser=alice act=close out=9 in=8",
        "203.0.113.80 address alice allowed 9 8 -",
    )]);
}

#[test]
fn check_point_repeats_keys_and_leaves_its_name_out() {
    check(&[
        (
            "CEF:0|Check Point|URL Filtering|Check Point|Log|https|Unknown|act=Accept deviceDirection=0 rt=1773130542000 spt=51544 dpt=443 cs2Label=Rule Name cs2=Cleanup cs2Label=Rule Name cs2=Web suser=DOE, ALICE (alice) src=192.0.2.25 dst=203.0.113.80 shost=LT-0042@example.com resource=https://www.dropbox.com/ appi_name=Dropbox sent_bytes=1798200 received_bytes=55110 loguid={0x65f00ecf,0x2}",
            "www.dropbox.com url alice allowed 1798200 55110 Dropbox",
        ),
        (
            "CEF:0||VPN-1 & FireWall-1||Log|https|Unknown|act=Drop rt=1773130542000 dpt=443 src=192.0.2.25 dst=203.0.113.80 loguid={0x0,0x0,0x0,0x0}",
            "203.0.113.80 address - blocked - - -",
        ),
        (
            "CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Drop rt=1773130542000 dpt=443 src=192.0.2.25 dst=203.0.113.80 tcp_packet_out_of_state=First packet isn't SYN",
            "skip: a leftover of a session that was accepted",
        ),
        (
            "CEF:0|Check Point|Log Update|Check Point|Log|Log|Unknown|rt=1773130542000 dpt=443 src=192.0.2.25 dst=203.0.113.80 sent_bytes=1",
            "skip: an update of a connection that has a record",
        ),
        (
            "CEF:0|Check Point|SmartConsole|Check Point|Log|Log In|Unknown|act=Log In rt=1773130542000 duser=admin src=192.0.2.25",
            "skip: an event of the device, not traffic",
        ),
    ]);
}

#[test]
fn zscaler_writes_the_place_where_nobody_signed_in() {
    let line = |rest: &str| {
        format!(
            "CEF:0|Zscaler|NSSWeblog|5.7|Allowed|Allowed|3|act=Allowed app=HTTPS cat=File Host dhost=mega.nz dst=0.0.0.0 src=192.0.2.42 in=5240 out=812 rt=Mar 10 26 08:15:42 {rest}"
        )
    };
    for (rest, want) in [
        (
            "request=mega.nz/fm suser=bob@example.com spriv=Lyon HQ destinationServiceName=MEGA",
            "mega.nz url bob@example.com allowed 812 5240 MEGA",
        ),
        (
            "request=mega.nz/fm suser=Lyon HQ spriv=Lyon HQ destinationServiceName=General Browsing",
            "mega.nz url - allowed 812 5240 -",
        ),
        (
            "request=mega.nz/fm suser=bob%40example.com spriv=Lyon%20HQ",
            "mega.nz url bob@example.com allowed 812 5240 -",
        ),
        ("request=mega.nz/fm suser=Lyon%20HQ spriv=Lyon HQ", "mega.nz url - allowed 812 5240 -"),
        (
            "request=mega.nz:443 requestMethod=CONNECT suser=bob@example.com",
            "mega.nz connect bob@example.com allowed 812 5240 -",
        ),
        (
            "request=mega.nz/fm suser=bob@example.com reason=User was cautioned: Caution",
            "mega.nz url bob@example.com warned 812 5240 -",
        ),
        (
            "request=mega.nz/fm suser=bob@example.com outcome=403 - Forbidden",
            "mega.nz url bob@example.com allowed 812 5240 -",
        ),
    ] {
        assert_eq!(told(&[&line(rest)]), want, "{rest}");
    }
    check(&[
        (
            "CEF:0|Zscaler|NSSDNSlog|5.7|REQ_ALLOW|None|3|act=REQ_ALLOW suser=bob@example.com src=192.0.2.42 dst=198.51.100.53 dpt=53 dns_req=www.figma.com rt=1773130542000",
            "www.figma.com dns bob@example.com allowed - - -",
        ),
        (
            "CEF:0|Zscaler|NSSAudit|5.7|LOGIN|x|3|src=192.0.2.42 request=admin.zscaler.net",
            "skip: an event of the device, not traffic",
        ),
    ]);
}

#[test]
fn forcepoint_has_paths_for_users_and_numbers_for_categories() {
    check(&[
        (
            r"CEF:0|Forcepoint|Security|8.5.5|222|Transaction permitted|1| act=permitted app=https dvc=192.0.2.1 dst=203.0.113.80 dhost=api.monday.com dpt=443 src=192.0.2.41 suser=LDAP://192.0.2.5 OU\=Users,DC\=example,DC\=com/Alice Doe loginID=alice rt=1773130542000 in=10384 out=39670 requestMethod=POST reason=- cs1Label=Policy cs1=Default cn1Label=DispositionCode cn1=1026 request=https://api.monday.com/v2 logRecordSource=OnPrem",
            "api.monday.com url alice allowed 39670 10384 -",
        ),
        (
            "0|Websense|Security|7.7.0|9|Transaction blocked|7|act=blocked app=http dhost=mega.nz src=192.0.2.41 suser=WinNT://EXAMPLE/bob in=0 out=0 request=http://mega.nz/",
            "mega.nz url bob blocked 0 0 -",
        ),
        (
            "CEF:0|Websense|Security|7.7.0|9|Transaction blocked|7|act=confirm app=http dhost=mega.nz src=192.0.2.41 in=0 out=0 request=http://mega.nz/",
            "mega.nz url - warned 0 0 -",
        ),
    ]);
    let line = |name: &str, rest: &str| {
        format!(
            "CEF:0|FORCEPOINT|Firewall|6.10.9|70018|{name}|0|dvc=198.51.100.1 src=192.0.2.25 dst=203.0.113.80 spt=51544 dpt=443 rt=Mar 10 2026 08:15:42 app=HTTPS {rest}"
        )
    };
    let (start, end) = (line("Connection_Allowed", "act=Allow"), line("Connection_Closed", "out=10 in=20"));
    assert_eq!(told(&[&end, &start]), "203.0.113.80 address - announced - - -", "seldom is more logged");
    assert_eq!(told(&[&start, &end]), "203.0.113.80 address - allowed 10 20 -");
    assert_eq!(told(&[&line("Connection_Discarded", "act=Discard")]), "203.0.113.80 address - blocked - - -");
}

#[test]
fn sonicwall_repeats_the_bytes_of_a_session_in_its_web_hits() {
    let line = |id: &str, name: &str, rest: &str| {
        format!(
            "CEF:0|SonicWall|NSa 2700|7.0|{id}|{name}|4|cat=1024 src=192.0.2.25 spt=51544 dst=203.0.113.80 dpt=443 rt=1773130542000 susr=alice in=5240 out=1310 {rest}"
        )
    };
    let (open, close) =
        (line("98", "Connection Opened", ""), line("537", "Connection Closed", "app=49177 appName=General HTTPS"));
    let hit = line("97", "Web site hit", "dstname=www.dropbox.com arg=/");
    assert_eq!(told(&[&close]), "203.0.113.80 address alice allowed 1310 5240 -");
    assert_eq!(told(&[&close, &open]), "skip: the start of a session, counted at its end");
    assert_eq!(told(&[&close, &hit]), "www.dropbox.com url alice allowed - - -");
    assert_eq!(told(&[&hit]), told(&[&close, &hit]), "wherever the file is cut");
    assert_eq!(told(&[&line("36", "TCP connection dropped", "")]), "203.0.113.80 address alice blocked - - -");
    assert_eq!(told(&[&line("29", "Administrator login", "")]), "skip: an event of the device, not traffic");
}

#[test]
fn unifi_tells_of_admins_and_threats_too() {
    check(&[
        (
            "0|Ubiquiti|UniFi Network|9.4.19|544|Admin Accessed UniFi Network|1|UNIFIcategory=System UNIFIsubCategory=Admin UNIFIhost=Gateway src=10.72.1.2 UNIFIutcTime=2026-03-10T08:15:42.445Z msg=An admin accessed",
            "skip: an event of the device, not traffic",
        ),
        (
            "CEF:0|Ubiquiti|UniFi Network|9.4.19|201|Threat Detected and Blocked|9|proto=TCP src=192.0.2.25 spt=65020 dst=203.0.113.80 dpt=80 UNIFIcategory=Security UNIFIsubCategory=Intrusion Prevention UNIFIutcTime=2026-03-10T08:15:42.445Z msg=x",
            "skip: a finding of inspection, not a visit",
        ),
        (
            "CEF:0|Ubiquiti|UniFi Network|9.4.19|600|Flow|1|proto=TCP src=192.0.2.25 dst=203.0.113.80 dpt=443 app=Dropbox act=allow UNIFIcategory=Traffic UNIFIbytesSent=10 UNIFIbytesReceived=null UNIFIsrcClientAlias=alice-laptop UNIFIutcTime=2026-03-10T08:15:42.445Z msg=x",
            "203.0.113.80 address - allowed 10 - Dropbox",
        ),
    ]);
}

#[test]
fn connectors_keep_starts_and_ends_apart() {
    let asa = |id: &str, rest: &str| {
        format!("CEF:0|CISCO|ASA||{id}|x|3|rt=1773130542000 src=192.0.2.25 dst=203.0.113.80 dpt=443 {rest}")
    };
    let (built, torn) = (asa("302013", ""), asa("302014", "in=20 out=10"));
    assert_eq!(told(&[&torn, &built]), "skip: the start of a session, counted at its end");
    assert_eq!(told(&[&torn]), "203.0.113.80 address - allowed 10 20 -");
    assert_eq!(told(&[&asa("106023", "")]), "203.0.113.80 address - blocked - - -");
    assert_eq!(told(&[&asa("605005", "")]), "skip: an event of the device, not traffic");
    let srx = |name: &str| {
        format!(
            "CEF:0|Juniper|SRX|20|{name}|{name}|3|rt=1773130542000 src=192.0.2.25 dst=203.0.113.80 dpt=443 in=20 out=10"
        )
    };
    let (create, close) = (srx("RT_FLOW_SESSION_CREATE"), srx("RT_FLOW_SESSION_CLOSE"));
    assert_eq!(told(&[&close, &create]), "skip: the start of a session, counted at its end");
    assert_eq!(told(&[&create, &close]), "203.0.113.80 address - - 10 20 -");
}

#[test]
fn others() {
    check(&[
        (
            "CEF:0|Menlo Security|MSIP|2.0|page_request|page_request|1|event_time=2026-03-10T08:15:42.123000 userid=alice@example.com x-client-ip=198.51.100.7 origin_ip=NA domain=miro.com url=https://miro.com/app top_url=https://x.example request_type=GET response_code=200 categories=Tools pe_action=isolate",
            "miro.com url alice@example.com isolated - - -",
        ),
        (
            r"CEF:0|UserGate|UTM|7|webaccess|log|2|rt=1773130542000 act=accept suser=alice src=192.0.2.41 spt=51512 dst=203.0.113.80 dpt=443 app=HTTP/1.1 requestMethod=GET request=https://trello.com/b?x\=1 in=20411 out=1843",
            "trello.com url alice allowed 1843 20411 -",
        ),
        (
            "CEF:0|Infoblox|Data Connector|2|DNS|DNS Query|1|rt=1773130542000 src=192.0.2.41 spt=51512 destinationDnsDomain=www.figma.com. InfobloxDNSQType=A",
            "www.figma.com. dns - - - - -",
        ),
        (
            "CEF:0|Imperva Inc.|SecureSphere|12|Firewall|SQL injection|High|src=203.0.113.7 dst=192.0.2.9 dpt=443 request=https://shop.example.com/",
            "skip: inbound: a visit to a web server of one's own",
        ),
        (
            "CEF:0|CyberArk|Vault|11|7|Logon|5|act=Logon suser=alice dhost=pvwa.example.com src=192.0.2.25 dpt=443",
            "skip: a sign-in or a finding, not traffic",
        ),
        (
            "CEF:0|Any|EDR|1|1|Logon|5|suser=alice dhost=srv1.example.com src=192.0.2.25",
            "skip: not traffic: no URL, no bytes, no port",
        ),
        ("CEF:0|Any|Gate|1|1|n|5|src=10.0.0.5 dst=10.0.0.9 dpt=443 in=1 out=2", "skip: inside the network"),
        ("CEF:0|Any|Gate|1|1|n|5|src=10.0.0.5 dst=10.0.0.9 dhost=SRV1 dpt=443 in=1 out=2", "skip: inside the network"),
        ("CEF:0|Any|Gate|1|1|Access blocked|5|src=192.0.2.25 dhost=mega.nz dpt=443", "mega.nz connect - blocked - - -"),
    ]);
}

#[test]
fn what_is_no_traffic_log_is_declined() {
    let sniff = |line: &str| Cef.sniff(&Head { lines: vec![line.as_bytes(); 5] }, &Assume::default());
    assert!(sniff("CEF:0|F5|ASM|15|x|y|3|src=203.0.113.7 request=/a").declined);
    assert!(sniff("CEF:0|Any|EDR|1|1|Logon|5|suser=alice dhost=srv1.example.com").declined);
    let known = sniff("CEF:0|Palo Alto Networks|PAN-OS|10.1.6|general|SYSTEM|3|shost=fw01");
    assert!(!known.declined && known.score == 96, "traffic may follow: {known:?}");
    assert_eq!(sniff("{\"message\":\"CEF:0|Any|Gate|1|1|n|5|src=192.0.2.25\"}").score, 0);
    assert_eq!(sniff("1|2|3|4|5|6|7|8").score, 0);
}

#[test]
fn any_bytes_are_no_panic() {
    let line = "Mar 10 26 CEF:0|Palo Alto Networks|PAN-OS|10|end|TRAFFIC|1|rt=Mar 10 26 08:15:42 +01 dtz=-1 src=192.0.2.25 dst=203.0.113.80 dhost=[::1]:x suser=( act=\\ cs1Label=Department cs1=\\= request=\" in=99999999999999999999999";
    let arena = Bump::new();
    let assume = Assume::default();
    let head = Head { lines: vec![line.as_bytes()] };
    let mut reader = Cef.reader_for(&head, &assume);
    for cut in 0..line.len() {
        let _ = reader.record(&line.as_bytes()[..cut], &arena);
        let _ = reader.record(&line.as_bytes()[cut..], &arena);
    }
}
