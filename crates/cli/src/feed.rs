//! The feed of a run: sketched as it is read, and the stories' places to read them again.

mod ids;

use std::ops::ControlFlow;

use ids::Ids;
use wirefold::normalize::Matcher;
use wirefold::sketch::{SketchChunk, SketchSettings, Sketcher, Sketches};
use wirefold::{Error, Story, StoryBuffer, TextSource};
use wirefold_io::{
    Chunk, Feed, FeedOptions, Format, Inputs, IoError, Outputs, Place, Reason, RecordOptions,
    Refused, RefusedRow, Sealed, Span, Table, ordered, parse_chunk,
};

use crate::args::{Input, InputFormat, InvalidUtf8, TitleUse};
use crate::outcome::{Failure, say};
use crate::progress::Bar;

/// The inputs that the flags name; standard input if none.
pub(crate) fn inputs(input: &Input) -> Result<Inputs, Failure> {
    if input.inputs.is_empty() {
        if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
            return Err(Failure::Usage(
                "no input; name files or folders, or pipe a feed in".to_owned(),
            ));
        }
        return Ok(Inputs::collect(["-"])?);
    }
    Ok(Inputs::collect(&input.inputs)?)
}

/// The options of reading that the flags name.
pub(crate) fn feed_options(input: &Input) -> FeedOptions {
    FeedOptions {
        format: input.format.map(|format| match format {
            InputFormat::Jsonl => Format::JsonLines,
            InputFormat::Text => Format::PlainText,
        }),
        max_record_bytes: input.max_record,
        temp_dir: input.temp_dir.clone(),
        ..FeedOptions::default()
    }
}

/// The options of parsing that the flags name.
pub(crate) fn record_options(input: &Input) -> RecordOptions {
    RecordOptions {
        text_field: input.text_field.clone(),
        id_field: input.id_field.clone(),
        title_field: input.title_field.clone(),
        invalid_utf8: match input.invalid_utf8 {
            InvalidUtf8::Refuse => wirefold_io::InvalidUtf8::Refuse,
            InvalidUtf8::Replace => wirefold_io::InvalidUtf8::Replace,
        },
    }
}

/// Refused records: told on standard error, counted, and written where asked.
pub(crate) struct Rejects {
    table: Option<Table>,
    told: u64,
    pub(crate) count: u64,
}

/// Refused records that are told one by one; the rest is counted.
const MOST_TOLD: u64 = 20;

impl Rejects {
    /// Rejects that go to the file the flags name, if any.
    pub(crate) fn new(input: &Input, outputs: &mut Outputs<'_>) -> Result<Self, Failure> {
        let table = input
            .rejects
            .as_ref()
            .map(|path| Table::new(outputs.create(path)?, RefusedRow::COLUMNS))
            .transpose()?;
        Ok(Self {
            table,
            told: 0,
            count: 0,
        })
    }

    /// Takes note of refused records.
    pub(crate) fn add_all(&mut self, refused: &[Refused], bar: &Bar) -> Result<(), IoError> {
        if refused.is_empty() {
            return Ok(());
        }
        bar.aside(|| refused.iter().try_for_each(|refused| self.add(refused)))
    }

    /// Takes note of one refused record.
    fn add(&mut self, refused: &Refused) -> Result<(), IoError> {
        self.count += 1;
        if self.told < MOST_TOLD {
            self.told += 1;
            say(&format!("refused: {refused}{}", remedy(&refused.reason)));
        }
        self.table
            .as_mut()
            .map_or(Ok(()), |table| table.row(&RefusedRow::from(refused)))
    }

    /// Completes the file of rejects and tells how many records were refused beyond those told.
    /// Returns how many were refused, and the file, if any, to be put in its place.
    pub(crate) fn seal(self) -> Result<(u64, Option<Sealed>), IoError> {
        let table = self.table.map(Table::seal).transpose()?;
        if self.count > self.told {
            let more = self.count - self.told;
            let where_to = if table.is_some() {
                "all are in the file of rejects"
            } else {
                "--rejects FILE writes all of them"
            };
            let records = if more == 1 { "record" } else { "records" };
            say(&format!("refused: {more} more {records}; {where_to}"));
        }
        Ok((self.count, table))
    }
}

/// The flag that helps, where one does.
fn remedy(reason: &Reason) -> &'static str {
    match reason {
        Reason::MissingField { .. } => " (--text-field names another)",
        Reason::InvalidUtf8 { .. } => " (--invalid-utf8 replace)",
        Reason::TooLong { .. } => " (--max-record raises it)",
        Reason::BrokenJson { message, .. } if message.contains("hex escape") => {
            " (--invalid-utf8 replace)"
        }
        _ => "",
    }
}

