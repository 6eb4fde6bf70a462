//! `wirefold compare`: two stories, and what they share, for people.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use wirefold::furniture::Table;
use wirefold::normalize::Matcher;
use wirefold::relation::{FactWords, Passage, PassageKind, Row, facts, without_overlaps};
use wirefold::{Keep, Settings, Story, StoryBuffer, TextSource as _};
use wirefold_io::{Feed, FeedOptions, Inputs, IoError, Stories, StoryOptions};

use super::rows::relation_json;
use super::run::settings;
use crate::args::{Color, Compare, TitleUse};
use crate::outcome::{Ending, Failure};
use crate::summary::{hundredths, percent};

/// Runs the command.
pub(crate) fn run(args: &Compare) -> Result<Ending, Failure> {
    let settings = settings(&args.matching, vec![Keep::Longest], None)?;
    let matcher = settings.matcher();
    let (a, b) = (
        Side::read(&args.a, args, &settings, &matcher)?,
        Side::read(&args.b, args, &settings, &matcher)?,
    );
    let pair = [
        (a.id.clone(), a.story.story()),
        (b.id.clone(), b.story.story()),
    ];
    let row = wirefold::compare(&pair[..], (0, 1), &matcher, &settings)?;
    let shown = if args.json {
        let row = row.map(|row| relation_json(&a.id, &b.id, &row));
        row.unwrap_or_else(|| "null".to_owned()) + "\n"
    } else {
        let color = match args.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        };
        shown(&a, &b, row.as_ref(), (&settings.furniture, &matcher), color)
    };
    match std::io::stdout().write_all(shown.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Usage(
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(Ending::Done),
    }
}

/// One of the two stories.
struct Side {
    id: String,
    story: StoryBuffer,
}

impl Side {
    /// Reads `FILE`, which holds one story, or the story `ID` of `FILE#ID`.
    fn read(
        name: &str,
        args: &Compare,
        settings: &Settings,
        matcher: &Matcher,
    ) -> Result<Self, Failure> {
        let whole = PathBuf::from(name);
        let (path, id) = match name.rsplit_once('#') {
            Some((path, id)) if !whole.exists() => (PathBuf::from(path), Some(id)),
            _ => (whole, None),
        };
        let feed = Feed::open(Inputs::collect([&path])?, FeedOptions::default())?;
        let options = StoryOptions {
            titles: args.matching.title == TitleUse::First,
            ..StoryOptions::default()
        };
        let mut refused = Vec::new();
        let keep = |_: &Feed, some: &[wirefold_io::Refused]| -> Result<(), IoError> {
            refused.extend(some.iter().map(|refused| refused.reason.to_string()));
            Ok(())
        };
        let (stories, _) = Stories::read(feed, options, &settings.sketch(), matcher, keep)?;
        let number = match id {
            Some(id) => (0..stories.count()).find(|&number| stories.id(number) == id),
            None => (stories.count() == 1).then_some(0),
        };
        let Some(number) = number else {
            let why = match (id, stories.count(), refused.first()) {
                (_, 0, Some(reason)) => format!("its record was refused: {reason}"),
                (Some(id), ..) => format!("it has no story with the id `{id}`"),
                (None, 0, _) => "it has no story".to_owned(),
                (None, count, _) => format!("it has {count} stories; name one as FILE#ID"),
            };
            return Err(Failure::Usage(format!("{}: {why}", path.display())));
        };
        let mut story = StoryBuffer::default();
        stories.read(number, &mut story)?;
        Ok(Self {
            id: name.to_owned(),
            story,
        })
    }

    fn story(&self) -> Story<'_> {
        self.story.story()
    }
}

/// The colors of the passages, in turn.
const COLORS: [&str; 5] = ["\x1b[32m", "\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[34m"];
const PLAIN: &str = "\x1b[0m";

