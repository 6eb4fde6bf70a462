//! What can go wrong with an index.

use std::io;
use std::path::{Path, PathBuf};

use wirefold_io::IoError;

/// Errors of an index. Each names the file that it is about, and what helps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// A file could not be read or written.
    #[error("{}: {doing}: {source}; {}", path.display(), remedy(source))]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, such as "cannot write".
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The folder holds no index.
    #[error("{}: no index here; `wirefold index create` makes one", dir.display())]
    NoIndex {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder is not empty, or holds an index already.
    #[error("{}: not empty; an index is made in a folder of its own", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// Another process writes.
    #[error("{}: another process is writing to this index; try again when it is done", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
    },
    /// A later version of wirefold made the file.
    #[error(
        "{}: of index format {found}, and this wirefold reads up to {known}; use a newer wirefold",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format that is known here.
        known: u32,
    },
    /// A file is not what was written.
    #[error("{}: damaged: {what}; restore the index from a copy, or make it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The index has had as many stories as can be numbered.
    #[error("{}: has had 4,294,967,293 stories, as many as an index can number; begin another", dir.display())]
    Full {
        /// The folder.
        dir: PathBuf,
    },
    /// No such story is stored.
    #[error("no story with the id {id:?} is stored")]
    NoSuchStory {
        /// The id that was asked for.
        id: String,
    },
    /// Plain text has no records that could be passed on.
    #[error(
        "{}: plain text has no records to pass on; make it JSON Lines, a record a line, or add it with \
         `index add`",
        path.display()
    )]
    NoRecords {
        /// The file.
        path: PathBuf,
    },
    /// A profile that does not fit.
    #[error("{reason}")]
    Profile {
        /// Why.
        reason: String,
    },
    /// What the library says.
    #[error(transparent)]
    Library(#[from] wirefold::Error),
    /// What reading a feed says.
    #[error(transparent)]
    Feed(#[from] IoError),
}

impl IndexError {
    /// A file that could not be handled.
    pub(crate) fn file(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            path: path.to_path_buf(),
            doing,
            source,
        }
    }

    /// A file that is not what was written.
    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_path_buf(),
            what: what.into(),
        }
    }

    /// Whether the reader of standard output had enough.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Feed(error) if error.is_broken_pipe())
    }
}

/// What helps.
fn remedy(source: &io::Error) -> &'static str {
    use io::ErrorKind::{
        FileTooLarge, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull,
    };
    match source.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => {
            "make room there and run it again, what was committed before stays"
        }
        PermissionDenied | ReadOnlyFilesystem => "check who may read and write there",
        NotFound => "check the path",
        _ => "check the disk, then run it again",
    }
}

/// As the library passes it through.
pub(crate) fn store_error(error: &IndexError) -> wirefold::Error {
    wirefold::Error::Store {
        reason: error.to_string(),
    }
}
