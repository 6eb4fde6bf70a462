//! Every call that changes the file system fails, one after the other, in several ways.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use wirefold::TextSource as _;
use wirefold_io::{Feed, FeedOptions, Inputs};

use crate::disk::Disk;
use crate::{AddOptions, IndexError, IndexSettings, Snapshot, Writer};

/// How the call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It does nothing, this once.
    Fails,
    /// The disk is full from then on; half of what was to be written fits.
    Full,
    /// The power fails: this and all after it do nothing, and what was not stored is lost.
    Power,
    /// The same, but names are stored at once.
    PowerAfterNames,
}

/// A change of names that a power failure may undo.
#[derive(Debug)]
enum Change {
    Created(PathBuf),
    Renamed(PathBuf, PathBuf, Option<Vec<u8>>),
    Removed(PathBuf, Vec<u8>),
}

#[derive(Debug, Default)]
struct State {
    calls: u32,
    /// What was written of them is not stored.
    unsynced: BTreeSet<PathBuf>,
    changes: Vec<Change>,
}

/// A disk of which a call fails.
#[derive(Debug)]
struct Faulty {
    fault: Fault,
    at: u32,
    state: Mutex<State>,
}

impl Faulty {
    fn new(fault: Fault, at: u32) -> Arc<Self> {
        let state = Mutex::default();
        Arc::new(Self { fault, at, state })
    }

    /// Whether the call was made that fails.
    fn failed(&self) -> bool {
        self.state.lock().unwrap().calls >= self.at
    }

    fn call(&self, frees: bool) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state.lock().unwrap();
        state.calls += 1;
        let kind = match self.fault {
            Fault::Fails if state.calls == self.at => ErrorKind::Other,
            Fault::Full if state.calls >= self.at && !frees => ErrorKind::StorageFull,
            Fault::Power | Fault::PowerAfterNames if state.calls >= self.at => ErrorKind::Other,
            _ => return Ok(state),
        };
        Err(kind.into())
    }

    /// Loses what was not stored, as the power fails.
    fn lose(&self) {
        let mut state = self.state.lock().unwrap();
        for path in &state.unsynced {
            if let Ok(file) = File::options().write(true).open(path) {
                let half = file.metadata().unwrap().len() / 2;
                file.set_len(half).unwrap();
            }
        }
        if self.fault != Fault::Power {
            return;
        }
        for change in state.changes.drain(..).rev() {
            match change {
                Change::Created(path) => fs::remove_file(path).unwrap(),
                Change::Removed(path, bytes) => fs::write(path, bytes).unwrap(),
                Change::Renamed(from, to, before) => {
                    fs::rename(&to, &from).unwrap();
                    if let Some(bytes) = before {
                        fs::write(to, bytes).unwrap();
                    }
                }
            }
        }
    }
}

impl Disk for Faulty {
    fn create(&self, path: &Path) -> io::Result<File> {
        let mut state = self.call(false)?;
        if !path.exists() {
            state.changes.push(Change::Created(path.to_path_buf()));
        }
        state.unsynced.insert(path.to_path_buf());
        File::create(path)
    }

    fn unnamed(&self, dir: &Path) -> io::Result<File> {
        self.call(false).and_then(|_| tempfile::tempfile_in(dir))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        match self.call(false) {
            Ok(_) => file.write_all(bytes),
            Err(error) => {
                file.write_all(&bytes[..bytes.len() / 2])?;
                Err(error)
            }
        }
    }

    // Nothing waits for the real disk: that the power fails is played.
    fn sync(&self, path: &Path, file: &File) -> io::Result<()> {
        let mut state = self.call(false)?;
        if file.metadata()?.is_dir() {
            state.changes.clear();
        } else {
            state.unsynced.remove(path);
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.call(false)?;
        let change = Change::Renamed(from.to_path_buf(), to.to_path_buf(), fs::read(to).ok());
        state.changes.push(change);
        if state.unsynced.remove(from) {
            state.unsynced.insert(to.to_path_buf());
        }
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.call(true)?;
        if let Ok(bytes) = fs::read(path) {
            state
                .changes
                .push(Change::Removed(path.to_path_buf(), bytes));
        }
        fs::remove_file(path)
    }
}

/// What is done to an index, a step after the other.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create,
    Add(usize),
    Learn,
    /// Expires what is older than a part.
    Expire(usize),
    Compact,
}

/// Stories of each part.
const PART: usize = 3;

/// Parts: enough to be merged.
const PARTS: usize = 10;

fn steps() -> Vec<Step> {
    let mut steps = vec![Step::Create];
    steps.extend((0..PARTS - 1).map(Step::Add));
    steps.extend([Step::Learn, Step::Expire(4), Step::Add(PARTS - 1)]);
    steps.extend([Step::Expire(6), Step::Compact]);
    steps
}

/// An index in a folder, the feeds beside it, and the ids of stored stories.
struct Desk {
    home: PathBuf,
    feeds: PathBuf,
}

impl Desk {
    fn new(dir: &Path) -> Self {
        for part in 0..PARTS {
            let lines = (0..PART).map(|at| {
                let towns = ["Kelm", "Tarn", "Lynd"][at];
                let published = part * PART + at;
                format!(
                    "{{\"id\":\"{part}-{at}\",\"published\":{published},\"text\":\"Boat {part} left {towns} \
                     before noon with {published} crates of pears, and the harbor master of {towns} wrote \
                     it down in book {part}.\"}}\n"
                )
            });
            fs::write(dir.join(part.to_string()), lines.collect::<String>()).unwrap();
        }
        Self {
            home: dir.join("index"),
            feeds: dir.to_path_buf(),
        }
    }

