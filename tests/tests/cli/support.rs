//! A small language for tests of the binary: a temporary folder a test, commands run in it, and
//! claims about what came out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs, thread};

use serde_json::Value;

/// The binary under test.
pub(crate) fn wirefold() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match env::var_os("WIREFOLD_BIN") {
        Some(path) => path.into(),
        None => built("wirefold"),
    })
}

/// A program of the workspace, built into the target folder of the running test, in its profile.
pub(crate) fn built(program: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    // <target folder>/<profile>/deps/<test>
    let profile = test.parent().and_then(Path::parent).unwrap();
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let output = Command::new(env!("CARGO"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["build", "--quiet", "--message-format=json"])
        // With the features that the tests were built with, or what it uses is built once more.
        .args(["--workspace", "--bins", "--tests", "--profile", name])
        .arg("--target-dir")
        .arg(profile.parent().unwrap())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let built = messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        // Not the unit tests of the binary, which have its name too.
        let target = &message["target"];
        let is_it = target["name"] == program
            && target["kind"][0] == "bin"
            && message["profile"]["test"] == false;
        let path = message["executable"].as_str().filter(|_| is_it)?;
        Some(PathBuf::from(path))
    });
    built.expect("cargo names the binary")
}

/// A temporary folder.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let path = self.path(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Everything in the folder, hidden names too.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// The records of a JSON Lines file.
    pub(crate) fn rows(&self, name: &str) -> Vec<Value> {
        rows(&self.bytes(name))
    }

    /// A command that runs in this folder; its arguments are separated by spaces.
    pub(crate) fn cmd(&self, args: &str) -> Cmd {
        let mut command = Command::new(wirefold());
        command
            .current_dir(self.0.path())
            .args(args.split_whitespace())
            .env_remove("RUST_BACKTRACE");
        Cmd {
            command,
            input: Vec::new(),
        }
    }

    /// Runs a command that must succeed without a refused record.
    pub(crate) fn ok(&self, args: &str) -> Ran {
        self.cmd(args).run().code(0)
    }
}

/// The records of JSON Lines.
pub(crate) fn rows(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// The rows of CSV, by column.
pub(crate) fn csv(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

/// A command to be run.
pub(crate) struct Cmd {
    command: Command,
    input: Vec<u8>,
}

impl Cmd {
    pub(crate) fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What standard input holds; nothing by default.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// The command itself, for what this language has no word for.
    pub(crate) fn raw(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Ran {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = std::mem::take(&mut self.input);
        // A command that needs no input may be gone before it is written.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            code: output.status.code(),
            out: output.stdout,
            err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.err);
        self
    }

    /// Claims that the messages hold `part`.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.err.contains(part), "no `{part}` in: {}", self.err);
        self
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }
}

/// Three stories without a word in common, and their records.
pub(crate) const STORIES: [&str; 3] = [
    "The harbor council of Brackwater voted on Monday to close the old pier until engineers have \
     tested every beam, after a winter of storms left the planks loose.",
    "Growers in the Sarn valley expect a poor year for plums, since late frost browned most \
     blossom and only trees on higher slopes escaped, their union reports.",
    "Nobody was aboard when a goods train rolled backward out of Ostrel yard at dawn, passed two \
     red lights and stopped against buffers near Millgate, officials confirm.",
];

/// A record with an id and a text.
pub(crate) fn record(id: &str, text: &str) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "text": text }))
}

/// A feed of four records: three stories, and the first once more as `copy`.
pub(crate) fn small_feed() -> String {
    let [a, b, c] = STORIES;
    [
        record("a", a),
        record("b", b),
        record("c", c),
        record("copy", a),
    ]
    .concat()
}

/// The sample feed of the corpus.
pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/sample/feed.jsonl")
}

/// Ids of the records of JSON Lines.
pub(crate) fn ids(bytes: &[u8]) -> Vec<String> {
    rows(bytes)
        .iter()
        .map(|row| {
            row["id"]
                .as_str()
                .map_or_else(|| row["id"].to_string(), str::to_owned)
        })
        .collect()
}

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes), &mut plain).unwrap();
    plain
}

pub(crate) fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

pub(crate) fn unzst(bytes: &[u8]) -> Vec<u8> {
    zstd::decode_all(bytes).unwrap()
}
