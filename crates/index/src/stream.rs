//! A stream of stories, of which what is new passes and is added.

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::query::{Asker, Stored, Text};
use wirefold::sketch::{Head, Sketcher};
use wirefold::{Error, Link, Settings, StoryBuffer, TextSource};
use wirefold_io::{Chunk, Feed, Format, RecordOptions, Refused, UnreadDates, ordered};

use crate::add::{self, Parsed, Place};
use crate::batch::{Batch, Sketched};
use crate::error::IndexError;
use crate::record;
use crate::snapshot::Snapshot;
use crate::writer::Writer;

/// How a stream is thinned.
#[derive(Clone, Debug)]
pub struct StreamOptions {
    /// Which fields are read, and how strictly.
    pub records: RecordOptions,
    /// Threads, at least 1. Default 1.
    pub threads: usize,
    /// See [`Settings::min_novel`].
    pub min_novel: f64,
    /// See [`Settings::remove`].
    pub remove: Vec<wirefold::relation::Relation>,
    /// Whether the stories themselves are told beside what became of them. Default no.
    pub with_stories: bool,
}

impl Default for StreamOptions {
    fn default() -> Self {
        let Settings {
            min_novel, remove, ..
        } = Settings::default();
        Self {
            records: RecordOptions::default(),
            threads: 1,
            min_novel,
            remove,
            with_stories: false,
        }
    }
}

/// What became of some stories of a stream.
#[derive(Debug, Default)]
pub struct Streamed {
    /// The records that are new, as they came, each with a line feed behind it. What is no JSON Lines was
    /// translated into it.
    pub passed: Vec<u8>,
    /// How many they are.
    pub new: u64,
    /// The others.
    pub told: Vec<Told>,
    /// Records that were refused.
    pub refused: Vec<Refused>,
    /// Broken UTF-8 sequences that were replaced.
    pub replaced: u64,
    /// Dates in no known form.
    pub unread_dates: UnreadDates,
    /// All stories in the order of the stream, if they are wanted; see [`StreamOptions::with_stories`].
    pub came: Vec<Came>,
}

/// A story of a stream with its words.
#[derive(Clone, Debug)]
pub struct Came {
    /// Its id.
    pub id: String,
    /// The story.
    pub story: StoryBuffer,
    /// The story that tells it, if one does.
    pub by: Option<By>,
}

/// The story that tells another.
#[derive(Clone, Debug)]
pub struct By {
    /// Its id.
    pub id: String,
    /// The story.
    pub story: StoryBuffer,
    /// How, [`Link::to`] apart.
    pub link: Link,
}

/// A story that is told already.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// The id of the story that tells it.
    pub to: String,
    /// How, [`Link::to`] apart.
    pub link: Link,
}

/// Stories of a source that make a piece: each piece is a commit of its own.
const PIECE: u32 = 1024;

/// The stories of one piece of a stream; found are those that have passed.
struct Piece {
    stories: Vec<Sketched>,
    passed: Vec<AtomicBool>,
    bands: Vec<Vec<(u64, u32)>>,
    postings: Vec<(u64, u32)>,
    contents: Vec<(u128, u32)>,
    items: Vec<(u64, u32)>,
}

impl Piece {
    fn new(stories: Vec<Sketched>) -> Self {
        let keyed = |keys: &mut dyn Iterator<Item = (u64, u32)>| {
            let mut keys: Vec<(u64, u32)> = keys.collect();
            keys.sort_unstable();
            keys
        };
        let told = || {
            let stories = (0u32..).zip(&stories);
            stories.filter(|(_, story)| story.sketch.head.words > 0)
        };
        let bands = stories.first().map_or(0, |story| story.sketch.bands.len());
        let bands = (0..bands)
            .map(|band| keyed(&mut told().map(|(at, story)| (story.sketch.bands[band], at))))
            .collect();
        let postings = keyed(&mut told().flat_map(|(at, story)| {
            let postings = story.sketch.postings.iter();
            postings.map(move |&key| (key, at))
        }));
        let items = (0u32..).zip(&stories);
        let items = items.flat_map(|(at, story)| {
            let edition = story.sketch.head.edition.into_iter();
            edition.flat_map(move |edition| edition.names().map(move |name| (name, at)))
        });
        let items = keyed(&mut items.into_iter());
        let mut contents: Vec<(u128, u32)> = told()
            .map(|(at, story)| (story.sketch.head.content, at))
            .collect();
        contents.sort_unstable();
        Self {
            passed: stories.iter().map(|_| AtomicBool::new(false)).collect(),
            bands,
            postings,
            contents,
            items,
            stories,
        }
    }

