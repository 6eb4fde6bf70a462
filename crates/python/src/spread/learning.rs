//! What stories teach, from which relations are judged, on the parts that machines hold.

use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, Int64Builder};
use arrow_array::{Array as _, Int64Array};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wirefold::TextSource as _;
use wirefold::profile::{self, Lessons, Profile, WordCounts};
use wirefold::spread::Teaching;

use super::Spread;
use super::columns::{BYTES, NUMBER, bytes, columns, done, index, numbers};
use crate::stories::Stories;
use crate::table::Table;

/// What stories teach: words, each story's in a row with its hash and `bucket` -1, and lines by so many
/// buckets.
#[pyfunction]
pub(crate) fn teach(
    py: Python<'_>,
    steps: &Spread,
    stories: &Stories,
    buckets: usize,
) -> PyResult<Table> {
    py.detach(|| {
        let mut teaching = Teaching::new(&steps.matcher, &steps.settings, false);
        let mut lessons = Lessons::default();
        for row in 0..stories.count() {
            teaching.teach(stories.story(row), &mut lessons);
        }
        let [mut bucket, mut hash] = [(); 2].map(|()| Int64Builder::new());
        let mut taught = BinaryBuilder::new();
        for (story, words) in lessons.stories() {
            bucket.append_value(-1);
            hash.append_value(story.cast_signed());
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            taught.append_value(bytes);
        }
        let mut lines = vec![Vec::new(); buckets.max(1)];
        lessons.write_lines(&mut lines);
        for (number, lines) in lines.into_iter().enumerate() {
            if !lines.is_empty() {
                bucket.append_value(index(number));
                hash.append_null();
                taught.append_value(lines);
            }
        }
        done(vec![
            ("bucket", Arc::new(bucket.finish())),
            ("hash", Arc::new(hash.finish())),
            ("taught", Arc::new(taught.finish())),
        ])
    })
}

/// Counts the words of different stories, or if `slices` adds counts, by slices.
#[pyfunction]
pub(crate) fn count_words(taught: &Bound<'_, PyAny>, slices: bool) -> PyResult<Table> {
    let counts = counted(taught, slices)?;
    let mut number = Int64Builder::new();
    let mut taught = BinaryBuilder::new();
    for (slice, counts) in counts.slices() {
        number.append_value(index(slice));
        let bytes: Vec<u8> = counts
            .iter()
            .flat_map(|count| count.to_le_bytes())
            .collect();
        taught.append_value(bytes);
    }
    done(vec![
        ("slice", Arc::new(number.finish())),
        ("taught", Arc::new(taught.finish())),
    ])
}

/// The lines of a bucket that were repeated enough.
#[pyfunction]
pub(crate) fn repeated_lines(taught: &Bound<'_, PyAny>) -> PyResult<Table> {
    let pieces = columns(taught, [("taught", BYTES)])?;
    let parts: Vec<&[u8]> = pieces
        .iter()
        .flat_map(|[taught]| bytes(taught).iter().flatten())
        .collect();
    let repeated = profile::repeated_lines(&parts).into_iter();
    let (lines, tags): (Vec<i64>, Vec<i64>) = repeated
        .map(|(line, tag)| (line.cast_signed(), tag.cast_signed()))
        .unzip();
    done(vec![
        ("line", Arc::new(Int64Array::from(lines))),
        ("tag", Arc::new(Int64Array::from(tags))),
    ])
}

/// The profile of so many different stories, as bytes, by the counts of their words and repeated lines.
#[pyfunction]
pub(crate) fn learned<'py>(
    py: Python<'py>,
    steps: &Spread,
    stories: u64,
    slices: &Bound<'_, PyAny>,
    repeated: &Bound<'_, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let counts = counted(slices, true)?;
    let mut lines = Vec::new();
    for [line, tag] in columns(repeated, [("line", NUMBER), ("tag", NUMBER)])? {
        let pairs = numbers(&line).values().iter().zip(numbers(&tag).values());
        lines.extend(pairs.map(|(line, tag)| (line.cast_unsigned(), tag.cast_unsigned())));
    }
    let profile = Profile::from_pieces(steps.settings.seed, stories, counts, lines);
    Ok(PyBytes::new(py, &profile.to_bytes()))
}

/// The words of stories, counted, or the sum of slices of counts.
fn counted(taught: &Bound<'_, PyAny>, slices: bool) -> PyResult<WordCounts> {
    let mut counts = WordCounts::default();
    let mut read = Vec::new();
    let name = if slices { "slice" } else { "hash" };
    for [number, taught] in columns(taught, [(name, NUMBER), ("taught", BYTES)])? {
        let (number, taught) = (numbers(&number), bytes(&taught));
        for row in 0..taught.len() {
            read.clear();
            let (words, _) = taught.value(row).as_chunks::<4>();
            read.extend(words.iter().map(|&word| u32::from_le_bytes(word)));
            if slices {
                counts.add_slice(
                    usize::try_from(number.value(row)).unwrap_or(usize::MAX),
                    &read,
                );
            } else {
                counts.add(&read);
            }
        }
    }
    Ok(counts)
}
