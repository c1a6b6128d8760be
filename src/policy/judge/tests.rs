//! Small invented inventories, and what follows from them.

use std::ops::Range;

use jiff::civil::date;

use super::*;
use crate::inventory::{Bucket, Crowd as Sighted, Inventory, Life, SiteRow, Slice, Stage, Sum, TenantRow, Verdict};
use crate::people::{Member, MemberId};
use crate::policy::{FailOn, FindingCode, Kind, Network, Purpose, SECTIONS, SocialKind};
use crate::risk::tests::{blank, members};
use crate::traffic::WhoKind;

/// Forty people: ten each in Sales, Marketing and Engineering, six in Finance, four of whom nobody knows where they sit.
fn people() -> People {
    let department = |number: u32| match number {
        0..10 => Some("Sales"),
        10..20 => Some("Marketing"),
        20..30 => Some("Engineering"),
        30..36 => Some("Finance"),
        _ => None,
    };
    let member = |number: u32| Member {
        name: format!("person-{number}"),
        kind: WhoKind::Person,
        department: department(number).map(str::to_owned),
        site: None,
        manager: None,
    };
    People::named((0..40).map(member).collect())
}

struct World {
    catalog: Catalog,
    people: People,
}

impl World {
    fn new() -> World {
        World { catalog: Catalog::built_in(), people: people() }
    }

    /// An app that these people work with.
    fn used(&self, id: &str, who: Range<u32>) -> AppRow<'_> {
        let mut row = blank(self.catalog.app(id).expect(id));
        row.used_by = members(who);
        row.counts[Verdict::Used as usize] = row.used_by.len() as u64;
        row.sum.requests = 100;
        row.sum.bytes_up = Some(1_000);
        row.verdict = if row.used_by.is_empty() { Verdict::Touched } else { Verdict::Used };
        let mut slices: BTreeMap<&str, u64> = BTreeMap::new();
        for member in &row.used_by {
            if let Some(name) = &self.people.members()[member.index()].department {
                *slices.entry(name).or_default() += 1;
            }
        }
        let slice =
            |(name, people): (&str, u64)| Slice { name: name.to_owned(), people, used: people, ..Slice::default() };
        row.departments = slices.into_iter().map(slice).collect();
        row
    }

    fn judge(&self, policy: &str, apps: Vec<AppRow<'_>>) -> Judgement {
        self.judge_all(policy, apps, Vec::new())
    }

    fn judge_all(&self, policy: &str, apps: Vec<AppRow<'_>>, sites: Vec<SiteRow>) -> Judgement {
        let policy = Policy::parse("policy.toml", policy, &self.catalog).unwrap_or_else(|problems| {
            panic!("{}", crate::diag::render(&problems, crate::diag::Style::Plain));
        });
        let inventory = Inventory {
            apps,
            sites,
            total: Sum::default(),
            known: Sum::default(),
            people: 40,
            devices: 3,
            explained: 40,
            days: 10,
            period: None,
            buckets: Default::default(),
            active: Vec::new(),
        };
        let judgement = judge(&inventory, &self.people, &policy, &self.catalog, Some(date(2026, 3, 21)));
        for finding in &judgement.findings {
            told_well(finding, &self.people);
        }
        judgement
    }
}

