//! Direct speech: a labeled set of short texts, sloppy ones among them, and properties.

#![expect(clippy::unwrap_used, reason = "shared by tests")]

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;
use wirefold::quotation::{Ending, Marks, Quotation, quotations};

/// Texts in which what is said stands between ⟦ and ⟧, which are no part of the text. People and
/// places are invented. `¶` is a line end.
const LABELED: &[&str] = &[
    // English, tidy.
    "“⟦We close on Monday,⟧” said Orla Penhallow.",
    "The mayor called it “⟦a quiet week⟧” and left.",
    "“⟦It is late,⟧” she said. “⟦Go home.⟧”",
    "\"⟦The ferry is full,⟧\" said Tam Brodie.",
    "He asked: \"⟦Who pays?⟧\" Nobody answered.",
    "‘⟦The bridge will hold,⟧’ said Ines Calder.",
    "‘⟦We’re done,⟧’ said the harbour master, ‘⟦and that’s that.⟧’",
    "'⟦We're ready,⟧' Ms Quill said.",
    "“⟦He told me ‘⟦never again⟧’ and I believed him,⟧” Dara Moss said.",
    "\"⟦She shouted '⟦Fire⟧', or so they say,⟧\" he said. \"⟦I heard nothing.⟧\"",
    "\"⟦They said '⟦no deal⟧' twice,⟧\" the clerk wrote.",
    "The film “⟦Salt Harbour⟧” opens on Friday.",
    "So-called “⟦experts⟧” were not invited.",
    "The \"⟦quiet\u{a0}car⟧\" is anything but.",
    "(\"⟦Not me,⟧\" said Pell.)",
    "The sign read “⟦No dogs⟧”; the dogs could not read.",
    "“⟦Stop!⟧”—that was all Mira Holt heard.",
    "She wrote—“⟦in haste⟧”—to her sister.",
    "“⟦…and then it sank,⟧” the pilot said.",
    "‘⟦What did “⟦later⟧” mean?⟧’ asked Juno Pike.",
    "“⟦We asked, ‘⟦Why us?⟧’⟧” said Fenwick.",
    "“⟦‘⟦Never⟧’ was the word,⟧” said Pell.",
    // English, apostrophes and measures.
    "Don't say it isn't so: the workers' canteen closed in '98.",
    "’Twas the night of the ’90s revival at O’Neill’s.",
    "'Tis a pity that rock 'n' roll's dead, said the dogs' owner.",
    "Al Rask is 5'10\" tall and runs 6'2\" boards.",
    "A 3.5\" disk and a 19\" screen were stolen.",
    "The plank was 6′2″ long and 5″ wide.",
    "\"⟦I am 5'10\" tall,⟧\" said Al Rask.",
    "“⟦The workers’ rights aren’t yours,⟧” said Bo Lindqvist-Hale.",
    "‘⟦The workers’ rights aren’t yours,⟧’ said Bo Lindqvist-Hale.",
    "'⟦The dogs' home is shut,⟧' he said.",
    "It was ‘⟦the boys’ club⟧’ again, she wrote.",
    "The '60s band played 'til dawn 'cause nobody's neighbours' dogs barked.",
    "\"⟦It's the girls' turn,⟧\" said Coach Abara.",
    "“⟦’Twas ever thus,⟧” sighed Len Purdy.",
    "The ’08 crash, the ’20 flood: Jess’ town has seen both.",
    "He wore size 12\" boots and said \"⟦they fit⟧\".",
    "The answer was '⟦yes⟧'.",
    "The dogs' bowls and the cats' beds were gone.",
    "“⟦Give ’em room,⟧” she said, “⟦it’s theirs.⟧”",
    "‘⟦Give ’em room,⟧’ she said.",
    "\"⟦They scored 12,⟧\" is how the note ends.",
    // English, sloppy.
    "“⟦We close on Monday,⟧\" said Orla Penhallow.",
    "\"⟦We close on Monday,⟧” said Orla Penhallow.",
    "“⟦We close on Monday,⟧“ said Orla Penhallow.",
    "”⟦We close on Monday,⟧” said Orla Penhallow.",
    "“⟦I was there,⟧” Pell wrote on his page. ”⟦Nobody else was. It rained.⟧”",
    "“⟦We will rebuild the quay.⟧¶“⟦And we will do it by spring,⟧” said Tam Brodie.",
    "“⟦First the road.⟧¶“⟦Then the rail.⟧¶“⟦Then the rest,⟧” said Ines Calder.¶She left.",
    "\"⟦First the road.⟧¶\"⟦Then the rail,⟧\" said Ines Calder.",
    "‘⟦First the road.⟧¶‘⟦Then the rail,⟧’ said Ines Calder.",
    "“⟦We never signed it, said Dara Moss.⟧¶The council met at noon.",
    "\"⟦We never signed it, said Dara Moss.⟧¶The council met at noon.",
    "SEE ALSO: Ferry Prices Rise Again“⟦We waited for hours,⟧” said Len Purdy.",
    "READ MORE: Harbor Closed\"⟦We waited for hours,⟧\" said Len Purdy.",
    "``⟦We close on Monday,⟧'' said Orla Penhallow.",
    "``⟦We close on Monday,⟧\" said Orla Penhallow.",
    "`⟦No comment,⟧' said the clerk.",
    "''⟦No comment,⟧'' said the clerk.",
    "‘‘⟦No comment,⟧’’ said the clerk.",
    "\" ⟦Salt Harbour⟧ \" was a flop.",
    "“ ⟦Salt Harbour⟧ ” was a flop.",
    "\"⟦No,⟧\"he said.\"⟦Never.⟧\"",
    "“⟦No,⟧”he said.“⟦Never.⟧”",
    "\"⟦It was the \"⟦quiet⟧\" one,⟧\" said Pell.",
    "“⟦It was the \"⟦quiet⟧\" one,⟧” said Pell.",
    "\"⟦It was the ‘⟦quiet⟧’ one,⟧\" said Pell.",
    "“⟦I saw it, said Pell.⟧ “⟦It was red,⟧” he added.",
    "“⟦We go,⟧’ he said.",
    "‘⟦We go,⟧” he said.",
    "＂⟦No comment,⟧＂ said the clerk.",
    "‟⟦No comment,⟧” said the clerk.",
    "It closed,” said Pell, who had seen it.",
    "\"⟦The wall fell at six in the¶morning and nobody saw it,⟧\" said Rook.",
    "    \"⟦We see no reason to sell the¶mill while prices keep their¶level,⟧\" said Gwen Tolliver of the¶mill board.¶    She said \"⟦nothing has been¶decided⟧\" on the dam.",
    "“⟦Yes.⟧”¶“⟦No.⟧”¶“⟦Perhaps.⟧”",
    "\"⟦Yes,⟧\" \"⟦no⟧\" and \"⟦perhaps⟧\" were the answers.",
    "\"⟦Where?⟧\" '⟦There.⟧' “⟦Where?⟧”",
    "He said “⟦we are out of “⟦time⟧” and money⟧” twice.",
    "The ‘⟦green⟧’ and the “⟦blue⟧” list differ.",
    "“⟦A⟧”, “⟦B⟧” and “⟦C⟧”",
    "The vote (\"⟦a farce⟧\", says Holt) is on Sunday.",
    "Rask, 41, of \"⟦Blue Anchor⟧\"-fame, sang.",
    "No speech at all in this line.",
    "An em dash -- \"⟦like this⟧\" -- helps.",
    "\"⟦What's 'is name?⟧\" asked Juno Pike.",
    "In the words of Pell: “⟦Rain is just water.⟧",
    "“⟦Rain is just water.⟧¶Pell left the room and “⟦did not return⟧”.",
    // German.
    "„⟦Die Brücke bleibt zu⟧“, sagte Käthe Süßmilch.",
    "„⟦Er rief ‚⟦Halt!⟧‘ und lief davon⟧“, erzählte Jost Ahlgrimm.",
    "»⟦Die Brücke bleibt zu⟧«, sagte Käthe Süßmilch, »⟦vorerst⟧«.",
    "„⟦Die Brücke bleibt zu⟧\", sagte Käthe Süßmilch.",
    "„⟦Die Brücke bleibt zu⟧”, sagte Käthe Süßmilch.",
    "\"⟦Die Brücke bleibt zu⟧\", sagte Käthe Süßmilch.",
    ",,⟦Die Brücke bleibt zu⟧'', sagte Käthe Süßmilch.",
    "Das sogenannte „⟦Wunder von Öhlstadt⟧“ war keins. „⟦Nie⟧“, so Ahlgrimm.",
    "›⟦Nein⟧‹, stand da, und ‚⟦Ja⟧‘ daneben.",
    "Hans' Auto und Jost' „⟦Kahn⟧“ sind weg.",
    "“⟦Die Brücke bleibt zu⟧”, sagte sie.",
    "Der „⟦Masken-Streit⟧“-Prozess beginnt.",
    // French.
    "« ⟦L’eau monte⟧ », prévient Élodie Varsac.",
    "«\u{a0}⟦C'est l'été⟧\u{a0}», dit-elle, «\u{202f}⟦qu'importe\u{202f}!⟧\u{202f}»",
    "«⟦Pas aujourd'hui⟧», a répété Maël Dorbec.",
    "\"⟦L'eau monte⟧\", prévient Élodie Varsac.",
    "“⟦L’eau monte⟧”, prévient Élodie Varsac.",
    "« ⟦Il a crié “⟦au feu⟧” trois fois⟧ », raconte Dorbec.",
    "« ⟦L’eau monte depuis lundi.⟧¶« ⟦Et personne ne vient⟧ », ajoute Varsac.",
    "« ⟦Il parle de « ⟦progrès⟧ » sans cesse⟧ », dit-elle.",
    "L'eau, l'air et l'île d'Ourle n'ont qu'un nom.",
    "« ⟦L’eau monte, dit Varsac.⟧",
    // Spanish, Portuguese, Italian.
    "«⟦No hay agua⟧», dijo Íñigo Zubiría.",
    "“⟦¿Quién paga?⟧”, preguntó Zubiría.",
    "\"⟦¡Nadie!⟧\", gritó el portero.",
    "“⟦Não há solução⟧”, disse João Queirós.",
    "Queirós falou em “⟦golpe d'água⟧” e saiu.",
    "«⟦È già tardi⟧», dice Nicolò Brandè: \"⟦Andiamo all'osteria⟧\".",
    "L'acqua dell'Ourle è “⟦un po' fredda⟧”.",
    // Swedish, Finnish, Danish, Norwegian.
    "”⟦Bron är stängd⟧”, säger Örjan Fjällström.",
    "”⟦Bron är stängd⟧”, säger han. ”⟦Den öppnar i vår.⟧”",
    "»⟦Bron är stängd⟧», säger Fjällström.",
    "”⟦Han sa ’⟦aldrig⟧’ till mig⟧”, minns Ebba Torn.",
    "”⟦Silta on kiinni⟧”, sanoo Aino Virsu.",
    "»⟦Broen er lukket⟧«, siger Birthe Lund.",
    "«⟦Broen er stengt⟧», sier Eirik Vag.",
    // Polish, Czech, Hungarian, Dutch.
    "„⟦Most jest zamknięty⟧” – powiedziała Łucja Źdźbłowska.",
    "„⟦Most je zavřený,⟧“ řekl Řehoř Čížek.",
    "„⟦A híd zárva van⟧” – mondta Őri Győző.",
    "‘⟦De brug is dicht⟧’, zegt Piet ’t Hoen uit ’s-Gravenwater.",
    "\"⟦Zo'n brug is niks⟧\", zegt Hoen.",
    // Russian, Ukrainian, Greek.
    "«⟦Мост закрыт⟧», — сказала Ульяна Ёлкина.",
    "Фильм «⟦Солёная „⟦гавань⟧“⟧» выйдет в мае.",
    "\"⟦Мост закрыт⟧\", - сказала Ёлкина.",
    "«⟦Під’їзд зачинено⟧», — каже Ґалина Їжак.",
    "«⟦Η γέφυρα έκλεισε⟧», είπε ο Άγγελος Ξυδάς.",
    // Hebrew, Arabic.
    "\"⟦הגשר סגור⟧\", אמרה נועה בן־צור מצה\"ל.",
    "השר כינה זאת ה\"⟦נוחות⟧\" הזאת בדוא\"ל.",
    "„⟦הגשר סגור⟧”, אמרה נועה.",
    "«⟦الجسر مغلق⟧»، قالت ليلى النبعاني.",
    "قالت ليلى: \"⟦الجسر مغلق⟧\".",
    // Japanese, Chinese, Korean.
    "「⟦橋は閉鎖されます⟧」と海原ミドリさんは述べた。",
    "「⟦『⟦塩の港⟧』は名作だ⟧」と海原さん。",
    "“⟦大桥已经关闭，⟧”林小渡说。“⟦明年再开。⟧”",
    "他说的“⟦奇迹⟧”并不存在。",
    "“⟦他喊‘⟦不⟧’就走了，⟧”林小渡说。",
    "「⟦橋は閉鎖⟧」「⟦来年まで⟧」と書かれていた。",
    "“⟦다리는 닫혔습니다⟧”라고 나루미 씨가 말했다.",
    "나루미 씨는 '⟦기적⟧'이라고 했다.",
    "県の\"⟦完全版⟧\"を仕上げる。",
    // Turkish, Vietnamese, Indonesian.
    "“⟦Köprü kapalı,⟧” dedi Şükrü Çağlayan.",
    "\"⟦Köprü İğdeli'de kapalı,⟧\" dedi Çağlayan.",
    "“⟦Cầu đã đóng cửa,⟧” bà Sương nói.",
    "\"⟦Jembatan ditutup Jum'at,⟧\" kata Budi Laut.",
    // A second round, labeled after the rules for the ones above stood.
    "“⟦Mum’s the word,⟧” Kit O’Dowd told the ‘⟦Evening Gull⟧’, “⟦and I won’t say more.⟧”",
    "Headline: ‘⟦I’d do it again⟧’ – the lighthouse keeper’s last night",
    "'⟦I'd do it again⟧': keeper's last night",
    "The ‘⟦Nineties⟧’ issue of ‘⟦Gull & Tern⟧’ sold out; the ’80s one didn’t.",
    "\"⟦The Joneses' dog and the Smiths' cat fought,⟧\" Kit O'Dowd said.",
    "'⟦The Joneses' dog and the Smiths' cat fought,⟧' Kit O'Dowd said.",
    "\"⟦It was 5 o'clock,⟧\" she said, \"⟦or 6 o'clock.⟧\"",
    "The 12\" vinyl and the 7\" single, \"⟦Tideline⟧\", are out.",
    "\"⟦A 19\" rack won't fit,⟧\" Rook said, \"⟦so we built our own.⟧\"",
    "“⟦We need a 19\" rack and a 3' cable,⟧” Rook said.",
    "She is 5'4\", he is 6'1\", and \"⟦nobody cares⟧\".",
    "Type '⟦help⟧' or \"⟦quit⟧\" -- and wait.",
    "“⟦Is this the ‘⟦green line⟧’?⟧” “⟦No, it’s the ‘⟦blue⟧’.⟧”",
    "“⟦And he goes, ‘⟦What’s it to you?⟧’ And I go, ‘⟦Nothing.⟧’⟧”",
    "\"⟦First,⟧\" Rook said, \"⟦we dig.⟧¶\"⟦Then we fill it,⟧\" he said.",
    "The panel (“⟦five men, no women,⟧” as Abara put it) met in \"⟦private⟧\".",
    "“⟦No,⟧” he said; “⟦no⟧”, she said; “⟦no⟧” – they said.",
    "Her words: “⟦Enough!⟧” His: \"⟦Fine.⟧\"",
    "“⟦One⟧”/“⟦two⟧”/“⟦three⟧”",
    "The minutes read: \"⟦Mr. Holt (\"⟦the buyer⟧\") pays.⟧\"",
    "[“⟦Quiet,⟧” the judge said.]",
    "“⟦Wait—⟧” she began. “⟦—no,⟧” he cut in.",
    "“⟦Hello?⟧” “⟦Hello?⟧",
    "\"⟦¿Dónde está la '⟦llave⟧'?⟧\", preguntó.",
    "O'Dowd's ‘⟦gull’s-eye view⟧’ of Saltby",
    "”⟦Wrong way round,⟧“ wrote Kit.",
    "“⟦The road’s shut,⟧” said Holt, and left.",
    "He said, 'n' that was it, \"⟦bye⟧\".",
    "She replied: 'No way, we aren't going.",
    "«⟦On part⟧», «⟦on reste⟧» : les avis divergent.",
    "D’après l’élu, « ⟦c’est “⟦non⟧”⟧ » et « ⟦peut-être⟧ » à la fois.",
    "„⟦Wir gehen⟧“ – „⟦Nein⟧“ – „⟦Doch⟧“",
    "‚⟦Hansel⟧‘ und „⟦Gretes ‚⟦Haus⟧‘⟧“ laufen im Kino.",
    "»⟦Wer ›⟦A⟧‹ sagt, muss auch ›⟦B⟧‹ sagen⟧«, so Ahlgrimm.",
    "Ahlgrimms “⟦Brücke⟧„ ist falsch herum.",
    "“⟦De '⟦grote⟧' brug is dicht⟧”, zei hij.",
    "„⟦To »⟦nowy⟧« most⟧”, mówi Źdźbłowska.",
    "— Мост закрыт, — сказала Ёлкина. — «⟦Навсегда⟧».",
    "„⟦Мост закрыт⟧“, сказала Ёлкина.",
    "彼は『⟦港⟧』と「⟦海⟧」を読んだ。",
    "林小渡说：‘⟦大桥关闭。⟧’",
    "記者「⟦いつ開きますか⟧」海原「⟦来年です⟧」",
    "나루미 씨는 “⟦‘⟦기적⟧’은 없다⟧”고 했다.",
    "\"⟦Hello,⟧\" \"⟦goodbye⟧\".",
    "    \"⟦We have no plan to close the mill,¶the dam or the quay,⟧\" Tolliver said.¶    The board's view is that \"⟦it is¶too soon⟧\" to say. It meets again¶in June.",
    // A third round, for what real copy showed.
    "“⟦The road is shut.¶The quay is shut.¶And nobody asked us,⟧” said Rook.",
    "« ⟦L’eau monte.¶Elle monte encore⟧ », dit Varsac.",
    "« ⟦L’eau monte⟧ ».¶Et : « ⟦Elle monte encore⟧ ».",
    "\"⟦...and then it sank,⟧\" the pilot said.",
    "The harbor\"s wall fell, and \"⟦nobody saw it⟧\".",
    "「⟦橋は閉鎖。¶来年まで。⟧」と海原さん。",
    "\"⟦We never signed it, said Moss.⟧¶The council called it \"⟦a farce⟧\".",
];

