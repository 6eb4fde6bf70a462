//! Dates as feeds write them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, strtime::BrokenDownTime};
pub use jiff::tz::TimeZone;

/// Seconds since the beginning of 1970, UTC, of a date: RFC 3339 and its like (`2031-03-15T09:40:00+02:00`,
/// `2031-03-15 09:40`, `2031-03-15`), RFC 2822 (`Sat, 15 Mar 2031 09:40:00 +0200`), `15-MAR-2031 09:40:00`
/// and letters behind it, or a
/// number of seconds, or of milliseconds from 12 digits on. Times without a zone are of `zone`; where its clocks
/// are put forward or back, a time that is skipped counts as an hour later, one that comes twice as the first.
/// Nothing if it is none of these.
pub fn seconds(text: &str, zone: &TimeZone) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Some(if number.unsigned_abs() < 100_000_000_000 {
            number
        } else {
            number.div_euclid(1000)
        });
    }
    let local = |time: DateTime| zone.to_timestamp(time).ok();
    let instant = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(local))
        .or_else(|| {
            let date = text.parse::<Date>().ok()?;
            local(date.at(0, 0, 0, 0))
        })
        .or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
        .or_else(|| {
            let format = "%d-%b-%Y %H:%M:%S%.f";
            let (time, length) = BrokenDownTime::parse_prefix(format, text).ok()?;
            // Desks put their marks behind it.
            let marks = text.as_bytes().get(length..)?;
            let marked = marks
                .iter()
                .all(|&byte| byte.is_ascii_alphabetic() || byte == b' ');
            marked.then(|| time.to_datetime().ok().and_then(local))?
        });
    instant.map(Timestamp::as_second)
}

/// The present, in seconds since the beginning of 1970, UTC; nothing if the clock is set before that.
pub fn present() -> Option<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// A time in seconds since the beginning of 1970, UTC, as RFC 3339 has it (`2031-03-15T07:40:00Z`); nothing
/// if it is beyond the years -9999 to 9999.
pub fn date_text(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.to_string())
}

/// The time zone of an IANA name, such as `Europe/Berlin`; nothing if there is none.
pub fn timezone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// A length of time in seconds: a number and `s`, `m`, `h`, `d` or `w`, such as `72h`. Nothing if it is
/// none.
pub fn length_of_time(text: &str) -> Option<u64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let number: u64 = text[..text.len() - 1].parse().ok()?;
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_feeds_write_them() {
        let noon = 1_931_508_000; // 2031-03-17 10:00 UTC
        for text in [
            "2031-03-17T10:00:00Z",
            "2031-03-17T12:00:00+02:00",
            "2031-03-17t10:00:00.25z",
            "2031-03-17 12:00+02:00",
            " 2031-03-17T10:00 ",
            "2031-03-17 10:00:00",
            "20310317T100000Z",
            "20310317T120000+0200",
            "Mon, 17 Mar 2031 12:00:00 +0200",
            "17 Mar 2031 10:00:00 GMT",
            "17-MAR-2031 10:00:00.25",
            "17-MAR-2031 10:00:00.25V RM",
            "1931508000",
            "1931508000250",
        ] {
            assert_eq!(seconds(text, &TimeZone::UTC), Some(noon), "{text}");
        }
        assert_eq!(
            seconds("2031-03-17", &TimeZone::UTC),
            Some(noon - 10 * 3600)
        );
        assert_eq!(seconds("1969-12-31T23:59:59Z", &TimeZone::UTC), Some(-1));
        for text in [
            "",
            "Monday",
            "2031-13-01",
            "17.03.2031",
            "17-MAR-2031 10:00:00 +02:00",
            "2031-02-30T10:00:00Z",
        ] {
            assert_eq!(seconds(text, &TimeZone::UTC), None, "{text}");
        }
    }

    #[test]
    fn times_without_a_zone_are_of_the_zone_given() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let of = |text| seconds(text, &berlin).unwrap() - 1_931_508_000;
        // Winter time, then summer time from the last Sunday of March on.
        assert_eq!(of("2031-03-17 11:00"), 0);
        assert_eq!(of("2031-03-31 12:00"), 14 * 86_400);
        assert_eq!(of("31-MAR-2031 12:00:00"), 14 * 86_400);
        // Skipped, and twice.
        assert_eq!(of("2031-03-30 02:30"), of("2031-03-30 03:30"));
        assert_eq!(of("2031-10-26 02:30"), of("2031-10-26T02:30+02:00"));
        // Whoever names a zone means it.
        assert_eq!(of("2031-03-17T10:00:00Z"), 0);
        assert_eq!(of("Mon, 17 Mar 2031 12:00:00 +0200"), 0);
    }
}
