//! What labels say of the thresholds.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wirefold::Settings;
use wirefold::normalize::Matcher;
use wirefold::relation::{Relation, RelationRules};
use wirefold::tune::{Agreement, Judged, Labeled};
use wirefold_io::{Stories, short};

use super::{Tuned, rules_json};
use crate::outcome::Failure;
use crate::summary::grouped;

/// Compares the labeled pairs, and chooses rules by them: for a precision, if one is wanted, and by what
/// relations count as a copy.
pub(super) fn tuned(
    stories: &Stories,
    matcher: &Matcher,
    settings: &Settings,
    labels: &[Labeled],
    (precision, copies): (Option<f64>, &[Relation]),
) -> Result<Tuned, Failure> {
    let judged = Judged::new(stories, matcher, settings, labels, copies)?;
    let (pairs, positive) = judged.counts();
    let now = judged.agreement(&settings.rules);
    let Some(chosen) = judged.choose(precision) else {
        let wanted = precision.unwrap_or_default();
        return Err(Failure::Usage(format!(
            "no settings reach a precision of {wanted} on these labels: look at the pairs that are labeled as no copies \
             and very similar, or want less (--precision)"
        )));
    };
    let mut shown = format!(
        "{} labeled pairs, {} of them copies; a copy is {}\n\n",
        grouped(pairs),
        grouped(positive),
        copies
            .iter()
            .map(|relation| relation.name())
            .collect::<Vec<_>>()
            .join(", "),
    );
    let RelationRules {
        containment,
        overlap,
        ..
    } = settings.rules;
    let _ = writeln!(
        shown,
        "By threshold, with --containment {containment} and --overlap {overlap}:\n\
         threshold  precision  recall     F1   found  missed  wrong"
    );
    let mut rows = Vec::new();
    for step in 1..=20 {
        let rules = RelationRules {
            threshold: f64::from(step) / 20.0,
            ..settings.rules.clone()
        };
        let agreement = judged.agreement(&rules);
        let Agreement {
            found,
            missed,
            wrong,
        } = agreement;
        let _ = writeln!(
            shown,
            "{:9.2}  {:9.4}  {:6.4}  {:5.4}  {found:6}  {missed:6}  {wrong:5}",
            rules.threshold,
            agreement.precision(),
            agreement.recall(),
            agreement.f1(),
        );
        let mut row = agreement_json(agreement);
        row["threshold"] = json!(rules.threshold);
        rows.push(row);
    }
    let rules = &chosen.rules;
    let named = format!(
        "--threshold {} --containment {} --overlap {}",
        rules.threshold, rules.containment, rules.overlap
    );
    let why = match precision {
        Some(wanted) => format!("the highest recall of those with a precision of {wanted}"),
        None => "the highest F1".to_owned(),
    };
    let _ = writeln!(
        shown,
        "\nIn force:  {}\nChosen:    {}\n           {named}: {why}\n\
         Unseen:    {}\n           rules chosen from four fifths of the pairs and judged on the last, five times: \
         expect this",
        figures(now),
        figures(chosen.seen),
        figures(chosen.unseen),
    );
    let reasons = vec![
        format!(
            "{why}, on {} labeled pairs, {} of them copies",
            grouped(pairs),
            grouped(positive)
        ),
        format!("on pairs not seen: {}", figures(chosen.unseen)),
    ];
    Ok(Tuned {
        shown,
        json: json!({
            "labels": { "pairs": pairs, "copies": positive },
            "thresholds": rows,
            "in_force": with_rules(now, &settings.rules),
            "chosen": with_rules(chosen.seen, rules),
            "unseen": agreement_json(chosen.unseen),
        }),
        rules: chosen.rules,
        reasons,
    })
}

/// Precision and recall with their intervals, for people.
fn figures(agreement: Agreement) -> String {
    let ((p, q), (r, s)) = (agreement.precision_within(), agreement.recall_within());
    format!(
        "precision {:.4} ({p:.4} to {q:.4}), recall {:.4} ({r:.4} to {s:.4}), F1 {:.4}; in brackets 95 %",
        agreement.precision(),
        agreement.recall(),
        agreement.f1(),
    )
}

fn agreement_json(agreement: Agreement) -> Value {
    let within = |(from, to)| json!([short(from), short(to)]);
    json!({
        "found": agreement.found,
        "missed": agreement.missed,
        "wrong": agreement.wrong,
        "precision": short(agreement.precision()),
        "precision_within": within(agreement.precision_within()),
        "recall": short(agreement.recall()),
        "recall_within": within(agreement.recall_within()),
        "f1": short(agreement.f1()),
    })
}

fn with_rules(agreement: Agreement, rules: &RelationRules) -> Value {
    let mut json = agreement_json(agreement);
    json["rules"] = rules_json(rules);
    json
}
