//! The package for Python: built as a wheel and installed, then tested by its own tests, which compare
//! it with the built command.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use wirefold_corpus::{Feed, Settings};

use crate::support::{Folder, wirefold};
use crate::venv::{installed, run};

/// The programs of the environment in which the package's tests run; why there is none.
fn environment(package: &Path) -> Result<PathBuf, String> {
    let new_enough =
        "import sys; sys.exit('3.10 or newer is needed' if sys.version_info < (3, 10) else 0)";
    run(Path::new("python3"), &["-c".as_ref(), new_enough.as_ref()])
        .map_err(|why| format!("no Python: {why}"))?;
    let requirements = package.join("requirements.txt");
    let mark = fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
    installed("python", &["-r".as_ref(), requirements.as_os_str()], &mark)
}

/// Builds the wheel in the profile of this test, whose target folder has most of what it needs.
fn wheel(package: &Path, bin: &Path, folder: &Path) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let name = match profile.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let built = Command::new(bin.join("maturin"))
        .current_dir(package)
        .args(["build", "--quiet", "--locked", "--strip", "--profile", name])
        .arg("--interpreter")
        .arg(bin.join("python"))
        .arg("--target-dir")
        .arg(profile.parent().unwrap())
        .arg("--out")
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files.next().expect("a wheel")
}

#[test]
fn the_package_for_python_is_built_and_passes_its_tests() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/python");
    let bin = match environment(&package) {
        Ok(bin) => bin,
        Err(why) => return println!("skipped: {why}"),
    };
    let folder = Folder::new();
    let wheels = folder.path("wheels");
    let wheel = wheel(&package, &bin, &wheels);
    let python = bin.join("python");
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--force-reinstall",
    ]
    .map(OsStr::new);
    run(&python, &[&install[..], &[wheel.as_os_str()]].concat()).unwrap();

    let feed = folder.path("feed.jsonl");
    let stories = Feed::new(Settings {
        stories: 2_000,
        ..Settings::default()
    });
    let lines: Vec<String> = stories.stories().map(|story| story.to_json()).collect();
    fs::write(&feed, lines.join("\n")).unwrap();
    let check = |args: &[&str]| {
        let output = Command::new(&python)
            .current_dir(&package)
            .args(args)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("WIREFOLD", wirefold())
            .env("WIREFOLD_FEED", &feed)
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(output.status.success(), "{args:?}\n{told}");
        told
    };
    let told = check(&[
        "-m",
        "pytest",
        "-q",
        // Why tests were skipped.
        "-rs",
        "-p",
        "no:cacheprovider",
        "--doctest-modules",
        "--pyargs",
        "wirefold",
        "tests",
    ]);
    println!("{told}");
    // What the package says of its types is what it has.
    let cache = if cfg!(windows) { "nul" } else { "/dev/null" };
    check(&["-m", "mypy", "--cache-dir", cache, "-p", "wirefold"]);
    check(&[
        "-m",
        "mypy.stubtest",
        "--mypy-config-file",
        "pyproject.toml",
        "wirefold._wirefold",
    ]);
}
