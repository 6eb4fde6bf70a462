//! Pages of small feeds: what they hold, and what they leave out.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::time::Duration;

use serde_json::Value;
use wirefold::normalize::Matcher;
use wirefold::relation::Relation;
use wirefold::{About, Link, Outcome, Settings, Story, StoryBuffer, Wanted, fold, sketch_stories};
use wirefold_report::{Gathered, Limits, Run, gathered_page, page};

/// Titles, texts, and a source and a time for each.
type Told = (String, String, String, i64);

fn page_of(told: &[Told], limits: &Limits) -> (String, Outcome) {
    let stories: Vec<(String, Story<'_>)> = told
        .iter()
        .enumerate()
        .map(|(number, (title, text, source, published))| {
            let about = About {
                source: Some(source),
                published: Some(*published),
                ..About::default()
            };
            let story = Story {
                title: Some(title),
                text,
                about,
            };
            (format!("s{number:04}"), story)
        })
        .collect();
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
        &|_, _, _| {},
    );
    let outcome = outcome.unwrap();
    let run = Run {
        command: "dedup",
        input_bytes: 1_234_567,
        refused: 3,
        stages: &[
            ("reading", Duration::from_millis(250)),
            ("verifying", Duration::from_millis(750)),
        ],
        written: 1_772_373_900,
    };
    let page = page(&stories[..], &outcome, &matcher, &settings, &run, limits).unwrap();
    (page, outcome)
}

/// The data that the page's script reads.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

/// Families of two stories each, each of words that no other has.
fn pairs(count: usize, extra: &str) -> Vec<Told> {
    let text = |family: usize| {
        let words = (0..60).map(|word| format!("w{family}x{word}"));
        words.collect::<Vec<_>>().join(" ") + extra
    };
    (0..2 * count)
        .map(|number| {
            let family = number / 2;
            let tail = if number % 2 == 0 { "" } else { " and one more" };
            (
                format!("Family {family}"),
                text(family) + tail,
                format!("Source {}", number % 3),
                1_772_000_000 + i64::try_from(number).unwrap() * 3600,
            )
        })
        .collect()
}

