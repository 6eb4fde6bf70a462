//! gzip and zstd, told apart by their first bytes when read and by ending when written.

use std::io::{self, BufReader, Read};
use std::path::Path;

/// Compressed bytes are taken in blocks of this size.
const COMPRESSED_BLOCK_BYTES: usize = 1 << 18;

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
}

impl Compression {
    /// Number of leading bytes that [`Compression::of_bytes`] needs.
    pub const MAGIC_BYTES: usize = 4;

    /// The compression that the first bytes of a file show, whatever its name.
    pub fn of_bytes(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            // A frame, or a skippable frame, with which parallel compressors begin.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
            _ => Compression::None,
        }
    }

    /// The compression that the ending of a path names: `.gz`, `.zst` or `.zstd`, in any case.
    pub fn of_path(path: &Path) -> Self {
        match ending(path).as_deref() {
            Some("gz") => Compression::Gzip,
            Some("zst" | "zstd") => Compression::Zstd,
            _ => Compression::None,
        }
    }
}

/// The ending of a path in lower case, without its dot.
pub(crate) fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// The ending that names the format: the one before `.gz` or `.zst` where there is one.
pub(crate) fn inner_ending(path: &Path) -> Option<String> {
    match Compression::of_path(path) {
        Compression::None => ending(path),
        _ => ending(Path::new(path.file_stem()?)),
    }
}

/// Wraps a stream so that it yields decompressed bytes, through all members or frames.
///
/// # Errors
/// When the decompressor cannot be set up.
pub(crate) fn decoder<'r>(
    compression: Compression,
    input: impl Read + Send + 'r,
) -> io::Result<Box<dyn Read + Send + 'r>> {
    Ok(match compression {
        Compression::None => Box::new(input),
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
    })
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
        assert_eq!(Compression::of_bytes(b"{\"a\""), Compression::None);
        assert_eq!(Compression::of_bytes(b""), Compression::None);
    }
}
