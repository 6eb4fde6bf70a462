//! The heuristic that tells misread text from text that is merely unusual.
//!
//! The few hundred characters that misread UTF-8 consists of are put into classes, and some
//! neighborhoods of classes hardly ever occur in text that was meant: a small accented letter
//! before a currency sign, a fraction after a capital. Idea, classes and rules are those of ftfy 6.3
//! (Robyn Speer, "ftfy: fixes text for you", <https://github.com/rspeer/python-ftfy>, Apache-2.0),
//! which were tuned on years of web text; here they are bit sets in a table and not a regular
//! expression.

use super::charset::{Known, char_at, known, known_code, slot};

/// A set of classes, one bit each.
pub(super) type Class = u16;

/// Common marks; nothing follows from them alone.
const COMMON: Class = 1;
/// Controls U+0080 to U+009F, which nobody writes.
const C1: Class = 1 << 1;
/// Characters that are hardly used but in misread text.
const BAD: Class = 1 << 2;
const LAW: Class = 1 << 3;
const CURRENCY: Class = 1 << 4;
const OPENING: Class = 1 << 5;
const CLOSING: Class = 1 << 6;
const NUMERIC: Class = 1 << 7;
/// Letters of which faces are made, ( ô_ô ), next to which anything may stand.
const FACE: Class = 1 << 8;
const UPPER_ACCENTED: Class = 1 << 9;
const LOWER_ACCENTED: Class = 1 << 10;
/// Letters of Greek and Cyrillic, which need more evidence.
const UPPER: Class = 1 << 11;
const LOWER: Class = 1 << 12;
const BOX: Class = 1 << 13;
const ANY: Class = (1 << 14) - 1;

const ACCENTED: Class = LOWER_ACCENTED | UPPER_ACCENTED;

/// The members of the classes: single characters, and ranges given by two ends.
const SINGLES: &[(Class, &str)] = &[
    (COMMON, "\u{a0}\u{ad}·´–—―…’"),
    (BAD, "¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\u{fffd}ªº"),
    (LAW, "¶§"),
    (CURRENCY, "¢£¥₧€"),
    (OPENING, "¡«¿©΄΅‘‚“„•‹\u{f8ff}"),
    (CLOSING, "®»˝”›™"),
    (NUMERIC, "²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№"),
    (FACE, "ŐŌŪŲ°"),
    (UPPER_ACCENTED, "ØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ"),
    (LOWER_ACCENTED, "ßăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ"),
    (UPPER, "ÞΆΈΉΊΌΎΏΪΫ"),
    (LOWER, "άέήίΰ"),
    (BOX, "│┌┐┘├┤┬┼▀▄█▌▐░▒▓"),
];
const RANGES: &[(Class, u32, u32)] = &[
    (C1, 0x80, 0x9f),
    (FACE, 0xd2, 0xd6),
    (FACE, 0xd9, 0xdc),
    (FACE, 0xf2, 0xf6),
    (FACE, 0xf8, 0xfc),
    (UPPER_ACCENTED, 0xc0, 0xd1),
    (LOWER_ACCENTED, 0xe0, 0xf1),
    (UPPER, 0x391, 0x3a9),
    (LOWER, 0x3b1, 0x3c9),
    (UPPER, 0x401, 0x42f),
    (LOWER, 0x430, 0x45f),
    (BOX, 0x2550, 0x256c),
];

/// Neighbors that are bad wherever they stand.
const NEVER: &[(Class, Class)] = &[
    (BAD | ACCENTED | BOX | OPENING | CLOSING | CURRENCY | NUMERIC | LAW, BAD),
    (BAD, ACCENTED | BOX | OPENING | CLOSING | CURRENCY | NUMERIC | LAW),
    (LOWER_ACCENTED | LOWER | BOX | CLOSING | CURRENCY | NUMERIC, UPPER_ACCENTED),
    (BOX | CLOSING | CURRENCY | NUMERIC, LOWER_ACCENTED),
    (LOWER_ACCENTED | BOX | CLOSING, CURRENCY),
    (UPPER_ACCENTED | BOX, NUMERIC | LAW),
    (CURRENCY | NUMERIC | BOX, OPENING),
    (BOX, FACE | CLOSING),
    (ACCENTED | CURRENCY | NUMERIC | OPENING | CLOSING | LAW, BOX),
];

