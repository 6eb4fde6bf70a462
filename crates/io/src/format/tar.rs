//! Archives as tar (POSIX ustar and pax, and GNU's long names): each member is read as a file of its
//! name would be.

use super::gate::{Gate, Gated};
use super::member::{Member, Named, broken, empty, link, nested, overgrown};
use super::{Step, Translator};
use crate::refused::Reason;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// Headers and the room for members are counted in blocks of this size.
const BLOCK_BYTES: usize = 512;
/// Longest name or list of properties that a header may announce.
const MAX_NAME_BYTES: u64 = 1 << 16;

/// The archive, and what is left of the member at which it stands.
struct Tape<'f> {
    input: Gated<'f>,
    gate: Arc<Gate>,
    left: u64,
    padding: u64,
}

impl Tape<'_> {
    fn read(&mut self, buf: &mut [u8]) -> usize {
        let len = usize::try_from(self.left).unwrap_or(usize::MAX);
        let len = len.min(buf.len());
        // Items have their own limit in their member.
        self.gate.begin();
        let count = self.input.fill(&mut buf[..len]);
        self.left -= count as u64;
        count
    }

    /// Goes to the end of the member; whether the archive goes that far.
    fn skip(&mut self) -> bool {
        self.left += std::mem::take(&mut self.padding);
        let mut block = [0; 1 << 12];
        while self.left > 0 {
            if self.read(&mut block) == 0 {
                return false;
            }
        }
        true
    }

    /// Stands before the content of a member of this size.
    fn enter(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK_BYTES as u64) - size;
    }
}

/// The content of a member.
struct Content<'f>(Arc<Mutex<Tape<'f>>>);

impl Read for Content<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut tape = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tape.read(buf))
    }
}

/// The items of all members of an archive.
pub(super) struct Members<'f> {
    tape: Arc<Mutex<Tape<'f>>>,
    gate: Arc<Gate>,
    member: Option<Member<'f>>,
    read: u64,
    ended: bool,
}

/// A header: the name of a member, and its kind.
struct Header {
    name: String,
    kind: Kind,
}

/// What a member is.
enum Kind {
    File,
    /// A link, hard or symbolic.
    Link,
    /// A folder, a device and the like.
    Other,
}

impl<'f> Members<'f> {
    pub(super) fn new(input: Gated<'f>, gate: Arc<Gate>) -> Self {
        let tape = Tape {
            input,
            gate: Arc::clone(&gate),
            left: 0,
            padding: 0,
        };
        Members {
            tape: Arc::new(Mutex::new(tape)),
            gate,
            member: None,
            read: 0,
            ended: false,
        }
    }

    /// Goes to the next member that is read; nothing at the end of the archive.
    fn open(&mut self) -> Result<Option<Member<'f>>, Reason> {
        loop {
            let Some(Header { name, kind }) = self.header()? else {
                return Ok(None);
            };
            let format = match (Named::of(&name), kind) {
                (Named::Beside, _) | (_, Kind::Other) => continue,
                (_, Kind::Link) => return Err(link(&name)),
                (Named::Archive, Kind::File) => return Err(nested(&name)),
                (Named::Read(format), Kind::File) => format,
            };
            self.read += 1;
            let content = Content(Arc::clone(&self.tape));
            return Member::open(name, format, content, &self.gate).map(Some);
        }
    }

    /// Reads the next header, and those before it that only say its name.
    fn header(&mut self) -> Result<Option<Header>, Reason> {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        let mut long_name = None;
        loop {
            let cut = || broken("the archive ends within a member: it is cut");
            if !tape.skip() {
                return Err(cut());
            }
            let mut block = [0; BLOCK_BYTES];
            tape.enter(BLOCK_BYTES as u64);
            let mut len = 0;
            while len < BLOCK_BYTES {
                match tape.read(&mut block[len..]) {
                    0 => break,
                    count => len += count,
                }
            }
            tape.left = 0;
            if len == 0 || (len == BLOCK_BYTES && block.iter().all(|&byte| byte == 0)) {
                return Ok(None);
            }
            if len < BLOCK_BYTES {
                return Err(cut());
            }
            let size = sum_fits(&block).then(|| number(&block[124..136])).flatten();
            let Some(size) = size else {
                return Err(broken("a header that is none of tar"));
            };
            tape.enter(size);
            match block[156] {
                b'L' | b'x' if size <= MAX_NAME_BYTES => {
                    let mut said = vec![0; size as usize];
                    let mut len = 0;
                    while len < said.len() {
                        match tape.read(&mut said[len..]) {
                            0 => return Err(cut()),
                            count => len += count,
                        }
                    }
                    long_name = match block[156] {
                        b'L' => Some(text(&said)),
                        _ => path_of(&said).or(long_name),
                    };
                }
                b'g' => {}
                kind => {
                    return Ok(Some(Header {
                        name: long_name.unwrap_or_else(|| name_of(&block)),
                        kind: match kind {
                            0 | b'0' | b'7' => Kind::File,
                            b'1' | b'2' => Kind::Link,
                            _ => Kind::Other,
                        },
                    }));
                }
            }
        }
    }
}

/// Whether the header has the sum of its bytes, its own field counted as spaces.
fn sum_fits(block: &[u8; BLOCK_BYTES]) -> bool {
    let bytes = block.iter().enumerate();
    let sum: u64 = bytes
        .map(|(at, &byte)| u64::from(if (148..156).contains(&at) { b' ' } else { byte }))
        .sum();
    number(&block[148..156]) == Some(sum)
}

/// A number in octal digits, or in binary where its first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let bytes = field.get(field.len() - 8..)?;
        let number = u64::from_be_bytes(bytes.try_into().ok()?);
        return (number < 1 << 62).then_some(number);
    }
    let digits = text(field);
    u64::from_str_radix(digits.trim(), 8).ok()
}

/// Text up to the first NUL.
fn text(field: &[u8]) -> String {
    let end = memchr::memchr(0, field).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn name_of(block: &[u8; BLOCK_BYTES]) -> String {
    let name = text(&block[..100]);
    if block[257..263] == *b"ustar\0" && block[345] != 0 {
        format!("{}/{name}", text(&block[345..500]))
    } else {
        name
    }
}

/// The path among pax properties, each `LENGTH NAME=VALUE` and a line feed.
fn path_of(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let mut lines = said.lines();
    let path = lines.find_map(|line| line.split_once(' ')?.1.strip_prefix("path="))?;
    Some(path.to_owned())
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
                    Err(reason @ Reason::InMember { .. }) => {
                        self.read += 1;
                        return Step::Refused(reason, None);
                    }
                    Err(reason) => {
                        self.ended = true;
                        return Step::Refused(reason, None);
                    }
                }
                continue;
            };
            let step = member.next(out);
            if member.ended() && !matches!(step, Step::Record) {
                self.member = None;
            }
            self.ended = overgrown(&step);
            if !matches!(step, Step::End) {
                return step;
            }
        }
        Step::End
    }
}
