//! Words that are the same word misread or spelled otherwise: "tbe" for "the", "programme" for
//! "program", "to morrow" for "tomorrow".

use super::align::Alignment;
use super::classes::Class;
use super::prepared::Prepared;

/// The longest gap that is looked at, in words of either story.
pub(super) const LONGEST_GAP: usize = 8;

/// The longest text that is compared, in bytes of either side.
const LONGEST: usize = 64;

/// Finds what was misread in the gaps of an alignment and adds it to it.
pub(crate) fn find(alignment: &mut Alignment, a: &Prepared, b: &Prepared) {
    let mut found = std::mem::take(&mut alignment.misread);
    for ((from_a, to_a), (from_b, to_b)) in alignment.gaps() {
        let (of_a, of_b) = (to_a - from_a, to_b - from_b);
        let furniture = || {
            (from_a..to_a).any(|i| a.is_furniture(i)) || (from_b..to_b).any(|j| b.is_furniture(j))
        };
        if of_a == 0 || of_b == 0 || of_a.max(of_b) > LONGEST_GAP || furniture() {
            continue;
        }
        if of_a == of_b {
            let pairs = (from_a..to_a).zip(from_b..to_b);
            found.extend(pairs.filter(|&(i, j)| {
                let number = a.classes[i].is(Class::NUMBER) || b.classes[j].is(Class::NUMBER);
                !number
                    && a.look(i).may_be_alike(b.look(j))
                    && alike(a.shown(i, i + 1), b.shown(j, j + 1))
            }));
        } else if alike(a.shown(from_a, to_a), b.shown(from_b, to_b)) {
            // Words run together or torn apart.
            found.extend((from_a..to_a).zip(from_b..to_b));
        }
    }
    alignment.words += found.len();
    alignment.misread = found;
}

/// What is kept of each byte: small letters, digits, and what is beyond ASCII; 0 of others.
const KEPT: [u8; 256] = {
    let mut kept = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let this = byte as u8;
        if this.is_ascii_alphanumeric() || !this.is_ascii() {
            kept[byte] = this.to_ascii_lowercase();
        }
        byte += 1;
    }
    kept
};

/// A text of at most [`LONGEST`] bytes, case and all but letters and digits set aside.
struct Bare {
    bytes: [u8; LONGEST],
    length: usize,
    digits: bool,
    /// Which bytes there are, by their last five bits.
    kinds: u32,
}

impl Bare {
    fn of(text: &str) -> Self {
        let mut bare = Self {
            bytes: [0; LONGEST],
            length: 0,
            digits: false,
            kinds: 0,
        };
        // No branch a byte: which ones are kept is hard to foresee.
        for &byte in text.as_bytes() {
            let kept = KEPT[usize::from(byte)];
            bare.bytes[bare.length % LONGEST] = kept;
            let some = u32::from(kept != 0);
            bare.length += some as usize;
            bare.digits |= byte.is_ascii_digit();
            bare.kinds |= some << (byte & 31);
        }
        bare
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn look(&self) -> Look {
        let digits = if self.digits { Look::DIGITS } else { 0 };
        Look(u64::from(self.kinds) | (self.length as u64) << 32 | digits | Look::MADE)
    }
}

/// Whether two texts, case and all but letters and digits set aside, differ in at most two
/// fifths of the longer by the least number of bytes put in, left out or changed.
fn alike(a: &str, b: &str) -> bool {
    if a.len().max(b.len()) > LONGEST {
        return false;
    }
    let (a, b) = (Bare::of(a), Bare::of(b));
    if a.digits || b.digits {
        return a.bytes() == b.bytes();
    }
    let more = a.length.max(b.length);
    a.look().may_be_alike(b.look()) && 5 * distance(a.bytes(), b.bytes()) <= 2 * more
}

/// What tells of most words that they are not alike, made once for each word: the kinds of its bytes,
/// their number, and two marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look(u64);

impl Look {
    const DIGITS: u64 = 1 << 62;
    const MADE: u64 = 1 << 63;

