//! The join and the candidates piece by piece, for who spreads them over machines that share nothing.
//!
//! Enters: the keys of sketches, each story known by its [`Place`]. Keys go to buckets by their hash
//! ([`KeyBuckets`]); a bucket is joined alone, and its groups go to ranges of places ([`join_bucket`]); a range
//! proposes alone ([`propose_range`]). Leaves: the candidates that [`join`](super::join()) and
//! [`propose`](super::propose) find of all keys together, whatever the number of buckets and the width of
//! ranges. What passes between the steps is bytes, records of one width, that can be put together in any
//! order.

use std::collections::BTreeMap;

use super::groups::{Counts, propose_within};
use super::join::{Anchor, group_anchors, group_split, second};
use super::ranges::{self, Group, Kind, Sink};
use super::window::{UNKNOWN, Window};
use super::{MAX_GROUP, least_shared};
use crate::Error;
use crate::sketch::postings::first_key;
use crate::sketch::{Sketch, SketchSettings};

/// A story in the family order: its number, which grows with the order and may leave others out, and how
/// many anchors it must share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(u64);

/// Bits of a place for [`least_shared`], which is 230 at most.
const LEAST_BITS: u32 = 8;

impl Place {
    /// The greatest number of a story.
    pub const MOST: u64 = u64::MAX >> (LEAST_BITS + 1);

    /// The place of a story with this number, at most [`Place::MOST`], by its sketch.
    pub fn new(settings: &SketchSettings, number: u64, sketch: &Sketch) -> Self {
        let least = least_shared(settings, sketch.head.words, sketch.head.anchors);
        Self(number << LEAST_BITS | u64::from(least.min((1 << LEAST_BITS) - 1)))
    }

    /// The number of the story.
    pub fn number(self) -> u64 {
        self.0 >> LEAST_BITS
    }

    fn least(self) -> u32 {
        (self.0 % (1 << LEAST_BITS)) as u32
    }
}

/// A story in a group: its place, and its time if there is a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    place: Place,
    published: i64,
}

impl Member {
    fn write(self, timed: bool, out: &mut Vec<u8>) {
        out.extend(self.place.0.to_le_bytes());
        if timed {
            out.extend(self.published.to_le_bytes());
        }
    }

    /// Bytes of a member.
    fn width(timed: bool) -> usize {
        if timed { 16 } else { 8 }
    }
}

/// Reads numbers off the front of bytes; zeros behind their end.
struct Reading<'b>(&'b [u8]);

impl Reading<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *taken
    }

    fn member(&mut self, timed: bool) -> Member {
        Member {
            place: Place(u64::from_le_bytes(self.take())),
            published: if timed {
                i64::from_le_bytes(self.take())
            } else {
                UNKNOWN
            },
        }
    }
}

/// Keys of stories, apart by their hash: equal keys are in one bucket.
#[derive(Debug)]
pub struct KeyBuckets {
    buckets: Vec<KeyBucket>,
    timed: bool,
    bytes: usize,
}

/// The keys of one bucket, as bytes.
#[derive(Clone, Debug, Default)]
pub struct KeyBucket {
    /// Anchors and whatever else [`Sketch::postings`] has.
    pub postings: Vec<u8>,
    /// Keys of bands.
    pub bands: Vec<u8>,
}

impl KeyBuckets {
    /// So many empty buckets, at least one. `timed` says that there is a window.
    pub fn new(buckets: usize, timed: bool) -> Self {
        Self {
            buckets: vec![KeyBucket::default(); buckets.max(1)],
            timed,
            bytes: 0,
        }
    }

    /// Adds the keys of a story.
    pub fn push(&mut self, place: Place, published: Option<i64>, sketch: &Sketch) {
        let member = Member {
            place,
            published: published.unwrap_or(UNKNOWN),
        };
        let (count, timed) = (self.buckets.len(), self.timed);
        for &key in &sketch.postings {
            let out = &mut self.buckets[bucket(first_key(key), count)].postings;
            out.extend(key.to_le_bytes());
            member.write(timed, out);
        }
        let next = sketch.bands.iter().cycle().skip(1);
        for (band, (&key, &next)) in (0u16..).zip(sketch.bands.iter().zip(next)) {
            let out = &mut self.buckets[bucket(key, count)].bands;
            out.extend(key.to_le_bytes());
            out.extend(band.to_le_bytes());
            out.extend(second(next).to_le_bytes());
            member.write(timed, out);
        }
        let member = Member::width(timed);
        self.bytes += sketch.postings.len() * (8 + member) + sketch.bands.len() * (14 + member);
    }

