//! Objects of a store that speaks S3: a real server, `moto` of the Python package index, started for
//! the tests from a virtual environment in the target folder.

use std::fs;
use std::time::Duration;

use crate::served::Served;
use crate::support::{
    Cmd, Folder, STORIES, gunzip, gz, ids, record, rows, sample, small_feed, zst,
};
use crate::venv::installed;

/// A server of objects, which ends with the test.
pub(crate) struct Store(Served);

/// The program of the server; why there is none.
fn program() -> Result<std::path::PathBuf, String> {
    let bin = installed("moto", &["moto[server]".as_ref()], "")?;
    Ok(bin.join("moto_server"))
}

impl Store {
    /// Starts a server with a bucket; nothing where that cannot be, which is told.
    pub(crate) fn start() -> Option<Self> {
        let args = |port: &str| ["-H", "127.0.0.1", "-p", port].map(str::to_owned).to_vec();
        let store = Store(Served::start(program(), args, Duration::from_secs(60))?);
        assert!(store.0.ask("PUT", "wire", b"").starts_with("HTTP/1.1 200"));
        Some(store)
    }

    pub(crate) fn put(&self, key: &str, body: impl AsRef<[u8]>) -> &Self {
        let answer = self.0.ask("PUT", &format!("wire/{key}"), body.as_ref());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        self
    }

    /// An object; nothing if there is none.
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let answer = self.0.ask_bytes("GET", &format!("wire/{key}"), b"");
        let head = answer
            .windows(4)
            .position(|bytes| bytes == b"\r\n\r\n")
            .unwrap();
        answer
            .starts_with(b"HTTP/1.1 200")
            .then(|| answer[head + 4..].to_vec())
    }

    /// What a command finds in its environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            (
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.0.port),
            ),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("WIREFOLD_RETRIES", "2".to_owned()),
        ]
    }

    /// A command with the server in its environment.
    fn cmd(&self, folder: &Folder, args: &str) -> Cmd {
        let environment = self.environment();
        let cmd = folder.cmd(args);
        environment
            .iter()
            .fold(cmd, |cmd, (name, value)| cmd.env(name, value))
    }

    /// Ids of the records that an address names, in order.
    fn named(&self, address: &str) -> Vec<String> {
        let folder = Folder::new();
        let args = format!("dedup {address} --remove none");
        ids(&self.cmd(&folder, &args).run().code(0).out)
    }
}

#[test]
fn objects_are_read_as_files_are() {
    let Some(store) = Store::start() else {
        return;
    };
    let feed = fs::read(sample()).unwrap();
    store
        .put("feed.jsonl", &feed)
        .put("feed.jsonl.gz", gz(&feed))
        .put("feed.jsonl.zst", zst(&feed));
    let folder = Folder::new();
    folder.file("feed.jsonl", &feed);
    let tables = "--clusters clusters.csv --relations relations.jsonl -o kept.jsonl";
    folder.ok(&format!("dedup feed.jsonl {tables}"));
    let all = || ["clusters.csv", "relations.jsonl", "kept.jsonl"].map(|name| folder.read(name));
    let expected = all();
    for name in ["feed.jsonl", "feed.jsonl.gz", "feed.jsonl.zst"] {
        store
            .cmd(&folder, &format!("dedup s3://wire/{name} {tables}"))
            .run()
            .code(0);
        assert_eq!(all(), expected, "{name}");
    }
}

