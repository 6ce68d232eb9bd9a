//! The feed poller.
