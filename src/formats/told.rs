//! What a record told, as one line of text: for the tests of formats.

use bumpalo::Bump;

use super::{Assume, Format, Head, Parsed};
use crate::event::{Event, Identity};

/// What a format makes of `line`, behind the layout of `head`: `field:value` for each thing that is told, or why not.
pub(super) fn told(format: &dyn Format, head: &[&str], line: &str, assume: &Assume) -> String {
    let head = Head { lines: head.iter().map(|line| line.as_bytes()).collect() };
    let layout = match format.layout(&head, assume) {
        Ok(layout) => layout,
        Err(problem) => return format!("no layout: {}", problem.reason),
    };
    let arena = Bump::new();
    match format.reader(&layout).record(line.as_bytes(), &arena) {
        Parsed::Event(event) => fields(&event),
        Parsed::Skip(why) => format!("skip: {why}"),
        Parsed::Bad(problem) => format!("bad: {}", problem.reason),
        Parsed::Identity(who) => identity(&who),
        Parsed::Layout(_) => "layout".to_owned(),
    }
}

/// Who is where, for how long: `begins address:10.1.2.3 user:alice seconds:3600`.
pub(super) fn identity(identity: &Identity<'_>) -> String {
    let text = |value: Option<&[u8]>| value.map(|value| String::from_utf8_lossy(value).into_owned());
    let told = [
        ("address", text(identity.address)),
        ("user", text(identity.user)),
        ("device", text(identity.device)),
        ("mac", text(identity.mac)),
        ("seconds", identity.seconds.map(|seconds| seconds.to_string())),
        ("at", identity.at.map(|at| at.0.to_string()).filter(|at| at != "1773130542000")),
    ];
    let told = told.iter().filter_map(|(name, value)| Some(format!(" {name}:{}", value.as_ref()?)));
    format!("{}{}", identity.stage.as_str(), told.collect::<String>())
}

/// Source, destination 203.0.113.80:443 and the time 2026-03-10 08:15:42 go without saying.
fn fields(event: &Event<'_>) -> String {
    let text = |value: Option<&[u8]>| value.map(|value| String::from_utf8_lossy(value).into_owned());
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    [
        ("user", text(event.user)),
        ("groups", text(event.groups)),
        ("device", text(event.device)),
        ("host", text(event.host)),
        ("ip", text(event.dst_ip).filter(|ip| ip != "203.0.113.80")),
        ("port", event.dst_port.map(|port| port.to_string()).filter(|port| port != "443")),
        ("path", text(event.path)),
        ("method", text(event.method)),
        ("status", event.status.map(|status| status.to_string())),
        ("action", event.action.map(|action| action.as_str().to_owned())),
        ("up", number(event.bytes_up)),
        ("down", number(event.bytes_down)),
        ("ms", number(event.duration_ms)),
        ("category", text(event.category)),
        ("app", text(event.app)),
        ("session", text(event.session)),
        ("at", event.at.map(|at| at.0.to_string()).filter(|at| at != "1773130542000")),
        ("by", Some(event.evidence.as_str().to_owned())),
    ]
    .iter()
    .filter_map(|(name, value)| Some(format!("{name}:{}", value.as_ref()?)))
    .collect::<Vec<_>>()
    .join(" ")
}
