//! The social lens: who meets customers on which network, by which tools, and what is somebody's own pastime.
//!
//! A network is where people are; a console, a scheduler or a listening tool is how a company is there. Who opens a console
//! does so for work. Who opens a network may do so for both, and only their department and their tools tell.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Case;
use super::kinds::{SOCIAL, SOCIAL_TOOLS};
use super::state::department;
use crate::inventory::AppRow;
use crate::people::MemberId;
use crate::risk::percent;
use crate::words::some;

/// Who meets whom on social networks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Social {
    /// Networks and tools in use, most people first.
    pub networks: Vec<Network>,
    /// All of it in a sentence or two; empty where nothing is in use.
    pub summary: String,
}

/// A network, or a tool to be present on networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// People who work with it.
    pub people: u64,
    /// Departments with their people, most first.
    pub departments: Vec<(String, u64)>,
    /// What for.
    pub purpose: Purpose,
    /// How that was told, in a sentence.
    pub reason: String,
}

/// What somebody opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Where people are.
    Network,
    /// Where a company runs its pages and ads.
    Console,
    /// Plans and sends posts.
    Scheduler,
    /// Hears what is said about a name.
    Listening,
}

impl Kind {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Network => "network",
            Kind::Console => "console",
            Kind::Scheduler => "scheduler",
            Kind::Listening => "listening",
        }
    }
}

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To meet customers.
    Customers,
    /// Partly so, or nothing tells.
    Mixed,
    /// For themselves.
    Leisure,
}

impl Purpose {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Customers => "customers",
            Purpose::Mixed => "mixed",
            Purpose::Leisure => "leisure",
        }
    }
}

/// Pages and ads of a company are run here.
const CONSOLES: [&str; 9] = [
    "chatfuel",
    "google-business-profile",
    "linkedin-ads",
    "manychat",
    "meta-ads",
    "meta-business-suite",
    "tiktok-ads",
    "tweetdeck",
    "x-ads",
];
/// Listens, counts and compares.
const LISTENING: [&str; 11] = [
    "brand24",
    "brandwatch",
    "followerwonk",
    "iconosquare",
    "keyhole",
    "mention",
    "not-just-analytics",
    "quintly",
    "social-blade",
    "socialinsider",
    "talkwalker",
];
/// Beginnings of hosts where a network lets companies in.
const BUSINESS_HOSTS: [&str; 4] = ["ads.", "business.", "creator.", "forbusiness."];

/// Parts of names of departments that meet customers, in English and the languages next door.
const CUSTOMER_WORDS: [&str; 24] = [
    "advert",
    "brand",
    "client",
    "comms",
    "communic",
    "communit",
    "customer",
    "commerc",
    "kommunikation",
    "kunden",
    "market",
    "media",
    "presse",
    "public relations",
    "recruit",
    "sales",
    "service client",
    "social",
    "support",
    "talent",
    "vente",
    "ventas",
    "vertrieb",
    "werbung",
];

fn kind(row: &AppRow<'_>) -> Option<Kind> {
    let (id, category) = (row.app.id(), row.app.category());
    match () {
        () if CONSOLES.contains(&id) => Some(Kind::Console),
        () if LISTENING.contains(&id) => Some(Kind::Listening),
        () if SOCIAL_TOOLS.contains(&category) => Some(Kind::Scheduler),
        () if SOCIAL.contains(&category) => Some(Kind::Network),
        () => None,
    }
}

/// Looks at the networks and tools in use.
pub(super) fn look(case: &Case<'_, '_>) -> Social {
    let rows: Vec<(&AppRow<'_>, Kind)> = case
        .inventory
        .apps
        .iter()
        .filter(|row| !row.used_by.is_empty())
        .filter_map(|row| Some((row, kind(row)?)))
        .collect();
    // Whoever runs a console, a scheduler or a listening tool is on the networks for the company.
    let workers: BTreeSet<MemberId> = rows
        .iter()
        .filter(|(_, kind)| *kind != Kind::Network)
        .flat_map(|(row, _)| row.used_by.iter().copied())
        .collect();
    let mut networks: Vec<Network> = rows
        .iter()
        .map(|(row, kind)| {
            let (purpose, reason) = purpose(case, row, *kind, &workers);
            Network {
                id: row.app.id().to_owned(),
                name: row.app.name().to_owned(),
                kind: *kind,
                people: row.used_by.len() as u64,
                departments: case.departments_of(row),
                purpose,
                reason,
            }
        })
        .collect();
    networks.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.id.cmp(&b.id)));
    let summary = summary(case, &networks, workers.len() as u64);
    Social { networks, summary }
}

