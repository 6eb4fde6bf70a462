//! Lines that are nothing but links, as pages have them whose menus were kept in Markdown: `* [Sport][12]`,
//! `[Contact](/contact) | [Imprint](/imprint)`, `[12]: https://…`, `Skip to content (#content)`.

/// The most words of a line that ends with the target of a link in round brackets, and has no other mark
/// of one: longer ones are sentences.
const MOST_WORDS: usize = 10;

/// Whether a line without white space at its ends is nothing but links.
pub(super) fn is_links(line: &str) -> bool {
    if !(line.ends_with([']', ')']) || line.starts_with('[')) {
        return false;
    }
    let bare = line.trim_start_matches(['*', '-', '+', '•', '#', '>', ' ', '\t']);
    bracketed(bare) || pointed(bare)
}

/// Links in square brackets with a target each, and separators between them.
fn bracketed(mut rest: &str) -> bool {
    let mut targets = 0;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '|', '·', '•', '/', '*', '»', ',', '\u{a0}']);
        let Some(text) = rest.strip_prefix('[') else {
            return targets > 0 && rest.is_empty();
        };
        let Some(after) = behind(text, '[', ']') else {
            return false;
        };
        // The list of targets at the end of a page: "[12]: https://…".
        if let Some(target) = after.strip_prefix(": ") {
            return !target.trim().contains(char::is_whitespace);
        }
        let target = after
            .strip_prefix('[')
            .and_then(|target| behind(target, '[', ']'))
            .or_else(|| {
                after
                    .strip_prefix('(')
                    .and_then(|target| behind(target, '(', ')'))
            });
        let Some(next) = target else {
            return false;
        };
        targets += 1;
        rest = next;
    }
}

/// What stands behind the bracket that closes what was opened before `text`.
fn behind(text: &str, open: char, close: char) -> Option<&str> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(&text[at + c.len_utf8()..]);
            }
        }
    }
    None
}

/// A few words, and a target in round brackets.
fn pointed(line: &str) -> bool {
    let Some((words, target)) = line
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once('('))
    else {
        return false;
    };
    let is_target = ["#", "/", "http://", "https://", "mailto:", "javascript:"]
        .iter()
        .any(|begin| target.starts_with(begin))
        && !target.contains(char::is_whitespace);
    is_target
        && !words.contains(['.', '!', '?', ';'])
        && (1..=MOST_WORDS).contains(&words.split_whitespace().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_links() {
        for line in [
            "* [Sport][12]",
            "* * [[Menu picture]Weather][7]",
            "[Contact](/contact) | [Imprint](/imprint (new))",
            "# [The Kelm Courier][4]",
            "[12]: https://example.org/a_(b)",
            "Skip to main content (#content)",
            "- Subscribe (https://example.org/subscribe)",
        ] {
            assert!(is_links(line), "{line}");
        }
    }

    #[test]
    fn lines_with_more_than_links() {
        for line in [
            "",
            "[sic]",
            "[Northwire] The harbor is shut.",
            "The harbor is shut [12]",
            "He said it (twice)",
            "The harbor [of Kelm](/kelm) is shut until Monday (updated)",
            "[12]: see the map of the harbor on page 3",
            "The full list of those who applied for one of the new berths in Kelm (https://example.org/list)",
            "It is shut. More here (https://example.org)",
            "[unclosed",
        ] {
            assert!(!is_links(line), "{line}");
        }
    }
}
