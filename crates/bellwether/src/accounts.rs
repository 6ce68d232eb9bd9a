//! `bellwether user`, `bellwether token`, `bellwether audit`: who may ask the daemon, and what they did.
//!
//! Whoever can write the data folder needs no account: these commands are theirs.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Result, bail};
use bellwether_access::{
    AuditEntry, Issued, PasswordHash, SECRET_BYTES, Token, User, UserRole, account_name,
};
use bellwether_archive::Desk;
use bellwether_model::{Clock, Timestamp, parse_length};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::ask::minute;
use crate::cli::Common;
use crate::clock::SystemClock;
use crate::setup::Usage;
use crate::{print, setup};

/// Bytes of a line that is read for a password.
const LINE_BYTES_MAX: u64 = 4 << 10;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum Users {
    /// Make a user; the password is asked for, or read from the first line of the input
    Add {
        /// The name to log in by: letters, digits, - _ . @
        #[arg(value_name = "NAME")]
        name: String,
        /// What they may do: viewer, analyst or admin
        #[arg(long, value_name = "ROLE", value_parser = role)]
        role: UserRole,
    },
    /// List the users
    List,
    /// Give a user another role; they must log in again
    Role {
        /// The user
        #[arg(value_name = "NAME")]
        name: String,
        /// What they may do: viewer, analyst or admin
        #[arg(value_name = "ROLE", value_parser = role)]
        role: UserRole,
    },
    /// Give a user another password; they must log in again
    Password {
        /// The user
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a user; what they did keeps their name
    Remove {
        /// The user
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Tokens {
    /// Make a token for a program; its secret is shown once
    Add {
        /// The name that stands beside what is done with it
        #[arg(value_name = "NAME")]
        name: String,
        /// What it may do: viewer, analyst or admin
        #[arg(long, value_name = "ROLE", value_parser = role)]
        role: UserRole,
        /// How long it is good, such as 90d [default: until it is revoked]
        #[arg(long = "for", value_name = "LENGTH")]
        length: Option<String>,
    },
    /// List the tokens, without their secrets
    List,
    /// Revoke a token
    Revoke {
        /// The token
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// How much of the audit log.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// At most so many entries, the newest
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

fn role(word: &str) -> Result<UserRole, String> {
    UserRole::from_word(word).ok_or_else(|| "expected viewer, analyst or admin".to_owned())
}

/// What the commands work on.
struct Accounts<'c> {
    common: &'c Common,
    desk: Desk,
    now: Timestamp,
}

impl<'c> Accounts<'c> {
    fn open(common: &'c Common) -> Result<Self> {
        let config = setup::config(common)?;
        let dir = setup::data(common, &config)?;
        Ok(Self {
            common,
            desk: Desk::open(&dir)?,
            now: common.at.unwrap_or_else(|| SystemClock.now()),
        })
    }

    /// Says what was done, and notes it.
    fn done(&self, what: &str, body: &serde_json::Value, told: &str) -> Result<ExitCode> {
        self.desk.note(&AuditEntry {
            at: self.now,
            by: format!("{} on this machine", setup::user()),
            what: format!("bellwether {what}"),
            outcome: "done".to_owned(),
        })?;
        if self.common.json {
            print::json(body)?;
        } else {
            print::line(told)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn user(&self, name: &str) -> Result<User> {
        match self.desk.user(name)? {
            Some(user) => Ok(user),
            None => bail!(Usage(format!(
                "there is no user `{}`; `bellwether user list` lists all",
                bellwether_text::display_safe(name)
            ))),
        }
    }

    fn put(&self, user: &User) -> Result<()> {
        if !self.desk.put_user(user)? {
            bail!("there are too many users already; remove some");
        }
        Ok(())
    }
}

fn named(name: &str) -> Result<&str> {
    account_name(name).map_err(|error| Usage(error.to_string()).into())
}

fn shape(user: &User) -> serde_json::Value {
    json!({ "name": user.name, "role": user.role, "since": user.since })
}

/// `bellwether user`.
pub(crate) fn user(common: &Common, what: Users) -> Result<ExitCode> {
    let accounts = Accounts::open(common)?;
    match what {
        Users::Add { name, role } => add_user(&accounts, &name, role),
        Users::List => list_users(&accounts),
        Users::Role { name, role } => {
            let user = User {
                role,
                ..accounts.user(&name)?
            };
            accounts.put(&user)?;
            let told = format!("{name} is {role} now and must log in again");
            accounts.done(&format!("user role {name} {role}"), &shape(&user), &told)
        }
        Users::Password { name } => {
            let user = User {
                password: password()?,
                ..accounts.user(&name)?
            };
            accounts.put(&user)?;
            let told = format!("{name} has another password and must log in again");
            accounts.done(&format!("user password {name}"), &shape(&user), &told)
        }
        Users::Remove { name } => {
            let user = accounts.user(&name)?;
            accounts.desk.remove_user(&name)?;
            let told = match accounts.desk.has_accounts()? {
                true => format!("{name} is removed"),
                false => format!(
                    "{name} is removed; nobody has an account any more, so that whoever sits at this machine may \
                     ask without, and nobody from elsewhere"
                ),
            };
            accounts.done(&format!("user remove {name}"), &shape(&user), &told)
        }
    }
}

fn add_user(accounts: &Accounts<'_>, name: &str, role: UserRole) -> Result<ExitCode> {
    let name = named(name)?;
    if accounts.desk.user(name)?.is_some() {
        bail!(Usage(format!(
            "there is a user `{name}` already; `bellwether user password {name}` gives another password"
        )));
    }
    let is_first = !accounts.desk.has_accounts()?;
    let user = User {
        name: name.to_owned(),
        role,
        password: password()?,
        since: accounts.now,
    };
    accounts.put(&user)?;
    let mut told = format!("{name} is {role} now");
    if is_first {
        told.push_str("; from now on the page and the API want an account of everybody");
    }
    accounts.done(&format!("user add {name} {role}"), &shape(&user), &told)
}

fn list_users(accounts: &Accounts<'_>) -> Result<ExitCode> {
    let users = accounts.desk.users()?;
    if accounts.common.json {
        for user in &users {
            print::json(&shape(user))?;
        }
    } else if users.is_empty() {
        print::line("no users; `bellwether user add NAME --role admin` makes the first")?;
    } else {
        let row = |user: &User| vec![user.name.clone(), user.role.to_string(), minute(user.since)];
        let rows: Vec<_> = users.iter().map(row).collect();
        print::table(&["NAME", "ROLE", "SINCE"], &[32, 8, 25], &rows)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `bellwether token`.
pub(crate) fn token(common: &Common, what: Tokens) -> Result<ExitCode> {
    let accounts = Accounts::open(common)?;
    match what {
        Tokens::Add { name, role, length } => add_token(&accounts, &name, role, length.as_deref()),
        Tokens::List => list_tokens(&accounts),
        Tokens::Revoke { name } => {
            if !accounts.desk.revoke_token(&name)? {
                bail!(Usage(format!(
                    "there is no token `{}`; `bellwether token list` lists all",
                    bellwether_text::display_safe(&name)
                )));
            }
            let told = format!("the token {name} opens nothing any more");
            accounts.done(
                &format!("token revoke {name}"),
                &json!({ "name": name }),
                &told,
            )
        }
    }
}

fn add_token(
    accounts: &Accounts<'_>,
    name: &str,
    role: UserRole,
    length: Option<&str>,
) -> Result<ExitCode> {
    let name = named(name)?;
    let ends = match length.map(|word| (word, parse_length(word))) {
        None => None,
        Some((_, Some(length))) => Some(accounts.now.checked_add(length)?),
        Some((word, None)) => bail!(Usage(format!(
            "`{}` is no length of time; write a whole number and one of s, m, h, d, such as 90d",
            bellwether_text::display_safe(word)
        ))),
    };
    let mut random = [0; SECRET_BYTES];
    getrandom::fill(&mut random)?;
    let issued = Issued::of(random);
    let token = Token {
        name: name.to_owned(),
        role,
        since: accounts.now,
        ends,
    };
    if !accounts.desk.add_token(&token, &issued.digest())? {
        bail!(Usage(format!(
            "there is a token `{name}` already, or there are too many; `bellwether token revoke {name}` makes room"
        )));
    }
    let body = json!({ "name": name, "role": role, "ends": ends, "secret": issued.reveal() });
    let told = format!(
        "{}\nThis is the secret of the token {name} ({role}); it is not shown again. Send it as `Authorization: \
         Bearer SECRET`.",
        issued.reveal()
    );
    accounts.done(&format!("token add {name} {role}"), &body, &told)
}

fn list_tokens(accounts: &Accounts<'_>) -> Result<ExitCode> {
    let tokens = accounts.desk.tokens()?;
    if accounts.common.json {
        for token in &tokens {
            print::json(token)?;
        }
    } else if tokens.is_empty() {
        print::line("no tokens; `bellwether token add NAME --role viewer` makes one")?;
    } else {
        let row = |token: &Token| {
            let ends = match token.ends {
                None => "when revoked".to_owned(),
                Some(ends) if ends <= accounts.now => format!("ended {}", minute(ends)),
                Some(ends) => minute(ends),
            };
            vec![
                token.name.clone(),
                token.role.to_string(),
                minute(token.since),
                ends,
            ]
        };
        let rows: Vec<_> = tokens.iter().map(row).collect();
        print::table(&["NAME", "ROLE", "SINCE", "ENDS"], &[32, 8, 25, 31], &rows)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `bellwether audit`.
pub(crate) fn audit(common: &Common, args: &AuditArgs) -> Result<ExitCode> {
    let accounts = Accounts::open(common)?;
    let entries = accounts.desk.audit(None, args.limit)?;
    if common.json {
        for (_, entry) in &entries {
            print::json(entry)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if entries.is_empty() {
        print::line("nothing was changed so far")?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |(_, entry): &(i64, AuditEntry)| {
        vec![
            minute(entry.at),
            entry.by.clone(),
            entry.what.clone(),
            entry.outcome.clone(),
        ]
    };
    print::table(
        &["WHEN", "WHO", "WHAT", "OUTCOME"],
        &[25, 40, 70, 8],
        &entries.iter().map(row).collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// A new password: typed twice at a terminal, else the first line of the input.
fn password() -> Result<PasswordHash> {
    let typed = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ")?;
        if rpassword::prompt_password("Again: ")? != first {
            bail!(Usage("the two are not the same".to_owned()));
        }
        first
    } else {
        let mut line = String::new();
        let input = std::io::Read::take(std::io::stdin().lock(), LINE_BYTES_MAX);
        std::io::BufReader::new(input).read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    PasswordHash::of(&typed, salt).map_err(|error| Usage(error.to_string()).into())
}
