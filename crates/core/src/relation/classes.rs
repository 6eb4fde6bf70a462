//! What each word of a story is, as far as its looks tell: a number, a name, a day or month.

use super::looks::Looks;
use super::untold::Filter;
use crate::normalize::Matcher;
use crate::swar::{ONES, before_first};
use crate::tokenize::{Hasher, WordSet};

/// What a word is; a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Class(u8);

impl Class {
    /// Holds a digit, or is a small number in words.
    pub(crate) const NUMBER: Self = Self(1);
    /// Begins with a capital where a common word would not.
    pub(crate) const NAME: Self = Self(2);
    /// A weekday or a month.
    pub(crate) const DATE: Self = Self(4);
    /// Begins with a capital where any word may: at the beginning of a sentence, in a headline.
    const CAPITAL: Self = Self(8);

    /// Whether this has a bit of `other`.
    pub(crate) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether the word begins with a capital and can be a name.
    pub(crate) fn capital(self) -> bool {
        self.is(Self(Self::NAME.0 | Self::CAPITAL.0))
    }

    const FACT: Self = Self(Self::NUMBER.0 | Self::NAME.0 | Self::DATE.0);

    /// Whether the word states a fact: who, when, how many.
    pub(crate) fn fact(self) -> bool {
        self.is(Self::FACT)
    }
}

/// How many words that stand in two stories state a fact in either, and how many of these are numbers: by the
/// capitals of a title one cannot tell, but what is a name in a sentence is one in a title too.
pub(crate) fn count_facts(a: &[Class], b: &[Class]) -> (usize, usize) {
    debug_assert_eq!(a.len(), b.len(), "of the same words");
    let (mut facts, mut numbers) = (0, 0);
    let mut add = |class: u64| {
        // A bit a byte in either sum.
        let some = (class | class >> 1 | class >> 2) & ONES;
        let sum = |bits: u64| (bits.wrapping_mul(ONES) >> 56) as usize;
        facts += sum(some);
        numbers += sum(class & ONES);
    };
    let (eights_a, rest_a) = a.as_chunks::<8>();
    let (eights_b, rest_b) = b.as_chunks::<8>();
    let bits = |eight: &[Class; 8]| u64::from_le_bytes(eight.map(|class| class.0));
    for (of_a, of_b) in eights_a.iter().zip(eights_b) {
        add(bits(of_a) | bits(of_b));
    }
    for (of_a, of_b) in rest_a.iter().zip(rest_b) {
        add(u64::from(of_a.0 | of_b.0));
    }
    (facts, numbers)
}

/// Calls `each` with the place of every word that states a fact, in order. Most words state none: eight
/// are passed over at a time.
pub(crate) fn each_fact(classes: &[Class], mut each: impl FnMut(usize)) {
    let (eights, rest) = classes.as_chunks::<8>();
    for (number, eight) in eights.iter().enumerate() {
        let mut facts =
            u64::from_le_bytes(eight.map(|class| class.0)) & (u64::from(Class::FACT.0) * ONES);
        while facts != 0 {
            let at = before_first(facts);
            each(8 * number + at);
            // A word is a number, a name or a date, and seldom two of them.
            facts &= !(0xff << (8 * at));
        }
    }
    let first = classes.len() - rest.len();
    let rest = (first..).zip(rest).filter(|(_, class)| class.fact());
    rest.for_each(|(at, _)| each(at));
}

/// Weekdays and months in languages that write them with a capital. Some are common words without.
const CAPITALIZED: &str = "monday tuesday wednesday thursday friday saturday sunday january february \
    march april may june july august september october november december jan feb mar apr jun jul aug \
    sep sept oct nov dec montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar \
    märz mai juni juli oktober dezember";

/// The same in languages that do not.
const SMALL: &str = "lundi mardi mercredi jeudi vendredi samedi dimanche janvier février avril juin \
    juillet août septembre octobre novembre décembre lunes martes miércoles jueves viernes sábado \
    domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro понедельник вторник \
    среду четверг пятницу пятница субботу суббота воскресенье января февраля марта апреля мая июня \
    июля августа сентября октября ноября декабря";

/// Small numbers in words, as far as they are no other common word of these languages.
const NUMERALS: &str = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety zwei drei \
    vier fünf sechs sieben acht neun zehn zwölf zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig \
    neunzig deux trois quatre cinq sept huit neuf dix onze douze vingt trente quarante cinquante \
    soixante tres cuatro cinco seis siete ocho nueve diez doce veinte treinta cuarenta cincuenta sesenta \
    setenta ochenta noventa dois três quatro sete oito nove dez doze vinte trinta quarenta cinquenta \
    sessenta oitenta два три четыре пять шесть семь восемь девять десять";

/// What a new sentence stands behind.
const OPENS: &[char] = &[
    '.', '!', '?', ':', '\n', '\r', '"', '\u{201c}', '\u{201d}', '\u{201e}', '«', '»', '(',
    '\u{2022}', '*', '-', '\u{2013}', '\u{2014}',
];

/// Days, months and numbers in words as a hasher sees them.
#[derive(Clone, Debug)]
pub(crate) struct Dates {
    capitalized: WordSet,
    small: WordSet,
    numerals: WordSet,
    /// All of them: a word is nearly always none.
    any: WordSet,
}

impl Dates {
    pub(crate) fn new(hasher: &Hasher, matcher: &Matcher) -> Self {
        let set = |list: &str| WordSet::new(hasher, matcher, list);
        Self {
            capitalized: set(CAPITALIZED),
            small: set(SMALL),
            numerals: set(NUMERALS),
            any: set(&[CAPITALIZED, SMALL, NUMERALS].join(" ")),
        }
    }

