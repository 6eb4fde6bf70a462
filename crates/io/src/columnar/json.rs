//! Values of columns as JSON.

use crate::quoted::put_string;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, DecimalType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, OffsetSizeTrait, PrimitiveArray};
use arrow_buffer::ArrowNativeType;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, TimeUnit};
use jiff::Timestamp;
use jiff::civil::date;
use serde::Serialize;
use std::fmt::Display;
use std::io::Write as _;
use std::sync::Arc;

/// Appends the value of a row as JSON.
pub(crate) type Put = Box<dyn Fn(usize, &mut Vec<u8>) + Send + Sync>;

/// What writes the values of an array, `null` where there is none. Text is a string, numbers are
/// numbers, times RFC 3339, bytes hexadecimal, structs and maps objects, lists lists.
pub(crate) fn putter(array: &ArrayRef) -> Put {
    let put = values(array);
    match array.logical_nulls() {
        None => put,
        Some(nulls) => Box::new(move |row, out| {
            if nulls.is_null(row) {
                out.extend_from_slice(b"null");
            } else {
                put(row, out);
            }
        }),
    }
}

fn values(array: &ArrayRef) -> Put {
    match array.data_type() {
        DataType::Null => Box::new(|_, out| out.extend_from_slice(b"null")),
        DataType::Boolean => {
            let array = array.as_boolean().clone();
            Box::new(move |row, out| put_shown(array.value(row), out))
        }
        DataType::Int8 => shown::<Int8Type>(array),
        DataType::Int16 => shown::<Int16Type>(array),
        DataType::Int32 => shown::<Int32Type>(array),
        DataType::Int64 => shown::<Int64Type>(array),
        DataType::UInt8 => shown::<UInt8Type>(array),
        DataType::UInt16 => shown::<UInt16Type>(array),
        DataType::UInt32 => shown::<UInt32Type>(array),
        DataType::UInt64 => shown::<UInt64Type>(array),
        DataType::Float16 => primitive::<Float16Type>(array, |value, out| {
            put_float(f64::from(value.to_f32()), out);
        }),
        DataType::Float32 => primitive::<Float32Type>(array, |value, out| {
            // The shortest that is read as the same value of this width.
            put_number(&value, out);
        }),
        DataType::Float64 => primitive::<Float64Type>(array, put_float),
        DataType::Decimal32(_, scale) => decimal::<Decimal32Type>(array, *scale),
        DataType::Decimal64(_, scale) => decimal::<Decimal64Type>(array, *scale),
        DataType::Decimal128(_, scale) => decimal::<Decimal128Type>(array, *scale),
        DataType::Decimal256(_, scale) => decimal::<Decimal256Type>(array, *scale),
        DataType::Utf8 => {
            let array = array.as_string::<i32>().clone();
            Box::new(move |row, out| put_string(array.value(row), out))
        }
        DataType::LargeUtf8 => {
            let array = array.as_string::<i64>().clone();
            Box::new(move |row, out| put_string(array.value(row), out))
        }
        DataType::Utf8View => {
            let array = array.as_string_view().clone();
            Box::new(move |row, out| put_string(array.value(row), out))
        }
        DataType::Date32 => primitive::<Date32Type>(array, |days, out| put_day(days.into(), out)),
        DataType::Date64 => primitive::<Date64Type>(array, |millis, out| {
            put_day(millis.div_euclid(86_400_000), out);
        }),
        DataType::Timestamp(unit, zone) => {
            let zoned = zone.is_some();
            match unit {
                TimeUnit::Second => time::<TimestampSecondType>(array, 1, zoned),
                TimeUnit::Millisecond => time::<TimestampMillisecondType>(array, 1_000, zoned),
                TimeUnit::Microsecond => time::<TimestampMicrosecondType>(array, 1_000_000, zoned),
                TimeUnit::Nanosecond => {
                    time::<TimestampNanosecondType>(array, 1_000_000_000, zoned)
                }
            }
        }
        DataType::Dictionary(..) => {
            let array = array.as_any_dictionary();
            let put = putter(array.values());
            if array.values().is_empty() {
                return put;
            }
            let keys = array.normalized_keys();
            Box::new(move |row, out| put(keys[row], out))
        }
        DataType::Struct(_) => object(array),
        DataType::List(_) => list::<i32>(array),
        DataType::LargeList(_) => list::<i64>(array),
        DataType::FixedSizeList(_, size) => {
            let put = putter(array.as_fixed_size_list().values());
            let size = usize::try_from(*size).unwrap_or_default();
            Box::new(move |row, out| put_list(row * size..(row + 1) * size, &put, out))
        }
        DataType::Map(..) => map(array),
        DataType::RunEndEncoded(_, values) => match arrow_cast::cast(array, values.data_type()) {
            Ok(array) => putter(&array),
            Err(_) => formatted(array),
        },
        _ => formatted(array),
    }
}