    /// Bytes of all buckets.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Empties the buckets, and gives those that were not empty with their numbers.
    pub fn take(&mut self) -> impl Iterator<Item = (usize, KeyBucket)> {
        self.bytes = 0;
        let all = self.buckets.iter_mut().map(std::mem::take).enumerate();
        all.filter(|(_, bucket)| !bucket.postings.is_empty() || !bucket.bands.is_empty())
    }
}

/// The bucket of a key.
fn bucket(key: u64, count: usize) -> usize {
    let mixed = key.wrapping_mul(FACTOR);
    (u128::from(mixed ^ mixed >> 32).wrapping_mul(count as u128) >> 64) as usize
}

/// An odd number with about as many ones as zeros.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The groups of one bucket, by ranges.
#[derive(Debug, Default)]
pub struct Joined {
    /// Groups of the stories of each range, as bytes.
    pub ranges: BTreeMap<u64, Vec<u8>>,
    /// Groups that were cut: see [`Groups::cut`](super::Groups::cut).
    pub cut: u64,
}

/// Joins the keys of one bucket, which may come in several parts. Ranges have `width` numbers of stories;
/// `window` is that of [`Window::within`].
///
/// # Errors
/// None as yet; those of other joins.
pub fn join_bucket(
    parts: &[(&[u8], &[u8])],
    window: Option<u64>,
    width: u64,
) -> Result<Joined, Error> {
    let timed = window.is_some();
    let mut joined = Joined::default();
    let mut sink = Spreading {
        members: Vec::new(),
        window: Window::unbounded(),
        width: width.max(1),
        timed,
        words: Vec::new(),
        joined: &mut joined,
    };
    let mut ranks = Vec::new();

    let of_all = parts.iter().flat_map(|(postings, _)| {
        postings
            .chunks_exact(8 + Member::width(timed))
            .map(|record| {
                let mut record = Reading(record);
                (u64::from_le_bytes(record.take()), record.member(timed))
            })
    });
    let mut postings: Vec<(u64, Member)> = of_all.collect();
    postings.sort_unstable();
    postings.dedup();
    let mut anchors = Vec::new();
    for run in postings.chunk_by(|x, y| first_key(x.0) == first_key(y.0)) {
        if run.len() < 2 {
            continue;
        }
        sink.begin(run.iter().map(|&(_, member)| member), window);
        anchors.clear();
        anchors.extend(run.iter().map(|&(key, member)| Anchor {
            key,
            rank: rank_of(&sink.members, member),
        }));
        group_anchors(&anchors, &mut ranks, &mut sink)?;
    }
    drop(postings);

    let of_all = parts.iter().flat_map(|(_, bands)| {
        bands.chunks_exact(14 + Member::width(timed)).map(|record| {
            let mut record = Reading(record);
            let key = u64::from_le_bytes(record.take());
            let band = u16::from_le_bytes(record.take());
            let second = u32::from_le_bytes(record.take());
            ((key, band), record.member(timed), second)
        })
    });
    let mut bands: Vec<((u64, u16), Member, u32)> = of_all.collect();
    bands.sort_unstable();
    // A story has one key of a band; of several, which are no sketch's, the first holds.
    bands.dedup_by_key(|&mut (key, member, _)| (key, member));
    for run in bands.chunk_by(|x, y| x.0 == y.0) {
        if run.len() < 2 {
            continue;
        }
        sink.begin(run.iter().map(|&(_, member, _)| member), window);
        if run.len() <= MAX_GROUP {
            ranks.clear();
            ranks.extend(0..run.len() as u32);
            sink.add(Kind::Band, &ranks)?;
            continue;
        }
        let seconds = run.iter().map(|&(.., second)| second);
        let mut group: Vec<(u32, u32)> = seconds.zip(0..).collect();
        group.sort_unstable();
        group_split(&group, &mut ranks, &mut sink)?;
    }
    Ok(joined)
}

/// The rank of one of `members`, ascending.
fn rank_of(members: &[Member], member: Member) -> u32 {
    members.partition_point(|other| *other < member) as u32
}

/// Takes the groups of the stories that share a first key, who are ranked among themselves.
struct Spreading<'j> {
    members: Vec<Member>,
    window: Window,
    width: u64,
    timed: bool,
    words: Vec<u32>,
    joined: &'j mut Joined,
}

