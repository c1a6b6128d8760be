use super::*;

fn told_by(counts: Counts, line: &str) -> String {
    let arena = Bump::new();
    let mut lines = Lines { bound: Bound { counts, assume: Assume::default() }, stamp: Stamp::default() };
    let show = |text: Option<&[u8]>| text.map_or("-".into(), |text| String::from_utf8_lossy(text).into_owned());
    let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
    match lines.record(line.as_bytes(), &arena) {
        Parsed::Event(event) => {
            assert!(event.at.is_some(), "{line}");
            [
                event.evidence.as_str().to_owned(),
                show(event.host.or(event.dst_ip)),
                show(event.path),
                show(event.user),
                show(event.groups),
                show(event.src_ip),
                event.action.map_or("-", Action::as_str).to_owned(),
                number(event.bytes_up),
                number(event.bytes_down),
                number(event.duration_ms),
                show(event.app),
                show(event.session),
            ]
            .join(" ")
        }
        Parsed::Skip(why) => format!("skip: {why}"),
        Parsed::Bad(problem) => format!("bad: {}", problem.reason),
        Parsed::Layout(_) | Parsed::Identity(_) => "layout".into(),
    }
}

fn structured(name: &str, data: &str) -> String {
    format!("<14>1 2026-03-12T09:14:07.412+01:00 srx01 RT_FLOW - {name} [junos@2636.1.1.1.2.129 {data}")
}

fn sentence(text: &str) -> String {
    format!("<14>Mar 12 09:14:07 srx01 {text}")
}

const ENDS: &str =
    r#"source-address="10.0.2.25" source-port="51544" destination-address="203.0.113.80" destination-port="443""#;

#[test]
fn structured_sessions() {
    let close = format!(
        r#"reason="TCP "FIN"" {ENDS} nat-destination-address="203.0.113.80" protocol-id="6" session-id="448211" bytes-from-client="18" bytes-from-server="5" elapsed-time="64" application="SSL" nested-application="DROPBOX" username="alice" roles="Finance, all" encrypted="No "]"#
    );
    let event = "address 203.0.113.80 - alice Finance, all 10.0.2.25 allowed 18 5 64000 DROPBOX 448211";
    let bare = "address 203.0.113.80 - - - 10.0.2.25";
    for (counts, name, data, want) in [
        (Counts::Closes, "RT_FLOW_SESSION_CLOSE", close.clone(), event.to_owned()),
        (Counts::Closes, "RT_FLOW_SESSION_CLOSE_LS", close.clone(), event.to_owned()),
        (Counts::Closes, "RT_FLOW_SESSION_CREATE", close.clone(), "skip: session start, counted at its end".to_owned()),
        (Counts::Starts, "RT_FLOW_SESSION_CREATE", format!("{ENDS}]"), format!("{bare} allowed - - - - -")),
        (
            Counts::Closes,
            "RT_FLOW_SESSION_DENY",
            format!("{ENDS} username=\"N/A\"]"),
            format!("{bare} blocked - - - - -"),
        ),
        // Counters that nobody closed: the first is whole, the second was cut.
        (
            Counts::Closes,
            "RT_FLOW_SESSION_CLOSE",
            format!("{ENDS} bytes-from-client=\"18\" bytes-from-server=\"551"),
            format!("{bare} allowed 18 - - - -"),
        ),
        (
            Counts::Closes,
            "RT_FLOW_SESSION_CLOSE",
            format!("{ENDS} username=”bob” application=”UNKNOWN” elapsed-time=\"-1\"]"),
            "address 203.0.113.80 - bob - 10.0.2.25 allowed - - - - -".to_owned(),
        ),
        (Counts::Closes, "RT_FLOW_SESSION_CLOSE", format!("{ENDS} protocol-id=\"1\"]"), "skip: ICMP".to_owned()),
        (
            Counts::Closes,
            "RT_FLOW_SESSION_CLOSE",
            format!("{ENDS} username=\"\" roles=\"Sales, all\" bytes-from-client=\"7\"]").replace('"', "\"\""),
            "address 203.0.113.80 - - Sales, all 10.0.2.25 allowed 7 - - - -".to_owned(),
        ),
        (
            Counts::Closes,
            "RT_FLOW_SESSION_CLOSE",
            r#"source-address="198.51.100.9" destination-address="203.0.113.5" nat-destination-address="10.0.9.80"]"#
                .to_owned(),
            "skip: inbound".to_owned(),
        ),
        (
            Counts::Closes,
            "RT_FLOW_SESSION_CLOSE",
            "source-address=\"10.0.2.25\" destina".to_owned(),
            "bad: no addresses: the record may be cut off".to_owned(),
        ),
        (
            Counts::Closes,
            "APPTRACK_SESSION_CLOSE",
            close.clone(),
            "skip: application tracking of a session that is counted".to_owned(),
        ),
        (Counts::Tracked, "APPTRACK_SESSION_CLOSE", close.clone(), event.to_owned()),
        (
            Counts::Tracked,
            "RT_FLOW_SESSION_CLOSE",
            close.clone(),
            "skip: a session that application tracking has counted".to_owned(),
        ),
        (
            Counts::Tracked,
            "APPTRACK_SESSION_VOL_UPDATE",
            close.clone(),
            "skip: a session under way, counted at its end".to_owned(),
        ),
    ] {
        assert_eq!(told_by(counts, &structured(name, &data)), want, "{name} {data}");
    }
}

