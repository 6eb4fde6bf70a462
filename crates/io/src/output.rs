//! Outputs that appear in their place only when they are whole.

use crate::compression::Compression;
use crate::error::IoError;
use crate::input::Inputs;
use crate::remote::{Fault, Upload, is_remote};
use crate::unfinished;
use flate2::write::GzEncoder;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Bytes gathered before they are written.
const BLOCK_BYTES: usize = 1 << 18;
/// zstd's own default.
const ZSTD_LEVEL: i32 = 3;

/// The outputs of a run. Sees to it that none is an input or named twice.
#[derive(Debug)]
pub struct Outputs<'i> {
    inputs: &'i Inputs,
    taken: Vec<PathBuf>,
}

impl<'i> Outputs<'i> {
    /// Outputs of a run over `inputs`.
    pub fn new(inputs: &'i Inputs) -> Self {
        Outputs {
            inputs,
            taken: Vec::new(),
        }
    }

    /// Opens an output; `-` is standard output, otherwise `.gz`, `.zst` or `.zstd` compresses.
    ///
    /// A file is written under a hidden name beside its place and renamed by [`Output::finish`];
    /// if that is never called, nothing is left and what stood in the place stays. Links are
    /// followed, an existing file's permissions are kept, and a device or pipe is written to as it
    /// is. An object of a place, such as `s3://BUCKET/KEY`, is sent part by part and appears with
    /// [`Output::finish`].
    ///
    /// # Errors
    /// [`IoError::OutputIsInput`] if it is the same file as an input, also by way of links;
    /// [`IoError::SameOutput`], [`IoError::OutputIsFolder`], [`IoError::UnknownEnding`],
    /// [`IoError::Remote`] and [`IoError::Create`].
    pub fn create(&mut self, path: impl AsRef<Path>) -> Result<Output, IoError> {
        let path = path.as_ref();
        if let Some(address) = path.to_str().filter(|_| is_remote(path.as_os_str())) {
            return self.create_remote(path, address);
        }
        let place = Place::of(path)?;
        if place.exclusive() {
            if self.taken.contains(&place.real) {
                return Err(IoError::SameOutput {
                    path: path.to_path_buf(),
                });
            }
            self.refuse_input(path, &place)?;
            self.taken.push(place.real.clone());
        }
        Output::open(path, place)
    }

    /// Opens an output that is an object.
    fn create_remote(&mut self, path: &Path, address: &str) -> Result<Output, IoError> {
        if self.taken.iter().any(|taken| taken == path) {
            return Err(IoError::SameOutput {
                path: path.to_path_buf(),
            });
        }
        if self.inputs.paths().any(|input| input == path) {
            return Err(IoError::OutputIsInput {
                output: path.to_path_buf(),
                input: path.to_path_buf(),
            });
        }
        refuse_packing(path)?;
        self.taken.push(path.to_path_buf());
        Output::over(path, Raw::Upload(Upload::begin(address)?), None)
    }

    fn refuse_input(&self, path: &Path, place: &Place) -> Result<(), IoError> {
        let Some(facts) = &place.facts else {
            return Ok(());
        };
        for source in &self.inputs.sources {
            let same = match &source.path {
                None => standard_input().is_some_and(|input| same_file(&input, facts)),
                Some(input) => match fs::metadata(input) {
                    Ok(input_facts) if cfg!(unix) => same_file(&input_facts, facts),
                    Ok(_) => input.canonicalize().is_ok_and(|input| input == place.real),
                    Err(_) => false,
                },
            };
            if same {
                let (output, input) = (path.to_path_buf(), source.path().to_path_buf());
                return Err(IoError::OutputIsInput { output, input });
            }
        }
        Ok(())
    }
}

/// Where an output goes.
struct Place {
    /// The path with all links followed; `-` for standard output.
    real: PathBuf,
    /// Facts of what stands there now.
    facts: Option<Metadata>,
    standard: bool,
}

