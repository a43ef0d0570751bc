//! What is said to prove who we are (SASL, RFC 4422), without a connection: which mechanism, which words, and what a
//! server's refusal means.

use secrecy::zeroize::Zeroizing;
use serde_json::Value;

use super::password::Kind;
use super::text;

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// User and password at once (RFC 4616).
    Plain,
    /// User and password, one question after the other (draft-murchison-sasl-login).
    Login,
    /// IMAP's own command (RFC 3501, 6.2.3), which cannot say every password.
    Command,
    /// A token, the standard way (RFC 7628).
    OAuthBearer,
    /// A token, as Google and Microsoft had it before the standard.
    XOAuth2,
}

/// The best mechanism the server offers for what we have; `None` when there is none.
/// `sayable` tells whether user and password fit into quoted strings.
pub fn choose(kind: Kind, sayable: bool, can: impl Fn(&str) -> bool) -> Option<Mechanism> {
    let order: &[(Mechanism, bool)] = match kind {
        Kind::Token => &[(Mechanism::OAuthBearer, can("AUTH=OAUTHBEARER")), (Mechanism::XOAuth2, can("AUTH=XOAUTH2"))],
        Kind::Password => &[
            (Mechanism::Plain, can("AUTH=PLAIN")),
            (Mechanism::Command, sayable && !can("LOGINDISABLED")),
            (Mechanism::Login, can("AUTH=LOGIN")),
        ],
    };
    order.iter().find(|(_, offered)| *offered).map(|(mechanism, _)| *mechanism)
}

/// What one side of an AUTHENTICATE says.
pub struct Dialog {
    /// The mechanism's registered name.
    pub name: &'static str,
    /// Whether the first words may go out with the command (RFC 4959); in SASL LOGIN the server speaks first.
    pub begins: bool,
    /// Our words in order, as base64.
    pub words: Vec<Zeroizing<String>>,
    /// What answers a question behind the last of them. For the token mechanisms that question is why it was
    /// refused, and the refusal itself follows the answer; `*` gives up.
    pub after: &'static str,
}

impl Mechanism {
    /// The words of this mechanism; `None` for IMAP's own command.
    pub fn dialog(self, user: &str, secret: &str, server: (&str, u16)) -> Option<Dialog> {
        let one = |text: String| vec![coded(text)];
        Some(match self {
            Mechanism::Command => return None,
            Mechanism::Plain => {
                Dialog { name: "PLAIN", begins: true, words: one(format!("\0{user}\0{secret}")), after: "*" }
            }
            Mechanism::Login => {
                let words = vec![coded(user.to_owned()), coded(secret.to_owned())];
                Dialog { name: "LOGIN", begins: false, words, after: "*" }
            }
            Mechanism::XOAuth2 => {
                let words = one(format!("user={user}\x01auth=Bearer {secret}\x01\x01"));
                Dialog { name: "XOAUTH2", begins: true, words, after: "" }
            }
            Mechanism::OAuthBearer => {
                let (name, (host, port)) = (user.replace('=', "=3D").replace(',', "=2C"), server);
                let words = one(format!("n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {secret}\x01\x01"));
                // A lone 0x01 (RFC 7628, 3.2.3).
                Dialog { name: "OAUTHBEARER", begins: true, words, after: "AQ==" }
            }
        })
    }
}

fn coded(text: String) -> Zeroizing<String> {
    let text = Zeroizing::new(text);
    Zeroizing::new(text::base64(text.as_bytes()))
}

