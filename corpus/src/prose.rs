//! Sentences and paragraphs: function and content words in turn, from templates with integer weights.
//!
//! The canonical text has curly quote marks and apostrophes and dashes between spaces; a
//! [`Style`](crate::style::Style) puts other forms in their place when a story is written out.

use crate::lexicon::{ADJECTIVE, Lexicon, NOUN, VERB};
use crate::names::{Cast, Names};
use crate::rng::{Alias, Rng};
use crate::words::{self, Weighted};
use std::fmt::Write as _;

/// Words by quantile of a log-normal distribution (median 450, sigma .6), 64 steps, cut at both ends.
const LENGTHS: [u32; 65] = [
    30, 138, 162, 179, 194, 206, 218, 229, 239, 249, 258, 267, 276, 285, 294, 302, 311, 319, 327,
    336, 344, 352, 361, 369, 378, 386, 395, 404, 413, 422, 431, 440, 450, 460, 470, 480, 491, 502,
    513, 524, 536, 549, 561, 575, 589, 603, 619, 635, 652, 670, 690, 711, 733, 757, 784, 814, 847,
    885, 929, 981, 1046, 1131, 1254, 1471, 3000,
];

/// A length in words.
pub(crate) fn length(rng: &mut Rng) -> u32 {
    let step = rng.below(64) as usize;
    let (low, high) = (LENGTHS[step], LENGTHS[step + 1]);
    low + rng.below(high - low)
}

/// The function words with their tables.
#[derive(Debug)]
pub(crate) struct Roles {
    determiners: Role,
    plural_determiners: Role,
    prepositions: Role,
    subordinators: Role,
    conjunctions: Role,
    modals: Role,
    be: Role,
    have: Role,
    pronouns: Role,
    objects: Role,
    adverbs: Role,
    numerals: Role,
    times: Role,
    said: Role,
}

#[derive(Debug)]
struct Role {
    words: Weighted,
    table: Alias,
}

impl Role {
    fn new(words: Weighted) -> Self {
        let weights: Vec<u64> = words.iter().map(|&(_, weight)| u64::from(weight)).collect();
        Self {
            words,
            table: Alias::new(&weights),
        }
    }

    fn draw(&self, rng: &mut Rng) -> &'static str {
        self.words[self.table.draw(rng) as usize].0
    }
}

/// What every story draws from.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) lexicon: Lexicon,
    pub(crate) names: Names,
    roles: Roles,
}

impl Language {
    pub(crate) fn new() -> Self {
        let roles = Roles {
            determiners: Role::new(words::DETERMINERS),
            plural_determiners: Role::new(words::PLURAL_DETERMINERS),
            prepositions: Role::new(words::PREPOSITIONS),
            subordinators: Role::new(words::SUBORDINATORS),
            conjunctions: Role::new(words::CONJUNCTIONS),
            modals: Role::new(words::MODALS),
            be: Role::new(words::BE),
            have: Role::new(words::HAVE),
            pronouns: Role::new(words::PRONOUNS),
            objects: Role::new(words::OBJECTS),
            adverbs: Role::new(words::ADVERBS),
            numerals: Role::new(words::NUMERALS),
            times: Role::new(words::TIMES),
            said: Role::new(words::SAID),
        };
        Self {
            lexicon: Lexicon::new(),
            names: Names::new(),
            roles,
        }
    }
}

/// A writer of prose about one cast.
pub(crate) struct Prose<'a> {
    language: &'a Language,
    pub(crate) rng: Rng,
    pub(crate) cast: Cast,
    /// What has been written.
    pub(crate) out: String,
    tight: bool,
    written: u32,
}

impl<'a> Prose<'a> {
    pub(crate) fn new(language: &'a Language, mut rng: Rng) -> Self {
        let cast = Cast::draw(&mut rng, &language.lexicon, &language.names);
        Self {
            language,
            rng,
            cast,
            out: String::new(),
            tight: true,
            written: 0,
        }
    }

    fn word(&mut self, word: &str) {
        if !self.tight {
            self.out.push(' ');
        }
        self.tight = false;
        self.out.push_str(word);
        self.written += 1;
    }

