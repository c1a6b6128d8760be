//! What was typed: the command line as types.
//!
//! A thing has the same name everywhere. `--format` is always how the result is written; how the logs are read is
//! `--input-format`.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use jiff::civil;
use jiff::tz::TimeZone;

use super::catalog::ListFormat;
use super::policy::{PolicyArgs, PolicyCommand};
use super::ui::Ui;
use crate::event::Timestamp;
use crate::formats;
use crate::report::{Include, Locale, Renderer, View, csv, html, json, markdown, ndjson, table, xlsx};

/// Finds the web apps people actually use, from proxy, firewall and DNS logs, offline.
#[derive(Debug, Parser)]
#[command(
    name = "umbrascope",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    subcommand_required = true,
    after_help = "`umbrascope scan access.log` is all it takes. --help shows more examples.",
    after_long_help = EXAMPLES
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

const EXAMPLES: &str = "\
Examples:
  umbrascope scan /var/log/squid                 an inventory of apps from everything in the folder
  zcat old.log.gz | umbrascope scan -            the same from a pipe
  umbrascope scan logs --format json -o a.json   for machines
  umbrascope formats detect logs                 what kind of logs are these, and what can they not tell?
  umbrascope events logs | head                  every record, in one shape
  umbrascope catalog explain dropbox.com         which app is this host, and how do we know?

Exit codes: 0 done; 1 done, and what was looked for was found; 2 not done, or not wholly.";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// No progress and no notes on stderr; errors are still told
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Tell more: what each file was taken for, and why
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,

    /// Color the output
    ///
    /// `auto` colors when writing to a terminal, unless NO_COLOR is set to something.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t = ColorWhen::Auto,
        hide_short_help = true
    )]
    pub color: ColorWhen,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs and print the inventory of the apps in use
    #[command(after_long_help = SCAN_EXAMPLES)]
    Scan(ScanArgs),
    /// Tell of one app why the report says of it what it says
    #[command(after_long_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Print every record as one JSON object per line
    #[command(after_long_help = EVENTS_EXAMPLES)]
    Events(EventsArgs),
    /// Tell what kind of logs files are, and which kinds are known
    #[command(subcommand, disable_help_subcommand = true)]
    Formats(FormatsCommand),
    /// Look into the catalog of apps
    #[command(subcommand, disable_help_subcommand = true)]
    Catalog(CatalogCommand),
    /// Write and check what was decided about apps
    #[command(subcommand, disable_help_subcommand = true)]
    Policy(PolicyCommand),
    /// Print shell completions
    #[command(after_long_help = COMPLETION_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(hide = true)]
    Man(ManArgs),
}

const SCAN_EXAMPLES: &str = "\
Examples:
  umbrascope scan access.log firewall/ 'dns/*.gz'
      Files, folders and patterns, in any mix; each file's format is found out
      by itself; gzip, zstd, bzip2, xz, zip and tar are opened on the way.
  umbrascope scan logs --since 2026-03-01 --until 2026-04-01 --timezone Europe/Berlin
      The month of March, as a clock in Berlin saw it.
  umbrascope scan logs -o report.html
      A page for those who do not live in a terminal: one file, which loads nothing.
  umbrascope scan logs -o inventory.csv
  umbrascope scan logs -o unknown.csv --csv-of uncataloged
      A spreadsheet of the apps, and one of the destinations that the catalog does not know.
  umbrascope scan access.log --squid-conf /etc/squid/squid.conf
      Squid logs with a custom logformat, which is read from the configuration.

Exit codes: 0 done; 2 not done, or not wholly: the report tells what was lost.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  umbrascope explain slack logs
      The verdict and its rule, the decision and the advice, the hosts with the words of the catalog, the risk part by part.
  umbrascope explain chatgpt logs --person alice
      One person: the rule that decided, and the numbers it looked at.";

const EVENTS_EXAMPLES: &str = "\
Examples:
  umbrascope events access.log | head -3
  umbrascope events logs | jq -r 'select(.action == \"blocked\") | .host' | sort | uniq -c

Unknown is absent: a field that a log does not tell is left out, never written as 0.";

