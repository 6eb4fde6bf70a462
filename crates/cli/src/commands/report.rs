//! The page of a run.

use std::path::Path;

use wirefold::{Outcome, Settings, TextSource};
use wirefold_io::{IoError, Output, Outputs};
use wirefold_report::{Limits, Run, page};

use crate::outcome::Failure;

/// Opens the output of a page, if one is wanted.
pub(crate) fn open(
    outputs: &mut Outputs<'_>,
    path: Option<&Path>,
) -> Result<Option<Output>, IoError> {
    path.map(|path| outputs.create(path)).transpose()
}

/// Writes the page of an outcome that has families. Work runs on the current rayon pool.
pub(crate) fn write_report<S: TextSource + ?Sized>(
    stories: &S,
    outcome: &Outcome,
    settings: &Settings,
    run: &Run<'_>,
    output: &mut Output,
) -> Result<(), Failure> {
    let (matcher, limits) = (settings.matcher(), Limits::default());
    let page = page(stories, outcome, &matcher, settings, run, &limits)?;
    Ok(output.put(page.as_bytes())?)
}
