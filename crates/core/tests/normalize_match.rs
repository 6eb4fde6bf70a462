//! The match face: each step, and the promises that hold for any text.

use std::borrow::Cow;

use proptest::prelude::*;
use unicode_text::{decomposed, tricky_text};
use wirefold::normalize::{Form, MatchOptions, Matcher, OffsetMap};

#[path = "support/unicode_text.rs"]
mod unicode_text;

fn matched(text: &str) -> String {
    Matcher::default().normalize(text).into_owned()
}

#[track_caller]
fn all_agree(texts: &[&str], expected: &str) {
    for text in texts {
        assert_eq!(matched(text), expected, "from {text:?}");
    }
}

#[test]
fn quotation_marks_of_every_kind_agree() {
    all_agree(
        &[
            "\"Yes\" he said",
            "“Yes” he said",
            "„Yes“ he said",
            "«Yes» he said",
            "»Yes« he said",
            "‹Yes› he said",
            "‘Yes’ he said",
            "‚Yes‘ he said",
            "'Yes' he said",
            "''Yes'' he said",
            "``Yes'' he said",
            "`Yes' he said",
            "″Yes″ he said",
            "″Yes′′ he said",
            "‟Yes” he said",
            "＂Yes＂ he said",
            "「Yes」 he said",
            "『Yes』 he said",
            "´Yes´ he said",
            "〝Yes〟 he said",
            "‘‘Yes’’ he said",
        ],
        "\"yes\" he said",
    );
}

#[test]
fn apostrophes_stay_apart_from_quotation_marks() {
    all_agree(
        &[
            "don't", "don’t", "don‘t", "donʼt", "don′t", "don`t", "don´t", "don＇t", "don‛t",
        ],
        "don't",
    );
    assert_eq!(matched("l’été d’Éva"), "l'été d'éva");
    assert_eq!(matched("the workers’ hall"), "the workers\" hall");
    assert_eq!(matched("6'2\""), "6'2\"");
    assert_eq!(matched("他说‘你好’吗"), "他说\"你好\"吗");
    assert_eq!(matched("‘서울’은"), "\"서울\"은");
    assert_eq!(matched("Cafe\u{301}’s"), "café's");
}

#[test]
fn dashes_join_or_separate() {
    all_agree(
        &[
            "1990-95",
            "1990–95",
            "1990‑95",
            "1990‒95",
            "1990−95",
            "1990－95",
            "1990\u{AD}-95",
        ],
        "1990-95",
    );
    all_agree(
        &[
            "one - two",
            "one – two",
            "one — two",
            "one—two",
            "one--two",
            "one -- two",
            "one---two",
            "one――two",
            "one⸺two",
            "one ——\ntwo",
        ],
        "one - two",
    );
    assert_eq!(matched("— one —"), "- one -");
}

#[test]
fn white_space_collapses_and_the_ends_are_trimmed() {
    all_agree(
        &[
            "one two three",
            "  one\ttwo \u{A0} three\n",
            "one\r\ntwo\n\n\nthree",
            "\u{FEFF}one\u{3000}two\u{2028}three\u{85}",
            "one\u{2009}two\u{200B} \u{200B}three \u{200B}",
        ],
        "one two three",
    );
    assert_eq!(matched(" \n\t "), "");
}

#[test]
fn invisible_characters_are_dropped() {
    assert_eq!(
        matched("ca\u{AD}na\u{200D}l\u{202E}\u{0}\u{FE0F}\u{7F}"),
        "canal"
    );
    // What a dropped character kept apart comes together.
    assert_eq!(matched("e\u{200D}\u{301}"), "é");
    assert_eq!(matched("e\u{34F}\u{323}\u{200B}\u{301}"), "ẹ\u{301}");
}

#[test]
fn case_compatibility_digits_and_ellipsis() {
    assert_eq!(
        matched("STRASSE Straße ΣΊΣΥΦΟΣ ﬁne Ｗｉｒｅ x²"),
        "strasse strasse σίσυφοσ fine wire x2"
    );
    assert_eq!(matched("İ ΐ ŉ"), "i\u{307} ΐ \"n");
    assert_eq!(matched("٣٤ ३४ 𝟛𝟜 ３４"), "34 34 34 34");
    assert_eq!(matched("wait… no"), "wait... no");
    assert_eq!(matched("ᾳ α\u{345}\u{300} \u{1F80}"), "αι ὰι ἀι");
}

