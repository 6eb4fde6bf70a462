//! An index in a folder: stories that stay.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Float64Builder, LargeStringBuilder, StringBuilder};
use pyo3::prelude::*;
use wirefold::query::ASKED;
use wirefold::relation::Row;
use wirefold::{Error, StoryBuffer, TextSource};
use wirefold_index::{
    AddOptions, Answer, IndexError, IndexSettings, Snapshot, StreamOptions, Told, Writer,
};
use wirefold_io::{
    Bound as MemoryBound, date_text, read_furniture, read_profile, read_whole, short,
};

use crate::errors;
use crate::rows::{IdBuilder, Relations, stored_clusters, table};
use crate::settings::{
    Deciding, Matching, Running, length, pool, relations, threads, time, titles,
};
use crate::stories::Stories;
use crate::table::{Table, failed};
use crate::watch::Watch;

/// The folder of an index. It is opened for each call and closed behind it.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Index {
    dir: PathBuf,
}

/// Stories whose ids are as they were given: the index knows whether they are the same.
struct Given<'s>(&'s Stories);

impl TextSource for Given<'_> {
    fn count(&self) -> u32 {
        self.0.count()
    }

    fn id(&self, number: u32) -> &str {
        self.0.given_id(number).unwrap_or_default()
    }

    fn read(&self, number: u32, buffer: &mut StoryBuffer) -> Result<(), Error> {
        self.0.read(number, buffer)
    }
}

/// The stories, if all have ids.
fn given(stories: &Stories) -> PyResult<Given<'_>> {
    if let Some(row) = stories.without_id() {
        let message =
            format!("row {row}: an index needs an id for each story; name its column by id_field");
        return Err(errors::input(message, Some(row as usize), None));
    }
    Ok(Given(stories))
}

/// Ends a run that was stopped.
fn go_on(watch: &Watch) -> Result<(), IndexError> {
    if watch.stopped() {
        let reason = "interrupted".to_owned();
        return Err(Error::Source { number: 0, reason }.into());
    }
    Ok(())
}

impl Index {
    fn snapshot(&self) -> Result<Snapshot, IndexError> {
        Snapshot::open(&self.dir)
    }

    /// Does something with the index, the interpreter's lock given back.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Self) -> Result<T, IndexError> + Send,
    ) -> PyResult<T> {
        py.detach(|| work(self))
            .map_err(|error| errors::index(&error))
    }
}

#[pymethods]
impl Index {
    #[new]
    fn new(py: Python<'_>, dir: PathBuf) -> PyResult<Self> {
        let index = Self { dir };
        index.with(py, |index| index.snapshot().map(|_| ()))?;
        Ok(index)
    }

    /// Makes an index.
    #[staticmethod]
    fn create(py: Python<'_>, dir: PathBuf, matching: Matching, title: &str) -> PyResult<Self> {
        let settings = IndexSettings {
            threshold: matching.threshold,
            containment: matching.containment,
            overlap: matching.overlap,
            shingle_words: matching.shingle_words,
            seed: matching.seed,
            fold_confusables: matching.fold_confusables,
            titles: titles(title)?,
            ..IndexSettings::default()
        };
        let index = Self { dir };
        index.with(py, |index| {
            // Read as for any run, so that what is wrong with it is said in the same words.
            let furniture = match &matching.furniture {
                Some(path) => {
                    read_furniture(path)?;
                    String::from_utf8(read_whole(path)?).ok()
                }
                None => None,
            };
            let profile = matching.profile.as_ref().map(read_profile).transpose()?;
            Writer::create(
                &index.dir,
                settings,
                profile.as_deref(),
                furniture.as_deref(),
            )
            .map(|_| ())
        })?;
        Ok(index)
    }

    #[getter]
    fn path(&self) -> PathBuf {
        self.dir.clone()
    }

