//! Counts of instructions beside those of a baseline that is kept with the code.

use std::fmt::Write;

/// How much more than in the baseline, in percent, is too much.
pub const TOLERANCE: f64 = 10.0;

/// Instructions a byte of input by kernel, and the compiler that they hold for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// What `rustc --version` says.
    pub compiler: String,
    /// Each kernel's name, without white space, and its instructions a byte.
    pub kernels: Vec<(String, f64)>,
}

/// Counts beside a baseline.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// A table for people.
    pub table: String,
    /// What is to be mended; empty if the counts pass.
    pub failures: Vec<String>,
}

impl Counts {
    /// Reads a baseline: a first line `compiler: …`, then a kernel and its count a line. Lines that
    /// begin with `#` are notes.
    ///
    /// # Errors
    /// Says which line is not of that form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut counts = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(compiler) = line.strip_prefix("compiler: ") {
                compiler.clone_into(&mut counts.compiler);
                continue;
            }
            let fields: Vec<&str> = line.split_whitespace().collect();
            let count = |count: &str| count.parse().ok().filter(|&count: &f64| count > 0.0);
            match fields[..] {
                [kernel, number] if count(number).is_some() => {
                    let count = count(number).unwrap_or_default();
                    counts.kernels.push((kernel.to_owned(), count));
                }
                _ => return Err(format!("line {number} is no kernel and count: {line}")),
            }
        }
        Ok(counts)
    }

    /// The counts as [`Counts::parse`] reads them.
    pub fn show(&self) -> String {
        let mut text = String::from(
            "# Instructions a byte of input on the AVX2 path, release profile, as callgrind counts them.\n\
             # Written by: cargo run --release -p wirefold-benches --bin instructions -- --update\n",
        );
        // Writing to memory cannot fail.
        let _ = writeln!(text, "compiler: {}", self.compiler);
        for (kernel, count) in &self.kernels {
            let _ = writeln!(text, "{kernel:<28} {count:>9.3}");
        }
        text
    }

    /// These counts beside `baseline`. With another compiler nothing fails: code differs then, and
    /// nobody made it worse.
    pub fn beside(&self, baseline: &Self) -> Comparison {
        let same_compiler = self.compiler == baseline.compiler;
        let (mut table, mut failures) = (String::new(), Vec::new());
        let _ = writeln!(
            table,
            "{:<28} {:>9} {:>9} {:>8}",
            "kernel", "baseline", "now", "change"
        );
        let find = |counts: &Self, name: &str| {
            let found = counts.kernels.iter().find(|(kernel, _)| kernel == name);
            found.map(|&(_, count)| count)
        };
        for (kernel, now) in &self.kernels {
            let Some(before) = find(baseline, kernel) else {
                let _ = writeln!(table, "{kernel:<28} {:>9} {now:>9.3}", "none");
                failures.push(format!("{kernel} is not in the baseline"));
                continue;
            };
            let change = (now / before - 1.0) * 100.0;
            let _ = writeln!(
                table,
                "{kernel:<28} {before:>9.3} {now:>9.3} {change:>+7.1}%"
            );
            if *now > before * (1.0 + TOLERANCE / 100.0) {
                failures.push(format!("{kernel} takes {change:.1} % more instructions"));
            }
        }
        for (kernel, _) in &baseline.kernels {
            if find(self, kernel).is_none() {
                failures.push(format!("{kernel} of the baseline was not counted"));
            }
        }
        if !same_compiler {
            let _ = writeln!(
                table,
                "not judged: the baseline is of {}, this is {}",
                baseline.compiler, self.compiler
            );
            failures.clear();
        }
        Comparison { table, failures }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(compiler: &str, kernels: &[(&str, f64)]) -> Counts {
        let kernels = kernels
            .iter()
            .map(|&(kernel, count)| (kernel.to_owned(), count));
        Counts {
            compiler: compiler.to_owned(),
            kernels: kernels.collect(),
        }
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let written = counts("rustc 1.95.0 (x)", &[("words", 5.125), ("anchors", 0.75)]);
        assert_eq!(Counts::parse(&written.show()), Ok(written));
        for bad in ["words", "words many", "words -1", "words 1 2", "words NaN"] {
            assert!(Counts::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_doctored_baseline_fails() {
        let now = counts("rustc 1", &[("words", 11.0), ("anchors", 0.7)]);
        assert!(now.beside(&now).failures.is_empty());
        // Ten percent more is allowed, a little beyond that is not.
        let doctored = counts("rustc 1", &[("words", 10.0), ("anchors", 0.8)]);
        assert!(now.beside(&doctored).failures.is_empty());
        let doctored = counts("rustc 1", &[("words", 9.99), ("anchors", 0.8)]);
        let failures = now.beside(&doctored).failures;
        assert!(failures.len() == 1 && failures[0].starts_with("words takes 10.1 %"));
    }

    #[test]
    fn kernels_come_and_go_with_the_baseline_alone() {
        let now = counts("rustc 1", &[("words", 11.0)]);
        let before = counts("rustc 1", &[("anchors", 0.8)]);
        assert_eq!(
            now.beside(&before).failures,
            [
                "words is not in the baseline",
                "anchors of the baseline was not counted"
            ]
        );
    }

    #[test]
    fn another_compiler_is_shown_and_not_judged() {
        let now = counts("rustc 2", &[("words", 30.0)]);
        let compared = now.beside(&counts("rustc 1", &[("words", 10.0)]));
        assert!(compared.failures.is_empty());
        assert!(compared.table.contains("+200.0%") && compared.table.contains("not judged"));
    }
}
