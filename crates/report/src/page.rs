//! The page: what is gathered, in its order.

use std::time::Duration;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use wirefold::normalize::Matcher;
use wirefold::relation::Relation;
use wirefold::{Decision, Error, Outcome, Settings, StoryBuffer, TextSource};

use crate::choice::in_turn;
use crate::data::{Data, Row};
use crate::detail::{Detail, Making, headline, short_name};
use crate::error::ReportError;
use crate::families::{DAY, Families, Family, Share};
use crate::gathered::Gathered;
use crate::numbers::{day, grouped, minute, percent, size};
use crate::plots::{Plot, bars, spread};
use crate::tallies::Tallies;
use crate::view::View;

/// What is said of the run beside its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Run<'r> {
    /// The command that ran, such as `dedup`.
    pub command: &'r str,
    /// Bytes of input that were read, 0 if there was none.
    pub input_bytes: u64,
    /// Records that were refused.
    pub refused: u64,
    /// The stages and how long each took.
    pub stages: &'r [(&'r str, Duration)],
    /// When the page is written, in seconds since the beginning of 1970, UTC.
    pub written: i64,
}

/// How much a page holds. What is left out is counted and said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Families in the list, the largest. Default 10,000.
    pub families: usize,
    /// Bytes of the data, of which the list takes half at most and texts take the rest. Default 4.5 MB, so
    /// that a page is within 5 MB.
    pub bytes: usize,
    /// Stories of a family that are shown beside another. Default 6.
    pub copies: usize,
    /// Bytes of one text. Default 20,000.
    pub one_text: usize,
    /// Rows of the tables by source and by day. Default 40.
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            families: 10_000,
            bytes: 4_500_000,
            copies: 6,
            one_text: 20_000,
            rows: 40,
        }
    }
}

/// Families whose texts are made ready at once.
const MADE_AT_ONCE: usize = 32;

