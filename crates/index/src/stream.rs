//! A stream of stories, of which what is new passes and is added.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use rayon::ThreadPool;
use rayon::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::query::{Asker, Memory, Stored};
use wirefold::sketch::{Sketch, Sketcher};
use wirefold::{Error, Link, Settings, StoryBuffer, TextSource};
use wirefold_io::{
    Chunk, Feed, Format, RecordOptions, Refused, Span, UnreadDates, ordered, ordered_together,
};

use crate::add::{self, Parsed, Place};
use crate::batch::{Batch, Sketched};
use crate::error::IndexError;
use crate::piece::Piece;
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

/// Stories that make a piece, about, if so many are there: each piece is a commit of its own.
const PIECE: u32 = 1024;

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
        let mut stream = Stream::new(self.snapshot(), &matcher, options)?;
        let chunks = feed.chunks()?.map(|chunk| chunk.map_err(IndexError::from));
        ordered_together(chunks, options.threads, work, |ready| {
            let mut came = Together::default();
            let mut read = Ok(());
            // Each commit takes its time: what came meanwhile is of one.
            while read.is_ok()
                && came.stories.len() < PIECE as usize
                && let Some(parsed) = ready.next()
            {
                read = parsed.and_then(|parsed| came.add(feed, parsed));
            }
            if came.lines.chunks.is_empty() {
                return read.map(ControlFlow::Continue);
            }
            let Together {
                stories,
                lines,
                mut streamed,
            } = came;
            let Decided {
                told,
                passed,
                came,
                batch,
            } = self.stream(&mut stream, stories)?;
            streamed.new = passed.len() as u64;
            streamed.told = told;
            streamed.came = came;
            for at in passed {
                streamed.passed.extend_from_slice(&lines.of(at));
                streamed.passed.push(b'\n');
            }
            each(feed, streamed)?;
            self.add_batch(batch)?;
            // What came before an error is not lost for it.
            read.map(ControlFlow::Continue)
        })
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
        let mut stream = Stream::new(self.snapshot(), &matcher, options)?;
        stream.with_stories = false;
        ordered(
            add::blocks(source, PIECE),
            options.threads,
            work,
            |sketched| {
                let (first, stories) = sketched?;
                let decided = self.stream(&mut stream, stories)?;
                let passed: Vec<u32> = (decided.passed.iter())
                    .map(|&at| first + at as u32)
                    .collect();
                each(&passed, decided.told)?;
                self.add_batch(decided.batch)?;
                Ok::<_, IndexError>(ControlFlow::Continue(()))
            },
        )
    }

    /// Decides stories that came in a piece.
    fn stream(
        &self,
        stream: &mut Stream<'_>,
        stories: Vec<Sketched>,
    ) -> Result<Decided, IndexError> {
        let snapshot: &Snapshot = self.snapshot();
        let piece = Piece::new(stories);
        let by_stored = stream.told_by_stored(snapshot, &piece)?;
        let mut asker = Asker::new(&piece, stream.matcher, &stream.settings)?;
        let (mut told_already, mut new, mut came) = (Vec::new(), Vec::new(), Vec::new());
        for ((at, story), by_stored) in piece.stories.iter().enumerate().zip(by_stored) {
            let told = if let Some(link) = by_stored {
                Some((link, snapshot as &dyn TextSource))
            } else {
                let link = asker.told(story.story(), &story.sketch)?;
                link.map(|link| (link, &piece as &dyn TextSource))
            };
            if stream.with_stories {
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
            let (number, sketch) = (batch.end(), story.sketch.clone());
            let text = batch.push(story, &given, text);
            stream.added.push((number, text, sketch));
        }
        Ok(Decided {
            told: told_already,
            passed: new,
            came,
            batch,
        })
    }
}

/// What a stream is decided by, and what it knows.
struct Stream<'m> {
    matcher: &'m Matcher,
    settings: Settings,
    with_stories: bool,
    pool: ThreadPool,
    /// What each thread knows of what is stored, but for what was added last.
    memories: Vec<Memory>,
    /// That: each story, its text and its sketch.
    added: Vec<(u32, u32, Sketch)>,
}

impl<'m> Stream<'m> {
    fn new(
        snapshot: &Snapshot,
        matcher: &'m Matcher,
        options: &StreamOptions,
    ) -> Result<Self, Error> {
        let threads = options.threads.max(1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let failed = |error| Error::Store {
            reason: format!("cannot start {threads} threads: {error}"),
        };
        Ok(Self {
            matcher,
            settings: Settings {
                min_novel: options.min_novel,
                remove: options.remove.clone(),
                ..snapshot.settings().clone()
            },
            with_stories: options.with_stories,
            pool: pool.build().map_err(failed)?,
            memories: (0..threads).map(|_| Memory::default()).collect(),
            added: Vec::new(),
        })
    }

    /// Which stories of a piece stored ones tell. Most of what is told is told by what is stored: all threads look
    /// there.
    fn told_by_stored(
        &mut self,
        snapshot: &Snapshot,
        piece: &Piece,
    ) -> Result<Vec<Option<Link>>, Error> {
        let (matcher, settings) = (self.matcher, &self.settings);
        let added = std::mem::take(&mut self.added);
        let all = &piece.stories[..];
        let width = all.len().div_ceil(self.memories.len());
        let told = |(thread, memory): (usize, &mut Memory)| {
            for (story, text, sketch) in &added {
                memory.note(*story, *text, sketch, snapshot)?;
            }
            let first = all.len().min(thread * width);
            let stories = &all[first..all.len().min(first + width)];
            if stories.is_empty() {
                return Ok(Vec::new());
            }
            let mut asker = Asker::with(std::mem::take(memory), snapshot, matcher, settings)?;
            let told = stories.iter();
            let told = told.map(|story| asker.told(story.story(), &story.sketch));
            let told: Result<Vec<Option<Link>>, Error> = told.collect();
            *memory = asker.into_memory();
            told
        };
        let memories = &mut self.memories;
        let told: Result<Vec<_>, Error> =
            (self.pool).install(|| memories.par_iter_mut().enumerate().map(told).collect());
        Ok(told?.into_iter().flatten().collect())
    }
}

/// Chunks of a feed that are decided together.
#[derive(Default)]
struct Together {
    stories: Vec<Sketched>,
    lines: Lines,
    /// What is known before any is decided.
    streamed: Streamed,
}

/// Where each story came from.
#[derive(Default)]
struct Lines {
    chunks: Vec<Chunk>,
    /// The chunk and the place in it.
    of: Vec<(usize, Span)>,
}

impl Lines {
    /// The line of a story.
    fn of(&self, story: usize) -> Cow<'_, [u8]> {
        let (chunk, span) = self.of[story];
        self.chunks[chunk].line(span)
    }
}

impl Together {
    fn add(&mut self, feed: &Feed, (chunk, parsed): (Chunk, Parsed)) -> Result<(), IndexError> {
        if chunk.format == Format::PlainText {
            let path = feed.path(chunk.source).to_path_buf();
            return Err(IndexError::NoRecords { path });
        }
        let Self {
            stories,
            lines,
            streamed,
        } = self;
        stories.extend(parsed.stories);
        let at = lines.chunks.len();
        (lines.of).extend(parsed.spans.into_iter().map(|span| (at, span)));
        lines.chunks.push(chunk);
        streamed.refused.extend(parsed.refused);
        streamed.replaced += parsed.replaced;
        streamed.unread_dates.append(parsed.unread_dates);
        Ok(())
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
