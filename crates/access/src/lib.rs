//! Who may do what: the roles of users, how passwords and tokens are kept, passes to one alert, and how
//! log-ins are slowed.
//!
//! Pure: the time and whatever is random are passed in; where users are kept is the desk's, and what a
//! request carries is the daemon's.

mod account;
mod pass;
mod password;
mod permission;
mod principal;
mod throttle;
mod token;

pub use account::{AuditEntry, NAME_CHARS_MAX, NameError, Token, User, UserRole, account_name};
pub use pass::{PASS_TIME, Pass, PassError, Passes};
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PasswordError, PasswordHash};
pub use permission::{Need, needs};
pub use principal::{Principal, SIGNED_CHARS_MAX, Unsigned};
pub use throttle::Throttle;
pub use token::{Digest, Issued, SECRET_BYTES};
