//! The join and the candidates, against maps of keys and pairs; bounded against unbounded.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::groups::{Found, Shared, add_shared, keep};
use super::ranges::Kind;
use super::{
    LEFT_OUT, MAX_GROUP, Proposed, Window, join, join_bucket, least_shared, propose, propose_range,
};
use crate::sketch::postings::{FACT, ITEM, SAID};
use crate::sketch::{Bands, KeysOfStory as Story, SketchChunk, SketchSettings, Sketches};
use crate::store::{BYTES_A_RUN, BYTES_A_STORY, BYTES_A_THREAD, Memory, MemoryStore};

const BANDS: usize = 3;

/// A few hashes that many share, spread as hashes are.
fn hash(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn story(keys: u64) -> impl Strategy<Value = Story> {
    let seconds = prop::sample::select(vec![0, FACT, SAID, ITEM, 9 << 52]);
    let posting = (0..keys, seconds, any::<bool>());
    let posting = posting.prop_map(|(number, after, seed)| (hash(number), after, seed));
    let bands = prop::collection::vec((0..keys).prop_map(hash), BANDS);
    (bands, prop::collection::vec(posting, 0..6))
}

/// Stories, and how they are cut into chunks.
fn feed() -> impl Strategy<Value = (Vec<Story>, usize)> {
    (3..60u64).prop_flat_map(|keys| (prop::collection::vec(story(keys), 1..300), 1..90usize))
}

fn settings() -> SketchSettings {
    SketchSettings {
        bands: Bands {
            bands: BANDS,
            rows: 1,
        },
        ..SketchSettings::default()
    }
}

fn pushed(mut sketches: Sketches, (stories, cut): &(Vec<Story>, usize)) -> Sketches {
    for chunk in stories.chunks(*cut) {
        let chunk = SketchChunk::of(&settings(), chunk);
        sketches.push(chunk).unwrap();
    }
    sketches
}

/// Ranks that are no order of the input, some stories left out.
fn ranks(stories: usize) -> Vec<u32> {
    let mut by_hash: Vec<usize> = (0..stories).filter(|story| story % 7 != 3).collect();
    by_hash.sort_by_key(|&story| hash(story as u64 + 1));
    let mut ranks = vec![LEFT_OUT; stories];
    for (rank, story) in (0..).zip(by_hash) {
        ranks[story] = rank;
    }
    ranks
}

/// Candidates as lists, and the counts.
type Lists = ([Vec<Vec<u32>>; 3], u64, u64);

fn joined(sketches: &mut Sketches, ranks: &[u32], least: &[u32], threads: usize) -> Lists {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.unwrap().install(|| {
        let groups = join(sketches, ranks, Window::unbounded()).unwrap();
        let Proposed {
            likely,
            faint,
            retold,
            crowded,
        } = propose(&groups, least).unwrap();
        let lists = [likely, faint, retold].map(|of| {
            let lists = (0..of.stories() as u32).map(|rank| of.of(rank).to_vec());
            lists.collect()
        });
        (lists, crowded, groups.cut())
    })
}

/// The same by maps.
fn mapped((stories, _): &(Vec<Story>, usize), ranks: &[u32], least: &[u32]) -> Lists {
    let mut by_key: BTreeMap<(u64, u64), Vec<(u64, u32)>> = BTreeMap::new();
    let mut groups: Vec<(Kind, Vec<u32>)> = Vec::new();
    let mut cut = 0;
    let ranked = || {
        stories
            .iter()
            .zip(ranks)
            .filter(|(_, rank)| **rank != LEFT_OUT)
    };
    for ((_, postings), &rank) in ranked() {
        for &(hash, after, seed) in postings {
            // 48 bits of the hash, of which the lowest is the seed's.
            let first = hash >> 16 & !1 | u64::from(seed);
            by_key
                .entry((first, 0))
                .or_default()
                .push((after >> 52, rank));
        }
    }
    for ((first, _), mut run) in std::mem::take(&mut by_key) {
        run.sort_unstable();
        let least_second = run[0].0 << 52;
        let kind = match least_second {
            _ if first % 2 == 0 => Kind::Anchor,
            FACT => Kind::Fact,
            SAID => Kind::Said,
            ITEM => Kind::Band,
            _ => Kind::Seed,
        };
        let mut members: Vec<u32> = run.iter().map(|&(_, rank)| rank).collect();
        members.sort_unstable();
        members.dedup();
        if kind != Kind::Anchor || members.len() <= MAX_GROUP {
            groups.push((kind, members));
            continue;
        }
        for split in run.chunk_by(|x, y| x.0 == y.0) {
            let mut members: Vec<u32> = split.iter().map(|&(_, rank)| rank).collect();
            members.dedup();
            cut += u64::from(members.len() > MAX_GROUP);
            groups.push((kind, members));
        }
    }
    for band in 0..BANDS {
        for ((keys, _), &rank) in ranked() {
            let second = keys[(band + 1) % BANDS] >> 32;
            let key = (band as u64, keys[band]);
            by_key.entry(key).or_default().push((second, rank));
        }
    }
    for (_, mut run) in by_key {
        run.sort_unstable();
        let whole = run.len() <= MAX_GROUP;
        for split in run.chunk_by(|x, y| whole || x.0 == y.0) {
            let mut members: Vec<u32> = split.iter().map(|&(_, rank)| rank).collect();
            members.sort_unstable();
            cut += u64::from(members.len() > MAX_GROUP);
            groups.push((Kind::Band, members));
        }
    }
    let mut pairs: BTreeMap<u32, BTreeMap<u32, Shared>> = BTreeMap::new();
    for (kind, members) in groups {
        for (place, &member) in members.iter().enumerate() {
            for &leader in &members[..place.min(MAX_GROUP)] {
                let of = pairs.entry(member).or_default().entry(leader).or_default();
                add_shared(of, kind, members.len() as u32);
            }
        }
    }
    let mut lists = <[Vec<Vec<u32>>; 3]>::default();
    let mut crowded = 0;
    for rank in 0..least.len() as u32 {
        let shared = pairs.remove(&rank).unwrap_or_default();
        let mut found = Found::default();
        crowded += u64::from(keep(shared.into_iter(), rank as usize, least, &mut found));
        for (lists, found) in lists.iter_mut().zip(found) {
            let mut list: Vec<u32> = found.into_iter().map(|(other, _)| other).collect();
            list.sort_unstable();
            lists.push(list);
        }
    }
    (lists, crowded, cut)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn join_and_candidates_equal_those_of_maps_under_any_bound(
        feed in feed(),
        room in prop::sample::select(vec![1u64, 600, 5_000, 60_000]),
        threads in 1..4usize,
    ) {
        let ranks = ranks(feed.0.len());
        let ranked = ranks.iter().filter(|&&rank| rank != LEFT_OUT).count();
        let least: Vec<u32> = (0..ranked as u32).map(|rank| rank % 3 + 1).collect();
        let want = mapped(&feed, &ranks, &least);

        let mut unbounded = pushed(Sketches::new(), &feed);
        prop_assert_eq!(&joined(&mut unbounded, &ranks, &least, threads), &want);

        let store = Arc::new(MemoryStore::default());
        let least_room = room == 1;
        let room = BYTES_A_RUN + BYTES_A_THREAD + feed.0.len() as u64 * BYTES_A_STORY + room;
        let memory = Memory::within(room, 1, store.clone()).unless_needed();
        let mut bounded = pushed(Sketches::within(memory), &feed);
        prop_assert_eq!(&joined(&mut bounded, &ranks, &least, threads), &want);
        if feed.0.len() > 100 && least_room {
            prop_assert!(!store.is_empty(), "the test is to spill");
        }
    }
}

/// Numbers one after the other, as bytes.
fn bytes(numbers: &[u64], width: usize) -> impl Iterator<Item = u8> {
    let all = numbers
        .iter()
        .flat_map(move |number| number.to_le_bytes().into_iter().take(width));
    all.collect::<Vec<u8>>().into_iter()
}

proptest! {
    /// What no sketch has: two second keys of a band, members outside the range, heads of no kind, half a record.
    #[test]
    fn bytes_from_elsewhere_are_joined_and_proposed_somehow(
        bands in prop::collection::vec((0..2u64, 0..2u64, 0..3u64, 0..90u64, any::<bool>()), 0..300),
        groups in prop::collection::vec((0..8u64, 0..6u64, 0..5u64, prop::collection::vec(0..40u64, 0..9)), 0..30),
        range in 0..5u64, width in 0..12u64, window in prop::option::of(any::<u64>()), torn in 0..9usize,
    ) {
        let timed = window.is_some();
        let mut keys = Vec::new();
        for (key, band, second, number, late) in bands {
            keys.extend(bytes(&[key], 8).chain(bytes(&[band], 2)).chain(bytes(&[second], 4)));
            keys.extend(bytes(&[number << 8 | 1], 8));
            keys.extend(bytes(&[if late { i64::MAX as u64 } else { 7 }], if timed { 8 } else { 0 }));
        }
        let keys = &keys[torn.min(keys.len())..];
        let joined = join_bucket(&[(keys, keys)], window, width).unwrap();
        let mut words = Vec::new();
        for (kind, before, count, members) in groups {
            words.extend(bytes(&[count << 15 | before << 8 | 3 << 3 | kind], 4));
            for number in members {
                words.extend(bytes(&[number << 8 | 1], 8).chain(bytes(&[number], if timed { 8 } else { 0 })));
            }
        }
        let mut all: Vec<&[u8]> = joined.ranges.values().map(Vec::as_slice).collect();
        all.push(&words);
        propose_range(&all, range, window, width, |story, found, _| {
            let width = width.max(1);
            assert!(story / width >= range, "{story} is before the range");
            assert!(found.iter().all(|list| list.is_sorted() && list.iter().all(|&other| other <= story)));
        });
    }
}

#[test]
fn any_number_of_anchors_asks_for_some() {
    assert_eq!(least_shared(&settings(), 100_000, 400), 90);
    assert!(least_shared(&settings(), 100_000, u32::MAX) > 90);
}
