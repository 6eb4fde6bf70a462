//! The built binary, from the outside: what it reads, writes, says and returns.
//!
//! The binary is built once a test process, in the profile of the tests; `WIREFOLD_BIN` names
//! another one to test instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::format_collect,
    reason = "a failed step fails the test, a skipped one is told, and the feeds are small"
)]

mod bad_columns;
mod bad_files;
mod bad_formats;
mod bad_outputs;
mod bad_records;
mod bad_table;
mod book;
mod clouds;
mod column_kinds;
mod columns;
mod compare;
mod config;
mod faults;
mod formats;
mod hostile;
mod index;
mod index_whole;
mod invariance;
mod keeping;
mod kills;
mod manners;
mod manual;
mod memory;
mod normalize;
mod passages;
mod patterns;
mod places;
mod profile;
mod python;
mod report;
mod sample;
mod served;
mod settings;
mod shown;
mod soak;
mod store;
mod support;
mod translated;
mod tune;
mod twelve;
mod venv;
