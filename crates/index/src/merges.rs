//! Merges that are under way, and which segments are to be merged.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::disk::Disk;
use crate::error::IndexError;
use crate::file::Done;
use crate::manifest::{self, NamedSegment};
use crate::merge::Merging;

/// The fewest segments that are merged, and how many times the stories of its largest a merged one has at least. So
/// each time that a story is written again its segment has grown threefold, and some twenty segments are the most.
const TOGETHER: usize = 6;
const GROWS: u64 = 3;

/// Smaller segments count as one of so many stories: they cost more by their number than by what they hold.
const SMALLEST: u32 = 1 << 10;

/// Merges at one time: while one of millions of stories goes on, new segments are merged beside it.
const AT_ONE_TIME: usize = 2;

/// How many of the last segments to merge, the fewest that are worth it, by the number of the stories of each; 0 if
/// none are.
fn worth_merging(stories: impl DoubleEndedIterator<Item = u32>) -> usize {
    let (mut all, mut largest) = (0, 0);
    for (segments, stories) in (1..).zip(stories.rev()) {
        let stories = u64::from(stories.max(SMALLEST));
        all += stories;
        largest = largest.max(stories);
        if segments >= TOGETHER && all >= GROWS * largest {
            return segments;
        }
    }
    0
}

/// A merge that is under way.
#[derive(Debug)]
pub(crate) struct Merge {
    /// The segments that it is of, by the numbers of their files.
    pub(crate) of: Vec<u32>,
    /// The number of the file that it writes.
    pub(crate) number: u32,
    thread: JoinHandle<Result<(Done, u32), IndexError>>,
}

impl Merge {
    /// Waits for its end. Gives the file, and how many stories it has.
    pub(crate) fn wait(self, dir: &Path) -> Result<(Done, u32), IndexError> {
        let ended = self.thread.join();
        ended.map_err(|_| IndexError::damaged(dir, "a merge ended without saying why"))?
    }
}

/// Merges that are under way, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Merges(Vec<Merge>);

