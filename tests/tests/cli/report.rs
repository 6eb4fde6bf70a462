//! `--report`: the page, and the page in a browser.
//!
//! The browser is Chromium, driven through `chromedriver`; where either is missing its tests say
//! "skipped: …".

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Folder, STORIES, record, sample};

#[test]
fn a_page_for_dedup_relate_and_families_of_an_index() {
    let folder = Folder::new();
    let feed = sample();
    let feed = feed.display();
    folder.ok(&format!("dedup {feed} -o kept.jsonl --report dedup.html"));
    folder.ok(&format!(
        "relate {feed} -o pairs.jsonl --report relate.html"
    ));
    folder.ok("index create stories");
    folder.ok(&format!("index add stories {feed}"));
    folder.ok("index families stories -o clusters.csv --report index.html");
    for (page, command) in [
        ("dedup.html", "dedup"),
        ("relate.html", "relate"),
        ("index.html", "index families"),
    ] {
        let page = folder.read(page);
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
        assert!(
            page.contains(&format!("<h1>wirefold {command}</h1>")),
            "{command}"
        );
        // Nothing is fetched: no address but that of the namespace of drawings.
        let addresses = page.match_indices("http").map(|(at, _)| &page[at..]);
        let mut others = addresses.filter(|rest| {
            !rest.starts_with("http://www.w3.org/2000/svg") && !rest.starts_with("http-equiv")
        });
        assert_eq!(others.next().map(|rest| &rest[..rest.len().min(80)]), None);
    }
}

#[test]
fn the_page_of_an_empty_feed() {
    let folder = Folder::new();
    folder.file("feed.jsonl", "");
    folder.ok("dedup feed.jsonl -o kept.jsonl --report page.html");
    assert!(folder.read("page.html").contains("<dd>0</dd>"));
}

#[test]
fn a_page_is_written_whole_or_not_at_all() {
    let folder = Folder::new();
    folder.file("feed.jsonl", record("a", STORIES[0]));
    let run = folder
        .cmd("dedup feed.jsonl -o kept.jsonl --report missing/page.html")
        .run();
    run.code(2).says("missing/page.html");
    assert!(!folder.path("kept.jsonl").exists());
}

/// A browser that is asked by the protocol `WebDriver` of the W3C, closed at the end.
struct Browser {
    driver: Child,
    client: reqwest::Client,
    /// The address of its session.
    session: String,
    profile: tempfile::TempDir,
}

/// The key of the protocol for an element in an answer.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys as the protocol writes them.
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// The value of an answer.
async fn answer(request: reqwest::RequestBuilder) -> Result<Value, String> {
    let response = request.send().await.map_err(|error| error.to_string())?;
    let good = response.status().is_success();
    let body = response.text().await.map_err(|error| error.to_string())?;
    let mut body: Value = serde_json::from_str(&body).map_err(|error| error.to_string())?;
    let value = body["value"].take();
    if good {
        Ok(value)
    } else {
        Err(value.to_string())
    }
}

