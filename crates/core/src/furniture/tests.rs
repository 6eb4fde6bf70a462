#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test tells that it was skipped, and stops at bad data"
)]

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::furniture::table::BUILT_IN;

/// For each table, in the same order: each form, a line that has it, and a near-miss.
const CASES: [&str; 7] = [
    include_str!("cases/shared.tsv"),
    include_str!("cases/en.tsv"),
    include_str!("cases/de.tsv"),
    include_str!("cases/fr.tsv"),
    include_str!("cases/es.tsv"),
    include_str!("cases/pt.tsv"),
    include_str!("cases/ru.tsv"),
];

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = table.lines().filter(|row| !row.starts_with('#'));
    rows.map(|row| row.split('\t').collect())
}

fn found(text: &str) -> Vec<(Kind, &str)> {
    let found = spans(text).into_iter();
    found.map(|piece| (piece.kind, &text[piece.span])).collect()
}

#[test]
fn every_form_has_a_hit_and_a_near_miss() {
    let mut wrong = Vec::new();
    for (table, cases) in BUILT_IN.iter().zip(CASES) {
        assert!(rows(table).count() >= 30);
        assert_eq!(rows(table).count(), rows(cases).count());
        for (row, case) in rows(table).zip(rows(cases)) {
            assert_eq!(row[2], case[0]);
            let (hit, miss) = (case[1], case[2]);
            let alone = Table::parse(&row.join("\t")).unwrap();
            let text = hit.replace(['⟦', '⟧'], "");
            let wanted = match (hit.find('⟦'), hit.find('⟧')) {
                (Some(start), Some(end)) => start..end - '⟦'.len_utf8(),
                _ => 0..text.len(),
            };
            let spans_of = |table: &Table| -> Vec<(String, Range<usize>)> {
                let found = table.spans(&text).into_iter();
                found.map(|f| (f.kind.name().to_owned(), f.span)).collect()
            };
            let wanted = vec![(row[0].to_owned(), wanted)];
            if spans_of(&alone) != wanted {
                wrong.push(format!(
                    "{row:?} alone: {:?}, not {wanted:?}",
                    spans_of(&alone)
                ));
            } else if spans_of(Table::built_in()) != wanted {
                let all = spans_of(Table::built_in());
                wrong.push(format!("{row:?} among all: {all:?}, not {wanted:?}"));
            }
            if !spans(miss).is_empty() {
                wrong.push(format!("{row:?} near-miss {miss}: {:?}", found(miss)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_built_in_tables_are_read_whole() {
    let forms: usize = BUILT_IN.iter().map(|table| rows(table).count()).sum();
    assert_eq!(Table::default().len(), forms);
    assert!(Table::new().is_empty());
}

#[test]
fn errors_name_the_line() {
    for (table, message) in [
        ("credit\tline-end", "line 1: 2 columns, but a row has 3"),
        ("# x\n\nthanks\tline-end\tby", "line 3: no kind `thanks`"),
        ("credit\tmiddle\tby", "line 1: no place `middle`"),
        (
            "credit\tline-end\tby <nobody>",
            "line 1: form `by <nobody>`: no such slot",
        ),
        (
            "credit\tline-end\tby <name",
            "line 1: form `by <name`: a slot has no `>`",
        ),
        (
            "credit\tline-end\t<any>",
            "line 1: form `<any>`: it would match any text",
        ),
    ] {
        let error = Table::parse(table).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn several_pieces_in_a_line() {
    assert_eq!(
        found(
            "(Adds details) KELM, March 3 (Northwire) - The pier is shut. Reuters contributed to \
             this report. All rights reserved."
        ),
        [
            (Kind::Advisory, "(Adds details)"),
            (Kind::Dateline, "KELM, March 3 (Northwire) -"),
            (Kind::Credit, "Reuters contributed to this report."),
            (Kind::Copyright, "All rights reserved."),
        ]
    );
}

#[test]
fn a_tail_directly_behind_an_opening() {
    assert_eq!(
        found("(Adds details) (Reuters)"),
        [
            (Kind::Advisory, "(Adds details)"),
            (Kind::Credit, "(Reuters)")
        ]
    );
    assert_eq!(
        found("KELM, March 3 (Northwire) - (Photo by Ana Quill)"),
        [
            (Kind::Dateline, "KELM, March 3 (Northwire) -"),
            (Kind::Photo, "(Photo by Ana Quill)")
        ]
    );
}

#[test]
fn a_glued_headline_ends_where_the_sentence_begins() {
    let cases = [
        (
            "SEE ALSO: Mayor McRae Joins LinkedInShe said on Friday that she liked it.",
            36,
        ),
        (
            "SEE ALSO: Storm Nears“We are ready,” the mayor of Kelm said.",
            21,
        ),
        (
            "SEE ALSO: Storm Nears\"We are ready,\" the mayor of Kelm said.",
            21,
        ),
        ("SEE ALSO: Is It Over?The ferry to Kelm sails at noon.", 21),
        (
            "SEE ALSO: U.S. Storm NearsThe ferry to Kelm sails at noon.",
            26,
        ),
        ("SEE ALSO: YouTube Closes Its Office in Kelm", 43),
    ];
    for (line, end) in cases {
        assert_eq!(found(line), [(Kind::Pointer, &line[..end])]);
    }
    assert_eq!(
        found("The pier is shut.READ MORE: Storm NearsThe ferry to Kelm sails at noon."),
        [(Kind::Pointer, "READ MORE: Storm Nears")]
    );
}

#[test]
fn direct_speech_is_never_furniture() {
    for text in [
        "“All rights reserved.”",
        "\"This is a developing story\"",
        "“SEE ALSO: Storm Nears”",
        "“The pier is shut. All rights reserved.”",
        "«Читайте также: Порт открыт»",
        "„Lesen Sie auch: Der Hafen ist offen“",
        "He read it out: “The pier is shut.\nBy Ana Quill\nAll rights reserved.”",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_paragraph_within_wrapped_text_has_no_dateline() {
    let text =
        "The pier is shut.\nIt was the mayor who came from the\nKELM, March 3 - Day he hated.";
    assert_eq!(found(text), []);
}

/// A seed, or `None` if its folder is absent.
fn seed(name: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let text = std::fs::read_to_string(root.join(name)).ok();
    if text.is_none() {
        println!("skipped: no ../shared/seeds/{name}");
    }
    text
}

#[test]
fn the_furniture_of_the_seeds() {
    if let Some(text) = seed("wire-000.txt") {
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len() - 1];
        assert_eq!(
            found(&text),
            [(Kind::Byline, lines[0]), (Kind::Credit, last)]
        );
    }
    if let Some(text) = seed("wire-002.txt") {
        // Where the glued sentences begin, by their first words.
        let wanted: Vec<(Kind, &str)> = text
            .lines()
            .filter(|line| line.starts_with("SEE ALSO"))
            .zip(["“We", "\"Russia", "Since"])
            .map(|(line, next)| (Kind::Pointer, &line[..line.find(next).unwrap()]))
            .collect();
        assert_eq!(wanted.len(), 3);
        assert_eq!(found(&text), wanted);
    }
    for name in ["wire-001.txt", "wire-003.txt", "wire-004.txt"] {
        if let Some(text) = seed(name) {
            println!("{name}: {:?}", found(&text));
        }
    }
}

#[test]
fn shown_and_taken_out() {
    let text = "By Ana Quill\n\nKELM (Northwire) - The pier is shut.\n\nSEE ALSO: Storm Nears\n\nThe \
                ferry waits.\nReuters contributed to this report.\n";
    let found = spans(text);
    assert_eq!(
        mark(text, &found),
        "⟦byline: By Ana Quill⟧\n\n⟦dateline: KELM (Northwire) -⟧ The pier is shut.\n\n⟦pointer: \
         SEE ALSO: Storm Nears⟧\n\nThe ferry waits.\n⟦credit: Reuters contributed to this \
         report.⟧\n"
    );
    assert_eq!(
        strip(text, &found),
        "The pier is shut.\n\nThe ferry waits.\n"
    );
    assert_eq!(strip("  plain\n\n\n", &[]), "  plain\n\n\n");
}

#[test]
fn lines_that_are_furniture() {
    for line in [
        "By Ana Quill",
        "By J.P. Marrow and Lena Ost",
        "SEE ALSO: Harbor reopens after storm",
        "Northwire contributed to this report.",
        "(Reporting by Tam Ells; Editing by Bo Rand)",
        "© 2031 Northwire. All rights reserved.",
        "Lesen Sie auch: Der Hafen ist offen",
        "Читайте также: Порт открыт",
        "This is a developing story.",
    ] {
        assert!(is_furniture(line), "{line}");
    }
    for line in [
        "By noon the harbor was open.",
        "By Friday Ana Quill had left.",
        "The mayor said more ships would come.",
        "Relatedly, the port stayed shut.",
        "He contributed to this report card of a season, she said of him and left.",
        "KELM (Northwire) - The pier is shut.",
        "",
    ] {
        assert!(!is_furniture(line), "{line}");
    }
}

#[test]
fn a_story_of_furniture_alone() {
    let story = |title, text| Story {
        title,
        text,
        ..Story::default()
    };
    let only = "By Ana Quill\n\nSEE ALSO: Harbor reopens\n";
    assert!(Table::default().is_alone(story(None, only), 6));
    assert!(!Table::default().is_alone(story(Some("Harbor shut"), only), 8));
    assert!(!Table::default().is_alone(story(None, ""), 0));
}

proptest! {
    #[test]
    fn spans_are_in_order_and_on_boundaries(
        pieces in prop::collection::vec(
            prop_oneof![
                Just("SEE ALSO: ".to_owned()), Just("By ".to_owned()), Just("Ana Quill".to_owned()),
                Just("(Reporting by ".to_owned()), Just("KELM, March 3".to_owned()),
                Just(" (Northwire) - ".to_owned()), Just("\n".to_owned()), Just("“".to_owned()),
                Just("”".to_owned()), Just(". ".to_owned()), Just("İß©".to_owned()),
                Just("All rights reserved".to_owned()), Just("МОСКВА, 26 ноября. /".to_owned()),
                ".{0,12}",
            ],
            0..24,
        )
    ) {
        let text = pieces.concat();
        let all = spans(&text);
        let mut end = 0;
        for Furniture { span, .. } in &all {
            prop_assert!(span.start >= end && span.start < span.end);
            prop_assert_eq!(text[span.clone()].trim(), &text[span.clone()]);
            end = span.end;
        }
        prop_assert_eq!(mark(&text, &all).len() >= text.len(), true);
        prop_assert!(strip(&text, &all).len() <= text.len());
    }
}

/// Forms that the built-in tables have none like.
const ODD: &str = "pointer\tline-start\tread on: <any>
pointer\tline-start\t\"Read <any>
pointer\tline-start\tklick hier <any>
credit\tline-end\tfrom the <names> desk - <number>
credit\tline-end\tbild åsa vik
credit\tline-end\t(from <any>.)
photo\tline-end\tphoto #<names>
promo\twhole-line\t<name> writes
advisory\tline-start\t<names> corrects: <any>
dateline\tparagraph-start\t<date> | <place>:
dateline\tparagraph-start\t<place> <name> <number> <dash>";

/// Forms that say little about how lines end.
const VAGUE: &str = "credit\tline-end\tpic by '<name>'
credit\tline-end\t<name>, <date>
credit\tline-end\tfiled <dash>
photo\tline-end\tpic #<any>
promo\tline-start\t<name> writes to <names>";

/// Texts of lines with forms, near-misses, parts of both, and ordinary words.
fn texts() -> impl Strategy<Value = String> {
    let lines = CASES
        .into_iter()
        .flat_map(rows)
        .flat_map(|row| [row[1].replace(['⟦', '⟧'], ""), row[2].to_owned()]);
    let lines: Vec<String> = lines.collect();
    let forms = ODD
        .lines()
        .chain(VAGUE.lines())
        .filter_map(|row| row.rsplit('\t').next());
    let forms = forms.map(|form| {
        let form = form.replace("<any>", "all we know").replace("<dash>", "--");
        let form = form.replace("<number>", "12").replace("<date>", "March 3");
        form.replace("<names>", "Ana Quill of the Times and Bo Rand")
            .replace("<name>", "Ana Quill")
            .replace("<place>", "New Kelm")
    });
    let forms: Vec<String> = forms.collect();
    let words = vec![
        "the",
        "ferry",
        "waits",
        "Kelm",
        "KELM",
        "Ana Quill",
        "de",
        "of",
        "and",
        "3",
        "March",
        "mars",
        "said",
        "(",
        ")",
        "/",
        ",",
        ":",
        ".",
        "!",
        "-",
        "–",
        "—",
        "“",
        "”",
        "\"",
        "'",
        "’",
        "©",
        "…",
        "[",
        "]",
        "*",
        "•",
        "\u{a0}",
        "Ä",
        "ß",
        "ё",
        "Ж",
        "Photo",
        "photo",
        "Reuters",
        "from",
        "by",
        "READ MORE",
        "İ",
    ];
    let between = vec![
        "\n", "\n\n", "\r\n", "\u{2028}", " ", " ", " ", "", ". ", ".", ", ",
    ];
    let cut = (
        prop::sample::select(lines.clone()),
        0usize..40,
        any::<bool>(),
    );
    let cut = cut.prop_map(|(line, most, begin)| {
        let mut chars: Vec<char> = line.chars().collect();
        if !begin {
            chars.reverse();
        }
        chars.truncate(most);
        if !begin {
            chars.reverse();
        }
        chars.into_iter().collect::<String>()
    });
    let piece = prop_oneof![
        2 => prop::sample::select(lines),
        1 => prop::sample::select(forms),
        2 => cut,
        6 => prop::sample::select(words).prop_map(str::to_owned),
    ];
    let pieces = prop::collection::vec((piece, prop::sample::select(between)), 0..16);
    pieces.prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(piece, after)| [piece, after.to_owned()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_is_lost_where_forms_are_not_tried(text in texts()) {
        static TABLES: std::sync::LazyLock<[Table; 6]> = std::sync::LazyLock::new(|| {
            let [odd, vague] = [ODD, VAGUE].map(|rows| Table::parse(rows).unwrap());
            [Table::built_in().exhaustive(), Table::default(), odd.exhaustive(), odd, vague.exhaustive(), vague]
        });
        for tables in TABLES.chunks(2) {
            prop_assert_eq!(tables[0].spans(&text), tables[1].spans(&text));
            for line in text.lines() {
                prop_assert_eq!(tables[0].is_furniture(line), tables[1].is_furniture(line), "{}", line);
            }
        }
    }
}
