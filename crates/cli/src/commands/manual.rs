//! `wirefold completions` and `wirefold man`: what the flags say of themselves, for shells and readers.

use std::io::Write as _;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use wirefold_io::{Inputs, Outputs};

use super::run::place;
use crate::args::{self, Args};
use crate::outcome::{Ending, Failure};

/// Writes the completions of a shell.
pub(crate) fn completions(args: &args::Completions) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "wirefold", &mut script);
    match std::io::stdout().write_all(&script) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Usage(
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(Ending::Done),
    }
}

/// Writes the pages of all commands.
pub(crate) fn man(args: &args::Man) -> Result<Ending, Failure> {
    let mut command = Args::command();
    command.build();
    let mut pages = Vec::new();
    render(&command, &mut pages);
    let none = Inputs::default();
    let mut outputs = Outputs::new(&none);
    let mut sealed = Vec::new();
    for (name, page) in pages {
        let mut output = outputs.create(args.dir.join(name))?;
        output.put(&page)?;
        sealed.push(output.seal()?);
    }
    place(sealed)?;
    Ok(Ending::Done)
}

/// The page of a command and those of the commands below it, each with the name of its file.
fn render(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    // Memory takes it.
    if man.render(&mut page).is_ok() {
        pages.push((man.get_filename(), page));
    }
    let below = command.get_subcommands();
    below
        .filter(|command| command.get_name() != "help" && !command.is_hide_set())
        .for_each(|command| render(command, pages));
}