#[test]
fn a_family_has_its_stories_and_their_passages() {
    let (page, outcome) = page_of(&pairs(1, ""), &Limits::default());
    for part in [
        "1.2 MB",
        "0.25 s",
        "75\u{a0}%",
        "2026-03-01 14:05 UTC",
        "records refused",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let data = data(&page);
    let family = &data["families"][0];
    assert_eq!(family["stories"], 2);
    assert_eq!(family["kept"], 1);
    let lead = outcome.decisions[0].cluster;
    assert_eq!(family["id"], format!("s{lead:04}"));
    let detail = &data["details"][0];
    assert_eq!(detail["members"].as_array().unwrap().len(), 2);
    let pair = &detail["pairs"][0];
    let text = detail["texts"][pair["copy"].as_u64().unwrap() as usize]["text"].as_str();
    let mark = pair["marks_copy"][0].as_array().unwrap();
    let (from, to) = (mark[0].as_u64().unwrap(), mark[1].as_u64().unwrap());
    let words = text.unwrap()[from as usize..to as usize].split(' ').count();
    assert_eq!((words, mark[3].as_str()), (60, Some("verbatim")));
}

#[test]
fn what_has_no_room_is_left_out_and_counted() {
    // Signs that take more room within a script element than by themselves.
    let told = pairs(300, &" <<<<".repeat(50));
    let fixed = page_of(&[], &Limits::default()).0.len();
    let whole = page_of(&told, &Limits::default()).0;
    let limits = Limits {
        bytes: 50_000,
        ..Limits::default()
    };
    let (page, _) = page_of(&told, &limits);
    assert!(whole.len() > fixed + 300_000);
    // The plots are drawn, whatever room there is for data.
    assert!(
        page.len() < fixed + 50_000 + 20_000,
        "{} {fixed}",
        page.len()
    );
    let data = data(&page);
    let listed = data["families"].as_array().unwrap().len();
    let details = data["details"].as_array().unwrap().len();
    assert!(listed > 20 && listed < 300 && details > 2 && details < listed);
    let rest = format!("{} smaller families are not listed.", 300 - listed);
    assert!(page.contains(&rest), "{rest}");
    assert!(page.contains(&format!("Texts are shown of {details} families")));
    let few = Limits {
        families: 7,
        ..Limits::default()
    };
    let (page, _) = page_of(&told, &few);
    assert!(page.contains("293 smaller families are not listed."));
}

#[test]
fn words_of_stories_end_no_element() {
    let mut told = pairs(
        3,
        " </script><script>alert(1)</script><!-- ]]> & \" ' {{ 1 }}",
    );
    for (title, _, source, _) in &mut told {
        title.push_str("</title><script>");
        source.push_str("</td><script>");
    }
    let (page, _) = page_of(&told, &Limits::default());
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    let title = data(&page)["families"][0]["title"]
        .as_str()
        .map(str::to_owned);
    assert!(title.unwrap().ends_with("</title><script>"));
}

#[test]
fn long_texts_and_names_are_cut_and_it_is_said() {
    let mut told = pairs(1, "");
    for (title, text, source, _) in &mut told {
        title.insert_str(0, &"é".repeat(50_000));
        text.push_str(&" tail".repeat(10_000));
        source.push_str(&"ü".repeat(50_000));
    }
    let (page, _) = page_of(&told, &Limits::default());
    assert!(page.len() < 200_000, "{}", page.len());
    let data = data(&page);
    let text = &data["details"][0]["texts"][0];
    let (shown, left) = (
        text["text"].as_str().unwrap().len(),
        text["left_out"].as_u64(),
    );
    assert!(shown <= Limits::default().one_text);
    assert!(
        told.iter()
            .any(|told| told.1.len() as u64 == shown as u64 + left.unwrap())
    );
}

/// Found by the fuzz target `report`: the day before the first that seconds reach.
#[test]
fn times_of_any_size_are_told() {
    let told = |id: &str, published| {
        let text =
            format!("The ferry to Orlemond will not sail before noon, the port of Kelm said. {id}");
        (id.to_owned(), text, "Northwire".to_owned(), published)
    };
    for published in [i64::MIN, -1, i64::MAX] {
        page_of(
            &[told("a", published), told("b", published)],
            &Limits::default(),
        );
    }
}

#[test]
fn what_has_no_room_on_the_page_of_a_stream_is_counted() {
    let story = |number: usize| StoryBuffer {
        title: format!("Ferry {number}"),
        text: "The ferry to Orlemond will not sail before noon. ".repeat(20),
        ..StoryBuffer::default()
    };
    let link = Link {
        relation: Relation::Identical,
        to: 0,
        jaccard: 1.0,
        containment: 1.0,
        novel: 0.0,
    };
    let mut gathered = Gathered::held_back().within(10_000);
    for number in 0..20 {
        gathered.stream(&format!("n{number}"), &story(number), None);
        let by = ("first", &story(100), link);
        gathered.stream(&format!("c{number}"), &story(number), Some(by));
    }
    let run = Run {
        command: "index dedup",
        input_bytes: 0,
        refused: 0,
        stages: &[],
        written: 0,
    };
    let (matcher, settings) = (Matcher::default(), Settings::default());
    let page = gathered_page(&gathered, &matcher, &settings, &run, &Limits::default()).unwrap();
    let data = data(&page);
    let rows = data["families"].as_array().unwrap();
    let held = rows[0]["stories"].as_u64().unwrap() - 1;
    let alone = rows.len() as u64 - 1;
    assert!(
        held > 1 && held < 20 && alone > 1 && alone < 20,
        "{held} {alone}"
    );
    for said in [
        format!("{} more stories were held back;", 20 - held),
        format!("{} more stories passed and are not listed.", 20 - alone),
        // What is counted and drawn is all that came.
        "<dt>held back</dt><dd>20</dd>".to_owned(),
        "identical: 20".to_owned(),
    ] {
        assert!(page.contains(&said), "{said}");
    }
}
