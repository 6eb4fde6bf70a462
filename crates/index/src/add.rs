//! Adds the stories of a feed.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use wirefold::query::Stored;
use wirefold::sketch::{Sketch, Sketcher};
use wirefold::{Error, Story, StoryBuffer, TextSource};
use wirefold_io::{Chunk, Feed, RecordOptions, Refused, Span, UnreadDates, ordered, parse_chunk};

use crate::batch::{Batch, Known, Sketched};
use crate::error::IndexError;
use crate::file::Done;
use crate::snapshot::Snapshot;
use crate::writer::Writer;

/// How a feed is added.
#[derive(Clone, Debug)]
pub struct AddOptions {
    /// Which fields are read, and how strictly.
    pub records: RecordOptions,
    /// Threads that read and sketch, at least 1. Default 1.
    pub threads: usize,
    /// Bytes of stories and keys that are held before they are committed as a segment, about; as much
    /// again is being written meanwhile. Default 256 MiB.
    pub batch_bytes: usize,
}

impl Default for AddOptions {
    fn default() -> Self {
        Self {
            records: RecordOptions::default(),
            threads: 1,
            batch_bytes: 256 << 20,
        }
    }
}

/// What became of the stories of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Stories that were added.
    pub added: u64,
    /// Stories that were stored already: the same id, and the same text after normalization.
    pub already: u64,
    /// Stories whose id a story with another text had, so that theirs got a suffix.
    pub suffixed: u64,
    /// Records that were refused.
    pub refused: u64,
    /// Broken UTF-8 sequences that were replaced.
    pub replaced: u64,
    /// Dates in no known form.
    pub unread_dates: UnreadDates,
}

/// The stories of a chunk.
#[derive(Default)]
pub(crate) struct Parsed {
    pub(crate) stories: Vec<Sketched>,
    /// Where the record of each is.
    pub(crate) spans: Vec<Span>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) replaced: u64,
    pub(crate) unread_dates: UnreadDates,
}

/// Reads and sketches the stories of a chunk.
pub(crate) fn parse(
    chunk: &Chunk,
    records: &RecordOptions,
    titles: bool,
    sketcher: &mut Sketcher<'_>,
) -> Parsed {
    let mut parsed = Parsed::default();
    let mut sketch = Sketch::default();
    parse_chunk(chunk, records, &mut |record| match record {
        Ok(record) => {
            let story = record.story(titles);
            sketcher.sketch_alone(story, &mut sketch);
            parsed.replaced += record.replaced;
            parsed.unread_dates.note(&chunk.file, &record);
            parsed.spans.push(record.span);
            let id = match &record.id {
                Some(id) => id.to_string(),
                None => format!("{}:{}", chunk.file, record.line),
            };
            parsed.stories.push(Sketched::new(id, &story, &sketch));
        }
        Err(refused) => parsed.refused.push(refused),
    });
    parsed
}

/// Stories of a source that a thread reads and sketches at a time.
pub(crate) const READ_AT_ONCE: u32 = 64;

/// The numbers of a source's stories, `most` at a time.
pub(crate) fn blocks<S: TextSource + ?Sized>(
    source: &S,
    most: u32,
) -> impl Iterator<Item = Result<Range<u32>, IndexError>> + Send + use<S> {
    let count = source.count();
    let firsts = (0..count).step_by(most as usize);
    firsts.map(move |first| Ok(first..count.min(first.saturating_add(most))))
}

/// Reads and sketches stories of a source by their numbers.
pub(crate) fn sketched<S: TextSource + ?Sized>(
    source: &S,
    numbers: Range<u32>,
    titles: bool,
    sketcher: &mut Sketcher<'_>,
) -> Result<Vec<Sketched>, Error> {
    let (mut buffer, mut sketch) = (StoryBuffer::default(), Sketch::default());
    let stories = numbers.map(|number| {
        source.read(number, &mut buffer)?;
        let story = titled(buffer.story(), titles);
        sketcher.sketch_alone(story, &mut sketch);
        Ok(Sketched::new(source.id(number).to_owned(), &story, &sketch))
    });
    stories.collect()
}

