//! The feed of a run as the flags name it, and what becomes of refused records.

use std::path::Path;
use std::sync::Arc;

use wirefold::furniture::Table;
use wirefold::profile::Profile;
use wirefold_io::{
    Feed, FeedOptions, Format, Inputs, IoError, Outputs, Reason, RecordOptions, Refused,
    RefusedRow, Role, Sealed, Table as Rows, read_furniture, read_profile,
};

use crate::args::{Furniture, Input, InputFormat, InvalidUtf8};
use crate::outcome::{Failure, say};
use crate::progress::Bar;

/// The inputs that the flags name; standard input if none.
pub(crate) fn inputs(input: &Input) -> Result<Inputs, Failure> {
    for (field, path) in &input.fields {
        if let Some(other) = named(input, *field).find(|other| other != path) {
            return Err(Failure::Usage(format!(
                "`{path}` and `{other}` are named for one field; leave one of them out"
            )));
        }
    }
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
            InputFormat::Json => Format::Json,
            InputFormat::Ninjs => Format::Ninjs,
            InputFormat::NewsmlG2 => Format::NewsMlG2,
            InputFormat::Nitf => Format::Nitf,
            InputFormat::Rss => Format::Rss,
            InputFormat::Atom => Format::Atom,
            InputFormat::Csv => Format::Csv,
            InputFormat::Tsv => Format::Tsv,
            InputFormat::Warc => Format::Warc,
            InputFormat::Parquet => Format::Parquet,
            InputFormat::Arrow => Format::Arrow,
            InputFormat::Tar => Format::Tar,
            InputFormat::Zip => Format::Zip,
        }),
        fields: Some(record_options(input)),
        max_record_bytes: input.max_record,
        temp_dir: input.temp_dir.clone(),
        ..FeedOptions::default()
    }
}

/// A feed of these inputs that is gone through once, its records with all that they hold.
pub(crate) fn passing(inputs: Inputs, input: &Input) -> Result<Feed, IoError> {
    let options = FeedOptions {
        spool: false,
        fields: None,
        ..feed_options(input)
    };
    Feed::open(inputs, options)
}

/// What the flags name for a field, `--field` first.
fn named(input: &Input, field: Role) -> impl Iterator<Item = &str> {
    let flag = match field {
        Role::Text => input.text_field.as_deref(),
        Role::Id => input.id_field.as_deref(),
        Role::Title => input.title_field.as_deref(),
        Role::Source => input.source_field.as_deref(),
        Role::Date => input.date_field.as_deref(),
        Role::Item => input.slug_field.as_deref(),
        Role::Version => input.version_field.as_deref(),
        Role::Status => input.status_field.as_deref(),
        Role::Embargo => input.embargo_field.as_deref(),
        Role::Language | Role::Updated | Role::Byline | Role::Dateline | Role::Urgency => None,
    };
    let listed = input.fields.iter().filter(move |(name, _)| *name == field);
    listed.map(|(_, path)| path.as_str()).chain(flag)
}

/// The options of parsing that the flags name.
pub(crate) fn record_options(input: &Input) -> RecordOptions {
    let field = |field: Role| named(input, field).next().map(ToOwned::to_owned);
    RecordOptions {
        text_field: field(Role::Text),
        id_field: field(Role::Id),
        title_field: field(Role::Title),
        source_field: field(Role::Source),
        date_field: field(Role::Date),
        item_field: field(Role::Item),
        version_field: field(Role::Version),
        status_field: field(Role::Status),
        embargo_field: field(Role::Embargo),
        language_field: field(Role::Language),
        updated_field: field(Role::Updated),
        byline_field: field(Role::Byline),
        dateline_field: field(Role::Dateline),
        urgency_field: field(Role::Urgency),
        timezone: Some(input.timezone.clone()),
        invalid_utf8: match input.invalid_utf8 {
            InvalidUtf8::Refuse => wirefold_io::InvalidUtf8::Refuse,
            InvalidUtf8::Replace => wirefold_io::InvalidUtf8::Replace,
        },
    }
}

/// The forms of furniture that the flags name.
pub(crate) fn furniture(args: &Furniture) -> Result<Arc<Table>, IoError> {
    let table = args.table.as_ref();
    table.map_or_else(
        || Ok(Table::shared()),
        |path| Ok(Arc::new(read_furniture(path)?)),
    )
}

/// The profile in a file.
pub(crate) fn profile(path: Option<&Path>) -> Result<Option<Arc<Profile>>, IoError> {
    path.map(read_profile).transpose()
}

/// Refused records: told on standard error, counted, and written where asked.
pub(crate) struct Rejects {
    table: Option<Rows>,
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
            .map(|path| Rows::new(outputs.create(path)?, RefusedRow::columns()))
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
        let table = self.table.map(Rows::seal).transpose()?;
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
        Reason::InMember { reason, .. } => remedy(reason),
        Reason::MissingField { .. } => " (--text-field names another)",
        Reason::InvalidUtf8 { .. } => " (--invalid-utf8 replace)",
        Reason::TooLong { .. } | Reason::Overgrown { .. } => " (--max-record raises it)",
        Reason::BrokenJson { message, .. } if message.contains("hex escape") => {
            " (--invalid-utf8 replace)"
        }
        _ => "",
    }
}
