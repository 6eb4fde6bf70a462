//! Files of columns: Parquet, and Arrow as file and stream.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Int64Array, LargeStringArray, RecordBatch,
    StringArray, StringViewArray, StructArray, TimestampMillisecondArray,
};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::properties::WriterProperties;

use crate::support::{Folder, STORIES, gz, ids, rows, small_feed, zst};

/// A file of Parquet with two rows in a group, and a property of its own.
pub(crate) fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let property = KeyValue::new("desk".to_owned(), "night".to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(2))
        .set_key_value_metadata(Some(vec![property]))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// An Arrow file of a batch for every two rows.
pub(crate) fn arrow(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write_metadata("desk", "night");
    pairs(batch).for_each(|pair| writer.write(&pair).unwrap());
    writer.into_inner().unwrap()
}

/// An Arrow stream of a batch for every two rows.
pub(crate) fn arrow_stream(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    pairs(batch).for_each(|pair| writer.write(&pair).unwrap());
    writer.into_inner().unwrap()
}

fn pairs(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> {
    let starts = (0..batch.num_rows()).step_by(2);
    starts.map(|at| batch.slice(at, 2.min(batch.num_rows() - at)))
}

/// What a file holds, by its ending.
pub(crate) fn read(folder: &Folder, name: &str) -> RecordBatch {
    let bytes = folder.bytes(name);
    let (schema, batches): (SchemaRef, Vec<RecordBatch>) = if name.ends_with(".parquet") {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
        let schema = Arc::clone(builder.schema());
        (
            schema,
            builder.build().unwrap().map(Result::unwrap).collect(),
        )
    } else if name.ends_with(".arrows") {
        let reader = StreamReader::try_new(&bytes[..], None).unwrap();
        (reader.schema(), reader.map(Result::unwrap).collect())
    } else {
        let reader = FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
        (reader.schema(), reader.map(Result::unwrap).collect())
    };
    concat_batches(&schema, &batches).unwrap()
}

fn metadata(folder: &Folder, name: &str) -> Arc<ParquetMetaData> {
    let bytes = bytes::Bytes::from(folder.bytes(name));
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    Arc::clone(builder.metadata())
}

/// A batch of columns that may be empty in places.
pub(crate) fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let columns = columns.into_iter();
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

pub(crate) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

/// The three stories, and the first once more, as `copy`, with columns of many types.
fn stories() -> RecordBatch {
    let [a, b, c] = STORIES;
    let source: DictionaryArray<Int32Type> =
        ["North", "North", "South", "East"].into_iter().collect();
    let mut subjects = ListBuilder::new(StringBuilder::new());
    for subject in ["harbor", "plums", "", "harbor"] {
        if !subject.is_empty() {
            subjects.values().append_value(subject);
        }
        subjects.append(true);
    }
    let place: Vec<(Arc<Field>, ArrayRef)> = vec![
        (
            Arc::new(Field::new("name", DataType::Utf8, true)),
            texts(["Brackwater", "Sarn", "Ostrel", "Brackwater"]),
        ),
        (
            Arc::new(Field::new("people", DataType::Int64, true)),
            Arc::new(Int64Array::from(vec![
                Some(9_007_199_254_740_993),
                None,
                Some(-3),
                None,
            ])),
        ),
    ];
    let minute = 60_000;
    let start = 1_931_000_000_000;
    let published =
        TimestampMillisecondArray::from_iter_values((0..4).map(|at| start + at * minute));
    table(vec![
        ("id", texts(["a", "b", "c", "copy"])),
        ("text", texts([a, b, c, a])),
        ("source", Arc::new(source)),
        ("published", Arc::new(published.with_timezone("UTC"))),
        ("subjects", Arc::new(subjects.finish())),
        ("place", Arc::new(StructArray::from(place))),
        (
            "paid",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                None,
                Some(false),
                None,
            ])),
        ),
    ])
}

/// The rows of the stories that are kept.
fn kept() -> RecordBatch {
    stories().slice(0, 3)
}

fn folder() -> Folder {
    let folder = Folder::new();
    let stories = stories();
    folder
        .file("feed.parquet", parquet(&stories))
        .file("feed.arrow", arrow(&stories))
        .file("feed.arrows", arrow_stream(&stories));
    folder
}