    /// What the word is whatever its looks: a date or a number in words.
    #[inline]
    fn class(&self, word: u64, capital: bool) -> Option<Class> {
        if self.any.has(word) {
            self.known(word, capital)
        } else {
            None
        }
    }

    #[cold]
    fn known(&self, word: u64, capital: bool) -> Option<Class> {
        if self.small.has(word) || capital && self.capitalized.has(word) {
            Some(Class::DATE)
        } else {
            self.numerals.has(word).then_some(Class::NUMBER)
        }
    }
}

/// Those of [`OPENS`] that are ASCII.
const OPENS_ASCII: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < OPENS.len() {
        if OPENS[at].is_ascii() {
            table[OPENS[at] as usize] = true;
        }
        at += 1;
    }
    table
};

/// Whether a new sentence can stand behind what is between two words.
fn opens(between: &str) -> bool {
    let mut wide = false;
    for &byte in between.as_bytes() {
        if OPENS_ASCII[usize::from(byte)] {
            return true;
        }
        wide |= !byte.is_ascii();
    }
    wide && between.contains(OPENS)
}

/// One text with its words: their hashes, and the byte range of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'t> {
    pub(crate) text: &'t str,
    pub(crate) words: &'t [u64],
    pub(crate) spans: &'t [(u32, u32)],
}

/// Names from which on they are sorted, not walked.
const MANY_NAMES: usize = 256;

/// The classes of the words of a story: the title's, then the text's.
pub(crate) fn classes(dates: &Dates, title: Part<'_>, body: Part<'_>) -> Vec<Class> {
    let mut classes = vec![Class::default(); title.words.len() + body.words.len()];
    let (mut names, mut capitals) = (Vec::with_capacity(64), Vec::with_capacity(64));
    let (of_title, of_body) = classes.split_at_mut(title.words.len());
    for (part, classes, headline) in [(title, of_title, true), (body, of_body, false)] {
        let looks = Looks::of(part.text);
        let first = if headline { 0 } else { title.words.len() };
        let words = part.words.iter().zip(part.spans).zip(&mut *classes);
        for (at, ((&word, &(start, stop)), class)) in words.enumerate() {
            let (capital, number) = looks.word(start as usize, stop as usize);
            if number {
                *class = Class::NUMBER;
            } else if let Some(known) = dates.class(word, capital) {
                *class = known;
            } else if capital {
                let end = at.checked_sub(1).map_or(0, |before| part.spans[before].1);
                let between = part.text.get(end as usize..start as usize);
                if headline || end == 0 || opens(between.unwrap_or_default()) {
                    *class = Class::CAPITAL;
                    capitals.push((first + at, word));
                } else {
                    *class = Class::NAME;
                    names.push(word);
                }
            }
        }
    }
    // A name is one wherever it stands.
    let named = Filter::new(&names);
    let many = names.len() > MANY_NAMES;
    if many {
        names.sort_unstable();
    }
    for (at, word) in capitals {
        let is_name = |word| {
            if many {
                names.binary_search(word).is_ok()
            } else {
                names.contains(word)
            }
        };
        if named.may_have(word) && is_name(&word) {
            classes[at].add(Class::NAME);
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::relation::prepared::testing::titled;

    #[test]
    fn sentences_open_behind_their_marks() {
        for between in ["", " ", ", ", "; ", " é ", "…"] {
            assert_eq!(opens(between), between.contains(OPENS), "{between:?}");
            for mark in OPENS {
                assert!(opens(&format!("{between}{mark} ")));
            }
        }
    }

    proptest! {
        #[test]
        fn facts_are_visited_in_order_and_counted(
            bits in prop::collection::vec((0u8..16, 0u8..16), 0..40),
        ) {
            let classes: Vec<Class> = bits.iter().map(|&(class, _)| Class(class)).collect();
            let others: Vec<Class> = bits.iter().map(|&(_, class)| Class(class)).collect();
            let mut visited = Vec::new();
            each_fact(&classes, |at| visited.push(at));
            let wanted: Vec<usize> =
                (0..classes.len()).filter(|&at| classes[at].fact()).collect();
            prop_assert_eq!(visited, wanted);
            let either = |is: fn(Class) -> bool| {
                let both = classes.iter().zip(&others);
                both.filter(|&(&of_a, &of_b)| is(of_a) || is(of_b)).count()
            };
            let counts = (either(Class::fact), either(|class| class.is(Class::NUMBER)));
            prop_assert_eq!(count_facts(&classes, &others), counts);
            prop_assert_eq!(count_facts(&others, &classes), counts);
        }
    }

    #[test]
    fn words_by_their_looks() {
        let title = "Ferry Waits In Orlemond";
        let body = "The ferry may wait until Friday, said Ilse Vantour. Orlemond has 3 piers; 40% are shut.\n\
                    Storms came to Orlemond in May. \"Vantour knows,\" le 3 juillet.";
        let story = titled(0, Some(title), body);
        let shown: Vec<(&str, bool, bool, bool)> = (0..)
            .zip(&story.classes)
            .filter(|(_, class)| class.fact())
            .map(|(at, class)| {
                (
                    story.shown(at, at + 1),
                    class.is(Class::NUMBER),
                    class.is(Class::NAME),
                    class.is(Class::DATE),
                )
            })
            .collect();
        let (number, name, date) = (
            |w| (w, true, false, false),
            |w| (w, false, true, false),
            |w| (w, false, false, true),
        );
        assert_eq!(
            shown,
            [
                name("Orlemond"),
                date("Friday"),
                name("Ilse"),
                name("Vantour"),
                name("Orlemond"),
                number("3"),
                number("40"),
                name("Orlemond"),
                date("May"),
                name("Vantour"),
                number("3"),
                date("juillet"),
            ]
        );
    }
}
