//! Counts the instructions of each hot kernel under `valgrind --tool=callgrind` and compares them
//! with the baseline, `benches/instructions.txt`.
//!
//! A kernel is run once and twice on the same input, each in a process of its own; the difference
//! is what it takes, whatever setting up took. Valgrind's processor has AVX2 and no AVX-512, so the
//! level of the vectors is the same on every x86-64 machine that has AVX2.

use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use wirefold_benches::instructions::Counts;
use wirefold_benches::kernels::{NAMES, kernel};

const USAGE: &str = "usage: instructions [--update] [--baseline FILE] [KERNEL...]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(code) => code,
        Err(message) => {
            // Standard error may be closed; the exit code says it all the same.
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<ExitCode, String> {
    let mut baseline = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt");
    let (mut update, mut names) = (false, Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // What valgrind is given to run.
            "run" => return work(arguments),
            "--update" => update = true,
            "--baseline" => baseline = PathBuf::from(arguments.next().ok_or(USAGE)?),
            name if NAMES.contains(&name) => names.push(argument),
            _ => return Err(format!("{USAGE}\nkernels: {}", NAMES.join(", "))),
        }
    }
    if let Some(lacking) = lacking() {
        say(&format!("skipped: {lacking}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let some = !names.is_empty();
    let mut counts = Counts {
        compiler: said_by(Command::new("rustc").arg("--version"))?.0,
        kernels: Vec::new(),
    };
    for name in NAMES {
        if !some || names.iter().any(|asked| asked == name) {
            counts.kernels.push((name.to_owned(), count(name)?));
        }
    }
    let file = |error: io::Error| format!("{}: {error}", baseline.display());
    if update {
        if some {
            return Err("--update takes all kernels".into());
        }
        std::fs::write(&baseline, counts.show()).map_err(file)?;
        say(&counts.show())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut before = Counts::parse(&std::fs::read_to_string(&baseline).map_err(file)?)?;
    if some {
        before.kernels.retain(|(kernel, _)| names.contains(kernel));
    }
    let compared = counts.beside(&before);
    say(&compared.table)?;
    for failure in &compared.failures {
        say(&format!("failed: {failure}\n"))?;
    }
    Ok(if compared.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        say("if that is meant: --update writes the baseline\n")?;
        ExitCode::FAILURE
    })
}

fn say(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| error.to_string())
}

/// What this machine lacks for counting.
fn lacking() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let avx2 = std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    let avx2 = false;
    if !avx2 {
        return Some("no processor with AVX2");
    }
    let valgrind = Command::new("valgrind").arg("--version").output();
    (!valgrind.is_ok_and(|output| output.status.success())).then_some("no valgrind")
}

/// Runs a kernel so many times and tells the bytes of its input.
fn work(mut arguments: impl Iterator<Item = String>) -> Result<ExitCode, String> {
    let (name, times) = (arguments.next(), arguments.next());
    let mut kernel = name.as_deref().and_then(kernel).ok_or(USAGE)?;
    let times: u32 = times.and_then(|times| times.parse().ok()).ok_or(USAGE)?;
    for _ in 0..times {
        (black_box(&mut kernel.run))();
    }
    say(&format!("{}\n", kernel.bytes))?;
    Ok(ExitCode::SUCCESS)
}

/// Instructions a byte of a kernel's second run.
fn count(name: &str) -> Result<f64, String> {
    // The first run also makes what is made once a process, so it is the second that counts.
    let ((once, bytes), (twice, _)) = (counted(name, 1)?, counted(name, 2)?);
    Ok(twice.saturating_sub(once) as f64 / bytes as f64)
}

/// Instructions of a process that runs a kernel so many times, and the bytes of its input.
fn counted(name: &str, times: u32) -> Result<(u64, u64), String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let (bytes, log) = said_by(
        Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(own)
            .args(["run", name, &times.to_string()]),
    )?;
    // "==123== Collected : 4567"
    let collected = log.lines().find_map(|line| line.split_once("Collected :"));
    let collected = collected.and_then(|(_, count)| count.trim().parse().ok());
    collected
        .zip(bytes.parse().ok())
        .ok_or_else(|| format!("{name}: valgrind gave no count:\n{log}"))
}

/// The standard output of a command, trimmed, and its standard error.
fn said_by(command: &mut Command) -> Result<(String, String), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if !output.status.success() {
        return Err(format!("{command:?} failed:\n{}", text(&output.stderr)));
    }
    Ok((text(&output.stdout), text(&output.stderr)))
}
