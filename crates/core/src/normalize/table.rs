//! One table for both faces: what to do with each code point under a given set of steps.
//!
//! Blocks of 256 entries are filled when a text first needs them, so that a table costs nothing
//! for scripts that never come by, and reading one is a shift and two loads.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::classes::{self, DashLength, Quote};
use super::forms::{self, Folding, Form, Scratch};

/// Which of the shared steps a face asks for.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a step that stands alone"
)]
pub(super) struct Steps {
    pub(super) folding: Folding,
    pub(super) quotes: bool,
    pub(super) apostrophes: bool,
    pub(super) dashes: bool,
    pub(super) ellipsis: bool,
    pub(super) spaces: bool,
    pub(super) digits: bool,
}

/// What a character asks for, in the low four bits of an [`Entry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Stays as it is; what follows decides about nothing but itself.
    Identity,
    /// Becomes the one character of the payload.
    Simple,
    /// A mark that stays as it is after a starter or a mark of no higher class (the payload).
    Mark,
    /// Joins with what stands before it: only the segment as a whole has an answer. If the payload
    /// is not zero, it stays as it is where it does not compose with the character before, and
    /// then has the combining class of the payload less one.
    Joining,
    /// Becomes several characters.
    Complex,
    /// Is dropped.
    Invisible,
    /// White space.
    Space,
    /// A double quotation mark.
    Quote,
    /// A single quotation mark.
    Single,
    /// A single quotation mark or an apostrophe.
    Apostrophe,
    /// A hyphen or short dash.
    Hyphen,
    /// A long dash.
    Dash,
    /// An ellipsis in one character.
    Ellipsis,
}

/// Kind in the low four bits, payload above. Zero is [`Kind::Identity`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u32);

impl Entry {
    const KINDS: [Kind; 16] = [
        Kind::Identity,
        Kind::Simple,
        Kind::Mark,
        Kind::Joining,
        Kind::Complex,
        Kind::Invisible,
        Kind::Space,
        Kind::Quote,
        Kind::Single,
        Kind::Apostrophe,
        Kind::Hyphen,
        Kind::Dash,
        Kind::Ellipsis,
        Kind::Identity,
        Kind::Identity,
        Kind::Identity,
    ];

    fn new(kind: Kind, payload: u32) -> Self {
        Self(kind as u32 | payload << 4)
    }

    pub(super) fn is_identity(self) -> bool {
        self.0 == 0
    }

    pub(super) fn kind(self) -> Kind {
        Self::KINDS[(self.0 & 15) as usize]
    }

    /// The character that a [`Kind::Simple`] becomes.
    pub(super) fn target(self) -> char {
        char::from_u32(self.0 >> 4).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The combining class of a [`Kind::Mark`].
    pub(super) fn class(self) -> u8 {
        (self.0 >> 4) as u8
    }

    /// The combining class of a [`Kind::Joining`] that stays as it is where it does not compose.
    pub(super) fn class_uncomposed(self) -> Option<u8> {
        let payload = self.0 >> 4;
        (self.kind() == Kind::Joining && payload > 0).then(|| (payload - 1) as u8)
    }

    /// Whether the character belongs to the segment of the one before it.
    pub(super) fn joins(self) -> bool {
        matches!(self.kind(), Kind::Mark | Kind::Joining)
    }
}

type Block = [Entry; 256];

/// The entries of all code points under one set of steps.
pub(super) struct Table {
    steps: Steps,
    blocks: Box<[OnceLock<Box<Block>>]>,
    /// A bit for each code point up to U+FFFF that is known to stay as it is: those of the blocks
    /// that are filled. Scans ask here first.
    stays: Box<[AtomicU64; 0x400]>,
}

impl Table {
    pub(super) fn new(steps: Steps) -> Self {
        let blocks = (0..0x1100).map(|_| OnceLock::new()).collect();
        let stays = Box::new([const { AtomicU64::new(0) }; 0x400]);
        Self {
            steps,
            blocks,
            stays,
        }
    }

    pub(super) fn steps(&self) -> &Steps {
        &self.steps
    }

    /// The entry of a code point; surrogates and values beyond Unicode never occur in a `str`.
    #[inline]
    pub(super) fn entry(&self, code: u32) -> Entry {
        match self.blocks.get((code >> 8) as usize) {
            Some(block) => block.get_or_init(|| self.fill(code & !0xFF))[(code & 0xFF) as usize],
            None => Entry(0),
        }
    }

    /// Whether a code point is known to stay as it is. If this is false, its entry has the answer.
    #[inline(always)]
    pub(super) fn stays(&self, code: u32) -> bool {
        // Each bit is a fact by itself, and none is ever taken back: no order is needed.
        self.stays
            .get((code >> 6) as usize)
            .is_some_and(|row| row.load(Relaxed) >> (code & 63) & 1 == 1)
    }

    /// Whether all characters of two bytes that begin with `lead` are known to stay as they are.
    #[inline(always)]
    pub(super) fn row_stays(&self, lead: u8) -> bool {
        self.stays[usize::from(lead & 0x1f)].load(Relaxed) == u64::MAX
    }

