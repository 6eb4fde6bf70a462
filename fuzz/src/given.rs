//! Small files that a user gives: profiles and tables of furniture; and numbers, dates and lists of flags.

use wirefold::furniture::Table;
use wirefold::profile::Profile;
use xxhash_rust::xxh3::xxh3_64;

/// Profiles, damaged and made to look whole.
pub fn profile(data: &[u8]) {
    let _ = Profile::from_bytes(data);
    let mut fitting = data.to_vec();
    fitting.extend(xxh3_64(data).to_le_bytes());
    if let Ok(profile) = Profile::from_bytes(&fitting) {
        let again = Profile::from_bytes(&profile.to_bytes()).unwrap();
        assert_eq!(again, profile);
    }
}

/// A table of furniture and a text that it is asked of.
pub fn table((table, text): (&str, &str)) {
    let Ok(table) = Table::parse(table) else {
        return;
    };
    let mut end = 0;
    for furniture in table.spans(text) {
        assert!(furniture.span.start >= end && text.get(furniture.span.clone()).is_some());
        end = furniture.span.end;
    }
    let _ = table.is_furniture(text);
}

/// What stands in flags and fields.
#[cfg(feature = "all")]
pub fn values(text: &str) {
    use wirefold_io::{length_of_time, seconds, size, timezone};

    let _ = wirefold::Keep::list(text);
    let _ = size(text);
    let _ = length_of_time(text);
    if let Some(zone) = timezone(text) {
        let _ = seconds("2031-03-17T12:00:00", &zone);
    }
    let berlin = timezone("Europe/Berlin").unwrap();
    let _ = seconds(text, &berlin);
}
