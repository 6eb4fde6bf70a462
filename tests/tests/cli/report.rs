//! `--report`: the page, and the page in a browser.
//!
//! Tests that need a browser say "skipped: …" where there is none.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wirefold_tests::browser::{ENTER, ESCAPE, in_browser};

use crate::support::{Folder, STORIES, record, sample};

#[test]
fn a_page_for_dedup_relate_and_families_of_an_index() {
    let folder = Folder::new();
    let feed = sample();
    let feed = feed.display();
    folder.ok(&format!("dedup {feed} -o kept.jsonl --report dedup.html"));
    folder.ok(&format!(
        "relate {feed} -o pairs.jsonl --report relate.html"
    ));
    folder.ok("index create stories");
    folder.ok(&format!("index add stories {feed}"));
    folder.ok("index families stories -o clusters.csv --report index.html");
    for (page, command) in [
        ("dedup.html", "dedup"),
        ("relate.html", "relate"),
        ("index.html", "index families"),
    ] {
        let page = folder.read(page);
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
        assert!(
            page.contains(&format!("<h1>wirefold {command}</h1>")),
            "{command}"
        );
        // Nothing is fetched: no address but that of the namespace of drawings.
        let addresses = page.match_indices("http").map(|(at, _)| &page[at..]);
        let mut others = addresses.filter(|rest| {
            !rest.starts_with("http://www.w3.org/2000/svg") && !rest.starts_with("http-equiv")
        });
        assert_eq!(others.next().map(|rest| &rest[..rest.len().min(80)]), None);
    }
}

#[test]
fn the_page_of_an_empty_feed() {
    let folder = Folder::new();
    folder.file("feed.jsonl", "");
    folder.ok("dedup feed.jsonl -o kept.jsonl --report page.html");
    let page = folder.read("page.html");
    assert!(page.contains("<dd>0</dd>") && page.contains("No two stories are related."));
    assert!(!page.contains("<figure>"), "nothing is drawn of nothing");
}

#[test]
fn pairs_of_two_families_are_counted_where_families_are_shown() {
    let folder = Folder::new();
    let feed = sample();
    folder.ok(&format!(
        "dedup {} -o kept.jsonl --relations pairs.jsonl --clusters clusters.csv --report page.html",
        feed.display()
    ));
    let cluster: std::collections::HashMap<String, String> = folder
        .read("clusters.csv")
        .lines()
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
        })
        .collect();
    let apart = folder.rows("pairs.jsonl").into_iter().filter(|row| {
        let of = |side: &str| &cluster[row[side].as_str().unwrap()];
        of("a") != of("b")
    });
    let apart = apart.count();
    assert!(apart > 1);
    let page = folder.read("page.html");
    assert!(
        page.contains(&format!("{apart} related pairs are of two families each")),
        "{apart}"
    );
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let folder = Folder::new();
    folder.file("feed.jsonl", record("a", STORIES[0]));
    let run = folder
        .cmd("dedup feed.jsonl -o kept.jsonl --report missing/page.html")
        .run();
    run.code(2).says("missing/page.html");
    assert!(!folder.path("kept.jsonl").exists());
}

