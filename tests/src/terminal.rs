//! A terminal's picture: commands with what they show, as SVG that plays once.

use std::fmt::Write as _;

use anstyle_svg::{Term, WIN10_CONSOLE};

/// A command and what came out, with the escapes of its colors.
pub struct Step {
    /// As typed.
    pub command: String,
    /// Both outputs, as they came.
    pub output: String,
}

/// Seconds before what a command shows, and between two lines of it.
const PAUSE: f64 = 0.8;
const LINE: f64 = 0.04;

/// The picture of some steps, lines folded at so many columns. Lines come one after the other, as they do in a
/// terminal; where nothing moves, as in print or for readers who asked for calm, all are there.
pub fn svg(words: &str, steps: &[Step], columns: usize) -> String {
    let mut screen = String::new();
    // When each line appears.
    let mut times = Vec::new();
    let mut now = 0.0;
    for (at, step) in steps.iter().enumerate() {
        if at > 0 {
            screen.push('\n');
            times.push(now);
            now += PAUSE;
        }
        for line in folded(&format!("\x1b[1m$ {}\x1b[0m", step.command), columns) {
            let _ = writeln!(screen, "{line}");
            times.push(now);
        }
        now += PAUSE;
        for line in step.output.lines().flat_map(|line| folded(line, columns)) {
            let _ = writeln!(screen, "{line}");
            times.push(now);
            now += LINE;
        }
    }
    let drawn = Term::new()
        .palette(WIN10_CONSOLE)
        .render_svg(screen.trim_end());
    played(&drawn, words, &times)
}

/// Gives each line of a drawn screen its time, and the picture its words.
fn played(drawn: &str, words: &str, times: &[f64]) -> String {
    const ROW: &str = "    <tspan x=\"10px\"";
    let mut out = String::new();
    let mut times = times.iter();
    for line in drawn.lines() {
        if let Some(rest) = line.strip_prefix(ROW) {
            let time = times.next().copied().unwrap_or_default();
            let _ = writeln!(
                out,
                "{ROW} class=\"row\" style=\"animation-delay:{time:.2}s\"{rest}"
            );
        } else if line.starts_with("<svg ") {
            let _ = writeln!(
                out,
                "{}",
                line.replacen(
                    "<svg ",
                    &format!("<svg role=\"img\" aria-label=\"{words}\" "),
                    1
                )
            );
        } else if line == "  </style>" {
            out += "    @keyframes appear { from { visibility: hidden } to { visibility: visible } }\n";
            out += "    @media (prefers-reduced-motion: no-preference) { .row { animation: appear 1ms both } }\n";
            let _ = writeln!(out, "{line}");
        } else {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

/// A line cut at spaces into lines of at most so many columns; escapes take none.
fn folded(line: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    for word in line.split_inclusive(' ') {
        let wide = visible(word.trim_end());
        if width > 0 && width + wide > columns {
            lines.push(String::new());
            width = 0;
        }
        width += visible(word);
        if let Some(last) = lines.last_mut() {
            last.push_str(word);
        }
    }
    lines
}

/// The columns that a piece takes, one a character.
fn visible(piece: &str) -> usize {
    let mut parts = piece.split('\x1b');
    let plain = parts.next().map_or(0, |part| part.chars().count());
    let escaped = parts.map(|part| {
        part.split_once('m')
            .map_or(0, |(_, rest)| rest.chars().count())
    });
    plain + escaped.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_spaces_and_escapes_take_no_room() {
        assert_eq!(folded("one two three", 8), ["one two ", "three"]);
        assert_eq!(
            folded("\x1b[32mone\x1b[0m two three", 8),
            ["\x1b[32mone\x1b[0m two ", "three"]
        );
        assert_eq!(folded("", 8), [""]);
    }

    #[test]
    fn each_line_has_its_time_and_text_stays_text() {
        let step = |command: &str, output: &str| Step {
            command: command.to_owned(),
            output: output.to_owned(),
        };
        let drawn = svg(
            "words",
            &[step("one <b>", "a\nb\n"), step("two", "c\n")],
            80,
        );
        assert_eq!(drawn.matches("class=\"row\"").count(), 6, "{drawn}");
        assert!(
            drawn.contains("one &lt;b&gt;") && drawn.contains("aria-label=\"words\""),
            "{drawn}"
        );
        for time in ["0.00s", "0.80s", "0.84s"] {
            assert!(
                drawn.contains(&format!("animation-delay:{time}")),
                "{time}: {drawn}"
            );
        }
    }
}
