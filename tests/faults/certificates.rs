//! Certificates made by openssl for one run: a good one, and each way of being bad.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The folder they lie in, made once.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = || {
        let folder = tempfile::Builder::new().prefix("tb-certificates").tempdir().expect("a temporary folder");
        make(folder.path());
        folder
    };
    FOLDER.get_or_init(made).path()
}

/// A server that shows the certificate of this name: `good`, `expired`, `future`, `other-host`, `self-signed`, `stranger`.
pub fn server(name: &str) -> Arc<ServerConfig> {
    let pem = |end: &str| folder().join(format!("{name}.{end}"));
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(pem("pem")).and_then(Iterator::collect);
    let key = PrivateKeyDer::from_pem_file(pem("key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain.expect("a certificate"), key);
    Arc::new(config.expect("a certificate and its key"))
}

fn make(folder: &Path) {
    for authority in ["ca", "foreign-ca"] {
        let extensions = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
        openssl(folder, &[&self_signed(authority, "/CN=touchbase tests"), &extensions[..]].concat());
    }
    openssl(
        folder,
        &[&self_signed("self-signed", "/CN=localhost"), &["-addext", "subjectAltName=DNS:localhost"][..]].concat(),
    );
    signed(folder, "good", "ca", "localhost", &[]);
    signed(folder, "stranger", "foreign-ca", "localhost", &[]);
    signed(folder, "other-host", "ca", "elsewhere.example", &[]);
    signed(folder, "expired", "ca", "localhost", &["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]);
    signed(folder, "future", "ca", "localhost", &["-startdate", "20900101000000Z", "-enddate", "20910101000000Z"]);
}

fn self_signed<'a>(name: &'a str, subject: &'a str) -> Vec<&'a str> {
    let (key, pem) = (leak(format!("{name}.key")), leak(format!("{name}.pem")));
    vec![
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "30",
        "-subj",
        subject,
        "-keyout",
        key,
        "-out",
        pem,
    ]
}

/// A certificate for a host, signed by an authority, valid for thirty days or as `times` say.
fn signed(folder: &Path, name: &str, authority: &str, host: &str, times: &[&str]) {
    let file = |end: &str| format!("{name}.{end}");
    let (key, request, certificate, extensions) = (file("key"), file("csr"), file("pem"), file("cnf"));
    let subject = format!("/CN={host}");
    openssl(
        folder,
        &[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            &subject,
            "-keyout",
            &key,
            "-out",
            &request,
        ],
    );
    // `openssl x509` sets no dates of the past; `openssl ca` does.
    let configuration = format!(
        "[ca]\ndefault_ca = it\n[it]\ndatabase = {name}.index\nnew_certs_dir = .\nrand_serial = yes\n\
         default_md = sha256\npolicy = any\ncertificate = {authority}.pem\nprivate_key = {authority}.key\n\
         x509_extensions = host\ndefault_days = 30\n[any]\ncommonName = supplied\n[host]\n\
         subjectAltName = DNS:{host}\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\n"
    );
    fs::write(folder.join(&extensions), configuration).expect("a configuration");
    fs::write(folder.join(format!("{name}.index")), "").expect("an index");
    let words = ["ca", "-batch", "-notext", "-config", &extensions, "-in", &request, "-out", &certificate];
    openssl(folder, &[&words[..], times].concat());
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn openssl(folder: &Path, words: &[&str]) {
    let output = Command::new("openssl").current_dir(folder).args(words).output().expect("openssl");
    assert!(output.status.success(), "openssl {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
