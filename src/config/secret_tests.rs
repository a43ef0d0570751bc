use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use secrecy::ExposeSecret;

use super::*;

fn written(words: &[u8], mode: u32) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(words).unwrap();
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
    file
}

fn told(answer: Result<SecretString, SecretError>) -> Result<String, SecretError> {
    answer.map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn the_first_line_of_a_file_is_the_password_however_it_ends() {
    for words in ["pa ss\n", "pa ss", "pa ss\r\nsecond\n", "\u{feff}pa ss\n"] {
        let file = written(words.as_bytes(), 0o600);
        assert_eq!(told(PasswordSource::File(file.path().into()).read()).as_deref(), Ok("pa ss"), "{words:?}");
    }
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_cure() {
    for mode in [0o644, 0o640, 0o604, 0o660, 0o610] {
        let file = written(b"canary\n", mode);
        let error = told(PasswordSource::File(file.path().into()).read()).unwrap_err();
        assert_eq!(error, SecretError::TooOpen { path: file.path().into(), mode });
        assert!(error.hint().starts_with("chmod 600 /"), "{}", error.hint());
    }
}

#[test]
fn what_is_no_password_is_named_but_not_shown() {
    for words in [&b""[..], b"\ncanary\n", b"can\xffary\n", b"can\0ary\n"] {
        let file = written(words, 0o400);
        let error = told(PasswordSource::File(file.path().into()).read()).unwrap_err();
        assert!(matches!(error, SecretError::NoPassword { .. }) && !error.to_string().contains("ary"), "{error}");
    }
}

#[test]
fn a_missing_file_says_which() {
    let error = told(PasswordSource::File("/nonexistent/p".into()).read()).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/p"), "{error}");
}

#[test]
fn credentials_lie_in_the_folder_that_systemd_names() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("capture"), "s3cret\n").unwrap();
    assert_eq!(told(credential("capture", Some(folder.path().into()))).as_deref(), Ok("s3cret"));
    assert!(matches!(told(credential("other", Some(folder.path().into()))), Err(SecretError::Unreadable { .. })));
    let error = told(credential("capture", None)).unwrap_err();
    assert!(error.hint().contains("LoadCredential=capture:"), "{}", error.hint());
}

#[test]
fn a_command_gives_the_first_line_it_prints() {
    assert_eq!(told(command("printf 'a b\\nc\\n'", PATIENCE)).as_deref(), Ok("a b"));
}

#[test]
fn a_command_that_fails_keeps_its_words_to_itself() {
    let error = told(command("echo canary; echo canary >&2; exit 3", PATIENCE)).unwrap_err();
    assert_eq!(error.to_string(), "`password-command` ended with code 3");
    assert!(matches!(told(command("true", PATIENCE)), Err(SecretError::NoPassword { .. })));
}

#[test]
fn a_command_that_waits_is_ended_with_everything_it_started() {
    let begun = Instant::now();
    let error = told(command("sleep 60 & sleep 60; echo late", Duration::from_millis(100))).unwrap_err();
    assert!(matches!(error, SecretError::Command { .. }), "{error}");
    assert_eq!(told(command("echo now; sleep 60 &", PATIENCE)).as_deref(), Ok("now"));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_secret_has_no_debug_text() {
    let secret = command("echo canary", PATIENCE).unwrap();
    assert!(!format!("{secret:?}").contains("canary"));
}