const COMPLETION_EXAMPLES: &str = "\
Examples:
  umbrascope completions bash > ~/.local/share/bash-completion/completions/umbrascope
  umbrascope completions zsh > ~/.zfunc/_umbrascope
  umbrascope completions fish > ~/.config/fish/completions/umbrascope.fish";

/// `scan`.
#[derive(Debug, Clone, Args)]
pub struct ScanArgs {
    /// What to judge.
    #[command(flatten)]
    pub logs: LogArgs,

    /// Name people in the report
    ///
    /// Without it the report counts people and names none of them.
    #[arg(long, help_heading = "Output")]
    pub names: bool,

    /// How the report is written.
    #[command(flatten)]
    pub show: ShowArgs,
}

/// `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// The app: its id, or its name
    #[arg(value_name = "APP")]
    pub app: String,

    /// What to judge.
    #[command(flatten)]
    pub logs: LogArgs,

    /// Tell of this person, device or address alone
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub person: Option<String>,

    /// Name the people
    #[arg(long, help_heading = "Output")]
    pub names: bool,
}

/// Logs, and by what they are judged; common to all commands that judge.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Which apps are known.
    #[command(flatten)]
    pub catalog: CatalogArgs,

    /// Who is who.
    #[command(flatten)]
    pub people: PeopleArgs,

    /// What was decided.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// How and where a report is written; common to all commands that make one.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct ShowArgs {
    /// How to write it: table, json, ndjson, csv, markdown, html, xlsx
    ///
    /// Without it a table, or what the ending of --output says.
    #[arg(long, short, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<OutputFormat>,

    /// Write the report to a file, whole or not at all
    ///
    /// The file is written aside and renamed when it is complete. Without --format its ending decides: .html, .xlsx, .json,
    /// .ndjson or .jsonl, .csv, .md. With --format csv a folder (one that is there, or a name that ends in /) gets a file for
    /// each table.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Show the first N apps and the first N uncataloged destinations only
    ///
    /// Totals and coverage still count all of them.
    #[arg(long, value_name = "N", value_parser = at_least_one, hide_short_help = true)]
    pub top: Option<NonZeroUsize>,

    /// Show also apps nobody used: touched, background, blocked, all
    ///
    /// Touched: seen with nothing but pixels, widgets, brochures or a shared link. Background: a program did it by itself.
    /// Blocked: wanted and always stopped. `umbrascope explain APP` tells the rule behind each verdict.
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = Include::WORDS, hide_possible_values = true)]
    pub include: Vec<String>,

    /// With csv: which table [default: apps; into a folder: all]
    #[arg(long, value_enum, value_name = "TABLE", hide_short_help = true)]
    pub csv_of: Option<csv::Of>,

    /// With html: how numbers and dates are written; the words are English [default: en]
    #[arg(long, value_enum, value_name = "LOCALE", hide_short_help = true)]
    pub locale: Option<LocaleId>,
}

impl ShowArgs {
    /// The format to write: as asked for, else by the ending of the output file, else a table.
    pub fn format(&self) -> OutputFormat {
        self.format.or_else(|| self.output.as_deref().and_then(OutputFormat::of_path)).unwrap_or(OutputFormat::Table)
    }

    /// The folder that is to get a file for each table.
    pub fn folder(&self) -> Option<&Path> {
        let path = self.output.as_deref()?;
        let named = path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
        (self.format() == OutputFormat::Csv && self.csv_of.is_none() && (named || path.is_dir())).then_some(path)
    }

    /// How the report is to be shown. Refuses what would have no effect.
    pub fn view(&self, ui: &Ui) -> anyhow::Result<View> {
        if self.csv_of.is_some() && self.format() != OutputFormat::Csv {
            anyhow::bail!("--csv-of chooses a table of CSV; add --format csv, or write to a file that ends in .csv");
        }
        if self.locale.is_some() && self.format() != OutputFormat::Html {
            anyhow::bail!("--locale is for the page; add --format html, or write to a file that ends in .html");
        }
        let to_file = self.output.as_deref().is_some_and(|path| path != Path::new("-"));
        Ok(View {
            width: ui.width,
            // Escapes have no place in a file, unless they are asked for.
            color: ui.color_out && (!to_file || ui.color_asked),
            top: self.top.map(NonZeroUsize::get),
            include: Include::new(self.include.iter().map(String::as_str)),
            verbose: ui.verbose > 0,
            csv_of: self.csv_of.unwrap_or_default(),
            locale: self.locale.unwrap_or_default().into(),
        })
    }
}

