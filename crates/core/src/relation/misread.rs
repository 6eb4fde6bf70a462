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
                !number && alike(a.shown(i, i + 1), b.shown(j, j + 1))
            }));
        } else if alike(a.shown(from_a, to_a), b.shown(from_b, to_b)) {
            // Words run together or torn apart.
            found.extend((from_a..to_a).zip(from_b..to_b));
        }
    }
    alignment.words += found.len();
    alignment.misread = found;
}

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
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
                bare.bytes[bare.length] = byte.to_ascii_lowercase();
                bare.length += 1;
                bare.digits |= byte.is_ascii_digit();
                bare.kinds |= 1 << (byte & 31);
            }
        }
        bare
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
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
    let (less, more) = (a.length.min(b.length), a.length.max(b.length));
    // Each kind of byte that only one of them has takes a change, and most pairs have too many.
    let own = |a: &Bare, b: &Bare| (a.kinds & !b.kinds).count_ones() as usize;
    let least = (more - less).max(own(&a, &b)).max(own(&b, &a));
    less > 0 && 5 * least <= 2 * more && 5 * distance(a.bytes(), b.bytes()) <= 2 * more
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
            prop_assert_eq!(alike(&a, &b), near && !x.is_empty() && !y.is_empty());
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
