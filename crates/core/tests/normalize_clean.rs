//! The clean face: each step, and the promises that hold for any text.

use std::borrow::Cow;

use proptest::prelude::*;
use unicode_text::tricky_text;
use wirefold::normalize::{CleanOptions, Cleaner, Form, Marks, OffsetMap};

#[path = "support/unicode_text.rs"]
mod unicode_text;

fn with(change: impl FnOnce(&mut CleanOptions)) -> Cleaner {
    let mut options = CleanOptions::default();
    change(&mut options);
    Cleaner::new(options)
}

#[track_caller]
fn cleans(cleaner: &Cleaner, pairs: &[(&str, &str)]) {
    for (text, expected) in pairs {
        assert_eq!(cleaner.clean(text), *expected, "from {text:?}");
    }
}

#[test]
fn spaces_and_line_ends() {
    cleans(
        &Cleaner::default(),
        &[
            ("one\u{A0}two\t\tthree  four", "one two three four"),
            (" one \n  two\u{3000}\n", "one\ntwo"),
            (
                "one\r\ntwo\rthree\u{2028}four\u{85}five\u{C}six",
                "one\ntwo\nthree\nfour\nfive\nsix",
            ),
            ("one\n\n\n \t\n\r\ntwo\n\nthree", "one\n\ntwo\n\nthree"),
            ("\n\n one", "one"),
            (" \n ", ""),
            ("ещё  одна\u{2009}строка \n да", "ещё одна строка\nда"),
        ],
    );
    let lines_only = Cleaner::new(CleanOptions {
        line_ends: true,
        ..CleanOptions::NONE
    });
    cleans(
        &lines_only,
        &[("  a  b \r\n\tc\n\n\nd", "  a  b \n\tc\n\nd")],
    );
    let spaces_only = Cleaner::new(CleanOptions {
        spaces: true,
        ..CleanOptions::NONE
    });
    cleans(
        &spaces_only,
        &[("  a  b \r\n\tc \n\n\n d ", "a b\r\nc\n\n\nd")],
    );
}

#[test]
fn invisible_characters_go_unless_a_script_or_an_emoji_needs_them() {
    cleans(
        &Cleaner::default(),
        &[
            (
                "\u{FEFF}co\u{AD}pper\u{200B} \u{202A}mine\u{202C}\u{0}\u{1B}",
                "copper mine",
            ),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("क\u{94D}\u{200D}ष", "क\u{94D}\u{200D}ष"),
            ("a\u{200C}b \u{200D}c", "ab c"),
            (
                "👩\u{200D}🚒 ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
                "👩\u{200D}🚒 ❤\u{FE0F} 1\u{FE0F}\u{20E3}",
            ),
            ("e\u{200D}\u{301}", "é"),
            ("x\u{FE0F}", "x"),
        ],
    );
}

#[test]
fn forms_and_ligatures() {
    cleans(
        &Cleaner::default(),
        &[("Cafe\u{301} ﬁne Ｆ", "Café ﬁne Ｆ"), ("\u{212B}", "Å")],
    );
    cleans(
        &with(|o| o.ligatures = true),
        &[("eﬃcient ﬂow Cafe\u{301} Ｆ", "efficient flow Café Ｆ")],
    );
    cleans(&with(|o| o.form = Form::Nfkc), &[("ﬁne Ｆ ①", "fine F 1")]);
    cleans(&with(|o| o.form = Form::Keep), &[("e\u{301}", "e\u{301}")]);
}

#[test]
fn straight_marks() {
    let cleaner = with(|o| {
        o.quotes = Marks::Straight;
        o.apostrophes = Marks::Straight;
        o.dashes = Marks::Straight;
        o.ellipsis = Marks::Straight;
    });
    cleans(
        &cleaner,
        &[
            ("„Es geht’s“, »so« ‚ja‘…", "\"Es geht's\", \"so\" 'ja'..."),
            ("``Old wire'' it said", "\"Old wire\" it said"),
            (
                "1990–95, well‑known — and--so",
                "1990-95, well-known - and - so",
            ),
            ("one\n----------\ntwo", "one\n----------\ntwo"),
            ("she left — \nthen", "she left -\nthen"),
        ],
    );
}

