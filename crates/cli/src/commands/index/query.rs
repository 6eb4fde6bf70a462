//! `wirefold index query`.

use wirefold::query::ASKED;
use wirefold::{Link, StoryBuffer, TextSource as _};
use wirefold_index::{Answer, Snapshot};
use wirefold_io::{Compression, Feed, Outputs, TableFormat};
use wirefold_report::Gathered;

use crate::args::index::Query;
use crate::commands::report::{open, write_gathered};
use crate::commands::rows::found_line;
use crate::commands::run::{place, threads, unless_closed};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure};
use crate::progress::Bar;

/// Runs the command.
pub(super) fn run(args: &Query) -> Result<Ending, Failure> {
    let snapshot = Snapshot::open(&args.dir)?;
    let inputs = feed::inputs(&args.input)?;
    lines_only(&args.output)?;
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let mut output = outputs.create(&args.output)?;
    let report = open(&mut outputs, args.report.as_deref())?;
    let mut gathered = report.is_some().then(Gathered::answers);
    let mut rejects = Rejects::new(&args.input, &mut outputs)?;
    let feed = feed::passing(inputs, &args.input)?;
    let live = is_live(&feed, &args.output);
    let on_terminal =
        args.output.as_os_str() == "-" && std::io::IsTerminal::is_terminal(&std::io::stdout());
    let bar = Bar::new(!args.running.quiet && !on_terminal);
    bar.reading(feed.total_bytes());
    let show = |answer: Answer<'_>| {
        let mut lines = Vec::new();
        for row in answer.rows {
            let stored = Answer::stored(row);
            let about = snapshot.about(stored);
            if row.a == ASKED {
                found_line(answer.id, snapshot.id(stored), row, about, &mut lines);
            } else {
                found_line(
                    answer.id,
                    snapshot.id(stored),
                    &row.mirrored(),
                    about,
                    &mut lines,
                );
            }
        }
        let asked = report.is_some().then(|| Asked::of(&answer));
        (lines, asked)
    };
    let records = feed::record_options(&args.input);
    let asked = snapshot.query(
        &feed,
        &records,
        threads(&args.running),
        show,
        |shown, refused| {
            rejects.add_all(&refused, &bar)?;
            for (lines, asked) in shown {
                output.put(&lines)?;
                if let (Some(gathered), Some(asked)) = (&mut gathered, asked) {
                    gathered.asked(&asked.id, &asked.story, &snapshot, &asked.links)?;
                }
            }
            if live {
                output.flush()?;
            }
            bar.read(feed.bytes_read());
            Ok(())
        },
    );
    bar.clear();
    match asked {
        Err(error) if error.is_broken_pipe() => {}
        asked => asked?,
    }
    let sealed = unless_closed(output.seal())?;
    let (refused, rejects) = rejects.seal()?;
    let page = gathered.zip(report).map(|page| {
        let (read, threads) = ((feed.bytes_read(), refused), threads(&args.running));
        write_gathered("index query", page, &snapshot, read, threads)
    });
    let page = page.transpose()?.flatten();
    place(sealed.into_iter().chain(page).chain(rejects))?;
    Ok(Ending::of(refused, &args.input))
}

/// A story that was asked for, for the page.
struct Asked {
    id: String,
    story: StoryBuffer,
    links: Vec<Link>,
}

impl Asked {
    fn of(answer: &Answer<'_>) -> Self {
        let mut story = StoryBuffer::default();
        story.set(answer.story);
        let links = answer.rows.iter().map(|row| {
            let (containment, novel) = if row.a == ASKED {
                (row.containment_a, 1.0 - row.aligned_a)
            } else {
                (row.containment_b, 1.0 - row.aligned_b)
            };
            Link {
                relation: row.relation,
                to: Answer::stored(row),
                jaccard: row.jaccard,
                containment,
                novel,
            }
        });
        Self {
            id: answer.id.to_owned(),
            story,
            links: links.collect(),
        }
    }
}

/// Refuses outputs that are no JSON Lines: these go out line by line.
pub(super) fn lines_only(output: &std::path::Path) -> Result<(), Failure> {
    if TableFormat::of_path(output)? == TableFormat::JsonLines {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{}: written as JSON Lines, line by line; give it the ending .jsonl",
        output.display()
    )))
}

/// Whether someone may wait for each line to come out: a feed that is piped in. A compressed stream would
/// suffer.
pub(super) fn is_live(feed: &Feed, output: &std::path::Path) -> bool {
    feed.total_bytes().is_none() && Compression::of_path(output) == Compression::None
}