/// Sentences with numbers, no accusation, and nobody's name.
fn told_well(finding: &Finding, people: &People) {
    let Finding { title, text, ask, .. } = finding;
    assert!(text.ends_with('.') && !title.ends_with('.') && ask.ends_with(['.', '?']), "{finding:?}");
    assert!(!finding.numbers.is_empty(), "{finding:?}");
    for member in people.members() {
        assert!(!text.contains(&format!("{} ", member.name)) && !ask.contains(&member.name), "{finding:?}");
    }
    for word in ["violat", "abuse of", "illegal", "culprit", "offend", "  ", " ,", "1 people", "1 apps"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

fn spreading(row: &mut AppRow<'_>) {
    row.life = Some(Life { stage: Stage::Spreading, rule: "growing", new_people_per_week: 6.5, half_life_weeks: None });
    row.growth = (0..10).map(|day| Bucket { new_people: day, ..Bucket::default() }).collect();
    row.champions = members(20..22);
}

fn site(name: &str, up: u64) -> SiteRow {
    let mut sum = Sum::default();
    (sum.bytes_up, sum.uploads) = (Some(up), 12);
    let crowd = Sighted { people: 1, ..Sighted::default() };
    SiteRow { site: name.to_owned(), crowd, sum, hosts: vec![(format!("up.{name}"), 56)] }
}

fn of(judgement: &Judgement, code: FindingCode) -> Vec<&Finding> {
    judgement.findings.iter().filter(|finding| finding.code == code).collect()
}

const SLACK: &str = "[[decision]]\napp = \"slack\"\nstate = \"sanctioned\"\nreason = \"the company's chat\"\n";

#[test]
fn the_narrowest_decision_counts() {
    let world = World::new();
    let policy = r#"
[[decision]]
category = "messaging"
state = "unsanctioned"
reason = "talk stays in the house"
[[decision]]
app = "slack"
state = "sanctioned"
reason = "the company's chat"
[[decision]]
vendor = "Dropbox, Inc."
state = "tolerated"
reason = "until the share is ready"
"#;
    let rows = ["slack", "whatsapp", "dropbox", "trello"].map(|id| world.used(id, 0..5));
    let judged = world.judge(policy, rows.into_iter().collect()).apps;
    let stand: Vec<_> = judged.iter().map(|one| (one.state, one.placement, one.decision)).collect();
    assert_eq!(
        stand,
        [
            (State::Sanctioned, Placement::Core, Some(1)),
            (State::Unsanctioned, Placement::Outside, Some(0)),
            (State::Tolerated, Placement::Edge, Some(2)),
            (State::Unreviewed, Placement::Edge, None),
        ]
    );
}

#[test]
fn a_decision_may_hold_for_a_department() {
    let world = World::new();
    let policy =
        "[[decision]]\napp = \"figma\"\nstate = \"sanctioned\"\nreason = \"design\"\ndepartments = [\"marketing\"]\n";
    let inside = world.judge(policy, vec![world.used("figma", 10..14)]);
    assert_eq!((inside.apps[0].state, inside.apps[0].beyond), (State::Sanctioned, 0));
    let beyond = world.judge(policy, vec![world.used("figma", 10..27)]);
    assert_eq!((beyond.apps[0].state, beyond.apps[0].beyond), (State::Sanctioned, 7));
    assert_eq!(beyond.apps[0].advice.action, Action::Adopt);
    assert_eq!(
        of(&beyond, FindingCode::BEYOND)[0].text,
        "Figma is sanctioned for marketing; 7 people elsewhere work with it as well."
    );
    // Nobody it is about works with it.
    let outside = world.judge(policy, vec![world.used("figma", 20..27)]);
    assert_eq!(outside.apps[0].state, State::Unreviewed);
    // A wider decision takes in the others.
    let both =
        format!("{policy}[[decision]]\ncategory = \"whiteboard-design\"\nstate = \"tolerated\"\nreason = \"x\"\n");
    assert_eq!(world.judge(&both, vec![world.used("figma", 10..27)]).apps[0].beyond, 0);
}

#[test]
fn rules_fill_what_decisions_leave() {
    let world = World::new();
    let policy = r#"
[[decision]]
app = "teamviewer"
state = "tolerated"
reason = "the supplier's help desk"
[[rule]]
id = "ways-in"
when = { category = "remote-access", people = 2 }
state = "unsanctioned"
advice = "block"
finding = "critical"
reason = "Use the company's own help desk"
[[rule]]
id = "never"
when = { department = "Finance", risk = "low" }
finding = "low"
reason = "x"
"#;
    let rows = vec![world.used("anydesk", 0..3), world.used("teamviewer", 0..3), world.used("rustdesk", 0..1)];
    let judgement = world.judge(policy, rows);
    let stand: Vec<_> = judgement.apps.iter().map(|one| (one.state, one.advice.action)).collect();
    assert_eq!(stand[0], (State::Unsanctioned, Action::Block));
    // The decision is stronger; the advice of the rule still counts.
    assert_eq!(stand[1], (State::Tolerated, Action::Block));
    assert_eq!(stand[2], (State::Unreviewed, Action::Restrict));
    assert_eq!(judgement.apps[0].placement, Placement::Outside);
    let rules = of(&judgement, FindingCode::RULE);
    assert_eq!(rules.len(), 2);
    assert_eq!((rules[0].level, rules[0].ask.as_str()), (Level::Critical, "Use the company's own help desk."));
    assert_eq!(judgement.findings[0].code, FindingCode::RULE);
    assert_eq!(worst(&judgement.findings), Some(Level::Critical));
}

#[test]
fn own_and_other_instances() {
    let world = World::new();
    let policy = format!("[own]\ntenants = [\"slack:contoso\"]\ndomains = [\"contoso.example\"]\n{SLACK}");
    let mut slack = world.used("slack", 0..10);
    let tenant = |label: &str, who: Range<u32>| TenantRow {
        tenant: label.to_owned(),
        members: members(who),
        requests: 5,
        bytes_up: Some(2_000_000),
    };
    slack.tenants = vec![tenant("Contoso", 0..9), tenant("fabrikam", 4..6), tenant("personal", 8..10)];
    let judgement = world.judge(&policy, vec![slack]);
    assert_eq!(judgement.apps[0].tenants, [TenantKind::Own, TenantKind::Other, TenantKind::Personal]);
    assert_eq!(judgement.apps[0].advice.action, Action::Teach);
    let personal = of(&judgement, FindingCode::PERSONAL_TENANT);
    assert_eq!((personal[0].level, personal[0].numbers["people"]), (Level::High, 2));
    let other = of(&judgement, FindingCode::OTHER_TENANT);
    assert_eq!(other[0].tenant.as_deref(), Some("fabrikam"));
    assert!(other[0].text.starts_with("2 people work in 1 instance of Slack"), "{}", other[0].text);
    assert!(judgement.apps[0].risk.parts.iter().any(|part| part.id == "personal-tenant"));
}

#[test]
fn the_private_side_of_a_sanctioned_app() {
    let world = World::new();
    let policy = SLACK.replace("slack", "onedrive-business");
    let rows = vec![world.used("onedrive-business", 0..30), world.used("onedrive-personal", 3..7)];
    let judgement = world.judge(&policy, rows);
    let found = of(&judgement, FindingCode::PERSONAL_TENANT);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].app.as_ref().map(|app| app.0.as_str()), Some("onedrive-personal"));
    let advice = &judgement.apps[1].advice;
    assert_eq!(advice.action, Action::Teach);
    assert_eq!(advice.alternative.as_ref().map(|other| other.id.as_str()), Some("onedrive-business"));
}

