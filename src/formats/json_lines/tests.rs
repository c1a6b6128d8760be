use proptest::prelude::*;

use super::*;
use crate::event::{Action, Event};
use crate::formats::Tells;

/// What a line is, in a few words.
fn show(parsed: &Parsed<'_>) -> String {
    let event = match parsed {
        Parsed::Event(event) => event,
        Parsed::Skip(why) => return format!("({why})"),
        Parsed::Bad(problem) => return format!("bad at {}: {}", problem.at, problem.reason),
        Parsed::Identity(identity) => return crate::formats::told::identity(identity),
        Parsed::Layout(_) => return "layout".to_owned(),
    };
    let Event { at, user, device, src_ip, host, dst_ip, dst_port, path, method, status, action, .. } = event;
    let Event { bytes_up, bytes_down, duration_ms, category, app, session, evidence, .. } = event;
    let mut out = evidence.as_str().to_owned();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            out.push_str(&format!(" {name}={value}"));
        }
    };
    let text = |text: &Option<&[u8]>| text.map(|text| String::from_utf8_lossy(text).into_owned());
    add("at", at.map(|at| (at.0 - WHEN).to_string()));
    add("user", text(user));
    add("device", text(device));
    add("src", text(src_ip));
    add("host", text(host));
    add("dst", text(dst_ip));
    add("port", dst_port.map(|port| port.to_string()));
    add("path", text(path));
    add("method", text(method));
    add("status", status.map(|status| status.to_string()));
    add("action", action.map(|action| action.as_str().to_owned()));
    add("up", bytes_up.map(|bytes| bytes.to_string()));
    add("down", bytes_down.map(|bytes| bytes.to_string()));
    add("ms", duration_ms.map(|millis| millis.to_string()));
    add("category", text(category));
    add("app", text(app));
    add("session", text(session));
    out
}

/// 2026-03-10T08:15:42Z
const WHEN: i64 = 1_773_130_542_000;

/// A log, line by line with what each is, and what the sniff says of it.
fn check(why: &str, log: &[(&str, &str)]) {
    let head = Head { lines: log.iter().map(|(line, _)| line.as_bytes()).collect() };
    let guess = JsonLines.sniff(&head, &Assume::default());
    assert_eq!(guess.why, why);
    let layout = JsonLines.layout(&head, &Assume::default()).unwrap();
    let mut reader = JsonLines.reader(&layout);
    let arena = Bump::new();
    for (line, expected) in log {
        assert_eq!(show(&reader.record(line.as_bytes(), &arena)), *expected, "{line}");
    }
}

#[test]
fn ecs_nested_and_dotted() {
    check(
        "6 of 6 lines are JSON objects with ECS keys",
        &[
            (
                r#"{"@timestamp":"2026-03-10T08:15:42.000Z","user":{"email":"alice@example.com","name":"alice"},"source":{"ip":"192.0.2.41","bytes":1843},"destination":{"ip":"203.0.113.80","port":443,"bytes":20411},"url":{"domain":"api.linear.app","full":"https:\/\/api.linear.app\/graphql?q"},"http":{"request":{"method":"POST"},"response":{"status_code":200}},"event":{"type":["connection","denied"],"duration":97000000,"outcome":"success"}}"#,
                "url at=0 user=alice src=192.0.2.41 host=api.linear.app dst=203.0.113.80 port=443 path=/graphql method=POST status=200 action=blocked up=1843 down=20411 ms=97",
            ),
            (
                r#"{"@timestamp":1773130542000,"source.ip":"192.0.2.41","tls.client.server_name":"slack.com","network.bytes":100,"source.bytes":40,"event.outcome":"failure"}"#,
                "sni at=0 src=192.0.2.41 host=slack.com up=40 down=60",
            ),
            (
                r#"{"@timestamp":"2026-03-10T08:15:42Z","client":{"ip":"192.0.2.41"},"destination":{"ip":"192.0.2.53","port":53},"dns":{"question":{"name":"claude.ai"},"type":"query"}}"#,
                "dns at=0 src=192.0.2.41 host=claude.ai",
            ),
            (
                r#"{"@timestamp":"2026-03-10T08:15:42Z","client":{"ip":"192.0.2.41"},"dns":{"question":{"name":"claude.ai"},"type":"answer"}}"#,
                "(answer, not a question)",
            ),
            (
                r#"{"@timestamp":"2026-03-10T08:15:42Z","source":{"ip":"192.0.2.41"},"destination":{"domain":"x.com"},"flow":{"final":false}}"#,
                "(an interim record of a flow)",
            ),
            (
                r#"{"@timestamp":"2026-03-10T08:15:42Z","ecs":{"version":"8.17"},"event":{"action":"login"},"user":{"name":"bob"}}"#,
                "(no destination)",
            ),
        ],
    );
}

