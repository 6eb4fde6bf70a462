//! The date of a dateline: a day and a month, in the order of the language.

/// The months of the six languages.
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "jänner",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "janeiro",
    "fevereiro",
    "março",
    "maio",
    "junho",
    "julho",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// The end of the date that begins at `at`: "Feb 26", "March 3, 2031", "3. März", "1er mars",
/// "3 de março de 2031", "26 ноября".
pub(super) fn end(line: &str, at: usize) -> Option<usize> {
    let end = if let Some(month) = month(line, at) {
        day(line, spaces(line, month)?)?
    } else {
        let day = spaces(line, day(line, at)?)?;
        month(line, after(line, day, "de ").unwrap_or(day))?
    };
    Some(year(line, end).unwrap_or(end))
}

/// Whether a date may begin a text; sees no more than its first letters.
pub(super) fn may_begin(text: &str) -> bool {
    match text.as_bytes() {
        [byte, ..] if !byte.is_ascii_alphabetic() => !byte.is_ascii() || byte.is_ascii_digit(),
        // Months are named by three letters or more.
        [first, second, third, ..] if second.is_ascii() && third.is_ascii() => {
            matches!(
                &[first | 0x20, second | 0x20, third | 0x20],
                b"jan"
                    | b"feb"
                    | b"mar"
                    | b"apr"
                    | b"may"
                    | b"jun"
                    | b"jul"
                    | b"aug"
                    | b"sep"
                    | b"oct"
                    | b"nov"
                    | b"dec"
                    | b"mai"
                    | b"okt"
                    | b"dez"
                    | b"avr"
                    | b"jui"
                    | b"ene"
                    | b"abr"
                    | b"ago"
                    | b"dic"
                    | b"fev"
                    | b"set"
                    | b"out"
            )
        }
        _ => true,
    }
}

fn month(line: &str, at: usize) -> Option<usize> {
    let rest = &line[at..];
    let letters = rest
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(rest.len());
    let word = rest[..letters].to_lowercase();
    let short = word.chars().count() >= 3;
    if MONTHS.contains(&word.as_str()) {
        return Some(at + letters);
    }
    let dot = usize::from(rest[letters..].starts_with('.'));
    let brief = word.chars().count() <= 4;
    let known =
        short && (brief || dot == 1) && MONTHS.iter().any(|&month| month.starts_with(&word));
    known.then_some(at + letters + dot)
}

fn day(line: &str, at: usize) -> Option<usize> {
    let rest = &line[at..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let rest = &rest[digits..];
    let mark = ["er", "º", "."].iter().find(|mark| {
        // The period of "Feb 26." ends the date; that of "26. Februar" belongs to the day.
        rest.strip_prefix(**mark)
            .is_some_and(|rest| rest.trim_start().starts_with(char::is_alphabetic))
    });
    Some(at + digits + mark.map_or(0, |mark| mark.len()))
}

fn year(line: &str, at: usize) -> Option<usize> {
    let at = after(line, at, ",").unwrap_or(at);
    let at = spaces(line, at)?;
    let at = after(line, at, "de ").unwrap_or(at);
    let digits = line[at..].bytes().take_while(u8::is_ascii_digit).count();
    let end = (digits == 4).then_some(at + digits)?;
    Some(
        after(line, end, " г.")
            .or_else(|| after(line, end, " года"))
            .unwrap_or(end),
    )
}

/// The end of the white space at `at`, of which there must be some.
fn spaces(line: &str, at: usize) -> Option<usize> {
    let bare = line[at..].trim_start();
    let end = line.len() - bare.len();
    (end > at).then_some(end)
}

fn after(line: &str, at: usize, text: &str) -> Option<usize> {
    line[at..].starts_with(text).then_some(at + text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_may_begin_a_date() {
        for month in MONTHS {
            assert!(
                may_begin(month) && may_begin(&month.to_uppercase()),
                "{month}"
            );
            let short: String = month.chars().take(3).collect();
            assert!(may_begin(&format!("{short}. 3")), "{month}");
        }
        assert!(may_begin("3 March") && !may_begin("mix") && !may_begin("(Northwire)"));
    }
}
