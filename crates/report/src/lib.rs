//! What a run folded, as one page of HTML that needs nothing else: counts, families, and inside a
//! family its stories side by side with what they share.
//!
//! The page has its script, its styles and its data within it and asks the network for nothing. Words
//! of stories come to it as data and are shown as text, never as HTML; a policy in the page's head
//! keeps any script but its own from running.
//!
//! ```
//! use std::time::Duration;
//!
//! use wirefold::normalize::Matcher;
//! use wirefold::{Settings, Story, Wanted, fold, sketch_stories};
//! use wirefold_report::{Limits, Run, page};
//!
//! let ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port.";
//! let stories = ["a", "b"].map(|id| (id.to_owned(), Story { text: ferry, ..Story::default() }));
//! let (matcher, settings) = (Matcher::default(), Settings::default());
//! let sketches = sketch_stories(&stories[..], &matcher, &settings)?;
//! let wanted = Wanted { families: true, relations: false };
//! let outcome = fold(sketches, &stories[..], &matcher, &settings, wanted, &|_, _, _| {})?;
//! let run = Run {
//!     command: "dedup",
//!     input_bytes: 200,
//!     refused: 0,
//!     stages: &[("verifying", Duration::from_millis(2))],
//!     written: 0,
//! };
//! let page = page(&stories[..], &outcome, &matcher, &settings, &run, &Limits::default())?;
//! assert!(page.starts_with("<!DOCTYPE html>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choice;
mod data;
mod detail;
mod error;
mod families;
mod gathered;
mod marks;
mod numbers;
mod page;
mod plots;
mod tallies;
mod view;

pub use error::ReportError;
pub use gathered::Gathered;
pub use numbers::{grouped, hundredths};
pub use page::{Limits, Run, gathered_page, page};