#[test]
fn ocsf_numbers_are_words() {
    check(
        "5 of 5 lines are JSON objects with OCSF keys",
        &[
            (
                r#"{"class_uid":4002,"activity_id":6,"time":1773130542000,"metadata":{"version":"1.3.0"},"actor":{"user":{"name":"alice"}},"src_endpoint":{"ip":"192.0.2.41","hostname":"LT-0412"},"dst_endpoint":{"ip":"203.0.113.80","port":443},"http_request":{"url":{"hostname":"api.linear.app","url_string":"https://api.linear.app/graphql"}},"http_response":{"code":200},"traffic":{"bytes_out":1843,"bytes_in":20411},"action_id":2}"#,
                "url at=0 user=alice device=LT-0412 src=192.0.2.41 host=api.linear.app dst=203.0.113.80 port=443 path=/graphql method=POST status=200 action=blocked up=1843 down=20411",
            ),
            (
                r#"{"class_uid":4001,"activity_id":2,"time":1773130542000,"duration":64000,"src_endpoint":{"ip":"192.0.2.25"},"dst_endpoint":{"ip":"203.0.113.80","port":443,"hostname":"www.dropbox.com"},"traffic":{"bytes_out":5,"bytes":11},"disposition_id":1}"#,
                "connect at=0 src=192.0.2.25 host=www.dropbox.com dst=203.0.113.80 port=443 action=allowed up=5 down=6 ms=64000",
            ),
            (
                r#"{"class_uid":4001,"activity_id":1,"time":1773130542000,"src_endpoint":{"ip":"192.0.2.25"},"dst_endpoint":{"ip":"203.0.113.80"}}"#,
                "(the opening of a session; its end is counted)",
            ),
            (
                r#"{"class_uid":4003,"activity_id":6,"time":1773130542000,"src_endpoint":{"ip":"192.0.2.25"},"query":{"hostname":"api.notion.com."},"dst_endpoint":{"ip":"192.0.2.53"}}"#,
                "dns at=0 src=192.0.2.25 host=api.notion.com.",
            ),
            (
                r#"{"class_uid":3002,"activity_id":1,"time":1773130542000,"src_endpoint":{"ip":"192.0.2.25"}}"#,
                "(not a record of web, network or DNS activity)",
            ),
        ],
    );
}

