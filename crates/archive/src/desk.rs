//! What people and messages did: alerts, verdicts, deliveries, queries, cases, accounts. Never rebuilt.
//!
//! The hand-over from what was found keeps its own place here: the last tick whose changes have become
//! alerts. It is committed together with them, so a change becomes an alert once, and what a rebuild computes
//! again is not sent again.
//!
//! Two change an alert: the hand-over by what was found, people by what they say of it, perhaps from
//! another process. Each reads and writes it with nobody else in between
//! ([`Desk::hand_over_decided`], [`Desk::change_alert`]), so that neither undoes the other.

mod accounts;
mod cases;
mod dispatch;
mod queries;
mod silences;
mod verdicts;

use std::collections::BTreeSet;

use bellwether_model::{
    Alert, AlertId, Delivery, DeliveryKey, DeliveryKind, DeliveryState, Hold, HoldReason,
    ReceiverId, Sent, SourceId, Subject, Timestamp,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::sql::{self, int, ms};
use crate::{ArchiveError, DataDir};

pub use accounts::ACCOUNTS_MAX;
pub use cases::{CASES_MAX, Case, CaseEntry, CaseSummary, ENTRIES_MAX, EntryKind};
pub use queries::{SAVED_QUERIES_MAX, Saved, SavedQuery};
pub use silences::SILENCES_MAX;
pub use verdicts::RuleVerdicts;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    handed_over INTEGER              -- the last tick whose bursts have become alerts
) STRICT;
CREATE TABLE IF NOT EXISTS alert (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    started INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alert_started ON alert(started);
CREATE INDEX IF NOT EXISTS alert_updated ON alert(updated);
CREATE INDEX IF NOT EXISTS alert_open ON alert(state) WHERE state <> 'resolved';
CREATE INDEX IF NOT EXISTS alert_source ON alert(json_extract(record, '$.source'));
CREATE INDEX IF NOT EXISTS alert_receiver ON alert(json_extract(record, '$.receiver'));
CREATE TABLE IF NOT EXISTS delivery (
    key TEXT PRIMARY KEY,
    alert TEXT NOT NULL REFERENCES alert(id),
    receiver TEXT NOT NULL,
    kind TEXT NOT NULL,
    burst_revision INTEGER NOT NULL,
    burst TEXT NOT NULL,             -- the record the message speaks of, of a burst or of coverage
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    possible_repeat INTEGER NOT NULL,
    error TEXT,
    delivered INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS delivery_due ON delivery(next_at) WHERE state IN ('pending', 'sending');
CREATE INDEX IF NOT EXISTS delivery_alert ON delivery(alert);
CREATE TABLE IF NOT EXISTS also (    -- further alerts that a message speaks of
    delivery TEXT NOT NULL REFERENCES delivery(key),
    alert TEXT NOT NULL REFERENCES alert(id),
    PRIMARY KEY (delivery, alert)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS also_alert ON also(alert);
CREATE TABLE IF NOT EXISTS sent (    -- what a receiver has confirmed of a message
    delivery TEXT PRIMARY KEY REFERENCES delivery(key),
    parts INTEGER NOT NULL,
    reference TEXT                   -- what it calls it, where it can be changed
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hold (    -- why a message waits, or was not sent as it was decided
    delivery TEXT PRIMARY KEY REFERENCES delivery(key),
    why TEXT NOT NULL,
    by TEXT NOT NULL                 -- a silence, an alert, a group, or the message that tells it
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hold_by ON hold(why, by);
CREATE INDEX IF NOT EXISTS delivery_to ON delivery(receiver, delivered);
";

/// The messages that speak of an alert.
const ABOUT: &str = "key IN (SELECT key FROM delivery WHERE alert = ?1 UNION SELECT delivery FROM also WHERE alert = ?1)";

/// The messages that wait, but those to some receivers.
const WAITING: &str =
    "state IN ('pending', 'sending') AND receiver NOT IN (SELECT value FROM json_each(?1))";

fn ids(receivers: &BTreeSet<ReceiverId>) -> Result<String, ArchiveError> {
    to_json(&receivers.iter().map(ReceiverId::as_str).collect::<Vec<_>>())
}

/// A message as it is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its delivery.
    pub delivery: Delivery,
    /// What it speaks of.
    pub subject: Subject,
    /// Alerts it speaks of beside that of the delivery.
    pub also: Vec<AlertId>,
}

/// Which alerts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertFilter {
    /// Those that have not resolved.
    Open,
    /// All.
    All,
}

/// Alerts and deliveries.
pub struct Desk {
    connection: Connection,
}

impl Desk {
    /// Opens the desk, making it where there is none.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub fn open(dir: &DataDir) -> Result<Self, ArchiveError> {
        let schema = [
            SCHEMA,
            queries::SCHEMA,
            silences::SCHEMA,
            accounts::SCHEMA,
            cases::SCHEMA,
        ]
        .concat();
        Ok(Self {
            connection: sql::open(
                &dir.sqlite("desk"),
                "desk",
                &schema,
                sql::Survives::PowerCut,
            )?,
        })
    }

    /// The last tick whose changes have become alerts.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn handed_over(&self) -> Result<Option<Timestamp>, ArchiveError> {
        self.connection
            .query_row("SELECT handed_over FROM state", [], |row| {
                row.get::<_, Option<i64>>(0)
            })
            .optional()
            .map(|tick| tick.flatten().map(sql::time))
            .map_err(read)
    }

    /// Notes in one transaction what has become of alerts, and the tick up to which.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn hand_over(
        &mut self,
        tick: Timestamp,
        alerts: &[Alert],
        messages: &[Outgoing],
    ) -> Result<(), ArchiveError> {
        let transaction = self.connection.transaction().map_err(write)?;
        put_hand_over(&transaction, tick, alerts, messages)?;
        transaction.commit().map_err(write)
    }

    /// The same with what is decided by the alerts as they are, while nobody else writes. All of it is
    /// kept or, where it fails, nothing. Returns how many alerts and messages there were.
    ///
    /// # Errors
    /// What `decide` fails with, or where the database refuses.
    pub fn hand_over_decided(
        &mut self,
        tick: Timestamp,
        decide: impl FnOnce(&Self) -> Result<(Vec<Alert>, Vec<Outgoing>), ArchiveError>,
    ) -> Result<(usize, usize), ArchiveError> {
        let transaction = self.alone()?;
        let (alerts, messages) = decide(self)?;
        put_hand_over(&transaction, tick, &alerts, &messages)?;
        transaction.commit().map_err(write)?;
        Ok((alerts.len(), messages.len()))
    }

    /// A transaction in which nobody else writes from its beginning on, so that nothing is read in it
    /// that another process is about to replace. Rolled back where it is not committed.
    fn alone(&self) -> Result<Transaction<'_>, ArchiveError> {
        Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate).map_err(write)
    }

    /// One alert.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn alert(&self, id: &AlertId) -> Result<Option<Alert>, ArchiveError> {
        self.connection
            .prepare_cached("SELECT record FROM alert WHERE id = ?1")
            .and_then(|mut s| {
                s.query_row([id.as_str()], |row| row.get::<_, String>(0))
                    .optional()
            })
            .map_err(read)?
            .map(|record| parse(&record))
            .transpose()
    }

    /// Alerts, newest first, at most `limit`.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn alerts(&self, filter: AlertFilter, limit: usize) -> Result<Vec<Alert>, ArchiveError> {
        let condition = match filter {
            AlertFilter::Open => "WHERE state <> 'resolved'",
            AlertFilter::All => "",
        };
        let records: Vec<String> = self
            .connection
            .prepare_cached(&format!(
                "SELECT record FROM alert {condition} ORDER BY started DESC, id LIMIT ?1"
            ))
            .and_then(|mut s| {
                s.query_map([int(limit as u64)], |row| row.get(0))?
                    .collect()
            })
            .map_err(read)?;
        records.iter().map(|record| parse(record)).collect()
    }

    /// The last alert about a source: one that is open before one that has resolved.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn last_alert_about(&self, source: &SourceId) -> Result<Option<Alert>, ArchiveError> {
        self.connection
            .prepare_cached(
                "SELECT record FROM alert WHERE json_extract(record, '$.source') = ?1
                 ORDER BY state = 'resolved', updated DESC LIMIT 1",
            )
            .and_then(|mut s| {
                s.query_row([source.as_str()], |row| row.get::<_, String>(0))
                    .optional()
            })
            .map_err(read)?
            .map(|record| parse(&record))
            .transpose()
    }

    /// The deliveries that speak of an alert, oldest first.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn deliveries(&self, alert: &AlertId) -> Result<Vec<Delivery>, ArchiveError> {
        self.deliveries_where(
            &format!("{ABOUT} ORDER BY created, key"),
            params![alert.as_str()],
        )
        .map(|found| found.into_iter().map(|(delivery, _)| delivery).collect())
    }

    /// What the newest delivery of an alert alone speaks of; `None` where there is no such delivery.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn last_subject(&self, alert: &AlertId) -> Result<Option<Subject>, ArchiveError> {
        self.deliveries_where(
            &format!("{ABOUT} AND kind <> 'summary' ORDER BY created DESC, key LIMIT 1"),
            params![alert.as_str()],
        )?
        .pop()
        .map(|(_, record)| parse(&record))
        .transpose()
    }

    /// When an earlier message to the same receiver about one of the same alerts is tried next; `None`
    /// where none waits.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn earlier_due(&self, delivery: &Delivery) -> Result<Option<Timestamp>, ArchiveError> {
        self.connection
            .prepare_cached(
                "WITH about(alert) AS (SELECT alert FROM delivery WHERE key = ?1
                   UNION SELECT alert FROM also WHERE delivery = ?1)
                 SELECT min(next_at) FROM delivery WHERE receiver = ?2 AND created < ?3
                   AND state IN ('pending', 'sending') AND key IN (
                     SELECT d.key FROM delivery d JOIN about a ON d.alert = a.alert
                     UNION SELECT l.delivery FROM also l JOIN about a ON l.alert = a.alert)",
            )
            .and_then(|mut s| {
                s.query_row(
                    params![
                        delivery.key.as_str(),
                        delivery.receiver.as_str(),
                        ms(delivery.created)
                    ],
                    |row| row.get::<_, Option<i64>>(0),
                )
            })
            .map(|at| at.map(sql::time))
            .map_err(read)
    }

    /// The deliveries whose time has come, with what each speaks of, at most `limit`. One
    /// that was being sent when the process died is among them.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Delivery, Subject)>, ArchiveError> {
        self.due_but(now, limit, &BTreeSet::new())
    }

    /// The same but those to some receivers.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn due_but(
        &self,
        now: Timestamp,
        limit: usize,
        except: &BTreeSet<ReceiverId>,
    ) -> Result<Vec<(Delivery, Subject)>, ArchiveError> {
        self.deliveries_where(
            &format!("{WAITING} AND next_at <= ?2 ORDER BY next_at, key LIMIT ?3"),
            params![ids(except)?, ms(now), int(limit as u64)],
        )?
        .into_iter()
        .map(|(delivery, record)| Ok((delivery, parse(&record)?)))
        .collect()
    }

    /// When the next delivery is due; `None` where none waits.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn next_due(&self) -> Result<Option<Timestamp>, ArchiveError> {
        self.next_due_but(&BTreeSet::new())
    }

    /// The same but those to some receivers.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn next_due_but(
        &self,
        except: &BTreeSet<ReceiverId>,
    ) -> Result<Option<Timestamp>, ArchiveError> {
        self.connection
            .query_row(
                &format!("SELECT min(next_at) FROM delivery WHERE {WAITING}"),
                [ids(except)?],
                |row| row.get::<_, Option<i64>>(0),
            )
            .map(|at| at.map(sql::time))
            .map_err(read)
    }

    /// Writes down where a delivery stands.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn update_delivery(&mut self, delivery: &Delivery) -> Result<(), ArchiveError> {
        let transaction = self.connection.transaction().map_err(write)?;
        update_delivery(&transaction, delivery)?;
        transaction.commit().map_err(write)
    }

    fn deliveries_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<(Delivery, String)>, ArchiveError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT key, alert, receiver, kind, burst_revision, state, attempts, created, next_at,
                        possible_repeat, error, delivered, parts, reference, why, by, burst
                 FROM delivery LEFT JOIN sent ON sent.delivery = delivery.key
                 LEFT JOIN hold ON hold.delivery = delivery.key WHERE {condition}"
            ))
            .and_then(|mut s| {
                s.query_map(values, |row| Ok((delivery_row(row)?, row.get(16)?)))?.collect()
            })
            .map_err(read)
    }
}

