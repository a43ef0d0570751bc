//! A private Cyrus 3.6 on loopback, run from its unpacked packages (`cyrus-common`, `cyrus-imapd`).
//!
//! Cyrus numbers are never reused, its IDLE comes from a daemon of its own (`idled`), it knows CONDSTORE, ESEARCH and
//! literals of every kind, and it closes a session whose mailbox goes away.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::dovecot::loopback::{Boxed, Lmtp, certificates, free_ports, until_greeted};
use super::{Server, unpacked};

/// A running server.
pub struct Cyrus {
    imap_port: u16,
    imaps_port: u16,
    lmtp_port: u16,
    ca_file: PathBuf,
    script: String,
    processes: Option<Boxed>,
    folder: tempfile::TempDir,
}

impl Server for Cyrus {
    const PREFIX: &'static str = "";

    fn start() -> Cyrus {
        let folder = tempfile::Builder::new().prefix("tb-cyrus").tempdir().expect("a temporary folder");
        let base = folder.path();
        fs::set_permissions(base, Permissions::from_mode(0o755)).expect("permissions");
        for name in ["conf", "conf/socket", "spool", "sock", "tls"] {
            fs::create_dir(base.join(name)).expect("a folder");
        }
        certificates(&base.join("tls"));
        let [imap_port, imaps_port, lmtp_port] = free_ports();
        let programs = unpacked("cyrus").join("usr/lib/cyrus/bin");
        fs::write(base.join("imapd.conf"), settings(base)).expect("configuration");
        let services = services(base, &programs, [imap_port, imaps_port, lmtp_port]);
        fs::write(base.join("cyrus.conf"), services).expect("configuration");
        prepare(base);
        // The shell stays: Cyrus changes who it is, and what does that is no longer ended with its parent.
        let script = format!(
            "export LD_LIBRARY_PATH={libraries}\n{master} -C {base}/imapd.conf -M {base}/cyrus.conf -p {base}/pid -D\n:",
            libraries = unpacked("cyrus").join("usr/lib/x86_64-linux-gnu").display(),
            master = programs.join("master").display(),
            base = base.display(),
        );
        let ca_file = base.join("tls/ca.pem");
        let mut server = Cyrus { imap_port, imaps_port, lmtp_port, ca_file, script, processes: None, folder };
        server.run();
        server
    }

    fn ports(&self) -> (u16, u16) {
        (self.imap_port, self.imaps_port)
    }

    fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    fn deliver(&self, mails: &[Vec<u8>]) {
        let mut lmtp = Lmtp::connect(self.lmtp_port);
        for mail in mails {
            lmtp.deliver("capture", mail);
        }
    }

    fn kill(&mut self) {
        self.processes = None;
    }

    fn run(&mut self) {
        self.processes = Some(Boxed::run(&self.script, &self.folder.path().join("out.log")));
        until_greeted(self.imap_port, "* OK", || self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("out.log")).unwrap_or_default()
    }
}

/// The user's password, and everything owned by whom Cyrus runs as.
fn prepare(base: &Path) {
    let script =
        "printf 'secret pass' | saslpasswd2 -p -c -f \"$0/sasldb\" -u localhost capture && chown -R mail:mail \"$0\"";
    let output = Command::new("sh").arg("-c").arg(script).arg(base).output().expect("a shell");
    assert!(output.status.success(), "sasl2-bin: {}", String::from_utf8_lossy(&output.stderr));
}

fn settings(base: &Path) -> String {
    let base = base.display();
    format!(
        "configdirectory: {base}/conf
partition-default: {base}/spool
cyrus_user: mail
cyrus_group: mail
servername: localhost
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {base}/sasldb
sasl_mech_list: PLAIN LOGIN
autocreate_post: yes
autocreate_quota: 0
tls_server_cert: {base}/tls/server.pem
tls_server_key: {base}/tls/server.key
lmtpsocket: {base}/sock/lmtp
idlesocket: {base}/sock/idle
notifysocket: {base}/sock/notify
unixhierarchysep: yes
altnamespace: yes
"
    )
}

fn services(base: &Path, programs: &Path, [imap, imaps, lmtp]: [u16; 3]) -> String {
    let (conf, programs) = (base.join("imapd.conf"), programs.display());
    let conf = conf.display();
    format!(
        "START {{
  recover cmd=\"{programs}/ctl_cyrusdb -C {conf} -r\"
}}
SERVICES {{
  imap cmd=\"{programs}/imapd -C {conf}\" listen=\"127.0.0.1:{imap}\" prefork=0
  imaps cmd=\"{programs}/imapd -s -C {conf}\" listen=\"127.0.0.1:{imaps}\" prefork=0
  lmtp cmd=\"{programs}/lmtpd -a -C {conf}\" listen=\"127.0.0.1:{lmtp}\" prefork=0
}}
DAEMON {{
  idled cmd=\"{programs}/idled -C {conf}\"
}}
EVENTS {{
}}
"
    )
}
