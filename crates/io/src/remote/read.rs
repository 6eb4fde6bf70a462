//! An object read from its start to its end, also where the connection is lost within.

use super::address::{Kind, Remote};
use super::lengths::UNSAID;
use super::line::{Fault, cause};
use crate::error::IoError;
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore};
use std::io::{self, Read};

/// The bytes of an object.
pub(crate) struct Reader {
    remote: Remote,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    /// Bytes that came and were not taken.
    ahead: Bytes,
    /// Bytes that came.
    at: u64,
    /// Its length; [`UNSAID`] where the server does not say it.
    len: u64,
    etag: Option<String>,
    /// Tries since a byte came.
    tries: usize,
}

impl Reader {
    /// Asks for an object.
    ///
    /// # Errors
    /// [`IoError::Remote`].
    pub(crate) fn open(remote: &Remote) -> Result<Self, IoError> {
        let got = get(remote, GetOptions::default()).map_err(|error| remote.failed(&error))?;
        Ok(Reader {
            len: got.meta.size,
            etag: got.meta.e_tag.clone(),
            stream: got.into_stream(),
            remote: remote.clone(),
            ahead: Bytes::new(),
            at: 0,
            tries: 0,
        })
    }

    /// Goes on where the connection was lost, if it is sure that the object is the same.
    fn resume(&mut self, why: &str) -> io::Result<()> {
        let told = |what: &str| {
            let of = match self.len {
                UNSAID => String::new(),
                len => format!(" of {len}"),
            };
            let at = self.at;
            let message = format!("the connection was lost after {at}{of} bytes ({why}){what}");
            Fault::Lost(format!("{message}; check the connection, then run again")).error()
        };
        let Some(etag) = self.etag.clone() else {
            let what = ", and the server names no version (ETag) by which to go on";
            return Err(told(what));
        };
        if self.tries >= self.remote.line.retries {
            return Err(told(""));
        }
        self.remote.line.pause(self.tries);
        self.tries += 1;
        let options = GetOptions {
            range: Some(GetRange::Offset(self.at)),
            if_match: Some(etag.clone()),
            ..GetOptions::default()
        };
        match get(&self.remote, options) {
            Ok(got)
                if got.meta.e_tag.as_ref() != Some(&etag)
                    || (self.len != UNSAID && got.meta.size != self.len) =>
            {
                Err(Fault::Changed.error())
            }
            Ok(got) if got.range.start == self.at => {
                self.len = got.meta.size;
                self.stream = got.into_stream();
                Ok(())
            }
            Ok(_) => Err(told(", and the server does not go on where it stopped")),
            Err(object_store::Error::Precondition { .. }) => Err(Fault::Changed.error()),
            Err(error) => Err(told(&format!(
                ", and cannot be taken up: {}",
                cause(&error)
            ))),
        }
    }
}

/// Asks for an object or a part of it.
fn get(remote: &Remote, options: GetOptions) -> object_store::Result<GetResult> {
    let asked = remote.store.get_opts(&remote.key, options);
    remote.line.wait(asked)
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while self.ahead.is_empty() {
            if self.at == self.len {
                return Ok(0);
            }
            match self.remote.line.wait(self.stream.next()) {
                Some(Ok(bytes)) => {
                    self.at += bytes.len() as u64;
                    self.tries = 0;
                    self.ahead = bytes;
                    if self.at > self.len {
                        let message = format!("more than the {} bytes that were said", self.len);
                        return Err(Fault::Lost(message).error());
                    }
                }
                Some(Err(error)) => self.resume(&cause(&error))?,
                // The way in which it was sent shows that this is the end.
                None if self.len == UNSAID => self.len = self.at,
                None => self.resume("it ended early")?,
            }
        }
        let count = buf.len().min(self.ahead.len());
        self.ahead.copy_to_slice(&mut buf[..count]);
        Ok(count)
    }
}

impl Remote {
    /// The size of the object, if there is one and the place says so without giving it.
    ///
    /// # Errors
    /// [`IoError::Remote`].
    pub(super) fn size(&self) -> Result<Option<u64>, IoError> {
        if self.kind == Kind::Http {
            return Ok(None);
        }
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        match get(self, options) {
            Ok(got) => Ok(Some(got.meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }
}
