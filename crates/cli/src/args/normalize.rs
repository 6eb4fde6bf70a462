//! The flags of `wirefold normalize`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::flags::{Furniture, Input, OUTPUTS, Running};

#[derive(Debug, ClapArgs)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that stands alone"
)]
pub(crate) struct Normalize {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the text goes; `-` is standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = OUTPUTS)]
    pub(crate) output: PathBuf,
    /// `clean` is for people, `match` is the form in which copies are compared.
    #[arg(long, value_enum, default_value_t = Face::Clean)]
    pub(crate) face: Face,
    /// Unicode normalization form; by default NFC for `clean` and NFKC for `match`.
    #[arg(long, value_enum)]
    pub(crate) form: Option<FormArg>,
    /// Steps to leave out, separated by commas.
    #[arg(long, value_enum, value_name = "STEP", value_delimiter = ',')]
    pub(crate) without: Vec<Step>,
    /// Quotation marks, as they are or all of one kind (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) quotes: Option<MarksArg>,
    /// Apostrophes within words (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) apostrophes: Option<MarksArg>,
    /// Dashes (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) dashes: Option<MarksArg>,
    /// Ellipsis (clean).
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) ellipsis: Option<MarksArg>,
    /// Join lines that were wrapped at a fixed width (clean).
    #[arg(long)]
    pub(crate) unwrap: bool,
    /// Take ligatures apart (clean).
    #[arg(long)]
    pub(crate) ligatures: bool,
    /// Take HTML tags out and decode entities (clean).
    #[arg(long)]
    pub(crate) html: bool,
    /// Repair text that was decoded with the wrong character set (clean).
    #[arg(long)]
    pub(crate) mojibake: bool,
    /// Show wire furniture, such as bylines, datelines, credits and pointers to other stories, as
    /// `⟦kind: text⟧` (clean).
    ///
    /// Kinds are byline, dateline, credit, pointer, photo, advisory, copyright and promo. Direct
    /// speech is never furniture. The forms are those of English, German, French, Spanish,
    /// Portuguese and Russian copy.
    #[arg(long)]
    pub(crate) mark_furniture: bool,
    /// Take wire furniture out, with the blank lines it would leave (clean).
    #[arg(long, conflicts_with = "mark_furniture")]
    pub(crate) strip_furniture: bool,
    #[command(flatten)]
    pub(crate) furniture: Furniture,
    /// What `wirefold learn` learned: lines that a record's source repeats are furniture too, of the kind
    /// `learned`.
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Drop diacritics (match).
    #[arg(long)]
    pub(crate) strip_diacritics: bool,
    /// Put the letter of ASCII for letters that look like it, such as Cyrillic ones (match).
    #[arg(long)]
    pub(crate) fold_confusables: bool,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Face {
    Clean,
    Match,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormArg {
    Nfc,
    Nfkc,
    Keep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MarksArg {
    /// As they are.
    Keep,
    /// As typed on a keyboard.
    Straight,
    /// As set by a printer.
    Typographic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// One kind of space, none doubled.
    Spaces,
    /// Zero-width characters and other controls dropped.
    Invisibles,
    /// One kind of line end (clean).
    LineEnds,
    /// Case folding (match).
    Case,
    /// Decimal digits of every script as 0 to 9 (match).
    Digits,
    /// One kind of quotation mark (match).
    Quotes,
    /// One kind of apostrophe (match).
    Apostrophes,
    /// One kind of dash (match).
    Dashes,
    /// Ellipsis as three dots (match).
    Ellipsis,
}
