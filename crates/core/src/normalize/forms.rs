//! Normalization forms and case folding of a short segment, iterated until nothing changes.

use std::fmt::Write as _;
use std::sync::LazyLock;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::properties::{
    CanonicalCombiningClassMapBorrowed, CanonicalCompositionBorrowed,
    CanonicalDecompositionBorrowed, Decomposed,
};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use super::{classes, confusables};

/// A Unicode normalization form (UAX #15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// Leave the encoding of characters as it is.
    Keep,
    /// Canonical composition: equal characters, one encoding.
    #[default]
    Nfc,
    /// Compatibility composition: also full-width forms, ligatures, superscripts and the like
    /// become plain characters.
    Nfkc,
}

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();
const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();
const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();
const CLASS: CanonicalCombiningClassMapBorrowed<'static> =
    CanonicalCombiningClassMapBorrowed::new();
const CANONICAL: CanonicalDecompositionBorrowed<'static> = CanonicalDecompositionBorrowed::new();
const COMPOSITION: CanonicalCompositionBorrowed<'static> = CanonicalCompositionBorrowed::new();

/// The steps that work on characters together with the marks that follow them.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a step that stands alone"
)]
pub(super) struct Folding {
    pub(super) form: Form,
    pub(super) case: bool,
    pub(super) strip_diacritics: bool,
    pub(super) confusables: bool,
    pub(super) drop_invisibles: bool,
    pub(super) open_ligatures: bool,
}

/// Buffers of [`Folding::apply`], kept between segments of one text.
#[derive(Default)]
pub(super) struct Scratch {
    decomposed: String,
    folded: String,
    previous: String,
}

impl Folding {
    /// Replaces `text` by its folded form. The steps are repeated until they change nothing,
    /// since folding may open what composition closed; three rounds do in Unicode 17, the bound
    /// only guards against endless work on future data.
    pub(super) fn apply(self, text: &mut String, scratch: &mut Scratch) {
        for _ in 0..8 {
            scratch.previous.clone_from(text);
            self.round(text, scratch);
            if *text == scratch.previous {
                return;
            }
        }
    }

    fn round(self, text: &mut String, scratch: &mut Scratch) {
        if self.open_ligatures && text.chars().any(|c| ligature(c).is_some()) {
            let opened: String = text.chars().fold(String::new(), |mut opened, c| {
                match ligature(c) {
                    Some(letters) => opened.push_str(letters),
                    None => opened.push(c),
                }
                opened
            });
            *text = opened;
        }
        let decomposed = &mut scratch.decomposed;
        decomposed.clear();
        // Writing to a `String` cannot fail.
        let _ = match self.form {
            Form::Keep => decomposed.write_str(text),
            Form::Nfc => NFD.normalize_to(text, decomposed),
            Form::Nfkc => NFKD.normalize_to(text, decomposed),
        };
        if self.drop_invisibles && decomposed.chars().any(classes::is_invisible) {
            decomposed.retain(|c| !classes::is_invisible(c));
        }
        if self.strip_diacritics {
            strip(decomposed);
        }
        if self.confusables {
            fold_confusables(decomposed);
        }
        scratch.folded.clear();
        if self.case {
            scratch.folded.push_str(&CASE.fold_string(decomposed));
        } else {
            scratch.folded.push_str(decomposed);
        }
        text.clear();
        let _ = match self.form {
            Form::Keep => text.write_str(&scratch.folded),
            Form::Nfc => NFC.normalize_to(&scratch.folded, text),
            Form::Nfkc => NFKC.normalize_to(&scratch.folded, text),
        };
    }

    /// Whether `c` can reach back and change or reorder what stands before it.
    pub(super) fn joins_backward(self, c: char) -> bool {
        if self.form == Form::Keep {
            return false;
        }
        let mut first = c;
        // The decomposition is at most one character followed by others here; only its first
        // character touches the left neighbor.
        let mut buffer = [0; 4];
        let text: &str = c.encode_utf8(&mut buffer);
        let start = if self.form == Form::Nfkc {
            NFKD.normalize_iter(text.chars()).next()
        } else {
            NFD.normalize_iter(text.chars()).next()
        };
        if let Some(start) = start {
            first = start;
        }
        CLASS.get_u8(first) != 0 || composes_backward(first)
    }
}

/// Whether `c` is the second half of a canonical composition.
pub(super) fn composes_backward(c: char) -> bool {
    static SECONDS: LazyLock<Vec<char>> = LazyLock::new(|| {
        let mut seconds: Vec<char> = (0xC0..0x3_0000)
            .filter_map(char::from_u32)
            .filter(|c| !('\u{AC00}'..='\u{D7A3}').contains(c))
            .filter_map(|c| match CANONICAL.decompose(c) {
                Decomposed::Expansion(_, second) => Some(second),
                Decomposed::Default | Decomposed::Singleton(_) => None,
            })
            .collect();
        // Hangul vowels and final consonants join by rule.
        seconds.extend('\u{1161}'..='\u{1175}');
        seconds.extend('\u{11A8}'..='\u{11C2}');
        seconds.sort_unstable();
        seconds.dedup();
        seconds
    });
    SECONDS.binary_search(&c).is_ok()
}

/// Whether two characters that stand side by side certainly stay two in any composed form: they do
/// not compose, and the first has no mark inside that could change places with the second.
pub(super) fn stay_apart(first: char, second: char) -> bool {
    !decomposes(first) && COMPOSITION.compose(first, second).is_none()
}

/// Whether `c` is canonically equal to other characters.
pub(super) fn decomposes(c: char) -> bool {
    !matches!(CANONICAL.decompose(c), Decomposed::Default)
}

/// Canonical combining class of `c`, 0 for starters.
pub(super) fn combining_class(c: char) -> u8 {
    CLASS.get_u8(c)
}

/// The character that `c` is canonically equal to, where that is a single one.
pub(super) fn canonical_twin(c: char) -> char {
    match CANONICAL.decompose(c) {
        Decomposed::Singleton(twin) => twin,
        Decomposed::Default | Decomposed::Expansion(..) => c,
    }
}

/// The letters of a typographic ligature. Letters such as œ and æ are letters, not ligatures.
pub(super) fn ligature(c: char) -> Option<&'static str> {
    Some(match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        'ﬓ' => "մն",
        'ﬔ' => "մե",
        'ﬕ' => "մի",
        'ﬖ' => "վն",
        'ﬗ' => "մխ",
        'ĳ' => "ij",
        'Ĳ' => "IJ",
        _ => return None,
    })
}

/// Puts the letters of ASCII in place of those that look like them.
fn fold_confusables(decomposed: &mut String) {
    if decomposed.chars().any(|c| confusables::latin(c).is_some()) {
        let letters = decomposed.chars();
        *decomposed = letters
            .map(|c| confusables::latin(c).unwrap_or(c))
            .collect();
    }
}

/// Removes the nonspacing marks that follow a letter of a script whose marks are diacritics.
fn strip(decomposed: &mut String) {
    if !decomposed.chars().any(classes::is_nonspacing) {
        return;
    }
    let mut bearing = false;
    decomposed.retain(|c| {
        if classes::is_nonspacing(c) {
            return !bearing;
        }
        if !classes::is_mark(c) {
            bearing = classes::bears_diacritics(c);
        }
        true
    });
}
