//! Sources of columns within a feed: opened for a pass, and again to select rows from.

use super::{Columns, ColumnsIn, Extent, Manner, Rows};
use crate::error::IoError;
use crate::feed::{Feed, Keeping, Stamp};
use crate::format::{Gate, Gated, named_or_told};
use crate::growth::Growth;
use crate::input::{Format, Inputs};
use crate::opening::{Opened, Opening};
use arrow_schema::{Field, Schema, SchemaRef};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a source of columns is to be had at places.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ColumnsAt {
    /// In its own file.
    File(Stamp),
    /// In the temporary copy.
    Spool { start: u64, len: u64 },
}

impl Feed {
    /// Opens a source of columns for the first pass; `file` if it is a file, uncompressed. Otherwise
    /// all of `input` is copied first.
    pub(crate) fn open_columns<'f>(
        &'f self,
        source: u32,
        format: Format,
        file: Option<Stamp>,
        input: Box<dyn Read + Send + 'f>,
    ) -> Result<Opening<'f>, IoError> {
        let seen = &self.seen[source as usize];
        let (at, gate) = match file {
            Some(stamp) => (ColumnsAt::File(stamp), self.gate()),
            None => self.copied(input)?,
        };
        // The first pass over this source: no one else can have set it.
        let _ = seen.columns.set(at);
        let keeping = if self.options.spool {
            Keeping::Loose
        } else {
            Keeping::Nowhere
        };
        let _ = seen.begun.set((format, keeping));
        self.opening_columns(source, format, at, gate)
    }

    /// Opens a source of columns for a later pass, which makes lines of its rows anew.
    pub(crate) fn open_columns_again(
        &self,
        source: u32,
        format: Format,
    ) -> Result<Opening<'_>, IoError> {
        match self.seen[source as usize].columns.get() {
            Some(&at) => self.opening_columns(source, format, at, self.gate()),
            None => Err(IoError::PartlyRead {
                path: self.path(source).to_path_buf(),
            }),
        }
    }

    fn opening_columns(
        &self,
        source: u32,
        format: Format,
        at: ColumnsAt,
        gate: Arc<Gate>,
    ) -> Result<Opening<'_>, IoError> {
        let loose = if self.options.spool {
            Some(Arc::clone(self.loose()?))
        } else {
            None
        };
        let extent = self.extent(source, at, Arc::clone(&gate))?;
        let extent = extent.counted(Arc::clone(&self.bytes_read));
        let rows = Rows::of_extent(format, extent, self.options.fields.clone());
        let columns = ColumnsIn::new(rows, gate, loose);
        Ok((Opened::of_columns(format, columns), Vec::new(), 0, None))
    }

    fn gate(&self) -> Arc<Gate> {
        let limit = self.options.max_record_bytes;
        Gate::within(limit, Growth::new(limit), self.options.temp_dir.clone())
    }

    /// Copies a stream to the temporary copy. The gate knows why it ended early, if it did.
    fn copied(&self, input: Box<dyn Read + Send + '_>) -> Result<(ColumnsAt, Arc<Gate>), IoError> {
        let spool = self.spool()?;
        let start = spool.len();
        let gate = self.gate();
        let mut input = Gated::new(input, Arc::clone(&gate));
        input.copy(|piece| spool.append(piece))?;
        let len = spool.len() - start;
        Ok((ColumnsAt::Spool { start, len }, gate))
    }

    fn extent(&self, source: u32, at: ColumnsAt, gate: Arc<Gate>) -> Result<Extent, IoError> {
        Ok(match at {
            ColumnsAt::File(stamp) => {
                let file = self.open_same(source, stamp)?;
                Extent::new(Arc::new(file), 0, stamp.len(), gate)
            }
            ColumnsAt::Spool { start, len } => Extent::new(self.spool()?.file(), start, len, gate),
        })
    }

    /// A source of columns that was read in a pass, opened again; nothing for another source.
    ///
    /// # Errors
    /// [`IoError::Changed`], [`IoError::Unreadable`] and [`IoError::Read`]; the inner error is what is
    /// wrong with the source, in words.
    pub(crate) fn columns(&self, source: u32) -> Result<Option<Result<Columns, String>>, IoError> {
        let seen = &self.seen[source as usize];
        let (Some(&at), Some(&(format, _))) = (seen.columns.get(), seen.begun.get()) else {
            return Ok(None);
        };
        let extent = self.extent(source, at, Gate::new(u64::MAX, Growth::new(u64::MAX)))?;
        Ok(Some(Columns::open(format, extent)))
    }

    /// A source of columns of which rows were read.
    pub(crate) fn columns_again(&self, source: u32) -> Result<Columns, IoError> {
        let columns = self.columns(source)?;
        let columns = columns.unwrap_or_else(|| Err("it is not made of columns".to_owned()));
        columns.map_err(|message| self.read_error(source, std::io::Error::other(message)))
    }

    /// An error that ends a run in which every row counts.
    pub(crate) fn broken_columns(&self, source: u32, message: String) -> IoError {
        IoError::BrokenColumns {
            path: self.path(source).to_path_buf(),
            message,
        }
    }

    /// Whether a source is made of columns of which a pass reads only some: then its records are to be had
    /// from the columns alone.
    pub(crate) fn lacks_columns(&self, source: u32) -> bool {
        let seen = &self.seen[source as usize];
        seen.columns.get().is_some() && seen.all_columns.get() != Some(&true)
    }

    /// The columns that all sources have in common, and how the first of them is written; nothing where
    /// a source is not made of columns, or none could be read.
    ///
    /// # Errors
    /// [`IoError::SchemasDiffer`], and those of [`Feed::columns`].
    pub(crate) fn one_schema(&self) -> Result<Option<(SchemaRef, Manner)>, IoError> {
        let mut common = Common::default();
        let mut manner = None;
        for source in 0..self.source_count() as u32 {
            // A file that could not be opened is of no format.
            if self.format(source).is_none() {
                continue;
            }
            let Some(columns) = self.columns(source)? else {
                return Ok(None);
            };
            // What is broken was refused.
            let Ok(columns) = columns else {
                continue;
            };
            common.add(self.path(source), columns.schema())?;
            manner.get_or_insert_with(|| columns.manner());
        }
        Ok(common.schema().zip(manner))
    }
}