/// Neighbors that [`bad_in_context`] looks at.
const RARELY: &[(Class, Class)] = &[
    (LOWER | UPPER, BAD),
    (UPPER_ACCENTED, CURRENCY | OPENING | FACE),
    (ACCENTED | BOX | CURRENCY | CLOSING, OPENING),
    (ACCENTED | CURRENCY | NUMERIC | BOX | LAW, CLOSING),
];
const RARELY_BY_LETTER: &[(&str, Class)] = &[
    ("ÂÃÎÐØÙ√", ANY),
    ("×à", NUMERIC),
    ("≈", FACE | CURRENCY),
    ("‚", ACCENTED | FACE),
    ("вў", UPPER),
    ("ВГРСΒΓΞΟ", BAD | OPENING | CLOSING | CURRENCY | FACE | NUMERIC),
    ("β", CURRENCY),
];

/// Fills in the classes and what must not follow them.
pub(super) const fn classify<const N: usize>(table: &mut [Known; N]) {
    let mut i = 0;
    while i < SINGLES.len() {
        let text = SINGLES[i].1.as_bytes();
        let mut at = 0;
        while at < text.len() {
            let (code, next) = char_at(text, at);
            table[slot(code)].class |= SINGLES[i].0;
            at = next;
        }
        i += 1;
    }
    i = 0;
    while i < RANGES.len() {
        let (class, mut code, last) = RANGES[i];
        while code <= last {
            table[slot(code)].class |= class;
            code += 1;
        }
        i += 1;
    }
    i = 0;
    while i < N {
        table[i].never_before = after(NEVER, table[i].class);
        table[i].rarely_before = after(RARELY, table[i].class);
        i += 1;
    }
    i = 0;
    while i < RARELY_BY_LETTER.len() {
        let text = RARELY_BY_LETTER[i].0.as_bytes();
        let mut at = 0;
        while at < text.len() {
            let (code, next) = char_at(text, at);
            table[slot(code)].rarely_before |= RARELY_BY_LETTER[i].1;
            at = next;
        }
        i += 1;
    }
}

const fn after(rules: &[(Class, Class)], class: Class) -> Class {
    let mut found = 0;
    let mut i = 0;
    while i < rules.len() {
        if rules[i].0 & class != 0 {
            found |= rules[i].1;
        }
        i += 1;
    }
    found
}

/// Whether a text, given as its characters, contains an unlikely neighborhood.
pub(super) fn is_bad(text: &[char]) -> bool {
    (0..text.len()).any(|i| is_bad_at(text, i, i == 0))
}

/// How many characters before and after a special one the rules look at.
const BEFORE: usize = 2;
const AFTER: usize = 5;

/// The byte position of the first character, at or after `from`, around which the text looks
/// misread. This is the scan that clean text pays for.
pub(super) fn first_suspect(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<{ STEP + 1 }>()) {
        let mut hot = hot_bytes(chunk);
        while hot != 0 {
            let suspect = suspect_at(text, at + hot.trailing_zeros() as usize);
            if suspect.is_some() {
                return suspect;
            }
            hot &= hot - 1;
        }
        at += STEP;
    }
    (at..bytes.len())
        .filter(|&i| is_hot(bytes[i], bytes.get(i + 1).copied().unwrap_or(0)))
        .find_map(|i| suspect_at(text, i))
}

/// How many bytes are looked at in one go.
const STEP: usize = 32;

/// Whether a byte begins a character that can be the second one of a bad pair, or bad alone. That
/// leaves out whole scripts: what misreading makes of UTF-8 is Latin letters, signs, and a few
/// letters of Greek and Cyrillic. `Ђ` (D0 82) is the only one of its block.
#[inline]
fn is_hot(byte: u8, next: u8) -> bool {
    // No branches: over a chunk, the compiler makes vector code of it.
    (byte.wrapping_sub(0xc2) <= 4)
        | (byte == 0xcb)
        | (byte == 0xce)
        | (byte == 0xd2)
        | (byte == 0xe2)
        | (byte == 0xef)
        | ((byte == 0xd0) & (next == 0x82))
}

