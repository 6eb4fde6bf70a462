//! What is known of a feed beside its texts: versions, forms of furniture, profiles.

use serde_json::{Value, json};

use crate::support::{Folder, STORIES, ids, rows};

/// A story of a source on a day of March 2031, as a line of a feed.
fn dated(id: &str, source: &str, day: u32, text: &str) -> String {
    let published = format!("2031-03-{day:02}T09:00:00+02:00");
    json!({ "id": id, "source": source, "published": published, "text": text }).to_string() + "\n"
}

/// What a source prints below everything: long enough to be a passage of its own.
const BOX: &str = "Every evening our three editors choose what mattered and why, in five minutes of plain reading.";

/// Words that are in one story each.
fn own(n: usize) -> String {
    let word = |m: usize| {
        format!(
            "{}{}",
            ["brel", "dorn", "vask", "tull", "orm"][m % 5],
            n * 31 + m
        )
    };
    let words: Vec<String> = (0..30).map(word).collect();
    words.join(" ") + "."
}

/// Six stories of the Courier with its box over three days, and as many of others without.
fn boxed() -> String {
    let mut feed = String::new();
    for n in 0..6 {
        let text = format!("{}\n\n{BOX}", own(n));
        feed += &dated(&format!("c{n}"), "Courier", 10 + n as u32 % 3, &text);
        feed += &dated(&format!("o{n}"), "Other", 10, &own(100 + n));
    }
    feed
}

fn relations(rows: &[Value]) -> Vec<[&str; 3]> {
    rows.iter()
        .map(|row| ["a", "b", "relation"].map(|name| row[name].as_str().unwrap()))
        .collect()
}

#[test]
fn a_box_that_its_source_repeats_relates_nothing() {
    let folder = Folder::new();
    folder.file("feed.jsonl", boxed());
    folder.ok("relate feed.jsonl -o learned.jsonl");
    assert_eq!(folder.read("learned.jsonl"), "");
    // Over two days it is news that was repeated.
    let two_days = boxed().replace("-12T", "-11T");
    folder.file("two.jsonl", two_days);
    folder.ok("relate two.jsonl -o two.out.jsonl");
    let found = folder.rows("two.out.jsonl");
    assert_eq!(found.len(), 15);
    assert!(found.iter().all(|row| row["relation"] == "shared_passages"));
    // `dedup --relations` learns too, and removes what `dedup` removes.
    folder.ok("dedup feed.jsonl -o kept.jsonl --relations r.jsonl");
    assert_eq!(folder.read("r.jsonl"), "");
    folder.ok("dedup feed.jsonl -o plain.jsonl");
    assert_eq!(folder.read("kept.jsonl"), folder.read("plain.jsonl"));
}

#[test]
fn direct_speech_is_never_learned() {
    let folder = Folder::new();
    folder.file("feed.jsonl", boxed().replace(BOX, &format!("“{BOX}”")));
    folder.ok("relate feed.jsonl -o out.jsonl");
    let found = folder.rows("out.jsonl");
    assert_eq!(found.len(), 15);
    assert_eq!(found[0]["passages"][1]["kind"], "quotation", "{}", found[0]);
}

#[test]
fn profiles_are_learned_merged_and_used() {
    let folder = Folder::new();
    let feed = boxed();
    let lines: Vec<&str> = feed.lines().collect();
    let halves = [lines[..6].join("\n"), lines[6..].join("\n")];
    folder
        .file("all.jsonl", &feed)
        .file("one.jsonl", &halves[0])
        .file("two.jsonl", &halves[1]);
    let told = folder.ok("learn all.jsonl -o all.profile");
    assert!(
        told.err
            .contains("1 line that their source repeats, 12 different stories"),
        "{}",
        told.err
    );
    folder.ok("learn one.jsonl -o one.profile.zst");
    folder.ok("learn two.jsonl --add one.profile.zst -o merged.profile");
    assert_eq!(folder.bytes("all.profile"), folder.bytes("merged.profile"));
    // The two stories of a day say little; the profile knows.
    let day = dated("x", "Courier", 20, &format!("{}\n{BOX}", own(50)))
        + &dated("y", "Courier", 20, &format!("{}\n{BOX}", own(60)));
    folder.file("day.jsonl", day);
    folder.ok("relate day.jsonl -o alone.jsonl");
    assert_eq!(
        relations(&folder.rows("alone.jsonl")),
        [["x", "y", "shared_passages"]]
    );
    folder.ok("relate day.jsonl --profile merged.profile -o known.jsonl");
    assert_eq!(folder.read("known.jsonl"), "");
    // And shows it.
    let marked = folder.ok("normalize day.jsonl --mark-furniture --profile merged.profile");
    for row in rows(&marked.out) {
        let text = row["text"].as_str().unwrap();
        assert!(text.ends_with(&format!("\n⟦learned: {BOX}⟧")), "{text}");
    }
    let stripped = folder.ok("normalize day.jsonl --strip-furniture --profile merged.profile");
    assert_eq!(
        rows(&stripped.out)[0]["text"].as_str(),
        Some(own(50).as_str())
    );
    let compared = folder.ok("compare day.jsonl#x day.jsonl#y --profile merged.profile");
    assert!(compared.text().starts_with("not related\n"));
}

