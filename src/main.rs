//! The program: collects the arguments, calls [`umbrascope::cli::run`], returns its exit code.

use std::io::{self, BufWriter};
use std::process::ExitCode;

use umbrascope::cli::{run, ui};

// A quicker allocator, chosen by the binary: a library leaves that to its user.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ui::quiet_interrupt();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    run(std::env::args_os(), &mut out, &mut io::stderr(), ui::Terminal::detect()).into()
}
