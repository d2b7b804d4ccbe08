//! A small client of the service's own interface, used by the demo, the benchmark and the tests: a person signs
//! in once and then sends requests.

use serde_json::Value;
use std::sync::Mutex;
use std::time::Duration;
use ureq::http::{Request, Response as HttpResponse};

/// An answer: status, headers and body.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Response {
    /// The body as JSON; null when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{method} {url}: {why}")]
    NotAnswered { method: String, url: String, why: String },
    #[error("{method} {path} was answered {status}: {body}")]
    Refused { method: String, path: String, status: u16, body: String },
}

/// Sees every answer that a client gets: method, path, and what came back.
pub type Watcher = fn(&str, &str, &Response);

/// A client of one service.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    pub base: String,
    watcher: Option<Watcher>,
}

impl Client {
    pub fn new(base: impl Into<String>) -> Self {
        Self::with_patience(base, Duration::from_secs(60))
    }

    /// One that gives up a request after this time.
    pub fn with_patience(base: impl Into<String>, longest_wait: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(longest_wait))
            .max_redirects(0)
            .build();
        Self { agent: config.into(), base: base.into(), watcher: None }
    }

    /// The same client, whose answers are shown to a watcher before anybody else gets them.
    pub fn watched_by(self, watcher: Watcher) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// A client of the same service with connections of its own.
    pub fn apart(&self) -> Self {
        Self { watcher: self.watcher, ..Self::new(self.base.clone()) }
    }

    /// Sends one request unchanged.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Response, ClientError> {
        let url = format!("{}{path}", self.base);
        let not_answered = |why: String| ClientError::NotAnswered { method: method.to_owned(), url: url.clone(), why };
        let mut builder = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let answer = match body {
            Some(bytes) => {
                self.agent.run(builder.body(bytes.to_vec()).map_err(|error| not_answered(error.to_string()))?)
            }
            None => self.agent.run(builder.body(()).map_err(|error| not_answered(error.to_string()))?),
        };
        let answer = read(answer.map_err(|error| not_answered(error.to_string()))?).map_err(not_answered)?;
        if let Some(watcher) = self.watcher {
            watcher(method, path, &answer);
        }
        Ok(answer)
    }
}

fn read(mut answer: HttpResponse<ureq::Body>) -> Result<Response, String> {
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let status = answer.status().as_u16();
    let bytes = answer.body_mut().with_config().limit(1 << 30).read_to_vec().map_err(|error| error.to_string())?;
    Ok(Response { status, headers, bytes })
}

/// A person with an account.
pub struct Person {
    pub client: Client,
    pub email: String,
    pub password: String,
    token: Mutex<Option<String>>,
}

impl Person {
    pub fn new(client: &Client, email: impl Into<String>, password: impl Into<String>) -> Self {
        Self { client: client.clone(), email: email.into(), password: password.into(), token: Mutex::new(None) }
    }

    /// The same person in the same session, for a client of the same service at another address.
    pub fn moved_to(&self, client: &Client) -> Self {
        let token = self.token.lock().map(|token| token.clone()).unwrap_or_default();
        Self { token: Mutex::new(token), ..Self::new(client, self.email.clone(), self.password.clone()) }
    }

    /// Signs in and stores the access token. Returns the answer.
    pub fn sign_in(&self) -> Result<Response, ClientError> {
        let body = serde_json::json!({ "email": self.email, "password": self.password }).to_string();
        let answer = self.client.send(
            "POST",
            "/api/v1/sessions",
            &[("Content-Type", "application/json")],
            Some(body.as_bytes()),
        )?;
        if let Ok(mut token) = self.token.lock() {
            *token = answer.json()["access_token"].as_str().map(str::to_owned);
        }
        Ok(answer)
    }

    /// Returns the access token; signs in first if there is none.
    pub fn token(&self) -> Result<String, ClientError> {
        let kept = self.token.lock().ok().and_then(|token| token.clone());
        if let Some(token) = kept {
            return Ok(token);
        }
        let answer = self.sign_in()?;
        answer.json()["access_token"].as_str().map(str::to_owned).ok_or_else(|| ClientError::Refused {
            method: "POST".to_owned(),
            path: "/api/v1/sessions".to_owned(),
            status: answer.status,
            body: answer.text(),
        })
    }

    /// Sends a request with the person's token; signs in again once when the token has expired.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Response, ClientError> {
        let answer = self.send_once(method, path, headers, body)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        if let Ok(mut token) = self.token.lock() {
            *token = None;
        }
        self.send_once(method, path, headers, body)
    }

    fn send_once(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Response, ClientError> {
        let bearer = format!("Bearer {}", self.token()?);
        let mut all = vec![("Authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        self.client.send(method, &format!("/api/v1{path}"), &all, body)
    }

    pub fn get(&self, path: &str) -> Result<Response, ClientError> {
        self.send("GET", path, &[], None)
    }

    /// Posts with a fresh idempotency key, and with the version that the person saw, if any.
    pub fn post(&self, path: &str, version: Option<i64>, body: &Value) -> Result<Response, ClientError> {
        self.post_with_key(path, &uuid::Uuid::now_v7().to_string(), version, body)
    }

    pub fn post_with_key(
        &self,
        path: &str,
        key: &str,
        version: Option<i64>,
        body: &Value,
    ) -> Result<Response, ClientError> {
        let tag = version.map(|version| format!("\"{version}\""));
        let mut headers = vec![("Content-Type", "application/json"), ("Idempotency-Key", key)];
        headers.extend(tag.iter().map(|tag| ("If-Match", tag.as_str())));
        self.send("POST", path, &headers, Some(body.to_string().as_bytes()))
    }

    pub fn put(&self, path: &str, version: i64, body: &Value) -> Result<Response, ClientError> {
        let tag = format!("\"{version}\"");
        let headers = [("Content-Type", "application/json"), ("If-Match", tag.as_str())];
        self.send("PUT", path, &headers, Some(body.to_string().as_bytes()))
    }

    /// Uploads a file as evidence.
    pub fn upload(&self, file_name: &str, media_type: &str, content: &[u8]) -> Result<Response, ClientError> {
        let key = uuid::Uuid::now_v7().to_string();
        let headers = [("Content-Type", media_type), ("Idempotency-Key", key.as_str())];
        self.send("POST", &format!("/evidence?file_name={file_name}"), &headers, Some(content))
    }

    /// The JSON of an answer; fails unless the answer is a success.
    pub fn expect(&self, method: &str, path: &str, answer: Response) -> Result<Value, ClientError> {
        if (200..300).contains(&answer.status) {
            return Ok(answer.json());
        }
        Err(ClientError::Refused {
            method: method.to_owned(),
            path: path.to_owned(),
            status: answer.status,
            body: answer.text(),
        })
    }

    /// Gets a record; fails unless it is there.
    pub fn gets(&self, path: &str) -> Result<Value, ClientError> {
        self.expect("GET", path, self.get(path)?)
    }

    /// Posts a body; fails unless it is accepted.
    pub fn posts(&self, path: &str, version: Option<i64>, body: &Value) -> Result<Value, ClientError> {
        self.expect("POST", path, self.post(path, version, body)?)
    }

    /// Puts a body; fails unless it is accepted.
    pub fn puts(&self, path: &str, version: i64, body: &Value) -> Result<Value, ClientError> {
        self.expect("PUT", path, self.put(path, version, body)?)
    }
}
