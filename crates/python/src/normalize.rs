//! Text through one of the two faces.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::LargeStringArray;
use pyo3::prelude::*;
use rayon::prelude::*;
use wirefold::normalize::{CleanOptions, Cleaner, Form, Marks, MatchOptions, Matcher};
use wirefold::{Known, Shown, TextSource as _};
use wirefold_io::{Role, read_profile};

use crate::errors;
use crate::settings::{furniture, pool, threads};
use crate::stories::Stories;
use crate::table::Column;
use crate::watch::Watch;

/// The keywords of `normalize`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a keyword that stands alone"
)]
pub(crate) struct Steps {
    face: String,
    form: Option<String>,
    without: Vec<String>,
    quotes: Option<String>,
    apostrophes: Option<String>,
    dashes: Option<String>,
    ellipsis: Option<String>,
    unwrap: bool,
    ligatures: bool,
    html: bool,
    mojibake: bool,
    mark_furniture: bool,
    strip_furniture: bool,
    furniture: Option<PathBuf>,
    profile: Option<PathBuf>,
    strip_diacritics: bool,
    fold_confusables: bool,
}

impl Steps {
    fn normalizer(self, py: Python<'_>) -> PyResult<wirefold::Normalizer> {
        match self.face.as_str() {
            "clean" => self.clean(py),
            "match" => self.matching(),
            other => Err(errors::setting(
                "face",
                format!("is {other:?}, but must be clean or match"),
            )),
        }
    }

    fn clean(self, py: Python<'_>) -> PyResult<wirefold::Normalizer> {
        let match_only = [
            ("strip_diacritics", self.strip_diacritics),
            ("fold_confusables", self.fold_confusables),
        ];
        if let Some((name, _)) = match_only.iter().find(|(_, given)| *given) {
            return Err(errors::setting(name, "is a step of the face match"));
        }
        let shown = match (self.mark_furniture, self.strip_furniture) {
            (true, true) => {
                let message = "and mark_furniture exclude each other; leave one out";
                return Err(errors::setting("strip_furniture", message));
            }
            (true, false) => Shown::Marked,
            (false, true) => Shown::Stripped,
            (false, false) => Shown::AsItIs,
        };
        let given = [
            ("furniture", self.furniture.is_some()),
            ("profile", self.profile.is_some()),
        ];
        if let Some((name, _)) = given
            .iter()
            .find(|(_, given)| *given && shown == Shown::AsItIs)
        {
            return Err(errors::setting(
                name,
                "needs mark_furniture or strip_furniture",
            ));
        }
        let mut options = CleanOptions {
            mojibake: self.mojibake,
            html: self.html,
            ligatures: self.ligatures,
            quotes: marks("quotes", self.quotes.as_deref())?,
            apostrophes: marks("apostrophes", self.apostrophes.as_deref())?,
            dashes: marks("dashes", self.dashes.as_deref())?,
            ellipsis: marks("ellipsis", self.ellipsis.as_deref())?,
            unwrap: self.unwrap,
            ..CleanOptions::default()
        };
        options.form = form(self.form.as_deref(), options.form)?;
        for step in &self.without {
            match step.as_str() {
                "spaces" => options.spaces = false,
                "invisibles" => options.invisibles = false,
                "line-ends" | "line_ends" => options.line_ends = false,
                _ => return Err(no_step(step, "clean", "spaces, invisibles and line-ends")),
            }
        }
        if self.unwrap && !(options.spaces && options.line_ends) {
            return Err(errors::setting(
                "unwrap",
                "needs the steps spaces and line-ends",
            ));
        }
        let profile = self.profile.map(|path| py.detach(|| read_profile(path)));
        let known = Known {
            table: furniture(py, self.furniture.as_ref())?,
            profile: profile.transpose().map_err(|error| errors::io(&error))?,
        };
        let cleaner = Box::new(Cleaner::new(options));
        Ok(wirefold::Normalizer::Clean(cleaner, shown, known))
    }

