//! The stories of a feed: sketched as they are read, then read again by number.

mod ids;
mod rows;

use std::ops::ControlFlow;
use std::sync::Arc;

use wirefold::normalize::Matcher;
use wirefold::profile::{Learner, Lessons, Profile, ProfileBuilder};
use wirefold::sketch::{SketchChunk, SketchSettings, Sketcher, Sketches};
use wirefold::store::Memory;
use wirefold::{Error, StoryBuffer, TextSource};

pub use self::ids::Ids;
use self::rows::Rows;
use crate::chunk::Chunk;
use crate::error::IoError;
use crate::feed::Feed;
use crate::fields;
use crate::input::Format;
use crate::kept::Place;
use crate::parallel::ordered;
use crate::record::{RecordOptions, Span, parse_chunk};
use crate::refused::{Reason, Refused};
use crate::unread::UnreadDates;

/// How the stories of a feed are read.
#[derive(Clone, Debug)]
pub struct StoryOptions {
    /// Which fields are read, and how strictly.
    pub records: RecordOptions,
    /// Whether the title counts as the first paragraph; else it is left out. Default true.
    pub titles: bool,
    /// Worker threads, at least 1; the files are read on one more. Default 1.
    pub threads: usize,
    /// What is learned from the stories as they come by. Default nothing.
    pub learn: Learn,
    /// How much memory the sketches may take, and what comes of them. Default no bound.
    pub memory: Option<Memory>,
}

/// What is learned from stories while they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Learn {
    /// Nothing.
    #[default]
    Nothing,
    /// What verification needs.
    ToUse,
    /// All that merging profiles needs. `undated` lets lines be learned from stories without source or
    /// date, see [`Learner::new`].
    ToKeep {
        /// Whether stories without source or date teach lines.
        undated: bool,
    },
}

impl Default for StoryOptions {
    fn default() -> Self {
        Self {
            records: RecordOptions::default(),
            titles: true,
            threads: 1,
            learn: Learn::default(),
            memory: None,
        }
    }
}

/// The stories of a feed that was read: their ids, and where to read them again.
///
/// A story's number is its place among the records that were not refused. Its id is the record's,
/// or `FILE:LINE` where that has none. An id that stood earlier in the feed gets a suffix: the
/// second `a` is `a#2`, the third `a#3`, passing over ids that are taken.
#[derive(Debug)]
pub struct Stories {
    feed: Feed,
    options: StoryOptions,
    ids: Ids,
    records: Vec<Record>,
    rows: Rows,
    profile: Option<Arc<Profile>>,
    replaced: u64,
    unread_dates: UnreadDates,
    suffixed: u64,
}

/// Where a story's record lies.
#[derive(Clone, Copy, Debug)]
struct Record {
    source: u32,
    len: u32,
    offset: u64,
}

impl Learn {
    fn learner(self, seed: u64) -> Option<Learner> {
        match self {
            Self::Nothing => None,
            Self::ToUse => Some(Learner::new(seed, false)),
            Self::ToKeep { undated } => Some(Learner::new(seed, undated)),
        }
    }
}

/// What one worker made of one chunk.
struct Part {
    source: u32,
    sketches: SketchChunk,
    lessons: Lessons,
    /// Offset and length of each record.
    places: Vec<(u64, u32)>,
    ids: Ids,
    /// Of a source of columns.
    rows: Rows,
    refused: Vec<Refused>,
    replaced: u64,
    unread_dates: UnreadDates,
    /// Bits of the roles that were found in any of the records.
    roles: u16,
}

impl Stories {
    /// Reads a whole feed and sketches its stories as they come. `each` is called on this thread
    /// after every chunk, in the order of the feed, with the records that were refused in it.
    ///
    /// # Errors
    /// Those of [`Feed::chunks`] and of `each`; [`IoError::Library`] with those of [`Sketches::push`].
    pub fn read(
        feed: Feed,
        options: StoryOptions,
        settings: &SketchSettings,
        matcher: &Matcher,
        mut each: impl FnMut(&Feed, &[Refused]) -> Result<(), IoError>,
    ) -> Result<(Self, Sketches), IoError> {
        let mut sketches = match &options.memory {
            Some(memory) => Sketches::within(memory.clone()),
            None => Sketches::new(),
        };
        let mut ids = Ids::default();
        let mut records = Vec::new();
        let mut rows = Rows::default();
        let mut replaced = 0;
        let mut unread_dates = UnreadDates::default();
        let mut roles = 0;
        let learning = options.learn != Learn::Nothing;
        let mut builder = learning.then(|| ProfileBuilder::new(settings.seed));
        let work = || {
            let mut sketcher = Sketcher::new(settings, matcher);
            let options = &options;
            let mut learner = options.learn.learner(settings.seed);
            move |chunk: Chunk| part(&chunk, options, &mut sketcher, learner.as_mut())
        };
        ordered(feed.chunks()?, options.threads, work, |part: Part| {
            replaced += part.replaced;
            unread_dates.append(part.unread_dates);
            roles |= part.roles;
            let source = part.source;
            rows.append(records.len() as u64, &part.rows);
            records.extend(part.places.iter().map(|&(offset, len)| Record {
                source,
                len,
                offset,
            }));
            ids.append(&part.ids);
            if let Some(builder) = &mut builder {
                builder.push(part.lessons);
            }
            sketches.hold_beside(ids.bytes() + (records.len() * size_of::<Record>()) as u64);
            sketches.push(part.sketches)?;
            each(&feed, &part.refused)?;
            Ok::<_, IoError>(ControlFlow::Continue(()))
        })?;
        feed.check_loose()?;
        let suffixed = ids.make_unique();
        let profile = builder.map(|builder| match options.learn {
            Learn::ToKeep { .. } => builder.build(),
            _ => builder.build_to_use(),
        });
        let stories = Self {
            feed,
            options,
            ids,
            records,
            rows,
            profile: profile.map(Arc::new),
            replaced,
            unread_dates,
            suffixed,
        };
        stories.check_named(roles)?;
        Ok((stories, sketches))
    }

