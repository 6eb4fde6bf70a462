//! Files of columns that cannot be used: each case of that part of the table.

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::{Array, Int64Array, RecordBatch, StringArray};

use crate::bad_table::{case, dedup};
use crate::columns::{arrow, arrow_stream, parquet, table, texts};
use crate::support::{Folder, STORIES, record};

/// Three stories.
fn good() -> RecordBatch {
    table(vec![
        ("id", texts(["a", "b", "c"])),
        ("text", texts(STORIES)),
    ])
}

/// Runs `dedup` over one file and claims what the table says of the case.
#[track_caller]
fn check(name: &str, file: &str, bytes: impl AsRef<[u8]>, counts: [usize; 3]) {
    let folder = Folder::new();
    folder.file(file, &bytes);
    dedup(name, &folder, file, counts);
    // The other stories of a run go on.
    folder.file("more.jsonl", record("d", STORIES[0]));
    let both = folder
        .cmd(&format!(
            "dedup {file} more.jsonl -o both.jsonl --remove none"
        ))
        .run();
    assert_eq!(both.code, Some(1), "{}", both.err);
    assert_eq!(folder.rows("both.jsonl").len(), counts[0] + counts[1] + 1);
    // Columns come out whole too, of what could be read.
    let columns = folder.cmd(&format!("dedup {file} -o kept.arrow")).run();
    assert_eq!(columns.code, Some(1), "{}", columns.err);
    if counts[0] > 0 {
        folder.ok("dedup kept.arrow -o again.jsonl --remove none");
        assert_eq!(folder.rows("again.jsonl").len(), counts[0]);
    }
}

#[test]
fn parquet_cut_off() {
    let bytes = parquet(&good());
    check(
        "Parquet cut off",
        "feed.parquet",
        &bytes[..bytes.len() / 2],
        [0, 0, 1],
    );
    check("Parquet cut off", "feed.parquet", &bytes[..3], [0, 0, 1]);
    check("Parquet cut off", "feed.parquet", [], [0, 0, 1]);
}

#[test]
fn parquet_with_garbage_for_a_footer() {
    let mut bytes = parquet(&good());
    let end = bytes.len() - 8;
    bytes[end - 200..end].fill(0xee);
    check(
        "Parquet with garbage for a footer",
        "feed.parquet",
        bytes,
        [0, 0, 1],
    );
}

#[test]
fn parquet_whose_footer_is_longer_than_the_file() {
    let mut bytes = parquet(&good());
    let end = bytes.len() - 8;
    bytes[end..end + 4].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    let name = "Parquet whose footer is longer than the file";
    check(name, "feed.parquet", bytes, [0, 0, 1]);
}

#[test]
fn parquet_without_a_column_of_text() {
    let batch = table(vec![
        ("id", texts(["a", "b"])),
        ("copy", texts(["one", "two"])),
    ]);
    check(
        "Parquet without a column of text",
        "feed.parquet",
        parquet(&batch),
        [0, 0, 2],
    );
}

#[test]
fn column_of_text_that_holds_numbers() {
    let batch = table(vec![
        ("id", texts(["a", "b"])),
        ("text", Arc::new(Int64Array::from(vec![1, 2]))),
    ]);
    let name = "column of text that holds numbers";
    check(name, "feed.parquet", parquet(&batch), [0, 0, 2]);
}

#[test]
fn row_without_a_text() {
    let [a, _, c] = STORIES;
    let text = StringArray::from(vec![Some(a), None, Some(c)]);
    let batch = table(vec![
        ("id", texts(["a", "b", "c"])),
        ("text", Arc::new(text)),
    ]);
    check(
        "row without a text",
        "feed.parquet",
        parquet(&batch),
        [2, 0, 1],
    );
}

/// Bytes in which a letter of the second story is none of UTF-8.
fn spoiled(mut bytes: Vec<u8>) -> Vec<u8> {
    let mark = &STORIES[1].as_bytes()[..20];
    let at = bytes
        .windows(mark.len())
        .position(|window| window == mark)
        .unwrap();
    bytes[at + 3] = 0xe9;
    bytes
}

/// Three stories as Parquet whose texts stand in it as they are.
fn open_parquet() -> Vec<u8> {
    let mut bytes = Vec::new();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .build();
    let batch = good();
    let writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties));
    let mut writer = writer.unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn text_in_parquet_that_is_not_utf_8() {
    let name = "text in Parquet that is not UTF-8";
    check(name, "feed.parquet", spoiled(open_parquet()), [2, 0, 1]);
}

#[test]
fn text_in_columns_that_is_mended_is_counted() {
    let folder = Folder::new();
    let line = |text: &str| format!("{{\"text\":\"{text}\"}}\n");
    folder
        .file(
            "feed.jsonl",
            spoiled(STORIES.map(line).concat().into_bytes()),
        )
        .file("feed.parquet", spoiled(open_parquet()))
        .file("feed.arrow", spoiled(arrow(&good())));
    for name in ["feed.jsonl", "feed.parquet", "feed.arrow"] {
        let kept = if name == "feed.jsonl" {
            "-"
        } else {
            "clean.arrow"
        };
        let ran = folder.ok(&format!(
            "normalize {name} -o {kept} --invalid-utf8 replace"
        ));
        ran.says("1 broken UTF-8 sequence replaced");
    }
}

