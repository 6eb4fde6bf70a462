//! Stories that come one after another, each with those that tell the same, as far as a page shows them.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use wirefold::{Decision, Error, Link, StoryBuffer, TextSource};

use crate::marks::boundary;
use crate::numbers::{grouped, size};
use crate::tallies::Tallies;
use crate::view::View;

/// What a stream or a query came to, gathered while it runs. What has no room is counted.
#[derive(Debug)]
pub struct Gathered {
    view: View,
    room: usize,
    stories: Vec<(String, StoryBuffer)>,
    pub(crate) decisions: Vec<Decision>,
    /// Leaders by id and by a hash of the text: an id that is given twice names two stories.
    leaders: HashMap<(String, u64), u32>,
    hashes: RandomState,
    /// Stories that came, those of them that have a family, and pairs.
    came: u64,
    told: u64,
    pairs: u64,
    /// Bytes of title and text of stories that were held back.
    saved: u64,
    pub(crate) tallies: Tallies,
    /// Pairs, and stories by themselves, that have no room.
    left_out: [u64; 2],
}

/// Bytes of a story without a family of which the list shows the beginning.
const BEGINNING: usize = 400;

/// Bytes from which on stories are enormous.
const ENORMOUS: usize = 1 << 20;

/// Bytes that a story takes beside its words, about.
const STORY_BYTES: usize = 400;

impl Gathered {
    /// Bytes of stories that are gathered, some more than a page has room for.
    pub const ROOM: usize = 16 << 20;

    /// Of a stream of which what is told already is held back: [`Gathered::stream`] takes its stories.
    pub fn held_back() -> Self {
        Self::new(View::HELD_BACK)
    }

    /// Of stories that were asked for: [`Gathered::asked`] takes them.
    pub fn answers() -> Self {
        Self::new(View::ANSWERS)
    }

    /// The same with room for so many bytes of stories, instead of [`Gathered::ROOM`].
    #[must_use]
    pub fn within(mut self, room: usize) -> Self {
        self.room = room;
        self
    }

    fn new(view: View) -> Self {
        Self {
            view,
            room: Self::ROOM,
            stories: Vec::new(),
            decisions: Vec::new(),
            leaders: HashMap::new(),
            hashes: RandomState::new(),
            came: 0,
            told: 0,
            pairs: 0,
            saved: 0,
            tallies: Tallies::default(),
            left_out: [0; 2],
        }
    }

    /// Takes a story of a stream, and the story that tells it already, if one does, with how.
    pub fn stream(
        &mut self,
        id: &str,
        story: &StoryBuffer,
        by: Option<(&str, &StoryBuffer, Link)>,
    ) {
        self.came += 1;
        let Some((teller, told_by, link)) = by else {
            self.alone(id, story);
            return;
        };
        self.told += 1;
        self.pairs += 1;
        self.tallies.add(link.relation, link.jaccard);
        self.saved += (story.title.len() + story.text.len()) as u64;
        let key = self.key(teller, told_by);
        // Of one that passed in this run the beginning may be all that is kept.
        let known = self.leaders.get(&key).copied();
        let whole = known.filter(|&lead| self.stories[lead as usize].1.text == told_by.text);
        let room = match whole {
            Some(_) => self.has_room(&[story]),
            None => self.has_room(&[story, told_by]),
        };
        if !room {
            self.left_out[0] += 1;
            return;
        }
        let lead = if let Some(lead) = known {
            self.stories[lead as usize].1 = told_by.clone();
            lead
        } else {
            self.lead(teller, told_by.clone(), key)
        };
        self.tie(id, story, lead, link, false);
    }

