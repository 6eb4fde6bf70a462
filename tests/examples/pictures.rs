//! Makes the pictures of the book that show the command:
//! `cargo run -p wirefold-tests --example pictures -- target/release/wirefold docs/images`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a command for whoever works on the book: a failed step ends it"
)]

use std::path::{Path, PathBuf};
use std::{env, fs};

use wirefold_tests::pictures::{pages, recording};

fn main() {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let wirefold = args.next().expect("the program wirefold, and a folder");
    let wirefold = fs::canonicalize(wirefold).expect("the program wirefold");
    let folder = args.next().expect("a folder for the pictures");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/sample/feed.jsonl");
    fs::write(folder.join("fold.svg"), recording(&wirefold, &sample)).unwrap();
    for (name, picture) in pages(&wirefold, &sample) {
        println!("{name}: {} bytes", picture.len());
        fs::write(folder.join(name), picture).unwrap();
    }
}
