//! Pages of `index query` and `index dedup`, trials, and dates that cannot be read.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wirefold_tests::browser::{ENTER, in_browser};

use crate::support::{Folder, STORIES, record};

/// The data that a page's script reads.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

fn desk() -> Folder {
    let folder = Folder::new();
    folder.file("old.jsonl", record("old", STORIES[0]));
    let copy = STORIES[0].to_uppercase();
    let feed = [
        record("copy", &copy),
        record("new", STORIES[1]),
        record("again", STORIES[1]),
    ];
    folder.file("feed.jsonl", feed.concat());
    folder.ok("index create desk");
    folder.ok("index add desk old.jsonl");
    folder
}

/// The names and bytes of all files below the folder.
fn all(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.path("")];
    while let Some(dir) = folders.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_page_of_a_query_has_each_story_beside_what_is_stored() {
    let folder = desk();
    folder.ok("index query desk feed.jsonl -o found.jsonl --report page.html");
    let page = folder.read("page.html");
    assert!(
        page.contains("<h1>wirefold index query</h1>")
            && page.contains("Stories that were asked for")
    );
    let data = data(&page);
    let rows = data["families"].as_array().unwrap();
    let told: Vec<(&str, u64)> = rows
        .iter()
        .map(|row| {
            (
                row["id"].as_str().unwrap(),
                row["stories"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("copy", 2), ("new", 1), ("again", 1)]);
    let detail = &data["details"][0];
    assert_eq!(detail["members"][1]["id"], "old");
    assert_eq!(detail["members"][1]["relation"], "identical");
    // What is said is said of the story that was asked for.
    let pair = &detail["pairs"][0];
    let id = |side: &str| detail["texts"][pair[side].as_u64().unwrap() as usize]["id"].clone();
    assert_eq!((id("to"), id("copy")), (json!("old"), json!("copy")));
}

#[test]
fn the_page_of_a_stream_has_what_was_held_back_beside_what_tells_it() {
    let folder = desk();
    folder.ok("index dedup desk feed.jsonl -o new.jsonl --report page.html");
    let page = folder.read("page.html");
    for card in [
        "<dt>passed as new</dt><dd>1</dd>",
        "<dt>held back</dt><dd>2</dd>",
    ] {
        assert!(page.contains(card), "{card}");
    }
    let data = data(&page);
    let members: Vec<Vec<&str>> = data["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| detail["members"].as_array().unwrap())
        .map(|members| members.iter().map(|m| m["id"].as_str().unwrap()).collect())
        .collect();
    // One told by what was stored before, one by what passed in this run, of which the whole text is shown.
    assert_eq!(members, [["old", "copy"], ["new", "again"]]);
    let texts = data["details"][1]["texts"].as_array().unwrap();
    assert!(texts.iter().all(|text| text["text"] == STORIES[1]));
}

#[test]
fn trials_change_nothing() {
    let folder = desk();
    folder.ok("index add desk feed.jsonl");
    folder.ok("index delete desk copy");
    folder.file(
        "more.jsonl",
        record("more", STORIES[2]) + &record("old2", STORIES[0]),
    );
    let before = all(&folder);
    for (command, said) in [
        ("index add desk more.jsonl", "added 2 stories"),
        (
            "index dedup desk more.jsonl -o new.jsonl --told told.csv --report page.html",
            "passed 1 new story",
        ),
        ("index compact desk", "would merge 2 segments"),
        ("index learn desk", "would keep 0 lines"),
        ("index delete desk old", "would delete 1 story"),
        (
            "learn more.jsonl -o more.profile",
            "nothing is written to more.profile",
        ),
    ] {
        let run = folder.ok(&format!("{command} --dry-run"));
        run.says(said).says("dry run: ");
        assert_eq!(all(&folder), before, "{command}");
    }
}

#[test]
fn commands_of_an_index_can_be_quiet() {
    let folder = desk();
    folder.ok("index add desk feed.jsonl --quiet");
    let loud = folder.ok("index compact desk");
    loud.says("2 segments").says("now 1, ");
    for command in [
        "index expire desk --source Nobody",
        "index delete desk old",
        "index compact desk",
    ] {
        assert_eq!(
            folder.ok(&format!("{command} --quiet")).err,
            "",
            "{command}"
        );
    }
}

#[test]
fn a_date_that_cannot_be_read_is_told() {
    let folder = Folder::new();
    let story = |id: &str, text: &str, field: &str, date: &str| {
        json!({ "id": id, "text": text, field: date }).to_string()
    };
    let feed = [
        story("a", STORIES[0], "published", "2031-03-03"),
        story("b", STORIES[1], "published", "3 March 2031"),
        story("c", STORIES[2], "embargo", "tomorrow"),
        story("d", STORIES[0], "published", ""),
    ];
    folder.file("feed.jsonl", feed.join("\n"));
    let said = "2 records have a date that cannot be read and counts as unknown, first feed.jsonl:2: \"3 March 2031\"; \
                write it as 2031-03-15T09:40:00Z, or name another field (--date-field, --embargo-field)";
    folder.ok("index create desk");
    folder.ok("index create stream");
    for command in [
        "dedup feed.jsonl -o kept.jsonl",
        "relate feed.jsonl -o related.jsonl",
        "learn feed.jsonl -o feed.profile",
        "index add desk feed.jsonl",
        "index dedup stream feed.jsonl -o new.jsonl",
    ] {
        folder.ok(command).says(said);
    }
}

/// Two tellings of one event, paragraph by paragraph in other words.
const TOLD: [&str; 2] = [
    "Mayor Ilse Vantour closed the harbor of Orlemond on Tuesday after 14 barges broke loose.\n\n\
     The breaker Sankt Brede reached the Kelm lock at 6:40 and freed 9 of them, the port authority Pellmar wrote.\n\n\
     Repairs of the Vellmark quay will cost 3.2 million crowns, reckons engineer Tomas Arvelund.\n\n\
     Insurer Grandholt has set aside 870,000 crowns for cargo owners from Lorvania.",
    "After 14 barges tore from their ropes, no ship may enter Orlemond: so decided Ilse Vantour, its mayor, on Tuesday.\n\n\
     Nine were free again once the Sankt Brede, a breaker, had come to the lock at Kelm at 6:40, says Pellmar, which runs the port.\n\n\
     Engineer Tomas Arvelund puts the bill for mending the quay of Vellmark at 3.2 million crowns.\n\n\
     For the Lorvania owners of what was aboard, 870,000 crowns lie ready at the insurer Grandholt.",
];

#[test]
fn a_rewritten_paragraph_shows_its_counterpart_by_mouse_and_keyboard() {
    let folder = Folder::new();
    folder.file("old.jsonl", record("old", TOLD[0]));
    folder.file("asked.jsonl", record("asked", TOLD[1]));
    folder.ok("index create desk");
    folder.ok("index add desk old.jsonl");
    folder.ok("index query desk asked.jsonl -o found.jsonl --report page.html");
    assert_eq!(folder.rows("found.jsonl")[0]["relation"], "rewritten");
    in_browser(1200, false, async |browser| {
        browser.open(&folder.path("page.html")).await;
        browser.click("#rows a").await;
        browser
            .until("return document.querySelectorAll('mark.rewritten[data-number]').length >= 6")
            .await;
        // Not by color alone: a line below the words, and words for who hears the page.
        let line =
            "return getComputedStyle(document.querySelector('mark.rewritten')).borderBottomStyle";
        assert_eq!(browser.js(line).await, json!("dotted"));
        let label = browser
            .js("return document.querySelector('mark.rewritten[data-number] a').getAttribute('aria-label')")
            .await;
        assert!(
            label
                .as_str()
                .unwrap()
                .contains("the same facts in other words"),
            "{label}"
        );
        let lit =
            "return [...document.querySelectorAll('mark.lit')].map((mark) => mark.id).join(' ')";
        // The focus shows both, Enter leads over, and Enter again leads back.
        browser
            .js("document.querySelector('[id=passage-0-to-1] a').focus()")
            .await;
        let both = json!("passage-0-to-1 passage-0-copy-1");
        assert_eq!(browser.js(lit).await, both);
        for side in ["copy", "to"] {
            let at = if side == "copy" { "to" } else { "copy" };
            browser.press(&format!("#passage-0-{at}-1 a"), ENTER).await;
            browser
                .until(&format!(
                    "return document.activeElement.parentElement.id === 'passage-0-{side}-1'"
                ))
                .await;
            assert_eq!(browser.js(lit).await, both);
        }
        browser.click("#passage-0-copy-4").await;
        assert_eq!(
            browser.js(lit).await,
            json!("passage-0-to-4 passage-0-copy-4")
        );
        assert_eq!(browser.complaints().await, [""; 0]);
    });
}
