//! The hot kernels by name, each on a fixed input, for counting instructions.

use std::hint::black_box;

use wirefold::furniture;
use wirefold::normalize::{Cleaner, Matcher};
use wirefold::relation::Similarity;
use wirefold::sketch::{Fss, anchors};
use wirefold::tokenize::{Hasher, Shingles, Words};
use wirefold::{Settings, Story, Wanted, compare, fold, sketch_stories};
use wirefold_corpus::{Feed, Script, Settings as FeedSettings};
use wirefold_io::{Format, RecordOptions, parse_record};

use crate::feed::Stories;
use crate::paragraphs;

/// All kernels in the order of the pipeline.
pub const NAMES: [&str; 17] = [
    "parse/json-lines",
    "match/English",
    "match/Greek",
    "match/Russian",
    "match/Chinese",
    "clean/English",
    "furniture",
    "words",
    "shingles",
    "signature/400",
    "signature/1",
    "anchors/400",
    "join-and-fold",
    "relate",
    "similarity",
    "compare/apart",
    "compare/copies",
];

/// A kernel on its input.
pub struct Kernel {
    /// Bytes of input: of text, or of the text that has so many shingles.
    pub bytes: usize,
    /// Goes through the input once.
    pub run: Box<dyn FnMut()>,
}

const SHINGLE_WORDS: usize = 5;

/// Stories of inputs: enough that setting up is nothing beside them.
const STORIES: u32 = 60;

/// The kernel with this name, its input made.
pub fn kernel(name: &str) -> Option<Kernel> {
    let (step, of) = name.split_once('/').unwrap_or((name, ""));
    Some(match step {
        "parse" => parsing(),
        "match" => matching(of)?,
        "clean" => cleaning(of)?,
        "furniture" => furniture_spans(),
        "words" | "shingles" => tokenizing(step == "shingles"),
        "signature" => signing(of.parse().ok()?),
        "anchors" => winnowing(of.parse().ok()?),
        "join-and-fold" => folding(false),
        "relate" => folding(true),
        "similarity" => similarity(),
        "compare" => comparing(of == "copies"),
        _ => return None,
    })
}

fn parsing() -> Kernel {
    let settings = FeedSettings {
        stories: STORIES,
        ..FeedSettings::default()
    };
    let feed = Feed::new(settings);
    let lines: Vec<String> = feed.stories().map(|story| story.to_json()).collect();
    let options = RecordOptions::default();
    Kernel {
        bytes: lines.iter().map(String::len).sum(),
        run: Box::new(move || {
            for line in &lines {
                let parsed = parse_record(line.as_bytes(), Format::JsonLines, "", &options);
                assert!(black_box(parsed).is_ok(), "a record that is none");
            }
        }),
    }
}

fn text(language: &str) -> Option<String> {
    let found = paragraphs()
        .into_iter()
        .find(|&(name, _)| name == language)?;
    Some(found.1.repeat(100_000_usize.div_ceil(found.1.len())))
}

fn matching(language: &str) -> Option<Kernel> {
    let (text, matcher) = (text(language)?, Matcher::default());
    let mut out = String::with_capacity(2 * text.len());
    Some(Kernel {
        bytes: text.len(),
        run: Box::new(move || {
            out.clear();
            matcher.normalize_into(black_box(&text), &mut out);
            black_box(&out);
        }),
    })
}

fn cleaning(language: &str) -> Option<Kernel> {
    let (text, cleaner) = (text(language)?, Cleaner::default());
    let mut out = String::with_capacity(2 * text.len());
    Some(Kernel {
        bytes: text.len(),
        run: Box::new(move || {
            out.clear();
            cleaner.clean_into(black_box(&text), &mut out);
            black_box(&out);
        }),
    })
}

fn furniture_spans() -> Kernel {
    let stories = Stories::new(STORIES, Script::Latin);
    // The table is made when first asked for.
    black_box(furniture::spans(&stories.told[0].text));
    Kernel {
        bytes: stories.told.iter().map(|told| told.text.len()).sum(),
        run: Box::new(move || {
            for told in &stories.told {
                black_box(furniture::spans(black_box(&told.text)));
            }
        }),
    }
}

fn tokenizing(with_shingles: bool) -> Kernel {
    let texts = Stories::new(STORIES, Script::Latin).match_texts(&Matcher::default());
    let (hasher, mut words, mut shingles) = (Hasher::default(), Words::default(), Vec::new());
    Kernel {
        bytes: texts.iter().map(String::len).sum(),
        run: Box::new(move || {
            for text in &texts {
                words.hash(&hasher, black_box(text));
                black_box(&words.hashes);
                if with_shingles {
                    shingles.clear();
                    shingles.extend(Shingles::new(&hasher, &words.hashes, SHINGLE_WORDS));
                    black_box(&shingles);
                }
            }
        }),
    }
}