/// A value in the words of the library, as a string: binary, times of day, spans of time, unions.
fn formatted(array: &ArrayRef) -> Put {
    let array = Arc::clone(array);
    Box::new(move |row, out| {
        let options = FormatOptions::default();
        let shown = ArrayFormatter::try_new(&array, &options);
        match shown.and_then(|shown| shown.value(row).try_to_string()) {
            Ok(value) => put_string(&value, out),
            Err(_) => out.extend_from_slice(b"null"),
        }
    })
}

fn primitive<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    put: impl Fn(T::Native, &mut Vec<u8>) + Send + Sync + 'static,
) -> Put {
    let array: PrimitiveArray<T> = array.as_primitive::<T>().clone();
    Box::new(move |row, out| put(array.value(row), out))
}

fn shown<T: ArrowPrimitiveType>(array: &ArrayRef) -> Put
where
    T::Native: Display,
{
    primitive::<T>(array, put_shown)
}

fn decimal<T: DecimalType + ArrowPrimitiveType>(array: &ArrayRef, scale: i8) -> Put {
    let precision = T::MAX_PRECISION;
    primitive::<T>(array, move |value, out| {
        out.extend_from_slice(T::format_decimal(value, precision, scale).as_bytes());
    })
}

fn time<T: ArrowPrimitiveType<Native = i64>>(
    array: &ArrayRef,
    per_second: i64,
    zoned: bool,
) -> Put {
    primitive::<T>(array, move |value, out| {
        let nanos = (value.rem_euclid(per_second) * (1_000_000_000 / per_second)) as i32;
        let time = Timestamp::new(value.div_euclid(per_second), nanos);
        match time {
            Ok(time) if zoned => put_quoted(time, out),
            // Without a zone it is what a clock showed.
            Ok(time) => put_quoted(time.to_zoned(jiff::tz::TimeZone::UTC).datetime(), out),
            Err(_) => put_shown(value, out),
        }
    })
}

fn put_day(days: i64, out: &mut Vec<u8>) {
    let span = jiff::Span::new().try_days(days);
    match span.and_then(|span| date(1970, 1, 1).checked_add(span)) {
        Ok(day) => put_quoted(day, out),
        Err(_) => put_shown(days, out),
    }
}

fn object(array: &ArrayRef) -> Put {
    let array = array.as_struct();
    let fields = fields(array.column_names(), array.columns());
    Box::new(move |row, out| put_object(&fields, row, out))
}

/// The names of fields as JSON, each with what writes its values.
pub(crate) fn fields<'n>(
    names: impl IntoIterator<Item = &'n str>,
    arrays: &[ArrayRef],
) -> Vec<(Vec<u8>, Put)> {
    let named = names.into_iter().zip(arrays);
    named
        .map(|(name, array)| {
            let mut quoted = Vec::new();
            put_string(name, &mut quoted);
            quoted.push(b':');
            (quoted, putter(array))
        })
        .collect()
}

/// Appends an object of the fields of a row.
pub(crate) fn put_object(fields: &[(Vec<u8>, Put)], row: usize, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (name, put)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(name);
        put(row, out);
    }
    out.push(b'}');
}

fn list<O: OffsetSizeTrait>(array: &ArrayRef) -> Put {
    let array = array.as_list::<O>();
    let put = putter(array.values());
    let offsets = array.offsets().clone();
    Box::new(move |row, out| {
        put_list(
            offsets[row].as_usize()..offsets[row + 1].as_usize(),
            &put,
            out,
        );
    })
}

fn put_list(rows: std::ops::Range<usize>, put: &Put, out: &mut Vec<u8>) {
    out.push(b'[');
    for row in rows.clone() {
        if row > rows.start {
            out.push(b',');
        }
        put(row, out);
    }
    out.push(b']');
}

/// A map whose keys are text is an object, another one a list of keys and values.
fn map(array: &ArrayRef) -> Put {
    let array = array.as_map();
    let offsets = array.offsets().clone();
    let entries_of = move |row: usize| offsets[row].as_usize()..offsets[row + 1].as_usize();
    let entries: ArrayRef = Arc::new(array.entries().clone());
    let textual = matches!(
        array.key_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    );
    if !textual {
        let put = putter(&entries);
        return Box::new(move |row, out| {
            put_list(entries_of(row), &put, out);
        });
    }
    let (key, value) = (putter(array.keys()), putter(array.values()));
    Box::new(move |row, out| {
        out.push(b'{');
        let entries = entries_of(row);
        for at in entries.clone() {
            if at > entries.start {
                out.push(b',');
            }
            key(at, out);
            out.push(b':');
            value(at, out);
        }
        out.push(b'}');
    })
}

fn put_shown(value: impl Display, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = write!(out, "{value}");
}

fn put_quoted(value: impl Display, out: &mut Vec<u8>) {
    let _ = write!(out, "\"{value}\"");
}

fn put_float(value: f64, out: &mut Vec<u8>) {
    put_number(&value, out);
}

/// JSON has no number for infinity: it becomes `null`.
fn put_number(number: &impl Serialize, out: &mut Vec<u8>) {
    let number = serde_json::to_string(number);
    out.extend_from_slice(number.as_deref().unwrap_or("null").as_bytes());
}
