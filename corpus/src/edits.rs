//! What copies do to an original: one function an edit, from draft to draft.

use crate::draft::Draft;
use crate::language::{Language, length};
use crate::names::{AGENCIES, Names};
use crate::phrases::grouped;
use crate::prose::Prose;
use crate::rng::Rng;
use crate::words;
use std::fmt::Write as _;

/// How a copy was made from its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Edit {
    /// Not a copy: the first of its family, or alone.
    Original,
    /// Every byte of title and text the same.
    Exact,
    /// Other quote marks, apostrophes, dashes, spaces, Unicode forms.
    Marks,
    /// Other case, white space, hard-wrapped lines.
    Layout,
    /// British spellings for American ones.
    Spelling,
    /// Another headline.
    Headline,
    /// Cut to the first paragraphs.
    Truncated,
    /// One to three paragraphs of another hand before it.
    Lead,
    /// One to three paragraphs of another hand after it.
    Tail,
    /// Byline, dateline, glued reading advice, agency tail, copyright.
    Furniture,
    /// One to ten in a hundred content words changed.
    Words,
    /// A later version: new figures, a new paragraph, a numbered headline.
    Update,
    /// Paragraphs in another order, or left out.
    Paragraphs,
    /// Some paragraphs inside a longer story about something else.
    Excerpt,
    /// Every sentence in other words.
    Rewrite,
    /// Not a copy: one of a series with the same template and other facts.
    Template,
}

/// The edits of copies with their shares per mille; the documentation of the crate has the same table.
pub const SHARES: [(Edit, u32); 14] = [
    (Edit::Exact, 100),
    (Edit::Marks, 120),
    (Edit::Layout, 80),
    (Edit::Spelling, 50),
    (Edit::Headline, 70),
    (Edit::Truncated, 120),
    (Edit::Lead, 70),
    (Edit::Tail, 40),
    (Edit::Furniture, 90),
    (Edit::Words, 70),
    (Edit::Update, 60),
    (Edit::Paragraphs, 50),
    (Edit::Excerpt, 40),
    (Edit::Rewrite, 40),
];

/// The edits that outlets make to a story sent to all of them.
const WRAPPERS: [(Edit, u32); 8] = [
    (Edit::Exact, 300),
    (Edit::Marks, 200),
    (Edit::Layout, 150),
    (Edit::Headline, 100),
    (Edit::Furniture, 120),
    (Edit::Truncated, 60),
    (Edit::Lead, 40),
    (Edit::Tail, 30),
];

impl Edit {
    /// The name in truth files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Exact => "exact",
            Self::Marks => "marks",
            Self::Layout => "layout",
            Self::Spelling => "spelling",
            Self::Headline => "headline",
            Self::Truncated => "truncated",
            Self::Lead => "lead",
            Self::Tail => "tail",
            Self::Furniture => "furniture",
            Self::Words => "words",
            Self::Update => "update",
            Self::Paragraphs => "paragraphs",
            Self::Excerpt => "excerpt",
            Self::Rewrite => "rewrite",
            Self::Template => "template",
        }
    }

    pub(crate) fn draw(rng: &mut Rng) -> Self {
        SHARES[rng.weighted(&SHARES.map(|(_, share)| share))].0
    }

    pub(crate) fn draw_wrapper(rng: &mut Rng) -> Self {
        WRAPPERS[rng.weighted(&WRAPPERS.map(|(_, share)| share))].0
    }
}

