use proptest::prelude::*;

use super::*;

const RECORD: &str =
    "1773130542.871    120 192.0.2.41 TCP_MISS/200 4211 GET http://example.com/a - HIER_DIRECT/203.0.113.9 -";
/// 2026-03-10T08:15:42Z
const WHEN: i64 = 1_773_130_542_000;

fn assume() -> Assume {
    Assume { newest: Some(Timestamp(WHEN + 86_400_000)), ..Assume::default() }
}

/// The envelopes proposed for ten such lines, with what the first line is inside them.
fn opened(line: &str) -> Vec<(String, String, Option<i64>)> {
    let assume = assume();
    let arena = Bump::new();
    let lines = [line.as_bytes(); 10];
    Envelope::candidates(&lines, &assume)
        .iter()
        .map(|envelope| {
            let letter = envelope.open(lines[0], &assume, &arena).unwrap();
            (envelope.describe(), String::from_utf8_lossy(letter.line).into_owned(), letter.at.map(|at| at.0))
        })
        .collect()
}

/// Some proposed envelope of that name holds the record, sent at `at` milliseconds after the second.
fn check(name: &str, line: &str, record: &str, at: Option<i64>) {
    let all = opened(line);
    assert_eq!(all[0].0, "", "the bare record comes first");
    let expected = (name.to_owned(), record.to_owned(), at.map(|millis| WHEN + millis));
    assert!(all.contains(&expected), "{line}\n{expected:?} is not in {all:#?}");
}

#[test]
fn a_short_rfc_5424_head_before_cef_and_leef() {
    for record in
        ["LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|8.1|allow|cat=TRAFFIC", "CEF:0|A|B|1|2|3|4|a=b"]
    {
        let line = format!("<111>1 2026-03-10T08:15:42+00:00 fw1 {record}");
        check("RFC 5424 syslog", &line, record, Some(0));
    }
}

#[test]
fn syslog_heads() {
    let bsd = "RFC 3164 syslog";
    for (head, at) in [
        ("<13>Mar 10 08:15:42 proxy1 squid[911]: ", Some(0)),
        ("Mar 10 08:15:42 proxy1 (squid-1): ", Some(0)),
        ("Mar 10 08:15:42 proxy1 ", Some(0)),
        ("Mar 10 08:15:42 squid[911]: ", Some(0)),
        ("Mar 10 08:15:42 squid[911]:", Some(0)),
        ("Mar 10 08:15:42 proxy1 proxy1 squid: ", Some(0)),
        ("Mar 10 2026 08:15:42 proxy1 squid: ", Some(0)),
        ("<13>2026 Mar 10 08:15:42 proxy1 squid: ", Some(0)),
        ("Mar 10 08:15:42.250 192.0.2.1 squid: ", Some(250)),
        ("Mar 10 2026 08:15:42: squid: ", Some(0)),
        ("<13> 2026-03-10T09:15:42.871+01:00 proxy1 squid[911]: ", Some(871)),
        ("2026-03-10T08:15:42Z proxy1 squid[911]: ", Some(0)),
        ("2026:03:10-08:15:42 utm httpproxy[4711]: ", Some(0)),
        ("<13>proxy1 squid[911]: ", None),
    ] {
        check(bsd, &format!("{head}{RECORD}"), RECORD, at);
    }
    check("RFC 3164 syslog without a host", &format!("Mar 10 08:15:42 {RECORD}"), RECORD, Some(0));
    check("RFC 3164 syslog without a host", &format!("<13>{RECORD}"), RECORD, None);
    for (head, at) in [
        ("<13>1 2026-03-10T08:15:42.871Z proxy1 squid 911 - - ", Some(871)),
        ("<13>1 2026-03-10T08:15:42Z proxy1 squid 911 - - \u{feff}", Some(0)),
        ("<13> 1 2026-03-10T08:15:42Z proxy1 squid 911 ID47 [a@1 b=\"]\\\"\" c=\"\"][d] ", Some(0)),
        ("<13>1 - - squid - - - ", None),
    ] {
        check("RFC 5424 syslog", &format!("{head}{RECORD}"), RECORD, at);
    }
    check("octet count, RFC 3164 syslog", &format!("181 <13>Mar 10 08:15:42 proxy1 squid: {RECORD}"), RECORD, Some(0));
}

