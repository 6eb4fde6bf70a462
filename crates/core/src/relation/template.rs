//! Stories that share their wording, not their news: market reports, results, weather.
//!
//! What tells them from copies is *what differs*: in a copy, words; in the next day's report, the
//! facts. So the aligned stories are searched for places where one has a fact and the other has
//! another in its stead.

use super::align::Alignment;
use super::classes::{Class, count_facts};
use super::untold::Filter;

/// The longest stretch of words, on either side, whose facts can stand in each other's stead.
const LONGEST_EXCHANGE: usize = 16;

/// Words of a story that name its subject and date.
const LEAD_WORDS: usize = 30;

/// Words of a title that name the subject of a notice.
const TITLED_WORDS: usize = 3;

/// Words of a story that tell the date of what it reports, where it is a daily report.
const DATED_WORDS: usize = 12;

/// The most other words that differ in a template, for each fact that was exchanged.
const REWORDED: usize = 4;

/// Names, and numbers and dates, from which on a story is about other people and other figures.
const LEAST_NAMES: usize = 2;
const LEAST_NUMBERS: usize = 3;

/// Words beside figures that differ between two days' notices of hardly any difference.
const MOST_OTHER: usize = 2;

/// Numbers from which on a notice that exchanged as many of them as it kept has other figures.
const LEAST_FIGURES: usize = 2;

/// What was exchanged between two aligned stories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Facts that stand in each other's stead.
    pub(crate) exchanged: usize,
    /// Names among them.
    pub(crate) names: usize,
    /// Facts that both stories state at the same place, even if by its capitals in one of them each word of a title
    /// could be one.
    pub(crate) shared: usize,
    /// Numbers among them.
    pub(crate) same_numbers: usize,
    /// Other words that stand in each other's stead.
    pub(crate) reworded: usize,
    /// Words that were misread or are spelled otherwise.
    pub(crate) misread: usize,
    /// Whether the first name of the one is in the stead of the first name of the other, or the two
    /// begin with different dates.
    pub(crate) subject: bool,
}

/// That two stories are of different days, and how many words of the one that has more of them are not
/// aligned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Apart {
    pub(crate) other: usize,
}

/// A story's words with their classes; words of furniture have none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worded<'s> {
    pub(crate) words: &'s [u64],
    pub(crate) classes: &'s [Class],
    /// Hashes of the words that are facts, ascending.
    pub(crate) facts: &'s [u64],
    /// Which words it has, those of furniture too.
    pub(crate) filter: &'s Filter,
    /// Words in the title.
    pub(crate) title_words: usize,
}

impl Worded<'_> {
    fn states(self, fact: u64) -> bool {
        // What is exchanged is in the one story alone mostly.
        self.filter.may_have(fact) && self.facts.binary_search(&fact).is_ok()
    }

    /// The date that the story begins with, if it does.
    fn date(self) -> Option<u64> {
        let begin = self.classes.len().min(DATED_WORDS);
        let at = self.classes[..begin]
            .iter()
            .position(|class| class.is(Class::DATE))?;
        Some(self.words[at])
    }

    /// Whether the title begins with a name, or what can be one, that the other does not have at all.
    fn titles_another(self, other: Self) -> bool {
        let begin = self.title_words.min(TITLED_WORDS);
        let mut words = self.words[..begin].iter().zip(self.classes);
        words.any(|(word, class)| class.capital() && !other.words.contains(word))
    }

    fn subject(self) -> Option<usize> {
        let lead = self.classes.len().min(LEAD_WORDS);
        self.classes[..lead]
            .iter()
            .position(|class| class.is(Class::NAME))
    }
}

/// What stands in a gap of one story: facts that the other does not state, by kind, and words that
/// are no facts or were misread.
#[derive(Clone, Copy, Debug, Default)]
struct Own {
    numbers: usize,
    names: usize,
    dates: usize,
    common: usize,
}

impl Own {
    fn of(
        story: Worded<'_>,
        (from, to): (usize, usize),
        other: Worded<'_>,
        misread: impl Fn(usize) -> bool,
    ) -> Self {
        let mut own = Self::default();
        for at in from..to {
            let class = story.classes[at];
            if !class.fact() || misread(at) {
                own.common += 1;
            } else if class.is(Class::NUMBER) {
                own.numbers += 1;
            } else if !other.states(story.words[at]) {
                // A name that the other story has elsewhere was moved, not exchanged; figures come
                // more than once by chance.
                own.names += usize::from(class.is(Class::NAME));
                own.dates += usize::from(class.is(Class::DATE));
            }
        }
        own
    }
}

