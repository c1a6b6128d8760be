//! One app, and why the report says of it what it says: every verdict with its rule and numbers, every host with the words of
//! the catalog, every part of the risk.

use std::io::{self, Write};

use super::document::{App, Report, User};
use super::{clean, words};

/// People who are told one by one, unless one is asked for.
const PEOPLE: usize = 10;

/// Hosts that are told.
const HOSTS: usize = 20;

/// The app that is meant: by id, else by name, whatever the case.
pub fn find<'r>(report: &'r Report, wanted: &str) -> Option<&'r App> {
    let by_name = |app: &&App| app.name.eq_ignore_ascii_case(wanted);
    report.apps.iter().find(|app| app.id == wanted).or_else(|| report.apps.iter().find(by_name))
}

/// Tells of an app; with `person`, of this person and the app alone.
///
/// People are told where the document has them. Fails only if the writer does.
pub fn write(report: &Report, app: &App, person: Option<&str>, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, width: width.clamp(40, 100) };
    let vendor = app.vendor.as_deref().map(|vendor| format!(", by {vendor}")).unwrap_or_default();
    page.text(&format!("{} ({}){vendor}: {}", app.name, app.id, app.category))?;
    if let Some(person) = person {
        let Some(user) = app.users.iter().find(|user| user.who.eq_ignore_ascii_case(person)) else {
            return page.text(&format!("These logs do not show {person} with {}.", app.name));
        };
        page.title("verdict")?;
        return page.user(user, true);
    }
    page.verdict(app)?;
    page.decided(app)?;
    page.time(report, app)?;
    page.hosts(app)?;
    page.risk(app)
}

struct Page<'o> {
    out: &'o mut dyn Write,
    width: usize,
}

