//! One text: both faces and the way back, direct speech, furniture, words.

use std::borrow::Cow;

use arbitrary::Arbitrary;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;
use wirefold::at_each_level;
use wirefold::furniture::{mark, spans, strip};
use wirefold::normalize::{
    CleanOptions, Cleaner, Form, Marks, MatchOptions, Matcher, OffsetMap, mojibake, validate,
    validate_or_replace,
};
use wirefold::quotation::quotations;
use wirefold::tokenize::{Hasher, Shingles, Words, boundaries};

fn form(number: u8) -> Form {
    [Form::Keep, Form::Nfc, Form::Nfkc][usize::from(number % 3)]
}

fn marks(number: u8) -> Marks {
    [Marks::Keep, Marks::Straight, Marks::Typographic][usize::from(number % 3)]
}

/// What is asked of a text.
#[derive(Arbitrary, Debug)]
pub struct Asked<'a> {
    steps: u16,
    choices: [u8; 5],
    text: &'a str,
}

/// Every promise that both faces share.
fn face(
    text: &str,
    plain: &dyn Fn(&str) -> String,
    mapped: &dyn Fn(&str, &mut String, &mut OffsetMap),
) -> String {
    let normal = plain(text);
    let (mut out, mut map) = (String::from("before"), OffsetMap::default());
    mapped(text, &mut out, &mut map);
    let out = &out["before".len()..];
    assert_eq!(out, normal, "with the way back or without");
    assert_eq!(map.len(), out.len());
    let mut last = 0..0;
    for (at, c) in out.char_indices() {
        let source = map.original(at..at + c.len_utf8());
        assert!(
            text.get(source.clone()).is_some(),
            "{source:?} is no piece of {text:?}"
        );
        assert!(source.start >= last.start && source.end >= last.end);
        last = source;
    }
    at_each_level(|level| assert_eq!(plain(text), normal, "at {level}"));
    normal
}

/// The match face with any choice of steps.
pub fn matching(asked: Asked<'_>) {
    let on = |bit: u16| asked.steps >> bit & 1 == 1;
    let options = if on(15) {
        MatchOptions::default()
    } else {
        MatchOptions {
            form: form(asked.choices[0]),
            case: on(0),
            quotes: on(1),
            apostrophes: on(2),
            dashes: on(3),
            ellipsis: on(4),
            spaces: on(5),
            invisibles: on(6),
            digits: on(7),
            diacritics: on(8),
            confusables: on(9),
        }
    };
    let matcher = Matcher::new(options);
    let once = face(
        asked.text,
        &|text| matcher.normalize(text).into_owned(),
        &|text, out, map| matcher.normalize_mapped(text, out, map),
    );
    assert!(
        matches!(matcher.normalize(&once), Cow::Borrowed(_)),
        "twice is once"
    );
}

/// The clean face with any choice of steps.
pub fn cleaning(asked: Asked<'_>) {
    let on = |bit: u16| asked.steps >> bit & 1 == 1;
    let options = if on(15) {
        CleanOptions::default()
    } else {
        CleanOptions {
            mojibake: on(0),
            html: on(1),
            invisibles: on(2),
            form: form(asked.choices[0]),
            ligatures: on(3),
            quotes: marks(asked.choices[1]),
            apostrophes: marks(asked.choices[2]),
            dashes: marks(asked.choices[3]),
            ellipsis: marks(asked.choices[4]),
            spaces: on(4),
            line_ends: on(5),
            unwrap: on(6),
        }
    };
    // Entities are decoded once, and what was decoded may be decoded again.
    let again = !options.html && !options.mojibake && !options.unwrap;
    let cleaner = Cleaner::new(options);
    let once = face(
        asked.text,
        &|text| cleaner.clean(text).into_owned(),
        &|text, out, map| cleaner.clean_mapped(text, out, map),
    );
    if again {
        assert_eq!(cleaner.clean(&once), once, "twice is once");
    }
}

/// The normalization forms against those of ICU.
pub fn forms(text: &str) {
    for (form, icu) in [
        (Form::Nfc, ComposingNormalizerBorrowed::new_nfc()),
        (Form::Nfkc, ComposingNormalizerBorrowed::new_nfkc()),
    ] {
        let want = icu.normalize(text);
        let cleaner = Cleaner::new(CleanOptions {
            form,
            ..CleanOptions::NONE
        });
        assert_eq!(cleaner.clean(text), want, "clean, {form:?}");
        let matcher = Matcher::new(MatchOptions {
            form,
            ..MatchOptions::NONE
        });
        assert_eq!(matcher.normalize(text), want, "match, {form:?}");
    }
}

