//! `wirefold tune`: settings from a sample.

mod labeled;
mod unlabeled;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use wirefold::relation::{Relation, RelationRules};
use wirefold::sketch::SketchSettings;
use wirefold::tune::Labeled;
use wirefold::{Keep, Settings, TextSource as _};
use wirefold_io::{Feed, Outputs, Stories, StoryOptions, present, read_labels};

use super::run::{place, pool, settings, threads};
use crate::args::{TitleUse, Tune};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say};
use crate::progress::Bar;

/// What came out.
struct Tuned {
    /// For people, as lines.
    shown: String,
    /// The same as data.
    json: Value,
    /// The rules that are recommended, and a line of the reason each.
    rules: RelationRules,
    reasons: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Tune) -> Result<Ending, Failure> {
    let mut settings = settings(&args.matching, vec![Keep::Longest], None)?;
    settings.now = present();
    if let Some(precision) = args.precision
        && !(precision > 0.0 && precision <= 1.0)
    {
        let said = format!("--precision: expected over 0 and up to 1, not {precision}");
        return Err(Failure::Usage(said));
    }
    let inputs = feed::inputs(&args.input)?;
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let output = args.output.as_ref().map(|path| outputs.create(path));
    let mut output = output.transpose()?;
    let mut rejects = Rejects::new(&args.input, &mut outputs)?;
    let feed = Feed::open(inputs, feed::feed_options(&args.input))?;
    let threads = threads(&args.running);
    let pool = pool(threads)?;
    let options = StoryOptions {
        records: feed::record_options(&args.input),
        titles: args.matching.title == TitleUse::First,
        threads,
        ..StoryOptions::default()
    };
    // They are made again for each threshold.
    let sketch = SketchSettings {
        anchors: false,
        facts: false,
        ..settings.sketch()
    };
    let matcher = settings.matcher();
    let bar = Bar::new(!args.running.quiet);
    bar.reading(feed.total_bytes());
    let read = Stories::read(feed, options, &sketch, &matcher, |feed, refused| {
        bar.read(feed.bytes_read());
        rejects.add_all(refused, &bar)
    });
    bar.clear();
    let (stories, _) = read?;
    let tuned = match &args.labels {
        Some(path) => {
            let labels = labels(path, &stories)?;
            let copies: Vec<Relation> = args.copies.iter().map(|&copy| copy.into()).collect();
            let wanted = (args.precision, &copies[..]);
            pool.install(|| labeled::tuned(&stories, &matcher, &settings, &labels, wanted))?
        }
        None => pool.install(|| unlabeled::tuned(&stories, &matcher, &settings, args))?,
    };
    stories.feed().check_unchanged()?;
    let sealed = output.take().map(|mut output| {
        output.put(file(&tuned, &settings).as_bytes())?;
        output.seal()
    });
    let (refused, rejects) = rejects.seal()?;
    let shown = if args.json {
        format!("{}\n", tuned.json)
    } else {
        tuned.shown
    };
    match std::io::stdout().write_all(shown.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let said = format!("cannot write to standard output: {error}");
            return Err(Failure::Usage(said));
        }
        _ => {}
    }
    place(sealed.transpose()?.into_iter().chain(rejects))?;
    if let Some(path) = args.output.as_ref().filter(|_| !args.running.quiet) {
        let path = path.display();
        say(&format!(
            "settings are in {path}; `--config {path}` reads them"
        ));
    }
    Ok(Ending::of(refused, &args.input))
}

/// The labeled pairs of a file by the numbers of their stories.
fn labels(path: &Path, stories: &Stories) -> Result<Vec<Labeled>, Failure> {
    let numbers: HashMap<&str, u32> = (0..stories.count())
        .map(|number| (stories.id(number), number))
        .collect();
    let labels = read_labels(path)?.into_iter().map(|label| {
        let number = |id: &str| {
            numbers.get(id).copied().ok_or_else(|| {
                let (path, line) = (path.display(), label.line);
                Failure::Usage(format!(
                    "{path}:{line}: no story of the sample has the id `{id}`; name the feed that the pairs are of"
                ))
            })
        };
        Ok(Labeled {
            a: number(&label.a)?,
            b: number(&label.b)?,
            copy: label.copy,
        })
    });
    let labels: Vec<Labeled> = labels.collect::<Result<_, Failure>>()?;
    if labels.iter().all(|label| label.copy) || !labels.iter().any(|label| label.copy) {
        let path = path.display();
        return Err(Failure::Usage(format!(
            "{path}: settings can be chosen only where some pairs are copies and others are not"
        )));
    }
    Ok(labels)
}

/// The file of settings.
fn file(tuned: &Tuned, settings: &Settings) -> String {
    let mut out = String::from("# Settings by `wirefold tune`, for `--config`.\n");
    for reason in &tuned.reasons {
        let _ = writeln!(out, "# {reason}");
    }
    let RelationRules {
        threshold,
        containment,
        overlap,
        ..
    } = tuned.rules;
    let words = settings.shingle_words;
    let _ = writeln!(
        out,
        "threshold = {threshold:?}\ncontainment = {containment:?}\noverlap = {overlap:?}\nshingle-words = {words}"
    );
    if settings.fold_confusables {
        out.push_str("fold-confusables = true\n");
    }
    out
}

/// Rules as data.
fn rules_json(rules: &RelationRules) -> Value {
    json!({
        "threshold": rules.threshold,
        "containment": rules.containment,
        "overlap": rules.overlap,
    })
}