impl Exchange {
    /// Looks at what differs between stories `a` and `b`.
    pub(crate) fn of(alignment: &Alignment, a: Worded<'_>, b: Worded<'_>) -> Self {
        let mut found = Self {
            misread: alignment.misread.len(),
            ..Self::default()
        };
        for run in &alignment.chain {
            let (of_a, of_b) = (&a.classes[run.a..], &b.classes[run.b..]);
            let (facts, numbers) = count_facts(&of_a[..run.length], &of_b[..run.length]);
            found.shared += facts;
            found.same_numbers += numbers;
        }
        let (Some(first), Some(last)) = (alignment.chain.first(), alignment.chain.last()) else {
            return found;
        };
        let ends = [
            ((0, first.a), (0, first.b)),
            (
                (last.a + last.length, a.words.len()),
                (last.b + last.length, b.words.len()),
            ),
        ];
        let (subject_a, subject_b) = (a.subject(), b.subject());
        found.subject = a.date().zip(b.date()).is_some_and(|(a, b)| a != b);
        // Both sides of the list ascend.
        let misread = &alignment.misread;
        let misread_a = |at: usize| misread.binary_search_by_key(&at, |&(i, _)| i).is_ok();
        let misread_b = |at: usize| misread.binary_search_by_key(&at, |&(_, j)| j).is_ok();
        for (of_a, of_b) in ends.into_iter().chain(alignment.gaps()) {
            let length = |(from, to): (usize, usize)| to - from;
            let (less, more) = (
                length(of_a).min(length(of_b)),
                length(of_a).max(length(of_b)),
            );
            if less == 0 || more > LONGEST_EXCHANGE {
                continue;
            }
            let own_a = Own::of(a, of_a, b, misread_a);
            let own_b = Own::of(b, of_b, a, misread_b);
            // A figure takes the place of a figure, a name that of a name.
            let names = own_a.names.min(own_b.names);
            found.names += names;
            found.exchanged +=
                own_a.numbers.min(own_b.numbers) + names + own_a.dates.min(own_b.dates);
            found.reworded += own_a.common.min(own_b.common);
            let holds = |(from, to): (usize, usize), at: Option<usize>| {
                at.is_some_and(|at| (from..to).contains(&at))
            };
            let subject = holds(of_a, subject_a) && holds(of_b, subject_b);
            found.subject |= subject && names > 0;
        }
        if found.exchanged > 0 && a.titles_another(b) && b.titles_another(a) {
            found.subject = true;
            found.exchanged += 1;
        }
        found
    }

