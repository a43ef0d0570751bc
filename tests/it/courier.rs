//! A private Courier IMAP 5 on loopback, run from its unpacked packages (`courier-base`, `courier-imap`).
//!
//! Courier says no UIDNEXT when a folder is opened, keeps its folders below `INBOX.`, has no MOVE, and loses what is sent
//! along with a login. Its paths are compiled in, so it sees `/run` and `/etc/courier` of its own.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::dovecot::loopback::{Boxed, certificates, free_ports, until_greeted};
use super::{Server, unpacked};

/// Whom Debian calls `mail`: Courier wants somebody who is known to the system.
const MAIL: u32 = 8;

/// A running server.
pub struct Courier {
    imap_port: u16,
    imaps_port: u16,
    ca_file: PathBuf,
    script: String,
    delivered: std::sync::atomic::AtomicUsize,
    processes: Option<Boxed>,
    folder: tempfile::TempDir,
}

impl Server for Courier {
    const PREFIX: &'static str = "INBOX.";

    fn start() -> Courier {
        let folder = tempfile::Builder::new().prefix("tb-courier").tempdir().expect("a temporary folder");
        let base = folder.path();
        fs::set_permissions(base, Permissions::from_mode(0o755)).expect("permissions");
        for name in ["run", "run/courier", "run/courier/authdaemon", "etc", "tls", "mail", "mail/Maildir"] {
            fs::create_dir(base.join(name)).expect("a folder");
        }
        for name in ["", "Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"] {
            let path = base.join("mail").join(name);
            fs::create_dir_all(&path).expect("a Maildir");
            chown(&path, Some(MAIL), Some(MAIL)).expect("these tests need root, as Courier does");
        }
        certificates(&base.join("tls"));
        let both =
            ["server.key", "server.pem"].map(|name| fs::read_to_string(base.join("tls").join(name)).expect("PEM"));
        fs::write(base.join("tls/both.pem"), both.concat()).expect("PEM");
        users(base);
        let [imap_port, imaps_port] = free_ports();
        let script = script(base, &unpacked("courier").join("usr"), imap_port, imaps_port);
        let ca_file = base.join("tls/ca.pem");
        let mut server =
            Courier { imap_port, imaps_port, ca_file, script, delivered: 0.into(), processes: None, folder };
        server.run();
        server
    }

    fn ports(&self) -> (u16, u16) {
        (self.imap_port, self.imaps_port)
    }

    fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// As a delivery agent of its own would, into the files.
    fn deliver(&self, mails: &[Vec<u8>]) {
        let maildir = self.folder.path().join("mail/Maildir");
        for mail in mails {
            let number = self.delivered.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let name = format!("{}.M{number:06}P1.test", 1_700_000_000 + number);
            let written = maildir.join("tmp").join(&name);
            fs::write(&written, mail).expect("a mail");
            chown(&written, Some(MAIL), Some(MAIL)).expect("root");
            fs::rename(&written, maildir.join("new").join(&name)).expect("a mail");
        }
    }

    fn kill(&mut self) {
        self.processes = None;
    }

    fn run(&mut self) {
        let _ = fs::remove_file(self.folder.path().join("run/courier/authdaemon/socket"));
        self.processes = Some(Boxed::run(&self.script, &self.folder.path().join("out.log")));
        until_greeted(self.imap_port, "* OK", || self.log());
        // It greets before anybody can log in.
        let socket = self.folder.path().join("run/courier/authdaemon/socket");
        let began = std::time::Instant::now();
        while !socket.exists() {
            assert!(began.elapsed() < std::time::Duration::from_secs(60), "nobody may log in:\n{}", self.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("out.log")).unwrap_or_default()
    }
}

/// The one user, as the authentication daemon reads it.
fn users(base: &Path) {
    let daemon = "authmodulelist=\"authuserdb\"\nauthmodulelistorig=\"authuserdb\"\ndaemons=5\n\
                  authdaemonvar=/run/courier/authdaemon\nDEBUG_LOGIN=0\nDEFAULTOPTIONS=\"\"\nLOGGEROPTS=\"\"\n";
    fs::write(base.join("etc/authdaemonrc"), daemon).expect("configuration");
    let hash = Command::new("openssl").args(["passwd", "-6", "secret pass"]).output().expect("openssl");
    let (hash, mail) = (String::from_utf8_lossy(&hash.stdout).trim().to_owned(), base.join("mail"));
    let mail = mail.display();
    let user =
        format!("capture\thome={mail}|mail={mail}/Maildir|uid={MAIL}|gid={MAIL}|systempw={hash}|imappw={hash}\n");
    fs::write(base.join("etc/userdb"), user).expect("users");
    fs::set_permissions(base.join("etc/userdb"), Permissions::from_mode(0o600)).expect("permissions");
}

fn script(base: &Path, usr: &Path, imap: u16, imaps: u16) -> String {
    const CAN: &str = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE";
    let (base, usr) = (base.display(), usr.display());
    format!(
        "set -e
mount --make-rprivate /
mount --bind {base}/run /run
mount --bind {base}/etc /etc/courier
makeuserdb
/usr/lib/courier/courier-authlib/authdaemond &
export IMAP_CAPABILITY='{CAN}' IMAP_CAPABILITY_TLS='{CAN} AUTH=PLAIN' IMAP_KEYWORDS=1 IMAP_ACL=1 IMAP_IDLE_TIMEOUT=60
export IMAP_MAILBOX_SANITY_CHECK=1 IMAP_TLS_REQUIRED=0 IMAP_ULIMITD=0 IMAP_USELOCKS=1 IMAP_ENHANCEDIDLE=1
# Who tells of changed files must not be another box's.
export GAM_CLIENT_ID={imaps}
export IMAP_EMPTYTRASH= IMAP_TRASHFOLDERNAME=Trash MAILDIRPATH=Maildir
export TLS_CERTFILE={base}/tls/both.pem TLS_VERIFYPEER=NONE TLS_TRUSTCERTS=/etc/ssl/certs COURIERTLS={usr}/bin/couriertls
tcpd='{usr}/sbin/couriertcpd -address=127.0.0.1 -maxprocs=80 -maxperip=80 -nodnslookup -noidentlookup'
serve='{usr}/lib/courier/courier/imaplogin {usr}/bin/imapd Maildir'
IMAP_STARTTLS=YES $tcpd {imap} $serve &
IMAP_TLS=1 $tcpd {imaps} {usr}/bin/couriertls -server -tcpd $serve &
wait
"
    )
}