/// A labeled text without its labels, and the labeled spans.
fn read(labeled: &str) -> (String, BTreeSet<(usize, usize)>) {
    let (mut text, mut spans, mut open) = (String::new(), BTreeSet::new(), Vec::new());
    for c in labeled.chars() {
        match c {
            '⟦' => open.push(text.len()),
            '⟧' => {
                spans.insert((open.pop().unwrap(), text.len()));
            }
            '¶' => text.push('\n'),
            _ => text.push(c),
        }
    }
    assert!(open.is_empty(), "{labeled}");
    (text, spans)
}

fn found(text: &str) -> BTreeSet<(usize, usize)> {
    quotations(text)
        .into_iter()
        .map(|found| (found.inner.start, found.inner.end))
        .collect()
}

#[test]
fn labeled_texts() {
    assert!(LABELED.len() >= 120);
    let (mut hits, mut wrong, mut missed) = (0_usize, 0, 0);
    for labeled in LABELED {
        let (text, expected) = read(labeled);
        let found = found(&text);
        hits += found.intersection(&expected).count();
        wrong += found.difference(&expected).count();
        missed += expected.difference(&found).count();
        if found != expected {
            let show = |set: &BTreeSet<(usize, usize)>| {
                set.iter()
                    .map(|&(start, end)| text[start..end].to_owned())
                    .collect::<Vec<_>>()
            };
            println!(
                "{text}\n  found    {:?}\n  expected {:?}",
                show(&found),
                show(&expected)
            );
        }
    }
    let precision = hits as f64 / (hits + wrong) as f64;
    let recall = hits as f64 / (hits + missed) as f64;
    println!(
        "{} texts, {} quotations: precision {precision:.4}, recall {recall:.4}",
        LABELED.len(),
        hits + missed
    );
    assert!(
        precision >= 0.97 && recall >= 0.97,
        "precision {precision}, recall {recall}"
    );
}

