//! Exit codes, and errors as messages.

use std::io::Write as _;

use wirefold_index::IndexError;
use wirefold_io::IoError;
use wirefold_report::ReportError;

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

impl Ending {
    /// The ending of a run that refused so many records.
    pub(crate) fn of(refused: u64, input: &crate::args::Input) -> Self {
        if refused > input.max_refused {
            Self::TooManyRefused
        } else {
            Self::Done
        }
    }
}

/// What stops a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Reading or writing.
    Io(IoError),
    /// The library refused the settings, or could not read a story again.
    Core(wirefold::Error),
    /// Of an index.
    Index(IndexError),
    /// A request that makes no sense, in words, with its remedy.
    Usage(String),
}

impl From<IoError> for Failure {
    fn from(error: IoError) -> Self {
        match error {
            IoError::Library(error) => Self::Core(error),
            error => Self::Io(error),
        }
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Library(error) => Self::Core(error),
            IndexError::Feed(error) => error.into(),
            error => Self::Index(error),
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Story(error) => Self::Core(error),
            error => Self::Usage(error.to_string()),
        }
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
            Self::Io(error @ (IoError::Spool { .. } | IoError::Temporary { .. })) => {
                write!(f, "{error} (--temp-dir)")
            }
            Self::Io(error) => error.fmt(f),
            Self::Core(error @ wirefold::Error::Store { .. }) => write!(f, "{error} (--temp-dir)"),
            Self::Core(error @ wirefold::Error::Memory { .. }) => write!(f, "{error} (--memory)"),
            // The library names settings as the flags are named.
            Self::Core(error @ wirefold::Error::Setting { .. }) => write!(f, "--{error}"),
            // The reason names the file; a number within the run would say nothing.
            Self::Core(wirefold::Error::Source { reason, .. }) => f.write_str(reason),
            Self::Core(error) => error.fmt(f),
            Self::Index(error) => error.fmt(f),
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

/// Prints what the reading of the flags came to and gives the exit code. Help and version are
/// answers, on standard output; anything else is a usage error.
pub(crate) fn report_usage(message: &clap::Error) -> u8 {
    use clap::error::ErrorKind;
    if !message.use_stderr() {
        let _ = message.print();
        return DONE;
    }
    if message.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = message.print();
    } else {
        // The arguments that it repeats may hold anything.
        let lines: Vec<String> = message
            .to_string()
            .lines()
            .map(|line| safe(line.trim_start()))
            .filter(|line| !line.is_empty())
            .collect();
        say_lines(&lines);
    }
    NOTHING_DONE
}

/// One message of the program's voice on standard error, which may be closed. What file names and
/// records hold is made safe for a terminal first.
pub(crate) fn say(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "wirefold: {}", safe(message));
}

/// Several lines as one message, the later ones indented. Only for lines of our own making.
pub(crate) fn say_lines(lines: &[String]) {
    let lines: Vec<String> = lines.iter().map(|line| safe(line)).collect();
    let _ = writeln!(std::io::stderr().lock(), "wirefold: {}", lines.join("\n  "));
}

/// Text in which nothing steers a terminal, feigns another line, or turns the reading direction:
/// such characters are shown as escapes.
pub(crate) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let steers = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}');
        if steers {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_cannot_steer_a_terminal() {
        assert_eq!(
            safe("a\u{1b}[31mb\nwirefold: c\u{9b}\u{202e}d — é"),
            "a\\u{1b}[31mb\\nwirefold: c\\u{9b}\\u{202e}d — é"
        );
    }

    #[test]
    fn settings_are_named_as_flags() {
        let error = wirefold::Error::Setting {
            name: "threshold",
            value: "1.5".to_owned(),
            range: "over 0 and up to 1",
        };
        assert_eq!(
            Failure::from(error).to_string(),
            "--threshold is 1.5, but must be over 0 and up to 1"
        );
    }
}
