//! A live filter, `wirefold index dedup`, fed without end through a pipe: what passes, how late, and what memory
//! that takes.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Some stories in a row.
#[derive(Debug, Default)]
pub struct Stretch {
    /// How many went in.
    pub read: u64,
    /// How many came out.
    pub passed: u64,
    /// From when a line was in the pipe to when it came out, of each that passed, ascending.
    pub late: Vec<Duration>,
    /// Memory of the process at the end, in bytes: its own, and with the pages of the index that the system holds for
    /// it. Known on Linux.
    pub memory: Option<(u64, u64)>,
}

impl Stretch {
    /// The lateness that so many of a thousand stories that passed do not exceed (0 to 1,000).
    pub fn late(&self, of_thousand: usize) -> Duration {
        let last = self.late.len().saturating_sub(1);
        let at = (last * of_thousand).div_ceil(1000);
        self.late.get(at).copied().unwrap_or_default()
    }
}

/// Sends lines to `wirefold index dedup INDEX`, as fast as its pipe takes them, and calls `tell` after each `every` of
/// them that were decided.
///
/// # Errors
/// Those of the process and its pipes, and [`io::ErrorKind::InvalidData`] if a line comes out that did not go in, that went in
/// before one that came out earlier, or if the process fails.
pub fn soak(
    wirefold: &Path,
    index: &Path,
    lines: impl Iterator<Item = String> + Send,
    every: u64,
    mut tell: impl FnMut(Stretch),
) -> io::Result<()> {
    let mut child = Command::new(wirefold)
        .args(["index", "dedup", "--quiet"])
        .arg(index)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let missing = || io::Error::other("the process has no pipe");
    let mut stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let (sent, decided) = mpsc::channel();
    let read = std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            for line in lines {
                stdin.write_all(line.as_bytes())?;
                // The reader may have given up; then the pipe breaks, too.
                let _ = sent.send((line, Instant::now()));
            }
            io::Result::Ok(())
        });
        let mut stretch = Stretch::default();
        let mut next = |passed: Option<Instant>| {
            stretch.read += 1;
            if let Some(at) = passed {
                stretch.passed += 1;
                stretch.late.push(at.elapsed());
            }
            if stretch.read == every {
                let mut told = std::mem::take(&mut stretch);
                told.late.sort_unstable();
                told.memory = memory(child.id());
                tell(told);
            }
        };
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            // Lines come out in the order in which they went in: those between were taken out.
            loop {
                let Ok((read, at)) = decided.recv() else {
                    let what = format!("`{line}` did not go in, or not there");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, what));
                };
                let passed = read.strip_suffix('\n') == Some(&line);
                next(passed.then_some(at));
                if passed {
                    break;
                }
            }
        }
        for _ in &decided {
            next(None);
        }
        if stretch.read > 0 {
            stretch.late.sort_unstable();
            tell(stretch);
        }
        writing
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the writer of the feed panicked")))
    });
    let status = child.wait()?;
    if status.success() {
        return read;
    }
    // What it said stands on standard error; that its pipe broke says less.
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the process ended with {status}"),
    ))
}

/// What the system says of a process.
fn memory(process: u32) -> Option<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kibibytes * 1024)
    };
    Some((of("RssAnon:")?, of("VmRSS:")?))
}
