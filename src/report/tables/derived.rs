//! Tables of what is derived from several apps at once.

use super::{Of, Table, list, row};
use crate::report::Report;
use crate::report::document::{Department, Unit};

pub(super) fn findings(report: &Report) -> Table {
    let rows = report.findings.iter().map(|finding| {
        let numbers: Vec<String> = finding.numbers.iter().map(|(name, number)| format!("{name} {number}")).collect();
        row![
            &finding.code,
            &finding.id,
            &finding.level,
            &finding.title,
            finding.app.as_ref(),
            finding.app_name.as_ref(),
            finding.department.as_ref(),
            finding.tenant.as_ref(),
            &finding.text,
            &finding.ask,
            list(numbers.iter().map(String::as_str)),
        ]
    });
    Table {
        of: Of::Findings,
        columns: vec![
            "code",
            "id",
            "level",
            "title",
            "app",
            "app_name",
            "department",
            "tenant",
            "text",
            "ask",
            "numbers",
        ],
        rows: rows.collect(),
    }
}

pub(super) fn departments(of: Of, departments: &[Department]) -> Table {
    let rows = departments.iter().flat_map(|department| {
        department.apps.iter().map(move |app| {
            row![&department.name, department.people, department.seen, &app.id, &app.name, app.people, &app.state]
        })
    });
    let name = if of == Of::Locations { "location" } else { "department" };
    Table { of, columns: vec![name, "listed", "seen", "app", "app_name", "people", "state"], rows: rows.collect() }
}

pub(super) fn people(report: &Report) -> Table {
    let rows = report.people.iter().map(|person| {
        row![
            &person.who,
            &person.kind,
            person.department.as_ref(),
            person.site.as_ref(),
            person.manager.as_ref(),
            person.apps_used,
            person.apps_tried,
            person.requests,
            person.bytes_up
        ]
    });
    Table {
        of: Of::People,
        columns: vec![
            "who",
            "kind",
            "department",
            "site",
            "manager",
            "apps_used",
            "apps_tried",
            "requests",
            "bytes_up",
        ],
        rows: rows.collect(),
    }
}

fn units(units: &[Unit]) -> Vec<String> {
    units.iter().map(|unit| format!("{} {}", unit.name, unit.people)).collect()
}

pub(super) fn collaboration(report: &Report) -> Table {
    let rows = report.collaboration.iter().flat_map(|map| &map.jobs).flat_map(|job| {
        job.tools.iter().map(move |tool| {
            row![
                &job.job,
                &job.name,
                job.people,
                job.bridges,
                &tool.id,
                &tool.name,
                tool.people,
                &tool.state,
                list(tool.departments.iter().map(String::as_str)),
                job.consolidate.as_ref(),
            ]
        })
    });
    Table {
        of: Of::Collaboration,
        columns: vec![
            "job",
            "job_name",
            "job_people",
            "bridges",
            "app",
            "app_name",
            "people",
            "state",
            "departments",
            "consolidate",
        ],
        rows: rows.collect(),
    }
}

pub(super) fn social(report: &Report) -> Table {
    let rows = report.social.iter().flat_map(|social| &social.networks).map(|network| {
        let departments = units(&network.departments);
        row![
            &network.id,
            &network.name,
            &network.kind,
            &network.purpose,
            network.people,
            list(departments.iter().map(String::as_str)),
            &network.reason,
        ]
    });
    Table {
        of: Of::Social,
        columns: vec!["app", "app_name", "kind", "purpose", "people", "departments", "reason"],
        rows: rows.collect(),
    }
}

pub(super) fn edge(report: &Report) -> Table {
    let rows = report.edge.iter().map(|edge| {
        row![
            &edge.id,
            &edge.name,
            edge.people,
            edge.new_people,
            edge.stage.as_ref(),
            edge.champions,
            list(edge.departments.iter().map(String::as_str)),
            &edge.reason,
        ]
    });
    Table {
        of: Of::Edge,
        columns: vec!["app", "app_name", "people", "new_people", "stage", "champions", "departments", "reason"],
        rows: rows.collect(),
    }
}
