//! One test for each trap that the handbook names.

use super::*;

const HEAD: &str = "date=2026-03-10 time=09:15:42 devname=\"FGT-EDGE\" devid=\"FG100FTK00000001\" \
                    eventtime=1773130542871000000 tz=\"+0100\" vd=\"root\"";
const SIDES: &str = "srcip=192.0.2.41 srcport=51544 dstip=203.0.113.80 dstport=443";
const SESSION: &str = "logid=\"0000000013\" type=\"traffic\" subtype=\"forward\"";
const FILTER: &str = "logid=\"0317013312\" type=\"utm\" subtype=\"webfilter\"";

fn read(line: &str, asks: bool) -> String {
    let arena = Bump::new();
    let mut reader = Records::new(Arc::new(Bound { assume: Assume::default(), asks }));
    match reader.record(line.as_bytes(), &arena) {
        Parsed::Event(event) => told(&event),
        Parsed::Skip(why) => format!("skip: {why}"),
        Parsed::Bad(problem) => format!("bad: {}", problem.reason),
        Parsed::Identity(identity) => super::super::told::identity(&identity),
        Parsed::Layout(_) => "layout".to_owned(),
    }
}

/// What an event says, as `field:value` in the order of the list, what is `None` left out.
fn told(event: &Event<'_>) -> String {
    let text = |value: Option<&[u8]>| value.map(|value| String::from_utf8_lossy(value).into_owned());
    let fields = [
        ("user", text(event.user)),
        ("device", text(event.device)),
        ("host", text(event.host)),
        ("ip", text(event.dst_ip).filter(|ip| ip != "203.0.113.80")),
        ("path", text(event.path)),
        ("method", text(event.method)),
        ("status", event.status.map(|status| status.to_string())),
        ("action", event.action.map(|action| action.as_str().to_owned())),
        ("up", event.bytes_up.map(|bytes| bytes.to_string())),
        ("down", event.bytes_down.map(|bytes| bytes.to_string())),
        ("ms", event.duration_ms.map(|millis| millis.to_string())),
        ("category", text(event.category)),
        ("app", text(event.app)),
        ("by", Some(event.evidence.as_str().to_owned())),
    ];
    let told: Vec<String> =
        fields.iter().filter_map(|(name, value)| Some(format!("{name}:{}", value.as_ref()?))).collect();
    told.join(" ")
}

/// A whole record with these pairs.
#[track_caller]
fn check(kind: &str, pairs: &str, want: &str) {
    assert_eq!(read(&format!("{HEAD} {kind} {SIDES} {pairs}"), false), want, "{kind} {pairs}");
}