#[test]
fn the_ladder_of_an_app_without_a_decision() {
    let world = World::new();
    let action = |row: AppRow<'_>| world.judge("", vec![row]).apps[0].advice.clone();
    assert_eq!(action(world.used("trello", 0..0)).action, Action::Ignore);
    assert_eq!(action(world.used("trello", 0..2)).action, Action::Watch);
    assert_eq!(action(world.used("trello", 0..12)).action, Action::Adopt);
    assert_eq!(action(world.used("netflix", 0..12)).action, Action::Ignore);
    // Accounts of persons are not brought in.
    assert_eq!(action(world.used("whatsapp", 0..12)).action, Action::Teach);
    assert_eq!(action(world.used("anydesk", 0..2)).action, Action::Restrict);
    assert_eq!(action(world.used("croxyproxy", 0..2)).action, Action::Block);
    let mut tried = world.used("trello", 0..0);
    (tried.verdict, tried.tried_by) = (Verdict::Tried, members(0..3));
    assert_eq!(action(tried).reasons, ["3 people tried it; none works with it yet."]);
    let mut heavy = world.used("wetransfer", 0..4);
    heavy.sum.bytes_up = Some(3_000_000_000);
    heavy.heaviest = Some((MemberId::of(2), 2_500_000_000));
    assert_eq!(action(heavy).action, Action::Teach);
    let mut blocked = world.used("trello", 0..0);
    blocked.verdict = Verdict::Blocked;
    blocked.counts[Verdict::Blocked as usize] = 4;
    blocked.sum.blocked = 9;
    assert_eq!(action(blocked).action, Action::Teach);
}

