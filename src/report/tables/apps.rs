//! Tables whose rows belong to an app.

use super::{Cell, HOSTS, Of, TRAFFIC, Table, day, instant, list, row, traffic};
use crate::report::document::App;
use crate::report::{Report, View};

pub(super) fn apps(report: &Report, view: &View) -> Table {
    let mut columns = vec!["id", "name", "vendor", "category", "people", "devices", "touched", "touched_only"];
    columns.extend(TRAFFIC);
    columns.extend([
        "active_minutes",
        "evidence",
        "host_count",
        "hosts",
        "verdict",
        "rule",
        "used_by",
        "tried_by",
        "touched_by",
        "background_by",
        "blocked_by",
        "job",
        "stage",
        "new_people_per_week",
        "after_hours_share",
        "champions",
        "departments",
        "tenants",
        "risk",
        "risk_low",
        "risk_high",
        "risk_level",
        "placement",
        "state",
        "owner",
        "review_by",
        "advice",
        "advice_reasons",
        "advice_alternative",
    ]);
    let rows = view.apps(report).into_iter().map(|app| {
        let mut row = row![
            &app.id,
            &app.name,
            app.vendor.as_ref(),
            &app.category,
            app.people,
            app.devices,
            app.touched,
            app.touched_only
        ];
        row.extend(traffic(&app.traffic));
        row.extend(judged(app));
        row
    });
    Table { of: Of::Apps, columns, rows: rows.collect() }
}

fn judged(app: &App) -> Vec<Cell> {
    let risk = app.risk.as_ref();
    let decision = app.decision.as_ref();
    let advice = app.advice.as_ref();
    let hosts = app.hosts.iter().take(HOSTS).map(|host| host.host.as_str());
    let counts = &app.verdicts;
    row![
        app.active_minutes,
        list(app.evidence.iter().map(String::as_str)),
        app.hosts.len() as u64,
        list(hosts),
        &app.verdict,
        &app.rule,
        counts.used,
        counts.tried,
        counts.touched,
        counts.background,
        counts.blocked,
        app.job.as_ref(),
        app.life.as_ref().map(|life| &life.stage),
        app.life.as_ref().map(|life| life.new_people_per_week),
        app.after_hours_share,
        app.champions,
        list(app.departments.iter().map(|slice| slice.name.as_str())),
        list(app.tenants.iter().take(HOSTS).map(|tenant| tenant.tenant.as_str())),
        risk.map(|risk| u64::from(risk.score)),
        risk.map(|risk| u64::from(risk.low)),
        risk.map(|risk| u64::from(risk.high)),
        risk.map(|risk| &risk.level),
        &app.placement,
        &app.state,
        decision.and_then(|decision| decision.owner.as_ref()),
        day(decision.and_then(|decision| decision.review_by.as_ref())),
        advice.map(|advice| &advice.action),
        list(advice.iter().flat_map(|advice| &advice.reasons).map(String::as_str)),
        advice.and_then(|advice| advice.alternative.as_ref()).map(|app| &app.name),
    ]
}

pub(super) fn tenants(report: &Report) -> Table {
    let rows = report.apps.iter().flat_map(|app| {
        app.tenants.iter().map(move |tenant| {
            row![&app.id, &app.name, &tenant.tenant, &tenant.kind, tenant.people, tenant.requests, tenant.bytes_up]
        })
    });
    Table {
        of: Of::Tenants,
        columns: vec!["app", "app_name", "tenant", "kind", "people", "requests", "bytes_up"],
        rows: rows.collect(),
    }
}

pub(super) fn hosts(report: &Report) -> Table {
    let rows = report.apps.iter().flat_map(|app| {
        app.hosts.iter().map(move |host| {
            row![
                &app.id,
                &app.name,
                &host.host,
                &host.role,
                &host.rule,
                &host.source,
                host.people,
                host.requests,
                host.bytes_up,
                host.bytes_down
            ]
        })
    });
    Table {
        of: Of::Hosts,
        columns: vec![
            "app",
            "app_name",
            "host",
            "role",
            "rule",
            "source",
            "people",
            "requests",
            "bytes_up",
            "bytes_down",
        ],
        rows: rows.collect(),
    }
}

pub(super) fn growth(report: &Report) -> Table {
    let rows = report.apps.iter().flat_map(|app| {
        app.growth.iter().map(move |step| {
            row![&app.id, &app.name, day(Some(&step.start)), step.people, step.new_people, step.requests, step.bytes_up]
        })
    });
    Table {
        of: Of::Growth,
        columns: vec!["app", "app_name", "start", "people", "new_people", "requests", "bytes_up"],
        rows: rows.collect(),
    }
}

pub(super) fn risk(report: &Report) -> Table {
    let rows = report.apps.iter().flat_map(|app| {
        app.risk.iter().flat_map(|risk| &risk.parts).map(move |part| {
            row![
                &app.id,
                &app.name,
                &part.id,
                &part.title,
                Cell::Signed(part.points.into()),
                Cell::Signed(part.low.into()),
                Cell::Signed(part.high.into()),
                &part.text,
                part.source.as_ref(),
                part.as_of.as_ref()
            ]
        })
    });
    Table {
        of: Of::Risk,
        columns: vec!["app", "app_name", "part", "title", "points", "low", "high", "text", "source", "as_of"],
        rows: rows.collect(),
    }
}

pub(super) fn users(report: &Report) -> Table {
    let rows = report.apps.iter().flat_map(|app| {
        app.users.iter().map(move |user| {
            row![
                &app.id,
                &app.name,
                &user.who,
                &user.kind,
                user.department.as_ref(),
                user.site.as_ref(),
                &user.verdict,
                &user.rule,
                user.requests,
                user.blocked,
                user.uploads,
                user.bytes_up,
                user.bytes_down,
                user.active_minutes,
                user.days,
                instant(Some(&user.first_seen)),
                instant(Some(&user.last_seen)),
                list(user.tenants.iter().map(String::as_str)),
            ]
        })
    });
    Table {
        of: Of::Users,
        columns: vec![
            "app",
            "app_name",
            "who",
            "kind",
            "department",
            "site",
            "verdict",
            "rule",
            "requests",
            "blocked",
            "uploads",
            "bytes_up",
            "bytes_down",
            "active_minutes",
            "days",
            "first_seen",
            "last_seen",
            "tenants",
        ],
        rows: rows.collect(),
    }
}
