//! Servers that tests start, each a process of its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A server on a port of this machine, which ends with the test.
pub(crate) struct Served {
    server: Child,
    pub(crate) port: u16,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Served {
    /// Starts a program on a free port, which `args` puts into its arguments, and waits until it answers;
    /// nothing where there is none, which is told.
    pub(crate) fn start(
        program: Result<PathBuf, String>,
        args: impl Fn(&str) -> Vec<String>,
        longest: Duration,
    ) -> Option<Self> {
        let program = match program {
            Ok(program) => program,
            Err(why) => {
                println!("skipped: {why}");
                return None;
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let server = Command::new(program)
            .args(args(&port.to_string()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { server, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < longest, "the server does not start");
            thread::sleep(Duration::from_millis(50));
        }
        Some(served)
    }

    /// Sends a request of its own; what comes back, as it stands.
    pub(crate) fn ask_bytes(&self, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.port,
            body.len()
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    /// The same as text.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> String {
        String::from_utf8_lossy(&self.ask_bytes(method, path, body)).into_owned()
    }
}
