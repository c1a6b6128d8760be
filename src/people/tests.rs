//! Small directories and what becomes of the people in small logs.

use super::*;
use crate::diag::{Style, render};
use crate::event::{Event, Identity, Timestamp};
use crate::traffic::{Facts, Splits, WhoKind};

/// Wednesday, 2026-03-11, 00:00 UTC.
pub(super) const DAY: i64 = 1_773_187_200_000;

fn directory(text: &str) -> Directory {
    let (directory, problems) = Directory::read("people.csv", text.as_bytes());
    assert!(problems.is_empty(), "{}", render(&problems, Style::Plain));
    directory
}

fn problems(text: &str) -> String {
    let (_, problems) = Directory::read("people.csv", text.as_bytes());
    let line = |one: &crate::diag::Diagnostic| {
        let (_, line, column) = one.position().unwrap_or(("", 0, 0));
        format!("{line}:{column} {} {}", one.code(), one.message())
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Facts of an address in the quarter-hours of these minutes of the day, after these records of who was where.
fn hours(records: &[(i64, Identity<'_>)], minutes: &[i64]) -> Facts {
    let mut facts = Facts::default();
    let splits = Splits::default();
    let mut batch = facts.batch(&splits);
    for (minute, identity) in records {
        batch.identity(identity, Timestamp(DAY + minute * 60_000));
    }
    for minute in minutes {
        let event = Event { host: Some(b"www.dropbox.com"), src_ip: Some(b"10.1.2.3"), ..Event::default() };
        batch.add(&event, Timestamp(DAY + minute * 60_000));
    }
    drop(batch);
    facts
}

fn at<'a>(address: &'a str, user: &'a str, device: &'a str) -> Identity<'a> {
    let some = |text: &'a str| (!text.is_empty()).then_some(text.as_bytes());
    Identity { address: some(address), user: some(user), device: some(device), ..Identity::default() }
}

#[test]
fn an_address_is_named_where_one_person_had_it_all_the_time() {
    const A: &str = "10.1.2.3";
    let (sales, none) = (directory("user,name,dept\nalice,Alice Doe,Sales\n"), Directory::default());
    /// Identities with their seconds, the seconds of facts, the directory, and who is expected.
    type Told<'a> = (&'a [(i64, Identity<'a>)], &'a [i64], &'a Directory, &'a [&'a str]);
    let cases: [Told<'_>; 10] = [
        (&[(480, at(A, "alice", ""))], &[490, 700], &none, &["p alice, - - -"]),
        (&[(480, at(A, "EXAMPLE\\Alice", ""))], &[490, 700], &sales, &["p Alice Doe, Sales - -"]),
        // Nobody had it in the morning.
        (&[(480, at(A, "alice", ""))], &[300, 490], &none, &["a 10.1.2.3, - - -"]),
        // The quarter-hour had begun when she came.
        (&[(485, at(A, "alice", ""))], &[486, 700], &none, &["p alice, - - -"]),
        (&[(480, at(A, "alice", "")), (600, at(A, "bob", ""))], &[490, 610], &none, &["a 10.1.2.3, - - -"]),
        (&[(480, at(A, "alice", "")), (607, at(A, "bob", ""))], &[608, 700], &none, &["p bob, - - -"]),
        (&[(480, at(A, "", "PC-1"))], &[490], &none, &["d pc-1, - - -"]),
        // A domain controller knows the device, a DHCP server where it is.
        (&[(480, at(A, "", "PC-1")), (485, at("", "alice", "pc-1"))], &[490], &none, &["p alice, - - -"]),
        // Two users by turns: it is still the device's.
        (
            &[(480, at(A, "", "PC-1")), (485, at("", "alice", "pc-1")), (600, at("", "bob", "pc-1"))],
            &[490, 610],
            &none,
            &["d pc-1, - - -"],
        ),
        (&[(480, at("10.1.2.4", "alice", ""))], &[490], &none, &["a 10.1.2.3, - - -"]),
    ];
    for (records, minutes, directory, want) in cases {
        assert_eq!(told_of(&hours(records, minutes), directory), want, "{records:?} {minutes:?}");
        let turned: Vec<_> = records.iter().rev().copied().collect();
        assert_eq!(told_of(&hours(&turned, minutes), directory), want, "{records:?} {minutes:?}");
    }
}

#[test]
fn a_device_that_a_lease_names_sits_where_its_addresses_do() {
    let directory = directory("network,department,site\n10.1.2.0/24,Sales,Berlin\n10.1.3.0/24,IT,Berlin\n");
    let one = [(0, at("10.1.2.3", "", "pc-1"))];
    assert_eq!(told_of(&hours(&one, &[600]), &directory), ["d pc-1, Sales Berlin -"]);
    let account = People::new(&hours(&one, &[600]), &directory).account();
    assert_eq!((account.addresses_named, account.addresses_ambiguous), (1, 0));
}

/// Facts of people (`alice`), devices (`%pc-1`) and addresses, one each.
fn facts(whos: &[&str]) -> Facts {
    let mut facts = Facts::default();
    for who in whos {
        let mut event = Event { host: Some(b"www.dropbox.com"), ..Event::default() };
        match who.strip_prefix('%') {
            Some(device) => event.device = Some(device.as_bytes()),
            None if who.parse::<std::net::IpAddr>().is_ok() => event.src_ip = Some(who.as_bytes()),
            None => event.user = Some(who.as_bytes()),
        }
        facts.add(&event, Timestamp(DAY + 36_000_000), &Splits::default());
    }
    facts
}

/// Each member as `kind name department site manager`.
fn told(directory: &Directory, whos: &[&str]) -> Vec<String> {
    told_of(&facts(whos), directory)
}

fn told_of(facts: &Facts, directory: &Directory) -> Vec<String> {
    let people = People::new(facts, directory);
    let mut seen = vec![false; people.len()];
    for fact in facts.iter() {
        seen[people.of(fact).index()] = true;
    }
    assert!(seen.iter().all(|seen| *seen), "everybody has a fact");
    let show = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    people
        .members()
        .iter()
        .map(|one| {
            let kind = match one.kind {
                WhoKind::Person => 'p',
                WhoKind::Device => 'd',
                WhoKind::Address => 'a',
                WhoKind::Nobody => 'n',
            };
            format!("{kind} {}, {} {} {}", one.name, show(&one.department), show(&one.site), show(&one.manager))
        })
        .collect()
}

#[test]
fn without_a_directory_everybody_is_who_the_log_says() {
    let whos = ["bob", "EXAMPLE\\Alice", "10.1.2.3", "%PC-1", "alice@example.com"];
    let want = ["p alice, - - -", "p bob, - - -", "d pc-1, - - -", "a 10.1.2.3, - - -"];
    assert_eq!(told(&Directory::default(), &whos), want);
    let mut turned = whos;
    turned.reverse();
    assert_eq!(told(&Directory::default(), &turned), want);
    assert!(People::new(&Facts::default(), &Directory::default()).is_empty());
}

#[test]
fn several_accounts_are_one_person() {
    let directory = directory(
        "sAMAccountName,UPN,mail,employeeID,displayName,department,office,manager\n\
         alice,alice.doe@example.com,alice.doe@example.com,007,Alice Doe,Sales,Berlin,\"CN=Bob Roe,OU=People\"\n\
         adm-alice,,,007,Alice Doe (Admin),,,\n\
         bob,bob@example.com,bob.roe@example.com,,Bob Roe,IT,Köln,\n",
    );
    assert_eq!(directory.people(), 2);
    let whos = ["alice", "adm-alice", "alice.doe", "Bob.Roe", "CN=Bob Roe,OU=People", "carol"];
    assert_eq!(
        told(&directory, &whos),
        ["p Alice Doe, Sales Berlin Bob Roe", "p Bob Roe, IT Köln -", "p carol, - - -"]
    );
}

#[test]
fn aliases_addresses_networks_and_devices() {
    let directory = directory(
        "Benutzer;Aliases;Name;Abteilung;Standort;IP;Subnetz;Rechner\n\
         alice;adoe|a.doe@example.com;Alice Doe;Vertrieb;Berlin;10.1.2.3;;PC-017\n\
         ;;Druckerraum;;Köln;;10.1.2.0/24;\n\
         ;;;Technik;Köln;;10.1.0.0/16;\n\
         ;;;Technik;;;;kiosk-1\n",
    );
    assert_eq!(directory.people(), 1);
    let whos =
        ["adoe", "a.doe", "10.1.2.3", "10.1.2.4", "10.1.9.9", "10.2.0.1", "%PC-017.example.com", "%KIOSK-1", "%pc-9"];
    assert_eq!(
        told(&directory, &whos),
        [
            "p Alice Doe, Vertrieb Berlin -",
            "d kiosk-1, Technik - -",
            "d pc-9, - - -",
            "a 10.1.2.4, - Köln -",
            "a 10.1.9.9, Technik Köln -",
            "a 10.2.0.1, - - -",
        ]
    );
    let account = People::new(&facts(&whos), &directory).account();
    assert_eq!((account.matched, account.unmatched, account.addresses_listed, account.addresses_unknown), (2, 0, 3, 1));
}

#[test]
fn namesakes_stay_apart() {
    let directory = directory("login,name\nasmith,Anna Smith\nasmith2,Anna Smith\n");
    assert_eq!(
        told(&directory, &["asmith", "asmith2"]),
        ["p Anna Smith (asmith), - - -", "p Anna Smith (asmith2), - - -"]
    );
}

#[test]
fn encodings_and_delimiters() {
    let text = "login\tAbteilung\nalice\tEinkauf Süd\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let marked = format!("\u{feff}{text}").into_bytes();
    let excel = format!("sep=;\r\n{}", text.replace('\t', ";").replace('\n', "\r\n")).into_bytes();
    for bytes in [utf16, latin, marked, excel] {
        let (directory, problems) = Directory::read("people.csv", &bytes);
        assert!(problems.is_empty(), "{}", render(&problems, Style::Plain));
        assert_eq!(told(&directory, &["alice"]), ["p alice, Einkauf Süd - -"]);
    }
}

#[test]
fn every_problem_at_once_and_at_its_place() {
    assert_eq!(
        problems(
            "user,name,address,network\n\
             alice,Alice Doe,10.1.2.3,\n\
             EXAMPLE\\Alice,Alina Dow,10.1.2.3,\n\
             bob,\"Roe, Bob\",10.1.2.300,10.0.0.0/40\n\
             ,,,10.2.0.0/16\n\
             carol,,,10.2.0.0/16,\n\
             dave,,10.9.9.9,,Sales\n"
        ),
        "3:1 directory/shared-login the login `alice` belongs to two people\n\
         3:25 directory/shared-address the address 10.1.2.3 belongs to two people or places\n\
         4:16 directory/bad-address `10.1.2.300` is no address\n\
         4:27 directory/bad-network `10.0.0.0/40` is no network\n\
         6:9 directory/shared-network a network belongs to two people or places\n\
         7:17 directory/too-many-cells a row has 5 cells, the header has 4"
    );
    assert_eq!(problems("shoe,usr\n7,alice\n"), "1:1 directory/no-key-column no column says whom a row is about");
    assert_eq!(problems(" \n"), "1:1 directory/empty the directory is empty");
    assert_eq!(
        problems("user,name\nalice,\"Alice\nbob,Bob\ncarol,\"Carol\"\n"),
        "2:7 directory/open-quote a quotation mark is opened and never closed"
    );
}

#[test]
fn a_column_of_streets_is_no_column_of_addresses() {
    let directory = directory("user,address,dept\nalice,12 High Street,Sales\nbob,,IT\n");
    assert_eq!(told(&directory, &["alice"]), ["p alice, Sales - -"]);
}

#[test]
fn what_fifty_rows_have_wrong_is_told_twenty_times() {
    let text: String =
        std::iter::once("user,ip\n".to_owned()).chain((0..50).map(|n| format!("u{n},10.0.0.x\n"))).collect();
    // One that is right, so that the column is one of addresses.
    let (_, problems) = Directory::read("people.csv", format!("{text}ok,10.0.0.1\n").as_bytes());
    assert_eq!(problems.len(), 21);
    assert_eq!(problems[20].message(), "30 more of this kind in `people.csv`");
}

#[test]
fn every_code_says_what_it_means() {
    for code in Code::ALL {
        assert!(code.as_str().starts_with("directory/") && code.description().ends_with('.'), "{code:?}");
        assert_eq!(Code::ALL[code as usize], code);
    }
}
