//! What a score must hold to.

use super::*;
use crate::catalog::{App, Catalog};
use crate::inventory::{AppRow, Crowd, Life, Stage, Sum, Verdict};
use crate::people::MemberId;

/// A row of an app that nobody came near.
pub(crate) fn blank(app: &App) -> AppRow<'_> {
    AppRow {
        app,
        crowd: Crowd::default(),
        sum: Sum::default(),
        hosts: Vec::new(),
        verdict: Verdict::Touched,
        rule: 0,
        counts: [0; 5],
        used_by: Vec::new(),
        tried_by: Vec::new(),
        departments: Vec::new(),
        locations: Vec::new(),
        unknown_department: 0,
        tenants: Vec::new(),
        growth: Vec::new(),
        heat: [[0; 24]; 7],
        quarters: 0,
        active_quarters: 0,
        after_hours: 0,
        life: None,
        champions: Vec::new(),
        plain_requests: 0,
        uploaders: 0,
        heaviest: None,
        users: Vec::new(),
    }
}

pub(crate) fn members(numbers: std::ops::Range<u32>) -> Vec<MemberId> {
    numbers.map(MemberId::of).collect()
}

fn of(catalog: &Catalog, id: &str, change: impl FnOnce(&mut AppRow<'_>, &mut Exposure)) -> Risk {
    let app = catalog.app(id).expect(id);
    let mut row = blank(app);
    let mut exposure = Exposure { people: 100, ..Exposure::default() };
    change(&mut row, &mut exposure);
    score(&row, app, catalog.category(app.category()), &Weights::built_in(), exposure)
}

#[test]
fn every_weight_has_a_reason_and_stays_in_its_range() {
    let weights = Weights::built_in();
    assert!(weights.parts().count() > 20, "weights.toml could not be read");
    for (id, part) in weights.parts() {
        assert!(part.why.ends_with('.') && part.why.split(' ').count() > 5, "{id}: {}", part.why);
        let (least, most) = part.range;
        assert!(part.points.values().all(|points| (least..=most).contains(points)), "{id}");
        if let Some((low, high)) = part.unknown {
            assert!(low <= 0 && high >= 0 && low < high, "{id}: what is unknown widens");
        }
    }
    assert_eq!(weights.disorder(), None);
}

#[test]
fn the_parts_are_the_score() {
    let catalog = Catalog::built_in();
    for app in catalog.apps() {
        let risk = of(&catalog, app.id(), |row, exposure| {
            row.used_by = members(0..60);
            row.sum.bytes_up = Some(20_000_000_000);
            row.plain_requests = 3;
            row.uploaders = 40;
            exposure.personal = 5;
        });
        let sum: i32 = risk.parts.iter().map(|part| part.points).sum();
        assert_eq!(i32::from(risk.score), sum, "{}", app.id());
        assert!(risk.low <= risk.score && risk.score <= risk.high, "{}", app.id());
        for part in &risk.parts {
            assert!(part.low <= part.points && part.points <= part.high, "{}: {}", app.id(), part.id);
            assert!(part.text.ends_with('.'), "{}: {}", app.id(), part.text);
        }
    }
}

#[test]
fn what_is_unknown_widens_and_adds_nothing() {
    let catalog = Catalog::built_in();
    let risk = of(&catalog, "dropbox", |_, _| {});
    let unknown: Vec<&str> = risk.parts.iter().filter(|part| part.low < part.high).map(|part| part.id).collect();
    assert!(unknown.contains(&"uploads") && unknown.contains(&"plain-http"), "{unknown:?}");
    assert!(risk.parts.iter().all(|part| part.low == part.high || part.points == 0));
    let told = of(&catalog, "dropbox", |row, _| row.sum.bytes_up = Some(5));
    assert_eq!(told.score, risk.score);
    assert!(told.high < risk.high);
}

#[test]
fn what_was_seen_counts() {
    let catalog = Catalog::built_in();
    let quiet = of(&catalog, "dropbox", |row, _| row.sum.bytes_up = Some(0));
    let loud = of(&catalog, "dropbox", |row, exposure| {
        row.sum.bytes_up = Some(3_000_000_000);
        row.sum.requests = 10;
        row.plain_requests = 6;
        row.uploaders = 12;
        row.used_by = members(0..30);
        row.active_quarters = 100;
        row.after_hours = 60;
        row.life =
            Some(Life { stage: Stage::Spreading, rule: "growing", new_people_per_week: 6.0, half_life_weeks: None });
        exposure.personal = 4;
    });
    let points = |id: &str| loud.parts.iter().find(|part| part.id == id).map(|part| part.points);
    for (id, expected) in [
        ("uploads", 9),
        ("plain-http", 8),
        ("senders", 3),
        ("personal-tenant", 8),
        ("after-hours", 3),
        ("spread", 3),
        ("growth", 4),
    ] {
        assert_eq!(points(id), Some(expected), "{id}");
    }
    assert_eq!(i32::from(loud.score) - i32::from(quiet.score), 38);
    assert!(loud.parts.iter().any(|part| part.text == "3.0 GB were sent to it."));
}

#[test]
fn kinds_are_in_the_expected_order() {
    let catalog = Catalog::built_in();
    let scores: Vec<u8> = ["wikipedia", "slack", "chatgpt", "anydesk", "croxyproxy"]
        .iter()
        .filter(|id| catalog.app(id).is_some())
        .map(|id| of(&catalog, id, |_, _| {}).score)
        .collect();
    assert!(scores.len() >= 4 && scores.is_sorted(), "{scores:?}");
}

#[test]
fn the_seat_weighs_only_what_a_policy_says() {
    let catalog = Catalog::built_in();
    let app = catalog.app("slack").unwrap();
    let row = blank(app);
    let mut weights = Weights::built_in();
    let category = catalog.category(app.category());
    let plain = score(&row, app, category, &weights, Exposure::default());
    let seat = plain.parts.iter().find(|part| part.id == "hq").unwrap();
    assert_eq!((seat.points, seat.source.as_deref()), (0, Some("curated")));
    weights.set("hq", "US", 7).unwrap();
    assert_eq!(score(&row, app, category, &weights, Exposure::default()).score, plain.score + 7);
}

#[test]
fn weights_are_changed_within_reason() {
    let mut weights = Weights::built_in();
    weights.set("uploads", "250MB", 6).unwrap();
    assert_eq!(weights.part("uploads").map(|part| part.reached(300_000_000)), Some(6));
    weights.set("levels", "critical", 90).unwrap();
    assert_eq!(weights.level(80), Level::High);
    for (part, key, points, told) in [
        ("mfaa", "none", 1, "did you mean `mfa`?"),
        ("mfa", "nona", 1, "did you mean `none`?"),
        ("mfa", "none", 90, "from -10 to 20"),
        ("hq", "Germany", 3, "`DE`"),
        ("uploads", "many", 3, "`1GB`"),
        ("levels", "low", 3, "medium, high and critical"),
        ("levels", "high", 300, "from 1 to 100"),
    ] {
        let refusal = weights.set(part, key, points).unwrap_err();
        assert!(refusal.help.contains(told), "{part} {key}: {refusal:?}");
    }
    weights.set("levels", "medium", 95).unwrap();
    assert!(weights.disorder().is_some());
}
