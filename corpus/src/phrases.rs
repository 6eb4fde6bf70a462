//! Noun and verb phrases, figures, times: what sentences are put together from.

use crate::lexicon::{ADJECTIVE, NOUN, VERB};
use crate::prose::Prose;
use crate::words;
use std::fmt::Write as _;

impl Prose<'_> {
    pub(crate) fn person(&mut self) {
        let at = self.rng.below(self.cast.people.len() as u32) as usize;
        let full = self.rng.chance(350);
        let person = std::mem::take(&mut self.cast.people[at]);
        if full {
            self.word(person.first);
        }
        self.word(&person.last);
        self.cast.people[at] = person;
    }

    pub(crate) fn place(&mut self) {
        let at = self.rng.below(self.cast.places.len() as u32) as usize;
        let place = std::mem::take(&mut self.cast.places[at]);
        self.word(&place);
        self.cast.places[at] = place;
    }

    pub(crate) fn organization(&mut self) {
        let at = self.rng.below(self.cast.organizations.len() as u32) as usize;
        let name = std::mem::take(&mut self.cast.organizations[at]);
        self.word(&name);
        self.cast.organizations[at] = name;
    }

    /// A noun phrase.
    pub(crate) fn noun_phrase(&mut self, depth: u32, subject: bool) {
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

    pub(crate) fn number(&mut self) {
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

    pub(crate) fn figure(&mut self) {
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

    pub(crate) fn time(&mut self) {
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

    pub(crate) fn circumstance(&mut self, depth: u32) {
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
    pub(crate) fn verb_phrase(&mut self, depth: u32) {
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

    pub(crate) fn clause(&mut self, depth: u32) {
        self.noun_phrase(depth, true);
        if depth == 0 && self.rng.chance(70) {
            self.mark(",");
            self.word("who");
            self.verb_phrase(2);
            self.mark(",");
        }
        self.verb_phrase(depth);
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
