//! The files under hidden names that wait to be put in their places, so that a run that is stopped
//! from outside can take them away.
//!
//! A run that is killed cannot. So whoever writes such a file holds a lock on it, which the system ends with
//! the process, and whoever begins one for the same place removes those that nobody holds.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempPath;

struct Waiting {
    paths: Vec<PathBuf>,
    abandoned: bool,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    paths: Vec::new(),
    abandoned: false,
});

fn waiting() -> io::Result<MutexGuard<'static, Waiting>> {
    let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.abandoned {
        return Err(io::Error::other("the run was stopped"));
    }
    Ok(waiting)
}

/// Removes every output of this process that is not in its place yet, and lets none come into
/// place later. For the moment before the process ends by a signal, when nothing is dropped.
pub fn abandon_outputs() {
    // Held while removing, so that none is created or renamed meanwhile.
    let Ok(mut waiting) = waiting() else {
        return;
    };
    waiting.abandoned = true;
    for path in waiting.paths.drain(..) {
        // Nothing better can be done about one that stays.
        let _ = std::fs::remove_file(path);
    }
}

/// What a hidden name ends in; it begins with a dot and the name of the place, as far as that fits.
const ENDING: &str = ".part";

/// Bytes of a place's name that go into a hidden name, for file systems allow 255 for one name.
const MOST_NAME: usize = 200;

/// A new file for a place, beside it.
pub(crate) fn create(place: &Path) -> io::Result<(File, Part)> {
    let folder = place.parent().unwrap_or(Path::new("."));
    let prefix = prefix(place);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(ENDING);
    // As any newly made file: the umask takes its share away.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    sweep(folder, &prefix);
    loop {
        let mut waiting = waiting()?;
        let (file, path) = builder.tempfile_in(folder)?.into_parts();
        if !is_held(&file)? {
            // Another run swept it before it was locked.
            continue;
        }
        waiting.paths.push(path.to_path_buf());
        return Ok((file, Part(Some(path))));
    }
}

fn prefix(place: &Path) -> OsString {
    let name = place.file_name().unwrap_or_default();
    let mut prefix = OsString::from(".");
    if name.len() <= MOST_NAME {
        prefix.push(name);
    } else {
        let name = name.to_string_lossy();
        let ends = name.char_indices().map(|(at, _)| at);
        let end = ends.take_while(|&at| at <= MOST_NAME).last().unwrap_or(0);
        prefix.push(&name[..end]);
    }
    prefix.push(".");
    prefix
}

/// Takes the lock of a new file; false if the file is not there any more. Where a file system has no locks, no
/// run can sweep.
#[cfg(unix)]
fn is_held(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Ok(()) | Err(std::fs::TryLockError::Error(_)) => Ok(file.metadata()?.nlink() > 0),
    }
}

#[cfg(not(unix))]
fn is_held(_: &File) -> io::Result<bool> {
    Ok(true)
}

/// Removes what killed runs left in a folder of files for one place: those that nobody holds a lock on. Nothing
/// can be done about one that stays.
#[cfg(unix)]
fn sweep(folder: &Path, prefix: &OsStr) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let random = name.strip_prefix(prefix.as_encoded_bytes());
        let random = random.and_then(|name| name.strip_suffix(ENDING.as_bytes()));
        let is_left = random.is_some_and(|random| random.len() == 6 && random.is_ascii());
        if is_left
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Elsewhere a lock keeps others from writing, too.
#[cfg(not(unix))]
fn sweep(_: &Path, _: &OsStr) {}

/// A file that waits to be put in its place. Dropped, it is removed.
#[derive(Debug)]
pub(crate) struct Part(Option<TempPath>);

impl Part {
    /// Puts the file in its place.
    pub(crate) fn persist(mut self, place: &Path) -> io::Result<()> {
        let Some(path) = self.0.take() else {
            return Ok(());
        };
        let mut waiting = waiting()?;
        waiting.paths.retain(|waits| *waits != *path);
        path.persist(place).map_err(|error| error.error)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Ok(mut waiting) = waiting()
        {
            waiting.paths.retain(|waits| **waits != **path);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_swept_and_what_is_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("kept.jsonl");
        let left = [
            ".kept.jsonl.aB3xYz.part",
            ".kept.jsonl.other.part",
            ".kept.jsonl.aB3xYz",
        ];
        for name in left {
            std::fs::write(folder.path().join(name), "half").unwrap();
        }
        let (_file, first) = create(&place).unwrap();
        assert!(!folder.path().join(left[0]).exists());
        assert!(
            left[1..]
                .iter()
                .all(|name| folder.path().join(name).exists())
        );
        // Another one for the same place, in this process or another, leaves the first alone.
        let (_other, second) = create(&place).unwrap();
        first.persist(&place).unwrap();
        second.persist(&place).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn names_of_any_length_have_a_hidden_one() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["x".repeat(255), "é".repeat(127)] {
            let place = folder.path().join(name);
            let (_file, part) = create(&place).unwrap();
            part.persist(&place).unwrap();
            assert!(place.exists());
        }
    }
}
