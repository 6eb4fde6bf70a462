//! The rows of a source of columns as lines of JSON.

use super::json::{Put, fields, put_object};
use super::{Batches, Columns, Extent};
use crate::format::{BROKEN, Gate, Gated, Step, Translator, unmark};
use crate::input::Format;
use crate::record::RecordOptions;
use crate::refused::Reason;
use arrow_schema::Schema;
use std::io::{self, Write as _};
use std::sync::Arc;

/// The rows of one source.
pub(crate) struct Rows<'f> {
    format: Format,
    from: Source<'f>,
    /// Which columns are written; all if not given.
    wanted: Option<RecordOptions>,
    columns: Vec<(Vec<u8>, Put)>,
    at: usize,
    len: usize,
    /// Something in the batch is not UTF-8.
    broken: bool,
    /// Rows given so far.
    row: u64,
    ended: bool,
}

/// How far a source is.
enum Source<'f> {
    /// A stream that has to be copied first.
    Stream(Gated<'f>, Arc<Gate>),
    Extent(Extent),
    Open(Batches),
}

impl<'f> Rows<'f> {
    /// The rows of an extent, with the columns that the options look for, or all.
    pub(crate) fn of_extent(format: Format, extent: Extent, wanted: Option<RecordOptions>) -> Self {
        Self::new(format, Source::Extent(extent), wanted)
    }

    /// The rows of a stream, with all columns. It is copied to a temporary file first.
    pub(crate) fn of_stream(format: Format, input: Gated<'f>, gate: Arc<Gate>) -> Self {
        Self::new(format, Source::Stream(input, gate), None)
    }

    fn new(format: Format, from: Source<'f>, wanted: Option<RecordOptions>) -> Self {
        Rows {
            format,
            from,
            wanted,
            columns: Vec::new(),
            at: 0,
            len: 0,
            broken: false,
            row: 0,
            ended: false,
        }
    }

    fn open(&mut self, extent: Extent) -> Result<Batches, String> {
        let columns = Columns::open(self.format, extent)?;
        let wanted = self.wanted.as_ref();
        let wanted = wanted.map(|options| columns_of(columns.schema(), options));
        columns.batches(wanted.as_deref())
    }

    /// Goes to the next batch that has rows; whether there is one.
    fn advance(&mut self) -> Result<bool, String> {
        loop {
            let batches = match &mut self.from {
                Source::Open(batches) => batches,
                Source::Extent(extent) => {
                    let extent = extent.clone();
                    self.from = Source::Open(self.open(extent)?);
                    continue;
                }
                Source::Stream(input, gate) => {
                    let extent = copied(input, gate).map_err(|error| {
                        let dir = gate.temp_dir();
                        format!(
                            "no temporary copy can be kept in {}: {error}; free space, or name \
                             another folder for temporary files",
                            dir.display()
                        )
                    })?;
                    if gate.stopped() {
                        return Ok(false);
                    }
                    self.from = Source::Extent(extent);
                    continue;
                }
            };
            let Some(batch) = batches.next().transpose()? else {
                return Ok(false);
            };
            if batch.num_rows() > 0 {
                let texts = batches.texts();
                let whole = texts.of(&batch);
                self.broken = whole.is_err();
                let batch = whole.or_else(|_| texts.marked(&batch, BROKEN))?;
                let schema = batch.schema();
                let names = schema.fields().iter().map(|field| field.name().as_str());
                self.columns = fields(names, batch.columns());
                (self.at, self.len) = (0, batch.num_rows());
                return Ok(true);
            }
        }
    }
}

impl Translator for Rows<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        if self.ended {
            return Step::End;
        }
        if self.at == self.len {
            match self.advance() {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    return Step::End;
                }
                Err(message) => {
                    self.ended = true;
                    let what = self.format.name();
                    let row = self.row;
                    return Step::Refused(Reason::BrokenColumns { what, row, message }, None);
                }
            }
        }
        let begin = out.len();
        put_object(&self.columns, self.at, out);
        if self.broken {
            unmark(out, begin);
        }
        self.at += 1;
        self.row += 1;
        Step::Record
    }
}

/// The places of the columns that the options look for. Without any, all: a message about what is
/// missing names what is there.
fn columns_of(schema: &Schema, options: &RecordOptions) -> Vec<usize> {
    let columns = schema.fields().iter().enumerate();
    let wanted: Vec<usize> = columns
        .filter(|(_, field)| options.looks_for(field.name()))
        .map(|(at, _)| at)
        .collect();
    if options.may_have_text(schema.fields().iter().map(|field| field.name().as_str())) {
        wanted
    } else {
        (0..schema.fields().len()).collect()
    }
}

/// A temporary copy of a stream.
fn copied(input: &mut Gated<'_>, gate: &Arc<Gate>) -> io::Result<Extent> {
    let mut file = crate::spool::temporary_file(&gate.temp_dir())?;
    let mut len = 0;
    input.copy(|piece| {
        len += piece.len() as u64;
        file.write_all(piece)
    })?;
    Ok(Extent::new(Arc::new(file), 0, len, Arc::clone(gate)))
}
