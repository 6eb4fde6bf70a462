//! Places that fail: a server that answers as each test says, and what becomes of the run.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::bad_table::case;
use crate::support::{Cmd, Folder, gz, ids, small_feed};

/// A request, as its head stands on the wire, and what follows it.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// What is sent back, after a pause.
pub(crate) struct Answer {
    pause: Duration,
    bytes: Vec<u8>,
}

impl From<Vec<u8>> for Answer {
    fn from(bytes: Vec<u8>) -> Self {
        Answer {
            pause: Duration::ZERO,
            bytes,
        }
    }
}

/// A server on the loopback that answers each request as a function of it and of its number says. It
/// ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(crate) fn new(answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &seen, &*answer));
            }
        });
        Server { port, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

/// Answers one request, and closes: a client that wants more comes again.
fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &(impl Fn(&Request, usize) -> Answer + ?Sized),
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count > 0) {
        head.push(byte[0]);
    }
    if head.is_empty() {
        return;
    }
    let mut request = Request {
        head: String::from_utf8_lossy(&head).into_owned(),
        body: Vec::new(),
    };
    let len = request.header("content-length");
    request.body = vec![0; len.map_or(0, |len| len.parse().unwrap())];
    if stream.read_exact(&mut request.body).is_err() {
        return;
    }
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    let Answer { pause, bytes } = answer(&request, number);
    thread::sleep(pause);
    // The client may have gone.
    let _ = stream.write_all(&bytes);
}

