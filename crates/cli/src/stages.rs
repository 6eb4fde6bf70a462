//! How long each stage of a run took.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The stages of a run with their beginnings. Stages do not overlap: one ends where the next
/// begins.
pub(crate) struct Stages {
    begun: Mutex<Vec<(&'static str, Instant)>>,
}

impl Stages {
    /// A run that begins now with the stage `name`.
    pub(crate) fn begin(name: &'static str) -> Self {
        Self {
            begun: Mutex::new(vec![(name, Instant::now())]),
        }
    }

    /// Begins the stage `name`, unless it is the present one. From any thread.
    pub(crate) fn enter(&self, name: &'static str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.last().is_none_or(|&(last, _)| last != name) {
            begun.push((name, Instant::now()));
        }
    }

    /// How long the whole run took, and each stage of it; the last one ends now.
    pub(crate) fn times(&self) -> (Duration, Vec<(&'static str, Duration)>) {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let end = Instant::now();
        let ends = begun.iter().skip(1).map(|&(_, at)| at).chain([end]);
        let stages = begun
            .iter()
            .zip(ends)
            .map(|(&(name, start), end)| (name, end.duration_since(start)))
            .collect();
        let whole = begun
            .first()
            .map_or(Duration::ZERO, |&(_, start)| end.duration_since(start));
        (whole, stages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_add_up_to_the_whole() {
        let stages = Stages::begin("reading");
        for name in ["joining", "verifying", "verifying", "writing"] {
            stages.enter(name);
        }
        let (whole, stages) = stages.times();
        let names: Vec<&str> = stages.iter().map(|&(name, _)| name).collect();
        assert_eq!(names, ["reading", "joining", "verifying", "writing"]);
        assert_eq!(
            stages.iter().map(|&(_, took)| took).sum::<Duration>(),
            whole
        );
    }
}
