//! Typography: the same words with other marks, spaces, case and line ends. Whatever the style, a text is
//! `identical` to its canonical form after normalization for matching.

use crate::rng::Rng;

/// How a canonical text is written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// 0 straight, 1 curly, 2 low-9, 3 guillemets, 4 reversed, 5 full-width.
    quotes: u8,
    /// 0 straight, 1 curly, 2 turned, 3 prime.
    apostrophes: u8,
    /// 0 em, 1 en, 2 two hyphens, 3 hyphen, 4 horizontal bar.
    dashes: u8,
    three_dots: bool,
    spaces: Spaces,
    forms: Forms,
    /// Columns to wrap at; 0 for one line a paragraph.
    wrap: u8,
    blank_lines: bool,
    margin: Margin,
    title_case: Case,
    lead_case: Case,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Spaces {
    #[default]
    Plain,
    /// No-break space after a digit.
    NoBreak,
    /// Thin space after a digit.
    Thin,
    /// Two spaces after a full stop.
    Double,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Forms {
    #[default]
    Composed,
    Decomposed,
    Ligatures,
    SoftHyphens,
    WideDigits,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Margin {
    #[default]
    None,
    /// Four spaces before each paragraph.
    Indent,
    /// Two spaces after each paragraph.
    Trailing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Case {
    #[default]
    Same,
    Upper,
    Lower,
}

impl Style {
    /// The house style of a source, from few choices.
    pub(crate) fn house(rng: &mut Rng) -> Self {
        let curly = u8::from(rng.chance(450));
        Self {
            quotes: curly,
            apostrophes: curly,
            dashes: rng.weighted(&[50, 25, 25]) as u8,
            three_dots: rng.chance(500),
            blank_lines: rng.chance(500),
            ..Self::default()
        }
    }

    /// The same text with other marks and Unicode forms.
    pub(crate) fn other_marks(mut self, rng: &mut Rng) -> Self {
        self.quotes = (self.quotes + 1 + rng.weighted(&[60, 12, 12, 8, 8]) as u8) % 6;
        self.apostrophes = (self.apostrophes + 1 + rng.weighted(&[90, 6, 4]) as u8) % 4;
        self.dashes = (self.dashes + 1 + rng.below(4) as u8) % 5;
        self.three_dots = !self.three_dots;
        self.spaces = [Spaces::Plain, Spaces::NoBreak, Spaces::Thin][rng.weighted(&[70, 20, 10])];
        self.forms = [
            Forms::Composed,
            Forms::Decomposed,
            Forms::Ligatures,
            Forms::SoftHyphens,
            Forms::WideDigits,
        ][rng.weighted(&[58, 25, 6, 8, 3])];
        self
    }

    /// The same text with other case, white space and line ends.
    pub(crate) fn other_layout(mut self, rng: &mut Rng) -> Self {
        match rng.below(5) {
            0 | 1 => self.wrap = rng.between(58, 76) as u8,
            2 => self.blank_lines = !self.blank_lines,
            3 => self.spaces = Spaces::Double,
            _ => self.margin = Margin::Indent,
        }
        if self.margin == Margin::None && rng.chance(250) {
            self.margin = Margin::Trailing;
        }
        self.title_case = [Case::Same, Case::Upper, Case::Lower][rng.weighted(&[40, 45, 15])];
        self.lead_case = [Case::Same, Case::Upper][rng.weighted(&[65, 35])];
        self
    }

    /// Writes a canonical title.
    pub(crate) fn title(&self, title: &str) -> String {
        let title = match self.title_case {
            Case::Same => title.to_owned(),
            Case::Upper => title.to_uppercase(),
            Case::Lower => title.to_lowercase(),
        };
        let mut out = String::with_capacity(title.len() + 8);
        self.marks(&title, &mut out);
        out
    }

    /// Writes canonical paragraphs, which end with line feeds.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 24 + 64);
        for (number, paragraph) in text.split('\n').enumerate() {
            if number > 0 {
                out.push_str(if self.blank_lines || self.wrap > 0 {
                    "\n\n"
                } else {
                    "\n"
                });
            }
            if self.margin == Margin::Indent {
                out.push_str("    ");
            }
            let start = out.len();
            if number == 0 && self.lead_case == Case::Upper {
                let end = paragraph
                    .match_indices(' ')
                    .nth(3)
                    .map_or(paragraph.len(), |(at, _)| at);
                self.marks(&paragraph[..end].to_uppercase(), &mut out);
                self.marks(&paragraph[end..], &mut out);
            } else {
                self.marks(paragraph, &mut out);
            }
            if self.wrap > 0 {
                wrap(&mut out, start, usize::from(self.wrap));
            }
            if self.margin == Margin::Trailing {
                out.push_str("  ");
            }
        }
        out
    }

    /// Whether ASCII characters stay as they are.
    fn keeps_ascii(&self) -> bool {
        self.spaces == Spaces::Plain && matches!(self.forms, Forms::Composed | Forms::Decomposed)
    }

    fn marks(&self, text: &str, out: &mut String) {
        if self.keeps_ascii() {
            // Most stories: copy the ASCII runs whole.
            let mut rest = text;
            while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
                out.push_str(&rest[..at]);
                let Some(mark) = rest[at..].chars().next() else {
                    break;
                };
                self.mark(mark, out);
                rest = &rest[at + mark.len_utf8()..];
            }
            out.push_str(rest);
            return;
        }
        let mut run = 0;
        let mut characters = text.chars().peekable();
        let mut last = ' ';
        while let Some(character) = characters.next() {
            run = if character.is_ascii_alphabetic() {
                run + 1
            } else {
                0
            };
            match character {
                ' ' if last.is_ascii_digit() && self.spaces == Spaces::NoBreak => {
                    out.push('\u{a0}');
                }
                ' ' if last.is_ascii_digit() && self.spaces == Spaces::Thin => out.push('\u{2009}'),
                ' ' if last == '.' && self.spaces == Spaces::Double => out.push_str("  "),
                'f' if self.forms == Forms::Ligatures && characters.peek() == Some(&'i') => {
                    characters.next();
                    out.push('ﬁ');
                }
                'f' if self.forms == Forms::Ligatures && characters.peek() == Some(&'l') => {
                    characters.next();
                    out.push('ﬂ');
                }
                '0'..='9' if self.forms == Forms::WideDigits => {
                    out.extend(char::from_u32(0xff10 + (character as u32 - 0x30)));
                }
                letter
                    if self.forms == Forms::SoftHyphens
                        && run == 6
                        && characters.peek().is_some_and(char::is_ascii_alphabetic) =>
                {
                    out.push('\u{ad}');
                    out.push(letter);
                }
                other if other.is_ascii() => out.push(other),
                other => self.mark(other, out),
            }
            last = character;
        }
    }

    fn mark(&self, mark: char, out: &mut String) {
        const OPEN: [&str; 6] = ["\"", "“", "„", "«", "‟", "\u{ff02}"];
        const CLOSE: [&str; 6] = ["\"", "”", "“", "»", "”", "\u{ff02}"];
        match mark {
            '“' => out.push_str(OPEN[usize::from(self.quotes)]),
            '”' => out.push_str(CLOSE[usize::from(self.quotes)]),
            '’' => out.push_str(["'", "’", "‘", "′"][usize::from(self.apostrophes)]),
            '—' => out.push_str(["—", "–", "--", "-", "―"][usize::from(self.dashes)]),
            '…' if self.three_dots => out.push_str("..."),
            other => match decompose(other) {
                Some((base, accent)) if self.forms == Forms::Decomposed => {
                    out.extend([base, accent]);
                }
                _ => out.push(other),
            },
        }
    }
}

/// Turns spaces into line feeds so that no line has more than `columns` characters if it can be helped.
fn wrap(out: &mut String, start: usize, columns: usize) {
    let paragraph = out.split_off(start);
    let mut column = 0;
    for (number, word) in paragraph.split(' ').enumerate() {
        let width = word.chars().count();
        if number > 0 {
            if column + 1 + width > columns {
                out.push('\n');
                column = 0;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(word);
        column += width;
    }
}

/// The canonical decomposition of the accented letters that names use.
pub(crate) fn decompose(letter: char) -> Option<(char, char)> {
    Some(match letter {
        'á' => ('a', '\u{301}'),
        'ã' => ('a', '\u{303}'),
        'ç' => ('c', '\u{327}'),
        'é' => ('e', '\u{301}'),
        'è' => ('e', '\u{300}'),
        'ë' => ('e', '\u{308}'),
        'í' => ('i', '\u{301}'),
        'ñ' => ('n', '\u{303}'),
        'ó' => ('o', '\u{301}'),
        'ö' => ('o', '\u{308}'),
        'š' => ('s', '\u{30c}'),
        'ü' => ('u', '\u{308}'),
        'É' => ('E', '\u{301}'),
        'Ö' => ('O', '\u{308}'),
        'Ü' => ('U', '\u{308}'),
        'Á' => ('A', '\u{301}'),
        'Í' => ('I', '\u{301}'),
        'Ó' => ('O', '\u{301}'),
        _ => return None,
    })
}
