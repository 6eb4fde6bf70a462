//! Dictionaries that grow from batch to batch.
//!
//! An Arrow file has one dictionary a column, which can be added to but not replaced. Batches bring
//! their own: of other files, of other groups of rows, of new texts.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, UInt64Array, make_array};
use arrow_cast::CastOptions;
use arrow_schema::{ArrowError, DataType, FieldRef};
use arrow_select::concat::concat;
use arrow_select::take::take;
use std::collections::HashMap;
use std::sync::Arc;

/// The dictionaries of the columns of a file and of what lies within these, by the places that lead there.
#[derive(Default)]
pub(super) struct Dictionaries(HashMap<Vec<usize>, Grown>);

impl Dictionaries {
    /// A batch whose dictionaries begin with those of the batches before it. Dictionaries of what cannot be
    /// told apart as text stay as they are.
    ///
    /// # Errors
    /// If a column has more values than its keys can number.
    pub(super) fn settle(&mut self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut place = Vec::new();
        let columns = self.settle_all(batch.columns(), &mut place)?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(batch.schema(), columns, &options)
    }

    fn settle_all(
        &mut self,
        arrays: &[ArrayRef],
        place: &mut Vec<usize>,
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        let settled = arrays.iter().enumerate().map(|(at, array)| {
            place.push(at);
            let settled = self.settle_array(array, place);
            place.pop();
            settled
        });
        settled.collect()
    }

    fn settle_array(
        &mut self,
        array: &ArrayRef,
        place: &mut Vec<usize>,
    ) -> Result<ArrayRef, ArrowError> {
        if let DataType::Dictionary(keys, _) = array.data_type() {
            if let Some(grown) = self.0.get_mut(place) {
                return grown.settle(array, keys);
            }
            self.0.insert(place.clone(), Grown::of(array));
            return Ok(Arc::clone(array));
        }
        if !holds_dictionaries(array.data_type()) {
            return Ok(Arc::clone(array));
        }
        // The children of lists and maps are in what their offsets point to, those of structs lie row by row.
        let data = array.to_data();
        let children = data.child_data().iter().cloned().map(make_array);
        let children: Vec<ArrayRef> = children.collect();
        let children = self.settle_all(&children, place)?;
        let children = children.iter().map(Array::to_data).collect();
        let settled = data.into_builder().child_data(children).build()?;
        Ok(make_array(settled))
    }
}

/// Whether there are dictionaries within.
fn holds_dictionaries(data_type: &DataType) -> bool {
    let within = |field: &FieldRef| match field.data_type() {
        DataType::Dictionary(..) => true,
        other => holds_dictionaries(other),
    };
    match data_type {
        DataType::Struct(fields) => fields.iter().any(within),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => within(field),
        _ => false,
    }
}

/// A dictionary and where each of its values stands.
struct Grown {
    values: ArrayRef,
    places: HashMap<Box<str>, u64>,
    /// The values of the batch before, and where they stand.
    last: Option<(ArrayRef, Vec<Option<u64>>)>,
}

/// Values as text that tells them apart; nothing if they are not all text.
fn texts(values: &ArrayRef) -> Option<ArrayRef> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    arrow_cast::cast_with_options(values, &DataType::LargeUtf8, &options).ok()
}

impl Grown {
    fn of(column: &ArrayRef) -> Self {
        let values = Arc::clone(column.as_any_dictionary().values());
        let mut places = HashMap::new();
        if let Some(texts) = texts(&values) {
            for (text, place) in texts.as_string::<i64>().iter().zip(0..) {
                if let Some(text) = text {
                    places.entry(text.into()).or_insert(place);
                }
            }
        }
        Grown {
            values,
            places,
            last: None,
        }
    }

    /// A column of a later batch.
    fn settle(&mut self, column: &ArrayRef, keys: &DataType) -> Result<ArrayRef, ArrowError> {
        let dictionary = column.as_any_dictionary();
        let own = dictionary.values();
        let known = self.last.take();
        let known = known.filter(|(values, _)| values.to_data().ptr_eq(&own.to_data()));
        let places = match known {
            Some((_, places)) => places,
            None => match texts(own) {
                Some(texts) => self.places_of(own, &texts)?,
                None => return Ok(Arc::clone(column)),
            },
        };
        let moved: UInt64Array = if own.is_empty() {
            UInt64Array::new_null(column.len())
        } else {
            let own_keys = dictionary.normalized_keys().into_iter().enumerate();
            own_keys
                .map(|(row, key)| places[key].filter(|_| column.is_valid(row)))
                .collect()
        };
        self.last = Some((Arc::clone(own), places));
        let options = CastOptions {
            safe: false,
            ..CastOptions::default()
        };
        let keys = arrow_cast::cast_with_options(&moved, keys, &options)?;
        let keys = keys.to_data().into_builder();
        let settled = keys
            .data_type(column.data_type().clone())
            .child_data(vec![self.values.to_data()])
            .build()?;
        Ok(make_array(settled))
    }

