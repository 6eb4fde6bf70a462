//! `docs/bad-input.md`: its rows, and that each has its test.

use crate::support::{Folder, Ran};

const TABLE: &str = include_str!("../../../docs/bad-input.md");
const TESTS: [&str; 8] = [
    include_str!("bad_columns.rs"),
    include_str!("bad_files.rs"),
    include_str!("bad_formats.rs"),
    include_str!("bad_outputs.rs"),
    include_str!("bad_records.rs"),
    include_str!("index_whole.rs"),
    include_str!("memory.rs"),
    include_str!("places.rs"),
];

/// One row of the table.
pub(crate) struct Case {
    name: &'static str,
    /// The parts of the message between those that vary.
    message: Option<Vec<&'static str>>,
    code: i32,
}

fn cases() -> impl Iterator<Item = Case> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| "));
    rows.filter(|row| !row.starts_with("| case ")).map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, _, message, code] = cells[..] else {
            panic!("not four cells: {row}");
        };
        let message = match message {
            "none" => None,
            message => {
                let message = message
                    .strip_prefix("``")
                    .and_then(|rest| rest.strip_suffix("``"));
                Some(message.expect(row).split('…').collect())
            }
        };
        let code = code.parse().expect(row);
        Case {
            name,
            message,
            code,
        }
    })
}

/// The row of a case.
pub(crate) fn case(name: &str) -> Case {
    cases()
        .find(|case| case.name == name)
        .unwrap_or_else(|| panic!("no case `{name}` in docs/bad-input.md"))
}

impl Case {
    /// Claims that a run said and returned what the table says.
    #[track_caller]
    pub(crate) fn check(&self, ran: &Ran) {
        self.check_message(&ran.err);
        assert_eq!(ran.code, Some(self.code), "{}", ran.err);
        if self.code == 2 {
            assert!(ran.out.is_empty());
        }
    }

    #[track_caller]
    pub(crate) fn check_message(&self, told: &str) {
        let Some(parts) = &self.message else {
            let clean = !told.contains("error") && !told.contains("refused");
            assert!(clean, "{told}");
            return;
        };
        let mut rest = told;
        for part in parts {
            let at = rest.find(part);
            let at = at.unwrap_or_else(|| panic!("no `{part}` in: {told}"));
            rest = &rest[at + part.len()..];
        }
    }

    /// Claims that `dedup` fails, changes nothing and leaves nothing behind.
    #[track_caller]
    pub(crate) fn fails(&self, folder: &Folder, args: &str) {
        let before = folder.names();
        let ran = folder.cmd(args).run();
        self.check(&ran);
        assert_eq!(folder.names(), before);
    }
}

/// Runs `dedup` over inputs and claims what the table says of the case, and that as many records
/// were kept, removed and refused as said. The kept records are in `kept.jsonl`.
#[track_caller]
pub(crate) fn dedup(name: &str, folder: &Folder, args: &str, counts: [usize; 3]) -> Ran {
    let ran = folder
        .cmd(&format!(
            "dedup {args} -o kept.jsonl --clusters clusters.jsonl --rejects rejects.jsonl"
        ))
        .run();
    case(name).check(&ran);
    let clusters = folder.rows("clusters.jsonl");
    let kept = folder.read("kept.jsonl").lines().count();
    assert_eq!(
        clusters.iter().filter(|row| row["kept"] == true).count(),
        kept
    );
    let removed = clusters.len() - kept;
    let refused = folder.rows("rejects.jsonl").len();
    assert_eq!(
        [kept, removed, refused],
        counts,
        "kept, removed, refused: {}",
        ran.err
    );
    ran
}

#[test]
fn every_case_has_its_test() {
    let mut count = 0;
    for Case { name, .. } in cases() {
        count += 1;
        let function: String = name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .collect();
        let function = format!("fn {function}()");
        let quoted = format!("\"{name}\"");
        assert!(
            TESTS
                .iter()
                .any(|file| file.contains(&function) && file.contains(&quoted)),
            "no test `{function}` of the case {quoted}"
        );
    }
    assert!(count >= 28, "{count}");
}