impl Place {
    fn of(path: &Path) -> Result<Self, IoError> {
        let create = |source| IoError::Create {
            path: path.to_path_buf(),
            source,
        };
        if path == Path::new("-") {
            return Ok(Place {
                real: path.to_path_buf(),
                facts: standard_output(),
                standard: true,
            });
        }
        match fs::metadata(path) {
            Ok(facts) if facts.is_dir() => Err(IoError::OutputIsFolder {
                path: path.to_path_buf(),
            }),
            Ok(facts) => {
                // What is no file is opened by the name as given: behind `/dev/stdout` there may
                // be a pipe, which has no other.
                let real = if facts.is_file() {
                    path.canonicalize().map_err(create)?
                } else {
                    path.to_path_buf()
                };
                Ok(Place {
                    real,
                    facts: Some(facts),
                    standard: false,
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = path.file_name().ok_or_else(|| create(error))?;
                let folder = match path.parent() {
                    Some(folder) if folder != Path::new("") => folder,
                    _ => Path::new("."),
                };
                let real = folder.canonicalize().map_err(create)?.join(name);
                Ok(Place {
                    real,
                    facts: None,
                    standard: false,
                })
            }
            Err(error) => Err(create(error)),
        }
    }

    /// Whether it is a file, or standard output, which two outputs cannot share. Many outputs may
    /// go to one device.
    fn exclusive(&self) -> bool {
        self.standard || self.facts.as_ref().is_none_or(Metadata::is_file)
    }
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Two terminals or pipes with one number are no file that could be spoiled.
    a.is_file() && b.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn standard_input() -> Option<Metadata> {
    use std::os::fd::AsFd;
    File::from(io::stdin().as_fd().try_clone_to_owned().ok()?)
        .metadata()
        .ok()
}

#[cfg(unix)]
fn standard_output() -> Option<Metadata> {
    use std::os::fd::AsFd;
    File::from(io::stdout().as_fd().try_clone_to_owned().ok()?)
        .metadata()
        .ok()
}

#[cfg(not(unix))]
fn standard_input() -> Option<Metadata> {
    None
}

#[cfg(not(unix))]
fn standard_output() -> Option<Metadata> {
    None
}

enum Raw {
    File(File),
    Standard(io::Stdout),
    Upload(Upload),
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Raw::File(file) => file.write(bytes),
            Raw::Standard(stdout) => stdout.write(bytes),
            Raw::Upload(upload) => upload.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Raw::File(file) => file.flush(),
            Raw::Standard(stdout) => stdout.flush(),
            Raw::Upload(upload) => upload.flush(),
        }
    }
}

enum Encoder {
    Plain(BufWriter<Raw>),
    Gzip(GzEncoder<BufWriter<Raw>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<Raw>>),
}

impl Encoder {
    fn as_write(&mut self) -> &mut dyn Write {
        match self {
            Encoder::Plain(writer) => writer,
            Encoder::Gzip(writer) => writer,
            Encoder::Zstd(writer) => writer,
        }
    }

