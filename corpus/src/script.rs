//! Other alphabets: Latin syllables mapped to letters of another script, for measuring throughput.

/// The alphabet of titles and texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Script {
    /// English-looking, as generated.
    #[default]
    Latin,
    /// Letter by letter.
    Cyrillic,
    /// Letter by letter, most short vowels left out, no case.
    Arabic,
    /// Consonants with vowel signs.
    Devanagari,
    /// One character a syllable, no spaces.
    Han,
    /// One or two characters a syllable, no spaces.
    Kana,
}

impl Script {
    /// All scripts with their names.
    pub const ALL: [(&str, Self); 6] = [
        ("latin", Self::Latin),
        ("cyrillic", Self::Cyrillic),
        ("arabic", Self::Arabic),
        ("devanagari", Self::Devanagari),
        ("han", Self::Han),
        ("kana", Self::Kana),
    ];

    /// Writes a text in the script.
    pub(crate) fn write(self, text: String) -> String {
        match self {
            Self::Latin => text,
            Self::Cyrillic => letters(&text, cyrillic),
            Self::Arabic => letters(&text, arabic),
            Self::Devanagari => devanagari(&text),
            Self::Han | Self::Kana => syllabic(&text, self),
        }
    }
}

/// The plain letter under an accented one.
fn plain(letter: char) -> char {
    let base = crate::style::decompose(letter).map_or(letter, |(base, _)| base);
    match base {
        'ø' => 'o',
        'Ø' => 'O',
        other => other,
    }
}

fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

fn letters(text: &str, map: fn(char) -> &'static str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for letter in text.chars().filter(|&letter| !is_accent(letter)) {
        let base = plain(letter);
        if base.is_ascii_alphabetic() {
            out.push_str(map(base));
        } else {
            out.push(letter);
        }
    }
    out
}

fn cyrillic(letter: char) -> &'static str {
    const LOWER: [&str; 26] = [
        "а", "б", "ц", "д", "е", "ф", "г", "х", "и", "ж", "к", "л", "м", "н", "о", "п", "щ", "р",
        "с", "т", "у", "в", "ш", "ч", "ы", "з",
    ];
    const UPPER: [&str; 26] = [
        "А", "Б", "Ц", "Д", "Е", "Ф", "Г", "Х", "И", "Ж", "К", "Л", "М", "Н", "О", "П", "Щ", "Р",
        "С", "Т", "У", "В", "Ш", "Ч", "Ы", "З",
    ];
    let table = if letter.is_ascii_uppercase() {
        &UPPER
    } else {
        &LOWER
    };
    table[usize::from(letter.to_ascii_lowercase() as u8 - b'a')]
}

fn arabic(letter: char) -> &'static str {
    const LETTERS: [&str; 26] = [
        "ا", "ب", "ص", "د", "", "ف", "غ", "ه", "ي", "ج", "ك", "ل", "م", "ن", "و", "پ", "ق", "ر",
        "س", "ت", "و", "ط", "ع", "خ", "ي", "ز",
    ];
    LETTERS[usize::from(letter.to_ascii_lowercase() as u8 - b'a')]
}

fn is_vowel(letter: char) -> bool {
    matches!(letter.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u')
}

fn devanagari(text: &str) -> String {
    const CONSONANTS: [&str; 26] = [
        "",
        "ब",
        "च",
        "द",
        "",
        "फ",
        "ग",
        "ह",
        "",
        "ज",
        "क",
        "ल",
        "म",
        "न",
        "",
        "प",
        "क",
        "र",
        "स",
        "त",
        "",
        "व",
        "श",
        "क्ष",
        "य",
        "ज़",
    ];
    let mut out = String::with_capacity(text.len() * 3);
    let mut after_consonant = false;
    let mut rest = text.chars().filter(|&letter| !is_accent(letter)).peekable();
    while let Some(letter) = rest.next() {
        let base = plain(letter).to_ascii_lowercase();
        if is_vowel(base) {
            let (sign, alone) = match base {
                'a' => ("ा", "आ"),
                'e' => ("े", "ए"),
                'i' => ("ि", "इ"),
                'o' => ("ो", "ओ"),
                _ => ("ु", "उ"),
            };
            out.push_str(if after_consonant { sign } else { alone });
            after_consonant = false;
        } else if base.is_ascii_alphabetic() {
            if after_consonant && matches!(base, 'r' | 'y' | 't' | 'l') {
                out.push('्');
            }
            out.push_str(CONSONANTS[usize::from(base as u8 - b'a')]);
            after_consonant = true;
        } else {
            let within_number = rest.peek().is_some_and(char::is_ascii_digit);
            out.push(if letter == '.' && !within_number {
                '।'
            } else {
                letter
            });
            after_consonant = false;
        }
    }
    out
}

/// Consonants up to a vowel make a syllable; its spelling chooses the character.
fn syllabic(text: &str, script: Script) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut code = 0u32;
    let mut letters = 0u32;
    let mut last = 'a';
    let plain_text = text.chars().filter(|&letter| !is_accent(letter));
    let mut rest = plain_text.chain([' ']).peekable();
    while let Some(letter) = rest.next() {
        let base = plain(letter).to_ascii_lowercase();
        let alphabetic = base.is_ascii_alphabetic();
        if letters > 0 && (!alphabetic || (is_vowel(last) && !is_vowel(base)) || letters == 4) {
            syllable(&mut out, code, last, script);
            (code, letters) = (0, 0);
        }
        if alphabetic {
            code = code * 26 + (base as u32 - u32::from(b'a'));
            letters += 1;
            last = base;
            continue;
        }
        let within_number = rest.peek().is_some_and(char::is_ascii_digit);
        match letter {
            ' ' => {}
            '.' | ',' if within_number => out.push(letter),
            '.' => out.push('。'),
            ',' => out.push('、'),
            other => out.push(other),
        }
    }
    out
}

/// Kana rows with their vowels in the order a, i, u, e, o.
const ROWS: [&str; 9] = [
    "かきくけこ",
    "さしすせそ",
    "たちつてと",
    "なにぬねの",
    "はひふへほ",
    "まみむめも",
    "らりるれろ",
    "がぎぐげご",
    "ばびぶべぼ",
];

fn syllable(out: &mut String, code: u32, last: char, script: Script) {
    if script == Script::Han {
        // Most used are the first of the block, as in running text; the square bends the distribution.
        let place = code.wrapping_mul(0x9e37_79b1) >> 16;
        out.extend(char::from_u32(
            0x4e00 + ((place * place) >> 16) * 6000 / 65_536,
        ));
        return;
    }
    let row = code.wrapping_mul(0x85eb_ca6b) >> 8;
    let column = match last {
        'a' => 0,
        'i' => 1,
        'e' => 3,
        'o' => 4,
        'n' | 'm' => {
            out.push('ん');
            return;
        }
        // As loan words end.
        _ => 2,
    };
    let row = ROWS[(row % 9) as usize];
    let kana = row.chars().nth(column).unwrap_or('の');
    // Names and loan words are written in katakana.
    let katakana = code.is_multiple_of(7);
    out.extend(char::from_u32(
        kana as u32 + if katakana { 0x60 } else { 0 },
    ));
}
