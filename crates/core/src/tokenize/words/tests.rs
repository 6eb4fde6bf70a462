use proptest::prelude::*;

use super::*;
use crate::simd::at_each_level;
use crate::tokenize::boundaries;
use crate::tokenize::class::{Class, wb};

/// The words one at a time, and as columns.
fn every_way(hasher: &Hasher, text: &str) -> [Vec<Word>; 2] {
    let mut single = Vec::new();
    for_each_word(hasher, text, |w| single.push(w));
    let mut words = Words::default();
    words.hash(hasher, text);
    let hashes = words.hashes.clone();
    words.hash_with_spans(hasher, text);
    assert_eq!(words.hashes, hashes);
    let columns = words.hashes.iter().zip(&words.spans);
    let columns = columns.map(|(&hash, &(start, end))| Word {
        hash,
        start: start as usize,
        end: end as usize,
    });
    [single, columns.collect()]
}

fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for_each_word(&Hasher::default(), text, |w| {
        found.push(&text[w.start..w.end]);
    });
    found
}

#[test]
fn words_of_english() {
    assert_eq!(
        words("don't stop: the u.s. paid $3,000.50 (5'10) at 12:30, re-election a_b __ x"),
        [
            "don't", "stop", "the", "u.s", "paid", "3,000.50", "5'10", "at", "12", "30", "re",
            "election", "a_b", "x"
        ]
    );
}

#[test]
fn words_of_other_scripts() {
    assert_eq!(words("été à l'île"), ["été", "à", "l'île"]);
    assert_eq!(words("привет, мир"), ["привет", "мир"]);
    assert_eq!(
        words("東京都は2020年"),
        ["東京", "京都", "都は", "2020", "年"]
    );
    assert_eq!(words("x東y"), ["x", "東", "y"]);
    assert_eq!(words("คนไทย"), ["คน", "นไ", "ไท", "ทย"]);
    // A vowel sign stays with its consonant.
    assert_eq!(words("กุข"), ["กุข"]);
}

/// Words and marks of several scripts, separators of every kind, combining marks and joiners where
/// they belong and where they do not, pictographs that are letters.
const SCRIPTS: &str = "([a-z]{1,4}|[а-яё]{1,9}|[α-ωά]{1,6}|[ا-ي]{1,6}[،؛.]?|[कखगनम\u{93e}\u{94d}\u{902}]{1,8}\
    |[éüß]{1,2}|[אבג]{1,4}['\"]{0,2}|[東京都は]{1,5}|[カタ]{1,3}|[ㄅㄆꀀꀁ]{1,2}|[คนไ\u{e38}]{1,4}|[0-9]{1,3}|[٠-٩]{1,3}\
    |[aя1٠א][.':,\"_][\u{301}\u{200d}]?[bю2٠ב]\
    |[ .,':;_\"(-]{1,2}|[ ]{1,2}|[—«»。、·‿\u{2028}]|[\u{301}\u{200d}\u{ad}\u{3099}]|[ⓜ😀🇦𝒜𠀀]){0,60}";

/// Words one character at a time: separators that stand alone, runs of unspaced scripts, segments.
fn by_definition(hasher: &Hasher, text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut push = |start: usize, end: usize| {
        let hash = hasher.word(&text.as_bytes()[start..end]);
        found.push(Word { hash, start, end });
    };
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_ascii() && ASCII[usize::from(first as u8)] & IN_WORD == 0 {
            at += 1;
        } else if Class::of(first).is_unspaced() {
            // Starts of the run's characters, marks left out, and its end last.
            let mut starts = Vec::new();
            let mut end = text.len();
            for (i, c) in text[at..].char_indices() {
                if Class::of(c).is_unspaced() {
                    starts.push(at + i);
                } else if !Class::of(c).is_extending() || Class::of(c).value() == wb::FORMAT {
                    end = at + i;
                    break;
                }
            }
            starts.push(end);
            for three in starts.windows(3) {
                push(three[0], three[2]);
            }
            if let [start, end] = starts[..] {
                push(start, end);
            }
            at = end;
        } else {
            let (end, wordlike) = segment(text, at);
            if wordlike {
                push(at, end);
            }
            at = end;
        }
    }
    found
}

proptest! {
    #[test]
    fn the_ascii_path_equals_the_general_path(text in "[a-c0-2_.',:; é\u{301}\u{200d}\"א東]{0,24}") {
        let ends = boundaries(&text);
        let mut want = Vec::new();
        for pair in ends.windows(2) {
            let piece = &text[pair[0]..pair[1]];
            let wordlike = piece.chars().any(|c| Class::of(c).is_wordlike() && !Class::of(c).is_unspaced());
            if wordlike {
                want.push(piece);
            }
        }
        let got: Vec<&str> = words(&text).into_iter().filter(|w| !w.contains('東')).collect();
        prop_assert_eq!(got, want);
    }

    /// Long enough for the eight-byte steps, with words on both sides of their 16 bytes.
    #[test]
    fn eight_bytes_at_a_time_equals_byte_by_byte(text in "([a-zA-Z0-9_]{1,19}[ .,'é:@\\[`{/-]{1,2}){0,8}") {
        let hasher = Hasher::default();
        let mut got = Vec::new();
        for_each_word(&hasher, &text, |w| got.push(w));
        for word in &got {
            prop_assert_eq!(word.hash, hasher.word(&text.as_bytes()[word.start..word.end]));
        }
        // One word at a time, each at the end of its text, takes the byte loop.
        let ends = boundaries(&text);
        let want: Vec<(usize, usize)> = ends
            .windows(2)
            .filter(|e| text[e[0]..e[1]].chars().any(char::is_alphanumeric))
            .map(|e| (e[0], e[1]))
            .collect();
        let got: Vec<(usize, usize)> = got.iter().map(|w| (w.start, w.end)).collect();
        prop_assert_eq!(got, want);
    }

    /// Whole blocks of ASCII, with a character of another script now and then.
    #[test]
    fn blocks_equal_segments(text in "([a-zA-Z0-9_]{1,5}[ .,':;_-]{1,2}|[a-z]{60,70}|[0-9.]{9}|é){0,60}") {
        let hasher = Hasher::default();
        let ends = boundaries(&text);
        let want: Vec<Word> = ends
            .windows(2)
            .filter(|e| text[e[0]..e[1]].chars().any(char::is_alphanumeric))
            .map(|e| Word { hash: hasher.word(&text.as_bytes()[e[0]..e[1]]), start: e[0], end: e[1] })
            .collect();
        let mut all = Vec::new();
        at_each_level(|_| all.push(every_way(&hasher, &text)));
        for got in all {
            prop_assert_eq!(got, [want.clone(), want.clone()]);
        }
    }

    /// Whole blocks of any script, with everything that the block walk must leave to others.
    #[test]
    fn blocks_of_any_script_equal_segments(text in SCRIPTS) {
        // Spaces enough behind it that no part of it is too near the end for a block.
        let text = format!("{text}{:70}", "");
        let hasher = Hasher::default();
        let want = by_definition(&hasher, &text);
        let mut all = Vec::new();
        at_each_level(|_| all.push(every_way(&hasher, &text)));
        for got in all {
            prop_assert_eq!(got, [want.clone(), want.clone()]);
        }
    }

    #[test]
    fn words_are_ordered_and_in_bounds(text in any::<String>()) {
        let mut last = 0;
        for_each_word(&Hasher::default(), &text, |w| {
            assert!(last <= w.start && w.start < w.end && w.end <= text.len());
            assert!(text.is_char_boundary(w.start) && text.is_char_boundary(w.end));
            last = w.start;
        });
    }
}
