//! Every level against one-line definitions.

use proptest::prelude::*;

use super::{BLOCK, Level, Simd, Work, at_each_level, run};

/// A bit for each byte that `is` says yes to.
fn bits(bytes: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let places = (0..BLOCK).filter(|&i| is(bytes[i]));
    places.fold(0, |bits, i| bits | 1 << i)
}

struct Everything<'a> {
    bytes: &'a [u8; BLOCK],
    range: (u8, u8),
    byte: u8,
    chosen: u64,
    keep: u64,
}

#[derive(Debug, PartialEq)]
struct Answers {
    within: u64,
    equals: u64,
    high: u64,
    follows: u64,
    either: u64,
    appended: String,
    places: Vec<u32>,
    lowest: u64,
}

impl Work for Everything<'_> {
    type Output = Answers;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Answers {
        let block = simd.load(self.bytes);
        let (low, high) = self.range;
        let within = simd.within(block, low, high);
        let equals = simd.equals(block, self.byte);
        let made = simd.put(simd.lower(block), simd.mask(self.chosen), b'"');
        let mut appended = String::from("x");
        simd.append(made, self.keep, &mut appended);
        let mut places = [0; BLOCK];
        let count = simd.places(self.keep, 7, &mut places);
        Answers {
            within: simd.bits(within),
            equals: simd.bits(equals),
            high: simd.bits(simd.high(block)),
            follows: simd.bits(simd.follows(block)),
            either: simd.bits(simd.or(within, equals)),
            appended,
            places: places[..count].to_vec(),
            lowest: simd.lowest(self.chosen, u32::from(self.byte)),
        }
    }
}

proptest! {
    #[test]
    fn levels_do_what_the_definitions_say(
        bytes in prop::collection::vec(prop_oneof![4 => 0u8..0x80, 1 => any::<u8>()], BLOCK),
        (low, high) in (1u8..0x7f).prop_flat_map(|low| (Just(low), low..0x7f)),
        byte: u8, chosen: u64, keep in prop_oneof![any::<u64>(), (0u32..64).prop_map(|n| u64::MAX >> n)],
        ascii: bool,
    ) {
        let mut bytes: [u8; BLOCK] = bytes.try_into().unwrap();
        if ascii {
            bytes = bytes.map(|byte| byte & 0x7f);
        }
        let within = bits(&bytes, |b| (low..=high).contains(&b));
        let equals = bits(&bytes, |b| b == byte);
        let mut made = bytes.map(|b| b.to_ascii_lowercase());
        for (i, b) in made.iter_mut().enumerate() {
            if chosen >> i & 1 == 1 {
                *b = b'"';
            }
        }
        let mut failed = None;
        at_each_level(|level| {
            let want = Answers {
                within,
                equals,
                high: bits(&bytes, |b| !b.is_ascii()),
                follows: bits(&bytes, |b| (0x80..0xc0).contains(&b)),
                either: within | equals,
                appended: format!("x{}", kept(&made, keep)),
                places: (0..64u32).filter(|i| keep >> i & 1 == 1).map(|i| i + 7).collect(),
                lowest: (0..byte.min(64)).fold(0, |low, i| low | (chosen & 1 << i)),
            };
            let got = run(Everything { bytes: &bytes, range: (low, high), byte, chosen, keep });
            if got != want {
                failed = Some(format!("{level:?}: {got:?}, not {want:?}"));
            }
        });
        prop_assert_eq!(failed, None);
    }
}

/// The kept bytes that are ASCII.
fn kept(bytes: &[u8; BLOCK], keep: u64) -> String {
    let kept = (0..BLOCK).filter(|i| keep >> i & 1 == 1 && bytes[*i].is_ascii());
    kept.map(|i| char::from(bytes[i])).collect()
}

#[test]
fn the_best_level_is_taken() {
    let best = Level::available().last().unwrap();
    assert_eq!(format!("{:?}", Level::current()), format!("{best:?}"));
}
