//! A writer that leaves its index as it is.

use std::path::Path;
use std::sync::Arc;

use crate::disk::{Disk, System};
use crate::error::IndexError;
use crate::manifest;
use crate::snapshot::Snapshot;
use crate::writer::{Writer, lock};

impl Writer {
    /// Opens the index in `dir` for a trial: changes go to a folder of their own in `temp_dir` (by default that for
    /// temporary files), which has links to the files of the index and goes with the writer. The index stays as it
    /// is, and others may change it meanwhile.
    ///
    /// # Errors
    /// [`IndexError::File`], and those of [`Snapshot::open`].
    pub fn trial(dir: &Path, temp_dir: Option<&Path>) -> Result<Self, IndexError> {
        let mut manifest = Snapshot::open(dir)?.manifest;
        let within = temp_dir.map_or_else(wirefold_io::temporary_folder, Path::to_path_buf);
        let failed = IndexError::file(&within, "cannot create a folder in it");
        let folder = tempfile::tempdir_in(&within).map_err(failed)?;
        let absolute = dir.canonicalize();
        let dir = absolute.map_err(IndexError::file(dir, "cannot read"))?;
        for (kind, file) in manifest.files() {
            let from = manifest::path(&dir, kind, file.number);
            let to = manifest::path(folder.path(), kind, file.number);
            link(&from, &to).map_err(IndexError::file(&to, "cannot create"))?;
        }
        let disk: Arc<dyn Disk> = Arc::new(System);
        manifest.commit(&*disk, folder.path())?;
        let lock = lock(folder.path())?;
        let dir = folder.path().to_path_buf();
        Self::with(disk, &dir, lock, Some(folder))
    }
}

/// Makes a file that is never written to appear in another folder as well.
#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

/// Makes a file that is never written to appear in another folder as well.
#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(|_| ()))
}
