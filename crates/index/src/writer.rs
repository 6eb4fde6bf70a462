//! The one who changes an index.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wirefold::furniture::Table as Furniture;
use wirefold::profile::Profile;
use wirefold::query::Stored;

use crate::batch::Batch;
use crate::disk::{Disk, System};
use crate::error::IndexError;
use crate::file::{Done, Kind, Writing};
use crate::manifest::{self, Manifest, Named, NamedSegment};
use crate::merge::Merging;
use crate::merges::{Merge, Merges};
use crate::segment::Dictionary;
use crate::settings::IndexSettings;
use crate::snapshot::{GONE_STORIES, GONE_TEXTS, Part, Snapshot};

/// An index open for changes. There is one at a time, in one process; others read meanwhile.
///
/// Every change is whole or not at all, also if the process is killed or the power fails: what is
/// committed when a method returns is on the disk.
#[derive(Debug)]
pub struct Writer {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    /// Its lock goes when it is closed.
    _lock: File,
    snapshot: Arc<Snapshot>,
    merges: Merges,
    /// Of a trial: the folder goes with the writer.
    _folder: Option<tempfile::TempDir>,
}

const LOCK: &str = "LOCK";

/// Stories from which on a dictionary is trained, those that it is trained on, and its size in bytes.
const TRAINED_FROM: usize = 1000;
const TRAINED_ON: usize = 2000;
const DICTIONARY_BYTES: usize = 110 << 10;

impl Writer {
    /// Makes an index in `dir`, a folder that is empty or not there yet. `furniture` is a table as
    /// [`wirefold::furniture::Table::parse`] reads it, to add to the built-in one.
    ///
    /// # Errors
    /// [`IndexError::NotEmpty`], [`IndexError::File`], [`IndexError::Profile`], and
    /// [`IndexError::Library`] if a setting is outside its range.
    pub fn create(
        dir: &Path,
        settings: IndexSettings,
        profile: Option<&Profile>,
        furniture: Option<&str>,
    ) -> Result<Self, IndexError> {
        Self::create_on(Arc::new(System), dir, settings, profile, furniture)
    }

