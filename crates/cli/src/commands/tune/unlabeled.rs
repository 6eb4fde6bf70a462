//! What a sample says without labels.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use wirefold::normalize::Matcher;
use wirefold::relation::{Relation, RelationRules};
use wirefold::tune::{
    AtThreshold, Banding, Border, First, Pairs, Sample, at_border, at_thresholds,
};
use wirefold::{Settings, TextSource as _};
use wirefold_io::{Stories, short};

use super::{Tuned, rules_json};
use crate::args::Tune;
use crate::commands::compare::shortened;
use crate::outcome::{Failure, safe};
use crate::summary::grouped;

/// The least similarity of pairs that are counted.
const LEAST: f64 = 0.1;

/// The thresholds that are tried, beside the one in force.
const THRESHOLDS: [f64; 9] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// Looks at the first stories.
pub(super) fn tuned(
    stories: &Stories,
    matcher: &Matcher,
    settings: &Settings,
    args: &Tune,
) -> Result<Tuned, Failure> {
    let first = First::new(stories, args.sample);
    let sample = Sample::read(&first, matcher, settings)?;
    let found = sample.pairs(LEAST);
    let threshold = settings.rules.threshold;
    let mut thresholds = THRESHOLDS.to_vec();
    thresholds.push(threshold);
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup();
    let rows = at_thresholds(&first, matcher, settings, &thresholds)?;
    let bandings = sample.bandings(&found.pairs);
    let border = at_border(&first, matcher, settings, &found.pairs, args.examples)?;
    let (quiet, near) = found.quietest(threshold);

    let mut shown = format!(
        "{} stories, {} of them with a text that an earlier one has\n",
        grouped(u64::from(first.count())),
        grouped(sample.equal())
    );
    if first.count() < stories.count() {
        let left = grouped(u64::from(stories.count() - first.count()));
        let _ = writeln!(shown, "{left} more were not looked at (--sample)");
    }
    if let Some(stories) = found.rarer_than {
        let stories = grouped(stories as u64);
        let _ = writeln!(
            shown,
            "shingles that more than {stories} stories have were passed over: pairs that share no other are not counted"
        );
    }
    histogram(&found, &mut shown);
    removals(&rows, settings, &mut shown);
    bands(&bandings, threshold, &mut shown);
    borders(&border, &first, threshold, &mut shown);
    let said = format!(
        "fewest pairs are next to a threshold of {quiet}: {} within 0.05, so it matters least there",
        grouped(near)
    );
    let _ = writeln!(
        shown,
        "\nBy the similarities alone {said}.\nOnly labels say what is right: judge some pairs, and see `wirefold help tune`."
    );
    let rules = RelationRules {
        threshold: quiet,
        ..settings.rules.clone()
    };
    Ok(Tuned {
        json: json!({
            "stories": first.count(),
            "equal": sample.equal(),
            "rarer_than": found.rarer_than,
            "histogram": found.histogram(),
            "thresholds": rows.iter().map(row_json).collect::<Vec<_>>(),
            "bands": bandings.iter().map(banding_json).collect::<Vec<_>>(),
            "border": {
                "above": border_json(&border[0], &first),
                "below": border_json(&border[1], &first),
            },
            "chosen": { "rules": rules_json(&rules), "near": near },
        }),
        shown,
        rules,
        reasons: vec![
            said,
            "No labels were given: what the relations mean for this feed was not looked at."
                .to_owned(),
        ],
    })
}

/// Characters of a stretch that are shown at most; some scripts have no spaces to count words by.
const LONGEST: usize = 240;

/// Widest bar of the histogram, in characters.
const WIDEST: u64 = 40;

