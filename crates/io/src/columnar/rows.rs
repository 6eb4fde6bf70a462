//! The rows of a source of columns, and as lines of JSON.

use super::json::{Put, fields, put_object};
use super::open::PIECE_ROWS;
use super::{Batches, Columns, Extent};
use crate::format::{BROKEN, Gate, Gated, Step, Translator, unmark};
use crate::input::Format;
use crate::record::RecordOptions;
use crate::refused::Reason;
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use std::io::{self, Write as _};
use std::sync::Arc;

/// Bytes of a part of a batch, about.
const PART_BYTES: usize = 1 << 20;

/// The batches of one source, each with text where its schema has it.
pub(crate) struct Rows<'f> {
    format: Format,
    from: Source<'f>,
    /// Which columns are read; all if not given.
    wanted: Option<RecordOptions>,
    /// Rows given so far.
    row: u64,
    all: bool,
}

/// How far a source is.
enum Source<'f> {
    /// A stream that has to be copied first.
    Stream(Gated<'f>, Arc<Gate>),
    Extent(Extent),
    Open(Batches),
    Ended,
}

/// Some rows of a source.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) batch: RecordBatch,
    /// Something in it is not UTF-8, and marked.
    broken: bool,
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
            row: 0,
            all: false,
        }
    }

    /// Whether all columns are read, as far as that is known.
    pub(crate) fn all_columns(&self) -> bool {
        self.all
    }

    /// The next rows; nothing at the end.
    ///
    /// # Errors
    /// What is wrong with the source; nothing comes behind it.
    pub(crate) fn next_piece(&mut self) -> Result<Option<Piece>, Reason> {
        match self.advance() {
            Ok(piece) => {
                match &piece {
                    Some(piece) => self.row += piece.batch.num_rows() as u64,
                    None => self.from = Source::Ended,
                }
                Ok(piece)
            }
            Err(message) => {
                self.from = Source::Ended;
                Err(Reason::BrokenColumns {
                    what: self.format.name(),
                    row: self.row,
                    message,
                })
            }
        }
    }

    fn open(&mut self, extent: Extent) -> Result<Batches, String> {
        let columns = Columns::open(self.format, extent)?;
        let wanted = self.wanted.as_ref();
        let wanted = wanted.map(|options| columns_of(columns.schema(), options));
        let there = columns.schema().fields().len();
        self.all = wanted.as_ref().is_none_or(|wanted| wanted.len() == there);
        columns.batches(wanted.as_deref())
    }

    fn advance(&mut self) -> Result<Option<Piece>, String> {
        loop {
            let batches = match &mut self.from {
                Source::Ended => return Ok(None),
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
                        return Ok(None);
                    }
                    self.from = Source::Extent(extent);
                    continue;
                }
            };
            let Some(batch) = batches.next().transpose()? else {
                return Ok(None);
            };
            if batch.num_rows() > 0 {
                let texts = batches.texts();
                let whole = texts.of(&batch);
                let broken = whole.is_err();
                let batch = whole.or_else(|_| texts.marked(&batch, BROKEN))?;
                return Ok(Some(Piece { batch, broken }));
            }
        }
    }
}

impl Piece {
    /// Parts of not too many rows each, in order.
    pub(crate) fn parts(self) -> impl Iterator<Item = Piece> + Send {
        let rows = self.batch.num_rows();
        let row_bytes = self.batch.get_array_memory_size() / rows.max(1);
        let len = (PART_BYTES / row_bytes.max(1)).clamp(1, PIECE_ROWS);
        (0..rows).step_by(len).map(move |at| Piece {
            batch: self.batch.slice(at, len.min(rows - at)),
            broken: self.broken,
        })
    }

    /// What writes its rows.
    fn columns(&self) -> Vec<(Vec<u8>, Put)> {
        let schema = self.batch.schema();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        fields(names, self.batch.columns())
    }

    /// Its rows as lines of JSON.
    pub(crate) fn lines(&self) -> Vec<u8> {
        let columns = self.columns();
        let mut lines = Vec::new();
        for row in 0..self.batch.num_rows() {
            let begin = lines.len();
            put_object(&columns, row, &mut lines);
            if self.broken {
                unmark(&mut lines, begin);
            }
            lines.push(b'\n');
        }
        lines
    }
}

/// The rows of a member of an archive, one by one.
pub(crate) struct EachRow<'f> {
    rows: Rows<'f>,
    columns: Vec<(Vec<u8>, Put)>,
    at: usize,
    len: usize,
    broken: bool,
    ended: bool,
}

impl<'f> EachRow<'f> {
    pub(crate) fn new(rows: Rows<'f>) -> Self {
        EachRow {
            rows,
            columns: Vec::new(),
            at: 0,
            len: 0,
            broken: false,
            ended: false,
        }
    }
}

impl Translator for EachRow<'_> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        if self.ended {
            return Step::End;
        }
        if self.at == self.len {
            match self.rows.next_piece() {
                Ok(Some(piece)) => {
                    self.columns = piece.columns();
                    (self.at, self.len, self.broken) = (0, piece.batch.num_rows(), piece.broken);
                }
                Ok(None) => {
                    self.ended = true;
                    return Step::End;
                }
                Err(reason) => {
                    self.ended = true;
                    return Step::Refused(reason, None);
                }
            }
        }
        let begin = out.len();
        put_object(&self.columns, self.at, out);
        if self.broken {
            unmark(out, begin);
        }
        self.at += 1;
        Step::Record
    }
}

/// The places of the columns that the options look for. Without any, all: a message about what is
/// missing names what is there.
pub(super) fn columns_of(schema: &Schema, options: &RecordOptions) -> Vec<usize> {
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
