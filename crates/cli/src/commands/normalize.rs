//! `wirefold normalize`: text through one of the two faces.

use crate::args::Normalize;
use crate::outcome::{Ending, Failure};

/// Runs the command.
pub(crate) fn run(_args: &Normalize) -> Result<Ending, Failure> {
    Ok(Ending::Done)
}
