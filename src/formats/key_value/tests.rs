use super::*;

/// What the records of a log say, in short: `user|device|source|host|address|port|up|down|action`, or a reason.
#[track_caller]
fn check(log: &str, want: &[&str]) {
    let lines: Vec<&[u8]> = log.lines().map(str::as_bytes).collect();
    let head = Head { lines: lines.clone() };
    let layout = KeyValue.layout(&head, &Assume::default()).unwrap();
    let mut reader = KeyValue.reader(&layout);
    let arena = Bump::new();
    let got: Vec<String> = lines
        .iter()
        .map(|line| match reader.record(line, &arena) {
            Parsed::Event(event) => {
                let text =
                    |value: Option<&[u8]>| value.map(|v| String::from_utf8_lossy(v).into_owned()).unwrap_or_default();
                let count = |value: Option<u64>| value.map(|v| v.to_string()).unwrap_or_default();
                format!(
                    "{}|{}|{}|{}|{}|{}|{}|{}|{}",
                    text(event.user),
                    text(event.device),
                    text(event.src_ip),
                    text(event.host),
                    text(event.dst_ip),
                    count(event.dst_port.map(u64::from)),
                    count(event.bytes_up),
                    count(event.bytes_down),
                    event.action.map_or("", |action| action.as_str()),
                )
            }
            Parsed::Skip(why) => format!("skip: {why}"),
            Parsed::Bad(problem) => format!("bad: {}", problem.reason),
            Parsed::Layout(_) | Parsed::Identity(_) => "layout".to_owned(),
        })
        .collect();
    assert_eq!(got, want, "{log}");
}

const T: &str = "time=2026-03-10T08:15:42Z";

#[test]
fn any_separator() {
    for separator in [" ", ",", "\t", ";", "|"] {
        check(
            &[T, "user=alice", "url=https://a.example/x?y=z", "sent=1", "rcvd=2", "action=allow"].join(separator),
            &["alice|||a.example||443|1|2|allowed"],
        );
    }
}

#[test]
fn an_endpoint_may_hold_a_port_and_an_interface() {
    check(&format!("{T} src=192.0.2.1:5000:X0 dst=203.0.113.1:443:X1 sent=1"), &["||192.0.2.1||203.0.113.1|443|1||"]);
    check(&format!("{T} src=192.0.2.1 dst=2001:db8::1 dport=443 sent=1"), &["||192.0.2.1||2001:db8::1|443|1||"]);
}

#[test]
fn keys_that_come_late_are_understood() {
    let first: Vec<String> = (0..3).map(|_| format!("{T} src=192.0.2.1 dst=203.0.113.1 sent=1")).collect();
    let head = Head { lines: first.iter().map(|line| line.as_bytes()).collect() };
    let layout = KeyValue.layout(&head, &Assume::default()).unwrap();
    let arena = Bump::new();
    let line = format!("{T} src=192.0.2.1 dst=203.0.113.1 username=alice url=https://a.example/x host=PC1");
    match KeyValue.reader(&layout).record(line.as_bytes(), &arena) {
        Parsed::Event(event) => {
            assert_eq!(event.user, Some(&b"alice"[..]));
            assert_eq!(event.host, Some(&b"a.example"[..]));
            assert_eq!(event.device, None);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_log_of_traffic_is_not_taken() {
    let sniff = |text: &str| {
        let head = Head { lines: text.lines().map(str::as_bytes).collect() };
        KeyValue.sniff(&head, &Assume::default())
    };
    for text in [
        "",
        "just a line of text",
        "[section]\nkey = value\nother=1",
        "{\"time\":1,\"user\":\"alice\",\"url\":\"x\"}",
        "CEF:0|a|b|c|d|e|3|rt=1773130542000 suser=alice src=192.0.2.1 dst=203.0.113.1 request=https://a.example/",
        "GET /a?time=1&user=alice&url=x&src=y&dst=z HTTP/1.1",
    ] {
        assert_eq!(sniff(text).score, 0, "{text}");
    }
    let declined = sniff("time=2026-03-10T08:15:42Z level=info msg=\"sign in\" user=alice status=200 method=POST");
    assert!(declined.declined);
    assert_eq!(declined.why, "key=value without a destination: the keys are time, level, msg, user, status, method");
    let visitors = "time=2026-03-10T08:15:42Z level=info host=shop.example.com path=/a method=GET status=200";
    assert!(sniff(visitors).declined, "an application's log of its own visitors");
}

#[test]
fn nothing_panics() {
    let line = format!("{T} user=\"a \\\"b\\\"\" src=192.0.2.1:1 dst=203.0.113.80:443:X1 url=http://[::1]:9/x sent=5");
    let head = Head { lines: vec![line.as_bytes()] };
    let layout = KeyValue.layout(&head, &Assume::default()).unwrap();
    let mut reader = KeyValue.reader(&layout);
    let arena = Bump::new();
    for at in 0..line.len() {
        let _ = reader.record(&line.as_bytes()[..at], &arena);
        let _ = KeyValue.sniff(&Head { lines: vec![&line.as_bytes()[at..]] }, &Assume::default());
        for byte in [0, b'"', b'=', b'\\', b' ', 0xff] {
            let mut line = line.clone().into_bytes();
            line[at] = byte;
            let _ = reader.record(&line, &arena);
        }
    }
}