    /// Punctuation that clings to the word before it.
    fn mark(&mut self, mark: &str) {
        self.out.push_str(mark);
    }

    /// An opening quote mark.
    fn open(&mut self) {
        if !self.tight {
            self.out.push(' ');
        }
        self.out.push('“');
        self.tight = true;
    }

    fn content(&mut self, class: usize, inflection: u32) {
        let language = self.language;
        let word = language.lexicon.draw(&mut self.rng, class, inflection);
        self.word(word);
    }

    fn role(&mut self, role: fn(&Roles) -> &Role) {
        let word = role(&self.language.roles).draw(&mut self.rng);
        self.word(word);
    }

    /// Makes the letter at a byte place a capital.
    fn capital(&mut self, at: usize) {
        if let Some(first) = self.out.get_mut(at..=at) {
            first.make_ascii_uppercase();
        }
    }

    /// `a` before a vowel becomes `an`.
    fn article(&mut self, at: usize) {
        let article = self.out[at..].starts_with("a ");
        if article && self.out[at + 2..].starts_with(['a', 'e', 'i', 'o', 'u']) {
            self.out.insert(at + 1, 'n');
        }
    }

    fn here(&self) -> usize {
        self.out.len() + usize::from(!self.tight)
    }

    fn person(&mut self) {
        let at = self.rng.below(self.cast.people.len() as u32) as usize;
        let full = self.rng.chance(350);
        let person = std::mem::take(&mut self.cast.people[at]);
        if full {
            self.word(person.first);
        }
        self.word(&person.last);
        self.cast.people[at] = person;
    }

    fn place(&mut self) {
        let at = self.rng.below(self.cast.places.len() as u32) as usize;
        let place = std::mem::take(&mut self.cast.places[at]);
        self.word(&place);
        self.cast.places[at] = place;
    }

    fn organization(&mut self) {
        let at = self.rng.below(self.cast.organizations.len() as u32) as usize;
        let name = std::mem::take(&mut self.cast.organizations[at]);
        self.word(&name);
        self.cast.organizations[at] = name;
    }

    /// A noun phrase.
    fn noun_phrase(&mut self, depth: u32, subject: bool) {
        let kind = self
            .rng
            .weighted(&[270, 200, 70, 90, 120, 70, 60, 40, 90, 35, 35]);
        match kind {
            0 | 1 | 8 | 10 => {
                let at = self.here();
                self.role(|roles| &roles.determiners);
                if kind == 10 {
                    self.content(ADJECTIVE, 0);
                    self.mark("-");
                    self.tight = true;
                    self.content(VERB, 2);
                } else if kind == 1 {
                    self.content(ADJECTIVE, 0);
                }
                self.content(NOUN, 0);
                self.article(at);
                if kind == 8 && depth < 2 {
                    self.role(|roles| &roles.prepositions);
                    self.noun_phrase(depth + 1, false);
                }
            }
            2 => {
                self.role(|roles| &roles.plural_determiners);
                self.content(NOUN, 1);
            }
            3 => {
                self.content(ADJECTIVE, 0);
                self.content(NOUN, 1);
            }
            4 => self.person(),
            5 if subject => self.role(|roles| &roles.pronouns),
            5 => self.role(|roles| &roles.objects),
            6 => self.organization(),
            7 => {
                if self.rng.chance(500) {
                    self.role(|roles| &roles.numerals);
                } else {
                    self.number();
                }
                self.content(NOUN, 1);
            }
            _ => {
                self.person();
                self.mark("’s");
                self.content(NOUN, 0);
            }
        }
    }

    fn number(&mut self) {
        let kind = self.rng.weighted(&[50, 25, 15, 10]);
        let number = match kind {
            0 => self.rng.between(11, 99),
            1 => self.rng.between(100, 999),
            2 => self.rng.between(1, 99) * 100,
            _ => self.rng.between(10_000, 900_000),
        };
        self.word("");
        grouped(&mut self.out, number);
    }

