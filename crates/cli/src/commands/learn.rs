//! `wirefold learn`: what a feed's sources repeat, and how rare its words are.

use std::time::Instant;

use wirefold::Settings;
use wirefold::profile::Profile;
use wirefold::sketch::SketchSettings;
use wirefold_io::{Feed, Outputs, Stories, StoryOptions};

use super::run::{place, threads};
use crate::args::Learn;
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say, say_lines};
use crate::progress::Bar;
use crate::summary::learn_summary;

/// Runs the command.
pub(crate) fn run(args: &Learn) -> Result<Ending, Failure> {
    let started = Instant::now();
    let inputs = feed::inputs(&args.input)?;
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let mut output = outputs.create(&args.output)?;
    let mut rejects = Rejects::new(&args.input, &mut outputs)?;
    let added: Vec<_> = args
        .add
        .iter()
        .map(|path| Ok::<_, Failure>((path, feed::profile(Some(path))?)))
        .collect::<Result<_, _>>()?;
    let feed = Feed::open(inputs, feed::feed_options(&args.input))?;
    let threads = threads(&args.running);
    let options = StoryOptions {
        records: feed::record_options(&args.input),
        threads,
        learn: wirefold_io::Learn::ToKeep {
            undated: args.undated,
        },
        ..StoryOptions::default()
    };
    // Nothing is joined, so the sketches hold as little as they can.
    let sketch = SketchSettings {
        anchors: false,
        facts: false,
        seed: args.seed,
        furniture: feed::furniture(&args.furniture)?,
        ..Settings::default().sketch()
    };
    let matcher = Settings {
        fold_confusables: args.fold_confusables,
        ..Settings::default()
    }
    .matcher();
    let bar = Bar::new(!args.running.quiet);
    bar.reading(feed.total_bytes());
    let read = Stories::read(feed, options, &sketch, &matcher, |feed, refused| {
        bar.read(feed.bytes_read());
        rejects.add_all(refused, &bar)
    });
    bar.clear();
    let (stories, _) = read?;
    let profile = stories.profile();
    let Some(mut profile) = profile.map(|profile| Profile::clone(profile)) else {
        return Ok(Ending::Done);
    };
    for (path, more) in &added {
        let merged = more.as_ref().map_or(Ok(()), |more| profile.merge(more));
        merged.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    }
    let dry = args.trial.dry_run;
    if !dry {
        output.put(&profile.to_bytes())?;
    }
    let sealed = output.seal()?;
    let (refused, rejects) = rejects.seal()?;
    if !dry {
        place([sealed].into_iter().chain(rejects))?;
    }
    if !args.running.quiet {
        say_lines(&learn_summary(
            &profile,
            &stories,
            refused,
            started.elapsed(),
            threads,
        ));
    }
    if dry {
        say(&format!(
            "dry run: nothing is written to {}",
            args.output.display()
        ));
    }
    Ok(Ending::of(refused, &args.input))
}
