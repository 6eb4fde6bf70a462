//! The index against a run over all of its stories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_wrap,
    reason = "a failed step fails the test, and numbers are small"
)]

mod damage;
mod golden;
mod in_memory;
mod oracle;
mod stream;
mod support;
