//! Every row of the Unicode 17.0 `WordBreakTest` through the tokenizer's segmentation.

use std::path::Path;

use wirefold::tokenize::boundaries;

#[test]
fn word_break_test() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/conformance/unicode-17.0.0/WordBreakTest.txt"
    );
    if !Path::new(path).exists() {
        println!("skipped: no ../shared/conformance/unicode-17.0.0/WordBreakTest.txt");
        return;
    }
    let table = std::fs::read_to_string(path).unwrap();
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in table.lines() {
        let row = line.split('#').next().unwrap().trim();
        if row.is_empty() {
            continue;
        }
        let mut text = String::new();
        let mut want = Vec::new();
        for part in row.split_whitespace() {
            match part {
                "÷" => want.push(text.len()),
                "×" => {}
                code => text.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap()),
            }
        }
        rows += 1;
        if boundaries(&text) != want {
            wrong.push(line.to_owned());
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {rows} rows differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(rows, 1944);
}
