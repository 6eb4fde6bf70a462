//! Verifies pairs on the text, each story prepared once while a bounded cache holds it.

use std::cmp::Ordering;
use std::sync::Arc;

use super::align::{Aligner, Alignment};
use super::classes::Dates;
use super::grams::{LONG_RUN, Run};
use super::held::Held;
use super::kinds::{Relation, RelationRules};
use super::measured::Measured;
use super::misread;
use super::paragraph::Lore;
use super::passages::{Passage, PassageKind, longest, passages};
use super::prepared::{Prepared, Preparing, share_new};
use super::rewrite::Retold;
use super::row::{Novel, Row, Verdict};
use super::similarity::Similarity;
use super::speech::{Said, Verbs, credit, found_in};
use super::template::{Apart, Exchange};
use crate::Error;
use crate::furniture::Table;
use crate::normalize::Matcher;
use crate::profile::Profile;
use crate::story::{Story, StoryBuffer, StoryReader, TextSource};
use crate::tokenize::{Hasher, Shingles, WordSet};

/// One in how many words of the smaller story is aligned where two share a template and too little
/// for a family.
const TEMPLATE: usize = 3;

/// One in how many words of the smaller story, and how many at least, are aligned where text was copied
/// piece by piece: two that were written apart have half as many in common phrases.
const PIECES: usize = 8;
const LEAST_PIECES: usize = 24;

/// Facts that two records of one item share at least, if they are versions of it.
const LEAST_SHARED_FACTS: usize = 2;

/// What verdicts depend on, besides the stories.
#[derive(Clone, Debug)]
pub(crate) struct Grounds<'s> {
    pub(crate) matcher: &'s Matcher,
    pub(crate) rules: &'s RelationRules,
    pub(crate) furniture: Arc<Table>,
    /// What was learned from the feed, if it was.
    pub(crate) profile: Option<Arc<Profile>>,
    pub(crate) hasher: Hasher,
    pub(crate) shingle_words: usize,
    /// Bytes that a verifier keeps of stories: less than it takes makes them again and again. A story of any size that
    /// is in use stays, so that a huge one compared with thousands of small ones is prepared once.
    pub(crate) held_bytes: usize,
}

/// Compares stories by their numbers; one a thread.
pub(crate) struct Verifier<'s, S: ?Sized> {
    source: &'s S,
    rules: &'s RelationRules,
    hasher: Hasher,
    shingle_words: usize,
    dates: Dates,
    lore: Lore,
    verbs: Verbs,
    reader: StoryReader<'s>,
    buffer: StoryBuffer,
    aligner: Aligner,
    /// Of the two stories aligned last.
    alignment: Alignment,
    /// Which these are, while the alignment says all of them.
    aligned: Option<(u32, u32)>,
    held: Held,
    /// A story that the source does not have, and its number.
    own: StoryBuffer,
    taken: Option<u32>,
}

impl<'s, S: TextSource + ?Sized> Verifier<'s, S> {
    pub(crate) fn new(source: &'s S, grounds: Grounds<'s>) -> Self {
        Self::with(Held::default(), source, grounds)
    }

    /// The same, with stories of the source that another one prepared on the same grounds.
    pub(crate) fn with(held: Held, source: &'s S, grounds: Grounds<'s>) -> Self {
        let Grounds {
            matcher,
            rules,
            furniture,
            profile,
            hasher,
            shingle_words,
            held_bytes,
        } = grounds;
        Self {
            source,
            rules,
            shingle_words,
            dates: Dates::new(&hasher, matcher),
            lore: Lore {
                common: WordSet::common(&hasher, matcher),
                profile,
            },
            verbs: Verbs::new(&hasher, matcher),
            hasher,
            reader: StoryReader::new(matcher, furniture),
            buffer: StoryBuffer::default(),
            aligner: Aligner::default(),
            alignment: Alignment::default(),
            aligned: None,
            held: held.bound(held_bytes),
            taken: None,
            own: StoryBuffer::default(),
        }
    }