#[test]
fn zeek_by_its_keys() {
    check(
        "8 of 8 lines are JSON objects with Zeek keys",
        &[
            (
                r#"{"_path":"conn","ts":"2026-03-10T08:15:42.000000Z","uid":"C1","id.orig_h":"192.0.2.25","id.orig_p":51544,"id.resp_h":"203.0.113.80","id.resp_p":443,"service":"ssl","duration":64.1,"orig_bytes":1798200,"resp_bytes":55110,"conn_state":"SF","orig_ip_bytes":1849800}"#,
                "address at=64100 src=192.0.2.25 dst=203.0.113.80 port=443 action=allowed up=1798200 down=55110 ms=64100 session=C1",
            ),
            (
                r#"{"ts":1773130542.000000,"uid":"C2","id":{"orig_h":"192.0.2.25","resp_h":"203.0.113.80","resp_p":443},"version":"TLSv13","cipher":"x","server_name":"www.dropbox.com"}"#,
                "sni at=0 src=192.0.2.25 host=www.dropbox.com dst=203.0.113.80 port=443 session=C2",
            ),
            (
                r#"{"ts":1773130542.0,"uid":"C3","id.orig_h":"192.0.2.25","id.resp_h":"203.0.113.80","id.resp_p":80,"method":"GET","host":"example.com","uri":"/a?b","status_code":304,"request_body_len":0,"response_body_len":9}"#,
                "url at=0 src=192.0.2.25 host=example.com dst=203.0.113.80 port=80 path=/a method=GET status=304 session=C3",
            ),
            (
                r#"{"ts":1773130542.0,"uid":"C4","id.orig_h":"192.0.2.25","id.resp_h":"192.0.2.53","id.resp_p":53,"trans_id":1,"query":"claude.ai","rcode_name":"NOERROR"}"#,
                "dns at=0 src=192.0.2.25 host=claude.ai session=C4",
            ),
            (
                r#"{"ts":1773130542.0,"uid":"C5","id.orig_h":"192.0.2.25","id.resp_h":"224.0.0.251","trans_id":1,"query":"printer.local"}"#,
                "(a name inside the network)",
            ),
            (
                r#"{"ts":1773130542.0,"uid":"C6","id.orig_h":"192.0.2.25","id.resp_h":"203.0.113.80","version":"TLSv12","cipher":"x"}"#,
                "address at=0 src=192.0.2.25 dst=203.0.113.80 session=C6",
            ),
            (
                r#"{"ts":1773130542.0,"uid":"C7","id.orig_h":"192.0.2.25","id.resp_h":"203.0.113.80","method":"CONNECT","host":"slack.com:443","uri":"slack.com:443"}"#,
                "connect at=0 src=192.0.2.25 host=slack.com port=443 method=CONNECT session=C7",
            ),
            (
                r#"{"_path":"weird","ts":1773130542.0,"uid":"C8","id.orig_h":"192.0.2.25","name":"x"}"#,
                "(another of Zeek's logs)",
            ),
        ],
    );
}

