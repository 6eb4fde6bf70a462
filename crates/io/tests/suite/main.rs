//! Feeds read, read again and written, on files made for each test.

#![allow(
    clippy::unwrap_used,
    clippy::naive_bytecount,
    reason = "a failed step fails the test, and the inputs are small"
)]

mod parallel;
mod reading;
mod refusing;
mod rewriting;
mod support;
mod translated;
mod writing;
