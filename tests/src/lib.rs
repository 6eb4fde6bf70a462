//! What the end-to-end tests and oracles share.

pub mod browser;
pub mod data;
pub mod oracle;
pub mod pictures;
pub mod soak;
pub mod terminal;

/// Pages whose blocks of Rust are doctests; whatever crate they use, this one can.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/recipes/desk.md")]
    struct Desk;
}