    /// Where values stand, after those that are new were added; nothing for those that are null.
    fn places_of(
        &mut self,
        own: &ArrayRef,
        texts: &ArrayRef,
    ) -> Result<Vec<Option<u64>>, ArrowError> {
        let mut new = Vec::new();
        let mut places = Vec::with_capacity(own.len());
        for (text, at) in texts.as_string::<i64>().iter().zip(0_u64..) {
            places.push(text.map(|text| {
                let next = (self.values.len() + new.len()) as u64;
                *self.places.entry(text.into()).or_insert_with(|| {
                    new.push(at);
                    next
                })
            }));
        }
        if !new.is_empty() {
            let new = take(own, &UInt64Array::from(new), None)?;
            self.values = concat(&[self.values.as_ref(), new.as_ref()])?;
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::types::{Int8Type, Int32Type};
    use arrow_array::{DictionaryArray, Int64Array, ListArray, StructArray};
    use arrow_buffer::OffsetBuffer;
    use arrow_schema::Field;

    fn batch(column: ArrayRef) -> RecordBatch {
        RecordBatch::try_from_iter([("c", column)]).unwrap()
    }

    #[test]
    fn what_was_known_stays_where_it_was_and_values_are_the_same() {
        let parts: [Vec<Option<&str>>; 4] = [
            vec![Some("b"), Some("a"), None],
            vec![Some("c"), Some("a"), Some("c")],
            vec![None, None],
            vec![Some("b"), Some("d")],
        ];
        let mut dictionaries = Dictionaries::default();
        let mut before: Vec<Option<String>> = Vec::new();
        for part in parts {
            let column: DictionaryArray<Int32Type> = part.iter().copied().collect();
            let settled = dictionaries.settle(&batch(Arc::new(column))).unwrap();
            let settled = settled.column(0);
            let plain = arrow_cast::cast(settled, &DataType::Utf8).unwrap();
            assert_eq!(plain.as_string::<i32>().iter().collect::<Vec<_>>(), part);
            let values = settled.as_any_dictionary().values().as_string::<i32>();
            let values: Vec<_> = values.iter().map(|v| v.map(str::to_owned)).collect();
            assert!(values.starts_with(&before));
            before = values;
        }
        let all = ["b", "a", "c", "d"].map(|text| Some(text.to_owned()));
        assert_eq!(before, all);
    }

    #[test]
    fn dictionaries_within_structs_and_lists_settle() {
        let part = |words: &[&str]| {
            let column: DictionaryArray<Int32Type> = words.iter().copied().collect();
            let column: ArrayRef = Arc::new(column);
            let field = Arc::new(Field::new("word", column.data_type().clone(), true));
            let inner = StructArray::from(vec![(field, column)]);
            let field = Arc::new(Field::new_list_field(inner.data_type().clone(), true));
            let lens = OffsetBuffer::from_lengths([1, words.len() - 1]);
            let lists: ArrayRef = Arc::new(ListArray::new(field, lens, Arc::new(inner), None));
            lists
        };
        let mut dictionaries = Dictionaries::default();
        let mut settle = |part: &ArrayRef| {
            let settled = dictionaries.settle(&batch(Arc::clone(part))).unwrap();
            let lists = settled.column(0).as_list::<i32>();
            let words = Arc::clone(lists.values().as_struct().column(0));
            let plain = arrow_cast::cast(&words, &DataType::Utf8).unwrap();
            let plain = plain.as_string::<i32>().iter().flatten().map(str::to_owned);
            let values = words.as_any_dictionary().values().len();
            (plain.collect::<Vec<_>>(), values, lists.len())
        };
        let owned = |words: &[&str]| {
            words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Vec<_>>()
        };
        let (one, other) = (["b", "a", "b"], ["c", "b", "a", "c"]);
        assert_eq!(settle(&part(&one)), (owned(&one), 2, 2));
        assert_eq!(settle(&part(&other)), (owned(&other), 3, 2));
        // A part of a batch, whose lists begin behind others.
        let sliced = part(&other).slice(1, 1);
        assert_eq!(settle(&sliced).2, 1);
    }

    #[test]
    fn numbers_settle_too_and_keys_that_run_out_are_told() {
        let mut dictionaries = Dictionaries::default();
        let mut settle = |from: i64| {
            let keys = arrow_array::Int8Array::from_iter_values(0..100);
            let values = Arc::new(Int64Array::from_iter_values(from..from + 100));
            let column = DictionaryArray::<Int8Type>::new(keys, values);
            dictionaries.settle(&batch(Arc::new(column)))
        };
        settle(0).unwrap();
        let settled = settle(20).unwrap();
        let values = settled.column(0).as_any_dictionary().values();
        assert_eq!(values.len(), 120);
        assert!(settle(200).is_err());
    }
}
