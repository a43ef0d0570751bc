//! The program falls while it keeps tokens: they are whole, nothing secret lies beside them, and if the provider has
//! replaced what we never wrote down, a person hears what to do. No mail is lost or doubled meanwhile.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex};

use super::house::{Act, Ended, build, number, perform, place};
use super::imap::Imap;
use super::oauth::Provider;
use super::side_by_side;

const MOMENTS: [&str; 4] = ["before:WriteTokens", "after:WriteTokens", "before:PlaceTokens", "after:PlaceTokens"];

/// How tokens come to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Story {
    /// A person agrees.
    Login,
    /// They are renewed, the old ones hold.
    Renewal,
    /// They are renewed, and the old ones are of no more use.
    Rotation,
}

/// A house whose mailbox is read with tokens; those it has are about to expire, if it has any.
fn house(story: Story) -> (tempfile::TempDir, Arc<Provider>) {
    let provider = Arc::new(Provider::start("log@us.example"));
    (provider.state().pending, provider.state().rotates) = (0, story == Story::Rotation);
    let asked = Arc::clone(&provider);
    let lets_in = move |shown: &str| {
        let state = asked.state();
        state.access.keys().any(|token| shown == base64(&format!("user=me\u{1}auth=Bearer {token}\u{1}\u{1}")))
    };
    let mail = |number| {
        format!(
            "From: Ann Li <ann@acme.example>\r\nTo: me@us.example\r\nSubject: Mail {number}\r\n\r\nWords {number}.\r\n"
        )
    };
    let port =
        Imap { mails: (1..=2).map(mail).collect(), breaks: AtomicU32::new(0), lets_in: Box::new(lets_in) }.start();
    let house = place();
    build(house.path());
    let configuration = format!(
        "[team]\naddresses = [\"me@us.example\"]\n[[mailbox]]\nname = \"mine\"\nkind = \"imap\"\nhost = \"localhost\"\n\
         port = {port}\ntls = \"none\"\nuser = \"me\"\n{}[contacts]\nfiles = [\"contacts.csv\"]\n",
        provider.configuration("device")
    );
    fs::write(house.path().join("touchbase.toml"), configuration).expect("a configuration");
    if story != Story::Login {
        provider.state().refresh = Some("first".into());
        let kept = "{\"client_id\":\"touchbase-tests\",\"access_token\":\"old\",\"refresh_token\":\"first\",\
                    \"obtained_at\":\"2020-01-01T00:00:00Z\",\"expires_at\":\"2020-01-01T01:00:00Z\",\"ended\":null}";
        fs::create_dir(house.path().join("tokens")).expect("a folder");
        let path = house.path().join("tokens/mine.json");
        fs::write(&path, kept).expect("tokens");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("permissions");
    }
    (house, provider)
}

fn base64(words: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let letter = |place: usize| match place <= three.len() {
            true => char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]),
            false => '=',
        };
        [0, 1, 2, 3].map(letter)
    };
    words.as_bytes().chunks(3).flat_map(group).collect()
}

fn run(house: &Path, words: &str, wish: Option<&str>) -> Ended {
    perform(house, &Act::Command(words.split(' ').map(str::to_owned).collect()), wish)
}

/// Falls, starts again, and tells what is wrong in the end.
fn fall(story: Story, moment: &str) -> Result<(), String> {
    let (house, _provider) = house(story);
    let (house, what) = (house.path(), if story == Story::Login { "login mine" } else { "once" });
    let fell = run(house, what, Some(&format!("abort:{moment}:1")));
    if !fell.fell() {
        return Err(format!("it did not fall: {}\n{}", fell.status, fell.said));
    }
    // Before the first byte is written nobody but the provider knows of them.
    let lost = moment == MOMENTS[0] && story != Story::Renewal;
    let mut ended = run(house, "once", None);
    if lost {
        if ended.status.code() != Some(78) || !ended.said.contains("touchbase login mine") {
            return Err(format!("nobody is told what to do: {}\n{}", ended.status, ended.said));
        }
        run(house, "login mine", None);
        ended = run(house, "once", None);
    }
    if !ended.status.success() {
        return Err(format!("the mailbox is not read: {}\n{}", ended.status, ended.said));
    }
    let recorded = number(house, "SELECT count(*) * 10 + count(DISTINCT subject) FROM interaction");
    let mut kept: Vec<_> =
        fs::read_dir(house.join("tokens")).expect("tokens").flatten().map(|e| e.file_name()).collect();
    kept.sort();
    match recorded == Some(22) && kept == ["mine.json", "mine.lock"] {
        true => Ok(()),
        false => Err(format!("{recorded:?} interactions, {kept:?} kept")),
    }
}

#[test]
fn tokens_are_kept_whole_whatever_the_fall() {
    let mut cases = Vec::new();
    for story in [Story::Login, Story::Renewal, Story::Rotation] {
        cases.extend(MOMENTS.map(|moment| (story, moment)));
    }
    let wrong = Mutex::new(Vec::new());
    side_by_side(cases.len(), |at| {
        let (story, moment) = cases[at];
        if let Err(what) = fall(story, moment) {
            wrong.lock().expect("a list").push(format!("{story:?}, {moment}: {what}"));
        }
    });
    let wrong = wrong.into_inner().expect("a list");
    assert!(wrong.is_empty(), "{} falls end otherwise:\n{}", wrong.len(), wrong.join("\n\n"));
}