/// `events`.
#[derive(Debug, Clone, Args)]
pub struct EventsArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Write the events to a file, whole or not at all
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output: Option<PathBuf>,
}

/// What to read and how; common to all commands that read logs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Files, folders, patterns, or - for stdin
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = None)]
    pub paths: Vec<PathBuf>,

    /// Read all files as this format instead of finding it out
    ///
    /// `umbrascope formats list` shows the ids.
    #[arg(long, value_name = "ID", value_parser = FormatId, hide_possible_values = true, hide_short_help = true)]
    pub input_format: Option<&'static str>,

    /// How logs without a recognizable header are laid out.
    #[command(flatten)]
    pub assume: AssumeArgs,

    /// Only events from this time on: 2026-03-09, 2026-03-09T14:30 or RFC 3339
    ///
    /// `2026-03-09` is the midnight at which that day begins in --timezone, `2026-03-09T14:30` a time in that zone,
    /// `2026-03-09T14:30:00+01:00` an instant.
    #[arg(long, value_name = "TIME", value_parser = When::parse)]
    pub since: Option<When>,

    /// Only events before this time; `--until 2026-04-01` ends with March 31
    #[arg(long, value_name = "TIME", value_parser = When::parse)]
    pub until: Option<When>,

    /// Write every record that could not be understood to a file, with its place and the reason
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub bad_lines: Option<PathBuf>,

    /// Work with N threads [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = at_least_one, hide_short_help = true)]
    pub threads: Option<NonZeroUsize>,

    /// Cut files into blocks of this many bytes; for tests
    #[arg(long, value_name = "BYTES", value_parser = at_least_one, hide = true)]
    pub block_size: Option<NonZeroUsize>,
}

impl InputArgs {
    /// The period asked for, as instants. Refuses one that holds nothing.
    pub fn period(&self) -> anyhow::Result<Period> {
        let zone = &self.assume.timezone.zone;
        let since = self.since.as_ref().map(|when| when.instant(zone)).transpose()?;
        let until = self.until.as_ref().map(|when| when.instant(zone)).transpose()?;
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            anyhow::bail!(
                "--since must be earlier than --until: --until is where the period ends and is not part of it"
            );
        }
        Ok(Period { since, until })
    }
}

/// What logs leave open.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Input")]
pub struct AssumeArgs {
    /// The zone of the times shown
    ///
    /// It is also the zone in which times without one were written, in logs and on the command line. An IANA name
    /// (`Europe/Berlin`), `local` or `UTC`.
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "UTC",
        env = "UMBRASCOPE_TIMEZONE",
        hide_env_values = true,
        value_parser = Zone::parse
    )]
    pub timezone: Zone,

    /// The layout of a Squid log, as `logformat` in squid.conf gives it; may be repeated
    ///
    /// With or without the words `logformat NAME` in front.
    #[arg(
        long,
        value_name = "STRING",
        allow_hyphen_values = true,
        action = ArgAction::Append,
        hide_short_help = true
    )]
    pub logformat: Vec<String>,

    /// Read the `logformat` lines of this squid.conf
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub squid_conf: Option<PathBuf>,
}

/// Which catalog to use.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct CatalogArgs {
    /// A folder of signature files that extend and override the built-in catalog
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub signatures: Option<PathBuf>,
}

/// Who is who.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct PeopleArgs {
    /// A CSV file that says who is who: logins, addresses, networks or devices; name, department, site, manager
    ///
    /// The first row names the columns, in any order: `user`, `mail`, `aliases`, `employeeid`, `address`, `network`,
    /// `device`; `name`, `department`, `site`, `manager`; or what they are called in exports of Active Directory and in
    /// other languages. Rows with one employee number, mail address or login are one person. With any mistake in it nothing
    /// is read.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub directory: Option<PathBuf>,
}

/// `formats`.
#[derive(Debug, Clone, Subcommand)]
pub enum FormatsCommand {
    /// Tell for each file what it is, how sure, why, and what it cannot tell
    Detect(DetectArgs),
    /// List the formats that can be read
    List(ListArgs),
}