impl Spreading<'_> {
    /// Begins with the stories of a key.
    fn begin(&mut self, members: impl Iterator<Item = Member>, window: Option<u64>) {
        self.members.clear();
        self.members.extend(members);
        self.members.sort_unstable();
        self.members.dedup();
        if let Some(seconds) = window {
            self.window = windowed(seconds, &self.members);
        }
    }
}

/// The window among ranked stories.
fn windowed(seconds: u64, members: &[Member]) -> Window {
    let times = members.iter().map(|member| member.published);
    Window::within(
        seconds,
        times.map(|time| Some(time).filter(|&time| time != UNKNOWN)),
    )
}

impl Sink for Spreading<'_> {
    fn add(&mut self, kind: Kind, ranks: &[u32]) -> Result<(), Error> {
        let Self {
            members,
            window,
            width,
            timed,
            words,
            joined,
        } = self;
        let member = |rank: u32| members[rank as usize];
        window.parts(ranks, |part| {
            if part.len() < 2 {
                return Ok(());
            }
            Group::of(kind, part).each_range(
                |rank| member(rank).place.number() / *width,
                |range, group, part| {
                    words.clear();
                    group.write(part, words);
                    let out = joined.ranges.entry(range).or_default();
                    for (head, group) in ranges::groups(words) {
                        out.extend(words[head].to_le_bytes());
                        for &rank in group.ranks() {
                            member(rank).write(*timed, out);
                        }
                    }
                },
            );
            Ok(())
        })
    }

    fn count_cut(&mut self) {
        self.joined.cut += 1;
    }
}

/// Gives `each` the candidates of every story of a range that has any, by their numbers: its likely, faint and
/// retold ones, ascending, and whether there were more. `groups` are all that the buckets have of the range;
/// bytes that are no groups propose something or nothing.
pub fn propose_range(
    groups: &[&[u8]],
    range: u64,
    window: Option<u64>,
    width: u64,
    mut each: impl FnMut(u64, [&[u64]; 3], bool),
) {
    let (timed, width) = (window.is_some(), width.max(1));
    let mut members: Vec<Member> = Vec::new();
    each_group(groups, timed, |_, group| members.extend(group));
    members.sort_unstable();
    members.dedup();
    let mut words = Vec::new();
    each_group(groups, timed, |head, group| {
        words.push(head);
        words.extend(group.map(|member| rank_of(&members, member)));
    });
    let least: Vec<u32> = members.iter().map(|member| member.place.least()).collect();
    let window = window.map_or_else(Window::unbounded, |seconds| windowed(seconds, &members));
    let first = members.partition_point(|member| member.place.number() / width < range);
    let number = |rank: u32| members[rank as usize].place.number();
    let mut lists = <[Vec<u64>; 3]>::default();
    propose_within(
        &words,
        first..members.len(),
        &least,
        &window,
        &mut Counts::default(),
        |rank, found, crowded| {
            for (list, found) in lists.iter_mut().zip(found) {
                list.clear();
                list.extend(found.iter().map(|&(other, _)| number(other)));
                list.sort_unstable();
            }
            if lists.iter().any(|list| !list.is_empty()) {
                each(
                    number(rank as u32),
                    lists.each_ref().map(Vec::as_slice),
                    crowded,
                );
            }
        },
    );
}

