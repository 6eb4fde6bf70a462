//! The `wirefold` command: flags, progress and messages. What it does is done in the libraries.

mod args;
mod commands;
mod config;
mod feed;
mod outcome;
mod progress;
mod signals;
mod stages;
mod summary;

use std::io::Write as _;
use std::process::ExitCode;

use config::Stopped;

fn main() -> ExitCode {
    let config = match config::read(std::env::args_os().collect()) {
        Ok(config) => config,
        Err(Stopped::Flags(message)) => return ExitCode::from(outcome::report_usage(&message)),
        Err(Stopped::File(failure)) => return ExitCode::from(outcome::report(Err(failure))),
    };
    if let Some(print) = config.print {
        // Whoever closed the pipe has what it wanted.
        let _ = std::io::stdout().write_all(print.as_bytes());
        return ExitCode::from(outcome::DONE);
    }
    if let Some(notice) = config.notice() {
        outcome::say(&notice);
    }
    signals::take_outputs_along();
    let result = level_is_known().and_then(|()| run(&config.args.command));
    let result = result.map_err(|failure| config.from_file.placed(failure));
    ExitCode::from(outcome::report(result))
}

fn run(command: &args::Command) -> Result<outcome::Ending, outcome::Failure> {
    match command {
        args::Command::Dedup(dedup) => commands::dedup::run(dedup),
        args::Command::Relate(relate) => commands::relate::run(relate),
        args::Command::Learn(learn) => commands::learn::run(learn),
        args::Command::Compare(compare) => commands::compare::run(compare),
        args::Command::Normalize(normalize) => commands::normalize::run(normalize),
        args::Command::Tune(tune) => commands::tune::run(tune),
        args::Command::Index(index) => commands::index::run(&index.command),
        args::Command::Completions(completions) => commands::manual::completions(completions),
        args::Command::Man(man) => commands::manual::man(man),
    }
}

/// A level of vector instructions that was asked for and is not there is told, not passed over.
fn level_is_known() -> Result<(), outcome::Failure> {
    let Some(asked) = std::env::var_os("WIREFOLD_SIMD") else {
        return Ok(());
    };
    if wirefold::simd_levels().any(|level| asked == *level) {
        return Ok(());
    }
    let levels: Vec<&str> = wirefold::simd_levels().collect();
    Err(outcome::Failure::Usage(format!(
        "WIREFOLD_SIMD is `{}`, expected a level that this processor has: {}",
        asked.display(),
        levels.join(", ")
    )))
}
