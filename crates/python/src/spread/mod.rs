//! The steps of a run on the parts that machines hold, for Spark: tables in, tables out.
//!
//! Each is a function of the library over the rows of a table. Numbers of stories are 64-bit integers, and
//! what the library packs is columns of bytes. Sketches are made in `placing`; what pairs are of one table is in
//! `pairs`, who stands for whom in `families`, what stories teach in `learning`.

mod columns;
mod families;
mod learning;
mod pairs;
mod placing;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, Int64Builder, ListBuilder};
use arrow_array::{Array as _, ArrayRef, Int64Array};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wirefold::candidate::{KeyBuckets, Place, join_bucket, propose_range};
use wirefold::furniture::Table as Forms;
use wirefold::normalize::Matcher;
use wirefold::profile::Profile;
use wirefold::sketch::Sketch;
use wirefold::spread::{self, Judge, Tie};
use wirefold::{Settings, TextSource as _};
use wirefold_io::read_whole;

use self::columns::{BYTES, NUMBER, bytes, columns, done, index, known, numbers};
use self::families::folds;
pub(crate) use self::families::{lead, withdrawn};
pub(crate) use self::learning::{count_words, learned, repeated_lines, teach};
use self::pairs::{Known, Pairs, place, places};
use self::placing::{ordered, placed};
use crate::errors;
use crate::rows::{IdBuilder, Relations};
use crate::settings::{Deciding, Matching, length};
use crate::stories::Stories;
use crate::table::{Table, failed};

/// The steps under one set of settings.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Spread {
    settings: Settings,
    matcher: Matcher,
    /// The file of furniture.
    furniture: Option<Vec<u8>>,
}

/// A sketch that was packed by [`Spread::place`].
fn unpacked(bytes: &[u8], sketch: &mut Sketch) -> PyResult<()> {
    let read = sketch.read_bytes(bytes);
    read.then_some(())
        .ok_or_else(|| errors::input("damaged sketches", None, Some("sketch")))
}

#[pymethods]
impl Spread {
    /// `profile` and `furniture` are what [`Spread::profile`] and [`Spread::furniture`] gave elsewhere.
    #[new]
    #[pyo3(signature = (matching, deciding, window, relations, profile = None, furniture = None))]
    fn new(
        py: Python<'_>,
        matching: Matching,
        deciding: Option<Deciding<'_>>,
        window: Option<Bound<'_, PyAny>>,
        relations: bool,
        profile: Option<&[u8]>,
        furniture: Option<&[u8]>,
    ) -> PyResult<Self> {
        let mut settings = matching.settings(py)?;
        if let Some(bytes) = furniture {
            settings.furniture = Arc::new(forms(bytes)?);
        }
        let furniture = match (furniture, &matching.furniture) {
            (Some(bytes), _) => Some(bytes.to_vec()),
            (None, Some(path)) => Some(read_whole(path).map_err(|error| errors::io(&error))?),
            (None, None) => None,
        };
        if let Some(deciding) = deciding {
            settings = deciding.with(settings)?;
        }
        settings.window = window.map(|window| length("window", &window)).transpose()?;
        // What is never of one family matters to relations alone.
        settings.rewrites = relations;
        if let Some(profile) = profile {
            let profile = Profile::from_bytes(profile);
            let profile =
                profile.map_err(|error| errors::setting("profile", format!("is {error}")))?;
            settings.profile = Some(Arc::new(profile));
        }
        settings.check().map_err(|error| errors::library(&error))?;
        Ok(Self {
            matcher: settings.matcher(),
            settings,
            furniture,
        })
    }