/// A bit for each hot byte of a chunk, the first one lowest.
fn hot_bytes(chunk: &[u8; STEP + 1]) -> u32 {
    let mut flags = [0; STEP];
    for i in 0..STEP {
        flags[i] = u8::from(is_hot(chunk[i], chunk[i + 1]));
    }
    let mut bits = 0;
    for (i, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // The product collects bit 0 of each byte in the top byte.
        let top = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= (top as u32) << (8 * i);
    }
    bits
}

/// The start of the bad pair of which the hot character at `at` is the second, or its own place if
/// it is bad by itself or before a plain character.
fn suspect_at(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let follows_ascii = at == 0 || bytes[at - 1].is_ascii();
    // The usual accented letter: after a plain letter, and none of U+0080 to U+009F, Â, Ã, Œ, œ.
    if follows_ascii
        && !matches!(
            (bytes[at], bytes[at + 1]),
            (0xc2, 0x80..=0x9f) | (0xc3, 0x82 | 0x83) | (0xc5, 0x92 | 0x93)
        )
    {
        return None;
    }
    let (code, next) = char_at(bytes, at);
    let class = known_code(code).class;
    let alone = class & C1 != 0
        || match (code, bytes.get(next)) {
            (0xc2 | 0xc3, Some(b' ')) => is_bad_around(text, at),
            (0x152 | 0x153, Some(b)) => !b.is_ascii_alphabetic(),
            _ => false,
        };
    if alone {
        return Some(at);
    }
    if follows_ascii {
        return None;
    }
    let previous = char_before(bytes, at);
    if bytes[at] == 0xd0 {
        let before = if previous > 0 { char_before(bytes, previous) } else { previous };
        return [before, previous].into_iter().find(|&i| is_bad_around(text, i));
    }
    if bytes[previous] >= 0xf0 {
        return None;
    }
    let entry = known_code(char_at(bytes, previous).0);
    let likely = class & (entry.never_before | entry.rarely_before) != 0;
    (likely && is_bad_around(text, previous)).then_some(previous)
}

/// The start of the character that ends before `at`, which is not 0.
fn char_before(bytes: &[u8], at: usize) -> usize {
    let mut start = at - 1;
    while start > 0 && bytes[start] & 0xc0 == 0x80 {
        start -= 1;
    }
    start
}

/// [`is_bad_at`] for a character of a string.
fn is_bad_around(text: &str, at: usize) -> bool {
    let mut window = ['\0'; BEFORE + 1 + AFTER];
    let (mut before, mut len) = (0, 0);
    for c in text[..at].chars().rev().take(BEFORE) {
        window[BEFORE - 1 - before] = c;
        before += 1;
    }
    for c in text[at..].chars().take(1 + AFTER) {
        window[BEFORE + len] = c;
        len += 1;
    }
    let starts_line = before == 0 || window[BEFORE - 1] == '\n';
    is_bad_at(&window[BEFORE - before..BEFORE + len], before, starts_line)
}

/// Whether an unlikely neighborhood has its first special character at `i`.
fn is_bad_at(text: &[char], i: usize, starts_line: bool) -> bool {
    if text[i].is_ascii() {
        return false;
    }
    let a = known(text[i]);
    if a.class & C1 != 0 {
        return true;
    }
    let Some(&next) = text.get(i + 1) else { return false };
    if next.is_ascii() {
        return match text[i] {
            'Œ' | 'œ' => !next.is_ascii_alphabetic(),
            'Â' | 'Ã' if next == ' ' => starts_line || lone_capital(text, i),
            _ => false,
        };
    }
    let b = known(next).class;
    a.never_before & b != 0
        || matches!(text[i], 'Œ' | 'œ')
        || a.rarely_before & b != 0 && bad_in_context(text, i, a.class, b)
}

/// `Ã ` and `Â ` are remains of `à`, `á` and the no-break space after a small letter or, for `Â`,
/// after the end of a sentence.
fn lone_capital(text: &[char], i: usize) -> bool {
    let before = |back: usize| i.checked_sub(back).map_or('\0', |j| text[j]);
    before(1).is_ascii_lowercase()
        || before(1).is_whitespace() && before(2).is_ascii_lowercase()
        || text[i] == 'Â' && ends_phrase(before(1))
}

