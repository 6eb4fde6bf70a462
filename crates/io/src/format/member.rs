//! A member of an archive, read as a file of its name would be.

use super::gate::{Gate, Gated};
use super::plain::{Document, Lines};
use super::{Step, Translator, named_or_told, tells_format, translator};
use crate::compression::{Compression, decoder};
use crate::growth::{Damage, Failing};
use crate::input::Format;
use crate::refused::Reason;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

/// Bytes looked at to tell the format of a member.
const HEAD_BYTES: usize = 1 << 14;

/// What the name of a member says of it.
pub(super) enum Named {
    /// A file of this format, as in a folder.
    Read(Format),
    /// An archive of its own, which is not opened.
    Archive,
    /// What is passed over in a folder too.
    Beside,
}

impl Named {
    /// What a name says. It is nothing but a name: nothing is unpacked, so wherever it points to,
    /// nothing is written there.
    pub(super) fn of(name: &str) -> Self {
        let path = Path::new(name);
        let hidden = path
            .file_name()
            .is_none_or(|own| own.as_encoded_bytes().starts_with(b"."));
        match Format::of_path(path) {
            _ if hidden => Named::Beside,
            None | Some(Format::Csv | Format::Tsv) => Named::Beside,
            Some(Format::Tar | Format::Zip) => Named::Archive,
            Some(format) => Named::Read(format),
        }
    }
}

/// What is wrong with an archive.
pub(super) fn broken(message: impl Into<String>) -> Reason {
    Reason::BrokenArchive {
        message: message.into(),
    }
}

/// What is wrong in a member.
pub(super) fn within(member: &str, reason: Reason) -> Reason {
    Reason::InMember {
        member: member.to_owned(),
        reason: Box::new(reason),
    }
}

/// A member that is not read, and why.
pub(super) fn unread(member: &str, message: impl Into<String>) -> Reason {
    let message = message.into();
    within(member, Reason::Unread { message })
}

/// A link to another file: what it leads to is read as itself, if it is there.
pub(super) fn link(member: &str) -> Reason {
    unread(
        member,
        "a link, which is not followed; pack the file itself",
    )
}

/// An archive in an archive.
pub(super) fn nested(member: &str) -> Reason {
    unread(member, "an archive within an archive; unpack the outer one")
}

/// An archive of which nothing is read.
pub(super) fn empty() -> Reason {
    broken("it holds no documents; expected files of the endings that are read in a folder")
}

/// Whether an archive grows so much that no more of it is read.
pub(super) fn overgrown(step: &Step) -> bool {
    matches!(step, Step::Refused(Reason::InMember { reason, .. }, _)
        if matches!(**reason, Reason::Overgrown { .. }))
}

/// A member that is being read.
pub(super) struct Member<'f> {
    name: String,
    translator: Box<dyn Translator + 'f>,
    gate: Arc<Gate>,
}

impl<'f> Member<'f> {
    /// Begins a member of an archive with this gate.
    pub(super) fn open(
        name: String,
        named: Format,
        content: impl Read + Send + 'f,
        archive: &Gate,
    ) -> Result<Self, Reason> {
        let failed = |error: io::Error| within(&name, Damage::of(&error).reason(0));
        let gate = archive.anew();
        let mut content = content;
        let mut magic = vec![0; Compression::MAGIC_BYTES];
        let said = fill(&mut content, &mut magic, |_| false);
        let compression = Compression::of_bytes(&magic);
        let whole = Cursor::new(magic).chain(said).chain(content);
        let mut input = decoder(compression, whole, gate.growth()).map_err(failed)?;
        let mut head = vec![0; HEAD_BYTES];
        let known = |head: &[u8]| tells_format(Some(named), head);
        let said = fill(&mut input, &mut head, known);
        let format = named_or_told(Some(named), &head);
        let input = Cursor::new(head).chain(said).chain(input);
        let gated = Gated::new(Box::new(input), Arc::clone(&gate));
        let translator: Box<dyn Translator + 'f> = match format {
            Format::JsonLines => Box::new(Lines::new(gated, Arc::clone(&gate))),
            Format::PlainText => Box::new(Document::new(gated, Arc::clone(&gate), name.clone())),
            other => match translator(other, false, gated, Arc::clone(&gate)) {
                Some(translator) => translator,
                None => return Err(nested(&name)),
            },
        };
        Ok(Member {
            name,
            translator,
            gate,
        })
    }

    /// The next item; nothing more once [`Member::ended`]. What is refused names the member.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> Step {
        let (reason, text) = match self.translator.next(out) {
            Step::Record => return Step::Record,
            Step::Refused(reason, text) => (Some(reason), text),
            Step::End => (None, None),
        };
        // What a format makes of bytes that end early is not what is wrong.
        let stopped = self.ended().then(|| self.stopped()).flatten();
        match stopped.or(reason) {
            Some(reason) => Step::Refused(within(&self.name, reason), text),
            None => Step::End,
        }
    }

    /// Whether nothing comes any more.
    pub(super) fn ended(&self) -> bool {
        self.translator.ended()
    }

    /// Why the bytes ended before the member did.
    fn stopped(&self) -> Option<Reason> {
        let gate = &self.gate;
        if let Some(error) = gate.take_error() {
            return Some(Damage::of(&error).reason(gate.passed()));
        }
        gate.exceeded().then(|| Reason::TooLong {
            len: gate.limit().saturating_add(1),
            limit: gate.limit(),
        })
    }
}

/// Reads until the buffer is full, what is there is enough, or there is no more, and cuts the
/// buffer to that. What was said of damage is to be said again behind it.
fn fill(input: &mut impl Read, buf: &mut Vec<u8>, enough: impl Fn(&[u8]) -> bool) -> Failing {
    let mut len = 0;
    let mut said = None;
    while len < buf.len() && !enough(&buf[..len]) {
        match input.read(&mut buf[len..]) {
            Ok(0) => break,
            Ok(count) => len += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                said = Some(error);
                break;
            }
        }
    }
    buf.truncate(len);
    Failing(said)
}