/// Gives `each` the head and the members of every group.
fn each_group(
    groups: &[&[u8]],
    timed: bool,
    mut each: impl FnMut(u32, &mut dyn Iterator<Item = Member>),
) {
    for part in groups {
        let mut rest = Reading(part);
        while !rest.0.is_empty() {
            let head = u32::from_le_bytes(rest.take());
            let count = Group::ranks_of(head);
            each(head, &mut (0..count).map(|_| rest.member(timed)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candidate::{Proposed, join, propose};
    use crate::normalize::Matcher;
    use crate::sketch::Sketcher;
    use crate::{About, Settings, Story, sketch_stories};

    const WORDS: [&str; 24] = [
        "ferry",
        "Orlemond",
        "sails",
        "noon",
        "port",
        "Kelm",
        "Friday",
        "frost",
        "orchards",
        "Pellworth",
        "blossom",
        "Sunday",
        "Vantour",
        "growers",
        "trees",
        "May",
        "Brackwater",
        "points",
        "morning",
        "museum",
        "Tarn",
        "roof",
        "bridge",
        "Marre",
    ];

    /// The candidates of every story by its rank.
    type Lists = Vec<[Vec<u64>; 3]>;

    fn whole(texts: &[(String, Story<'_>)], settings: &Settings) -> (Lists, u64) {
        let mut sketches = sketch_stories(texts, &Matcher::default(), settings).unwrap();
        let ranks: Vec<u32> = (0..texts.len() as u32).collect();
        let window = settings.window.map_or_else(Window::unbounded, |seconds| {
            Window::within(
                seconds,
                texts.iter().map(|(_, story)| story.about.published),
            )
        });
        let sketch = settings.sketch();
        let least = (0..texts.len())
            .map(|story| least_shared(&sketch, sketches.words[story], sketches.anchors[story]));
        let least: Vec<u32> = least.collect();
        let groups = join(&mut sketches, &ranks, window).unwrap();
        let Proposed {
            likely,
            faint,
            retold,
            ..
        } = propose(&groups, &least).unwrap();
        let lists = ranks.iter().map(|&rank| {
            [&likely, &faint, &retold].map(|of| of.of(rank).iter().map(|&r| r.into()).collect())
        });
        (lists.collect(), groups.cut())
    }

    fn in_pieces(
        texts: &[(String, Story<'_>)],
        settings: &Settings,
        (buckets, width, gap): (usize, u64, u64),
    ) -> (Lists, u64) {
        let (matcher, sketch_settings) = (Matcher::default(), settings.sketch());
        let mut sketcher = Sketcher::new(&sketch_settings, &matcher);
        let timed = settings.window.is_some();
        // Two machines, each with half of the stories.
        let mut machines = [(); 2].map(|()| KeyBuckets::new(buckets, timed));
        let mut sketch = Sketch::default();
        for (rank, (_, story)) in texts.iter().enumerate() {
            sketcher.sketch_alone(*story, &mut sketch);
            let place = Place::new(&sketch_settings, rank as u64 * gap, &sketch);
            machines[rank % 2].push(place, story.about.published, &sketch);
        }
        let mut parts: BTreeMap<usize, Vec<KeyBucket>> = BTreeMap::new();
        for machine in machines.iter_mut().rev() {
            assert!(machine.bytes() > 0 || texts.len() < 2);
            for (number, bucket) in machine.take() {
                parts.entry(number).or_default().push(bucket);
            }
        }
        let mut ranges: BTreeMap<u64, Vec<Vec<u8>>> = BTreeMap::new();
        let mut cut = 0;
        for parts in parts.values() {
            let parts: Vec<(&[u8], &[u8])> = parts
                .iter()
                .map(|part| (&*part.postings, &*part.bands))
                .collect();
            let joined = join_bucket(&parts, settings.window, width).unwrap();
            cut += joined.cut;
            for (range, bytes) in joined.ranges {
                ranges.entry(range).or_default().push(bytes);
            }
        }
        let mut lists = vec![<[Vec<u64>; 3]>::default(); texts.len()];
        for (range, groups) in ranges {
            let groups: Vec<&[u8]> = groups.iter().map(Vec::as_slice).collect();
            propose_range(&groups, range, settings.window, width, |story, found, _| {
                let ranks = found.map(|list| list.iter().map(|number| number / gap).collect());
                lists[(story / gap) as usize] = ranks;
            });
        }
        (lists, cut)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn pieces_propose_what_the_whole_does(
            // Few openings and few endings: groups of all sizes, the largest cut.
            stories in prop::collection::vec((0..4usize, 0..6usize, 0..24usize, prop::option::weighted(0.9, 0..90i64)), 1..260),
            buckets in 1..9usize, width in 1..400u64, gap in prop::sample::select(vec![1u64, 3, 1 << 33]),
            window in prop::option::of(1..40u64),
        ) {
            let texts: Vec<String> = stories.iter().enumerate().map(|(number, &(opening, ending, own, _))| {
                let run = |from: usize, count| (0..count).map(move |at| WORDS[(from + at * (1 + from % 3)) % 24]);
                let words: Vec<&str> = run(opening * 5, 14).chain(run(own, 4)).chain(run(ending * 4 + 1, 9)).collect();
                format!("{} {number}", words.join(" "))
            }).collect();
            let feed: Vec<(String, Story<'_>)> = texts.iter().zip(&stories).enumerate().map(|(number, (text, story))| {
                let about = About { published: story.3, ..About::default() };
                (number.to_string(), Story { text, about, ..Story::default() })
            }).collect();
            let settings = Settings { window, ..Settings::default() };
            prop_assert_eq!(in_pieces(&feed, &settings, (buckets, width, gap)), whole(&feed, &settings));
        }
    }
}
