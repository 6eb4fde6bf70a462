//! Broken sources: what is told, and what is read all the same.

use super::{becomes, read, read_as, read_with};
use crate::support::gz;
use wirefold_io::{FeedOptions, Format};

const GOOD: &str = r#"{"id":"g","title":"T","text":"Good."}"#;
const ITEM: &str = "<item><guid>g</guid><title>T</title><description>Good.</description></item>";

fn rss(items: &str) -> String {
    format!("<rss><channel>\n{items}\n</channel></rss>")
}

#[test]
fn rss_that_is_broken() {
    let deep = format!("<item>{}{}</item>", "<b>".repeat(300), "</b>".repeat(300));
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>";
    for (feed, expected) in [
        (
            rss(&format!("{ITEM}<item><title>a</b></item>{ITEM}")),
            vec![
                Ok(GOOD),
                Err("2: broken XML at line 2: `</b>` where `</title>` should stand"),
                Ok(GOOD),
            ],
        ),
        (
            format!("<rss><channel>{ITEM}\n<item><title>a"),
            vec![
                Ok(GOOD),
                Err("2: broken XML at line 2: the file ends before `</item>`: it is cut"),
            ],
        ),
        (
            format!("<rss><channel>{ITEM}\n"),
            vec![
                Ok(GOOD),
                Err("2: broken XML at line 2: the file ends before `</channel>`: it is cut"),
            ],
        ),
        (
            format!("<rss><channel>{ITEM}<item><title>a</tit"),
            vec![
                Ok(GOOD),
                Err("2: broken XML at line 1: the file ends within a tag: it is cut"),
            ],
        ),
        (
            format!(
                "{bomb}{}",
                rss(&format!("<item><title>&b;</title></item>{ITEM}"))
            ),
            vec![
                Err(
                    "1: broken XML at line 2: `&b;` is no entity of XML or HTML, and those that a \
                     document declares itself are not read; put in what it stands for",
                ),
                Ok(GOOD),
            ],
        ),
        (
            rss(&format!("{deep}{ITEM}")),
            vec![
                Err("1: broken XML at line 2: more than 200 elements within each other"),
                Ok(GOOD),
            ],
        ),
        ("<rss>\u{0}\u{1}\u{2}</rss>".to_owned(), vec![]),
    ] {
        becomes("a.rss", feed, &expected);
    }
    let wrong = "<?xml version='1.0' encoding='martian'?><rss/>";
    becomes(
        "a.rss",
        wrong,
        &[Err(
            "1: broken XML at line 1: it declares the encoding `martian`, which no one knows; convert \
             it to UTF-8",
        )],
    );
    let mut broken = b"<?xml version='1.0' encoding='utf-8'?>".to_vec();
    let item = "<item><title>caf_ au lait</title></item>";
    broken.extend(
        rss(&format!("{item}{ITEM}"))
            .bytes()
            .map(|b| if b == b'_' { 0xe9 } else { b }),
    );
    becomes(
        "a.rss",
        broken,
        &[
            Err(
                "1: invalid UTF-8 at byte 13 of the record; convert the file, or ask for replacement",
            ),
            Ok(GOOD),
        ],
    );
}

#[test]
fn nesting_without_end_is_told_at_last() {
    let feed = format!("<rss><channel>{}", "<item><x>".repeat(40_000));
    let items = super::read("a.rss", feed);
    let last = items.last().unwrap().as_ref().unwrap_err();
    let told = "elements within each other; what comes after it is not read";
    assert!(last.ends_with(told), "{last}");
}

#[test]
fn xml_of_another_kind() {
    let told = |found: &str, expected: &str| {
        format!("1: the first element is `<{found}>`, expected {expected}")
    };
    for (name, found, expected) in [
        ("a.xml", "opml", "one of NewsML-G2, NITF, RSS or Atom"),
        ("a.rss", "html", "a feed or a news item; this is a web page"),
        (
            "a.xml",
            "NewsML",
            "`<newsItem>` of NewsML-G2; NewsML 1 is not read, ask for NewsML-G2 or ninjs",
        ),
    ] {
        let xml = format!("<?xml version='1.0'?><{found}><a/></{found}>");
        becomes(name, xml, &[Err(&told(found, expected))]);
    }
    for (format, expected) in [
        (
            Format::NewsMlG2,
            "`<newsItem>` or `<newsMessage>` of NewsML-G2",
        ),
        (Format::Nitf, "`<nitf>`"),
        (Format::Atom, "`<feed>` of Atom"),
    ] {
        assert_eq!(read_as(format, rss(ITEM)), [Err(told("rss", expected))]);
    }
    let expected = told("feed", "`<rss>` or `<rdf:RDF>`");
    assert_eq!(read_as(Format::Rss, "<feed/>"), [Err(expected)]);
    let text = "1: broken XML at line 1: the file does not begin with a tag";
    becomes("a.xml", "No tags here", &[Err(text)]);
    becomes("a.nitf", b"\x00\x01\xff\xfe binary", &[Err(text)]);
}

