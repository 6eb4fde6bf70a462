//! Every row of the Unicode Character Database's own tests, read where they are present.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test tells that it was skipped, and stops at bad data"
)]

use std::path::Path;

use wirefold::normalize::{CleanOptions, Cleaner, Form, MatchOptions, Matcher};

fn official(name: &str) -> Option<String> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/conformance/unicode-17.0.0"
    );
    let text = std::fs::read_to_string(Path::new(folder).join(name)).ok();
    if text.is_none() {
        println!("skipped: no ../shared/conformance/unicode-17.0.0/{name}");
    }
    text
}

fn characters(field: &str) -> String {
    field
        .split_whitespace()
        .map(|code| char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap())
        .collect()
}

fn of_form(form: Form) -> Cleaner {
    Cleaner::new(CleanOptions {
        form,
        ..CleanOptions::NONE
    })
}

#[test]
fn every_row_of_normalization_test() {
    let Some(file) = official("NormalizationTest.txt") else {
        return;
    };
    let (nfc, nfkc) = (of_form(Form::Nfc), of_form(Form::Nfkc));
    let mut rows = 0;
    for line in file
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_hexdigit()))
    {
        let columns: Vec<String> = line.split(';').take(5).map(characters).collect();
        for (index, source) in columns.iter().enumerate() {
            let composed = if index < 3 { &columns[1] } else { &columns[3] };
            assert_eq!(&nfc.clean(source), composed, "NFC of {source:?}: {line}");
            assert_eq!(
                &nfkc.clean(source),
                &columns[3],
                "NFKC of {source:?}: {line}"
            );
        }
        rows += 1;
    }
    assert_eq!(rows, 20_034);
}

#[test]
fn characters_outside_the_test_stay() {
    let Some(file) = official("NormalizationTest.txt") else {
        return;
    };
    let part = file
        .split("@Part1")
        .nth(1)
        .unwrap()
        .split("@Part2")
        .next()
        .unwrap();
    let listed: std::collections::HashSet<String> = part
        .lines()
        .filter_map(|line| line.split(';').next())
        .map(characters_if_any)
        .collect();
    // The data may be newer than the test: the letters that Unicode 17.0 has are those of the
    // standard library, while it is of that version.
    if char::UNICODE_VERSION != (17, 0, 0) {
        println!("skipped: the standard library has other letters than Unicode 17.0");
        return;
    }
    let (nfc, nfkc) = (of_form(Form::Nfc), of_form(Form::Nfkc));
    for c in '\0'..=char::MAX {
        let text = c.to_string();
        if c.is_alphanumeric() && !listed.contains(&text) {
            assert_eq!(nfc.clean(&text), text, "U+{:04X}", u32::from(c));
            assert_eq!(nfkc.clean(&text), text);
        }
    }
}

fn characters_if_any(field: &str) -> String {
    if field.starts_with(|c: char| c.is_ascii_hexdigit()) {
        characters(field)
    } else {
        String::new()
    }
}

#[test]
fn every_full_row_of_case_folding() {
    let Some(file) = official("CaseFolding.txt") else {
        return;
    };
    let fold = Matcher::new(MatchOptions {
        case: true,
        ..MatchOptions::NONE
    });
    let mut rows = 0;
    for line in file.lines() {
        let fields: Vec<&str> = line.split(';').map(str::trim).collect();
        if let [code, "C" | "F", mapping, ..] = fields[..]
            && !line.starts_with('#')
        {
            assert_eq!(
                fold.normalize(&characters(code)),
                characters(mapping),
                "{line}"
            );
            rows += 1;
        }
    }
    assert!(rows > 1_500, "only {rows} rows");
}