    /// Takes a story that was asked for, and how it is related to stories of `stored`.
    ///
    /// # Errors
    /// Those of reading a stored story.
    pub fn asked<S: TextSource + ?Sized>(
        &mut self,
        id: &str,
        story: &StoryBuffer,
        stored: &S,
        links: &[Link],
    ) -> Result<(), Error> {
        self.came += 1;
        if links.is_empty() {
            self.alone(id, story);
            return Ok(());
        }
        self.told += 1;
        self.pairs += links.len() as u64;
        for link in links {
            self.tallies.add(link.relation, link.jaccard);
        }
        if !self.has_room(&[story]) {
            self.left_out[0] += links.len() as u64;
            return Ok(());
        }
        let key = self.key(id, story);
        let lead = self.lead(id, story.clone(), key);
        let mut buffer = StoryBuffer::default();
        for link in links {
            // Without room nothing is read either.
            if self.room > 0 {
                stored.read(link.to, &mut buffer)?;
            }
            if self.has_room(&[&buffer]) {
                self.tie(stored.id(link.to), &buffer, lead, *link, true);
            } else {
                self.left_out[0] += 1;
            }
        }
        Ok(())
    }

    /// What is counted, for the head of the page.
    pub(crate) fn cards(&self) -> Vec<(&'static str, String)> {
        let alone = self.came - self.told;
        let counts = [self.came, alone, self.told, self.pairs].map(grouped);
        let named = self.view.counted.into_iter().zip(counts);
        let saved = ("text held back", size(self.saved));
        named
            .filter(|(name, _)| !name.is_empty())
            .chain(self.view.removes.then_some(saved))
            .collect()
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// What is not shown.
    pub(crate) fn notes(&self) -> Vec<String> {
        let said =
            |(count, what): (u64, &str)| (count > 0).then(|| format!("{} {what}", grouped(count)));
        self.left_out
            .into_iter()
            .zip(self.view.left_out)
            .filter_map(said)
            .collect()
    }

    fn key(&self, id: &str, story: &StoryBuffer) -> (String, u64) {
        (id.to_owned(), self.hashes.hash_one(&story.text))
    }

    /// Takes the room of stories, if there is enough. The first that finds none takes what is left, so that those
    /// that came first are shown; but an enormous one keeps no other out.
    fn has_room(&mut self, stories: &[&StoryBuffer]) -> bool {
        let bytes: usize = stories
            .iter()
            .map(|story| story.title.len() + story.text.len() + STORY_BYTES)
            .sum();
        let rest = self.room.checked_sub(bytes);
        self.room = match rest {
            Some(rest) => rest,
            None if bytes > ENORMOUS => self.room,
            None => 0,
        };
        rest.is_some()
    }

    /// A story that nothing is beside, of which the beginning is enough.
    fn alone(&mut self, id: &str, story: &StoryBuffer) {
        let key = self.key(id, story);
        if self.leaders.contains_key(&key) {
            return;
        }
        let cut = |text: &str| text[..boundary(text, BEGINNING)].to_owned();
        let story = StoryBuffer {
            title: cut(&story.title),
            text: cut(&story.text),
            ..story.clone()
        };
        if self.has_room(&[&story]) {
            self.lead(id, story, key);
        } else {
            self.left_out[1] += 1;
        }
    }

    fn lead(&mut self, id: &str, story: StoryBuffer, key: (String, u64)) -> u32 {
        let number = self.stories.len() as u32;
        self.leaders.insert(key, number);
        self.stories.push((id.to_owned(), story));
        self.decisions.push(Decision {
            cluster: number,
            kept: true,
            link: None,
        });
        number
    }

    fn tie(&mut self, id: &str, story: &StoryBuffer, lead: u32, link: Link, kept: bool) {
        self.stories.push((id.to_owned(), story.clone()));
        self.decisions.push(Decision {
            cluster: lead,
            kept,
            link: Some(Link { to: lead, ..link }),
        });
    }
}

impl TextSource for Gathered {
    fn count(&self) -> u32 {
        self.stories.len() as u32
    }

    fn id(&self, number: u32) -> &str {
        self.stories
            .get(number as usize)
            .map_or("", |(id, _)| id.as_str())
    }

    fn read(&self, number: u32, story: &mut StoryBuffer) -> Result<(), Error> {
        match self.stories.get(number as usize) {
            Some((_, of)) => story.set(of.story()),
            None => *story = StoryBuffer::default(),
        }
        Ok(())
    }
}
