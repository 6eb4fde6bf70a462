//! The way of bytes into a translator, with a limit for each item.

use crate::growth::Growth;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the two ends of the way know of each other: how much one item may still take, and why the
/// bytes ended before the source did.
#[derive(Debug)]
pub(crate) struct Gate {
    limit: u64,
    left: AtomicU64,
    passed: AtomicU64,
    exceeded: AtomicBool,
    error: Mutex<Option<io::Error>>,
    /// How much the source has grown, for what is compressed within it.
    growth: Arc<Growth>,
    /// Folder for what cannot be read as a stream, if one is named.
    temp_dir: Option<PathBuf>,
}

impl Gate {
    pub(crate) fn new(limit: u64, growth: Arc<Growth>) -> Arc<Self> {
        Self::within(limit, growth, None)
    }

    /// A gate that knows where temporary files go.
    pub(crate) fn within(limit: u64, growth: Arc<Growth>, temp_dir: Option<PathBuf>) -> Arc<Self> {
        Arc::new(Gate {
            temp_dir,
            limit,
            left: AtomicU64::new(limit),
            passed: AtomicU64::new(0),
            exceeded: AtomicBool::new(false),
            error: Mutex::new(None),
            growth,
        })
    }

    /// Most bytes of one item.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// How much the source has grown, for what is compressed within it.
    pub(crate) fn growth(&self) -> &Arc<Growth> {
        &self.growth
    }

    /// A gate as this one was at first, for a source within the source.
    pub(crate) fn anew(&self) -> Arc<Self> {
        Self::within(self.limit, Arc::clone(&self.growth), self.temp_dir.clone())
    }

    /// Where temporary files go.
    pub(crate) fn temp_dir(&self) -> PathBuf {
        let named = self.temp_dir.clone();
        named.unwrap_or_else(crate::temporary_folder)
    }

    /// A new item begins.
    pub(crate) fn begin(&self) {
        self.left.store(self.limit, Ordering::Relaxed);
    }

    /// Whether the bytes ended before the source did.
    pub(crate) fn stopped(&self) -> bool {
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        error.is_some() || self.exceeded()
    }

    /// Whether an item took more than the limit, so that nothing came after it.
    pub(crate) fn exceeded(&self) -> bool {
        self.exceeded.load(Ordering::Relaxed)
    }

    /// Bytes that came so far.
    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Ends the bytes for a reason that is none of the format's.
    pub(crate) fn fail(&self, error: io::Error) {
        let slot = self.error.lock();
        *slot.unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// What the system or a decompressor said, once.
    pub(crate) fn take_error(&self) -> Option<io::Error> {
        self.error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// The bytes of a source. They end for a translator where they end for any reason; the gate knows
/// which, so that no format needs to know errors of a disk.
pub(crate) struct Gated<'f> {
    inner: Box<dyn Read + Send + 'f>,
    gate: Arc<Gate>,
    ended: bool,
}

/// Bytes that are copied at once.
const COPY_BYTES: usize = 1 << 18;

impl<'f> Gated<'f> {
    pub(crate) fn new(inner: Box<dyn Read + Send + 'f>, gate: Arc<Gate>) -> Self {
        Gated {
            inner,
            gate,
            ended: false,
        }
    }

    /// A new item begins.
    pub(crate) fn begin(&self) {
        self.gate.begin();
    }

    /// Gives `put` all there is, in pieces; the limit is one of a piece. The gate knows why it ended early, if
    /// it did.
    pub(crate) fn copy<E>(&mut self, mut put: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut piece = vec![0; COPY_BYTES];
        loop {
            self.begin();
            match self.fill(&mut piece) {
                0 => return Ok(()),
                count => put(&piece[..count])?,
            }
        }
    }

    /// Reads until the buffer is full or there is no more.
    pub(crate) fn fill(&mut self, buf: &mut [u8]) -> usize {
        let mut len = 0;
        while len < buf.len() && !self.ended {
            if self.gate.left.load(Ordering::Relaxed) == 0 {
                self.gate.exceeded.store(true, Ordering::Relaxed);
                self.ended = true;
                break;
            }
            match self.inner.read(&mut buf[len..]) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    len += count;
                    self.gate.passed.fetch_add(count as u64, Ordering::Relaxed);
                    let left = self.gate.left.load(Ordering::Relaxed);
                    let left = left.saturating_sub(count as u64);
                    self.gate.left.store(left, Ordering::Relaxed);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.gate.fail(error);
                    self.ended = true;
                }
            }
        }
        len
    }
}

impl Read for Gated<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.fill(buf))
    }
}