fn histogram(found: &Pairs, out: &mut String) {
    let _ = writeln!(out, "\nPairs of different texts by Jaccard similarity:");
    let histogram = found.histogram();
    let most = histogram.iter().copied().max().unwrap_or(0).max(1);
    for (step, &pairs) in histogram.iter().enumerate().skip(2) {
        let from = step as f64 / 20.0;
        let bar = "█".repeat((pairs * WIDEST).div_ceil(most) as usize);
        let line = format!(
            "{from:.2} to {:.2}  {:>12}  {bar}",
            from + 0.05,
            grouped(pairs)
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn removals(rows: &[AtThreshold], settings: &Settings, out: &mut String) {
    let RelationRules {
        threshold,
        containment,
        ..
    } = settings.rules;
    let _ = writeln!(
        out,
        "\nWhat `dedup` removes by --threshold, with --containment {containment} (* in force):\n\
         threshold  removed  identical  new_version  near_duplicate  contained  families    verified"
    );
    for row in rows {
        let removed: u64 = row.removed.iter().map(|(_, count)| count).sum();
        let counts: Vec<u64> = row.removed.iter().map(|(_, count)| *count).collect();
        let mark = if row.threshold.total_cmp(&threshold).is_eq() {
            '*'
        } else {
            ' '
        };
        let of = |at: usize| counts.get(at).copied().unwrap_or_default();
        let _ = writeln!(
            out,
            "{mark}{:8.2}  {removed:7}  {:9}  {:11}  {:14}  {:9}  {:8}  {:>10}",
            row.threshold,
            of(0),
            of(1),
            of(2),
            of(3),
            row.families,
            grouped(row.candidates),
        );
    }
}

fn bands(bandings: &[Banding], threshold: f64, out: &mut String) {
    let _ = writeln!(
        out,
        "\nBands, which propose pairs beside anchors (* in force): the chance of a pair right at {threshold}, by the formula \
         and\nexact for sets of this size, what is found of all pairs from there on, and pairs that meet in a band:\n\
         bands x rows  bytes  formula   exact  expected  measured           met"
    );
    for banding in bandings {
        let mark = if banding.chosen { '*' } else { ' ' };
        let _ = writeln!(
            out,
            "{mark}{:4} x {:4}  {:5}  {:7.4}  {:6.4}  {:8.4}  {:8.4}  {:>12}",
            banding.bands.bands,
            banding.bands.rows,
            banding.bytes(),
            banding.at_threshold,
            banding.exact_at_threshold,
            banding.expected,
            banding.measured,
            grouped(banding.met),
        );
    }
}

fn borders(
    border: &[Vec<Border>; 2],
    first: &First<'_, Stories>,
    threshold: f64,
    out: &mut String,
) {
    for (name, pairs) in ["At or above", "Below"].into_iter().zip(border) {
        if pairs.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{name} {threshold}: are these copies?");
        for border in pairs {
            let [a, b] = [border.pair.a, border.pair.b].map(|story| safe(first.id(story)));
            let relation = border
                .relation
                .map_or("not related", |relation| relation.name());
            let jaccard = short(border.pair.similarity.jaccard());
            let _ = writeln!(out, "{jaccard}  {a}  {b}  {relation}");
            for (id, own) in [a, b].iter().zip(&border.own) {
                let own: String = shortened(own).chars().take(LONGEST).collect();
                let own = if own.is_empty() { "nothing" } else { &own };
                let _ = writeln!(out, "    only {id}: {}", safe(own));
            }
        }
    }
}

fn row_json(row: &AtThreshold) -> Value {
    let removed: Map<String, Value> = row
        .removed
        .iter()
        .map(|(relation, count)| (relation.name().to_owned(), json!(count)))
        .collect();
    json!({
        "threshold": row.threshold,
        "kept": row.kept,
        "removed": removed,
        "families": row.families,
        "verified": row.candidates,
    })
}

fn banding_json(banding: &Banding) -> Value {
    json!({
        "bands": banding.bands.bands,
        "rows": banding.bands.rows,
        "bytes": banding.bytes(),
        "in_force": banding.chosen,
        "formula": banding.at_threshold,
        "exact": banding.exact_at_threshold,
        "expected": banding.expected,
        "measured": banding.measured,
        "met": banding.met,
    })
}

fn border_json(pairs: &[Border], first: &First<'_, Stories>) -> Value {
    let rows = pairs.iter().map(|border| {
        json!({
            "a": first.id(border.pair.a),
            "b": first.id(border.pair.b),
            "jaccard": short(border.pair.similarity.jaccard()),
            "relation": border.relation.map(Relation::name),
            "own_a": border.own[0],
            "own_b": border.own[1],
        })
    });
    rows.collect()
}
