//! One thread that appends for all: what is waiting goes into one commit.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{Batch, LogWriter, Receipt};
use crate::ArchiveError;

/// Batches that may wait; past it, appending waits, and so does fetching.
const WAITING_MAX: usize = 256;

/// Batches that go into one commit at most.
const TOGETHER_MAX: usize = 128;

struct Waiting {
    batch: Batch,
    reply: oneshot::Sender<Result<Receipt, ArchiveError>>,
}

/// What is done between two commits, by the one who may.
type Job = Box<dyn FnOnce(&mut LogWriter) + Send>;

enum Work {
    Append(Box<Waiting>),
    Do(Job),
}

/// A handle to the thread that appends. Dropping the last one ends the thread.
#[derive(Clone)]
pub struct Appender {
    sender: SyncSender<Work>,
}

impl Appender {
    /// Starts the thread.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start(writer: LogWriter) -> Result<(Self, JoinHandle<()>), ArchiveError> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || run(writer, &receiver))
            .map_err(ArchiveError::disk("start the thread of", "the log"))?;
        Ok((Self { sender }, thread))
    }

    /// Appends a batch; when this returns, it is on disk.
    ///
    /// # Errors
    /// As [`LogWriter::append`], and [`ArchiveError::Closed`] where the thread has ended.
    pub async fn append(&self, batch: Batch) -> Result<Receipt, ArchiveError> {
        let (reply, answer) = oneshot::channel();
        self.hand_over(Work::Append(Box::new(Waiting { batch, reply })))
            .await?;
        answer.await.map_err(|_| closed())?
    }

    /// Does something to the log beside appending, once all that waits now is on disk.
    ///
    /// # Errors
    /// What the work fails with, and [`ArchiveError::Closed`] where the thread has ended.
    pub async fn with_writer<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut LogWriter) -> Result<R, ArchiveError> + Send + 'static,
    ) -> Result<R, ArchiveError> {
        let (reply, answer) = oneshot::channel();
        self.hand_over(Work::Do(Box::new(move |writer| {
            let _ = reply.send(work(writer));
        })))
        .await?;
        answer.await.map_err(|_| closed())?
    }

    async fn hand_over(&self, work: Work) -> Result<(), ArchiveError> {
        let sender = self.sender.clone();
        tokio::task::spawn_blocking(move || sender.send(work).is_ok())
            .await
            .map_err(|error| ArchiveError::Closed(error.to_string()))?
            .then_some(())
            .ok_or_else(closed)
    }
}

fn closed() -> ArchiveError {
    ArchiveError::Closed("its thread has ended".to_owned())
}

fn run(mut writer: LogWriter, receiver: &Receiver<Work>) {
    while let Ok(work) = receiver.recv() {
        let mut next = Some(work);
        let mut replies = Vec::new();
        let mut batches = Vec::new();
        while let Some(Work::Append(waiting)) = next {
            replies.push(waiting.reply);
            batches.push(waiting.batch);
            next = match batches.len() {
                TOGETHER_MAX => None,
                _ => receiver.try_recv().ok(),
            };
        }
        if !batches.is_empty() {
            append(&mut writer, &batches, replies);
        }
        if let Some(Work::Do(job)) = next {
            job(&mut writer);
        }
    }
}

fn append(
    writer: &mut LogWriter,
    batches: &[Batch],
    replies: Vec<oneshot::Sender<Result<Receipt, ArchiveError>>>,
) {
    match writer.append(batches) {
        Ok(receipts) => {
            for (reply, receipt) in replies.into_iter().zip(receipts) {
                let _ = reply.send(Ok(receipt));
            }
        }
        // One batch may be at fault: each gets its own try, and its own answer.
        Err(_) => {
            for (reply, batch) in replies.into_iter().zip(batches) {
                let answer = writer
                    .append(std::slice::from_ref(batch))
                    .and_then(|mut receipts| {
                        receipts
                            .pop()
                            .ok_or_else(|| ArchiveError::Closed("no receipt".to_owned()))
                    });
                if let Err(error) = &answer {
                    tracing::error!(
                        error = error as &dyn std::error::Error,
                        "the log refused a batch"
                    );
                }
                let _ = reply.send(answer);
            }
        }
    }
}
