//! `wirefold dedup`: the feed without its copies.

use wirefold::{Decision, TextSource as _, Wanted};
use wirefold_io::{
    Note, Outputs, Sealed, Stories, TableFormat, check_columns, present, write_stories,
};

use super::explain::explained;
use super::report::open;
use super::rows::{write_clusters, write_relations};
use super::run::{read_and_fold, settings, unless_closed};
use crate::args::Dedup;
use crate::feed;
use crate::outcome::{Ending, Failure, say_lines};

/// Runs the command.
pub(crate) fn run(args: &Dedup) -> Result<Ending, Failure> {
    let mut settings = settings(&args.matching, args.keep.0.clone(), Some(args.min_novel))?;
    settings.window = args.window.seconds;
    settings.now = args.now.or_else(present);
    settings.remove = args
        .remove
        .iter()
        .filter_map(|removes| removes.relation())
        .collect();
    let inputs = feed::inputs(&args.input)?;
    // Every output is opened before any work, so that a wrong path costs nothing.
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let format = TableFormat::of_path(&args.output)?;
    if format.is_columnar() {
        check_columns(&inputs, feed::feed_options(&args.input).format)?;
    }
    let mut kept = outputs.create(&args.output)?;
    let mut open_table = |path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map(|path| TableFormat::of_path(path).and_then(|_| outputs.create(path)))
            .transpose()
    };
    let clusters = open_table(&args.clusters)?;
    let relations = open_table(&args.relations)?;
    let report = open(&mut outputs, args.report.as_deref())?;
    let wanted = Wanted {
        families: true,
        relations: relations.is_some(),
    };
    let folded = read_and_fold(
        inputs,
        &args.input,
        &args.matching,
        (&args.bounds, &args.running),
        &settings,
        wanted,
        &mut outputs,
    )?;

    let (stories, outcome) = (&folded.stories, &folded.outcome);
    let explained: Vec<_> = args
        .explain
        .iter()
        .map(|id| explained(stories, outcome, id))
        .collect();
    if args.trial.dry_run {
        let tables = args.clusters.iter().chain(&args.relations);
        let planned = [&args.output].into_iter().chain(tables).chain(&args.report);
        let ending = folded.finish_dry(planned, &args.input, &args.running)?;
        for lines in &explained {
            say_lines(lines);
        }
        return Ok(ending);
    }
    let records = (0u32..).zip(&outcome.decisions);
    let records = records.filter(|(_, decision)| args.annotate || decision.kept);
    let records =
        records.map(|(story, decision)| (story, args.annotate.then(|| note(stories, decision))));
    let written = write_stories(stories, records, format, &mut kept);
    unless_closed(written)?;
    let mut sealed: Vec<Sealed> = unless_closed(kept.seal())?.into_iter().collect();
    if let Some(output) = clusters {
        sealed.push(write_clusters(stories, outcome, output)?.seal()?);
    }
    if let Some(output) = relations {
        let write = || write_relations(stories, outcome, output);
        sealed.push(folded.pool.install(write)?.seal()?);
    }
    sealed.extend(folded.report("dedup", report)?);
    let ending = folded.finish(sealed, &args.input, &args.running)?;
    for lines in &explained {
        say_lines(lines);
    }
    Ok(ending)
}

/// The fields that a record gets of its decision.
fn note<'s>(stories: &'s Stories, decision: &Decision) -> Note<'s> {
    let link = decision.link.as_ref();
    Note {
        cluster: stories.id(decision.cluster),
        kept: decision.kept,
        relation: link.map(|link| link.relation.name()),
        to: link.map(|link| stories.id(link.to)),
    }
}
