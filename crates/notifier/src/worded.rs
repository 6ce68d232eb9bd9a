//! What a delivery says in words: whose zone and language, what is withheld at this moment, who has the
//! alert. The words themselves are those of `bellwether-api`.

use bellwether_access::{PASS_TIME, Pass, Passes};
use bellwether_alert::acknowledged_before;
use bellwether_api::wording::{
    Facts, Message, coverage_message, message, receiver_message, summary_message,
};
use bellwether_archive::Desk;
use bellwether_model::{
    Alert, AlertState, Burst, Delivery, DeliveryKind, Election, Phase, Subject, Summary, Verdict,
    Withheld,
};

use crate::{Notifier, NotifierError};

impl Notifier {
    /// The phase that withholds something of a burst at this moment: a retry may fall into such a phase,
    /// or after it.
    pub(crate) fn withholding(&self, burst: &Burst) -> Option<&Phase> {
        let election = self.settings.election(burst)?;
        election.withholding(Withheld::Polls, self.now())
    }

    /// What there is to tell of one alert, in words.
    pub(crate) fn worded(
        &self,
        subject: &Subject,
        alert: &Alert,
        kind: DeliveryKind,
        delivery: &Delivery,
    ) -> Message {
        let settings = &self.settings;
        let (election, withholding) = match subject {
            Subject::Burst(burst) => (settings.election(burst), self.withholding(burst)),
            Subject::Coverage(_) | Subject::Summary(_) | Subject::Receiver(_) => (None, None),
        };
        let zone = election.map(Election::zone);
        let facts = self.facts(delivery);
        let facts = Facts {
            zone: zone.as_ref().unwrap_or(facts.zone),
            acknowledged: match kind {
                DeliveryKind::Resolved => acknowledged_before(alert, delivery.created),
                _ => acknowledged_now(alert),
            },
            withholding,
            // A summary says it once, at its head.
            invented: facts.invented && delivery.kind != DeliveryKind::Summary,
            ..facts
        };
        let mut message = match subject {
            Subject::Burst(burst) => message(burst, alert, kind, &facts),
            Subject::Coverage(report) => coverage_message(report, &facts),
            Subject::Receiver(fault) => receiver_message(fault, alert, &facts),
            // None is put into another.
            Subject::Summary(summary) => summary_message(summary, &[], &facts),
        };
        // A program has a token of its own, where it may look.
        let receiver = self.receivers.get(&delivery.receiver);
        if receiver.is_none_or(|(receiver, _)| receiver.kind.is_chat()) {
            let link = message.link.take();
            message.link = link.map(|link| signed(&link, subject, delivery, &settings.passes));
        }
        message
    }

    /// What all messages to a receiver need: times in its own zone, where it has one.
    pub(crate) fn facts(&self, delivery: &Delivery) -> Facts<'_> {
        let receiver = self.receivers.get(&delivery.receiver);
        let receiver = receiver.map(|(receiver, _)| receiver);
        let zone = receiver.and_then(|receiver| receiver.pacing.zone.as_ref());
        Facts {
            names: &self.settings.names,
            zone: zone.unwrap_or(&self.settings.zone),
            public_url: self.settings.public_url.as_deref(),
            possible_repeat: delivery.possible_repeat,
            invented: self.settings.invented,
            language: receiver
                .map(|receiver| receiver.language)
                .unwrap_or_default(),
            acknowledged: None,
            withholding: None,
        }
    }

    /// Several alerts in words: of each what a message of its own would begin with.
    pub(crate) fn summary(
        &self,
        summary: &Summary,
        delivery: &Delivery,
        desk: &Desk,
    ) -> Result<Message, NotifierError> {
        let mut entries = Vec::with_capacity(summary.entries.len());
        for entry in &summary.entries {
            if let Some(alert) = desk.alert(&entry.alert)? {
                let message = self.worded(&entry.subject, &alert, entry.kind, delivery);
                entries.push((entry.severity, message));
            }
        }
        Ok(summary_message(summary, &entries, &self.facts(delivery)))
    }
}

/// A link with a pass to the alert, where it leads to the page of one. A list of several, and the sources, want
/// an account where there are accounts.
pub(crate) fn signed(
    link: &str,
    subject: &Subject,
    delivery: &Delivery,
    passes: &Passes,
) -> String {
    if matches!(subject, Subject::Summary(_) | Subject::Coverage(_)) {
        return link.to_owned();
    }
    let ends = delivery.created.checked_add(PASS_TIME);
    let pass = passes.sign(&Pass {
        alert: delivery.alert.as_str().to_owned(),
        receiver: delivery.receiver.as_str().to_owned(),
        ends: ends.unwrap_or(delivery.created),
    });
    format!("{link}?pass={pass}")
}

/// Who has an alert that fires, and the verdict by now.
fn acknowledged_now(alert: &Alert) -> Option<(&str, Option<Verdict>)> {
    let last = alert.acknowledgement();
    let last = last.filter(|_| alert.state == AlertState::Acknowledged)?;
    Some((last.by.as_deref()?, alert.verdict))
}
