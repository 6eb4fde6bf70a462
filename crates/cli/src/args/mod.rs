//! The flags, from which parsing and help are made: `commands` and `index` have those of each command, `flags`
//! what several commands share, `values` what a flag may be.

mod commands;
mod flags;
pub(crate) mod index;
mod normalize;
mod tune;
mod values;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

pub(crate) use commands::{Compare, Dedup, Learn, Relate};
pub(crate) use flags::{
    Bounds, Furniture, Input, Matching, OUTPUTS, Running, SETTINGS, SettingsFile,
};
pub(crate) use normalize::{Face, FormArg, MarksArg, Normalize, Step};
pub(crate) use tune::Tune;
pub(crate) use values::{Color, InputFormat, InvalidUtf8, Removes, TitleUse};

/// Fold a wire feed: find every story that copies another, say how and where, and keep what is
/// not told twice.
#[derive(Debug, Parser)]
#[command(name = "wirefold", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) settings: SettingsFile,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 done, but more records were refused than --max-refused allows; 2 nothing done.";

const DEDUP_EXAMPLES: &str = "\
Examples:
  wirefold dedup feed.jsonl -o kept.jsonl
  wirefold dedup monday.jsonl.gz tuesday/ -o kept.jsonl.zst --clusters clusters.csv
  zcat feed.jsonl.gz | wirefold dedup --quiet > kept.jsonl

Ids: a record without an id gets FILE:LINE. An id that was given before gets a suffix: the second
`a` becomes `a#2`, the third `a#3`, in the tables alone; kept records stay as they came.
";

const RELATE_EXAMPLES: &str = "\
Examples:
  wirefold relate feed.jsonl -o relations.jsonl
  wirefold relate archive/ --threshold 0.7 -o relations.csv.gz
";

const LEARN_EXAMPLES: &str = "\
Examples:
  wirefold learn archive/ -o feed.profile
  wirefold learn today.jsonl --add feed.profile -o feed.new.profile
  wirefold relate today.jsonl --profile feed.profile -o relations.jsonl
  wirefold normalize today.jsonl --mark-furniture --profile feed.profile -o marked.jsonl
";

const COMPARE_EXAMPLES: &str = "\
Examples:
  wirefold compare monday.txt tuesday.txt
  wirefold compare feed.jsonl#s012 feed.jsonl#s029 | less -R
  wirefold compare feed.jsonl#s012 story.txt --json
";

const NORMALIZE_EXAMPLES: &str = "\
Examples:
  wirefold normalize --quotes straight < story.txt
  wirefold normalize feed.jsonl --html --mojibake -o clean.jsonl
  wirefold normalize --mark-furniture < story.txt
  tail -f feed.jsonl | wirefold normalize --quiet
";

const TUNE_EXAMPLES: &str = "\
Examples:
  wirefold tune week.jsonl
  wirefold tune week.jsonl --labels judged.csv --precision 0.99 -o wirefold.toml
  wirefold dedup feed.jsonl -o kept.jsonl --config wirefold.toml
";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Remove the copies from a feed.
    ///
    /// Writes the kept records as they came, byte for byte and in their order.
    #[command(allow_negative_numbers = true, after_help = DEDUP_EXAMPLES, after_long_help = format!("{DEDUP_EXAMPLES}\n{EXIT_CODES}"))]
    Dedup(Dedup),
    /// Write the related pairs of a feed; remove nothing.
    #[command(allow_negative_numbers = true, after_help = RELATE_EXAMPLES, after_long_help = format!("{RELATE_EXAMPLES}\n{EXIT_CODES}"))]
    Relate(Relate),
    /// Learn from a feed which lines its sources repeat, and how rare words are.
    ///
    /// `relate` and `dedup --relations` learn from the feed that they read; with `--profile FILE` they
    /// use what was learned from a longer one.
    #[command(after_help = LEARN_EXAMPLES, after_long_help = format!("{LEARN_EXAMPLES}\n{EXIT_CODES}"))]
    Learn(Learn),
    /// Show two stories and what they share.
    ///
    /// Shared passages are marked and numbered in both texts and listed below them.
    #[command(after_help = COMPARE_EXAMPLES, after_long_help = COMPARE_EXAMPLES)]
    Compare(Compare),
    /// Clean text: a filter.
    ///
    /// Plain text comes out as plain text, JSON Lines as JSON Lines with the text and the title
    /// normalized and all else as it came. Several inputs of one format come out one after the
    /// other.
    #[command(allow_negative_numbers = true, after_help = NORMALIZE_EXAMPLES, after_long_help = format!("{NORMALIZE_EXAMPLES}\n{EXIT_CODES}"))]
    Normalize(Normalize),
    /// Choose settings from a sample.
    ///
    /// Without labels: how similar the pairs of the sample are, what each threshold would remove, what bands cost and
    /// find, and pairs right at the threshold to judge by eye. With labeled pairs: precision and recall of the
    /// thresholds, and the settings that agree best.
    #[command(allow_negative_numbers = true, after_help = TUNE_EXAMPLES, after_long_help = format!("{TUNE_EXAMPLES}\n{EXIT_CODES}"))]
    Tune(Tune),
    /// Keep stories in a folder, and ask of new ones whether they were there before.
    ///
    /// An index grows with `add` or `dedup`, and its segments are merged meanwhile. One process changes it
    /// at a time; any number ask, each of the state that it found.
    #[command(after_long_help = EXIT_CODES)]
    Index(index::Index),
    /// Write what a shell needs to complete flags, to standard output.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Write the manual, a page for each command.
    Man(Man),
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  wirefold completions bash > ~/.local/share/bash-completion/completions/wirefold
  wirefold completions zsh > ~/.zfunc/_wirefold
  wirefold completions fish > ~/.config/fish/completions/wirefold.fish
";

#[derive(Debug, ClapArgs)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Man {
    /// The folder that the pages go to, such as `~/.local/share/man/man1`.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use wirefold_io::{ID_FIELDS, TEXT_FIELDS, TITLE_FIELDS};

    use super::*;

    #[test]
    fn help_names_every_field_that_is_looked_for() {
        let mut command = Args::command();
        let dedup = command.find_subcommand_mut("dedup").expect("a subcommand");
        let help = dedup.render_long_help().to_string();
        let named: Vec<&str> = help.split('`').collect();
        for field in [TEXT_FIELDS, ID_FIELDS, TITLE_FIELDS].concat() {
            assert!(named.contains(&field), "{field} is not in the help");
        }
    }
}