    fn matching(self) -> PyResult<wirefold::Normalizer> {
        let clean_only = [
            ("quotes", self.quotes.is_some()),
            ("apostrophes", self.apostrophes.is_some()),
            ("dashes", self.dashes.is_some()),
            ("ellipsis", self.ellipsis.is_some()),
            ("unwrap", self.unwrap),
            ("ligatures", self.ligatures),
            ("html", self.html),
            ("mojibake", self.mojibake),
            ("mark_furniture", self.mark_furniture),
            ("strip_furniture", self.strip_furniture),
            ("furniture", self.furniture.is_some()),
            ("profile", self.profile.is_some()),
        ];
        if let Some((name, _)) = clean_only.iter().find(|(_, given)| *given) {
            return Err(errors::setting(name, "is a step of the face clean"));
        }
        let mut options = MatchOptions {
            diacritics: self.strip_diacritics,
            confusables: self.fold_confusables,
            ..MatchOptions::default()
        };
        options.form = form(self.form.as_deref(), options.form)?;
        for step in &self.without {
            let slot = match step.as_str() {
                "spaces" => &mut options.spaces,
                "invisibles" => &mut options.invisibles,
                "case" => &mut options.case,
                "digits" => &mut options.digits,
                "quotes" => &mut options.quotes,
                "apostrophes" => &mut options.apostrophes,
                "dashes" => &mut options.dashes,
                "ellipsis" => &mut options.ellipsis,
                _ => {
                    let steps = "spaces (line ends among them), invisibles, case, digits, quotes, \
                                 apostrophes, dashes and ellipsis";
                    return Err(no_step(step, "match", steps));
                }
            };
            *slot = false;
        }
        Ok(wirefold::Normalizer::Match(Box::new(Matcher::new(options))))
    }
}

fn form(name: Option<&str>, default: Form) -> PyResult<Form> {
    match name {
        None => Ok(default),
        Some("nfc") => Ok(Form::Nfc),
        Some("nfkc") => Ok(Form::Nfkc),
        Some("keep") => Ok(Form::Keep),
        Some(other) => Err(errors::setting(
            "form",
            format!("is {other:?}, but must be nfc, nfkc or keep"),
        )),
    }
}

fn marks(keyword: &str, name: Option<&str>) -> PyResult<Marks> {
    match name {
        None | Some("keep") => Ok(Marks::Keep),
        Some("straight") => Ok(Marks::Straight),
        Some("typographic") => Ok(Marks::Typographic),
        Some(other) => {
            let message = format!("is {other:?}, but must be keep, straight or typographic");
            Err(errors::setting(keyword, message))
        }
    }
}

fn no_step(step: &str, face: &str, steps: &str) -> PyErr {
    let message =
        format!("is {step:?}, not a step that the face {face} takes by itself; those are {steps}");
    errors::setting("without", message)
}

/// A face with its steps.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Normalizer {
    face: wirefold::Normalizer,
    threads: usize,
}

#[pymethods]
impl Normalizer {
    #[new]
    fn new(py: Python<'_>, steps: Steps, threads: usize) -> PyResult<Self> {
        Ok(Self {
            face: steps.normalizer(py)?,
            threads: self::threads(threads)?,
        })
    }

    /// One text.
    fn one<'t>(&self, py: Python<'_>, text: &'t str) -> Cow<'t, str> {
        py.detach(|| self.face.normalize(None, text))
    }

    /// The texts, or if `titles` the titles, of the column `at` of those that hold such: null where there
    /// is none, and as it is where an earlier column has one.
    #[pyo3(signature = (stories, titles, at, told = None))]
    fn column(
        &self,
        py: Python<'_>,
        stories: &Stories,
        titles: bool,
        at: usize,
        told: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Column> {
        let role = if titles { Role::Title } else { Role::Text };
        let watch = Watch::new(Arc::clone(&stories.stopped));
        let pool = pool(self.threads)?;
        let (before, column) = stories.columns(role).split_at(at);
        let normalize = |row: u32| {
            let at = row as usize;
            let text = column.first().and_then(|(_, column)| column.text(at))?;
            if watch.stopped() || before.iter().any(|(_, column)| column.text(at).is_some()) {
                return Some(Cow::Borrowed(text));
            }
            let source = stories.string(Role::Source, at);
            Some(self.face.normalize(source, text))
        };
        let array = watch.run(py, told.as_ref(), || {
            let rows = (0..stories.count()).into_par_iter().with_min_len(16);
            let texts: Vec<Option<Cow<'_, str>>> = pool.install(|| rows.map(normalize).collect());
            texts.into_iter().collect::<LargeStringArray>()
        })?;
        Ok(Column::new(Arc::new(array)))
    }
}
