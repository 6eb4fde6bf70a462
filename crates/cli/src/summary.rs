//! The closing lines of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use wirefold::Outcome;
use wirefold::profile::Profile;
use wirefold_io::{Rewritten, Stories, UnreadDates};

pub(crate) use wirefold_report::{grouped, hundredths};

use crate::stages::Stages;

/// What a run came to, in words.
pub(crate) fn summary(
    stories: &Stories,
    outcome: &Outcome,
    input_bytes: u64,
    refused: u64,
    stored_bytes: u64,
    stages: &Stages,
    threads: usize,
) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {}, {}",
        grouped(stories.len() as u64),
        plural(stories.len() as u64, "story", "stories"),
        megabytes(input_bytes),
    )];
    if !outcome.decisions.is_empty() {
        let kept = outcome.decisions.iter().filter(|d| d.kept).count() as u64;
        let mut led = vec![false; outcome.decisions.len()];
        let mut removed: BTreeMap<_, u64> = BTreeMap::new();
        for (story, decision) in outcome.decisions.iter().enumerate() {
            if decision.cluster as usize != story {
                led[decision.cluster as usize] = true;
            }
            if let Some(link) = decision.link.filter(|_| !decision.kept) {
                *removed.entry(link.relation).or_default() += 1;
            }
        }
        let families = led.iter().filter(|&&led| led).count() as u64;
        let gone: u64 = removed.values().sum();
        let by: Vec<String> = removed
            .iter()
            .map(|(r, n)| format!("{} {}", grouped(*n), r.name()))
            .collect();
        lines.push(format!("kept {}, removed {}", grouped(kept), grouped(gone)));
        if !by.is_empty() {
            lines.push(format!("removed as {}", by.join(", ")));
        }
        lines.push(format!(
            "{} {} of more than one story",
            grouped(families),
            plural(families, "family", "families")
        ));
    }
    let relations_only = outcome.decisions.is_empty() && !stories.is_empty();
    if relations_only || outcome.related() > 0 {
        lines.push(format!(
            "{} related {}",
            grouped(outcome.related()),
            plural(outcome.related(), "pair", "pairs")
        ));
    }
    lines.push(format!(
        "{} {} proposed by sketches",
        grouped(outcome.candidates),
        plural(outcome.candidates, "pair", "pairs")
    ));
    if outcome.cut_groups > 0 {
        lines.push(format!(
            "{} keys shared by more than {} stories, compared with the first {} of each",
            grouped(outcome.cut_groups),
            wirefold::candidate::MAX_GROUP,
            wirefold::candidate::MAX_GROUP,
        ));
    }
    if outcome.crowded > 0 {
        lines.push(format!(
            "{} {} with more candidates, compared with the first {} and the {} likeliest",
            grouped(outcome.crowded),
            plural(outcome.crowded, "story", "stories"),
            wirefold::candidate::MAX_GROUP,
            wirefold::candidate::MAX_GROUP,
        ));
    }
    if let Some(profile) = stories.profile().filter(|profile| profile.learned() > 0) {
        lines.push(learned(profile));
    }
    if stories.suffixed() > 0 {
        lines.push(format!(
            "{} {} given before and got a suffix such as #2",
            grouped(stories.suffixed()),
            plural(stories.suffixed(), "id was", "ids were")
        ));
    }
    if stored_bytes > 0 {
        lines.push(format!(
            "{} of temporary space for what did not fit in --memory",
            megabytes(stored_bytes)
        ));
    }
    lines.extend(unread(stories.unread_dates()));
    let (took, stages) = stages.times();
    lines.extend(closing(
        input_bytes,
        refused,
        stories.replaced(),
        took,
        threads,
    ));
    let stages: Vec<String> = stages
        .iter()
        .map(|(name, took)| format!("{name} {:.2} s", took.as_secs_f64()))
        .collect();
    lines.push(stages.join(", "));
    lines
}

/// What a filter came to, in words.
pub(crate) fn filter_summary(
    done: &Rewritten,
    input_bytes: u64,
    refused: u64,
    took: Duration,
    threads: usize,
) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {}, {}",
        grouped(done.records),
        plural(done.records, "record", "records"),
        megabytes(input_bytes),
    )];
    lines.push(format!("{} changed", grouped(done.changed)));
    lines.extend(closing(input_bytes, refused, done.replaced, took, threads));
    lines
}

/// What was learned, in words.
pub(crate) fn learn_summary(
    profile: &Profile,
    stories: &Stories,
    refused: u64,
    took: Duration,
    threads: usize,
) -> Vec<String> {
    let bytes = stories.feed().bytes_read();
    let mut lines = vec![format!(
        "{} {}, {}",
        grouped(stories.len() as u64),
        plural(stories.len() as u64, "story", "stories"),
        megabytes(bytes),
    )];
    lines.push(learned(profile));
    lines.extend(unread(stories.unread_dates()));
    lines.extend(closing(bytes, refused, stories.replaced(), took, threads));
    lines
}

/// How much a profile knows.
pub(crate) fn learned(profile: &Profile) -> String {
    let lines = profile.learned() as u64;
    format!(
        "{} {} that their source repeats, {} different {} in the profile",
        grouped(lines),
        plural(lines, "line", "lines"),
        grouped(profile.stories()),
        plural(profile.stories(), "story", "stories"),
    )
}

/// What was passed over as a date, with the first place and what helps.
pub(crate) fn unread(dates: &UnreadDates) -> Option<String> {
    let (place, date) = dates.first.as_ref()?;
    Some(format!(
        "{} {} a date that cannot be read and counts as unknown, first {place}: {date:?}; write it as \
         2031-03-15T09:40:00Z, or name another field (--date-field, --embargo-field)",
        grouped(dates.count),
        plural(dates.count, "record has", "records have"),
    ))
}

/// The lines that end every summary.
pub(crate) fn closing(
    input_bytes: u64,
    refused: u64,
    replaced: u64,
    took: Duration,
    threads: usize,
) -> Vec<String> {
    let mut lines = Vec::new();
    if replaced > 0 {
        lines.push(format!(
            "{} broken UTF-8 {} replaced",
            grouped(replaced),
            plural(replaced, "sequence", "sequences")
        ));
    }
    if refused > 0 {
        lines.push(format!(
            "{} {} refused",
            grouped(refused),
            plural(refused, "record", "records")
        ));
    }
    let seconds = took.as_secs_f64();
    lines.push(format!(
        "{seconds:.2} s on {threads} {}, {:.1} MB/s",
        plural(threads as u64, "thread", "threads"),
        input_bytes as f64 / 1e6 / seconds.max(1e-9),
    ));
    lines
}

/// A share in hundredths without decimals, cut down as [`hundredths`] is.
pub(crate) fn percent(share: f64) -> f64 {
    (share * 100.0 + 1e-9).floor()
}

pub(crate) fn plural<'w>(count: u64, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

pub(crate) fn megabytes(bytes: u64) -> String {
    if bytes < 100_000 {
        format!("{} bytes", grouped(bytes))
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let got: Vec<String> = [0, 12, 999, 1000, 1_234_567].map(grouped).into();
        assert_eq!(got, ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
