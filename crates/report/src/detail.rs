//! A family with its texts.

use serde::Serialize;
use wirefold::normalize::Matcher;
use wirefold::relation::{Relation, Row};
use wirefold::{Error, Settings, StoryBuffer, TextSource, compare};

use crate::choice::copies;
use crate::families::{Family, Member};
use crate::marks::{Mark, Shown, marks};
use crate::numbers::{hundredths, percent};
use crate::page::Limits;
use crate::view::View;

/// Stories of a family that its table lists.
const MOST_LISTED: usize = 100;

/// A family with some of its texts.
#[derive(Debug, Serialize)]
pub(crate) struct Detail {
    /// The story that leads it first.
    members: Vec<Listed>,
    /// Stories that are not listed.
    left_out: usize,
    /// Texts, each once.
    texts: Vec<Text>,
    pairs: Vec<Pair>,
    /// The number of the plot of its spread, if it has one.
    pub(crate) plot: Option<usize>,
}

/// One story in the table of a family.
#[derive(Debug, Serialize)]
struct Listed {
    id: String,
    title: String,
    source: String,
    published: Option<i64>,
    kept: bool,
    relation: Option<&'static str>,
    to: Option<String>,
    jaccard: Option<f64>,
    containment: Option<f64>,
    novel: Option<f64>,
    /// The place of its comparison among the pairs.
    pair: Option<usize>,
}

/// A text as far as it is shown.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as the page reads them"
)]
struct Text {
    id: String,
    title: String,
    text: String,
    left_out: usize,
    #[serde(skip)]
    story: u32,
}

/// A copy beside the story that it is a copy of.
#[derive(Debug, Serialize)]
struct Pair {
    /// Places among the texts.
    to: usize,
    copy: usize,
    /// What relates them, in words.
    words: Vec<String>,
    marks_to: Vec<Mark>,
    marks_copy: Vec<Mark>,
}

/// What details are made with.
pub(crate) struct Making<'m, S: ?Sized> {
    pub(crate) source: &'m S,
    pub(crate) matcher: &'m Matcher,
    pub(crate) settings: &'m Settings,
    pub(crate) limits: &'m Limits,
    pub(crate) view: &'m View,
}