    /// Writes out the last byte; gives an upload that is to be completed.
    fn finish(self) -> io::Result<Option<Upload>> {
        let mut writer = match self {
            Encoder::Plain(writer) => writer,
            Encoder::Gzip(writer) => writer.finish()?,
            Encoder::Zstd(writer) => writer.finish()?,
        };
        writer.flush()?;
        match writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?
        {
            Raw::Upload(mut upload) => {
                upload.seal()?;
                Ok(Some(upload))
            }
            Raw::File(_) | Raw::Standard(_) => Ok(None),
        }
    }
}

/// One output being written. Dropped without [`Output::finish`], it leaves nothing behind; what
/// went to standard output or a device stays there.
pub struct Output {
    path: PathBuf,
    encoder: Encoder,
    /// The file under its hidden name and the place that it is for.
    pending: Option<(unfinished::Part, PathBuf)>,
    bytes: u64,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Output {
    fn open(path: &Path, place: Place) -> Result<Self, IoError> {
        let create = |source| IoError::Create {
            path: path.to_path_buf(),
            source,
        };
        refuse_packing(path)?;
        let is_special = place.facts.as_ref().is_some_and(|facts| !facts.is_file());
        let (raw, pending) = if place.standard {
            (Raw::Standard(io::stdout()), None)
        } else if is_special {
            (
                Raw::File(
                    File::options()
                        .write(true)
                        .open(&place.real)
                        .map_err(create)?,
                ),
                None,
            )
        } else {
            let (file, temporary) = beside(&place).map_err(create)?;
            (Raw::File(file), Some((temporary, place.real)))
        };
        Self::over(path, raw, pending)
    }

    fn over(
        path: &Path,
        raw: Raw,
        pending: Option<(unfinished::Part, PathBuf)>,
    ) -> Result<Self, IoError> {
        let create = |source| IoError::Create {
            path: path.to_path_buf(),
            source,
        };
        let writer = BufWriter::with_capacity(BLOCK_BYTES, raw);
        let encoder = match Compression::of_path(path) {
            Compression::None | Compression::Bzip2 | Compression::Xz => Encoder::Plain(writer),
            Compression::Gzip => {
                Encoder::Gzip(GzEncoder::new(writer, flate2::Compression::default()))
            }
            Compression::Zstd => Encoder::Zstd(
                zstd::stream::write::Encoder::new(writer, ZSTD_LEVEL).map_err(create)?,
            ),
        };
        Ok(Output {
            path: path.to_path_buf(),
            encoder,
            pending,
            bytes: 0,
        })
    }

    /// The path as given, `-` for standard output.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes written so far, before compression.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// [`IoError::NoSpace`], [`IoError::BrokenPipe`] or [`IoError::Write`].
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), IoError> {
        self.encoder
            .as_write()
            .write_all(bytes)
            .map_err(|error| fault(&self.path, error))?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Writes what is gathered, so that a reader of standard output sees it.
    ///
    /// # Errors
    /// As [`Output::put`].
    pub fn flush(&mut self) -> Result<(), IoError> {
        self.encoder
            .as_write()
            .flush()
            .map_err(|error| fault(&self.path, error))
    }

    /// Completes the output and puts it in its place.
    ///
    /// The file is handed to the system, not forced onto the disk.
    ///
    /// # Errors
    /// As [`Output::put`], and [`IoError::Create`] if it cannot be renamed.
    pub fn finish(self) -> Result<(), IoError> {
        self.seal()?.place()
    }

    /// Writes out the last byte, short of putting the output in its place. Where several outputs
    /// belong together, seal all before the first is placed: then a full disk leaves none of them.
    ///
    /// # Errors
    /// As [`Output::put`].
    pub fn seal(self) -> Result<Sealed, IoError> {
        let Output {
            path,
            encoder,
            pending,
            ..
        } = self;
        let upload = encoder.finish().map_err(|error| fault(&path, error))?;
        Ok(Sealed {
            path,
            pending,
            upload,
        })
    }
}

/// An output that is whole and not in its place yet. Dropped, it leaves nothing behind.
#[derive(Debug)]
#[must_use = "it is removed if it is not placed"]
pub struct Sealed {
    path: PathBuf,
    pending: Option<(unfinished::Part, PathBuf)>,
    upload: Option<Upload>,
}

impl Sealed {
    /// Puts the output in its place.
    ///
    /// # Errors
    /// [`IoError::Create`] if it cannot be renamed, [`IoError::Remote`] if it cannot be completed.
    pub fn place(self) -> Result<(), IoError> {
        let Sealed {
            path,
            pending,
            upload,
        } = self;
        if let Some(upload) = upload {
            upload.complete()?;
        }
        if let Some((part, real)) = pending {
            part.persist(&real)
                .map_err(|source| IoError::Create { path, source })?;
        }
        Ok(())
    }
}

/// Refuses an ending of a compression that is read and not written.
fn refuse_packing(path: &Path) -> Result<(), IoError> {
    match Compression::of_path(path) {
        Compression::Bzip2 | Compression::Xz => Err(IoError::UnknownEnding {
            path: path.to_path_buf(),
        }),
        _ => Ok(()),
    }
}

/// A new file with a hidden name in the folder of a place.
fn beside(place: &Place) -> io::Result<(File, unfinished::Part)> {
    let (file, temporary) = unfinished::create(&place.real)?;
    if let Some(facts) = &place.facts {
        file.set_permissions(facts.permissions())?;
    }
    Ok((file, temporary))
}

fn fault(path: &Path, error: io::Error) -> IoError {
    let path = path.to_path_buf();
    if let Some(fault) = Fault::of(&error) {
        return IoError::Remote {
            url: path,
            message: fault.to_string(),
        };
    }
    match error.kind() {
        io::ErrorKind::BrokenPipe => IoError::BrokenPipe { path },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => IoError::NoSpace { path },
        _ => IoError::Write {
            path,
            source: error,
        },
    }
}
