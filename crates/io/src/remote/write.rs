//! An object that is written part by part, and is there when it is whole or not at all.

use super::address::{Kind, Remote};
use super::line::{Fault, words};
use crate::error::IoError;
use object_store::{MultipartUpload, ObjectStore, PutMultipartOptions};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// Bytes of a part at first. Stores take ten thousand parts at most, so later ones are larger.
const PART_BYTES: usize = 8 << 20;
/// Parts after which their size doubles.
const PARTS_OF_A_SIZE: usize = 1000;
/// Largest part.
const MAX_PART_BYTES: usize = 512 << 20;

/// An object being written. Dropped before it is completed, it is taken back.
pub(crate) struct Upload {
    remote: Remote,
    /// Behind a lock only so that what holds it may be seen from many threads.
    begun: Option<Mutex<Box<dyn MultipartUpload>>>,
    part: Vec<u8>,
    parts: usize,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

impl Upload {
    /// Begins an object, so that what forbids it is known before there is something to write.
    ///
    /// # Errors
    /// [`IoError::Remote`], [`IoError::OutputIsFolder`].
    pub(crate) fn begin(address: &str) -> Result<Self, IoError> {
        let remote = Remote::new(address)?;
        if remote.kind == Kind::Http {
            let message =
                "outputs are not sent over HTTP; write to a file, or to s3://, gs:// or az://";
            return Err(remote.fails(message));
        }
        if remote.is_folder {
            return Err(IoError::OutputIsFolder {
                path: remote.shown().to_path_buf(),
            });
        }
        let begun = remote
            .store
            .put_multipart_opts(&remote.key, PutMultipartOptions::default());
        let begun = remote.line.wait(begun);
        let upload = begun.map_err(|error| remote.failed(&error))?;
        Ok(Upload {
            remote,
            begun: Some(Mutex::new(upload)),
            part: Vec::new(),
            parts: 0,
        })
    }

    fn send(&mut self) -> io::Result<()> {
        let Some(upload) = &mut self.begun else {
            return Ok(());
        };
        let part = std::mem::take(&mut self.part);
        self.parts += 1;
        let upload = upload.get_mut().unwrap_or_else(PoisonError::into_inner);
        let sent = upload.put_part(part.into());
        self.remote.line.wait(sent).map_err(|error| {
            let message = words(&error, self.remote.kind.credentials());
            Fault::Lost(message).error()
        })
    }

    /// Sends what is left, short of letting the object appear.
    pub(crate) fn seal(&mut self) -> io::Result<()> {
        if self.part.is_empty() && self.parts > 0 {
            return Ok(());
        }
        self.send()
    }

    /// Lets the object appear.
    ///
    /// # Errors
    /// [`IoError::Remote`].
    pub(crate) fn complete(mut self) -> Result<(), IoError> {
        let Some(mut upload) = self.begun.take() else {
            return Ok(());
        };
        let own = upload.get_mut().unwrap_or_else(PoisonError::into_inner);
        match self.remote.line.wait(own.complete()) {
            Ok(_) => Ok(()),
            Err(error) => {
                let failed = self.remote.failed(&error);
                self.begun = Some(upload);
                Err(failed)
            }
        }
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let doubled = (self.parts / PARTS_OF_A_SIZE).min(16);
        let size = (PART_BYTES << doubled).min(MAX_PART_BYTES);
        let count = bytes.len().min(size - self.part.len().min(size));
        self.part.extend_from_slice(&bytes[..count]);
        if self.part.len() >= size {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        // What is sent is seen by no one before all is.
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(mut upload) = self.begun.take() {
            let own = upload.get_mut().unwrap_or_else(PoisonError::into_inner);
            // Nothing better can be done about parts that stay; they are no object.
            let _ = self.remote.line.wait(own.abort());
        }
    }
}
