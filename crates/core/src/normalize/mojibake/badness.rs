//! The heuristic that tells misread text from text that is merely unusual.
//!
//! The few hundred characters that misread UTF-8 consists of are put into classes, and some
//! neighborhoods of classes hardly ever occur in text that was meant: a small accented letter
//! before a currency sign, a fraction after a capital. Idea, classes and rules are those of ftfy 6.3
//! (Robyn Speer, "ftfy: fixes text for you", <https://github.com/rspeer/python-ftfy>, Apache-2.0),
//! which were tuned on years of web text; here they are bit sets in a table and not a regular
//! expression.

use super::charset::{Known, char_at, known, slot};

/// A set of classes, one bit each.
pub(super) type Class = u16;

/// Common marks; nothing follows from them alone.
const COMMON: Class = 1;
/// Controls U+0080 to U+009F, which nobody writes.
pub(super) const C1: Class = 1 << 1;
/// Characters that are hardly used but in misread text.
const BAD: Class = 1 << 2;
const LAW: Class = 1 << 3;
const CURRENCY: Class = 1 << 4;
const OPENING: Class = 1 << 5;
const CLOSING: Class = 1 << 6;
const NUMERIC: Class = 1 << 7;
/// Letters of which faces like `(ô_ô)` are made, next to which anything may stand.
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
    (
        BAD | ACCENTED | BOX | OPENING | CLOSING | CURRENCY | NUMERIC | LAW,
        BAD,
    ),
    (
        BAD,
        ACCENTED | BOX | OPENING | CLOSING | CURRENCY | NUMERIC | LAW,
    ),
    (
        LOWER_ACCENTED | LOWER | BOX | CLOSING | CURRENCY | NUMERIC,
        UPPER_ACCENTED,
    ),
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
    (
        "ВГРСΒΓΞΟ",
        BAD | OPENING | CLOSING | CURRENCY | FACE | NUMERIC,
    ),
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

/// Whether an unlikely neighborhood has its first special character at `i`.
pub(super) fn is_bad_at(text: &[char], i: usize, starts_line: bool) -> bool {
    if text[i].is_ascii() {
        return false;
    }
    let a = known(text[i]);
    if a.class & C1 != 0 {
        return true;
    }
    let Some(&next) = text.get(i + 1) else {
        return false;
    };
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
    let after_class = if after.is_ascii() {
        0
    } else {
        known(after).class
    };
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
                && text
                    .get(i + 1..i + 4)
                    .is_some_and(|rest| rest == ['В', 'Ђ', 'В'])
                && text
                    .get(i + 5)
                    .is_some_and(|&c| c.is_ascii_alphabetic() || c == ' ')
        }
        'В' | 'Г' | 'Р' | 'С' => {
            (b & weak != 0 || matches!(second, '°' | 'µ')) && matches!(third, 'В' | 'Г' | 'Р' | 'С')
        }
        // Windows-1253.
        'β' => second == '€' && "™\u{a0}Ά\u{ad}®°".contains(third),
        'Β' | 'Γ' | 'Ξ' | 'Ο' => {
            (b & weak != 0 || second == '°') && matches!(third, 'Β' | 'Γ' | 'Ξ' | 'Ο')
        }
        _ => false,
    }
}
