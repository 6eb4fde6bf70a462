//! `wirefold relate`: related pairs with their evidence; nothing is removed.

use wirefold::{Keep, Wanted};
use wirefold_io::{Outputs, Table, TableFormat};

use super::report::open;
use super::rows::write_relations;
use super::run::{read_and_fold, settings, unless_closed};
use crate::args::Relate;
use crate::feed;
use crate::outcome::{Ending, Failure};

/// Runs the command.
pub(crate) fn run(args: &Relate) -> Result<Ending, Failure> {
    let mut settings = settings(&args.matching, vec![Keep::Longest], None)?;
    settings.window = args.window.seconds;
    let inputs = feed::inputs(&args.input)?;
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    TableFormat::of_path(&args.output)?;
    let output = outputs.create(&args.output)?;
    let report = open(&mut outputs, args.report.as_deref())?;
    // A page shows pairs by their families.
    let wanted = Wanted {
        families: report.is_some(),
        relations: true,
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
    if args.trial.dry_run {
        let planned = [&args.output].into_iter().chain(&args.report);
        return Ok(folded.finish_dry(planned, &args.input, &args.running)?);
    }
    let (stories, outcome) = (&folded.stories, &folded.outcome);
    let written = folded
        .pool
        .install(|| write_relations(stories, outcome, output));
    let sealed = unless_closed(written.and_then(Table::seal))?;
    let report = folded.report("relate", report)?;
    let sealed = sealed.into_iter().chain(report).collect();
    Ok(folded.finish(sealed, &args.input, &args.running)?)
}
