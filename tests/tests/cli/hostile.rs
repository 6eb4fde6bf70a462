//! Feeds that mean harm: each ends within its limit, which `docs/limits.md` states, and what it does not touch is
//! as it would be without it. Work is counted, not time.

use serde_json::json;

use crate::support::{Folder, STORIES, csv, ids, record, rows, small_feed};

/// Words of a language of its own, the same for the same numbers.
fn words(story: usize, from: usize, count: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu",
        "sta",
    ];
    let word = |at: usize| {
        // The finalizer of SplitMix64, so that words of neighbors have nothing in common.
        let mut bits = ((story as u64) << 32 | at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mut word = String::new();
        for syllable in 0..4 {
            word.push_str(SYLLABLES[(bits >> (60 - 4 * syllable)) as usize & 15]);
        }
        word
    };
    let words: Vec<String> = (from..from + count).map(word).collect();
    words.join(" ")
}

/// The number before `what` in the summary.
fn counted(summary: &str, what: &str) -> u64 {
    let line = summary.lines().find(|line| line.contains(what));
    let number = line
        .and_then(|line| line.split_whitespace().next())
        .unwrap();
    number.replace(',', "").parse().unwrap()
}

/// A chain A≈B≈C≈…, each story four fifths of the one before: pairs are proposed in proportion to the links, and
/// stories that are not related are not of one family.
#[test]
fn a_long_chain_is_no_family_and_costs_what_its_links_do() {
    let proposed = |links: usize| {
        let folder = Folder::new();
        let feed: String = (0..links)
            .map(|link| record(&format!("c{link:06}"), &words(0, 12 * link, 60)))
            .collect();
        folder.file("feed.jsonl", feed);
        let ran = folder.ok("dedup feed.jsonl -o kept.jsonl --clusters clusters.csv");
        let clusters = csv(&folder.bytes("clusters.csv"));
        assert_eq!(clusters.len(), links);
        for row in &clusters {
            let place = |name: &str| row[name][1..].parse::<usize>().unwrap();
            // Five links on nothing is shared.
            assert!(place("id").abs_diff(place("cluster")) < 5, "{row:?}");
        }
        counted(&ran.err, "proposed by sketches")
    };
    let (short, long) = (proposed(300), proposed(3000));
    assert!(long >= 2999, "neighbors are proposed: {long}");
    assert!(
        long <= 11 * short,
        "{short} pairs of 300 links, {long} of 3,000"
    );
}

/// Very many families of two: one pair each.
#[test]
fn families_of_two_cost_one_pair_each() {
    let folder = Folder::new();
    let feed: String = (0..4000)
        .map(|story| {
            let text = words(1 + story / 2, 0, 40) + ["", " and more"][story % 2];
            record(&format!("p{story:05}"), &text)
        })
        .collect();
    folder.file("feed.jsonl", feed);
    let ran = folder.ok("dedup feed.jsonl -o kept.jsonl");
    assert_eq!(ids(&folder.bytes("kept.jsonl")).len(), 2000);
    let proposed = counted(&ran.err, "proposed by sketches");
    assert!((2000..=2200).contains(&proposed), "{proposed}");
}

/// Towers of combining marks, whose order has to be found, in one character of half a million.
#[test]
fn towers_of_combining_marks_are_read() {
    let folder = Folder::new();
    // Below and above, so that they are put in order; and alone, where there is nothing to put.
    let tower = "\u{301}\u{323}\u{345}\u{308}".repeat(60_000);
    let same = "\u{323}\u{301}\u{345}\u{308}".repeat(60_000);
    let feed = [
        record("a", &format!("{} Z{tower}algo", STORIES[0])),
        record("b", &format!("{} Z{same}algo", STORIES[1])),
        record("c", &tower),
        record("d", STORIES[0]),
    ];
    folder.file("feed.jsonl", feed.concat());
    folder.ok("dedup feed.jsonl -o kept.jsonl --clusters clusters.csv");
    let kept = ids(&folder.bytes("kept.jsonl"));
    assert!(
        kept.contains(&"b".to_owned()) && kept.contains(&"c".to_owned()),
        "{kept:?}"
    );
    folder.ok("normalize feed.jsonl -o clean.jsonl");
    assert_eq!(folder.rows("clean.jsonl").len(), 4);
}

