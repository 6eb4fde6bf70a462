//! Feeds that are hard on whoever looks for copies: inputs whose pairs, groups or texts are as many
//! or as large as can be.
//!
//! Words are made of syllables, in lower-case letters of the Latin alphabet; stories have an id and a
//! text, nothing else. Any part of any story is drawn from a stream of its own, so that nothing but
//! the paragraph at hand is held in memory.

use crate::rng::Rng;
use crate::write::Totals;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What makes a feed hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// All stories are one, of 180 words.
    Identical,
    /// All stories share one paragraph of 60 words, in the middle of two of 35 of their own.
    Paragraph,
    /// The first story is all the feed; each further one is a tenth of the one before, from its middle.
    Giant,
    /// Stories of three words out of a hundred: of a million, two in three differ.
    Briefs,
    /// Stories of three words out of twenty: there are 8,000 at most.
    FewBriefs,
}

impl Worst {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 5] = [
        ("identical", Self::Identical),
        ("paragraph", Self::Paragraph),
        ("giant", Self::Giant),
        ("briefs", Self::Briefs),
        ("few-briefs", Self::FewBriefs),
    ];

    /// Writes a feed of `stories` stories as JSON Lines. `giant_bytes` is the length of the text of
    /// the first story of [`Worst::Giant`], up to its last paragraph.
    ///
    /// # Errors
    /// What the writer returns; nothing more is written then.
    pub fn write(
        self,
        stories: u32,
        giant_bytes: u64,
        seed: u64,
        feed: &mut dyn Write,
    ) -> io::Result<Totals> {
        let mut out = Counted { feed, bytes: 0 };
        let mut line = String::new();
        let giant = giant_bytes.div_ceil(GIANT_PARAGRAPH);
        // The paragraphs of the story at hand.
        let (mut first, mut last) = (0, giant);
        for number in 0..stories {
            line.clear();
            // Writing to a string does not fail.
            let _ = write!(line, "{{\"id\":\"w{number:09}\",\"text\":\"");
            let own = |part: u64| Rng::stream(seed, &[OWN, u64::from(number), part]);
            let shared = |part: u64| Rng::stream(seed, &[SHARED, part]);
            match self {
                Self::Identical => {
                    for part in 0..3 {
                        paragraph(&mut shared(part), 60, &mut line);
                    }
                }
                Self::Paragraph => {
                    paragraph(&mut own(0), 35, &mut line);
                    paragraph(&mut shared(0), 60, &mut line);
                    paragraph(&mut own(1), 35, &mut line);
                }
                Self::Giant => {
                    for part in first..last {
                        paragraph_of_bytes(&mut shared(part), &mut line);
                        out.write_all(line.as_bytes())?;
                        line.clear();
                    }
                    let tenth = (last - first).div_ceil(10);
                    first += (last - first - tenth) / 2;
                    last = first + tenth;
                }
                Self::Briefs => brief(&mut own(0), 100, &mut line),
                Self::FewBriefs => brief(&mut own(0), 20, &mut line),
            }
            line.push_str("\"}\n");
            out.write_all(line.as_bytes())?;
        }
        Ok(Totals {
            stories: u64::from(stories),
            bytes: out.bytes,
        })
    }
}

/// Purposes of streams.
const SHARED: u64 = 0x5a;
const OWN: u64 = 0x5b;

/// Bytes of a paragraph of a giant story, its line feed included as the one byte that it is in the
/// text.
const GIANT_PARAGRAPH: u64 = 500;

const ONSETS: [&str; 16] = [
    "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr",
];
const NUCLEI: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];

/// Words of three syllables: 2.1 million.
const WORDS: u32 = 1 << 21;

/// Appends the word with this number, below 2²¹.
fn word(number: u32, out: &mut String) {
    let mut left = number;
    for _ in 0..3 {
        out.push_str(ONSETS[left as usize % 16]);
        out.push_str(NUCLEI[left as usize / 16 % 8]);
        left /= 128;
    }
}

/// Appends a paragraph of so many words as one sentence, and a line feed in JSON.
fn paragraph(rng: &mut Rng, words: u32, out: &mut String) {
    for at in 0..words {
        out.push_str(if at == 0 { "" } else { " " });
        word(rng.below(WORDS), out);
    }
    out.push_str(".\\n");
}

/// Appends a paragraph of [`GIANT_PARAGRAPH`] bytes.
fn paragraph_of_bytes(rng: &mut Rng, out: &mut String) {
    let end = out.len() + GIANT_PARAGRAPH as usize - 2;
    while out.len() < end {
        word(rng.below(WORDS), out);
        out.push(' ');
    }
    out.truncate(end);
    out.push_str(".\\n");
}

/// Appends three words of the first so many.
fn brief(rng: &mut Rng, vocabulary: u32, out: &mut String) {
    for at in 0..3 {
        out.push_str(if at == 0 { "" } else { " " });
        // Neighbors in number would be alike in all but a syllable.
        word(rng.below(vocabulary) * 7919, out);
    }
}

/// A writer that counts what it is given.
struct Counted<'f> {
    feed: &'f mut dyn Write,
    bytes: u64,
}

impl Counted<'_> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        self.feed.write_all(bytes)
    }
}