#[test]
fn news_items_that_are_broken() {
    let cut = "<newsMessage><itemSet><newsItem guid='a'>\n<contentSet>";
    becomes(
        "a.xml",
        cut,
        &[Err(
            "1: broken XML at line 2: the file ends before `</newsItem>`: it is cut",
        )],
    );
    let torn = "<newsMessage><itemSet><newsItem><a></b><contentMeta/></newsItem>\
        <newsItem guid='g'><contentMeta><headline>T</headline></contentMeta><contentSet>\
        <inlineData>Good.</inlineData></contentSet></newsItem></itemSet></newsMessage>";
    becomes(
        "a.xml",
        torn,
        &[
            Err("1: broken XML at line 1: `</b>` where `</a>` should stand"),
            Ok(GOOD),
        ],
    );
    let packed = "<newsItem><contentSet><inlineData encoding='base64'>aGE=</inlineData></contentSet></newsItem>";
    becomes(
        "a.xml",
        packed,
        &[Err("1: an item without a text, not a text story")],
    );
    becomes(
        "a.nitf",
        "<nitf><body>\n<p>a</body></nitf>",
        &[Err(
            "1: broken XML at line 2: `</body>` where `</p>` should stand",
        )],
    );
}

#[test]
fn json_that_is_broken() {
    for (json, expected) in [
        (
            "[{\"text\":\"a\"},\n{\"text\":\"b\"",
            vec![
                Ok("{\"text\":\"a\"}"),
                Err("2: broken JSON at line 2: the file ends within a value: it is cut"),
            ],
        ),
        (
            "[{\"text\":\"a\"},\n",
            vec![
                Ok("{\"text\":\"a\"}"),
                Err("2: broken JSON at line 2: the file ends before the list does: it is cut"),
            ],
        ),
        (
            "[{\"text\":[1}, {\"text\":\"b\"}]",
            vec![Err(
                "1: broken JSON at line 1: a `}` that closes nothing; what comes after it is not read",
            )],
        ),
        (
            "[{\"text\":\"a\nb\"},{\"text\":\"c\"}]",
            vec![
                Err("1: broken JSON at line 1: a line break within a string; write it as \\n"),
                Ok("{\"text\":\"c\"}"),
            ],
        ),
        (
            "[{\"text\" \"a\"},{\"text\":\"c\"}]",
            vec![
                Err("1: broken JSON at column 9: expected `:`"),
                Ok("{\"text\":\"c\"}"),
            ],
        ),
        (
            "[{\"text\":\"a\",\"n\":1 2},{\"text\":\"c\"}]",
            vec![
                Err("1: broken JSON at column 19: expected `,` or `}`"),
                Ok("{\"text\":\"c\"}"),
            ],
        ),
        (
            "[{},{\"text\":\"c\"}]",
            vec![
                Err("1: no field `text`; found: nothing"),
                Ok("{\"text\":\"c\"}"),
            ],
        ),
    ] {
        becomes("a.json", json, &expected);
    }
    let mut list = b"[{\"text\":\"caf\xe9\"},{\"text\":\"c\"}]".to_vec();
    becomes(
        "a.json",
        &list,
        &[
            Err(
                "1: invalid UTF-8 at byte 12 of the record; convert the file, or ask for replacement",
            ),
            Ok("{\"text\":\"c\"}"),
        ],
    );
    list.splice(1..1, [0, 1, 2, b',']);
    let binary = read_as(Format::Json, &list);
    assert_eq!(
        binary[0],
        Err(
            "1: broken JSON at line 1: expected an object, found something that is no JSON"
                .to_owned()
        )
    );
    let deep = format!(
        "{{\"uri\":\"a\",\"bodies\":{}{}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    becomes(
        "a.json",
        deep,
        &[Err("1: broken JSON at line 1: recursion limit exceeded")],
    );
}