    /// The stories of the source that are prepared.
    pub(crate) fn into_held(mut self) -> Held {
        if let Some(number) = self.taken {
            self.held.remove(number);
        }
        self.held
    }

    /// What makes stories `a` and `b`, whose texts are not equal, of one family, if anything does.
    pub(crate) fn tie(&mut self, a: u32, b: u32) -> Result<Option<(Relation, Verdict)>, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
        let apart = x.has_own_facts(&y) && y.has_own_facts(&x);
        let least = self.rules.least_aligned((x.told, y.told));
        if apart {
            self.align(&x, &y, least);
            if self.is_plainly_template(&x, &y) {
                return Ok(None);
            }
        }
        let similarity = Similarity::of(self.shingles(&x), self.shingles(&y));
        if !apart && similarity.relation(self.rules).is_none() {
            self.align(&x, &y, least);
        }
        let verdict = self.compare(&x, &y, similarity, apart);
        if verdict.by_alignment && !self.alignment.unfilled {
            self.aligned = Some((a, b));
        }
        let relation = verdict.relation.filter(|relation| relation.joins());
        Ok(relation.map(|relation| (relation, verdict)))
    }

    /// The verdict on two stories that are aligned, at least as far as decides it; `apart` says whether
    /// each has facts that the other has not. Without, those that their sets of shingles relate need no
    /// alignment.
    fn compare(
        &mut self,
        x: &Prepared,
        y: &Prepared,
        similarity: Similarity,
        apart: bool,
    ) -> Verdict {
        let by_shingles = similarity.relation(self.rules);
        let words = (x.told, y.told);
        let by_alignment = || self.rules.by_alignment(self.alignment.words, words);
        let mut relation = by_shingles.or_else(by_alignment);
        // Where one has no shingle of its own, words were only put in or left out.
        let exchange = similarity.shared < similarity.a.min(similarity.b);
        if relation.is_some() && exchange && apart {
            self.align_whole(x, y);
            if self.is_template(x, y) {
                relation = Some(Relation::SameTemplate);
            }
        }
        let age = x.version.age(&y.version);
        let versions = relation.is_some_and(Relation::joins) && age != Ordering::Equal;
        if versions || are_of_one_item(x, y) {
            relation = Some(Relation::NewVersion);
        }
        Verdict {
            relation,
            age,
            similarity,
            by_alignment: by_shingles.is_none(),
            words,
        }
    }

    /// All that the rules decide by, of two stories: with it the relation under any rules is told without
    /// the texts. `equal` says that the texts are equal.
    pub(crate) fn measure(&mut self, a: u32, b: u32, equal: bool) -> Result<Measured, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
        self.align(&x, &y, 0);
        let similarity = Similarity::of(self.shingles(&x), self.shingles(&y));
        let exchange = similarity.shared < similarity.a.min(similarity.b);
        let apart = x.has_own_facts(&y) && y.has_own_facts(&x);
        Ok(Measured {
            equal,
            similarity,
            aligned: self.alignment.words,
            words: (x.told, y.told),
            template: exchange && apart && self.is_template(&x, &y),
            ages: x.version.age(&y.version) != Ordering::Equal,
            one_item: are_of_one_item(&x, &y),
        })
    }

    /// Whether [`Verifier::compare`] is sure to find the wording of the two aligned stories the same
    /// and their facts others, told without looking at their shingles, where each has facts of its own.
    /// In a feed of market reports that is what becomes of most pairs.
    fn is_plainly_template(&self, x: &Prepared, y: &Prepared) -> bool {
        let Alignment {
            words, unfilled, ..
        } = self.alignment;
        !unfilled
            && self.rules.by_alignment(words, (x.told, y.told)).is_some()
            && x.version.by_record(&y.version).is_none()
            && self.each_has_own_shingles(x, y)
            && self.is_template(x, y)
    }

    /// Whether each of two aligned stories is seen to have a shingle that the other has not, at a
    /// place where words of the one stand in the stead of words of the other. It may have one
    /// elsewhere that is not seen.
    fn each_has_own_shingles(&self, x: &Prepared, y: &Prepared) -> bool {
        let own = |story: &Prepared, at: usize, other: &Prepared| {
            let last = story.words.len().checked_sub(self.shingle_words);
            let Some(words) = last.map(|last| &story.words[at.min(last)..][..self.shingle_words])
            else {
                return false;
            };
            // The sets are not made for this: most templates are told without them.
            let has = other.has_words(words).unwrap_or_else(|| {
                let mut shingles = Shingles::new(&self.hasher, words, self.shingle_words);
                let set = self.shingles(other);
                (shingles.next()).is_some_and(|shingle| set.binary_search(&shingle).is_ok())
            });
            !has
        };
        let exchanges = self.alignment.gaps().filter(|(of_x, of_y)| {
            let ((from_x, to_x), (from_y, to_y)) = (of_x, of_y);
            from_x < to_x && from_y < to_y
        });
        let (mut of_x, mut of_y) = (false, false);
        for (words_x, words_y) in exchanges {
            of_x = of_x || own(x, words_x.0, y);
            of_y = of_y || own(y, words_y.0, x);
            if of_x && of_y {
                return true;
            }
        }
        false
    }

    /// The shingle set of a story.
    fn shingles<'p>(&self, story: &'p Prepared) -> &'p [u64] {
        story.shingles(&self.hasher, self.shingle_words)
    }

    /// Whether the two stories, aligned as they are now, have the same wording round other facts.
    fn is_template(&self, x: &Prepared, y: &Prepared) -> bool {
        let exchange = Exchange::of(&self.alignment, x.worded(), y.worded());
        let other = x.told.max(y.told) - self.alignment.words.min(x.told.min(y.told));
        let apart = x.version.another_day(&y.version);
        exchange.is_template(apart.then_some(Apart { other }))
    }

    /// Fills what the present alignment of two stories left unfilled.
    fn align_whole(&mut self, x: &Prepared, y: &Prepared) {
        if self.alignment.unfilled {
            self.align(x, y, 0);
        }
    }

    /// Aligns two stories.
    fn align(&mut self, x: &Prepared, y: &Prepared, least: usize) {
        self.aligned = None;
        let alignment = &mut self.alignment;
        self.aligner.align(
            (x.evidence(), x.grams()),
            (y.evidence(), y.grams()),
            x.is_second(y),
            least,
            alignment,
        );
        misread::find(alignment, x, y);
    }

    /// Whether a share of at least `least` of the words of either story is sure to be new against the
    /// other. It may be where it is not seen.
    pub(crate) fn are_plainly_novel(&mut self, a: u32, b: u32, least: f64) -> Result<bool, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
        let novel = |story: &Prepared, other: &Prepared| {
            let words = story.words.len();
            #[expect(clippy::cast_sign_loss, reason = "shares are checked to be positive")]
            let enough = (least * words as f64).ceil() as usize;
            // As `share_new` divides.
            enough as f64 / words.max(1) as f64 >= least
                && other.filter().leaves_untold(&story.words, enough)
        };
        Ok(novel(&x, &y) && novel(&y, &x))
    }

    /// The share of `story`'s words that are new against `other`, by their verdict.
    pub(crate) fn novel(
        &mut self,
        story: u32,
        other: u32,
        verdict: &Verdict,
    ) -> Result<f64, Error> {
        if verdict.similarity.shared == verdict.similarity.a {
            // Every word stands in a shingle that the other has.
            return Ok(0.0);
        }
        let (x, y) = (self.prepared(story)?, self.prepared(other)?);
        let mut side: fn(usize, usize) -> usize = |a, _| a;
        if !verdict.by_alignment {
            self.aligned = None;
            self.alignment.clear();
        } else if self.aligned == Some((other, story)) {
            side = |_, b| b;
        } else if self.aligned != Some((story, other)) {
            self.align(&x, &y, 0);
            self.aligned = Some((story, other));
        }
        Ok(share_new(&self.told(&x, &y, side)))
    }

    /// Aligns two stories, unless they were just now, if their verdict rests on that and the share of new words
    /// of the second is to be told by it.
    pub(crate) fn align_as_judged(
        &mut self,
        a: u32,
        b: u32,
        verdict: &Verdict,
    ) -> Result<(), Error> {
        let told = verdict.similarity.shared == verdict.similarity.b;
        if verdict.by_alignment && !told && self.aligned != Some((a, b)) {
            let (x, y) = (self.prepared(a)?, self.prepared(b)?);
            self.align(&x, &y, 0);
            self.aligned = Some((a, b));
        }
        Ok(())
    }

    /// Whether the words of `story` are told by `other`, by shingles and the present alignment, of whose
    /// two sides `side` chooses that of `story`.
    fn told(
        &self,
        story: &Prepared,
        other: &Prepared,
        side: fn(usize, usize) -> usize,
    ) -> Vec<bool> {
        let Alignment { chain, misread, .. } = &self.alignment;
        let chained = chain.iter().map(|run| (side(run.a, run.b), run.length));
        let misread = misread.iter().map(|&(a, b)| (side(a, b), 1));
        story.told_by(
            &self.hasher,
            self.shingle_words,
            other,
            chained.chain(misread),
        )
    }

    /// What each of two stories has that the other does not.
    fn novelty(&self, x: &Prepared, y: &Prepared) -> [Novel; 2] {
        let of = |story: &Prepared, told: &[bool]| Novel {
            share: share_new(told),
            spans: story.new_spans(told),
        };
        let (of_x, of_y) = (self.told(x, y, |a, _| a), self.told(y, x, |_, b| b));
        [of(x, &of_x), of(y, &of_y)]
    }

    /// The pair with its evidence, if its texts are related; `equal` says that they are equal.
    pub(crate) fn row(&mut self, a: u32, b: u32, equal: bool) -> Result<Option<Row>, Error> {
        let (x, y) = (self.prepared(a)?, self.prepared(b)?);
        self.align(&x, &y, self.rules.least_aligned((x.told, y.told)));
        let similarity = Similarity::of(self.shingles(&x), self.shingles(&y));
        let apart = x.has_own_facts(&y) && y.has_own_facts(&x);
        let verdict = self.compare(&x, &y, similarity, apart);
        self.align_whole(&x, &y);
        let share = |words: usize| self.alignment.words as f64 / words.max(1) as f64;
        let (aligned_a, aligned_b) = (share(x.told), share(y.told));
        let like_template = verdict.relation.is_none()
            && self.alignment.words * TEMPLATE >= x.told.min(y.told)
            && self.is_template(&x, &y);
        // Of versions and the like both stay, and what an editor asks is what is new.
        let grows =
            [Some(Relation::Overlapping), Some(Relation::NewVersion)].contains(&verdict.relation);
        let novel = (grows && !equal).then(|| self.novelty(&x, &y));
        // What a source repeats relates nothing but families, which do not depend on the feed.
        self.alignment.take_out(&x.learned, &y.learned);
        let alignment = &self.alignment;
        let retold = if verdict.relation.is_none() && !like_template {
            let (a, b) = (x.paragraphs(&self.lore), y.paragraphs(&self.lore));
            Retold::of(a, b, &alignment.runs)
        } else {
            Retold::default()
        };
        // Within a copy statements are told by its passages.
        let apart = [None, Some(Relation::Overlapping)].contains(&verdict.relation);
        let said = if apart && !equal {
            self.said(&x, &y)
        } else {
            Vec::new()
        };
        let relation = if equal {
            Some(Relation::Identical)
        } else if let Some(relation) = verdict.relation {
            Some(relation)
        } else if like_template {
            Some(Relation::SameTemplate)
        } else if retold.is_rewritten(alignment.words as f64 / x.told.min(y.told).max(1) as f64) {
            Some(Relation::Rewritten)
        } else {
            let piecemeal = alignment.words >= LEAST_PIECES
                && alignment.words * PIECES >= x.told.min(y.told)
                && !self.is_template(&x, &y);
            let shared = longest(&alignment.runs) >= LONG_RUN || !said.is_empty() || piecemeal;
            shared.then_some(Relation::SharedPassages)
        };
        let Some(relation) = relation else {
            return Ok(None);
        };
        let passages = passages(alignment, &retold, said, &x, &y);
        // Pieces that are too short to be shown prove nothing.
        if relation == Relation::SharedPassages && passages.is_empty() {
            return Ok(None);
        }
        let similarity = verdict.similarity;
        Ok(Some(Row {
            a,
            b,
            relation,
            score: similarity
                .score()
                .max(aligned_a)
                .max(aligned_b)
                .max(retold.share),
            jaccard: similarity.jaccard(),
            containment_a: similarity.containment_a(),
            containment_b: similarity.containment_b(),
            aligned_a,
            aligned_b,
            novel,
            passages,
        }))
    }

    /// The statements of either story that stand in the other, those of the first first.
    fn said(&self, x: &Prepared, y: &Prepared) -> Vec<Passage> {
        let runs = &self.alignment.runs;
        let mirrored = runs.iter().map(|run| Run {
            a: run.b,
            b: run.a,
            ..*run
        });
        let mirrored: Vec<Run> = mirrored.collect();
        let of_x = found_in(
            x.statements(&self.lore.common),
            (x, y),
            runs,
            &self.lore.common,
        );
        let of_y = found_in(
            y.statements(&self.lore.common),
            (y, x),
            &mirrored,
            &self.lore.common,
        );
        let known = |said: &Said| {
            of_x.iter()
                .any(|other| other.a.0 < said.b.1 && said.b.0 < other.a.1)
        };
        let of_y = of_y.into_iter().filter(|said| !known(said));
        let credited =
            |said: Said, of: &Prepared| credit(of, said.a, &self.verbs, &self.lore.common);
        let first = of_x.iter().map(|&said| Passage {
            a: x.range(said.a),
            b: y.range(said.b),
            kind: PassageKind::Quotation,
            score: said.score,
            credit: credited(said, x),
        });
        let second = of_y.map(|said| Passage {
            a: x.range(said.b),
            b: y.range(said.a),
            kind: PassageKind::Quotation,
            score: said.score,
            credit: credited(said, y),
        });
        first.chain(second).collect()
    }

    fn prepared(&mut self, number: u32) -> Result<Arc<Prepared>, Error> {
        if let Some(held) = self.held.get(number) {
            return Ok(held);
        }
        let story = if self.taken == Some(number) {
            &self.own
        } else {
            self.source.read(number, &mut self.buffer)?;
            &self.buffer
        };
        let preparing = Preparing {
            hasher: &self.hasher,
            dates: &self.dates,
            profile: self.lore.profile.as_deref(),
        };
        let made = Prepared::new(&mut self.reader, &preparing, number, story.story());
        let made = Arc::new(made);
        self.held.add(number, Arc::clone(&made));
        Ok(made)
    }

    /// Takes a story that the source does not have, under a number of its own, in the stead of one that was
    /// taken before.
    pub(crate) fn take(&mut self, number: u32, story: Story<'_>) {
        if let Some(before) = self.taken.replace(number) {
            self.held.remove(before);
        }
        self.own.set(story);
        self.aligned = None;
    }
}

