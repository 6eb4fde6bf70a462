//! The families of an outcome, with what the records of their stories say.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;
use wirefold::relation::Relation;
use wirefold::{Decision, Error, StoryBuffer, TextSource};

/// Stories that one task reads.
const READ_AT_ONCE: usize = 1024;

/// One story of a family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Its number.
    pub(crate) story: u32,
    /// The number of its source among [`Families::sources`].
    pub(crate) source: u32,
    /// See [`wirefold::About::published`].
    pub(crate) published: Option<i64>,
    /// Bytes of title and text.
    pub(crate) bytes: u64,
}

/// All families, those of one story only where they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Families {
    /// The stories family by family, the leader of each first, the others in input order.
    members: Vec<Member>,
    ends: Vec<usize>,
    /// Names of sources; the first is that of records without one.
    pub(crate) sources: Vec<String>,
}

/// One family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family<'f> {
    pub(crate) members: &'f [Member],
    decisions: &'f [Decision],
}

/// How many stories of families there are in some part of them, and how many of these are removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) stories: u64,
    pub(crate) removed: u64,
}

impl Families {
    /// Reads the stories of the families that have so many at least. Work runs on the current rayon pool.
    pub(crate) fn read<S: TextSource + ?Sized>(
        source: &S,
        decisions: &[Decision],
        least: u32,
    ) -> Result<Self, Error> {
        let mut size = vec![0u32; decisions.len()];
        for decision in decisions {
            size[decision.cluster as usize] += 1;
        }
        let mut stories: Vec<(u32, u32)> = (0u32..)
            .zip(decisions)
            .filter(|(_, decision)| size[decision.cluster as usize] >= least)
            .map(|(story, decision)| (decision.cluster, story))
            .collect();
        stories.sort_unstable_by_key(|&(cluster, story)| (cluster, story != cluster, story));
        let read: Result<Vec<_>, Error> = stories
            .par_chunks(READ_AT_ONCE)
            .map(|stories| read(source, stories))
            .collect();
        let mut families = Self {
            sources: vec![String::new()],
            ..Self::default()
        };
        let mut numbers = HashMap::from([(String::new(), 0u32)]);
        for (members, names) in read? {
            let here: Vec<u32> = names
                .into_iter()
                .map(|name| {
                    let next = families.sources.len() as u32;
                    *numbers.entry(name).or_insert_with_key(|name| {
                        families.sources.push(name.clone());
                        next
                    })
                })
                .collect();
            families
                .members
                .extend(members.into_iter().map(|member| Member {
                    source: here[member.source as usize],
                    ..member
                }));
        }
        let runs = stories.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len);
        families.ends = runs
            .scan(0, |end, len| {
                *end += len;
                Some(*end)
            })
            .collect();
        Ok(families)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of stories of each.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).map(|number| self.range(number).len())
    }

    /// Bytes of title and text of the removed stories.
    pub(crate) fn saved(&self, decisions: &[Decision]) -> u64 {
        let families = (0..self.len()).map(|number| self.get(number, decisions));
        families.map(|family| family.saved()).sum()
    }

    /// One of them; `decisions` are those that they were read from.
    pub(crate) fn get<'f>(&'f self, number: usize, decisions: &'f [Decision]) -> Family<'f> {
        let range = self.range(number);
        Family {
            members: &self.members[range],
            decisions,
        }
    }

    fn range(&self, number: usize) -> Range<usize> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[number]
    }

    /// The shares of sources and of days that have most stories of families, `most` at most: sources from
    /// the largest on, days in their order.
    pub(crate) fn shares(&self, decisions: &[Decision], most: usize) -> (Shares<u32>, Shares<i64>) {
        let mut sources: BTreeMap<u32, Share> = BTreeMap::new();
        let mut days: BTreeMap<i64, Share> = BTreeMap::new();
        for member in &self.members {
            let removed = !decisions[member.story as usize].kept;
            sources.entry(member.source).or_default().add(removed);
            if let Some(published) = member.published {
                let day = published.div_euclid(DAY);
                days.entry(day).or_default().add(removed);
            }
        }
        let mut days = largest(days, most);
        days.sort_unstable_by_key(|&(day, _)| day);
        (largest(sources, most), days)
    }
}

