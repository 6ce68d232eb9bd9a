//! What decides over the messages of one receiver has to know: which are due, what was sent of late,
//! and of which alerts they speak.

use std::collections::BTreeSet;

use bellwether_model::{
    Alert, AlertId, Delivery, DeliveryKey, HoldReason, ReceiverId, Subject, Timestamp,
};
use rusqlite::params;

use super::{
    Desk, Outgoing, WAITING, ids, parse, put_alert, put_delivery, read, update_delivery, write,
};
use crate::ArchiveError;
use crate::sql::{self, int, ms};

impl Desk {
    /// The receivers that a message is due for, but some.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn receivers_due(
        &self,
        now: Timestamp,
        except: &BTreeSet<ReceiverId>,
    ) -> Result<Vec<ReceiverId>, ArchiveError> {
        let except = ids(except)?;
        let receivers: Vec<String> = self
            .connection
            .prepare_cached(&format!(
                "SELECT DISTINCT receiver FROM delivery WHERE {WAITING} AND next_at <= ?2"
            ))
            .and_then(|mut s| {
                s.query_map(params![except, ms(now)], |row| row.get(0))?
                    .collect()
            })
            .map_err(read)?;
        Ok(receivers.into_iter().map(ReceiverId::new).collect())
    }

    /// The messages that are due for a receiver, oldest first, without what they speak of.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn due_of(
        &self,
        receiver: &ReceiverId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, ArchiveError> {
        self.deliveries_only(
            "state IN ('pending', 'sending') AND receiver = ?1 AND next_at <= ?2
             ORDER BY created, key LIMIT ?3",
            params![receiver.as_str(), ms(now), int(limit as u64)],
        )
    }

    /// Of each alert that has not resolved, the last message that reached a receiver, without what it
    /// speaks of.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn last_of_open(
        &self,
        receiver: &ReceiverId,
        limit: usize,
    ) -> Result<Vec<Delivery>, ArchiveError> {
        self.deliveries_only(
            "receiver = ?1 AND state = 'delivered' AND kind IN ('firing', 'updated')
               AND alert IN (SELECT id FROM alert WHERE state <> 'resolved')
               AND created = (SELECT max(created) FROM delivery AS later
                 WHERE later.alert = delivery.alert AND later.receiver = ?1
                   AND later.state = 'delivered' AND later.kind IN ('firing', 'updated'))
             ORDER BY created, key LIMIT ?2",
            params![receiver.as_str(), int(limit as u64)],
        )
    }

    /// The messages to a receiver that wait for others of a group.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn waiting_in_group(
        &self,
        receiver: &ReceiverId,
        group: &str,
    ) -> Result<Vec<Delivery>, ArchiveError> {
        self.deliveries_only(
            "state = 'pending' AND receiver = ?1 AND why = ?2 AND by = ?3 AND kind <> 'summary'
             ORDER BY created, key",
            params![receiver.as_str(), HoldReason::Group.as_str(), group],
        )
    }

    /// When a receiver was last told of a group.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn group_told(
        &self,
        receiver: &ReceiverId,
        group: &str,
    ) -> Result<Option<Timestamp>, ArchiveError> {
        self.time_of(
            "SELECT max(delivered) FROM delivery JOIN hold ON hold.delivery = delivery.key
             WHERE receiver = ?1 AND why = ?2 AND by = ?3",
            params![receiver.as_str(), HoldReason::Group.as_str(), group],
        )
    }

    /// When a receiver was last told of an alert.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn last_told(
        &self,
        receiver: &ReceiverId,
        alert: &AlertId,
    ) -> Result<Option<Timestamp>, ArchiveError> {
        self.time_of(
            "SELECT max(delivered) FROM delivery WHERE receiver = ?1 AND key IN (
               SELECT key FROM delivery WHERE alert = ?2
               UNION SELECT delivery FROM also WHERE alert = ?2)",
            params![receiver.as_str(), alert.as_str()],
        )
    }

    /// When messages reached a receiver after a time, oldest first; those on their way count as sent at
    /// `now`. With `only_new` those are left out that took the place of another.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn sent_since(
        &self,
        receiver: &ReceiverId,
        since: Timestamp,
        now: Timestamp,
        only_new: bool,
    ) -> Result<Vec<Timestamp>, ArchiveError> {
        let times: Vec<i64> = self
            .connection
            .prepare_cached(
                "SELECT coalesce(delivered, ?3) AS at FROM delivery WHERE receiver = ?1
                   AND (delivered > ?2 OR (state IN ('pending', 'sending') AND attempts > 0))
                   AND NOT (?4 AND kind IN ('resolved', 'updated'))
                 ORDER BY at",
            )
            .and_then(|mut s| {
                let values = params![receiver.as_str(), ms(since), ms(now), only_new];
                s.query_map(values, |row| row.get(0))?.collect()
            })
            .map_err(read)?;
        Ok(times.into_iter().map(sql::time).collect())
    }

    /// The alerts that a message speaks of, its own first.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn alerts_of(&self, key: &DeliveryKey) -> Result<Vec<Alert>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(
                "SELECT record FROM (
                   SELECT alert, 0 AS place FROM delivery WHERE key = ?1
                   UNION SELECT alert, 1 FROM also WHERE delivery = ?1) AS of
                 JOIN alert ON alert.id = of.alert ORDER BY place, alert.id",
            )
            .and_then(|mut s| s.query_map([key.as_str()], |row| row.get(0))?.collect())
            .map_err(read)?;
        records.iter().map(|record| parse(record)).collect()
    }

    /// The alerts that have not resolved and are not about bursts: of collection and of receivers.
    ///
    /// # Errors
    /// Where the database refuses or a record is damaged.
    pub fn open_faults(&self) -> Result<Vec<Alert>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(
                "SELECT record FROM alert WHERE state <> 'resolved'
                   AND json_extract(record, '$.burst') IS NULL ORDER BY id",
            )
            .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
            .map_err(read)?;
        records.iter().map(|record| parse(record)).collect()
    }

    /// What a message speaks of.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn subject(&self, key: &DeliveryKey) -> Result<Option<Subject>, ArchiveError> {
        let found = self.deliveries_where("key = ?1", params![key.as_str()])?;
        let record = found.into_iter().next().map(|(_, record)| record);
        record.map(|record| parse(&record)).transpose()
    }

    /// One message.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn delivery(&self, key: &DeliveryKey) -> Result<Option<Delivery>, ArchiveError> {
        let found = self.deliveries_only("key = ?1", params![key.as_str()])?;
        Ok(found.into_iter().next())
    }

    /// The newest messages, to one receiver or to all.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn recent_deliveries(
        &self,
        receiver: Option<&ReceiverId>,
        limit: usize,
    ) -> Result<Vec<Delivery>, ArchiveError> {
        let receiver = receiver.map(ReceiverId::as_str);
        self.deliveries_only(
            "(?1 IS NULL OR receiver = ?1) ORDER BY created DESC, key LIMIT ?2",
            params![receiver, int(limit as u64)],
        )
    }

    /// The last alert about a receiver that takes no messages.
    ///
    /// # Errors
    /// Where the database refuses or the record is damaged.
    pub fn last_alert_about_receiver(
        &self,
        receiver: &ReceiverId,
    ) -> Result<Option<Alert>, ArchiveError> {
        let records: Vec<String> = self
            .connection
            .prepare_cached(
                "SELECT record FROM alert WHERE json_extract(record, '$.receiver') = ?1
                 ORDER BY state = 'resolved', updated DESC LIMIT 1",
            )
            .and_then(|mut s| {
                s.query_map([receiver.as_str()], |row| row.get(0))?
                    .collect()
            })
            .map_err(read)?;
        records.first().map(|record| parse(record)).transpose()
    }

    /// Notes in one transaction where messages stand, the alerts that follow from it, and further
    /// messages, such as summaries that tell some of them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn note_dispatch(
        &mut self,
        decided: &[Delivery],
        alerts: &[Alert],
        further: &[Outgoing],
    ) -> Result<(), ArchiveError> {
        let transaction = self.connection.transaction().map_err(write)?;
        for alert in alerts {
            put_alert(&transaction, alert)?;
        }
        for summary in further {
            put_delivery(&transaction, summary)?;
        }
        for delivery in decided {
            update_delivery(&transaction, delivery)?;
        }
        transaction.commit().map_err(write)
    }

    fn deliveries_only(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Delivery>, ArchiveError> {
        let found = self.deliveries_where(condition, values)?;
        Ok(found.into_iter().map(|(delivery, _)| delivery).collect())
    }

    fn time_of(
        &self,
        query: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Option<Timestamp>, ArchiveError> {
        self.connection
            .prepare_cached(query)
            .and_then(|mut s| s.query_row(values, |row| row.get::<_, Option<i64>>(0)))
            .map(|at| at.map(sql::time))
            .map_err(read)
    }
}