/// What one worker made of one chunk.
struct Part {
    source: u32,
    sketches: SketchChunk,
    /// Offset and length of each record.
    places: Vec<(u64, u32)>,
    ids: Ids,
    refused: Vec<Refused>,
    replaced: u64,
}

/// Where a story's record lies.
#[derive(Clone, Copy)]
struct Record {
    source: u32,
    len: u32,
    offset: u64,
}

/// The stories of a run: their ids, and where to read them again.
pub(crate) struct Stories {
    feed: Feed,
    options: RecordOptions,
    title: TitleUse,
    ids: Ids,
    records: Vec<Record>,
    /// Broken UTF-8 sequences that were replaced.
    pub(crate) replaced: u64,
    /// Ids that were given before and got a suffix.
    pub(crate) suffixed: u64,
}

/// How the records of a run are read.
pub(crate) struct Reading {
    pub(crate) options: RecordOptions,
    pub(crate) title: TitleUse,
    pub(crate) threads: usize,
}

/// Reads and sketches the whole feed.
pub(crate) fn read(
    feed: Feed,
    reading: Reading,
    settings: &SketchSettings,
    matcher: &Matcher,
    rejects: &mut Rejects,
    bar: &Bar,
) -> Result<(Stories, Sketches), Failure> {
    let Reading {
        options,
        title,
        threads,
    } = reading;
    let mut sketches = Sketches::new();
    let mut ids = Ids::default();
    let mut records = Vec::new();
    let mut replaced = 0;
    let mut too_many = None;
    bar.reading(feed.total_bytes());
    let work = || {
        let mut sketcher = Sketcher::new(settings, matcher);
        let options = &options;
        move |chunk: Chunk| part(&chunk, options, title, &mut sketcher)
    };
    ordered(
        feed.chunks()?,
        threads,
        work,
        |part: Part| -> Result<_, IoError> {
            rejects.add_all(&part.refused, bar)?;
            replaced += part.replaced;
            let source = part.source;
            records.extend(part.places.iter().map(|&(offset, len)| Record {
                source,
                len,
                offset,
            }));
            ids.append(&part.ids);
            bar.read(feed.bytes_read());
            if let Err(error) = sketches.push(part.sketches) {
                too_many = Some(error);
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    if let Some(error) = too_many {
        return Err(error.into());
    }
    let suffixed = ids.make_unique();
    let stories = Stories {
        feed,
        options,
        title,
        ids,
        records,
        replaced,
        suffixed,
    };
    Ok((stories, sketches))
}

fn part(
    chunk: &Chunk,
    options: &RecordOptions,
    title: TitleUse,
    sketcher: &mut Sketcher<'_>,
) -> Part {
    let mut part = Part {
        source: chunk.source,
        sketches: SketchChunk::default(),
        places: Vec::new(),
        ids: Ids::default(),
        refused: Vec::new(),
        replaced: 0,
    };
    parse_chunk(chunk, options, &mut |record| match record {
        Ok(record) => {
            let story = Story {
                title: record.title.as_deref().filter(|_| title == TitleUse::First),
                text: &record.text,
            };
            sketcher.sketch(story, &mut part.sketches);
            part.replaced += record.replaced;
            // Records are bounded below 4 GiB by the flag that bounds them.
            part.places
                .push((record.span.offset, record.span.len as u32));
            match &record.id {
                Some(id) => part.ids.push(id),
                None => part.ids.push_place(&chunk.file, record.line),
            }
        }
        Err(refused) => part.refused.push(refused),
    });
    part.sketches.seal();
    part
}

impl Stories {
    /// The number of stories.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Where the record of story `number` lies.
    pub(crate) fn place(&self, number: u32) -> Place {
        let Record {
            source,
            len,
            offset,
        } = self.records[number as usize];
        Place {
            source,
            span: Span {
                offset,
                len: u64::from(len),
            },
        }
    }

    /// Bytes of the inputs as they lay on disk or came through the pipe.
    pub(crate) fn input_bytes(&self) -> u64 {
        self.feed.bytes_read()
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.feed
    }

    pub(crate) fn options(&self) -> &RecordOptions {
        &self.options
    }
}

impl TextSource for Stories {
    fn id(&self, number: u32) -> &str {
        self.ids.get(number)
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        let failed = |reason: String| Error::Source { number, reason };
        let Place { source, span } = self.place(number);
        let StoryBuffer { title, text, bytes } = buffer;
        let record = self
            .feed
            .record_at(source, span, 0, &self.options, bytes)
            .map_err(|error| failed(error.to_string()))?
            .map_err(|refused| failed(refused.to_string()))?;
        title.clear();
        if self.title == TitleUse::First {
            title.push_str(record.title.as_deref().unwrap_or_default());
        }
        text.clear();
        text.push_str(&record.text);
        Ok(())
    }
}
