//! What the end-to-end tests and oracles share.

pub mod data;
pub mod oracle;