    /// The same on another file system.
    pub(crate) fn create_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        settings: IndexSettings,
        profile: Option<&Profile>,
        furniture: Option<&str>,
    ) -> Result<Self, IndexError> {
        settings.library(Furniture::shared(), None)?;
        fs::create_dir_all(dir).map_err(IndexError::file(dir, "cannot create"))?;
        // What a creation left that was interrupted is no reason to refuse another.
        let others = |name: &str| name != LOCK && !manifest::is_ours(name);
        let entries = fs::read_dir(dir).map_err(IndexError::file(dir, "cannot read"))?;
        let mut entries = entries.flatten();
        let not_empty = || IndexError::NotEmpty {
            dir: dir.to_path_buf(),
        };
        if entries.any(|entry| others(&entry.file_name().to_string_lossy())) {
            return Err(not_empty());
        }
        let lock = lock(dir)?;
        if Manifest::is_in(dir) {
            return Err(not_empty());
        }
        let mut manifest = Manifest::new(settings);
        if let Some(profile) = profile {
            manifest.profile = Some(write_profile(&disk, dir, &mut manifest, profile)?);
        }
        if let Some(furniture) = furniture {
            let number = manifest.number();
            let path = manifest::path(dir, manifest::FURNITURE, number);
            let done = write_one(&disk, &path, Kind::Given, furniture.as_bytes())?;
            manifest.furniture = Some(Named::new(number, &done));
        }
        // What cannot be opened is not committed.
        Snapshot::of(dir, manifest.clone(), None)?;
        manifest.commit(&*disk, dir)?;
        Self::with(disk, dir, lock, None)
    }

    /// Opens the index in `dir` for changes, as its last committed change left it.
    ///
    /// # Errors
    /// [`IndexError::NoIndex`], [`IndexError::Locked`], and those of [`Snapshot::open`].
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        Self::open_on(Arc::new(System), dir)
    }

    /// The same on another file system.
    pub(crate) fn open_on(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, IndexError> {
        if !Manifest::is_in(dir) {
            return Err(IndexError::NoIndex {
                dir: dir.to_path_buf(),
            });
        }
        let lock = lock(dir)?;
        Self::with(disk, dir, lock, None)
    }

    pub(crate) fn with(
        disk: Arc<dyn Disk>,
        dir: &Path,
        lock: File,
        folder: Option<tempfile::TempDir>,
    ) -> Result<Self, IndexError> {
        let snapshot = Snapshot::open(dir)?;
        snapshot.manifest.sweep(&*disk, dir, std::iter::empty());
        Ok(Self {
            disk,
            dir: dir.to_path_buf(),
            _lock: lock,
            snapshot: Arc::new(snapshot),
            merges: Merges::default(),
            _folder: folder,
        })
    }

    /// What the index is written to.
    pub(crate) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The present state.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// An empty batch for the next stories.
    pub(crate) fn batch(&self, first: u32) -> Batch {
        Batch::new(first, self.snapshot.settings.sketch().bands.bands)
    }

    /// A number and a path for a new segment, and the dictionary to compress it with: of a first batch
    /// that is large enough one is trained.
    pub(crate) fn prepare(
        &mut self,
        batch: &Batch,
    ) -> Result<(u32, PathBuf, Option<Arc<Dictionary>>), IndexError> {
        let mut manifest = self.snapshot.manifest.clone();
        if manifest.dictionaries.is_empty() && batch.len() >= TRAINED_FROM {
            self.train(&mut manifest, &batch.sample(TRAINED_ON))?;
        }
        let number = self.next_file(&mut manifest);
        self.renew(manifest)?;
        let path = manifest::path(&self.dir, manifest::SEGMENT, number);
        Ok((number, path, self.snapshot.dictionaries.last().cloned()))
    }

    /// A number for a file that no other has, the one that a merge writes among them.
    fn next_file(&self, manifest: &mut Manifest) -> u32 {
        manifest.next_file = manifest.next_file.max(self.merges.next_file());
        manifest.number()
    }

    /// Trains a dictionary, if these samples make one.
    fn train(&self, manifest: &mut Manifest, sample: &[&[u8]]) -> Result<(), IndexError> {
        // What cannot be trained, because it is too short or too uniform, is compressed without.
        let Ok(bytes) = zstd::dict::from_samples(sample, DICTIONARY_BYTES) else {
            return Ok(());
        };
        let number = self.next_file(manifest);
        let path = manifest::path(&self.dir, manifest::DICTIONARY, number);
        let done = write_one(&self.disk, &path, Kind::Dictionary, &bytes)?;
        manifest.dictionaries.push(Named::new(number, &done));
        Ok(())
    }

    /// Takes over a state without making it the committed one.
    fn renew(&mut self, manifest: Manifest) -> Result<(), IndexError> {
        self.snapshot = Arc::new(Snapshot::of(&self.dir, manifest, Some(&self.snapshot))?);
        Ok(())
    }

    /// Commits a state and takes it over.
    fn commit(&mut self, mut manifest: Manifest) -> Result<(), IndexError> {
        if let Err(error) = manifest.commit(&*self.disk, &self.dir) {
            // It may be the one on the disk all the same: no file is to be written over that it names.
            let mut present = self.snapshot.manifest.clone();
            (present.next_file, present.state) = (manifest.next_file, manifest.state);
            self.renew(present)?;
            return Err(error);
        }
        self.renew(manifest)
    }

    /// Commits a segment that was written, and merges in the background what there is too much of.
    pub(crate) fn add_segment(
        &mut self,
        number: u32,
        done: &Done,
        (stories, end): (u32, u32),
    ) -> Result<(), IndexError> {
        let mut manifest = self.snapshot.manifest.clone();
        manifest.segments.push(NamedSegment {
            file: Named::new(number, done),
            stories,
            deleted: None,
            deleted_stories: 0,
        });
        manifest.next_story = end;
        self.commit(manifest)?;
        while let Some(ended) = self.merges.take_ended() {
            self.take_over(ended)?;
        }
        let segments = self.snapshot.manifest.segments.len();
        match self.merges.wanted(&self.snapshot.manifest.segments) {
            0 => {}
            last => self.merge(segments - last),
        }
        Ok(())
    }

    /// Begins to merge the segments from `first` on.
    fn merge(&mut self, first: usize) {
        let snapshot = &self.snapshot;
        let of = snapshot.manifest.segments[first..].iter();
        let of = of.map(|segment| segment.file.number).collect();
        let merging = Merging {
            parts: snapshot.segments[first..].to_vec(),
            dictionary: snapshot.dictionaries.last().cloned(),
        };
        let number = (snapshot.manifest.next_file).max(self.merges.next_file());
        (self.merges).begin(merging, of, (&self.disk, &self.dir, number));
    }

    /// Waits for the merges that are under way, and commits them.
    ///
    /// # Errors
    /// [`IndexError::File`] and [`IndexError::Damaged`]; the index stays as it was before the merge.
    pub fn end_merge(&mut self) -> Result<(), IndexError> {
        while let Some(merge) = self.merges.take() {
            self.take_over(merge)?;
        }
        Ok(())
    }

    /// Waits for a merge and commits it.
    fn take_over(&mut self, mut merge: Merge) -> Result<(), IndexError> {
        let (number, of) = (merge.number, std::mem::take(&mut merge.of));
        let (done, stories) = merge.wait(&self.dir)?;
        let mut manifest = self.snapshot.manifest.clone();
        manifest.next_file = manifest.next_file.max(number + 1);
        let merged = |segment: &NamedSegment| of.contains(&segment.file.number);
        let at = (manifest.segments.iter().position(merged)).unwrap_or_default();
        manifest.segments.retain(|segment| !merged(segment));
        if stories > 0 {
            manifest.segments.insert(
                at,
                NamedSegment {
                    file: Named::new(number, &done),
                    stories,
                    deleted: None,
                    deleted_stories: 0,
                },
            );
        }
        let used: HashSet<u32> = (self.snapshot.segments.iter())
            .filter_map(|part| part.segment.dictionary().map(|d| d.number))
            .chain(manifest.dictionaries.last().map(|last| last.number))
            .collect();
        manifest
            .dictionaries
            .retain(|dictionary| used.contains(&dictionary.number));
        self.commit(manifest)?;
        self.sweep();
        Ok(())
    }

    /// Removes files that nothing needs any more.
    fn sweep(&self) {
        let written = self.merges.numbers();
        (self.snapshot.manifest).sweep(&*self.disk, &self.dir, written);
    }

    /// Deletes the stories with these numbers, which are no longer found at once and no longer there after
    /// [`Writer::compact`]. Numbers that no story has are passed over. Gives how many were deleted.
    ///
    /// # Errors
    /// [`IndexError::File`]; nothing is deleted then.
    pub fn delete(&mut self, numbers: impl IntoIterator<Item = u32>) -> Result<u64, IndexError> {
        self.end_merge()?;
        let snapshot = Arc::clone(&self.snapshot);
        let there = |number: &u32| snapshot.row(*number).is_some();
        let stories: HashSet<u32> = numbers.into_iter().filter(there).collect();
        if stories.is_empty() {
            return Ok(0);
        }
        let mut texts: HashMap<u32, bool> = HashMap::new();
        for &story in &stories {
            if let Some((part, row)) = snapshot.row(story) {
                texts.entry(part.segment.text_of(row)).or_insert(false);
            }
        }
        for (&text, left) in &mut texts {
            let (content, words, _) = snapshot.text_facts(text).unwrap_or_default();
            if words > 0 {
                snapshot.with_content(content, &mut |story, of| {
                    *left |= of == text && !stories.contains(&story);
                })?;
            }
        }
        let gone_texts = texts
            .into_iter()
            .filter(|(_, left)| !left)
            .map(|(text, _)| text);
        // What is gone of each segment, by the first story of the segment.
        let mut gone: BTreeMap<u32, [Vec<u32>; 2]> = BTreeMap::new();
        for (kind, number) in stories
            .iter()
            .map(|&story| (0, story))
            .chain(gone_texts.map(|text| (1, text)))
        {
            if let Some(part) = snapshot.part(number) {
                gone.entry(part.segment.first).or_default()[kind].push(number);
            }
        }
        let mut manifest = snapshot.manifest.clone();
        for (at, part) in snapshot.segments.iter().enumerate() {
            let Some([mut stories, mut texts]) = gone.remove(&part.segment.first) else {
                continue;
            };
            let segment = &part.segment;
            let before = (0..segment.stories()).filter(|&row| part.stories.has(row));
            stories.extend(before.map(|row| segment.number(row)));
            let before = (0..segment.texts()).filter(|&row| part.texts.has(row));
            texts.extend(before.map(|row| segment.text_number(row)));
            let number = manifest.number();
            let path = manifest::path(&self.dir, manifest::DELETED, number);
            let mut file = Writing::begin(&self.disk, &path, Kind::Deleted)?;
            for (name, mut numbers) in [(GONE_STORIES, stories), (GONE_TEXTS, texts)] {
                numbers.sort_unstable();
                if name == GONE_STORIES {
                    manifest.segments[at].deleted_stories = numbers.len() as u32;
                }
                file.section(name)?;
                numbers
                    .iter()
                    .try_for_each(|number| file.put(&number.to_le_bytes()))?;
            }
            manifest.segments[at].deleted = Some(Named::new(number, &file.finish()?));
        }
        self.commit(manifest)?;
        self.sweep();
        Ok(stories.len() as u64)
    }

    /// Deletes the stories that [`Snapshot::expired`] gives. Gives how many were deleted.
    ///
    /// # Errors
    /// As [`Writer::delete`].
    pub fn expire(
        &mut self,
        published_before: Option<i64>,
        source: Option<&str>,
    ) -> Result<u64, IndexError> {
        let snapshot = Arc::clone(&self.snapshot);
        self.delete(snapshot.expired(published_before, source))
    }

    /// Merges all segments into one, without what was deleted.
    ///
    /// # Errors
    /// As [`Writer::end_merge`].
    pub fn compact(&mut self) -> Result<(), IndexError> {
        self.end_merge()?;
        let parts = &self.snapshot.segments;
        let whole = |part: &Arc<Part>| part.stories.is_empty() && part.texts.is_empty();
        if parts.len() <= 1 && parts.iter().all(whole) {
            return Ok(());
        }
        let mut manifest = self.snapshot.manifest.clone();
        if manifest.dictionaries.is_empty() && self.snapshot.len() >= TRAINED_FROM as u64 {
            let step = (self.snapshot.len() as usize).div_ceil(TRAINED_ON).max(1);
            let mut sample = Vec::new();
            for number in self.snapshot.numbers().step_by(step) {
                if let Some((part, row)) = self.snapshot.row(number) {
                    let mut bytes = Vec::new();
                    part.segment.unpack(row, &mut bytes)?;
                    sample.push(bytes);
                }
            }
            let sample: Vec<&[u8]> = sample.iter().map(|bytes| &bytes[..]).collect();
            self.train(&mut manifest, &sample)?;
            self.renew(manifest)?;
        }
        self.merge(0);
        self.end_merge()
    }

    /// Makes `profile` the one that answers depend on.
    ///
    /// # Errors
    /// [`IndexError::Profile`] if it was learned with another seed; [`IndexError::File`].
    pub fn set_profile(&mut self, profile: &Profile) -> Result<(), IndexError> {
        self.end_merge()?;
        let mut manifest = self.snapshot.manifest.clone();
        manifest.profile = Some(write_profile(
            &self.disk,
            &self.dir,
            &mut manifest,
            profile,
        )?);
        self.commit(manifest)?;
        self.sweep();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // A merge that nobody waited for is not committed; the lock must not go before its thread.
        while let Some(merge) = self.merges.take() {
            let path = manifest::path(&self.dir, manifest::SEGMENT, merge.number);
            let _ = merge.wait(&self.dir);
            let _ = self.disk.remove(&path);
        }
    }
}