    /// A story with its words, and those of the story of a source that tells it.
    fn came(&self, story: u32, told: Option<(Link, &dyn TextSource)>) -> Result<Came, Error> {
        let read = |of: &dyn TextSource, number| {
            let mut story = StoryBuffer::default();
            of.read(number, &mut story)?;
            Ok::<_, Error>((of.id(number).to_owned(), story))
        };
        let by = told.map(|(link, of)| {
            let (id, story) = read(of, link.to)?;
            Ok::<_, Error>(By { id, story, link })
        });
        let (id, story) = read(self, story)?;
        Ok(Came {
            id,
            story,
            by: by.transpose()?,
        })
    }

    fn has_passed(&self, story: u32) -> bool {
        self.passed[story as usize].load(Ordering::Relaxed)
    }

    /// Gives `each` what is found of `keys`, which are ascending.
    fn range(
        &self,
        keys: &[(u64, u32)],
        range: &RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) {
        let first = keys.partition_point(|&(key, _)| key < *range.start());
        let found = keys[first..]
            .iter()
            .take_while(|&&(key, _)| key <= *range.end());
        for &(key, story) in found.filter(|&&(_, story)| self.has_passed(story)) {
            each(key, story);
        }
    }
}

impl TextSource for Piece {
    fn count(&self) -> u32 {
        self.stories.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        &self.stories[number as usize].id
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        let story = &self.stories[number as usize];
        let story = record::story(&record::read(&story.entry), &story.body);
        buffer.set(story.unwrap_or_default());
        Ok(())
    }
}

/// Each story is a text of its own: those with one content have all passed for a reason.
impl Stored for Piece {
    fn in_band(
        &self,
        band: usize,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        self.range(&self.bands[band], &keys, each);
        Ok(())
    }

    fn postings(
        &self,
        keys: RangeInclusive<u64>,
        each: &mut dyn FnMut(u64, u32),
    ) -> Result<(), Error> {
        self.range(&self.postings, &keys, each);
        Ok(())
    }

    fn postings_or_enough(
        &self,
        keys: RangeInclusive<u64>,
        _: usize,
        found: &mut Vec<(u64, u32)>,
    ) -> Result<bool, Error> {
        // A piece has few stories.
        self.postings(keys, &mut |key, text| found.push((key, text)))?;
        Ok(true)
    }

    fn text(&self, text: u32) -> Result<Text, Error> {
        let Head {
            content,
            words,
            anchors,
            notice,
            edition,
        } = self.stories[text as usize].sketch.head;
        Ok(Text {
            content,
            words,
            anchors,
            plain: !notice && edition.is_none(),
            public: !notice && edition.is_none(),
        })
    }

    fn with_content(&self, content: u128, each: &mut dyn FnMut(u32, u32)) -> Result<(), Error> {
        let first = self.contents.partition_point(|&(other, _)| other < content);
        let found = self.contents[first..]
            .iter()
            .take_while(|&&(other, _)| other == content);
        for &(_, story) in found.filter(|&&(_, story)| self.has_passed(story)) {
            each(story, story);
        }
        Ok(())
    }

    fn versions(&self, name: u64, each: &mut dyn FnMut(u32)) -> Result<(), Error> {
        self.range(&self.items, &(name..=name), &mut |_, story| each(story));
        Ok(())
    }

