//! What is in force, as a file of settings.

use std::fmt::Write as _;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{FromFile, is_setting, is_switch};

/// All settings of a command, of these names from the top, each with where it is from. What is not set is
/// a comment.
pub(super) fn shown(
    names: &[String],
    command: &Command,
    matches: &ArgMatches,
    from_file: &FromFile,
) -> String {
    let mut out = format!("# Settings of wirefold {}\n", names.join(" "));
    let settings = command.get_arguments().filter(|arg| is_setting(arg));
    let rows: Vec<(String, String)> = settings.map(|arg| row(arg, matches, from_file)).collect();
    let width = rows
        .iter()
        .map(|(setting, _)| setting.chars().count())
        .max();
    let width = width.unwrap_or(0).min(48);
    for (setting, from) in rows {
        let _ = writeln!(out, "{setting:width$}  # {from}");
    }
    out
}

/// A setting, and where it is from.
fn row(arg: &Arg, matches: &ArgMatches, from_file: &FromFile) -> (String, String) {
    let (id, key) = (arg.get_id().as_str(), arg.get_long().unwrap_or_default());
    let words: Vec<String> = matches
        .get_raw(id)
        .into_iter()
        .flatten()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let Some(source) = matches.value_source(id).filter(|_| !words.is_empty()) else {
        return (format!("# {key}"), "not set".to_owned());
    };
    let words: Vec<String> = words.iter().map(|word| literal(arg, word)).collect();
    let value = match arg.get_action() {
        ArgAction::Append => format!("[{}]", words.join(", ")),
        _ => words.join(""),
    };
    let place = from_file.place(&format!("--{key}"));
    let from = match (source, place) {
        (ValueSource::CommandLine, Some(place)) => place,
        (ValueSource::CommandLine, None) => "flag".to_owned(),
        _ => "default".to_owned(),
    };
    (format!("{key} = {value}"), from)
}

/// A value as TOML has it.
fn literal(arg: &Arg, word: &str) -> String {
    let plain = is_switch(arg)
        || word
            .parse::<i64>()
            .is_ok_and(|number| number.to_string() == word)
        || word
            .parse::<f64>()
            .is_ok_and(|number| format!("{number:?}") == word);
    if plain {
        word.to_owned()
    } else {
        toml::Value::String(word.to_owned()).to_string()
    }
}
