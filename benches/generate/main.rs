//! Makes logs: the bundled sample company, and bench traffic of any size. See `README.md`.
//!
//! The same arguments give the same bytes, everywhere and always: no clock, no floating point, no
//! dependencies.

mod apps;
mod company;
mod grammar;
mod rng;
mod traffic;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
Makes logs, the same ones each time.

    generate story DIR                  the sample company's logs, a folder per device
    generate directory FILE             its directory of people, as CSV
    generate bench KIND BYTES [SEED]    bench traffic, to standard output

KIND is squid, proxysg, csv60, kv40, zeek, json39 or dnsmasq.
BYTES may end in K, M or G (powers of 1000). SEED is a number, 1 unless given.
";

/// `250`, `100M`, `1G`
fn size(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 1_000_000),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| format!("{text} is not a size"))
}

fn run(args: &[&str]) -> Result<(), String> {
    match args {
        [] | ["-h" | "--help" | "help"] => {
            print!("{HELP}");
            Ok(())
        }
        ["story", dir] => {
            let files = company::write(Path::new(dir)).map_err(|error| format!("{dir}: {error}"))?;
            for (name, records) in files {
                println!("{records:>7}  {name}");
            }
            Ok(())
        }
        ["directory", path] => company::write_directory(Path::new(path)).map_err(|error| format!("{path}: {error}")),
        ["bench", kind, bytes, seed @ ..] => {
            let seed = match seed {
                [] => 1,
                [seed] => seed.parse().map_err(|_| format!("{seed} is not a number"))?,
                _ => return Err("too many arguments".to_owned()),
            };
            let mut out = io::stdout().lock();
            traffic::write(kind.parse()?, size(bytes)?, seed, &mut out).and_then(|_| out.flush()).or_else(|error| {
                match error.kind() {
                    // `generate bench ... | head`
                    io::ErrorKind::BrokenPipe => Ok(()),
                    _ => Err(format!("standard output: {error}")),
                }
            })
        }
        _ => Err("what is wanted? See --help".to_owned()),
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("generate: {message}");
            ExitCode::from(2)
        }
    }
}
