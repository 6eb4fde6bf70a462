//! `wirefold index dedup`.

use std::time::Instant;

use wirefold::Keep;
use wirefold_index::StreamOptions;
use wirefold_io::{Outputs, Table, TableFormat, UnreadDates};
use wirefold_report::Gathered;

use super::add;
use super::query::{is_live, lines_only};
use super::summary::streamed_summary;
use crate::args::Removes;
use crate::args::index::Dedup;
use crate::commands::report::{open, write_gathered};
use crate::commands::rows::{TOLD_COLUMNS, write_told};
use crate::commands::run::{place, threads, unless_closed};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say, say_lines};
use crate::progress::Bar;

/// Runs the command.
pub(super) fn run(args: &Dedup) -> Result<Ending, Failure> {
    let started = Instant::now();
    if args.keep.0 != [Keep::First] {
        let said = "--keep: a stream cannot take back what it passed, so the first stays; `index families --keep` \
                    says what to keep of all that is stored";
        return Err(Failure::Usage(said.to_owned()));
    }
    let dry = args.trial.dry_run;
    let mut writer = add::open(&args.dir, &args.input, dry)?;
    let inputs = feed::inputs(&args.input)?;
    lines_only(&args.output)?;
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let mut output = outputs.create(&args.output)?;
    let mut table = match &args.told {
        Some(path) => {
            TableFormat::of_path(path)?;
            Some(Table::new(outputs.create(path)?, TOLD_COLUMNS)?)
        }
        None => None,
    };
    let report = open(&mut outputs, args.report.as_deref())?;
    let mut gathered = report.is_some().then(Gathered::held_back);
    let mut rejects = Rejects::new(&args.input, &mut outputs)?;
    let feed = feed::passing(inputs, &args.input)?;
    let threads = threads(&args.running);
    let options = StreamOptions {
        records: feed::record_options(&args.input),
        threads,
        min_novel: args.min_novel,
        remove: args
            .remove
            .iter()
            .copied()
            .filter_map(Removes::relation)
            .collect(),
        with_stories: gathered.is_some(),
    };
    let live = is_live(&feed, &args.output);
    let on_terminal =
        args.output.as_os_str() == "-" && std::io::IsTerminal::is_terminal(&std::io::stdout());
    let bar = Bar::new(!args.running.quiet && !on_terminal);
    bar.reading(feed.total_bytes());
    let (mut new, mut told) = (0, 0);
    let mut dates = UnreadDates::default();
    let streamed = writer.dedup(&feed, &options, |feed, streamed| {
        rejects.add_all(&streamed.refused, &bar)?;
        if let Some(table) = &mut table {
            write_told(&streamed.told, table)?;
        }
        if let Some(gathered) = &mut gathered {
            for came in &streamed.came {
                let by = came.by.as_ref();
                let by = by.map(|by| (by.id.as_str(), &by.story, by.link));
                gathered.stream(&came.id, &came.story, by);
            }
        }
        if !dry {
            output.put(&streamed.passed)?;
        }
        if live {
            output.flush()?;
        }
        new += streamed.new;
        dates.append(streamed.unread_dates);
        told += streamed.told.len() as u64;
        bar.read(feed.bytes_read());
        Ok(())
    });
    bar.clear();
    match streamed {
        Err(error) if error.is_broken_pipe() => {}
        streamed => streamed?,
    }
    writer.end_merge()?;
    let sealed = unless_closed(output.seal())?;
    let table = table.map(Table::seal).transpose()?;
    let (refused, rejects) = rejects.seal()?;
    let page = gathered.zip(report).map(|page| {
        let read = (feed.bytes_read(), refused);
        write_gathered("index dedup", page, writer.snapshot(), read, threads)
    });
    let page = page.transpose()?.flatten();
    if !dry {
        place(sealed.into_iter().chain(table).chain(page).chain(rejects))?;
    }
    if !args.running.quiet {
        let stored = writer.snapshot().len();
        say_lines(&streamed_summary(
            (new, told, refused),
            &dates,
            (stored, feed.bytes_read()),
            started.elapsed(),
            threads,
        ));
    }
    if dry {
        say("dry run: nothing is changed, and nothing is written");
    }
    Ok(Ending::of(refused, &args.input))
}