#[test]
fn collectors() {
    let docker = format!(r#"{{"log":"{RECORD}\n","stream":"stdout","time":"2026-03-10T08:15:42.5Z"}}"#);
    check("JSON \"log\"", &docker, RECORD, Some(500));
    let journal = format!(r#"{{"__REALTIME_TIMESTAMP":"1773130542000000","MESSAGE":"{RECORD}","_PID":"911"}}"#);
    check("JSON \"MESSAGE\"", &journal, RECORD, Some(0));
    let elastic = format!(r#"{{"@timestamp":"2026-03-10T08:15:42Z","event":{{"original":"{RECORD}"}}}}"#);
    check("JSON \"event.original\"", &elastic, RECORD, Some(0));
    let splunk = format!(r#"{{"preview":false,"result":{{"_raw":"{RECORD}","_time":"2026-03-10 08:15:42.000 UTC"}}}}"#);
    check("JSON \"result._raw\"", &splunk, RECORD, Some(0));
    check("Kubernetes", &format!("2026-03-10T08:15:42.871393847Z stdout F {RECORD}"), RECORD, Some(871));
    // The innermost time is the one that is kept.
    let relay =
        format!(r#"{{"message":"<13>Mar 10 08:15:42 proxy1 squid: {RECORD}","@timestamp":"2026-03-10T08:20:00Z"}}"#);
    check("JSON \"message\", RFC 3164 syslog", &relay, RECORD, Some(0));
    let four = format!("2026-03-10T08:15:43Z stdout F {}", relay.replace("squid: ", "squid: Info: "));
    check("Kubernetes, JSON \"message\", RFC 3164 syslog, \"Info:\"", &four, RECORD, Some(0));
    check(
        "RFC 3164 syslog, \"@cee:\"",
        "Mar 10 08:15:42 fw suricata[7]: @cee: {\"a\":\"bcdefgh\"}",
        "{\"a\":\"bcdefgh\"}",
        Some(0),
    );
    let tabs = "Mar 10 08:15:42 sensor zeek: 1773130542.871#011CHhAvVGS1DHFjwGM9#0111#09";
    check("RFC 3164 syslog, control characters as #nnn", tabs, "1773130542.871\tCHhAvVGS1DHFjwGM9\t1#09", Some(0));
}

#[test]
fn bare_records_stay_bare() {
    for line in [
        RECORD,
        "192.0.2.1 - alice [10/Mar/2026:08:15:42 +0000] \"GET / HTTP/1.1\" 200 1",
        "2026-03-10 08:15:42 a b: c",
    ] {
        assert_eq!(opened(line), [(String::new(), line.to_owned(), None)]);
    }
}

#[test]
fn a_stray_line_is_left_as_it_is_and_a_broken_envelope_is_told() {
    let assume = assume();
    let arena = Bump::new();
    let wrapped = format!("<13>1 2026-03-10T08:15:42Z proxy1 squid 911 - - {RECORD}");
    let envelope = &Envelope::candidates(&[wrapped.as_bytes()], &assume)[1];
    let open = |line: &'static str| envelope.open(line.as_bytes(), &assume, &arena).map(|letter| letter.line);
    assert_eq!(open(RECORD), Ok(RECORD.as_bytes()));
    assert_eq!(open("<13>Mar 10 08:15:42 proxy1 squid: x y"), Ok(&b"x y"[..]), "relays mix both kinds");
    let broken = open("<13>1 2026-03-10T08:15:42Z proxy1 squid 911 - [a b=\"");
    assert_eq!(broken, Err(Problem::new("structured data of syslog is not closed", 46)));
    let docker = format!(r#"{{"log":"{RECORD}\n","stream":"stdout"}}"#);
    let envelope = &Envelope::candidates(&[docker.as_bytes()], &assume)[1];
    let cut = envelope.open(&docker.as_bytes()[..50], &assume, &arena).map(|letter| letter.line.to_vec());
    assert_eq!(cut, Err(Problem::new("the JSON around the record is cut off", 50)));
}

proptest! {
    #[test]
    fn never_panics(lines in prop::collection::vec(junk(), 1..5)) {
        let assume = assume();
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        let arena = Bump::new();
        let found = Envelope::candidates(&lines, &assume);
        prop_assert!(found[0].is_none() && found.len() <= MAX_CANDIDATES);
        for envelope in &found {
            prop_assert!(envelope.layers.len() <= MAX_LAYERS);
            for line in &lines {
                let _ = envelope.open(line, &assume, &arena);
            }
        }
    }
}

/// Pieces of envelopes in any order, cut anywhere.
fn junk() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("<13>"),
        Just("1 "),
        Just("- "),
        Just("[a b=\""),
        Just("\"] "),
        Just("12 "),
        Just("Mar 10 08:15:42 "),
        Just("2026-03-10T08:15:42Z "),
        Just("stdout F "),
        Just("proxy1 "),
        Just("squid[911]: "),
        Just("Info: "),
        Just("{\"message\":\""),
        Just("\\u00e9\\n\"}"),
        Just("#011"),
        Just("\u{e9}"),
    ];
    (prop::collection::vec(piece, 0..10), any::<prop::sample::Index>()).prop_map(|(pieces, at)| {
        let text = pieces.concat().into_bytes();
        let at = at.index(text.len() + 1);
        text[..at].to_vec()
    })
}
