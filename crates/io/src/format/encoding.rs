//! Bytes of any encoding as UTF-8, by byte order mark, declaration or guess.

use super::gate::{Gate, Gated};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, BufRead, Read};
use std::sync::Arc;

/// Bytes taken from a source at a time, and looked at for a guess.
const BLOCK_BYTES: usize = 1 << 16;

/// Stands for a byte sequence that is broken in its encoding, until the line is written: a
/// character that no text has, for Unicode keeps it for programs' own use.
pub(crate) const BROKEN: char = '\u{fdd0}';

/// Puts a byte that is not UTF-8 in the place of each mark of what was broken, from `begin` on, so that
/// the record is refused or mended as one of a JSON Lines file would be.
pub(crate) fn unmark(out: &mut Vec<u8>, begin: usize) {
    let mut mark = [0; 4];
    let mark = BROKEN.encode_utf8(&mut mark).as_bytes();
    if memchr::memmem::find(&out[begin..], mark).is_none() {
        return;
    }
    let line = out.split_off(begin);
    let mut copied = 0;
    for at in memchr::memmem::find_iter(&line, mark) {
        out.extend_from_slice(&line[copied..at]);
        out.push(0xff);
        copied = at + mark.len();
    }
    out.extend_from_slice(&line[copied..]);
}

/// How a source without a byte order mark says its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// By an XML declaration.
    Xml,
    /// Not at all: UTF-8 if that fits, else by guess.
    Nothing,
    /// It is UTF-8, and what is broken in it is for others to find.
    Utf8,
}

/// Text of a source in UTF-8, and the line that was reached.
pub(super) struct Utf8<'f> {
    input: Gated<'f>,
    says: Says,
    /// Set once the first bytes are known.
    begun: bool,
    decoder: Option<Decoder>,
    /// Still nothing but ASCII, and nothing declared.
    undecided: bool,
    block: Vec<u8>,
    text: Vec<u8>,
    /// Bytes of the text that were taken.
    taken: usize,
    lines: u64,
    bytes: u64,
    last: bool,
    unknown: Option<String>,
    /// What the item at hand may still take; nothing where the gate sees to that.
    room: Option<u64>,
}

impl<'f> Utf8<'f> {
    pub(super) fn new(input: Gated<'f>, says: Says) -> Self {
        Utf8 {
            input,
            says,
            begun: false,
            decoder: None,
            undecided: false,
            block: vec![0; BLOCK_BYTES],
            text: Vec::new(),
            taken: 0,
            lines: 0,
            bytes: 0,
            last: false,
            unknown: None,
            room: None,
        }
    }

    /// Nothing at all.
    pub(super) fn empty(gate: &Arc<Gate>) -> Self {
        let input = Gated::new(Box::new(io::empty()), Arc::clone(gate));
        Utf8::new(input, Says::Utf8)
    }

    /// Lets an item take so many bytes of text, beyond which the text seems to end.
    pub(super) fn allow(&mut self, bytes: u64) {
        self.room = Some(bytes);
    }

    /// Whether the text seems to end because an item took too much.
    pub(super) fn exceeded(&self) -> bool {
        self.room == Some(0)
    }

    /// Puts text before what comes next. Its line ends do not count.
    pub(super) fn put_back(&mut self, text: &str) {
        let text = text.replace('\n', " ");
        self.text.splice(..self.taken, text.bytes());
        self.taken = 0;
    }