impl Merges {
    /// The numbers of the files that are being written.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|merge| merge.number)
    }

    /// The number behind those of all files that are being written; 0 if there are none.
    pub(crate) fn next_file(&self) -> u32 {
        self.numbers().max().map_or(0, |last| last + 1)
    }

    /// How many of the last segments are to be merged now.
    pub(crate) fn wanted(&self, segments: &[NamedSegment]) -> usize {
        if self.0.len() >= AT_ONE_TIME {
            return 0;
        }
        let taken = |segment: &NamedSegment| {
            self.0
                .iter()
                .any(|merge| merge.of.contains(&segment.file.number))
        };
        let free = segments.iter().rposition(taken).map_or(0, |at| at + 1);
        let stories = |segment: &NamedSegment| segment.stories - segment.deleted_stories;
        worth_merging(segments[free..].iter().map(stories))
    }

    /// Begins a merge of the segments in the files `of`, which writes the file of this number.
    pub(crate) fn begin(
        &mut self,
        merging: Merging,
        of: Vec<u32>,
        (disk, dir, number): (&Arc<dyn Disk>, &Path, u32),
    ) {
        let disk = Arc::clone(disk);
        let path = manifest::path(dir, manifest::SEGMENT, number);
        let thread = std::thread::spawn(move || merging.write(&disk, &path));
        self.0.push(Merge { of, number, thread });
    }

    /// Takes out the oldest one that has ended.
    pub(crate) fn take_ended(&mut self) -> Option<Merge> {
        let ended = |merge: &Merge| merge.thread.is_finished();
        let at = self.0.iter().position(ended)?;
        Some(self.0.remove(at))
    }

    /// Takes out the oldest one.
    pub(crate) fn take(&mut self) -> Option<Merge> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs::File;
    use std::io;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread::ThreadId;

    use wirefold::Story;
    use wirefold::TextSource as _;
    use wirefold::sketch::{Sketch, Sketcher};

    use super::*;
    use crate::batch::Sketched;
    use crate::disk::System;
    use crate::{IndexSettings, Snapshot, Writer};

    /// Adds segments of so many stories each, in turn, each merge done at once. Stories are not written again more
    /// often than promised, on average, and segments stay few.
    fn check(stories: &[u32], pieces: usize) {
        let (mut segments, mut all, mut written, mut most) = (Vec::new(), 0u64, 0u64, 0);
        for &stories in stories.iter().cycle().take(pieces) {
            segments.push(stories);
            all += u64::from(stories);
            let run = worth_merging(segments.iter().copied());
            if run > 0 {
                let merged = segments.drain(segments.len() - run..).sum();
                segments.push(merged);
                written += u64::from(merged);
            }
            most = most.max(segments.len());
        }
        // A segment that is merged grows threefold, but the smallest ones: those do for every five
        // new segments or so.
        let grown = (all as f64 / f64::from(SMALLEST)).log(GROWS as f64);
        let small = f64::from(SMALLEST) / (TOGETHER as f64 - 2.0) / (all as f64 / pieces as f64);
        let written = written as f64 / all as f64;
        assert!(written <= grown.max(0.0) + small + 1.0, "{written} times");
        assert!(most <= 20, "{most} segments");
    }

    #[test]
    fn each_story_is_written_again_a_few_times_and_segments_stay_few() {
        for stories in [1, 18, 300, 1024, 33_000, 50_000] {
            check(&[stories], 10_000);
        }
        check(&[1, 40, 900, 7000], 10_000);
        check(
            &[33_000, 33_000, 33_000, 33_000, 33_000, 12_000, 9_000],
            3000,
        );
    }

    #[test]
    fn a_large_segment_is_not_written_again_for_small_ones() {
        assert_eq!(
            worth_merging([1_000_000, 300, 300, 300, 300, 300].into_iter()),
            0
        );
        assert_eq!(
            worth_merging([1_000_000, 300, 300, 300, 300, 300, 300].into_iter()),
            6
        );
        assert_eq!(
            worth_merging([100, 100, 50, 50, 50, 50].map(|n| n * 1024).into_iter()),
            6
        );
        assert_eq!(worth_merging(std::iter::empty()), 0);
    }

    /// A disk that makes the first other thread that stores a file wait, once it has said so.
    #[derive(Debug)]
    struct Slow {
        first: ThreadId,
        says: Mutex<Option<Sender<()>>>,
        waits: Mutex<Receiver<()>>,
    }

    impl Disk for Slow {
        fn create(&self, path: &Path) -> io::Result<File> {
            System.create(path)
        }

        fn unnamed(&self, dir: &Path) -> io::Result<File> {
            System.unnamed(dir)
        }

        fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
            System.write(file, bytes)
        }

        fn sync(&self, path: &Path, file: &File) -> io::Result<()> {
            if std::thread::current().id() != self.first {
                let says = self.says.lock().unwrap().take();
                if let Some(says) = says {
                    says.send(()).unwrap();
                    self.waits.lock().unwrap().recv().unwrap();
                }
            }
            System.sync(path, file)
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            System.rename(from, to)
        }

        fn remove(&self, path: &Path) -> io::Result<()> {
            System.remove(path)
        }
    }

    #[test]
    fn small_segments_are_merged_while_a_merge_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("index");
        let ((says, said), (go, waits)) = (channel(), channel());
        let disk: Arc<dyn Disk> = Arc::new(Slow {
            first: std::thread::current().id(),
            says: Mutex::new(Some(says)),
            waits: Mutex::new(waits),
        });
        let settings = IndexSettings::default();
        let mut writer = Writer::create_on(disk, &home, settings, None, None).unwrap();
        let snapshot = Arc::clone(writer.snapshot());
        let matcher = snapshot.settings().matcher();
        let mut sketcher = Sketcher::new(&snapshot.settings().sketch(), &matcher);
        let mut add = |writer: &mut Writer, number: u32| {
            let (id, mut sketch) = (format!("s{number}"), Sketch::default());
            let text = format!("The ferry to Orlemond sails {number} times a day in winter.");
            let story = Story {
                text: &text,
                ..Story::default()
            };
            sketcher.sketch_alone(story, &mut sketch);
            let mut batch = writer.batch(writer.snapshot().next());
            batch.push(Sketched::new(id.clone(), &story, &sketch), &id, None);
            writer.add_batch(batch).unwrap();
        };
        (0..6).for_each(|number| add(&mut writer, number));
        said.recv().unwrap();
        // The first six wait to be stored as one. Six more become one beside them, which is taken over.
        let mut number = 6;
        let segments = |writer: &Writer| writer.snapshot().info().segments.len();
        while segments(&writer) >= number as usize || number < 12 {
            add(&mut writer, number);
            number += 1;
        }
        assert!(segments(&writer) > 6, "the first merge still goes on");
        go.send(()).unwrap();
        writer.end_merge().unwrap();
        assert!(segments(&writer) < 7, "both are merged");
        drop(writer);
        let snapshot = Snapshot::open(&home).unwrap();
        let ids: BTreeSet<&str> = snapshot
            .numbers()
            .map(|number| snapshot.id(number))
            .collect();
        assert_eq!(ids.len(), number as usize);
    }
}
