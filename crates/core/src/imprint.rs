//! What the record of a story says beside its words, as columns: by whom and when it was published,
//! which version it is, and whether it may be published at all.

use std::collections::HashMap;

use crate::story::{About, Story};
use crate::tokenize::Hasher;
use crate::version::{Version, withdraws};

/// Whose part in a family a story may take: it leads, and removes, none that comes before its own
/// standing here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// May be published.
    #[default]
    Public,
    /// Not before its time.
    Embargoed,
    /// Takes an item back. Such notices are never removed.
    Notice,
    /// A version of an item that was taken back.
    Withdrawn,
}

/// Statuses of a record that takes its item back, after the scheme ("stat:canceled"), in lower case.
const TAKES_BACK: &[&str] = &[
    "canceled",
    "cancelled",
    "deleted",
    "kill",
    "killed",
    "retracted",
    "withdrawn",
    "withheld",
];

/// Whether the status of a record, such as `canceled` or `stat:withheld`, takes its item back.
///
/// Canceled, deleted, killed, retracted, withdrawn and withheld items are; a scheme before the status
/// and its case do not matter.
pub fn takes_back(status: &str) -> bool {
    let bare = status.rsplit([':', '/']).next().unwrap_or_default();
    TAKES_BACK.contains(&bare.trim().to_lowercase().as_str())
}

impl Standing {
    /// The standing of a story at `now`, as its own record and its headline have it.
    pub(crate) fn of(story: Story<'_>, now: Option<i64>) -> Self {
        if story.about.status.is_some_and(takes_back) || withdraws(story) {
            return Self::Notice;
        }
        let embargoed = (story.about.embargo.zip(now)).is_some_and(|(until, now)| now < until);
        if embargoed {
            Self::Embargoed
        } else {
            Self::Public
        }
    }

    /// All standings, the first ones first.
    pub(crate) const ALL: [Self; 4] =
        [Self::Public, Self::Embargoed, Self::Notice, Self::Withdrawn];

    /// Whether a story of this standing may remove one of `other` standing.
    pub(crate) fn may_remove(self, other: Self) -> bool {
        self <= other && other != Self::Notice
    }
}

/// Who published a story, when, and which version of its item it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imprint {
    pub(crate) published: Option<i64>,
    /// See [`source_hash`]; of no source, that of an empty one.
    pub(crate) source: u64,
    /// The record's number of the version, then what the headline says.
    pub(crate) version: (u64, Version),
}

impl Imprint {
    pub(crate) fn of(hasher: &Hasher, story: Story<'_>) -> Self {
        let About {
            source,
            published,
            version,
            ..
        } = story.about;
        Self {
            published,
            source: source_hash(hasher, source.unwrap_or_default()),
            version: (version.unwrap_or_default(), Version::of(story)),
        }
    }
}

/// What a source's name is known by, whatever its case and the spaces round it.
pub(crate) fn source_hash(hasher: &Hasher, source: &str) -> u64 {
    hasher.text(&source.trim().to_lowercase()) as u64
}

/// What numbers a story as a version of an item, which has an id, a slug or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Hash of the source and of the item's id.
    pub item: Option<u64>,
    /// Hash of the source and of the item's slug.
    pub slug: Option<u64>,
    /// The number of the version.
    pub number: u64,
    /// See [`About::published`].
    pub published: Option<i64>,
}

/// Slugs come again: two stories with one are versions of one item if no more seconds are between
/// them.
const WITHIN_SECONDS: u64 = 24 * 60 * 60;

impl Edition {
    /// The hashes that name the item, the id's before the slug's.
    pub fn names(&self) -> impl Iterator<Item = u64> + use<> {
        self.item.into_iter().chain(self.slug)
    }

    /// Whether both are versions of one item: by its id, or by its slug within a day.
    pub(crate) fn is_of_item(&self, other: &Self) -> bool {
        let same = |(name, other)| name == other;
        let apart = self.published.zip(other.published);
        self.item.zip(other.item).is_some_and(same)
            || self.slug.zip(other.slug).is_some_and(same)
                && apart.is_none_or(|(a, b)| a.abs_diff(b) <= WITHIN_SECONDS)
    }