/// `formats detect`.
#[derive(Debug, Clone, Args)]
pub struct DetectArgs {
    /// Files, folders, patterns, or - for stdin
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// How logs without a recognizable header are laid out.
    #[command(flatten)]
    pub assume: AssumeArgs,

    /// How to write it.
    #[command(flatten)]
    pub answer: ListArgs,
}

/// How short answers are written.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct ListArgs {
    /// How to write the answer
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t = AnswerFormat::Table)]
    pub format: AnswerFormat,
}

/// `catalog`.
#[derive(Debug, Clone, Subcommand)]
pub enum CatalogCommand {
    /// List the apps
    List {
        /// Only apps with this text in their id, a name, the vendor or a domain
        #[arg(value_name = "TEXT")]
        text: Option<String>,
        /// Only this category
        #[arg(long, value_name = "CATEGORY")]
        category: Option<String>,
        /// How to write it
        #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
        format: ListFormat,
        /// Which catalog.
        #[command(flatten)]
        catalog: CatalogArgs,
    },
    /// Count apps, domains, tenants and facts, by category
    Stats {
        /// Which catalog.
        #[command(flatten)]
        catalog: CatalogArgs,
        /// How to write it.
        #[command(flatten)]
        answer: ListArgs,
    },
    /// Print the JSON Schema of signature files, for editors
    Schema,
    /// Make entries to edit out of the uncataloged destinations of a report
    Draft {
        /// A report that `scan --format json` wrote
        #[arg(value_name = "REPORT", value_hint = ValueHint::FilePath)]
        report: PathBuf,
        /// Only destinations with at least so many people and devices
        #[arg(long, value_name = "N", default_value_t = 1)]
        people: u64,
        /// The first N of the report
        #[arg(long, value_name = "N", value_parser = at_least_one, default_value = "50")]
        top: NonZeroUsize,
        /// Which catalog.
        #[command(flatten)]
        catalog: CatalogArgs,
    },
    /// Show everything that is known about an app
    Show {
        /// The app's id, as `catalog list` shows it
        id: String,
        /// Which catalog.
        #[command(flatten)]
        catalog: CatalogArgs,
        /// How to write it.
        #[command(flatten)]
        answer: ListArgs,
    },
    /// Check a folder of signature files; every problem at once
    Check {
        /// The folder
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
    /// Tell which app a host or URL belongs to, and how that is known
    Explain {
        /// A host, a URL or an address
        #[arg(value_name = "HOST-OR-URL", required = true, value_hint = ValueHint::Url)]
        hosts: Vec<String>,
        /// Which catalog.
        #[command(flatten)]
        catalog: CatalogArgs,
        /// How to write it.
        #[command(flatten)]
        answer: ListArgs,
    },
}

/// `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// The subcommand whose page to print, as `scan` or `catalog explain`; the program's own page if none
    pub command: Vec<String>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For the terminal
    Table,
    /// One versioned document
    Json,
    /// One object per line
    #[value(alias = "jsonl")]
    Ndjson,
    /// For spreadsheets
    Csv,
    /// For tickets and wikis
    #[value(alias = "md")]
    Markdown,
    /// One page to open, search and print
    Html,
    /// A workbook: a sheet for each table, with numbers, dates and filters
    Xlsx,
}

impl OutputFormat {
    /// What writes it.
    pub fn renderer(self) -> Renderer {
        match self {
            OutputFormat::Table => table::write,
            OutputFormat::Json => json::write,
            OutputFormat::Ndjson => ndjson::write,
            OutputFormat::Csv => csv::write,
            OutputFormat::Markdown => markdown::write,
            OutputFormat::Html => html::write,
            OutputFormat::Xlsx => xlsx::write,
        }
    }