    fn figure(&mut self) {
        let (whole, part) = (self.rng.between(1, 98), self.rng.below(10));
        self.word("");
        let out = &mut self.out;
        // Writing to a string cannot fail.
        let _ = match self.rng.below(5) {
            0 => write!(out, "${whole}.{part} million"),
            1 => write!(out, "${whole} billion"),
            2 => write!(out, "€{whole},{part}00"),
            3 => write!(out, "{whole}.{part}%"),
            _ => write!(out, "{whole}.{part} percent"),
        };
    }

    fn time(&mut self) {
        match self.rng.below(10) {
            0..=4 => {
                let day = self.rng.pick(words::DAYS);
                self.word("on");
                self.word(day);
            }
            5 => {
                let (month, day) = (self.rng.pick(words::MONTHS), self.rng.between(1, 28));
                self.word("on");
                self.word(month);
                self.word("");
                let _ = write!(self.out, "{day}");
            }
            6 => {
                let (month, year) = (self.rng.pick(words::MONTHS), self.rng.between(1994, 2031));
                self.word("in");
                self.word(month);
                self.word("");
                let _ = write!(self.out, "{year}");
            }
            _ => self.role(|roles| &roles.times),
        }
    }

    fn circumstance(&mut self, depth: u32) {
        match self.rng.below(10) {
            0..=5 => {
                self.role(|roles| &roles.prepositions);
                self.noun_phrase(depth + 1, false);
            }
            6 | 7 => {
                self.word("in");
                self.place();
            }
            _ => self.time(),
        }
    }

    /// A verb phrase.
    fn verb_phrase(&mut self, depth: u32) {
        if self.rng.chance(110) {
            if self.rng.chance(500) {
                self.role(|roles| &roles.adverbs);
            } else {
                self.content(ADJECTIVE, 1);
            }
        }
        match self.rng.weighted(&[320, 110, 110, 110, 90, 80, 60, 70, 30]) {
            0 => {
                self.content(VERB, 2);
                self.noun_phrase(depth, false);
            }
            1 => {
                self.content(VERB, 2);
                self.circumstance(depth);
            }
            2 => {
                self.role(|roles| &roles.be);
                self.content(VERB, 2);
                if self.rng.chance(450) {
                    self.word("by");
                    self.noun_phrase(depth + 1, false);
                }
            }
            3 => {
                self.role(|roles| &roles.modals);
                self.content(VERB, 0);
                self.noun_phrase(depth, false);
            }
            4 => {
                self.role(|roles| &roles.have);
                self.content(VERB, 2);
                self.noun_phrase(depth, false);
            }
            5 => {
                self.role(|roles| &roles.be);
                self.content(ADJECTIVE, 0);
            }
            6 => {
                self.content(VERB, 2);
                self.word("to");
                self.content(VERB, 0);
                self.noun_phrase(depth, false);
            }
            7 if depth < 2 => {
                self.role(|roles| &roles.said);
                self.word("that");
                self.clause(depth + 2);
            }
            _ => {
                self.role(|roles| &roles.be);
                self.content(VERB, 3);
                self.noun_phrase(depth, false);
            }
        }
        if self.rng.chance(360) {
            self.circumstance(depth);
        }
    }

    fn clause(&mut self, depth: u32) {
        self.noun_phrase(depth, true);
        if depth == 0 && self.rng.chance(70) {
            self.mark(",");
            self.word("who");
            self.verb_phrase(2);
            self.mark(",");
        }
        self.verb_phrase(depth);
    }

    fn speaker(&mut self) {
        let said = self.language.roles.said.draw(&mut self.rng);
        // “said Miller”, but “Miller told reporters”.
        if said.contains(' ') {
            self.person();
            self.word(said);
            return;
        }
        self.word(said);
        self.person();
        if self.rng.chance(300) {
            let at = self.rng.below(self.cast.people.len() as u32) as usize;
            let role = self.cast.people[at].role;
            self.mark(",");
            self.word(role);
        }
    }

