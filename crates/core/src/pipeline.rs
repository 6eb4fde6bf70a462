//! The whole way from sketches to decisions, in the order of the rooms.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::Error;
use crate::candidate::{Candidates, Part, Proposed, Window, join, least_shared, propose};
use crate::cluster::{Decision, Link, Order, Removal, components, fold_component};
use crate::imprint::Imprints;
use crate::normalize::Matcher;
use crate::progress::{Progress, Stage};
use crate::relation::{Gathering, Grounds, Relation, Row, StoredRows, Verifier, Verifiers};
use crate::settings::Settings;
use crate::sketch::{SketchChunk, Sketcher, Sketches};
use crate::store::Room;
use crate::story::{StoryBuffer, TextSource};
use crate::tokenize::Hasher;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// One decision a story, in input order.
    pub decisions: Vec<Decision>,
    /// The related pairs, if asked for: `a` before `b` by id, in the order of ids. Empty if they do
    /// not fit in memory; see [`Outcome::each_relations`].
    pub relations: Vec<Row>,
    /// The related pairs if they do not fit in memory.
    pub stored: StoredRows,
    /// Candidate pairs that were proposed for verification.
    pub candidates: u64,
    /// Groups of stories with one key that were too large to propose all their pairs.
    pub cut_groups: u64,
    /// Stories with more candidates than they were compared with; see
    /// [`Proposed::crowded`](crate::candidate::Proposed::crowded).
    pub crowded: u64,
}

impl Outcome {
    /// The number of related pairs.
    pub fn related(&self) -> u64 {
        self.relations.len() as u64 + self.stored.len()
    }

    /// Gives `each` the related pairs in their order, many at a time, wherever they are. `source` is
    /// what the outcome is of.
    ///
    /// # Errors
    /// Those of `each`, and [`Error::Store`] if the store fails.
    pub fn each_relations<S: TextSource + ?Sized, E: From<Error>>(
        &self,
        source: &S,
        mut each: impl FnMut(&[Row]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.stored.is_empty() {
            return each(&self.relations);
        }
        self.stored.each(|story| source.id(story), each)
    }
}

/// What to work out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Families and what is kept of them.
    pub families: bool,
    /// All related pairs with their evidence.
    pub relations: bool,
}

/// Stories that one task sketches.
const SKETCHED_AT_ONCE: u32 = 256;

/// Sketches all stories of `source` on the current rayon pool.
///
/// For stories that can be read by number, such as those in memory. Who reads a stream makes
/// [`SketchChunk`]s with a [`Sketcher`] as stories come by.
///
/// # Errors
/// [`Error::Setting`]; [`Error::Source`] if a story cannot be read; [`Error::TooManyStories`].
pub fn sketch_stories<S: TextSource + ?Sized>(
    source: &S,
    matcher: &Matcher,
    settings: &Settings,
) -> Result<Sketches, Error> {
    settings.check()?;
    let sketch = settings.sketch();
    let count = source.count();
    let chunks: Result<Vec<SketchChunk>, Error> = (0..count.div_ceil(SKETCHED_AT_ONCE))
        .into_par_iter()
        .map_init(
            || (Sketcher::new(&sketch, matcher), StoryBuffer::default()),
            |(sketcher, buffer), block| {
                let mut chunk = SketchChunk::default();
                let first = block * SKETCHED_AT_ONCE;
                for number in first..count.min(first.saturating_add(SKETCHED_AT_ONCE)) {
                    source.read(number, buffer)?;
                    sketcher.sketch(buffer.story(), &mut chunk);
                }
                chunk.seal();
                Ok(chunk)
            },
        )
        .collect();
    let mut sketches = Sketches::new();
    for chunk in chunks? {
        sketches.push(chunk)?;
    }
    Ok(sketches)
}

