//! The `wirefold` command: flags, progress and messages. What it does is done in the libraries.

mod args;
mod commands;
mod feed;
mod outcome;
mod progress;
mod signals;
mod stages;
mod summary;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(message) => return ExitCode::from(outcome::report_usage(&message)),
    };
    signals::take_outputs_along();
    let result = match &args.command {
        args::Command::Dedup(dedup) => commands::dedup::run(dedup),
        args::Command::Relate(relate) => commands::relate::run(relate),
        args::Command::Learn(learn) => commands::learn::run(learn),
        args::Command::Compare(compare) => commands::compare::run(compare),
        args::Command::Normalize(normalize) => commands::normalize::run(normalize),
        args::Command::Index(index) => commands::index::run(&index.command),
        args::Command::Completions(completions) => commands::manual::completions(completions),
        args::Command::Man(man) => commands::manual::man(man),
    };
    ExitCode::from(outcome::report(result))
}
