//! Exit codes, and errors as messages.

use std::io::Write as _;

use wirefold_io::IoError;

/// Done.
pub(crate) const DONE: u8 = 0;
/// Done, but more records were refused than allowed.
pub(crate) const TOO_MANY_REFUSED: u8 = 1;
/// Nothing done.
pub(crate) const NOTHING_DONE: u8 = 2;

/// How a command ended, short of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    TooManyRefused,
}

/// What stops a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Reading or writing.
    Io(IoError),
    /// The library refused the settings, or could not read a story again.
    Core(wirefold::Error),
    /// A request that makes no sense, in words, with its remedy.
    Usage(String),
}

impl From<IoError> for Failure {
    fn from(error: IoError) -> Self {
        Self::Io(error)
    }
}

impl From<wirefold::Error> for Failure {
    fn from(error: wirefold::Error) -> Self {
        Self::Core(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Core(error) => error.fmt(f),
            Self::Usage(message) => f.write_str(message),
        }
    }
}

/// Tells of a failure on standard error and gives the exit code. A reader who closed the pipe has
/// what it wanted: that is success.
pub(crate) fn report(result: Result<Ending, Failure>) -> u8 {
    match result {
        Ok(Ending::Done) => DONE,
        Ok(Ending::TooManyRefused) => TOO_MANY_REFUSED,
        Err(Failure::Io(error)) if error.is_broken_pipe() => DONE,
        Err(failure) => {
            say(&format!("error: {failure}"));
            NOTHING_DONE
        }
    }
}

/// One line of the program's voice on standard error, which may be closed. Control characters,
/// which file names and records can hold, are shown and not sent to the terminal.
pub(crate) fn say(message: &str) {
    let safe: String = message
        .chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    let _ = writeln!(std::io::stderr().lock(), "wirefold: {safe}");
}
