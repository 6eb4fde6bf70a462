//! Which version of its item a story says it is: "UPDATE 2-", "CORRECTED-", "2nd Ld-Writethru".

use std::cmp::Ordering;

use crate::imprint::Edition;
use crate::story::Story;
use crate::tokenize::Hasher;

/// A place in the row of an item's versions: of two versions the later is greater. A story without
/// marks is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    /// The number of the update; 1 where a mark gives none.
    update: u32,
    /// Corrected or sent again, which comes after the update that it corrects.
    corrected: bool,
}

/// What a story says of its version, by the record and by its marks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Versioned {
    marks: Version,
    /// Which version of its item it is, by the record.
    edition: Option<Edition>,
    /// In seconds.
    published: Option<i64>,
}

/// Seconds between two stories from which on they are of different days.
const ANOTHER_DAY_SECONDS: u64 = 20 * 60 * 60;

impl Versioned {
    pub(crate) fn of(hasher: &Hasher, story: Story<'_>) -> Self {
        Self {
            marks: Version::of(story),
            edition: story.about.edition(hasher),
            published: story.about.published,
        }
    }

    /// How the version numbers of two records of one item stand to each other; nothing if they are
    /// not of one item, or the same version.
    pub(crate) fn by_record(&self, other: &Self) -> Option<Ordering> {
        let (edition, of_other) = self.edition.zip(other.edition)?;
        let age = edition.number.cmp(&of_other.number);
        (edition.is_of_item(&of_other) && age.is_ne()).then_some(age)
    }

    /// Whether the records say that the two were published on different days: by most of a day.
    pub(crate) fn another_day(&self, other: &Self) -> bool {
        let both = self.published.zip(other.published);
        both.is_some_and(|(a, b)| a.abs_diff(b) >= ANOTHER_DAY_SECONDS)
    }

    /// How this version stands to the other: less is older.
    pub(crate) fn age(&self, other: &Self) -> Ordering {
        self.by_record(other)
            .unwrap_or_else(|| self.marks.cmp(&other.marks))
    }
}

/// Marks at the beginning of a headline that number an update.
const NUMBERED: &[&str] = &["UPDATE ", "WRAPUP ", "ACTUALIZACIÓN ", "ATUALIZAÇÃO "];

/// Marks at the beginning of a headline that say that the item is taken back.
const WITHDRAWN: &[&str] = &[
    "STORY WITHDRAWN",
    "STORY KILLED",
    "WITHDRAWN",
    "KILL",
    "STORNO",
    "ZURÜCKGEZOGEN",
    "ANNULATION",
    "ANULADA",
];

/// Marks at the beginning of a headline that say that it was put right or sent again.
const CORRECTED: &[&str] = &[
    "CORRECTED",
    "CORRECTION",
    "REFILE",
    "REPEAT",
    "RPT",
    "KORREKTUR",
    "BERICHTIGUNG",
    "RECTIFICATIF",
    "CORREÇÃO",
    "CORRECCIÓN",
    "ИСПРАВЛЕНИЕ",
];

/// First words of a text that say that it is an update.
const ADDED: &[&str] = &[
    "(Adds ",
    "(Updates ",
    "(Recasts",
    "(Neu: ",
    "(Actualiza ",
    "(Agrega ",
    "(Actualisé ",
    "(Atualiza ",
    "(Acrescenta ",
];

/// First words of a text that say that it was put right.
const RIGHTED: &[&str] = &["(Corrects ", "(Refiles ", "(Corrige ", "(Rectificatif"];

/// The most bytes of a headline or a text in which a mark is looked for.
const WITHIN: usize = 160;

impl Version {
    /// The number of the update, and whether it is a correction: what orders versions, in this order.
    pub(crate) fn parts(self) -> (u32, bool) {
        (self.update, self.corrected)
    }

    /// What the headline, or without one the first line of the text, says, and how the text begins.
    pub(crate) fn of(story: Story<'_>) -> Self {
        let text = story.text.trim_start();
        let mut head = head(story);
        let mut version = Self::default();
        // "CORRECTED-UPDATE 1-": one mark may follow another.
        while let Some((rest, found)) = mark(head) {
            version = version.max_of(found);
            head = rest;
        }
        version = version.max_of(lead(head));
        for line in text.lines().filter(|line| !line.trim().is_empty()).take(3) {
            let begins =
                |marks: &[&str]| marks.iter().any(|mark| line.trim_start().starts_with(mark));
            version = version.max_of(Self {
                update: u32::from(begins(ADDED)),
                corrected: begins(RIGHTED),
            });
        }
        version
    }

    fn max_of(self, other: Self) -> Self {
        Self {
            update: self.update.max(other.update),
            corrected: self.corrected || other.corrected,
        }
    }
}

/// The headline, or without one the first line of the text.
fn head(story: Story<'_>) -> &str {
    let first = || story.text.trim_start().lines().next().unwrap_or_default();
    story.title.unwrap_or_else(first).trim_start()
}

/// Whether the headline says that the item is taken back.
pub(crate) fn withdraws(story: Story<'_>) -> bool {
    let mut head = head(story);
    while let Some((rest, _)) = mark(head) {
        head = rest;
    }
    let behind = |mark: &&str| {
        head.strip_prefix(*mark)
            .is_some_and(|rest| dash(rest).is_some())
    };
    WITHDRAWN.iter().any(behind)
}

/// The bytes up to behind the dash or colon that ends a mark.
fn dash(rest: &str) -> Option<usize> {
    let bare = rest.trim_start();
    let mark = bare
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '–' | '—' | ':'))?;
    Some(rest.len() - bare.len() + mark.len_utf8())
}