#[test]
fn diacritics_go_only_when_asked() {
    let matcher = Matcher::new(MatchOptions {
        diacritics: true,
        ..MatchOptions::default()
    });
    assert_eq!(
        matcher.normalize("Éva Čapek, ёлка, Ὀδυσσεύς"),
        "eva capek, елка, οδυσσευσ"
    );
    assert_eq!(matcher.normalize("E\u{301}\u{323}va"), "eva");
    assert_eq!(matcher.normalize("हिन्दी が"), "हिन्दी が");
    assert_eq!(matched("Éva"), "éva");
}

#[test]
fn unchanged_text_is_borrowed() {
    let matcher = Matcher::default();
    for text in [
        "",
        "plain words, it's all here - done.",
        "ещё одна строка",
        "日本 \"語\"",
    ] {
        assert!(
            matches!(matcher.normalize(text), Cow::Borrowed(_)),
            "{text:?}"
        );
    }
    assert!(matches!(matcher.normalize("ends "), Cow::Owned(_)));
}

#[test]
fn no_step_changes_nothing() {
    let matcher = Matcher::new(MatchOptions::NONE);
    let text = " “A”\u{200B}  —…\r\n É٣ﬁ ";
    assert!(matches!(matcher.normalize(text), Cow::Borrowed(_)));
}

#[test]
fn into_appends() {
    let mut out = String::from("kept ");
    Matcher::default().normalize_into("  “New” ", &mut out);
    assert_eq!(out, "kept \"new\"");
}

#[test]
fn a_found_word_leads_back_to_its_bytes() {
    let original = "\u{FEFF}“The Straße—Ｃafe\u{301}”  ﬁne…";
    let (mut out, mut map) = (String::from("before"), OffsetMap::default());
    Matcher::default().normalize_mapped(original, &mut out, &mut map);
    let text = out.strip_prefix("before").unwrap();
    assert_eq!(text, "\"the strasse - café\" fine...");
    let source = |word: &str| {
        let at = text.find(word).unwrap();
        &original[map.original(at..at + word.len())]
    };
    assert_eq!(source("strasse"), "Straße");
    assert_eq!(source("café"), "Ｃafe\u{301}");
    assert_eq!(source(" - "), "—");
    assert_eq!(source("fine"), "ﬁne");
    // Half of a ligature leads back to the whole of it, and what stands beside it to itself.
    assert_eq!(source("ine"), "ﬁne");
    assert_eq!(source("ne"), "ne");
    assert_eq!(&original[map.original(0..text.len())], &original[3..]);
    assert_eq!(
        map.original(text.len()..999),
        original.len()..original.len()
    );
}

#[test]
fn letters_that_look_alike_are_one_only_when_asked() {
    let matcher = Matcher::new(MatchOptions {
        confusables: true,
        ..MatchOptions::default()
    });
    // Cyrillic, Greek, Armenian and Cherokee letters within Latin words, and Latin ones within Cyrillic.
    for (spoofed, plain) in [
        ("The hаrbоr iѕ сlоѕеd", "The harbor is closed"),
        ("ТНЕ ΗΑRΒΟR", "THE HARBOR"),
        ("հarbօr", "harbor"),
        ("ᎢᎻᎬ harbor", "the harbor"),
        ("ĳsvrij е\u{301}t\u{e9}", "ijsvrij \u{e9}t\u{e9}"),
        ("Пoртa", "Порта"),
    ] {
        assert_eq!(matcher.normalize(spoofed), matcher.normalize(plain));
        assert_ne!(matched(spoofed), matched(plain));
    }
    // Figures are no letters, and what looks like no Latin letter stays.
    assert_eq!(matcher.normalize("10 0ІО"), "10 0io");
    assert_eq!(matcher.normalize("Йод, юг 日本 ا"), "йoд, юr 日本 ا");
    // Both cases of a word are folded alike.
    for word in ["НОВОСТИ", "Ειδήσεις", "Ереван՝ Երեւան", "Ꮳꮃꭹ"] {
        let (small, capital) = (word.to_lowercase(), word.to_uppercase());
        assert_eq!(matcher.normalize(&small), matcher.normalize(&capital));
    }
    // With case kept, a capital stays one.
    let cased = Matcher::new(MatchOptions {
        confusables: true,
        ..MatchOptions::NONE
    });
    assert_eq!(cased.normalize("Нarbоr А\u{301}"), "Harbor \u{c1}");
}