fn ends_phrase(c: char) -> bool {
    c.is_ascii_lowercase()
        || matches!(c, '.' | ',' | '?' | '!')
        || !c.is_ascii() && known(c).class & CLOSING != 0
}

/// The rules that need a third character, or name the two.
fn bad_in_context(text: &[char], i: usize, a: Class, b: Class) -> bool {
    let before = i.checked_sub(1).map_or('\0', |j| text[j]);
    let after = text.get(i + 2).copied().unwrap_or('\0');
    let after_class = if after.is_ascii() { 0 } else { known(after).class };
    let in_class = |class: Class, of: Class| class & of != 0;

    in_class(a, LOWER | UPPER) && in_class(b, BAD) && before.is_ascii_alphabetic()
        || in_class(a, UPPER_ACCENTED) && in_class(b, CURRENCY) && before.is_whitespace()
        || in_class(a, UPPER_ACCENTED)
            && in_class(b, OPENING | CURRENCY)
            && before.is_ascii_lowercase()
        || in_class(a, ACCENTED | BOX | CURRENCY | CLOSING)
            && in_class(b, OPENING)
            && in_class(after_class, NUMERIC)
        || in_class(a, ACCENTED | CURRENCY | NUMERIC | BOX | LAW)
            && in_class(b, CLOSING)
            && in_class(after_class, OPENING)
        || in_class(a, ACCENTED)
            && in_class(b, OPENING | CLOSING)
            && (after.is_alphanumeric() || after == '_')
        || in_class(a, UPPER_ACCENTED) && text[i + 1] == '°'
        || bad_by_letter(text, i, b)
}

/// The rules that name letters.
fn bad_by_letter(text: &[char], i: usize, b: Class) -> bool {
    let before = i.checked_sub(1).map_or('\0', |j| text[j]);
    let second = text[i + 1];
    let third = text.get(i + 2).copied().unwrap_or('\0');
    // Windows-1252 for two bytes of Arabic; two such pairs are asked for, since the marks are
    // common ones.
    let arabic = |at: usize| {
        text.get(at..at + 2).is_some_and(|pair| {
            matches!(pair[0], 'Ø' | 'Ù')
                && !pair[1].is_ascii()
                && (known(pair[1]).class & (COMMON | CURRENCY | BAD | NUMERIC | OPENING) != 0
                    || matches!(pair[1], 'Ÿ' | 'Š' | '®' | '°' | 'µ' | '»'))
        })
    };
    let weak = BAD | OPENING | CLOSING | CURRENCY;
    match text[i] {
        'Â' | 'Ã' | 'Î' | 'Ð' => {
            b & (OPENING | CLOSING) != 0 || "€œŠš¢£Ÿž\u{a0}\u{ad}°·–—´".contains(second)
        }
        '×' => matches!(second, '²' | '³'),
        'Ø' | 'Ù' => arabic(i) && arabic(i + 2),
        // Three bytes of the scripts of South Asia.
        'à' => "²µ¹¼½¾".contains(second),
        // Mac Roman.
        '√' => "±∂†≠®™´≤≥¥µø".contains(second),
        '≈' => matches!(second, '°' | '¢'),
        '‚' => match second {
            'Ä' => "ìîïòôúùû†°¢π".contains(third),
            'â' | 'ó' => matches!(third, 'à' | 'ä' | '°' | 'ê'),
            _ => false,
        },
        // Windows-1251, for the punctuation of U+2000 to U+203F and for two bytes each.
        'в' => second == 'Ђ',
        'ў' => {
            before == 'Г'
                && text.get(i + 1..i + 4).is_some_and(|rest| rest == ['В', 'Ђ', 'В'])
                && text.get(i + 5).is_some_and(|&c| c.is_ascii_alphabetic() || c == ' ')
        }
        'В' | 'Г' | 'Р' | 'С' => {
            (b & weak != 0 || matches!(second, '°' | 'µ'))
                && matches!(third, 'В' | 'Г' | 'Р' | 'С')
        }
        // Windows-1253.
        'β' => second == '€' && "™\u{a0}Ά\u{ad}®°".contains(third),
        'Β' | 'Γ' | 'Ξ' | 'Ο' => {
            (b & weak != 0 || second == '°') && matches!(third, 'Β' | 'Γ' | 'Ξ' | 'Ο')
        }
        _ => false,
    }
}