    /// The end of the characters of two or three bytes from `at` on that are known to stay as they
    /// are, and the last of them; nothing if there is none.
    #[inline]
    pub(super) fn letters_that_stay(&self, bytes: &[u8], at: usize) -> Option<(usize, u32)> {
        let low = |byte: u8| u32::from(byte & 0x3f);
        let mut end = at;
        let mut last = 0;
        while let Some(&[lead, second, third]) = bytes.get(end..end + 3) {
            let (code, width) = match lead {
                0xc2..0xe0 => (u32::from(lead & 0x1f) << 6 | low(second), 2),
                0xe0..0xf0 => {
                    let code = u32::from(lead & 0x0f) << 12 | low(second) << 6 | low(third);
                    (code, 3)
                }
                _ => break,
            };
            if !self.stays(code) {
                break;
            }
            last = code;
            end += width;
        }
        (end > at).then_some((end, last))
    }

    #[cold]
    fn fill(&self, first: u32) -> Box<Block> {
        let mut scratch = Scratch::default();
        let mut text = String::new();
        let block: Block = std::array::from_fn(|low| {
            char::from_u32(first | low as u32)
                .map_or(Entry(0), |c| self.build(c, &mut text, &mut scratch))
        });
        let rows = self.stays.iter().skip((first >> 6) as usize);
        for (row, entries) in rows.zip(block.as_chunks::<64>().0) {
            let bits = entries.iter().rev();
            let bits = bits.fold(0, |bits, entry| bits << 1 | u64::from(entry.is_identity()));
            row.store(bits, Relaxed);
        }
        Box::new(block)
    }

    fn build(&self, c: char, text: &mut String, scratch: &mut Scratch) -> Entry {
        let canonical = if self.steps.folding.form == Form::Keep {
            c
        } else {
            forms::canonical_twin(c)
        };
        if let Some(entry) = self.special(canonical) {
            return entry;
        }
        let joins = self.steps.folding.joins_backward(c);
        text.clear();
        text.push(c);
        self.steps.folding.apply(text, scratch);
        if joins {
            // A mark that stays itself can only be out of order with its neighbors.
            let stays = text.chars().eq([c])
                && !forms::decomposes(c)
                && !(self.steps.folding.strip_diacritics && classes::is_nonspacing(c));
            let class = u32::from(forms::combining_class(c));
            return match (stays, forms::composes_backward(c)) {
                (true, false) => Entry::new(Kind::Mark, class),
                (true, true) => Entry::new(Kind::Joining, class + 1),
                (false, _) => Entry::new(Kind::Joining, 0),
            };
        }
        let mut mapped = text.chars();
        match (mapped.next(), mapped.next()) {
            (None, _) => Entry::new(Kind::Invisible, 0),
            (Some(one), None) => self.special(one).unwrap_or({
                if one == c {
                    Entry(0)
                } else {
                    Entry::new(Kind::Simple, one as u32)
                }
            }),
            (Some(_), Some(_)) => Entry::new(Kind::Complex, 0),
        }
    }

    /// Entries that are settled before any normalization form is applied: NFKC would tear ´ and ″
    /// apart.
    fn special(&self, c: char) -> Option<Entry> {
        let steps = &self.steps;
        let kind = if steps.spaces && classes::is_space(c) {
            Kind::Space
        } else if steps.folding.drop_invisibles && classes::is_invisible(c) {
            Kind::Invisible
        } else if steps.ellipsis && matches!(c, '…' | '⋯' | '︙') {
            Kind::Ellipsis
        } else if let Some(length) = classes::dash(c).filter(|_| steps.dashes) {
            match length {
                DashLength::Short => Kind::Hyphen,
                DashLength::Long => Kind::Dash,
            }
        } else if let Some(quote) = classes::quote(c) {
            match quote {
                Quote::Double if steps.quotes => Kind::Quote,
                Quote::Single if steps.quotes => Kind::Single,
                Quote::Apostrophe if steps.quotes || steps.apostrophes => Kind::Apostrophe,
                _ => return None,
            }
        } else if let Some(digit) = classes::digit(c).filter(|_| steps.digits && !c.is_ascii()) {
            return Some(Entry::new(Kind::Simple, u32::from(b'0' + digit)));
        } else {
            return None;
        };
        Some(Entry::new(kind, 0))
    }

    /// Whether the first character from `at` on that is not dropped joins with what stands before.
    pub(super) fn joined_at(&self, text: &str, at: usize) -> bool {
        let bytes = text.as_bytes();
        let mut at = at;
        while at < bytes.len() {
            let (code, width) = decode(bytes, at);
            let entry = self.entry(code);
            if entry.kind() != Kind::Invisible {
                return entry.joins();
            }
            at += width;
        }
        false
    }

    /// The end of the segment that starts at `at`: one character and all that join with it,
    /// dropped characters between them included.
    pub(super) fn segment_end(&self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let mut end = at;
        let mut scan = at;
        while scan < bytes.len() {
            let (code, width) = decode(bytes, scan);
            let entry = self.entry(code);
            scan += width;
            if scan - width == at || entry.joins() {
                end = scan;
            } else if entry.kind() != Kind::Invisible {
                break;
            }
        }
        end
    }
}

/// Decodes the character at `at` of valid UTF-8: its code point and its width in bytes.
#[inline]
pub(super) fn decode(bytes: &[u8], at: usize) -> (u32, usize) {
    let tail = |offset: usize| u32::from(bytes.get(at + offset).copied().unwrap_or(0) & 0x3F);
    let lead = u32::from(bytes[at]);
    if lead < 0x80 {
        (lead, 1)
    } else if lead < 0xE0 {
        ((lead & 0x1F) << 6 | tail(1), 2)
    } else if lead < 0xF0 {
        ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
    } else {
        (
            (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3),
            4,
        )
    }
}
