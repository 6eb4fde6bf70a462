//! Invented people, places, organizations and the outlets that carry the stories.

use crate::lexicon::{Lexicon, NOUN, syllables};
use crate::rng::{Alias, Rng};
use crate::words;

const SURNAMES: u32 = 4000;
const PLACES: u32 = 1500;
const OUTLETS: u32 = 400;

/// The agencies, which come first among the sources.
pub(crate) const AGENCIES: &[(&str, &str)] = &[
    ("Meridian News Agency", "MNA"),
    ("Northwire", "NW"),
    ("Halden Press Service", "HPS"),
    ("Continental Dispatch", "CD"),
    ("Bluewater News", "BWN"),
    ("Ostra Telegraph Union", "OTU"),
];

/// All names that do not belong to one story.
#[derive(Debug)]
pub(crate) struct Names {
    surnames: Vec<String>,
    surname_ranks: Alias,
    places: Vec<String>,
    place_ranks: Alias,
    sources: Vec<String>,
}

fn capitalized(mut word: String) -> String {
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// Puts an accent on the first letter that takes one.
fn accented(rng: &mut Rng, word: &str) -> String {
    let pairs: &[(char, char)] = &[
        ('a', 'á'),
        ('e', 'é'),
        ('i', 'í'),
        ('o', 'ö'),
        ('u', 'ü'),
        ('n', 'ñ'),
        ('c', 'ç'),
        ('s', 'š'),
        ('o', 'ó'),
        ('a', 'ã'),
        ('e', 'è'),
        ('o', 'ø'),
    ];
    let &(plain, accented) = &pairs[rng.below(pairs.len() as u32) as usize];
    word.replacen(plain, accented.encode_utf8(&mut [0; 4]), 1)
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut rng = Rng::stream(0, &[0x6e61_6d65]);
        let surname_endings = [
            "", "", "", "son", "er", "man", "ov", "ski", "ez", "sen", "ini", "ard",
        ];
        let surnames = (0..SURNAMES).map(|_| {
            let count = rng.between(1, 2);
            let mut name = syllables(&mut rng, count);
            if count == 1 {
                name.push_str(rng.pick(&surname_endings));
            }
            let name = if rng.chance(80) {
                accented(&mut rng, &name)
            } else {
                name
            };
            capitalized(name)
        });
        let surnames: Vec<String> = surnames.collect();
        let place_endings = [
            "", "", "ton", "burg", "ville", "ford", "stad", "mouth", "ia", "field", "grad", "o",
        ];
        let places = (0..PLACES).map(|_| {
            let count = rng.between(1, 2);
            let mut name = syllables(&mut rng, count);
            if count == 1 {
                name.push_str(rng.pick(&place_endings));
            }
            let name = if rng.chance(60) {
                accented(&mut rng, &name)
            } else {
                name
            };
            let before = [
                "", "", "", "", "", "", "", "New ", "Port ", "San ", "East ", "Lake ",
            ];
            format!("{}{}", rng.pick(&before), capitalized(name))
        });
        let places: Vec<String> = places.collect();
        let papers = [
            "Gazette",
            "Herald",
            "Tribune",
            "Courier",
            "Times",
            "Post",
            "Chronicle",
            "Observer",
            "Mail",
            "Daily News",
            "Record",
            "Standard",
            "Star",
            "Journal",
            "Today",
            "Evening Echo",
        ];
        let mut sources: Vec<String> = AGENCIES
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        for outlet in 0..OUTLETS {
            let place = &places[(outlet * 3 % PLACES) as usize];
            sources.push(format!("{place} {}", rng.pick(&papers)));
        }
        Self {
            surnames,
            surname_ranks: Alias::zipf(SURNAMES, 40),
            places,
            place_ranks: Alias::zipf(PLACES, 12),
            sources,
        }
    }

    pub(crate) fn place(&self, rng: &mut Rng) -> &str {
        &self.places[self.place_ranks.draw(rng) as usize]
    }

    pub(crate) fn surname(&self, rng: &mut Rng) -> &str {
        &self.surnames[self.surname_ranks.draw(rng) as usize]
    }

    /// The name of a source; agencies come first.
    pub(crate) fn source(&self, number: u32) -> &str {
        &self.sources[number as usize]
    }

    /// A source that is an outlet, not an agency.
    pub(crate) fn outlet(rng: &mut Rng) -> u32 {
        AGENCIES.len() as u32 + rng.below(OUTLETS)
    }

    /// An agency.
    pub(crate) fn agency(rng: &mut Rng) -> u32 {
        rng.weighted(&[30, 22, 18, 14, 10, 6]) as u32
    }
}

/// A person of a story.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) first: &'static str,
    pub(crate) last: String,
    pub(crate) role: &'static str,
}

/// The people, places and organizations of one story.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    pub(crate) places: Vec<String>,
    pub(crate) organizations: Vec<String>,
}

impl Cast {
    pub(crate) fn draw(rng: &mut Rng, lexicon: &Lexicon, names: &Names) -> Self {
        let people = (0..rng.between(3, 7)).map(|_| Person {
            first: rng.pick(words::FIRST_NAMES),
            last: names.surname(rng).to_owned(),
            role: rng.pick(words::ROLES),
        });
        let people = people.collect();
        let places: Vec<String> = (0..rng.between(2, 4))
            .map(|_| names.place(rng).to_owned())
            .collect();
        let organizations = (0..rng.between(1, 4)).map(|_| organization(rng, lexicon, names));
        let organizations = organizations.collect();
        Self {
            people,
            places,
            organizations,
        }
    }
}

/// The name of a company, a ministry, a bank, a union.
pub(crate) fn organization(rng: &mut Rng, lexicon: &Lexicon, names: &Names) -> String {
    let noun = capitalized(lexicon.draw(rng, NOUN, 0).to_owned());
    match rng.below(8) {
        0 => format!("the Ministry of {noun}"),
        1 => format!("{} {noun} Bank", names.place(rng)),
        2 => format!("the {noun} Workers Union"),
        3 => format!("{} {noun} Institute", names.place(rng)),
        4 => format!("University of {}", names.place(rng)),
        5 => format!("{} & {}", names.surname(rng), names.surname(rng)),
        6 => format!("{} {noun} Group", names.surname(rng)),
        _ => format!("{} Holdings", names.surname(rng)),
    }
}

/// The name of a company.
pub(crate) fn company(rng: &mut Rng, names: &Names) -> String {
    let name = names.surname(rng);
    match rng.below(4) {
        0 => format!("{name} & {}", names.surname(rng)),
        1 => format!("{name} Holdings"),
        2 => format!("{name} Industries"),
        _ => format!("{name} Group"),
    }
}