#[test]
fn a_sanctioned_app_of_the_same_job_is_named() {
    let world = World::new();
    let other = world.catalog.app("mattermost").expect("mattermost");
    assert_eq!(other.job(), world.catalog.app("slack").and_then(|app| app.job()), "pick another pair");
    let judgement = world.judge(SLACK, vec![world.used("mattermost", 0..6)]);
    let advice = &judgement.apps[0].advice;
    assert_eq!(advice.action, Action::Teach);
    // Slack was not seen; the policy names it.
    let named = advice.alternative.as_ref().expect("an alternative");
    assert_eq!((named.id.as_str(), named.sanctioned), ("slack", true));
    assert_eq!(judgement.apps[0].alternatives[0].id, "slack");
    assert!(advice.reasons.iter().any(|reason| reason.contains("Slack does the same job")), "{advice:?}");
    let idle = of(&judgement, FindingCode::UNMATCHED);
    assert_eq!(idle[0].text, "These logs hold nothing of Slack (line 1).");
}

#[test]
fn one_of_a_job_is_brought_in_and_the_others_are_watched() {
    let world = World::new();
    let judgement = world.judge("", vec![world.used("trello", 0..12), world.used("asana", 0..8)]);
    let actions: Vec<Action> = judgement.apps.iter().map(|judged| judged.advice.action).collect();
    if judgement.apps[0].job == judgement.apps[1].job {
        assert_eq!(actions, [Action::Adopt, Action::Watch]);
        assert!(judgement.apps[1].advice.reasons.iter().any(|reason| reason.contains("Trello")));
    }
}

#[test]
fn what_is_a_finding() {
    let world = World::new();
    let mut deepseek = world.used("deepseek", 0..22);
    spreading(&mut deepseek);
    let mut wetransfer = world.used("wetransfer", 8..12);
    wetransfer.sum.bytes_up = Some(3_200_000_000);
    wetransfer.heaviest = Some((MemberId::of(9), 3_000_000_000));
    wetransfer.uploaders = 2;
    let mut pastebin = world.used("pastebin", 20..23);
    (pastebin.plain_requests, pastebin.sum.uploads) = (60, 4);
    let mut notion = world.used("notion", 20..26);
    (notion.active_quarters, notion.after_hours) = (40, 30);
    let mut mega = world.used("mega", 0..0);
    (mega.verdict, mega.sum.blocked) = (Verdict::Blocked, 44);
    mega.counts[Verdict::Blocked as usize] = 6;
    let policy = format!(
        "{SLACK}date = 2025-01-01\nreview-by = 2026-03-01\nowner = \"Dana in IT\"\n\
         [[decision]]\napp = \"dropbox\"\nstate = \"unsanctioned\"\nreason = \"we have a share\"\n"
    );
    let rows = vec![
        world.used("slack", 0..40),
        deepseek,
        wetransfer,
        pastebin,
        notion,
        mega,
        world.used("anydesk", 33..35),
        world.used("croxyproxy", 3..4),
        world.used("dropbox", 10..14),
    ];
    let judgement = world.judge_all(&policy, rows, vec![site("quickparcel.example", 3_100_000_000)]);
    let told: Vec<String> = judgement
        .findings
        .iter()
        .map(|finding| format!("{} {} {}", finding.code.code(), finding.level.as_str(), finding.text))
        .collect();
    let expected = [
        "U003 high One of the people sent 3.0 GB to WeTransfer, 93% of the 3.2 GB that went there.",
        "U004 high 1 person sent 3.1 GB to quickparcel.example, which no app of the catalog claims.",
        "U007 high 2 people used AnyDesk, by which somebody elsewhere can work on their computers, in Finance.",
        "U008 high 1 person used CroxyProxy, behind which nobody sees what is done, in Sales.",
        "U005 high 22 people work with DeepSeek by now, 6.5 more each week, most in Marketing and Sales. Nobody has \
         decided about it yet.",
        "U006 medium 22 people work with DeepSeek (22), and 1.0 kB went there. No decision says what may be put in.",
        "U010 medium 4 people work with Dropbox, although the policy says no, in Marketing.",
        "U011 low 6 people asked for MEGA and were stopped, 44 times in all.",
        "U012 medium 60% of the requests to Pastebin go over plain HTTP, readable by everybody on the way, in \
         Engineering.",
        "U013 info 75% of the time in which Notion was active lies outside office hours, in Engineering.",
        "U015 medium The decision about Slack (sanctioned, line 1 of the policy) was to be looked at again by \
         2026-03-01.",
    ];
    for line in expected {
        let (code, text) = line.split_at(4);
        let same: Vec<&String> = told.iter().filter(|told| told.starts_with(code)).collect();
        assert!(same.iter().any(|told| told.ends_with(text)), "{line}\n{told:#?}");
    }
    assert!(judgement.findings.is_sorted_by_key(|finding| std::cmp::Reverse(finding.level)));
    assert_eq!(of(&judgement, FindingCode::OVERDUE)[0].ask, "Does Dana in IT still stand by it?");
    // The same once more is the same.
    assert_eq!(judgement.edge[0].id, "deepseek");
    assert_eq!((judgement.edge[0].champions, judgement.edge[0].new_people), (2, 42));
}