#[test]
fn folders_and_patterns_of_objects() {
    let Some(store) = Store::start() else {
        return;
    };
    let story = |id: &str, at: usize| record(id, STORIES[at]);
    store
        .put(
            "feeds/2026-02/b/two.jsonl.gz",
            gz(story("two", 1).as_bytes()),
        )
        .put("feeds/2026-01/one.jsonl", story("one", 0))
        .put("feeds/2025-12/old.jsonl", story("old", 2))
        .put("feeds/2025-12/.hidden.jsonl", story("hidden", 2))
        .put("feeds/2025-12/notes.csv", "a,b\n")
        .put("feedstock.jsonl", story("other", 2))
        .put("list%5B1%5D.jsonl", story("itself", 0));
    for (address, expected) in [
        ("s3://wire/feeds", &["old", "one", "two"][..]),
        ("s3://wire/feeds/", &["old", "one", "two"]),
        ("s3://wire/feeds/2026-02", &["two"]),
        ("s3://wire/feeds/2026-*/**/*.jsonl*", &["one", "two"]),
        ("s3://wire/feeds/*/*.jsonl", &["old", "one"]),
        ("s3://wire/*.jsonl", &["other", "itself"]),
        ("s3://wire/list[1].jsonl", &["itself"]),
        (
            "s3://wire/feeds/2026-01/one.jsonl s3://wire/feeds/2025-12",
            &["one", "old"],
        ),
    ] {
        assert_eq!(store.named(address), expected, "{address}");
    }
    let folder = Folder::new();
    for (address, told) in [
        (
            "s3://wire/feeds/2027-*",
            "s3://wire/feeds/2027-*: matches no file; ",
        ),
        (
            "s3://wire/feeds/2027",
            "s3://wire/feeds/2027: nothing is there; check the address",
        ),
        (
            "s3://wire/none/",
            "s3://wire/none/: the folder holds no documents; ",
        ),
        (
            "s3://nowhere/feed.jsonl",
            "404 Not Found: The specified bucket does not exist; check the address",
        ),
    ] {
        let ran = store.cmd(&folder, &format!("dedup {address}")).run();
        ran.code(2).says(told);
    }
}

#[test]
fn outputs_are_objects_when_they_are_whole() {
    let Some(store) = Store::start() else {
        return;
    };
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    let args = "dedup feed.jsonl -o s3://wire/out/kept.jsonl.gz --clusters s3://wire/clusters.csv";
    store.cmd(&folder, args).run().code(0);
    let kept = gunzip(&store.get("out/kept.jsonl.gz").unwrap());
    assert_eq!(ids(&kept), ["a", "b", "c"]);
    let clusters = String::from_utf8(store.get("clusters.csv").unwrap()).unwrap();
    assert_eq!(clusters.lines().count(), 5);
    // Nothing at all to write, and more than one part.
    store
        .cmd(&folder, "dedup - -o s3://wire/none.jsonl")
        .run()
        .code(0);
    assert_eq!(store.get("none.jsonl").unwrap(), b"");
    let large: String = (0..30)
        .map(|at| record(&at.to_string(), &"The ice is thick. ".repeat(40_000)))
        .collect();
    folder.file("large.jsonl", &large);
    let args = "normalize large.jsonl -o s3://wire/large.jsonl";
    store.cmd(&folder, args).run().code(0);
    assert_eq!(rows(&store.get("large.jsonl").unwrap()).len(), 30);
    // A run that fails leaves what stood there, and no parts.
    let args = "dedup feed.jsonl -o s3://wire/clusters.csv --clusters nowhere/clusters.csv";
    store.cmd(&folder, args).run().code(2);
    assert_eq!(store.get("clusters.csv").unwrap(), clusters.as_bytes());
    let args = "normalize large.jsonl feed.txt -o s3://wire/torn.jsonl";
    folder.file("feed.txt", "Words.");
    store.cmd(&folder, args).run().code(2);
    assert_eq!(store.get("torn.jsonl"), None);
    let uploads = store.0.ask("GET", "wire?uploads", b"");
    assert!(uploads.contains("ListMultipartUploadsResult"), "{uploads}");
    assert!(!uploads.contains("<UploadId>"), "{uploads}");
    // An object that is read is not written over.
    store
        .cmd(
            &folder,
            "dedup s3://wire/large.jsonl -o s3://wire/large.jsonl",
        )
        .run()
        .code(2)
        .says("s3://wire/large.jsonl: is also an input (s3://wire/large.jsonl)");
    store
        .cmd(&folder, "dedup feed.jsonl -o s3://nowhere/kept.jsonl")
        .run()
        .code(2)
        .says("error: s3://nowhere/kept.jsonl: ");
}
