//! Hard negatives: stories of a series that share their wording but not one fact.
//!
//! A template is a list of sentences with variants; `{…}` are facts. A series settles on its variants
//! and departs from them now and then, as desks do.

use crate::draft::Draft;
use crate::language::Language;
use crate::names::{company, organization};
use crate::phrases::grouped;
use crate::prose::Prose;
use crate::rng::Rng;
use crate::words;
use std::fmt::Write as _;

/// A template: headline variants, then paragraphs of sentences of variants.
struct Template {
    titles: &'static [&'static str],
    paragraphs: &'static [&'static [&'static [&'static str]]],
}

const MARKET: Template = Template {
    titles: &[
        "{home} shares {move} on {noun} worries",
        "{home} stocks close {updown} as {noun} shares {move}",
        "MARKET CLOSE: {home} index {move} {pct}",
    ],
    paragraphs: &[
        &[&[
            "The {home} benchmark index closed {updown} {pct} at {points} points on {day}, with {noun} and {noun} shares among the biggest movers of the session.",
            "Shares in {home} ended {updown} on {day}, with the benchmark index at {points} points, a move of {pct} from the previous close.",
            "Stocks in {home} {move} on {day} and the main index finished the session at {points} points, {updown} {pct}.",
        ]],
        &[
            &[
                "Turnover was {money}, compared with {money} in the previous session, the exchange said.",
                "The exchange put turnover at {money}, against {money} the day before.",
            ],
            &[
                "Gainers outnumbered losers by {n} to {n}, while {n} issues were unchanged.",
                "A total of {n} issues rose, {n} fell and {n} closed unchanged.",
            ],
        ],
        &[
            &[
                "{company} {move} {pct} to {price} after the company published figures for the quarter.",
                "Among the most active issues, {company} {move} {pct} to close at {price}.",
            ],
            &[
                "{company} was {updown} {pct} at {price}.",
                "{company} closed {updown} {pct} at {price}.",
            ],
            &[
                "{company} also {move}, ending the day {pct} {updown} at {price}.",
                "{company} finished at {price}, {updown} {pct}.",
            ],
        ],
        &[&[
            "“Investors are waiting for the {noun} figures that are due on {day},” said {person}, an analyst at {org}.",
            "“There is little reason to buy before the {noun} data on {day},” said {person} of {org}.",
        ]],
        &[
            &[
                "The currency traded at {rate} to the dollar in late dealings, against {rate} on the previous day.",
                "In currency trading the dollar stood at {rate}, after {rate} a day earlier.",
            ],
            &[
                "The yield on the ten-year government bond was {pct}, compared with {pct} at the previous close.",
                "Ten-year government bonds yielded {pct}, after {pct} on the previous day.",
            ],
        ],
        &[&[
            "Trading resumes on {day} at the usual hour. All figures are provisional until confirmed by the exchange.",
        ]],
    ],
};

const MATCH: Template = Template {
    titles: &[
        "{home} beat {away} {score}",
        "{star} scores as {home} see off {away}",
        "MATCH REPORT: {home} {score} {away}",
    ],
    paragraphs: &[
        &[&[
            "{home} beat {away} {score} on {day} in front of a crowd of {big}, with {star} scoring the decisive goal in the {minute} minute.",
            "A goal by {star} in the {minute} minute gave {home} a {score} win over {away} on {day} before {big} spectators.",
        ]],
        &[
            &[
                "{person} opened the scoring in the {minute} minute from a pass by {person}.",
                "The first goal came in the {minute} minute, when {person} headed in a corner by {person}.",
            ],
            &[
                "{person} had a shot cleared off the line in the {minute} minute, and the home side were lucky to go into the break level.",
                "The visitors came close in the {minute} minute, but {person} hit the post.",
            ],
        ],
        &[
            &[
                "{away} had {n} percent of the ball and {n} shots on goal, but could not find a way past {person}.",
                "With {n} shots on goal and {n} percent of possession, {away} looked the stronger side after the break.",
            ],
            &[
                "{person} was shown a yellow card in the {minute} minute, the {n}th of the season for the defender.",
                "The referee, {person}, showed {n} yellow cards and sent off {person} in the {minute} minute.",
            ],
        ],
        &[&[
            "“We did not play well in the first half, but the boys showed character after the break,” coach {person} said.",
            "“It was a hard game, and I am proud of how the boys kept going until the end,” coach {person} said.",
        ]],
        &[
            &[
                "The win lifts {home} to place {n} in the table with {n} points from {n} games.",
                "{home} are now in place {n} with {n} points, {n} behind the leaders.",
            ],
            &[
                "{home} travel to {place} on {day}, while {away} are at home to {place}.",
                "Next up for {home} is a trip to {place} on {day}.",
            ],
        ],
    ],
};

