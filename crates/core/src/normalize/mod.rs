//! Text in, normalized text out: one set of tables, two faces.

pub mod mojibake;
