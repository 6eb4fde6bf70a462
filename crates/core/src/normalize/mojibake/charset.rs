//! The single-byte character sets through which UTF-8 is misread, and one table of what is known
//! of each character they contain. Everything here is computed by the compiler.
//!
//! The mappings are the Unicode Consortium's (`MAPPINGS/VENDORS`, `MAPPINGS/ISO8859`). A byte
//! that a Windows page leaves unassigned stands for the control of the same number, as browsers
//! read it.

use super::badness::{self, Class};

/// How many character sets are known.
pub(super) const CHARSETS: usize = 10;

/// A character set, by its place in the order in which they are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Charset(usize);

pub(super) const LATIN_1: Charset = Charset(0);
const MAC_ROMAN_SET: Charset = Charset(8);

impl Charset {
    /// All of them, the likeliest first.
    pub(super) fn all() -> impl Iterator<Item = Charset> {
        (0..CHARSETS).map(Charset)
    }

    /// The bit of this set in [`Known::charsets`].
    pub(super) fn bit(self) -> u16 {
        1 << self.0
    }

    /// The Windows pages are read leniently: U+FFFD, the trace of a byte that a strict reader could
    /// not map, is allowed in them and stands as [`LOST`].
    pub(super) fn marks_losses(self) -> bool {
        (1..=6).contains(&self.0)
    }

    /// Whether byte A0 is the no-break space, and so may have become a plain space. In Mac Roman it
    /// is a dagger; a space put back there would turn "– " into a letter.
    pub(super) fn has_no_break_space_at_a0(self) -> bool {
        self != MAC_ROMAN_SET
    }

    /// The byte of a character in this set, if it has one.
    pub(super) fn encode(self, c: char) -> Option<u8> {
        if c.is_ascii() {
            return (c as u8 != LOST || !self.marks_losses()).then_some(c as u8);
        }
        if c == char::REPLACEMENT_CHARACTER {
            return self.marks_losses().then_some(LOST);
        }
        let known = known(c);
        (known.charsets & self.bit() != 0).then(|| known.bytes[self.0])
    }
}

/// The byte that stands for U+FFFD in the Windows pages while a text is decoded: SUBSTITUTE.
/// Text that contains this control itself is not read through those pages.
pub(super) const LOST: u8 = 0x1a;

const WINDOWS: u16 = 0b111_1110;
const EVERY: u16 = (1 << CHARSETS) - 1;

/// The character sets that can have produced this character.
pub(super) fn charsets_of(c: char) -> u16 {
    match c {
        '\u{1a}' => EVERY & !WINDOWS,
        c if c.is_ascii() => EVERY,
        char::REPLACEMENT_CHARACTER => WINDOWS,
        c => known(c).charsets,
    }
}

/// What a misread byte can be in a UTF-8 sequence: a bit set.
pub(super) type Role = u8;
/// First of a sequence of two: bytes C2 to DF.
pub(super) const LEADS_2: Role = 1;
/// First of three: E0 to EF.
pub(super) const LEADS_3: Role = 2;
/// First of four: F0 and F3; the other two lead to nothing that is in use.
pub(super) const LEADS_4: Role = 4;
/// A later one: 80 to BF.
pub(super) const CONTINUES: Role = 8;
/// A later one that hardly ever stands for itself: not a dash, quote mark, bullet or ellipsis.
pub(super) const ONLY_CONTINUES: Role = 16;

/// What is known of one character.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// Its class for the badness rules.
    pub(super) class: Class,
    /// Classes that are bad right after it.
    pub(super) never_before: Class,
    /// Classes that are bad right after it in some contexts.
    pub(super) rarely_before: Class,
    /// The character sets that contain it.
    pub(super) charsets: u16,
    /// What it can be in misread UTF-8.
    pub(super) role: Role,
    /// Its byte in each character set that contains it.
    pub(super) bytes: [u8; CHARSETS],
}

const UNKNOWN: Known = Known {
    class: 0,
    never_before: 0,
    rarely_before: 0,
    charsets: 0,
    role: 0,
    bytes: [0; CHARSETS],
};

/// Characters known: U+0080 to U+04FF, U+2000 to U+25FF and four more.
const LOW_END: u32 = 0x500;
const HIGH_START: u32 = 0x2000;
const HIGH_END: u32 = 0x2600;
const EXTRA: usize = (LOW_END + HIGH_END - HIGH_START) as usize;
const SIZE: usize = EXTRA + 5;

/// The place of a character in the table; the last one is for all that are not known.
pub(super) const fn slot(code: u32) -> usize {
    match code {
        0..LOW_END => code as usize,
        HIGH_START..HIGH_END => (code - HIGH_START + LOW_END) as usize,
        0xf8ff => EXTRA,
        0xfb01 => EXTRA + 1,
        0xfb02 => EXTRA + 2,
        0xfffd => EXTRA + 3,
        _ => EXTRA + 4,
    }
}

/// The table entry of a character.
pub(super) fn known(c: char) -> &'static Known {
    known_code(u32::from(c))
}

/// The table entry of a character given by its number.
pub(super) fn known_code(code: u32) -> &'static Known {
    &KNOWN[slot(code)]
}