const WEATHER: Template = Template {
    titles: &[
        "Weather for {home}: {sky}, high of {temp}",
        "{home} forecast: {sky} on {day}",
        "WEATHER: {sky} in {home}, {temp} expected",
    ],
    paragraphs: &[
        &[&[
            "{day} will be {sky} in {home} with a high of {temp} and a low of {temp}, according to the weather service.",
            "The weather service expects a {sky} {day} in {home}, with temperatures between {temp} and {temp}.",
        ]],
        &[
            &[
                "Winds will be from the {wind} at {n} kilometers an hour, with gusts of up to {n} along the coast.",
                "Expect winds from the {wind} of about {n} kilometers an hour and gusts of {n} on higher ground.",
            ],
            &[
                "The chance of rain is {n} percent in the morning and {n} percent in the afternoon.",
                "Rain is possible, with a chance of {n} percent before noon and {n} percent later in the day.",
            ],
        ],
        &[
            &[
                "In {place} the thermometer will reach {temp}, in {place} {temp} and in {place} {temp}.",
                "Highs elsewhere: {place} {temp}, {place} {temp}, {place} {temp}.",
            ],
            &[
                "The outlook for {day} is {sky}, with highs near {temp}.",
                "It will be {sky} on {day}, when {temp} is expected.",
            ],
        ],
        &[&[
            "Sunrise is at 6:{minutes} a.m. and sunset at 7:{minutes} p.m. The pollen count is {n}.",
            "The sun rises at 6:{minutes} a.m. and sets at 7:{minutes} p.m.; the air quality index stands at {n}.",
        ]],
        &[&[
            "Forecasts are updated four times a day. Residents are advised to follow local announcements before they travel.",
        ]],
    ],
};

const RESULTS: Template = Template {
    titles: &[
        "{co} quarterly profit {move} {pct}",
        "{co} posts profit of {money}, shares {move}",
        "BRIEF: {co} reports quarterly revenue of {money}",
    ],
    paragraphs: &[
        &[&[
            "{co} said on {day} that net profit in the quarter {move} {pct} to {money} from {money} a year earlier.",
            "{co} on {day} reported a quarterly net profit of {money}, compared with {money} in the same period a year ago.",
        ]],
        &[
            &[
                "Revenue {move} {pct} to {money}, while analysts had on average expected {money}.",
                "Revenue was {money}, a change of {pct}; the average forecast of analysts was {money}.",
            ],
            &[
                "Earnings per share were {price}, compared with {price} a year earlier.",
                "The company earned {price} a share, after {price} in the same quarter a year ago.",
            ],
        ],
        &[
            &[
                "“We are pleased with the progress in our {noun} business and remain confident for the full year,” said {person}, the chief executive.",
                "“Demand for our {noun} products was strong, and we confirm our outlook for the full year,” chief executive {person} said.",
            ],
            &[
                "The company expects full-year revenue of between {money} and {money}.",
                "For the full year it forecast revenue of {money} to {money}.",
            ],
        ],
        &[
            &[
                "Shares of the company, based in {home}, were {updown} {pct} at {price} in early trading.",
                "The stock was {updown} {pct} at {price} in {place} in early trading.",
            ],
            &[
                "The board proposed a dividend of {price} a share.",
                "Shareholders are to receive a dividend of {price} a share.",
            ],
        ],
        &[&[
            "This report contains statements about the future that are subject to risks and uncertainties. Actual results may differ from those stated here, and the company takes on no duty to update them. The figures have not been audited.",
        ]],
    ],
};

/// Few facts in much fixed text: the hardest to tell from copies.
const NOTICE: Template = Template {
    titles: &[
        "Road closures in {home} on {day}",
        "{home}: road works start on {day}",
    ],
    paragraphs: &[
        &[&[
            "The road between {home} and {away} will be closed to all traffic from {day} while crews replace the surface and repair the drains along both sides.",
            "Crews will replace the surface and repair the drains along the road between {home} and {away}, which will be closed to all traffic from {day}.",
        ]],
        &[
            &[
                "The works are expected to take {n} days and to cost {money}, which the regional council approved in its last session before the summer.",
            ],
            &[
                "Residents will be able to reach their homes on foot at all times, and emergency services have been told of the closure.",
            ],
        ],
        &[
            &[
                "Drivers are asked to follow the yellow signs and to allow more time for their journey, in particular in the morning and late in the afternoon.",
            ],
            &[
                "Buses on line {n} will not stop at the market square until the works are finished; a shuttle runs every half hour from the railway station instead.",
            ],
        ],
        &[
            &[
                "“We know that this is a burden for shops and families along the road, and we will do all we can to open it again sooner,” said {person}, who leads the works for the council.",
            ],
            &[
                "Questions can be put to the council on weekdays between nine in the morning and four in the afternoon. Parking permits stay valid in the neighboring streets until further notice.",
            ],
        ],
    ],
};

