//! Files that are not as they were written.

use std::fs;

use wirefold_index::{IndexError, IndexSettings, Snapshot, Writer};

use crate::support::{Made, SENTENCES, add, files};

fn made(home: &std::path::Path, dir: &std::path::Path) {
    let mut writer = Writer::create(home, IndexSettings::default(), None, None).unwrap();
    let stories: Vec<Made> = (0..9)
        .map(|number| Made {
            id: format!("s{number}"),
            text: format!("{} {}", SENTENCES[number], SENTENCES[number + 1]),
            source: "Northwire",
            published: Some(number as i64),
            item: Some(("ferry", number as u64, false)),
        })
        .collect();
    add(&mut writer, dir, &stories, 1 << 20);
    let number = writer.snapshot().find("s3").unwrap();
    writer.delete([number]).unwrap();
}

#[test]
fn every_flipped_bit_is_found_and_its_file_named() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    made(&home, dir.path());
    Snapshot::open(&home).unwrap().check().unwrap();
    for begin in ["MANIFEST", "segment-", "deleted-"] {
        let path = files(&home, begin).remove(0);
        let whole = fs::read(&path).unwrap();
        let step = (whole.len() / 97).max(1);
        for at in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&path, damaged).unwrap();
            let checked = Snapshot::open(&home).and_then(|snapshot| snapshot.check());
            let error = checked.expect_err("a flipped bit");
            let named = match &error {
                IndexError::Damaged { path, .. } | IndexError::Newer { path, .. } => path.clone(),
                other => panic!("byte {at} of {begin}: {other}"),
            };
            assert_eq!(named, path, "byte {at}: {error}");
        }
        // Cut short, to nothing too.
        for len in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..len]).unwrap();
            let checked = Snapshot::open(&home).and_then(|snapshot| snapshot.check());
            assert!(
                matches!(checked, Err(IndexError::Damaged { .. })),
                "{begin} cut to {len}"
            );
        }
        fs::write(&path, &whole).unwrap();
    }
    Snapshot::open(&home).unwrap().check().unwrap();
}

#[test]
fn a_later_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    made(&home, dir.path());
    let path = files(&home, "segment-").remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.len() - 16;
    bytes[at] = 2;
    fs::write(&path, bytes).unwrap();
    let refused = Snapshot::open(&home).unwrap_err().to_string();
    let wanted = format!(
        "{}: of index format 2, and this wirefold reads up to 1; use a newer wirefold",
        path.display()
    );
    assert_eq!(refused, wanted);
}

#[test]
fn what_a_crash_left_is_swept() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("index");
    made(&home, dir.path());
    for name in [
        "segment-00000099",
        "segment-00000098.unfinished",
        "MANIFEST.unfinished",
    ] {
        fs::write(home.join(name), "half").unwrap();
    }
    let other = home.join("notes.txt");
    fs::write(&other, "mine").unwrap();
    Snapshot::open(&home).unwrap().check().unwrap();
    drop(Writer::open(&home).unwrap());
    assert_eq!(files(&home, "segment-").len(), 1);
    assert_eq!(files(&home, "MANIFEST").len(), 1);
    assert!(other.exists());
}

#[test]
fn no_index_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let wanted = format!(
        "{}: no index here; `wirefold index create` makes one",
        dir.path().display()
    );
    assert_eq!(Snapshot::open(dir.path()).unwrap_err().to_string(), wanted);
    assert_eq!(Writer::open(dir.path()).unwrap_err().to_string(), wanted);
}