#[test]
fn where_each_line_is_an_item_a_broken_one_ends_with_its_line() {
    let item = r#"{"uri":"a","versioncreated":"v","body_text":"Good."}"#;
    let good = r#"{"id":"a","published":"v","updated":"v","text":"Good."}"#;
    for (line, told) in [
        (
            r#"{"uri":"b","body_text":"cut"#,
            "2: broken JSON at line 2: a line break within a string; write it as \\n",
        ),
        (
            r#"{"uri":"b","bodies":[}"#,
            "2: broken JSON at line 2: a `}` that closes nothing",
        ),
        (
            r#"{"uri":"b" 1}"#,
            "2: broken JSON at line 2: expected `,` or `}`",
        ),
        (
            "plain",
            "2: broken JSON at line 2: expected an object, found something that is no JSON",
        ),
    ] {
        let lines = format!("{item}\n{line}\n{item}\n");
        becomes("a.jsonl", lines, &[Ok(good), Err(told), Ok(good)]);
    }
}

#[test]
fn tables_that_are_broken() {
    for (table, expected) in [
        (
            "id,text\n1\n2,b\n3,c,d\n",
            vec![
                Err(
                    "1: broken table at line 2: a row of 1 cells, expected 2 as in the first row; \
                     check the quotation marks",
                ),
                Ok("{\"id\":\"2\",\"text\":\"b\"}"),
                Err(
                    "3: broken table at line 4: a row of 3 cells, expected 2 as in the first row; \
                     check the quotation marks",
                ),
            ],
        ),
        (
            "id,text\n1,a\n2,\"b\n3,c\n4,d\n",
            vec![
                Ok("{\"id\":\"1\",\"text\":\"a\"}"),
                Err(
                    "2: broken table at line 3: a quotation mark is opened here and never closed; \
                     close it, for all that follows is one cell",
                ),
            ],
        ),
        (
            "text,text\n1,a\n",
            vec![Err(
                "1: broken table at line 1: two columns have the name `text`; rename one of them",
            )],
        ),
        (
            ",\n1,a\n",
            vec![Err(
                "1: broken table at line 1: the first row names no columns",
            )],
        ),
        (
            "id\0,text\n1,a\n",
            vec![Err(
                "1: broken table at line 1: the first row has NUL bytes: it is no table of text",
            )],
        ),
        (
            "id,copy\n1,a\n",
            vec![Err("1: no field `text`; found: id, copy")],
        ),
    ] {
        becomes("a.csv", table, &expected);
    }
}

#[test]
fn cut_compressed_sources_are_told_once() {
    for (name, source) in [
        ("a.rss.gz", rss(&ITEM.repeat(4000))),
        ("a.json.gz", format!("[{}]", vec![GOOD; 4000].join(",\n"))),
        (
            "a.csv.gz",
            format!("id,title,text\n{}", "g,T,Good.\n".repeat(40_000)),
        ),
    ] {
        let mut bytes = gz(source.as_bytes());
        bytes.truncate(bytes.len() * 2 / 3);
        let items = super::read(name, bytes);
        let (last, before) = items.split_last().unwrap();
        assert!(
            !before.is_empty() && before.iter().all(|item| item.as_deref() == Ok(GOOD)),
            "{name}"
        );
        let last = last.as_ref().unwrap_err();
        assert!(
            last.contains("compressed data end early or are damaged after"),
            "{last}"
        );
    }
}

