//! `wirefold normalize`: text through one of the two faces.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use wirefold::normalize::{CleanOptions, Cleaner, Form, Marks, MatchOptions, Matcher};
use wirefold::{Known, Normalizer, Shown};
use wirefold_io::{
    Chunk, Compression, Format, IoError, Output, Outputs, Refused, Rewritten, TableFormat,
    check_columns, ordered, rewrite_chunk, rewrite_columns,
};

use super::run::{place, threads, unless_closed};
use crate::args::{Face, FormArg, MarksArg, Normalize, Step};
use crate::feed::{self, Rejects};
use crate::outcome::{Ending, Failure, say_lines};
use crate::progress::Bar;
use crate::summary::filter_summary;

/// What one worker made of one chunk.
struct Part {
    source: u32,
    format: Format,
    out: Vec<u8>,
    done: Rewritten,
    refused: Vec<Refused>,
}

/// Runs the command.
pub(crate) fn run(args: &Normalize) -> Result<Ending, Failure> {
    let started = Instant::now();
    let normalizer = normalizer(args)?;
    let format = TableFormat::of_path(&args.output).ok();
    let columns = format.filter(|format| format.is_columnar());
    if columns.is_none() && format.is_some_and(|format| format != TableFormat::JsonLines) {
        let path = args.output.display();
        return Err(Failure::Usage(format!(
            "{path}: normalize writes text, JSON Lines, Parquet or Arrow, not CSV; give it another ending"
        )));
    }
    let inputs = feed::inputs(&args.input)?;
    if columns.is_some() {
        check_columns(&inputs, feed::feed_options(&args.input).format)?;
    } else if args.input.format.is_none() {
        one_format(inputs.paths())?;
    }
    let guarded = inputs.clone();
    let mut outputs = Outputs::new(&guarded);
    let mut output = outputs.create(&args.output)?;
    let mut rejects = Rejects::new(&args.input, &mut outputs)?;
    let feed = feed::passing(inputs, &args.input)?;
    let record_options = feed::record_options(&args.input);
    let threads = threads(&args.running);
    // Whoever pipes a feed in may wait for each line to come out; a compressed stream would suffer.
    let live =
        feed.total_bytes().is_none() && Compression::of_path(&args.output) == Compression::None;
    // Text on the same terminal would run into the bar.
    let on_terminal =
        args.output.as_os_str() == "-" && std::io::IsTerminal::is_terminal(&std::io::stdout());
    let bar = Bar::new(!args.running.quiet && !on_terminal);
    bar.reading(feed.total_bytes());

    if let Some(format) = columns {
        let done = rewrite_columns(
            &feed,
            &record_options,
            threads,
            format,
            &mut output,
            |source, text| normalizer.normalize(source, text),
            || bar.read(feed.bytes_read()),
        );
        bar.clear();
        let done = done?;
        feed.check_unchanged()?;
        return finish(args, &done, feed.bytes_read(), started, (output, rejects));
    }
    let mut total = Rewritten::default();
    let mut first: Option<(u32, Format)> = None;
    let mut mixed = None;
    let work = || |chunk: Chunk| part(&chunk, &record_options, &normalizer);
    let written = ordered(feed.chunks()?, threads, work, |part: Part| {
        rejects.add_all(&part.refused, &bar)?;
        if !part.out.is_empty() {
            let (source, format) = *first.get_or_insert((part.source, part.format));
            if is_text(format) != is_text(part.format) {
                mixed = Some((source, part.source));
                return Ok(ControlFlow::Break(()));
            }
            output.put(&part.out)?;
            if live {
                output.flush()?;
            }
        }
        total.records += part.done.records;
        total.changed += part.done.changed;
        total.replaced += part.done.replaced;
        bar.read(feed.bytes_read());
        Ok::<_, IoError>(ControlFlow::Continue(()))
    });
    bar.clear();
    unless_closed(written)?;
    if let Some((one, other)) = mixed {
        return Err(two_formats(feed.path(one), feed.path(other)));
    }
    finish(args, &total, feed.bytes_read(), started, (output, rejects))
}

/// Puts the output in its place and says what was done.
fn finish(
    args: &Normalize,
    done: &Rewritten,
    bytes: u64,
    started: Instant,
    (output, rejects): (Output, Rejects),
) -> Result<Ending, Failure> {
    let sealed = unless_closed(output.seal())?;
    let (refused, rejects) = rejects.seal()?;
    place(sealed.into_iter().chain(rejects))?;
    if !args.running.quiet {
        let threads = threads(&args.running);
        let took = started.elapsed();
        say_lines(&filter_summary(done, bytes, refused, took, threads));
    }
    Ok(Ending::of(refused, &args.input))
}

fn part(chunk: &Chunk, options: &wirefold_io::RecordOptions, normalizer: &Normalizer) -> Part {
    let mut out = Vec::with_capacity(chunk.bytes().len() + 1);
    let mut refused = Vec::new();
    let done = rewrite_chunk(
        chunk,
        options,
        &mut out,
        |source, text| normalizer.normalize(source, text),
        |record| refused.push(record),
    );
    Part {
        source: chunk.source,
        format: chunk.format,
        out,
        done,
        refused,
    }
}

/// Refuses inputs whose endings name two formats, before anything is written.
fn one_format<'p>(paths: impl Iterator<Item = &'p std::path::Path>) -> Result<(), Failure> {
    let mut first: Option<(PathBuf, Format)> = None;
    for path in paths {
        let Some(format) = Format::of_path(path) else {
            continue;
        };
        match &first {
            Some((one, known)) if is_text(*known) != is_text(format) => {
                return Err(two_formats(one, path));
            }
            Some(_) => {}
            None => first = Some((path.to_path_buf(), format)),
        }
    }
    Ok(())
}

