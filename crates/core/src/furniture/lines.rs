//! Which lines are furniture by their form.

/// Openings that make a whole line an insert, a credit or an advisory, in lower case.
const OPENINGS: &[&str] = &[
    // English
    "see also:",
    "read more:",
    "read also:",
    "also read:",
    "watch:",
    "watch now:",
    "more:",
    "related:",
    "(reporting by ",
    "reporting by ",
    "(editing by ",
    "editing by ",
    "(additional ",
    "additional reporting by ",
    "with inputs from ",
    "photo:",
    "photo by ",
    "photo credit:",
    "photograph:",
    "image:",
    "image credit:",
    "picture:",
    "copyright ",
    "©",
    "(c) ",
    "all rights reserved",
    "click here",
    "sign up for ",
    "subscribe to ",
    "follow us on ",
    "this is a developing story",
    "this is a breaking news story",
    "this story has been updated",
    "this story was originally published",
    "more to follow",
    "for more ",
    "editor's note:",
    "eds:",
    "(adds ",
    "(updates ",
    "(recasts ",
    "advertisement",
    // German
    "lesen sie auch:",
    "lesen sie mehr:",
    "mehr zum thema:",
    "siehe auch:",
    "foto:",
    "bild:",
    "quelle:",
    "mit material von ",
    "mit material der ",
    "alle rechte vorbehalten",
    // French
    "lire aussi:",
    "lire aussi :",
    "à lire aussi:",
    "à lire aussi :",
    "voir aussi:",
    "voir aussi :",
    "avec afp",
    "photo :",
    "crédit photo",
    "tous droits réservés",
    // Spanish
    "lea también:",
    "lee también:",
    "ver también:",
    "vea también:",
    "con información de ",
    "todos los derechos reservados",
    "foto de ",
    // Portuguese
    "leia também:",
    "leia mais:",
    "veja também:",
    "com informações d",
    "todos os direitos reservados",
    // Russian
    "читайте также:",
    "смотрите также:",
    "фото:",
    "источник:",
    "все права защищены",
];

/// Endings that make a short line a credit or a notice, in lower case.
const ENDINGS: &[&str] = &[
    "contributed to this report",
    "contributed reporting",
    "contributed to this story",
    "all rights reserved",
    "alle rechte vorbehalten",
    "tous droits réservés",
    "todos los derechos reservados",
    "todos os direitos reservados",
    "все права защищены",
    "trug zu diesem bericht bei",
    "a contribué à cet article",
    "contribuyó con este informe",
];

/// The longest line, in bytes, that can be furniture by its form.
const LONGEST: usize = 240;

/// Whether one line (or title) is wire furniture by its form: a byline, an agency credit or tail,
/// a pointer to another story, a photo credit, an advisory, a notice of copyright.
pub fn is_furniture(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST {
        return false;
    }
    let lower = line.to_lowercase().replace('\u{2019}', "'");
    let ending = lower.trim_end_matches(['.', '!', ')', ' ']);
    OPENINGS.iter().any(|opening| lower.starts_with(opening))
        || ENDINGS.iter().any(|form| ending.ends_with(form))
        || is_byline(line)
}

/// "By" and two to six words of a name, nothing more.
fn is_byline(line: &str) -> bool {
    let Some(rest) = ["By ", "BY ", "Von ", "Par ", "Por "]
        .iter()
        .find_map(|by| line.strip_prefix(by))
    else {
        return false;
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    (2..=6).contains(&words.len())
        && words.iter().all(|word| {
            matches!(
                *word,
                "and" | "und" | "et" | "y" | "e" | "de" | "von" | "van" | "der"
            ) || word.chars().next().is_some_and(char::is_uppercase)
        })
        && !rest.ends_with(['.', '?', '!', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::Story;

    #[test]
    fn furniture() {
        for line in [
            "By Ana Quill",
            "By J.P. Marrow and Lena Ost",
            "SEE ALSO: Harbor reopens after storm",
            "Northwire contributed to this report.",
            "(Reporting by Tam Ells; Editing by Bo Rand)",
            "© 2031 Northwire. All rights reserved.",
            "Lesen Sie auch: Der Hafen ist offen",
            "Читайте также: Порт открыт",
            "This is a developing story.",
        ] {
            assert!(is_furniture(line), "{line}");
        }
    }

    #[test]
    fn news() {
        for line in [
            "By noon the harbor was open.",
            "By Friday Ana Quill had left.",
            "The mayor said more ships would come.",
            "Relatedly, the port stayed shut.",
            "He contributed to this report card of a season, she said of him and left.",
            "",
        ] {
            assert!(!is_furniture(line), "{line}");
        }
    }

    #[test]
    fn alone() {
        let story = |title, text| Story { title, text };
        let only = "By Ana Quill\n\nSEE ALSO: Harbor reopens\n";
        assert!(super::super::is_alone(story(None, only), 6));
        assert!(!super::super::is_alone(story(Some("Harbor shut"), only), 8));
        assert!(!super::super::is_alone(story(None, ""), 0));
    }
}
