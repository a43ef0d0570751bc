//! A private Dovecot on loopback: real IMAP, real TLS, real LMTP. It ends when it is dropped.
//!
//! Needs the Debian packages `dovecot-imapd`, `dovecot-lmtpd` and `openssl`, and root, since Dovecot reads mail as
//! another user. Two users, `capture` and `me`, one authority made for the occasion, mail in Maildirs.
#![allow(dead_code)]

#[path = "loopback.rs"]
pub mod loopback;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use loopback::{Lmtp, certificates, free_ports, until_greeted};
use rustix::process::{Pid, Signal, kill_process_group};

/// An unused number: Dovecot refuses to read mail as root.
const MAIL_UID: u32 = 2000;

/// A running server.
pub struct Dovecot {
    /// Plain IMAP, with STARTTLS.
    pub imap_port: u16,
    /// IMAP over TLS.
    pub imaps_port: u16,
    /// LMTP.
    pub lmtp_port: u16,
    /// Where a mail server asks whether a login is right.
    pub auth_port: u16,
    /// The authority that signed the server's certificate, which is for `localhost` alone.
    pub ca_file: PathBuf,
    /// An authority that signed nothing.
    pub other_ca_file: PathBuf,
    /// Who may log in.
    pub user: String,
    /// With this.
    pub password: String,
    /// Where the mail lies.
    pub maildir: PathBuf,
    config: PathBuf,
    master: Option<Child>,
    folder: tempfile::TempDir,
}

impl Dovecot {
    /// Starts a server with an empty mailbox and waits until it answers.
    pub fn start() -> Dovecot {
        Dovecot::start_with("plain login", "", "")
    }

    /// The same, but it says that it can do this alone; all it can when empty.
    pub fn start_with_capabilities(capabilities: &str) -> Dovecot {
        Dovecot::start_with("plain login", "", capabilities)
    }

    /// The same with OAuth tokens, which it asks about at an address (`http://...?access_token=`).
    pub fn start_with_tokens(mechanisms: &str, token_info: &str) -> Dovecot {
        Dovecot::start_with(mechanisms, token_info, "")
    }

    fn start_with(mechanisms: &str, token_info: &str, capabilities: &str) -> Dovecot {
        let folder = tempfile::Builder::new().prefix("tb-dovecot").tempdir().expect("a temporary folder");
        let base = folder.path().to_path_buf();
        fs::set_permissions(&base, Permissions::from_mode(0o755)).expect("permissions");
        for name in ["run", "state", "mail", "tls"] {
            fs::create_dir(base.join(name)).expect("a folder");
        }
        chown(base.join("mail"), Some(MAIL_UID), Some(MAIL_UID)).expect("these tests need root, as Dovecot does");
        certificates(&base.join("tls"));
        fs::write(base.join("users"), "capture:secret pass\nme:secret pass\n").expect("users");
        let [imap_port, imaps_port, lmtp_port, auth_port] = free_ports();
        let config = base.join("dovecot.conf");
        let mut text = configuration(&base, [imap_port, imaps_port, lmtp_port, auth_port]);
        text = text.replace("auth_mechanisms = plain login", &format!("auth_mechanisms = {mechanisms}"));
        if !token_info.is_empty() {
            let asks = format!("tokeninfo_url = {token_info}\nusername_attribute = email\n");
            fs::write(base.join("oauth2.conf"), asks).expect("configuration");
            let args = base.join("oauth2.conf");
            text.push_str(&format!(
                "passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {}\n}}\n",
                args.display()
            ));
        }
        if !capabilities.is_empty() {
            text.push_str(&format!("protocol imap {{\n  imap_capability = {capabilities}\n}}\n"));
        }
        fs::write(&config, text).expect("configuration");
        let mut server = Dovecot {
            imap_port,
            imaps_port,
            lmtp_port,
            auth_port,
            ca_file: base.join("tls/ca.pem"),
            other_ca_file: base.join("tls/other.pem"),
            user: "capture".into(),
            password: "secret pass".into(),
            maildir: base.join("mail/capture/Maildir"),
            config,
            master: None,
            folder,
        };
        server.run();
        server
    }

    /// Starts it again on the same ports with the same mail.
    pub fn run(&mut self) {
        let log = fs::File::create(self.folder.path().join("out.log")).expect("a log");
        let master = Command::new("dovecot")
            .args(["-F", "-c"])
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            // A group of its own, so that its children can be ended with it.
            .process_group(0)
            .spawn()
            .expect("dovecot, from the package dovecot-imapd");
        self.master = Some(master);
        until_greeted(self.imap_port, "* OK", || self.log());
    }

    /// Ends it without warning, with everything it has started.
    pub fn kill(&mut self) {
        let Some(mut master) = self.master.take() else { return };
        let _ = kill_process_group(Pid::from_child(&master), Signal::KILL);
        let _ = master.wait();
        let _ = fs::remove_file(self.folder.path().join("run/master.pid"));
    }

    /// Stops it; every connection ends.
    pub fn stop(&mut self) {
        let Some(mut master) = self.master.take() else { return };
        let group = Pid::from_child(&master);
        let _ = kill_process_group(group, Signal::TERM);
        let began = Instant::now();
        while matches!(master.try_wait(), Ok(None)) && began.elapsed() < Duration::from_secs(5) {
            sleep(Duration::from_millis(10));
        }
        // Children with open connections outlive their master.
        let _ = kill_process_group(group, Signal::KILL);
        let _ = master.wait();
        let _ = fs::remove_file(self.folder.path().join("run/master.pid"));
    }

    /// Delivers a mail to INBOX by LMTP, as a mail server does.
    pub fn deliver(&self, mail: &[u8]) {
        self.deliver_to("capture", mail);
    }

