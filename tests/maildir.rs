//! The Maildir inbox and the import of history, on real files.

#[path = "it/ledger.rs"]
mod ledger;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ledger::{Fate, TestLedger, mail, noon};
use tokio::sync::watch;
use touchbase::inbox::maildir::{self, Settings};
use touchbase::inbox::{After, InboxError, State, import};
use touchbase::mailbox::Route;

fn make(top: &Path) {
    for part in ["new", "cur", "tmp"] {
        fs::create_dir_all(top.join(part)).expect("a Maildir");
    }
}

fn put(top: &Path, name: &str, number: usize) {
    fs::write(top.join("tmp").join(name), mail(number)).expect("a mail");
    fs::rename(top.join("tmp").join(name), top.join("new").join(name)).expect("a mail");
}

fn settings(top: &Path) -> Settings {
    Settings {
        name: "local".into(),
        folders: vec![
            "INBOX".into(),
            "Sent".into(),
            "Gesendet".into(),
            "Entwürfe".into(),
            "Sent/2026".into(),
            "Verträge/2026".into(),
        ],
        path: top.to_owned(),
        route: Route::Watched,
        poll: Duration::from_secs(60),
        after: After::Leave,
        since: None,
        clock: noon,
    }
}

fn names(top: &Path) -> Vec<String> {
    let mut names: Vec<String> = ["new", "cur"]
        .iter()
        .flat_map(|part| fs::read_dir(top.join(part)).expect("a folder"))
        .map(|entry| entry.expect("an entry").path().display().to_string())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_mail_is_read_once_whatever_folder_and_flags_it_gets_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    make(top);
    put(top, "10.b", 2);
    put(top, "9.a", 1);
    make(&top.join(".Gesendet"));
    put(&top.join(".Gesendet"), "11.c", 3);
    let before = names(top);
    let ledger = Arc::new(TestLedger::default());
    maildir::pass(settings(top), Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(names(top), before, "nothing is moved or renamed");
    fs::rename(top.join("new/9.a"), top.join("cur/9.a:2,S")).expect("a flag");
    put(top, "12.d", 4);
    maildir::pass(settings(top), Arc::clone(&ledger)).await.expect("a pass");
    let read: Vec<_> = ledger.delivered().into_iter().map(|d| (d.mailbox.folder, d.sent_folder, d.bytes)).collect();
    let inbox = |number| ("INBOX".to_owned(), false, mail(number));
    let sent = ("Gesendet".to_owned(), true, mail(3));
    let mut expected = vec![inbox(1), inbox(2), inbox(4), sent];
    expected.sort();
    let mut read = read;
    read.sort();
    assert_eq!(read, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arrival_is_told_by_the_kernel_and_read_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    make(top);
    let ledger = Arc::new(TestLedger::default());
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(maildir::watch(settings(top), Arc::clone(&ledger), stopping));
    let idle = ledger.until(Duration::from_secs(5), |l| l.states().last() == Some(&State::Idle)).await;
    assert!(idle, "{:?}", ledger.states());
    let began = Instant::now();
    put(top, "1.a", 1);
    ledger.until_delivered(1, Duration::from_secs(5)).await;
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    stop.send(true).expect("still watching");
    tokio::time::timeout(Duration::from_secs(2), task).await.expect("it stops").expect("no panic");
}

#[tokio::test]
async fn mails_are_tried_a_second_time_a_few_together_and_a_third_time_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    make(top);
    for number in 1..=20 {
        put(top, &format!("{number}.a"), number);
    }
    let ledger = Arc::new(TestLedger::default());
    maildir::pass(settings(top), Arc::clone(&ledger)).await.expect("a pass");
    for place in 0..20 {
        ledger.crash(place, if place < 2 { 2 } else { 1 });
    }
    ledger.forget_what_was_done();
    maildir::pass(settings(top), Arc::clone(&ledger)).await.expect("a pass");
    assert_eq!(ledger.groups(), [16, 2, 1, 1]);
}

#[tokio::test]
async fn a_removed_mail_has_vanished_and_one_that_cannot_be_read_is_given_up_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    make(top);
    put(top, "1.a", 1);
    put(top, "2.b", 2);
    let ledger = Arc::new(TestLedger::default());
    maildir::pass(settings(top), Arc::clone(&ledger)).await.expect("a pass");
    ledger.crash(0, 1);
    ledger.crash(1, 1);
    fs::remove_file(top.join("new/1.a")).expect("removed");
    fs::remove_file(top.join("new/2.b")).expect("removed");
    // A folder with a mail's name can be listed and not read, even by root.
    fs::create_dir(top.join("new/2.b")).expect("a folder");
    maildir::pass(settings(top), Arc::clone(&ledger)).await.expect("a pass");
    let rows = ledger.rows();
    assert_eq!(rows[0].fate, Fate::Vanished);
    assert!(matches!(&rows[1].fate, Fate::GivenUp(why) if why.contains("directory")), "{:?}", rows[1].fate);
}

#[tokio::test]
async fn a_maildir_that_is_not_there_is_named() {
    let error = maildir::pass(settings(Path::new("/nowhere/mail")), Arc::new(TestLedger::default())).await;
    assert!(matches!(error, Err(InboxError::File { ref path, .. }) if path.starts_with("/nowhere/mail")), "{error:?}");
}

#[tokio::test]
async fn history_of_every_kind_is_imported_once_however_often_it_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    make(&top.join("archive"));
    put(&top.join("archive"), "1.a", 1);
    fs::write(top.join("one.eml"), mail(2)).expect("a file");
    let mut mbox = Vec::new();
    for number in [3, 4, 3] {
        mbox.extend_from_slice(b"From ann@acme.example Thu Nov 19 09:12:00 2026\r\n");
        mbox.extend_from_slice(&mail(number));
        mbox.extend_from_slice(b"\r\n");
    }
    fs::write(top.join("Sent.mbox"), mbox).expect("a file");
    fs::write(top.join("notes.txt"), "no mail").expect("a file");
    let ledger = Arc::new(TestLedger::default());
    let paths = [top.to_owned()];
    let mut told = Vec::new();
    let first =
        import::run(&paths, Arc::clone(&ledger), noon, |progress| told.push(progress)).await.expect("an import");
    assert_eq!((first.mails, first.new, first.done), (5, 4, first.total));
    assert_eq!(told.last(), Some(&first));
    let mut bytes: Vec<_> = ledger.delivered().into_iter().map(|d| d.bytes).collect();
    bytes.sort();
    assert_eq!(bytes, (1..=4).map(mail).collect::<Vec<_>>());
    let sent: Vec<_> = ledger.delivered().into_iter().filter(|d| d.sent_folder).map(|d| d.mailbox.folder).collect();
    assert_eq!(sent, ["Sent.mbox", "Sent.mbox"]);
    ledger.crash(2, 1);
    let again = import::run(&paths, Arc::clone(&ledger), noon, |_| ()).await.expect("an import");
    assert_eq!((again.mails, again.new), (5, 1), "only what was left unsettled");
}

#[tokio::test]
async fn a_path_without_mail_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("notes.txt");
    fs::write(&text, "no mail").expect("a file");
    for path in [text, folder.path().join("nothing.mbox")] {
        let name = path.display().to_string();
        let error = import::run(&[path], Arc::new(TestLedger::default()), noon, |_| ()).await;
        assert!(matches!(error, Err(InboxError::File { ref path, .. }) if *path == name), "{error:?}");
    }
}
