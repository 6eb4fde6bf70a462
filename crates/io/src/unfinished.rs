//! The files under hidden names that wait to be put in their places, so that a run that is stopped
//! from outside can take them away.

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

/// A file that waits to be put in its place. Dropped, it is removed.
#[derive(Debug)]
pub(crate) struct Part(Option<TempPath>);

/// A new file in a folder.
pub(crate) fn create(
    builder: &tempfile::Builder<'_, '_>,
    folder: &Path,
) -> io::Result<(File, Part)> {
    let mut waiting = waiting()?;
    let (file, path) = builder.tempfile_in(folder)?.into_parts();
    waiting.paths.push(path.to_path_buf());
    Ok((file, Part(Some(path))))
}

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
