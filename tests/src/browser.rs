//! Chromium, driven through `chromedriver`, for what only a browser can tell.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::missing_panics_doc,
    reason = "a step that fails ends the test or the command that asked for it, a skipped one is told"
)]

use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// A browser that is asked by the protocol `WebDriver` of the W3C, closed at the end.
pub struct Browser {
    driver: Child,
    client: reqwest::Client,
    /// The address of its session.
    session: String,
    profile: tempfile::TempDir,
}

/// The key of the protocol for an element in an answer.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The key Enter, as the protocol writes it.
pub const ENTER: &str = "\u{e007}";
/// The key Escape.
pub const ESCAPE: &str = "\u{e00c}";

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

    /// Asks for a command of the protocol; its value.
    async fn post(&self, command: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/{command}", self.session));
        let value = answer(request.body(body.to_string())).await;
        value.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Opens a file.
    pub async fn open(&self, page: &Path) {
        let address = format!("file://{}", page.display());
        self.post("url", json!({ "url": address })).await;
    }

    /// The first element of a selector, as a command to it begins.
    async fn element(&self, css: &str) -> String {
        let found = json!({ "using": "css selector", "value": css });
        let found = self.post("element", found).await;
        format!("element/{}", found[ELEMENT].as_str().unwrap())
    }

    /// Types keys into the first element of a selector.
    pub async fn press(&self, css: &str, keys: &str) {
        let element = self.element(css).await;
        self.post(&format!("{element}/value"), json!({ "text": keys }))
            .await;
    }

    /// Clicks on the first element of a selector.
    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("{element}/click"), json!({})).await;
    }

    /// Empties a field.
    pub async fn clear(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("{element}/clear"), json!({})).await;
    }

    /// What the first element of a selector shows.
    pub async fn text(&self, css: &str) -> String {
        let text = self
            .js(&format!("return document.querySelector({css:?}).innerText"))
            .await;
        text.as_str().unwrap().to_owned()
    }

    /// The value of a script.
    pub async fn js(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] }))
            .await
    }

    /// Waits until a script says yes.
    pub async fn until(&self, script: &str) {
        for _ in 0..400 {
            if self.js(script).await == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never: {script}");
    }

    /// Errors and warnings of the console so far.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.post("se/log", json!({ "type": "browser" })).await;
        let entries = log.as_array().unwrap().iter();
        let loud = entries.filter(|entry| entry["level"] != "INFO" && entry["level"] != "DEBUG");
        loud.map(|entry| entry["message"].to_string()).collect()
    }

    /// A picture of a window of so many pixels, as PNG.
    pub async fn picture(&self, width: u32, height: u32) -> Vec<u8> {
        let size = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        } });
        self.post("goog/cdp/execute", size).await;
        let wanted = json!({ "cmd": "Page.captureScreenshot", "params": {
            "format": "png", "optimizeForSpeed": false,
        } });
        let picture = self.post("goog/cdp/execute", wanted).await;
        let picture = picture["data"].as_str().unwrap();
        base64::Engine::decode(&base64::prelude::BASE64_STANDARD, picture).unwrap()
    }

    async fn close(mut self) {
        let _ = answer(self.client.delete(&self.session)).await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        drop(self.profile);
    }
}

/// Runs a test in a browser, which is closed however it ends, or says why not.
pub fn in_browser(width: u32, dark: bool, test: impl AsyncFnOnce(&Browser)) {
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
