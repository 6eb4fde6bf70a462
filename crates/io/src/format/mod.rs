//! Sources that are not JSON Lines, translated at the door.
//!
//! A [`Translator`] takes the decompressed bytes of a source as a stream and gives its stories one
//! after the other, each as one line of JSON under this project's own field names, or refused.
//! The lines go the way that lines of a JSON Lines file go, and stay in the temporary copy of what
//! cannot be read twice; whatever comes after the door knows no other format.
//!
//! Memory is bounded by the longest story, never by the file. A story has [`Gate::begin`] bytes;
//! one that takes more, an error of the disk, or a broken compressed stream ends the source.
//!
//! `detect` tells a format from the first bytes, `encoding` makes text of them, `item` writes the
//! line. `json` cuts JSON into values, of which `ninjs` reads news items; `items` cuts XML into trees
//! (`xml`), which `newsml`, `nitf`, `rss` and `atom` read; `markup` and `html` say what is text in them;
//! `csv` reads tables, whose rows `row` takes apart, and `warc` web archives, whose answers `http` takes apart and whose pages `page` reads. `tar` and `zip` open archives, whose members (`member`) are read in
//! the same ways, and by `plain` where they need no translation. `retold` gives again what was translated before.

mod atom;
mod csv;
mod detect;
mod encoding;
mod gate;
mod html;
mod http;
mod item;
mod items;
mod json;
mod markup;
mod member;
mod newsml;
mod ninjs;
mod nitf;
mod page;
mod plain;
mod retold;
mod row;
mod rss;
mod tar;
mod warc;
mod xml;
mod zip;

use crate::input::Format;
use crate::refused::Reason;
use std::sync::Arc;

pub(crate) use self::detect::{named_or_told, tells_format};
pub(crate) use self::encoding::{BROKEN, is_utf8, unmark};
pub(crate) use self::gate::{Gate, Gated};
pub(crate) use self::retold::{Refusals, Retold};
pub(crate) use self::row::{Ends, Head, Row, TORN, broken, most_frequent_mark};
pub(crate) use self::zip::{Bytes, zip};

/// What comes next in a source.
#[derive(Debug)]
pub(crate) enum Step {
    /// A story, written as a line of JSON without its line end.
    Record,
    /// An item that is no story or cannot be read, and its text where it was held.
    Refused(Reason, Option<Box<str>>),
    /// Nothing.
    End,
}

/// Gives the stories of one source.
pub(crate) trait Translator: Send {
    /// Goes on to the next item and appends it to `out`, which stays as it was if that is refused.
    /// Once it gave [`Step::End`], it gives nothing else.
    fn next(&mut self, out: &mut Vec<u8>) -> Step;

    /// Whether nothing comes any more.
    fn ended(&self) -> bool;
}

/// The translator of a format; nothing for those that need none.
pub(crate) fn translator<'f>(
    format: Format,
    insisted: bool,
    input: Gated<'f>,
    gate: Arc<Gate>,
) -> Option<Box<dyn Translator + 'f>> {
    let insisted = insisted.then_some(format);
    Some(match format {
        // Those of zip need more than a stream: see `zip`.
        Format::JsonLines | Format::PlainText | Format::Zip => return None,
        Format::Json => Box::new(json::Values::new(input, gate, json::Reading::AsItIs)),
        Format::Ninjs => Box::new(json::Values::new(input, gate, json::Reading::Ninjs)),
        Format::NewsMlG2 | Format::Nitf | Format::Rss | Format::Atom => {
            Box::new(items::Items::new(input, gate, insisted))
        }
        Format::Warc => Box::new(warc::Records::new(input, gate)),
        Format::Tar => Box::new(tar::Members::new(input, gate)),
        Format::Parquet | Format::Arrow => {
            let rows = crate::columnar::Rows::of_stream(format, input, gate);
            Box::new(crate::columnar::EachRow::new(rows))
        }
        Format::Csv | Format::Tsv => Box::new(csv::Rows::new(input, gate, format)),
    })
}