    /// By the ending of a file name.
    ///
    /// ```
    /// # use umbrascope::cli::args::OutputFormat;
    /// assert_eq!(OutputFormat::of_path("a/b.JSON".as_ref()), Some(OutputFormat::Json));
    /// assert_eq!(OutputFormat::of_path("b.txt".as_ref()), None);
    /// ```
    pub fn of_path(path: &Path) -> Option<OutputFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(OutputFormat::Json),
            "ndjson" | "jsonl" => Some(OutputFormat::Ndjson),
            "csv" => Some(OutputFormat::Csv),
            "md" | "markdown" => Some(OutputFormat::Markdown),
            "html" | "htm" => Some(OutputFormat::Html),
            "xlsx" => Some(OutputFormat::Xlsx),
            _ => None,
        }
    }
}

impl ValueEnum for csv::Of {
    fn value_variants<'a>() -> &'a [csv::Of] {
        &csv::Of::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// How the page writes numbers and dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LocaleId {
    /// 1,234.5 and 9 March 2026
    #[default]
    En,
    /// 1.234,5 and 9. März 2026
    De,
    /// 1 234,5 and 9 mars 2026
    Fr,
}

impl From<LocaleId> for Locale {
    fn from(id: LocaleId) -> Locale {
        match id {
            LocaleId::En => Locale::English,
            LocaleId::De => Locale::German,
            LocaleId::Fr => Locale::French,
        }
    }
}

/// How short answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For the terminal
    #[default]
    Table,
    /// For machines
    Json,
}

/// When to color.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A period; either end may be open. `since` belongs to it, `until` does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "told by their names")]
pub struct Period {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// A time zone and the name by which a report tells it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "told by their names")]
pub struct Zone {
    pub name: String,
    pub zone: TimeZone,
}

impl Zone {
    /// Reads an IANA name in any case, `local` or `UTC`.
    ///
    /// ```
    /// # use umbrascope::cli::args::Zone;
    /// assert_eq!(Zone::parse("europe/berlin").unwrap().name, "Europe/Berlin");
    /// assert!(Zone::parse("Europe/Berlim").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Zone, String> {
        if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
            return Ok(Zone { name: "UTC".into(), zone: TimeZone::UTC });
        }
        let zone = if text.eq_ignore_ascii_case("local") {
            TimeZone::try_system()
                .map_err(|error| format!("this machine does not tell its zone ({error}); name it instead"))?
        } else {
            TimeZone::get(text).map_err(|_| {
                "there is no such zone; names look like `Europe/Berlin`, and `local` and `UTC` are also understood"
                    .to_string()
            })?
        };
        let name = zone.iana_name().unwrap_or("local").to_string();
        Ok(Zone { name, zone })
    }
}

/// A point in time as people type it.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// A civil date or time, to be seen in the zone of the report.
    Civil(civil::DateTime),
    /// An instant.
    Instant(jiff::Timestamp),
}

impl When {
    /// Reads a date (its first midnight), a date and time, or RFC 3339.
    ///
    /// ```
    /// # use umbrascope::cli::args::{When, Zone};
    /// # use umbrascope::event::Timestamp;
    /// let berlin = Zone::parse("Europe/Berlin").unwrap().zone;
    /// let midnight = When::parse("2026-03-09").unwrap();
    /// assert_eq!(midnight.instant(&berlin).unwrap(), Timestamp(1_773_010_800_000));
    /// assert_eq!(midnight, When::parse("2026-03-09 00:00").unwrap());
    /// assert!(When::parse("09/03/2026").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<When, String> {
        let text = text.trim();
        // An offset or a Z makes it an instant. The civil parser would silently drop an offset, so it comes second.
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Ok(When::Instant(instant));
        }
        if let Ok(zoned) = text.parse::<jiff::Zoned>() {
            return Ok(When::Instant(zoned.timestamp()));
        }
        if let Ok(time) = text.parse::<civil::DateTime>() {
            return Ok(When::Civil(time));
        }
        Err("write a date (2026-03-09), a date and time (2026-03-09T14:30) or RFC 3339 (2026-03-09T14:30:00+01:00)"
            .into())
    }

    /// The instant, where civil times are those of `zone`. In the hour that daylight saving skips or repeats, the
    /// reading of RFC 5545 applies.
    pub fn instant(&self, zone: &TimeZone) -> anyhow::Result<Timestamp> {
        let instant = match self {
            When::Instant(instant) => *instant,
            When::Civil(time) => zone.to_ambiguous_zoned(*time).compatible()?.timestamp(),
        };
        Ok(Timestamp(instant.as_millisecond()))
    }
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a whole number, 1 or more".into())
}

