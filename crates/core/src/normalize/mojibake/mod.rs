//! Repair of mojibake: text whose UTF-8 was read with another character set.
//!
//! In goes any text; out comes the text with each misread stretch put right, and all else as it
//! was. `donâ€™t` is `don’t` again, also where it was misread twice, where the no-break space
//! inside a sequence has become a plain one (`voilÃ la suite`), where bytes were lost on the way
//! (they become U+FFFD), and where misread and good text stand in one line.
//!
//! The method is that of ftfy 6.3 by Robyn Speer (Apache-2.0,
//! <https://github.com/rspeer/python-ftfy>), its `fix_encoding` step: a line is touched only if it
//! contains neighbors that hardly occur in text that was meant (`badness`); then the character
//! sets are tried in order of likelihood until the line turns out to be UTF-8 (`decode`); failing
//! that, the stretches that look like UTF-8 are tried one by one; last, the controls U+0080 to
//! U+009F become what Windows-1252 has in their places. What differs: one table and plain loops
//! in place of regular expressions, a bound on the layers that are undone so that the time is
//! linear in the length of any text, and a trace of what was replaced.
//!
//! Nothing else is repaired here: quote marks, entities, widths and line ends have their own steps.

mod badness;
mod charset;
mod decode;
mod scan;

use std::borrow::Cow;
use std::ops::Range;

use charset::{CONTINUES, Charset, LEADS_2, LEADS_3, LEADS_4, ONLY_CONTINUES};

/// The most layers of misreading that are undone in a line. Each layer makes a text about twice
/// as long; three is the most that has been seen.
const MAX_LAYERS: usize = 8;

/// How deep stretches are looked for within stretches.
const MAX_DEPTH: usize = 2;

/// A stretch of text that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the original text.
    pub original: Range<usize>,
    /// Bytes of the repaired text that stand in their place.
    pub repaired: Range<usize>,
}

/// Repairs misread text; borrows the text where there is nothing to repair.
///
/// Works line by line (lines end with `\n`). Linear in the length of the text. Clean text is
/// only scanned.
///
/// # Examples
/// ```
/// use wirefold::normalize::mojibake::repair;
/// assert_eq!(repair("The mayor didnâ€™t say â€œnoâ€\u{9d}."), "The mayor didn’t say “no”.");
/// assert_eq!(repair("Le rÃƒÂ©sultat"), "Le résultat");
/// assert_eq!(repair("Le café – 5 £"), "Le café – 5 £");
/// ```
pub fn repair(text: &str) -> Cow<'_, str> {
    if !looks_misread(text) {
        return Cow::Borrowed(text);
    }
    repair_traced(text).0
}

/// Whether any part of a text looks misread. A text for which this is false is not changed by
/// [`repair`]; one for which it is true may turn out to be beyond repair.
pub fn looks_misread(text: &str) -> bool {
    !text.is_ascii() && scan::first_suspect(text, 0).is_some()
}

/// [`repair`], with the stretches that were replaced: in order, not overlapping, and with equal
/// text between them on both sides.
pub fn repair_traced(text: &str) -> (Cow<'_, str>, Vec<Edit>) {
    let mut repaired = String::new();
    let mut edits = Vec::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(suspect) = scan::first_suspect(text, from) {
        let start = memchr::memrchr(b'\n', &text.as_bytes()[..suspect]).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', &text.as_bytes()[suspect..])
            .map_or(text.len(), |i| suspect + i + 1);
        if let Some(line) = undo_layers(&Traced::of(&text[start..end], start), MAX_DEPTH) {
            repaired.push_str(&text[copied..start]);
            line.write(text, &mut repaired, &mut edits);
            copied = end;
        }
        from = end;
    }
    if edits.is_empty() {
        return (Cow::Borrowed(text), edits);
    }
    repaired.push_str(&text[copied..]);
    (Cow::Owned(repaired), edits)
}

/// Characters, each with the place in the original text where what it was made from begins.
#[derive(Clone, PartialEq, Eq)]
struct Traced {
    chars: Vec<char>,
    at: Vec<usize>,
    /// Where the last one ends in the original text.
    end: usize,
}

impl Traced {
    fn of(line: &str, start: usize) -> Self {
        let (at, chars) = line.char_indices().map(|(i, c)| (start + i, c)).unzip();
        Self {
            chars,
            at,
            end: start + line.len(),
        }
    }

    fn part(&self, range: Range<usize>) -> Self {
        Self {
            end: self.at.get(range.end).copied().unwrap_or(self.end),
            chars: self.chars[range.clone()].to_vec(),
            at: self.at[range].to_vec(),
        }
    }

