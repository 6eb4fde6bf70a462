//! Columns of numbers in few large pieces of memory.

/// Numbers in a piece: 64 MiB, so much that allocators take the memory from the system and give it
/// back when it is freed. Many small pieces would stay with the process, and a feed's memory is
/// mostly this. What is not written is not resident.
const PIECE: usize = 8 << 20;

/// Append-only storage of slices. They stay where they are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    pieces: Vec<Vec<u64>>,
}

/// Where a slice lies in its pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    piece: u32,
    start: u32,
    len: u32,
}

impl Pool {
    /// Copies `numbers`, at most 2³² of them, into the pool.
    pub(crate) fn push(&mut self, numbers: &[u64]) -> Place {
        let fits = |piece: &Vec<u64>| piece.capacity() - piece.len() >= numbers.len();
        if !self.pieces.last().is_some_and(fits) {
            self.pieces
                .push(Vec::with_capacity(PIECE.max(numbers.len())));
        }
        let number = self.pieces.len() - 1;
        let piece = &mut self.pieces[number];
        let place = Place {
            piece: number as u32,
            start: piece.len() as u32,
            len: numbers.len() as u32,
        };
        piece.extend_from_slice(numbers);
        place
    }

    /// Numbers in the pool.
    pub(crate) fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }

    /// The slice at a place that this pool gave.
    pub(crate) fn get(&self, place: Place) -> &[u64] {
        let start = place.start as usize;
        &self.pieces[place.piece as usize][start..start + place.len as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_come_back() {
        let mut pool = Pool::default();
        let slices: Vec<Vec<u64>> = (0..50)
            .map(|n| (0..n * 20_000).map(|i| n ^ i).collect())
            .collect();
        let places: Vec<Place> = slices.iter().map(|slice| pool.push(slice)).collect();
        assert!(pool.pieces.len() > 1, "the test is to span pieces");
        for (slice, place) in slices.iter().zip(places) {
            assert_eq!(pool.get(place), slice);
        }
    }
}
