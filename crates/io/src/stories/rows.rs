//! Which rows of their sources stories are.

/// Rows by story, as far as they do not follow from the one before: a story's row is the one behind that
/// of the story before it, but for the first of a source and where rows were refused.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Stories with their rows, where a run begins; stories rise.
    runs: Vec<(u64, u64)>,
}

impl Rows {
    /// Adds a story behind those that are there.
    pub(super) fn push(&mut self, story: u64, row: u64) {
        let follows = self
            .runs
            .last()
            .is_some_and(|&(first, begin)| begin + (story - first) == row);
        if !follows {
            self.runs.push((story, row));
        }
    }

    /// Adds the stories of a part, of which the first is story `first`.
    pub(super) fn append(&mut self, first: u64, part: &Rows) {
        for &(story, row) in &part.runs {
            self.push(first + story, row);
        }
    }

    /// The row of a story; 0 where none is known.
    pub(super) fn get(&self, story: u64) -> u64 {
        let after = self.runs.partition_point(|&(first, _)| first <= story);
        let run = after.checked_sub(1).and_then(|at| self.runs.get(at));
        run.map_or(0, |&(first, row)| row + (story - first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_they_were_pushed() {
        let parts: [&[(u64, u64)]; 3] = [
            &[(0, 0), (1, 1), (2, 3)],
            &[(0, 4), (1, 5)],
            &[(0, 0), (1, 1)],
        ];
        let (mut all, mut expected) = (Rows::default(), Vec::new());
        for part in parts {
            let mut rows = Rows::default();
            for &(story, row) in part {
                rows.push(story, row);
            }
            all.append(expected.len() as u64, &rows);
            expected.extend(part.iter().map(|&(_, row)| row));
        }
        let got: Vec<u64> = (0..expected.len() as u64)
            .map(|story| all.get(story))
            .collect();
        assert_eq!(got, expected);
        assert_eq!(all.runs.len(), 3);
    }
}
