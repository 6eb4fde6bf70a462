//! What was translated before, given again from the temporary copy.

use super::{Step, Translator};
use crate::refused::Reason;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Mutex, PoisonError};

/// Why items of a source were refused, in order. Their texts are not kept: a feed may be refused from
/// end to end.
pub(crate) type Refusals = Mutex<Vec<Reason>>;

/// The lines of a source; one that is blank stands where an item was refused.
pub(crate) struct Retold<'f, R> {
    lines: BufReader<R>,
    refused: &'f Refusals,
    next: usize,
    ended: bool,
}

impl<'f, R: Read> Retold<'f, R> {
    pub(crate) fn new(lines: R, refused: &'f Refusals) -> Self {
        Retold {
            lines: BufReader::with_capacity(1 << 16, lines),
            refused,
            next: 0,
            ended: false,
        }
    }
}

impl<R: Read + Send> Translator for Retold<'_, R> {
    fn ended(&self) -> bool {
        self.ended
    }

    fn next(&mut self, out: &mut Vec<u8>) -> Step {
        let before = out.len();
        // An error of the disk is told by the gate.
        if self.lines.read_until(b'\n', out).is_err() || out.len() == before {
            self.ended = true;
            return Step::End;
        }
        if out.last() == Some(&b'\n') {
            out.pop();
        }
        if out.len() > before {
            return Step::Record;
        }
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        self.next += 1;
        match refused.get(self.next - 1) {
            Some(reason) => Step::Refused(reason.clone(), None),
            None => Step::End,
        }
    }
}