/// What a server's JSON about a refused token means (RFC 7628, 3.2.2), in words; `None` when it is no such answer.
/// Only its status is repeated, so that a server that quotes the token does not have it printed.
pub fn refusal(challenge: &str) -> Option<String> {
    let answer: Value = serde_json::from_slice(&text::from_base64(challenge.trim())?).ok()?;
    let status = match answer.get("status")? {
        Value::String(status) => status.clone(),
        Value::Number(status) => status.to_string(),
        _ => return None,
    };
    let status: String = status.chars().filter(|c| c.is_ascii_alphanumeric() || "_- ".contains(*c)).take(40).collect();
    let meaning = match status.as_str() {
        "invalid_token" | "401" => "the token is not valid, or not for this user",
        "insufficient_scope" | "403" => "the token does not allow to read mail",
        "invalid_request" | "400" => "the token is not taken for this user",
        _ => "the token is refused",
    };
    Some(format!("{meaning} ({status})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(kind: Kind, sayable: bool, names: &[&str]) -> Option<Mechanism> {
        choose(kind, sayable, |name| names.contains(&name))
    }

    fn decoded(dialog: &Dialog) -> Vec<String> {
        let text = |word: &Zeroizing<String>| String::from_utf8(text::from_base64(word).unwrap()).unwrap();
        dialog.words.iter().map(text).collect()
    }

    #[test]
    fn the_mechanism_follows_from_what_we_have_and_what_the_server_offers() {
        let everything = ["AUTH=PLAIN", "AUTH=LOGIN", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER"];
        assert_eq!(offered(Kind::Password, true, &everything), Some(Mechanism::Plain));
        assert_eq!(offered(Kind::Token, true, &everything), Some(Mechanism::OAuthBearer));
        assert_eq!(offered(Kind::Token, true, &["AUTH=PLAIN", "AUTH=XOAUTH2"]), Some(Mechanism::XOAuth2));
        assert_eq!(offered(Kind::Token, true, &["AUTH=PLAIN", "AUTH=LOGIN"]), None, "a token is no password");
        assert_eq!(offered(Kind::Password, true, &["AUTH=LOGIN"]), Some(Mechanism::Command));
        assert_eq!(offered(Kind::Password, false, &["AUTH=LOGIN"]), Some(Mechanism::Login));
        assert_eq!(offered(Kind::Password, true, &["AUTH=LOGIN", "LOGINDISABLED"]), Some(Mechanism::Login));
        assert_eq!(offered(Kind::Password, true, &["AUTH=XOAUTH2", "LOGINDISABLED"]), None);
        assert_eq!(offered(Kind::Password, false, &[]), None);
        assert_eq!(offered(Kind::Password, true, &[]), Some(Mechanism::Command));
    }

    #[test]
    fn each_mechanism_says_what_its_standard_wants() {
        let said = |mechanism: Mechanism| {
            decoded(&mechanism.dialog("a,b=c@us.example", "s3cret", ("imap.us.example", 993)).unwrap())
        };
        assert_eq!(said(Mechanism::Plain), ["\0a,b=c@us.example\0s3cret"]);
        assert_eq!(said(Mechanism::Login), ["a,b=c@us.example", "s3cret"]);
        assert_eq!(said(Mechanism::XOAuth2), ["user=a,b=c@us.example\x01auth=Bearer s3cret\x01\x01"]);
        assert_eq!(
            said(Mechanism::OAuthBearer),
            ["n,a=a=2Cb=3Dc@us.example,\x01host=imap.us.example\x01port=993\x01auth=Bearer s3cret\x01\x01"]
        );
        assert!(Mechanism::Command.dialog("a", "b", ("h", 1)).is_none());
    }

    #[test]
    fn a_refused_token_is_told_in_words_and_never_repeated() {
        let said = |json: &str| refusal(&text::base64(json.as_bytes()));
        let dovecot = said(r#"{"status":"invalid_token"}"#).unwrap();
        assert!(dovecot.contains("not valid") && dovecot.contains("invalid_token"), "{dovecot}");
        let google = said(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#).unwrap();
        assert!(google.contains("400"), "{google}");
        let echo = said(r#"{"status":"<b>ya29.canary\r\n","token":"ya29.canary"}"#).unwrap();
        assert!(!echo.contains("ya29.canary") && !echo.contains('<'), "{echo}");
        for odd in ["", "[]", "{}", r#"{"status":{}}"#, "no json"] {
            assert_eq!(said(odd), None, "{odd}");
        }
        assert_eq!(refusal("not base64!"), None);
    }
}
