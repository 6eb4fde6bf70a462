//! Stories in memory: columns with their roles, as the library reads them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray as _;
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3::types::PyList;
use wirefold::{About, Error, Story, StoryBuffer, TextSource};
use wirefold_io::{Ids, RecordOptions, Role, TEXT_FIELDS, TimeZone, role};

use crate::capsule::{self, Pieces};
use crate::column::{Column, Kind, Value, kind};
use crate::errors;
use crate::list;
use crate::settings;

/// Which fields are read, as the keywords name them.
#[derive(Default, FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Fields {
    text_field: Option<String>,
    id_field: Option<String>,
    title_field: Option<String>,
    source_field: Option<String>,
    date_field: Option<String>,
    slug_field: Option<String>,
    version_field: Option<String>,
    status_field: Option<String>,
    embargo_field: Option<String>,
    timezone: String,
}

impl Fields {
    pub(crate) fn options(self) -> PyResult<RecordOptions> {
        let timezone = wirefold_io::timezone(&self.timezone).ok_or_else(|| {
            let name = format!(
                "is {:?}; write it as Europe/Berlin or Asia/Tokyo",
                self.timezone
            );
            errors::setting("timezone", name)
        })?;
        Ok(RecordOptions {
            text_field: self.text_field,
            id_field: self.id_field,
            title_field: self.title_field,
            source_field: self.source_field,
            date_field: self.date_field,
            item_field: self.slug_field,
            version_field: self.version_field,
            status_field: self.status_field,
            embargo_field: self.embargo_field,
            timezone: Some(timezone),
            ..RecordOptions::default()
        })
    }

    fn named(options: &RecordOptions) -> [(&'static str, Option<&str>); 9] {
        [
            ("text_field", options.text_field.as_deref()),
            ("id_field", options.id_field.as_deref()),
            ("title_field", options.title_field.as_deref()),
            ("source_field", options.source_field.as_deref()),
            ("date_field", options.date_field.as_deref()),
            ("slug_field", options.item_field.as_deref()),
            ("version_field", options.version_field.as_deref()),
            ("status_field", options.status_field.as_deref()),
            ("embargo_field", options.embargo_field.as_deref()),
        ]
    }
}

/// Of these names of columns, those that are read, each with its role, the preferred ones first.
///
/// # Errors
/// `InputError` if none may hold the text, or one that was named is not there.
#[pyfunction]
pub(crate) fn fields(names: Vec<String>, fields: Fields) -> PyResult<Vec<(String, &'static str)>> {
    let options = fields.options()?;
    missing(&names, &options)?;
    let known = names
        .into_iter()
        .filter_map(|name| Some((role(&name, &options)?, name)));
    let mut known: Vec<((Role, u8), String)> = known.collect();
    known.sort_by_key(|&((_, rank), _)| rank);
    Ok(known
        .into_iter()
        .map(|((role, _), name)| (name, role.name()))
        .collect())
}

/// Tells of columns that are asked for and are not there.
pub(crate) fn missing(names: &[String], options: &RecordOptions) -> PyResult<()> {
    let there = || {
        let shown: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
        format!("the columns are {}", shown.join(", "))
    };
    for (keyword, named) in Fields::named(options) {
        if let Some(named) = named.filter(|&named| names.iter().all(|name| name != named)) {
            let message = format!("no column `{named}` ({keyword}); {}", there());
            return Err(errors::input(message, None, Some(named)));
        }
    }
    let text = |name: &String| matches!(role(name, options), Some((Role::Text, _)));
    if !names.iter().any(text) {
        let listed = TEXT_FIELDS.join(", ");
        let message = format!(
            "no column holds the text: none of {listed}; {}; name it by text_field",
            there()
        );
        return Err(errors::input(message, None, None));
    }
    Ok(())
}

/// The columns of one role with their names, the preferred one first.
pub(crate) type Columns = Vec<(String, Column)>;

/// Stories in memory, in columns.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Stories {
    columns: [Columns; Role::COUNT],
    ids: Ids,
    /// Whether no story has an id, so that they are called by their row.
    pub(crate) numbered: bool,
    zone: TimeZone,
    titles: bool,
    count: u32,
    /// Set to have the next reading fail.
    pub(crate) stopped: Arc<AtomicBool>,
}