    /// One sentence with its closing mark.
    pub(crate) fn sentence(&mut self) {
        let start = self.here();
        match self.rng.weighted(&[330, 90, 100, 110, 50, 120, 70, 40, 90]) {
            0 => self.clause(0),
            1 => {
                self.time();
                self.mark(",");
                self.clause(0);
            }
            2 => {
                self.role(|roles| &roles.subordinators);
                self.clause(1);
                self.mark(",");
                self.clause(0);
            }
            3 => return self.quotation(),
            4 => return self.statement(),
            5 => {
                self.clause(0);
                self.mark(",");
                self.speaker();
            }
            6 => {
                self.word("the");
                self.content(NOUN, 0);
                let rose = self
                    .rng
                    .pick(&["rose", "fell", "grew", "dropped", "climbed", "amounted"]);
                self.word(rose);
                self.word("to");
                self.figure();
                self.word("from");
                self.figure();
                self.time();
            }
            7 => {
                self.noun_phrase(0, true);
                self.word("—");
                self.noun_phrase(1, false);
                self.word("—");
                self.verb_phrase(0);
            }
            _ => {
                self.clause(0);
                self.mark(",");
                self.role(|roles| &roles.conjunctions);
                self.clause(1);
            }
        }
        self.capital(start);
        self.mark(".");
    }

    /// “…,” said someone.
    fn quotation(&mut self) {
        self.open();
        let start = self.out.len();
        self.clause(0);
        self.capital(start);
        let end = if self.rng.chance(40) {
            "…”"
        } else {
            ",”"
        };
        self.mark(end);
        self.speaker();
        self.mark(".");
        if self.rng.chance(350) {
            self.open();
            let start = self.out.len();
            self.clause(0);
            self.capital(start);
            self.mark(".”");
        }
    }

    /// Someone said: “…”
    fn statement(&mut self) {
        self.person();
        self.role(|roles| &roles.said);
        self.mark(":");
        self.open();
        let start = self.out.len();
        self.clause(0);
        self.capital(start);
        let end = if self.rng.chance(80) { "?”" } else { ".”" };
        self.mark(end);
    }

    /// A paragraph of one to four sentences.
    pub(crate) fn paragraph(&mut self) {
        let sentences = 1 + self.rng.weighted(&[34, 36, 20, 10]) as u32;
        for _ in 0..sentences {
            self.sentence();
        }
    }

    /// Starts the next paragraph.
    pub(crate) fn line_break(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.tight = true;
    }

    /// Paragraphs until about `words` words are written.
    pub(crate) fn body(&mut self, words: u32) {
        self.written = 0;
        while self.written < words {
            self.line_break();
            if words - self.written < 60 {
                self.sentence();
            } else {
                self.paragraph();
            }
        }
    }

    /// Raw text in the midst of prose, such as a dateline.
    pub(crate) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
        self.tight = true;
    }

    /// A headline, without a closing mark.
    pub(crate) fn headline(&mut self) {
        let start = self.here();
        match self.rng.below(5) {
            0 => {
                self.content(ADJECTIVE, 0);
                self.content(NOUN, 1);
            }
            1 => self.person(),
            2 => {
                self.place();
                self.content(NOUN, 0);
            }
            3 => self.organization(),
            _ => {
                self.content(NOUN, 0);
                self.content(NOUN, 1);
            }
        }
        self.content(VERB, 1);
        self.content(ADJECTIVE, 0);
        self.content(NOUN, 0);
        match self.rng.below(4) {
            0 => {
                self.word("in");
                self.place();
            }
            1 => {
                self.word("after");
                self.content(NOUN, 0);
                self.content(NOUN, 0);
            }
            2 => {
                self.word("as");
                self.content(NOUN, 1);
                self.content(VERB, 0);
            }
            _ => {
                self.word("over");
                self.content(NOUN, 0);
            }
        }
        self.capital(start);
    }

    /// Takes what was written and starts anew.
    pub(crate) fn take(&mut self) -> String {
        self.tight = true;
        std::mem::take(&mut self.out)
    }
}

/// Writes a number with commas between thousands.
pub(crate) fn grouped(out: &mut String, number: u32) {
    let _ = if number >= 1000 {
        write!(out, "{},{:03}", number / 1000, number % 1000)
    } else {
        write!(out, "{number}")
    };
}