    fn append(&mut self, part: &Self) {
        self.chars.extend_from_slice(&part.chars);
        self.at.extend_from_slice(&part.at);
    }

    /// Appends the characters to `repaired`, and to `edits` what differs from `original`.
    fn write(&self, original: &str, repaired: &mut String, edits: &mut Vec<Edit>) {
        for (i, &c) in self.chars.iter().enumerate() {
            let source = self.at[i]..self.at.get(i + 1).copied().unwrap_or(self.end);
            let start = repaired.len();
            repaired.push(c);
            let written = start..repaired.len();
            if original[source.clone()] == repaired[written.clone()] {
                continue;
            }
            match edits.last_mut() {
                Some(last)
                    if last.original.end == source.start && last.repaired.end == written.start =>
                {
                    last.original.end = source.end;
                    last.repaired.end = written.end;
                }
                _ => edits.push(Edit {
                    original: source,
                    repaired: written,
                }),
            }
        }
    }
}

/// Undoes misreadings until the text no longer looks misread or nothing helps; `None` if nothing
/// was changed.
fn undo_layers(text: &Traced, depth: usize) -> Option<Traced> {
    let mut current: Option<Traced> = None;
    for _ in 0..MAX_LAYERS {
        match undo_layer(current.as_ref().unwrap_or(text), depth) {
            Some(next) => current = Some(next),
            None => break,
        }
    }
    current
}

/// One step towards the text that was meant; `None` if there is none.
fn undo_layer(text: &Traced, depth: usize) -> Option<Traced> {
    if !badness::is_bad(&text.chars) {
        return None;
    }
    let possible = text
        .chars
        .iter()
        .fold(u16::MAX, |all, &c| all & charset::charsets_of(c));
    for charset in Charset::all().filter(|set| possible & set.bit() != 0) {
        if let Some(mut reread) = decode::reread(text, charset) {
            reread.end = text.end;
            return (reread.chars != text.chars).then_some(reread);
        }
    }
    undo_stretches(text, depth).or_else(|| replace_controls(text))
}

/// Repairs the stretches that look like misread UTF-8, each by itself: for lines that mix.
fn undo_stretches(text: &Traced, depth: usize) -> Option<Traced> {
    let depth = depth.checked_sub(1)?;
    let mut repaired = Traced {
        chars: Vec::new(),
        at: Vec::new(),
        end: text.end,
    };
    let mut copied = 0;
    let mut i = 0;
    while i < text.chars.len() {
        let len = misread_stretch(&text.chars, i);
        if len == 0 {
            i += 1;
            continue;
        }
        let stretch = i..i + len;
        i += len;
        if len == text.chars.len() || !badness::is_bad(&text.chars[stretch.clone()]) {
            continue;
        }
        if let Some(part) = undo_layers(&text.part(stretch.clone()), depth) {
            repaired.append(&text.part(copied..stretch.start));
            repaired.append(&part);
            copied = stretch.end;
        }
    }
    if copied == 0 {
        return None;
    }
    repaired.append(&text.part(copied..text.chars.len()));
    Some(repaired)
}

/// The length in characters of the run of misread UTF-8 sequences at `start`, or 0. A sequence
/// that follows the rest of another one is left alone: a few characters out of a large garble
/// would make it worse.
fn misread_stretch(chars: &[char], start: usize) -> usize {
    // A space may stand for the no-break space of byte A0.
    let role = |i: usize| match chars.get(i) {
        Some(' ') => CONTINUES,
        Some(c) if !c.is_ascii() => charset::known(*c).role,
        _ => 0,
    };
    if start > 0 && role(start - 1) & ONLY_CONTINUES != 0 {
        return 0;
    }
    let mut end = start;
    loop {
        let lead = role(end);
        let later = match lead {
            _ if lead & LEADS_2 != 0 => 1,
            _ if lead & LEADS_3 != 0 => 2,
            _ if lead & LEADS_4 != 0 => 3,
            _ => break,
        };
        if !(end + 1..=end + later).all(|i| role(i) & CONTINUES != 0) {
            break;
        }
        end += 1 + later;
    }
    end - start
}

/// Puts what Windows-1252 has there in the place of the controls U+0080 to U+009F, as browsers do.
fn replace_controls(text: &Traced) -> Option<Traced> {
    let mut replaced = text.clone();
    for c in &mut replaced.chars {
        if let byte @ '\u{80}'..='\u{9f}' = *c {
            *c = charset::windows_1252(byte as u8);
        }
    }
    (replaced.chars != text.chars).then_some(replaced)
}
