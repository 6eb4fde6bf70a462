//! Small files read whole, such as tables and profiles.

use crate::compression::{Compression, decoder};
use crate::error::IoError;
use crate::growth::Growth;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use wirefold::furniture::Table;
use wirefold::profile::Profile;

/// The bytes of a file, decompressed if it is compressed.
///
/// # Errors
/// [`IoError::Missing`], [`IoError::Unreadable`], [`IoError::Read`].
pub fn read_whole(path: impl AsRef<Path>) -> Result<Vec<u8>, IoError> {
    let path = path.as_ref();
    let mut file = File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => IoError::Missing { path: path.into() },
        _ => IoError::Unreadable {
            path: path.into(),
            source,
        },
    })?;
    let failed = |source| IoError::Read {
        path: path.into(),
        source,
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let compression = Compression::of_bytes(&bytes);
    if compression == Compression::None {
        return Ok(bytes);
    }
    let mut whole = Vec::new();
    let growth = Growth::new(0);
    growth.take(bytes.len() as u64);
    decoder(compression, bytes.as_slice(), &growth)
        .and_then(|mut decoder| decoder.read_to_end(&mut whole))
        .map_err(failed)?;
    Ok(whole)
}

/// The built-in forms of wire furniture and those in a file; see [`Table::parse`].
///
/// # Errors
/// Those of [`read_whole`]; [`IoError::Content`] if the file holds something else.
pub fn read_furniture(path: impl AsRef<Path>) -> Result<Table, IoError> {
    let path = path.as_ref();
    let failed = |message: String| IoError::Content {
        path: path.into(),
        message,
    };
    let bytes = read_whole(path)?;
    let text = String::from_utf8(bytes).map_err(|_| failed("not UTF-8; convert it".to_owned()))?;
    let more = Table::parse(&text).map_err(|error| failed(error.to_string()))?;
    let mut table = Table::default();
    table.extend(more);
    Ok(table)
}

/// The profile in a file.
///
/// # Errors
/// Those of [`read_whole`]; [`IoError::Content`] if the file holds no profile.
pub fn read_profile(path: impl AsRef<Path>) -> Result<Arc<Profile>, IoError> {
    let path = path.as_ref();
    let bytes = read_whole(path)?;
    let profile = Profile::from_bytes(&bytes).map_err(|error| IoError::Content {
        path: path.into(),
        message: error.to_string(),
    })?;
    Ok(Arc::new(profile))
}
