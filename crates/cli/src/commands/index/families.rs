//! `wirefold index families`.

use wirefold::Settings;
use wirefold_index::Snapshot;
use wirefold_io::{Bound, Inputs, Outputs, Sealed, Table, TableFormat, present};
use wirefold_report::Run;

use crate::args::Removes;
use crate::args::index::Families;
use crate::commands::report::{open, write_report};
use crate::commands::rows::write_clusters;
use crate::commands::run::{place, pool, threads, unless_closed};
use crate::outcome::{Ending, Failure};
use crate::stages::Stages;

/// Runs the command.
pub(super) fn run(args: &Families) -> Result<Ending, Failure> {
    let snapshot = Snapshot::open(&args.dir)?;
    let none = Inputs::default();
    let mut outputs = Outputs::new(&none);
    TableFormat::of_path(&args.output)?;
    let output = outputs.create(&args.output)?;
    let report = open(&mut outputs, args.report.as_deref())?;
    let stages = Stages::begin("folding");
    let settings = Settings {
        keep: args.keep.0.clone(),
        now: args.now.or_else(present),
        min_novel: args.min_novel,
        remove: args
            .remove
            .iter()
            .copied()
            .filter_map(Removes::relation)
            .collect(),
        ..snapshot.settings().clone()
    };
    settings.check()?;
    let threads = threads(&args.running);
    let pool = pool(threads)?;
    let bound = Bound::new(args.bounds.memory, threads, args.temp_dir.as_deref())?;
    let stories = snapshot.stories();
    let outcome = pool.install(|| snapshot.families(&stories, &settings, Some(bound.memory)))?;
    let written = write_clusters(&stories, &outcome, output);
    let mut sealed: Vec<Sealed> = unless_closed(written.and_then(Table::seal))?
        .into_iter()
        .collect();
    if let Some(mut output) = report {
        let (_, stages) = stages.times();
        let run = Run {
            command: "index families",
            input_bytes: 0,
            refused: 0,
            stages: &stages,
            written: present().unwrap_or_default(),
        };
        pool.install(|| write_report(&stories, &outcome, &settings, &run, &mut output))?;
        sealed.extend(unless_closed(output.seal())?);
    }
    place(sealed)?;
    Ok(Ending::Done)
}