/// Joins, verifies and folds the stories of `sketches`, whose texts `source` gives again.
///
/// The result depends on the set of stories and the settings alone, not on threads or, unless
/// [`Keep::First`](crate::Keep::First) asks for it, on the order of the input. Work runs on the current rayon pool.
///
/// # Errors
/// [`Error::Setting`] before anything is done; [`Error::Source`] if a story cannot be read again.
pub fn fold<S: TextSource + ?Sized>(
    mut sketches: Sketches,
    source: &S,
    matcher: &Matcher,
    settings: &Settings,
    wanted: Wanted,
    progress: Progress<'_>,
) -> Result<Outcome, Error> {
    settings.check()?;
    progress(Stage::Join, 0, 0);
    let sketch = settings.sketch();
    sketches.check(&sketch)?;
    let hasher = Hasher::new(settings.seed);
    let standings = sketches.imprints.standings();
    let (keep, window) = (&settings.keep, settings.window);
    let order = Order::new(&sketches, keep, &hasher, &standings, window, |story| {
        source.id(story)
    });
    let window = window.map_or_else(Window::unbounded, |seconds| {
        let published = |&story: &u32| sketches.imprints.of(story).published;
        Window::within(seconds, order.story.iter().map(published))
    });
    sketches.content = Vec::new();
    sketches.imprints = Imprints::default();
    let groups = join(&mut sketches, &order.rank, window)?;
    let least: Vec<u32> = order
        .story
        .iter()
        .map(|&story| {
            let story = story as usize;
            least_shared(&sketch, sketches.words[story], sketches.anchors[story])
        })
        .collect();
    let Proposed {
        likely,
        faint,
        retold,
        crowded,
    } = propose(&groups, &least)?;
    drop(least);
    let mut outcome = Outcome {
        candidates: (likely.pairs() + faint.pairs() + retold.pairs()) as u64,
        cut_groups: groups.cut(),
        crowded,
        ..Outcome::default()
    };
    let room = sketches.room()?;
    let held_bytes = room.held_bytes(rayon::current_num_threads());
    drop((groups, sketches));
    let run = Run {
        source,
        settings,
        verifiers: Verifiers::new(|| {
            let grounds = settings.grounds(matcher, &hasher);
            Verifier::new(
                source,
                Grounds {
                    held_bytes,
                    ..grounds
                },
            )
        }),
        order: &order,
        removal: Removal {
            relations: settings.remove.clone(),
            min_novel: settings.min_novel,
            standings,
        },
        total: AtomicU64::new(0),
        done: AtomicU64::new(0),
        progress,
    };
    // What nobody needs any more goes at once: there are many candidates.
    let all = (wanted.relations).then(|| (likely.clone(), [faint.clone(), retold]));
    if wanted.families {
        let candidates = run.sifted(&likely, &faint)?;
        drop((likely, faint));
        outcome.decisions = run.decisions(&candidates)?;
    }
    if let Some((likely, others)) = all {
        (outcome.relations, outcome.stored) = run.relations(&likely, &others, room)?;
    }
    Ok(outcome)
}

/// Stories whose candidates one task looks at. A thread takes one task at a time: some stories have
/// many candidates and most have none.
const SIFTED_AT_ONCE: u32 = 64;

/// Components that a thread takes at a time. They come largest first, so a long row of them would
/// leave the other threads with nothing to do.
const TAKEN_AT_ONCE: usize = 8;

/// What the last steps share.
struct Run<'r, S: ?Sized> {
    source: &'r S,
    settings: &'r Settings,
    verifiers: Verifiers<'r, S>,
    order: &'r Order,
    removal: Removal,
    /// Stories that the present stage concerns, and those that it is done with.
    total: AtomicU64,
    done: AtomicU64,
    progress: Progress<'r>,
}

