//! Chunks of a source of columns: rows as they are decoded, of which lines are made by the thread that parses
//! them.

use super::rows::{Piece, Rows};
use crate::chunk::{Chunk, End, Reading};
use crate::error::IoError;
use crate::feed::Feed;
use crate::format::Gate;
use crate::record::Span;
use crate::refused::Reason;
use crate::spool::Spool;
use crate::translated::stopped;
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

/// A source of columns that is open for a pass.
pub(crate) struct ColumnsIn {
    rows: Rows<'static>,
    /// Decoded and not yet given out.
    pieces: VecDeque<Piece>,
    gate: Arc<Gate>,
    /// Where lines are kept.
    loose: Option<Arc<Spool>>,
}

impl ColumnsIn {
    pub(crate) fn new(rows: Rows<'static>, gate: Arc<Gate>, loose: Option<Arc<Spool>>) -> Self {
        ColumnsIn {
            rows,
            pieces: VecDeque::new(),
            gate,
            loose,
        }
    }

    fn next_piece(&mut self) -> Result<Option<Piece>, Reason> {
        if self.pieces.is_empty()
            && let Some(piece) = self.rows.next_piece()?
        {
            self.pieces.extend(piece.parts());
        }
        Ok(self.pieces.pop_front())
    }
}

/// The lines of some rows, made when they are first asked for.
#[derive(Debug)]
pub(crate) struct Lines {
    piece: Piece,
    loose: Option<Arc<Spool>>,
    made: OnceLock<(Vec<u8>, u64)>,
}

impl Lines {
    fn made(&self) -> &(Vec<u8>, u64) {
        self.made.get_or_init(|| {
            let lines = self.piece.lines();
            let offset = self.loose.as_ref().map_or(0, |loose| loose.put(&lines));
            (lines, offset)
        })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.made().0
    }

    /// Where they lie in the temporary file.
    pub(crate) fn offset(&self) -> u64 {
        self.made().1
    }
}

impl Reading<'_> {
    /// The next chunk of a source of columns.
    pub(crate) fn next_columns(&mut self, feed: &Feed) -> Result<Option<Chunk>, IoError> {
        let Some(columns) = &mut self.from.columns else {
            return Ok(None);
        };
        if self.end.is_some() {
            return Ok(None);
        }
        let next = columns.next_piece();
        let reason = match next {
            Ok(Some(piece)) => {
                let rows = piece.batch.num_rows() as u64;
                let lines = Lines {
                    piece,
                    loose: columns.loose.clone(),
                    made: OnceLock::new(),
                };
                let mut chunk = self.give(feed, Vec::new(), 0);
                chunk.lines = Some(lines);
                self.line += rows;
                return Ok(Some(chunk));
            }
            Ok(None) => None,
            Err(reason) => Some(reason),
        };
        // What a format makes of bytes that end early is not what is wrong.
        let reason = match stopped(&columns.gate) {
            Some(Err(error)) => return Err(feed.read_error(self.source, error)),
            Some(Ok(reason)) => Some(reason),
            None => reason,
        };
        let _ = feed.seen[self.source as usize]
            .all_columns
            .set(columns.rows.all_columns());
        self.end = Some(End::Whole);
        Ok(reason.map(|reason| feed.refused_chunk(self.refused(Span::default(), reason))))
    }
}
