//! What becomes of stories by what their records say: policies of keeping, versions, items that were
//! taken back, embargoes.

use serde_json::{Value, json};

use crate::support::{Folder, STORIES, ids};

/// A feed of one story under other fields each.
fn feed(folder: &Folder, stories: &[Value]) {
    let lines = stories.iter().map(|story| format!("{story}\n"));
    folder.file("feed.jsonl", lines.collect::<String>());
}

/// The story with `fields` and a text of its own length: `more` words are added to it.
fn story(fields: &Value, more: usize) -> Value {
    let mut story = fields.clone();
    story["text"] = json!(format!(
        "{}{}",
        STORIES[0],
        " Ferries sail on.".repeat(more)
    ));
    story
}

fn kept(folder: &Folder, args: &str) -> Vec<String> {
    ids(&folder.ok(&format!("dedup feed.jsonl -q {args}")).out)
}

#[test]
fn policies_in_order() {
    let folder = Folder::new();
    let stories = [
        story(
            &json!({"id": "a", "source": "Kelm Courier", "date": "2031-03-15T10:00:00Z"}),
            0,
        ),
        story(
            &json!({"id": "b", "source": "Northwire", "date": "2031-03-15T09:00:00Z"}),
            1,
        ),
        story(
            &json!({"id": "c", "source": "Elsewhere", "date": "2031-03-15T12:00:00+03:00"}),
            0,
        ),
        story(&json!({"id": "d", "source": "Elsewhere", "version": 7}), 0),
    ];
    feed(&folder, &stories);
    for (keep, wanted) in [
        ("longest", "b"),
        ("first", "a"),
        // Nine o'clock of both: the longer one.
        ("earliest", "b"),
        ("earliest,prefer:elsewhere", "c"),
        ("latest", "a"),
        ("latest-version", "d"),
        ("prefer: Nobody,northwire ,Kelm Courier", "b"),
        ("prefer:Elsewhere,latest", "c"),
    ] {
        // Whatever the order of the input, unless the policy asks for it.
        for turn in 0..stories.len() {
            let mut turned = stories.to_vec();
            turned.rotate_left(turn);
            feed(&folder, &turned);
            let wanted = match keep {
                "first" => turned[0]["id"].as_str().unwrap(),
                _ => wanted,
            };
            let cmd = folder.cmd("dedup feed.jsonl -q --keep").arg(keep);
            assert_eq!(
                ids(&cmd.run().code(0).out),
                [wanted],
                "{keep}, turned by {turn}"
            );
        }
    }
}

#[test]
fn a_policy_that_is_none_is_refused() {
    let folder = Folder::new();
    feed(&folder, &[story(&json!({"id": "a"}), 0)]);
    let ran = folder.cmd("dedup feed.jsonl --keep longest,newest").run();
    ran.code(2).says(
        "keep is \"newest\", but must be longest, first, earliest, latest, latest-version, prefer:SOURCE,…",
    );
    let ran = folder.cmd("dedup feed.jsonl --now Monday").run();
    ran.code(2)
        .says("no time in a known form; write it as 2031-03-15T09:40:00Z");
}

#[test]
fn a_repeat_is_a_later_version() {
    let folder = Folder::new();
    let stories = [
        story(&json!({"id": "a", "title": "Ferry waits in Orlemond"}), 0),
        story(
            &json!({"id": "b", "title": "RPT-Ferry waits in Orlemond"}),
            0,
        ),
    ];
    feed(&folder, &stories);
    assert_eq!(kept(&folder, "--clusters clusters.jsonl"), ["b"]);
    assert_eq!(folder.rows("clusters.jsonl")[0]["relation"], "new_version");
}

#[test]
fn what_was_taken_back_stands_for_nothing() {
    let folder = Folder::new();
    let item = |id: &str, version: u32, status: &str| json!({"id": id, "source": "Northwire", "slug": "ferry", "version": version, "status": status});
    let stories = [
        // The longest, but canceled by the second.
        story(&item("first", 1, "usable"), 2),
        story(&item("notice", 2, "stat:canceled"), 0),
        story(&json!({"id": "copy", "source": "Kelm Courier"}), 0),
        story(&json!({"id": "other", "source": "Elsewhere"}), 0),
    ];
    for turn in 0..stories.len() {
        let mut turned = stories.to_vec();
        turned.rotate_left(turn);
        feed(&folder, &turned);
        let mut kept = kept(&folder, "--clusters clusters.jsonl");
        kept.sort_unstable();
        assert_eq!(kept, ["copy", "notice"]);
        for row in folder.rows("clusters.jsonl") {
            assert_eq!(row["cluster"], "copy", "{row}");
        }
    }
    // A mark in the headline says it too.
    let titled = |id: &str, title: &str| json!({"id": id, "title": title});
    let stories = [
        story(&titled("a", "Ferry waits in Orlemond"), 0),
        story(&titled("b", "WITHDRAWN-Ferry waits in Orlemond"), 1),
    ];
    feed(&folder, &stories);
    assert_eq!(kept(&folder, ""), ["a", "b"]);
    // By a field of another name.
    let named = |id: &str, state: &str| json!({"id": id, "state": state});
    feed(
        &folder,
        &[
            story(&named("a", "kill"), 1),
            story(&named("b", "usable"), 0),
        ],
    );
    assert_eq!(kept(&folder, ""), ["a"]);
    assert_eq!(kept(&folder, "--status-field state"), ["a", "b"]);
}