impl<S: TextSource + ?Sized> Making<'_, S> {
    /// The detail of one family.
    pub(crate) fn detail(&self, family: &Family<'_>) -> Result<Detail, Error> {
        let mut detail = Detail {
            members: Vec::new(),
            left_out: family.members.len().saturating_sub(MOST_LISTED),
            texts: Vec::new(),
            pairs: Vec::new(),
            plot: None,
        };
        let mut buffer = StoryBuffer::default();
        for member in family.members.iter().take(MOST_LISTED) {
            let listed = self.listed(family, member, &mut buffer)?;
            detail.members.push(listed);
        }
        for place in copies(family, self.limits.copies, self.view.lead_is_copy) {
            let copy = family.members[place].story;
            let Some(link) = family.decision(&family.members[place]).link else {
                continue;
            };
            let (to, copy) = if self.view.lead_is_copy {
                (copy, link.to)
            } else {
                (link.to, copy)
            };
            let (to_at, copy_at) = (self.text(&mut detail, to)?, self.text(&mut detail, copy)?);
            let row = compare(self.source, (to, copy), self.matcher, self.settings)?;
            let pair = self.pair(&detail, (to_at, copy_at), row.as_ref(), link.relation);
            if let Some(listed) = detail.members.get_mut(place) {
                listed.pair = Some(detail.pairs.len());
            }
            detail.pairs.push(pair);
        }
        Ok(detail)
    }

    fn listed(
        &self,
        family: &Family<'_>,
        member: &Member,
        buffer: &mut StoryBuffer,
    ) -> Result<Listed, Error> {
        self.source.read(member.story, buffer)?;
        let decision = family.decision(member);
        let link = decision.link.as_ref();
        Ok(Listed {
            id: short_name(self.source.id(member.story)),
            title: headline(buffer),
            source: short_name(&buffer.source),
            published: member.published,
            kept: decision.kept,
            relation: link.map(|link| link.relation.name()),
            to: link.map(|link| short_name(self.source.id(link.to))),
            jaccard: link.map(|link| link.jaccard),
            containment: link.map(|link| link.containment),
            novel: link.map(|link| link.novel),
            pair: None,
        })
    }

    /// The place of a story's text among those of the detail, where it now is.
    fn text(&self, detail: &mut Detail, story: u32) -> Result<usize, Error> {
        if let Some(known) = detail.texts.iter().position(|text| text.story == story) {
            return Ok(known);
        }
        let mut buffer = StoryBuffer::default();
        self.source.read(story, &mut buffer)?;
        let shown = Shown::of(&buffer.text, self.limits.one_text);
        detail.texts.push(Text {
            id: short_name(self.source.id(story)),
            title: Shown::of(&buffer.title, self.limits.one_text)
                .text
                .to_owned(),
            text: shown.text.to_owned(),
            left_out: shown.left_out,
            story,
        });
        Ok(detail.texts.len() - 1)
    }

    /// What is said of a copy beside its original: `row` has them in this order.
    fn pair(
        &self,
        detail: &Detail,
        (to, copy): (usize, usize),
        row: Option<&Row>,
        relation: Relation,
    ) -> Pair {
        let the_copy = self.view.the_copy;
        let mut words = vec![said(relation).to_owned()];
        let (mut marks_to, mut marks_copy) = (Vec::new(), Vec::new());
        if let Some(row) = row {
            words.push(format!(
                "{} of the words of {the_copy} stand in the other story in the same order, and {} of the other's in it.",
                percent(row.aligned_b),
                percent(row.aligned_a),
            ));
            words.push(format!(
                "Of its runs of {} words {} are in the other (Jaccard similarity {}).",
                self.settings.shingle_words,
                percent(row.containment_b),
                hundredths(row.jaccard),
            ));
            if let Some([_, of_copy]) = &row.novel {
                words.push(format!("{} of its words are new.", percent(of_copy.share)));
            }
            let novel = row.novel.as_ref();
            let (new_to, new_copy) = (novel.map(|both| &both[0]), novel.map(|both| &both[1]));
            marks_to = marks(&detail.texts[to].text, &row.passages, |p| p.a, new_to);
            marks_copy = marks(&detail.texts[copy].text, &row.passages, |p| p.b, new_copy);
        }
        Pair {
            to,
            copy,
            words,
            marks_to,
            marks_copy,
        }
    }
}

/// A name as it came, or the beginning of one that is enormous.
pub(crate) fn short_name(name: &str) -> String {
    let shown = Shown::of(name, LONGEST_NAME);
    if shown.left_out == 0 {
        name.to_owned()
    } else {
        format!("{}…", shown.text)
    }
}

/// Bytes of an id or a source that are shown.
const LONGEST_NAME: usize = 200;

/// What is listed of a story: its title, or the beginning of its text.
pub(crate) fn headline(story: &StoryBuffer) -> String {
    let text = if story.title.trim().is_empty() {
        &story.text
    } else {
        &story.title
    };
    // Some more bytes than are kept, and no more: a text may be one enormous word.
    let beginning = Shown::of(text.trim_start(), 4 * LONGEST_HEADLINE).text;
    let one_line: Vec<&str> = beginning.split_whitespace().collect();
    let one_line = one_line.join(" ");
    let mut cut: String = one_line.chars().take(LONGEST_HEADLINE).collect();
    if cut.len() < one_line.len() {
        cut.push('…');
    }
    cut
}

/// Characters of a title that are listed.
const LONGEST_HEADLINE: usize = 90;

/// A relation in a sentence, of a copy beside the story that it is a copy of.
fn said(relation: Relation) -> &'static str {
    match relation {
        Relation::Identical => "The same text.",
        Relation::NewVersion => "Another version of the same item.",
        Relation::NearDuplicate => "Nearly the same text.",
        Relation::Contained => "One of the two lies within the other, or nearly.",
        Relation::Overlapping => "A large part is shared, and each has text of its own.",
        Relation::Rewritten => "The same facts in other words.",
        Relation::SharedPassages => "Passages in common.",
        Relation::SameTemplate => "The same wording round other facts.",
        _ => "Related.",
    }
}