impl<S: TextSource + ?Sized> Run<'_, S> {
    /// Says that `stage` begins, over so many stories: its first piece may take nearly all the time.
    fn start(&self, stage: Stage, stories: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(stories as u64, Ordering::Relaxed);
        (self.progress)(stage, 0, stories as u64);
    }

    /// Says that so many stories are through `stage`.
    fn advance(&self, stage: Stage, stories: usize) {
        let stories = stories as u64;
        let done = self.done.fetch_add(stories, Ordering::Relaxed) + stories;
        (self.progress)(stage, done, self.total.load(Ordering::Relaxed));
    }

    /// The likely candidates, and the faint ones that turn out to be of one family. Faint ones are
    /// many and nearly all of them unrelated: left in, they would tie the whole feed into one
    /// component.
    fn sifted(&self, likely: &Candidates, faint: &Candidates) -> Result<Candidates, Error> {
        let count = self.order.story.len() as u32;
        if faint.pairs() == 0 {
            return Ok(likely.clone());
        }
        self.start(Stage::Sift, count as usize);
        let parts: Result<Vec<Part>, Error> = (0..count.div_ceil(SIFTED_AT_ONCE))
            .into_par_iter()
            .with_max_len(1)
            .map(|block| {
                let first = block * SIFTED_AT_ONCE;
                let ranks = first..count.min(first + SIFTED_AT_ONCE);
                let stories = ranks.len();
                let mut part = Part::default();
                self.verifiers.with(|verifier| {
                    for rank in ranks {
                        part.extend(likely.of(rank).iter().copied());
                        for &other in faint.of(rank) {
                            let story = |rank: u32| self.order.story[rank as usize];
                            if verifier.tie(story(rank), story(other))?.is_some() {
                                part.extend([other]);
                            }
                        }
                        part.close();
                    }
                    Ok(())
                })?;
                part.shrink();
                self.advance(Stage::Sift, stories);
                Ok(part)
            })
            .collect();
        Ok(Candidates::from_parts(parts?, SIFTED_AT_ONCE as usize))
    }

    /// All ranks, those of one component of the likely candidates together, so that stories are
    /// prepared once.
    fn related_order(&self, likely: &Candidates) -> Vec<u32> {
        let parts = components(likely);
        let mut placed = vec![false; self.order.story.len()];
        let mut order: Vec<u32> = parts.into_iter().flatten().collect();
        for &rank in &order {
            placed[rank as usize] = true;
        }
        let alone = (0..).zip(&placed).filter(|(_, placed)| !**placed);
        order.extend(alone.map(|(rank, _): (u32, _)| rank));
        order
    }

    fn decisions(&self, candidates: &Candidates) -> Result<Vec<Decision>, Error> {
        let parts = components(candidates);
        let count = self.order.class.len() as u32;
        let mut decisions: Vec<Decision> = (0..count)
            .map(|story| Decision {
                cluster: story,
                kept: true,
                link: None,
            })
            .collect();
        let mut place = vec![0; self.order.story.len()];
        for part in &parts {
            for (at, &rank) in (0..).zip(part) {
                place[rank as usize] = at;
            }
        }
        self.start(Stage::Verify, parts.iter().map(Vec::len).sum());
        let decided = Mutex::new(&mut decisions);
        parts
            .par_iter()
            .with_max_len(TAKEN_AT_ONCE)
            .try_for_each(|members| {
                let (story, verifiers) = (&self.order.story, &self.verifiers);
                let folds =
                    fold_component(members, candidates, &place, story, verifiers, &self.removal)?;
                let mut decisions = decided.lock().unwrap_or_else(PoisonError::into_inner);
                for fold in folds {
                    decisions[fold.story as usize] = Decision {
                        cluster: fold.cluster,
                        kept: fold.kept,
                        link: fold.link,
                    };
                }
                drop(decisions);
                self.advance(Stage::Verify, members.len());
                Ok::<(), Error>(())
            })?;
        // Equal texts follow the story that stands for them.
        for story in 0..count {
            let stands = self.order.class[story as usize];
            if stands != story {
                let link = Link {
                    relation: Relation::Identical,
                    to: stands,
                    jaccard: 1.0,
                    containment: 1.0,
                    novel: 0.0,
                };
                let cluster = decisions[stands as usize].cluster;
                let removes = self.settings.remove.contains(&Relation::Identical);
                let goes = removes && self.settings.min_novel > 0.0;
                let kept = !goes || !self.removal.allows(stands, story);
                decisions[story as usize] = Decision {
                    cluster,
                    kept,
                    link: Some(link),
                };
            }
        }
        Ok(decisions)
    }

    /// The related pairs in the order of ids, in memory or stored.
    fn relations(
        &self,
        likely: &Candidates,
        others: &[Candidates],
        room: Room,
    ) -> Result<(Vec<Row>, StoredRows), Error> {
        let by_id = |x: u32, y: u32| {
            if self.source.id(x) <= self.source.id(y) {
                (x, y)
            } else {
                (y, x)
            }
        };
        let count = self.order.story.len() as u32;
        self.start(Stage::Relate, count as usize);
        let gathering = Gathering::new(room);
        let id = |story| self.source.id(story);
        self.related_order(likely)
            .par_chunks(SIFTED_AT_ONCE as usize)
            .with_max_len(1)
            .try_for_each(|ranks| {
                let mut rows = Vec::new();
                self.verifiers.with(|verifier| {
                    for &rank in ranks {
                        let others = others.iter().flat_map(|others| others.of(rank));
                        for &earlier in likely.of(rank).iter().chain(others) {
                            let story = |rank: u32| self.order.story[rank as usize];
                            let (a, b) = by_id(story(rank), story(earlier));
                            rows.extend(verifier.row(a, b, false)?);
                        }
                    }
                    Ok(())
                })?;
                self.advance(Stage::Relate, ranks.len());
                gathering.add(rows, id)
            })?;
        let equal: Vec<(u32, u32)> = (0u32..)
            .zip(&self.order.class)
            .filter(|&(story, &stands)| stands != story)
            .map(|(story, &stands)| by_id(story, stands))
            .collect();
        equal
            .par_chunks(SIFTED_AT_ONCE as usize)
            .with_max_len(1)
            .try_for_each(|pairs| {
                let rows: Result<Vec<Row>, Error> = self.verifiers.with(|verifier| {
                    let rows = pairs.iter().map(|&(a, b)| verifier.row(a, b, true));
                    rows.filter_map(Result::transpose).collect()
                });
                gathering.add(rows?, id)
            })?;
        gathering.finish(id)
    }
}