/// Families of which the spread is drawn, and stories that such a one has at least.
const MOST_SPREADS: usize = 40;
const LEAST_SPREAD: usize = 4;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'p> {
    view: &'p View,
    command: &'p str,
    written: String,
    policy: &'p str,
    style: &'p str,
    script: &'p str,
    data: &'p str,
    cards: Vec<(&'static str, String)>,
    stages: Vec<(String, String, String)>,
    plots: Vec<(&'static str, Plot)>,
    spreads: Vec<Plot>,
    tables: Vec<(&'static str, Vec<TableRow>)>,
    notes: Vec<String>,
}

struct TableRow {
    name: String,
    stories: String,
    removed: String,
}

impl TableRow {
    fn of(name: String, share: Share) -> Self {
        Self {
            name,
            stories: grouped(share.stories),
            removed: grouped(share.removed),
        }
    }
}

/// The page of `outcome`, which has families, of the stories of `source`: HTML. Work runs on the
/// current rayon pool.
///
/// # Errors
/// [`ReportError::Story`] if a story cannot be read again or compared.
pub fn page<S: TextSource + ?Sized>(
    source: &S,
    outcome: &Outcome,
    matcher: &Matcher,
    settings: &Settings,
    run: &Run<'_>,
    limits: &Limits,
) -> Result<String, ReportError> {
    let families = Families::read(source, &outcome.decisions, 2)?;
    let tallies = Tallies::of(source, outcome)?;
    let mut cards = folded_cards(outcome, &families);
    cards.extend(run_cards(run));
    let shown = Shown {
        view: &View::FAMILIES,
        decisions: &outcome.decisions,
        families,
        notes: tallies.note().into_iter().collect(),
        tallies,
        cards,
    };
    written(source, shown, matcher, settings, run, limits)
}

/// The page of stories that were gathered. Work runs on the current rayon pool.
///
/// # Errors
/// Those of [`page`].
pub fn gathered_page(
    gathered: &Gathered,
    matcher: &Matcher,
    settings: &Settings,
    run: &Run<'_>,
    limits: &Limits,
) -> Result<String, ReportError> {
    let families = Families::read(gathered, &gathered.decisions, 1)?;
    let mut cards = gathered.cards();
    cards.extend(run_cards(run));
    let shown = Shown {
        view: gathered.view(),
        decisions: &gathered.decisions,
        families,
        tallies: gathered.tallies,
        cards,
        notes: gathered.notes(),
    };
    written(gathered, shown, matcher, settings, run, limits)
}

/// What a page shows.
struct Shown<'s> {
    view: &'s View,
    decisions: &'s [Decision],
    families: Families,
    tallies: Tallies,
    cards: Vec<(&'static str, String)>,
    notes: Vec<String>,
}

fn written<S: TextSource + ?Sized>(
    source: &S,
    shown: Shown<'_>,
    matcher: &Matcher,
    settings: &Settings,
    run: &Run<'_>,
    limits: &Limits,
) -> Result<String, ReportError> {
    let Shown {
        view,
        decisions,
        families,
        tallies,
        cards,
        mut notes,
    } = shown;
    let family = |number: usize| families.get(number, decisions);
    let mut by_size: Vec<usize> = (0..families.len()).collect();
    by_size.sort_by_key(|&number| std::cmp::Reverse(family(number).members.len()));
    by_size.truncate(limits.families);
    let making = Making {
        source,
        matcher,
        settings,
        limits,
        view,
    };
    let mut rows = rows(&making, &by_size, &family)?;
    let mut room = limits.bytes;
    rows.truncate(fitting(&rows, &mut room)?);
    let listed = &by_size[..rows.len()];
    let (details, spreads) = details(&making, listed, &mut rows, &family, room)?;
    if listed.len() < families.len() {
        notes.push(format!(
            "{} smaller {} are not listed.",
            grouped((families.len() - listed.len()) as u64),
            view.many
        ));
    }
    if details.len() < rows.iter().filter(|row| row.stories > 1).count() {
        notes.push(format!(
            "Texts are shown of {} {}: of those with most stories, and of those whose stories are least alike.",
            grouped(details.len() as u64),
            view.many
        ));
    }
    let (sources, days) = families.shares(decisions, limits.rows);
    let source_name = |number: u32| match families.sources[number as usize].as_str() {
        "" => "(no source)".to_owned(),
        name => short_name(name),
    };
    let sources = sources.into_iter();
    let sources = sources.map(|(number, share)| TableRow::of(source_name(number), share));
    let days = days.into_iter();
    let days = days.map(|(number, share)| {
        TableRow::of(day(number.saturating_mul(DAY)).unwrap_or_default(), share)
    });
    let data = Data {
        view,
        relations: Relation::ALL.map(Relation::name),
        families: rows,
        details,
    };
    let data = as_json(&data)?;
    let script = include_str!("../assets/report.js");
    let style = include_str!("../assets/report.css");
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; \
         base-uri 'none'; form-action 'none'",
        hash(script),
        hash(style)
    );
    let page = Page {
        view,
        command: run.command,
        written: minute(run.written).unwrap_or_default(),
        policy: &policy,
        style,
        script,
        data: &data,
        cards,
        stages: stages(run),
        plots: plots(&tallies, &families)?,
        spreads,
        tables: vec![("source", sources.collect()), ("day", days.collect())],
        notes,
    };
    page.render().map_err(ReportError::of_page)
}

/// Rows of the list, in its order.
fn rows<'f, S: TextSource + ?Sized>(
    &Making { source, view, .. }: &Making<'_, S>,
    listed: &[usize],
    family: &(impl Fn(usize) -> Family<'f> + Sync),
) -> Result<Vec<Row>, Error> {
    listed
        .par_iter()
        .map_init(StoryBuffer::default, |buffer, &number| {
            let family = family(number);
            source.read(family.lead(), buffer)?;
            Ok(Row {
                id: short_name(source.id(family.lead())),
                title: headline(buffer),
                stories: family.members.len(),
                kept: family.kept(),
                sources: family.sources(),
                times: family.times(),
                saved: family.saved(),
                alike: if view.lead_is_copy {
                    family.most_alike()
                } else {
                    family.least_alike()
                },
                relations: family.relations(),
                detail: None,
            })
        })
        .collect()
}

/// How many rows are within half of the room, which then is what they leave.
fn fitting(rows: &[Row], room: &mut usize) -> Result<usize, ReportError> {
    let half = *room / 2;
    let mut taken = 0;
    for (count, row) in rows.iter().enumerate() {
        let bytes = as_json(row)?.len() + 1;
        if taken + bytes > half {
            *room -= taken;
            return Ok(count);
        }
        taken += bytes;
    }
    *room -= taken;
    Ok(rows.len())
}

/// The details that have room, noted in their rows, and the plots of how the largest of them spread.
fn details<'f, S: TextSource + ?Sized>(
    making: &Making<'_, S>,
    listed: &[usize],
    rows: &mut [Row],
    family: &(impl Fn(usize) -> Family<'f> + Sync),
    mut room: usize,
) -> Result<(Vec<Box<RawValue>>, Vec<Plot>), ReportError> {
    let mut all: Vec<usize> = (0..listed.len()).collect();
    all.retain(|&at| rows[at].stories > 1);
    let mut doubtful = all.clone();
    doubtful.retain(|&at| rows[at].alike.is_some());
    doubtful.sort_by(|&a, &b| {
        let least = |at: usize| rows[at].alike.unwrap_or(1.0);
        least(a).total_cmp(&least(b)).then(a.cmp(&b))
    });
    let order = in_turn(&all, &doubtful, listed.len());
    let (mut details, mut spreads) = (Vec::new(), Vec::new());
    for places in order.chunks(MADE_AT_ONCE) {
        let made: Result<Vec<Detail>, Error> = places
            .par_iter()
            .map(|&at| making.detail(&family(listed[at])))
            .collect();
        for (&at, mut detail) in places.iter().zip(made?) {
            let family = family(listed[at]);
            let drawn = spreads.len();
            if spreads.len() < MOST_SPREADS && family.members.len() >= LEAST_SPREAD {
                let timed = family.members.iter();
                let mut printed: Vec<(i64, u32)> = timed
                    .filter_map(|member| Some((member.published?, member.source)))
                    .collect();
                printed.sort_unstable();
                if let Some(plot) = spread(&printed)? {
                    detail.plot = Some(spreads.len());
                    spreads.push(plot);
                }
            }
            let detail = RawValue::from_string(as_json(&detail)?).map_err(ReportError::of_page)?;
            let Some(rest) = room.checked_sub(detail.get().len()) else {
                // One that was drawn for it has no place either.
                spreads.truncate(drawn);
                return Ok((details, spreads));
            };
            room = rest;
            rows[at].detail = Some(details.len());
            details.push(detail);
        }
    }
    Ok((details, spreads))
}

/// JSON that can stand within a script element: nothing in it ends the element or begins a comment.
pub(crate) fn as_json(value: &impl Serialize) -> Result<String, ReportError> {
    let json = serde_json::to_string(value).map_err(ReportError::of_page)?;
    Ok(json.replace('<', "\\u003c"))
}

fn plots(tallies: &Tallies, families: &Families) -> Result<Vec<(&'static str, Plot)>, ReportError> {
    let relations: Vec<(String, u64)> = Relation::ALL
        .iter()
        .zip(tallies.relations)
        .filter(|&(_, count)| count > 0)
        .map(|(relation, count)| (relation.name().replace('_', " "), count))
        .collect();
    let alike: Vec<(String, u64)> = (0..)
        .zip(tallies.alike)
        .map(|(tenth, count)| (format!(".{tenth}\u{2013}{}", next_tenth(tenth)), count))
        .collect();
    let sizes = by_size(families);
    let all = [
        ("Relations", "Pairs by relation", relations),
        ("How alike they are", "Pairs by Jaccard similarity", alike),
        ("Size of families", "Families by size", sizes),
    ];
    // Where nothing is counted nothing is drawn.
    let some = all
        .iter()
        .filter(|(.., counts)| counts.iter().any(|&(_, count)| count > 0));
    some.map(|(name, words, counts)| Ok((*name, bars(words, counts)?)))
        .collect()
}

fn next_tenth(tenth: u32) -> String {
    match tenth + 1 {
        10 => "1".to_owned(),
        next => format!(".{next}"),
    }
}

/// Families counted by size: 2, 3, 4, then to each power of two.
fn by_size(families: &Families) -> Vec<(String, u64)> {
    let mut sizes: Vec<(String, u64)> = Vec::new();
    let mut most = 2;
    let mut counts: Vec<usize> = families.sizes().filter(|&size| size > 1).collect();
    counts.sort_unstable();
    let mut counts = counts.into_iter().peekable();
    let mut before = 1;
    while counts.peek().is_some() {
        let mut here = 0;
        while counts.next_if(|&size| size <= most).is_some() {
            here += 1;
        }
        let label = if most == before + 1 {
            most.to_string()
        } else {
            format!("{}\u{2013}{most}", before + 1)
        };
        sizes.push((label, here));
        before = most;
        most = if most < 4 { most + 1 } else { most * 2 };
    }
    sizes
}

fn folded_cards(outcome: &Outcome, families: &Families) -> Vec<(&'static str, String)> {
    let stories = outcome.decisions.len() as u64;
    let kept = outcome.decisions.iter().filter(|d| d.kept).count() as u64;
    let removed = stories - kept;
    let share = removed as f64 / stories.max(1) as f64;
    let mut cards = vec![
        ("stories", grouped(stories)),
        ("kept", grouped(kept)),
        (
            "removed",
            format!("{} ({})", grouped(removed), percent(share)),
        ),
        (
            "families of more than one story",
            grouped(families.len() as u64),
        ),
        (
            "stories of the largest family",
            grouped(families.sizes().max().unwrap_or(0) as u64),
        ),
        (
            "text of removed stories",
            size(families.saved(&outcome.decisions)),
        ),
    ];
    if outcome.related() > 0 {
        cards.push(("related pairs", grouped(outcome.related())));
    }
    cards
}

fn run_cards(run: &Run<'_>) -> Vec<(&'static str, String)> {
    let mut cards = Vec::new();
    if run.input_bytes > 0 {
        cards.push(("input", size(run.input_bytes)));
    }
    if run.refused > 0 {
        cards.push(("records refused", grouped(run.refused)));
    }
    cards
}

/// The stages: name, seconds, and share of the whole.
fn stages(run: &Run<'_>) -> Vec<(String, String, String)> {
    let whole: Duration = run.stages.iter().map(|(_, took)| *took).sum();
    let stage = |(name, took): &(&str, Duration)| {
        let share = took.as_secs_f64() / whole.as_secs_f64().max(1e-9);
        let seconds = format!("{:.2} s", took.as_secs_f64());
        ((*name).to_owned(), seconds, percent(share))
    };
    run.stages.iter().map(stage).collect()
}