/// Makes a copy; `None` when the edit leaves title and text as they are (it changes their style at most).
pub(crate) fn apply(
    edit: Edit,
    parent: &Draft,
    language: &Language,
    rng: &mut Rng,
    source: &str,
    version: u32,
) -> Option<Draft> {
    let (title, text) = (parent.title.as_str(), parent.text.as_str());
    let own = Rng::stream(rng.next(), &[]);
    let mut prose = Prose::new(language, own);
    Some(match edit {
        Edit::Original | Edit::Exact | Edit::Marks | Edit::Layout | Edit::Template => return None,
        Edit::Spelling => Draft::new(spelled(title), spelled(text)),
        Edit::Headline => {
            prose.headline();
            Draft::new(prose.take(), text.to_owned())
        }
        Edit::Truncated => Draft::new(title.to_owned(), truncated(text, rng).to_owned()),
        Edit::Lead => {
            for _ in 0..rng.between(1, 3) {
                prose.line_break();
                prose.paragraph();
            }
            prose.line_break();
            prose.raw(text);
            Draft::new(title.to_owned(), prose.take())
        }
        Edit::Tail => {
            prose.raw(text);
            for _ in 0..rng.between(1, 3) {
                prose.line_break();
                prose.paragraph();
            }
            Draft::new(title.to_owned(), prose.take())
        }
        Edit::Furniture => Draft::new(title.to_owned(), furnished(text, &mut prose, source)),
        Edit::Words => {
            let share = rng.between(1, 10);
            let text = reworded(text, |word, out| {
                let Some(number) = language.lexicon.find(word) else {
                    return false;
                };
                let change = rng.below(100) < share;
                if change {
                    out.push_str(language.lexicon.another(rng, number));
                }
                change
            });
            Draft::new(title.to_owned(), text)
        }
        Edit::Update => updated(parent, &mut prose, version),
        Edit::Paragraphs => Draft::new(title.to_owned(), reordered(text, rng)),
        Edit::Excerpt => excerpted(text, &mut prose, rng),
        Edit::Rewrite => {
            prose.headline();
            Draft::new(prose.take(), rewritten(text, language, rng))
        }
    })
}

/// Copies a text, asking for each lower-cased ASCII word whether another stands in its place.
fn reworded(text: &str, mut replace: impl FnMut(&str, &mut String) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut word = String::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let is_word = bytes[at].is_ascii_alphabetic();
        let end = bytes[at..]
            .iter()
            .position(|byte| byte.is_ascii_alphabetic() != is_word)
            .map_or(bytes.len(), |length| at + length);
        let run = &text[at..end];
        let start = out.len();
        // Letters beside an accented one are part of a name.
        let alone =
            (at == 0 || bytes[at - 1].is_ascii()) && bytes.get(end).is_none_or(u8::is_ascii);
        if is_word && alone {
            word.clear();
            word.extend(run.chars().map(|letter| letter.to_ascii_lowercase()));
            if replace(&word, &mut out) {
                let capital = bytes[at].is_ascii_uppercase();
                if let Some(first) = out.get_mut(start..=start).filter(|_| capital) {
                    first.make_ascii_uppercase();
                }
            } else {
                out.push_str(run);
            }
        } else {
            out.push_str(run);
        }
        at = end;
    }
    out
}

fn spelled(text: &str) -> String {
    reworded(text, |word, out| {
        let found = words::SPELLINGS.binary_search_by_key(&word, |pair| pair.0);
        found.is_ok_and(|at| {
            out.push_str(words::SPELLINGS[at].1);
            true
        })
    })
}

fn truncated<'a>(text: &'a str, rng: &mut Rng) -> &'a str {
    let breaks = text.matches('\n').count() as u32;
    if breaks == 0 {
        return text;
    }
    let keep = rng.between(1, breaks) as usize;
    let end = text
        .match_indices('\n')
        .nth(keep - 1)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// Lines that outlets add; the same outlet adds the same lines to all its stories.
pub(crate) fn tail_line(source: &str, kind: u32) -> String {
    match kind {
        0 => format!(
            "© {source}. All rights reserved. This material may not be published or broadcast."
        ),
        1 => format!("Sign up for the {source} newsletter to get the day’s stories in your inbox."),
        2 => {
            format!("Follow {source} for live coverage, photos and video from our correspondents.")
        }
        3 => "Reporting and editing by the newsroom; additional reporting by correspondents."
            .to_owned(),
        _ => format!("This story has been published from a wire feed without changes by {source}."),
    }
}

fn furnished(text: &str, prose: &mut Prose<'_>, source: &str) -> String {
    let mut out = String::with_capacity(text.len() + 400);
    let rng = &mut prose.rng;
    if rng.chance(500) {
        let writer = &prose.cast.people[0];
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            out,
            "By {} {}, {source} staff writer",
            writer.first, writer.last
        );
    }
    if rng.chance(400) {
        let agency = AGENCIES[Names::agency(rng) as usize].1;
        let _ = write!(out, "{} ({agency}) — ", prose.cast.places[0].to_uppercase());
    }
    let advice = rng
        .chance(400)
        .then(|| rng.below(text.matches('\n').count() as u32 + 1) as usize);
    for (number, paragraph) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(paragraph);
        if advice == Some(number) {
            // Glued to the sentence, as content systems leave it.
            prose.headline();
            out.push_str(prose.rng.pick(&["SEE ALSO: ", "READ MORE: ", "RELATED: "]));
            out.push_str(&prose.take());
        }
    }
    let rng = &mut prose.rng;
    if rng.chance(300) {
        let (name, short) = AGENCIES[Names::agency(rng) as usize];
        let _ = write!(out, "\n{name} ({short}) contributed to this report.");
    }
    if rng.chance(600) || out.len() == text.len() {
        let kind = rng.below(5);
        out.push('\n');
        out.push_str(&tail_line(source, kind));
    }
    out
}

