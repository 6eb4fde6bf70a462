//! The vocabulary: some 38,000 content word forms made by a syllable grammar and inflection rules.
//!
//! Nouns, verbs and adjectives are three classes of lemmas in order of rank; the forms of a lemma stand
//! side by side, so a form is found by arithmetic and changed for another of the same inflection.

use crate::rng::{Alias, Rng, mix};
use crate::words;

/// Forms of a noun: singular, plural.
pub(crate) const NOUN: usize = 0;
/// Forms of a verb: base, -s, -ed, -ing, -er.
pub(crate) const VERB: usize = 1;
/// Forms of an adjective: base, -ly, -ness.
pub(crate) const ADJECTIVE: usize = 2;

/// Lemmas and forms a lemma, by class.
const CLASSES: [(u32, u32); 3] = [(7000, 2), (3200, 5), (3000, 3)];

/// How flat the head of the distribution of content words is: they follow some twenty function words.
const SHIFT: u32 = 16;

const ONSETS: &[&str] = &[
    "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "m", "p", "r", "s",
    "t", "c", "d", "l", "b", "j", "k", "b", "d", "f", "h", "m", "n", "p", "r", "s", "t", "v", "c",
    "bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "pl", "pr", "sh", "sl", "sp", "st",
    "str", "sw", "th", "tr", "",
];
const NUCLEI: &[&str] = &[
    "a", "e", "i", "o", "u", "a", "e", "i", "o", "a", "e", "i", "o", "a", "e", "u", "a", "e", "i",
    "o", "a", "e", "u", "ea", "ee", "oo", "ou",
];
const CODAS: &[&str] = &[
    "n", "r", "t", "l", "d", "s", "m", "p", "n", "r", "t", "l", "d", "n", "r", "t", "ck", "nd",
    "nt", "st", "rt", "ll", "ss", "ng", "rm", "lt", "mp", "sh", "ct", "ld", "rd", "th", "b", "g",
];
const NOUN_ENDINGS: &[&str] = &[
    "", "", "", "", "", "", "", "", "ment", "tion", "age", "ity", "ism", "ance", "ure", "ery",
    "ship", "or", "al", "ist",
];
const VERB_ENDINGS: &[&str] = &["", "", "", "", "", "ate", "ize", "ify", "en", "e", "ish"];
const ADJECTIVE_ENDINGS: &[&str] = &[
    "", "", "", "al", "ous", "ive", "ic", "ful", "ent", "ary", "able", "y", "less",
];

/// A class of lemmas.
#[derive(Debug)]
struct Class {
    first: u32,
    lemmas: u32,
    forms: u32,
    ranks: Alias,
}

/// All word forms in one buffer, with the place of each and a way back from word to form.
#[derive(Debug)]
pub(crate) struct Lexicon {
    bytes: String,
    ends: Vec<u32>,
    index: Vec<u32>,
    classes: Vec<Class>,
}

fn hash(word: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in word.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    mix(state)
}

impl Lexicon {
    /// Makes the vocabulary, the same for every seed.
    pub(crate) fn new() -> Self {
        let total: u32 = CLASSES.iter().map(|(lemmas, forms)| lemmas * forms).sum();
        let mut lexicon = Self {
            bytes: String::with_capacity(total as usize * 10),
            ends: vec![0],
            index: vec![u32::MAX; (total as usize * 2).next_power_of_two()],
            classes: Vec::new(),
        };
        let mut rng = Rng::stream(0, &[0x6c65_7869]);
        for (class, &(lemmas, forms)) in CLASSES.iter().enumerate() {
            let first = lexicon.ends.len() as u32 - 1;
            let given = [words::NOUNS, words::VERBS, words::ADJECTIVES][class];
            let mut given = given.iter();
            let mut rank = 0;
            while rank < lemmas {
                let stem = match given.next() {
                    Some(word) => (*word).to_owned(),
                    None => stem(&mut rng, class, rank),
                };
                rank += u32::from(lexicon.add_lemma(class, &stem));
            }
            lexicon.classes.push(Class {
                first,
                lemmas,
                forms,
                ranks: Alias::zipf(lemmas, SHIFT),
            });
        }
        lexicon
    }