impl Page<'_> {
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.indented(text, 0)
    }

    fn indented(&mut self, text: &str, indent: usize) -> io::Result<()> {
        let blanks = " ".repeat(indent);
        for line in words::wrap(&clean::line(text), self.width - indent, 2) {
            writeln!(self.out, "{blanks}{line}")?;
        }
        Ok(())
    }

    fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "\n{title}")
    }

    fn verdict(&mut self, app: &App) -> io::Result<()> {
        self.title("verdict")?;
        self.indented(&format!("{}, by the rule `{}`: {}", app.verdict, app.rule, app.reason), 2)?;
        let counts = &app.verdicts;
        let kinds = [
            (counts.used, "used it"),
            (counts.tried, "tried it"),
            (counts.touched, "only touched it"),
            (counts.background, "were there by a program alone"),
            (counts.blocked, "were always stopped"),
        ];
        let told: Vec<String> = kinds
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{} {what}", words::count(*count)))
            .collect();
        if !told.is_empty() {
            self.indented(&format!("Of the people and devices, {}.", words::list(&told)), 2)?;
        }
        for user in app.users.iter().take(PEOPLE) {
            self.user(user, false)?;
        }
        if app.users.len() > PEOPLE {
            let more = words::count((app.users.len() - PEOPLE) as u64);
            self.indented(&format!("and {more} more; --person NAME tells of one"), 2)?;
        }
        Ok(())
    }

    fn user(&mut self, user: &User, whole: bool) -> io::Result<()> {
        let place: Vec<&str> = user.department.iter().chain(&user.site).map(String::as_str).collect();
        let place = if place.is_empty() { String::new() } else { format!(" ({})", place.join(", ")) };
        self.indented(
            &format!("{}{place}: {}, by the rule `{}`: {}", user.who, user.verdict, user.rule, user.reason),
            2,
        )?;
        let measures: Vec<String> =
            user.measures.iter().map(|(name, value)| format!("{name} {}", words::count(*value))).collect();
        self.indented(&measures.join(", "), 4)?;
        if whole {
            let sent = user.bytes_up.map(|bytes| format!("; sent {}", words::bytes(bytes))).unwrap_or_default();
            let got = user.bytes_down.map(|bytes| format!("; received {}", words::bytes(bytes))).unwrap_or_default();
            self.indented(
                &format!(
                    "{} between {} and {}{sent}{got}",
                    words::counted(user.requests, "request or look-up", "requests and look-ups"),
                    user.first_seen,
                    user.last_seen
                ),
                4,
            )?;
            if !user.tenants.is_empty() {
                self.indented(&format!("instances: {}", user.tenants.join(", ")), 4)?;
            }
        }
        Ok(())
    }

    fn decided(&mut self, app: &App) -> io::Result<()> {
        if app.state.is_empty() && app.advice.is_none() {
            return Ok(());
        }
        self.title("decision and advice")?;
        if !app.state.is_empty() {
            self.indented(&format!("{}, {}", app.state, app.placement), 2)?;
        }
        if let Some(decision) = &app.decision {
            let owner = decision.owner.as_deref().map(|owner| format!(" by {owner}")).unwrap_or_default();
            let reason = decision.reason.as_deref().unwrap_or("no reason is given");
            self.indented(&format!("decided{owner} in {}: {reason}", decision.source), 2)?;
            if let Some(day) = &decision.review_by {
                self.indented(&format!("to be looked at again by {day}"), 2)?;
            }
        }
        if let Some(advice) = &app.advice {
            let instead =
                advice.alternative.as_ref().map(|other| format!("; instead: {}", other.name)).unwrap_or_default();
            self.indented(&format!("advice: {}{instead}", advice.action), 2)?;
            for reason in &advice.reasons {
                self.indented(&format!("- {reason}"), 2)?;
            }
        }
        Ok(())
    }

    fn time(&mut self, report: &Report, app: &App) -> io::Result<()> {
        self.title("time")?;
        if let (Some(first), Some(last)) = (&app.traffic.first_seen, &app.traffic.last_seen) {
            let days = words::counted(app.traffic.days, "day", "days");
            self.indented(&format!("seen from {first} to {last}, on {days}"), 2)?;
        }
        if let Some(life) = &app.life {
            self.indented(&format!("{}: {}", life.stage, life.reason), 2)?;
        }
        if let (Some(share), Some(hours)) = (app.after_hours_share, &report.settings.office_hours) {
            let share = words::share(share);
            self.indented(
                &format!("{share} of the active time lies outside {} to {} on workdays", hours.from, hours.to),
                2,
            )?;
        }
        Ok(())
    }

    fn hosts(&mut self, app: &App) -> io::Result<()> {
        self.title("hosts, and why they are this app's")?;
        for host in app.hosts.iter().take(HOSTS) {
            let line = format!(
                "{} ({}): {} by {}; `{}` in {}",
                host.host,
                host.role,
                words::counted(host.requests, "request", "requests"),
                words::count(host.people),
                host.rule,
                host.source
            );
            self.indented(&line, 2)?;
        }
        if app.hosts.len() > HOSTS {
            self.indented(&format!("and {} more", words::count((app.hosts.len() - HOSTS) as u64)), 2)?;
        }
        self.indented(&format!("known by: {}", app.evidence.join(", ")), 2)
    }

    fn risk(&mut self, app: &App) -> io::Result<()> {
        let Some(risk) = &app.risk else { return Ok(()) };
        self.title("risk")?;
        self.indented(
            &format!(
                "{} of 100 ({}); between {} and {} for what is not known",
                risk.score, risk.level, risk.low, risk.high
            ),
            2,
        )?;
        for part in &risk.parts {
            let range =
                if part.low == part.high { String::new() } else { format!(" ({:+} to {:+})", part.low, part.high) };
            let source = match (&part.source, &part.as_of) {
                (Some(source), Some(as_of)) => format!(" [{source}, {as_of}]"),
                (Some(source), None) => format!(" [{source}]"),
                _ => String::new(),
            };
            self.indented(&format!("{:+} {}{range}: {}{source}", part.points, part.title, part.text), 2)?;
        }
        Ok(())
    }
}
