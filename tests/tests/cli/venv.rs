//! Virtual environments of Python in the target folder, made for the tests once.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

/// The folder of the programs of an environment `name` in which pip installed what `wanted` says, the
/// arguments of `pip install`; `mark` changes when that does. Else why there is none.
pub(crate) fn installed(name: &str, wanted: &[&OsStr], mark: &str) -> Result<PathBuf, String> {
    // Tests that run at once must not install it twice.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let marker = folder.join("installed");
    if fs::read_to_string(&marker).is_ok_and(|found| found == mark) {
        return Ok(bin);
    }
    let made = ["-m".as_ref(), "venv".as_ref(), folder.as_os_str()];
    run(Path::new("python3"), &made).map_err(|why| format!("no Python: {why}"))?;
    let install = ["-m", "pip", "install", "--quiet"].map(OsStr::new);
    run(&bin.join("python"), &[&install, wanted].concat())
        .map_err(|why| format!("{name}: not installed: {why}"))?;
    fs::write(marker, mark).map_err(|error| error.to_string())?;
    Ok(bin)
}

/// Runs a program; the last line of what it told if it failed.
pub(crate) fn run(program: &Path, args: &[&OsStr]) -> Result<(), String> {
    let output = Command::new(program).args(args).output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(told.lines().last().unwrap_or("it failed").to_owned())
}