const FEEDS: [&str; 3] = ["feed.parquet", "feed.arrow", "feed.arrows"];

#[test]
fn kept_rows_stay_as_they_are() {
    let folder = folder();
    for feed in FEEDS {
        for out in ["kept.parquet", "kept.arrow", "kept.arrows", "kept.arrow.gz"] {
            folder.ok(&format!("dedup {feed} -o {out}"));
            let plain = out.strip_suffix(".gz");
            if let Some(plain) = plain {
                folder.file(plain, crate::support::gunzip(&folder.bytes(out)));
            }
            let out = plain.unwrap_or(out);
            assert_eq!(
                read(&folder, out),
                kept_as(feed, &kept()),
                "{feed} to {out}"
            );
        }
    }
    // Properties and compression are those of the input.
    folder.ok("dedup feed.parquet -o kept.parquet");
    let metadata = metadata(&folder, "kept.parquet");
    let properties = metadata.file_metadata().key_value_metadata().unwrap();
    let desks: Vec<_> = properties
        .iter()
        .filter(|property| property.key == "desk")
        .collect();
    assert_eq!(desks.len(), 1);
    assert_eq!(desks[0].value.as_deref(), Some("night"));
    assert_eq!(
        metadata.row_group(0).column(0).compression(),
        Compression::SNAPPY
    );
    folder.ok("dedup feed.arrow -o kept.arrow");
    let reader = FileReader::try_new(std::io::Cursor::new(folder.bytes("kept.arrow")), None);
    assert_eq!(reader.unwrap().custom_metadata()["desk"], "night");
}

/// A batch as it is read from a feed: properties of Parquet are those of its schema.
fn kept_as(feed: &str, batch: &RecordBatch) -> RecordBatch {
    if feed != "feed.parquet" {
        return batch.clone();
    }
    let fields = batch.schema().fields().clone();
    let metadata = [("desk".to_owned(), "night".to_owned())];
    let schema = Schema::new_with_metadata(fields, metadata);
    RecordBatch::try_new(Arc::new(schema), batch.columns().to_vec()).unwrap()
}

#[test]
fn a_feed_without_copies_comes_out_as_it_is() {
    let folder = folder();
    for feed in FEEDS {
        for out in ["all.parquet", "all.arrow"] {
            folder.ok(&format!("dedup {feed} --remove none -o {out}"));
            assert_eq!(
                read(&folder, out),
                kept_as(feed, &stories()),
                "{feed} to {out}"
            );
        }
    }
}

#[test]
fn content_tells_columns_whatever_the_name() {
    let folder = folder();
    let stories = stories();
    let bytes = [parquet(&stories), arrow(&stories), arrow_stream(&stories)];
    for (at, bytes) in bytes.into_iter().enumerate() {
        let name = format!("odd{at}");
        folder.file(&name, &bytes);
        assert_eq!(
            ids(&folder.ok(&format!("dedup {name}")).out),
            ["a", "b", "c"]
        );
        let piped = folder.cmd("dedup -o piped.parquet").stdin(bytes.clone());
        piped.run().code(0);
        assert_eq!(read(&folder, "piped.parquet").num_rows(), 3);
        for (ending, packed) in [("gz", gz(&bytes)), ("zst", zst(&bytes))] {
            let name = format!("{name}.{ending}");
            folder.file(&name, packed);
            assert_eq!(
                ids(&folder.ok(&format!("dedup {name}")).out),
                ["a", "b", "c"]
            );
        }
    }
    // Arrow files may have the name of Parquet, and the other way round.
    folder.file("swapped.parquet", arrow(&stories));
    assert_eq!(ids(&folder.ok("dedup swapped.parquet").out).len(), 3);
    let ran = folder.cmd("dedup swapped.parquet --format parquet").run();
    ran.code(1)
        .says("broken Parquet: it does not end as a Parquet file does");
}