#[test]
fn typographic_marks() {
    let cleaner = with(|o| {
        o.quotes = Marks::Typographic;
        o.apostrophes = Marks::Typographic;
        o.dashes = Marks::Typographic;
        o.ellipsis = Marks::Typographic;
    });
    cleans(
        &cleaner,
        &[
            ("\"It's 'done',\" she said...", "“It’s ‘done’,” she said…"),
            ("(\"now\")--\"then\"", "(“now”)—“then”"),
            ("wait.... no", "wait.... no"),
            ("``Old wire''", "“Old wire”"),
        ],
    );
    let apostrophes = with(|o| o.apostrophes = Marks::Straight);
    cleans(&apostrophes, &[("‘It’s done’", "‘It's done’")]);
}

#[test]
fn entities_and_tags() {
    let cleaner = with(|o| o.html = true);
    cleans(
        &cleaner,
        &[
            (
                "Fish &amp; chips &#8211; &ldquo;hot&rdquo;&nbsp;&euro;4",
                "Fish & chips – “hot” €4",
            ),
            (
                "<p>One <b>bold</b>\nword</p><p>Two<br/>lines</p>",
                "One bold word\n\nTwo\nlines",
            ),
            (
                "a<script>if (a < b) { x('</p>') }</script>b<style>p{}</style>c<!-- no -->d",
                "abcd",
            ),
            (
                "<a href=\"x?a>b\" title='>'>link</a> 3 < 4 > 2",
                "link 3 < 4 > 2",
            ),
            ("<pre>one\n two</pre>", "one\ntwo"),
            ("<td>a</td><td>b</td>", "a b"),
            (
                "AT&T &bogus; & <ed@mail.example> <3 <",
                "AT&T &bogus; & <ed@mail.example> <3 <",
            ),
            ("line\nline &lt;p&gt;", "line\nline <p>"),
            (
                "<![CDATA[raw]]> <?xml version=\"1.0\"?><!DOCTYPE html>x",
                "raw]]> x",
            ),
            ("<script>never closed", "never closed"),
            ("<p class=\"broken>text</p> more", "text\n\nmore"),
        ],
    );
}

#[test]
fn wrapped_lines_are_joined_and_others_stay() {
    let wrapped = "The ferry to Lindholm will sail again from Monday,\n\
                   the harbor office said, after a week in dock. The\n\
                   crew of twelve had waited on the mainland.\n\
                   \x20  Tickets sold before the storm stay valid until the\n\
                   end of the month.\n\n\
                   Short line.\nAnother one.";
    let joined = "The ferry to Lindholm will sail again from Monday, the harbor office said, after a \
                  week in dock. The crew of twelve had waited on the mainland.\n\n\
                  Tickets sold before the storm stay valid until the end of the month.\n\n\
                  Short line.\nAnother one.";
    let cleaner = with(|o| o.unwrap = true);
    cleans(&cleaner, &[(wrapped, joined), (joined, joined)]);
    let list = "The council named three places for the new mill, all\n1. on the east bank of the \
                river, by the bridge\n2. near the old school in the village of Orrin";
    assert_eq!(cleaner.clean(list), list);
    let hyphen = "They called the plan a far-reaching and well-\nmeant one that nobody in the town would read";
    assert!(cleaner.clean(hyphen).contains("well-meant"));
}

#[test]
fn clean_text_is_borrowed() {
    for text in [
        "",
        "One line.\nTwo -- \"lines\".\n\nThree.",
        "Ещё «одна» строка…",
        "ｶﾞ 한국",
    ] {
        assert!(
            matches!(Cleaner::default().clean(text), Cow::Borrowed(_)),
            "{text:?}"
        );
    }
}

#[test]
fn the_map_leads_back_through_all_steps() {
    let original = "<p>The&nbsp; caf&eacute;\u{200B} \u{201C}Mora\u{201D}</p>\r\n<p>opens.</p>";
    let cleaner = with(|o| {
        o.html = true;
        o.quotes = Marks::Straight;
    });
    let (mut text, mut map) = (String::new(), OffsetMap::default());
    cleaner.clean_mapped(original, &mut text, &mut map);
    assert_eq!(text, "The café \"Mora\"\n\nopens.");
    let source = |piece: &str| {
        let at = text.find(piece).unwrap();
        &original[map.original(at..at + piece.len())]
    };
    assert_eq!(source("café"), "caf&eacute;");
    assert_eq!(source("\"Mora\""), "\u{201C}Mora\u{201D}");
    assert_eq!(source("opens"), "opens");
    assert_eq!(source(" caf"), "&nbsp; caf");
}

