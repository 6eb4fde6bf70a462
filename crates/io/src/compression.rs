//! gzip, zstd, bzip2 and xz, told apart by their first bytes when read and by ending when written.

use crate::growth::{Given, Growth};
use lzma_rust2::XzReader;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// Compressed bytes are taken in blocks of this size.
const COMPRESSED_BLOCK_BYTES: usize = 1 << 18;

/// What the decoder of xz may take, which its header asks for before anything is read. `xz -9` asks
/// for 64 MiB.
const XZ_MEMORY_KIB: u32 = 512 << 10;

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip (RFC 1952), of one member or more.
    Gzip,
    /// Zstandard (RFC 8878), of one frame or more.
    Zstd,
    /// bzip2, of one stream or more; read and not written.
    Bzip2,
    /// xz, of one stream or more; read and not written.
    Xz,
}

impl Compression {
    /// Number of leading bytes that [`Compression::of_bytes`] needs.
    pub const MAGIC_BYTES: usize = 10;

    /// The compression that the first bytes of a file show, whatever its name.
    pub fn of_bytes(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            // A frame, or a skippable frame, with which parallel compressors begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
            // The size of a block, then the number that begins a block or ends an empty stream.
            [b'B', b'Z', b'h', b'1'..=b'9', number @ ..]
                if number.starts_with(b"1AY&SY") || number.starts_with(b"\x17rE8P\x90") =>
            {
                Compression::Bzip2
            }
            _ => Compression::None,
        }
    }

    /// The compression that the ending of a path names: `.gz`, `.zst` or `.zstd`, `.bz2`, `.xz`, in any
    /// case.
    pub fn of_path(path: &Path) -> Self {
        match ending(path).as_deref() {
            Some("gz") => Compression::Gzip,
            Some("zst" | "zstd") => Compression::Zstd,
            Some("bz2") => Compression::Bzip2,
            Some("xz") => Compression::Xz,
            _ => Compression::None,
        }
    }
}

/// The ending of a path in lower case, without its dot.
pub(crate) fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// The ending that names the format: the one before that of a compression.
pub(crate) fn inner_ending(path: &Path) -> Option<String> {
    match Compression::of_path(path) {
        Compression::None => ending(path),
        _ => ending(Path::new(path.file_stem()?)),
    }
}

/// Wraps a stream so that it yields decompressed bytes, through all members or frames.
///
/// The stream fails with a [`Damage`](crate::growth::Damage) where the bytes grow too much.
///
/// # Errors
/// When the decompressor cannot be set up.
pub(crate) fn decoder<'r>(
    compression: Compression,
    input: impl Read + Send + 'r,
    growth: &Arc<Growth>,
) -> io::Result<Box<dyn Read + Send + 'r>> {
    let inner: Box<dyn Read + Send + 'r> = match compression {
        Compression::None => return Ok(Box::new(input)),
        Compression::Gzip => {
            let input = BufReader::with_capacity(COMPRESSED_BLOCK_BYTES, input);
            Box::new(flate2::bufread::MultiGzDecoder::new(input))
        }
        Compression::Zstd => {
            let input = BufReader::with_capacity(COMPRESSED_BLOCK_BYTES, input);
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
            // Large archives are often made with `--long=31`; memory is taken only for those.
            decoder.window_log_max(31)?;
            Box::new(decoder)
        }
        Compression::Bzip2 => {
            let input = BufReader::with_capacity(COMPRESSED_BLOCK_BYTES, input);
            Box::new(bzip2::bufread::MultiBzDecoder::new(input))
        }
        Compression::Xz => {
            let input = BufReader::with_capacity(COMPRESSED_BLOCK_BYTES, input);
            let decoder = XzReader::new_mem_limit(input, true, XZ_MEMORY_KIB);
            Box::new(Pieces(decoder))
        }
    };
    let growth = Arc::clone(growth);
    Ok(Box::new(Given { inner, growth }))
}

/// Reads little at a time: what the decoder of xz wrote before it failed is lost with the call.
struct Pieces<R>(R);

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = buf.len().min(1 << 14);
        self.0.read(&mut buf[..len])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_read_through_the_compression() {
        assert_eq!(
            inner_ending(Path::new("a/feed.JSONL.gz")).as_deref(),
            Some("jsonl")
        );
        assert_eq!(
            inner_ending(Path::new("feed.txt.zst")).as_deref(),
            Some("txt")
        );
        assert_eq!(inner_ending(Path::new("feed.csv")).as_deref(), Some("csv"));
        assert_eq!(inner_ending(Path::new("feed.gz")), None);
        assert_eq!(inner_ending(Path::new("feed")), None);
        assert_eq!(Compression::of_path(Path::new("x.ZST")), Compression::Zstd);
    }

    #[test]
    fn magic_bytes_decide() {
        assert_eq!(
            Compression::of_bytes(&[0x1f, 0x8b, 8, 0]),
            Compression::Gzip
        );
        assert_eq!(
            Compression::of_bytes(&[0x28, 0xb5, 0x2f, 0xfd]),
            Compression::Zstd
        );
        assert_eq!(
            Compression::of_bytes(&[0x50, 0x2a, 0x4d, 0x18]),
            Compression::Zstd
        );
        assert_eq!(Compression::of_bytes(b"\xfd7zXZ\0\0\x04"), Compression::Xz);
        assert_eq!(Compression::of_bytes(b"BZh91AY&SY\0"), Compression::Bzip2);
        assert_eq!(Compression::of_bytes(b"BZh9 is a name"), Compression::None);
        assert_eq!(Compression::of_bytes(b"{\"a\""), Compression::None);
        assert_eq!(Compression::of_bytes(b""), Compression::None);
    }
}
