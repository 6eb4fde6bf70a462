//! `dedup --explain`: why a story is kept or removed, in words.

use wirefold::relation::Relation;
use wirefold::{Outcome, TextSource};

use crate::summary::{grouped, hundredths, percent, plural};

/// What became of the story with an id, and why; the first line says the most.
pub(crate) fn explained(stories: &impl TextSource, outcome: &Outcome, id: &str) -> Vec<String> {
    let number = (0..stories.count()).find(|&number| stories.id(number) == id);
    let Some(number) = number else {
        return vec![format!("no story has the id `{id}`")];
    };
    let decision = &outcome.decisions[number as usize];
    let verdict = if decision.kept { "kept" } else { "removed" };
    let mut lines = vec![format!("{id} is {verdict}")];
    if let Some(link) = &decision.link {
        let to = stories.id(link.to);
        let stays = outcome.decisions[link.to as usize].kept;
        lines.push(format!(
            "{}: {}",
            link.relation.name(),
            match (link.relation, decision.kept) {
                (Relation::Identical, _) => format!("its text equals that of {to}"),
                (_, false) => format!("{to}, which is kept, tells nearly all of it"),
                (_, true) => format!("{to} shares text with it and does not remove it"),
            }
        ));
        lines.push(format!(
            "of its runs of words {} % are in {to}, Jaccard similarity {}; {} % of its words are new",
            percent(link.containment),
            hundredths(link.jaccard),
            percent(link.novel),
        ));
        if !stays {
            let leads = stories.id(decision.cluster);
            lines.push(format!("{to} is removed itself; {leads} leads the family"));
        }
    }
    let family = outcome
        .decisions
        .iter()
        .filter(|d| d.cluster == decision.cluster);
    let (size, kept) = family.fold((0u64, 0u64), |(size, kept), d| {
        (size + 1, kept + u64::from(d.kept))
    });
    lines.push(if size == 1 {
        "it is related to no other story so that they would be of one family".to_owned()
    } else {
        format!(
            "its family of {} {} is led by {}; {} kept",
            grouped(size),
            plural(size, "story", "stories"),
            stories.id(decision.cluster),
            grouped(kept),
        )
    });
    lines
}
