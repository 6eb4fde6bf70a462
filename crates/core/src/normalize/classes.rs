//! What a character is, for both faces: the one place where quotation marks, dashes, spaces and
//! invisible characters are told apart. Sets come from the Unicode Character Database by way of
//! ICU4X; the short lists below hold only what the database leaves to the reader.

use icu_properties::props::{
    Dash, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, QuotationMark, Script,
    WhiteSpace,
};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};

const WHITE_SPACE: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<WhiteSpace>();
const QUOTATION_MARK: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<QuotationMark>();
const DASH: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<Dash>();
const IGNORABLE: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<DefaultIgnorableCodePoint>();
const CATEGORY: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::new();
const SCRIPT: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::new();

/// How a mark of quotation behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// A double mark, or a corner bracket of either size.
    Double,
    /// A single mark that is never an apostrophe: low-9, guillemets, corner-shaped.
    Single,
    /// A single mark that stands for an apostrophe between two letters.
    Apostrophe,
}

/// The kind of quotation mark that `c` is, if it is one.
///
/// The property `Quotation_Mark` says which characters of the scripts are marks; primes, accents
/// and modifier letters typed in their place are added here.
pub(super) fn quote(c: char) -> Option<Quote> {
    match c {
        // Apostrophe, backtick, acute, curly pair, reversed-9; modifier letters typed as
        // apostrophes (prime, turned comma, apostrophe, reversed comma, left half ring is a
        // letter of its own and stays); Greek koronis and psili; Armenian; geresh; prime,
        // reversed prime; full-width.
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | '᾽' | '᾿' | '՚' | '׳'
        | '′' | '‵' | 'ꞌ' | '＇' | '｀' => Some(Quote::Apostrophe),
        '‚' | '‹' | '›' | '❛' | '❜' | '❟' => Some(Quote::Single),
        // Double prime to quadruple prime and their reversed twins, modifier double prime,
        // gershayim, heavy and low ornaments, double acute.
        'ʺ' | 'ˮ' | '״' | '″' | '‴' | '⁗' | '‶' | '‷' | '˝' | '❝' | '❞' | '❠' | '❮' | '❯' | '🙶'
        | '🙷' | '🙸' | '〝' | '〞' | '〟' => Some(Quote::Double),
        _ if QUOTATION_MARK.contains(c) => Some(Quote::Double),
        _ => None,
    }
}

/// How long a dash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DashLength {
    /// Joins: hyphens, figure dash, en dash, minus.
    Short,
    /// Separates: em dash, horizontal bar, two-em and three-em dash.
    Long,
}

/// The length of the dash that `c` is, if it is one. Wave dashes are ranges and swung marks, not
/// dashes in this sense.
pub(super) fn dash(c: char) -> Option<DashLength> {
    match c {
        '\u{2014}' | '\u{2015}' | '\u{2E3A}' | '\u{2E3B}' | '\u{FE31}' | '\u{FE58}' => {
            Some(DashLength::Long)
        }
        // Swung dash, wave dash, wavy dash, Katakana-Hiragana double hyphen.
        '\u{2053}' | '\u{301C}' | '\u{3030}' | '\u{30A0}' => None,
        _ if DASH.contains(c) => Some(DashLength::Short),
        _ => None,
    }
}

/// White space of any kind, line ends included.
pub(super) fn is_space(c: char) -> bool {
    WHITE_SPACE.contains(c)
}

/// Characters that show nothing: default-ignorable code points (soft hyphen, zero-width, bidi
/// controls, byte order mark, variation selectors, fillers, tags), interlinear annotation marks
/// and every control that is not white space.
pub(super) fn is_invisible(c: char) -> bool {
    IGNORABLE.contains(c)
        || matches!(c, '\u{FFF9}'..='\u{FFFB}')
        || (CATEGORY.get(c) == GeneralCategory::Control && !is_space(c))
}

/// The value of a decimal digit of any script.
pub(super) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    if CATEGORY.get(c) != GeneralCategory::DecimalNumber {
        return None;
    }
    // Decimal digits are encoded in runs of ten in order of value; several runs may touch (the
    // mathematical digits), so the distance to the start of the whole range counts modulo ten.
    let mut start = c as u32;
    while start > 0
        && CATEGORY.get32(start - 1) == GeneralCategory::DecimalNumber
        && c as u32 - start < 60
    {
        start -= 1;
    }
    Some(((c as u32 - start) % 10) as u8)
}

/// Letters, marks and numbers: what a word is made of.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let category = CATEGORY.get(c);
    GeneralCategoryGroup::Letter.contains(category)
        || GeneralCategoryGroup::Mark.contains(category)
        || GeneralCategoryGroup::Number.contains(category)
}

/// Word characters of the scripts that write an apostrophe inside words. In scripts without
/// spaces, and in Korean, where particles follow a closing mark directly, a single mark between
/// two letters is a quotation mark.
pub(super) fn takes_apostrophe(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    is_word(c)
        && !matches!(
            SCRIPT.get(c),
            Script::Han
                | Script::Hiragana
                | Script::Katakana
                | Script::Bopomofo
                | Script::Hangul
                | Script::Yi
                | Script::Thai
                | Script::Lao
                | Script::Khmer
                | Script::Myanmar
        )
}

/// Letters whose nonspacing marks are diacritics that a reader may leave out.
pub(super) fn bears_diacritics(c: char) -> bool {
    matches!(
        SCRIPT.get(c),
        Script::Latin | Script::Greek | Script::Cyrillic
    ) && GeneralCategoryGroup::Letter.contains(CATEGORY.get(c))
}

/// Marks that take no room of their own.
pub(super) fn is_nonspacing(c: char) -> bool {
    CATEGORY.get(c) == GeneralCategory::NonspacingMark
}

/// Marks of every kind.
pub(super) fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CATEGORY.get(c))
}
