//! A column of strings, numbers or times, in pieces, read by row and never copied.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array as _, ArrayRef, BinaryArray, LargeBinaryArray, LargeStringArray, StringArray,
    StringViewArray,
};
use arrow_schema::{DataType, TimeUnit};
use wirefold_io::{TimeZone, seconds};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Strings,
    Integers,
    Times,
}

/// The kind of a type; nothing if no role takes it.
pub(crate) fn kind(data_type: &DataType) -> Option<Kind> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Kind::Strings),
        DataType::Dictionary(_, values) => kind(values).filter(|&kind| kind == Kind::Strings),
        data_type if data_type.is_integer() => Some(Kind::Integers),
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Some(Kind::Times),
        _ => None,
    }
}

/// One value of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Integer(i128),
    /// Seconds since the beginning of 1970: of UTC, or by a clock whose zone is not known.
    Time(i64, bool),
}

impl Value<'_> {
    /// The time that the value tells, in seconds since the beginning of 1970, UTC.
    pub(crate) fn time(self, zone: &TimeZone) -> Option<i64> {
        match self {
            Self::Text(text) => seconds(text, zone),
            Self::Integer(number) => seconds(&number.to_string(), zone),
            Self::Time(time, true) => Some(time),
            Self::Time(time, false) => {
                let clock = jiff::Timestamp::from_second(time).ok()?;
                let clock = TimeZone::UTC.to_datetime(clock);
                Some(zone.to_timestamp(clock).ok()?.as_second())
            }
        }
    }
}

/// A piece of a column.
#[derive(Clone, Debug)]
enum Piece {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
    /// Each row's place among the values, and whether it is null.
    Dictionary(Vec<usize>, ArrayRef, Box<Piece>),
    Integers(ArrayRef),
    Times(ArrayRef),
}

/// A column: its pieces, and the row behind each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    pieces: Vec<Piece>,
    ends: Vec<usize>,
}

impl Column {
    /// A column of these arrays, which are of a type that has a [`kind`].
    ///
    /// # Errors
    /// The row of a string that is not UTF-8, which Arrow promises and not every file keeps.
    pub(crate) fn new(arrays: impl IntoIterator<Item = ArrayRef>) -> Result<Self, usize> {
        let mut column = Self::default();
        for array in arrays {
            let first = column.len();
            if let Some(row) = not_utf8(&array) {
                return Err(first + row);
            }
            column.ends.push(first + array.len());
            column.pieces.extend(piece(&array));
        }
        Ok(column)
    }

    /// The column with its integers as strings.
    pub(crate) fn into_strings(self) -> Self {
        if !self
            .pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Integers(_)))
        {
            return self;
        }
        let strings: LargeStringArray = (0..self.len())
            .map(|row| match self.get(row)? {
                Value::Integer(number) => Some(number.to_string()),
                Value::Text(text) => Some(text.to_owned()),
                Value::Time(..) => None,
            })
            .collect();
        Self {
            ends: vec![strings.len()],
            pieces: vec![Piece::LargeUtf8(strings)],
        }
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }

    /// The value of a row; nothing where it is null.
    pub(crate) fn get(&self, row: usize) -> Option<Value<'_>> {
        let at = self.ends.partition_point(|&end| end <= row);
        let first = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.pieces.get(at)?.get(row - first)
    }

    /// The string of a row.
    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        match self.get(row)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn piece(array: &ArrayRef) -> Option<Piece> {
    Some(match array.data_type() {
        DataType::Utf8 => Piece::Utf8(array.as_string().clone()),
        DataType::LargeUtf8 => Piece::LargeUtf8(array.as_string().clone()),
        DataType::Utf8View => Piece::Utf8View(array.as_string_view().clone()),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            // Keys of null rows may be anything, and there may be no value at all.
            let keys = if dictionary.values().is_empty() {
                vec![0; array.len()]
            } else {
                dictionary.normalized_keys()
            };
            let values = piece(dictionary.values())?;
            Piece::Dictionary(keys, array.clone(), Box::new(values))
        }
        data_type if data_type.is_integer() => Piece::Integers(array.clone()),
        _ => Piece::Times(array.clone()),
    })
}

