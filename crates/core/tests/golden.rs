//! Values that stored sketches depend on. If one of these changes, `HASH_VERSION` must rise.

use wirefold::normalize::Matcher;
use wirefold::sketch::{Bands, Fss, MinHash, anchors};
use wirefold::tokenize::{HASH_VERSION, Hasher, Shingles, Words};

/// Long enough for whole blocks, with words of every length class and another script.
const TEXT: &str = "The harbor at Østerby reopened on Friday after the “longest storm in 40 years”, \
    the port's master said. Ferries to Kelm, Ostrand and the counterrevolutionary-minded island of \
    Ny-Fjell sail again from 6:30 a.m.; freight of 1,250.5 tons waits. Порт открыт. 東京都の港も開いた。";

fn shingles(hasher: &Hasher) -> Vec<u64> {
    let mut words = Words::default();
    words.hash(hasher, &Matcher::default().normalize(TEXT));
    Shingles::new(hasher, &words.hashes, 5).collect()
}

/// All the bits of a list in one number, by plain arithmetic.
fn digest(values: &[u64]) -> u64 {
    values.iter().fold(values.len() as u64, |sum, &value| {
        (sum.rotate_left(7) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

#[test]
fn words_and_texts() {
    let hasher = Hasher::default();
    let words = [
        "a",
        "of",
        "the",
        "news",
        "agency",
        "sixteen-letters!",
        "seventeen-letters",
    ];
    let got: Vec<u64> = words
        .iter()
        .map(|word| hasher.word(word.as_bytes()))
        .collect();
    assert_eq!(got, WORDS, "{got:#x?}");
    let story = hasher.text("the text of a story");
    assert_eq!(story, STORY, "{story:#x}");
    assert_eq!(
        Hasher::new(1).word(b"news"),
        SEEDED,
        "{:#x}",
        Hasher::new(1).word(b"news")
    );
    assert_eq!(HASH_VERSION, 1);
}

#[test]
fn sketches() {
    let hasher = Hasher::default();
    let shingles = shingles(&hasher);
    let mut signature = Vec::new();
    Fss::new(&hasher, 126).sign(&shingles, &mut signature);
    let mut keys = Vec::new();
    Bands { bands: 42, rows: 3 }.keys(&hasher, &signature, &mut keys);
    let mut chosen = Vec::new();
    anchors(&shingles, 8, 24, &mut chosen);
    let chosen: Vec<u64> = chosen
        .iter()
        .map(|anchor| anchor.hash ^ u64::from(anchor.word))
        .collect();
    let mut classic = Vec::new();
    MinHash::new(&hasher, 16).sign(&shingles, &mut classic);
    let got = [&shingles, &signature, &keys, &chosen, &classic].map(|values| digest(values));
    assert_eq!(got, SKETCHES, "{got:#x?}");
}

const WORDS: [u64; 7] = [
    0x1fb8_0e9f_bff6_d5fb,
    0x0f1d_5a4f_0446_5097,
    0xa3cb_3d57_44dc_9b5b,
    0x5307_17c7_cc04_f3d5,
    0x3fa3_0165_e1aa_d084,
    0xb673_7eb5_a4bf_fd4e,
    0x1bab_8dae_65f8_fa52,
];
const STORY: u128 = 0x21d1_be6f_bb55_d787_ea1f_d3a5_6702_8972;
const SEEDED: u64 = 0x326d_7172_b9ed_5334;
const SKETCHES: [u64; 5] = [
    0x9c03_5e4f_7743_8836,
    0xc98a_aeea_4fb7_fc90,
    0x3cb3_3bbc_c64f_5f7f,
    0x6fa2_70e7_c011_40c0,
    0xf398_ffdf_f275_3cd9,
];
