//! `umbrascope policy`, and what every command that judges takes: `--policy`, `--fail-on`, `--today`.

mod draft;

use std::fs::{self, File};
use std::io::BufReader;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand, ValueHint};
use jiff::civil::Date;

use super::args::CatalogArgs;
use super::exit::Exit;
use super::{Streams, plan};
use crate::catalog::Catalog;
use crate::diag::{Style, render};
use crate::policy::{FailOn, Finding, Policy, STARTER, schema};

pub use draft::{Drafted, draft};

/// `policy`.
#[derive(Debug, Clone, Subcommand)]
pub enum PolicyCommand {
    /// Check a policy; every problem at once
    Check {
        /// The policy
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Which catalog.
        #[command(flatten)]
        catalog: CatalogArgs,
    },
    /// Print a policy to begin with
    Init,
    /// Make decisions to fill in out of the apps of a report
    Draft {
        /// A report that `scan --format json` wrote
        #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath)]
        report: PathBuf,
        /// Only apps that at least so many people and devices work with
        #[arg(long, value_name = "N", default_value_t = 1)]
        people: u64,
        /// The first N of the report
        #[arg(long, value_name = "N", default_value = "50")]
        top: NonZeroUsize,
    },
    /// Print the JSON Schema of policies, for editors
    Schema,
}

/// What every command that judges takes.
#[derive(Debug, Clone, Default, Args)]
pub struct PolicyArgs {
    /// What was decided about apps; `umbrascope policy init` makes one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub policy: Option<PathBuf>,

    /// Exit with 1 if there is a finding of this level or above, or of this kind
    ///
    /// A level is one of info, low, medium, high, critical; a kind is a code or an id of docs/findings.md, such as U001 or
    /// personal-tenant. May be given several times.
    #[arg(long, value_name = "LEVEL|KIND", value_parser = FailOn::parse, hide_short_help = true, help_heading = "Policy")]
    pub fail_on: Vec<FailOn>,

    /// The day on which reviews of decisions are due or not
    ///
    /// Without it, the day after the last event: the same logs give the same report on every day.
    #[arg(long, value_name = "DATE", value_parser = date, hide_short_help = true, help_heading = "Policy")]
    pub today: Option<Date>,
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a date such as 2026-12-31".to_owned())
}

impl PolicyArgs {
    /// The policy, or that of the program where none is named. `None` after everything that is wrong with it was told.
    pub fn load(&self, catalog: &Catalog, streams: &mut Streams<'_>) -> anyhow::Result<Option<Policy>> {
        let Some(path) = &self.policy else { return Ok(Some(Policy::default())) };
        match read(path, catalog)? {
            Ok(policy) => Ok(Some(policy)),
            Err(told) => {
                let style = if streams.ui.color_err { Style::Colored } else { Style::Plain };
                streams.err.write_all(render(&told, style).as_bytes())?;
                streams.warn(&format!("--policy: `{}` is not in force: nothing was read", path.display()));
                Ok(None)
            }
        }
    }

    /// How a run ends that found this.
    pub fn exit(&self, findings: &[Finding]) -> Exit {
        if FailOn::any(&self.fail_on, findings) { Exit::Found } else { Exit::Done }
    }
}

fn read(path: &Path, catalog: &Catalog) -> anyhow::Result<Result<Policy, Vec<crate::diag::Diagnostic>>> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the policy {shown}"))?;
    Ok(Policy::parse(&shown, &text, catalog))
}

/// Runs the command.
pub fn run(command: &PolicyCommand, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    match command {
        PolicyCommand::Check { file, catalog } => {
            let (catalog, broken) = plan::catalog(catalog, streams)?;
            let style = if streams.ui.color_out { Style::Colored } else { Style::Plain };
            let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
            match read(file, &catalog)? {
                Ok(policy) => {
                    let decisions = plural(policy.decisions().len(), "decision");
                    let rules = plural(policy.rules().len(), "rule");
                    writeln!(streams.out, "{decisions}, {rules}, all is well")?;
                    Ok(if broken { Exit::Incomplete } else { Exit::Done })
                }
                Err(told) => {
                    streams.out.write_all(render(&told, style).as_bytes())?;
                    writeln!(streams.out, "{}: the policy is not in force", plural(told.len(), "error"))?;
                    Ok(Exit::Incomplete)
                }
            }
        }
        PolicyCommand::Init => {
            streams.out.write_all(STARTER.as_bytes())?;
            Ok(Exit::Done)
        }
        PolicyCommand::Draft { report, people, top } => {
            let shown = report.display();
            let file = File::open(report).with_context(|| format!("cannot read {shown}"))?;
            let report: Drafted = serde_json::from_reader(BufReader::new(file))
                .with_context(|| format!("{shown} is no report of `umbrascope scan --format json`"))?;
            draft(&report, *people, top.get(), streams.out)?;
            Ok(Exit::Done)
        }
        PolicyCommand::Schema => {
            serde_json::to_writer_pretty(&mut *streams.out, &schema())?;
            writeln!(streams.out)?;
            Ok(Exit::Done)
        }
    }
}

#[cfg(test)]
mod tests;