/// Whether what comes out is text, not JSON Lines.
fn is_text(format: Format) -> bool {
    format == Format::PlainText
}

fn two_formats(one: &std::path::Path, other: &std::path::Path) -> Failure {
    Failure::Usage(format!(
        "{}: not of the same format as {}; normalize plain text and JSON Lines in two runs, or \
         name one with --format",
        other.display(),
        one.display()
    ))
}

fn normalizer(args: &Normalize) -> Result<Normalizer, Failure> {
    let clean_only = [
        ("--quotes", args.quotes.is_some()),
        ("--apostrophes", args.apostrophes.is_some()),
        ("--dashes", args.dashes.is_some()),
        ("--ellipsis", args.ellipsis.is_some()),
        ("--unwrap", args.unwrap),
        ("--ligatures", args.ligatures),
        ("--html", args.html),
        ("--mojibake", args.mojibake),
        ("--mark-furniture", args.mark_furniture),
        ("--strip-furniture", args.strip_furniture),
        ("--furniture", args.furniture.table.is_some()),
        ("--profile", args.profile.is_some()),
    ];
    let match_only = [
        ("--strip-diacritics", args.strip_diacritics),
        ("--fold-confusables", args.fold_confusables),
    ];
    let foreign = |flags: &[(&str, bool)], face: &str| match flags.iter().find(|flag| flag.1) {
        Some((flag, _)) => Err(Failure::Usage(format!(
            "{flag} is a step of the other face; add --face {face} or leave it out"
        ))),
        None => Ok(()),
    };
    match args.face {
        Face::Clean => {
            foreign(&match_only, "match")?;
            let shown = match (args.mark_furniture, args.strip_furniture) {
                (true, _) => Shown::Marked,
                (_, true) => Shown::Stripped,
                _ => Shown::AsItIs,
            };
            let cleaner = Box::new(Cleaner::new(clean_options(args)?));
            let known = Known {
                table: feed::furniture(&args.furniture)?,
                profile: feed::profile(args.profile.as_deref())?,
            };
            let given = [
                ("--furniture", args.furniture.table.is_some()),
                ("--profile", args.profile.is_some()),
            ];
            let given = given.iter().find(|(_, given)| *given);
            if let Some((flag, _)) = given.filter(|_| matches!(shown, Shown::AsItIs)) {
                return Err(Failure::Usage(format!(
                    "{flag} needs --mark-furniture or --strip-furniture"
                )));
            }
            Ok(Normalizer::Clean(cleaner, shown, known))
        }
        Face::Match => {
            foreign(&clean_only, "clean")?;
            match_options(args).map(|options| Normalizer::Match(Box::new(Matcher::new(options))))
        }
    }
}

fn form(form: FormArg) -> Form {
    match form {
        FormArg::Nfc => Form::Nfc,
        FormArg::Nfkc => Form::Nfkc,
        FormArg::Keep => Form::Keep,
    }
}

fn clean_options(args: &Normalize) -> Result<CleanOptions, Failure> {
    let marks = |marks: Option<MarksArg>| match marks {
        None | Some(MarksArg::Keep) => Marks::Keep,
        Some(MarksArg::Straight) => Marks::Straight,
        Some(MarksArg::Typographic) => Marks::Typographic,
    };
    let mut options = CleanOptions {
        mojibake: args.mojibake,
        html: args.html,
        ligatures: args.ligatures,
        quotes: marks(args.quotes),
        apostrophes: marks(args.apostrophes),
        dashes: marks(args.dashes),
        ellipsis: marks(args.ellipsis),
        unwrap: args.unwrap,
        ..CleanOptions::default()
    };
    options.form = args.form.map_or(options.form, form);
    for step in &args.without {
        match step {
            Step::Spaces => options.spaces = false,
            Step::Invisibles => options.invisibles = false,
            Step::LineEnds => options.line_ends = false,
            _ => return Err(no_step(*step, "clean", "spaces, invisibles and line-ends")),
        }
    }
    if args.unwrap && !(options.spaces && options.line_ends) {
        return Err(Failure::Usage(
            "--unwrap needs the steps spaces and line-ends; leave one of the two flags out"
                .to_owned(),
        ));
    }
    Ok(options)
}

fn match_options(args: &Normalize) -> Result<MatchOptions, Failure> {
    let mut options = MatchOptions {
        diacritics: args.strip_diacritics,
        confusables: args.fold_confusables,
        ..MatchOptions::default()
    };
    options.form = args.form.map_or(options.form, form);
    for step in &args.without {
        let slot = match step {
            Step::Spaces => &mut options.spaces,
            Step::Invisibles => &mut options.invisibles,
            Step::Case => &mut options.case,
            Step::Digits => &mut options.digits,
            Step::Quotes => &mut options.quotes,
            Step::Apostrophes => &mut options.apostrophes,
            Step::Dashes => &mut options.dashes,
            Step::Ellipsis => &mut options.ellipsis,
            Step::LineEnds => {
                let steps = "spaces (line ends among them), invisibles, case, digits, quotes, \
                             apostrophes, dashes and ellipsis";
                return Err(no_step(*step, "match", steps));
            }
        };
        *slot = false;
    }
    Ok(options)
}

fn no_step(step: Step, face: &str, steps: &str) -> Failure {
    let step = clap::ValueEnum::to_possible_value(&step);
    let step = step.as_ref().map_or("", |value| value.get_name());
    Failure::Usage(format!(
        "--without {step}: not a step that --face {face} takes by itself; those are {steps}"
    ))
}
