//! ninjs, NewsML-G2 and NITF, and JSON of no standard.

use super::{becomes, read};
use crate::support::gz;

const NINJS_1: &str = r#"{
  "uri": "urn:x:1", "type": "text", "version": "3", "versioncreated": "2031-03-15T10:00:00Z",
  "pubstatus": "usable", "urgency": 4, "language": "en", "headline": "Ice &amp; fog",
  "slugline": "Ferry-Ice", "byline": "By Ilse Vantour", "located": "Orlemond",
  "copyrightholder": "Northern Wire", "embargoed": "2031-03-15T12:00:00Z",
  "body_text": "The ferry will not sail.\r\n\r\nThe ice is thick.", "body_xhtml": "<p>No</p>",
  "associations": {"photo": {"uri": "urn:x:2", "type": "picture", "headline": "A ferry"}}
}"#;

#[test]
fn ninjs_of_version_1() {
    becomes(
        "a.json",
        NINJS_1,
        &[Ok(concat!(
            r#"{"id":"urn:x:1","version":3,"source":"Northern Wire","language":"en","#,
            r#""published":"2031-03-15T10:00:00Z","updated":"2031-03-15T10:00:00Z","#,
            r#""slug":"Ferry-Ice","title":"Ice & fog","byline":"By Ilse Vantour","#,
            r#""located":"Orlemond","status":"usable","embargo":"2031-03-15T12:00:00Z","#,
            r#""urgency":4,"text":"The ferry will not sail.\n\nThe ice is thick."}"#
        ))],
    );
}