#[test]
fn a_notice_reaches_its_item_by_id_or_by_slug() {
    let folder = Folder::new();
    let record = |id: &str, slug: Option<&str>, version: u32, status: &str| {
        let mut record =
            json!({"id": id, "source": "Northwire", "version": version, "status": status});
        if let Some(slug) = slug {
            record["slug"] = json!(slug);
        }
        record
    };
    for (id, slug, taken_back) in [
        ("item", None, true),
        ("item", Some("harbor"), true),
        ("notice", Some("ferry"), true),
        ("notice", None, false),
        ("notice", Some("harbor"), false),
        // An id is no slug.
        ("ferry", None, false),
    ] {
        let stories = [
            story(&record("item", Some("ferry"), 1, "usable"), 2),
            story(&json!({"id": "copy", "source": "Kelm Courier"}), 0),
            story(&record(id, slug, 2, "canceled"), 0),
        ];
        feed(&folder, &stories);
        kept(&folder, "--clusters clusters.jsonl");
        let rows = folder.rows("clusters.jsonl");
        let copy = if taken_back { "copy" } else { "item" };
        assert_eq!(rows[1]["cluster"], copy, "{id} {slug:?}");
        assert_eq!(rows[2]["kept"], true, "{id} {slug:?}");
    }
}

#[test]
fn an_embargoed_story_stands_for_no_public_one() {
    let folder = Folder::new();
    let stories = [
        // The longer one contains the other.
        story(
            &json!({"id": "later", "embargo": "2031-03-15T09:00:00Z"}),
            9,
        ),
        story(&json!({"id": "public"}), 0),
    ];
    for stories in [stories.to_vec(), stories.iter().rev().cloned().collect()] {
        feed(&folder, &stories);
        let mut before = kept(&folder, "--now 2031-03-15T08:59:59Z --min-novel 1");
        before.sort_unstable();
        assert_eq!(before, ["public"]);
        let mut before = kept(&folder, "--now 2031-03-15T08:59:59Z");
        before.sort_unstable();
        assert_eq!(before, ["later", "public"]);
        assert_eq!(
            kept(&folder, "--now 2031-03-15T09:00:00Z --min-novel 1"),
            ["later"]
        );
    }
}

#[test]
fn annotated_records_are_all_there() {
    let folder = Folder::new();
    let [a, b, _] = STORIES;
    let lines = [
        format!("{{\"id\": \"a\", \"n\": 1.50, \"text\": {}}}", json!(a)),
        format!(
            "{{\"id\":\"b\",\"kept\":\"by Ilse\",\"text\":{} }}",
            json!(b)
        ),
        format!("{{\"id\":\"copy\",\"text\":{}}}", json!(a)),
    ];
    folder.file("feed.jsonl", lines.join("\n"));
    let ran = folder.ok("dedup feed.jsonl --annotate -q --clusters clusters.jsonl -o all.jsonl.gz");
    assert!(ran.out.is_empty());
    let all = crate::support::gunzip(&folder.bytes("all.jsonl.gz"));
    let all = String::from_utf8(all).unwrap();
    let wanted = [
        format!(
            "{},\"cluster\":\"a\",\"kept\":true,\"relation\":null,\"to\":null}}",
            lines[0].trim_end_matches('}')
        ),
        format!(
            "{{\"id\":\"b\",\"text\":{},\"cluster\":\"b\",\"kept\":true,\"relation\":null,\"to\":null}}",
            json!(b)
        ),
        format!(
            "{},\"cluster\":\"a\",\"kept\":false,\"relation\":\"identical\",\"to\":\"a\"}}",
            lines[2].trim_end_matches('}')
        ),
    ];
    assert_eq!(all.lines().collect::<Vec<_>>(), wanted);
    // The same as the table says.
    for (row, record) in folder.rows("clusters.jsonl").iter().zip(all.lines()) {
        let record: Value = serde_json::from_str(record).unwrap();
        for field in ["id", "cluster", "kept", "relation", "to"] {
            assert_eq!(row[field], record[field]);
        }
    }

    let ran = folder.ok("dedup feed.jsonl --annotate -q -o all.csv");
    assert!(ran.out.is_empty());
    let rows = crate::support::csv(&folder.bytes("all.csv"));
    assert!(
        folder
            .read("all.csv")
            .starts_with("id,n,text,cluster,kept,relation,to\n")
    );
    assert_eq!(rows[2]["to"], "a");
    assert_eq!(rows[1]["kept"], "true");
}