#[test]
fn a_decision_about_a_host_is_heard() {
    let world = World::new();
    let policy = |state: &str| {
        format!("[[decision]]\nhost = \"quickparcel.example\"\nstate = \"{state}\"\nreason = \"our courier\"\n")
    };
    let found = |state: &str| {
        let judgement = world.judge_all(&policy(state), Vec::new(), vec![site("quickparcel.example", 900_000_000)]);
        assert!(of(&judgement, FindingCode::UNMATCHED).is_empty());
        of(&judgement, FindingCode::UNCATALOGED_UPLOAD).iter().map(|finding| finding.text.clone()).collect::<Vec<_>>()
    };
    assert!(found("tolerated").is_empty());
    assert_eq!(found("unsanctioned"), ["1 person sent 900 MB to quickparcel.example, which the policy does not want."]);
}

#[test]
fn small_groups_are_not_named() {
    let world = World::new();
    let rows = || vec![world.used("anydesk", 8..14)];
    let all = world.judge("", rows());
    assert!(of(&all, FindingCode::REMOTE_CONTROL)[0].text.contains("Marketing and Sales"));
    let large = world.judge("[thresholds]\nmin-group = 4\n", rows());
    let finding = of(&large, FindingCode::REMOTE_CONTROL)[0];
    assert!(finding.text.ends_with(", in Marketing.") && finding.department.as_deref() == Some("Marketing"));
}

#[test]
fn customers_and_pastimes_are_told_apart() {
    let world = World::new();
    let rows = vec![
        world.used("linkedin", 0..16),
        world.used("facebook", 20..30),
        world.used("instagram", 12..24),
        world.used("hootsuite", 10..12),
        world.used("meta-business-suite", 10..13),
        world.used("brand24", 15..16),
    ];
    let judgement = world.judge("", rows);
    let of_app = |id: &str| -> &Network { judgement.social.networks.iter().find(|network| network.id == id).unwrap() };
    assert_eq!(of_app("linkedin").purpose, Purpose::Customers);
    assert_eq!(of_app("facebook").purpose, Purpose::Leisure);
    assert_eq!(of_app("facebook").reason, "None of 10 people sits where customers are met.");
    assert_eq!(of_app("instagram").kind, SocialKind::Network);
    assert_eq!(
        of_app("instagram").reason,
        "8 of 12 people sit in Marketing; 2 people also use a console or scheduler."
    );
    let kinds = ["hootsuite", "meta-business-suite", "brand24"].map(|id| of_app(id).kind);
    assert_eq!(kinds, [SocialKind::Scheduler, SocialKind::Console, SocialKind::Listening]);
    assert_eq!(
        judgement.social.summary,
        "Marketing and Sales meet customers on LinkedIn and Instagram. 4 people look after the company's pages by Meta \
         Business Suite, Hootsuite and Brand24. One network is a pastime."
    );
    let finding = of(&judgement, FindingCode::SOCIAL)[0];
    assert_eq!((finding.level, finding.numbers["unreviewed_tools"]), (Level::Low, 3));
    // The policy knows better than names do.
    let listed =
        world.judge("[social]\ncustomer-departments = [\"Engineering\"]\n", vec![world.used("facebook", 20..30)]);
    assert_eq!(listed.social.networks[0].purpose, Purpose::Customers);
}

