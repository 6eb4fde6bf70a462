//! What an address names: an object, those below it, or those that a pattern matches.

use super::address::{Kind, Remote};
use crate::error::IoError;
use crate::input::Format;
use crate::pattern::{is_pattern, matches, pattern};
use futures_util::TryStreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore};
use std::ffi::OsStr;
use std::path::Path;

/// An object that is to be read, and its size if it is known.
pub(crate) struct Found {
    pub(crate) remote: Remote,
    pub(crate) bytes: Option<u64>,
}

/// Finds the objects that an address names, in the byte order of their keys.
///
/// # Errors
/// [`IoError::Remote`], [`IoError::EmptyFolder`], [`IoError::NoMatch`], [`IoError::BadPattern`].
pub(crate) fn find(address: &str) -> Result<Vec<Found>, IoError> {
    let remote = Remote::new(address)?;
    if remote.kind == Kind::Http {
        if remote.shown().to_string_lossy().contains('*') {
            let message = "what lies at a server of HTTP cannot be listed; name each file";
            return Err(remote.fails(message));
        }
        return Ok(vec![Found {
            remote,
            bytes: None,
        }]);
    }
    if !remote.is_folder
        && let Some(bytes) = remote.size()?
    {
        return Ok(vec![Found {
            remote,
            bytes: Some(bytes),
        }]);
    }
    if is_pattern(OsStr::new(remote.pattern())) {
        return matching(&remote);
    }
    below(&remote)
}

/// The objects below an address whose names are those of documents, as in a folder.
fn below(remote: &Remote) -> Result<Vec<Found>, IoError> {
    let all = list(remote, &remote.key)?;
    let any = !all.is_empty();
    let documents = all.into_iter().filter(|object| {
        let rest = object.location.prefix_match(&remote.key);
        let hidden = rest.is_some_and(|mut parts| parts.any(|part| part.as_ref().starts_with('.')));
        let format = Format::of_path(Path::new(object.location.as_ref()));
        // Tables of other things lie beside feeds.
        !hidden && format.is_some_and(|format| !matches!(format, Format::Csv | Format::Tsv))
    });
    let found = of(remote, documents);
    if !found.is_empty() {
        return Ok(found);
    }
    if any || remote.is_folder {
        return Err(IoError::EmptyFolder {
            path: remote.shown().to_path_buf(),
        });
    }
    Err(remote.fails("nothing is there; check the address"))
}

/// The objects that a pattern matches.
fn matching(remote: &Remote) -> Result<Vec<Found>, IoError> {
    let written = remote.pattern();
    let pattern = pattern(Path::new(written))?;
    // All of the key up to the first folder that the pattern leaves open.
    let open = written.find(['*', '?', '[']).unwrap_or(written.len());
    let fixed = written[..open].rfind('/').map_or("", |at| &written[..at]);
    let fixed = Key::parse(fixed).unwrap_or_else(|_| Key::from(fixed));
    let all = list(remote, &fixed)?.into_iter();
    let found = of(
        remote,
        all.filter(|object| matches(&pattern, object.location.as_ref())),
    );
    if found.is_empty() {
        return Err(IoError::NoMatch {
            pattern: remote.shown().to_path_buf(),
        });
    }
    Ok(found)
}

fn list(remote: &Remote, prefix: &Key) -> Result<Vec<ObjectMeta>, IoError> {
    let listed = remote.store.list(Some(prefix)).try_collect::<Vec<_>>();
    let mut all = remote
        .line
        .wait(listed)
        .map_err(|error| remote.failed(&error))?;
    all.sort_by(|a, b| a.location.as_ref().cmp(b.location.as_ref()));
    Ok(all)
}

fn of(remote: &Remote, objects: impl Iterator<Item = ObjectMeta>) -> Vec<Found> {
    objects
        .map(|object| Found {
            remote: remote.beside(object.location),
            bytes: Some(object.size),
        })
        .collect()
}
