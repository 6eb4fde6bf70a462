//! The seed corpus: small whole examples of what each target reads, made from the sample feed.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use wirefold::normalize::Matcher;
use wirefold::{Settings, Story, learn_stories};
use wirefold_io::{
    Feed, FeedOptions, Inputs, InvalidUtf8, Outputs, Place, RecordOptions, TableFormat,
    parse_chunk, write_kept,
};

/// Writes the seeds of all targets below `corpus`, from the `sample` folder of the repository.
///
/// # Errors
/// If the sample is not there or the folder cannot be written.
pub fn write(sample: &Path, corpus: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let feed = fs::read_to_string(sample.join("feed.jsonl"))?;
    let lines: Vec<&str> = feed.lines().collect();
    let few = |count: usize| lines[..count].join("\n") + "\n";
    let seeds = Seeds { corpus };
    // The first byte chooses the format: see `read`.
    let with = |first: u8, bytes: &[u8]| [&[first], bytes].concat();

    for count in [1, 3] {
        let name = format!("{count}.jsonl");
        seeds.put("read_lines", &name, &with(0, few(count).as_bytes()))?;
        seeds.put(
            "read_lines",
            &format!("{count}.txt"),
            &with(1, few(count).as_bytes()),
        )?;
        seeds.put("convert", &name, few(count).as_bytes())?;
        let array = format!("[{}]", lines[..count].join(","));
        seeds.put(
            "read_json",
            &format!("{count}.json"),
            &with(0, array.as_bytes()),
        )?;
        for (ending, format) in [("csv", TableFormat::Csv), ("tsv", TableFormat::Tsv)] {
            let bytes = converted(&few(count), format, &format!("seed.{ending}"))?;
            seeds.put(
                "read_table",
                &format!("{count}.{ending}"),
                &with(u8::from(ending == "tsv"), &bytes),
            )?;
        }
        for (ending, format) in [
            ("parquet", TableFormat::Parquet),
            ("arrow", TableFormat::Arrow),
            ("arrows", TableFormat::Arrow),
        ] {
            let bytes = converted(&few(count), format, &format!("seed.{ending}"))?;
            seeds.put(
                "read_columns",
                &format!("{count}.{ending}"),
                &with(u8::from(ending != "parquet"), &bytes),
            )?;
            seeds.put("read_any", &format!("{count}.{ending}"), &bytes)?;
        }
    }
    seeds.put("read_json", "a.ninjs", &with(1, NINJS.as_bytes()))?;
    for (number, xml) in [NEWSML, NITF, RSS, ATOM].iter().enumerate() {
        seeds.put(
            "read_xml",
            &format!("{number}.xml"),
            &with(number as u8, xml.as_bytes()),
        )?;
        seeds.put("read_any", &format!("{number}.xml"), xml.as_bytes())?;
    }
    seeds.put("read_web", "a.warc", &with(0, WARC.as_bytes()))?;
    seeds.put(
        "read_web",
        "a.wet",
        &with(0, WARC.replace("response", "conversion").as_bytes()),
    )?;

    let tar = tarred(&[
        ("a.jsonl", few(2).as_bytes()),
        ("b.rss", RSS.as_bytes()),
        ("c.txt", b"Ice is thick."),
    ]);
    let zip = zipped(&[("a.jsonl", few(2).as_bytes()), ("b.rss", RSS.as_bytes())])?;
    seeds.put("read_archive", "a.tar", &with(0, &tar))?;
    seeds.put("read_archive", "a.zip", &with(1, &zip))?;
    for (name, bytes) in [
        ("a.tar", &tar[..]),
        ("a.zip", &zip),
        ("a.jsonl", few(2).as_bytes()),
    ] {
        seeds.put("read_any", name, bytes)?;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(bytes)?;
        seeds.put("read_any", &format!("{name}.gz"), &gz.finish()?)?;
        seeds.put(
            "read_any",
            &format!("{name}.zst"),
            &zstd::encode_all(bytes, 1)?,
        )?;
    }
    texts(&seeds, &lines)?;
    given(&seeds, &lines)
}

/// Texts of the sample for what is done to one text.
fn texts(seeds: &Seeds<'_>, lines: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
    for (number, line) in lines.iter().enumerate().step_by(5) {
        let record: serde_json::Value = serde_json::from_str(line)?;
        let text = record["text"].as_str().unwrap_or_default();
        let text = &text[..text.floor_char_boundary(700)];
        let name = number.to_string();
        for target in ["forms", "spoken", "words", "bytes"] {
            seeds.put(target, &name, text.as_bytes())?;
        }
        // Steps and choices stand before the text, see `text::Asked`.
        for (target, steps) in [("matching", [255, 255]), ("cleaning", [127, 0])] {
            seeds.put(
                target,
                &name,
                &[&steps[..], &[1, 1, 1, 1, 1], text.as_bytes()].concat(),
            )?;
        }
    }
    Ok(())
}

