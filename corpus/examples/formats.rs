//! Writes the sample feed in other formats, as newsrooms and their systems exchange it:
//! `cargo run -p wirefold-corpus --example formats -- corpus/sample/feed.jsonl corpus/sample/formats`

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use quick_xml::escape::escape;
use serde_json::{Map, Value, json};

type Record = Map<String, Value>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(feed), Some(folder)) = (args.next(), args.next()) else {
        return Err("give the feed and the folder to write to".into());
    };
    let mut records: Vec<Record> = Vec::new();
    for line in fs::read_to_string(feed)?.lines() {
        records.push(serde_json::from_str(line)?);
    }
    let items: Vec<Value> = records.iter().map(ninjs).collect();
    fs::write(
        folder.join("feed.ninjs"),
        serde_json::to_string_pretty(&items)? + "\n",
    )?;
    fs::write(folder.join("feed.newsml"), newsml(&records))?;
    fs::write(folder.join("feed.rss"), rss(&records))?;
    fs::write(folder.join("feed.csv"), csv(&records)?)?;
    fs::write(folder.join("feed.parquet"), parquet(&records)?)?;
    Ok(())
}

/// A field that is text, or nothing.
fn text<'r>(record: &'r Record, field: &str) -> &'r str {
    record
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn has(record: &Record, field: &str) -> bool {
    !text(record, field).is_empty()
}

fn version(record: &Record) -> Option<u64> {
    record.get("version").and_then(Value::as_u64)
}

/// An item of ninjs 2.1.
fn ninjs(record: &Record) -> Value {
    let mut item = json!({
        "uri": text(record, "id"),
        "standard": {"name": "ninjs", "version": "2.1"},
        "type": "text",
        "pubstatus": "usable",
        "versioncreated": text(record, "published"),
        "language": text(record, "language"),
        "infosources": [{"name": text(record, "source")}],
        "headlines": [{"role": "main", "value": text(record, "title")}],
        "bodies": [{"role": "main", "contenttype": "text/plain", "value": text(record, "text")}],
    });
    if let Some(version) = version(record) {
        item["version"] = version.to_string().into();
    }
    for (field, name) in [("slug", "slugline"), ("byline", "by")] {
        if has(record, field) {
            item[name] = text(record, field).into();
        }
    }
    item
}

/// The paragraphs of a text as XHTML; a line break within one stays one.
fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
        let lines: Vec<String> = paragraph.lines().map(|line| escape(line).into()).collect();
        // Writing to a string does not fail.
        let _ = writeln!(html, "<p>{}</p>", lines.join("<br/>\n"));
    }
    html
}

/// A news message of NewsML-G2.
fn newsml(records: &[Record]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <newsMessage xmlns=\"http://iptc.org/std/nar/2006-10-01/\">\n\
         <header><sent>2031-03-17T00:00:00Z</sent></header>\n<itemSet>\n",
    );
    for record in records {
        let field = |name| escape(text(record, name));
        let element = |name: &str, field: &str| match text(record, field) {
            "" => String::new(),
            text => format!("<{name}>{}</{name}>", escape(text)),
        };
        let version = version(record).map_or(String::new(), |n| format!(" version=\"{n}\""));
        let _ = write!(
            xml,
            "<newsItem guid=\"{id}\"{version} standard=\"NewsML-G2\" standardversion=\"2.32\" conformance=\"power\">\n\
             <itemMeta><itemClass qcode=\"ninat:text\"/><provider><name>{source}</name></provider>\
             <versionCreated>{published}</versionCreated><pubStatus qcode=\"stat:usable\"/></itemMeta>\n\
             <contentMeta><headline>{title}</headline>{slug}{by}<language tag=\"{language}\"/></contentMeta>\n\
             <contentSet><inlineXML contenttype=\"application/xhtml+xml\">\
             <html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></head><body>\n{body}</body></html>\
             </inlineXML></contentSet>\n</newsItem>\n",
            id = field("id"),
            source = field("source"),
            published = field("published"),
            title = field("title"),
            slug = element("slugline", "slug"),
            by = element("by", "byline"),
            language = field("language"),
            body = paragraphs(text(record, "text")),
        );
    }
    xml.push_str("</itemSet>\n</newsMessage>\n");
    xml
}

/// A channel of RSS 2.0. It has no slugs and no versions.
fn rss(records: &[Record]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel><title>The sample feed</title><link>https://feed.invalid/</link>\
         <description>Invented news of a week</description>\n",
    );
    for record in records {
        let field = |name| escape(text(record, name));
        // "]]>" cannot stand in CDATA.
        let body = paragraphs(text(record, "text")).replace("]]>", "]]&gt;");
        let _ = write!(
            xml,
            "<item><guid isPermaLink=\"false\">{}</guid><title>{}</title><dc:publisher>{}</dc:publisher>\
             <dc:date>{}</dc:date><dc:language>{}</dc:language>\n<content:encoded><![CDATA[{body}]]></content:encoded></item>\n",
            field("id"),
            field("title"),
            field("source"),
            field("published"),
            field("language"),
        );
    }
    xml.push_str("</channel></rss>\n");
    xml
}

/// The fields that are of use to this project.
const COLUMNS: [&str; 8] = [
    "id",
    "source",
    "published",
    "language",
    "slug",
    "version",
    "title",
    "text",
];

/// A table of these fields.
fn csv(records: &[Record]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for record in records {
        table.write_record(COLUMNS.map(|column| match column {
            "version" => version(record).map_or(String::new(), |number| number.to_string()),
            column => text(record, column).to_owned(),
        }))?;
    }
    Ok(table.into_inner()?)
}

/// The same table in columns, with times as times and numbers as numbers; always the same bytes.
fn parquet(records: &[Record]) -> Result<Vec<u8>, Box<dyn Error>> {
    let columns = COLUMNS.map(|column| {
        let texts = records
            .iter()
            .map(|record| record.get(column).and_then(Value::as_str));
        let numbers = records
            .iter()
            .map(|record| record.get(column).and_then(Value::as_i64));
        let array: ArrayRef = match column {
            "version" => Arc::new(numbers.collect::<Int64Array>()),
            _ => Arc::new(texts.collect::<StringArray>()),
        };
        match column {
            "published" => {
                let time = DataType::Timestamp(TimeUnit::Millisecond, Some("+00:00".into()));
                arrow_cast::cast(&array, &time).map(|times| (column, times))
            }
            _ => Ok((column, array)),
        }
    });
    let columns = columns.into_iter().collect::<Result<Vec<_>, _>>()?;
    let batch = RecordBatch::try_from_iter(columns)?;
    let properties = WriterProperties::builder()
        .set_created_by("wirefold-corpus".to_owned())
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}
