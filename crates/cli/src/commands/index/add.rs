//! `wirefold index add`.

use std::time::Instant;

use wirefold_index::{AddOptions, Writer};
use wirefold_io::Outputs;

use super::summary::added_summary;
use crate::args::index::Add;
use crate::commands::run::{place, threads};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say_lines};
use crate::progress::Bar;

/// Runs the command.
pub(super) fn run(args: &Add) -> Result<Ending, Failure> {
    let started = Instant::now();
    let mut writer = Writer::open(&args.dir)?;
    let inputs = feed::inputs(&args.input)?;
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let mut rejects = Rejects::new(&args.input, &mut outputs)?;
    let feed = feed::passing(inputs, &args.input)?;
    let threads = threads(&args.running);
    let options = AddOptions {
        records: feed::record_options(&args.input),
        threads,
        ..AddOptions::default()
    };
    let bar = Bar::new(!args.running.quiet);
    bar.reading(feed.total_bytes());
    let added = writer.add(&feed, &options, |feed, refused| {
        bar.read(feed.bytes_read());
        Ok(rejects.add_all(refused, &bar)?)
    });
    bar.clear();
    let added = added?;
    writer.end_merge()?;
    let (refused, rejects) = rejects.seal()?;
    place(rejects)?;
    if !args.running.quiet {
        say_lines(&added_summary(
            &added,
            (writer.snapshot().len(), feed.bytes_read()),
            started.elapsed(),
            threads,
        ));
    }
    Ok(Ending::of(refused, &args.input))
}
