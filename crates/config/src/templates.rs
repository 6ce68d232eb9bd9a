//! Templates: files under `templates/` that say how messages to a receiver are worded.
//!
//! Here is found which file a receiver means. What stands in it is not read: who knows the engine and
//! the messages tries it on samples.

use bellwether_model::{Receiver, Template};

use crate::fault::Sink;
use crate::files::TEMPLATES;
use crate::table::{File, Place, Table};
use crate::words::{did_you_mean, quoted};

/// The template that a receiver names.
pub(crate) fn template(table: &Table<'_>, templates: &[File]) -> Option<Template> {
    let named = table.text("template")?;
    // Only what was read with the rest can be meant, so a name leads to no other place of the disk.
    let found = templates.iter().find(|file| file.name == named.value);
    if found.is_none() {
        let hint = if templates.is_empty() {
            format!("put it at `{TEMPLATES}/NAME.txt` in the configuration folder")
        } else {
            let names = templates.iter().map(|file| file.name.as_str());
            did_you_mean(named.value, names, "templates")
        };
        let message = format!("there is no template {}", quoted(named.value));
        table.sink.fault(named.place, message, Some(hint));
    }
    found.map(|file| Template {
        name: file.name.clone(),
        text: file.text.clone(),
    })
}

/// Warns of templates that somebody may believe to be in force.
pub(crate) fn warn_of_unused(templates: &[File], receivers: &[Receiver], sink: &Sink) {
    for file in templates {
        let is_named = receivers.iter().any(|receiver| {
            let template = receiver.template.as_ref();
            template.is_some_and(|template| template.name == file.name)
        });
        if !is_named {
            sink.warn(
                Place::new(file, 0..0),
                "no receiver names this template",
                Some(format!("write `template = \"{}\"` in one", file.name)),
            );
        }
    }
}