/// The columns that files have in common.
#[derive(Default)]
struct Common {
    first: Option<(PathBuf, SchemaRef)>,
    /// Which of them have rows without a value.
    nullable: Vec<bool>,
}

impl Common {
    fn add(&mut self, path: &Path, schema: &SchemaRef) -> Result<(), IoError> {
        let Some((one, known)) = &self.first else {
            self.first = Some((path.to_path_buf(), Arc::clone(schema)));
            self.nullable = schema.fields().iter().map(|f| f.is_nullable()).collect();
            return Ok(());
        };
        if let Some(difference) = difference(known, schema) {
            return Err(IoError::SchemasDiffer {
                one: one.clone(),
                other: path.to_path_buf(),
                difference,
            });
        }
        for (nullable, field) in self.nullable.iter_mut().zip(schema.fields()) {
            *nullable |= field.is_nullable();
        }
        Ok(())
    }

    fn schema(self) -> Option<SchemaRef> {
        let (_, schema) = self.first?;
        let fields = schema.fields().iter().zip(&self.nullable);
        let fields: Vec<Field> = fields
            .map(|(field, &nullable)| field.as_ref().clone().with_nullable(nullable))
            .collect();
        let metadata = schema.metadata().clone();
        Some(Arc::new(Schema::new_with_metadata(fields, metadata)))
    }
}

/// The first difference between two schemas in names and types, in words.
fn difference(one: &Schema, other: &Schema) -> Option<String> {
    for (known, field) in one.fields().iter().zip(other.fields()) {
        if known.name() != field.name() {
            return Some(format!(
                "`{}` in the place of `{}`",
                field.name(),
                known.name()
            ));
        }
        if known.data_type() != field.data_type() {
            return Some(format!(
                "`{}` is {}, there {}",
                field.name(),
                field.data_type(),
                known.data_type()
            ));
        }
    }
    let (len, known) = (other.fields().len(), one.fields().len());
    (len != known).then(|| format!("{len} columns, there {known}"))
}

/// Says whether files of columns among the inputs can become one, as far as that shows without reading
/// them: what comes from a pipe or is compressed is not looked at.
///
/// # Errors
/// [`IoError::SchemasDiffer`], and [`IoError::Unreadable`] for a named file.
pub fn check_columns(inputs: &Inputs, format: Option<Format>) -> Result<(), IoError> {
    let mut common = Common::default();
    for source in &inputs.sources {
        let Some(path) = &source.path else {
            continue;
        };
        // What cannot be opened is told when it is read.
        let (Ok(facts), Ok(file)) = (std::fs::metadata(path), File::open(path)) else {
            continue;
        };
        if !facts.is_file() {
            continue;
        }
        let extent = Extent::new(
            Arc::new(file),
            0,
            facts.len(),
            Gate::new(u64::MAX, Growth::new(u64::MAX)),
        );
        let mut head = vec![0; facts.len().min(8) as usize];
        if extent.read_at(0, &mut head).is_err() {
            continue;
        }
        let told = || named_or_told(Format::of_path(path), &head);
        let format = format.unwrap_or_else(told);
        if !format.is_columnar() {
            return Ok(());
        }
        if let Ok(columns) = Columns::open(format, extent) {
            common.add(path, columns.schema())?;
        }
    }
    Ok(())
}
