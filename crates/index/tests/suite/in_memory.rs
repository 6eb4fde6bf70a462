//! Stories in memory are added, asked for and passed as those of a feed are.

use proptest::prelude::*;
use wirefold::{Story, TextSource as _};
use wirefold_index::{AddOptions, Answer, IndexSettings, StreamOptions, Writer};

use crate::support::{Made, add, asked, families, feed, stories};

fn source(made: &[Made]) -> Vec<(String, Story<'_>)> {
    let named = made.iter().map(|made| (made.id.clone(), made.story()));
    named.collect()
}

fn index(dir: &std::path::Path, name: &str) -> Writer {
    Writer::create(&dir.join(name), IndexSettings::default(), None, None).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn both_ways_give_the_same(early in stories(150), mut late in stories(90)) {
        // Whom a story of the same piece told is called as it was given, whatever it is stored as.
        for made in &mut late {
            made.id.insert_str(0, "late-");
        }
        let dir = tempfile::tempdir().unwrap();
        let (mut by_feed, mut by_number) = (index(dir.path(), "feed"), index(dir.path(), "number"));
        let options = AddOptions { threads: 2, batch_bytes: 20_000, ..AddOptions::default() };
        let mut seen = 0;
        let added = by_number.add_stories(&source(&early)[..], &options, |some| {
            seen += some;
            Ok(())
        });
        prop_assert_eq!(added.unwrap(), add(&mut by_feed, dir.path(), &early, 20_000));
        prop_assert_eq!(seen, early.len());

        let mut answers = Vec::new();
        let snapshot = by_number.snapshot();
        let show = |number: u32, answer: Answer<'_>| {
            assert_eq!(answer.id, late[number as usize].id);
            let ids = answer.rows.iter().map(|row| snapshot.id(Answer::stored(row)).to_owned());
            ids.collect::<Vec<_>>()
        };
        let each = |some| {
            answers.extend(some);
            Ok(())
        };
        snapshot.query_stories(&source(&late)[..], 2, show, each).unwrap();
        let mut expected = Vec::new();
        for rows in asked(by_feed.snapshot(), dir.path(), &late) {
            expected.push(rows.into_keys().collect::<Vec<_>>());
        }
        for ids in &mut answers {
            ids.sort_unstable();
        }
        prop_assert_eq!(answers, expected);

        let options = StreamOptions { threads: 2, ..StreamOptions::default() };
        let (mut passed, mut told) = (Vec::new(), Vec::new());
        let each = |some: &[u32], others| {
            passed.extend(some.iter().map(|&number| late[number as usize].json()));
            told.extend(others);
            Ok(())
        };
        by_number.dedup_stories(&source(&late)[..], &options, each).unwrap();
        let (mut lines, mut told_of_feed) = (String::new(), Vec::new());
        by_feed
            .dedup(&feed(dir.path(), &late), &options, |_, streamed| {
                lines += std::str::from_utf8(&streamed.passed).unwrap();
                told_of_feed.extend(streamed.told);
                Ok(())
            })
            .unwrap();
        prop_assert_eq!(passed.concat(), lines);
        let names = |told: &[wirefold_index::Told]| {
            let names = told.iter().map(|told| (told.id.clone(), told.to.clone(), told.link.relation));
            names.collect::<Vec<_>>()
        };
        prop_assert_eq!(names(&told), names(&told_of_feed));
        prop_assert_eq!(families(by_number.snapshot()), families(by_feed.snapshot()));
    }
}
