//! `umbrascope explain`: one app of the inventory, and why the report says of it what it says.

use super::args::ExplainArgs;
use super::exit::Exit;
use super::{Streams, judge};
use crate::report::explain;

/// Runs the command.
pub fn run(args: &ExplainArgs, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let names = args.names || args.person.is_some();
    let Some((report, exit)) = judge::run(&args.logs, names, &[], streams)? else { return Ok(Exit::Incomplete) };
    let Some(app) = explain::find(&report, &args.app) else {
        let near = report.apps.iter().filter(|app| {
            let wanted = args.app.to_lowercase();
            app.id.contains(&wanted) || app.name.to_lowercase().contains(&wanted)
        });
        let near: Vec<String> = near.take(5).map(|app| format!("`{}`", app.id)).collect();
        let hint = match near.as_slice() {
            [] => "; `umbrascope catalog list` shows the ids".to_owned(),
            near => format!("; near it are {}", near.join(", ")),
        };
        anyhow::bail!("these logs do not show `{}`{hint}", args.app);
    };
    let width = streams.ui.width;
    explain::write(&report, app, args.person.as_deref(), width, streams.out)?;
    Ok(exit)
}