    /// Adds all forms of a lemma, or none when one of them is known already.
    fn add_lemma(&mut self, class: usize, stem: &str) -> bool {
        let forms: Vec<String> = match class {
            NOUN => vec![stem.to_owned(), with_s(stem)],
            VERB => vec![
                stem.to_owned(),
                with_s(stem),
                with_vowel(stem, "ed"),
                with_vowel(stem, "ing"),
                with_vowel(stem, "er"),
            ],
            _ => vec![stem.to_owned(), with_ly(stem), with_ness(stem)],
        };
        // The few given words that are both noun and verb would make the way back ambiguous.
        if forms
            .iter()
            .any(|form| self.find(form).is_some() || is_function_word(form))
        {
            return false;
        }
        for form in forms {
            let number = self.ends.len() as u32 - 1;
            let mut place = hash(&form) as usize & (self.index.len() - 1);
            while self.index[place] != u32::MAX {
                place = (place + 1) & (self.index.len() - 1);
            }
            self.index[place] = number;
            self.bytes.push_str(&form);
            self.ends.push(self.bytes.len() as u32);
        }
        true
    }

    /// Number of word forms.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// The form with this number.
    pub(crate) fn form(&self, number: u32) -> &str {
        let number = number as usize;
        &self.bytes[self.ends[number] as usize..self.ends[number + 1] as usize]
    }

    /// The number of a lower-case word form.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        let mut place = hash(word) as usize & (self.index.len() - 1);
        loop {
            let number = self.index[place];
            if number == u32::MAX {
                return None;
            }
            if self.form(number) == word {
                return Some(number);
            }
            place = (place + 1) & (self.index.len() - 1);
        }
    }

    /// A word of a class in an inflection, by rank.
    pub(crate) fn draw(&self, rng: &mut Rng, class: usize, inflection: u32) -> &str {
        let class = &self.classes[class];
        let lemma = class.ranks.draw(rng);
        self.form(class.first + lemma * class.forms + inflection)
    }

    fn place(&self, number: u32) -> (&Class, u32, u32) {
        let class = self
            .classes
            .iter()
            .rev()
            .find(|class| number >= class.first);
        let class = class.unwrap_or(&self.classes[0]);
        let within = number - class.first;
        (class, within / class.forms, within % class.forms)
    }

    /// The same inflection of another lemma of the class.
    pub(crate) fn another(&self, rng: &mut Rng, number: u32) -> &str {
        let (class, lemma, inflection) = self.place(number);
        let other = class.ranks.draw(rng);
        let other = if other == lemma {
            (other + 1) % class.lemmas
        } else {
            other
        };
        self.form(class.first + other * class.forms + inflection)
    }

    /// The same inflection of the lemma's fixed synonym, its neighbor in rank.
    pub(crate) fn synonym(&self, number: u32) -> &str {
        let (class, lemma, inflection) = self.place(number);
        self.form(class.first + (lemma ^ 1) * class.forms + inflection)
    }
}

fn is_function_word(word: &str) -> bool {
    let lists = [
        words::DETERMINERS,
        words::PLURAL_DETERMINERS,
        words::PREPOSITIONS,
        words::PRONOUNS,
        words::OBJECTS,
        words::ADVERBS,
        words::NUMERALS,
        words::MODALS,
        words::SAID,
    ];
    word.len() < 3
        || lists
            .iter()
            .any(|list| list.iter().any(|&(known, _)| known == word))
}

/// Consonants and vowels in turn: short stems for frequent ranks.
fn stem(rng: &mut Rng, class: usize, rank: u32) -> String {
    let long = match rank {
        0..1000 => 0,
        1000..4000 => 250,
        _ => 450,
    };
    let count = 1 + u32::from(rng.chance(long));
    let mut word = syllables(rng, count);
    let endings = [NOUN_ENDINGS, VERB_ENDINGS, ADJECTIVE_ENDINGS][class];
    let ending = if rank < 300 { "" } else { rng.pick(endings) };
    if ending.starts_with(is_vowel) && word.ends_with('e') {
        word.pop();
    }
    word.push_str(ending);
    word
}

