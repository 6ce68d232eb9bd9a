//! `bellwether send-test`: whether a receiver takes a message.

use std::process::ExitCode;

use anyhow::Result;
use bellwether_model::{Clock, Receiver};
use bellwether_query::nearest;
use serde_json::json;

use crate::cli::Common;
use crate::clock::SystemClock;
use crate::setup::Usage;
use crate::{print, setup};

/// `bellwether send-test`.
pub(crate) async fn send_test(common: &Common, id: &str) -> Result<ExitCode> {
    let config = setup::config(common)?;
    let receiver = found(&config.receivers, id)?;
    let outbound = setup::outbound(&config)?;
    let public_url = config.settings.public_url.as_deref();
    let now = SystemClock.now();
    let sent = bellwether_notifier::send_test(receiver, &outbound, public_url, now).await?;
    let error = sent.err();
    if common.json {
        print::json(&json!({
            "receiver": receiver.id,
            "kind": receiver.kind.as_str(),
            "delivered": error.is_none(),
            "error": error,
        }))?;
    } else {
        let (id, kind) = (&receiver.id, receiver.kind.as_str());
        let off = if receiver.enabled {
            ""
        } else {
            "; it is off, so alerts do not go there"
        };
        print::line(&match &error {
            None => format!("{id} ({kind}): delivered{off}"),
            Some(error) => format!("{id} ({kind}): not delivered: {error}{off}"),
        })?;
    }
    Ok(match error {
        None => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
    })
}

fn found<'a>(receivers: &'a [Receiver], id: &str) -> Result<&'a Receiver> {
    let known = || receivers.iter().map(|receiver| receiver.id.as_str());
    let receiver = receivers.iter().find(|receiver| receiver.id.as_str() == id);
    receiver.ok_or_else(|| {
        let meant = nearest(id, known())
            .map(|known| format!("; did you mean `{known}`?"))
            .unwrap_or_default();
        Usage(format!(
            "there is no receiver `{id}` in receivers.toml{meant}"
        ))
        .into()
    })
}