/// Whether the records make two stories versions of one item: an alert and the story that replaces it
/// share who and where.
fn are_of_one_item(x: &Prepared, y: &Prepared) -> bool {
    x.version.by_record(&y.version).is_some() && x.shared_facts(y) >= LEAST_SHARED_FACTS
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use proptest::prelude::*;

    use super::*;

    fn grounds<'s>(matcher: &'s Matcher, rules: &'s RelationRules) -> Grounds<'s> {
        Grounds {
            matcher,
            rules,
            furniture: Table::shared(),
            profile: None,
            hasher: Hasher::default(),
            shingle_words: 5,
            held_bytes: 16 << 20,
        }
    }

    /// A huge story and small ones, counting how often the huge one is read.
    struct Archive {
        stories: Vec<(String, String)>,
        huge_reads: AtomicU32,
    }

    impl TextSource for Archive {
        fn count(&self) -> u32 {
            self.stories.len() as u32
        }

        fn id(&self, number: u32) -> &str {
            &self.stories[number as usize].0
        }

        fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), Error> {
            if number == 0 {
                self.huge_reads.fetch_add(1, Relaxed);
            }
            story.title.clear();
            story.text.clone_from(&self.stories[number as usize].1);
            Ok(())
        }
    }

    #[test]
    fn a_story_larger_than_the_cache_is_prepared_once() {
        let words = |from: usize, to: usize| {
            let words: Vec<String> = (from..to).map(|n| format!("w{n}")).collect();
            words.join(" ")
        };
        let held_bytes = 1 << 20;
        let huge = held_bytes / 16 + 1000;
        let mut stories = vec![("huge".to_owned(), words(0, huge))];
        stories.extend((0..20).map(|n| (format!("part {n}"), words(n * 50, n * 50 + 60))));
        let archive = Archive {
            stories,
            huge_reads: AtomicU32::new(0),
        };
        let matcher = Matcher::default();
        let rules = RelationRules::default();
        let grounds = grounds(&matcher, &rules);
        let bounded = Grounds {
            held_bytes,
            ..grounds
        };
        let mut verifier = Verifier::new(&archive, bounded);
        assert_eq!(archive.huge_reads.load(Relaxed), 0);
        for part in 1..=20 {
            let (relation, verdict) = verifier.tie(part, 0).unwrap().unwrap();
            assert_eq!(relation, Relation::Contained);
            assert!(verifier.novel(part, 0, &verdict).unwrap() < 1e-9);
        }
        assert_eq!(archive.huge_reads.load(Relaxed), 1);
        assert!(
            verifier.held.len() <= 3,
            "few are held beside the huge story"
        );
    }
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn what_ties_is_what_the_whole_comparison_and_the_measures_say(
            slots in prop::collection::vec((0usize..4, 0usize..4), 6),
            cut in 20usize..70, copied in any::<bool>(),
            shares in prop::array::uniform3(1u32..=20),
        ) {
            let names = ["Ilse Vantour", "Tove Arnesen", "Kofi Lindahl", "Anna Solov"];
            let report = |side: fn(&(usize, usize)) -> usize| {
                let slot = |at: usize| side(&slots[at]);
                format!(
                    "Shares in Kelm closed {} percent higher on Monday, led by {}, while the index of leading \
                     shares ended the day at 4,3{} points. Turnover was {} million crowns, said {}, who has \
                     watched this market for {} years and does not see why it should turn before the summer.",
                    slot(0), names[slot(1)], slot(2), 300 + slot(3), names[slot(4)], 11 + slot(5),
                )
            };
            let (first, second) = (report(|slot| slot.0), report(|slot| slot.1));
            let lead = "Brokers in Kelm went home content. ";
            let second = if copied { format!("{lead}{second}") } else { second };
            let second: Vec<&str> = second.split(' ').take(cut).collect();
            let stories = [first, second.join(" ")].map(|text| (text.clone(), text));
            let archive = Archive { stories: stories.to_vec(), huge_reads: AtomicU32::new(0) };
            let matcher = Matcher::default();
            let [threshold, containment, overlap] = shares.map(|share| f64::from(share) / 20.0);
            let other = RelationRules { threshold, containment, overlap, ..RelationRules::default() };
            for rules in [RelationRules::default(), other] {
                let mut verifier = Verifier::new(&archive, grounds(&matcher, &rules));
                let tie = verifier.tie(0, 1).unwrap().map(|(relation, _)| relation);
                let whole = verifier.row(0, 1, false).unwrap().map(|row| row.relation);
                prop_assert_eq!(tie, whole.filter(|relation| relation.joins()));
                let measured = verifier.measure(0, 1, false).unwrap().relation(&rules);
                prop_assert_eq!(tie, measured.filter(|relation| relation.joins()));
            }
        }
    }
}
