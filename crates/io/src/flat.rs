//! The members of one JSON object on a line, with each string scanned once and copied at most once.
//!
//! What this does not take, a parser takes: it never says that a line is broken, and what it finds
//! is what the parser finds.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// A value: what a string says, or what is written of anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written<'a> {
    Text(Cow<'a, str>),
    Other(&'a str),
}

/// Gives `each` the members of an object, in order: the name and, where `wanted` takes the name to
/// something, this and the value. Nothing if the line is no object, or written as few are: with escapes
/// in names, tabs between members, half a surrogate pair.
pub(crate) fn members<'a, T>(
    line: &'a str,
    mut wanted: impl FnMut(&'a str) -> Option<T>,
    mut each: impl FnMut(T, Written<'a>) -> Option<()>,
) -> Option<()> {
    let bytes = line.as_bytes();
    // Control characters are white space here or broken there. One pass without a branch.
    let controls = bytes.iter().map(|&byte| u8::from(byte < b' '));
    if controls.fold(0, |some, this| some | this) != 0 {
        return None;
    }
    let mut at = behind(bytes, 0, b'{')?;
    if let Some(end) = behind(bytes, at, b'}') {
        return is_end(bytes, end);
    }
    loop {
        at = behind(bytes, at, b'"')?;
        let Cow::Borrowed(name) = string(line, &mut at, true)? else {
            return None;
        };
        at = spaces(bytes, behind(bytes, at, b':')?);
        let wanted = wanted(name);
        let written = if bytes.get(at) == Some(&b'"') {
            at += 1;
            Written::Text(string(line, &mut at, wanted.is_some())?)
        } else {
            let end = extent(line, at)?;
            let written = line.get(at..end)?;
            at = end;
            serde_json::from_str::<IgnoredAny>(written).ok()?;
            Written::Other(written)
        };
        if let Some(wanted) = wanted {
            each(wanted, written)?;
        }
        match behind(bytes, at, b',') {
            Some(next) => at = next,
            None => return is_end(bytes, behind(bytes, at, b'}')?),
        }
    }
}

/// Behind the spaces at `at`.
fn spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Behind `mark`, if it is next.
fn behind(bytes: &[u8], at: usize, mark: u8) -> Option<usize> {
    let at = spaces(bytes, at);
    (bytes.get(at) == Some(&mark)).then_some(at + 1)
}

fn is_end(bytes: &[u8], at: usize) -> Option<()> {
    (spaces(bytes, at) == bytes.len()).then_some(())
}

/// What the string says that begins at `at`, behind its quotation mark; `at` is moved behind the one at
/// its end. What is not `wanted` is passed over, and anything may be given.
fn string<'a>(line: &'a str, at: &mut usize, wanted: bool) -> Option<Cow<'a, str>> {
    let bytes = line.as_bytes();
    let start = *at;
    let mut said = String::new();
    let mut from = start;
    loop {
        let here = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[here] == b'"' {
            *at = here + 1;
            let last = line.get(from..here)?;
            if from == start || !wanted {
                return Some(Cow::Borrowed(last));
            }
            said.push_str(last);
            return Some(Cow::Owned(said));
        }
        let (c, length) = escape(&bytes[here..])?;
        if wanted {
            if from == start {
                // The text is most of the line, mostly.
                said.reserve(line.len() - start);
            }
            said.push_str(line.get(from..here)?);
            said.push(c);
        }
        from = here + length;
    }
}

/// The character of the escape that `bytes` begin with, and the bytes that it takes.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let c = match bytes.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return numbered(bytes),
        &mark @ (b'"' | b'\\' | b'/') => char::from(mark),
        _ => return None,
    };
    Some((c, 2))
}

/// The character of `\u` and four digits, or of two such that make a surrogate pair.
fn numbered(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |number, &digit| {
            Some(number << 4 | char::from(digit).to_digit(16)?)
        })
    };
    let first = unit(0)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = unit(6)?;
    let pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    let c = char::from_u32(0x1_0000 + ((first & 0x3ff) << 10 | second & 0x3ff)).filter(|_| pair)?;
    Some((c, 12))
}

/// The end of the value at `at` that is no string: behind its last bracket, or of its word or number.
fn extent(line: &str, mut at: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    if !matches!(bytes.get(at)?, b'[' | b'{') {
        let word = bytes[at..].iter();
        return Some(
            at + word
                .take_while(|byte| !matches!(byte, b',' | b'}' | b' '))
                .count(),
        );
    }
    let mut depth = 0usize;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' => {
                string(line, &mut at, false)?;
            }
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn found(line: &str) -> Option<Vec<(String, Value)>> {
        let mut all = Vec::new();
        members(
            line,
            |name| (!name.starts_with('x')).then_some(name),
            |name, written| {
                let value = match written {
                    Written::Text(text) => Value::String(text.into_owned()),
                    Written::Other(other) => serde_json::from_str(other).ok()?,
                };
                all.push((name.to_owned(), value));
                Some(())
            },
        )?;
        Some(all)
    }

    proptest! {
        #[test]
        fn finds_what_the_parser_finds(
            members in prop::collection::vec((
                "[xabé]{1,2}",
                r#"( ?"([a-cé“\u{1F600}/'{},\[]|\\[nrtbfu"\\/]|\\u[0d][089c][0-9a-fA-F]{2}|\\ud83d\\ude0[0-9A-f])*" ?)|-?[0-9.e]{1,4}|null|true|nul|\[1, \{"a":"\]"\}\]|\{\}|\[\{\]"#,
            ), 0..5),
            before in " ?", after in "( |\\}|,)?",
        ) {
            // Names differ, so that an object keeps all.
            let numbered = members.iter().enumerate();
            let numbered = numbered.map(|(at, (name, value))| format!("\"{name}{at}\":{value}"));
            let numbered: Vec<String> = numbered.collect();
            let line = format!("{before}{{{}}}{after}", numbered.join(", "));
            let parsed: Option<Value> = serde_json::from_str(&line).ok();
            let halves = line.contains("\\ud");
            match (found(&line), parsed) {
                (Some(found), Some(Value::Object(parsed))) => {
                    let wanted = parsed.into_iter().filter(|(name, _)| !name.starts_with('x'));
                    prop_assert_eq!(found, wanted.collect::<Vec<_>>());
                }
                // Half of a pair in what is not wanted stays unseen by neither.
                (None, None) => {}
                (None, Some(_)) => prop_assert!(halves, "{line}"),
                (Some(_), _) => prop_assert!(false, "{line}"),
            }
        }
    }

    #[test]
    fn what_few_write_is_left_to_the_parser() {
        for line in [
            "{\"a\":\t1}",
            r#"{"\u0061":1}"#,
            r#"{"a":"\ud83d"}"#,
            r#"{"a":"\ude00"}"#,
            r#"{"a":"\ud83d\u0041"}"#,
            r#"{"a":"\u00"}"#,
            r#"{"a":"b"#,
            r#"{"a":[1}"#,
            r#"{"a":1"#,
            r#"{"a"}"#,
            r#"["a"]"#,
            "",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        assert_eq!(found("{ }"), Some(Vec::new()));
        let line = r#"{"a":"\u00e9\ud83d\ude00\/","b" : -1.5e3 }"#;
        let want = [
            ("a".to_owned(), "é😀/".into()),
            ("b".to_owned(), (-1500.0).into()),
        ];
        assert_eq!(found(line), Some(want.to_vec()));
    }
}
