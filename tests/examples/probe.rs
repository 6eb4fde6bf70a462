//! probe
use std::time::Instant;
use wirefold::{Settings, Wanted};
use wirefold_tests::{data, oracle};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let titles = std::env::args().nth(2).is_some();
    let docs = data::documents(std::path::Path::new(&path), titles);
    let bytes: usize = docs.iter().map(|d| d.text.len()).sum();
    let settings = Settings::default();
    println!("{:?}", settings.sketch());
    let t = Instant::now();
    let out = oracle::run(
        &docs,
        &settings,
        Wanted {
            families: true,
            relations: true,
        },
    )
    .unwrap();
    println!(
        "{} docs {} bytes {:?} candidates {} cut {} rows {} removed {}",
        docs.len(),
        bytes,
        t.elapsed(),
        out.candidates,
        out.cut_groups,
        out.relations.len(),
        out.decisions.iter().filter(|d| !d.kept).count()
    );
    let t = Instant::now();
    let sh = oracle::shingles(&docs, &settings);
    let sims = oracle::similarities(&sh);
    println!("oracle {:?} pairs {}", t.elapsed(), sims.len());
    let found: std::collections::HashMap<(u32, u32), &wirefold::relation::Row> = out
        .relations
        .iter()
        .map(|r| ((r.a.min(r.b), r.a.max(r.b)), r))
        .collect();
    let rep = |i: u32| match out.decisions[i as usize].link {
        Some(l) if l.relation == wirefold::relation::Relation::Identical => l.to,
        _ => i,
    };
    let found_pair = |a: u32, b: u32| {
        let (a, b) = (rep(a), rep(b));
        a == b || found.contains_key(&(a.min(b), a.max(b)))
    };
    let (mut nj, mut fj, mut nc, mut fc) = (0, 0, 0, 0);
    for (k, s) in &sims {
        let f = found_pair(k.0, k.1);
        if s.jaccard() >= 0.5 {
            nj += 1;
            fj += f as i32;
            if !f {
                println!(
                    "missed J {k:?} {s:?} {:.2} {} {}",
                    s.jaccard(),
                    docs[k.0 as usize].id,
                    docs[k.1 as usize].id
                );
            }
        } else if s.score() >= 0.8 && s.a.min(s.b) >= 8 {
            nc += 1;
            fc += f as i32;
            if !f {
                println!("missed C {k:?} {s:?}");
            }
        }
    }
    println!("J {fj}/{nj} C {fc}/{nc} rows {}", found.len());
    let pairs = path.replace("docs.jsonl", "pairs.tsv");
    if let Ok(p) = std::fs::read_to_string(pairs) {
        let ids: std::collections::HashMap<&str, u32> = docs
            .iter()
            .enumerate()
            .map(|(i, d)| (d.id.as_str(), i as u32))
            .collect();
        let (mut n, mut f) = (0, 0);
        for l in p.lines().skip(1) {
            let c: Vec<&str> = l.split('\t').collect();
            let (a, b) = (ids[c[0]], ids[c[1]]);
            let (j, cc): (f64, f64) = (c[2].parse().unwrap(), c[3].parse().unwrap());
            if j >= 0.55 || cc >= 0.85 {
                n += 1;
                let ok = found_pair(a, b);
                f += ok as i32;
                if !ok {
                    println!(
                        "missed given {} {} j {} c {} words {} {}",
                        c[0],
                        c[1],
                        c[2],
                        c[3],
                        sh[a as usize].len(),
                        sh[b as usize].len()
                    );
                }
            }
        }
        println!("given {f}/{n}");
    }
}
