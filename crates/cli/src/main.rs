//! The `wirefold` command: flags, progress and messages. What it does is done in the libraries.

mod args;
mod commands;
mod feed;
mod outcome;
mod progress;
mod summary;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(message) => {
            // Help and version are answers, on standard output; anything else is a usage error.
            let code = if message.use_stderr() {
                outcome::NOTHING_DONE
            } else {
                outcome::DONE
            };
            let _ = message.print();
            return ExitCode::from(code);
        }
    };
    let result = match &args.command {
        args::Command::Dedup(dedup) => commands::dedup::run(dedup),
        args::Command::Relate(relate) => commands::relate::run(relate),
        args::Command::Normalize(normalize) => commands::normalize::run(normalize),
    };
    ExitCode::from(outcome::report(result))
}
