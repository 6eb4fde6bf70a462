//! The same stories in every format that is read give the same answer.

use serde_json::{Value, json};

use crate::support::{Folder, gz, rows, sample};

/// Twenty stories of the sample, with what every format can say of them.
fn stories() -> Vec<Value> {
    first_stories(20)
}

/// The first stories of the sample, with what every format can say of them.
pub(crate) fn first_stories(count: usize) -> Vec<Value> {
    let sample = rows(&std::fs::read(sample()).unwrap());
    let fields = ["id", "title", "text", "source", "published", "language"];
    let mut stories: Vec<Value> = sample
        .iter()
        .take(count)
        .map(|row| {
            fields
                .iter()
                .map(|field| (*field, row[field].clone()))
                .collect()
        })
        .collect();
    // A text that means something else to each format.
    let text = stories[0]["text"].as_str().unwrap().to_owned();
    stories[0]["text"] =
        format!("{text}\n\nAT&T: 3 < 4, \"said\" O’Dell; a, b ]]> <b>c</b>").into();
    stories
}

pub(crate) fn field<'s>(story: &'s Value, name: &str) -> &'s str {
    story[name].as_str().unwrap()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

pub(crate) fn escaped_field(story: &Value, name: &str) -> String {
    escaped(field(story, name))
}

/// The text as paragraphs of XHTML or NITF.
pub(crate) fn marked_up(story: &Value) -> String {
    let text = escaped_field(story, "text");
    let paragraphs = text.split("\n\n");
    paragraphs
        .map(|paragraph| format!("<p>{}</p>\n", paragraph.replace('\n', "<br/>")))
        .collect()
}

pub(crate) fn each(stories: &[Value], one: impl Fn(&Value) -> String) -> String {
    stories.iter().map(one).collect()
}

pub(crate) fn nitf(story: &Value) -> String {
    format!(
        "<nitf><head><docdata><doc-id id-string=\"{}\" regsrc=\"{}\"/><date.issue norm=\"{}\"/></docdata></head>\
         <body xml:lang=\"{}\"><body.head><hedline><hl1>{}</hl1></hedline></body.head>\
         <body.content>{}</body.content></body></nitf>\n",
        field(story, "id"),
        field(story, "source"),
        field(story, "published"),
        field(story, "language"),
        escaped_field(story, "title"),
        marked_up(story)
    )
}

fn news_item(story: &Value, content: &str) -> String {
    format!(
        "<newsItem xmlns=\"http://iptc.org/std/nar/2006-10-01/\" guid=\"{}\" xml:lang=\"{}\"><itemMeta>\
         <itemClass qcode=\"ninat:text\"/><provider><name>{}</name></provider>\
         <versionCreated>{}</versionCreated></itemMeta><contentMeta><headline>{}</headline></contentMeta>\
         <contentSet>{content}</contentSet></newsItem>\n",
        field(story, "id"),
        field(story, "language"),
        escaped_field(story, "source"),
        field(story, "published"),
        escaped_field(story, "title"),
    )
}

pub(crate) fn news_message(stories: &[Value]) -> String {
    let items = each(stories, |story| {
        let body = match field(story, "id").len() % 2 {
            0 => format!("<inlineXML>{}</inlineXML>", nitf(story)),
            _ => format!(
                "<inlineXML><html xmlns=\"http://www.w3.org/1999/xhtml\"><body>{}</body></html></inlineXML>",
                marked_up(story)
            ),
        };
        news_item(story, &body)
    });
    format!("<?xml version=\"1.0\"?>\n<newsMessage><itemSet>{items}</itemSet></newsMessage>")
}

pub(crate) fn ninjs(story: &Value, version: u8) -> Value {
    let mut item = json!({
        "uri": story["id"], "type": "text", "language": story["language"],
        "versioncreated": story["published"], "copyrightholder": story["source"],
    });
    if version == 1 {
        item["headline"] = escaped(field(story, "title")).into();
        item["body_xhtml"] = marked_up(story).into();
    } else {
        let title = escaped_field(story, "title");
        item["headlines"] = json!([{ "role": "main", "value": title }]);
        let html = marked_up(story);
        item["bodies"] = json!([{ "contenttype": "text/html", "value": html }]);
    }
    item
}

