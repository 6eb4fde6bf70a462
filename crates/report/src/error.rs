//! What can go wrong.

/// Why a page was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A story could not be read again, or a pair not be compared.
    #[error(transparent)]
    Story(#[from] wirefold::Error),
    /// A part of the page could not be made, such as a plot.
    #[error("cannot make the report: {0}")]
    Page(String),
}

impl ReportError {
    pub(crate) fn of_page(error: impl std::fmt::Display) -> Self {
        Self::Page(error.to_string())
    }
}