#[test]
fn parquet_of_impossible_sizes() {
    // The header of the first page: its sizes are the numbers behind the kind of page.
    let mut bytes = open_parquet();
    assert_eq!(bytes[4..6], [0x15, 0x00]);
    bytes[6..12].copy_from_slice(&[0x15, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    check(
        "Parquet of impossible sizes",
        "feed.parquet",
        bytes,
        [0, 0, 1],
    );
}

#[test]
fn arrow_file_cut_off() {
    let bytes = arrow(&good());
    check(
        "Arrow file cut off",
        "feed.arrow",
        &bytes[..bytes.len() / 2],
        [0, 0, 1],
    );
}

#[test]
fn arrow_file_with_garbage_for_a_footer() {
    let mut bytes = arrow(&good());
    let end = bytes.len() - 10;
    bytes[end - 100..end].fill(0xee);
    check(
        "Arrow file with garbage for a footer",
        "feed.arrow",
        bytes,
        [0, 0, 1],
    );
}

#[test]
fn arrow_file_whose_footer_is_longer_than_the_file() {
    let mut bytes = arrow(&good());
    let end = bytes.len() - 10;
    bytes[end..end + 4].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    let name = "Arrow file whose footer is longer than the file";
    check(name, "feed.arrow", bytes, [0, 0, 1]);
}

#[test]
fn file_that_is_no_arrow() {
    check(
        "file that is no Arrow",
        "feed.arrow",
        "{\"id\": 1}\n",
        [0, 0, 1],
    );
}

#[test]
fn arrow_stream_cut_off() {
    let bytes = arrow_stream(&good());
    let cut = &bytes[..bytes.len() - 100];
    check("Arrow stream cut off", "feed.arrows", cut, [2, 0, 1]);
}

#[test]
fn arrow_whose_batch_is_larger_than_the_file() {
    // The length of the first batch, behind its place, in the footer.
    let mut bytes = arrow(&good());
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(&bytes), None);
    assert_eq!(reader.unwrap().num_batches(), 2);
    let footer = &bytes[..bytes.len() - 10];
    let len = u32::from_le_bytes(bytes[footer.len()..footer.len() + 4].try_into().unwrap());
    let footer = arrow_ipc::root_as_footer(&footer[footer.len() - len as usize..]).unwrap();
    let block = footer.recordBatches().unwrap().get(0).0;
    let at = bytes
        .windows(block.len())
        .rposition(|window| window == block)
        .unwrap();
    bytes[at + 16..at + 24].copy_from_slice(&(i64::MAX / 2).to_le_bytes());
    let name = "Arrow whose batch is larger than the file";
    check(name, "feed.arrow", bytes, [0, 0, 1]);
}

#[test]
fn column_of_text_that_holds_lists() {
    let mut lists = ListBuilder::new(Int64Builder::new());
    lists.append_value([Some(1)]);
    lists.append_value([Some(2)]);
    let batch = table(vec![
        ("id", texts(["a", "b"])),
        ("text", Arc::new(lists.finish())),
    ]);
    let name = "column of text that holds lists";
    check(name, "feed.arrow", arrow(&batch), [0, 0, 2]);
}

#[test]
fn text_in_arrow_that_is_not_utf_8() {
    let name = "text in Arrow that is not UTF-8";
    check(name, "feed.arrow", spoiled(arrow(&good())), [2, 0, 1]);
    check(
        name,
        "feed.arrow",
        spoiled(arrow_stream(&good())),
        [2, 0, 1],
    );
}

#[test]
fn files_of_other_columns() {
    let folder = Folder::new();
    let numbers = Int64Array::from(vec![1, 2, 3]);
    let other = table(vec![
        ("id", Arc::new(numbers) as Arc<dyn Array>),
        ("text", texts(STORIES)),
    ]);
    folder
        .file("one.parquet", parquet(&good()))
        .file("other.arrow", arrow(&other));
    case("files of other columns").fails(&folder, "dedup one.parquet other.arrow -o kept.parquet");
    folder.ok("dedup one.parquet other.arrow -o kept.jsonl");
    assert_eq!(folder.rows("kept.jsonl").len(), 3);
}

#[test]
fn parquet_compressed_twice() {
    let folder = Folder::new();
    folder.file("feed.parquet", parquet(&good()));
    case("Parquet compressed twice").fails(&folder, "dedup feed.parquet -o kept.parquet.gz");
}

#[test]
fn nothing_to_normalize_in_columns() {
    let folder = Folder::new();
    let batch = table(vec![
        ("id", texts(["a", "b"])),
        ("copy", texts(["one", "two"])),
    ]);
    folder.file("feed.parquet", parquet(&batch));
    case("nothing to normalize in columns").fails(&folder, "normalize feed.parquet -o out.parquet");
}

#[test]
fn field_that_no_record_has() {
    let folder = Folder::new();
    folder.file("feed.parquet", parquet(&good()));
    case("field that no record has").fails(&folder, "dedup feed.parquet --field id=key -o k.jsonl");
}