const TEMPLATES: [Template; 5] = [MARKET, MATCH, WEATHER, RESULTS, NOTICE];

/// Writes one story of a series.
///
/// `series` is the stream of the whole series, the same for all its stories; `own` belongs to this story.
pub(crate) fn write(language: &Language, series: &mut Rng, own: Rng) -> Draft {
    let template = &TEMPLATES[series.below(TEMPLATES.len() as u32) as usize];
    let mut prose = Prose::new(language, own);
    prose.cast.organizations[0] = company(&mut prose.rng, &language.names);
    let departs = [20, 60, 150][series.below(3) as usize];
    let mut choose = |prose: &mut Prose<'_>, count: usize| {
        let usual = series.below(count as u32);
        if prose.rng.chance(departs) {
            prose.rng.below(count as u32) as usize
        } else {
            usual as usize
        }
    };
    let variant = choose(&mut prose, template.titles.len());
    fill(language, &mut prose, template.titles[variant]);
    let title = prose.take();
    for paragraph in template.paragraphs {
        prose.line_break();
        for (number, sentence) in paragraph.iter().enumerate() {
            if number > 0 {
                prose.out.push(' ');
            }
            let variant = choose(&mut prose, sentence.len());
            fill(language, &mut prose, sentence[variant]);
        }
    }
    Draft::new(title, prose.take())
}

/// Puts facts in the place of `{…}`.
fn fill(language: &Language, prose: &mut Prose<'_>, pattern: &str) {
    let start = prose.out.len();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((key, after)) = after.split_once('}') else {
            break;
        };
        prose.out.push_str(before);
        fact(language, prose, key);
        rest = after;
    }
    prose.out.push_str(rest);
    if let Some(first) = prose.out.get_mut(start..=start) {
        first.make_ascii_uppercase();
    }
}

fn fact(language: &Language, prose: &mut Prose<'_>, key: &str) {
    let Prose { rng, out, cast, .. } = prose;
    // Writing to a string cannot fail.
    let _ = match key {
        "home" => write!(out, "{}", cast.places[0]),
        "away" => write!(out, "{}", cast.places[1]),
        "star" => write!(out, "{} {}", cast.people[0].first, cast.people[0].last),
        "co" => write!(out, "{}", cast.organizations[0]),
        "company" => write!(out, "{}", company(rng, &language.names)),
        "place" => write!(out, "{}", language.names.place(rng)),
        "person" => {
            write!(
                out,
                "{} {}",
                rng.pick(words::FIRST_NAMES),
                language.names.surname(rng)
            )
        }
        "org" => write!(
            out,
            "{}",
            organization(rng, &language.lexicon, &language.names)
        ),
        "noun" => write!(
            out,
            "{}",
            language.lexicon.draw(rng, crate::lexicon::NOUN, 0)
        ),
        "day" => write!(out, "{}", rng.pick(words::DAYS)),
        "move" => write!(
            out,
            "{}",
            rng.pick(&["rose", "fell", "climbed", "slipped", "gained", "dropped"])
        ),
        "updown" => write!(
            out,
            "{}",
            rng.pick(&["up", "down", "higher by", "lower by"])
        ),
        "sky" => write!(
            out,
            "{}",
            rng.pick(&[
                "sunny",
                "cloudy",
                "rainy",
                "windy",
                "partly cloudy",
                "foggy"
            ])
        ),
        "wind" => write!(
            out,
            "{}",
            rng.pick(&["north", "east", "south", "west", "northwest", "southeast"])
        ),
        "pct" => write!(out, "{}.{:02} percent", rng.below(9), rng.below(100)),
        "money" => write!(
            out,
            "${}.{:02} million",
            rng.between(1, 900),
            rng.below(100)
        ),
        "price" => write!(out, "${}.{:02}", rng.between(1, 300), rng.below(100)),
        "rate" => write!(out, "{}.{:04}", rng.between(1, 140), rng.below(10_000)),
        "temp" => write!(out, "{}°C", rng.between(2, 38)),
        "minutes" => write!(out, "{:02}", rng.below(60)),
        "minute" => write!(
            out,
            "{}th",
            rng.between(21, 88) / 10 * 10 + 4 + rng.below(6)
        ),
        "score" => write!(
            out,
            "{}-{}",
            2 + cast.people[0].last.len() % 4,
            cast.places[0].len() % 2
        ),
        "n" => write!(out, "{}", rng.between(4, 99)),
        "points" | "big" => {
            let number = rng.between(3000, 78_000);
            grouped(out, number);
            Ok(())
        }
        other => write!(out, "{other}"),
    };
}
