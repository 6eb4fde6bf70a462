//! The page of a run: whatever words its stories have, they stay words.

use std::time::Duration;

use arbitrary::Arbitrary;
use wirefold::normalize::Matcher;
use wirefold::{About, Settings, Story, Wanted, fold, sketch_stories};
use wirefold_report::{Limits, Run, page};

/// Stories of any words, each told twice so that there are families to show.
#[derive(Arbitrary, Debug)]
pub struct Asked<'a> {
    stories: Vec<(&'a str, &'a str, &'a str, Option<i64>)>,
    families: u8,
    bytes: u16,
    one_text: u8,
    written: i64,
}

/// The page is whole, its data are JSON within one element, and nothing of the stories stands outside as markup.
pub fn paged(asked: Asked<'_>) {
    let tail = "and the breaker is still in dock for repairs, said Ilse Vantour, who runs the port";
    let texts: Vec<String> = asked
        .stories
        .iter()
        .map(|told| format!("{} {tail}", told.2))
        .collect();
    let mut stories: Vec<(String, Story<'_>)> = Vec::new();
    for ((title, source, text, published), longer) in asked.stories.iter().zip(&texts).take(12) {
        let about = About {
            source: Some(source),
            published: *published,
            ..About::default()
        };
        for text in [*text, longer] {
            let id = format!("{}-{title}", stories.len());
            stories.push((
                id,
                Story {
                    title: Some(title),
                    text,
                    about,
                },
            ));
        }
    }
    let (matcher, settings) = (Matcher::default(), Settings::default());
    let sketches = sketch_stories(&stories[..], &matcher, &settings).unwrap();
    let wanted = Wanted {
        families: true,
        relations: false,
    };
    let outcome = fold(
        sketches,
        &stories[..],
        &matcher,
        &settings,
        wanted,
        &|_, _, _| (),
    )
    .unwrap();
    let run = Run {
        command: "dedup",
        input_bytes: 1,
        refused: 0,
        stages: &[("reading", Duration::from_millis(1))],
        written: asked.written,
    };
    let limits = Limits {
        families: usize::from(asked.families),
        bytes: usize::from(asked.bytes),
        one_text: usize::from(asked.one_text),
        ..Limits::default()
    };
    for limits in [Limits::default(), limits] {
        let page = page(&stories[..], &outcome, &matcher, &settings, &run, &limits).unwrap();
        let (_, rest) = page.split_once("id=\"data\">").unwrap();
        let (data, rest) = rest.split_once("</script>").unwrap();
        serde_json::from_str::<serde_json::Value>(data).unwrap();
        assert!(!data.contains('<'), "data that may end their element");
        // Behind the data stands the script of the page and nothing else.
        assert_eq!(rest.matches("</script").count(), 1);
        assert_eq!(page.matches("<script").count(), 2);
    }
}