/// The mark that a headline begins with, and what follows it.
fn mark(head: &str) -> Option<(&str, Version)> {
    for name in NUMBERED {
        if let Some(rest) = head.strip_prefix(name) {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let update = rest[..digits].parse().ok()?;
            let behind = digits + dash(&rest[digits..])?;
            let found = Version {
                update,
                corrected: false,
            };
            return Some((rest[behind..].trim_start(), found));
        }
    }
    for name in CORRECTED {
        if let Some(rest) = head.strip_prefix(name) {
            let found = Version {
                update: 0,
                corrected: true,
            };
            return Some((rest[dash(rest)?..].trim_start(), found));
        }
    }
    None
}

/// The number of a write-through: "1st Ld-Writethru", "2nd Ld".
fn lead(head: &str) -> Version {
    let mut before = "";
    let mut update = 0;
    let within = head.char_indices().take_while(|&(at, _)| at < WITHIN);
    let end = within.last().map_or(0, |(at, c)| at + c.len_utf8());
    for word in head[..end]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if word.eq_ignore_ascii_case("writethru") {
            update = update.max(1);
        }
        if word == "Ld" || word == "LEAD" {
            let number = before.trim_end_matches(char::is_alphabetic);
            update = update.max(number.parse().unwrap_or(1));
        }
        before = word;
    }
    Version {
        update,
        corrected: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(title: &str, text: &str) -> Version {
        Version::of(Story {
            title: Some(title).filter(|title| !title.is_empty()),
            text,
            ..Story::default()
        })
    }

    #[test]
    fn later_versions_are_greater() {
        let plain = version("Ferry waits in Orlemond", "The ferry waits.");
        let row = [
            plain,
            version("CORRECTED-Ferry waits in Orlemond", "The ferry waits."),
            version("UPDATE 1-Ferry waits in Orlemond", "The ferry waits."),
            version("CORRECTED-UPDATE 1-Ferry waits", "The ferry waits."),
            version("UPDATE 2 - Ferry waits", "The ferry waits."),
            version("WRAPUP 10-Ferry waits", "The ferry waits."),
        ];
        assert!(
            row.is_sorted() && row.windows(2).all(|pair| pair[0] != pair[1]),
            "{row:?}"
        );
        assert_eq!(plain, Version::default());
    }

    #[test]
    fn marks_of_agencies() {
        let same = [
            version("UPDATE 1-Ferry waits", ""),
            version("BC-Ferry, 1st Ld-Writethru", ""),
            version("", "UPDATE 1-Ferry waits\nThe ferry waits."),
            version("Ferry waits", "\n(Adds mayor)\nThe ferry waits."),
            version("ACTUALIZACIÓN 1-El ferry espera", ""),
        ];
        assert!(same.iter().all(|&found| found == same[0]), "{same:?}");
        assert!(version("BC-Ferry, 2nd Ld", "") > same[0]);
        assert_eq!(
            version("KORREKTUR: Fähre wartet", ""),
            version("REFILE-Ferry", "")
        );
        assert_eq!(
            version("Ferry", "(Corrects day)\nIt waits."),
            version("REFILE-Ferry", "")
        );
    }

    #[test]
    fn versions_of_one_item() {
        use crate::story::About;
        let named = |item, slug, version, hour: Option<i64>| {
            let about = About {
                source: Some("Northwire"),
                published: hour.map(|hour| 1_900_000_000 + hour * 3600),
                item,
                slug,
                version: Some(version),
                ..About::default()
            };
            let story = Story {
                about,
                ..Story::default()
            };
            Versioned::of(&Hasher::default(), story)
        };
        let at = |slug, version, hour| named(None, Some(slug), version, hour);
        let first = at("quake", 1, Some(0));
        assert_eq!(
            first.by_record(&at("quake", 3, Some(20))),
            Some(Ordering::Less)
        );
        assert_eq!(
            at("quake", 3, None).by_record(&first),
            Some(Ordering::Greater)
        );
        // Another day's, the same version, another item.
        assert_eq!(first.by_record(&at("quake", 2, Some(25))), None);
        assert_eq!(first.by_record(&at("quake", 1, Some(1))), None);
        assert_eq!(first.by_record(&at("quakes", 2, Some(1))), None);
        assert_eq!(first.age(&at("quakes", 2, Some(1))), Ordering::Equal);
        // The id, however late, whatever the slug; and the slug where the ids differ.
        let both = named(Some("urn:1"), Some("quake"), 2, Some(1));
        let late = named(Some("urn:1"), None, 3, Some(90));
        assert_eq!(both.by_record(&late), Some(Ordering::Less));
        assert_eq!(both.by_record(&first), Some(Ordering::Greater));
        assert_eq!(late.by_record(&first), None);
        let other = named(Some("urn:2"), Some("quake"), 3, Some(2));
        assert_eq!(both.by_record(&other), Some(Ordering::Less));
        // An id is no slug of the same letters.
        let slug = named(None, Some("urn:1"), 4, Some(90));
        assert_eq!(late.by_record(&slug), None);
    }

    #[test]
    fn no_marks() {
        for title in [
            "UPDATE on the ferry",
            "CORRECTED figures please miners",
            "Update 1-0 to Kelm",
            "Ferry UPDATE 1-",
        ] {
            assert_eq!(
                version(title, "The ferry waits."),
                Version::default(),
                "{title}"
            );
        }
        let long = "ä".repeat(400) + " 1st Ld";
        assert_eq!(version(&long, ""), Version::default());
    }
}