/// A pronounceable run of `count` syllables, the last one closed.
pub(crate) fn syllables(rng: &mut Rng, count: u32) -> String {
    let mut word = String::with_capacity(16);
    for syllable in 0..count {
        let onset = rng.pick(ONSETS);
        // A vowel before a vowel is hard to say.
        let onset = if syllable > 0 && onset.is_empty() {
            "l"
        } else {
            onset
        };
        word.push_str(onset);
        word.push_str(rng.pick(NUCLEI));
        if syllable + 1 == count {
            word.push_str(rng.pick(CODAS));
        } else if rng.chance(180) {
            word.push_str(rng.pick(&["n", "r", "l", "s", "m"]));
        }
    }
    word
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn consonant_y(stem: &str) -> Option<&str> {
    let base = stem.strip_suffix('y')?;
    (!base.ends_with(is_vowel)).then_some(base)
}

fn with_s(stem: &str) -> String {
    if let Some(base) = consonant_y(stem) {
        format!("{base}ies")
    } else if stem.ends_with(['s', 'x', 'z']) || stem.ends_with("ch") || stem.ends_with("sh") {
        format!("{stem}es")
    } else {
        format!("{stem}s")
    }
}

/// `-ed`, `-ing`, `-er`: drops a silent e, turns y to i, doubles the last letter of short stems.
fn with_vowel(stem: &str, ending: &str) -> String {
    if let Some(base) = stem.strip_suffix('e') {
        return if ending == "ing" && base.ends_with('e') {
            format!("{stem}{ending}")
        } else {
            format!("{base}{ending}")
        };
    }
    if let (Some(base), false) = (consonant_y(stem), ending == "ing") {
        return format!("{base}i{ending}");
    }
    let mut last = stem.chars().rev();
    let short = stem.len() <= 4
        && last
            .next()
            .is_some_and(|c| !is_vowel(c) && !matches!(c, 'w' | 'x' | 'y' | 'h' | 'c'))
        && last.next().is_some_and(is_vowel)
        && last.next().is_some_and(|c| !is_vowel(c))
        && !stem.starts_with(is_vowel);
    let doubled = stem.chars().last().filter(|_| short);
    doubled.map_or_else(
        || format!("{stem}{ending}"),
        |letter| format!("{stem}{letter}{ending}"),
    )
}

fn with_ly(stem: &str) -> String {
    if let Some(base) = consonant_y(stem) {
        format!("{base}ily")
    } else if stem.ends_with("ic") {
        format!("{stem}ally")
    } else if let Some(base) = stem.strip_suffix("le") {
        format!("{base}ly")
    } else {
        format!("{stem}ly")
    }
}

fn with_ness(stem: &str) -> String {
    consonant_y(stem).map_or_else(|| format!("{stem}ness"), |base| format!("{base}iness"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_large_and_every_form_is_found_again() {
        let lexicon = Lexicon::new();
        assert!(lexicon.len() >= 30_000, "{}", lexicon.len());
        for number in 0..lexicon.len() as u32 {
            assert_eq!(lexicon.find(lexicon.form(number)), Some(number));
        }
    }

    #[test]
    fn inflection_follows_english_rules() {
        assert_eq!(with_s("party"), "parties");
        assert_eq!(with_s("crash"), "crashes");
        assert_eq!(with_vowel("stop", "ed"), "stopped");
        assert_eq!(with_vowel("create", "ing"), "creating");
        assert_eq!(with_vowel("agree", "ing"), "agreeing");
        assert_eq!(with_vowel("deny", "ed"), "denied");
        assert_eq!(with_vowel("open", "ed"), "opened");
        assert_eq!(with_ly("economic"), "economically");
        assert_eq!(with_ness("happy"), "happiness");
    }

    #[test]
    fn synonyms_go_both_ways_and_keep_the_inflection() {
        let lexicon = Lexicon::new();
        let number = lexicon.find("governments").unwrap();
        let synonym = lexicon.find(lexicon.synonym(number)).unwrap();
        assert_ne!(number, synonym);
        assert_eq!(lexicon.synonym(synonym), "governments");
    }
}
