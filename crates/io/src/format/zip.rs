//! Archives as zip (APPNOTE 6.3): each member is read as a file of its name would be, in the order
//! of the archive's directory.
//!
//! The directory stands at the end, so an archive is read by positions: a file where it lies, and
//! what comes as a stream from a temporary copy.

use super::gate::{Gate, Gated};
use super::member::{Member, Named, broken, empty, link, nested, overgrown, unread, within};
use super::{Step, Translator};
use crate::compression::{Compression, decoder};
use crate::growth::{Damage, Given};
use crate::refused::Reason;
use crate::spool::{read_some_at, temporary_file, write_all_at};
use flate2::Crc;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use zip::CompressionMethod;
use zip::read::ZipArchive;
use zip::result::ZipError;

/// The bytes of an archive at any place.
#[derive(Clone)]
pub(crate) struct Bytes<'f> {
    file: Arc<File>,
    next: u64,
    end: u64,
    /// Counts what is read of members, for progress.
    count: Option<&'f AtomicU64>,
    gate: Arc<Gate>,
}

impl<'f> Bytes<'f> {
    /// Of a file of this length.
    pub(crate) fn of_file(file: File, len: u64, count: &'f AtomicU64, gate: Arc<Gate>) -> Self {
        gate.growth().take(len);
        Bytes {
            file: Arc::new(file),
            next: 0,
            end: len,
            count: Some(count),
            gate,
        }
    }

    /// Of a stream, copied to a temporary file in a folder.
    ///
    /// # Errors
    /// Those of the folder's disk.
    pub(crate) fn of_stream(
        mut stream: Gated<'f>,
        dir: &Path,
        gate: Arc<Gate>,
    ) -> io::Result<Self> {
        let file = temporary_file(dir)?;
        let mut block = vec![0; 1 << 16];
        let mut end = 0;
        loop {
            // Items have their own limit in their member.
            gate.begin();
            let len = stream.fill(&mut block);
            write_all_at(&file, &block[..len], end)?;
            end += len as u64;
            if len < block.len() {
                break;
            }
        }
        Ok(Bytes {
            file: Arc::new(file),
            next: 0,
            end,
            count: None,
            gate,
        })
    }

    /// The part from `start` on, of `len` bytes or as many as there are.
    fn part(&self, start: u64, len: u64) -> Self {
        let end = start.saturating_add(len).min(self.end);
        let next = start.min(end);
        Bytes {
            next,
            end,
            ..self.clone()
        }
    }
}

impl Read for Bytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        let len = buf.len().min(left);
        let count = match read_some_at(&self.file, &mut buf[..len], self.next) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            // An error of the disk is none of the member's.
            Err(error) => {
                self.gate.fail(error);
                return Err(io::Error::other("the disk failed"));
            }
        };
        self.next += count as u64;
        if let Some(total) = self.count {
            total.fetch_add(count as u64, Ordering::Relaxed);
        }
        Ok(count)
    }
}

impl Seek for Bytes<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.next.checked_add_signed(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "before the archive begins");
        let place = place.ok_or_else(before)?;
        // Nothing stands behind the end.
        self.next = place.min(self.end);
        Ok(place)
    }
}

/// The translator of an archive.
pub(crate) fn zip<'f>(bytes: Bytes<'f>) -> Box<dyn Translator + 'f> {
    Box::new(Members {
        gate: Arc::clone(&bytes.gate),
        bytes,
        archive: None,
        next: 0,
        read: 0,
        member: None,
        ended: false,
    })
}

/// The items of all members of an archive.
struct Members<'f> {
    bytes: Bytes<'f>,
    gate: Arc<Gate>,
    /// The directory, once it was read.
    archive: Option<ZipArchive<Bytes<'f>>>,
    /// The member that comes next.
    next: usize,
    /// Members that were read or refused.
    read: usize,
    member: Option<Member<'f>>,
    ended: bool,
}

/// What the directory says of a member.
struct Entry {
    name: String,
    start: u64,
    packed: u64,
    size: u64,
    crc: u32,
    method: CompressionMethod,
    encrypted: bool,
    link: bool,
}