fn update_delivery(transaction: &Transaction<'_>, delivery: &Delivery) -> Result<(), ArchiveError> {
    put_sent(transaction, delivery)?;
    put_hold(transaction, delivery)?;
    transaction
        .prepare_cached(
            "UPDATE delivery SET state = ?2, attempts = ?3, next_at = ?4, possible_repeat = ?5,
                    error = ?6, delivered = ?7 WHERE key = ?1",
        )
        .and_then(|mut s| {
            s.execute(params![
                delivery.key.as_str(),
                delivery.state.as_str(),
                delivery.attempts,
                ms(delivery.next_at),
                delivery.possible_repeat,
                delivery.error,
                delivery.delivered.map(ms),
            ])
        })
        .map(drop)
        .map_err(write)
}

fn put_hand_over(
    transaction: &Transaction<'_>,
    tick: Timestamp,
    alerts: &[Alert],
    messages: &[Outgoing],
) -> Result<(), ArchiveError> {
    for alert in alerts {
        put_alert(transaction, alert)?;
    }
    for message in messages {
        put_delivery(transaction, message)?;
    }
    transaction
        .execute(
            "INSERT INTO state VALUES (1, ?1) ON CONFLICT(one) DO UPDATE SET handed_over = ?1",
            [ms(tick)],
        )
        .map(drop)
        .map_err(write)
}