impl Browser {
    /// Starts one, of a window so many pixels wide.
    async fn start(width: u32, dark: bool) -> Result<Self, String> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("no chromedriver: {error}"))?;
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let Some(port) = port else {
            let _ = driver.kill();
            let _ = driver.wait();
            return Err("chromedriver did not start".to_owned());
        };
        let profile = tempfile::tempdir().unwrap();
        let mut arguments = vec![
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            format!("--window-size={width},900"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if dark {
            arguments.push("--force-dark-mode".to_owned());
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let address = format!("http://127.0.0.1:{port}/session");
        match answer(client.post(&address).body(wanted.to_string())).await {
            Ok(value) => {
                let session = value["sessionId"].as_str().unwrap();
                Ok(Self {
                    driver,
                    client,
                    session: format!("{address}/{session}"),
                    profile,
                })
            }
            Err(error) => {
                let _ = driver.kill();
                let _ = driver.wait();
                Err(format!("no Chromium: {error}"))
            }
        }
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/{command}", self.session));
        let value = answer(request.body(body.to_string())).await;
        value.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    async fn open(&self, page: &Path) {
        let address = format!("file://{}", page.display());
        self.post("url", json!({ "url": address })).await;
    }

    /// The first element of a selector, as a command to it begins.
    async fn element(&self, css: &str) -> String {
        let found = json!({ "using": "css selector", "value": css });
        let found = self.post("element", found).await;
        format!("element/{}", found[ELEMENT].as_str().unwrap())
    }

    async fn press(&self, css: &str, keys: &str) {
        let element = self.element(css).await;
        self.post(&format!("{element}/value"), json!({ "text": keys }))
            .await;
    }

    async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("{element}/click"), json!({})).await;
    }

    async fn clear(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("{element}/clear"), json!({})).await;
    }

    async fn text(&self, css: &str) -> String {
        let text = self
            .js(&format!("return document.querySelector({css:?}).innerText"))
            .await;
        text.as_str().unwrap().to_owned()
    }

    async fn js(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] }))
            .await
    }

    /// Waits until a script says yes.
    async fn until(&self, script: &str) {
        for _ in 0..400 {
            if self.js(script).await == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {script}");
    }

    /// Errors and warnings of the console so far.
    async fn complaints(&self) -> Vec<String> {
        let log = self.post("se/log", json!({ "type": "browser" })).await;
        let entries = log.as_array().unwrap().iter();
        let loud = entries.filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG");
        loud.map(|entry| entry["message"].to_string()).collect()
    }

    async fn close(mut self) {
        let _ = answer(self.client.delete(&self.session)).await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        drop(self.profile);
    }
}

/// Runs a test in a browser, which is closed however it ends, or says why not.
fn in_browser(width: u32, dark: bool, test: impl AsyncFnOnce(&Browser)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.unwrap();
    match runtime.block_on(Browser::start(width, dark)) {
        Ok(browser) => {
            let run = AssertUnwindSafe(|| runtime.block_on(test(&browser)));
            let ended = catch_unwind(run);
            runtime.block_on(browser.close());
            ended.unwrap_or_else(|panic| resume_unwind(panic));
        }
        Err(reason) => println!("skipped: {reason}"),
    }
}

#[test]
fn families_are_searched_and_opened_by_mouse_and_keyboard() {
    let folder = Folder::new();
    let feed = sample();
    folder.ok(&format!(
        "dedup {} -o kept.jsonl --report page.html",
        feed.display()
    ));
    in_browser(1200, false, async |browser| {
        browser.open(&folder.path("page.html")).await;
        let all = browser.text("#found").await;
        let count: usize = all.split(' ').next().unwrap().parse().unwrap();
        assert!(count > 3, "{all}");
        // The list is sorted by size.
        let sizes = browser
            .js("return [...document.querySelectorAll('#rows tr')].map((row) => Number(row.cells[1].textContent))")
            .await;
        let sizes: Vec<u64> = serde_json::from_value(sizes).unwrap();
        assert!(
            sizes.is_sorted_by(|a, b| a >= b) && sizes[0] > 1,
            "{sizes:?}"
        );

        // "/" leads to the search, which finds a family by words of its title.
        let first = browser.text("#rows tr:first-child a").await;
        browser.js("document.activeElement.blur()").await;
        browser.press("body", "/").await;
        browser
            .until("return document.activeElement.id === 'words'")
            .await;
        browser.press("#words", &first).await;
        browser
            .until("return document.querySelectorAll('#rows tr').length === 1")
            .await;
        assert_eq!(browser.text("#found").await, "1 family found");
        browser.press("#words", "no such words").await;
        browser
            .until("return document.querySelectorAll('#rows tr').length === 0")
            .await;
        browser.clear("#words").await;
        browser
            .until(&format!(
                "return document.querySelectorAll('#rows tr').length === {count}"
            ))
            .await;

        // A family has its stories in a table and side by side, with passages that lead to each other.
        browser.press("#rows tr:first-child a", ENTER).await;
        browser
            .until("return !document.getElementById('family').hidden")
            .await;
        assert_eq!(browser.text("#family-title").await, first);
        let stories = browser
            .js("return document.querySelectorAll('#members tbody tr').length")
            .await;
        assert_eq!(stories.as_u64(), Some(sizes[0]));
        browser.click(".pair mark[data-number] a").await;
        browser
            .until("return document.querySelectorAll('mark.lit').length === 1")
            .await;
        // Going back leads to the family's beginning, and further to the list.
        for (mark, hidden) in [(0, false), (0, true)] {
            browser.js("history.back()").await;
            browser
                .until(&format!(
                    "return document.getElementById('family').hidden === {hidden} \
                     && document.querySelectorAll('mark.lit').length === {mark} && !location.hash.includes('/')"
                ))
                .await;
        }
        browser.js("history.forward()").await;
        browser
            .until("return !document.getElementById('family').hidden")
            .await;
        browser.press("body", ESCAPE).await;
        browser
            .until("return document.getElementById('family').hidden")
            .await;
        assert_eq!(browser.complaints().await, [""; 0]);
    });
}

