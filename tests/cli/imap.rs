//! A mailbox on a real server, and what goes wrong on the way to it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::dovecot::Dovecot;
use crate::house::House;

/// A household whose mailbox lies on the server.
fn household(server: &Dovecot, password: &str, authority: &std::path::Path) -> House {
    let house = House::new();
    house.configure(&format!(
        "[team]\naddresses = [\"me@us.example\"]\n[contacts]\nfiles = [\"contacts.csv\"]\n[[mailbox]]\nname = \"far\"\n\
         kind = \"imap\"\nhost = \"localhost\"\nport = {}\nca-file = \"{}\"\nuser = \"{}\"\npassword-file = \"password\"\n",
        server.imaps_port,
        authority.display(),
        server.user
    ));
    house.write("password", password);
    fs::set_permissions(house.path("password"), Permissions::from_mode(0o600)).expect("permissions");
    house
}

#[test]
fn a_server_is_read_and_what_keeps_us_out_is_told_without_the_password() {
    let server = Dovecot::start();
    let good = household(&server, &server.password, &server.ca_file);
    server.deliver(&fs::read(good.path("Maildir/new/1.known")).expect("a mail"));
    let checked = good.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert_eq!(good.json(&["once", "--json"])["recorded"], 1);

    let wrong_password = household(&server, "hunter2", &server.ca_file);
    let told = wrong_password.run(&["once"]);
    assert_eq!(told.code, 69, "{}", told.err);
    for word in ["cannot log in to localhost as capture", "AUTHENTICATIONFAILED", "hint:"] {
        assert!(told.err.contains(word), "{}", told.err);
    }
    let checked = wrong_password.run(&["check"]);
    assert!(checked.code == 1 && checked.out.contains("WRONG  mailbox far"), "{}", checked.out);
    assert!(!format!("{}{}{}", told.err, checked.out, checked.err).contains("hunter2"));

    let wrong_certificate = household(&server, &server.password, &server.other_ca_file);
    let told = wrong_certificate.run(&["once"]);
    assert_eq!(told.code, 69, "{}", told.err);
    for word in ["the certificate of localhost is not trusted", "ca-file", "hint:"] {
        assert!(told.err.contains(word), "{}", told.err);
    }
    assert_eq!(wrong_certificate.run(&["check"]).code, 1);
}