#[test]
fn columns_are_read_in_folders_and_archives() {
    let folder = folder();
    let stories = stories();
    folder
        .file("wire/1.parquet", parquet(&stories.slice(0, 2)))
        .file("wire/2.arrow", arrow(&stories.slice(2, 2)));
    folder.ok("dedup wire -o kept.parquet");
    assert_eq!(read(&folder, "kept.parquet").num_rows(), 3);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in FEEDS {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut archive, &folder.bytes(name)).unwrap();
    }
    folder.file("wire.zip", archive.finish().unwrap().into_inner());
    let ran = folder.ok("dedup wire.zip --remove none");
    assert_eq!(rows(&ran.out).len(), 12);
    assert_eq!(
        rows(&ran.out)[1],
        rows(&folder.ok("dedup feed.arrow").out)[1]
    );
}

#[test]
fn rows_become_json_with_all_their_columns() {
    let folder = folder();
    let wanted = serde_json::json!({
        "id": "a",
        "text": STORIES[0],
        "source": "North",
        "published": "2031-03-11T12:53:20Z",
        "subjects": ["harbor"],
        "place": {"name": "Brackwater", "people": 9_007_199_254_740_993_i64},
        "paid": true,
    });
    for feed in FEEDS {
        let ran = folder.ok(&format!("dedup {feed}"));
        assert_eq!(rows(&ran.out)[0], wanted, "{feed}");
        folder.ok(&format!("dedup {feed} -o kept.csv"));
        assert!(
            folder
                .read("kept.csv")
                .starts_with("id,text,source,published,subjects,place,paid\n")
        );
        folder.ok(&format!("dedup {feed} -o kept.tsv"));
        let table = folder.read("kept.tsv");
        assert_eq!(
            table.lines().next(),
            Some("id\ttext\tsource\tpublished\tsubjects\tplace\tpaid")
        );
        assert_eq!(
            table.lines().nth(2).map(|row| row.split('\t').count()),
            Some(7)
        );
    }
}

#[test]
fn notes_are_columns_behind_the_others() {
    let folder = folder();
    for feed in FEEDS {
        folder.ok(&format!("dedup {feed} --annotate -o all.parquet"));
        let all = read(&folder, "all.parquet");
        let names: Vec<String> = all
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect();
        assert_eq!(names[7..], ["cluster", "kept", "relation", "to"]);
        assert_eq!(
            all.project(&[0, 1, 2, 3, 4, 5, 6]).unwrap().columns(),
            stories().columns()
        );
        let column = |name: &str| all.column_by_name(name).unwrap().clone();
        assert_eq!(&column("cluster"), &texts(["a", "b", "c", "a"]));
        let kept: ArrayRef = Arc::new(BooleanArray::from(vec![true, true, true, false]));
        assert_eq!(&column("kept"), &kept);
        assert_eq!(column("relation").null_count(), 3);
        assert!(column("to").is_null(0) && column("to").is_valid(3));
    }
}

#[test]
fn lines_become_columns_with_types() {
    let folder = Folder::new();
    let [a, b, _] = STORIES;
    let records = [
        serde_json::json!({"id": 1, "text": a, "n": 1, "x": [1, 2], "o": {"p": "q"}, "m": 1, "w": u64::MAX}),
        serde_json::json!({"id": 2, "text": b, "n": 1.5, "x": [], "o": {"r": true}, "m": "one", "t": false}),
    ];
    folder.file(
        "feed.jsonl",
        records.each_ref().map(ToString::to_string).join("\n"),
    );
    for out in ["kept.parquet", "kept.arrow"] {
        folder.ok(&format!("dedup feed.jsonl -o {out}"));
        let batch = read(&folder, out);
        let schema = batch.schema();
        let kind = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
        assert_eq!(kind("id"), DataType::Int64);
        assert_eq!(kind("text"), DataType::Utf8);
        assert_eq!(kind("n"), DataType::Float64);
        assert_eq!(kind("x"), DataType::new_list(DataType::Int64, true));
        assert!(matches!(kind("o"), DataType::Struct(fields) if fields.len() == 2));
        // What is of no one kind is text: numbers beyond 64 bits too, for they must stay as they are.
        assert_eq!(batch["m"].as_ref(), texts(["1", "one"]).as_ref());
        assert_eq!(kind("w"), DataType::Utf8);
        assert_eq!(kind("t"), DataType::Boolean);
        // And back: the same values.
        folder.ok(&format!("dedup {out} -o back.jsonl"));
        let back = folder.rows("back.jsonl");
        for name in ["id", "text", "x"] {
            assert_eq!(
                [&back[0][name], &back[1][name]],
                records.each_ref().map(|r| &r[name])
            );
        }
        assert_eq!(back[0]["w"], u64::MAX.to_string());
    }
}