/// Takes the lock of the index in `dir`.
pub(crate) fn lock(dir: &Path) -> Result<File, IndexError> {
    let path = dir.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = file.map_err(IndexError::file(&path, "cannot open"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Locked {
            dir: dir.to_path_buf(),
        }),
        Err(TryLockError::Error(error)) => Err(IndexError::file(&path, "cannot lock")(error)),
    }
}

/// Writes a file of one section.
fn write_one(
    disk: &Arc<dyn Disk>,
    path: &Path,
    kind: Kind,
    bytes: &[u8],
) -> Result<Done, IndexError> {
    let mut file = Writing::begin(disk, path, kind)?;
    file.section(1)?;
    file.put(bytes)?;
    file.finish()
}

fn write_profile(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    manifest: &mut Manifest,
    profile: &Profile,
) -> Result<Named, IndexError> {
    if profile.seed() != manifest.settings.seed {
        return Err(IndexError::Profile {
            reason: format!(
                "the profile was learned with the seed {}, and the index has {}; learn it again with \
                 --seed {}",
                profile.seed(),
                manifest.settings.seed,
                manifest.settings.seed
            ),
        });
    }
    let number = manifest.number();
    let path = manifest::path(dir, manifest::PROFILE, number);
    let done = write_one(disk, &path, Kind::Given, &profile.to_bytes())?;
    Ok(Named::new(number, &done))
}
