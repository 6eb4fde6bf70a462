//! `wirefold index add`.

use std::path::Path;
use std::time::Instant;

use wirefold_index::{AddOptions, IndexError, Writer};
use wirefold_io::Outputs;

use super::summary::added_summary;
use crate::args::Input;
use crate::args::index::Add;
use crate::commands::run::{place, threads};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say, say_lines};
use crate::progress::Bar;

/// Runs the command.
pub(super) fn run(args: &Add) -> Result<Ending, Failure> {
    let started = Instant::now();
    let dry = args.trial.dry_run;
    let mut writer = open(&args.dir, &args.input, dry)?;
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
    if !dry {
        place(rejects)?;
    }
    if !args.running.quiet {
        say_lines(&added_summary(
            &added,
            (writer.snapshot().len(), feed.bytes_read()),
            started.elapsed(),
            threads,
        ));
    }
    if dry {
        say("dry run: nothing is changed");
    }
    Ok(Ending::of(refused, &args.input))
}

/// Opens an index for changes, or for a trial that leaves it as it is.
pub(super) fn open(dir: &Path, input: &Input, dry: bool) -> Result<Writer, IndexError> {
    if dry {
        Writer::trial(dir, input.temp_dir.as_deref())
    } else {
        Writer::open(dir)
    }
}
