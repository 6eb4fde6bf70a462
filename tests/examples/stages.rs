//! stages
use std::time::Instant;
use wirefold::normalize::Matcher;
use wirefold::sketch::*;
use wirefold::tokenize::*;
use wirefold::*;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let docs = wirefold_tests::data::documents(std::path::Path::new(&path), false);
    let bytes: usize = docs.iter().map(|d| d.text.len()).sum();
    let m = Matcher::default();
    let h = Hasher::default();
    for _ in 0..3 {
        let t = Instant::now();
        let mut n = 0;
        let mut out = String::new();
        for d in &docs {
            out.clear();
            m.normalize_into(&d.text, &mut out);
            n += out.len();
        }
        let e = t.elapsed();
        print!("norm {:.0} MB/s ", bytes as f64 / 1e6 / e.as_secs_f64());
        let t = Instant::now();
        for d in &docs {
            let _ = std::hint::black_box(h.text(&d.text));
        }
        let e = t.elapsed();
        print!("xxh {:.0} ", bytes as f64 / 1e6 / e.as_secs_f64());
        let t = Instant::now();
        let mut w = Words::default();
        for d in &docs {
            w.hash(&h, &d.text);
            n += w.hashes.len();
        }
        let e = t.elapsed();
        print!("words {:.0} ", bytes as f64 / 1e6 / e.as_secs_f64());
        let mut all = Vec::new();
        for d in &docs {
            w.hash(&h, &d.text);
            all.push(w.hashes.clone());
        }
        let t = Instant::now();
        let mut sh = Vec::new();
        for d in &all {
            sh.clear();
            sh.extend(Shingles::new(&h, d, 5));
            n += sh.len();
        }
        let e = t.elapsed();
        print!("shingles {:.0} ", bytes as f64 / 1e6 / e.as_secs_f64());
        let shs: Vec<Vec<u64>> = all
            .iter()
            .map(|d| Shingles::new(&h, d, 5).collect())
            .collect();
        let fss = Fss::new(&h, 128);
        let mut sig = Vec::new();
        let t = Instant::now();
        for s in &shs {
            fss.sign(s, &mut sig);
            n += sig[0] as usize & 1;
        }
        let e = t.elapsed();
        print!(
            "fss {:.0} ({:.2}us) ",
            bytes as f64 / 1e6 / e.as_secs_f64(),
            e.as_secs_f64() * 1e6 / docs.len() as f64
        );
        let mut ch = Vec::new();
        let t = Instant::now();
        for s in &shs {
            anchors(s, 8, 24, &mut ch);
            n += ch.len();
        }
        let e = t.elapsed();
        print!("anchors {:.0} ", bytes as f64 / 1e6 / e.as_secs_f64());
        let s = Settings::default().sketch();
        let t = Instant::now();
        let mut sk = Sketcher::new(&s, &m);
        for c in docs.chunks(300) {
            let mut chunk = SketchChunk::default();
            for d in c {
                sk.sketch(
                    Story {
                        title: None,
                        text: &d.text,
                    },
                    &mut chunk,
                );
            }
            chunk.seal();
            n += chunk.len();
        }
        let e = t.elapsed();
        println!("sketch {:.0} {n}", bytes as f64 / 1e6 / e.as_secs_f64());
    }
}