#[test]
fn tables_have_types_and_lists() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    folder.ok("dedup feed.jsonl -o k.jsonl --clusters c.parquet --relations r.parquet");
    let clusters = read(&folder, "c.parquet");
    assert_eq!(clusters.num_rows(), 4);
    assert_eq!(clusters.schema().field(2).data_type(), &DataType::Boolean);
    assert_eq!(clusters.schema().field(5).data_type(), &DataType::Float64);
    let relations = read(&folder, "r.parquet");
    let schema = relations.schema();
    assert!(matches!(
        schema.field_with_name("new_a").unwrap().data_type(),
        DataType::List(_)
    ));
    assert!(matches!(
        schema.field_with_name("passages").unwrap().data_type(),
        DataType::List(_)
    ));
    // As JSON they are what the same run writes as JSON Lines.
    folder.ok("relate feed.jsonl -o r.jsonl");
    folder.ok("relate feed.jsonl -o r.arrow");
    let arrow = folder.ok("dedup r.arrow --field text=a --remove none");
    assert_eq!(rows(&arrow.out), folder.rows("r.jsonl"));
}

#[test]
fn strings_of_every_layout_are_text() {
    let [a, b, c] = STORIES;
    let all = [a, b, c, a];
    let dictionary: DictionaryArray<Int32Type> = all.into_iter().collect();
    let layouts: [ArrayRef; 3] = [
        Arc::new(LargeStringArray::from_iter_values(all)),
        Arc::new(StringViewArray::from_iter_values(all)),
        Arc::new(dictionary),
    ];
    for layout in layouts {
        let batch = table(vec![
            ("id", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
            ("text", layout),
        ]);
        let folder = Folder::new();
        folder
            .file("feed.parquet", parquet(&batch))
            .file("feed.arrow", arrow(&batch));
        for feed in ["feed.parquet", "feed.arrow"] {
            folder.ok(&format!("dedup {feed} -o kept.arrow"));
            assert_eq!(
                read(&folder, "kept.arrow").columns(),
                batch.slice(0, 3).columns()
            );
            folder.ok(&format!("normalize {feed} -o clean.arrow"));
            assert_eq!(read(&folder, "clean.arrow").columns(), batch.columns());
        }
    }
}

#[test]
fn fields_are_named_by_paths() {
    let folder = Folder::new();
    let [a, b, c] = STORIES;
    let inner: Vec<(Arc<Field>, ArrayRef)> = vec![(
        Arc::new(Field::new("body", DataType::Utf8, true)),
        texts([a, b, c, a]),
    )];
    let batch = table(vec![
        ("key", texts(["a", "b", "c", "copy"])),
        ("story", Arc::new(StructArray::from(inner))),
    ]);
    folder
        .file("feed.parquet", parquet(&batch))
        .file("feed.arrow", arrow(&batch));
    let lines = folder
        .cmd("dedup feed.parquet --field text=story.body --remove none")
        .run()
        .code(0);
    folder.file("feed.jsonl", lines.out);
    folder.file(
        "feed.csv",
        format!("key,story.body\na,\"{a}\"\nb,\"{b}\"\nc,\"{c}\"\ncopy,\"{a}\"\n"),
    );
    for feed in ["feed.parquet", "feed.arrow", "feed.jsonl", "feed.csv"] {
        let fields = "--field id=key --field text=story.body";
        folder.ok(&format!(
            "dedup {feed} {fields} -o kept.jsonl --clusters c.jsonl"
        ));
        let clusters = folder.rows("c.jsonl");
        let named: Vec<&str> = clusters
            .iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect();
        assert_eq!(named, ["a", "b", "c", "copy"], "{feed}");
        assert_eq!(folder.rows("kept.jsonl").len(), 3, "{feed}");
        // A mistyped one is told with what is there.
        let ran = folder
            .cmd(&format!(
                "dedup {feed} --field text=story.body --field id=kee"
            ))
            .run();
        let ran = ran
            .code(2)
            .says("error: no record has a field `kee`, which was named; the first has: key, story");
        assert!(ran.out.is_empty());
    }
    // Each field of a story may be named.
    for name in "id version source language published updated slug title byline dateline status embargo urgency text"
        .split(' ')
    {
        let ran = folder.cmd(&format!("dedup feed.csv --max-refused 4 --field {name}=key"));
        ran.run().code(0);
        if name == "text" {
            continue;
        }
        let args = format!("dedup feed.csv --field {name}=kee --text-field story.body");
        let ran = folder.cmd(&args).run().code(2);
        ran.says("error: no record has a field `kee`, which was named");
    }
    let ran = folder.cmd("dedup feed.csv --field subtitle=by").run();
    ran.code(2)
        .says("no field `subtitle` is read; those that are: id, version,");
    let ran = folder
        .cmd("dedup feed.csv --field text=a --text-field b")
        .run();
    ran.code(2)
        .says("error: `a` and `b` are named for one field; leave one of them out");
}

#[test]
fn normalize_changes_text_and_title_alone() {
    let folder = Folder::new();
    let [a, b, _] = STORIES;
    let (loud, quoted) = (format!("{a}  \u{201c}Yes\u{201d}"), format!("{b}\r\n"));
    let batch = table(vec![
        ("note", texts(["a  b", "c\u{201d}"])),
        ("title", texts(["\u{201c}Pier\u{201d}", "Plums"])),
        (
            "text",
            Arc::new(StringArray::from(vec![Some(loud.as_str()), None])),
        ),
        ("body", texts(["left  alone", &quoted])),
    ]);
    folder
        .file("feed.parquet", parquet(&batch))
        .file("feed.arrow", arrow(&batch));
    for feed in ["feed.parquet", "feed.arrow"] {
        let ran = folder.ok(&format!(
            "normalize {feed} --quotes straight -o clean.parquet"
        ));
        ran.says("2 records").says("2 changed");
        let clean = read(&folder, "clean.parquet");
        assert_eq!(clean.schema().fields(), batch.schema().fields());
        assert_eq!(clean.column(0), batch.column(0));
        assert_eq!(clean.column(1), &texts(["\"Pier\"", "Plums"]));
        // Where the first column of text has nothing, the next one is the text.
        let lines = folder.ok(&format!("normalize {feed} --quotes straight"));
        let lines = rows(&lines.out);
        let text = StringArray::from(vec![lines[0]["text"].as_str(), None]);
        assert_eq!(clean.column(2).as_ref(), &text as &dyn Array);
        let body = [lines[0]["body"].as_str(), lines[1]["body"].as_str()];
        assert_eq!(
            clean.column(3).as_ref(),
            &StringArray::from(body.to_vec()) as &dyn Array
        );
        assert_eq!(body[0], Some("left  alone"));
    }
    folder.file("lines.jsonl", small_feed());
    let ran = folder.cmd("normalize lines.jsonl -o clean.parquet").run();
    ran.code(2).says(
        "error: lines.jsonl: not made of columns; only Parquet and Arrow are normalized into",
    );
}

#[test]
fn parquet_with_a_column_of_json() {
    use parquet::basic::{LogicalType, Repetition, Type as Physical};
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::types::Type;

    let column = |name: &str, logical| {
        let builder = Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_logical_type(Some(logical))
            .with_repetition(Repetition::REQUIRED);
        Arc::new(builder.build().unwrap())
    };
    let fields = vec![
        column("text", LogicalType::String),
        column("tags", LogicalType::Json),
    ];
    let schema = Type::group_type_builder("schema")
        .with_fields(fields)
        .build();
    let schema = Arc::new(schema.unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for value in [STORIES[0], "{\"desk\":\"night\"}"] {
        let mut column = group.next_column().unwrap().unwrap();
        let values = [ByteArray::from(value)];
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    let folder = Folder::new();
    folder.file("feed.parquet", writer.into_inner().unwrap());
    folder.ok("dedup feed.parquet -o kept.jsonl");
    assert_eq!(folder.rows("kept.jsonl")[0]["tags"], "{\"desk\":\"night\"}");
    folder.ok("dedup feed.parquet -o kept.parquet");
    assert_eq!(read(&folder, "kept.parquet").num_rows(), 1);
}
