//! Asks of each story of a feed how it is related to what is stored.

use std::ops::ControlFlow;

use wirefold::query::{ASKED, Asker};
use wirefold::relation::Row;
use wirefold::sketch::Sketch;
use wirefold::{Error, Story, StoryBuffer, TextSource};
use wirefold_io::{Chunk, Feed, RecordOptions, Refused, ordered, parse_chunk};

use crate::add::{READ_AT_ONCE, blocks, titled};
use crate::error::IndexError;
use crate::snapshot::Snapshot;

/// A story that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its id, `FILE:LINE` for a record that has none.
    pub id: &'a str,
    /// The story, without its title where titles are left out.
    pub story: Story<'a>,
    /// Its relations to stored stories, in the order of their ids. Its own number is [`ASKED`]; `a` is before
    /// `b` by id.
    pub rows: &'a [Row],
}

impl Answer<'_> {
    /// The number of the stored story of a row.
    pub fn stored(row: &Row) -> u32 {
        if row.a == ASKED { row.b } else { row.a }
    }
}

impl Snapshot {
    /// Asks of each story of a feed how it is related to the stored ones: the same rows as a run over all of
    /// them and this one story. Stories of the feed are not related to each other.
    ///
    /// On `threads` threads each answer is turned into what `show` makes of it; `each` gets that on this
    /// thread, in the order of the feed and as soon as it is there, with the records that were refused.
    ///
    /// # Errors
    /// Those of reading and of `each`; [`IndexError::Library`] if what is stored cannot be read.
    pub fn query<T: Send>(
        &self,
        feed: &Feed,
        records: &RecordOptions,
        threads: usize,
        show: impl Fn(Answer<'_>) -> T + Sync,
        mut each: impl FnMut(Vec<T>, Vec<Refused>) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let matcher = self.settings().matcher();
        // Settings were checked when the index was made, and again when it was opened.
        let show = &show;
        let work = || {
            let mut asker = Asker::new(self, &matcher, self.settings());
            let mut sketch = Sketch::default();
            move |chunk: Chunk| {
                let (mut shown, mut refused, mut failed) = (Vec::new(), Vec::new(), None);
                parse_chunk(&chunk, records, &mut |record| {
                    let record = match record {
                        Ok(record) => record,
                        Err(record) => return refused.push(record),
                    };
                    let (Ok(asker), None) = (&mut asker, &failed) else {
                        return;
                    };
                    let place = || format!("{}:{}", chunk.file, record.line);
                    let id = record.id.as_deref().map_or_else(place, str::to_owned);
                    let story = record.story(self.titles());
                    match asker.relations(&id, story, &mut sketch) {
                        Ok(rows) => shown.push(show(Answer {
                            id: &id,
                            story,
                            rows: &rows,
                        })),
                        Err(error) => failed = Some(error),
                    }
                });
                (shown, refused, failed)
            }
        };
        let chunks = feed.chunks()?.map(|chunk| chunk.map_err(IndexError::from));
        ordered(chunks, threads, work, |(shown, refused, failed)| {
            each(shown, refused)?;
            match failed {
                Some(error) => Err(error.into()),
                None => Ok(ControlFlow::Continue(())),
            }
        })
    }

    /// Asks of each story of a source how it is related to the stored ones, as [`Snapshot::query`] does of
    /// those of a feed. `each` gets what `show` made of some answers, in the order of the source.
    ///
    /// # Errors
    /// Those of `each`; [`IndexError::Library`] if a story, or what is stored, cannot be read.
    pub fn query_stories<T: Send, S: TextSource + ?Sized>(
        &self,
        source: &S,
        threads: usize,
        show: impl Fn(u32, Answer<'_>) -> T + Sync,
        mut each: impl FnMut(Vec<T>) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let matcher = self.settings().matcher();
        let show = &show;
        let work = || {
            let mut asker = Asker::new(self, &matcher, self.settings());
            let (mut sketch, mut buffer) = (Sketch::default(), StoryBuffer::default());
            move |numbers: std::ops::Range<u32>| {
                // Settings were checked when the index was made, and again when it was opened.
                let Ok(asker) = &mut asker else {
                    return Ok(Vec::new());
                };
                let answers = numbers.map(|number| {
                    source.read(number, &mut buffer)?;
                    let story = titled(buffer.story(), self.titles());
                    let id = source.id(number);
                    let rows = asker.relations(id, story, &mut sketch)?;
                    let rows = &rows;
                    Ok(show(number, Answer { id, story, rows }))
                });
                answers.collect::<Result<Vec<T>, Error>>()
            }
        };
        ordered(blocks(source, READ_AT_ONCE), threads, work, |shown| {
            each(shown?)?;
            Ok::<_, IndexError>(ControlFlow::Continue(()))
        })
    }
}
