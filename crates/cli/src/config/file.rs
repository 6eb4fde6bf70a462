//! The file of settings: TOML whose keys are long names of flags, by command where they are in a table.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{flag, is_setting, is_switch};
use crate::outcome::Failure;

/// How alike a name must be to be suggested, of 1.
const ALIKE: f64 = 0.8;

/// A file of settings, all of whose keys and values are right.
pub(super) struct File {
    pub(super) path: PathBuf,
    /// Each with the names of the commands whose table it is in.
    entries: Vec<(Vec<String>, Entry)>,
}

/// One setting of a file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The long name of a flag.
    pub(super) key: String,
    pub(super) line: usize,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Switch(bool),
    Words(Vec<OsString>),
}

impl Entry {
    /// What stands for it on a command line.
    pub(super) fn flags(&self) -> Vec<OsString> {
        let flag = |value: &OsString| {
            let mut flag = OsString::from(format!("--{}=", self.key));
            flag.push(value);
            flag
        };
        match &self.value {
            Value::Switch(on) => vec![OsString::from(format!("--{}={on}", self.key))],
            Value::Words(words) => words.iter().map(flag).collect(),
        }
    }
}

impl File {
    /// Reads and checks a file; `command` is the whole program.
    pub(super) fn read(path: PathBuf, command: &Command) -> Result<Self, Failure> {
        let bytes = wirefold_io::read_whole(&path)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::Usage(format!("{}: not UTF-8; convert it", path.display())))?;
        let at = |span: Option<Range<usize>>, message: &str| {
            let start = span.map_or(0, |span| span.start);
            Failure::Usage(format!(
                "{}:{}: {message}",
                path.display(),
                line(&text, start)
            ))
        };
        let table = DeTable::parse(&text).map_err(|error| at(error.span(), error.message()))?;
        let mut reading = Reading {
            text: &text,
            folder: path.parent().unwrap_or(Path::new("")),
            entries: Vec::new(),
        };
        reading
            .table(table.get_ref(), command, &mut Vec::new())
            .map_err(|(span, message)| at(Some(span), &message))?;
        Ok(Self {
            entries: reading.entries,
            path,
        })
    }

    /// The settings for the command of these names, `command`: what its table has comes before what stands
    /// for all.
    pub(super) fn entries_of(&self, names: &[String], command: &Command) -> Vec<Entry> {
        let mut entries: Vec<&(Vec<String>, Entry)> = self
            .entries
            .iter()
            .filter(|(of, entry)| names.starts_with(of) && flag(command, &entry.key).is_some())
            .collect();
        entries.sort_by_key(|(of, _)| std::cmp::Reverse(of.len()));
        let mut keys = BTreeSet::new();
        entries.retain(|(_, entry)| keys.insert(&*entry.key));
        entries.sort_by_key(|(_, entry)| entry.line);
        entries
            .into_iter()
            .map(|(_, entry)| entry.clone())
            .collect()
    }
}

/// What is wrong, and where.
type Wrong = (Range<usize>, String);

struct Reading<'f> {
    text: &'f str,
    /// What paths are from.
    folder: &'f Path,
    entries: Vec<(Vec<String>, Entry)>,
}

