//! What people say of pairs of stories, read from a table.

use crate::error::IoError;
use crate::table::TableFormat;
use crate::whole::read_whole;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// A pair of stories and what people say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The id of the one story.
    pub a: String,
    /// The id of the other.
    pub b: String,
    /// Whether the two are copies.
    pub copy: bool,
    /// The line of the table, from 1.
    pub line: u64,
}

/// A row; other columns are passed over.
#[derive(Deserialize)]
struct Row {
    a: Value,
    b: Value,
    #[serde(default)]
    label: Value,
}

/// What a label may be: a copy, and none. Upper case is the same.
const COPY: [&str; 6] = ["1", "true", "yes", "y", "copy", "same"];
const OTHER: [&str; 6] = ["0", "false", "no", "n", "other", "different"];

/// The labeled pairs of a file: CSV or TSV with a header that names the columns `a`, `b` and `label`, or JSON
/// Lines with such fields, by the ending as for [`TableFormat::of_path`], also compressed. A copy is `1`,
/// `true`, `yes`, `copy` or `same`, and none is `0`, `false`, `no`, `other` or `different`. Rows whose label is
/// empty are passed over: they wait for one.
///
/// # Errors
/// Those of [`read_whole`] and [`TableFormat::of_path`]; [`IoError::Content`] names the line of a row that is
/// none.
pub fn read_labels(path: impl AsRef<Path>) -> Result<Vec<Label>, IoError> {
    let path = path.as_ref();
    let failed = |message: String| IoError::Content {
        path: path.into(),
        message,
    };
    let format = TableFormat::of_path(path)?;
    if format.is_columnar() {
        let message = "labels are read from CSV, TSV or JSON Lines; convert it";
        return Err(failed(message.to_owned()));
    }
    let bytes = read_whole(path)?;
    let text = std::str::from_utf8(&bytes);
    let text = text.map_err(|_| failed("not UTF-8; convert it".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    let rows = if format == TableFormat::JsonLines {
        lines(text)
    } else {
        cells(text, format.mark())
    };
    let labels = rows.and_then(|rows| {
        let labels = rows.into_iter().map(|(line, row)| label(line, &row));
        labels.filter_map(Result::transpose).collect()
    });
    labels.map_err(|(line, message)| failed(format!("line {line}: {message}")))
}

type Rows = Result<Vec<(u64, Row)>, (u64, String)>;

fn lines(text: &str) -> Rows {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let row = serde_json::from_str(line);
            row.map(|row| (number, row)).map_err(|error| {
                let message =
                    format!("{error}; a row is {{\"a\": \"ID\", \"b\": \"ID\", \"label\": 1}}");
                (number, message)
            })
        })
        .collect()
}

fn cells(text: &str, mark: u8) -> Rows {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| (1, error.to_string()))?;
    let place = |name: &str| {
        let found = header.iter().position(|column| column == name);
        found.ok_or_else(|| {
            let columns: Vec<&str> = header.iter().collect();
            let message = format!(
                "no column `{name}`; found: {} (a, b and label are needed)",
                columns.join(", ")
            );
            (1, message)
        })
    };
    let places = [place("a")?, place("b")?, place("label")?];
    reader
        .records()
        .map(|record| {
            let line = |position: Option<&csv::Position>| position.map_or(1, csv::Position::line);
            let record = record.map_err(|error| (line(error.position()), error.to_string()))?;
            let cell = |at: usize| Value::from(record.get(at).unwrap_or_default());
            let [a, b, label] = places.map(cell);
            Ok((line(record.position()), Row { a, b, label }))
        })
        .collect()
}

/// The pair of a row, or nothing if it waits for its label.
fn label(line: u64, row: &Row) -> Result<Option<Label>, (u64, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let said = text(&row.label).unwrap_or_default().to_lowercase();
    if said.is_empty() && matches!(row.label, Value::Null | Value::String(_)) {
        return Ok(None);
    }
    let copy = COPY.contains(&&*said);
    if !copy && !OTHER.contains(&&*said) {
        let message = format!(
            "`{said}` is no label; write {} for a copy, {} for none",
            COPY.join(", "),
            OTHER.join(", ")
        );
        return Err((line, message));
    }
    match (text(&row.a), text(&row.b)) {
        (Some(a), Some(b)) if !a.is_empty() && !b.is_empty() && a != b => {
            Ok(Some(Label { a, b, copy, line }))
        }
        _ => Err((line, "`a` and `b` are the ids of two stories".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Vec<Label>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        read_labels(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn one_table_in_three_forms() {
        let of = |a: &str, b: &str, copy, line| Label {
            a: a.to_owned(),
            b: b.to_owned(),
            copy,
            line,
        };
        let want = [of("x", "7", true, 2), of("x", "z, y", false, 3)];
        let csv = "jaccard,a,b,label\n.5,x,7,Copy\n.1,x,\"z, y\",0\n.3,x,w,\n";
        assert_eq!(read("labels.csv", csv).unwrap(), want);
        let tsv = "a\tb\tlabel\nx\t7\tyes\nx\tz, y\tno\n";
        assert_eq!(read("labels.tsv", tsv).unwrap(), want);
        let lines = "\n{\"a\":\"x\",\"b\":7,\"label\":true}\n{\"b\":\"z, y\",\"a\":\"x\",\"label\":0,\"c\":[]}\n\
                     {\"a\":\"x\",\"b\":\"w\"}\n";
        assert_eq!(read("labels.jsonl", lines).unwrap(), want);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (name, text, said) in [
            (
                "l.csv",
                "a,b\nx,y\n",
                "line 1: no column `label`; found: a, b",
            ),
            (
                "l.csv",
                "a,b,label\nx,y,1\nx,z,maybe\n",
                "line 3: `maybe` is no label",
            ),
            ("l.csv", "a,b,label\nx,x,1\n", "line 2: `a` and `b`"),
            ("l.csv", "a,b,label\nx,y\n", "line 2"),
            (
                "l.jsonl",
                "{\"a\":1,\"b\":2,\"label\":1}\n{\"a\":1}\n",
                "line 2: missing field `b`",
            ),
            ("l.parquet", "", "CSV"),
            ("l.txt", "", "l.txt"),
        ] {
            let error = read(name, text).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