fn only(text: &str) -> Quotation {
    let mut found = quotations(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.remove(0)
}

#[test]
fn endings() {
    for (text, marks, ending) in [
        ("“Yes,” said Pell.", Marks::Double, Ending::Matched),
        ("“Yes,\" said Pell.", Marks::Double, Ending::Other),
        ("”Ja”, sade han.", Marks::DoubleRight, Ending::Matched),
        ("„Ja“, sagte er.", Marks::DoubleLow, Ending::Matched),
        ("„Ja\", sagte er.", Marks::DoubleLow, Ending::Other),
        (
            "``Yes,'' said Pell.",
            Marks::DoubleBacktick,
            Ending::Matched,
        ),
        ("»Ja«, sagte er.", Marks::GuillemetReversed, Ending::Matched),
        ("“Yes, said Pell.", Marks::Double, Ending::Missing),
        ("“Yes,’ said Pell.", Marks::Double, Ending::Other),
        ("『塩の港』", Marks::CornerWhite, Ending::Matched),
    ] {
        let found = only(text);
        assert_eq!((found.marks, found.ending), (marks, ending), "{text}");
    }
}

#[test]
fn paragraphs_that_reopen_are_linked() {
    let text = "“First the road.\n\n“Then the rail.\n“Then the rest,” said Ines Calder.\n“No.”";
    let links: Vec<_> = quotations(text)
        .iter()
        .map(|found| (found.ending, found.continues))
        .collect();
    assert_eq!(
        links,
        [
            (Ending::Reopened, false),
            (Ending::Reopened, true),
            (Ending::Matched, true),
            (Ending::Matched, false)
        ]
    );
}

#[test]
fn outer_spans_hold_the_marks() {
    let text = "Dit-il : « L’eau “monte” » et part.";
    let found = quotations(text);
    assert_eq!(&text[found[0].outer.clone()], "« L’eau “monte” »");
    assert_eq!(&text[found[0].inner.clone()], "L’eau “monte”");
    assert_eq!(&text[found[1].outer.clone()], "“monte”");
    assert_eq!((found[0].depth, found[1].depth), (0, 1));
}

/// Quadratic work would not end within the patience of any test run.
#[test]
fn hostile_input_ends() {
    for pattern in [
        "“",
        "\"",
        " \"",
        " 'a",
        "«",
        "„a ",
        "‘",
        " ‘a“",
        "「",
        "\"a\"b ",
        "“\n",
        "a\n'",
        ",,a",
        "'a ‘a”",
    ] {
        let text = pattern.repeat(1_000_000);
        check(&text, &quotations(&text));
    }
    let nested = "“a".repeat(500_000) + &"”".repeat(500_000);
    assert_eq!(quotations(&nested).len(), 500_000);
}

/// In bounds, on character boundaries, ordered and properly nested.
fn check(text: &str, found: &[Quotation]) {
    let mut open: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for quotation in found {
        let Quotation { outer, inner, .. } = quotation;
        assert!(text.get(outer.clone()).is_some() && text.get(inner.clone()).is_some());
        assert!(outer.start < inner.start && inner.start < inner.end && inner.end <= outer.end);
        assert_eq!(text[inner.clone()].trim().len(), inner.len());
        assert!(start <= outer.start);
        start = outer.start;
        while open.last().is_some_and(|last| last.end <= outer.start) {
            open.pop();
        }
        assert!(
            open.last().is_none_or(|last| outer.end <= last.end),
            "{text:?} {found:?}"
        );
        assert_eq!(quotation.depth, open.len(), "{text:?} {found:?}");
        open.push(outer.clone());
    }
}

fn quotable() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[\"'“”„‟‘’‚‛«»‹›`´,「」『』＂〝〟״]{1,3}",
        "[a-z]{1,4}",
        "[ \u{a0}\n]{1,2}",
        "[.,:!?()–—…-]{1,2}",
        "[0-9]{1,2}",
        "[橋港הגשрф다]{1,2}",
        Just("\r\n".to_owned()),
        Just("s' ".to_owned()),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn spans_are_sound(text in quotable()) {
        let found = quotations(&text);
        check(&text, &found);
        prop_assert_eq!(found, quotations(&text));
    }

    #[test]
    fn any_text_is_taken(text in any::<String>()) {
        check(&text, &quotations(&text));
    }

    /// A paragraph is found alike wherever it stands, if nothing before is left open.
    #[test]
    fn paragraphs_stand_alone(text in "[a-z ,.“”]{0,40}") {
        let before = "It rained in Öhlstadt, said “Pell”.\n\n";
        let whole = format!("{before}{text}");
        let mut found = quotations(&whole);
        found.remove(0);
        let alone = quotations(&text);
        prop_assert_eq!(found.len(), alone.len());
        for (there, here) in found.iter().zip(&alone) {
            prop_assert_eq!(there.inner.start, here.inner.start + before.len());
            prop_assert_eq!(there.inner.end, here.inner.end + before.len());
        }
    }
}
