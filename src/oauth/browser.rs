//! A page that leads back to this machine (RFC 8252, 7.3): for providers whose device codes do not open mailboxes, as
//! Google's do not.
//!
//! Whoever intercepts the way back has nothing: the code is worth something only together with what never left this
//! process (PKCE, RFC 7636). On a machine without a browser the person opens the page elsewhere, where the way back
//! leads nowhere, and pastes that address here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::grant::{self, Answer, Granted};
use super::{OAuthError, Provider};

/// How long a person has.
const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// A browser's request for a page, its head at most.
const REQUEST: u64 = 16 * 1024;
/// How often to look whether the person has answered.
const LOOK: Duration = Duration::from_millis(100);

/// A person is being asked.
#[derive(Debug)]
pub struct Browser {
    /// The page to open.
    pub page: String,
    state: String,
    verifier: SecretString,
    redirect: String,
    listener: TcpListener,
    pasted: Receiver<String>,
    paste: Sender<String>,
}

impl Browser {
    /// Listens on this machine, and makes the address of the page.
    ///
    /// # Errors
    /// No port, or no randomness.
    pub fn begin(
        provider: &Provider,
        page: &str,
        extra: &[(String, String)],
        user: &str,
    ) -> Result<Browser, OAuthError> {
        let unable = |error: std::io::Error| OAuthError::Unreachable(format!("cannot listen on this machine: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").map_err(unable)?;
        listener.set_nonblocking(true).map_err(unable)?;
        let redirect = format!("http://127.0.0.1:{}/", listener.local_addr().map_err(unable)?.port());
        let (verifier, state) = (random()?, random()?);
        let challenge = url_base64(&Sha256::digest(verifier.as_bytes()));
        let scope = provider.scopes.join(" ");
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", &redirect),
            ("scope", &scope),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", user),
        ];
        fields.extend(extra.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let coded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let query: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={}", coded(value))).collect();
        let page = format!("{page}{}{}", if page.contains('?') { '&' } else { '?' }, query.join("&"));
        let (paste, pasted) = channel();
        Ok(Browser { page, state, verifier: SecretString::from(verifier), redirect, listener, pasted, paste })
    }

    /// Where an address that a person pastes is to be sent.
    pub fn paste(&self) -> Sender<String> {
        self.paste.clone()
    }

    /// Waits until the browser comes back, or its address is pasted; then fetches the tokens.
    ///
    /// # Errors
    /// What became of it.
    pub fn wait(&self, provider: &Provider) -> Result<Granted, OAuthError> {
        let code = self.code()?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", &self.redirect),
            ("code_verifier", self.verifier.expose_secret()),
        ];
        match grant::ask(provider, &fields)? {
            Answer::Granted(granted) => Ok(granted),
            Answer::Refused { code, words } => Err(grant::refused(&code, &words)),
        }
    }

    fn code(&self) -> Result<SecretString, OAuthError> {
        let began = Instant::now();
        while began.elapsed() < LIFETIME {
            if let Ok((stream, _)) = self.listener.accept()
                && let Some(answer) = self.receive(stream)
            {
                return answer;
            }
            if let Ok(pasted) = self.pasted.try_recv()
                && let Some(answer) = self.read(pasted.trim())
            {
                return answer;
            }
            std::thread::sleep(LOOK);
        }
        Err(OAuthError::TooLate)
    }