/// Any bytes as text.
pub fn bytes(data: &[u8]) {
    let replaced = validate_or_replace(data);
    assert_eq!(replaced.text, String::from_utf8_lossy(data));
    match (validate(data), std::str::from_utf8(data)) {
        (Ok(text), Ok(want)) => {
            assert_eq!(text, want);
            assert_eq!(replaced.replaced, 0);
        }
        (Err(problem), Err(want)) => assert_eq!(problem.offset, want.valid_up_to()),
        (got, want) => panic!("{got:?}, not {want:?}"),
    }
    let text = replaced.text;
    let _ = mojibake::repair(&text);
}

/// Direct speech and furniture.
pub fn spoken(text: &str) {
    let mut start = 0;
    for quotation in quotations(text) {
        let (outer, inner) = (quotation.outer, quotation.inner);
        assert!(outer.start >= start, "in order");
        start = outer.start;
        assert!(outer.start <= inner.start && inner.end <= outer.end);
        assert!(text.get(outer).is_some());
        let inner = text.get(inner).unwrap();
        assert!(!inner.is_empty() && inner.trim() == inner, "{inner:?}");
    }
    let found = spans(text);
    let mut end = 0;
    for furniture in &found {
        assert!(furniture.span.start >= end, "in order, without overlap");
        end = furniture.span.end;
        let piece = text.get(furniture.span.clone()).unwrap();
        assert!(!piece.is_empty() && piece.trim() == piece, "{piece:?}");
    }
    let marked = mark(text, &found);
    assert!(marked.len() >= text.len());
    assert!(strip(text, &found).len() <= text.len());
}

/// Words and shingles at every level, and boundaries against those of ICU.
pub fn words(text: &str) {
    let hasher = Hasher::new(0);
    let mut first: Option<(Words, Vec<u64>)> = None;
    at_each_level(|level| {
        let (mut words, mut spans) = (Words::default(), Words::default());
        words.hash(&hasher, text);
        spans.hash_with_spans(&hasher, text);
        assert_eq!(words.hashes, spans.hashes, "{level}");
        assert_eq!(spans.hashes.len(), spans.spans.len());
        // Pairs of characters in scripts without spaces overlap.
        let mut last = (0, 0);
        for &(from, to) in &spans.spans {
            assert!(last.0 <= from && last.1 <= to && from < to);
            assert!(text.get(from as usize..to as usize).is_some());
            last = (from, to);
        }
        let mut written = Vec::new();
        Shingles::write(&hasher, &words.hashes, 5, &mut written);
        let shingles: Vec<u64> = Shingles::new(&hasher, &words.hashes, 5).collect();
        assert_eq!(shingles, written, "{level}");
        match &first {
            None => first = Some((spans, shingles)),
            Some((words, same)) => {
                assert_eq!(words.hashes, spans.hashes, "{level}");
                assert_eq!(words.spans, spans.spans, "{level}");
                assert_eq!(*same, shingles, "{level}");
            }
        }
    });
    // ICU looks words of some scripts up, where ours stops at UAX #29: text of those is passed over.
    let looked_up = |c: char| {
        matches!(u32::from(c), 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x1950..=0x19df | 0x19e0..=0x19ff
            | 0x1a20..=0x1aaf | 0xa9e0..=0xa9ff | 0xaa60..=0xaadf | 0x2e80..=0x31ff | 0x3400..=0x9fff
            | 0xf900..=0xfaff | 0xff00..=0xffef | 0x11700..=0x1174f | 0x1aff0..=0x1b16f | 0x1f200..=0x1f2ff
            | 0x116d0..=0x116ff | 0x16fe0..=0x16fff | 0x20000..=0x3ffff)
    };
    // So is what Unicode 18 added, which the data of ICU's properties know and those of its segmenter do not yet.
    let added = |c: char| {
        matches!(u32::from(c), 0x558 | 0x58b..=0x58c | 0x5c8..=0x5c9 | 0xb53..=0xb54 | 0x1ade..=0x1af0 | 0x208f
            | 0x209d..=0x209f | 0xa7dd | 0xa7e2 | 0xab6c..=0xab6d | 0x107bb..=0x107bf | 0x10ecb..=0x10ef9 | 0x11b0a
            | 0x11df0..=0x11df1 | 0x1246f | 0x12475..=0x12686 | 0x1d127..=0x1d128 | 0x1d250..=0x1d281 | 0x1d6a6
            | 0x1df1f..=0x1dfff)
    };
    if !text.chars().any(|c| looked_up(c) || added(c)) {
        let segmenter = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
        let mut want: Vec<usize> = segmenter.segment_str(text).collect();
        if text.is_empty() {
            want.clear();
        }
        assert_eq!(boundaries(text), want);
    }
}
