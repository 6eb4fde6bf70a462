//! Records with new values for text and title.

use crate::support::{Folder, feed};
use proptest::prelude::*;
use std::borrow::Cow;
use wirefold_io::{FeedOptions, InvalidUtf8, RecordOptions, Refused, Rewritten, rewrite_chunk};

/// The bytes that come out of a file, what was done, and what was refused.
fn rewrite(
    bytes: &[u8],
    name: &str,
    options: &RecordOptions,
    edit: impl for<'t> Fn(&'t str) -> Cow<'t, str>,
) -> (Vec<u8>, Rewritten, Vec<Refused>) {
    let folder = Folder::new();
    let path = folder.file(name, bytes);
    let (mut out, mut total, mut refused) = (Vec::new(), Rewritten::default(), Vec::new());
    for chunk in feed(&[&path], FeedOptions::default()).chunks().unwrap() {
        let chunk = chunk.unwrap();
        let done = rewrite_chunk(
            &chunk,
            options,
            &mut out,
            |_, text| edit(text),
            |record| {
                refused.push(record);
            },
        );
        total.records += done.records;
        total.changed += done.changed;
        total.replaced += done.replaced;
    }
    (out, total, refused)
}

fn shout(text: &str) -> Cow<'_, str> {
    Cow::Owned(text.to_uppercase())
}

#[test]
fn only_the_values_of_text_and_title_change() {
    let line =
        r#"{ "id" : "x\u00e9" ,"title":"a\u0062","n":1.50,"text" : "c \"d\"" ,"l":[ "e" ] }"#;
    let (out, done, _) = rewrite(line.as_bytes(), "a.jsonl", &RecordOptions::default(), shout);
    let expected = r#"{ "id" : "x\u00e9" ,"title":"AB","n":1.50,"text" : "C \"D\"" ,"l":[ "e" ] }"#;
    assert_eq!(String::from_utf8(out).unwrap(), format!("{expected}\n"));
    assert_eq!((done.records, done.changed), (1, 1));
}

#[test]
fn the_fields_are_those_that_parsing_takes() {
    for (line, expected) in [
        // The last of two, the better of two names, a name in place of the list.
        (r#"{"text":"a","text":"b"}"#, r#"{"text":"a","text":"B"}"#),
        (r#"{"body":"a","text":"b"}"#, r#"{"body":"a","text":"B"}"#),
        (r#"{"text":null,"body":"a"}"#, r#"{"text":null,"body":"A"}"#),
        (
            r#"{"text":"a","title":7,"headline":"b"}"#,
            r#"{"text":"A","title":7,"headline":"B"}"#,
        ),
        (r#"{"te\u0078t":"a"}"#, r#"{"te\u0078t":"A"}"#),
    ] {
        let (out, ..) = rewrite(line.as_bytes(), "a.jsonl", &RecordOptions::default(), shout);
        assert_eq!(String::from_utf8(out).unwrap().trim_end(), expected);
    }
    let options = RecordOptions {
        text_field: Some("title".to_owned()),
        ..RecordOptions::default()
    };
    let (out, ..) = rewrite(br#"{"text":"a","title":"b"}"#, "a.jsonl", &options, shout);
    assert_eq!(out, b"{\"text\":\"a\",\"title\":\"B\"}\n");
}

#[test]
fn refused_records_are_left_out() {
    let bytes = b"{\"text\":\"a\"}\r\n\n{\"text\":1}\n{\"text\":\"\xff\"}\n{\"text\":\"b\"}";
    let (out, done, refused) = rewrite(bytes, "a.jsonl", &RecordOptions::default(), shout);
    assert_eq!(out, b"{\"text\":\"A\"}\n{\"text\":\"B\"}\n");
    assert_eq!(done.records, 2);
    assert_eq!(refused.iter().map(|r| r.line).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn what_is_broken_is_replaced_on_request() {
    let options = RecordOptions {
        invalid_utf8: InvalidUtf8::Replace,
        ..RecordOptions::default()
    };
    let bytes = b"{\"x\":\"\xff\",\"text\":\"a\\ud83d!\"}\n";
    let (out, done, _) = rewrite(bytes, "a.jsonl", &options, shout);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "{\"x\":\"\u{fffd}\",\"text\":\"A\u{fffd}!\"}\n"
    );
    assert_eq!(done.replaced, 2);
    let (out, done, _) = rewrite(b"a\xff", "a.txt", &options, shout);
    assert_eq!(String::from_utf8(out).unwrap(), "A\u{fffd}\n");
    assert_eq!(done.replaced, 1);
}

#[test]
fn plain_text_ends_with_one_line_feed() {
    let plain = |text: &[u8]| rewrite(text, "a.txt", &RecordOptions::default(), shout).0;
    assert_eq!(plain(b"a\nb"), b"A\nB\n");
    assert_eq!(plain(b"a\n"), b"A\n");
    assert_eq!(plain(b""), b"");
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        any::<String>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        Just(serde_json::Value::Null),
        prop::collection::vec(any::<String>(), 0..3).prop_map(Into::into),
    ]
}

fn records() -> impl Strategy<Value = Vec<serde_json::Map<String, serde_json::Value>>> {
    let name = prop_oneof![
        Just("text".to_owned()),
        Just("body".to_owned()),
        Just("title".to_owned()),
        Just("id".to_owned()),
        any::<String>(),
    ];
    let fields = prop::collection::vec((name, json_value()), 0..6);
    prop::collection::vec(fields.prop_map(|fields| fields.into_iter().collect()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn text_left_as_it_is_keeps_every_byte(records in records(), spaced in any::<bool>()) {
        let mut bytes = Vec::new();
        let mut good = Vec::new();
        for record in &records {
            let mut line = serde_json::to_string(record).unwrap();
            if spaced {
                line = format!(" {} ", line.replacen('{', "{ ", 1));
            }
            bytes.extend_from_slice(format!("{line}\n").as_bytes());
            good.push(line);
        }
        let options = RecordOptions::default();
        let (out, done, refused) = rewrite(&bytes, "a.jsonl", &options, |text| Cow::Borrowed(text));
        let kept: Vec<String> = (1..)
            .zip(good)
            .filter(|(line, _)| refused.iter().all(|r| r.line != *line))
            .map(|(_, line)| line + "\n")
            .collect();
        prop_assert_eq!(String::from_utf8(out).unwrap(), kept.concat());
        prop_assert_eq!((done.records, done.changed), (kept.len() as u64, 0));
    }

    #[test]
    fn rewritten_records_parse_to_the_new_values(text in any::<String>(), title in any::<String>(), other in json_value()) {
        let record = serde_json::json!({"a": other, "title": title, "z": text, "text": text, "b": other});
        let options = RecordOptions::default();
        let edit = |text: &str| -> String { text.chars().rev().chain(['"', '\n', '\u{1}']).collect() };
        let (out, done, _) = rewrite(record.to_string().as_bytes(), "a.jsonl", &options, |text| {
            Cow::Owned(edit(text))
        });
        let mut expected = record;
        expected["text"] = edit(&text).into();
        expected["title"] = edit(&title).into();
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).unwrap(), expected);
        prop_assert_eq!(done.changed, 1);
    }
}
