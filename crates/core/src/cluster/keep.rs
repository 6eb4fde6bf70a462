//! Policies of keeping: which story of a family comes before the others.

use std::cmp::{Ordering, Reverse};

use crate::Error;
use crate::imprint::{Imprint, source_hash};
use crate::tokenize::Hasher;

/// Which story of a family is its representative, and comes first when copies are removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The one with the most words; ties by content hash, equal texts by id.
    #[default]
    Longest,
    /// The one that comes first in the input.
    First,
    /// The one that was published first; those of unknown time come last.
    Earliest,
    /// The one that was published last; those of unknown time come last.
    Latest,
    /// The one with the greatest number of version in its record, then by the marks of its headline
    /// ("UPDATE 2-"); without either it is version 0.
    LatestVersion,
    /// The one of the source that stands first in this list; those of other sources come last. Case
    /// and the spaces round a name do not matter.
    Prefer(Vec<String>),
}

/// The names of the policies in a list.
const NAMES: &str = "longest, first, earliest, latest, latest-version, prefer:SOURCE,…";

impl Keep {
    /// The policies of a list such as `latest-version,prefer:Northwire,Kelm Courier,longest`: names
    /// set apart by commas. What stands behind `prefer:` up to the next policy's name are sources.
    ///
    /// # Errors
    /// [`Error::Setting`] names what is no policy.
    ///
    /// ```
    /// use wirefold::Keep;
    /// let keep = Keep::list("prefer:Northwire, Kelm Courier, earliest")?;
    /// let sources = vec!["Northwire".to_owned(), "Kelm Courier".to_owned()];
    /// assert_eq!(keep, [Keep::Prefer(sources), Keep::Earliest]);
    /// # Ok::<(), wirefold::Error>(())
    /// ```
    pub fn list(text: &str) -> Result<Vec<Self>, Error> {
        let refused = |value: &str| Error::Setting {
            name: "keep",
            value: format!("{value:?}"),
            range: NAMES,
        };
        let mut policies: Vec<Self> = Vec::new();
        for item in text.split(',').map(str::trim) {
            let policy = match item {
                "longest" => Self::Longest,
                "first" => Self::First,
                "earliest" => Self::Earliest,
                "latest" => Self::Latest,
                "latest-version" => Self::LatestVersion,
                _ => match (item.strip_prefix("prefer:"), policies.last_mut()) {
                    (Some(source), _) if !source.trim().is_empty() => {
                        Self::Prefer(vec![source.trim().to_owned()])
                    }
                    (None, Some(Self::Prefer(sources))) if !item.is_empty() => {
                        sources.push(item.to_owned());
                        continue;
                    }
                    _ => return Err(refused(item)),
                },
            };
            policies.push(policy);
        }
        Ok(policies)
    }

    /// Whether the policy asks for what records say of their stories.
    pub(crate) fn asks_for_imprints(&self) -> bool {
        !matches!(self, Self::Longest | Self::First)
    }
}

/// What policies look at in one story.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) number: i64,
    pub(crate) words: u32,
    pub(crate) imprint: Imprint,
}

/// A list of policies made ready for comparing stories.
#[derive(Debug)]
pub(crate) struct Policies<'k> {
    /// Each with the hashes of the sources that it names.
    policies: Vec<(&'k Keep, Vec<u64>)>,
}

impl<'k> Policies<'k> {
    pub(crate) fn new(hasher: &Hasher, keep: &'k [Keep]) -> Self {
        let sources = |policy: &Keep| match policy {
            Keep::Prefer(sources) => sources
                .iter()
                .map(|source| source_hash(hasher, source))
                .collect(),
            _ => Vec::new(),
        };
        let policies = keep.iter().map(|policy| (policy, sources(policy)));
        Self {
            policies: policies.collect(),
        }
    }

    /// Which of two stories comes first; what all policies leave open is decided by length.
    pub(crate) fn compare(&self, a: &Candidate, b: &Candidate) -> Ordering {
        let longest = |a: &Candidate, b: &Candidate| Reverse(a.words).cmp(&Reverse(b.words));
        let open = self.policies.iter().map(|(policy, sources)| match policy {
            Keep::Longest => longest(a, b),
            Keep::First => a.number.cmp(&b.number),
            Keep::Earliest => {
                let time = |x: &Candidate| x.imprint.published.map_or((1, 0), |time| (0, time));
                time(a).cmp(&time(b))
            }
            // None is less than any time.
            Keep::Latest => b.imprint.published.cmp(&a.imprint.published),
            Keep::LatestVersion => b.imprint.version.cmp(&a.imprint.version),
            Keep::Prefer(_) => place(sources, a).cmp(&place(sources, b)),
        });
        let decided = open.into_iter().find(|order| order.is_ne());
        decided.unwrap_or_else(|| longest(a, b))
    }