    /// One request of a browser. Browsers also ask for icons, and other programs for anything.
    fn receive(&self, stream: TcpStream) -> Option<Result<SecretString, OAuthError>> {
        stream.set_nonblocking(false).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
        stream.set_write_timeout(Some(Duration::from_secs(2))).ok()?;
        let mut line = String::new();
        BufReader::new(stream.try_clone().ok()?.take(REQUEST)).read_line(&mut line).ok()?;
        let answer = line.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).and_then(|path| self.read(path));
        let (status, words) = match &answer {
            Some(Ok(_)) => ("200 OK", "touchbase may read the mailbox now. You can close this page."),
            Some(Err(_)) => ("200 OK", "touchbase may not read the mailbox. You can close this page."),
            None => ("404 Not Found", "There is nothing here."),
        };
        let page = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{words}",
            words.len()
        );
        let mut stream = stream;
        // Whether the browser still listens does not matter.
        let _ = stream.write_all(page.as_bytes());
        answer
    }

    /// The code in an address, if it answers our question and not somebody else's.
    fn read(&self, address: &str) -> Option<Result<SecretString, OAuthError>> {
        let (_, query) = address.split_once('?')?;
        let query = query.split('#').next().unwrap_or_default();
        let field = |wanted: &str| {
            let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == wanted)?;
            Some(percent_decode_str(&found.1.replace('+', " ")).decode_utf8_lossy().into_owned())
        };
        if field("state")? != self.state {
            return None;
        }
        match (field("code"), field("error")) {
            (Some(code), _) => Some(Ok(SecretString::from(code))),
            (None, Some(error)) if error == "access_denied" => Some(Err(OAuthError::Declined)),
            (None, Some(error)) => Some(Err(grant::refused(
                &grant::clean(&error),
                &grant::clean(&field("error_description").unwrap_or_default()),
            ))),
            (None, None) => None,
        }
    }
}

/// 256 bits nobody can guess, as 64 letters (RFC 7636, 4.1 wants 43 to 128).
fn random() -> Result<String, OAuthError> {
    let mut bytes = [0u8; 32];
    let got = std::fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    got.map_err(|error| OAuthError::Unreachable(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Base64 for URLs, without padding (RFC 4648, 5).
fn url_base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &b| bits << 8 | u32::from(b)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let letter = bits >> (18 - 6 * place) & 63;
            text.push(char::from(ALPHABET.get(letter as usize).copied().unwrap_or(b'A')));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::Way;

    fn asked() -> Browser {
        let provider = Provider {
            client_id: "id".into(),
            client_secret: None,
            way: Way::Device(String::new()),
            token_endpoint: "http://127.0.0.1:1/".into(),
            scopes: vec!["https://mail.example/".into()],
            ca_file: None,
        };
        Browser::begin(&provider, "https://accounts.example/auth", &[], "a@b.example").unwrap()
    }

    #[test]
    fn the_challenge_is_that_of_the_standards_example() {
        // RFC 7636, appendix B.
        let digest = Sha256::digest(b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(url_base64(&digest), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn only_an_answer_to_this_very_question_is_taken() {
        let asked = asked();
        let code = |address: String| asked.read(&address).map(|a| a.map(|code| code.expose_secret().to_owned()));
        let state = asked.state.clone();
        assert_eq!(code(format!("/?code=4%2F0A+b&state={state}")), Some(Ok("4/0A b".into())));
        assert_eq!(code(format!("http://127.0.0.1:1/?state={state}&code=x#")), Some(Ok("x".into())));
        assert_eq!(code("/?code=x&state=guessed".into()), None);
        assert_eq!(code("/?code=x".into()), None);
        assert_eq!(code("/favicon.ico".into()), None);
        assert_eq!(code(format!("/?error=access_denied&state={state}")), Some(Err(OAuthError::Declined)));
        assert!(matches!(code(format!("/?error=invalid_scope&state={state}")), Some(Err(OAuthError::Refused(_)))));
    }

    #[test]
    fn the_page_holds_the_challenge_and_never_the_verifier() {
        let asked = asked();
        assert!(asked.page.starts_with("https://accounts.example/auth?response_type=code&client_id=id&"));
        assert!(asked.page.contains("code_challenge_method=S256") && asked.page.contains(&asked.state));
        assert!(!asked.page.contains(asked.verifier.expose_secret()));
        assert!(!format!("{asked:?}").contains(asked.verifier.expose_secret()));
    }
}