/// Both stories with their passages marked and numbered, below what relates them.
fn shown<'s>(
    a: &'s Side,
    b: &'s Side,
    row: Option<&Row>,
    (furniture, matcher): (&Table, &Matcher),
    color: bool,
) -> String {
    let mut out = String::new();
    let passages = row.map_or(&[][..], |row| &row.passages);
    match row {
        None => out.push_str("not related\n"),
        Some(row) => {
            let _ = writeln!(
                out,
                "{}, score {}\nwords aligned in order: {} % of A, {} % of B; five-word runs found: {} % of A, {} % of B, \
                 Jaccard {}",
                row.relation.name(),
                hundredths(row.score),
                percent(row.aligned_a),
                percent(row.aligned_b),
                percent(row.containment_a),
                percent(row.containment_b),
                hundredths(row.jaccard),
            );
            let told = |side: &Side, of: fn(&Passage) -> (u64, u64)| {
                percent(accounted(
                    side.story().text,
                    furniture,
                    passages.iter().map(of),
                ))
            };
            let (in_a, in_b) = (told(a, |p| p.a), told(b, |p| p.b));
            let _ = writeln!(out, "told by passages: {in_a} % of A, {in_b} % of B");
            if let Some([of_a, of_b]) = &row.novel {
                let (of_a, of_b) = (percent(of_a.share), percent(of_b.share));
                let _ = writeln!(out, "new: {of_a} % of A, {of_b} % of B");
            }
        }
    }
    for (name, side, of) in [
        ("A", a, (|p| p.a) as fn(&Passage) -> (u64, u64)),
        ("B", b, |p| p.b),
    ] {
        let story = side.story();
        let _ = write!(out, "\n== {name}: {}\n", side.id);
        if let Some(title) = story.title {
            let _ = writeln!(out, "{title}\n");
        }
        mark(story.text, passages, of, color, &mut out);
        out.push('\n');
    }
    if !passages.is_empty() {
        out.push_str("\n== Passages\n");
    }
    // Numbers are those in the texts.
    for (number, passage) in (1..).zip(passages) {
        let kind = passage.kind.name();
        let credit = passage.credit.as_deref();
        let credit = credit
            .map(|name| format!(", credited to {name}"))
            .unwrap_or_default();
        let of = |side: &Side, (start, end): (u64, u64)| {
            let text = side.story().text.get(start as usize..end as usize);
            shortened(text.unwrap_or_default())
        };
        let _ = writeln!(
            out,
            "{number}. {kind}, {}{credit}\n   A: {}\n   B: {}",
            hundredths(passage.score),
            of(a, passage.a),
            of(b, passage.b)
        );
        if passage.kind == PassageKind::Rewritten {
            let part = |side: &'s Side, (start, end): (u64, u64)| Story {
                text: (side.story.text.get(start as usize..end as usize)).unwrap_or_default(),
                ..Story::default()
            };
            let (of_a, of_b) = (part(a, passage.a), part(b, passage.b));
            let linked = facts(of_a, of_b, matcher, FactWords::Infrequent).both;
            let _ = writeln!(out, "   linked by: {}", linked.join(", "));
        }
    }
    if let Some([of_a, of_b]) = row.and_then(|row| row.novel.as_ref()) {
        for (name, side, novel) in [("A", a, of_a), ("B", b, of_b)] {
            if !novel.spans.is_empty() {
                let _ = writeln!(out, "\n== New in {name}");
            }
            for &(start, end) in &novel.spans {
                let text = side.story.text.get(start as usize..end as usize);
                let _ = writeln!(out, "- {}", shortened(text.unwrap_or_default()));
            }
        }
    }
    let stated = facts(a.story(), b.story(), matcher, FactWords::None);
    let lists = [
        ("both", &stated.both),
        ("only A", &stated.only_a),
        ("only B", &stated.only_b),
    ];
    if lists.iter().any(|(_, list)| !list.is_empty()) {
        out.push_str("\n== Names, numbers and dates\n");
    }
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let _ = writeln!(out, "{name}: {}", list.join(", "));
    }
    out
}

/// Writes a text with its passages in brackets and numbered, or in color. Of passages that overlap
/// one is marked; the others are in the list.
fn mark(
    text: &str,
    passages: &[Passage],
    of: fn(&Passage) -> (u64, u64),
    color: bool,
    out: &mut String,
) {
    let mut end = 0;
    for (at, range) in without_overlaps(passages, of) {
        out.push_str(text.get(end..range.start).unwrap_or_default());
        let inner = text.get(range.clone()).unwrap_or_default();
        let number = at + 1;
        if color {
            let paint = COLORS[number % COLORS.len()];
            let _ = write!(out, "{paint}[{number}] {inner}{PLAIN}");
        } else {
            let _ = write!(out, "⟦{number}: {inner}⟧");
        }
        end = range.end;
    }
    out.push_str(text.get(end..).unwrap_or_default());
}

/// The share of a text's letters and digits outside furniture that stand in passages.
fn accounted(text: &str, furniture: &Table, passages: impl Iterator<Item = (u64, u64)>) -> f64 {
    let passages: Vec<(u64, u64)> = passages.collect();
    let pieces = furniture.spans(text);
    let (mut all, mut told) = (0u64, 0u64);
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        if pieces.iter().any(|piece| piece.span.contains(&at)) {
            continue;
        }
        let within = |&(start, end): &(u64, u64)| start <= at as u64 && (at as u64) < end;
        all += 1;
        told += u64::from(passages.iter().any(within));
    }
    told as f64 / all.max(1) as f64
}

/// The beginning and the end of a long passage, on one line.
pub(super) fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= 24 {
        words.join(" ")
    } else {
        format!(
            "{} … {}",
            words[..14].join(" "),
            words[words.len() - 8..].join(" ")
        )
    }
}
