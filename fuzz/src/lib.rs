//! What fuzz targets claim of any input. Each function is one target: it panics if a promise is broken.
//!
//! The rooms: `read` has the readers of `wirefold-io`, `convert` its writers, `text` what is done to one text,
//! `pair` what is said of two, `feed` runs over several stories, `index` the index, `report` the page, and
//! `given` the small files that a user gives.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is broken"
)]

#[cfg(feature = "all")]
pub mod convert;
pub mod feed;
pub mod given;
#[cfg(feature = "all")]
pub mod index;
pub mod pair;
#[cfg(feature = "all")]
pub mod read;
#[cfg(feature = "all")]
pub mod report;
#[cfg(feature = "all")]
pub mod seeds;
mod stories;
pub mod text;

pub use stories::Made;

/// A folder of this process for the files that readers read: below `TMPDIR`, best in memory.
#[cfg(feature = "all")]
fn folder() -> &'static std::path::PathBuf {
    static FOLDER: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("wirefold-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A file in that folder.
#[cfg(feature = "all")]
fn file(name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}