#[test]
fn folded_letters_lead_back_to_their_own() {
    let matcher = Matcher::new(MatchOptions {
        confusables: true,
        ..MatchOptions::default()
    });
    let original = "Сlosed: the hаrbоr";
    let (mut text, mut map) = (String::new(), OffsetMap::default());
    matcher.normalize_mapped(original, &mut text, &mut map);
    assert_eq!(text, "closed: the harbor");
    let at = text.find("harbor").unwrap();
    assert_eq!(&original[map.original(at..at + 6)], "hаrbоr");
    assert_eq!(&original[map.original(0..1)], "С");
}

#[test]
fn every_character_folded_twice_is_folded_once() {
    let matcher = Matcher::new(MatchOptions {
        confusables: true,
        ..MatchOptions::default()
    });
    for c in '\0'..=char::MAX {
        for text in [format!("a{c}b"), format!("а{c}\u{306}")] {
            let once = matcher.normalize(&text);
            assert_eq!(matcher.normalize(&once), once, "{c:?}");
        }
    }
}

fn options() -> impl Strategy<Value = MatchOptions> {
    let form = prop_oneof![Just(Form::Keep), Just(Form::Nfc), Just(Form::Nfkc)];
    (form, proptest::array::uniform10(any::<bool>())).prop_map(|(form, on)| MatchOptions {
        form,
        case: on[0],
        quotes: on[1],
        apostrophes: on[2],
        dashes: on[3],
        ellipsis: on[4],
        spaces: on[5],
        invisibles: on[6],
        digits: on[7],
        diacritics: on[8],
        confusables: on[9],
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn twice_is_once(text in tricky_text()) {
        let matcher = Matcher::default();
        let once = matcher.normalize(&text).into_owned();
        let twice = matcher.normalize(&once);
        prop_assert!(matches!(twice, Cow::Borrowed(_)), "{:?} -> {:?} -> {:?}", text, once, twice);
    }

    #[test]
    fn canonical_equals_agree(text in tricky_text()) {
        prop_assert_eq!(matched(&text), matched(&decomposed(&text)));
    }

    #[test]
    fn the_three_calls_agree_and_the_map_is_sound(text in tricky_text()) {
        let matcher = Matcher::default();
        let normal = matcher.normalize(&text);
        let (mut into, mut mapped, mut map) = (String::new(), String::new(), OffsetMap::default());
        matcher.normalize_into(&text, &mut into);
        matcher.normalize_mapped(&text, &mut mapped, &mut map);
        prop_assert_eq!(&normal, &into);
        prop_assert_eq!(&normal, &mapped);
        prop_assert_eq!(map.len(), mapped.len());
        let mut last = 0..0;
        for (at, c) in mapped.char_indices() {
            let source = map.original(at..at + c.len_utf8());
            prop_assert!(text.get(source.clone()).is_some_and(|piece| !piece.is_empty()));
            prop_assert!(source.start >= last.start && source.end >= last.end);
            last = source;
        }
    }

    #[test]
    fn a_word_leads_back_to_what_normalizes_to_it(text in tricky_text()) {
        let matcher = Matcher::default();
        let (mut out, mut map) = (String::new(), OffsetMap::default());
        matcher.normalize_mapped(&text, &mut out, &mut map);
        for word in out.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1) {
            let at = word.as_ptr() as usize - out.as_ptr() as usize;
            let source = &text[map.original(at..at + word.len())];
            prop_assert!(matcher.normalize(source).contains(word), "{:?} from {:?}", word, source);
        }
    }

    #[test]
    fn any_choice_of_steps_holds_its_promises(text in tricky_text(), options in options()) {
        let matcher = Matcher::new(options);
        let (mut once, mut map) = (String::new(), OffsetMap::default());
        matcher.normalize_mapped(&text, &mut once, &mut map);
        prop_assert_eq!(map.len(), once.len());
        let twice = matcher.normalize(&once);
        prop_assert_eq!(&once, &twice, "from {:?}", text);
    }
}

#[test]
fn spaces_inside_french_guillemets_are_part_of_them() {
    let matcher = Matcher::default();
    for (text, want) in [
        (
            "dit : « Oui\u{a0}», puis « non »",
            "dit : \"oui\", puis \"non\"",
        ),
        ("«\u{202f}Oui\u{202f}»", "\"oui\""),
        ("il dit «Oui» et part", "il dit \"oui\" et part"),
        ("er sagte »Ja« und ging", "er sagte \"ja\" und ging"),
        ("»Ja«, »nein« , gut", "\"ja\", \"nein\" , gut"),
        ("a « b", "a \"b"),
    ] {
        let got = matcher.normalize(text);
        assert_eq!(got, want);
        assert_eq!(matcher.normalize(&got), got);
    }
}