#[test]
fn families_are_searched_and_opened_by_mouse_and_keyboard() {
    let folder = Folder::new();
    let feed = sample();
    folder.ok(&format!(
        "dedup {} -o kept.jsonl --report page.html",
        feed.display()
    ));
    in_browser(1200, false, async |browser| {
        browser.open(&folder.path("page.html")).await;
        let all = browser.text("#found").await;
        let count: usize = all.split(' ').next().unwrap().parse().unwrap();
        assert!(count > 3, "{all}");
        // The list is sorted by size.
        let sizes = browser
            .js("return [...document.querySelectorAll('#rows tr')].map((row) => Number(row.cells[1].textContent))")
            .await;
        let sizes: Vec<u64> = serde_json::from_value(sizes).unwrap();
        assert!(
            sizes.is_sorted_by(|a, b| a >= b) && sizes[0] > 1,
            "{sizes:?}"
        );

        // "/" leads to the search, which finds a family by words of its title.
        let first = browser.text("#rows tr:first-child a").await;
        browser.js("document.activeElement.blur()").await;
        browser.press("body", "/").await;
        browser
            .until("return document.activeElement.id === 'words'")
            .await;
        browser.press("#words", &first).await;
        browser
            .until("return document.querySelectorAll('#rows tr').length === 1")
            .await;
        assert_eq!(browser.text("#found").await, "1 family found");
        browser.press("#words", "no such words").await;
        browser
            .until("return document.querySelectorAll('#rows tr').length === 0")
            .await;
        browser.clear("#words").await;
        browser
            .until(&format!(
                "return document.querySelectorAll('#rows tr').length === {count}"
            ))
            .await;

        // A family has its stories in a table and side by side, with passages that lead to each other.
        browser.press("#rows tr:first-child a", ENTER).await;
        browser
            .until("return !document.getElementById('family').hidden")
            .await;
        assert_eq!(browser.text("#family-title").await, first);
        let stories = browser
            .js("return document.querySelectorAll('#members tbody tr').length")
            .await;
        assert_eq!(stories.as_u64(), Some(sizes[0]));
        browser.click(".pair mark[data-number] a").await;
        browser
            .until("return document.querySelectorAll('mark.lit').length === 2")
            .await;
        // Going back leads to the family's beginning, and further to the list.
        for (mark, hidden) in [(0, false), (0, true)] {
            browser.js("history.back()").await;
            browser
                .until(&format!(
                    "return document.getElementById('family').hidden === {hidden} \
                     && document.querySelectorAll('mark.lit').length === {mark} && !location.hash.includes('/')"
                ))
                .await;
        }
        browser.js("history.forward()").await;
        browser
            .until("return !document.getElementById('family').hidden")
            .await;
        browser.press("body", ESCAPE).await;
        browser
            .until("return document.getElementById('family').hidden")
            .await;
        assert_eq!(browser.complaints().await, [""; 0]);
    });
}

/// Stories whose every field tries to be more than text.
fn hostile_feed() -> String {
    let mut feed = String::new();
    let word = "w".repeat(100_000);
    let attacks = [
        "</script><script>window.injected = 1</script>",
        "<img src=x onerror=\"window.injected = 2\">",
        "<!--<script>",
        "\u{202e}desrever\u{202c} \u{2067}aside\u{2069} nul\u{0}",
        "' onmouseover='window.injected = 3' {{ 7 * 7 }}",
        &word,
    ];
    for (at, attack) in attacks.iter().enumerate() {
        for copy in ["a", "b"] {
            let story = json!({
                "id": format!("{attack}{at}{copy}"),
                "title": format!("{attack} {at}"),
                "source": format!("{attack} desk {copy}"),
                "published": format!("2026-03-01T0{at}:00:00Z"),
                "text": format!("{}\n\n{attack} {at} {}", STORIES[at % 3], STORIES[(at + 1) % 3]),
            });
            let _ = writeln!(feed, "{story}");
        }
    }
    feed
}

#[test]
fn hostile_text_stays_text() {
    let folder = Folder::new();
    folder.file("feed.jsonl", hostile_feed());
    folder.ok("dedup feed.jsonl -o kept.jsonl --report page.html");
    // A narrow window by night: nothing runs, nothing sticks out.
    in_browser(500, true, async |browser| {
        browser.open(&folder.path("page.html")).await;
        let families = browser
            .js("return document.querySelectorAll('#rows a').length")
            .await;
        let families = families.as_u64().unwrap();
        assert!(families > 0);
        let mut seen = String::new();
        for family in 0..families {
            browser
                .js(&format!("location.hash = 'family-{family}'"))
                .await;
            browser
                .until(&format!(
                    "return document.getElementById('family').dataset.number === '{family}' \
                     && document.querySelectorAll('.pair').length > 0"
                ))
                .await;
            seen += &browser.text("#family").await;
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.js(fits).await, json!(true), "family {family}");
        }
        assert_eq!(
            browser.js("return window.injected ?? null").await,
            Value::Null
        );
        let scripts = browser
            .js("return document.querySelectorAll('script, img').length")
            .await;
        assert_eq!(scripts, json!(2), "the data and the page's own");
        browser.js("location.hash = 'families'").await;
        browser
            .until("return document.getElementById('family').hidden")
            .await;
        let shown = browser.text("#rows").await;
        assert!(!shown.contains('\u{202e}'), "{shown}");
        for part in [
            "U+202E",
            "U+0000",
            "<img src=x",
            "</script><script>window.injected",
            "{{ 7 * 7 }}",
        ] {
            assert!(seen.contains(part), "{part}: {seen}");
        }
        assert_eq!(browser.complaints().await, [""; 0]);
    });
}
