//! Patterns that name many files.

use crate::error::IoError;
use glob::{MatchOptions, Pattern};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A star stays within a name, and hidden names must be asked for.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// Whether a name has something in it that means something in a pattern.
pub(crate) fn is_pattern(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let bracket = memchr::memchr(b'[', bytes);
    memchr::memchr2(b'*', b'?', bytes).is_some()
        || bracket.is_some_and(|at| memchr::memchr(b']', &bytes[at..]).is_some())
}

/// A pattern for paths.
///
/// # Errors
/// [`IoError::BadPattern`].
pub(crate) fn pattern(written: &Path) -> Result<Pattern, IoError> {
    let bad = |message: String| IoError::BadPattern {
        pattern: written.to_path_buf(),
        message,
    };
    let text = written.to_str();
    let text = text.ok_or_else(|| bad("it is not Unicode".to_owned()))?;
    Pattern::new(text).map_err(|error| bad(format!("{} at character {}", error.msg, error.pos)))
}

/// Whether a pattern matches a path in full.
pub(crate) fn matches(pattern: &Pattern, path: &str) -> bool {
    pattern.matches_with(path, OPTIONS)
}

/// The files and folders that a pattern matches.
///
/// # Errors
/// [`IoError::BadPattern`], and [`IoError::Unreadable`] for a folder that cannot be looked into.
pub(crate) fn paths_of(written: &Path) -> Result<Vec<PathBuf>, IoError> {
    let pattern = pattern(written)?;
    let found = glob::glob_with(pattern.as_str(), OPTIONS);
    let found = found.map_err(|error| IoError::BadPattern {
        pattern: written.to_path_buf(),
        message: error.msg.to_owned(),
    })?;
    let unreadable = |error: glob::GlobError| IoError::Unreadable {
        path: error.path().to_path_buf(),
        source: error.into(),
    };
    found.map(|path| path.map_err(unreadable)).collect()
}