fn purpose(case: &Case<'_, '_>, row: &AppRow<'_>, kind: Kind, workers: &BTreeSet<MemberId>) -> (Purpose, String) {
    match kind {
        Kind::Console => return (Purpose::Customers, "Companies run their pages and ads here.".to_owned()),
        Kind::Scheduler => return (Purpose::Customers, "It plans and sends posts for a company's pages.".to_owned()),
        Kind::Listening => return (Purpose::Customers, "It tells what is said about a name.".to_owned()),
        Kind::Network => {}
    }
    let used = row.used_by.len() as u64;
    let with_tools = row.used_by.iter().filter(|member| workers.contains(member)).count() as u64;
    let mut known = 0;
    let mut meets: BTreeMap<&str, u64> = BTreeMap::new();
    let mut customers = 0;
    for member in &row.used_by {
        let department = department(case.people, *member);
        known += u64::from(department.is_some());
        let facing = department.filter(|name| faces_customers(case, name));
        if let Some(name) = facing {
            *meets.entry(name).or_default() += 1;
        }
        customers += u64::from(facing.is_some() || workers.contains(member));
    }
    let opened = row
        .hosts
        .iter()
        .filter(|host| BUSINESS_HOSTS.iter().any(|start| host.host.starts_with(start)))
        .map(|host| host.people)
        .max()
        .unwrap_or(0);
    let mut names: Vec<(&str, u64)> = meets.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let least = case.policy.thresholds().min_group.max(1);
    let names: Vec<&str> = names.iter().filter(|(_, people)| *people >= least).map(|(name, _)| *name).collect();
    let mut clues = Vec::new();
    if !names.is_empty() {
        let sit = if customers == 1 { "sits" } else { "sit" };
        clues.push(format!("{customers} of {} {sit} in {}", case.crowd.counted(used), some(&names, 3)));
    }
    if with_tools > 0 {
        clues.push(format!(
            "{} also {} a console or scheduler",
            case.crowd.counted(with_tools),
            verb(with_tools, "use")
        ));
    }
    if opened > 0 {
        clues.push(format!("{} opened its pages for companies", case.crowd.counted(opened)));
    }
    let share = percent(customers, used);
    let purpose = match () {
        () if share >= 60 => Purpose::Customers,
        () if share >= 20 || opened > 0 => Purpose::Mixed,
        () if known == 0 => {
            let reason = "Nothing tells whether it is for the company: no directory names departments.";
            return (Purpose::Mixed, reason.to_owned());
        }
        () => Purpose::Leisure,
    };
    let reason = match clues.as_slice() {
        [] => format!("None of {} sits where customers are met.", case.crowd.counted(used)),
        clues => format!("{}.", clues.join("; ")),
    };
    (purpose, reason)
}

fn verb(number: u64, verb: &str) -> String {
    if number == 1 { format!("{verb}s") } else { verb.to_owned() }
}

/// Whether a department meets customers: the policy's list, else its name.
pub(super) fn faces_customers(case: &Case<'_, '_>, department: &str) -> bool {
    let name = department.to_lowercase();
    match case.policy.customer_departments() {
        [] => name == "pr" || CUSTOMER_WORDS.iter().any(|word| name.contains(word)),
        listed => listed.contains(&name),
    }
}

fn summary(case: &Case<'_, '_>, networks: &[Network], workers: u64) -> String {
    let mut sentences = Vec::new();
    let meeting: Vec<&Network> = networks
        .iter()
        .filter(|network| network.kind == Kind::Network && network.purpose == Purpose::Customers)
        .collect();
    if !meeting.is_empty() {
        let mut departments: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, people) in meeting.iter().flat_map(|network| &network.departments) {
            if faces_customers(case, name) {
                *departments.entry(name).or_default() += people;
            }
        }
        let mut departments: Vec<(&str, u64)> = departments.into_iter().collect();
        departments.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let who: Vec<&str> = departments.iter().map(|(name, _)| *name).collect();
        let names: Vec<&str> = meeting.iter().map(|network| network.name.as_str()).collect();
        let who = if who.is_empty() { "People".to_owned() } else { some(&who, 3) };
        let meet = if departments.len() == 1 { "meets" } else { "meet" };
        sentences.push(format!("{who} {meet} customers on {}.", some(&names, 4)));
    }
    let tools: Vec<&str> =
        networks.iter().filter(|network| network.kind != Kind::Network).map(|network| network.name.as_str()).collect();
    if !tools.is_empty() {
        sentences.push(format!(
            "{} {} the company's pages by {}.",
            case.crowd.counted(workers),
            if workers == 1 { "looks after" } else { "look after" },
            some(&tools, 4)
        ));
    }
    let leisure = networks.iter().filter(|network| network.purpose == Purpose::Leisure).count();
    if leisure > 0 {
        sentences.push(match leisure {
            1 => "One network is a pastime.".to_owned(),
            _ => format!("{leisure} networks are a pastime."),
        });
    }
    sentences.join(" ")
}