/// Shares of sources by their numbers, or of days.
type Shares<K> = Vec<(K, Share)>;

/// Seconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60;

impl Share {
    fn add(&mut self, removed: bool) {
        self.stories += 1;
        self.removed += u64::from(removed);
    }
}

/// Those with most stories, from the largest on.
fn largest<K: Ord + Copy>(shares: BTreeMap<K, Share>, most: usize) -> Vec<(K, Share)> {
    let mut shares: Vec<(K, Share)> = shares.into_iter().collect();
    shares.sort_unstable_by_key(|&(key, share)| (std::cmp::Reverse(share.stories), key));
    shares.truncate(most);
    shares
}

/// Members with the numbers of their sources among the names beside them.
fn read<S: TextSource + ?Sized>(
    source: &S,
    stories: &[(u32, u32)],
) -> Result<(Vec<Member>, Vec<String>), Error> {
    let mut buffer = StoryBuffer::default();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut names = Vec::new();
    let members: Result<Vec<Member>, Error> = stories
        .iter()
        .map(|&(_, story)| {
            source.read(story, &mut buffer)?;
            let number = if let Some(&number) = numbers.get(&buffer.source) {
                number
            } else {
                let next = names.len() as u32;
                names.push(buffer.source.clone());
                numbers.insert(buffer.source.clone(), next);
                next
            };
            Ok(Member {
                story,
                source: number,
                published: buffer.published,
                bytes: (buffer.title.len() + buffer.text.len()) as u64,
            })
        })
        .collect();
    Ok((members?, names))
}

impl Family<'_> {
    pub(crate) fn decision(&self, member: &Member) -> &Decision {
        &self.decisions[member.story as usize]
    }

    /// The story that leads the family.
    pub(crate) fn lead(&self) -> u32 {
        self.members[0].story
    }

    pub(crate) fn kept(&self) -> usize {
        let kept = |member: &&Member| self.decision(member).kept;
        self.members.iter().filter(kept).count()
    }

    /// How many sources it has; those without a name count as one.
    pub(crate) fn sources(&self) -> usize {
        let sources: HashSet<u32> = self.members.iter().map(|member| member.source).collect();
        sources.len()
    }

    /// When its first and its last story were published, if times are known.
    pub(crate) fn times(&self) -> Option<(i64, i64)> {
        let times = || self.members.iter().filter_map(|member| member.published);
        times().min().zip(times().max())
    }

    /// Bytes of title and text of the removed stories.
    pub(crate) fn saved(&self) -> u64 {
        let removed = self.members.iter().filter(|m| !self.decision(m).kept);
        removed.map(|member| member.bytes).sum()
    }

    /// How alike the removed story is to the kept one that is least so: the greater of Jaccard similarity
    /// and containment.
    pub(crate) fn least_alike(&self) -> Option<f64> {
        let removed = self.members.iter().map(|member| self.decision(member));
        let links = removed.filter(|decision| !decision.kept);
        let alike = links.filter_map(|decision| decision.link);
        alike
            .map(|link| link.jaccard.max(link.containment))
            .min_by(f64::total_cmp)
    }

    /// How alike the two are that are most so.
    pub(crate) fn most_alike(&self) -> Option<f64> {
        let links = self.members.iter().filter_map(|m| self.decision(m).link);
        let alike = links.map(|link| link.jaccard.max(link.containment));
        alike.max_by(f64::total_cmp)
    }

    /// The relations that hold it together, as bits in the order of [`Relation::ALL`].
    pub(crate) fn relations(&self) -> u32 {
        let links = self.members.iter().filter_map(|m| self.decision(m).link);
        let bit = |relation| Relation::ALL.iter().position(|&known| known == relation);
        links
            .filter_map(|link| bit(link.relation))
            .fold(0, |bits, bit| bits | 1 << bit)
    }
}
