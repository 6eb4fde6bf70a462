//! Flags and the file of settings, read together.
//!
//! A setting is a flag of a command, defined once, for clap. The file names flags by their long names
//! (`file`), its values are given to clap as if they stood on the command line, where it has none of its own
//! for them, so that values, ranges and messages are the same, and what is in force is what clap says (`print`).

mod file;
mod print;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use crate::args::{Args, OUTPUTS, SETTINGS};
use crate::outcome::Failure;
use file::{Entry, File};

/// The file of settings that is read if it is in the current folder.
const FILE_NAME: &str = "wirefold.toml";

/// What the command line and the file of settings came to.
pub(crate) struct Config {
    pub(crate) args: Args,
    /// What the file set, of what is in force.
    pub(crate) from_file: FromFile,
    /// What `--print-config` prints, if it was asked for.
    pub(crate) print: Option<String>,
    quiet: bool,
}

impl Config {
    /// What to say of a file that nobody named, unless nothing is to be said.
    pub(crate) fn notice(&self) -> Option<String> {
        self.from_file.notice().filter(|_| !self.quiet)
    }
}

/// The settings in force that a file has set.
#[derive(Default)]
pub(crate) struct FromFile {
    path: PathBuf,
    entries: Vec<Entry>,
    /// Whether the file was found, not named.
    found: bool,
}

impl FromFile {
    /// Where the setting was set that a message begins with, as a flag; nothing if it was not the file.
    fn place(&self, message: &str) -> Option<String> {
        let name = message.strip_prefix("--")?;
        let name = name.split([' ', ':']).next()?;
        let entry = self.entries.iter().find(|entry| entry.key == name)?;
        Some(format!("{}:{}", self.path.display(), entry.line))
    }

    /// The failure with the place in the file, if it is of a setting that the file has set.
    pub(crate) fn placed(&self, failure: Failure) -> Failure {
        let message = failure.to_string();
        match self.place(&message) {
            Some(place) => Failure::Usage(format!("{place}: {message}")),
            None => failure,
        }
    }

    /// What to say of a file that nobody named, if it has set anything.
    fn notice(&self) -> Option<String> {
        if !self.found || self.entries.is_empty() {
            return None;
        }
        let keys: Vec<&str> = self.entries.iter().map(|entry| &*entry.key).collect();
        Some(format!(
            "{FILE_NAME} sets {} (--no-config leaves it out)",
            keys.join(", ")
        ))
    }
}

/// Why there are no arguments.
pub(crate) enum Stopped {
    /// Clap's own: help, or a message.
    Flags(clap::Error),
    /// The file.
    File(Failure),
}

/// Reads the arguments of the program.
pub(crate) fn read(argv: Vec<OsString>) -> Result<Config, Stopped> {
    let mut command = Args::command();
    command.build();
    // What the command line says by itself, as far as it goes: the file may have what it lacks.
    let partial = command.clone().ignore_errors(true);
    let given = answering(partial).try_get_matches_from(&argv);
    let given = given.map_err(|help| {
        // Help is that of the flags as they are defined.
        let plain = Args::command().try_get_matches_from(&argv).err();
        Stopped::Flags(plain.filter(|plain| !plain.use_stderr()).unwrap_or(help))
    })?;
    let (path, flags) = leaf(&given);
    let file = chosen_file(&given)
        .filter(|_| !path.is_empty())
        .map(|(path, found)| Ok((File::read(path, &command)?, found)))
        .transpose()
        .map_err(Stopped::File)?;
    let mut from_file = FromFile::default();
    let mut argv = argv;
    let asked = path
        .iter()
        .try_fold(&command, |command, name| command.find_subcommand(name));
    if let (Some((file, found)), Some(asked)) = (file, asked) {
        let mut entries = file.entries_of(&path, asked);
        entries.retain(|entry| !is_said(flags, asked, entry));
        // Nothing behind `--` is a flag.
        let end = argv.iter().position(|arg| arg == "--");
        let end = end.unwrap_or(argv.len());
        argv.splice(end..end, entries.iter().flat_map(Entry::flags));
        from_file = FromFile {
            path: file.path,
            entries,
            found,
        };
    }
    let matches = answering(Args::command())
        .try_get_matches_from(argv)
        .map_err(Stopped::Flags)?;
    let args = Args::from_arg_matches(&matches).map_err(Stopped::Flags)?;
    let quiet = leaf(&matches).1.try_get_one("quiet");
    let print = args.settings.print_config.then(|| {
        let (_, matches) = leaf(&matches);
        asked.map_or_else(String::new, |asked| {
            print::shown(&path, asked, matches, &from_file)
        })
    });
    Ok(Config {
        args,
        from_file,
        print,
        quiet: matches!(quiet, Ok(Some(true))),
    })
}

/// The file of settings to read, and whether it was found.
fn chosen_file(given: &ArgMatches) -> Option<(PathBuf, bool)> {
    let (_, flags) = leaf(given);
    // Behind an error that was passed over not even what every flag is by itself is there.
    if matches!(flags.try_get_one("no_config"), Ok(Some(true))) {
        return None;
    }
    match flags.try_get_one::<PathBuf>("config").ok().flatten() {
        Some(named) => Some((named.clone(), false)),
        None => Some((PathBuf::from(FILE_NAME), true)).filter(|(path, _)| path.is_file()),
    }
}

/// The command that is asked for, as names from the top, and what is said to it.
fn leaf(matches: &ArgMatches) -> (Vec<String>, &ArgMatches) {
    let (mut names, mut matches) = (Vec::new(), matches);
    while let Some((name, below)) = matches.subcommand() {
        names.push(name.to_owned());
        matches = below;
    }
    (names, matches)
}

/// The command with switches that can be answered: `--quiet=false` takes back what a file says. Help has
/// them without.
fn answering(command: Command) -> Command {
    let switch = |arg: Arg| {
        if !is_switch(&arg) || !is_setting(&arg) {
            return arg;
        }
        arg.action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .default_value("false")
            .value_parser(clap::value_parser!(bool))
    };
    command.mut_args(switch).mut_subcommands(answering)
}

/// Whether a flag is on or off.
fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

/// Whether a file can have the flag.
fn is_setting(arg: &Arg) -> bool {
    let heading = arg.get_help_heading();
    let asks = matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    );
    arg.get_long().is_some() && !asks && heading != Some(OUTPUTS) && heading != Some(SETTINGS)
}

/// The flag of a command by its long name.
fn flag<'c>(command: &'c Command, key: &str) -> Option<&'c Arg> {
    command
        .get_arguments()
        .find(|arg| arg.get_long() == Some(key))
}

/// Whether the command line has the setting itself, or one that excludes it.
fn is_said(flags: &ArgMatches, command: &Command, entry: &Entry) -> bool {
    let Some(arg) = flag(command, &entry.key) else {
        return true;
    };
    let said = |arg: &Arg| {
        let id = arg.get_id().as_str();
        flags.value_source(id) == Some(ValueSource::CommandLine)
    };
    said(arg) || command.get_arg_conflicts_with(arg).into_iter().any(said)
}
