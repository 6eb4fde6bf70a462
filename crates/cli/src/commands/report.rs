//! The page of a run.

use std::time::Duration;

use wirefold::normalize::Matcher;
use wirefold::{Outcome, Settings, TextSource};
use wirefold_io::Output;
use wirefold_report::{Limits, Run, page};

use super::run::present;
use crate::outcome::Failure;

/// What a page says of a run beside its outcome.
pub(crate) struct Said<'r> {
    pub(crate) command: &'r str,
    pub(crate) input_bytes: u64,
    pub(crate) refused: u64,
    pub(crate) stages: &'r [(&'r str, Duration)],
}

/// Writes the page of an outcome that has families. Work runs on the current rayon pool.
pub(crate) fn write_report<S: TextSource + ?Sized>(
    stories: &S,
    outcome: &Outcome,
    settings: &Settings,
    said: &Said<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let run = Run {
        command: said.command,
        input_bytes: said.input_bytes,
        refused: said.refused,
        stages: said.stages,
        written: present().unwrap_or_default(),
    };
    let matcher = Matcher::default();
    let page = page(
        stories,
        outcome,
        &matcher,
        settings,
        &run,
        &Limits::default(),
    )?;
    Ok(output.put(page.as_bytes())?)
}