pub(crate) fn rss(stories: &[Value]) -> String {
    let items = each(stories, |story| {
        format!(
            "<item><guid>{}</guid><title>{}</title><source>{}</source><dc:date>{}</dc:date>\
             <dc:language>{}</dc:language><content:encoded>{}</content:encoded></item>\n",
            field(story, "id"),
            escaped(&escaped_field(story, "title")),
            escaped_field(story, "source"),
            field(story, "published"),
            field(story, "language"),
            escaped(&marked_up(story)),
        )
    });
    format!("<rss version=\"2.0\"><channel><title>All</title>{items}</channel></rss>")
}

pub(crate) fn atom(stories: &[Value]) -> String {
    let entries = each(stories, |story| {
        format!(
            "<entry xml:lang=\"{}\"><id>{}</id><title>{}</title><source><title>{}</title></source>\
             <published>{}</published><content type=\"xhtml\"><div>{}</div></content></entry>\n",
            field(story, "language"),
            field(story, "id"),
            escaped_field(story, "title"),
            escaped_field(story, "source"),
            field(story, "published"),
            marked_up(story),
        )
    });
    format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>All</title>{entries}</feed>")
}

pub(crate) fn table(stories: &[Value], mark: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(mark)
        .from_writer(Vec::new());
    let columns = ["id", "title", "text", "source", "published", "language"];
    writer.write_record(columns).unwrap();
    for story in stories {
        writer
            .write_record(columns.map(|column| field(story, column)))
            .unwrap();
    }
    writer.into_inner().unwrap()
}

/// The stories as a file of each format.
fn files(stories: &[Value]) -> Vec<(&'static str, Vec<u8>)> {
    let list = Value::from(stories);
    let bytes = |value: &Value| serde_json::to_vec_pretty(value).unwrap();
    let ninjs_list = |version| stories.iter().map(|s| ninjs(s, version)).collect::<Value>();
    let xhtml = news_message(stories);
    vec![
        ("list.json", bytes(&list)),
        ("objects.json", stories.iter().flat_map(bytes).collect()),
        ("list.json.gz", gz(&bytes(&list))),
        ("ninjs-1.json", bytes(&ninjs_list(1))),
        ("ninjs-2.json", bytes(&ninjs_list(2))),
        (
            "ninjs.jsonl",
            each(stories, |story| format!("{}\n", ninjs(story, 1))).into_bytes(),
        ),
        ("message.xml", xhtml.into_bytes()),
        ("stories.nitf", each(stories, nitf).into_bytes()),
        ("feed.rss", rss(stories).into_bytes()),
        ("feed.atom", atom(stories).into_bytes()),
        ("feed.xml.gz", gz(atom(stories).as_bytes())),
        ("table.csv", table(stories, b',')),
        ("semicolons.csv", table(stories, b';')),
        ("table.tsv", table(stories, b'\t')),
    ]
}

#[test]
fn every_format_gives_the_same_answer() {
    let stories = stories();
    let folder = Folder::new();
    folder.file("feed.jsonl", each(&stories, |story| format!("{story}\n")));
    let run = |file: &str| {
        let args =
            format!("dedup {file} --quiet --clusters clusters.csv --relations relations.jsonl");
        let kept = rows(&folder.ok(&args).out);
        (
            folder.read("clusters.csv"),
            folder.read("relations.jsonl"),
            kept,
        )
    };
    let (clusters, relations, kept) = run("feed.jsonl");
    assert!(clusters.contains(",near_duplicate,") && relations.lines().count() > 3);
    for (name, bytes) in files(&stories) {
        folder.file(name, bytes);
        let told = run(name);
        assert_eq!(told.0, clusters, "{name}");
        assert_eq!(told.1, relations, "{name}");
        assert_eq!(told.2.len(), kept.len(), "{name}");
        for (record, expected) in told.2.iter().zip(&kept) {
            for (field, value) in expected.as_object().unwrap() {
                assert_eq!(&record[field], value, "{name}");
            }
        }
        // A pipe says nothing by its name.
        if !name.contains(".csv") && !name.contains(".tsv") {
            let args = "dedup - --quiet --clusters clusters.csv";
            let piped = folder.cmd(args).stdin(folder.bytes(name)).run().code(0);
            assert_eq!(rows(&piped.out), told.2, "{name}");
            assert_eq!(folder.read("clusters.csv"), clusters, "{name}");
        }
    }
}

