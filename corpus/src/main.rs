//! The feed generator as a command: JSON Lines out, with the truth beside them.

use clap::Parser;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wirefold_corpus::{Feed, Script, Settings, Totals, Worst};

/// Generate a news feed of any size, and the truth about its copies.
#[derive(Debug, Parser)]
#[command(name = "wirefold-corpus", version)]
struct Arguments {
    /// Number of stories (about 3.5 kB each)
    #[arg(long, value_name = "N", default_value_t = 1000)]
    stories: u32,
    /// Seed: the same settings and seed give the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// File for the stories as JSON Lines, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// File for the truth as tab-separated rows, or - for standard output
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Stories in families of two or more, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 40, value_parser = clap::value_parser!(u32).range(0..=100))]
    families: u32,
    /// Stories from templates, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=100))]
    templates: u32,
    /// Copies made from other copies, in percent of copies
    #[arg(long, value_name = "PERCENT", default_value_t = 25, value_parser = clap::value_parser!(u32).range(0..=100))]
    chains: u32,
    /// Send one story to this many outlets
    #[arg(long, value_name = "N", default_value_t = 0)]
    syndicated: u32,
    /// Alphabet: latin, cyrillic, arabic, devanagari, han or kana
    #[arg(long, value_name = "NAME", default_value = "latin", value_parser = script)]
    script: Script,
    /// Jaccard (percent) from which the truth says `near_duplicate`
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100))]
    near: u32,
    /// Write a feed that is hard on whoever looks for copies instead: identical (stories), paragraph (that
    /// all share, and nothing else), giant (one story; others are excerpts), briefs (of three words) or
    /// few-briefs (of which most are equal). Of the other options, --stories, --seed, --out and
    /// --giant-bytes count
    #[arg(long, value_name = "NAME", value_parser = worst, conflicts_with_all = ["truth", "families", "templates", "chains", "syndicated", "script", "near"])]
    worst: Option<Worst>,
    /// Length of the first story of --worst giant
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = 10_000_000,
        requires = "worst"
    )]
    giant_bytes: u64,
    /// Threads; 0 for one a core. They do not change the bytes
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

fn script(name: &str) -> Result<Script, String> {
    let found = Script::ALL.iter().find(|(known, _)| *known == name);
    found.map(|&(_, script)| script).ok_or_else(|| {
        let names: Vec<&str> = Script::ALL.iter().map(|(name, _)| *name).collect();
        format!("no such script; there are {}", names.join(", "))
    })
}

fn worst(name: &str) -> Result<Worst, String> {
    let found = Worst::ALL.iter().find(|(known, _)| *known == name);
    found.map(|&(_, worst)| worst).ok_or_else(|| {
        let names: Vec<&str> = Worst::ALL.iter().map(|(name, _)| *name).collect();
        format!("no such feed; there are {}", names.join(", "))
    })
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Standard error may be closed; the exit code says it all the same.
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if arguments.families + arguments.templates > 100 {
        return Err(
            "--families and --templates are shares of the same stories: at most 100 together"
                .into(),
        );
    }
    if arguments.syndicated > arguments.stories {
        return Err("--syndicated is part of --stories and cannot be more".into());
    }
    if arguments.truth.as_ref() == Some(&arguments.out) {
        return Err(format!(
            "--out and --truth are both {}",
            arguments.out.display()
        ));
    }
    let mut out = Sink::open(&arguments.out)?;
    if let Some(worst) = arguments.worst {
        let (stories, seed) = (arguments.stories, arguments.seed);
        let written = worst.write(stories, arguments.giant_bytes, seed, &mut out.to);
        return written_to(out, None, written);
    }
    let feed = Feed::new(Settings {
        stories: arguments.stories,
        seed: arguments.seed,
        families: arguments.families * 10,
        templates: arguments.templates * 10,
        chains: arguments.chains * 10,
        syndicated: arguments.syndicated,
        script: arguments.script,
        near: arguments.near * 10,
    });
    let threads = match arguments.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        given => given,
    };
    let mut truth = arguments.truth.as_deref().map(Sink::open).transpose()?;
    let written = feed.write(
        threads,
        &mut out.to,
        truth.as_mut().map(|truth| &mut truth.to as &mut dyn Write),
    );
    written_to(out, truth, written)
}

/// Ends the outputs of a feed that was written, or was not.
fn written_to(out: Sink, truth: Option<Sink>, written: io::Result<Totals>) -> Result<(), String> {
    match written {
        Ok(_) => {}
        // Whoever reads has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        Err(error) => return Err(format!("cannot write the feed: {error}")),
    }
    out.finish()?;
    truth.map_or(Ok(()), Sink::finish)
}

/// An output that takes its place when it is whole.
struct Sink {
    to: BufWriter<Box<dyn Write>>,
    beside: Option<Beside>,
}

/// A file written beside its place, removed unless it gets there.
struct Beside {
    temporary: PathBuf,
    place: PathBuf,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Gone already when it was renamed.
        let _ = fs::remove_file(&self.temporary);
    }
}

impl Sink {
    fn open(place: &Path) -> Result<Self, String> {
        if place == Path::new("-") {
            return Ok(Self {
                to: BufWriter::with_capacity(1 << 18, Box::new(io::stdout())),
                beside: None,
            });
        }
        if place.is_dir() {
            return Err(format!(
                "{} is a folder; name a file in it",
                place.display()
            ));
        }
        // A device or pipe is written to as it is; renaming would put a file in its place.
        if fs::metadata(place).is_ok_and(|facts| !facts.is_file()) {
            let device = File::options()
                .write(true)
                .open(place)
                .map_err(|error| format!("cannot open {}: {error}", place.display()))?;
            return Ok(Self {
                to: BufWriter::with_capacity(1 << 18, Box::new(device)),
                beside: None,
            });
        }
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let temporary = place.with_file_name(name);
        let file = File::create(&temporary)
            .map_err(|error| format!("cannot create {}: {error}", temporary.display()))?;
        let beside = Some(Beside {
            temporary,
            place: place.to_owned(),
        });
        Ok(Self {
            to: BufWriter::with_capacity(1 << 18, Box::new(file)),
            beside,
        })
    }

    fn finish(mut self) -> Result<(), String> {
        match self.to.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(format!("cannot write to the end: {error}")),
            Ok(()) => {}
        }
        let Some(beside) = self.beside.take() else {
            return Ok(());
        };
        fs::rename(&beside.temporary, &beside.place)
            .map_err(|error| format!("cannot rename to {}: {error}", beside.place.display()))
    }
}