    /// The same for either user; bytes arrive as they are, but for line ends.
    pub fn deliver_to(&self, user: &str, mail: &[u8]) {
        Lmtp::connect(self.lmtp_port).deliver(user, mail);
    }

    /// The same for many mails, one after the other.
    pub fn deliver_all(&self, user: &str, mails: &[Vec<u8>]) {
        let mut lmtp = Lmtp::connect(self.lmtp_port);
        mails.iter().for_each(|mail| lmtp.deliver(user, mail));
    }

    /// Puts mails into a folder's files before the server is asked about them; the first is the oldest.
    pub fn place(&self, folder: Option<&str>, mails: &[Vec<u8>]) {
        self.place_for("capture", folder, mails);
    }

    /// The same for either user.
    pub fn place_for(&self, user: &str, folder: Option<&str>, mails: &[Vec<u8>]) {
        let maildir = self.folder.path().join("mail").join(user).join("Maildir");
        let top = folder.map_or(maildir.clone(), |name| maildir.join(format!(".{name}")));
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(top.join(part)).expect("a Maildir");
        }
        let start = fs::read_dir(top.join("new")).expect("a Maildir").count();
        for (place, mail) in mails.iter().enumerate() {
            let name = format!("{}.M{}P1.test", 1_700_000_000 + start + place, start + place);
            fs::write(top.join("tmp").join(&name), mail).expect("a mail");
            fs::rename(top.join("tmp").join(&name), top.join("new").join(&name)).expect("a mail");
        }
        give_to_mail_user(&self.folder.path().join("mail"));
    }

    /// Puts a mail into INBOX under a number of our choosing, while the server is stopped.
    pub fn insert(&self, uid: u32, mail: &[u8]) {
        let name = format!("1600000000.M{uid}P9.test");
        fs::write(self.maildir.join("cur").join(format!("{name}:2,")), mail).expect("a mail");
        let list = self.maildir.join("dovecot-uidlist");
        let text = fs::read_to_string(&list).expect("the server's list of numbers");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let number = |line: &str| line.split(' ').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        let place = (1..lines.len()).find(|&at| number(&lines[at]) > uid).unwrap_or(lines.len());
        lines.insert(place, format!("{uid} :{name}"));
        fs::write(&list, lines.join("\n") + "\n").expect("the server's list of numbers");
        // What the server keeps beside it is made anew.
        for entry in fs::read_dir(&self.maildir).expect("a Maildir").flatten() {
            if entry.file_name().to_string_lossy().starts_with("dovecot.index") {
                fs::remove_file(entry.path()).expect("an index");
            }
        }
        give_to_mail_user(&self.maildir);
    }

    /// Runs `doveadm` for the user: `["expunge", "mailbox", "INBOX", "all"]`.
    pub fn doveadm(&self, words: &[&str]) -> String {
        let (verb, rest) = words.split_first().expect("a command");
        let output = Command::new("doveadm")
            .arg("-c")
            .arg(&self.config)
            .args(verb.split(' '))
            .args(["-u", "capture"])
            .args(rest)
            .output();
        let output = output.expect("doveadm");
        assert!(output.status.success(), "doveadm {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Whether the user has a folder of this name, as it is written in ASCII.
    pub fn has_folder(&self, name: &str) -> bool {
        self.maildir.join(format!(".{name}")).exists()
    }

    /// The names of all mail files of both users, which hold their flags: what must not change.
    pub fn files(&self) -> Vec<String> {
        let (mut names, mail) = (Vec::new(), self.folder.path().join("mail"));
        collect_mail(&mail, &mail, &mut names);
        names.sort();
        names
    }

    /// Where its certificate lies, with its key.
    pub fn tls_folder(&self) -> PathBuf {
        self.folder.path().join("tls")
    }

    /// What has arrived in a user's INBOX, mail by mail, oldest first.
    pub fn inbox(&self, user: &str) -> Vec<String> {
        let maildir = self.folder.path().join("mail").join(user).join("Maildir");
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .flat_map(|part| fs::read_dir(maildir.join(part)).into_iter().flatten().flatten())
            .map(|entry| entry.path())
            .collect();
        files.sort_by_key(|path| path.file_name().map(|name| name.to_owned()));
        // The server renames what is read meanwhile.
        files
            .iter()
            .filter_map(|path| fs::read(path).ok())
            .map(|mail| String::from_utf8_lossy(&mail).into_owned())
            .collect()
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        format!("{}{}", read("out.log"), read("dovecot.log"))
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

fn collect_mail(top: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_mail(top, &path, names);
        } else if folder.ends_with("new") || folder.ends_with("cur") {
            names.push(path.strip_prefix(top).expect("below").display().to_string());
        }
    }
}

fn give_to_mail_user(folder: &Path) {
    chown(folder, Some(MAIL_UID), Some(MAIL_UID)).expect("root");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            give_to_mail_user(&entry.path());
        } else {
            // The server renames its own files meanwhile; what is gone needs no owner.
            let _ = chown(entry.path(), Some(MAIL_UID), Some(MAIL_UID));
        }
    }
}

fn configuration(base: &Path, [imap, imaps, lmtp, auth]: [u16; 4]) -> String {
    let base = base.display();
    format!(
        "base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = touchbase-{imap}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{base}/tls/server.pem
ssl_key = <{base}/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
auth_failure_delay = 0
mail_location = maildir:{base}/mail/%u/Maildir
mail_uid = {MAIL_UID}
mail_gid = {MAIL_UID}
first_valid_uid = 500
first_valid_gid = 1
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%u {base}/users
}}
userdb {{
  driver = static
  args = uid={MAIL_UID} gid={MAIL_UID} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Ausgang {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  chroot =
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"
    )
}
