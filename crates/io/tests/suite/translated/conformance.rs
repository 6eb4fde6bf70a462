//! Examples that the IPTC publishes: each is read, or refused as no text.

use super::read;
use std::fs;
use std::path::Path;

/// Examples that are no text, and what is told of them.
const NO_TEXT: &[(&str, &str)] = &[
    ("ninjsExSimplePhoto1", "a picture"),
    ("SIPA_image", "a picture"),
    ("ap_audio", "an audio recording"),
    ("ap_image", "a picture"),
    ("ap_video", "a video"),
    ("imageEncodedRights", "a picture"),
    ("imageLinkedRights", "a picture"),
    ("20231005-65-addb-event", "an event listing"),
    ("simpleEvent", "an event listing"),
    ("tt_event_pressconference", "an event listing"),
    ("LISTING_5_", "a video"),
];

#[test]
fn ninjs_examples() {
    let mut read_count = 0;
    for version in ["1.4", "2.1", "3.0"] {
        let Some(files) = files(&format!("ninjs/{version}")) else {
            return;
        };
        for (name, bytes) in files {
            let item: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let told = read("a.json", &bytes);
            assert_eq!(told.len(), 1, "{name}");
            if let Some((_, found)) = NO_TEXT.iter().find(|known| name.starts_with(known.0)) {
                let told = told[0].as_ref().unwrap_err();
                assert_eq!(told, &format!("1: {found}, not a text story"), "{name}");
                continue;
            }
            read_count += 1;
            let line = told[0]
                .as_ref()
                .unwrap_or_else(|told| panic!("{name}: {told}"));
            let story: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(story["id"], item["uri"], "{name}");
            let headline = [
                &item["headline"],
                &item["headlines"][0]["value"],
                &item["title"],
            ];
            let headline = headline.into_iter().find(|text| text.is_string());
            assert_eq!(Some(&story["title"]), headline, "{name}");
            let text = story["text"].as_str().unwrap();
            assert!(
                text.len() > 20 && !text.contains(['<', '>']),
                "{name}: {text}"
            );
            assert_eq!(story["language"], item["language"], "{name}");
            let byline = if item["by"].is_null() {
                &item["byline"]
            } else {
                &item["by"]
            };
            assert_eq!(&story["byline"], byline, "{name}");
        }
    }
    assert!(read_count >= 18, "{read_count}");
}

#[test]
fn newsml_g2_examples() {
    let Some(files) = files("newsml-g2") else {
        return;
    };
    for (name, bytes) in files {
        let told = read("a.xml", &bytes);
        let first = told[0].as_deref().map_err(String::as_str);
        if name.starts_with("LISTING_22") {
            let line = first.unwrap();
            assert!(line.starts_with(
                "{\"id\":\"tag:xmlteam.com,2016:xt.5932656-preview\",\"version\":11,"
            ));
            assert!(line.contains("\"slug\":\"AAV!PREVIEW-ARI-PHI\""), "{line}");
            assert!(line.contains("\"text\":\"(Sports Network) - A pair of teams coming off"));
            assert_eq!(line.matches("\\n\\n").count(), 5);
        } else if name.starts_with("LISTING_2_") {
            let line = first.unwrap();
            assert!(
                line.contains("\"title\":\"Fed to halt QE to avert \\\"bubble\\\"\""),
                "{line}"
            );
            assert!(
                line.contains("\"byline\":\"By Meredith Jameson, Staff Reporter\""),
                "{line}"
            );
            assert!(line.contains("\"located\":\"New York, NY\""), "{line}");
        } else if name.starts_with("LISTING_24") {
            // A message of a package and four items without content.
            assert_eq!(told.len(), 5);
            assert_eq!(
                first,
                Err("1: a package, which lists other items, not a text story")
            );
        } else if name.starts_with("LISTING_28") {
            let expected = "1: the first element is `<contentMeta>`, expected one of NewsML-G2, NITF, RSS \
                            or Atom";
            assert_eq!(first, Err(expected));
        } else if name.starts_with("LISTING_5_") {
            assert_eq!(first, Err("1: a video, not a text story"));
        } else {
            assert!(
                first.unwrap_err().contains("NewsML 1 is not read"),
                "{name}"
            );
        }
    }
}

/// The files of a folder of examples; nothing where they are absent.
#[expect(clippy::print_stdout, reason = "a skipped test is told")]
fn files(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let Ok(entries) = fs::read_dir(shared.join(folder)) else {
        println!("skipped: no ../shared/conformance/{folder}");
        return None;
    };
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "md"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    Some(files)
}
