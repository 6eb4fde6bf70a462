//! From a story's text to its row of the sketch columns.

use std::sync::Arc;

use super::columns::SketchChunk;
use super::postings::{FACT, ITEM, Posting, SAID};
use super::{Anchor, Bands, Edition, Fss, Sketch, anchors};
use crate::furniture::Table;
use crate::normalize::Matcher;
use crate::quotation::quotations;
use crate::story::{Story, StoryReader, day};
use crate::tokenize::{Hasher, Shingles, WordSet, Words, fold};

/// What decides a sketch. Two sketches can be joined only if made under equal settings.
#[derive(Clone, Debug, PartialEq)]
pub struct SketchSettings {
    /// Words in a shingle.
    pub shingle_words: usize,
    /// How the signature is cut; its components are `bands × rows`.
    pub bands: Bands,
    /// Shingles in a winnowing window.
    pub window: usize,
    /// Stories of up to this many shingles keep every shingle as an anchor.
    pub dense: usize,
    /// Stories of up to this many words keep their runs of three words too, as seeds: headlines and
    /// briefs that tell the same in slightly other words share no longer ones.
    pub brief: usize,
    /// Whether to keep pairs of neighboring uncommon words, such as names: what stories share that
    /// tell the same in other words.
    pub facts: bool,
    /// Whether to keep anchors at all: they find contained and truncated copies.
    pub anchors: bool,
    /// Whether to keep by whom and when a story was published, and its version: what some policies
    /// of keeping ask for.
    pub imprints: bool,
    /// The time of the run, in seconds since the beginning of 1970, UTC; nothing if no embargo is
    /// looked at.
    pub now: Option<i64>,
    /// Seed of all hashes; 0 is the default.
    pub seed: u64,
    /// What wire furniture looks like: a story that is nothing else is related to nothing.
    pub furniture: Arc<Table>,
}

impl Default for SketchSettings {
    fn default() -> Self {
        Self {
            shingle_words: 5,
            bands: Bands { bands: 32, rows: 4 },
            window: 8,
            dense: 24,
            brief: 64,
            facts: true,
            anchors: true,
            imprints: false,
            now: None,
            seed: 0,
            furniture: Table::shared(),
        }
    }
}

/// Makes sketches; one a thread, its buffers are reused.
#[derive(Debug)]
pub struct Sketcher<'m> {
    settings: SketchSettings,
    hasher: Hasher,
    fss: Fss,
    reader: StoryReader<'m>,
    shingles: Vec<u64>,
    signature: Vec<u64>,
    chosen: Vec<Anchor>,
    common: WordSet,
    pairs: Vec<u64>,
    speech: Speech<'m>,
    /// Where a sketch by itself is made.
    alone: SketchChunk,
}

impl<'m> Sketcher<'m> {
    /// A sketcher with `settings` over the match face `matcher`.
    pub fn new(settings: &SketchSettings, matcher: &'m Matcher) -> Self {
        let hasher = Hasher::new(settings.seed);
        let common = if settings.facts {
            WordSet::common(&hasher, matcher)
        } else {
            WordSet::default()
        };
        Self {
            fss: Fss::new(&hasher, settings.bands.components()),
            settings: settings.clone(),
            reader: StoryReader::new(matcher, Arc::clone(&settings.furniture)),
            hasher,
            shingles: Vec::new(),
            signature: Vec::new(),
            chosen: Vec::new(),
            common,
            pairs: Vec::new(),
            speech: Speech::new(matcher),
            alone: SketchChunk::default(),
        }
    }

    /// Replaces `sketch` with that of one story.
    pub fn sketch_alone(&mut self, story: Story<'_>, sketch: &mut Sketch) {
        let mut chunk = std::mem::take(&mut self.alone);
        self.sketch(story, &mut chunk);
        sketch.take_from(&mut chunk);
        self.alone = chunk;
    }

    /// Appends the sketch of one story to `chunk`, all of whose sketches are to be of one sketcher's
    /// making or of sketchers with equal settings. Gives the hashes of the story's words.
    pub fn sketch(&mut self, story: Story<'_>, chunk: &mut SketchChunk) -> &[u64] {
        let settings = &self.settings;
        chunk.settings.get_or_insert_with(|| settings.clone());
        let (text, words) = self.reader.read(&self.hasher, story);
        let number = chunk.content.len() as u32;
        let SketchSettings { imprints, now, .. } = self.settings;
        let edition = story.about.edition(&self.hasher);
        chunk
            .imprints
            .push(&self.hasher, number, story, edition, imprints, now);
        chunk.content.push(self.hasher.text(text));
        chunk
            .words
            .push(u32::try_from(words.hashes.len()).unwrap_or(u32::MAX));

        Shingles::write(
            &self.hasher,
            &words.hashes,
            self.settings.shingle_words,
            &mut self.shingles,
        );
        self.fss.sign(&self.shingles, &mut self.signature);
        self.settings
            .bands
            .keys(&self.hasher, &self.signature, &mut chunk.bands);

        let anchored = chunk.postings.len();
        if self.settings.anchors {
            let SketchSettings { window, dense, .. } = self.settings;
            anchors(&self.shingles, window, dense, &mut self.chosen);
            let after = self
                .chosen
                .iter()
                .skip(1)
                .map(|anchor| anchor.hash)
                .chain([0]);
            let postings = self.chosen.iter().zip(after);
            chunk.postings.extend(postings.map(|(a, after)| Posting {
                hash: a.hash,
                after,
                seed: false,
            }));
        }
        chunk.anchors.push(distinct(&chunk.postings[anchored..]));
        let seeds = SEED_WORDS..=self.settings.brief;
        if self.settings.anchors && seeds.contains(&words.hashes.len()) {
            let seeds = Shingles::new(&self.hasher, &words.hashes, SEED_WORDS);
            chunk.postings.extend(seeds.map(|hash| Posting {
                hash,
                after: 0,
                seed: true,
            }));
        }
        if self.settings.facts {
            pairs_of_facts(&words.hashes, &self.common, &mut self.pairs);
            chunk
                .postings
                .extend(self.pairs.iter().map(|&hash| Posting {
                    hash,
                    after: FACT,
                    seed: true,
                }));
        }
        if self.settings.facts && !words.hashes.is_empty() {
            let said = self.speech.runs(&self.hasher, &self.common, story.text);
            chunk.postings.extend(said.iter().map(|&hash| Posting {
                hash,
                after: SAID,
                seed: true,
            }));
        }
        if !words.hashes.is_empty() {
            let of_item = edition.iter().flat_map(item_postings);
            chunk.postings.extend(of_item);
        }
        chunk.counts.push((chunk.postings.len() - anchored) as u32);
        chunk.pack_full();
        &words.hashes
    }
}

