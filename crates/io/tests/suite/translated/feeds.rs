//! RSS and Atom.

use super::{becomes, read};
use encoding_rs::{SHIFT_JIS, UTF_8, WINDOWS_1252};

const RSS: &str = r#"<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:media="http://search.yahoo.com/mrss/">
 <channel><title>Northern Wire</title><link>https://nw.example/</link><language>en</language>
  <atom:link rel="self" href="https://nw.example/feed"/><image><title>Logo</title></image>
  <item><title>Ice &amp;amp; fog</title><link>https://nw.example/1</link><guid isPermaLink="false">n1</guid>
   <pubDate>Sat, 15 Mar 2031 10:00:00 GMT</pubDate><dc:creator>Ilse Vantour</dc:creator>
   <media:title>A ferry</media:title><description>Short.</description>
   <content:encoded><![CDATA[<p>The ferry&nbsp;will not sail.</p><p>Ice&hellip;</p>]]></content:encoded></item>
  <item><title>Plain</title><link>https://nw.example/2</link>
   <description>First line
second &lt;b&gt;line&lt;/b&gt; AT&T</description></item>
  <item><enclosure url="a.mp3"/></item>
  <item><title>Title alone</title></item>
 </channel></rss>"#;

#[test]
fn rss_2() {
    let expected = [
        Ok(concat!(
            r#"{"id":"n1","source":"Northern Wire","language":"en","#,
            r#""published":"Sat, 15 Mar 2031 10:00:00 GMT","title":"Ice & fog","#,
            r#""byline":"Ilse Vantour","url":"https://nw.example/1","#,
            "\"text\":\"The ferry\u{a0}will not sail.\\n\\nIce…\"}"
        )),
        Ok(concat!(
            r#"{"id":"https://nw.example/2","source":"Northern Wire","language":"en","title":"Plain","#,
            r#""url":"https://nw.example/2","text":"First line\nsecond line AT&T"}"#
        )),
        Err("3: an item without title and text, not a text story"),
        Ok(r#"{"source":"Northern Wire","language":"en","title":"Title alone","text":""}"#),
    ];
    becomes("a.rss", RSS, &expected);
    becomes("a.xml", RSS, &expected);
    becomes("no-ending", RSS, &expected);
    let undeclared = RSS
        .replace("xmlns:content=", "xmlns:c2=")
        .replace("xmlns:dc=", "xmlns:d2=");
    becomes("a.rss", undeclared, &expected);
}

#[test]
fn rss_1() {
    let feed = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/">
     <channel rdf:about="c"><title>Northern Wire</title><dc:language>en</dc:language></channel>
     <item rdf:about="n1"><title>Ice</title><link>l</link><description>Thick.</description>
      <dc:date>2031-03-15T10:00:00Z</dc:date></item></rdf:RDF>"#;
    becomes(
        "a.rdf",
        feed,
        &[Ok(concat!(
            r#"{"id":"n1","source":"Northern Wire","language":"en","published":"2031-03-15T10:00:00Z","#,
            r#""title":"Ice","url":"l","text":"Thick."}"#
        ))],
    );
}

#[test]
fn atom() {
    let feed = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">Northern &lt;b>Wire&lt;/b></title>
     <author><name>The desk</name></author>
     <entry><id>n1</id><title>Ice &amp; fog</title><published>2031-03-15T10:00:00Z</published>
      <updated>2031-03-15T11:00:00Z</updated><author><name>Ilse Vantour</name></author>
      <link rel="self" href="s"/><link href="l"/><summary>Short.</summary>
      <content type="html">&lt;p>The ferry.&lt;/p>&lt;p>Ice.&lt;/p></content></entry>
     <entry xml:lang="de"><id>n2</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Eis <i>hier</i></div></title>
      <updated>2031-03-15T11:00:00Z</updated><source><title>Elsewhere</title></source>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins.</p><p>Zwei.</p></div></content></entry>
     <entry><id>n3</id><title>Out of line</title><updated>u</updated><content type="text/html" src="x"/>
      <summary>Short.</summary></entry></feed>"#;
    becomes(
        "a.atom",
        feed,
        &[
            Ok(concat!(
                r#"{"id":"n1","source":"Northern Wire","language":"en","published":"2031-03-15T10:00:00Z","#,
                r#""updated":"2031-03-15T11:00:00Z","title":"Ice & fog","byline":"Ilse Vantour","url":"l","#,
                r#""text":"The ferry.\n\nIce."}"#
            )),
            Ok(concat!(
                r#"{"id":"n2","source":"Elsewhere","language":"de","published":"2031-03-15T11:00:00Z","#,
                r#""updated":"2031-03-15T11:00:00Z","title":"Eis hier","byline":"The desk","#,
                r#""text":"Eins.\n\nZwei."}"#
            )),
            Ok(concat!(
                r#"{"id":"n3","source":"Northern Wire","language":"en","published":"u","updated":"u","#,
                r#""title":"Out of line","byline":"The desk","text":"Short."}"#
            )),
        ],
    );
}

#[test]
fn encodings_declared_and_not() {
    let feed = |declared: &str, text: &str| {
        format!(
            "<?xml version=\"1.0\"{declared}?><rss><channel><item><title>{text}</title></item></channel></rss>"
        )
    };
    let french = "Le café ferme à l’été, dit « Élise Lévêque », déçue par la fête du château";
    let japanese = "港の氷が厚く、連絡船は正午まで出港しないと市の担当者が述べた";
    for (encoding, label, text) in [
        (UTF_8, "utf-8", french),
        (UTF_8, "", japanese),
        (WINDOWS_1252, "ISO-8859-1", french),
        (WINDOWS_1252, "", french),
        (SHIFT_JIS, "Shift_JIS", japanese),
        (SHIFT_JIS, "", japanese),
    ] {
        let declared = match label {
            "" => String::new(),
            label => format!(" encoding='{label}'"),
        };
        let xml = feed(&declared, text);
        let bytes = encoding.encode(&xml).0;
        let expected = format!(r#"{{"title":"{text}","text":""}}"#);
        assert_eq!(read("a.rss", bytes), [Ok(expected)], "{label}");
    }
    let xml = feed(" encoding=\"UTF-16\"", french);
    let little: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = format!("\u{feff}{xml}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [little, marked, xml.clone().into_bytes()] {
        let expected = format!(r#"{{"title":"{french}","text":""}}"#);
        assert_eq!(read("a.rss", bytes), [Ok(expected)]);
    }
}