fn put_alert(transaction: &Transaction<'_>, alert: &Alert) -> Result<(), ArchiveError> {
    let record = to_json(alert)?;
    transaction
        .prepare_cached(
            "INSERT INTO alert VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT(id) DO UPDATE SET state = ?2, updated = ?4, record = ?5",
        )
        .and_then(|mut s| {
            s.execute(params![
                alert.id.as_str(),
                alert.state.as_str(),
                ms(alert.started),
                ms(alert.updated),
                record
            ])
        })
        .map(drop)
        .map_err(write)
}

fn put_delivery(transaction: &Transaction<'_>, message: &Outgoing) -> Result<(), ArchiveError> {
    let delivery = &message.delivery;
    let record = to_json(&message.subject)?;
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO delivery
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )
        .and_then(|mut s| {
            s.execute(params![
                delivery.key.as_str(),
                delivery.alert.as_str(),
                delivery.receiver.as_str(),
                delivery.kind.as_str(),
                delivery.revision,
                record,
                delivery.state.as_str(),
                delivery.attempts,
                ms(delivery.created),
                ms(delivery.next_at),
                delivery.possible_repeat,
                delivery.error,
                delivery.delivered.map(ms),
            ])
        })
        .map_err(write)?;
    put_hold(transaction, delivery)?;
    for alert in &message.also {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO also VALUES (?1, ?2)")
            .and_then(|mut s| s.execute([delivery.key.as_str(), alert.as_str()]))
            .map_err(write)?;
    }
    Ok(())
}

