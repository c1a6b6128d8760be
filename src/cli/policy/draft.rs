//! `policy draft`: the apps of a report that nobody has decided about, as decisions to fill in.

use std::io::{self, Write};

use serde::Deserialize;

/// What a draft needs of a report; the rest of it is passed over.
#[derive(Debug, Deserialize)]
pub struct Drafted {
    generator: String,
    apps: Vec<App>,
}

#[derive(Debug, Deserialize)]
struct App {
    id: String,
    name: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    people: u64,
    #[serde(default)]
    devices: u64,
    #[serde(default)]
    verdict: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    departments: Vec<Department>,
    #[serde(default)]
    risk: Option<Risk>,
    #[serde(default)]
    advice: Option<Advice>,
}

#[derive(Debug, Deserialize)]
struct Department {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Risk {
    score: u64,
    level: String,
}

#[derive(Debug, Deserialize)]
struct Advice {
    action: String,
}

/// Categories of which nobody has to decide: other pages and programs load them.
const BACKGROUND: [&str; 2] = ["ads-tracking", "cdn-infrastructure"];

/// Writes a decision to fill in for each app that at least so many people and devices work with, in the order of the report.
/// States and reasons are left empty, so that `policy check` asks for each of them.
pub fn draft(report: &Drafted, least: u64, top: usize, out: &mut dyn Write) -> io::Result<()> {
    let open = |app: &&App| {
        app.state.as_deref().is_none_or(|state| state == "unreviewed")
            && app.verdict.as_deref().is_none_or(|verdict| verdict == "used")
            && !BACKGROUND.contains(&app.category.as_str())
            && app.people + app.devices >= least.max(1)
    };
    let apps: Vec<&App> = report.apps.iter().filter(open).take(top).collect();
    if apps.is_empty() {
        return writeln!(out, "# nothing to draft: every app that people work with has been decided about");
    }
    writeln!(
        out,
        "# Drafted from a report of {}: the apps in use that nobody has decided about.",
        clean(&report.generator)
    )?;
    writeln!(
        out,
        "# Fill in a state (sanctioned, tolerated or unsanctioned) and a reason, delete what you leave open, and"
    )?;
    writeln!(out, "# try it: `umbrascope policy check FILE`. Not all at once: three a week are soon done.")?;
    for app in apps {
        writeln!(out, "\n# {}", clean(&told(app)))?;
        writeln!(out, "[[decision]]")?;
        writeln!(out, "app       = \"{}\"", clean(&app.id).replace(['"', '\\'], ""))?;
        writeln!(out, "state     = \"\"")?;
        writeln!(out, "reason    = \"\"")?;
        writeln!(out, "# owner     = \"\"")?;
        writeln!(out, "# review-by = 2027-12-31")?;
    }
    Ok(())
}

fn told(app: &App) -> String {
    let counted = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    };
    let crowd = [counted(app.people, "person", "people"), counted(app.devices, "device", "devices")];
    let mut text =
        format!("{} ({}): {}", app.name, app.category, crowd.into_iter().flatten().collect::<Vec<_>>().join(" and "));
    let departments: Vec<&str> = app.departments.iter().take(3).map(|department| department.name.as_str()).collect();
    if !departments.is_empty() {
        text += &format!(", most in {}", departments.join(", "));
    }
    if let Some(risk) = &app.risk {
        text += &format!("; risk {} ({})", risk.score, risk.level);
    }
    if let Some(advice) = &app.advice {
        text += &format!("; advice: {}", advice.action);
    }
    text
}

/// A stranger's text on one line.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