    /// Appends bytes that are less than those of another story if it comes after this one, and equal if
    /// [`Policies::compare`] leaves the two open: an order for who can compare bytes alone.
    pub(crate) fn key(&self, story: &Candidate, out: &mut Vec<u8>) {
        let time = |time: i64| time.cast_unsigned() ^ 1 << 63;
        for (policy, sources) in &self.policies {
            match policy {
                Keep::Longest => out.extend((!story.words).to_be_bytes()),
                Keep::First => out.extend(time(story.number).to_be_bytes()),
                Keep::Earliest | Keep::Latest => {
                    let latest = matches!(policy, Keep::Latest);
                    let known = story.imprint.published.map(time);
                    out.push(u8::from(known.is_none()));
                    let known = known.map_or(0, |time| if latest { !time } else { time });
                    out.extend(known.to_be_bytes());
                }
                Keep::LatestVersion => {
                    let (number, marks) = story.imprint.version;
                    let (update, corrected) = marks.parts();
                    out.extend((!number).to_be_bytes());
                    out.extend((!update).to_be_bytes());
                    out.push(u8::from(!corrected));
                }
                Keep::Prefer(_) => {
                    let place = place(sources, story);
                    out.extend(u32::try_from(place).unwrap_or(u32::MAX).to_be_bytes());
                }
            }
        }
        out.extend((!story.words).to_be_bytes());
    }
}

/// The place of a story's source in a list; behind all of them if it is not there.
fn place(sources: &[u64], story: &Candidate) -> usize {
    let source = story.imprint.source;
    let found = sources.iter().position(|&other| other == source);
    found.unwrap_or(sources.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::version::Version;

    fn candidate() -> impl Strategy<Value = Candidate> {
        let time = prop_oneof![Just(i64::MIN), Just(i64::MAX), -3..3i64];
        let number = prop_oneof![Just(u64::MAX), 0..3u64];
        let versions =
            prop::sample::select(vec!["", "UPDATE 2-", "UPDATE 11-", "CORRECTED-UPDATE 2-"]);
        let version = versions.prop_map(|marks| {
            let title = format!("{marks}Ferry waits");
            Version::of(crate::Story {
                title: Some(&title),
                text: "It waits.",
                ..crate::Story::default()
            })
        });
        let imprint = (prop::option::of(time.clone()), 0..4u64, (number, version));
        (time, prop_oneof![Just(u32::MAX), 0..3u32], imprint).prop_map(
            |(number, words, imprint)| {
                let (published, source, version) = imprint;
                let imprint = Imprint {
                    published,
                    source: source_hash(&Hasher::default(), &source.to_string()),
                    version,
                };
                Candidate {
                    number,
                    words,
                    imprint,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_the_policies(
            keep in prop::sample::subsequence(
                vec!["earliest", "latest-version", "prefer:2,1", "latest", "first", "longest"], 1..6).prop_shuffle(),
            a in candidate(), b in candidate(),
        ) {
            let keep = Keep::list(&keep.join(",")).unwrap();
            let policies = Policies::new(&Hasher::default(), &keep);
            let key = |story: &Candidate| {
                let mut key = Vec::new();
                policies.key(story, &mut key);
                key
            };
            prop_assert_eq!(key(&a).cmp(&key(&b)), policies.compare(&a, &b));
        }
    }

    #[test]
    fn lists_of_policies() {
        let text = " latest-version,prefer:Northwire, Kelm Courier ,first";
        let sources = vec!["Northwire".to_owned(), "Kelm Courier".to_owned()];
        let wanted = [Keep::LatestVersion, Keep::Prefer(sources), Keep::First];
        assert_eq!(Keep::list(text).unwrap(), wanted);
        // A source may have the name of a policy if it stands first.
        let named = Keep::list("prefer:first").unwrap();
        assert_eq!(named, [Keep::Prefer(vec!["first".to_owned()])]);
        for (text, named) in [
            ("", "\"\""),
            ("newest", "\"newest\""),
            ("longest,,first", "\"\""),
            ("prefer:", "\"prefer:\""),
            ("longest,Northwire", "\"Northwire\""),
        ] {
            let message = Keep::list(text).unwrap_err().to_string();
            assert_eq!(message, format!("keep is {named}, but must be {NAMES}"));
        }
    }

    #[test]
    fn each_policy_and_what_it_leaves_open() {
        let hasher = Hasher::default();
        let story = |number, words, published, source: &str, version| Candidate {
            number,
            words,
            imprint: Imprint {
                published,
                source: source_hash(&hasher, source),
                version: (version, crate::version::Version::default()),
            },
        };
        let stories = [
            story(0, 10, Some(50), "Kelm Courier", 1),
            story(1, 30, Some(20), "northwire ", 1),
            story(2, 20, None, "Elsewhere", 2),
            story(3, 40, Some(20), "Elsewhere", 0),
        ];
        let first = |keep: &str| {
            let keep = Keep::list(keep).unwrap();
            let policies = Policies::new(&hasher, &keep);
            let mut sorted = stories;
            sorted.sort_by(|a, b| policies.compare(a, b));
            sorted.map(|story| story.number)
        };
        assert_eq!(first("longest"), [3, 1, 2, 0]);
        assert_eq!(first("first"), [0, 1, 2, 3]);
        assert_eq!(first("earliest"), [3, 1, 0, 2]);
        assert_eq!(first("earliest,prefer:Northwire"), [1, 3, 0, 2]);
        assert_eq!(first("latest"), [0, 3, 1, 2]);
        assert_eq!(first("latest-version"), [2, 1, 0, 3]);
        assert_eq!(first("prefer:NORTHWIRE,kelm courier"), [1, 0, 3, 2]);
    }
}