/// Most messages have one part, which the state of the delivery tells.
fn put_sent(transaction: &Transaction<'_>, delivery: &Delivery) -> Result<(), ArchiveError> {
    if delivery.sent == Sent::default() {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO sent VALUES (?1, ?2, ?3)
             ON CONFLICT(delivery) DO UPDATE SET parts = ?2, reference = ?3",
        )
        .and_then(|mut s| {
            s.execute(params![
                delivery.key.as_str(),
                delivery.sent.parts,
                delivery.sent.reference
            ])
        })
        .map(drop)
        .map_err(write)
}

/// Most messages are sent when they are decided. Why one was held stays when it is sent.
fn put_hold(transaction: &Transaction<'_>, delivery: &Delivery) -> Result<(), ArchiveError> {
    let Some(hold) = &delivery.hold else {
        return Ok(());
    };
    transaction
        .prepare_cached(
            "INSERT INTO hold VALUES (?1, ?2, ?3)
             ON CONFLICT(delivery) DO UPDATE SET why = ?2, by = ?3",
        )
        .and_then(|mut s| s.execute(params![delivery.key.as_str(), hold.why.as_str(), hold.by]))
        .map(drop)
        .map_err(write)
}

fn delivery_row(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let kind: String = row.get(3)?;
    let state: String = row.get(5)?;
    Ok(Delivery {
        key: DeliveryKey::new(row.get::<_, String>(0)?),
        alert: AlertId::new(row.get::<_, String>(1)?),
        receiver: ReceiverId::new(row.get::<_, String>(2)?),
        kind: DeliveryKind::from_word(&kind).unwrap_or(DeliveryKind::Firing),
        revision: row.get(4)?,
        state: DeliveryState::from_word(&state).unwrap_or(DeliveryState::Pending),
        attempts: row.get(6)?,
        created: sql::time(row.get(7)?),
        next_at: sql::time(row.get(8)?),
        possible_repeat: row.get(9)?,
        error: row.get(10)?,
        delivered: row.get::<_, Option<i64>>(11)?.map(sql::time),
        sent: Sent {
            parts: row.get::<_, Option<u32>>(12)?.unwrap_or_default(),
            reference: row.get(13)?,
        },
        hold: hold(row.get(14)?, row.get(15)?),
    })
}

fn hold(why: Option<String>, by: Option<String>) -> Option<Hold> {
    let why = why.as_deref().and_then(HoldReason::from_word)?;
    let by = by.unwrap_or_default();
    Some(Hold { why, by })
}

fn parse<T: serde::de::DeserializeOwned>(record: &str) -> Result<T, ArchiveError> {
    serde_json::from_str(record).map_err(|error| ArchiveError::damaged("desk", error.to_string()))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, ArchiveError> {
    serde_json::to_string(value).map_err(|error| ArchiveError::damaged("desk", error.to_string()))
}

fn read(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "desk",
        action: "read",
        source,
    }
}

fn write(source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Sql {
        file: "desk",
        action: "written",
        source,
    }
}
