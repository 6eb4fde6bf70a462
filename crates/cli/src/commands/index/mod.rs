//! `wirefold index`: stories that stay.

mod add;
mod dedup;
mod families;
mod manage;
mod query;
mod summary;

use crate::args::index::IndexCommand;
use crate::outcome::{Ending, Failure};

/// Runs one of its commands.
pub(crate) fn run(command: &IndexCommand) -> Result<Ending, Failure> {
    match command {
        IndexCommand::Create(args) => manage::create(args),
        IndexCommand::Add(args) => add::run(args),
        IndexCommand::Query(args) => query::run(args),
        IndexCommand::Dedup(args) => dedup::run(args),
        IndexCommand::Families(args) => families::run(args),
        IndexCommand::Learn(args) => manage::learn(args),
        IndexCommand::Delete(args) => manage::delete(args),
        IndexCommand::Expire(args) => manage::expire(args),
        IndexCommand::Compact(args) => manage::compact(args),
        IndexCommand::Info(args) => manage::info(args),
        IndexCommand::Check(args) => manage::check(args),
    }
}