    /// The profile as bytes, if there is one.
    fn profile<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let profile = self.settings.profile.as_ref()?;
        Some(PyBytes::new(py, &profile.to_bytes()))
    }

    /// The file of furniture as bytes, if there is one.
    fn furniture<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let furniture = self.furniture.as_ref()?;
        Some(PyBytes::new(py, furniture))
    }

    /// Whether a policy asks for the order of the input.
    fn asks_for_order(&self) -> bool {
        self.settings.keep.contains(&wirefold::Keep::First)
    }

    /// The window in seconds.
    fn window(&self) -> Option<u64> {
        self.settings.window
    }

    /// The sketches of stories, and their order; `numbers` are their places in the input, if that matters.
    #[pyo3(signature = (stories, numbers = None))]
    fn place(
        &self,
        py: Python<'_>,
        stories: &Stories,
        numbers: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        if let Some(row) = stories.without_id() {
            let message = "a story without an id: give each one of its own";
            return Err(errors::input(message, Some(row as usize), None));
        }
        let numbers = match &numbers {
            None => None,
            Some(table) => Some(columns(table, [("number", NUMBER)])?),
        };
        let numbers: Option<Vec<i64>> = match numbers {
            None => None,
            Some(pieces) => Some(ordered(&pieces)?),
        };
        let table =
            py.detach(|| placed(&self.matcher, &self.settings, stories, numbers.as_deref()));
        table.map_err(|error| errors::library(&error))?
    }

    /// For stories of one text in their order: the number of the one that stands for each within the window.
    fn classes(&self, stories: &Bound<'_, PyAny>) -> PyResult<Table> {
        let (mut all, mut times) = (Vec::new(), Vec::new());
        for [number, published] in columns(stories, [("number", NUMBER), ("published", NUMBER)])? {
            all.extend_from_slice(numbers(&number).values());
            times.extend(numbers(&published).iter());
        }
        let window = self.settings.window.unwrap_or(u64::MAX);
        let stands = spread::classes(&times, window)
            .into_iter()
            .map(|at| all[at]);
        let stands: Int64Array = stands.map(Some).collect();
        let all: Int64Array = all.iter().copied().map(Some).collect();
        done(vec![
            ("number", Arc::new(all)),
            ("stands", Arc::new(stands)),
        ])
    }

    /// The keys of sketches, by so many buckets.
    fn keys(&self, py: Python<'_>, sketches: &Bound<'_, PyAny>, buckets: usize) -> PyResult<Table> {
        let names = [("number", NUMBER), ("published", NUMBER), ("sketch", BYTES)];
        let pieces = columns(sketches, names)?;
        py.detach(|| {
            let settings = self.settings.sketch();
            let mut keys = KeyBuckets::new(buckets, self.settings.window.is_some());
            let mut sketch = Sketch::default();
            for [number, published, packed] in &pieces {
                let (number, published) = (numbers(number), numbers(published));
                let packed = bytes(packed);
                for row in 0..packed.len() {
                    unpacked(packed.value(row), &mut sketch)?;
                    let place = Place::new(&settings, number.value(row).cast_unsigned(), &sketch);
                    keys.push(place, known(published, row), &sketch);
                }
            }
            let mut bucket = Int64Builder::new();
            let [mut postings, mut bands] = [(); 2].map(|()| BinaryBuilder::new());
            for (number, keys) in keys.take() {
                bucket.append_value(index(number));
                postings.append_value(keys.postings);
                bands.append_value(keys.bands);
            }
            done(vec![
                ("bucket", Arc::new(bucket.finish())),
                ("postings", Arc::new(postings.finish())),
                ("bands", Arc::new(bands.finish())),
            ])
        })
    }

    /// The groups of a bucket by ranges of `width` numbers.
    fn join(&self, py: Python<'_>, keys: &Bound<'_, PyAny>, width: u64) -> PyResult<Table> {
        let pieces = columns(keys, [("postings", BYTES), ("bands", BYTES)])?;
        py.detach(|| {
            let parts: Vec<(&[u8], &[u8])> = pieces
                .iter()
                .flat_map(|[postings, bands]| {
                    let (postings, bands) = (bytes(postings), bytes(bands));
                    (0..postings.len()).map(|row| (postings.value(row), bands.value(row)))
                })
                .collect();
            let joined = join_bucket(&parts, self.settings.window, width);
            let joined = joined.map_err(|error| errors::library(&error))?;
            let mut range = Int64Builder::new();
            let mut groups = BinaryBuilder::new();
            for (number, bytes) in joined.ranges {
                range.append_value(number.cast_signed());
                groups.append_value(bytes);
            }
            done(vec![
                ("range", Arc::new(range.finish())),
                ("groups", Arc::new(groups.finish())),
            ])
        })
    }

    /// The candidates of the stories of a range: likely, faint and, if relations are asked for, retold ones.
    fn propose(
        &self,
        py: Python<'_>,
        groups: &Bound<'_, PyAny>,
        range: u64,
        width: u64,
    ) -> PyResult<Table> {
        let pieces = columns(groups, [("groups", BYTES)])?;
        py.detach(|| {
            let all: Vec<&[u8]> = pieces
                .iter()
                .flat_map(|[groups]| bytes(groups).iter().flatten())
                .collect();
            let mut stories = Int64Builder::new();
            let mut lists = [(); 3].map(|()| ListBuilder::new(Int64Builder::new()));
            propose_range(
                &all,
                range,
                self.settings.window,
                width,
                |story, found, _| {
                    stories.append_value(story.cast_signed());
                    for (list, found) in lists.iter_mut().zip(found) {
                        list.append_value(found.iter().map(|number| Some(number.cast_signed())));
                    }
                },
            );
            let [likely, faint, retold] = lists.map(|mut list| Arc::new(list.finish()) as ArrayRef);
            done(vec![
                ("story", Arc::new(stories.finish())),
                ("likely", likely),
                ("faint", faint),
                ("retold", retold),
            ])
        })
    }

    /// What ties stories to those before them. `numbers` has the number of each of `stories`, its standing, and whether it
    /// leads a family for certain; in `pairs` each `a` comes after all of its `b` in the family order. Of a story that is
    /// `settled` the one tie is given that is enough; see [`Judge::ties`].
    fn ties(
        &self,
        py: Python<'_>,
        stories: &Stories,
        numbers: &Bound<'_, PyAny>,
        pairs: &Bound<'_, PyAny>,
    ) -> PyResult<Table> {
        let (known, mut pairs) = (Known::read(numbers)?, Pairs::read(pairs)?.0);
        pairs.sort_unstable();
        py.detach(|| {
            let mut judge = self.judge(stories)?;
            let [mut later, mut earlier] = [(); 2].map(|()| Int64Builder::new());
            let (mut ties, mut settled) = (BinaryBuilder::new(), BooleanBuilder::new());
            let mut before = Vec::new();
            for pairs in pairs.chunk_by(|x, y| x.0 == y.0) {
                let story = known.of(pairs[0].0)?;
                before.clear();
                for &(_, b, _) in pairs {
                    before.push(known.of(b)?);
                }
                let found = judge.ties(story.story, story.standing, &before);
                let (found, is_settled) = found.map_err(|error| errors::library(&error))?;
                for (at, tie) in found {
                    later.append_value(pairs[at].0);
                    earlier.append_value(pairs[at].1);
                    ties.append_value(tie.to_bytes());
                    settled.append_value(is_settled);
                }
            }
            done(vec![
                ("a", Arc::new(later.finish())),
                ("b", Arc::new(earlier.finish())),
                ("tie", Arc::new(ties.finish())),
                ("settled", Arc::new(settled.finish())),
            ])
        })
    }

    /// The related ones of pairs of stories, as [`Outcome::relations`](crate::fold::Outcome) has them.
    fn rows(
        &self,
        py: Python<'_>,
        stories: &Stories,
        numbers: &Bound<'_, PyAny>,
        pairs: &Bound<'_, PyAny>,
    ) -> PyResult<Table> {
        let (places, pairs) = (places(numbers)?, Pairs::read(pairs)?);
        py.detach(|| {
            let mut judge = self.judge(stories)?;
            let mut rows = Relations::new([(); 2].map(|()| IdBuilder::of(stories)));
            for (a, b, equal) in pairs.0 {
                let (mut a, mut b) = (place(&places, a)?, place(&places, b)?);
                if stories.id(a) > stories.id(b) {
                    std::mem::swap(&mut a, &mut b);
                }
                let row = judge.row(a, b, equal);
                if let Some(row) = row.map_err(|error| errors::library(&error))? {
                    rows.push(stories, &row);
                }
            }
            rows.finish().map_err(|error| failed(&error))
        })
    }

    /// What becomes of the stories of whole families by their ties.
    fn fold(&self, py: Python<'_>, ties: &Bound<'_, PyAny>) -> PyResult<Table> {
        let names = [
            ("a", NUMBER),
            ("b", NUMBER),
            ("of_a", NUMBER),
            ("of_b", NUMBER),
            ("tie", BYTES),
        ];
        let pieces = columns(ties, names)?;
        py.detach(|| {
            let mut all = Vec::new();
            let mut standings: HashMap<u64, u8> = HashMap::new();
            for [a, b, of_a, of_b, tie] in &pieces {
                let [a, b, of_a, of_b] = [a, b, of_a, of_b].map(numbers);
                let tie = bytes(tie);
                for row in 0..tie.len() {
                    let [a, b] = [a, b].map(|array| array.value(row).cast_unsigned());
                    let tie = Tie::from_bytes(tie.value(row));
                    let tie =
                        tie.ok_or_else(|| errors::input("damaged ties", None, Some("tie")))?;
                    for (story, of) in [(a, of_a), (b, of_b)] {
                        standings.insert(story, u8::try_from(of.value(row)).unwrap_or_default());
                    }
                    all.push((a, b, tie));
                }
            }
            let standing = |story| standings.get(&story).copied().unwrap_or_default();
            let folded = spread::fold_ties(all, standing, &self.settings);
            folds(&folded.map_err(|error| errors::library(&error))?)
        })
    }

    /// The standings of a story that stands for equal ones and of one of these for which the latter goes.
    fn equals_that_go(&self) -> Vec<(u8, u8)> {
        spread::equals_that_go(&self.settings)
    }
}

impl Spread {
    /// Who reads pairs of these stories.
    fn judge<'s>(&'s self, stories: &'s Stories) -> PyResult<Judge<'s, Stories>> {
        let judge = Judge::new(stories, &self.matcher, &self.settings);
        judge.map_err(|error| errors::library(&error))
    }
}

/// The built-in forms of furniture and those of a file.
fn forms(bytes: &[u8]) -> PyResult<Forms> {
    let unreadable = |why: String| errors::setting("furniture", why);
    let text = str::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
    let more = Forms::parse(text).map_err(|error| unreadable(error.to_string()))?;
    let mut forms = Forms::default();
    forms.extend(more);
    Ok(forms)
}