/// Runs of words of direct speech: what stories share that quote one speaker and nothing else.
#[derive(Debug)]
struct Speech<'m> {
    matcher: &'m Matcher,
    text: String,
    words: Words,
    runs: Vec<u64>,
    all: Vec<u64>,
}

/// Words of a statement, and its runs that are kept, those with the least hashes.
const STATEMENT: std::ops::RangeInclusive<usize> = 5..=400;
const MOST_RUNS: usize = 8;

impl<'m> Speech<'m> {
    fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            text: String::new(),
            words: Words::default(),
            runs: Vec::new(),
            all: Vec::new(),
        }
    }

    /// Hashes of the runs of the statements of a text.
    fn runs(&mut self, hasher: &Hasher, common: &WordSet, text: &str) -> &[u64] {
        self.all.clear();
        for quotation in quotations(text)
            .iter()
            .filter(|quotation| quotation.depth == 0)
        {
            self.text.clear();
            self.matcher
                .normalize_into(&text[quotation.inner.clone()], &mut self.text);
            self.words.hash(hasher, &self.text);
            let words = &self.words.hashes;
            if !STATEMENT.contains(&words.len()) {
                continue;
            }
            let telling = words
                .windows(SEED_WORDS)
                .zip(Shingles::new(hasher, words, SEED_WORDS));
            let telling = telling.filter(|(run, _)| run.iter().any(|&word| !common.has(word)));
            self.runs.clear();
            self.runs.extend(telling.map(|(_, hash)| hash));
            self.runs.sort_unstable();
            self.runs.dedup();
            self.runs.truncate(MOST_RUNS);
            self.all.append(&mut self.runs);
        }
        &self.all
    }
}

/// Postings of the item that a story is a version of: one of its id, and of its slug by the day, such that
/// two that were published within a day of each other share one.
fn item_postings(edition: &Edition) -> impl Iterator<Item = Posting> + use<> {
    let days =
        (edition.published.map(day)).map_or([Some(0), None], |day| [Some(day), Some(day + 1)]);
    let slug = edition.slug;
    let of_slug = days.map(|day| Some(slug? ^ day?.cast_unsigned()));
    let hashes = of_slug.into_iter().flatten().chain(edition.item);
    hashes.map(|hash| Posting {
        hash: fold(hash, FACTOR),
        after: ITEM,
        seed: true,
    })
}

/// The keys of the postings of an item.
pub(crate) fn item_keys(edition: &Edition) -> impl Iterator<Item = u64> + use<> {
    item_postings(edition).map(Posting::key)
}

/// Pairs of facts kept of one story, those with the least hashes: two stories keep the same ones.
const MOST_PAIRS: usize = 48;

/// Distinct hashes of the pairs of uncommon words that stand next to each other, ascending.
fn pairs_of_facts(words: &[u64], common: &WordSet, pairs: &mut Vec<u64>) {
    pairs.clear();
    let mut last: Option<u64> = None;
    for &word in words {
        let fact = (!common.has(word)).then_some(word);
        pairs.extend(
            last.zip(fact)
                .map(|(x, y)| fold(x.rotate_left(17) ^ y, FACTOR)),
        );
        last = fact;
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.truncate(MOST_PAIRS);
}

/// An odd number with about as many ones as zeros.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Words in a seed.
const SEED_WORDS: usize = 3;

/// Slots of [`distinct`].
const SLOTS: usize = 1024;

/// The number of distinct anchors, by slots of a hash table without chains: two that share a slot
/// count as one: one in twenty for what news stories have, and an error on the low side, which only
/// proposes more.
fn distinct(anchors: &[Posting]) -> u32 {
    let mut slots = [0u64; SLOTS / 64];
    for anchor in anchors {
        let slot = anchor.hash as usize % SLOTS;
        slots[slot / 64] |= 1 << (slot % 64);
    }
    slots.iter().map(|word| word.count_ones()).sum()
}