#[test]
fn tools_of_one_job_are_laid_side_by_side() {
    let world = World::new();
    let ids: Vec<&str> =
        ["trello", "asana", "basecamp", "monday"].into_iter().filter(|id| world.catalog.app(id).is_some()).collect();
    let rows: Vec<AppRow<'_>> =
        ids.iter().zip([0..12, 8..14, 20..22, 22..23]).map(|(id, who)| world.used(id, who)).collect();
    let judgement = world.judge("", rows);
    let job = judgement.collaboration.jobs.first().expect("a job with several tools");
    assert!(job.tools.len() >= 3, "{job:?}");
    assert_eq!((job.overlap[0].people, job.bridges), (4, 4));
    assert_eq!(job.tools[0].departments, ["Sales", "Marketing"]);
    let text = job.consolidate.as_deref().unwrap();
    assert!(text.contains("4 of whom work with more than one. Trello has most of them, 12"), "{text}");
    assert_eq!(of(&judgement, FindingCode::CONSOLIDATE).len(), 1);
    // With a sanctioned one among them it is the one to move to; with nothing but sanctioned ones nobody has to.
    let policy = SLACK.replace("slack", "asana");
    let rows: Vec<AppRow<'_>> = ids.iter().zip([0..12, 8..14]).map(|(id, who)| world.used(id, who)).collect();
    let judgement = world.judge(&policy, rows);
    let text = judgement.collaboration.jobs[0].consolidate.as_deref().unwrap();
    assert!(text.ends_with("Asana is sanctioned and has 6 of them already; 8 people would have to move."), "{text}");
    let both = format!("{policy}{}", SLACK.replace("slack", "trello"));
    let rows: Vec<AppRow<'_>> = ids.iter().zip([0..12, 8..14]).map(|(id, who)| world.used(id, who)).collect();
    assert_eq!(world.judge(&both, rows).collaboration.jobs[0].consolidate, None);
}

#[test]
fn gates_open_and_shut() {
    let world = World::new();
    let judgement = world.judge("", vec![world.used("anydesk", 0..2)]);
    let gate = |text: &str| FailOn::any(&[FailOn::parse(text).unwrap()], &judgement.findings);
    assert!(gate("remote-control") && gate("U007") && gate("info") && gate("high"));
    assert!(!gate("critical") && !gate("personal-tenant"));
    assert!(!FailOn::any(&[], &judgement.findings));
}

/// Where no log names people, devices are counted and called so.
#[test]
fn devices_are_not_called_people() {
    let world = World::new();
    let inventory = Inventory {
        apps: vec![world.used("anydesk", 36..38)],
        sites: Vec::new(),
        total: Sum::default(),
        known: Sum::default(),
        people: 0,
        devices: 9,
        explained: 9,
        days: 1,
        period: None,
        buckets: Default::default(),
        active: Vec::new(),
    };
    let judgement = judge(&inventory, &world.people, &Policy::default(), &world.catalog, None);
    assert!(of(&judgement, FindingCode::REMOTE_CONTROL)[0].text.starts_with("2 devices used AnyDesk"));
}

#[test]
fn codes_are_stable_and_told() {
    let mut seen = std::collections::BTreeSet::new();
    for (at, code) in FindingCode::ALL.iter().enumerate() {
        assert_eq!(code.code(), format!("U{:03}", at + 1));
        assert!(seen.insert(code.id()) && code.id().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        assert!(code.when().ends_with('.') && code.when().split(' ').count() > 5, "{}", code.when());
        assert_eq!(FindingCode::from_name(code.id()), Some(*code));
    }
    // Every key is told, for editors and for people.
    for section in SECTIONS {
        for key in section.keys {
            assert!(key.about.split(' ').count() >= 1 && !key.about.ends_with('.'), "{}", key.name);
            if let Kind::Word(words) | Kind::Words(words) = key.kind {
                assert!(!words.is_empty());
            }
        }
    }
}
