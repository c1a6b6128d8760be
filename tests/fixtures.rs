//! Fixtures hold invented people: documentation addresses, example domains, alice and bob. Only destinations are real.

mod common;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use common::Case;
use regex::bytes::Regex;
use umbrascope::event::{Destination, normalize, parse_ip};
use umbrascope::traffic::Folded;

/// Public addresses that are destinations or resolvers and mean something as they are.
const REAL_DESTINATIONS: &[(&str, &str)] = &[
    ("1.1.1.1", "Cloudflare's resolver"),
    ("1.0.0.1", "Cloudflare's resolver"),
    ("8.8.8.8", "Google's resolver"),
    ("8.8.4.4", "Google's resolver"),
    ("9.9.9.9", "Quad9's resolver"),
];

#[test]
fn clients_have_documentation_addresses() {
    let mut wrong = BTreeSet::new();
    let mut used = BTreeSet::new();
    for case in all() {
        common::naive(&case.text(), &case.assume, |event, _| {
            if let Some(ip) = event.src_ip.and_then(parse_ip)
                && !is_invented(ip)
            {
                wrong.insert(format!("{}: client {ip}", case.name));
            }
            let host = match event.host.and_then(normalize) {
                Some(Destination::Address(ip)) => Some(ip),
                _ => None,
            };
            for ip in event.dst_ip.and_then(parse_ip).into_iter().chain(host).filter(|ip| !is_invented(*ip)) {
                match REAL_DESTINATIONS.iter().find(|(known, _)| *known == ip.to_string()) {
                    Some((known, _)) => drop(used.insert(*known)),
                    None => drop(wrong.insert(format!("{}: destination {ip}", case.name))),
                }
            }
            Folded::Counted
        });
    }
    assert!(wrong.is_empty(), "not documentation, private or loopback:\n{}", list(&wrong));
}

/// The same for what no format reads: every number that looks like an address, wherever it stands.
#[test]
fn no_other_address_is_in_any_fixture() {
    // Not `Chrome/145.0.0.0`, `SGOS 7.3.12.1` or `7.2.0.192.in-addr.arpa`.
    let four =
        r"(?:^|[^0-9A-Za-z./_ -]|(?:^|[^S]) )((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:[^0-9.A-Za-z]|\.?$|\.[^0-9A-Za-z])";
    let four = Regex::new(four).expect("a pattern");
    let mut wrong = BTreeSet::new();
    for case in all() {
        for line in case.text().split(|byte| *byte == b'\n') {
            for found in four.captures_iter(line) {
                let text = String::from_utf8_lossy(&found[1]).into_owned();
                let Some(ip) = parse_ip(text.as_bytes()) else { continue };
                if !is_invented(ip) && !REAL_DESTINATIONS.iter().any(|(known, _)| *known == text) {
                    wrong.insert(format!("{}: {text}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "not documentation, private or loopback:\n{}", list(&wrong));
}

#[test]
fn people_have_example_addresses() {
    let mail = Regex::new(r"(?i)[a-z0-9._+-]+(?:@|%40)([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})").expect("a pattern");
    let mut wrong = BTreeSet::new();
    for case in all() {
        for found in mail.captures_iter(&case.text()) {
            let domain = String::from_utf8_lossy(&found[1]).to_lowercase();
            let last: Vec<&str> = domain.rsplit('.').take(2).collect();
            let invented = matches!(last[..], ["example" | "test" | "invalid" | "lan" | "local" | "internal", ..])
                || matches!(last[..], ["com" | "net" | "org", "example"]);
            if !invented {
                wrong.insert(format!("{}: {}", case.name, String::from_utf8_lossy(&found[0])));
            }
        }
    }
    assert!(wrong.is_empty(), "these look like somebody's mail address:\n{}", list(&wrong));
}

/// Nothing in the repository's data knows the machine that it was made on.
#[test]
fn no_path_of_any_machine() {
    let here = regex::escape(env!("CARGO_MANIFEST_DIR"));
    let user = r"[A-Za-z]:\\{1,2}Users\\{1,2}[A-Za-z]+|/Users/[a-z]+/|/(?:work|farm)/";
    let everywhere = Regex::new(&format!("{here}|{user}")).expect("a pattern");
    // In a log and in a signature, `/home/x` is the path of some page.
    let in_text = Regex::new(&format!("{here}|{user}|/home/[a-z]+|/root/")).expect("a pattern");
    let people = Regex::new(r"/home/(?:alice|bob|carol)").expect("a pattern");
    let mut wrong = BTreeSet::new();
    for folder in ["tests/corpus", "tests/real", "sample-logs", "signatures", "benches"] {
        for file in common::files_below(Path::new(folder)) {
            let bytes = std::fs::read(&file).expect("a file that can be read");
            let is_log = matches!(folder, "sample-logs" | "signatures")
                || file.ends_with("sample.log")
                || file.ends_with("expected.json");
            let pattern = if is_log { &everywhere } else { &in_text };
            for found in pattern.find_iter(&bytes).filter(|found| !people.is_match(found.as_bytes())) {
                wrong.insert(format!("{}: {}", file.display(), String::from_utf8_lossy(found.as_bytes())));
            }
        }
    }
    assert!(wrong.is_empty(), "paths of a machine:\n{}", list(&wrong));
}

#[test]
fn the_rule_itself_holds() {
    for text in ["192.0.2.1", "198.51.100.9", "203.0.113.255", "127.0.1.14", "10.20.0.6", "2001:db8::1", "fe80::1"] {
        assert!(parse_ip(text.as_bytes()).is_some_and(is_invented), "{text}");
    }
    for text in ["8.8.8.8", "192.0.3.1", "142.250.1.1", "2a00:1450::1", "172.32.0.1"] {
        assert!(parse_ip(text.as_bytes()).is_some_and(|ip| !is_invented(ip)), "{text}");
    }
}

/// RFC 5737, RFC 3849, RFC 9637, the benchmarking range of RFC 2544 for strangers from outside, or an address that means nothing outside of a network.
fn is_invented(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_documentation()
                || ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_broadcast()
                || (a == 100 && b & 0xc0 == 64)
                || (a == 255)
                || (a == 198 && b & 0xfe == 18)
        }
        IpAddr::V6(ip) => {
            let [a, b, ..] = ip.segments();
            (a == 0x2001 && b == 0xdb8)
                || (a == 0x3fff && b < 0x1000)
                || ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.is_multicast()
        }
    }
}

fn all() -> Vec<Case> {
    common::corpus().into_iter().chain(common::declined()).chain(common::bundled()).collect()
}

fn list(wrong: &BTreeSet<String>) -> String {
    wrong.iter().take(60).map(String::as_str).collect::<Vec<_>>().join("\n")
}