    /// Goes on behind the next tag that closes an element of this name, whatever its prefix; whether
    /// there is one. Nothing is held.
    pub(super) fn skip_past(&mut self, name: &str) -> bool {
        /// Longest tag that is looked at.
        const MAX_TAG_BYTES: usize = 256;
        self.room = None;
        let mut tag: Option<Vec<u8>> = None;
        loop {
            let Ok(block) = self.fill_buf() else {
                return false;
            };
            if block.is_empty() {
                return false;
            }
            let mut taken = block.len();
            let mut closed = false;
            match &mut tag {
                None => {
                    if let Some(at) = memchr::memchr(b'<', block) {
                        taken = at + 1;
                        tag = Some(Vec::new());
                    }
                }
                Some(own) => {
                    let end = memchr::memchr2(b'<', b'>', block);
                    taken = end.unwrap_or(block.len());
                    if own.len() < MAX_TAG_BYTES {
                        own.extend_from_slice(&block[..taken.min(MAX_TAG_BYTES)]);
                    }
                    if let Some(at) = end {
                        closed = block[at] == b'>' && closes(own, name);
                        // A `<` begins the next one.
                        taken = at + 1;
                        tag = (block[at] == b'<').then(Vec::new);
                    }
                }
            }
            self.consume(taken);
            if closed {
                return true;
            }
        }
    }

    /// The line of the next character, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines + 1
    }

    /// Whether nothing more can be taken.
    pub(super) fn is_at_end(&self) -> bool {
        self.last && self.taken == self.text.len()
    }

    /// Bytes of the text taken so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A declared encoding that no one knows.
    pub(super) fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }

    fn advance(&mut self) {
        self.text.clear();
        self.taken = 0;
        while self.text.is_empty() && !self.last {
            // Items of XML are measured as text.
            if self.says == Says::Xml {
                self.input.begin();
            }
            let mut block = std::mem::take(&mut self.block);
            let len = self.input.fill(&mut block);
            self.last = len < block.len();
            self.take_block(&block[..len]);
            self.block = block;
        }
    }

    fn take_block(&mut self, block: &[u8]) {
        let mut bytes = block;
        if !self.begun {
            self.begun = true;
            let mark = self.begin(block);
            bytes = &block[mark..];
        }
        if self.undecided && !bytes.is_ascii() {
            let encoding = guess(bytes, self.last);
            self.decoder = Some(encoding.new_decoder_without_bom_handling());
            self.undecided = false;
        }
        match &mut self.decoder {
            None => self.text.extend_from_slice(bytes),
            Some(decoder) => decode(decoder, bytes, self.last, &mut self.text),
        }
    }

    /// Decides on the encoding as far as the first bytes tell it; the length of the mark.
    fn begin(&mut self, head: &[u8]) -> usize {
        if let Some((encoding, mark)) = Encoding::for_bom(head) {
            let utf8 = encoding == UTF_8 && self.says == Says::Utf8;
            self.decoder = (!utf8).then(|| encoding.new_decoder_without_bom_handling());
            return mark;
        }
        let declared = match (self.says, head) {
            (Says::Utf8, _) => return 0,
            (Says::Xml, [b'<', 0, ..]) => Some(UTF_16LE),
            (Says::Xml, [0, b'<', ..]) => Some(UTF_16BE),
            (Says::Xml, _) => declared(head).and_then(|label| {
                let known = Encoding::for_label(label.as_bytes());
                if known.is_none() {
                    self.unknown = Some(label);
                }
                // What could be read as ASCII up to here has no units of two bytes.
                known.map(Encoding::output_encoding)
            }),
            (Says::Nothing, _) => None,
        };
        self.decoder = declared.map(Encoding::new_decoder_without_bom_handling);
        self.undecided = declared.is_none();
        0
    }
}

/// The encoding that the first block that is not ASCII lets one guess.
fn guess(block: &[u8], last: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(block, last);
    detector.guess(None, Utf8Detection::Allow)
}

/// Whether a source that does not say its encoding is read as UTF-8, byte by byte: as [`Utf8`] finds with
/// [`Says::Nothing`]. It is read as far as that takes.
///
/// # Errors
/// Those of reading.
pub(crate) fn is_utf8(mut input: impl Read) -> io::Result<bool> {
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    let mut first = true;
    loop {
        block.clear();
        let len = input
            .by_ref()
            .take(BLOCK_BYTES as u64)
            .read_to_end(&mut block)?;
        if let Some((encoding, _)) = Encoding::for_bom(&block).filter(|_| first) {
            return Ok(encoding == UTF_8);
        }
        first = false;
        let last = len < BLOCK_BYTES;
        if !block.is_ascii() {
            return Ok(guess(&block, last) == UTF_8);
        }
        if last {
            return Ok(true);
        }
    }
}