    /// Whether a notice with this number takes back `other`, which is not a notice.
    pub(crate) fn takes_back(&self, other: &Self) -> bool {
        self.number >= other.number && self.is_of_item(other)
    }
}

/// The imprints of consecutive stories. Most stories are public and of no numbered item: of what is
/// rare only those are held that have it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imprints {
    /// One a story, if the settings ask for them, else none.
    all: Vec<Imprint>,
    /// Stories that are not public.
    apart: Vec<(u32, Standing)>,
    /// Stories that their records number as versions of an item.
    editions: Vec<(u32, Edition)>,
}

impl Imprints {
    /// Appends story `number`, which is `edition` of its item; its imprint only if it is `wanted`.
    pub(crate) fn push(
        &mut self,
        hasher: &Hasher,
        number: u32,
        story: Story<'_>,
        edition: Option<Edition>,
        wanted: bool,
        now: Option<i64>,
    ) {
        if wanted {
            self.all.push(Imprint::of(hasher, story));
        }
        let standing = Standing::of(story, now);
        if standing != Standing::Public {
            self.apart.push((number, standing));
        }
        self.editions
            .extend(edition.map(|edition| (number, edition)));
    }

    /// What is held of the only story that is here, which is removed: its standing by its own record,
    /// and its edition.
    pub(crate) fn take_only(&mut self) -> (Standing, Option<Edition>) {
        self.all.clear();
        let standing = self.apart.pop().map(|(_, standing)| standing);
        let edition = self.editions.pop().map(|(_, edition)| edition);
        (standing.unwrap_or_default(), edition)
    }

    /// Appends those of another chunk, whose first story becomes number `base`.
    pub(crate) fn append(&mut self, base: u32, mut other: Self) {
        self.all.append(&mut other.all);
        let apart = other.apart.into_iter();
        self.apart
            .extend(apart.map(|(story, standing)| (base + story, standing)));
        let editions = other.editions.into_iter();
        self.editions
            .extend(editions.map(|(story, edition)| (base + story, edition)));
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        let bytes =
            size_of_val(&*self.all) + size_of_val(&*self.apart) + size_of_val(&*self.editions);
        bytes as u64
    }

    /// The imprint of a story; that of a record that says nothing, if none are held.
    pub(crate) fn of(&self, story: u32) -> Imprint {
        self.all.get(story as usize).copied().unwrap_or_default()
    }

    /// The standings of all stories, given those of each by its own record: a notice takes back the
    /// earlier versions of its item too.
    pub(crate) fn standings(&self) -> Standings {
        let mut apart = self.apart.clone();
        let notice = |story| standing_of(&self.apart, story) == Standing::Notice;
        let withdrawn = taken_back(&self.editions, notice);
        let withdrawn = withdrawn.into_iter();
        apart.extend(withdrawn.map(|story| (story, Standing::Withdrawn)));
        // Of two standings of one story the last counts, which is the greater.
        apart.sort_unstable();
        Standings { apart }
    }
}

/// The stories that a notice takes back, of these versions of items.
pub(crate) fn taken_back(editions: &[(u32, Edition)], notice: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut notices: HashMap<u64, Vec<Edition>> = HashMap::new();
    for &(story, edition) in editions {
        if notice(story) {
            for name in edition.names() {
                notices.entry(name).or_default().push(edition);
            }
        }
    }
    let taken_back = |(story, edition): &(u32, Edition)| {
        let named = edition.names().filter_map(|name| notices.get(&name));
        let mut of_item = named.flatten();
        let by_any = !notice(*story) && of_item.any(|notice| notice.takes_back(edition));
        by_any.then_some(*story)
    };
    editions.iter().filter_map(taken_back).collect()
}

/// The standing of each story.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standings {
    /// Stories that are not public, ascending.
    apart: Vec<(u32, Standing)>,
}

impl Standings {
    /// The standings of consecutive stories.
    pub(crate) fn from_all(all: impl IntoIterator<Item = Standing>) -> Self {
        let apart = (0..).zip(all);
        Self {
            apart: apart
                .filter(|&(_, standing)| standing != Standing::Public)
                .collect(),
        }
    }

    /// The standing of a story.
    pub(crate) fn of(&self, story: u32) -> Standing {
        standing_of(&self.apart, story)
    }
}

