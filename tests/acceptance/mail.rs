//! A burst is told by mail in Chinese, through a mail server of others, and is read with a library of others.
//!
//! The server is Exim as Debian has it, which `tests/servers` makes available. It runs with a configuration
//! and a spool of its own, in the foreground, on a free port of loopback, and delivers to files.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bellwether_testkit::{Project, Service, free_port, installed, until};
use serde_json::Value;

use crate::{between, stage};

/// Reads a mail with nothing but Python's own library.
const READER: &str = include_str!("read_mail.py");

/// Two ticks of the log's time, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(150);

const NAME: &str = "失蹤的票箱";
const FROM: &str = "bellwether@news.example";
const TO: &str = "desk@news.example";
const USER: &str = "bellwether";
const PASSWORD: &str = "FAKEsecret";

/// Says that a test is left out, which must not happen where everything is made available.
fn skip(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
    println!("SKIPPED: {why}");
}

/// Exim, where it is installed or unpacked.
fn exim() -> Option<PathBuf> {
    installed("exim4", "a mail server of others")
}

/// A mail server that delivers what comes for one mailbox to files of a folder, until dropped.
struct Exim {
    process: Service,
    port: u16,
    folder: PathBuf,
}

impl Exim {
    /// One that anybody may send by.
    fn start(program: &Path, folder: &Path) -> Self {
        Self::configured(program, folder, "tls_advertise_hosts =\n", "")
    }