/// Whether what stands between the brackets of a tag closes an element of a name.
fn closes(tag: &[u8], name: &str) -> bool {
    let own = tag.strip_prefix(b"/").map(<[u8]>::trim_ascii_end);
    let own = own.and_then(|own| own.rsplit(|&byte| byte == b':').next());
    own == Some(name.as_bytes())
}

/// Content in memory as UTF-8: by its byte order mark, the label that was sent with it, for a page
/// the one that it names itself, else by guess, for which the last part of its host's name is a hint.
pub(super) fn whole(bytes: &[u8], label: Option<&str>, page: bool, top: Option<&str>) -> String {
    let known = |label: &[u8]| Encoding::for_label(label);
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (Some(encoding), mark),
        None => (label.and_then(|label| known(label.as_bytes())), 0),
    };
    let named = || {
        let label = page.then(|| page_label(bytes)).flatten()?;
        known(label).map(Encoding::output_encoding)
    };
    let encoding = encoding.or_else(named).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        // Names in other scripts are hints of another form.
        let plain = |top: &&str| top.bytes().all(|byte| byte.is_ascii_lowercase());
        let top = top.filter(plain).filter(|top| !top.is_empty());
        detector.guess(top.map(str::as_bytes), Utf8Detection::Allow)
    });
    let mut text = Vec::with_capacity(bytes.len());
    let mut decoder = encoding.new_decoder_without_bom_handling();
    decode(&mut decoder, &bytes[mark..], true, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// The label of an encoding that a page names in its first bytes.
fn page_label(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(4096)];
    let head_lower = head.to_ascii_lowercase();
    let meta = memchr::memmem::find(&head_lower, b"<meta")?;
    let found = memchr::memmem::find_iter(&head_lower[meta..], b"charset");
    found.into_iter().find_map(|at| {
        let rest = head[meta + at + b"charset".len()..].trim_ascii_start();
        let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        let rest = rest.strip_prefix(b"'").unwrap_or(rest);
        let end = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || b"\"'>/;".contains(byte))?;
        (end > 0).then(|| &rest[..end])
    })
}

/// The encoding that an XML declaration names.
fn declared(head: &[u8]) -> Option<String> {
    let rest = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', rest)?;
    let declaration = std::str::from_utf8(&rest[..end]).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|&c| c == '"' || c == '\'')?;
    let label = value[1..].split(quote).next()?;
    Some(label.trim().to_owned())
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], last: bool, text: &mut Vec<u8>) {
    let mut piece = String::new();
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        piece.reserve(room.unwrap_or(BLOCK_BYTES * 3));
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut piece, last);
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => piece.push(BROKEN),
        }
    }
    text.extend_from_slice(piece.as_bytes());
}

impl BufRead for Utf8<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.text.len() {
            self.advance();
        }
        let text = &self.text[self.taken..];
        let room = self.room.and_then(|room| usize::try_from(room).ok());
        Ok(room.map_or(text, |room| &text[..room.min(text.len())]))
    }

    fn consume(&mut self, count: usize) {
        let end = self.text.len().min(self.taken + count);
        let taken = &self.text[self.taken..end];
        self.lines += memchr::memchr_iter(b'\n', taken).count() as u64;
        self.bytes += taken.len() as u64;
        if let Some(room) = &mut self.room {
            *room = room.saturating_sub(taken.len() as u64);
        }
        self.taken = end;
    }
}

impl Read for Utf8<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let count = text.len().min(buf.len());
        buf[..count].copy_from_slice(&text[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_a_broken_byte() {
        let mut out = format!("{BROKEN}\"caf{BROKEN} {BROKEN}{BROKEN}\"").into_bytes();
        unmark(&mut out, BROKEN.len_utf8());
        let (before, behind) = out.split_at(BROKEN.len_utf8());
        assert_eq!(before, BROKEN.to_string().as_bytes());
        assert_eq!(behind, b"\"caf\xff \xff\xff\"");
    }
}
