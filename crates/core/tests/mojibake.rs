//! Mojibake repair against the conformance cases of ftfy 6.3.1, against its repair of real
//! documents, and against misreadings made here.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "shared by tests")]

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;
use wirefold::normalize::mojibake::{looks_misread, repair, repair_traced};

fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    if !full.exists() {
        println!("skipped: no ../shared/{path}");
        return None;
    }
    Some(full)
}

struct Case {
    label: String,
    expected_to_pass: bool,
    original: String,
    /// The text with its encoding repaired. ftfy gives it apart where its other steps (straight
    /// quote marks, entities, widths) change the text further.
    repaired: String,
}

fn cases(file: &str) -> Option<Vec<Case>> {
    let path = shared(&format!("conformance/ftfy/{file}.json"))?;
    let cases: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let text = |case: &Value, field: &str| case[field].as_str().map(str::to_owned);
    let read = |case: &Value| Case {
        label: text(case, "label").unwrap(),
        expected_to_pass: case["expect"] == "pass",
        original: text(case, "original").unwrap(),
        repaired: text(case, "fixed-encoding")
            .or_else(|| text(case, "fixed"))
            .unwrap(),
    };
    Some(cases.as_array().unwrap().iter().map(read).collect())
}

#[test]
fn every_case_that_ftfy_passes() {
    let mut failed = Vec::new();
    let mut passed = 0;
    for file in ["in-the-wild", "synthetic", "language-names", "negative"] {
        let Some(cases) = cases(file) else { return };
        for case in cases.iter().filter(|case| case.expected_to_pass) {
            let repaired = repair(&case.original);
            if repaired == case.repaired {
                passed += 1;
            } else {
                failed.push(format!(
                    "{file}: {}\n  {repaired:?}\n  {:?}",
                    case.label, case.repaired
                ));
            }
        }
    }
    println!("{passed} of {} cases", passed + failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(passed, 151);
}

#[test]
fn known_failures_are_counted() {
    let Some(cases) = cases("known-failures") else {
        return;
    };
    let passed = cases
        .iter()
        .filter(|case| repair(&case.original) == case.repaired)
        .count();
    println!("{passed} of {} cases that ftfy itself fails", cases.len());
}

#[test]
fn real_documents_are_repaired_as_ftfy_does() {
    let Some(path) = shared("data/mojibake/docs.jsonl") else {
        return;
    };
    let text = fs::read_to_string(path).unwrap();
    let (mut alike, mut total) = (0, 0);
    for line in text.lines() {
        let document: Value = serde_json::from_str(line).unwrap();
        let repaired = repair(document["before"].as_str().unwrap());
        total += 1;
        alike += usize::from(repaired == document["ftfy_after"].as_str().unwrap());
    }
    println!("{alike} of {total} documents repaired alike");
    assert!(alike * 100 >= total * 99, "{alike} of {total}");
}

/// Sentences that are right as they are, about people and places that do not exist.
const CLEAN: &[&str] = &[
    "“We’re closing the quay on Monday,” said Orla Penhallow – ‘for good’, she added… at £3.50 or €4.",
    "« L’été où tout a changé », c’est ainsi qu’Élodie Varsac résume l’œuvre ; çà et là, 15 °C.",
    "„Die Brücke über die Öhle wird größer“, erklärte Käthe Süßmilch – für 3½ Millionen €.",
    "—¿Quién pagó el año pasado? —preguntó Íñigo Zubiría—. ¡Nadie! El 2.º piso, a 20 m².",
    "“Não há solução”, disse João Queirós; às três da manhã, só à Câmara cabia: SÃO PAULO DAS ÁGUAS.",
    "Perché è così? «È già città», rispose Nicolò Brandè; più di 30 ºC all’ombra.",
    "”Å, så blåser det på ön”, sade Örjan Fjällström om färjan; priset är 45 kr.",
    "„Gęś zażółciła jaźń” – powiedziała Łucja Źdźbłowska o moście za 2 mln zł.",
    "„Příliš žluťoučký kůň,“ řekl Řehoř Čížek v Třeběnicích; trať měří 12 km.",
    "Az árvíztűrő tükörfúrógépről Őri Győző ezt mondta: „Ő sem tudja.”",
    "„Câinele și pisica”, a spus Ștefan Țurcanu despre România mică și înțeleaptă.",
    "“Işıklar söndü,” dedi Şükrü Çağlayan; İğdeli’de ölçülen sıcaklık 41 °C.",
    "«Мы закрываем мост», — сказала Ульяна Ёлкина; цена — 300 ₽, №5.",
    "«Міст зачинено», — каже Ґалина Їжакевич; під’їзд є з вулиці Євшан.",
    "«Η γέφυρα έκλεισε», δήλωσε ο Άγγελος Ξυδάς· το έργο κοστίζει 3 εκατ. ευρώ.",
    "قالت ليلى النبعاني: «الجسر مغلق حتى إشعار آخر»، وأضافت أن التكلفة ٣ ملايين.",
    "„הגשר סגור”, אמרה נועה בן־צור; העלות 3 מיליון ₪.",
    "「橋は閉鎖されます」と海原ミドリさんは述べた。費用は３億円です。",
    "“大桥已经关闭，”林小渡说。费用为三亿元——比去年多一倍。",
    "“다리는 닫혔습니다”라고 나루미 씨가 말했다. 비용은 30억 원이다.",
    "ปิดสะพานแล้ว น้ำฝน ทองทะเล กล่าว ค่าใช้จ่าย ๓ ล้านบาท",
    "“Cầu đã đóng cửa,” bà Nguyễn Thị Sương nói; chi phí là 3 tỷ đồng.",
    "पुल बंद है, मीरा नदीवाल ने कहा; लागत ३ करोड़ ₹ है।",
    "Þórður Æsir sagði: „Brúin er lokuð“ og það var það.",
    "Tiltas uždarytas, – sakė Žygimantė Šaltenė; ąžuolų alėja čia pat, už 5 €.",
];

#[test]
fn clean_text_stays() {
    for text in CLEAN {
        assert!(matches!(repair(text), Cow::Borrowed(_)), "{text}");
    }
    let whole = CLEAN.join("\r\n");
    assert!(matches!(repair(&whole), Cow::Borrowed(_)));
}

/// Text whose UTF-8 is read as Windows-1252, as browsers do it.
fn misread(text: &str) -> String {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    text.bytes()
        .map(|byte| match byte {
            0x80..=0x9f => HIGH.chars().nth(usize::from(byte - 0x80)).unwrap(),
            _ => char::from(byte),
        })
        .collect()
}

#[test]
fn misreadings_are_undone() {
    for text in CLEAN {
        let once = misread(text);
        assert_eq!(repair(&once), **text);
        let twice = misread(&once);
        assert_eq!(repair(&twice), **text);
        assert_eq!(repair(&misread(&twice)), **text);
    }
}

/// Latin-1 has controls where Windows-1252 has marks.
#[test]
fn latin_1_misreadings_are_undone() {
    for text in CLEAN {
        let once: String = text.bytes().map(char::from).collect();
        assert_eq!(repair(&once), **text);
    }
}

/// One text each for the other character sets.
#[test]
fn misreadings_through_other_character_sets_are_undone() {
    for (set, given, meant) in [
        (
            "Windows-1251",
            "вЂњThe quay is shut,вЂќ said Orla вЂ“ at ВЈ5.",
            "“The quay is shut,” said Orla – at £5.",
        ),
        (
            "Windows-1251",
            "РњС‹ Р·Р°РєСЂС‹РІР°РµРј РјРѕСЃС‚",
            "Мы закрываем мост",
        ),
        (
            "Windows-1250",
            "P\u{139}™\u{102}\u{ad}li\u{139}ˇ \u{139}\u{13e}luĹĄouÄŤkĂ˝ kĹŻ\u{139}\u{88}",
            "Příliš žluťoučký kůň",
        ),
        (
            "Windows-1253",
            "β€\u{9c}The quayβ€™s shut,β€\u{9d} said Orla",
            "“The quay’s shut,” said Orla",
        ),
        (
            "Windows-1254",
            "ÅžÃ¼krÃ¼ Ã‡aÄŸlayanâ€™Ä±n kÃ¶prÃ¼sÃ¼",
            "Şükrü Çağlayan’ın köprüsü",
        ),
        (
            "Windows-1257",
            "Å\u{a0}altenÄ— ā€“ ā€\u{9c}tiltasā€¯ uÅ¾darytas",
            "Šaltenė – “tiltas” uždarytas",
        ),
        (
            "ISO 8859-2",
            "Ĺ\u{98}ehoĹ\u{99} Ä\u{8c}Ă\u{ad}Ĺžek",
            "Řehoř Čížek",
        ),
        (
            "Mac Roman",
            "√âlodie : ¬´ L‚Äô√©t√© ¬ª",
            "Élodie : « L’été »",
        ),
        (
            "Mac Roman",
            "‚ÄúThe quay‚Äôs shut,‚Äù said Orla",
            "“The quay’s shut,” said Orla",
        ),
        (
            "CP437",
            "P┼Ö├¡li┼í ┼╛lu┼Ñou─ìk├╜ k┼»┼ê",
            "Příliš žluťoučký kůň",
        ),
        ("CP437", "╨£╨╛╤ü╤é ╨╖╨░╨║╤Ç╤ï╤é", "Мост закрыт"),
    ] {
        assert_eq!(repair(given), meant, "{set}");
    }
}

#[test]
fn misread_and_good_text_in_one_line() {
    for (given, meant) in [
        (
            "The ferry didnâ€™t sail, “for safety” as Moira Tarn’s note put it",
            "The ferry didn’t sail, “for safety” as Moira Tarn’s note put it",
        ),
        (
            "Élise dâ€™Arvor a répété : « CÃ´tÃ© nord, rien. »",
            "Élise d’Arvor a répété : « Côté nord, rien. »",
        ),
        (
            "KÃ¤the Süßmilch blieb „schÃ¶n“ ruhig – Ã¼ber Stunden",
            "Käthe Süßmilch blieb „schön“ ruhig – über Stunden",
        ),
    ] {
        assert_eq!(repair(given), meant);
    }
}

#[test]
fn lost_bytes_become_replacement_characters() {
    assert_eq!(
        repair("â€œLostâ€\u{fffd} said Bram Oduya"),
        "“Lost\u{fffd} said Bram Oduya"
    );
    assert_eq!(
        repair("voilÃ la rivière, dit MaÃ«lle"),
        "voilà la rivière, dit Maëlle"
    );
}

#[test]
fn hostile_input_ends() {
    for pattern in [
        "Ã",
        "â€",
        "Ã\u{a0}",
        "Ãƒ",
        "ðŸ",
        "Ã ",
        "â€™Ž",
        "ã†â€™",
        "\u{80}",
        "œ",
        "ÂÂÂÃ±Ł",
    ] {
        let text = pattern.repeat(300_000 / pattern.len());
        let (repaired, _) = repair_traced(&text);
        assert!(repaired.len() <= text.len() * 3);
    }
    let deep = (0..12).fold("é".to_owned(), |text, _| misread(&text));
    assert!(repair(&deep).len() < deep.len());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Between the edits, and after the last one, both sides are equal.
    #[test]
    fn edits_lead_back(text in misreadable()) {
        let (repaired, edits) = repair_traced(&text);
        prop_assert_eq!(&repaired, &repair(&text));
        let (mut original_end, mut repaired_end) = (0, 0);
        for edit in &edits {
            prop_assert!(edit.original.start < edit.original.end);
            prop_assert_eq!(
                &text[original_end..edit.original.start],
                &repaired[repaired_end..edit.repaired.start]
            );
            prop_assert_ne!(&text[edit.original.clone()], &repaired[edit.repaired.clone()]);
            (original_end, repaired_end) = (edit.original.end, edit.repaired.end);
        }
        prop_assert_eq!(&text[original_end..], &repaired[repaired_end..]);
    }

    #[test]
    fn ascii_is_borrowed(text in "[ -~\n]{0,200}") {
        prop_assert!(matches!(repair(&text), Cow::Borrowed(_)));
    }

    #[test]
    fn any_text_is_taken(text in any::<String>()) {
        let repaired = repair(&text);
        if !looks_misread(&text) {
            prop_assert_eq!(repaired, text.as_str());
        }
    }

    /// Lines are repaired each by itself.
    #[test]
    fn mixtures_of_lines(
        picks in proptest::collection::vec((0..CLEAN.len(), 0..3_usize), 1..6)
    ) {
        let mut given = String::new();
        let mut meant = String::new();
        for (which, times) in picks {
            given += &(0..times).fold(CLEAN[which].to_owned(), |text, _| misread(&text));
            given.push('\n');
            meant += CLEAN[which];
            meant.push('\n');
        }
        prop_assert_eq!(repair(&given), meant);
    }
}

/// Text made of the characters that misreadings consist of, and of words.
fn misreadable() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z ,.]{1,4}",
        "[\u{80}-\u{ff}]{1,3}",
        "[ÂÃâ€™œžŸ“”…š‚ƒ„†‡ˆ‰Š‹ŒŽ–—˜]{1,3}",
        "[ЂЃѓРС°±вд‡\u{98}]{1,3}",
        "[√©‚Ä¶Ò¨┬í╨┐\u{fffd}\u{1a}?]{1,3}",
        "[â€™éèñ漢字한ёж]{1,3}".prop_map(|text| misread(&text)),
        "[é’“”ñ漢]{1,2}".prop_map(|text| misread(&misread(&text))),
        Just("\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}