    fn head(&self, story: u32) -> Result<Head, Error> {
        Ok(self.stories[story as usize].sketch.head)
    }
}

impl Writer {
    /// Passes the stories of a feed that no stored story tells, nor one that passed before, and adds them.
    ///
    /// A stream cannot take back: of two that tell the same the first stays, whatever policies of keeping
    /// would say; [`Snapshot::families`] gives the answer of a run over all that is stored. `each` gets what
    /// became of the stories in the order of the feed, a piece at a time and as soon as it is decided; what
    /// passed is added when `each` returns. So if the process ends in between, the piece passes again.
    ///
    /// # Errors
    /// Those of reading and of `each`; [`IndexError::File`]; [`IndexError::NoRecords`] for plain
    /// text.
    pub fn dedup(
        &mut self,
        feed: &Feed,
        options: &StreamOptions,
        mut each: impl FnMut(&Feed, Streamed) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let matcher = self.snapshot().settings().matcher();
        let sketch = self.snapshot().settings().sketch();
        let titles = self.snapshot().titles();
        let work = || {
            let mut sketcher = Sketcher::new(&sketch, &matcher);
            move |chunk: Chunk| {
                let parsed = add::parse(&chunk, &options.records, titles, &mut sketcher);
                (chunk, parsed)
            }
        };
        let pool = pool(options.threads)?;
        let chunks = feed.chunks()?.map(|chunk| chunk.map_err(IndexError::from));
        ordered(
            chunks,
            options.threads,
            work,
            |(chunk, parsed): (Chunk, Parsed)| {
                if chunk.format == Format::PlainText {
                    let path = feed.path(chunk.source).to_path_buf();
                    return Err(IndexError::NoRecords { path });
                }
                let settings = self.stream_settings(options);
                let mut streamed = Streamed {
                    refused: parsed.refused,
                    replaced: parsed.replaced,
                    unread_dates: parsed.unread_dates,
                    ..Streamed::default()
                };
                let spans = parsed.spans;
                let with_stories = options.with_stories;
                let decide = || self.stream(parsed.stories, &matcher, &settings, with_stories);
                let Decided {
                    told,
                    passed,
                    came,
                    batch,
                } = pool.install(decide)?;
                streamed.new = passed.len() as u64;
                streamed.told = told;
                streamed.came = came;
                for at in passed {
                    streamed.passed.extend_from_slice(&chunk.line(spans[at]));
                    streamed.passed.push(b'\n');
                }
                each(feed, streamed)?;
                self.add_batch(batch)?;
                Ok(ControlFlow::Continue(()))
            },
        )
    }

    /// Passes the stories of a source as [`Writer::dedup`] does those of a feed. `each` gets the numbers of
    /// the stories that are new, in order and some at a time, and the others; what passed is added when it
    /// returns.
    ///
    /// # Errors
    /// Those of [`Writer::dedup`] and of `each`; [`IndexError::Library`] if a story cannot be read.
    pub fn dedup_stories<S: TextSource + ?Sized>(
        &mut self,
        source: &S,
        options: &StreamOptions,
        mut each: impl FnMut(&[u32], Vec<Told>) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let matcher = self.snapshot().settings().matcher();
        let sketch = self.snapshot().settings().sketch();
        let titles = self.snapshot().titles();
        let work = || {
            let mut sketcher = Sketcher::new(&sketch, &matcher);
            move |numbers: std::ops::Range<u32>| {
                let first = numbers.start;
                add::sketched(source, numbers, titles, &mut sketcher)
                    .map(|stories| (first, stories))
            }
        };
        let pool = pool(options.threads)?;
        ordered(
            add::blocks(source, PIECE),
            options.threads,
            work,
            |sketched| {
                let (first, stories) = sketched?;
                let settings = self.stream_settings(options);
                let decided = pool.install(|| self.stream(stories, &matcher, &settings, false))?;
                let passed: Vec<u32> = (decided.passed.iter())
                    .map(|&at| first + at as u32)
                    .collect();
                each(&passed, decided.told)?;
                self.add_batch(decided.batch)?;
                Ok::<_, IndexError>(ControlFlow::Continue(()))
            },
        )
    }