#[test]
fn sessions_as_sentences() {
    for (text, want) in [
        (
            "RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 10.0.2.25/51544->203.0.113.80/443 0x0 junos-https 198.51.100.4/38122->203.0.113.80/443 0x0 source rule r1 N/A N/A 6 LAN-to-WAN trust untrust 448211 1290(1798200) 470(55110) 64 SSL DROPBOX alice(Finance) ge-0/0/1.0 Yes",
            "address 203.0.113.80 - alice Finance 10.0.2.25 allowed 1798200 55110 64000 DROPBOX 448211",
        ),
        (
            "RT_FLOW: session closed idle Timeout: 10.0.2.25/1->203.0.113.80/443 junos-https 198.51.100.4/1->203.0.113.80/443 None None 6 p trust untrust 8371 5(420) 4(320) 2",
            "address 203.0.113.80 - - - 10.0.2.25 allowed 420 320 2000 - 8371",
        ),
        (
            "RT_FLOW: RT_FLOW_SESSION_DENY: session denied 10.0.2.25/1->203.0.113.80/443 0x0 junos-https 6(0) deny-all trust untrust UNKNOWN UNKNOWN alice(N/A) vlan.5 No Denied by policy",
            "address 203.0.113.80 - alice - 10.0.2.25 blocked - - - - -",
        ),
        (
            "RT_FLOW_SESSION_DENY: session denied 10.0.2.25/1->203.0.113.80/0 icmp 1(8) deny-all trust untrust",
            "skip: ICMP",
        ),
        (
            "RT_FLOW: RT_FLOW_SESSION_CREATE: session created 10.0.2.25/58662->203.0.113.53/53 junos-dns-udp 198.51.100.4/5->203.0.113.53/53 r None 17 p trust untrust 6316 N/A(N/A) vlan.192",
            "skip: session start, counted at its end",
        ),
        (
            "RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 2001:db8::25/5->2001:db8::80/443 0x0 junos-https 2001:db8::25/5->2001:db8::80/443 0x0 N/A N/A N/A N/A 6 p trust untrust 4 1(2) 3(4) 5 UNKNOWN UNKNOWN N/A(N/A) ge-0/0/1.0 No",
            "address 2001:db8::80 - - - 2001:db8::25 allowed 2 4 5000 - 4",
        ),
        ("RT_FLOW: session closed x: 10.0.2.25/51544->203.0.1", "bad: no addresses: the record may be cut off"),
        (
            "RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 10.0.2.25/51544",
            "bad: no addresses: the record may be cut off",
        ),
    ] {
        assert_eq!(told_by(Counts::Closes, &sentence(text)), want, "{text}");
    }
    let start = "RT_FLOW_SESSION_CREATE: session created 10.0.2.25/58662->203.0.113.53/53 junos-dns-udp 198.51.100.4/5->203.0.113.53/53 r None 17 p trust untrust 6316 bob(Sales) vlan.192";
    assert_eq!(
        told_by(Counts::Starts, &sentence(start)),
        "address 203.0.113.53 - bob Sales 10.0.2.25 allowed - - - - 6316"
    );
}

#[test]
fn requests() {
    let old = |name, port, rest| {
        sentence(&format!(
            "RT_UTM: WEBFILTER_URL_{name}: WebFilter: ACTION=\"x\" 10.0.2.25(62054)->203.0.113.80({port}) {rest}"
        ))
    };
    for (line, want) in [
        (
            structured(
                "WEBFILTER_URL_BLOCKED",
                &format!(
                    "{ENDS} session-id=\"4\" category=\"Enhanced_File_Sharing\" url=\"wetransfer.com\" obj=\"/\" username=\"alice\" roles=\"N/A\"]"
                ),
            ),
            "sni wetransfer.com - alice - 10.0.2.25 blocked - - - - 4",
        ),
        (
            old(
                "PERMITTED",
                80,
                "CATEGORY=\"a b\" REASON=\"BY_PRE_DEFINED\" PROFILE=\"p q\" URL=www.box.com OBJ=/a/b?c=username username N/A roles N/A",
            ),
            "url www.box.com /a/b - - 10.0.2.25 allowed - - - - -",
        ),
        (
            old(
                "BLOCKED",
                80,
                "CATEGORY=\"c\" REASON=\"BY_BLACK_LIST\" PROFILE=\"\" URL=www.box.com OBJ=/a USERNAME=bob ROLES=Sales",
            ),
            "url www.box.com /a bob Sales 10.0.2.25 blocked - - - - -",
        ),
        (
            old("PERMITTED", 443, "CATEGORY=\"c\" URL=203.0.113.9 OBJ=/ username N/A roles N/A"),
            "address 203.0.113.9 - - - 10.0.2.25 allowed - - - - -",
        ),
        (old("PERMITTED", 80, "CATEGORY=\"c\" URL=www.bo"), "bad: no addresses: the record may be cut off"),
    ] {
        assert_eq!(told_by(Counts::Closes, &line), want, "{line}");
    }
}

#[test]
fn other_messages() {
    for (line, want) in [
        (
            sentence("RT_IDP: IDP_ATTACK_LOG_EVENT: IDP: at 1, <192.0.2.1/4->203.0.113.1/80>"),
            "skip: a verdict or a state of the firewall, no traffic",
        ),
        (sentence("mib2d[1484]: SNMP_TRAP_LINK_UP: ifIndex 584"), "skip: another message of the device"),
        (
            structured("UI_DBASE_LOGOUT_EVENT", "username=\"carol\"]").replace("RT_FLOW - ", "mgd 3046 "),
            "skip: another message of the device",
        ),
        (sentence("RT_FLOW: RT_FLOW_NEXTHOP_CHANGE: x"), "skip: no session of its own"),
        ("nonsense".to_owned(), "bad: not a message of Junos"),
        (String::new(), "skip: an empty line"),
    ] {
        assert_eq!(told_by(Counts::Closes, &line), want, "{line}");
    }
}