static KNOWN: [Known; SIZE] = build();

/// The character at a byte position of a string, and the position after it.
pub(super) const fn char_at(text: &[u8], at: usize) -> (u32, usize) {
    let first = text[at] as u32;
    if first < 0x80 {
        (first, at + 1)
    } else if first < 0xe0 {
        ((first & 0x1f) << 6 | (text[at + 1] & 0x3f) as u32, at + 2)
    } else {
        // No table here holds a character beyond the basic plane.
        let low = ((text[at + 1] & 0x3f) as u32) << 6 | (text[at + 2] & 0x3f) as u32;
        ((first & 0x0f) << 12 | low, at + 3)
    }
}

#[expect(clippy::large_stack_arrays, reason = "only the compiler runs this")]
const fn build() -> [Known; SIZE] {
    let mut table = [UNKNOWN; SIZE];
    let mut byte: u32 = 0x80;
    while byte < 0x100 {
        add(&mut table, byte, byte as u8, LATIN_1.0);
        byte += 1;
    }
    let pages = [
        WINDOWS_1252,
        WINDOWS_1251,
        WINDOWS_1250,
        WINDOWS_1253,
        WINDOWS_1254,
        WINDOWS_1257,
        ISO_8859_2,
        MAC_ROMAN,
        CP437,
    ];
    let mut page = 0;
    while page < pages.len() {
        let text = pages[page].as_bytes();
        let (mut at, mut byte): (usize, u32) = (0, 0x80);
        while at < text.len() {
            let (code, next) = char_at(text, at);
            add(&mut table, code, byte as u8, page + 1);
            (at, byte) = (next, byte + 1);
        }
        assert!(byte == 0x100);
        page += 1;
    }
    badness::classify(&mut table);
    table
}

const fn add(table: &mut [Known; SIZE], code: u32, byte: u8, charset: usize) {
    let known = &mut table[slot(code)];
    known.charsets |= 1 << charset;
    known.bytes[charset] = byte;
    // Latin-1 and the Windows pages say what a character can be in a sequence; the other three
    // would make nearly every letter of the Latin alphabets a suspect.
    if charset <= 6 {
        known.role |= match byte {
            0x80..=0xbf if often_itself(code) => CONTINUES,
            0x80..=0xbf => CONTINUES | ONLY_CONTINUES,
            0xc2..=0xdf => LEADS_2,
            0xe0..=0xef => LEADS_3,
            0xf0 | 0xf3 => LEADS_4,
            _ => 0,
        };
    }
}

const fn often_itself(code: u32) -> bool {
    matches!(code, 0x2013..=0x2015 | 0x2018..=0x201a | 0x201c..=0x201e | 0x2022 | 0x2026)
}

/// The character that a byte stands for in Windows-1252.
pub(super) fn windows_1252(byte: u8) -> char {
    if byte < 0x80 {
        return char::from(byte);
    }
    WINDOWS_1252
        .chars()
        .nth(usize::from(byte - 0x80))
        .unwrap_or(char::from(byte))
}

const WINDOWS_1252: &str = "\
    €\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ\
    \u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
    ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
    àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";
const WINDOWS_1251: &str = "\
    ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\
    \u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї\
    АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\
    абвгдежзийклмнопрстуфхцчшщъыьэюя";
const WINDOWS_1250: &str = "\
    €\u{81}‚\u{83}„…†‡\u{88}‰Š‹ŚŤŽŹ\u{90}‘’“”•–—\u{98}™š›śťžź\
    \u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż\
    ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
    ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
const WINDOWS_1253: &str = "\
    €\u{81}‚ƒ„…†‡\u{88}‰\u{8a}‹\u{8c}\u{8d}\u{8e}\u{8f}\u{90}‘’“”•–—\u{98}™\u{9a}›\u{9c}\u{9d}\u{9e}\u{9f}\
    \u{a0}΅Ά£¤¥¦§¨©ª«¬\u{ad}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ\
    ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήί\
    ΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ";
const WINDOWS_1254: &str = "\
    €\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}\u{8e}\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}\u{9e}Ÿ\
    \u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
    ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞß\
    àáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ";
const WINDOWS_1257: &str = "\
    €\u{81}‚\u{83}„…†‡\u{88}‰\u{8a}‹\u{8c}¨ˇ¸\u{90}‘’“”•–—\u{98}™\u{9a}›\u{9c}¯˛\u{9f}\
    \u{a0}¡¢£¤¥¦§Ø©Ŗ«¬\u{ad}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æ\
    ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽß\
    ąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙";
const ISO_8859_2: &str = "\
    \u{80}\u{81}\u{82}\u{83}\u{84}\u{85}\u{86}\u{87}\u{88}\u{89}\u{8a}\u{8b}\u{8c}\u{8d}\u{8e}\u{8f}\u{90}\u{91}\u{92}\u{93}\u{94}\u{95}\u{96}\u{97}\u{98}\u{99}\u{9a}\u{9b}\u{9c}\u{9d}\u{9e}\u{9f}\
    \u{a0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{ad}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žż\
    ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
    ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
const MAC_ROMAN: &str = "\
    ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
    †°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
    ¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ\
    ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
const CP437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