    fn stream_settings(&self, options: &StreamOptions) -> Settings {
        Settings {
            min_novel: options.min_novel,
            remove: options.remove.clone(),
            ..self.snapshot().settings().clone()
        }
    }

    /// Decides stories that came in a piece.
    fn stream(
        &self,
        stories: Vec<Sketched>,
        matcher: &Matcher,
        settings: &Settings,
        with_stories: bool,
    ) -> Result<Decided, IndexError> {
        let snapshot: &Snapshot = self.snapshot();
        let piece = Piece::new(stories);
        // Most of what is told is told by what is stored: all threads look there.
        let width = piece
            .stories
            .len()
            .div_ceil(rayon::current_num_threads())
            .max(1);
        let by_stored: Result<Vec<Vec<Option<Link>>>, Error> = (piece.stories.par_chunks(width))
            .map(|stories| {
                let mut asker = Asker::new(snapshot, matcher, settings)?;
                let told = stories.iter().map(|story| {
                    let entry = record::read(&story.entry);
                    let of = record::story(&entry, &story.body).unwrap_or_default();
                    asker.told(of, &story.sketch)
                });
                told.collect()
            })
            .collect();
        let by_stored: Vec<Option<Link>> = by_stored?.into_iter().flatten().collect();
        let mut asker = Asker::new(&piece, matcher, settings)?;
        let (mut told_already, mut new, mut came) = (Vec::new(), Vec::new(), Vec::new());
        for ((at, story), by_stored) in piece.stories.iter().enumerate().zip(by_stored) {
            let told = if let Some(link) = by_stored {
                Some((link, snapshot as &dyn TextSource))
            } else {
                let entry = record::read(&story.entry);
                let of = record::story(&entry, &story.body).unwrap_or_default();
                let link = asker.told(of, &story.sketch)?;
                link.map(|link| (link, &piece as &dyn TextSource))
            };
            if with_stories {
                came.push(piece.came(at as u32, told)?);
            }
            if let Some((link, of)) = told {
                told_already.push(Told {
                    id: story.id.clone(),
                    to: of.id(link.to).to_owned(),
                    link,
                });
                continue;
            }
            piece.passed[at].store(true, Ordering::Relaxed);
            asker.forget();
            new.push(at);
        }
        drop(asker);
        let Piece {
            stories, passed, ..
        } = piece;
        let mut batch = self.batch(snapshot.next());
        for (mut story, passed) in stories.into_iter().zip(passed) {
            if !passed.into_inner() {
                continue;
            }
            if batch.end() >= wirefold::query::ASKED - 1 {
                return Err(IndexError::Full {
                    dir: snapshot.dir().to_path_buf(),
                });
            }
            let given = story.id.clone();
            match add::place(&story, snapshot, &[batch.known()])? {
                // Such as a notice that came again: it passes each time, and is stored once.
                Place::Already => continue,
                Place::New => {}
                Place::Suffixed(id) => story.rename(id),
            }
            let mut text = None;
            let content = story.sketch.head.content;
            snapshot.with_content(content, &mut |_, of| text = Some(of))?;
            batch.push(story, &given, text);
        }
        Ok(Decided {
            told: told_already,
            passed: new,
            came,
            batch,
        })
    }
}

/// What was decided of the stories of a piece.
struct Decided {
    told: Vec<Told>,
    /// The places in the piece of those that are new.
    passed: Vec<usize>,
    came: Vec<Came>,
    batch: Batch,
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, Error> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build();
    pool.map_err(|error| Error::Store {
        reason: format!("cannot start {threads} threads: {error}"),
    })
}
