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
