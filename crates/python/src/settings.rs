//! The keywords of the package as settings of the library.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDateTime;
use wirefold::furniture::Table;
use wirefold::relation::Relation;
use wirefold::{Keep, Settings};
use wirefold_io::{TimeZone, length_of_time, present, read_furniture, read_profile, seconds, size};

use crate::errors;

/// How pairs are judged: the keywords that `dedup`, `relate`, `compare` and an index share.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Matching {
    pub(crate) threshold: f64,
    pub(crate) containment: f64,
    pub(crate) overlap: f64,
    pub(crate) furniture: Option<PathBuf>,
    pub(crate) profile: Option<PathBuf>,
    pub(crate) shingle_words: usize,
    pub(crate) fold_confusables: bool,
    pub(crate) seed: u64,
}

impl Matching {
    /// The settings, checked.
    pub(crate) fn settings(&self, py: Python<'_>) -> PyResult<Settings> {
        let mut settings = Settings {
            seed: self.seed,
            fold_confusables: self.fold_confusables,
            shingle_words: self.shingle_words,
            furniture: furniture(py, self.furniture.as_ref())?,
            ..Settings::default()
        };
        settings.rules.threshold = self.threshold;
        settings.rules.containment = self.containment;
        settings.rules.overlap = self.overlap;
        if let Some(path) = &self.profile {
            let read = py.detach(|| read_profile(path));
            settings.profile = Some(read.map_err(|error| errors::io(&error))?);
        }
        settings.check().map_err(|error| errors::library(&error))?;
        Ok(settings)
    }
}

/// Whether titles count.
pub(crate) fn titles(title: &str) -> PyResult<bool> {
    match title {
        "first" => Ok(true),
        "ignore" => Ok(false),
        other => {
            let message = format!("is {other:?}, but must be first or ignore");
            Err(errors::setting("title", message))
        }
    }
}

/// The forms of furniture in a file, beside the built-in ones.
pub(crate) fn furniture(py: Python<'_>, path: Option<&PathBuf>) -> PyResult<Arc<Table>> {
    let Some(path) = path else {
        return Ok(Table::shared());
    };
    let read = py.detach(|| read_furniture(path));
    read.map(Arc::new).map_err(|error| errors::io(&error))
}

/// What becomes of copies.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Deciding<'py> {
    keep: String,
    min_novel: f64,
    remove: Vec<String>,
    now: Option<Bound<'py, PyAny>>,
}

impl Deciding<'_> {
    /// The settings with these decisions, checked.
    pub(crate) fn with(self, settings: Settings) -> PyResult<Settings> {
        let settings = Settings {
            keep: Keep::list(&self.keep).map_err(|error| errors::library(&error))?,
            min_novel: self.min_novel,
            remove: relations(&self.remove)?,
            now: match self.now {
                Some(now) => Some(time("now", &now)?),
                None => present(),
            },
            ..settings
        };
        settings.check().map_err(|error| errors::library(&error))?;
        Ok(settings)
    }
}

/// Relations by their names.
pub(crate) fn relations(names: &[String]) -> PyResult<Vec<Relation>> {
    let named = |name: &String| {
        let mut all = Relation::ALL.into_iter();
        all.find(|relation| relation.name() == name).ok_or_else(|| {
            let message = format!(
                "is {name:?}, but must be of identical, new_version, near_duplicate, contained"
            );
            errors::setting("remove", message)
        })
    };
    names.iter().map(named).collect()
}

/// A time, as a string in a known form, seconds since 1970 or a `datetime`.
pub(crate) fn time(name: &str, value: &Bound<'_, PyAny>) -> PyResult<i64> {
    if let Ok(number) = value.extract::<i64>() {
        return Ok(number);
    }
    let text: String = if value.is_instance_of::<PyDateTime>() {
        value.call_method0("isoformat")?.extract()?
    } else {
        value.str()?.extract()?
    };
    seconds(&text, &TimeZone::UTC).ok_or_else(|| {
        let message = format!(
            "is {text:?}; write it as 2031-03-15T09:40:00Z, seconds since 1970 or a datetime"
        );
        errors::setting(name, message)
    })
}

/// A length of time in seconds: a number of them, a string such as `3d`, or a `timedelta`.
pub(crate) fn length(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    let wrong = || {
        let message = format!("is {value}; write it as 90m, 72h, 3d or 2w, or as a timedelta");
        errors::setting(name, message)
    };
    if let Ok(number) = value.extract::<u64>() {
        return Ok(number);
    }
    if let Ok(text) = value.extract::<String>() {
        return length_of_time(&text).ok_or_else(wrong);
    }
    let seconds = value.call_method0("total_seconds").map_err(|_| wrong())?;
    let seconds: f64 = seconds.extract()?;
    if !(0.0..1e15).contains(&seconds) {
        return Err(wrong());
    }
    #[expect(clippy::cast_sign_loss, reason = "it is not below zero")]
    Ok(seconds as u64)
}

/// How a run goes.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Running<'py> {
    threads: usize,
    memory: Option<Bound<'py, PyAny>>,
    temp_dir: Option<PathBuf>,
    told: Option<Bound<'py, PyAny>>,
}

impl<'py> Running<'py> {
    /// The number of threads.
    pub(crate) fn threads(&self) -> PyResult<usize> {
        threads(self.threads)
    }

    /// Bytes of memory that were asked for.
    pub(crate) fn memory(&self) -> PyResult<Option<u64>> {
        let Some(memory) = &self.memory else {
            return Ok(None);
        };
        let text: String = memory.str()?.extract()?;
        let bytes = size(&text);
        bytes
            .map(Some)
            .map_err(|expected| errors::setting("memory", format!("is {text:?}: {expected}")))
    }

    pub(crate) fn temp_dir(&self) -> Option<&std::path::Path> {
        self.temp_dir.as_deref()
    }

    /// What is to hear how far the run is.
    pub(crate) fn told(&self) -> Option<&Bound<'py, PyAny>> {
        self.told.as_ref()
    }
}

/// The number of threads; 0 asks for as many as there are cores.
pub(crate) fn threads(asked: usize) -> PyResult<usize> {
    match asked {
        0 => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        1..=1024 => Ok(asked),
        _ => Err(errors::setting(
            "threads",
            format!("is {asked}, but must be 0 to 1024"),
        )),
    }
}

/// A pool of so many threads.
pub(crate) fn pool(threads: usize) -> PyResult<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| errors::setting("threads", format!("is {threads}: {error}")))
}