fn at(line: &str) -> Option<i64> {
    let arena = Bump::new();
    let mut reader = Records::new(Arc::new(Bound { assume: Assume::default(), asks: false }));
    match reader.record(line.as_bytes(), &arena) {
        Parsed::Event(event) => event.at.map(|at| at.0),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn a_session_has_bytes_and_an_address() {
    check(
        SESSION,
        "action=\"close\" user=\"alice\" app=\"Dropbox\" appcat=\"Storage.Backup\" duration=64 sentbyte=1798200 rcvdbyte=55110",
        "user:alice action:allowed up:1798200 down:55110 ms:64000 category:Storage.Backup app:Dropbox by:address",
    );
    check(
        "logid=\"0004000017\" type=traffic subtype=sniffer",
        "action=accept sentbyte=1 rcvdbyte=2",
        "action:allowed up:1 down:2 by:address",
    );
}

#[test]
fn a_long_session_is_counted_by_what_came_since_the_last_record() {
    let interim = SESSION.replace("00013", "00020");
    let totals = "action=\"accept\" sentbyte=1000 rcvdbyte=2000";
    check(&interim, &format!("{totals} sentdelta=300 rcvddelta=400"), "action:announced up:300 down:400 by:address");
    // The last record repeats the sum.
    check(SESSION, &format!("{totals} sentdelta=30 rcvddelta=40"), "action:allowed up:30 down:40 by:address");
    check(SESSION, &format!("{totals} sentdelta=0 rcvddelta=0"), "action:allowed up:0 down:0 by:address");
    // A sum of a session that is still open comes again when it ends.
    check(&interim, totals, "action:announced by:address");
    check(SESSION, totals, "action:allowed up:1000 down:2000 by:address");
    // Half a delta is no sum.
    check(SESSION, &format!("{totals} sentdelta=30"), "action:allowed up:30 by:address");
}

#[test]
fn the_start_of_a_session_comes_again_at_its_end() {
    for id in ["0000000015", "0000000016"] {
        let start = SESSION.replace("0000000013", id);
        check(&start, "action=\"start\"", "skip: the start of a session, counted at its end");
    }
    check(SESSION, "action=\"start\"", "skip: the start of a session, counted at its end");
}

#[test]
fn bytes_of_inspection_are_no_bytes_of_the_session() {
    check(
        FILTER,
        "action=\"passthrough\" hostname=\"www.dropbox.com\" url=\"/a?b=c\" sentbyte=517 rcvdbyte=0",
        "host:www.dropbox.com path:/a action:allowed by:url",
    );
    check(
        "logid=\"1059028704\" type=\"utm\" subtype=\"app-ctrl\"",
        "action=\"pass\" app=\"Slack\" sentbyte=517 rcvdbyte=9",
        "action:allowed app:Slack by:address",
    );
}

#[test]
fn traffic_of_the_device_and_events_are_left_out() {
    check(&SESSION.replace("forward", "local"), "action=close", "skip: traffic of the device itself");
    check(&SESSION.replace("forward", "multicast"), "action=accept", "skip: multicast");
    check("logid=\"0100032001\" type=event subtype=system", "", "skip: an event of the device, not traffic");
    check("logid=\"0102043008\" type=event subtype=user", "user=alice", "skip: a sign-in, not traffic");
    check("logid=\"0101039424\" type=event subtype=vpn", "user=alice", "skip: a tunnel to the house, not traffic");
    check("logid=\"0419016384\" type=utm subtype=ips", "", "skip: a finding of inspection, not a visit");
    check("logid=\"0720018432\" type=anomaly subtype=anomaly", "", "skip: a finding of inspection, not a visit");
    check("logid=\"9999999999\" type=new", "", "skip: a log that tells of no traffic");
    assert_eq!(read("date=2026-03-10 time=09:15:42 srcip=192.0.2.41", false), "bad: no `type=`");
}

#[test]
fn inside_and_inbound_are_left_out() {
    let sides = |more: &str| read(&format!("{HEAD} {SESSION} action=close {more}"), false);
    assert_eq!(sides("srcip=10.1.2.3 dstip=10.1.2.4"), "skip: inside the network");
    assert_eq!(sides("srcip=198.51.100.9 dstip=10.1.2.4"), "skip: inbound");
    assert_eq!(sides("srcip=198.51.100.9 srcintfrole=\"wan\" dstip=203.0.113.80 dstintfrole=\"dmz\""), "skip: inbound");
    assert_eq!(
        sides("srcip=10.1.2.3 srcintfrole=\"wan\" dstip=203.0.113.80 dstintfrole=\"undefined\""),
        "action:allowed by:address"
    );
    assert_eq!(
        sides("srcip=198.51.100.9 srcintfrole=\"wan\" dstip=203.0.113.80 dstintfrole=\"wan\""),
        "action:allowed by:address"
    );
}

#[test]
fn what_became_of_it_is_told_by_policy_and_then_by_inspection() {
    for (pairs, want) in [
        ("action=accept", "allowed"),
        ("action=timeout", "allowed"),
        ("action=client-rst", "allowed"),
        ("action=server-rst", "allowed"),
        ("action=dns", "allowed"),
        ("action=ip-conn", "error"),
        ("action=deny", "blocked"),
        ("action=blocked", "blocked"),
        ("action=close utmaction=\"block\"", "blocked"),
        ("action=close utmaction=\"reset\"", "blocked"),
        ("action=close utmaction=\"allow\"", "allowed"),
    ] {
        check(SESSION, pairs, &format!("action:{want} by:address"));
    }
    for (pairs, want) in [
        ("action=passthrough", "allowed"),
        ("action=blocked", "blocked"),
        ("eventtype=\"ftgd_quota_counting\" action=passthrough", "warned"),
        ("eventtype=\"ftgd_quota_expired\" action=blocked", "blocked"),
        ("action=warning", "warned"),
        ("action=authenticate", "warned"),
    ] {
        check(FILTER, &format!("hostname=a.example {pairs}"), &format!("host:a.example action:{want} by:connect"));
    }
    check(FILTER, "hostname=a.example action=purple", "host:a.example by:connect");
}

#[test]
fn a_name_is_as_good_as_its_source() {
    for (kind, pairs, want) in [
        (FILTER, "hostname=\"a.example\" url=\"/x/y?z#w\"", "host:a.example path:/x/y by:url"),
        (FILTER, "hostname=\"a.example\" url=\"https://a.example/x\"", "host:a.example path:/x by:url"),
        (FILTER, "hostname=\"a.example:8443\" url=\"/x\"", "host:a.example path:/x by:url"),
        (FILTER, "url=\"https://b.example/x\"", "host:b.example path:/x by:url"),
        // Not decrypted: the name is that of the greeting, the URL is made up from it.
        (FILTER, "hostname=\"a.example\" url=\"/\"", "host:a.example by:sni"),
        (FILTER, "hostname=\"a.example\" url=\"https://a.example/\"", "host:a.example by:sni"),
        (FILTER, "hostname=\"a.example\" url=\"http://a.example/\"", "host:a.example path:/ by:url"),
        (FILTER, "hostname=\"a.example\"", "host:a.example by:connect"),
        ("logid=\"1700062300\" type=utm subtype=ssl", "hostname=\"a.example\"", "host:a.example by:sni"),
        ("logid=\"1700062300\" type=utm subtype=ssl", "sni=\"a.example\"", "host:a.example by:sni"),
        (SESSION, "hostname=\"a.example\" dstname=\"b.example\"", "host:a.example by:connect"),
        (SESSION, "dstname=\"b.example\"", "host:b.example by:connect"),
        // The name of an address object.
        (SESSION, "dstname=\"Dropbox servers\"", "by:address"),
        (SESSION, "dstname=\"dropbox\"", "by:address"),
        (SESSION, "hostname=\"203.0.113.9\"", "by:address"),
        (SESSION, "hostname=\"N/A\" dstinetsvc=\"Dropbox-Web\"", "app:Dropbox-Web by:address"),
        (SESSION, "service=\"HTTPS\" app=\"Dropbox\" dstinetsvc=\"x\"", "app:Dropbox by:address"),
    ] {
        check(kind, pairs, want);
    }
    assert_eq!(
        read(&format!("{HEAD} {FILTER} srcip=192.0.2.1 hostname=\"203.0.113.9\" url=\"/x\""), false),
        "ip:203.0.113.9 by:address"
    );
    assert_eq!(read(&format!("{HEAD} {SESSION} srcip=192.0.2.1"), false), "bad: no destination");
}

#[test]
fn the_rating_method_is_no_request_method() {
    check(FILTER, "hostname=a.example url=/x method=\"domain\"", "host:a.example path:/x by:url");
    check(FILTER, "hostname=a.example url=/x httpmethod=\"POST\"", "host:a.example path:/x method:POST by:url");
}

#[test]
fn look_ups_are_questions_and_blocked_answers() {
    const DNS: &str = "logid=\"1500054000\" type=\"utm\" subtype=\"dns\"";
    let dns = |pairs: &str, asks| read(&format!("{HEAD} {DNS} {SIDES} {pairs}"), asks);
    // The resolver's address is no destination.
    assert_eq!(dns("eventtype=\"dns-query\" qname=\"slack.com\"", true), "host:slack.com by:dns");
    assert_eq!(dns("qname=\"[slack.com]\" action=pass", true), "host:slack.com action:allowed by:dns");
    let answer = "eventtype=\"dns-response\" qname=\"slack.com\" action=";
    assert_eq!(dns(&format!("{answer}pass"), true), "skip: answer, not a question");
    assert_eq!(dns(&format!("{answer}pass"), false), "host:slack.com action:allowed by:dns");
    assert_eq!(dns(&format!("{answer}block"), true), "host:slack.com action:blocked by:dns");
    assert_eq!(dns(&format!("{answer}redirect"), true), "host:slack.com action:blocked by:dns");
    assert_eq!(dns("qname=\"41.2.0.192.in-addr.arpa\"", true), "skip: a reverse look-up");
    assert_eq!(dns("action=pass", true), "skip: a look-up without a name");
    check("logid=\"54000\" type=dns", "qname=slack.com", "host:slack.com by:dns");
}

#[test]
fn the_source_of_the_log_is_no_client() {
    check(SESSION, "srcname=\"LT-0042\" action=close", "device:LT-0042 action:allowed by:address");
    check(SESSION, "srcname=\"192.0.2.41\"", "by:address");
}

#[test]
fn people_are_those_who_signed_in_or_were_recognized() {
    check(SESSION, "user=\"EXAMPLE\\\\alice\" unauthuser=\"bob\"", "user:EXAMPLE\\alice by:address");
    check(SESSION, "user=\"\" unauthuser=\"bob\" unauthusersource=\"forticlient\"", "user:bob by:address");
    check(SESSION, "user=\"N/A\" clouduser=\"alice@example.com\"", "by:address");
}

#[test]
fn times() {
    let line = |times: &str| format!("{times} devid=F {SESSION} {SIDES}");
    const WANT: i64 = 1_773_130_542_000;
    for (times, want) in [
        ("date=2026-03-10 time=09:15:42 eventtime=1773130542", WANT),
        ("date=2026-03-10 time=09:15:42 eventtime=1773130542871", WANT + 871),
        ("date=2026-03-10 time=09:15:42 eventtime=1773130542871000", WANT + 871),
        ("date=2026-03-10 time=09:15:42 eventtime=1773130542871000000 tz=\"+0500\"", WANT + 871),
        ("date=2026-03-10 time=09:15:42 tz=\"+0100\"", WANT),
        ("date=2026-03-10 time=03:15:42 tz=-0500", WANT),
        ("date=2026-03-10 time=13:45:42 tz=\"+05:30\"", WANT),
        ("date=2026-03-10 time=08:15:42", WANT),
        ("date=2026-03-10 time=08:15:42 tz=\"what\"", WANT),
        ("date=2026-03-10 time=08:15:42 eventtime=what", WANT),
        ("timestamp=1773130542 time=09:15:42", WANT),
        ("itime=1700000000 date=2026-03-10 time=08:15:42", WANT),
        ("1700000000 date=2026-03-10 time=08:15:42", WANT),
        ("eventtime=1773130542 eventtime=1700000000", WANT),
    ] {
        assert_eq!(at(&line(times)), Some(want), "{times}");
    }
    // The envelope's time.
    assert_eq!(at(&line("time=08:15:42")), None);
    assert_eq!(read(&line("date=2026-13-10 time=08:15:42"), false), "bad: the time is not readable");
}

#[test]
fn any_order_and_quoting() {
    let want = "user:alice host:a.example path:/x,y z action:blocked by:url";
    let pairs = [
        "date=2026-03-10",
        "time=08:15:42",
        "logid=\"0317013312\"",
        "type=\"utm\"",
        "subtype=\"webfilter\"",
        "user=\"alice\"",
        "dstip=203.0.113.80",
        "hostname=\"a.example\"",
        "url=\"/x,y z\"",
        "action=\"blocked\"",
    ];
    let blank = pairs.join(" ");
    let mut reverse = pairs;
    reverse.reverse();
    for line in [
        blank.clone(),
        reverse.join(" "),
        pairs.join(","),
        blank.replace('"', "\"\""),
        blank.replace('"', "\\\""),
        pairs.map(|pair| format!("\"{}\"", pair.replace('"', "\"\""))).join(","),
        pairs.map(|pair| format!("\"{}\"", pair.replace('"', ""))).join(","),
    ] {
        assert_eq!(read(&line, false), want, "{line}");
    }
}

#[test]
fn a_proxys_request_has_no_bytes_and_rarely_a_duration() {
    const REQUEST: &str = "logid=\"0010000099\" type=\"traffic\" subtype=\"http-transaction\"";
    check(
        REQUEST,
        "scheme=\"https\" hostname=\"api.openai.com\" url=\"https://api.openai.com/v1/chat\" method=\"POST\" statuscode=200 \
         reqlength=18233 resplength=4211 resptype=\"normal\" duration=1840 action=\"accept\"",
        "host:api.openai.com path:/v1/chat method:POST status:200 action:allowed by:url",
    );
    check(
        REQUEST,
        "hostname=a.example duration=1840 reqtime=1773130542 respfinishtime=1773130544",
        "host:a.example ms:1840 by:connect",
    );
    check(
        REQUEST,
        "hostname=a.example duration=64 reqtime=1773130542 respfinishtime=1773130606",
        "host:a.example by:connect",
    );
    check(REQUEST, "hostname=a.example action=accept resptype=\"blocked\"", "host:a.example action:blocked by:connect");
    // The leg to the origin is not the client's.
    check(
        SESSION,
        "action=close sentbyte=1 rcvdbyte=2 lanin=1 lanout=2 wanin=3 wanout=4",
        "action:allowed up:1 down:2 by:address",
    );
}

#[test]
fn nothing_panics() {
    let line = format!(
        "{HEAD} {FILTER} {SIDES} user=\"a\\\"b\" hostname=\"[::1]:9\" url=\"https://a.example/\" qname=\"[\" tz=\"+\" \
         sentbyte=99999999999999999999 duration=18446744073709551615"
    );
    let arena = Bump::new();
    let mut reader = Records::new(Arc::new(Bound { assume: Assume::default(), asks: true }));
    for at in 0..line.len() {
        let _ = reader.record(&line.as_bytes()[..at], &arena);
        let _ = reader.record(&line.as_bytes()[at..], &arena);
        for byte in [0, b'"', b'=', b'\\', b',', 0xff] {
            let mut line = line.clone().into_bytes();
            line[at] = byte;
            let _ = reader.record(&line, &arena);
        }
    }
}
