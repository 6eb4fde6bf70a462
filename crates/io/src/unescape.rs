//! Strings of JSON without their escapes, copied once.

/// What a JSON string says: `written` is what stands between its quotation marks, of a string that a
/// parser has passed. Nothing for an escape that stands for no character, such as half of a surrogate
/// pair.
pub(crate) fn unescape(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let (c, length) = escape(&rest.as_bytes()[at..])?;
        text.push(c);
        rest = rest.get(at + length..)?;
    }
    text.push_str(rest);
    Some(text)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn says_what_the_parser_says(
            written in r#"([a-cé“\u{1F600}/']|\\[nrtbfu"\\/]|\\u[0d][089c][0-9a-fA-F]{2}|\\ud83d\\ude0[0-9A-f])*"#,
        ) {
            let line = format!("\"{written}\"");
            let said: Option<String> = serde_json::from_str(&line).ok();
            prop_assert_eq!(unescape(&written), said);
        }
    }

    #[test]
    fn halves_of_pairs_stand_for_nothing() {
        for written in [
            r"\ud83d",
            r"\ude00",
            r"\ud83dx",
            r"\ud83d\u0041",
            r"\ud83d\ud83d",
            r"\u00",
            r"\",
        ] {
            assert_eq!(unescape(written), None, "{written}");
        }
        assert_eq!(unescape(r"a\u00e9\ud83d\ude00\/").as_deref(), Some("aé😀/"));
    }
}
