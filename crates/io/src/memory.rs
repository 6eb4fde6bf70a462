//! How much memory a run may take: what was asked for, what the machine has.

use std::path::Path;
use std::sync::Arc;

use wirefold::store::Memory;

use crate::error::IoError;
use crate::runs::DiskRuns;

/// The least that can be asked for: less would not hold a run of one thread without stories.
const LEAST: u64 = 32 << 20;

/// Where nothing tells how much the machine has, it is taken to be this.
const UNKNOWN: u64 = 8 << 30;

/// The bound of a run, and the store of what passes it.
pub struct Bound {
    /// The bound.
    pub memory: Memory,
    /// The store.
    pub store: Arc<DiskRuns>,
}

impl Bound {
    /// A bound of `asked` bytes, or of a quarter of the machine's memory, for a run of so many
    /// threads. `temp_dir` is the folder of what passes it, see [`DiskRuns::new`].
    ///
    /// # Errors
    /// [`IoError::Temporary`] if a bound was asked for, and nothing can be written there.
    pub fn new(
        asked: Option<u64>,
        threads: usize,
        temp_dir: Option<&Path>,
    ) -> Result<Self, IoError> {
        let store = Arc::new(DiskRuns::new(temp_dir));
        if asked.is_some() {
            // Who sets a bound expects it to be passed.
            store.prepare()?;
        }
        let within = |bytes| Memory::within(bytes, threads, store.clone());
        let memory = asked.map_or_else(|| within(machine() / 4).unless_needed(), within);
        Ok(Self { memory, store })
    }
}

/// Bytes of memory that this process may use: the machine's, or less if a container is given less.
fn machine() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let total = read("/proc/meminfo").and_then(|text| total(&text));
    let limits = [
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];
    // "max", and numbers beyond any machine, are no limits.
    let limits = limits
        .iter()
        .filter_map(|path| read(path)?.trim().parse().ok());
    limits.chain(total).min().unwrap_or(UNKNOWN)
}

/// The total of `/proc/meminfo`.
fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1 << 10)
}

/// A size of memory, as [`bytes()`] reads it.
///
/// # Errors
/// What was expected instead, in words; of less than 32 MiB too.
pub fn size(text: &str) -> Result<u64, String> {
    match bytes(text)? {
        0..LEAST => Err(format!("expected at least {}MiB", LEAST >> 20)),
        bytes => Ok(bytes),
    }
}

/// A number of bytes: `2GiB`, `500MB`, `1.5g`, or plain. `K`, `M`, `G` and `T` alone are powers of
/// 1024, as with `i`; with `B` alone behind them they are powers of 1000.
///
/// # Errors
/// What was expected instead, in words.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "expected a size such as 2GiB, 500MB or 1.5g".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = text[digits.len()..].trim_start().to_ascii_lowercase();
    let (letter, rest) = match unit.as_bytes() {
        [] | [b'b'] => (b'b', &b""[..]),
        [letter, rest @ ..] => (*letter, rest),
    };
    let power = match letter {
        b'b' => 0,
        b'k' => 1,
        b'm' => 2,
        b'g' => 3,
        b't' => 4,
        _ => return Err(wrong()),
    };
    let base: f64 = match rest {
        b"" | b"i" | b"ib" => 1024.0,
        b"b" => 1000.0,
        _ => return Err(wrong()),
    };
    // What `parse` takes beyond digits and a point, such as "inf" or "1e9", is no size.
    let plain = digits.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    let number = digits.parse::<f64>().ok().filter(|_| plain);
    let bytes = number.ok_or_else(wrong)? * base.powi(power);
    if bytes >= u64::MAX as f64 {
        return Err("more than any machine has".to_owned());
    }
    #[expect(clippy::cast_sign_loss, reason = "a sign is no digit")]
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_units() {
        for (text, bytes) in [
            ("2GiB", 2 << 30),
            ("2g", 2 << 30),
            ("2G", 2 << 30),
            ("2 GiB", 2 << 30),
            ("1.5g", 3 << 29),
            ("500MB", 500_000_000),
            ("32m", 32 << 20),
            ("100000kb", 100_000_000),
            ("1Ti", 1 << 40),
            ("67108864", 64 << 20),
            ("67108864B", 64 << 20),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_or_too_small_is_told() {
        for text in [
            "", "g", "two", "2gg", "2x", "1e9", "inf", "-1g", "1.5.5g", "2GiBs", "é",
        ] {
            let message = size(text).unwrap_err();
            assert!(message.contains("such as 2GiB"), "{text}: {message}");
        }
        for text in ["0", "1", "31m", "33MB", "0.01g"] {
            assert_eq!(size(text).unwrap_err(), "expected at least 32MiB", "{text}");
        }
        assert!(size("99999999999999T").unwrap_err().contains("any machine"));
    }

    #[test]
    fn the_machine_says_how_much_it_has() {
        let text = "MemFree:  1 kB\nMemTotal:       24689764 kB\n";
        assert_eq!(total(text), Some(24_689_764 << 10));
        assert_eq!(total("MemTotal: much"), None);
        assert!(machine() >= 16 << 20);
    }
}
