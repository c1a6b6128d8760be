//! `umbrascope formats`: what a file is taken for, and what can be read at all.

use std::io::{self, Write};

use super::args::{AnswerFormat, DetectArgs, FormatsCommand, ListArgs};
use super::exit::Exit;
use super::{Streams, plan};
use crate::formats::REGISTRY;
use crate::pipeline::{self, Plan, Unwatched, document};
use crate::report::clean;
use crate::report::document::{Input, Status};

/// Runs the command.
pub fn run(command: &FormatsCommand, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    match command {
        FormatsCommand::Detect(args) => detect(args, streams),
        FormatsCommand::List(args) => list(args, streams),
    }
}

fn detect(args: &DetectArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let plan = Plan { assume: plan::assume(&args.assume)?, ..Plan::default() };
    let found = plan::sources(&args.paths, streams);
    let readings = pipeline::detect_all(&plan, &found.sources, &Unwatched);
    let inputs: Vec<Input> = readings.iter().map(|reading| document::input(reading, &plan.assume.zone)).collect();
    match args.answer.format {
        AnswerFormat::Json => {
            serde_json::to_writer_pretty(&mut *streams.out, &inputs)?;
            writeln!(streams.out)?;
        }
        AnswerFormat::Table => inputs.iter().try_for_each(|input| show(input, streams.out))?,
    }
    let lost = inputs.iter().any(|input| input.status == Status::Lost);
    Ok(if lost || !found.troubles.is_empty() { Exit::Incomplete } else { Exit::Done })
}

/// One file, its format first, then the reasons.
fn show(input: &Input, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", clean::line(&input.path))?;
    let mut row = |label: &str, text: &str| writeln!(out, "  {label:<12} {}", clean::line(text));
    match &input.format {
        Some(format) => row("format", &format!("{format}, {} % sure", input.confidence))?,
        None if input.confidence > 0 => {
            row("declined", &format!("{} % sure that this is no traffic log", input.confidence))?
        }
        None => row("declined", "not sure enough of anything")?,
    }
    row("because", &input.why)?;
    if let Some(envelope) = &input.envelope {
        row("inside", envelope)?;
    }
    if let Some(second) = &input.runner_up {
        row("runner-up", &format!("{}, {} %", second.format, second.confidence))?;
    }
    for gap in &input.cannot_tell {
        row("cannot tell", &gap.meaning)?;
        if let Some(advice) = &gap.advice {
            row("  to add it", advice)?;
        }
    }
    input.losses.iter().try_for_each(|loss| row("lost", loss))
}

fn list(args: &ListArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let about = || REGISTRY.iter().map(|format| (format.id(), format.about()));
    match args.format {
        AnswerFormat::Json => {
            let rows: Vec<_> = about()
                .map(|(id, about)| {
                    serde_json::json!({
                        "id": id, "name": about.name, "summary": about.summary, "reference": about.reference,
                        "status": about.proof.as_str(), "variants": about.variants,
                    })
                })
                .collect();
            serde_json::to_writer_pretty(&mut *streams.out, &rows)?;
            writeln!(streams.out)?;
        }
        AnswerFormat::Table => {
            for (id, about) in about() {
                writeln!(streams.out, "{id:<24} {}\n{:<24} {}", about.name, "", about.summary)?;
            }
        }
    }
    Ok(Exit::Done)
}
