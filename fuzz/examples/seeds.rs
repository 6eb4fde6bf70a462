//! Writes the seed corpus: `cargo run --example seeds`, in the folder `fuzz`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    wirefold_fuzz::seeds::write(&here.join("../corpus/sample"), &here.join("corpus"))
}
