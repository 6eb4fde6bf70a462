//! Kinds of columns that records of JSON become, and dictionaries that grow as they are written.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::Field;
use arrow_select::concat::concat_batches;

use crate::columns::{arrow_stream, parquet, read, table, texts};
use crate::support::{Folder, STORIES};

#[test]
fn numbers_that_no_column_holds_are_text() {
    let folder = Folder::new();
    let odd = |id: &str, value: &str| {
        let story = STORIES[0];
        format!("{{\"id\":\"{id}\",\"text\":{story:?},\"n\":{value}}}\n")
    };
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    folder.file("feed.jsonl", odd("a", "1e999") + &odd("b", &deep));
    folder.ok("dedup feed.jsonl -o all.parquet --remove none");
    folder.ok("dedup all.parquet -o all.jsonl --remove none");
    let rows = folder.rows("all.jsonl");
    assert_eq!(rows[0]["n"], "1e999");
    assert_eq!(rows[1]["n"], deep);
}

#[test]
fn integers_keep_their_digits_beside_fractions() {
    let folder = Folder::new();
    let line = |id: &str, n: &str, m: &str| {
        let story = STORIES[0];
        format!("{{\"id\":\"{id}\",\"text\":{story:?},\"n\":{n},\"m\":[{m}]}}\n")
    };
    let feed = [
        // A number of 64 bits holds the first and the last, and would make an even one of the second.
        line("a", "9007199254740992", "-9007199254740993"),
        line("b", "9007199254740993", "0.5"),
        line("c", "1.5", "2"),
    ];
    folder.file("feed.jsonl", feed.concat());
    for kept in ["all.parquet", "all.arrow"] {
        folder.ok(&format!("dedup feed.jsonl -o {kept} --remove none"));
        let all = read(&folder, kept);
        let n = all.column_by_name("n").unwrap();
        let expected = texts(["9007199254740992", "9007199254740993", "1.5"]);
        assert_eq!(n, &expected, "{kept}");
        folder.ok(&format!("dedup {kept} -o all.jsonl --remove none"));
        let m: Vec<_> = folder
            .rows("all.jsonl")
            .iter()
            .map(|row| row["m"].to_string())
            .collect();
        assert_eq!(m, [r#"["-9007199254740993"]"#, r#"["0.5"]"#, r#"["2"]"#]);
    }
    // Alone they are integers, whatever their size, and beside fractions numbers where these hold them.
    let feed = [
        line("a", "9007199254740993", "4503599627370497"),
        line("b", "-5", "0.5"),
    ];
    folder.file("feed.jsonl", feed.concat());
    folder.ok("dedup feed.jsonl -o all.arrow --remove none");
    let all = read(&folder, "all.arrow");
    let n: ArrayRef = Arc::new(Int64Array::from(vec![9_007_199_254_740_993, -5]));
    assert_eq!(all.column_by_name("n").unwrap(), &n);
    folder.ok("dedup all.arrow -o all.jsonl --remove none");
    let rows = folder.rows("all.jsonl");
    assert_eq!(rows[0]["m"][0].as_f64(), Some(4_503_599_627_370_497.0));
}

#[test]
fn dictionaries_within_columns_are_written_batch_by_batch() {
    let [a, b, c] = STORIES;
    let words = ["North", "South", "North", "East"];
    let words: DictionaryArray<Int32Type> = words.into_iter().collect();
    let words: ArrayRef = Arc::new(words);
    let desk = Arc::new(Field::new("desk", words.data_type().clone(), true));
    let place: ArrayRef = Arc::new(StructArray::from(vec![(desk, words)]));
    let batch = table(vec![
        ("id", texts(["a", "b", "c", "d"])),
        ("text", texts([a, b, c, "The mill stands still."])),
        ("place", place),
    ]);
    let folder = Folder::new();
    folder
        .file("feed.arrows", arrow_stream(&batch))
        .file("feed.parquet", parquet(&batch));
    // A stream may bring a new dictionary with each batch; a file has one, that grows.
    for feed in ["feed.arrows", "feed.parquet", "feed.arrows feed.parquet"] {
        for kept in ["kept.arrow", "kept.arrows", "kept.parquet"] {
            folder.ok(&format!("dedup {feed} -o {kept} --remove none"));
            let got = read(&folder, kept);
            let expected = vec![&batch; feed.split(' ').count()];
            let expected = concat_batches(&batch.schema(), expected).unwrap();
            let plain = |batch: &RecordBatch| {
                let place = batch.column_by_name("place").unwrap().as_struct();
                let words = place.column(0).as_dictionary::<Int32Type>();
                let words = words.downcast_dict::<StringArray>().unwrap();
                let words = words.into_iter().map(|word| word.unwrap().to_owned());
                words.collect::<Vec<_>>()
            };
            assert_eq!(plain(&got), plain(&expected), "{feed} {kept}");
        }
    }
}