    /// What is stored after a step.
    fn after(step: Step, stored: &BTreeSet<String>) -> BTreeSet<String> {
        let mut stored = stored.clone();
        match step {
            Step::Create | Step::Learn | Step::Compact => {}
            Step::Add(part) => stored.extend((0..PART).map(|at| format!("{part}-{at}"))),
            Step::Expire(before) => stored.retain(|id| {
                let (part, _) = id.split_once('-').unwrap();
                part.parse::<usize>().unwrap() >= before
            }),
        }
        stored
    }

    fn take(
        &self,
        step: Step,
        disk: &Arc<dyn Disk>,
        writer: &mut Option<Writer>,
    ) -> Result<(), IndexError> {
        let Some(writer) = writer else {
            let (disk, settings) = (Arc::clone(disk), IndexSettings::default());
            let made = Writer::create_on(disk, &self.home, settings, None, None)?;
            *writer = Some(made);
            return Ok(());
        };
        match step {
            Step::Create => {}
            Step::Add(part) => {
                let inputs = Inputs::collect([self.feeds.join(part.to_string())])?;
                let feed = Feed::open(inputs, FeedOptions::default())?;
                writer.add(&feed, &AddOptions::default(), |_, _| Ok(()))?;
            }
            Step::Learn => {
                let profile = writer.snapshot().learn(false)?;
                writer.set_profile(&profile)?;
            }
            Step::Expire(part) => {
                writer.expire(i64::try_from(part * PART).ok(), None)?;
            }
            Step::Compact => writer.compact()?,
        }
        Ok(())
    }

    /// What is stored, where there is an index, once it is seen to be sound.
    fn stored(&self) -> Option<BTreeSet<String>> {
        let snapshot = match Snapshot::open(&self.home) {
            Err(IndexError::NoIndex { .. }) => return None,
            snapshot => snapshot.unwrap(),
        };
        snapshot.check().unwrap();
        let ids: Vec<String> = snapshot
            .numbers()
            .map(|number| snapshot.id(number).to_owned())
            .collect();
        let distinct: BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!(distinct.len(), ids.len(), "a story is doubled");
        Some(distinct)
    }

    /// Makes sure that no file is there but what the index consists of.
    fn is_swept(&self) {
        let snapshot = Snapshot::open(&self.home).unwrap();
        let named = snapshot.manifest.files();
        let entries = fs::read_dir(&self.home).unwrap().flatten();
        let found: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        assert_eq!(found.len(), named.len() + 2, "{found:?} of {named:?}");
    }
}

/// Makes the call `at` of all steps fail, and sees that nothing is lost. Gives whether there was such a call.
fn survives(fault: Fault, at: u32) -> bool {
    // In memory where that is: what reaches the disk is for `Faulty` to say, and thousands of files that are
    // synced take minutes.
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let dir = dir.unwrap();
    let desk = Desk::new(dir.path());
    let faulty = Faulty::new(fault, at);
    let disk: Arc<dyn Disk> = faulty.clone();
    let mut writer = None;
    let mut before = BTreeSet::new();
    let steps = steps();
    let mut left = steps.len();
    for (number, &step) in steps.iter().enumerate() {
        let after = Desk::after(step, &before);
        let Err(error) = desk.take(step, &disk, &mut writer) else {
            before = after;
            continue;
        };
        let told = error.to_string();
        let remedy = match fault {
            Fault::Full => "make room there and run it again, what was committed before stays",
            _ => "check the disk, then run it again",
        };
        let place = desk.home.to_str().unwrap();
        assert!(told.starts_with(place) && told.ends_with(remedy), "{told}");
        if fault == Fault::Fails && number % 2 == 1 {
            // The writer itself may go on.
            desk.take(step, &disk, &mut writer).unwrap();
            before = after;
            continue;
        }
        drop(writer.take());
        if matches!(fault, Fault::Power | Fault::PowerAfterNames) {
            faulty.lose();
        }
        let found = desk.stored();
        let whole = found
            .as_ref()
            .is_none_or(|found| *found == before || *found == after);
        assert!(whole, "{fault:?} at {at}, {step:?}: {found:?}");
        assert!(found.is_some() || number == 0, "{fault:?} at {at}: lost");
        if found.is_some() {
            writer = Some(Writer::open(&desk.home).unwrap());
            desk.is_swept();
        }
        left = number;
        break;
    }
    // What is left is done on a disk that is sound.
    let sound: Arc<dyn Disk> = Arc::new(crate::disk::System);
    for &step in steps.get(left..).unwrap_or_default() {
        desk.take(step, &sound, &mut writer).unwrap();
        before = Desk::after(step, &before);
    }
    drop(writer);
    assert_eq!(desk.stored().as_ref(), Some(&before), "{fault:?} at {at}");
    drop(Writer::open(&desk.home).unwrap());
    desk.is_swept();
    faulty.failed()
}

/// Makes each call fail, one run each.
fn each_call(fault: Fault) {
    let mut at = 1;
    while survives(fault, at) {
        at += 1;
    }
    assert!(at > 100, "{at} calls");
}

#[test]
fn a_call_that_fails_once_loses_nothing() {
    each_call(Fault::Fails);
}

#[test]
fn a_full_disk_loses_nothing() {
    each_call(Fault::Full);
}

#[test]
fn a_power_failure_loses_nothing_that_was_committed() {
    each_call(Fault::Power);
    each_call(Fault::PowerAfterNames);
}