/// A story whose title is left out unless `titles` says otherwise.
pub(crate) fn titled(story: Story<'_>, titles: bool) -> Story<'_> {
    Story {
        title: story.title.filter(|_| titles),
        ..story
    }
}

/// What is to become of a story.
pub(crate) enum Place {
    /// It is stored already.
    Already,
    /// It is new, and so is its id.
    New,
    /// It is new, under another id.
    Suffixed(String),
}

/// Names a story: an id that another story has is given a suffix, the second `a` becoming `a#2`. The same
/// id with the same text is the same story.
pub(crate) fn place(
    story: &Sketched,
    snapshot: &Snapshot,
    known: &[&Known],
) -> Result<Place, IndexError> {
    let (id, content) = (&story.id, story.sketch.head.content);
    let has = |id: &str| known.iter().any(|known| known.has_id(id)) || snapshot.find(id).is_some();
    if !has(id) {
        return Ok(Place::New);
    }
    if known.iter().any(|known| known.was_given(id, content)) {
        return Ok(Place::Already);
    }
    for number in 1.. {
        let name = if number == 1 {
            id.clone()
        } else {
            format!("{id}#{number}")
        };
        match snapshot.find(&name) {
            Some(stored) if snapshot.head(stored)?.content == content => return Ok(Place::Already),
            Some(_) => {}
            None if has(&name) => {}
            None => return Ok(Place::Suffixed(name)),
        }
    }
    Ok(Place::Already)
}

/// A batch that is being written.
struct InFlight {
    known: Known,
    number: u32,
    stories: u32,
    end: u32,
    thread: JoinHandle<Result<Done, IndexError>>,
}

impl Writer {
    /// Adds the stories of a feed, in its order. `each` is called on this thread after every chunk with the
    /// records that were refused in it.
    ///
    /// A record whose id and text are stored already is passed over, so a feed whose adding was interrupted
    /// can be added again. A record without an id is named `FILE:LINE`.
    ///
    /// # Errors
    /// Those of reading and of `each`; [`IndexError::File`], [`IndexError::Full`]. What was committed
    /// before, batch by batch, stays.
    pub fn add(
        &mut self,
        feed: &Feed,
        options: &AddOptions,
        mut each: impl FnMut(&Feed, &[Refused]) -> Result<(), IndexError>,
    ) -> Result<Added, IndexError> {
        let matcher = self.snapshot().settings().matcher();
        let sketch = self.snapshot().settings().sketch();
        let titles = self.snapshot().titles();
        let work = || {
            let mut sketcher = Sketcher::new(&sketch, &matcher);
            move |chunk: Chunk| Ok(parse(&chunk, &options.records, titles, &mut sketcher))
        };
        let chunks = feed.chunks()?.map(|chunk| chunk.map_err(IndexError::from));
        self.add_parsed(chunks, options, work, |parsed| each(feed, &parsed.refused))
    }

    /// Adds the stories of a source, in order, as [`Writer::add`] does those of a feed. `each` is called on
    /// this thread with the number of stories that were added or passed over since it was called last.
    ///
    /// # Errors
    /// Those of [`Writer::add`] and of `each`; [`IndexError::Library`] if a story cannot be read.
    pub fn add_stories<S: TextSource + ?Sized>(
        &mut self,
        source: &S,
        options: &AddOptions,
        mut each: impl FnMut(usize) -> Result<(), IndexError>,
    ) -> Result<Added, IndexError> {
        let matcher = self.snapshot().settings().matcher();
        let sketch = self.snapshot().settings().sketch();
        let titles = self.snapshot().titles();
        let work = || {
            let mut sketcher = Sketcher::new(&sketch, &matcher);
            move |numbers| {
                Ok(Parsed {
                    stories: sketched(source, numbers, titles, &mut sketcher)?,
                    ..Parsed::default()
                })
            }
        };
        self.add_parsed(blocks(source, READ_AT_ONCE), options, work, |parsed| {
            each(parsed.stories.len())
        })
    }

    /// Adds the stories that `work` makes of items, in their order.
    fn add_parsed<C: Send, W: FnMut(C) -> Result<Parsed, IndexError>>(
        &mut self,
        items: impl Iterator<Item = Result<C, IndexError>> + Send,
        options: &AddOptions,
        work: impl Fn() -> W + Sync,
        mut each: impl FnMut(&Parsed) -> Result<(), IndexError>,
    ) -> Result<Added, IndexError> {
        let mut added = Added::default();
        let mut batch = self.batch(self.snapshot().next());
        let mut in_flight: Option<InFlight> = None;
        let read = ordered(
            items,
            options.threads,
            work,
            |parsed: Result<Parsed, IndexError>| {
                let parsed = parsed?;
                each(&parsed)?;
                added.refused += parsed.refused.len() as u64;
                added.replaced += parsed.replaced;
                added.unread_dates.append(parsed.unread_dates);
                for mut story in parsed.stories {
                    let written = in_flight.as_ref().map(|flight| &flight.known);
                    let known: Vec<&Known> =
                        std::iter::once(batch.known()).chain(written).collect();
                    let given = story.id.clone();
                    match place(&story, self.snapshot(), &known)? {
                        Place::Already => {
                            added.already += 1;
                            continue;
                        }
                        Place::New => {}
                        Place::Suffixed(id) => {
                            added.suffixed += 1;
                            story.rename(id);
                        }
                    }
                    if batch.end() >= wirefold::query::ASKED - 1 {
                        return Err(self.full());
                    }
                    added.added += 1;
                    let content = story.sketch.head.content;
                    let mut text = written.and_then(|known| known.text_of(content));
                    self.snapshot()
                        .with_content(content, &mut |_, of| text = Some(of))?;
                    batch.push(story, &given, text);
                }
                if batch.bytes() >= options.batch_bytes {
                    self.land(in_flight.take())?;
                    let next = self.batch(batch.end());
                    let full = std::mem::replace(&mut batch, next);
                    in_flight = Some(self.take_off(full)?);
                }
                Ok::<_, IndexError>(ControlFlow::Continue(()))
            },
        );
        // Whatever ended the reading, nothing writes to the index any more when this returns.
        let landed = self.land(in_flight);
        read?;
        landed?;
        if !batch.is_empty() {
            let last = self.take_off(batch)?;
            self.land(Some(last))?;
        }
        Ok(added)
    }

    fn full(&self) -> IndexError {
        IndexError::Full {
            dir: PathBuf::from(self.snapshot().dir()),
        }
    }

    /// Begins to write a batch.
    fn take_off(&mut self, mut batch: Batch) -> Result<InFlight, IndexError> {
        let (number, path, dictionary) = self.prepare(&batch)?;
        let (stories, end) = (batch.len() as u32, batch.end());
        let known = batch.take_known();
        let disk = Arc::clone(self.disk());
        let thread = std::thread::spawn(move || {
            batch.seal(dictionary.as_ref())?;
            batch.write(&disk, &path)
        });
        Ok(InFlight {
            known,
            number,
            stories,
            end,
            thread,
        })
    }

    /// Waits for a batch and commits it.
    fn land(&mut self, batch: Option<InFlight>) -> Result<(), IndexError> {
        let Some(batch) = batch else {
            return Ok(());
        };
        let written = batch.thread.join();
        let done = written.map_err(|_| {
            IndexError::damaged(
                self.snapshot().dir(),
                "a batch was not written, and nobody says why",
            )
        })??;
        self.add_segment(batch.number, &done, (batch.stories, batch.end))
    }

    /// Adds a few stories at once, in this thread.
    pub(crate) fn add_batch(&mut self, mut batch: Batch) -> Result<(), IndexError> {
        if batch.is_empty() {
            return Ok(());
        }
        let (number, path, dictionary): (_, _, Option<Arc<_>>) = self.prepare(&batch)?;
        batch.seal(dictionary.as_ref())?;
        let done = batch.write(self.disk(), &path)?;
        self.add_segment(number, &done, (batch.len() as u32, batch.end()))
    }
}