    /// One that shows a certificate for `localhost` and takes mail only from who has logged in, which it offers
    /// over TLS alone. Returns the certificate too, which nobody else has signed.
    fn with_tls(program: &Path, folder: &Path, has_implicit: bool) -> (Self, PathBuf) {
        fs::create_dir_all(folder).unwrap();
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .args(["-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let implicit = if has_implicit {
            "tls_on_connect_ports = PORT\n"
        } else {
            ""
        };
        let main = format!(
            "tls_advertise_hosts = *\ntls_certificate = {}\ntls_privatekey = {}\n{implicit}\
             acl_smtp_mail = mail\n",
            certificate.display(),
            key.display()
        );
        let authenticators = format!(
            "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  \
             server_prompts = :\n  server_advertise_condition = ${{if def:tls_in_cipher}}\n  \
             server_condition = ${{if and{{{{eq{{$auth2}}{{{USER}}}}}{{eq{{$auth3}}{{{PASSWORD}}}}}}}}}\n  \
             server_set_id = $auth2\n"
        );
        let server = Self::configured(program, folder, &main, &authenticators);
        (server, certificate)
    }

    fn configured(program: &Path, folder: &Path, main: &str, authenticators: &str) -> Self {
        fs::create_dir_all(folder.join("spool")).unwrap();
        let port = free_port().port();
        let main = main.replace("PORT", &port.to_string());
        let configuration = folder.join("exim.conf");
        let (user, group) = Self::owner(folder);
        let text = format!(
            "exim_user = {own}\nexim_group = {own_group}\n\
             spool_directory = {folder}/spool\nlog_file_path = {folder}/%slog\n\
             pid_file_path =\nprimary_hostname = mail.news.example\n\
             domainlist local_domains = news.example\n\
             never_users =\ndeliver_drop_privilege = true\nqueue_only = false\n\
             host_lookup =\nrfc1413_query_timeout = 0s\nkeep_environment =\n{main}\
             acl_smtp_rcpt = rcpt\nacl_smtp_data = data\n\
             begin acl\n\
             mail:\n  deny message = log in\n    !authenticated = *\n  accept\n\
             rcpt:\n  deny message = not here\n    !domains = +local_domains\n  accept\n\
             data:\n  deny message = header syntax\n    !verify = header_syntax\n  accept\n\
             begin routers\n\
             files:\n  driver = accept\n  domains = +local_domains\n  transport = files\n\
             begin transports\n\
             files:\n  driver = appendfile\n  maildir_format\n  create_directory\n  \
             directory = {folder}/mail\n  user = {user}\n  group = {group}\n  \
             delivery_date_add\n  envelope_to_add\n  return_path_add\n{authenticators}",
            folder = folder.display(),
            own = id(&["-un"]),
            own_group = id(&["-gn"]),
        );
        fs::write(&configuration, text).unwrap();
        let process = Service::start(
            Command::new(program)
                .arg("-C")
                .arg(&configuration)
                .arg("-bdf")
                .arg("-oX")
                .arg(format!("127.0.0.1.{port}")),
        );
        let mut server = Self {
            process,
            port,
            folder: folder.to_owned(),
        };
        until("the mail server to listen", Duration::from_secs(30), || {
            assert!(server.process.is_alive(), "{}", server.said());
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        server
    }

    /// Who delivers. Nothing is ever delivered by root, whatever the configuration says: so root has the
    /// folder of the mails belong to nobody, and lets that one come there.
    fn owner(folder: &Path) -> (String, String) {
        let mails = folder.join("mail");
        fs::create_dir_all(&mails).unwrap();
        if id(&["-u"]) != "0" {
            return (id(&["-un"]), id(&["-gn"]));
        }
        let number = |what: &str| id(&[what, "nobody"]).parse().unwrap();
        chown(&mails, Some(number("-u")), Some(number("-g"))).unwrap();
        for above in [folder, folder.parent().unwrap()] {
            fs::set_permissions(above, fs::Permissions::from_mode(0o711)).unwrap();
        }
        ("nobody".to_owned(), id(&["-gn", "nobody"]))
    }

    /// What it said and logged, for failures.
    fn said(&self) -> String {
        let names = ["mainlog", "paniclog", "rejectlog"];
        let texts = names.map(|name| fs::read_to_string(self.folder.join(name)));
        texts.into_iter().flatten().collect()
    }

    /// The mails that were delivered, oldest first.
    fn mails(&self) -> Vec<Value> {
        let Ok(entries) = fs::read_dir(self.folder.join("mail/new")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| read(path)).collect()
    }
}

/// What `id` says.
fn id(arguments: &[&str]) -> String {
    let told = Command::new("id").args(arguments).output().unwrap();
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

fn read(path: &Path) -> Value {
    let mut python = Command::new("python3")
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(&fs::read(path).unwrap()).unwrap();
    drop(input);
    let told = python.wait_with_output().unwrap();
    assert!(told.status.success(), "{}", path.display());
    serde_json::from_slice(&told.stdout).unwrap()
}

fn by_mail(project: &Project, port: u16) {
    project.write(
        "config/receivers.toml",
        format!(
            "[[receiver]]\nid = \"chat\"\nkind = \"email\"\nserver = \"smtp://127.0.0.1:{port}\"\n\
             tls = \"none\"\nfrom = \"{FROM}\"\nto = \"{TO}\"\nlanguage = \"zh-Hant\"\n\
             allow_networks = [\"127.0.0.0/8\"]\n"
        ),
    );
}

#[test]
fn a_burst_is_told_by_mail_in_chinese() {
    let Some(program) = exim() else { return };
    let feeds = stage::topical_feeds();
    let project = stage::project(&feeds, "slack", "https://unused.example/");
    let server = Exim::start(&program, &project.path().join("exim"));
    by_mail(&project, server.port);
    let rule = project.path().join("config/rules/ballot-boxes.toml");
    let text = fs::read_to_string(&rule).unwrap();
    fs::write(&rule, text.replace("Lost ballot boxes", NAME)).unwrap();
    stage::import_past(&project);
    let mut running = project.start(&["run"]);
    running.address();
    until("the alert to be delivered", PATIENCE, || {
        let alerts = running.get("/api/v1/alerts").json();
        let delivery = &alerts["items"][0]["deliveries"][0];
        assert!(delivery["error"].is_null(), "{delivery}: {}", server.said());
        (delivery["state"] == "delivered").then_some(())
    });
    let mails = until("the mail in its folder", PATIENCE, || {
        Some(server.mails()).filter(|mails| !mails.is_empty())
    });
    running.terminate();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let (fields, text) = (&mails[0]["fields"], mails[0]["text"].as_str().unwrap());
    let subject = fields["subject"].as_str().unwrap();
    assert!(
        subject.starts_with("突增") && subject.contains(NAME),
        "{subject}"
    );
    assert_eq!(text.lines().next(), Some(subject));
    for part in ["在我們的收錄中最早見於", "時段：", "12則"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for (name, value) in [
        ("from", FROM),
        ("to", TO),
        ("envelope-to", TO),
        ("auto-submitted", "auto-generated"),
    ] {
        assert_eq!(fields[name], value, "{name}");
    }
    let id = fields["message-id"].as_str().unwrap();
    assert!(id.ends_with("@news.example>"), "{id}");
    assert!(
        server
            .said()
            .contains(&format!("id={}", &id[1..id.len() - 1]))
    );
}

/// A mailbox elsewhere is refused for good; the error has the code and no mailbox.
#[test]
fn what_a_mail_server_refuses_is_told() {
    let Some(program) = exim() else { return };
    let project = Project::new();
    let server = Exim::start(&program, &project.path().join("exim"));
    by_mail(&project, server.port);
    let told = project.run(&["send-test", "chat"]).good();
    assert_eq!(told.out, "chat (email): delivered\n");
    let file = project.path().join("config/receivers.toml");
    let elsewhere = fs::read_to_string(&file)
        .unwrap()
        .replace(TO, "desk@elsewhere.example");
    fs::write(&file, elsewhere).unwrap();
    let told = project.run(&["send-test", "chat"]);
    assert_eq!(told.code, Some(1), "{}", server.said());
    assert!(
        told.out.contains("127.0.0.1 answered 550; "),
        "{}",
        told.out
    );
    assert!(!told.out.contains("elsewhere"), "{}", told.out);
}

/// The certificate must be one that the machine trusts, and for the name that is configured; only then does
/// the password go out.
#[test]
fn a_password_goes_over_tls_to_the_configured_name() {
    let Some(program) = exim() else { return };
    if Command::new("openssl").arg("version").output().is_err() {
        skip("no openssl on this machine, which makes the certificate");
        return;
    }
    for (number, scheme) in ["smtp", "smtps"].into_iter().enumerate() {
        let project = Project::new();
        let folder = project.path().join("exim");
        let (server, certificate) = Exim::with_tls(&program, &folder, number == 1);
        project.write("config/secrets/mail", PASSWORD);
        let at = |host: &str| {
            let toml = format!(
                "[[receiver]]\nid = \"chat\"\nkind = \"email\"\n\
                 server = \"{scheme}://{host}:{}\"\nfrom = \"{FROM}\"\nto = \"{TO}\"\n\
                 user = \"{USER}\"\npassword_file = \"secrets/mail\"\n\
                 allow_networks = [\"127.0.0.0/8\"]\n",
                server.port
            );
            project.write("config/receivers.toml", toml);
        };
        at("localhost");
        let untrusted = project.run(&["send-test", "chat"]);
        assert_eq!(untrusted.code, Some(1), "{}", untrusted.out);
        assert!(untrusted.out.contains("certificate"), "{}", untrusted.out);

        let trusted = |arguments: &[&str]| {
            let mut command = project.command(arguments);
            let told = command.env("SSL_CERT_FILE", &certificate).output().unwrap();
            String::from_utf8(told.stdout).unwrap()
        };
        let told = trusted(&["send-test", "chat"]);
        assert_eq!(told, "chat (email): delivered\n", "{}", server.said());
        at("127.0.0.1");
        let told = trusted(&["send-test", "chat"]);
        assert!(told.contains("certificate"), "{told}");
        let logged = server.said();
        assert!(logged.contains(&format!("A=plain:{USER}")), "{logged}");
        assert_eq!(logged.matches("<= ").count(), 1, "{logged}");
    }
}

/// What comes before TLS answers nothing that is said in it: who is on the way could say for the server that it
/// has taken everything, and a mail that nobody has would be `delivered`.
#[test]
fn what_was_said_before_tls_answers_nothing() {
    let Some(program) = exim() else { return };
    if Command::new("openssl").arg("version").output().is_err() {
        skip("no openssl on this machine, which makes the certificate");
        return;
    }
    let project = Project::new();
    let folder = project.path().join("exim");
    let (server, certificate) = Exim::with_tls(&program, &folder, false);
    project.write("config/secrets/mail", PASSWORD);
    let sent_to = |port: u16| {
        let toml = format!(
            "[[receiver]]\nid = \"chat\"\nkind = \"email\"\nserver = \"smtp://localhost:{port}\"\n\
             from = \"{FROM}\"\nto = \"desk@elsewhere.example\"\nuser = \"{USER}\"\n\
             password_file = \"secrets/mail\"\nallow_networks = [\"127.0.0.0/8\"]\n"
        );
        project.write("config/receivers.toml", toml);
        let mut command = project.command(&["send-test", "chat"]);
        let told = command.env("SSL_CERT_FILE", &certificate).output().unwrap();
        String::from_utf8(told.stdout).unwrap()
    };
    let refused = "localhost answered 550";
    let told = sent_to(server.port);
    assert!(told.contains(refused), "{told}: {}", server.said());
    let told = sent_to(between::slips_in(server.port, ""));
    assert!(told.contains(refused), "{told}: {}", server.said());
    let all_is_well = "250-mail.news.example\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 from\r\n\
                       250 to\r\n354 go on\r\n250 taken\r\n";
    let told = sent_to(between::slips_in(server.port, all_is_well));
    assert!(told.contains("not delivered"), "{told}");
    assert!(told.contains("localhost broke"), "{told}");
}