impl Piece {
    fn get(&self, row: usize) -> Option<Value<'_>> {
        match self {
            Self::Utf8(array) => array.is_valid(row).then(|| Value::Text(array.value(row))),
            Self::LargeUtf8(array) => array.is_valid(row).then(|| Value::Text(array.value(row))),
            Self::Utf8View(array) => array.is_valid(row).then(|| Value::Text(array.value(row))),
            Self::Dictionary(keys, array, values) => {
                array.is_valid(row).then(|| values.get(keys[row]))?
            }
            Self::Integers(array) => array.is_valid(row).then(|| integer(array, row))?,
            Self::Times(array) => array.is_valid(row).then(|| time(array, row))?,
        }
    }
}

fn integer(array: &ArrayRef, row: usize) -> Option<Value<'_>> {
    fn of<T: ArrowPrimitiveType<Native: Into<i128>>>(array: &ArrayRef, row: usize) -> i128 {
        array.as_primitive::<T>().value(row).into()
    }
    Some(Value::Integer(match array.data_type() {
        DataType::Int8 => of::<Int8Type>(array, row),
        DataType::Int16 => of::<Int16Type>(array, row),
        DataType::Int32 => of::<Int32Type>(array, row),
        DataType::Int64 => of::<Int64Type>(array, row),
        DataType::UInt8 => of::<UInt8Type>(array, row),
        DataType::UInt16 => of::<UInt16Type>(array, row),
        DataType::UInt32 => of::<UInt32Type>(array, row),
        DataType::UInt64 => of::<UInt64Type>(array, row),
        _ => return None,
    }))
}

fn time(array: &ArrayRef, row: usize) -> Option<Value<'_>> {
    const DAY: i64 = 24 * 60 * 60;
    fn of<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, row: usize, unit: i64) -> i64 {
        array.as_primitive::<T>().value(row).div_euclid(unit)
    }
    let seconds = match array.data_type() {
        DataType::Date32 => i64::from(array.as_primitive::<Date32Type>().value(row)) * DAY,
        DataType::Date64 => of::<Date64Type>(array, row, 1000),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => of::<TimestampSecondType>(array, row, 1),
            TimeUnit::Millisecond => of::<TimestampMillisecondType>(array, row, 1000),
            TimeUnit::Microsecond => of::<TimestampMicrosecondType>(array, row, 1_000_000),
            TimeUnit::Nanosecond => of::<TimestampNanosecondType>(array, row, 1_000_000_000),
        },
        _ => return None,
    };
    let of_utc = matches!(array.data_type(), DataType::Timestamp(_, Some(_)));
    Some(Value::Time(seconds, of_utc))
}

/// The first row of an array of strings that is not UTF-8.
fn not_utf8(array: &ArrayRef) -> Option<usize> {
    if !matches!(array.data_type(), DataType::Dictionary(..)) {
        return broken(array).first().copied();
    }
    let dictionary = array.as_any_dictionary();
    let wrong = broken(dictionary.values());
    if wrong.is_empty() {
        return None;
    }
    // A value that no row has is not read.
    let keys = dictionary.normalized_keys();
    (0..array.len()).find(|&row| array.is_valid(row) && wrong.binary_search(&keys[row]).is_ok())
}

/// The rows of an array of strings that are not UTF-8, in order.
fn broken(array: &ArrayRef) -> Vec<usize> {
    fn among<B: AsRef<[u8]>>(rows: impl Iterator<Item = Option<B>>) -> Vec<usize> {
        let wrong = |bytes: &B| std::str::from_utf8(bytes.as_ref()).is_err();
        let rows = rows.enumerate();
        rows.filter(|(_, bytes)| bytes.as_ref().is_some_and(wrong))
            .map(|(row, _)| row)
            .collect()
    }
    match array.data_type() {
        DataType::Utf8 => among(BinaryArray::from(array.as_string::<i32>().clone()).iter()),
        DataType::LargeUtf8 => {
            among(LargeBinaryArray::from(array.as_string::<i64>().clone()).iter())
        }
        DataType::Utf8View => among(array.as_string_view().clone().to_binary_view().iter()),
        _ => Vec::new(),
    }
}