/// Stories whose every field tries to be more than text.
fn hostile_feed() -> String {
    let mut feed = String::new();
    let word = "w".repeat(100_000);
    let attacks = [
        "</script><script>window.injected = 1</script>",
        "<img src=x onerror=\"window.injected = 2\">",
        "<!--<script>",
        "\u{202e}desrever\u{202c} \u{2067}aside\u{2069} nul\u{0}",
        "' onmouseover='window.injected = 3' {{ 7 * 7 }}",
        &word,
    ];
    for (at, attack) in attacks.iter().enumerate() {
        for copy in ["a", "b"] {
            let story = json!({
                "id": format!("{attack}{at}{copy}"),
                "title": format!("{attack} {at}"),
                "source": format!("{attack} desk {copy}"),
                "published": format!("2026-03-01T0{at}:00:00Z"),
                "text": format!("{}\n\n{attack} {at} {}", STORIES[at % 3], STORIES[(at + 1) % 3]),
            });
            let _ = writeln!(feed, "{story}");
        }
    }
    feed
}

#[test]
fn hostile_text_stays_text() {
    let folder = Folder::new();
    folder.file("feed.jsonl", hostile_feed());
    folder.ok("dedup feed.jsonl -o kept.jsonl --report page.html");
    // A narrow window by night: nothing runs, nothing sticks out.
    in_browser(500, true, async |browser| {
        browser.open(&folder.path("page.html")).await;
        let families = browser
            .js("return document.querySelectorAll('#rows a').length")
            .await;
        let families = families.as_u64().unwrap();
        assert!(families > 0);
        let mut seen = String::new();
        for family in 0..families {
            browser
                .js(&format!("location.hash = 'family-{family}'"))
                .await;
            browser
                .until(&format!(
                    "return document.getElementById('family').dataset.number === '{family}' \
                     && document.querySelectorAll('.pair').length > 0"
                ))
                .await;
            seen += &browser.text("#family").await;
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(browser.js(fits).await, json!(true), "family {family}");
        }
        assert_eq!(
            browser.js("return window.injected ?? null").await,
            Value::Null
        );
        let scripts = browser
            .js("return document.querySelectorAll('script, img').length")
            .await;
        assert_eq!(scripts, json!(2), "the data and the page's own");
        browser.js("location.hash = 'families'").await;
        browser
            .until("return document.getElementById('family').hidden")
            .await;
        let shown = browser.text("#rows").await;
        assert!(!shown.contains('\u{202e}'), "{shown}");
        for part in [
            "U+202E",
            "U+0000",
            "<img src=x",
            "</script><script>window.injected",
            "{{ 7 * 7 }}",
        ] {
            assert!(seen.contains(part), "{part}: {seen}");
        }
        assert_eq!(browser.complaints().await, [""; 0]);
    });
}
