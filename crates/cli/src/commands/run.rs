//! The run that `dedup` and `relate` share: read, sketch, fold.

use std::path::PathBuf;
use std::sync::Arc;

use wirefold::{Keep, Outcome, Settings, Wanted, fold};
use wirefold_io::{
    Bound, DiskRuns, Feed, Inputs, IoError, Learn, Output, Outputs, Sealed, Stories, StoryOptions,
    present,
};
use wirefold_report::Run;

use super::report::write_report;
use crate::args::{Bounds, Input, Matching, Running, TitleUse};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say, say_lines};
use crate::progress::{Bar, name};
use crate::stages::Stages;
use crate::summary::summary;

/// A run that was read and folded; what is left is to write.
pub(crate) struct Folded {
    pub(crate) stories: Stories,
    pub(crate) outcome: Outcome,
    /// The settings that it was folded with.
    settings: Settings,
    rejects: Rejects,
    /// What did not fit in memory.
    stored: Arc<DiskRuns>,
    stages: Stages,
    threads: usize,
    /// The worker threads, for writing too.
    pub(crate) pool: rayon::ThreadPool,
}

/// The settings that the flags name, checked.
pub(crate) fn settings(
    matching: &Matching,
    keep: Vec<Keep>,
    min_novel: Option<f64>,
) -> Result<Settings, Failure> {
    let mut settings = Settings {
        keep,
        seed: matching.seed,
        fold_confusables: matching.fold_confusables,
        ..Settings::default()
    };
    settings.rules.threshold = matching.threshold;
    settings.rules.containment = matching.containment;
    settings.rules.overlap = matching.overlap;
    settings.shingle_words = matching.shingle_words;
    settings.furniture = feed::furniture(&matching.furniture)?;
    settings.profile = feed::profile(matching.profile.as_deref())?;
    if let Some(min_novel) = min_novel {
        settings.min_novel = min_novel;
    }
    settings.check()?;
    Ok(settings)
}

/// The number of worker threads that the flags ask for.
pub(crate) fn threads(running: &Running) -> usize {
    match running.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

/// So many worker threads.
pub(crate) fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| Failure::Usage(format!("cannot start {threads} threads: {error}")))
}

/// What was written, or nothing where the reader of standard output had enough: what else was
/// asked for is still written, and the run is a success.
pub(crate) fn unless_closed<T>(written: Result<T, IoError>) -> Result<Option<T>, IoError> {
    match written {
        Ok(written) => Ok(Some(written)),
        Err(error) if error.is_broken_pipe() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts outputs in their places, now that all of them are whole.
pub(crate) fn place(outputs: impl IntoIterator<Item = Sealed>) -> Result<(), IoError> {
    outputs.into_iter().try_for_each(Sealed::place)
}

/// Reads the inputs and works out what is `wanted`.
pub(crate) fn read_and_fold(
    inputs: Inputs,
    input: &Input,
    matching: &Matching,
    (bounds, running): (&Bounds, &Running),
    settings: &Settings,
    wanted: Wanted,
    outputs: &mut Outputs<'_>,
) -> Result<Folded, Failure> {
    let stages = Stages::begin("reading");
    let threads = threads(running);
    // What is never of one family matters to relations alone.
    let settings = &Settings {
        rewrites: wanted.relations,
        ..settings.clone()
    };
    let pool = pool(threads)?;
    let bound = Bound::new(bounds.memory, threads, input.temp_dir.as_deref())?;
    let mut rejects = Rejects::new(input, outputs)?;
    let feed = Feed::open(inputs, feed::feed_options(input))?;
    let matcher = settings.matcher();
    let reading = StoryOptions {
        records: feed::record_options(input),
        titles: matching.title == TitleUse::First,
        threads,
        // A profile acts on relations alone.
        learn: if wanted.relations && settings.profile.is_none() {
            Learn::ToUse
        } else {
            Learn::Nothing
        },
        memory: Some(bound.memory),
    };
    let bar = Bar::new(!running.quiet);
    bar.reading(feed.total_bytes());
    let read = Stories::read(
        feed,
        reading,
        &settings.sketch(),
        &matcher,
        |feed, refused| {
            bar.read(feed.bytes_read());
            rejects.add_all(refused, &bar)
        },
    );
    let folded = read.map_err(Failure::from).and_then(|(stories, sketches)| {
        let progress = |stage, done, total| {
            stages.enter(name(stage));
            bar.stage(stage, done, total);
        };
        let settings = Settings {
            profile: settings.profile.as_ref().or(stories.profile()).cloned(),
            ..settings.clone()
        };
        let outcome =
            pool.install(|| fold(sketches, &stories, &matcher, &settings, wanted, &progress))?;
        Ok((stories, outcome, settings))
    });
    bar.clear();
    stages.enter("writing");
    let (stories, outcome, settings) = folded?;
    Ok(Folded {
        stories,
        outcome,
        settings,
        rejects,
        stored: bound.store,
        stages,
        threads,
        pool,
    })
}

impl Folded {
    /// Writes the page of the run, if one is wanted, and gives it sealed.
    pub(crate) fn report(
        &self,
        command: &str,
        output: Option<Output>,
    ) -> Result<Option<Sealed>, Failure> {
        let Some(mut output) = output else {
            return Ok(None);
        };
        let (_, stages) = self.stages.times();
        let run = Run {
            command,
            input_bytes: self.stories.feed().bytes_read(),
            refused: self.rejects.count,
            stages: &stages,
            written: present().unwrap_or_default(),
        };
        // What is refused may go to a table that no two threads can share.
        let (stories, outcome, settings) = (&self.stories, &self.outcome, &self.settings);
        let write = || write_report(stories, outcome, settings, &run, &mut output);
        self.pool.install(write)?;
        Ok(unless_closed(output.seal())?)
    }

    /// Completes the run once its outputs are written: all in their places, the summary, the
    /// ending.
    pub(crate) fn finish(
        self,
        outputs: Vec<Sealed>,
        input: &Input,
        running: &Running,
    ) -> Result<Ending, IoError> {
        self.ended(Some(outputs), input, running)
    }

    /// Completes a run of which nothing is written: the summary, and what would be written. `planned` are
    /// the outputs that were asked for.
    pub(crate) fn finish_dry<'p>(
        self,
        planned: impl IntoIterator<Item = &'p PathBuf>,
        input: &'p Input,
        running: &Running,
    ) -> Result<Ending, IoError> {
        let planned = planned.into_iter().chain(&input.rejects);
        let planned: Vec<String> = planned.map(|path| path.display().to_string()).collect();
        let ending = self.ended(None, input, running)?;
        let planned = planned.join(", ");
        say(&format!("dry run: nothing is written to {planned}"));
        Ok(ending)
    }

    fn ended(
        self,
        outputs: Option<Vec<Sealed>>,
        input: &Input,
        running: &Running,
    ) -> Result<Ending, IoError> {
        self.stories.feed().check_unchanged()?;
        let (refused, rejects) = self.rejects.seal()?;
        if let Some(outputs) = outputs {
            place(outputs.into_iter().chain(rejects))?;
        }
        if !running.quiet {
            let bytes = self.stories.feed().bytes_read();
            say_lines(&summary(
                &self.stories,
                &self.outcome,
                bytes,
                refused,
                self.stored.bytes(),
                &self.stages,
                self.threads,
            ));
        }
        Ok(Ending::of(refused, input))
    }
}
