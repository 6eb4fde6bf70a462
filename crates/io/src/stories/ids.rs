//! The ids of a feed's stories, one after another in one string.

use std::fmt::Write as _;

use wirefold::tokenize::Hasher;

/// Ids by story number.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    /// The id of story `number`; empty if there is no such story.
    pub fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.ends
            .get(number)
            .map_or("", |&end| &self.text[start..end])
    }

    /// Bytes that the ids take, and those that [`Ids::make_unique`] takes meanwhile.
    pub fn bytes(&self) -> u64 {
        let each = size_of::<usize>() + size_of::<(u64, u32)>();
        (self.text.len() + self.ends.len() * each) as u64
    }

    /// Adds the id of the next story.
    pub fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    /// Adds the id of a story that has none: its file and line.
    pub fn push_place(&mut self, file: &str, line: u64) {
        // Writing to a string does not fail.
        let _ = write!(self.text, "{file}:{line}");
        self.ends.push(self.text.len());
    }

    /// Adds the ids of other stories, which follow.
    pub fn append(&mut self, other: &Self) {
        let base = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| end + base));
    }

    /// Gives every id that stood earlier in the feed a suffix: the second `a` becomes `a#2`, the
    /// third `a#3`, passing over ids that are taken. Returns how many were changed.
    pub fn make_unique(&mut self) -> u64 {
        let hasher = Hasher::default();
        let hash = |id: &str| hasher.text(id) as u64;
        let count = self.ends.len() as u32;
        let mut by_hash: Vec<(u64, u32)> = (0..count).map(|n| (hash(self.get(n)), n)).collect();
        by_hash.sort_unstable();
        let mut renamed: Vec<(u32, String)> = Vec::new();
        for run in by_hash
            .chunk_by(|x, y| x.0 == y.0)
            .filter(|run| run.len() > 1)
        {
            // The next number to try for each id of the run; all but freak runs have one id.
            let mut next: Vec<(&str, u64)> = Vec::new();
            for &(_, number) in run {
                let id = self.get(number);
                let Some((_, next)) = next.iter_mut().find(|(known, _)| *known == id) else {
                    next.push((id, 2));
                    continue;
                };
                let fresh = loop {
                    let fresh = format!("{id}#{next}");
                    *next += 1;
                    let key = hash(&fresh);
                    let first = by_hash.partition_point(|&(h, _)| h < key);
                    let taken = by_hash[first..]
                        .iter()
                        .take_while(|&&(h, _)| h == key)
                        .any(|&(_, other)| self.get(other) == fresh);
                    if !taken {
                        break fresh;
                    }
                };
                renamed.push((number, fresh));
            }
        }
        if renamed.is_empty() {
            return 0;
        }
        renamed.sort_unstable();
        let mut unique = Self::default();
        let mut fresh = renamed.iter().peekable();
        for number in 0..count {
            match fresh.next_if(|(renamed, _)| *renamed == number) {
                Some((_, id)) => unique.push(id),
                None => unique.push(self.get(number)),
            }
        }
        *self = unique;
        renamed.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_given_twice_get_a_suffix() {
        let mut ids = Ids::default();
        for id in ["a", "b", "a", "a#2", "a", "b", "", ""] {
            ids.push(id);
        }
        ids.push_place("feed.jsonl", 9);
        assert_eq!(ids.make_unique(), 4);
        let all: Vec<&str> = (0..9).map(|n| ids.get(n)).collect();
        assert_eq!(
            all,
            [
                "a",
                "b",
                "a#3",
                "a#2",
                "a#4",
                "b#2",
                "",
                "#2",
                "feed.jsonl:9"
            ]
        );
    }
}
