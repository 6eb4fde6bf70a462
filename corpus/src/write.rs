//! Feeds as files: blocks of stories made on threads, written in order.

use crate::family::Family;
use crate::feed::{Feed, Story};
use crate::layout::{Kind, Seat};
use crate::truth::Truth;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Number of stories.
    pub stories: u64,
    /// Bytes of JSON Lines.
    pub bytes: u64,
}

/// The lines of a block, in order of the feed.
struct Block {
    lines: Vec<u8>,
    truth: Vec<u8>,
}

impl Feed {
    /// Writes all stories as JSON Lines, and their truth as tab-separated rows under a header.
    ///
    /// The bytes do not depend on the number of threads. Each thread holds up to three blocks of 4096
    /// stories, about 45 MB.
    ///
    /// # Errors
    /// What the writers return; nothing more is written then.
    pub fn write(
        &self,
        threads: usize,
        feed: &mut dyn Write,
        mut truth: Option<&mut dyn Write>,
    ) -> io::Result<Totals> {
        let threads = threads.clamp(1, (self.layout.blocks() as usize).max(1));
        let measure = truth.is_some();
        if let Some(truth) = truth.as_deref_mut() {
            writeln!(truth, "{}", Truth::HEADER)?;
        }
        std::thread::scope(|scope| {
            let workers: Vec<Receiver<Block>> = (0..threads)
                .map(|worker| {
                    let (sender, receiver) = sync_channel(1);
                    scope.spawn(move || self.work(worker, threads, measure, &sender));
                    receiver
                })
                .collect();
            let mut totals = Totals::default();
            for number in 0..self.layout.blocks() {
                let Ok(block) = workers[number as usize % threads].recv() else {
                    return Err(io::Error::other("a generating thread stopped"));
                };
                feed.write_all(&block.lines)?;
                if let Some(truth) = truth.as_deref_mut() {
                    truth.write_all(&block.truth)?;
                }
                totals.stories += self.layout.block(number).len() as u64;
                totals.bytes += block.lines.len() as u64;
            }
            Ok(totals)
        })
    }

    fn work(&self, worker: usize, threads: usize, measure: bool, sender: &SyncSender<Block>) {
        let mut syndicated = Family::default();
        for number in (worker as u32..self.layout.blocks()).step_by(threads) {
            let block = self.block(number, measure, &mut syndicated);
            // The writer has failed and says so itself.
            if sender.send(block).is_err() {
                return;
            }
        }
    }

    /// Makes a block family by family, then puts its lines in order.
    fn block(&self, number: u32, measure: bool, syndicated: &mut Family) -> Block {
        let range = self.layout.block(number);
        let mut order: Vec<(Seat, u32)> = range
            .clone()
            .map(|position| (self.layout.seat(position), position))
            .collect();
        order.sort_unstable_by_key(|&(seat, _)| (seat.group, seat.member));
        let (mut lines, mut rows) = (Vec::with_capacity(order.len() * 3400), Vec::new());
        let mut spans = vec![(0, 0, 0, 0); order.len()];
        let mut family = Family::default();
        for (seat, position) in order {
            let group = if self.layout.kind(seat.group) == Kind::Syndicated {
                // Copies of the syndicated story need the original alone.
                syndicated.members.truncate(1);
                &mut *syndicated
            } else {
                &mut family
            };
            let at = group.member(self, seat);
            let (line, row) = (lines.len(), rows.len());
            put_line(&mut lines, &self.story_of(position, &group.members[at]));
            if measure {
                // Writing to memory cannot fail.
                let _ = writeln!(rows, "{}", self.truth_of(position, group, at));
            }
            spans[(position - range.start) as usize] = (line, lines.len(), row, rows.len());
        }
        let mut block = Block {
            lines: Vec::with_capacity(lines.len()),
            truth: Vec::with_capacity(rows.len()),
        };
        for (line, line_end, row, row_end) in spans {
            block.lines.extend_from_slice(&lines[line..line_end]);
            block.truth.extend_from_slice(&rows[row..row_end]);
        }
        block
    }
}

impl Story {
    /// The story as one line of JSON, without the line feed.
    pub fn to_json(&self) -> String {
        let mut line = Vec::with_capacity(self.text.len() + 256);
        put_line(&mut line, self);
        line.pop();
        String::from_utf8(line).unwrap_or_default()
    }
}

fn put_line(out: &mut Vec<u8>, story: &Story) {
    // Serializing strings to memory cannot fail.
    let _ = serde_json::to_writer(&mut *out, story);
    out.push(b'\n');
}