/// Every code point, in stories of a thousand each, between words and within them.
#[test]
fn every_code_point_is_read() {
    let folder = Folder::new();
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    let mut feed = String::new();
    for (number, some) in all.chunks(1009).enumerate() {
        let together: String = some.iter().collect();
        let apart: String = some.iter().flat_map(|&c| ['a', c, 'b', ' ']).collect();
        feed += &record(&format!("t{number}"), &together);
        feed += &record(&format!("w{number}"), &apart);
    }
    let stories = feed.lines().count();
    folder.file("feed.jsonl", feed);
    folder.ok("dedup feed.jsonl -o kept.jsonl --clusters clusters.csv --report page.html");
    assert_eq!(csv(&folder.bytes("clusters.csv")).len(), stories);
    for face in ["clean", "match"] {
        folder.ok(&format!("normalize feed.jsonl --face {face} -o once.jsonl"));
        folder.ok(&format!(
            "normalize once.jsonl --face {face} -o twice.jsonl"
        ));
        assert!(
            folder.bytes("once.jsonl") == folder.bytes("twice.jsonl"),
            "{face}"
        );
    }
}

/// What cannot be seen hides no copy; letters of another script that look the same do, unless they are folded.
#[test]
fn spoofed_copies() {
    let folder = Folder::new();
    let hidden: String = STORIES[0]
        .chars()
        .flat_map(|c| [c, '\u{200b}', '\u{2060}'])
        .collect();
    let turned = format!(
        "\u{202e}\u{2066}{}\u{2069}\u{202c}",
        STORIES[0].replace(' ', " \u{200f}")
    );
    let wide: String = (STORIES[0].chars())
        .map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
            c => c,
        })
        .collect();
    let lookalike = disguised(STORIES[0]);
    let feed = [
        record("a", STORIES[0]),
        record("hidden", &hidden),
        record("turned", &turned),
        record("wide", &wide),
        record("lookalike", &lookalike),
    ];
    folder.file("feed.jsonl", feed.concat());
    folder.ok("dedup feed.jsonl -o kept.jsonl --clusters clusters.csv");
    for row in csv(&folder.bytes("clusters.csv")) {
        let relation = match row["id"].as_str() {
            // The limit: see docs/limits.md.
            "a" | "lookalike" => continue,
            _ => row["relation"].as_str(),
        };
        assert_eq!(
            (relation, row["kept"].as_str()),
            ("identical", "false"),
            "{row:?}"
        );
    }
    let kept = ids(&folder.bytes("kept.jsonl"));
    assert_eq!(kept, ["a", "lookalike"]);
    folder.ok("dedup feed.jsonl -o kept.jsonl --fold-confusables");
    assert_eq!(ids(&folder.bytes("kept.jsonl")), ["a"]);
}

/// A text with Cyrillic letters for Latin ones that look the same.
fn disguised(text: &str) -> String {
    text.replace('a', "а").replace('o', "о").replace('e', "е")
}

/// A disguised story within a longer one is found, with its passage in the original bytes; what is Cyrillic or Greek
/// throughout has the copies that it has without the option.
#[test]
fn letters_that_look_alike_are_folded_where_they_are_asked_for() {
    let russian = "Паром в Орлемонд не выйдет в море раньше полудня: лёд в гавани слишком толстый, сказала \
                   начальница порта, а ледокол всё ещё стоит в доке.";
    let greek = "Το πλοίο για το Ορλεμόντ δεν θα αποπλεύσει πριν από το μεσημέρι, γιατί ο πάγος στο λιμάνι είναι \
                 πολύ παχύς, είπε η διευθύντρια του λιμανιού.";
    let part = disguised(&format!("{} {}", STORIES[0], words(3, 0, 80)));
    let folder = Folder::new();
    let feed = [
        record("plain", STORIES[0]),
        record("part", &part),
        record("russian", russian),
        record("RUSSIAN", &russian.to_uppercase()),
        record("greek", greek),
        record("GREEK", &greek.to_uppercase()),
    ];
    folder.file("feed.jsonl", feed.concat());
    let related = |flags: &str| {
        folder.ok(&format!("relate feed.jsonl -o rows.jsonl {flags}"));
        let rows = folder.rows("rows.jsonl");
        let named = |name: &str| rows.iter().find(|row| row["a"] == name).cloned();
        (rows.len(), ["part", "RUSSIAN", "GREEK"].map(named))
    };
    let (count, [part_row, russian_row, greek_row]) = related("");
    assert_eq!((count, part_row), (2, None));
    let (count, [folded, russian_folded, greek_folded]) = related("--fold-confusables");
    assert_eq!(count, 3);
    assert_eq!(russian_row.unwrap()["relation"], "identical");
    assert_eq!(russian_folded.unwrap()["relation"], "identical");
    assert_eq!(greek_row.unwrap()["relation"], "identical");
    assert_eq!(greek_folded.unwrap()["relation"], "identical");
    let folded = folded.unwrap();
    assert_eq!(folded["b"], "plain");
    assert_eq!(folded["relation"], "contained");
    let span = &folded["passages"][0]["a"];
    let at = |place: usize| usize::try_from(span[place].as_u64().unwrap()).unwrap();
    let shared = disguised(STORIES[0]);
    assert_eq!(&part[at(0)..at(1)], shared.trim_end_matches('.'));
}

