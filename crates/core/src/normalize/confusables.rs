//! Letters that look like one of the Latin alphabet, by the data of Unicode Technical Standard 39.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};

const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// For each letter of ASCII, the letters beyond it that look the same.
///
/// Taken from `confusables.txt` as the crate `unicode-security` 0.1.3 (Unicode 18) has it; a test derives it
/// anew. Kept here, for what an index has stored depends on it. In are case-folded letters of scripts
/// that are written from left to right, with spaces: Latin, Greek, Cyrillic, Armenian, Coptic, Cherokee, Lisu.
/// The small letter decides, and where it looks like none, the capital, so that both cases of a
/// word are folded alike: the Cyrillic в goes with B. Figures and signs are not in: 0 is no O, for a changed
/// figure is news. Nor is what compatibility folding makes plain anyway, nor what looks like two letters.
const LOOK_ALIKES: [(char, &str); 26] = [
    ('a', "ɑαаᎪꓮꭤ\u{1df5a}"),
    ('b', "ƅβвьᏏᏴⲃꓐꞵ"),
    ('c', "сᏟᴄⲥꓚ"),
    ('d', "ԁᎠᏧꓒꓓ"),
    ('e', "εеҽᎬꓰꬲ\u{1df81}"),
    ('f', "ƒʄϝքẝꓝꞙꬵ"),
    ('g', "ƍɡԍցᏀᏳᶃꓖ"),
    ('h', "ηнһհᎻᏂⲏꓧ"),
    ('i', "ıɩɪιіւᎥⲓꙇ"),
    ('j', "ȷʝϳјյᎫꓙ"),
    ('k', "κкᏦⲕꓗ"),
    ('l', "ǀӏᏞⳑꓡꓲꞁꟾ"),
    ('m', "μϻмᎷⲙꓟ"),
    ('n', "ոռⲛꓠ"),
    ('o', "οσϭоօᴏᴑⲟꓳꬽ"),
    ('p', "þƿρϸрᏢⲣⳏꓑ"),
    ('q', "ԛգզ"),
    ('r', "ɍʀгᎡᎱᏒᴦⲅꓣꭇꭈ"),
    ('s', "ƽѕտᏕᏚꓢꜱ"),
    ('t', "τтᎢⲧꓔ"),
    ('u', "ʋυսᴜꓴꞟꭎꭒ"),
    ('v', "νѵᏙᴠꓦ"),
    ('w', "ɯшѡԝաᎳᏔᴡⲽꓪꟺ\u{1df7d}"),
    ('x', "χхⲭꓫꭓ"),
    ('y', "ɣʏγуүᎩᎽᶌỿⲩꓬꭚ"),
    ('z', "ζᏃᴢⱬⲍꓜ"),
];

/// The letter of ASCII that `c` looks like, in the case of `c`.
pub(super) fn latin(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let folded = CASE.simple_fold(c);
    let (letter, _) = LOOK_ALIKES
        .iter()
        .find(|(_, alike)| alike.contains(folded))?;
    Some(if c.is_uppercase() {
        letter.to_ascii_uppercase()
    } else {
        *letter
    })
}

#[cfg(test)]
mod tests {
    use icu_normalizer::DecomposingNormalizerBorrowed;
    use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};
    use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};
    use unicode_security::skeleton;

    use super::*;

    /// The letter that is the whole of the skeleton of a text.
    fn only_letter(text: &str) -> Option<char> {
        let mut skeleton = skeleton(text);
        let letter = skeleton.next().filter(char::is_ascii_alphabetic)?;
        (skeleton.next().is_none()).then_some(letter.to_ascii_lowercase())
    }

    #[test]
    fn the_table_is_that_of_the_standard() {
        const CATEGORY: CodePointMapDataBorrowed<'static, GeneralCategory> =
            CodePointMapData::new();
        const SCRIPT: CodePointMapDataBorrowed<'static, Script> = CodePointMapData::new();
        let plain = DecomposingNormalizerBorrowed::new_nfkd();
        let mut derived: Vec<(char, String)> = ('a'..='z').map(|c| (c, String::new())).collect();
        for c in ('\u{80}'..=char::MAX).filter(|&c| CASE.simple_fold(c) == c) {
            let known = matches!(
                SCRIPT.get(c),
                Script::Latin
                    | Script::Greek
                    | Script::Cyrillic
                    | Script::Armenian
                    | Script::Coptic
                    | Script::Cherokee
                    | Script::Lisu
            );
            let letter = GeneralCategoryGroup::Letter.contains(CATEGORY.get(c));
            let text = c.to_string();
            if !known || !letter || !plain.is_normalized(&text) {
                continue;
            }
            let looks = only_letter(&text.to_lowercase());
            if let Some(looks) = looks.or_else(|| only_letter(&text.to_uppercase()))
                && let Some((_, alike)) = derived.iter_mut().find(|(letter, _)| *letter == looks)
            {
                alike.push(c);
            }
        }
        let table: Vec<_> = (LOOK_ALIKES.iter())
            .map(|&(letter, alike)| (letter, alike.to_owned()))
            .collect();
        assert_eq!(table, derived);
    }

    #[test]
    fn both_cases_look_like_one_letter() {
        for (letter, alike) in LOOK_ALIKES {
            for c in alike.chars() {
                let (small, capital) = (c.to_lowercase(), c.to_uppercase());
                for c in small
                    .chain(capital)
                    .filter(|&other| CASE.simple_fold(other) == c)
                {
                    let in_case = if c.is_uppercase() {
                        letter.to_ascii_uppercase()
                    } else {
                        letter
                    };
                    assert_eq!(latin(c), Some(in_case), "{c}");
                }
            }
        }
        assert_eq!(latin('o'), None);
        assert_eq!(latin('0'), None);
        assert_eq!(latin('ж'), None);
    }
}