#[test]
fn suricata_counts_bytes_once() {
    check(
        "8 of 8 lines are JSON objects with Suricata EVE keys",
        &[
            (
                r#"{"timestamp":"2026-03-10T08:15:42.000000+0000","flow_id":7,"event_type":"tls","src_ip":"192.0.2.25","dest_ip":"203.0.113.80","dest_port":443,"tls":{"subject":"CN=*.dropbox.com","sni":"www.dropbox.com"},"flow":{"bytes_toserver":5}}"#,
                "sni at=0 src=192.0.2.25 host=www.dropbox.com dst=203.0.113.80 port=443 session=7",
            ),
            (
                r#"{"timestamp":"2026-03-10T08:16:12.001122+0000","flow_id":7,"event_type":"flow","src_ip":"192.0.2.25","dest_ip":"203.0.113.80","dest_port":443,"flow":{"bytes_toserver":1849800,"bytes_toclient":73910,"end":"2026-03-10T08:15:42.000000+0000","age":64}}"#,
                "address at=0 src=192.0.2.25 dst=203.0.113.80 port=443 up=1849800 down=73910 ms=64000 session=7",
            ),
            (
                r#"{"timestamp":"2026-03-10T08:15:42.000000+0000","flow_id":8,"event_type":"http","src_ip":"192.0.2.25","dest_ip":"203.0.113.80","dest_port":80,"http":{"hostname":"example.com","url":"/a","http_method":"GET","status":200,"length":99}}"#,
                "url at=0 src=192.0.2.25 host=example.com dst=203.0.113.80 port=80 path=/a method=GET status=200 session=8",
            ),
            (
                r#"{"timestamp":"2026-03-10T08:15:42.000000+0000","flow_id":9,"event_type":"dns","src_ip":"192.0.2.25","dest_ip":"192.0.2.53","dns":{"version":3,"type":"request","queries":[{"rrname":"claude.ai","rrtype":"A"}]}}"#,
                "dns at=0 src=192.0.2.25 host=claude.ai session=9",
            ),
            (
                r#"{"timestamp":"2026-03-10T08:15:42.000000+0000","flow_id":9,"event_type":"dns","src_ip":"192.0.2.53","dest_ip":"192.0.2.25","dns":{"type":"answer","rrname":"claude.ai"}}"#,
                "(answer, not a question)",
            ),
            (
                r#"{"timestamp":"2026-03-10T08:15:42.000000+0000","flow_id":9,"event_type":"alert","src_ip":"192.0.2.25","http":{"hostname":"example.com"}}"#,
                "(an alert; its traffic has records of its own)",
            ),
            (
                r#"{"event":{"timestamp":"2026-03-10T08:15:42.000000+0000","flow_id":9,"event_type":"alert","src_ip":"192.0.2.25","dest_ip":"203.0.113.80","dest_port":443,"alert":{"action":"blocked"},"tls":{"sni":"mega.nz"}},"firewall_name":"egress"}"#,
                "sni at=0 src=192.0.2.25 host=mega.nz dst=203.0.113.80 port=443 action=blocked session=9",
            ),
            (
                r#"{"timestamp":"2026-03-10T08:15:42.000000+0000","event_type":"stats","stats":{"uptime":1}}"#,
                "(statistics)",
            ),
        ],
    );
}