    /// Says whether every field that was named is in one of the records at least.
    fn check_named(&self, roles: u16) -> Result<(), IoError> {
        let Some(first) = self.records.first() else {
            return Ok(());
        };
        let records = &self.options.records;
        let lines = |record: &Record| self.feed.format(record.source) != Some(Format::PlainText);
        let (Some(field), true) = (
            fields::missing(records, roles),
            self.records.iter().any(lines),
        ) else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        let found = if let Some(Ok(columns)) = self.feed.columns(first.source)? {
            let fields = columns.schema().fields().iter();
            fields::shown(fields.map(|field| field.name().into()))
        } else {
            let len = first.len.into();
            self.feed
                .read_at(first.source, first.offset, len, &mut bytes)?;
            fields::names(&String::from_utf8_lossy(&bytes))
        };
        Err(IoError::NoSuchField {
            field: field.to_owned(),
            found,
        })
    }

    /// The number of stories.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Where the record of story `number` lies.
    ///
    /// # Panics
    /// If there is no such story.
    pub fn place(&self, number: u32) -> Place {
        let Record {
            source,
            len,
            offset,
        } = self.records[number as usize];
        let len = u64::from(len);
        Place {
            source,
            span: Span { offset, len },
        }
    }

    /// The number of the row of story `number` in its source, from 0, if that is made of columns.
    pub(crate) fn row(&self, number: u32) -> u64 {
        self.rows.get(number.into())
    }

    /// The feed that the stories are from.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// How they were read.
    pub fn options(&self) -> &StoryOptions {
        &self.options
    }

    /// What was learned while reading, if the options asked for it.
    pub fn profile(&self) -> Option<&Arc<Profile>> {
        self.profile.as_ref()
    }

    /// Broken UTF-8 sequences that were replaced while reading.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Dates in no known form.
    pub fn unread_dates(&self) -> &UnreadDates {
        &self.unread_dates
    }

    /// Ids that stood earlier in the feed and got a suffix.
    pub fn suffixed(&self) -> u64 {
        self.suffixed
    }
}

fn part(
    chunk: &Chunk,
    options: &StoryOptions,
    sketcher: &mut Sketcher<'_>,
    mut learner: Option<&mut Learner>,
) -> Part {
    let mut part = Part {
        source: chunk.source,
        sketches: SketchChunk::default(),
        lessons: Lessons::default(),
        places: Vec::new(),
        ids: Ids::default(),
        rows: Rows::default(),
        refused: Vec::new(),
        replaced: 0,
        unread_dates: UnreadDates::default(),
        roles: 0,
    };
    parse_chunk(chunk, &options.records, &mut |record| {
        let record = match record {
            Ok(record) => record,
            Err(refused) => return part.refused.push(refused),
        };
        let Ok(len) = u32::try_from(record.span.len) else {
            return part.refused.push(Refused {
                file: chunk.file.clone(),
                source: chunk.source,
                line: record.line,
                span: record.span,
                reason: Reason::TooLong {
                    len: record.span.len,
                    limit: u64::from(u32::MAX),
                },
                record: None,
            });
        };
        let story = record.story(options.titles);
        let words = sketcher.sketch(story, &mut part.sketches);
        if let Some(learner) = &mut learner {
            learner.learn(story, words, &mut part.lessons);
        }
        part.replaced += record.replaced;
        part.unread_dates.note(&chunk.file, &record);
        part.roles |= record.roles;
        if chunk.format.is_columnar() {
            part.rows.push(part.places.len() as u64, record.line - 1);
        }
        part.places.push((record.span.offset, len));
        match &record.id {
            Some(id) => part.ids.push(id),
            None => part.ids.push_place(&chunk.file, record.line),
        }
    });
    part.sketches.seal();
    part
}

impl TextSource for Stories {
    fn count(&self) -> u32 {
        // `Sketches` took no more.
        self.records.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        self.ids.get(number)
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        let failed = |reason: String| Error::Source { number, reason };
        let Place { source, span } = self.place(number);
        let mut bytes = std::mem::take(&mut buffer.bytes);
        let record = self
            .feed
            .record_at(source, span, 0, &self.options.records, &mut bytes)
            .map_err(|error| failed(error.to_string()))?
            .map_err(|refused| failed(refused.to_string()))?;
        buffer.set(record.story(self.options.titles));
        drop(record);
        buffer.bytes = bytes;
        Ok(())
    }
}
