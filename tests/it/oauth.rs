//! A private OAuth provider on loopback: device codes, a page that leads back, tokens that are renewed, replaced and
//! revoked, and a place where a mail server asks whose token it was shown. It ends when it is dropped.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What the provider knows and how it behaves.
#[derive(Debug)]
pub struct State {
    /// Access tokens that hold, and whose they are.
    pub access: BTreeMap<String, String>,
    /// The refresh token that holds.
    pub refresh: Option<String>,
    /// Refresh tokens that were replaced: using one again revokes everything.
    pub replaced: Vec<String>,
    /// Whether a renewal gives another refresh token.
    pub rotates: bool,
    /// How long access tokens are said to hold, in seconds.
    pub lifetime: u64,
    /// How often the person is still thinking.
    pub pending: u32,
    /// Whether the person says no.
    pub declines: bool,
    /// Whether it answers at all.
    pub down: bool,
    /// What is answered to a renewal instead of tokens.
    pub refuses: Option<(u16, Value)>,
    /// The secret clients must show.
    pub client_secret: Option<String>,
    /// Whose mailbox it is.
    pub user: String,
    /// Every request: its path and fields.
    pub asked: Vec<(String, BTreeMap<String, String>)>,
    given: u32,
}

/// A running provider.
pub struct Provider {
    /// Where it listens.
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Provider {
    /// Starts one for the mailbox of `user`.
    pub fn start(user: &str) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("a port").port();
        let state = Arc::new(Mutex::new(State {
            access: BTreeMap::new(),
            refresh: None,
            replaced: Vec::new(),
            rotates: true,
            lifetime: 3600,
            pending: 1,
            declines: false,
            down: false,
            refuses: None,
            client_secret: None,
            user: user.into(),
            asked: Vec::new(),
            given: 0,
        }));
        let shared = Arc::downgrade(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(state) = shared.upgrade() else { return };
                std::thread::spawn(move || answer(stream, &state));
            }
        });
        Provider { port, state }
    }

    /// The address of one of its endpoints.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// What it knows, to be looked at or changed.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Makes every access token worthless, as a changed password does.
    pub fn forget_access(&self) {
        self.state().access.clear();
    }

    /// Makes everything worthless.
    pub fn revoke(&self) {
        let mut state = self.state();
        state.access.clear();
        state.refresh = None;
    }

    /// How often tokens were renewed.
    pub fn renewals(&self) -> usize {
        let of = |fields: &BTreeMap<String, String>| fields.get("grant_type").is_some_and(|g| g == "refresh_token");
        self.state().asked.iter().filter(|(_, fields)| of(fields)).count()
    }

    /// The `oauth` of a mailbox in the configuration.
    pub fn configuration(&self, way: &str) -> String {
        format!(
            "[mailbox.oauth]\nprovider = \"generic\"\nclient-id = \"touchbase-tests\"\n{way}-endpoint = \"{}\"\n\
             token-endpoint = \"{}\"\nscopes = [\"mail\", \"offline_access\"]\n",
            self.url(way),
            self.url("token")
        )
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.state().down = true;
        // Wakes the listener, which finds nobody left.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut first, mut length) = (String::new(), 0);
    if reader.read_line(&mut first).is_err() {
        return;
    }
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let target = first.split(' ').nth(1).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut fields = form(query);
    fields.extend(form(&String::from_utf8_lossy(&body)));
    let Some((status, said)) = state.lock().unwrap().respond(path.trim_matches('/'), fields) else { return };
    let location = said["location"].as_str().map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
    let said = said.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n",
        said.len()
    );
    let mut stream = stream;
    let _ = stream.write_all((head + &said).as_bytes());
}

fn url_base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let letters = bits.as_bytes().chunks(6).map(|six| {
        let six = format!("{:0<6}", String::from_utf8_lossy(six));
        char::from(alphabet[usize::from_str_radix(&six, 2).expect("bits")])
    });
    letters.collect()
}

fn form(text: &str) -> BTreeMap<String, String> {
    let decoded = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (decoded(key), decoded(value))).collect()
}

impl State {
    fn respond(&mut self, path: &str, fields: BTreeMap<String, String>) -> Option<(u16, Value)> {
        if self.down {
            return None;
        }
        self.asked.push((path.to_owned(), fields.clone()));
        let field = |key: &str| fields.get(key).map(String::as_str).unwrap_or_default();
        let refuse = |code: &str| Some((400, json!({"error": code, "error_description": "Not so.\r\nTrace: 1"})));
        match (path, field("grant_type")) {
            ("device", _) => Some((
                200,
                json!({
                    "device_code": "canary-device", "user_code": "WDJB-MJHT", "interval": 1, "expires_in": 60,
                    "verification_uri": format!("http://127.0.0.1/enter"),
                }),
            )),
            // Where a mail server asks.
            ("tokeninfo", _) => match self.access.get(field("access_token")) {
                Some(user) => Some((200, json!({"email": user, "expires_in": 60}))),
                None => Some((401, json!({"error": "invalid_token"}))),
            },
            ("token", _) if self.client_secret.as_deref().is_some_and(|s| s != field("client_secret")) => {
                refuse("invalid_client")
            }
            ("token", "urn:ietf:params:oauth:grant-type:device_code") => {
                assert_eq!(field("device_code"), "canary-device");
                if self.declines {
                    return refuse("access_denied");
                }
                if self.pending > 0 {
                    self.pending -= 1;
                    return refuse("authorization_pending");
                }
                Some(self.give())
            }
            ("token", "authorization_code") => {
                let mut asked = self.asked.iter().rev().filter(|(path, _)| path == "authorize");
                let (_, page) = asked.next().expect("a page that was opened");
                let agreed = field("code") == "canary-code" && field("redirect_uri") == page["redirect_uri"];
                let challenge = url_base64(&Sha256::digest(field("code_verifier").as_bytes()));
                match agreed && challenge == page["code_challenge"] {
                    true => Some(self.give()),
                    false => refuse("invalid_grant"),
                }
            }
            ("token", "refresh_token") => {
                if let Some(refusal) = &self.refuses {
                    return Some(refusal.clone());
                }
                let shown = field("refresh_token").to_owned();
                if self.replaced.contains(&shown) {
                    // Somebody uses what was replaced: taken for theft (RFC 6749, 10.4).
                    self.access.clear();
                    self.refresh = None;
                }
                if self.refresh.as_deref() != Some(&shown) {
                    return refuse("invalid_grant");
                }
                Some(self.give())
            }
            // The person agrees at once, and the browser is led back.
            ("authorize", _) => {
                let back = match self.declines {
                    true => format!("{}?error=access_denied&state={}", field("redirect_uri"), field("state")),
                    false => format!("{}?code=canary-code&state={}", field("redirect_uri"), field("state")),
                };
                Some((302, json!({"location": back})))
            }
            _ => Some((404, json!({"error": "not_found"}))),
        }
    }

    fn give(&mut self) -> (u16, Value) {
        self.given += 1;
        let access = format!("canary-access-{}", self.given);
        self.access.insert(access.clone(), self.user.clone());
        let mut said = json!({"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime});
        if self.rotates || self.refresh.is_none() {
            let refresh = format!("canary-refresh-{}", self.given);
            self.replaced.extend(self.refresh.replace(refresh.clone()));
            said["refresh_token"] = json!(refresh);
        }
        (200, said)
    }
}
