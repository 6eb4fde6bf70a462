//! Sorting by keys that are well-mixed hashes.

/// Most bits of the scatter: more buckets than this miss the caches.
const MOST_BITS: u32 = 11;
/// Below this many items the scatter does not pay.
const FEWEST: usize = 48;

/// Items of a bucket up to which it is left to one pass over all.
const HANDFUL: usize = 12;

/// Sorts `items` as `sort_unstable` does, in about linear time if `top` spreads them evenly.
///
/// `top` must be monotone: `a < b` implies `top(a) <= top(b)`. One scatter by its highest bits
/// leaves buckets of an item or none, and one pass that moves each item over the few greater ones before
/// it puts them in order; keys that do not spread cost what a comparison sort costs. `scratch` is room that calls can share.
pub(crate) fn sort_spread<T: Copy + Ord>(
    items: &mut [T],
    scratch: &mut Vec<T>,
    top: impl Fn(&T) -> u64,
) {
    if items.len() < FEWEST {
        items.sort_unstable();
        return;
    }
    let bits = (items.len().ilog2() + 1).min(MOST_BITS);
    let bucket = |item: &T| (top(item) >> (64 - bits)) as usize;
    let mut slots = [0u32; 1 << MOST_BITS];
    for item in items.iter() {
        slots[bucket(item)] += 1;
    }
    let mut total = 0;
    for slot in &mut slots[..1 << bits] {
        total += std::mem::replace(slot, total);
    }
    scratch.clear();
    scratch.extend_from_slice(items);
    for item in scratch.iter() {
        let slot = &mut slots[bucket(item)];
        items[*slot as usize] = *item;
        *slot += 1;
    }
    let mut start = 0;
    for &end in &slots[..1 << bits] {
        let end = end as usize;
        if end - start > HANDFUL {
            items[start..end].sort_unstable();
        }
        start = end;
    }
    for at in 1..items.len() {
        let item = items[at];
        let mut to = at;
        while to > 0 && items[to - 1] > item {
            items[to] = items[to - 1];
            to -= 1;
        }
        items[to] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_sort_unstable(
            mut items in prop::collection::vec(any::<(u64, u32)>(), 0..2000),
            mask in prop::sample::select(vec![u64::MAX, 0xffff, 7 << 60 | 3, 0]),
        ) {
            for item in &mut items {
                item.0 &= mask;
            }
            let mut want = items.clone();
            want.sort_unstable();
            sort_spread(&mut items, &mut Vec::new(), |item| item.0);
            prop_assert_eq!(items, want);
        }
    }
}