#[test]
fn items_over_the_limit_are_not_held() {
    let options = || FeedOptions {
        max_record_bytes: 1 << 17,
        chunk_bytes: 1 << 10,
        ..FeedOptions::default()
    };
    let long = "x".repeat(1 << 20);
    let list = format!("[{GOOD},{{\"text\":\"{long}\"}},{GOOD}]");
    let items = read_with("a.json", list, options());
    assert_eq!(items.len(), 3);
    assert_eq!(items[2].as_deref(), Ok(GOOD));
    let told = "2: the record is 1048587 bytes long, more than the limit of 131072";
    assert_eq!(items[1].as_ref().unwrap_err(), told);
    // Items of XML end with their tags, whatever stands in them.
    let told = |len: u64| {
        let told = format!("2: the record is {len} bytes long, more than the limit of 131072");
        Err(told)
    };
    let good = || Ok(GOOD.to_owned());
    let tags = "<b>x</b><!-- <item> -->".repeat(10_000);
    for long in [
        &*long,
        &*tags,
        &format!("<![CDATA[{long}]]>"),
        &format!("<b c='{long}'/>"),
    ] {
        let feed = rss(&format!(
            "{ITEM}<item><title>{long}</title></item\n>{ITEM}{ITEM}"
        ));
        let items = read_with("a.rss", feed, options());
        let len = "<title></title></item\n>".len() + long.len();
        assert_eq!(items, [good(), told(len as u64), good(), good()]);
        // Within elements that declare what the next item needs.
        let entry = |text: &str| {
            format!(
                "<a:entry><a:id>g</a:id><a:title>T</a:title><a:content>{text}</a:content></a:entry>"
            )
        };
        let feed = format!(
            "<a:feed\n xmlns:a='http://www.w3.org/2005/Atom'>{}{}{}</a:feed>",
            entry("Good."),
            entry(long),
            entry("Good.")
        );
        let items = read_with("a.atom", feed, options());
        assert_eq!(items[0], good());
        assert!(
            items[1]
                .as_ref()
                .unwrap_err()
                .contains("more than the limit")
        );
        assert_eq!(items[2..], [good()]);
        // Cut within.
        let feed = format!("<rss><channel>{ITEM}<item><title>{long}");
        let items = read_with("a.rss", feed, options());
        assert_eq!(items[..1], [good()]);
        assert!(
            items[1]
                .as_ref()
                .unwrap_err()
                .contains("more than the limit")
        );
        assert_eq!(items.len(), 2);
    }
    // What stands outside of items has the same limit, and nothing tells where it ends.
    let feed = rss(&format!("{ITEM}<!-- {long} -->{ITEM}"));
    let items = read_with("a.rss", feed, options());
    assert_eq!(items, [good(), told(131_073)]);
    let table = format!("id,title,text\ng,T,Good.\n1,2,\"{long}\"\ng,T,Good.\n");
    // Where a row ends is known without holding it, but not to what reads the table as a stream.
    let items = read_with("a.csv", &table, options());
    assert_eq!(items, [good(), told(long.len() as u64 + 6), good()]);
    let items = read_with("a.csv.gz", gz(table.as_bytes()), options());
    assert_eq!(items, [good(), told(131_073)]);
}

/// Each format of markup, broken in six ways; what stands behind a broken item is read where there may be more.
#[test]
fn markup_of_each_format_that_is_broken() {
    let rss = (
        "<rss><channel><item><guid>a</guid><description>",
        "</description></item>\
        <item><guid>g</guid><description>Good.</description></item></channel></rss>",
    );
    let atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id><content>",
        "</content></entry>\
        <entry><id>g</id><content>Good.</content></entry></feed>",
    );
    let nitf = (
        "<nitf><body><body.content><p>",
        "</p></body.content></body></nitf>",
    );
    let news = (
        "<newsMessage><itemSet><newsItem guid='a'><contentSet><inlineData>",
        "</inlineData></contentSet>\
        </newsItem><newsItem guid='g'><contentSet><inlineData>Good.</inlineData></contentSet></newsItem>\
        </itemSet></newsMessage>",
    );
    let entities = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>";
    let deep = "<d>".repeat(500) + &"</d>".repeat(500);
    for (name, (before, behind), more) in [
        ("a.rss", rss, true),
        ("a.atom", atom, true),
        ("a.nitf", nitf, false),
        ("a.xml", news, true),
    ] {
        let declared = b"<?xml version='1.0' encoding='UTF-8'?>".as_slice();
        let latin = [declared, before.as_bytes(), b"caf\xe9", behind.as_bytes()].concat();
        let broken = [
            (format!("{before}Text.").into_bytes(), "it is cut", false),
            (
                format!("{before}<b>a</i>{behind}").into_bytes(),
                "should stand",
                more,
            ),
            (
                format!("{entities}{before}&b;{behind}").into_bytes(),
                "entit",
                more,
            ),
            (
                format!("{before}{deep}{behind}").into_bytes(),
                "within each other",
                more,
            ),
            (latin, "UTF-8", more),
            (
                format!("<?xml version='1.0' encoding='martian'?>{before}Text.{behind}")
                    .into_bytes(),
                "martian",
                false,
            ),
        ];
        for (bytes, said, goes_on) in broken {
            let items = read(name, bytes);
            assert!(
                items[0].as_ref().is_err_and(|told| told.contains(said)),
                "{name} {said}: {items:?}"
            );
            let good = items[1..]
                .iter()
                .any(|item| item.as_ref().is_ok_and(|line| line.contains("Good.")));
            assert_eq!(good, goes_on, "{name} {said}: {items:?}");
        }
    }
}
