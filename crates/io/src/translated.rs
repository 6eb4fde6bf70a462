//! Chunks of a source that is translated as it is read.

use crate::chunk::{Chunk, End, Reading};
use crate::error::IoError;
use crate::feed::Feed;
use crate::format::{Bytes, Gate, Gated, Retold, Step, Translator, translator, zip};
use crate::growth::{Damage, Growth};
use crate::input::Format;
use crate::opening::is_outer;
use crate::record::Span;
use crate::refused::{Reason, Refused};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// A source that is translated as it is read.
pub(crate) struct Translated<'f> {
    translator: Box<dyn Translator + 'f>,
    gate: Arc<Gate>,
    /// Told once why the bytes ended early.
    told: bool,
}

impl Translated<'_> {
    /// Why the bytes of a source ended before the source did, once.
    fn stopped(&mut self) -> Option<Result<Reason, io::Error>> {
        if self.told {
            return None;
        }
        let stopped = stopped(&self.gate);
        self.told = stopped.is_some();
        stopped
    }
}

/// Why the bytes of a source ended before the source did. The inner error is one of the system.
pub(crate) fn stopped(gate: &Gate) -> Option<Result<Reason, io::Error>> {
    match gate.take_error() {
        Some(error) if is_outer(&error) => Some(Err(error)),
        Some(error) => Some(Ok(Damage::of(&error).reason(gate.passed()))),
        None if gate.exceeded() => Some(Ok(Reason::TooLong {
            len: gate.limit().saturating_add(1),
            limit: gate.limit(),
        })),
        None => None,
    }
}

impl Feed {
    /// A source of a format that is translated.
    pub(crate) fn translation<'f>(
        &self,
        format: Format,
        input: Box<dyn Read + Send + 'f>,
        growth: Arc<Growth>,
    ) -> Option<Translated<'f>> {
        let gate = Gate::within(
            self.options.max_record_bytes,
            growth,
            self.options.temp_dir.clone(),
        );
        let gated = Gated::new(input, Arc::clone(&gate));
        let insisted = self.options.format.is_some();
        let translator = translator(format, insisted, gated, Arc::clone(&gate))?;
        Some(Translated {
            translator,
            gate,
            told: false,
        })
    }

    /// An archive as zip, read where it lies.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn zip_file(&self, path: &Path, growth: Arc<Growth>) -> io::Result<Translated<'_>> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let gate = Gate::new(self.options.max_record_bytes, growth);
        let bytes = Bytes::of_file(file, len, &self.bytes_read, Arc::clone(&gate));
        Ok(Translated {
            translator: zip(bytes),
            gate,
            told: false,
        })
    }

    /// An archive as zip that comes as a stream.
    pub(crate) fn zip_stream<'f>(
        &self,
        input: Box<dyn Read + Send + 'f>,
        growth: Arc<Growth>,
    ) -> Result<Translated<'f>, IoError> {
        let gate = Gate::new(self.options.max_record_bytes, growth);
        let gated = Gated::new(input, Arc::clone(&gate));
        let dir = self.temporary_folder();
        let bytes = Bytes::of_stream(gated, &dir, Arc::clone(&gate));
        let bytes = bytes.map_err(|source| IoError::Spool { dir, source })?;
        Ok(Translated {
            translator: zip(bytes),
            gate,
            told: false,
        })
    }

    /// A source that was translated before, from its copy.
    pub(crate) fn retelling<'f>(
        &'f self,
        source: u32,
        input: Box<dyn Read + Send + 'f>,
    ) -> Translated<'f> {
        let gate = Gate::new(u64::MAX, Growth::new(u64::MAX));
        let gated = Gated::new(input, Arc::clone(&gate));
        let refused = &self.seen[source as usize].refused;
        Translated {
            translator: Box::new(Retold::new(gated, refused)),
            gate,
            told: false,
        }
    }
}

impl Reading<'_> {
    /// The next chunk of a source that is translated. A refused item leaves a blank line, so that
    /// lines number the items.
    pub(crate) fn next_translated(&mut self, feed: &Feed) -> Result<Option<Chunk>, IoError> {
        let block = feed.options.chunk_bytes.max(1);
        let mut buffer = feed.pool.take();
        buffer.clear();
        let mut items = 0;
        let mut refused = None;
        while buffer.len() < block && refused.is_none() && self.end.is_none() {
            let Some(translated) = &mut self.from.translated else {
                break;
            };
            let begin = buffer.len();
            let step = translated.translator.next(&mut buffer);
            let step = match step {
                Step::Record => {
                    buffer.push(b'\n');
                    items += 1;
                    continue;
                }
                step if !translated.translator.ended() => step,
                // What a format makes of bytes that end early is not what is wrong.
                step => match translated.stopped() {
                    None => step,
                    Some(Ok(reason)) => Step::Refused(reason, None),
                    Some(Err(error)) => return Err(feed.read_error(self.source, error)),
                },
            };
            buffer.truncate(begin);
            match step {
                Step::Refused(reason, record) => {
                    let span = Span {
                        offset: self.offset + buffer.len() as u64,
                        len: 0,
                    };
                    buffer.push(b'\n');
                    if self.from.spool.is_some() {
                        let seen = &feed.seen[self.source as usize];
                        let mut all = seen.refused.lock().unwrap_or_else(PoisonError::into_inner);
                        all.push(reason.clone());
                    }
                    let line = self.line + items;
                    refused = Some(Box::new(Refused {
                        line,
                        record,
                        ..self.refused(span, reason)
                    }));
                }
                _ => self.end = Some(End::Whole),
            }
        }
        if buffer.is_empty() {
            feed.pool.give(buffer);
            return Ok(None);
        }
        if let Some(spool) = self.from.spool {
            spool.append(&buffer)?;
        }
        let len = buffer.len();
        let mut chunk = self.give(feed, buffer, len);
        chunk.refused = refused;
        Ok(Some(chunk))
    }
}
