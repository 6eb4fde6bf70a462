//! What can go wrong in the library.

/// Errors of the library. The caller knows file and line, and adds them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A feed holds more stories than one run can number.
    #[error("more than 4,294,967,294 stories in one run; split the feed by date")]
    TooManyStories,
    /// A story could not be read again for verification.
    #[error("story {number} could not be read again: {reason}")]
    Source {
        /// The story's number in the feed, from 0.
        number: u32,
        /// Why, in the source's own words.
        reason: String,
    },
    /// What did not fit in memory could not be stored elsewhere, or not be read again.
    #[error("{reason}")]
    Store {
        /// Why, in the store's own words.
        reason: String,
    },
    /// A bound on memory is too small for what is held for every story.
    #[error(
        "{stories} stories on {threads} threads need {} MiB of memory at least, more than the {} MiB \
         given; give more, or split the feed by date", needed.div_ceil(1 << 20), given >> 20
    )]
    Memory {
        /// Stories so far.
        stories: u64,
        /// Threads of the run.
        threads: u64,
        /// Bytes that they need at least.
        needed: u64,
        /// Bytes that were given.
        given: u64,
    },
    /// Sketches that were made under different settings cannot be joined.
    #[error(
        "the sketches were made under other settings; make them all with `Settings::sketch` of one run"
    )]
    MixedSketches,
    /// A setting is outside its range.
    #[error("{name} is {value}, but must be {range}")]
    Setting {
        /// The setting's name as documented.
        name: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        range: &'static str,
    },
}