#[test]
fn lines_without_source_or_date_are_learned_on_request() {
    let folder = Folder::new();
    let bare = boxed()
        .replace("\"source\"", "\"desk\"")
        .replace("\"published\"", "\"on\"");
    folder.file("bare.jsonl", bare);
    folder.ok("learn bare.jsonl -o p").says("0 lines that");
    folder
        .ok("learn bare.jsonl --undated -o p")
        .says("1 line that");
    folder
        .ok("learn bare.jsonl --source-field desk --date-field on -o p")
        .says("1 line that");
}

#[test]
fn forms_of_furniture_can_be_added() {
    let folder = Folder::new();
    let credit = "Words from the reading room of Ana Quill and of all her helpers in the whole country of Kelm";
    let story = |n: usize| format!("{}\n{credit}", own(n));
    let feed = dated("a", "One", 10, &story(0)) + &dated("b", "Two", 10, &story(1));
    folder.file("feed.jsonl", feed);
    folder.file(
        "forms.tsv",
        "# ours\ncredit\twhole-line\twords from the reading room of <any>\n",
    );
    folder.ok("relate feed.jsonl -o plain.jsonl");
    assert_eq!(
        relations(&folder.rows("plain.jsonl")),
        [["a", "b", "shared_passages"]]
    );
    folder.ok("relate feed.jsonl --furniture forms.tsv -o out.jsonl");
    assert_eq!(folder.read("out.jsonl"), "");
    let marked = folder.ok("normalize feed.jsonl --mark-furniture --furniture forms.tsv");
    assert_eq!(marked.text().matches("⟦credit: Words from").count(), 2);
    // A story that is nothing else is related to nothing.
    folder.file(
        "two.jsonl",
        [dated("a", "One", 10, credit), dated("b", "One", 10, credit)].concat(),
    );
    assert_eq!(ids(&folder.ok("dedup two.jsonl").out), ["a"]);
    assert_eq!(
        ids(&folder.ok("dedup two.jsonl --furniture forms.tsv").out),
        ["a", "b"]
    );
}

/// A version of an item, as a line of a feed.
fn version(id: &str, slug: &str, number: u32, hour: u32, text: &str) -> String {
    let published = format!("2031-03-{:02}T{:02}:00:00Z", 10 + hour / 24, hour % 24);
    json!({ "id": id, "source": "Northwire", "slug": slug, "version": number, "published": published, "text": text })
        .to_string()
        + "\n"
}

#[test]
fn versions_are_told_by_slug_and_number() {
    let folder = Folder::new();
    let alert = "Strong tremor felt in the Tarsa valley of Lorvania.";
    let story =
        "A quake shook the Tarsa valley before dawn, and chimneys fell in the north of Lorvania.";
    let feed = version("alert", "quake", 1, 2, alert)
        + &version("story", "quake", 2, 5, story)
        // Another item, another day, the same version.
        + &version("other", "strike", 3, 5, "Tarsa: strikers in Lorvania want a third more.")
        + &version("later", "quake", 9, 40, "Tarsa: help for Lorvania is on its way by rail.")
        + &version("again", "quake", 2, 6, "In Tarsa nobody slept; Lorvania sends tents.");
    folder.file("feed.jsonl", &feed);
    folder.ok("relate feed.jsonl -o out.jsonl");
    let found = folder.rows("out.jsonl");
    assert_eq!(
        relations(&found),
        [
            ["again", "alert", "new_version"],
            ["alert", "story", "new_version"]
        ]
    );
    // The alert tells what the story does not say in its words: both stay.
    assert!(found[1]["novel_a"].as_f64().unwrap() > 0.2, "{}", found[1]);
    assert_eq!(ids(&folder.ok("dedup feed.jsonl").out).len(), 5);
    // Of two that say the same the later stays, whatever its length.
    let [one, two, _] = STORIES;
    let longer = version("old", "pier", 1, 2, &format!("{one} {one} No more."))
        + &version("new", "pier", 2, 3, one);
    folder.file("longer.jsonl", longer + &version("x", "plums", 1, 3, two));
    assert_eq!(ids(&folder.ok("dedup longer.jsonl").out), ["new", "x"]);
    // Fields of other names.
    folder.file(
        "named.jsonl",
        feed.replace("\"slug\"", "\"topic\"")
            .replace("\"version\"", "\"take\""),
    );
    assert_eq!(folder.ok("relate named.jsonl").text(), "");
    let named = folder.ok("relate named.jsonl --slug-field topic --version-field take");
    assert_eq!(rows(&named.out).len(), 2);
}

#[test]
fn figures_alone_on_another_day_are_another_notice() {
    let folder = Folder::new();
    let notice = |rate: &str| {
        format!(
            "The central bank of Vellmark entered the market to buy bills for two days, a spokesman for the \
             bank said. Dealers said that overnight money was trading at {rate} percent when it began its \
             indirect supply of reserves, which is the usual way before the end of the quarter in Halven."
        )
    };
    let feed =
        |day| dated("a", "Wire", 10, &notice("6.25")) + &dated("b", "Wire", day, &notice("6.31"));
    folder
        .file("same.jsonl", feed(10))
        .file("other.jsonl", feed(11));
    let relation =
        |name: &str| rows(&folder.ok(&format!("relate {name}")).out)[0]["relation"].clone();
    assert_eq!(relation("same.jsonl"), "near_duplicate");
    assert_eq!(relation("other.jsonl"), "same_template");
    assert_eq!(ids(&folder.ok("dedup other.jsonl").out), ["a", "b"]);
}
