//! A private Postfix on loopback beside a [`Dovecot`](super::dovecot::Dovecot): it takes mail with TLS and a login, which it asks Dovecot
//! about, and delivers into Dovecot's mailboxes by LMTP. It ends when it is dropped.
//!
//! Needs the Debian package `postfix`, and root, as Postfix does.
#![allow(dead_code)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use super::dovecot::Dovecot;
use super::dovecot::loopback::{Boxed, free_ports, until_open};

/// A running server. Whoever is in `us.example` gets mail, but for `nobody@`, refused for good, and `later@`, refused
/// for now.
pub struct Postfix {
    /// TLS from the first byte.
    pub submissions_port: u16,
    /// STARTTLS.
    pub submission_port: u16,
    /// Neither TLS nor login.
    pub plain_port: u16,
    process: Boxed,
    folder: tempfile::TempDir,
}

impl Postfix {
    /// Starts one that delivers to this Dovecot, and waits until it takes connections.
    pub fn start(dovecot: &Dovecot) -> Postfix {
        let folder = tempfile::Builder::new().prefix("tb-postfix").tempdir().expect("a temporary folder");
        let base = folder.path();
        fs::set_permissions(base, Permissions::from_mode(0o755)).expect("permissions");
        for name in ["etc", "queue", "data"] {
            fs::create_dir(base.join(name)).expect("a folder");
        }
        chown(base.join("data"), Some(id_of("postfix")), None).expect("these tests need root, as Postfix does");
        let [submissions_port, submission_port, plain_port] = free_ports();
        fs::write(base.join("etc/main.cf"), main_cf(base, dovecot)).expect("configuration");
        fs::write(base.join("etc/master.cf"), master_cf(submissions_port, submission_port, plain_port))
            .expect("configuration");
        let script = format!("exec /usr/sbin/postfix -c {}/etc start-fg", base.display());
        let process = Boxed::run(&script, &base.join("log"));
        let postfix = Postfix { submissions_port, submission_port, plain_port, process, folder };
        for port in [submissions_port, submission_port, plain_port] {
            until_open(port, || postfix.log());
        }
        postfix
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How many letters it has taken upon itself so far, whatever came of them.
    pub fn taken(&self) -> usize {
        self.log()
            .lines()
            .filter(|line| line.contains("/cleanup[") && line.contains("message-id=<touchbase.report."))
            .count()
    }
}

fn id_of(user: &str) -> u32 {
    let output = Command::new("id").args(["-u", user]).output().expect("id");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("postfix, from the package postfix")
}

fn main_cf(base: &Path, dovecot: &Dovecot) -> String {
    let (base, tls) = (base.display(), dovecot.tls_folder());
    let tls = tls.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
mail_owner = postfix
setgid_group = postdrop
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks =
alias_maps =
local_recipient_maps =
biff = no
virtual_mailbox_domains = us.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_tls_cert_file = {tls}/server.pem
smtpd_tls_key_file = {tls}/server.key
smtpd_tls_security_level = none
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{{{nobody@us.example=550 5.1.1 no such user}}, {{later@us.example=450 4.2.0 come later}}}}, permit
",
        lmtp = dovecot.lmtp_port,
        auth = dovecot.auth_port,
    )
}

fn master_cf(submissions: u16, submission: u16, plain: u16) -> String {
    let mut services = format!(
        "127.0.0.1:{submissions} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt -o smtpd_tls_wrappermode=yes
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt
127.0.0.1:{plain} inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8 -o smtpd_relay_restrictions=permit_mynetworks,reject
"
    );
    for (name, kind, program) in [
        ("pickup", "unix n - n 60 1", "pickup"),
        ("cleanup", "unix n - n - 0", "cleanup"),
        ("qmgr", "unix n - n 300 1", "qmgr"),
        ("tlsmgr", "unix - - n 1000? 1", "tlsmgr"),
        ("rewrite", "unix - - n - -", "trivial-rewrite"),
        ("bounce", "unix - - n - 0", "bounce"),
        ("defer", "unix - - n - 0", "bounce"),
        ("trace", "unix - - n - 0", "bounce"),
        ("verify", "unix - - n - 1", "verify"),
        ("proxymap", "unix - - n - -", "proxymap"),
        ("error", "unix - - n - -", "error"),
        ("retry", "unix - - n - -", "error"),
        ("lmtp", "unix - - n - -", "lmtp"),
        ("anvil", "unix - - n - 1", "anvil"),
        ("scache", "unix - - n - 1", "scache"),
        ("postlog", "unix-dgram n - n - 1", "postlogd"),
    ] {
        services.push_str(&format!("{name} {kind} {program}\n"));
    }
    services
}
