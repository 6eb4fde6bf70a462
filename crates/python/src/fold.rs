//! Families, what is kept of them, and related pairs.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::BooleanArray;
use pyo3::prelude::*;
use wirefold::normalize::Matcher;
use wirefold::profile::{Learner, Lessons, ProfileBuilder};
use wirefold::sketch::{SketchChunk, Sketcher, Sketches};
use wirefold::store::Memory;
use wirefold::{Decision, Error, Settings, Stage, TextSource as _, Wanted};
use wirefold_io::{Bound as MemoryBound, ordered};

use crate::errors;
use crate::rows::{IdBuilder, Relations, clusters};
use crate::settings::{Deciding, Matching, Running, length, pool};
use crate::stories::Stories;
use crate::table::{Column, Table, failed};
use crate::watch::Watch;

/// Stories that a thread sketches at a time.
const SKETCHED_AT_ONCE: u32 = 256;

/// What a run found.
#[pyclass(frozen, module = "wirefold._wirefold")]
pub(crate) struct Outcome {
    stories: Py<Stories>,
    outcome: wirefold::Outcome,
}

/// Works out families and relations of the stories.
#[pyfunction]
#[pyo3(signature = (stories, matching, deciding, window, wanted, running))]
pub(crate) fn fold(
    py: Python<'_>,
    stories: &Bound<'_, Stories>,
    matching: Matching,
    deciding: Option<Deciding<'_>>,
    window: Option<Bound<'_, PyAny>>,
    wanted: (bool, bool),
    running: Running<'_>,
) -> PyResult<Outcome> {
    let mut settings = matching.settings(py)?;
    if let Some(deciding) = deciding {
        settings = deciding.with(settings)?;
    }
    settings.window = window.map(|window| length("window", &window)).transpose()?;
    let wanted = Wanted {
        families: wanted.0,
        relations: wanted.1,
    };
    // What is never of one family matters to relations alone.
    settings.rewrites = wanted.relations;
    let threads = running.threads()?;
    let pool = pool(threads)?;
    let bound = MemoryBound::new(running.memory()?, threads, running.temp_dir());
    let bound = bound.map_err(|error| errors::io(&error))?;

    let of = stories.get();
    let watch = Watch::new(Arc::clone(&of.stopped));
    let outcome = watch.run(py, running.told(), || {
        let matcher = settings.matcher();
        let (sketches, settings) = read(
            of,
            settings,
            (&matcher, wanted),
            threads,
            bound.memory,
            &watch,
        )?;
        let progress = |stage, done, total| watch.enter(name(stage), done, total);
        pool.install(|| wirefold::fold(sketches, of, &matcher, &settings, wanted, &progress))
    })?;
    Ok(Outcome {
        stories: stories.clone().unbind(),
        outcome: outcome.map_err(|error| errors::library(&error))?,
    })
}

/// A stage as the progress calls it.
fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Join => "joining",
        Stage::Relate => "gathering evidence",
        _ => "verifying",
    }
}

/// Sketches the stories, and learns from them what relations need unless a profile was given.
fn read(
    stories: &Stories,
    settings: Settings,
    (matcher, wanted): (&Matcher, Wanted),
    threads: usize,
    memory: Memory,
    watch: &Watch,
) -> Result<(Sketches, Settings), Error> {
    let of_sketch = settings.sketch();
    let learning = wanted.relations && settings.profile.is_none();
    let mut builder = learning.then(|| ProfileBuilder::new(settings.seed));
    let mut sketches = Sketches::within(memory);
    sketches.hold_beside(stories.bytes());
    let count = stories.count();
    let work = || {
        let mut sketcher = Sketcher::new(&of_sketch, matcher);
        let mut learner = learning.then(|| Learner::new(settings.seed, false));
        move |first: u32| {
            let (mut chunk, mut lessons) = (SketchChunk::default(), Lessons::default());
            let end = count.min(first.saturating_add(SKETCHED_AT_ONCE));
            for number in first..end {
                let story = stories.story(number);
                let words = sketcher.sketch(story, &mut chunk);
                if let Some(learner) = &mut learner {
                    learner.learn(story, words, &mut lessons);
                }
            }
            chunk.seal();
            (end, chunk, lessons)
        }
    };
    let blocks = (0..count).step_by(SKETCHED_AT_ONCE as usize).map(Ok);
    ordered(blocks, threads, work, |(end, chunk, lessons)| {
        sketches.push(chunk)?;
        if let Some(builder) = &mut builder {
            builder.push(lessons);
        }
        watch.enter("reading", u64::from(end), u64::from(count));
        Ok(if watch.stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    if watch.stopped() {
        let reason = "interrupted".to_owned();
        return Err(Error::Source { number: 0, reason });
    }
    let learned = builder.map(|builder| Arc::new(builder.build_to_use()));
    let profile = settings.profile.clone().or(learned);
    Ok((
        sketches,
        Settings {
            profile,
            ..settings
        },
    ))
}

#[pymethods]
impl Outcome {
    /// Whether each story is kept, as a column.
    fn mask(&self) -> Column {
        let kept = |decision: &Decision| Some(decision.kept);
        let kept: BooleanArray = self.outcome.decisions.iter().map(kept).collect();
        Column::new(Arc::new(kept))
    }

    /// The rows of the kept stories.
    fn kept_rows(&self) -> Vec<usize> {
        let decisions = self.outcome.decisions.iter().enumerate();
        let kept = decisions.filter(|(_, decision)| decision.kept);
        kept.map(|(row, _)| row).collect()
    }

    /// One row for each story.
    fn clusters(&self, py: Python<'_>) -> PyResult<Table> {
        let table = py.detach(|| clusters(self.stories.get(), &self.outcome.decisions));
        table.map_err(|error| failed(&error))
    }

    /// One row for each related pair.
    fn relations(&self, py: Python<'_>) -> PyResult<Table> {
        let stories = self.stories.get();
        let table = py.detach(|| {
            let mut relations = Relations::new([(); 2].map(|()| IdBuilder::of(stories)));
            self.outcome.each_relations(stories, |rows| {
                for row in rows {
                    relations.push(stories, row);
                }
                Ok::<_, Error>(())
            })?;
            Ok::<_, Error>(relations.finish())
        });
        let table = table.map_err(|error| errors::library(&error))?;
        table.map_err(|error| failed(&error))
    }
}

/// How the first two stories are related: a table of one row, or of none.
#[pyfunction]
pub(crate) fn pair(py: Python<'_>, stories: &Stories, matching: Matching) -> PyResult<Table> {
    let settings = matching.settings(py)?;
    if stories.count() != 2 {
        return Err(errors::input("expected two stories", None, None));
    }
    let row = py.detach(|| wirefold::compare(stories, (0, 1), &settings.matcher(), &settings));
    let row = row.map_err(|error| errors::library(&error))?;
    let mut relations = Relations::new([(); 2].map(|()| IdBuilder::of(stories)));
    if let Some(row) = &row {
        relations.push(stories, row);
    }
    relations.finish().map_err(|error| failed(&error))
}