    pub(super) fn of(text: &str) -> Self {
        if text.len() > LONGEST {
            // Alike with nothing.
            return Self(Self::MADE);
        }
        Bare::of(text).look()
    }

    /// The look of a number that [`Look::number`] gave; nothing of others.
    pub(super) fn of_number(number: u64) -> Option<Self> {
        (number & Self::MADE != 0).then_some(Self(number))
    }

    /// The look as a number that is not 0.
    pub(super) fn number(self) -> u64 {
        self.0
    }

    fn length(self) -> u32 {
        (self.0 >> 32) as u32 & 0xff
    }

    /// Whether two texts are not sure to be unlike.
    fn may_be_alike(self, other: Self) -> bool {
        let (less, more) = (
            self.length().min(other.length()),
            self.length().max(other.length()),
        );
        // Each kind of byte that only one of them has takes a change, and most pairs have too many.
        let own = |a: Self, b: Self| (a.0 as u32 & !(b.0 as u32)).count_ones();
        let least = (more - less).max(own(self, other)).max(own(other, self));
        let digits = (self.0 | other.0) & Self::DIGITS != 0;
        less > 0 && (digits || 5 * least <= 2 * more)
    }
}

/// The edit distance of two texts of at most 64 bytes, `a` not empty: a column of the textbook's
/// table at a time as the bits of two numbers, where it steps up and where down (Myers 1999).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let last = 1u64 << (a.len() - 1);
    let (mut up, mut down, mut distance) = (u64::MAX, 0u64, a.len());
    for y in b {
        let mut equal = 0u64;
        for (at, x) in a.iter().enumerate() {
            equal |= u64::from(x == y) << at;
        }
        let vertical = equal | down;
        let diagonal = ((equal & up).wrapping_add(up) ^ up) | equal;
        let (mut above, mut below) = (down | !(diagonal | up), up & diagonal);
        distance += usize::from(above & last != 0);
        distance -= usize::from(below & last != 0);
        above = above << 1 | 1;
        below <<= 1;
        (up, down) = (below | !(vertical | above), above & vertical);
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_alike() {
        for (a, b) in [
            ("the", "tbe"),
            ("programme", "program"),
            ("to morrow", "tomorrow"),
            ("Yuri", "Yury"),
            ("pro-\ngramme", "programme"),
            ("organisation", "organization"),
        ] {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("Monday", "Tuesday"),
            ("12", "17"),
            ("1,204", "1,205"),
            ("Kelm", "Orlemond"),
            ("rose", "fell"),
            ("", ""),
            ("a", "I"),
        ] {
            assert!(!alike(a, b) && !alike(b, a), "{a} {b}");
        }
        let long = "x".repeat(1000);
        assert!(!alike(&long, &long), "bounded");
    }

    /// Wagner and Fischer 1974.
    fn by_the_textbook(a: &[u8], b: &[u8]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.iter().enumerate() {
                let change = diagonal + usize::from(x != y);
                diagonal = row[j + 1];
                row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn alike_is_a_matter_of_distance(a in "[a-gA-Cüéß -]{0,12}", b in "[a-gA-Cüéß -]{0,12}") {
            let bare = |text: &str| -> Vec<u8> {
                let kept = text.bytes().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
                kept.map(|byte| byte.to_ascii_lowercase()).collect()
            };
            let (x, y) = (bare(&a), bare(&b));
            let near = 5 * by_the_textbook(&x, &y) <= 2 * x.len().max(y.len());
            let alike = alike(&a, &b);
            prop_assert_eq!(alike, near && !x.is_empty() && !y.is_empty());
            prop_assert!(!alike || Look::of(&a).may_be_alike(Look::of(&b)));
        }

        #[test]
        fn distance_is_the_textbooks(
            a in prop::collection::vec(0u8..4, 1..=LONGEST),
            b in prop::collection::vec(0u8..4, 0..=LONGEST),
        ) {
            prop_assert_eq!(distance(&a, &b), by_the_textbook(&a, &b));
        }
    }
}
