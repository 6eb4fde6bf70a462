//! Rows as numbers, for a store.

use super::kinds::Relation;
use super::passages::{Passage, PassageKind};
use super::row::{Novel, Row};

/// All kinds of passages, in the order of their codes.
const KINDS: [PassageKind; 4] = [
    PassageKind::Verbatim,
    PassageKind::Similar,
    PassageKind::Quotation,
    PassageKind::Rewritten,
];

/// Appends a row: how many numbers it takes, then its fields.
pub(super) fn encode(row: &Row, out: &mut Vec<u64>) {
    let begin = out.len();
    let relation = Relation::ALL.iter().position(|&one| one == row.relation);
    let relation = relation.unwrap_or_default() as u64;
    out.extend([
        0,
        u64::from(row.a) << 32 | u64::from(row.b),
        relation << 1 | u64::from(row.novel.is_some()),
    ]);
    let shares = [
        row.score,
        row.jaccard,
        row.containment_a,
        row.containment_b,
        row.aligned_a,
        row.aligned_b,
    ];
    out.extend(shares.map(f64::to_bits));
    for novel in row.novel.iter().flatten() {
        out.extend([novel.share.to_bits(), novel.spans.len() as u64]);
        out.extend(novel.spans.iter().flat_map(|&(start, end)| [start, end]));
    }
    out.push(row.passages.len() as u64);
    for passage in &row.passages {
        let Passage {
            a,
            b,
            kind,
            score,
            credit,
        } = passage;
        let kind = KINDS.iter().position(|one| one == kind);
        let kind = kind.unwrap_or_default() as u64;
        out.extend([a.0, a.1, b.0, b.1, score.to_bits()]);
        let length = credit.as_ref().map_or(0, |credit| credit.len() as u64 + 1);
        out.push(length << 8 | kind);
        for bytes in credit.iter().flat_map(|credit| credit.as_bytes().chunks(8)) {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            out.push(u64::from_le_bytes(word));
        }
    }
    out[begin] = (out.len() - begin) as u64;
}

/// The row that begins at a place, and where it ends; nothing if it does not end in `numbers`.
pub(super) fn decode(numbers: &[u64], begin: usize) -> Option<(Row, usize)> {
    let length = usize::try_from(*numbers.get(begin)?).ok()?;
    let end = begin.checked_add(length)?;
    let mut rest = numbers.get(begin + 1..end)?.iter().copied();
    let mut next = || rest.next();
    let pair = next()?;
    let head = next()?;
    let mut row = Row {
        relation: *Relation::ALL.get((head >> 1) as usize)?,
        ..Row::of((pair >> 32) as u32, pair as u32)
    };
    for share in [
        &mut row.score,
        &mut row.jaccard,
        &mut row.containment_a,
        &mut row.containment_b,
        &mut row.aligned_a,
        &mut row.aligned_b,
    ] {
        *share = f64::from_bits(next()?);
    }
    if head & 1 == 1 {
        let mut both = <[Novel; 2]>::default();
        for novel in &mut both {
            novel.share = f64::from_bits(next()?);
            let spans = (0..next()?).map(|_| Some((next()?, next()?)));
            novel.spans = spans.collect::<Option<_>>()?;
        }
        row.novel = Some(both);
    }
    let passages = (0..next()?).map(|_| {
        let (a, b) = ((next()?, next()?), (next()?, next()?));
        let score = f64::from_bits(next()?);
        let head = next()?;
        let credit = match head >> 8 {
            0 => None,
            length => {
                let length = length as usize - 1;
                let mut bytes = Vec::with_capacity(length.next_multiple_of(8));
                while bytes.len() < length {
                    bytes.extend(next()?.to_le_bytes());
                }
                bytes.truncate(length);
                Some(String::from_utf8(bytes).ok()?)
            }
        };
        Some(Passage {
            a,
            b,
            kind: *KINDS.get((head % 256) as usize)?,
            score,
            credit,
        })
    });
    row.passages = passages.collect::<Option<_>>()?;
    Some((row, end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::relation::row::testing::rows;

    proptest! {
        #[test]
        fn rows_come_back(all in prop::collection::vec(rows(), 0..9)) {
            let mut numbers = Vec::new();
            for row in &all {
                encode(row, &mut numbers);
            }
            let (mut begin, mut got) = (0, Vec::new());
            while let Some((row, end)) = decode(&numbers, begin) {
                prop_assert!(decode(&numbers[..end - 1], begin).is_none());
                got.push(row);
                begin = end;
            }
            prop_assert_eq!(begin, numbers.len());
            prop_assert_eq!(got, all);
        }
    }
}