/// A profile and tables of furniture.
fn given(seeds: &Seeds<'_>, lines: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
    let stories = lines.iter().take(1).map(|line| {
        (
            String::from("a"),
            Story {
                text: line,
                ..Story::default()
            },
        )
    });
    let stories: Vec<(String, Story<'_>)> = stories.collect();
    let profile = learn_stories(
        &stories[..],
        &Matcher::default(),
        &Settings::default(),
        true,
    )?;
    let bytes = Arc::new(profile).to_bytes();
    // Without its checksum, which the target puts behind.
    seeds.put("profile", "a", &bytes[..bytes.len() - 8])?;
    seeds.put(
        "forms_table",
        "a",
        b"credit\tline-end\tfrom the desk of <names>\nIce is thick. From the desk of Ilse Vantour",
    )?;
    for (number, value) in [
        "prefer:Northwire,latest-version",
        "2GiB",
        "3d",
        "Europe/Berlin",
        "2031-03-17T12:00:00+02:00",
        "Mon, 17 Mar 2031 12:00:00 GMT",
    ]
    .iter()
    .enumerate()
    {
        seeds.put("values", &number.to_string(), value.as_bytes())?;
    }
    Ok(())
}

struct Seeds<'a> {
    corpus: &'a Path,
}

impl Seeds<'_> {
    fn put(&self, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("seed-{name}")), bytes)
    }
}

/// Records of JSON Lines in another format.
fn converted(
    records: &str,
    format: TableFormat,
    name: &str,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("feed.jsonl");
    fs::write(&path, records)?;
    let feed = Feed::open(Inputs::collect([&path])?, FeedOptions::default())?;
    let mut places = Vec::new();
    for chunk in feed.chunks()? {
        let chunk = chunk?;
        parse_chunk(&chunk, &RecordOptions::default(), &mut |record| {
            places.extend(record.map(|record| Place {
                source: chunk.source,
                span: record.span,
            }));
        });
    }
    let out = folder.path().join(name);
    let inputs = Inputs::default();
    let mut output = Outputs::new(&inputs).create(&out)?;
    write_kept(
        &feed,
        places.iter().copied(),
        format,
        InvalidUtf8::Refuse,
        &mut output,
    )?;
    output.finish()?;
    Ok(fs::read(out)?)
}

/// A tar of small files, by the layout of ustar.
fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[148..156].copy_from_slice(b"        ");
        header[156] = b'0';
        header[257..263].copy_from_slice(b"ustar\0");
        header[263..265].copy_from_slice(b"00");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(header);
        tar.extend(*bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

fn zipped(files: &[(&str, &[u8])]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

const NINJS: &str = r#"{"uri":"a","standard":{"name":"ninjs","version":"2.1"},"type":"text","pubstatus":"usable","versioncreated":"2031-03-17T00:00:00Z","headlines":[{"role":"main","value":"Tide"}],"bodies":[{"role":"main","contenttype":"text/html","value":"<p>High &amp; low water.</p>"}]}"#;
const NEWSML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="a" version="2" standard="NewsML-G2"><itemMeta><itemClass qcode="ninat:text"/><versionCreated>2031-03-17T00:00:00Z</versionCreated><pubStatus qcode="stat:usable"/></itemMeta><contentMeta><headline>Tide</headline></contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body><p>High &amp; low water.</p></body></html></inlineXML></contentSet></newsItem></itemSet></newsMessage>"#;
const NITF: &str = r#"<nitf><head><docdata><doc-id id-string="a"/><date.issue norm="20310317T000000Z"/></docdata></head><body><body.head><hedline><hl1>Tide</hl1></hedline></body.head><body.content><p>High water at <em>Brackwater</em>.</p></body.content></body></nitf>"#;
const RSS: &str = r#"<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><guid>a</guid><title>Tide</title><pubDate>Mon, 17 Mar 2031 12:00:00 GMT</pubDate><content:encoded><![CDATA[<p>High water.</p>]]></content:encoded></item></channel></rss>"#;
const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title type="html">T&lt;i&gt;i&lt;/i&gt;de</title><updated>2031-03-17T00:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>High water.</p></div></content></entry></feed>"#;
const WARC: &str = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.invalid/\r\nWARC-Date: 2031-03-17T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: 110\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><head><title>T</title></head><body><p>High water.</p></bo\r\n\r\n";