/// The last standing of `story` among those of `apart`, ascending.
fn standing_of(apart: &[(u32, Standing)], story: u32) -> Standing {
    let behind = apart.partition_point(|&(other, _)| other <= story);
    let last = apart[..behind].last().filter(|last| last.0 == story);
    last.map_or(Standing::Public, |last| last.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story<'a>(title: &'a str, about: About<'a>) -> Story<'a> {
        Story {
            title: Some(title),
            text: "The ferry waits.",
            about,
        }
    }

    fn with_status(status: &str) -> Standing {
        let about = About {
            status: Some(status),
            ..About::default()
        };
        Standing::of(story("Ferry waits", about), None)
    }

    #[test]
    fn standings_by_status_and_headline() {
        for status in [
            "stat:canceled",
            "Withheld",
            "http://cv.iptc.org/newscodes/pubstatusg2/canceled",
        ] {
            assert_eq!(with_status(status), Standing::Notice, "{status}");
        }
        for status in ["usable", "stat:usable", "", "kills three"] {
            assert_eq!(with_status(status), Standing::Public, "{status}");
        }
        let headed = |title| Standing::of(story(title, About::default()), None);
        assert_eq!(headed("WITHDRAWN-Ferry waits"), Standing::Notice);
        assert_eq!(
            headed("UPDATE 1-STORY WITHDRAWN-Ferry waits"),
            Standing::Notice
        );
        assert_eq!(headed("Withdrawn ferry waits"), Standing::Public);
    }

    #[test]
    fn an_embargo_ends() {
        let about = About {
            embargo: Some(100),
            ..About::default()
        };
        let at = |now| Standing::of(story("Ferry waits", about), now);
        assert_eq!(at(Some(99)), Standing::Embargoed);
        assert_eq!(at(Some(100)), Standing::Public);
        assert_eq!(at(None), Standing::Public);
    }

    #[test]
    fn who_may_remove_whom() {
        use Standing::{Embargoed, Notice, Public, Withdrawn};
        let all = [Public, Embargoed, Notice, Withdrawn];
        let may: Vec<(Standing, Standing)> = all
            .iter()
            .flat_map(|&by| all.map(|of| (by, of)))
            .filter(|&(by, of)| by.may_remove(of))
            .collect();
        let wanted = [
            (Public, Public),
            (Public, Embargoed),
            (Public, Withdrawn),
            (Embargoed, Embargoed),
            (Embargoed, Withdrawn),
            (Notice, Withdrawn),
            (Withdrawn, Withdrawn),
        ];
        assert_eq!(may, wanted);
    }

    #[test]
    fn a_notice_takes_back_earlier_versions() {
        let hasher = Hasher::default();
        let day = 86_400;
        let about = |item, slug, version, status, published| About {
            item,
            slug,
            version: Some(version),
            status,
            published: Some(published),
            ..About::default()
        };
        let (slug, id) = (Some("ferry"), Some("urn:7"));
        let stories = [
            about(None, slug, 1, None, 0),
            about(None, slug, 2, Some("canceled"), 600),
            about(None, slug, 3, None, 1200),
            // Another day's item of the same slug.
            about(None, slug, 1, None, 3 * day),
            // A notice that has the id alone, and its item with a slug, days before.
            about(id, None, 2, Some("canceled"), 9 * day),
            about(id, slug, 1, None, 5 * day),
            // Another item of the slug, on the day of the notice.
            about(Some("urn:8"), slug, 1, None, 9 * day),
        ];
        let mut all = Imprints::default();
        for (number, about) in (0..).zip(stories) {
            // Each a chunk of its own.
            let mut one = Imprints::default();
            let (edition, story) = (about.edition(&hasher), story("Ferry waits", about));
            one.push(&hasher, 0, story, edition, false, None);
            all.append(number, one);
        }
        let standings = all.standings();
        let found: Vec<Standing> = (0..7).map(|number| standings.of(number)).collect();
        assert_eq!(
            found,
            [
                Standing::Withdrawn,
                Standing::Notice,
                Standing::Public,
                Standing::Public,
                Standing::Notice,
                Standing::Withdrawn,
                Standing::Public,
            ]
        );
    }
}