#[test]
fn ninjs_of_versions_2_and_3() {
    let item = r#"{"uri":"a","versionCreated":"2031-03-15T10:00:00Z","firstCreated":"2031-03-14T10:00:00Z",
      "language":"en","by":"Ilse Vantour","infoSources":[{"name":"Northern Wire"}],
      "headlines":[{"role":"short","value":"Ice"},{"role":"main","value":"Ice on the Orle"},
                   {"role":"main","language":"de","value":"Eis"}],
      "descriptions":[{"role":"summary","value":"Short."}],
      "bodies":[{"role":"caption","contentType":"text/plain","value":"A ferry\nin port"},
                {"contentType":"text/plain","value":"One line. Another."},
                {"contentType":"text/html","value":"<p>One line.</p><p>Another.</p>"}]}"#;
    let expected = concat!(
        r#"{"id":"a","source":"Northern Wire","language":"en","published":"2031-03-14T10:00:00Z","#,
        r#""updated":"2031-03-15T10:00:00Z","title":"Ice on the Orle","byline":"Ilse Vantour","#,
        r#""text":"One line.\n\nAnother."}"#
    );
    becomes("a.json", item, &[Ok(expected)]);
    becomes(
        "a.ninjs",
        item.to_lowercase().replace('\n', " "),
        &[Ok(&expected.to_lowercase())],
    );
    // Several: in a list, on lines, and one after the other.
    let [list, lines] = [format!("[{item},{item}]"), format!("{item}\n{item}\n")];
    becomes("a.json", list, &[Ok(expected); 2]);
    becomes("a.json", lines, &[Ok(expected); 2]);
    let lines = format!("{0}\n{0}", item.replace('\n', " "));
    becomes("a.jsonl", lines, &[Ok(expected); 2]);
    let nitf = r#"{"uri":"a","bodies":[{"contentType":"text/vnd.IPTC.NITF",
        "value":"<?xml version=\"1.0\"?><nitf><body><body.head><hedline><hl1>H</hl1></hedline></body.head><body.content><p>A</p><p>B</p></body.content></body></nitf>"}]}"#;
    becomes("a.json", nitf, &[Ok(r#"{"id":"a","text":"A\n\nB"}"#)]);
}

#[test]
fn ninjs_that_is_no_text() {
    for (kind, found) in [
        ("picture", "a picture"),
        ("video", "a video"),
        ("audio", "an audio recording"),
        ("graphic", "a graphic"),
        ("event", "an event listing"),
        ("composite", "a package without a text of its own"),
        ("text", "an item without a text"),
    ] {
        let item = format!(r#"{{"uri":"a","versioncreated":"x","type":"{kind}","headline":"H"}}"#);
        let expected = format!("1: {found}, not a text story");
        becomes("a.json", item, &[Err(&expected)]);
    }
}

#[test]
fn an_item_that_is_taken_back_needs_no_text() {
    let item = r#"{"uri":"a","version":"2","type":"text","pubstatus":"canceled","headline":"T"}"#;
    let told = r#"{"id":"a","version":2,"title":"T","status":"canceled","text":""}"#;
    becomes("a.ninjs", item, &[Ok(told)]);
    let usable = item.replace("canceled", "usable");
    let refused = "1: an item without a text, not a text story";
    becomes("a.ninjs", usable, &[Err(refused)]);
}

#[test]
fn json_lists_and_objects_over_lines() {
    let expected = [
        Ok(r#"{"id":1,"text":"a [b] {c} \" \\"}"#),
        Err("2: broken JSON at line 3: expected an object, found a number"),
        Ok(r#"{"id":2,"tags":["x","y"],"text":"d  e"}"#),
    ];
    let list = "[ {\"id\": 1,\n \"text\": \"a [b] {c} \\\" \\\\\"} ,\n 5,\n\
                {\"id\":2, \"tags\":[ \"x\",\t\"y\" ], \"text\":\"d  e\"}\n]\n";
    becomes("a.json", list, &expected);
    becomes("a.json.gz", gz(list.as_bytes()), &expected);
    becomes("no-ending", list, &expected);
    let wide: Vec<u8> = format!("\u{feff}{list}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    becomes("a.json", wide, &expected);
    let objects = list.trim().trim_matches(['[', ']']);
    becomes("a.json", objects, &expected);
    becomes("a.json", "[]", &[]);
    becomes("a.json", " \n", &[]);
    // Lines stay lines, byte for byte.
    becomes(
        "a.json",
        "{\"text\": \"a\" }\n",
        &[Ok("{\"text\": \"a\" }")],
    );
}

fn news_item(meta: &str, content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:n:1" version="2" xml:lang="en">
 <itemMeta><itemClass qcode="ninat:text"/><provider qcode="p:nw"><name>Northern Wire</name></provider>
  <versionCreated>2031-03-15T10:00:00Z</versionCreated><firstCreated>2031-03-14T10:00:00Z</firstCreated>
  <embargoed>2031-03-15T12:00:00Z</embargoed>{meta}<pubStatus qcode="stat:usable"/></itemMeta>
 <contentMeta><urgency>4</urgency><located><name>Orlemond</name></located><by>By Ilse Vantour</by>
  <dateline>ORLEMOND, March 15</dateline><language tag="en-GB"/><slugline>Ferry-Ice</slugline>
  <headline role="h:short">Ice</headline><headline>Ice on
   the Orle</headline></contentMeta>
 <contentSet>{content}</contentSet>
</newsItem>"#
    )
}

const NEWS_ITEM: &str = concat!(
    r#"{"id":"urn:n:1","version":2,"source":"Northern Wire","language":"en-GB","#,
    r#""published":"2031-03-14T10:00:00Z","updated":"2031-03-15T10:00:00Z","slug":"Ferry-Ice","#,
    r#""title":"Ice on the Orle","byline":"By Ilse Vantour","dateline":"ORLEMOND, March 15","#,
    r#""located":"Orlemond","status":"usable","embargo":"2031-03-15T12:00:00Z","urgency":4,"#,
    r#""text":"The ferry & crew.\n\nNo sailing."}"#
);

const BODIES: [&str; 4] = [
    r#"<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">
       <body><body.head><hedline><hl1>Other</hl1></hedline></body.head><body.content>
       <p>The ferry &amp; crew.</p><media media-type="image"><media-caption>No</media-caption></media>
       <p>No sailing.</p></body.content></body></nitf></inlineXML>"#,
    r#"<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
       <head><title>Other</title></head><body><p>The <b>ferry</b> &amp; crew.</p><p>No
       sailing.</p></body></html></inlineXML>"#,
    "<inlineData contenttype=\"text/plain\">The ferry &amp; crew.\n\nNo sailing.</inlineData>",
    r#"<inlineData contenttype="text/html">&lt;p>The ferry &amp;amp; crew.&lt;/p>&lt;p>No sailing.</inlineData>"#,
];

#[test]
fn newsml_g2_items() {
    for body in BODIES {
        becomes("a.xml", news_item("", body), &[Ok(NEWS_ITEM)]);
        let remote = format!("<remoteContent href=\"a.jpg\"/>{body}");
        becomes("a.xml", news_item("", &remote), &[Ok(NEWS_ITEM)]);
    }
    becomes("no-ending", news_item("", BODIES[0]), &[Ok(NEWS_ITEM)]);
    // An item says less than the story in it.
    let bare = r#"<newsItem guid="a"><contentSet><inlineXML><nitf><head><title>T</title></head><body>
        <body.head><byline>B</byline></body.head><body.content><p>C</p></body.content></body></nitf>
        </inlineXML></contentSet></newsItem>"#;
    becomes(
        "a.xml",
        bare,
        &[Ok(r#"{"id":"a","title":"T","byline":"B","text":"C"}"#)],
    );
}

#[test]
fn newsml_g2_messages_give_each_item() {
    let item = news_item("", BODIES[0]);
    let item = item.split_once("?>").unwrap().1;
    let picture = item.replace("ninat:text", "ninat:picture");
    let canceled = "<newsItem guid='N1' version='2'><itemMeta><pubStatus qcode='stat:canceled'/></itemMeta></newsItem>";
    let remote = "<newsItem><contentSet><remoteContent href='a'/></contentSet></newsItem>";
    let message = format!(
        "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><header><sent>x</sent></header><itemSet>\
         <packageItem><itemRef residref='N1'/></packageItem>{item}{picture}{canceled}{remote}\
         <planningItem/>{item}</itemSet></newsMessage>"
    );
    becomes(
        "a.xml",
        message,
        &[
            Err("1: a package, which lists other items, not a text story"),
            Ok(NEWS_ITEM),
            Err("3: a picture, not a text story"),
            Ok(r#"{"id":"N1","version":2,"status":"canceled","text":""}"#),
            Err("5: an item whose text is in a file of its own, not a text story"),
            Err("6: a planning item, not a text story"),
            Ok(NEWS_ITEM),
        ],
    );
}

#[test]
fn nitf_stories() {
    let story = r#"<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-5.dtd">
<nitf xml:lang="en"><head><title>Other</title><meta name="slug" content="Ferry-Ice"/>
 <docdata management-status="usable"><doc-id id-string="n1" regsrc="NW"/><urgency ed-urg="4"/>
  <date.issue norm="20310315T100000Z"/><date.release norm="20310315T120000Z"/><du-key version="2"/></docdata></head>
 <body><body.head><hedline><hl1>Ice on
   the Orle</hl1><hl2>No sailing before noon</hl2></hedline><byline>By <person>Ilse Vantour</person></byline>
  <distributor>Northern Wire</distributor><dateline><location>ORLEMOND</location></dateline></body.head>
 <body.content><block><p>The ferry&#8217;s crew.</p><hl2>Ice</hl2></block>
  <table><tr><td>1</td><td>2</td></tr></table><ul><li>a</li><li>b</li></ul></body.content>
 <body.end><tagline>Reporting by no one</tagline></body.end></body></nitf>"#;
    let expected = concat!(
        r#"{"id":"n1","version":2,"source":"Northern Wire","language":"en","#,
        r#""published":"20310315T100000Z","slug":"Ferry-Ice","title":"Ice on the Orle","#,
        r#""subtitle":"No sailing before noon","byline":"By Ilse Vantour","dateline":"ORLEMOND","#,
        r#""status":"usable","embargo":"20310315T120000Z","urgency":4,"#,
        r#""text":"The ferry’s crew.\n\nIce\n\n1 2\n\na\nb"}"#
    );
    becomes("a.nitf", story, &[Ok(expected)]);
    becomes("a.xml", story, &[Ok(expected)]);
    // Wires send one document after the other.
    becomes("a.xml", format!("{story}\n{story}"), &[Ok(expected); 2]);
    let empty = "<nitf><body><body.head/></body></nitf>";
    assert_eq!(
        read("a.nitf", empty),
        [Err("1: an item without a text, not a text story".to_owned())]
    );
}