#[test]
fn a_folder_of_all_formats_is_one_feed() {
    let stories = stories();
    let folder = Folder::new();
    for (name, bytes) in files(&stories) {
        folder.file(&format!("wire/{name}"), bytes);
    }
    // Tables of other things lie beside feeds: one is read if it is named.
    folder.file("wire/notes.csv", "no,stories\n1,2\n");
    let ran = folder.ok("dedup wire -o kept.csv --memory 60M");
    let kept = crate::support::csv(&folder.bytes("kept.csv"));
    assert!(kept.len() < stories.len(), "{}", ran.err);
    assert_eq!(
        kept[0].keys().collect::<Vec<_>>(),
        ["id", "language", "published", "source", "text", "title"]
    );
}

#[test]
fn the_format_insists() {
    let stories = stories();
    let folder = Folder::new();
    folder.file("table", table(&stories, b'\t'));
    let tabs = rows(&folder.ok("dedup table --format tsv").out);
    folder.file("feed", rss(&stories));
    let items = rows(&folder.ok("dedup feed --format rss").out);
    assert!(items.len() > 1);
    assert_eq!(items.len(), tabs.len());
    folder
        .cmd("dedup feed --format atom")
        .run()
        .code(1)
        .says("refused: feed:1: the first element is `<rss>`, expected `<feed>` of Atom");
    let text = rows(&folder.ok("dedup feed --format text").out);
    assert_eq!(text.len(), 1);
}

#[test]
fn other_commands_read_every_format() {
    let stories = stories();
    let folder = Folder::new();
    folder.file("feed.jsonl", each(&stories, |story| format!("{story}\n")));
    let compare = |name: &str| {
        let ran = folder.ok(&format!("compare {name}#s002 {name}#s004 --json"));
        ran.text().replace(name, "feed")
    };
    let compared = compare("feed.jsonl");
    let related = folder.ok("relate feed.jsonl --quiet").out;
    for (name, bytes) in files(&stories) {
        folder.file(name, bytes);
        assert_eq!(compare(name), compared, "{name}");
        assert_eq!(
            folder.ok(&format!("relate {name} --quiet")).out,
            related,
            "{name}"
        );
        let cleaned = rows(
            &folder
                .ok(&format!("normalize {name} --quotes straight"))
                .out,
        );
        assert_eq!(cleaned.len(), stories.len(), "{name}");
        assert!(
            !cleaned
                .iter()
                .any(|row| row["text"].as_str().unwrap().contains('“'))
        );
    }
}

#[test]
fn versions_are_told_by_what_items_say_of_themselves() {
    let [story, ..] = crate::support::STORIES;
    let more = "Traders on the quay said that they had not been asked.";
    let news_item = |version: u8, text: &str| {
        format!(
            "<newsItem guid=\"i\" version=\"{version}\"><itemMeta><provider><name>NW</name></provider>\
             <versionCreated>2031-03-15T1{version}:00:00+02:00</versionCreated></itemMeta><contentMeta>\
             <slugline>Pier</slugline></contentMeta><contentSet><inlineData>{text}</inlineData>\
             </contentSet></newsItem>"
        )
    };
    let nitf = |version: u8, text: &str| {
        format!(
            "<nitf><head><docdata><doc-id regsrc=\"NW\" id-string=\"i{version}\"/>\
             <date.issue norm=\"20310315T1{version}0000+0200\"/><du-key key=\"Pier\" version=\"{version}\"/>\
             </docdata></head><body><body.content><p>{text}</p></body.content></body></nitf>"
        )
    };
    let ninjs = |version: u8, text: &str| {
        json!({
            "uri": format!("i{version}"), "version": version.to_string(), "slugline": "Pier",
            "versioncreated": format!("2031-03-15T1{version}:00:00+02:00"),
            "copyrightholder": "NW", "body_text": text,
        })
        .to_string()
    };
    let both = |one: &dyn Fn(u8, &str) -> String| {
        format!(
            "{}\n{}\n",
            one(1, story),
            one(2, &format!("{story} {more}"))
        )
    };
    let folder = Folder::new();
    for (name, items) in [
        ("items.xml", both(&news_item)),
        ("stories.nitf", both(&nitf)),
        ("items.jsonl", both(&ninjs)),
    ] {
        folder.file(name, items);
        let kept = rows(
            &folder
                .ok(&format!("dedup {name} --clusters clusters.jsonl"))
                .out,
        );
        assert_eq!(kept.len(), 1, "{name}");
        assert_eq!(kept[0]["version"], 2, "{name}");
        let clusters = folder.rows("clusters.jsonl");
        assert_eq!(clusters[0]["relation"], "new_version", "{name}");
    }
}