fn updated(parent: &Draft, prose: &mut Prose<'_>, version: u32) -> Draft {
    let mut text = String::with_capacity(parent.text.len() + 400);
    let mut changes = prose.rng.between(1, 4);
    let bytes = parent.text.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes[at..]
        .iter()
        .position(u8::is_ascii_digit)
        .map(|skip| at + skip)
    {
        let end = bytes[start..]
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .map_or(bytes.len(), |l| start + l);
        text.push_str(&parent.text[at..start]);
        let digits = &parent.text[start..end];
        // Years and grouped numbers stay; a toll has up to three digits.
        match digits.parse::<u32>() {
            Ok(number) if changes > 0 && digits.len() < 4 && bytes.get(end) != Some(&b',') => {
                changes -= 1;
                let more = number + 1 + prose.rng.below(number / 3 + 2);
                grouped(&mut text, more.min(999));
            }
            _ => text.push_str(digits),
        }
        at = end;
    }
    text.push_str(&parent.text[at..]);
    prose.paragraph();
    let news = prose.take();
    let after = text.find('\n').unwrap_or(text.len());
    text.insert_str(after, &format!("\n{news}"));
    let title = match parent
        .title
        .strip_prefix("UPDATE ")
        .and_then(|rest| rest.split_once('-'))
    {
        Some((_, title)) => title,
        None => &parent.title,
    };
    Draft::new(
        format!("UPDATE {}-{title}", version.saturating_sub(1)),
        text,
    )
}

fn reordered(text: &str, rng: &mut Rng) -> String {
    let mut paragraphs: Vec<&str> = text.split('\n').collect();
    let drops = if paragraphs.len() > 3 {
        rng.below(paragraphs.len() as u32 / 3 + 1)
    } else {
        0
    };
    for _ in 0..drops {
        paragraphs.remove(1 + rng.below(paragraphs.len() as u32 - 1) as usize);
    }
    if paragraphs.len() > 2 && (drops == 0 || rng.chance(500)) {
        for _ in 0..rng.between(1, 3) {
            let from = 1 + rng.below(paragraphs.len() as u32 - 1) as usize;
            let paragraph = paragraphs.remove(from);
            paragraphs.insert(1 + rng.below(paragraphs.len() as u32) as usize, paragraph);
        }
    }
    paragraphs.join("\n")
}

fn excerpted(text: &str, prose: &mut Prose<'_>, rng: &mut Rng) -> Draft {
    let paragraphs: Vec<&str> = text.split('\n').collect();
    let count = paragraphs.len() as u32;
    let taken = (count * rng.between(30, 100) / 100).max(1);
    let first = rng.below(count - taken + 1);
    let excerpt = paragraphs[first as usize..(first + taken) as usize].join("\n");
    let words = excerpt.matches(' ').count() as u32;
    prose.headline();
    let title = prose.take();
    let around = (words + words / 2).max(length(rng)).min(3000);
    let before = around * rng.between(20, 70) / 100;
    prose.body(before.max(1));
    prose.line_break();
    prose.raw(&excerpt);
    prose.body((around - before).max(1));
    Draft::new(title, prose.take())
}

/// Puts synonyms for most words and turns attributions around; names and figures stay.
fn rewritten(text: &str, language: &Language, rng: &mut Rng) -> String {
    reworded(text, |word, out| {
        if let Some(number) = language.lexicon.find(word) {
            let change = rng.chance(800);
            if change {
                out.push_str(language.lexicon.synonym(number));
            }
            return change;
        }
        let Ok(at) = words::SYNONYMS.binary_search_by_key(&word, |pair| pair.0) else {
            return false;
        };
        let change = rng.chance(550);
        if change {
            out.push_str(words::SYNONYMS[at].1);
        }
        change
    })
}
