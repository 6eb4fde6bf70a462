//! The index: what it says against what a run says, and files of it that were damaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use arbitrary::Arbitrary;
use wirefold::normalize::Matcher;
use wirefold::relation::Row;
use wirefold::{Settings, Story, TextSource, Wanted, fold, sketch_stories};
use wirefold_index::{AddOptions, Answer, IndexError, IndexSettings, Snapshot, Writer};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::folder;
use crate::stories::{Feed, Made};

type Stories<'s> = [(String, Story<'s>)];

/// Stories that are added, some of which go, and one that is asked for.
#[derive(Arbitrary, Debug)]
pub struct Asked {
    stories: Vec<Made>,
    gone: Vec<u8>,
    compact: bool,
    batch: u8,
}

/// An index says of a story and of all what a run over the same stories says.
pub fn same_as_a_run(asked: Asked) {
    let feed = Feed::new(asked.stories);
    let stories = feed.stories();
    let Some((last, stored)) = stories.split_last() else {
        return;
    };
    let home = folder().join("index");
    let _ = fs::remove_dir_all(&home);
    let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
    let options = AddOptions {
        threads: 1,
        batch_bytes: 1 + usize::from(asked.batch) * 16,
        ..AddOptions::default()
    };
    let added = writer.add_stories(stored, &options, |_| Ok(())).unwrap();
    assert_eq!(added.added, stored.len() as u64);
    let mut left: Vec<(String, Story<'_>)> = stored.to_vec();
    for &gone in &asked.gone {
        if left.is_empty() {
            break;
        }
        let (id, _) = left.swap_remove(usize::from(gone) % left.len());
        let number = writer.snapshot().find(&id).unwrap();
        writer.delete([number]).unwrap();
    }
    if asked.compact {
        writer.compact().unwrap();
    }
    drop(writer);
    let snapshot = Snapshot::open(&home).unwrap();
    snapshot.check().unwrap();
    assert_eq!(snapshot.len(), left.len() as u64);
    let settings = snapshot.settings().clone();
    assert_eq!(rows_of(&snapshot, last), run_rows(&left, last, &settings));
    assert_eq!(families(&snapshot), run_families(&left, &settings));
}

fn unnumbered(row: &Row) -> Row {
    Row {
        a: 0,
        b: 0,
        ..row.clone()
    }
}

fn rows_of(snapshot: &Snapshot, asked: &(String, Story<'_>)) -> BTreeMap<String, Row> {
    let mut all = BTreeMap::new();
    let show = |_, answer: Answer<'_>| {
        let rows = answer.rows.iter();
        rows.map(|row| (snapshot.id(Answer::stored(row)).to_owned(), unnumbered(row)))
            .collect::<Vec<_>>()
    };
    let one = std::slice::from_ref(asked);
    let each = |answers: Vec<Vec<(String, Row)>>| {
        all.extend(answers.into_iter().flatten());
        Ok(())
    };
    snapshot.query_stories(one, 1, show, each).unwrap();
    all
}

fn run_rows(
    stored: &Stories<'_>,
    asked: &(String, Story<'_>),
    settings: &Settings,
) -> BTreeMap<String, Row> {
    let mut all = stored.to_vec();
    all.push(asked.clone());
    let matcher = Matcher::default();
    let sketches = sketch_stories(&all[..], &matcher, settings).unwrap();
    let wanted = Wanted {
        families: false,
        relations: true,
    };
    let outcome = fold(
        sketches,
        &all[..],
        &matcher,
        settings,
        wanted,
        &|_, _, _| (),
    )
    .unwrap();
    let number = stored.len() as u32;
    let rows = outcome
        .relations
        .iter()
        .filter(|row| row.a == number || row.b == number);
    rows.map(|row| {
        let other = if row.a == number { row.b } else { row.a };
        (all[other as usize].0.clone(), unnumbered(row))
    })
    .collect()
}

fn families(snapshot: &Snapshot) -> BTreeMap<String, (String, bool)> {
    let stories = snapshot.stories();
    let outcome = snapshot
        .families(&stories, snapshot.settings(), None)
        .unwrap();
    let decisions = (0u32..).zip(&outcome.decisions);
    let named = decisions.map(|(number, decision)| {
        (
            stories.id(number).to_owned(),
            (stories.id(decision.cluster).to_owned(), decision.kept),
        )
    });
    named.collect()
}

fn run_families(stored: &Stories<'_>, settings: &Settings) -> BTreeMap<String, (String, bool)> {
    let settings = Settings {
        rewrites: false,
        ..settings.clone()
    };
    let matcher = Matcher::default();
    let sketches = sketch_stories(stored, &matcher, &settings).unwrap();
    let wanted = Wanted {
        families: true,
        relations: false,
    };
    let outcome = fold(sketches, stored, &matcher, &settings, wanted, &|_, _, _| ()).unwrap();
    let decisions = outcome.decisions.iter().zip(stored);
    let named = decisions.map(|(decision, (id, _))| {
        (
            id.clone(),
            (stored[decision.cluster as usize].0.clone(), decision.kept),
        )
    });
    named.collect()
}

/// What is done to one file of an index.
#[derive(Arbitrary, Debug)]
pub struct Damage {
    file: u8,
    /// Place, from the front or, if odd, from the end, and the bytes that are put there.
    edits: Vec<(u16, [u8; 4], u8)>,
    cut: Option<u16>,
    /// Whether checksums are made to fit, as someone would who does it on purpose.
    fitting: bool,
}

/// A small index of two segments, with stories deleted, and its files.
fn sound() -> &'static Vec<(String, Vec<u8>)> {
    static SOUND: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let home = folder().join("sound");
        let _ = fs::remove_dir_all(&home);
        let mut writer = Writer::create(&home, IndexSettings::default(), None, None).unwrap();
        for part in 0..2 {
            let stories: Vec<(String, Story<'_>)> = TEXTS[part * 3..]
                .iter()
                .map(|text| {
                    (
                        format!("{part}-{}", text.len()),
                        Story {
                            text,
                            ..Story::default()
                        },
                    )
                })
                .collect();
            writer
                .add_stories(&stories[..], &AddOptions::default(), |_| Ok(()))
                .unwrap();
        }
        writer.delete([1]).unwrap();
        drop(writer);
        let entries = fs::read_dir(&home)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = entries.filter(|path| !path.ends_with("LOCK")).collect();
        files.sort();
        let named = files
            .iter()
            .map(|path| (name(path), fs::read(path).unwrap()));
        named.collect()
    })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

const TEXTS: [&str; 6] = [
    "The ferry to Orlemond will not sail before noon, the port of Kelm said on Friday, and no boat goes to Tarn.",
    "THE FERRY to Orlemond will not sail before noon, the port of Kelm said on Friday, and no boat goes to Tarn at all.",
    "Frost took a third of the blossom in the orchards of Pellworth on Sunday night, the growers of the valley said.",
    "Six boats of the rescue service searched the bay of Hollin through the night and found the raft in the morning.",
    "Wheat for delivery in March cost 214 crowns a ton, barley 187, and rye was not traded in Brackwater on Monday.",
    "The council voted eleven to four for a second bridge over the Marre, and the first stone is laid in the spring.",
];

/// Whatever was done to its files, an index opens or says that it is damaged, and what is asked of it ends.
pub fn damaged(damage: Damage) {
    let home = folder().join("damaged");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir(&home).unwrap();
    let sound = sound();
    let chosen = usize::from(damage.file) % sound.len();
    for (number, (name, bytes)) in sound.iter().enumerate() {
        let mut bytes = bytes.clone();
        if number == chosen {
            harm(&mut bytes, &damage);
            if damage.fitting {
                fit(&mut bytes, name == "MANIFEST");
            }
        }
        fs::write(home.join(name), bytes).unwrap();
    }
    fs::write(home.join("LOCK"), "").unwrap();
    let _ = ask(&home);
    let _ = write(&home);
}

fn harm(bytes: &mut Vec<u8>, damage: &Damage) {
    for &(at, with, len) in &damage.edits {
        let at = usize::from(at / 2);
        let at = if at % 2 == 0 {
            at
        } else {
            bytes.len().saturating_sub(at)
        };
        for (byte, with) in bytes.iter_mut().skip(at).zip(&with[..usize::from(len % 5)]) {
            *byte = *with;
        }
    }
    if let Some(cut) = damage.cut {
        bytes.truncate(usize::from(cut));
    }
}

/// Makes the checksum of a manifest, or that in the footer of another file, fit what stands before.
fn fit(bytes: &mut Vec<u8>, manifest: bool) {
    if manifest {
        if let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            let sum = format!("\n{:016x}\n", xxh3_64(&bytes[..end]));
            bytes.truncate(end);
            bytes.extend(sum.bytes());
        }
        return;
    }
    let Some(footer) = bytes.len().checked_sub(48) else {
        return;
    };
    let number =
        |at: usize| u64::from_le_bytes(bytes[footer + at..footer + at + 8].try_into().unwrap());
    let from = usize::try_from(number(0)).unwrap_or(usize::MAX);
    let both = number(32);
    if let Some(tail) = bytes.get(from..footer) {
        let sum = xxh3_64_with_seed(tail, both << 32 | both >> 32);
        bytes[footer + 24..footer + 32].copy_from_slice(&sum.to_le_bytes());
    }
}

/// Everything that reads.
fn ask(home: &Path) -> Result<(), IndexError> {
    let snapshot = Snapshot::open(home)?;
    let _ = snapshot.check();
    let numbers: Vec<u32> = snapshot.numbers().take(1000).collect();
    for &number in &numbers {
        let _ = (snapshot.id(number), snapshot.about(number));
    }
    let _ = snapshot.find("0-107");
    let asked = [(
        "asked".to_owned(),
        Story {
            text: TEXTS[1],
            ..Story::default()
        },
    )];
    let show = |_, answer: Answer<'_>| answer.rows.len();
    let _ = snapshot.query_stories(&asked[..], 1, show, |_| Ok(()));
    let stories = snapshot.stories();
    let _ = snapshot.families(&stories, snapshot.settings(), None);
    Ok(())
}

/// Everything that changes it.
fn write(home: &Path) -> Result<(), IndexError> {
    let mut writer = Writer::open(home)?;
    let added = [(
        "added".to_owned(),
        Story {
            text: TEXTS[0],
            ..Story::default()
        },
    )];
    let _ = writer.add_stories(&added[..], &AddOptions::default(), |_| Ok(()));
    let _ = writer.delete([0]);
    let _ = writer.compact();
    Ok(())
}
