//! Sentences and paragraphs: function and content words in turn, from templates with integer weights.
//!
//! The canonical text has curly quote marks and apostrophes and dashes between spaces; a
//! [`Style`](crate::style::Style) puts other forms in their place when a story is written out.

use crate::language::{Language, Role, Roles};
use crate::lexicon::{ADJECTIVE, NOUN, VERB};
use crate::names::Cast;
use crate::rng::Rng;

/// A writer of prose about one cast.
pub(crate) struct Prose<'a> {
    pub(crate) language: &'a Language,
    pub(crate) rng: Rng,
    pub(crate) cast: Cast,
    /// What has been written.
    pub(crate) out: String,
    pub(crate) tight: bool,
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

    pub(crate) fn word(&mut self, word: &str) {
        if !self.tight {
            self.out.push(' ');
        }
        self.tight = false;
        self.out.push_str(word);
        self.written += 1;
    }

    /// Punctuation that clings to the word before it.
    pub(crate) fn mark(&mut self, mark: &str) {
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

    pub(crate) fn content(&mut self, class: usize, inflection: u32) {
        let language = self.language;
        let word = language.lexicon.draw(&mut self.rng, class, inflection);
        self.word(word);
    }

    pub(crate) fn role(&mut self, role: fn(&Roles) -> &Role) {
        let word = role(&self.language.roles).draw(&mut self.rng);
        self.word(word);
    }

    /// Makes the letter at a byte place a capital.
    pub(crate) fn capital(&mut self, at: usize) {
        if let Some(first) = self.out.get_mut(at..=at) {
            first.make_ascii_uppercase();
        }
    }

    /// `a` before a vowel becomes `an`.
    pub(crate) fn article(&mut self, at: usize) {
        let article = self.out[at..].starts_with("a ");
        if article && self.out[at + 2..].starts_with(['a', 'e', 'i', 'o', 'u']) {
            self.out.insert(at + 1, 'n');
        }
    }

    pub(crate) fn here(&self) -> usize {
        self.out.len() + usize::from(!self.tight)
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