#[test]
fn annotated_plain_texts_become_records() {
    let folder = Folder::new();
    folder.file("a.txt", STORIES[0]).file("b.txt", STORIES[0]);
    let ran = folder.ok("dedup a.txt b.txt --annotate -q");
    let rows = crate::support::rows(&ran.out);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1]["text"], STORIES[0]);
    assert_eq!(rows[1]["to"], "a.txt");
}

/// Pairs of the rows of `relate`.
fn related(folder: &Folder, args: &str) -> Vec<String> {
    let ran = folder.ok(&format!("relate feed.jsonl -q {args}"));
    let rows = crate::support::rows(&ran.out);
    let pair = |row: &Value| {
        format!(
            "{}{}",
            row["a"].as_str().unwrap(),
            row["b"].as_str().unwrap()
        )
    };
    rows.iter().map(pair).collect()
}

#[test]
fn a_window_keeps_apart_what_is_far_in_time() {
    let folder = Folder::new();
    let at = |id: &str, time: &str, more| story(&json!({"id": id, "date": time}), more);
    let stories = [
        at("a", "2031-03-15T00:00:00Z", 0),
        at("b", "2031-03-17T00:00:00Z", 1),
        at("c", "2031-03-19T00:00:01Z", 2),
        // The same text as the first.
        at("d", "2031-03-18T00:00:01Z", 0),
        story(&json!({"id": "e"}), 3),
    ];
    feed(&folder, &stories);
    assert_eq!(related(&folder, "").len(), 7);
    let within = related(&folder, "--window 48h");
    assert_eq!(within, ["ab", "ae", "bd", "be", "cd", "ce", "de"]);
    assert_eq!(
        related(&folder, "--window 172801s"),
        ["ab", "ae", "bc", "bd", "be", "cd", "ce", "de"]
    );
    assert_eq!(kept(&folder, "--window 2d"), ["e"]);
    // Without the one of unknown time: the longest, and what is too early for it.
    feed(&folder, &stories[..4]);
    assert_eq!(kept(&folder, ""), ["c"]);
    assert_eq!(kept(&folder, "--window 2d"), ["b", "c"]);
    assert_eq!(kept(&folder, "--window 23h"), ["a", "b", "c", "d"]);
    let ran = folder.cmd("dedup feed.jsonl --window soon").run();
    ran.code(2)
        .says("no length of time; write it as 90m, 72h, 3d or 2w");
}

#[test]
fn a_daily_notice_has_leaders_on_each_day() {
    // Far more stories of one wording than a group has leaders, each pair of days apart from all others.
    let folder = Folder::new();
    let stories: Vec<Value> = (0..300)
        .map(|number: u32| {
            let (day, second) = (number / 2, number % 2);
            let time = 1_900_000_000 + i64::from(day) * 86_400 + i64::from(second) * 60;
            story(
                &json!({"id": format!("{number:03}"), "date": time}),
                number as usize,
            )
        })
        .collect();
    feed(&folder, &stories);
    let wanted: Vec<String> = (0..150)
        .map(|day| format!("{:03}{:03}", 2 * day, 2 * day + 1))
        .collect();
    assert_eq!(related(&folder, "--window 1h"), wanted);
    // Threads and memory do not matter.
    assert_eq!(
        related(&folder, "--window 1h --threads 3 --memory 64MiB"),
        wanted
    );
}

#[test]
fn times_without_a_zone_are_of_the_zone_named() {
    let folder = Folder::new();
    let stories = [
        // An hour apart by the clock, and not at all: clocks were put forward in between.
        story(&json!({"id": "a", "date": "2031-03-30 01:59:00"}), 0),
        story(&json!({"id": "b", "date": "2031-03-30 03:00:00"}), 1),
    ];
    feed(&folder, &stories);
    assert_eq!(kept(&folder, "--window 2m"), ["a", "b"]);
    assert_eq!(kept(&folder, "--window 2m --timezone Europe/Berlin"), ["b"]);
    let ran = folder.cmd("dedup feed.jsonl --timezone Brackwater").run();
    ran.code(2)
        .says("no time zone; write it as Europe/Berlin or Asia/Tokyo");
}