/// The first `count` shingles of running text, and the bytes of text they take.
fn running_text(count: usize) -> (Vec<u64>, usize) {
    let texts = Stories::new(STORIES, Script::Latin).match_texts(&Matcher::default());
    let (hasher, mut words) = (Hasher::default(), Words::default());
    words.hash_with_spans(&hasher, &texts.join(" "));
    let shingles = Shingles::new(&hasher, &words.hashes, SHINGLE_WORDS);
    let bytes = words.spans[count + SHINGLE_WORDS - 2].1 as usize;
    (shingles.take(count).collect(), bytes)
}

/// Times that a small input is gone through.
const AGAIN: usize = 100;

fn signing(count: usize) -> Kernel {
    let (set, bytes) = running_text(count);
    let (fss, mut signature) = (Fss::new(&Hasher::default(), 128), Vec::new());
    Kernel {
        bytes: AGAIN * bytes,
        run: Box::new(move || {
            for _ in 0..AGAIN {
                fss.sign(black_box(&set), &mut signature);
                black_box(&signature);
            }
        }),
    }
}

fn winnowing(count: usize) -> Kernel {
    let (shingles, bytes) = running_text(count);
    let (settings, mut chosen) = (Settings::default().sketch(), Vec::new());
    Kernel {
        bytes: AGAIN * bytes,
        run: Box::new(move || {
            for _ in 0..AGAIN {
                let shingles = black_box(&shingles);
                anchors(shingles, settings.window, settings.dense, &mut chosen);
                black_box(&chosen);
            }
        }),
    }
}

/// Sketches in, decisions or related pairs out, on this thread alone.
fn folding(relations: bool) -> Kernel {
    let (matcher, settings) = (Matcher::default(), Settings::default());
    let stories = Stories::new(4 * STORIES, Script::Latin);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().ok();
    let sketches = sketch_stories(&stories, &matcher, &settings).unwrap_or_default();
    let wanted = Wanted {
        families: !relations,
        relations,
    };
    Kernel {
        bytes: stories.bytes() as usize,
        run: Box::new(move || {
            let sketches = sketches.clone();
            let work = || {
                fold(
                    sketches,
                    &stories,
                    &matcher,
                    &settings,
                    wanted,
                    &|_, _, _| (),
                )
            };
            let outcome = pool.as_ref().map(|pool| pool.install(work));
            let done = |outcome: &wirefold::Outcome| {
                outcome.related() > 0 || outcome.decisions.iter().any(|decision| !decision.kept)
            };
            assert!(
                outcome.is_some_and(|outcome| outcome.is_ok_and(|outcome| done(&outcome))),
                "nothing found"
            );
        }),
    }
}

fn similarity() -> Kernel {
    let stories = Stories::new(STORIES, Script::Latin);
    let sets = stories.shingles(&Matcher::default(), SHINGLE_WORDS);
    Kernel {
        bytes: 2 * stories.bytes() as usize,
        run: Box::new(move || {
            for (a, b) in sets.iter().zip(sets.iter().cycle().skip(1)) {
                black_box(Similarity::of(black_box(a), black_box(b)));
            }
        }),
    }
}

/// Two long texts prepared and compared: of other alphabets, so that nothing can be aligned, or
/// copies of which one lacks every fortieth word.
fn comparing(copies: bool) -> Kernel {
    let text = |script| {
        let told = Stories::new(STORIES, script).told;
        let texts: Vec<String> = told.into_iter().map(|told| told.text).collect();
        texts.join("\n")
    };
    let first = text(Script::Latin);
    let second = if copies {
        let kept = (1..).zip(first.split(' ')).filter(|(at, _)| at % 40 != 0);
        kept.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    } else {
        text(Script::Cyrillic)
    };
    let (matcher, settings) = (Matcher::default(), Settings::default());
    Kernel {
        bytes: first.len() + second.len(),
        run: Box::new(move || {
            let story = |text| Story {
                text,
                ..Story::default()
            };
            let stories = [
                ("a".to_owned(), story(&first)),
                ("b".to_owned(), story(&second)),
            ];
            let row = compare(&stories[..], (0, 1), &matcher, &settings);
            assert!(
                row.is_ok_and(|row| row.is_some() == copies),
                "the pair is related or not as it was made"
            );
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kernel_has_an_input_and_runs() {
        for name in NAMES {
            let made = kernel(name);
            assert!(made.is_some(), "{name}");
            if let Some(mut made) = made {
                assert!(made.bytes > 0, "{name}");
                (made.run)();
            }
        }
        assert!(kernel("match/Klingon").is_none() && kernel("dances").is_none());
    }
}