/// An index keeps whether it folds letters that look alike, and every question to it is folded alike.
#[test]
fn an_index_keeps_whether_it_folds_letters_that_look_alike() {
    let folder = Folder::new();
    folder.file("stored.jsonl", record("stored", STORIES[0]));
    folder.file("asked.jsonl", record("asked", &disguised(STORIES[0])));
    for (index, flag, found) in [("plain", "", 0), ("folds", "--fold-confusables", 1)] {
        folder.ok(&format!("index create {index} {flag}"));
        folder.ok(&format!("index add {index} stored.jsonl"));
        folder.ok(&format!("index query {index} asked.jsonl -o rows.jsonl"));
        assert_eq!(folder.rows("rows.jsonl").len(), found, "{index}");
        let told = folder.ok(&format!("index info {index}"));
        assert_eq!(
            told.text().contains("letters that look alike as one"),
            found == 1,
            "{}",
            told.text()
        );
        let passed = folder.ok(&format!("index dedup {index} asked.jsonl"));
        assert_eq!(passed.text().lines().count(), 1 - found, "{index}");
        folder.ok(&format!("index families {index} -o families.csv"));
        let families = csv(&folder.bytes("families.csv"));
        assert!(families.iter().all(|row| row["kept"] == "true"));
    }
}

/// Ids, sources and titles that are paths, formulas, markup or controls are text everywhere.
#[test]
fn hostile_names_are_text() {
    let hostile = [
        "../../../../tmp/wirefold-was-here",
        "/etc/passwd",
        "C:\\windows\\x",
        "=cmd|' /C calc'!A1",
        "+1+1",
        "-2+3",
        "@SUM(1;2)",
        "\tx",
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a\u{0}b\u{1b}[2Jc\u{7}",
        "\u{202e}gpj.exe",
        "\"quoted\",\"cells\"\r\nnext",
    ];
    let folder = Folder::new();
    let mut feed = String::new();
    for (number, name) in hostile.iter().enumerate() {
        for copy in ["", " copy"] {
            let told = json!({
                "id": format!("{name}{copy}"), "title": name, "source": name, "slug": name, "byline": name,
                "text": STORIES[number % 3].replace("Monday", &words(7 + number, 0, 30)),
            });
            feed += &told.to_string();
            feed.push('\n');
        }
    }
    folder.file("feed.jsonl", feed);
    let before = folder.names();
    let ran = folder.ok(
        "dedup feed.jsonl -o kept.csv --clusters clusters.csv --relations relations.jsonl --report page.html",
    );
    assert!(
        !ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'),
        "{}",
        ran.err
    );
    let made: Vec<String> = folder.names().difference(&before).cloned().collect();
    assert_eq!(
        made,
        ["clusters.csv", "kept.csv", "page.html", "relations.jsonl"]
    );
    assert!(!std::path::Path::new("/tmp/wirefold-was-here").exists());
    // A cell is what the field was, byte for byte: a spreadsheet that runs formulas is told to read text.
    let told: Vec<String> = csv(&folder.bytes("clusters.csv"))
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    let want: Vec<String> = hostile
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!("{name} copy")])
        .collect();
    assert_eq!(told, want);
    let page = folder.read("page.html");
    assert_eq!(
        page.matches("<script").count(),
        2,
        "that of the page and its data"
    );
    assert!(!page.contains("<img"));
    for row in rows(&folder.bytes("relations.jsonl")) {
        assert!(want.contains(&row["a"].as_str().unwrap().to_owned()));
    }
}

/// A secret seed changes which words could be crafted to collide, and nothing that is found.
#[test]
fn a_secret_seed_finds_the_same() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder.ok("dedup feed.jsonl -o kept.jsonl");
    folder.ok("dedup feed.jsonl -o other.jsonl --seed 13837628687431468611");
    assert_eq!(folder.bytes("kept.jsonl"), folder.bytes("other.jsonl"));
}