fn marks() -> impl Strategy<Value = Marks> {
    prop_oneof![
        Just(Marks::Keep),
        Just(Marks::Straight),
        Just(Marks::Typographic)
    ]
}

fn options() -> impl Strategy<Value = CleanOptions> {
    let form = prop_oneof![Just(Form::Keep), Just(Form::Nfc), Just(Form::Nfkc)];
    (
        form,
        marks(),
        marks(),
        marks(),
        marks(),
        proptest::array::uniform5(any::<bool>()),
    )
        .prop_map(
            |(form, quotes, apostrophes, dashes, ellipsis, on)| CleanOptions {
                mojibake: false,
                html: false,
                invisibles: on[0],
                form,
                ligatures: on[1],
                quotes,
                apostrophes,
                dashes,
                ellipsis,
                spaces: on[2],
                line_ends: on[3],
                unwrap: on[4],
            },
        )
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec("([a-z]{1,12}[ -]){0,14}[a-z]{1,9}(\n|\n|\n  |\n\n)", 0..9)
        .prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn twice_is_once(text in tricky_text(), options in options()) {
        let cleaner = Cleaner::new(options);
        let once = cleaner.clean(&text).into_owned();
        prop_assert_eq!(&cleaner.clean(&once), &once, "from {:?}", text);
    }

    #[test]
    fn twice_is_once_by_default(text in tricky_text()) {
        let cleaner = Cleaner::default();
        let once = cleaner.clean(&text).into_owned();
        prop_assert!(matches!(cleaner.clean(&once), Cow::Borrowed(_)), "{:?} from {:?}", once, text);
    }

    #[test]
    fn unwrapping_twice_is_once(text in lines()) {
        let cleaner = with(|o| o.unwrap = true);
        let once = cleaner.clean(&text).into_owned();
        prop_assert_eq!(&cleaner.clean(&once), &once, "from {:?}", text);
    }

    #[test]
    fn the_three_calls_agree_and_the_map_is_sound(text in tricky_text(), options in options(), html: bool) {
        let cleaner = Cleaner::new(CleanOptions { html, ..options });
        let clean = cleaner.clean(&text);
        let (mut into, mut mapped, mut map) = (String::new(), String::new(), OffsetMap::default());
        cleaner.clean_into(&text, &mut into);
        cleaner.clean_mapped(&text, &mut mapped, &mut map);
        prop_assert_eq!(&clean, &into);
        prop_assert_eq!(&clean, &mapped);
        prop_assert_eq!(map.len(), mapped.len());
        let mut last = 0..0;
        for (at, c) in mapped.char_indices() {
            let source = map.original(at..at + c.len_utf8());
            prop_assert!(text.get(source.clone()).is_some_and(|piece| !piece.is_empty()));
            prop_assert!(source.start >= last.start && source.end >= last.end);
            if source.len() > 1 && mapped.get(at..at + source.len()) == text.get(source.clone()) {
                prop_assert_eq!(map.original(at..at + source.len()).start, source.start);
            }
            last = source;
        }
    }

    #[test]
    fn markup_never_panics_and_plain_text_stays(text in "[a-z<>/!&;#\"'=\\- \n]{0,60}") {
        let cleaner = Cleaner::new(CleanOptions { html: true, ..CleanOptions::NONE });
        let (mut mapped, mut map) = (String::new(), OffsetMap::default());
        cleaner.clean_mapped(&text, &mut mapped, &mut map);
        prop_assert_eq!(map.len(), mapped.len());
        if !text.contains(['<', '&']) {
            prop_assert_eq!(mapped, text);
        }
    }
}

#[test]
fn what_is_no_element_is_text() {
    let cleaner = Cleaner::new(CleanOptions {
        html: true,
        ..CleanOptions::default()
    });
    for text in [
        "Quill Oil <QUO> to cut",
        "if x<y and w>z then e",
        "<Kelm, June 4>",
        "see <URL>",
    ] {
        assert_eq!(cleaner.clean(text), text);
    }
    assert_eq!(
        cleaner.clean("<B>Quill</B> <my-card>Oil</my-card> <o:p></o:p>up"),
        "Quill Oil up"
    );
}
