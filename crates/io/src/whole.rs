//! Small files read whole, such as tables and profiles.

use crate::compression::{Compression, decoder};
use crate::error::IoError;
use crate::growth::Growth;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

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