fn status(line: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

/// A whole body, or the part that the request asks for, of which only `sent` bytes are sent.
fn body(request: &Request, bytes: &[u8], etag: Option<&str>, sent: usize) -> Vec<u8> {
    let from = request.header("range").map_or(0, |range| {
        let (from, _) = range.trim_start_matches("bytes=").split_once('-').unwrap();
        from.parse().unwrap()
    });
    let part = &bytes[from..];
    let mut answer = Vec::new();
    if request.header("range").is_none() {
        write!(answer, "HTTP/1.1 200 OK\r\n").unwrap();
    } else {
        let (last, len) = (bytes.len() - 1, bytes.len());
        let range = format!("Content-Range: bytes {from}-{last}/{len}");
        write!(answer, "HTTP/1.1 206 Partial Content\r\n{range}\r\n").unwrap();
    }
    let len = part.len();
    write!(answer, "Content-Length: {len}\r\nConnection: close\r\n").unwrap();
    if let Some(etag) = etag {
        write!(answer, "ETag: \"{etag}\"\r\n").unwrap();
    }
    answer.extend_from_slice(b"\r\n");
    if !request.head.starts_with("HEAD") {
        answer.extend_from_slice(&part[..sent.min(part.len())]);
    }
    answer
}

/// A command that tries twice more and waits for half a second.
fn quick(folder: &Folder, args: &str) -> Cmd {
    folder
        .cmd(args)
        .env("WIREFOLD_RETRIES", "2")
        .env("WIREFOLD_TIMEOUT", "0.5")
}

/// Claims that a run over a server's file fails as the table says, naming its address.
#[track_caller]
fn fails(name: &str, server: &Server) {
    let folder = Folder::new();
    let url = server.url("feed.jsonl");
    let ran = quick(&folder, &format!("dedup {url} -o kept.jsonl")).run();
    case(name).check(&ran);
    assert!(ran.err.contains(&format!("error: {url}: ")), "{}", ran.err);
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

/// Claims that a run over a server's file gives what the file gives.
#[track_caller]
fn reads(server: &Server, name: &str) {
    let folder = Folder::new();
    let ran = quick(&folder, &format!("dedup {}", server.url(name))).run();
    let ran = ran.code(0);
    assert_eq!(ids(&ran.out), ["a", "b", "c"]);
}

#[test]
fn a_feed_comes_over_http() {
    let server = Server::new(|request, _| {
        let packed = request.head.contains(".gz");
        let feed = small_feed().into_bytes();
        let feed = if packed { gz(&feed) } else { feed };
        body(request, &feed, None, usize::MAX).into()
    });
    reads(&server, "feed.jsonl");
    reads(&server, "feed.jsonl.gz?signature=1");
    let told = &server.requests()[1].head;
    assert!(
        told.starts_with("GET /feed.jsonl.gz?signature=1 HTTP"),
        "{told}"
    );
}

/// A body in chunks, which says no length, and its end if it is whole.
fn in_chunks(bytes: &[u8], whole: bool) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let mut answer = head.as_bytes().to_vec();
    for chunk in bytes.chunks(100) {
        write!(answer, "{:x}\r\n", chunk.len()).unwrap();
        answer.extend_from_slice(chunk);
        answer.extend_from_slice(b"\r\n");
    }
    if whole {
        answer.extend_from_slice(b"0\r\n\r\n");
    }
    answer
}

#[test]
fn a_feed_without_a_length_comes_to_its_end() {
    let server = Server::new(|_, _| in_chunks(small_feed().as_bytes(), true).into());
    reads(&server, "feed.jsonl");
    let server = Server::new(|_, _| in_chunks(&gz(small_feed().as_bytes()), true).into());
    reads(&server, "feed.jsonl");
}

#[test]
fn feed_without_a_length_that_is_cut() {
    let server = Server::new(|_, _| in_chunks(small_feed().as_bytes(), false).into());
    fails("feed without a length that is cut", &server);
}

#[test]
fn feed_that_shows_no_end() {
    let server = Server::new(|_, _| {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        format!("{head}{}", small_feed()).into_bytes().into()
    });
    fails("feed that shows no end", &server);
}

#[test]
fn a_server_that_fails_at_first_is_asked_again() {
    let server = Server::new(|request, number| match number {
        0 => status("500 Internal Server Error").into(),
        1 => status("503 Service Unavailable").into(),
        _ => body(request, small_feed().as_bytes(), None, usize::MAX).into(),
    });
    reads(&server, "feed.jsonl");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_server_that_is_slow_at_first_is_asked_again() {
    let server = Server::new(|request, number| Answer {
        pause: Duration::from_millis(if number == 0 { 2000 } else { 0 }),
        bytes: body(request, small_feed().as_bytes(), None, usize::MAX),
    });
    reads(&server, "feed.jsonl");
}

#[test]
fn what_was_cut_is_taken_up_where_it_stopped() {
    let server =
        Server::new(|request, _| body(request, small_feed().as_bytes(), Some("v1"), 100).into());
    reads(&server, "feed.jsonl");
    let requests = server.requests();
    assert_eq!(requests.len(), small_feed().len().div_ceil(100));
    for (at, request) in requests.iter().enumerate().skip(1) {
        let range = request.header("range").unwrap();
        assert!(
            range.starts_with(&format!("bytes={}-", at * 100)),
            "{range}"
        );
    }
    // Compressed data that are cut are no damaged data.
    let server = Server::new(|request, _| {
        body(request, &gz(small_feed().as_bytes()), Some("v1"), 90).into()
    });
    reads(&server, "feed.jsonl.gz");
}

#[test]
fn server_that_fails() {
    let server = Server::new(|_, _| status("500 Internal Server Error").into());
    fails("server that fails", &server);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn server_that_does_not_answer() {
    let server = Server::new(|_, _| Answer {
        pause: Duration::from_secs(5),
        bytes: Vec::new(),
    });
    fails("server that does not answer", &server);
}

#[test]
fn no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let requests = Arc::default();
    fails("no server", &Server { port, requests });
}

#[test]
fn nothing_at_an_address() {
    let server = Server::new(|_, _| status("404 Not Found").into());
    fails("nothing at an address", &server);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn access_denied() {
    let server = Server::new(|_, _| status("403 Forbidden").into());
    fails("access denied", &server);
}

#[test]
fn connection_lost_and_no_version() {
    let server = Server::new(|request, _| body(request, small_feed().as_bytes(), None, 100).into());
    fails("connection lost and no version", &server);
}

#[test]
fn connection_lost_for_good() {
    let server = Server::new(|request, number| match number {
        0 => body(request, small_feed().as_bytes(), Some("v1"), 100).into(),
        _ => body(request, small_feed().as_bytes(), Some("v1"), 0).into(),
    });
    fails("connection lost for good", &server);
}

#[test]
fn connection_lost_in_compressed_data() {
    let server =
        Server::new(|request, _| body(request, &gz(small_feed().as_bytes()), None, 100).into());
    fails("connection lost in compressed data", &server);
}

#[test]
fn object_that_changes_meanwhile() {
    let server = Server::new(|request, number| {
        let etag = format!("v{number}");
        body(request, small_feed().as_bytes(), Some(&etag), 100).into()
    });
    fails("object that changes meanwhile", &server);
}

#[test]
fn pattern_over_http() {
    let server = Server::new(|_, _| status("404 Not Found").into());
    let folder = Folder::new();
    let ran = quick(&folder, &format!("dedup {}", server.url("2026-*.jsonl"))).run();
    case("pattern over HTTP").check(&ran);
    assert!(server.requests().is_empty());
}

#[test]
fn output_over_http() {
    let folder = Folder::new();
    folder.file("feed.jsonl", small_feed());
    let ran = quick(&folder, "dedup feed.jsonl -o http://127.0.0.1:9/kept.jsonl").run();
    case("output over HTTP").check(&ran);
}

#[test]
fn address_without_a_bucket() {
    let folder = Folder::new();
    let ran = quick(&folder, "dedup s3:///feed.jsonl").run();
    case("address without a bucket").check(&ran);
}

#[test]
fn wrong_number_of_tries() {
    let folder = Folder::new();
    let cmd = folder.cmd("dedup s3://bucket/feed.jsonl");
    case("wrong number of tries").check(&cmd.env("WIREFOLD_RETRIES", "often").run());
    let cmd = folder.cmd("dedup s3://bucket/feed.jsonl");
    let ran = cmd.env("WIREFOLD_TIMEOUT", "-1").run().code(2);
    assert!(
        ran.err
            .contains("WIREFOLD_TIMEOUT is `-1`, expected a number of seconds")
    );
}

#[test]
fn secrets_of_an_address_are_not_told() {
    let server = Server::new(|_, _| status("403 Forbidden").into());
    let url = server.url("feed.jsonl?signature=secret");
    let url = url.replace("http://", "http://user:secret@");
    let folder = Folder::new();
    let ran = quick(&folder, &format!("dedup {url}")).run().code(2);
    assert!(!ran.err.contains("secret"), "{}", ran.err);
}