#[test]
fn gateways_and_resolvers() {
    check(
        "2 of 2 lines are JSON objects with Cloudflare Gateway keys",
        &[
            (
                r#"{"Action":"allowedOnNoRuleMatch","Datetime":"2026-03-10T08:15:42Z","Email":"alice@example.com","DeviceName":"LT-0412","SourceIP":"198.51.100.7","SourceInternalIP":"192.0.2.41","DestinationIP":"203.0.113.80","DestinationPort":443,"HTTPHost":"api.airtable.com","URL":"https://api.airtable.com/v0/x","HTTPMethod":"POST","HTTPStatusCode":200,"ApplicationNames":["Airtable","x"],"CategoryNames":[]}"#,
                "url at=0 user=alice@example.com device=LT-0412 src=192.0.2.41 host=api.airtable.com dst=203.0.113.80 port=443 path=/v0/x method=POST status=200 action=allowed app=Airtable",
            ),
            (
                r#"{"Datetime":1773130542000000000,"Email":"bob@example.com","SrcIP":"192.0.2.42","QueryName":"mega.nz","ResolverDecision":"blockedByCategory"}"#,
                "dns at=0 user=bob@example.com src=192.0.2.42 host=mega.nz action=blocked",
            ),
        ],
    );
    check(
        "2 of 2 lines are JSON objects with iboss keys",
        &[
            (
                r#"{"logType":"WEB_LOG","logTime":"2026-03-10","time":"08:15:42","username":"alice","computerName":"-","sourceIpAddress":"192.0.2.41","ipAddress":"203.0.113.80","destinationPort":"443","host":"chat.deepseek.com","url":"https:\/\/chat.deepseek.com\/api","requestMethod":"POST","responseCode":"200","upstreamByteUsage":"18250","downstreamByteUsage":"6531","categoryName":"AI","action":"Soft-blocked","urlLogId":"4028"}"#,
                "url at=0 user=alice src=192.0.2.41 host=chat.deepseek.com dst=203.0.113.80 port=443 path=/api method=POST status=200 action=warned up=18250 down=6531 category=AI session=4028",
            ),
            (r#"{"logType":"AUDIT","urlLogId":"4029","host":"-","url":"User logged in"}"#, "(not a web record)"),
        ],
    );
    check(
        "2 of 2 lines are JSON objects with AdGuard Home keys",
        &[
            (
                r#"{"T":"2026-03-10T09:15:42+01:00","QH":"www.notion.so","QT":"A","IP":"192.0.2.25","Result":{}}"#,
                "dns at=0 src=192.0.2.25 host=www.notion.so",
            ),
            (
                r#"{"T":"2026-03-10T09:15:42+01:00","QH":"transfer.example.net","QT":"A","IP":"192.0.2.25","Result":{"Rules":[{"Text":"||x^"}],"Reason":3,"IsFiltered":true}}"#,
                "dns at=0 src=192.0.2.25 host=transfer.example.net action=blocked",
            ),
        ],
    );
}

#[test]
fn netskope_tells_applications_where_there_are_no_pages() {
    check(
        "2 of 2 lines are JSON objects with Netskope keys",
        &[
            (
                r#"{"type":"application","timestamp":1773130542,"user":"alice@example.com","userip":"192.0.2.41","app":"ChatGPT","url":"chatgpt.com/","action":"alert","ccl":"medium","numbytes":0}"#,
                "url at=0 user=alice@example.com src=192.0.2.41 host=chatgpt.com path=/ action=allowed app=ChatGPT",
            ),
            (
                r#"{"type":"audit","timestamp":1773130542,"user":"admin@example.com","ccl":"","audit_log_event":"Login"}"#,
                "(not a record of traffic)",
            ),
        ],
    );
}

#[test]
fn zscaler_user_is_the_location_where_nobody_logged_in() {
    check(
        "2 of 2 lines are JSON objects with Zscaler keys",
        &[
            (
                r#"{"epochtime":"1773130542","login":"Lyon HQ","location":"Lyon HQ","eurl":"claude.ai:443","reqsize":"7","respsize":"9","cip":"192.0.2.41","sip":"0.0.0.0","respcode":"NA","action":"Blocked"}"#,
                "connect at=0 src=192.0.2.41 host=claude.ai port=443 action=blocked up=7 down=9",
            ),
            (
                r#"{"epochtime":"1773130542","login":"lyon@example.com","location":"lyon@example.com","eurl":"claude.ai/x","reqsize":"7","respsize":"9","cip":"192.0.2.41","respcode":"403 - Forbidden"}"#,
                "url at=0 user=lyon@example.com src=192.0.2.41 host=claude.ai path=/x status=403 up=7 down=9",
            ),
        ],
    );
}

#[test]
fn azure_sentences_that_end_early() {
    let line = |text: &str| {
        format!(
            r#"{{"category":"AzureFirewallApplicationRule","time":"2026-03-10T08:15:42.0000000Z","properties":{{"msg":"{text}"}}}}"#
        )
    };
    let lines = [
        ("HTTPS request from 10.0.2.25:1 to claude.ai:443. Action: Deny", {
            "sni at=0 src=10.0.2.25 host=claude.ai port=443 action=blocked"
        }),
        ("HTTPS request from 10.0.2.25:1 to claude.ai:", "sni at=0 src=10.0.2.25 host=claude.ai"),
        ("HTTPS request from 10.0.2.25:1", "(no destination)"),
        ("HTTPS request from ", "(no destination)"),
        ("DNS Request: ", "(no destination)"),
        ("HTTPS request from  to :99999. Action: ", "(no destination)"),
        ("", "(no destination)"),
    ];
    let lines = lines.map(|(text, expected)| (line(text), expected));
    let log: Vec<(&str, &str)> = lines.iter().map(|(line, expected)| (line.as_str(), *expected)).collect();
    check("7 of 7 lines are JSON objects with Azure Firewall keys", &log);
}

#[test]
fn google_cloud_counts_what_went_up() {
    check(
        "3 of 3 lines are JSON objects with Google Cloud keys",
        &[
            (
                r#"{"jsonPayload":{"bytes_sent":"18","connection":{"dest_ip":"203.0.113.80","dest_port":443,"src_ip":"10.0.2.25","src_port":51544},"reporter":"SRC"},"logName":"projects/p1/logs/compute.googleapis.com%2Fvpc_flows","timestamp":"2026-03-10T08:15:42Z"}"#,
                "address at=0 src=10.0.2.25 dst=203.0.113.80 port=443 up=18",
            ),
            (
                r#"{"jsonPayload":{"bytes_sent":"55","connection":{"src_ip":"203.0.113.80","src_port":443,"dest_ip":"10.0.2.25","dest_port":51544},"reporter":"DEST"},"logName":"projects/p1/logs/compute.googleapis.com%2Fvpc_flows","timestamp":"2026-03-10T08:15:42Z"}"#,
                "(from outside: inbound, or the answers of a flow)",
            ),
            (
                r#"{"httpRequest":{"remoteIp":"198.51.100.9","requestUrl":"https://shop.example.com/"},"logName":"projects/p1/logs/requests","timestamp":"2026-03-10T08:15:42Z"}"#,
                "(a request to one's own site)",
            ),
        ],
    );
}

#[test]
fn defender_has_json_in_a_text() {
    let line = |kind: &str, more: &str| {
        format!(
            r#"{{"category":"AdvancedHunting-DeviceNetworkEvents","properties":{{"Timestamp":"2026-03-10T08:15:42Z","ActionType":"{kind}","RemoteIP":"203.0.113.80","InitiatingProcessAccountName":"system","AdditionalFields":"{more}"}}}}"#
        )
    };
    let lines = [
        (
            line("SslConnectionInspected", r#"{\"direction\": \"Out\", \"server_name\": \"claude.ai\"}"#),
            "sni at=0 host=claude.ai dst=203.0.113.80",
        ),
        (line("SslConnectionInspected", r#"{\"direction\":\"In\",\"server_name\":\"own.example\"}"#), "(inbound)"),
        (line("HttpConnectionInspected", r#"{\"host\":\"claude"#), "address at=0 dst=203.0.113.80"),
        (line("DnsConnectionInspected", r#"{\"query\":"#), "address at=0 dst=203.0.113.80"),
    ];
    let log: Vec<(&str, &str)> = lines.iter().map(|(line, expected)| (line.as_str(), *expected)).collect();
    check("4 of 4 lines are JSON objects with Defender DeviceNetworkEvents keys", &log);
}

#[test]
fn flat_objects_by_usual_names() {
    check(
        "3 of 3 lines are JSON objects; `time` is the time, `data.url` is the destination, `data.user` is the client",
        &[
            (
                r#"{"time":"2026-03-10 08:15:42","data":{"user":"alice","client_ip":"192.0.2.41","url":"https://slack.com/a","bytes_sent":7},"host":"gw1","action":"deny"}"#,
                "url at=0 user=alice device=gw1 src=192.0.2.41 host=slack.com port=443 path=/a action=blocked up=7",
            ),
            (r#"{"time":"2026-03-10 08:15:42","data":{"user":"bob"}}"#, "(no destination)"),
            (
                r#"{"time":"yesterday","data":{"user":"bob","url":"https://slack.com/"}}"#,
                "bad at 0: the time is not readable",
            ),
        ],
    );
    check(
        "1 of 1 lines are JSON objects; `ts` is the time, `host` is the destination, `src` is the client",
        &[(r#"{"ts":1773130542,"src":"192.0.2.41","host":"slack.com"}"#, "connect at=0 src=192.0.2.41 host=slack.com")],
    );
}

#[test]
fn streams_of_several_kinds_are_read_line_by_line() {
    check(
        "2 of 4 lines are JSON objects with Zeek and ECS keys",
        &[
            (LINE, "connect at=0 src=192.0.2.41 host=slack.com"),
            (
                r#"{"ts":1773130542.0,"uid":"C2","id.orig_h":"192.0.2.25","id.resp_h":"203.0.113.80","id.resp_p":443,"server_name":"www.dropbox.com"}"#,
                "sni at=0 src=192.0.2.25 host=www.dropbox.com dst=203.0.113.80 port=443 session=C2",
            ),
            (r#"{"ts":1773130542,"src":"192.0.2.41","domain":"box.com"}"#, "connect at=0 src=192.0.2.41 host=box.com"),
            (r#"{"level":"info","msg":"started"}"#, "(no destination)"),
        ],
    );
}

#[test]
fn other_json_is_declined() {
    for (line, why) in [
        (
            r#"{"time":"2026-03-10T08:15:42Z","level":"info","msg":"started","host":"web-1.example.com"}"#,
            "JSON, but no line names a destination",
        ),
        (
            r#"{"@timestamp":"2026-03-10T08:15:42Z","log.level":"info","ecs.version":"1.6.0","message":"x"}"#,
            "JSON with ECS keys, but no line names a destination",
        ),
        (
            r#"{"ClientRequestHost":"www.example.com","EdgeResponseStatus":200,"ClientIP":"192.0.2.1"}"#,
            "JSON, but a log of requests to one's own site",
        ),
    ] {
        let guess = JsonLines.sniff(&Head { lines: vec![line.as_bytes(); 5] }, &Assume::default());
        assert_eq!((guess.declined, &*guess.why), (true, why), "{line}");
    }
    for line in ["", "{", "[", "a,b", "[1,2]"] {
        assert_eq!(JsonLines.sniff(&Head { lines: vec![line.as_bytes(); 5] }, &Assume::default()), Guess::NO, "{line}");
    }
}

const LINE: &str =
    r#"{"@timestamp":"2026-03-10T08:15:42Z","source":{"ip":"192.0.2.41"},"url":{"domain":"slack.com"},"x":"y"}"#;

#[test]
fn damaged_lines() {
    let cut = &LINE[..LINE.len() - 4];
    check(
        "5 of 8 lines are JSON objects with ECS keys",
        &[
            (LINE, "connect at=0 src=192.0.2.41 host=slack.com"),
            (cut, "connect at=0 src=192.0.2.41 host=slack.com"),
            (&LINE[..80], "bad at 80: the JSON object is cut off"),
            (&format!(" [ {LINE} ,"), "connect at=0 src=192.0.2.41 host=slack.com"),
            ("[", "(between the objects)"),
            (&format!("{LINE}{LINE}"), "bad at 103: more than one object on a line"),
            (&LINE.replace("\"x\"", "x"), "bad at 95: not a JSON object"),
            ("plain text", "bad at 0: not a JSON object"),
            (r#"{"index":{"_index":"a"}}"#, "(between the objects)"),
            (r#"{"a":1}"#, "(keys of another kind of record)"),
        ],
    );
}

proptest! {
    #[test]
    fn never_panics(at: prop::sample::Index, byte: u8, text in "\\PC{0,40}") {
        let mut line = LINE.as_bytes().to_vec();
        let at = at.index(line.len());
        line[at] = byte;
        for line in [&line, &line[..at], text.as_bytes()] {
            let head = Head { lines: vec![line; 2] };
            let _ = JsonLines.sniff(&head, &Assume::default());
            for layout in [JsonLines.layout(&head, &Assume::default()), JsonLines.layout(&Head { lines: vec![LINE.as_bytes()] }, &Assume::default())].into_iter().flatten() {
                let arena = Bump::new();
                let _ = JsonLines.reader(&layout).record(line, &arena);
            }
        }
    }
}

#[test]
fn tells_what_the_head_shows() {
    let layout = JsonLines.layout(&Head { lines: vec![LINE.as_bytes()] }, &Assume::default()).unwrap();
    assert_eq!(layout.tells, Tells { client: true, host: true, ..Tells::default() });
    assert_eq!(Action::Blocked.as_str(), "blocked");
}