impl Reading<'_> {
    /// The table of a command, of these names from the top.
    fn table(
        &mut self,
        table: &DeTable<'_>,
        command: &Command,
        names: &mut Vec<String>,
    ) -> Result<(), Wrong> {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let DeValue::Table(below) = value.get_ref() {
                let Some(of) = command.find_subcommand(name).filter(|c| has_settings(c)) else {
                    let known = command.get_subcommands().filter(|c| has_settings(c));
                    let known = known.map(Command::get_name);
                    return Err((key.span(), unknown("command", name, known)));
                };
                names.push(name.to_owned());
                self.table(below, of, names)?;
                names.pop();
                continue;
            }
            let arg = known(command, name).map_err(|message| (key.span(), message))?;
            let value = self.value(arg.0, value)?;
            let entry = Entry {
                key: name.to_owned(),
                line: line(self.text, key.span().start),
                value,
            };
            check(arg.1, &entry).map_err(|message| (key.span(), message))?;
            self.entries.push((names.clone(), entry));
        }
        Ok(())
    }

    fn value(&self, arg: &Arg, value: &Spanned<DeValue<'_>>) -> Result<Value, Wrong> {
        let key = arg.get_long().unwrap_or_default();
        if is_switch(arg) {
            let on = value.get_ref().as_bool().map(Value::Switch);
            return on.ok_or_else(|| (value.span(), format!("`{key}` is true or false")));
        }
        let Some(list) = value.get_ref().as_array() else {
            return Ok(Value::Words(vec![self.word(arg, value)?]));
        };
        if !matches!(arg.get_action(), ArgAction::Append) {
            return Err((value.span(), format!("`{key}` takes one value, not a list")));
        }
        if list.is_empty() {
            return Err((
                value.span(),
                format!("`{key}` is an empty list; leave it out for what it is by default"),
            ));
        }
        let words = list.iter().map(|value| self.word(arg, value));
        Ok(Value::Words(words.collect::<Result<_, _>>()?))
    }

    /// A value as it would stand on the command line.
    fn word(&self, arg: &Arg, value: &Spanned<DeValue<'_>>) -> Result<OsString, Wrong> {
        let word = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => {
                let number = i128::from_str_radix(number.as_str(), number.radix());
                let number = number.map_err(|error| (value.span(), error.to_string()))?;
                number.to_string()
            }
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(on) => on.to_string(),
            DeValue::Datetime(time) => time.to_string(),
            DeValue::Array(_) | DeValue::Table(_) => {
                let key = arg.get_long().unwrap_or_default();
                let message = format!("`{key}` takes plain values, not lists of lists or tables");
                return Err((value.span(), message));
            }
        };
        let is_path = arg.get_value_parser().type_id() == ValueParser::path_buf().type_id();
        if is_path && word != "-" && !word.contains("://") {
            return Ok(self.folder.join(word).into_os_string());
        }
        Ok(word.into())
    }
}

/// The flag that a key in the table of `command` means, and a command that has it: the command itself or one
/// below it.
fn known<'c>(command: &'c Command, key: &str) -> Result<(&'c Arg, &'c Command), String> {
    let commands = all(command);
    let of = |command: &'c Command| flag(command, key).map(|arg| (arg, command));
    let Some((arg, of)) = commands.iter().find_map(|command| of(command)) else {
        let settings = commands
            .iter()
            .flat_map(|command| command.get_arguments())
            .filter(|arg| is_setting(arg))
            .filter_map(Arg::get_long);
        return Err(unknown("setting", key, settings));
    };
    if is_setting(arg) {
        Ok((arg, of))
    } else {
        Err(format!(
            "`{key}` is no setting: say it on the command line, as --{key}"
        ))
    }
}

/// A command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    std::iter::once(command).chain(below).collect()
}

fn has_settings(command: &Command) -> bool {
    let commands = all(command);
    let mut args = commands.iter().flat_map(|command| command.get_arguments());
    command.get_name() != "help" && args.any(is_setting)
}

/// That there is no such thing, and what is meant perhaps.
fn unknown<'k>(kind: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let plain = name.replace('_', "-").to_lowercase();
    let alike = known.map(|known| (strsim::jaro_winkler(&plain, known), known));
    let nearest = alike.max_by(|x, y| x.0.total_cmp(&y.0).then_with(|| y.1.cmp(x.1)));
    match nearest.filter(|(alike, _)| *alike >= ALIKE) {
        Some((_, nearest)) => format!("no {kind} `{name}`; did you mean `{nearest}`?"),
        None => format!(
            "no {kind} `{name}`; `wirefold COMMAND --print-config` lists those that there are"
        ),
    }
}

/// Has clap look at a value as it would on the command line.
fn check(command: &Command, entry: &Entry) -> Result<(), String> {
    let probe = super::answering(command.clone()).no_binary_name(true);
    let Err(error) = probe.try_get_matches_from(entry.flags()) else {
        return Ok(());
    };
    // What else the command needs is not the file's to say.
    let lacks = [
        ErrorKind::MissingRequiredArgument,
        ErrorKind::MissingSubcommand,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if lacks.contains(&error.kind()) {
        return Ok(());
    }
    let text = error.to_string();
    let said = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let said: Vec<&str> = said.filter(|line| !line.is_empty()).collect();
    Err(said.join(" ").trim_start_matches("error: ").to_owned())
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|byte| **byte == b'\n').count()
}