#[pymethods]
impl Stories {
    /// The stories of a list, or of an object that gives Arrow data: a table with columns by name, or one
    /// column of texts. `title` says what becomes of titles.
    #[new]
    fn new(data: &Bound<'_, PyAny>, fields: Fields, title: &str) -> PyResult<Self> {
        let titles = settings::titles(title)?;
        let options = fields.options()?;
        if let Ok(list) = data.cast::<PyList>() {
            let columns = list::columns(list, &options)?;
            return Self::of(columns, &options, titles);
        }
        let Pieces { data_type, arrays } = capsule::import(data)?;
        data.py()
            .detach(|| Self::of(by_role(&data_type, &arrays, &options)?, &options, titles))
    }

    fn __len__(&self) -> usize {
        self.count as usize
    }

    /// The names of the columns that hold texts, or if `titles` titles, the preferred one first.
    fn names(&self, titles: bool) -> Vec<String> {
        let columns = self.columns(if titles { Role::Title } else { Role::Text });
        columns.iter().map(|(name, _)| name.clone()).collect()
    }
}

/// The columns of a table by their roles; a column alone is that of the texts.
fn by_role(
    data_type: &DataType,
    arrays: &[ArrayRef],
    options: &RecordOptions,
) -> PyResult<[Columns; Role::COUNT]> {
    let mut columns: [Columns; Role::COUNT] = Default::default();
    let DataType::Struct(fields) = data_type else {
        let name = options.text_field.as_deref().unwrap_or("text");
        let texts = column(name, data_type, Role::Text, arrays.iter().cloned())?;
        columns[0].push((name.to_owned(), texts));
        return Ok(columns);
    };
    let names: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
    missing(&names, options)?;
    let mut ranked: Vec<(Role, u8, (String, Column))> = Vec::new();
    let mut unfit = None;
    for (at, field) in fields.iter().enumerate() {
        let Some((role, rank)) = role(field.name(), options) else {
            continue;
        };
        let parts = arrays.iter().map(|array| {
            let table = array.as_struct();
            table.column(at).clone()
        });
        match column(field.name(), field.data_type(), role, parts) {
            Ok(column) => ranked.push((role, rank, (field.name().clone(), column))),
            // A column that was not asked for by name and holds something else is another's. What says
            // more of a story than the story itself may be of any type, as in a feed.
            Err(error)
                if !matches!(role, Role::Text | Role::Id | Role::Title)
                    || !Fields::named(options)
                        .iter()
                        .any(|&(_, named)| named == Some(field.name())) =>
            {
                if role == Role::Text {
                    unfit.get_or_insert(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
    ranked.sort_by_key(|&(_, rank, _)| rank);
    for (role, _, column) in ranked {
        columns[role as usize].push(column);
    }
    match unfit.filter(|_| columns[0].is_empty()) {
        Some(error) => Err(error),
        None => Ok(columns),
    }
}

fn column(
    name: &str,
    data_type: &DataType,
    role: Role,
    arrays: impl IntoIterator<Item = ArrayRef>,
) -> PyResult<Column> {
    let dates = matches!(role, Role::Date | Role::Updated | Role::Embargo);
    let fits = match kind(data_type) {
        Some(Kind::Strings) => true,
        Some(Kind::Integers) => role.integers(),
        Some(Kind::Times) => dates,
        // A column of nulls alone.
        None => *data_type == DataType::Null,
    };
    if !fits {
        let message = format!("column `{name}` holds {data_type}, not {}", expected(role));
        return Err(errors::input(message, None, Some(name)));
    }
    let rows = Column::new(arrays);
    let rows = rows.map_err(|row| {
        let message = format!("row {row}, column `{name}`: not UTF-8; convert it");
        errors::input(message, Some(row), Some(name))
    })?;
    // What is read as a string again and again becomes one.
    let named = matches!(role, Role::Id | Role::Source | Role::Item);
    Ok(if named { rows.into_strings() } else { rows })
}

/// What a role takes.
pub(crate) fn expected(role: Role) -> &'static str {
    match role {
        Role::Date | Role::Updated | Role::Embargo => "strings, integers or times",
        role if role.integers() => "strings or integers",
        _ => "strings",
    }
}

impl Stories {
    pub(crate) fn of(
        columns: [Columns; Role::COUNT],
        options: &RecordOptions,
        titles: bool,
    ) -> PyResult<Self> {
        let rows = columns[0].first().map_or(0, |(_, column)| column.len());
        let count = u32::try_from(rows).ok().filter(|&count| count < u32::MAX);
        let count = count.ok_or_else(|| errors::library(&Error::TooManyStories))?;
        let mut stories = Self {
            columns,
            ids: Ids::default(),
            numbered: false,
            zone: options.timezone.clone().unwrap_or(TimeZone::UTC),
            titles,
            count,
            stopped: Arc::default(),
        };
        stories.name();
        Ok(stories)
    }

    /// Gives the stories their ids. Numbers of rows are written with as many digits as the last, so that
    /// they come in the order of the rows.
    fn name(&mut self) {
        let mut ids = Ids::default();
        let named =
            |row| matches!(self.value(Role::Id, row), Some(Value::Text(id)) if !id.is_empty());
        self.numbered = !(0..self.count as usize).any(named);
        let digits = self.count.saturating_sub(1).to_string().len();
        for row in 0..self.count as usize {
            match self.value(Role::Id, row) {
                Some(Value::Text(id)) if !id.is_empty() => ids.push(id),
                _ if self.numbered => ids.push(&format!("{row:0digits$}")),
                _ => ids.push(&format!("row:{row}")),
            }
        }
        ids.make_unique();
        self.ids = ids;
    }

    /// The columns of a role, the preferred one first.
    pub(crate) fn columns(&self, role: Role) -> &Columns {
        &self.columns[role as usize]
    }

    /// The first value that the columns of a role have in a row.
    fn value(&self, role: Role, row: usize) -> Option<Value<'_>> {
        let mut columns = self.columns[role as usize].iter();
        columns.find_map(|(_, column)| column.get(row))
    }

    /// The string of a role in a row.
    pub(crate) fn string(&self, role: Role, row: usize) -> Option<&str> {
        match self.value(role, row)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The story of a row; one without a text has an empty one.
    pub(crate) fn story(&self, row: u32) -> Story<'_> {
        let row = row as usize;
        let some = |role| self.string(role, row).filter(|text| !text.is_empty());
        let time = |role| self.value(role, row)?.time(&self.zone);
        let version = match self.value(Role::Version, row) {
            Some(Value::Text(text)) => text.trim().parse().ok(),
            Some(Value::Integer(number)) => u64::try_from(number).ok(),
            _ => None,
        };
        Story {
            title: self.string(Role::Title, row).filter(|_| self.titles),
            text: self.string(Role::Text, row).unwrap_or_default(),
            about: About {
                source: some(Role::Source),
                published: time(Role::Date).or_else(|| time(Role::Updated)),
                // A version is one of the item with the row's id.
                item: some(Role::Id).filter(|_| version.is_some()),
                slug: some(Role::Item),
                version,
                status: some(Role::Status),
                embargo: time(Role::Embargo),
            },
        }
    }

    /// The first row whose story has no id of its own.
    pub(crate) fn without_id(&self) -> Option<u32> {
        let named = |row: &u32| {
            self.string(Role::Id, *row as usize)
                .is_some_and(|id| !id.is_empty())
        };
        (0..self.count).find(|row| !named(row))
    }

    /// The id of a story as it was given, which others may have too.
    pub(crate) fn given_id(&self, row: u32) -> Option<&str> {
        self.string(Role::Id, row as usize)
    }

    /// Bytes that the stories take here, beside their columns.
    pub(crate) fn bytes(&self) -> u64 {
        self.ids.bytes()
    }
}

impl TextSource for Stories {
    fn count(&self) -> u32 {
        self.count
    }

    fn id(&self, number: u32) -> &str {
        self.ids.get(number)
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        if self.stopped.load(Ordering::Relaxed) {
            let reason = "interrupted".to_owned();
            return Err(Error::Source { number, reason });
        }
        buffer.set(self.story(number));
        Ok(())
    }
}
