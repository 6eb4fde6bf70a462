//! Numbers and times as people read them.

use jiff::Timestamp;

/// A number with commas between groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count of bytes in the unit that gives it one to three digits before the point.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for next in units {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "bytes" || value >= 99.5 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

/// A share as per cent without decimals, rounded down, so that a little less than all is not 100.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", (share * 100.0 + 1e-9).floor())
}

/// A share to two decimals, cut down as those of the tables are, so that what a threshold is not reached by does not
/// look as if it were.
pub fn hundredths(share: f64) -> String {
    format!("{:.2}", (share * 100.0 + 1e-9).floor() / 100.0)
}

/// The day of a time in seconds since the beginning of 1970, UTC, such as `2026-03-01`.
pub(crate) fn day(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.strftime("%Y-%m-%d").to_string())
}

/// The minute of a time, such as `2026-03-01 14:05 UTC`.
pub(crate) fn minute(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!([0, 999, 1_234_567].map(grouped), ["0", "999", "1,234,567"]);
        let sizes = [0, 999, 1000, 99_400, 99_600, 999_600, 3_481_000_000].map(size);
        assert_eq!(
            sizes,
            [
                "0 bytes",
                "999 bytes",
                "1.0 kB",
                "99.4 kB",
                "100 kB",
                "1.0 MB",
                "3.5 GB"
            ]
        );
        assert_eq!(
            [0.0, 0.29, 0.999, 1.0].map(percent),
            ["0\u{a0}%", "29\u{a0}%", "99\u{a0}%", "100\u{a0}%"]
        );
        assert_eq!(
            [0.0, 0.5897, 0.29, 0.9999, 1.0].map(hundredths),
            ["0.00", "0.58", "0.29", "0.99", "1.00"]
        );
        assert_eq!(day(-1).as_deref(), Some("1969-12-31"));
        assert_eq!(
            minute(1_772_373_900).as_deref(),
            Some("2026-03-01 14:05 UTC")
        );
        assert_eq!(day(i64::MAX), None);
    }
}