    /// The number of stories.
    fn count(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |index| Ok(index.snapshot()?.len()))
    }

    /// Adds stories: how many were added, were there already, and got another id.
    fn add(
        &self,
        py: Python<'_>,
        stories: &Stories,
        running: Running<'_>,
    ) -> PyResult<(u64, u64, u64)> {
        let source = given(stories)?;
        let options = AddOptions {
            threads: running.threads()?,
            ..AddOptions::default()
        };
        let watch = Watch::new(Arc::clone(&stories.stopped));
        let added = watch.run(py, running.told(), || {
            let mut writer = Writer::open(&self.dir)?;
            let (mut done, total) = (0, u64::from(stories.count()));
            let added = writer.add_stories(&source, &options, |stories| {
                done += stories as u64;
                watch.enter("adding", done, total);
                go_on(&watch)
            })?;
            writer.end_merge()?;
            Ok(added)
        })?;
        let added = added.map_err(|error: IndexError| errors::index(&error))?;
        Ok((added.added, added.already, added.suffixed))
    }

    /// How stories are related to stored ones.
    fn query(&self, py: Python<'_>, stories: &Stories, running: Running<'_>) -> PyResult<Table> {
        let threads = running.threads()?;
        let watch = Watch::new(Arc::clone(&stories.stopped));
        let found = watch.run(py, running.told(), || {
            let snapshot = self.snapshot()?;
            let show = |number: u32, answer: Answer<'_>| {
                let turned = |row: &Row| {
                    if row.a == ASKED {
                        row.clone()
                    } else {
                        row.mirrored()
                    }
                };
                let rows = answer
                    .rows
                    .iter()
                    .map(|row| (number, Answer::stored(row), turned(row)));
                rows.collect::<Vec<_>>()
            };
            let ids = [
                IdBuilder::of(stories),
                IdBuilder::Strings(LargeStringBuilder::new()),
            ];
            let mut pairs = Relations::new(ids);
            let (mut source, mut published) = (LargeStringBuilder::new(), StringBuilder::new());
            let (mut done, total) = (0, u64::from(stories.count()));
            snapshot.query_stories(stories, threads, show, |shown| {
                done += shown.len() as u64;
                watch.enter("asking", done, total);
                for (asked, stored, row) in shown.iter().flatten() {
                    let [a, b] = &mut pairs.ids;
                    a.push(stories, Some(*asked));
                    if let IdBuilder::Strings(ids) = b {
                        ids.append_value(snapshot.id(*stored));
                    }
                    pairs.evidence(row);
                    let about = snapshot.about(*stored);
                    source.append_option(about.source);
                    published.append_option(about.published.and_then(date_text));
                }
                go_on(&watch)
            })?;
            Ok(pairs.columns().and_then(|mut columns| {
                columns.push(("source", Arc::new(source.finish())));
                columns.push(("published", Arc::new(published.finish())));
                table(columns)
            }))
        })?;
        let found = found.map_err(|error: IndexError| errors::index(&error))?;
        found.map_err(|error| failed(&error))
    }

    /// Passes and adds what is new: the rows that passed, and what became of the others.
    fn dedup(
        &self,
        py: Python<'_>,
        stories: &Stories,
        min_novel: f64,
        remove: Vec<String>,
        running: Running<'_>,
    ) -> PyResult<(Vec<u32>, Table)> {
        let source = given(stories)?;
        let options = StreamOptions {
            threads: running.threads()?,
            min_novel,
            remove: relations(&remove)?,
            ..StreamOptions::default()
        };
        let watch = Watch::new(Arc::clone(&stories.stopped));
        let done = watch.run(py, running.told(), || {
            let mut writer = Writer::open(&self.dir)?;
            let (mut new, mut told) = (Vec::new(), Vec::new());
            let total = u64::from(stories.count());
            writer.dedup_stories(&source, &options, |passed, others| {
                new.extend_from_slice(passed);
                told.extend(others);
                watch.enter("passing", (new.len() + told.len()) as u64, total);
                go_on(&watch)
            })?;
            writer.end_merge()?;
            Ok((new, told))
        })?;
        let (new, told) = done.map_err(|error: IndexError| errors::index(&error))?;
        Ok((new, told_table(&told)?))
    }

    /// The families of all stored stories.
    fn families(
        &self,
        py: Python<'_>,
        deciding: Deciding<'_>,
        running: Running<'_>,
    ) -> PyResult<Table> {
        let snapshot = self.with(py, Self::snapshot)?;
        let settings = deciding.with(snapshot.settings().clone())?;
        let threads = running.threads()?;
        let pool = pool(threads)?;
        let bound = MemoryBound::new(running.memory()?, threads, running.temp_dir());
        let bound = bound.map_err(|error| errors::io(&error))?;
        let made = self.with(py, |_| {
            let stories = snapshot.stories();
            let outcome =
                pool.install(|| snapshot.families(&stories, &settings, Some(bound.memory)))?;
            Ok(stored_clusters(&stories, &outcome.decisions))
        })?;
        made.map_err(|error| failed(&error))
    }

    /// Learns from the stored stories, or takes over a profile.
    fn learn(
        &self,
        py: Python<'_>,
        profile: Option<PathBuf>,
        undated: bool,
        threads: usize,
    ) -> PyResult<()> {
        let pool = pool(self::threads(threads)?)?;
        self.with(py, |index| {
            let mut writer = Writer::open(&index.dir)?;
            let profile = match profile {
                Some(path) => read_profile(path)?,
                None => Arc::new(pool.install(|| writer.snapshot().learn(undated))?),
            };
            writer.set_profile(&profile)
        })
    }

    /// Deletes stories by their ids: how many were there.
    fn delete(&self, py: Python<'_>, ids: Vec<String>, missing_ok: bool) -> PyResult<u64> {
        self.with(py, |index| {
            let mut writer = Writer::open(&index.dir)?;
            let mut numbers = Vec::new();
            for id in ids {
                match writer.snapshot().find(&id) {
                    Some(number) => numbers.push(number),
                    None if missing_ok => {}
                    None => return Err(IndexError::NoSuchStory { id }),
                }
            }
            writer.delete(numbers)
        })
    }

    /// Deletes stories that are old, or of one source: how many.
    fn expire(
        &self,
        py: Python<'_>,
        older_than: Option<Bound<'_, PyAny>>,
        source: Option<&str>,
        now: Option<Bound<'_, PyAny>>,
    ) -> PyResult<u64> {
        if older_than.is_none() && source.is_none() {
            return Err(errors::setting("older_than", "or source is needed"));
        }
        let now = now.map_or_else(
            || Ok(wirefold_io::present().unwrap_or_default()),
            |now| time("now", &now),
        )?;
        let age = older_than
            .map(|age| length("older_than", &age))
            .transpose()?;
        let before = age.map(|age| now.saturating_sub(i64::try_from(age).unwrap_or(i64::MAX)));
        self.with(py, |index| Writer::open(&index.dir)?.expire(before, source))
    }

    /// Merges all segments into one.
    fn compact(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |index| Writer::open(&index.dir)?.compact())
    }

    /// What the index holds and takes, as JSON.
    fn info(&self, py: Python<'_>) -> PyResult<String> {
        let info = self.with(py, |index| Ok(index.snapshot()?.info()))?;
        // Numbers and names always serialize.
        Ok(serde_json::to_string(&info).unwrap_or_default())
    }

    /// Reads all of the index: the files, stories and keys that are as they were written.
    fn check(&self, py: Python<'_>) -> PyResult<(u64, u64, u64)> {
        let checked = self.with(py, |index| index.snapshot()?.check())?;
        Ok((checked.files, checked.stories, checked.keys))
    }
}

/// One row for each story that is told already.
fn told_table(told: &[Told]) -> PyResult<Table> {
    let strings = |of: fn(&Told) -> &str| -> ArrayRef {
        let mut column = LargeStringBuilder::new();
        for told in told {
            column.append_value(of(told));
        }
        Arc::new(column.finish())
    };
    let shares = |of: fn(&Told) -> f64| -> ArrayRef {
        let mut column = Float64Builder::new();
        for told in told {
            column.append_value(short(of(told)));
        }
        Arc::new(column.finish())
    };
    let columns = vec![
        ("id", strings(|told| &told.id)),
        ("relation", strings(|told| told.link.relation.name())),
        ("to", strings(|told| &told.to)),
        ("jaccard", shares(|told| told.link.jaccard)),
        ("containment", shares(|told| told.link.containment)),
        ("novel", shares(|told| told.link.novel)),
    ];
    table(columns).map_err(|error| failed(&error))
}