    /// Whether the facts were exchanged rather than the words: at least two facts and half of all,
    /// or a fifth of all with the subject or the date among them, or with both who and how many and
    /// hardly a word beside. Where many times as many other words differ, as in a copy that was misread
    /// or reworded, what differs is not the facts.
    /// Of stories of different days one figure is enough, if they differ by hardly a word beside or it is a
    /// fifth of all facts: the daily notice of a bank.
    pub(crate) fn is_template(self, apart: Option<Apart>) -> bool {
        let numbers = self.exchanged - self.names.min(self.exchanged);
        // An update has other figures, and a person's name may be put right; not both throughout.
        let throughout = self.names >= LEAST_NAMES
            && numbers >= LEAST_NUMBERS
            && self.reworded <= self.exchanged;
        let figures = numbers >= LEAST_FIGURES && numbers >= self.same_numbers;
        let part = if self.subject || throughout || figures {
            4
        } else {
            1
        };
        let most = self.exchanged >= 2 && part * self.exchanged >= self.shared;
        let daily = apart.is_some_and(|Apart { other }| {
            other <= self.exchanged + MOST_OTHER || 4 * self.exchanged >= self.shared
        });
        (most || daily && numbers > 0)
            && REWORDED * self.exchanged >= self.reworded
            && self.exchanged >= self.misread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::prepared::testing::{aligned, alignment, titled};

    fn exchange(a: &str, b: &str) -> Exchange {
        let (a, b, alignment) = aligned(a, b);
        Exchange::of(&alignment, a.worded(), b.worded())
    }

    #[test]
    fn the_next_days_report_is_a_template() {
        let found = exchange(
            "Shares in Kelm closed 1.2 percent higher on Monday, led by Vantour Steel, which gained 4.1 percent. \
             The Kelm index of leading shares ended at 4,312 points. Turnover was 310 million crowns.",
            "Shares in Kelm closed 0.4 percent higher on Tuesday, led by Ostrey Lines, which gained 2.7 percent. \
             The Kelm index of leading shares ended at 4,329 points. Turnover was 287 million crowns.",
        );
        assert!(found.exchanged >= 6 && found.is_template(None), "{found:?}");
    }

    #[test]
    fn an_updated_toll_is_no_template() {
        let found = exchange(
            "At least 12 people died when a ferry sank off Orlemond on Friday, the coast guard of Kelm said. \
             Ilse Vantour, who runs the port, said the Marbeck had left at 6 a.m. with 140 aboard.",
            "At least 17 people died when a ferry sank off Orlemond on Friday, the coast guard of Kelm said. \
             Ilse Vantour, who runs the port, said the Marbeck had left at 6 a.m. with 140 aboard.",
        );
        assert_eq!(found.exchanged, 1);
        assert!(!found.is_template(None), "{found:?}");
    }

    #[test]
    fn the_same_form_about_another_company_is_a_template() {
        let found = exchange(
            "The Brennick group said on Friday its profit rose in the first quarter of 2031, helped by demand for \
             steel in Europe and lower costs of ore, and that it saw a good year. Net profit was 31 million crowns.",
            "The Oldermark group said on Friday its profit rose in the first quarter of 2031, helped by demand for \
             steel in Europe and lower costs of ore, and that it saw a good year. Net profit was 12 million crowns.",
        );
        assert!(found.subject && found.is_template(None), "{found:?}");
    }

    #[test]
    fn one_figure_is_enough_on_another_day_if_there_are_few_facts() {
        let found = exchange(
            "The central bank of Kelm lent 3 million crowns overnight to five houses, its brokers said.",
            "The central bank of Kelm lent 4 million crowns overnight to five houses, its brokers said. They added \
             that it is not known to what end, nor for how long the bank means to go on doing so.",
        );
        let other = Some(Apart { other: 20 });
        assert_eq!(found.exchanged, 1);
        assert!(!found.is_template(None) && found.is_template(other));
        // One of many facts is an update whatever the day.
        let many = Exchange { shared: 9, ..found };
        assert!(!many.is_template(other));
        assert!(
            many.is_template(Some(Apart { other: 3 })),
            "hardly a word beside"
        );
    }

    #[test]
    fn other_people_and_other_figures_throughout_are_another_notice() {
        let notice = |to: &str, days: &str, cost: &str, who: &str| {
            format!(
                "The road between Lake Orsa and {to} will be closed to all traffic from Saturday while crews lay \
                 drains on both sides, which should have been done in spring. The district said that the work \
                 would take {days} days and cost {cost} crowns, and that night work would begin at 10 in the first \
                 of the 2 weeks. “We ask for patience,” said {who}, who runs the depot in Skarrow. Drivers should \
                 take the Aldous tunnel."
            )
        };
        let first = notice("Dorn", "53", "440", "Kofi Lindahl");
        let found = exchange(&first, &notice("Corran", "49", "806", "Anna Solov"));
        assert!(
            found.names >= 2 && !found.subject && found.is_template(None),
            "{found:?}"
        );
        // One figure more and one less, and the same people: an update.
        let update = exchange(&first, &notice("Dorn", "49", "806", "Kofi Lindahl"));
        assert!(
            update.exchanged >= 2 && !update.is_template(None),
            "{update:?}"
        );
    }

    /// Found by the fuzz target `pair`: of the words that two stories share, facts were counted as one of them has them.
    #[test]
    fn a_title_and_a_sentence_state_the_same_facts_from_both_sides() {
        let sentence = "“Wir zählen die Bäume im Mai“, sagte Ilse Vantour.";
        let title = titled(0, Some(sentence), "SIX BOATS OF T");
        let text = format!(
            "{sentence} The ferry to Orlemond will not sail before noon, the port of Kelm said."
        );
        let text = titled(1, None, &text);
        let found = [(&title, &text), (&text, &title)]
            .map(|(a, b)| Exchange::of(&alignment(a, b), a.worded(), b.worded()));
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0].shared, 4, "three names and a month");
    }

    #[test]
    fn a_story_cut_or_given_a_lead_exchanges_nothing() {
        let text = "At least 12 people died when a ferry sank off Orlemond on Friday, the coast guard of Kelm said. \
                    Ilse Vantour, who runs the port, said the Marbeck had left at 6 a.m. with 140 aboard.";
        let cut = &text[..100];
        let led = format!(
            "Brennick mourns today: the mayor, Tove Arnesen, knew 3 of the dead and called for a day of mourning. {text}"
        );
        assert_eq!(exchange(text, cut).exchanged, 0);
        assert_eq!(exchange(text, &led).exchanged, 0);
    }
}