/// Reads the id of a log format. All ids are offered for completion but not listed in messages: there are too many.
#[derive(Clone)]
struct FormatId;

impl TypedValueParser for FormatId {
    type Value = &'static str;

    fn parse_ref(
        &self,
        cmd: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        if let Some(format) = value.to_str().and_then(formats::by_id) {
            return Ok(format.id());
        }
        // clap finds the nearest id; its own message would list all of them.
        let ids = PossibleValuesParser::new(formats::REGISTRY.iter().map(|format| format.id()));
        let nearest = ids.parse_ref(cmd, arg, value).err().and_then(|e| e.get(ContextKind::SuggestedValue).cloned());
        let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(cmd);
        let name = arg.map(ToString::to_string).unwrap_or_else(|| "--input-format <ID>".into());
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
        error.insert(ContextKind::InvalidValue, ContextValue::String(value.to_string_lossy().into_owned()));
        if let Some(nearest) = nearest {
            error.insert(ContextKind::SuggestedValue, nearest);
        }
        let tip = "`umbrascope formats list` shows the ids; the format of the report is --format";
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.to_string().into()]));
        Err(error)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(formats::REGISTRY.iter().map(|format| PossibleValue::new(format.id()).help(format.about().name))))
    }
}

/// Reads a command line. Words of help and mistakes come back as clap's errors.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(args)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(line: &str) -> ScanArgs {
        let args = ["umbrascope", "scan", "x"].into_iter().chain(line.split_whitespace());
        match parse(args.map(OsString::from)).unwrap().command {
            Command::Scan(args) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_day_begins_where_the_zone_says() {
        let period =
            scan("--since 2026-03-29 --until 2026-03-30 --timezone Europe/Berlin").logs.input.period().unwrap();
        // The night in which clocks are put forward: the day has 23 hours.
        let (Some(since), Some(until)) = (period.since, period.until) else { panic!("{period:?}") };
        assert_eq!(until.0 - since.0, 23 * 3_600_000);
        let utc = scan("--since 2026-03-29T00:00:00Z").logs.input.period().unwrap();
        assert_eq!(since.0 + 3_600_000, utc.since.unwrap().0);
    }

    #[test]
    fn an_empty_period_is_refused() {
        for line in ["--since 2026-03-09 --until 2026-03-09", "--since 2026-03-10 --until 2026-03-09"] {
            assert!(scan(line).logs.input.period().unwrap_err().to_string().contains("--until"), "{line}");
        }
    }

    #[test]
    fn the_ending_decides_unless_asked_otherwise() {
        assert_eq!(scan("").show.format(), OutputFormat::Table);
        assert_eq!(scan("-o a.csv").show.format(), OutputFormat::Csv);
        assert_eq!(scan("-o a.csv -f json").show.format(), OutputFormat::Json);
        assert_eq!(scan("-o a.txt").show.format(), OutputFormat::Table);
    }

    #[test]
    fn a_table_of_csv_needs_csv() {
        let ui = |line: &str| {
            let args = scan(line);
            args.show.view(&Ui::new(
                &Global { quiet: false, verbose: 0, color: ColorWhen::Auto },
                super::super::ui::Terminal::NONE,
            ))
        };
        assert!(ui("--csv-of inputs").is_err());
        assert!(ui("--locale de -o x.csv").is_err());
        assert_eq!(ui("--locale de -o x.html").unwrap().locale, Locale::German);
        assert_eq!(ui("--csv-of inputs -o x.csv").unwrap().csv_of, csv::Of::Inputs);
    }

    #[test]
    fn color_goes_to_a_file_only_when_asked_for() {
        let terminal = super::super::ui::Terminal { color_out: true, ..super::super::ui::Terminal::NONE };
        let color = |line: &str, color| {
            let ui = Ui::new(&Global { quiet: false, verbose: 0, color }, terminal);
            scan(line).show.view(&ui).unwrap().color
        };
        assert!(color("", ColorWhen::Auto));
        assert!(!color("-o x", ColorWhen::Auto));
        assert!(color("-o x", ColorWhen::Always));
        assert!(!color("", ColorWhen::Never));
    }
}
