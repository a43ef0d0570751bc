use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::oauth::Way;

fn noon() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

fn vault(folder: &Path) -> Vault {
    let provider = Provider {
        client_id: "id".into(),
        client_secret: None,
        way: Way::Device(String::new()),
        // Nobody listens there: whoever asks it fails.
        token_endpoint: "http://127.0.0.1:1/token".into(),
        scopes: Vec::new(),
        ca_file: None,
    };
    Vault { provider, path: folder.join("tokens/capture.json"), clock: noon }
}

fn granted(seconds: u64) -> Granted {
    Granted {
        access: SecretString::from("canary-access"),
        refresh: Some(SecretString::from("canary-refresh")),
        lifetime: Some(Duration::from_secs(seconds)),
    }
}

#[test]
fn tokens_lie_in_a_file_of_their_owner_alone_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    assert_eq!(vault.access(None).unwrap_err(), OAuthError::NotAgreed);
    vault.keep(granted(3600)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&vault.path), mode(vault.folder())), (0o600, 0o700));
    assert_eq!(vault.access(None).unwrap().expose_secret(), "canary-access");
    assert!(!format!("{vault:?} {:?}", vault.load()).contains("canary"));
    let names: Vec<_> = fs::read_dir(vault.folder()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing else is left behind: {names:?}");
}

#[test]
fn a_file_that_others_may_read_or_that_is_none_of_ours_is_refused_without_showing_it() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.keep(granted(3600)).unwrap();
    fs::set_permissions(&vault.path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(vault.access(None), Err(OAuthError::File { why, .. }) if why.contains("others")));
    fs::set_permissions(&vault.path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&vault.path, "canary").unwrap();
    let error = vault.access(None).unwrap_err();
    assert!(matches!(error, OAuthError::File { .. }) && !error.to_string().contains("canary"), "{error}");
}

#[test]
fn a_token_that_still_holds_is_used_when_the_provider_cannot_be_asked_but_not_one_that_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.keep(granted(30)).unwrap();
    assert!(vault.access(None).is_ok(), "stale, yet it holds");
    let refused = SecretString::from("canary-access");
    assert!(matches!(vault.access(Some(&refused)), Err(OAuthError::Unreachable(_))));
    assert!(vault.access(Some(&SecretString::from("another"))).is_ok(), "somebody has renewed it meanwhile");
    vault.keep(granted(0)).unwrap();
    assert!(matches!(vault.access(None), Err(OAuthError::Unreachable(_))));
}

#[test]
fn tokens_are_renewed_when_a_fifth_of_their_life_or_a_minute_is_left() {
    let provider = vault(Path::new("/")).provider;
    let stale = |lifetime: u64, age: i64| {
        let tokens = Tokens::of(&provider, granted(lifetime), noon());
        tokens.is_stale(noon() + SignedDuration::from_secs(age))
    };
    assert!(!stale(3600, 2879) && stale(3600, 2881));
    assert!(!stale(100, 39) && stale(100, 41));
    assert!(stale(3600, -1), "the clock was set back");
}

#[test]
fn tokens_of_another_client_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut vault = vault(folder.path());
    vault.keep(granted(3600)).unwrap();
    vault.provider.client_id = "other".into();
    assert_eq!(vault.access(None).unwrap_err(), OAuthError::NotAgreed);
}

#[test]
fn what_a_program_wrote_whole_and_could_not_put_in_place_counts() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path());
    vault.keep(granted(3600)).unwrap();
    let newer =
        Tokens::of(&vault.provider, Granted { access: SecretString::from("canary-newer"), ..granted(3600) }, noon());
    let write = |text: &str| {
        fs::write(vault.beside(), text).unwrap();
        fs::set_permissions(vault.beside(), fs::Permissions::from_mode(0o600)).unwrap();
    };
    let whole = newer.as_json().to_string();
    write(&whole[..whole.len() - 1]);
    assert_eq!(vault.access(None).unwrap().expose_secret(), "canary-access", "half of it tells nothing");
    write(&whole);
    assert_eq!(vault.access(None).unwrap().expose_secret(), "canary-newer");
    assert!(!vault.beside().exists());
    write("{");
    vault.keep(granted(3600)).unwrap();
    assert!(!vault.beside().exists(), "nothing secret lies about");
}