impl<'f> Members<'f> {
    /// Reads the directory.
    fn begin(&self) -> Result<ZipArchive<Bytes<'f>>, Reason> {
        ZipArchive::new(self.bytes.clone()).map_err(|error| match error {
            ZipError::UnsupportedArchive(what) => broken(format!("{what}; pack it anew")),
            _ => broken("no directory of zip stands at its end: it is cut, or no such archive"),
        })
    }

    /// Goes to the next member that is read; nothing at the end of the archive.
    fn open(&mut self) -> Result<Option<Member<'f>>, Reason> {
        if self.archive.is_none() {
            let archive = self.begin()?;
            let doubled = archive.has_duplicate_names();
            self.archive = Some(archive);
            if doubled {
                return Err(unread_names());
            }
        }
        while let Some(archive) = &mut self.archive
            && self.next < archive.len()
        {
            let Some(entry) = entry(archive, self.next, &mut self.next)? else {
                continue;
            };
            let named = match Named::of(&entry.name) {
                Named::Beside => continue,
                Named::Archive => return Err(nested(&entry.name)),
                Named::Read(_) if entry.link => return Err(link(&entry.name)),
                Named::Read(format) => format,
            };
            self.read += 1;
            let content = self.content(&entry)?;
            return Member::open(entry.name, named, content, &self.gate).map(Some);
        }
        Ok(None)
    }

    /// The content of a member as it was before it was packed.
    fn content(&self, entry: &Entry) -> Result<impl Read + Send + use<'f>, Reason> {
        if entry.encrypted {
            let message = "encrypted; unpack it with its password, and give what comes out";
            return Err(unread(&entry.name, message));
        }
        let packed = self.bytes.part(entry.start, entry.packed);
        let growth = self.gate.growth();
        let unpacked: Box<dyn Read + Send + 'f> = match entry.method {
            CompressionMethod::Stored => Box::new(packed),
            CompressionMethod::Deflated => {
                Box::new(flate2::bufread::DeflateDecoder::new(BufReader::new(packed)))
            }
            method => {
                let compression = match method {
                    CompressionMethod::BZIP2 => Compression::Bzip2,
                    CompressionMethod::ZSTD => Compression::Zstd,
                    CompressionMethod::XZ => Compression::Xz,
                    other => {
                        let packing = name(other);
                        let message =
                            format!("packed by {packing}, which is not read; pack it with deflate");
                        return Err(unread(&entry.name, message));
                    }
                };
                let damaged = |error| within(&entry.name, Damage::of(&error).reason(0));
                decoder(compression, packed, growth).map_err(damaged)?
            }
        };
        // What is stored grows too, where members share their bytes.
        let inner = Given {
            inner: unpacked,
            growth: Arc::clone(growth),
        };
        Ok(Checked {
            inner,
            crc: Crc::new(),
            len: 0,
            due: (entry.crc, entry.size),
        })
    }
}

/// What the directory says of the member `at`, whose number moves on; nothing of a folder.
fn entry(
    archive: &mut ZipArchive<Bytes<'_>>,
    at: usize,
    next: &mut usize,
) -> Result<Option<Entry>, Reason> {
    *next = at + 1;
    let damaged = |name: &str| within(name, broken("its header is damaged"));
    let Ok(file) = archive.by_index_data(at) else {
        return Ok(None);
    };
    if file.is_dir() {
        return Ok(None);
    }
    let lossy = || String::from_utf8_lossy(file.name_raw()).into_owned();
    let mut entry = Entry {
        name: file.name().map_or_else(|_| lossy(), Into::into),
        start: 0,
        packed: file.compressed_size(),
        size: file.size(),
        crc: file.crc32(),
        method: file.compression(),
        encrypted: file.encrypted(),
        link: file.is_symlink(),
    };
    if matches!(Named::of(&entry.name), Named::Beside) {
        return Ok(None);
    }
    // Its local header says where its content begins.
    let start = archive.by_index_raw(at).map(|file| file.data_start());
    let start = start.ok().flatten();
    entry.start = start.ok_or_else(|| damaged(&entry.name))?;
    Ok(Some(entry))
}

fn unread_names() -> Reason {
    broken("members have the same name, of which the last is read; pack it anew to read all")
}

/// The name of a way of packing.
fn name(method: CompressionMethod) -> &'static str {
    match method {
        CompressionMethod::DEFLATE64 => "Deflate64",
        CompressionMethod::LZMA => "LZMA",
        CompressionMethod::PPMD => "PPMd",
        _ => "an old or foreign method",
    }
}

/// The content of a member, which fails at its end if it is not what the directory says.
struct Checked<R> {
    inner: R,
    crc: Crc,
    len: u64,
    /// Checksum and length.
    due: (u32, u64),
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buf)?;
        self.crc.update(&buf[..count]);
        self.len += count as u64;
        if count == 0 && !buf.is_empty() && (self.crc.sum(), self.len) != self.due {
            let message = "length or checksum is not what the directory says";
            return Err(Damage::Cut(message.to_owned()).error());
        }
        Ok(count)
    }
}

impl Translator for Members<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        while !self.ended {
            let Some(member) = &mut self.member else {
                match self.open() {
                    Ok(Some(member)) => self.member = Some(member),
                    Ok(None) => {
                        self.ended = true;
                        if self.read == 0 {
                            return Step::Refused(empty(), None);
                        }
                    }
                    Err(reason) => {
                        self.read += 1;
                        // Without a directory there is nothing to go on with.
                        self.ended = self.archive.is_none();
                        return Step::Refused(reason, None);
                    }
                }
                continue;
            };
            let step = member.next(out);
            if member.ended() && !matches!(step, Step::Record) {
                self.member = None;
            }
            // A disk that failed fails the run.
            self.ended = self.gate.stopped() || overgrown(&step);
            if !matches!(step, Step::End) {
                return step;
            }
        }
        Step::End
    }
}
