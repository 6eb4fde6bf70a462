//! Two hundred labeled pairs of direct speech: found again or not, and who is credited.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it measured"
)]

use std::collections::HashMap;

use wirefold::normalize::Matcher;
use wirefold::relation::{Passage, PassageKind, Row};
use wirefold::{Settings, Wanted, compare};
use wirefold_tests::data::Document;
use wirefold_tests::oracle::{Feed, run};

const LABELED: &str = include_str!("../data/quotations.tsv");

/// A statement as one story has it, what another says, whether that is the statement, and who said it.
struct Pair {
    quoted: &'static str,
    other: &'static str,
    told: bool,
    credit: &'static str,
}

fn pairs() -> Vec<Pair> {
    let rows = LABELED.lines().skip(1);
    let pairs = rows.map(|row| {
        let [quoted, other, told, credit] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not four cells: {row}");
        };
        Pair {
            quoted,
            other,
            told: told == "yes",
            credit,
        }
    });
    pairs.collect()
}

/// A paragraph of fifty words that no other story has.
fn own(n: usize) -> String {
    let parts = ["brel", "dorn", "vask", "tull", "orm", "kest", "jalp"];
    let word = |m: usize| {
        format!(
            "{}{}",
            parts[m % 7],
            parts[(n + m) % 7].to_owned() + &format!("{}", n * 53 + m)
        )
    };
    let words: Vec<String> = (0..50).map(word).collect();
    words.join(" ") + "."
}

/// Both stories of each pair, told among other things.
fn stories() -> Vec<Document> {
    let told = |n: usize, said: &str| Document {
        id: format!("{n:03}"),
        title: None,
        text: format!("{}\n\n{said}\n\n{}", own(2 * n), own(2 * n + 1)),
    };
    let pairs = pairs();
    let said = pairs.iter().flat_map(|pair| [pair.quoted, pair.other]);
    (0..).zip(said).map(|(n, said)| told(n, said)).collect()
}

fn quotation(row: Option<&Row>) -> Option<&Passage> {
    row?.passages
        .iter()
        .find(|passage| passage.kind == PassageKind::Quotation)
}

/// What was found of the labeled pairs.
#[derive(Debug, Default)]
struct Measured {
    right: usize,
    wrong: usize,
    missed: usize,
    credited: usize,
}

impl Measured {
    fn of<'r>(row: impl Fn(usize) -> Option<&'r Row>) -> Self {
        let mut measured = Self::default();
        for (n, pair) in pairs().iter().enumerate() {
            let found = quotation(row(n));
            match (pair.told, found) {
                (true, Some(passage)) => {
                    measured.right += 1;
                    let credit = passage.credit.as_deref();
                    // What stands before the name, such as "Father", may belong to it.
                    let right = credit.is_some_and(|name| name.ends_with(pair.credit));
                    measured.credited += usize::from(right);
                    if !right {
                        println!("  credit {credit:?} for {}: {}", pair.credit, pair.quoted);
                    }
                }
                (true, None) => {
                    measured.missed += 1;
                    println!("  missed: {} | {}", pair.quoted, pair.other);
                }
                (false, Some(_)) => {
                    measured.wrong += 1;
                    println!("  wrong: {} | {}", pair.quoted, pair.other);
                }
                (false, None) => {}
            }
        }
        measured
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed) as f64
    }

    fn credits(&self) -> f64 {
        self.credited as f64 / self.right as f64
    }

    fn print(&self, name: &str) {
        println!(
            "{name}: precision {:.3}, recall {:.3}, credits {:.3} of {:?}",
            self.precision(),
            self.recall(),
            self.credits(),
            self
        );
    }
}

#[test]
fn statements_are_found_in_a_pair() {
    let stories = stories();
    assert!(stories.len() >= 400);
    let (feed, matcher, settings) = (Feed(&stories), Matcher::default(), Settings::default());
    let rows: Vec<Option<Row>> = (0..stories.len() as u32 / 2)
        .map(|n| compare(&feed, (2 * n, 2 * n + 1), &matcher, &settings).unwrap())
        .collect();
    let measured = Measured::of(|n| rows[n].as_ref());
    measured.print("pairs");
    assert!(measured.precision() >= 0.97 && measured.recall() >= 0.95);
    assert!(measured.credits() >= 0.95);
}

#[test]
fn statements_are_found_in_a_feed() {
    let wanted = Wanted {
        families: false,
        relations: true,
    };
    let found = run(&stories(), &Settings::default(), wanted).unwrap();
    let rows: HashMap<(u32, u32), &Row> = (found.relations.iter())
        .map(|row| ((row.a.min(row.b), row.a.max(row.b)), row))
        .collect();
    let of = |n: usize| rows.get(&(2 * n as u32, 2 * n as u32 + 1)).copied();
    let measured = Measured::of(of);
    measured.print("feed");
    assert!(measured.precision() >= 0.97 && measured.recall() >= 0.95);
}
