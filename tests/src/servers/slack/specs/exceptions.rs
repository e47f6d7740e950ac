//! Where the published descriptions are known to be behind the platform, and why.

/// An argument that one of them does not know, or describes wrongly.
pub(super) struct Exception {
    pub(super) method: &'static str,
    pub(super) argument: &'static str,
    /// Why the platform takes it all the same; for the reader.
    #[expect(dead_code, reason = "an exception without a reason is none")]
    pub(super) why: &'static str,
}

/// Against the types of the platform's own client.
pub(super) const TYPES: [Exception; 1] = [exception(
    "views.publish",
    "user_id",
    "the definition describes the home tab alone, not the whole call",
)];

/// Against the description that was frozen in 2021.
pub(super) const OLDER: [Exception; 7] = [
    exception("chat.postMessage", "metadata", METADATA),
    exception("chat.update", "metadata", METADATA),
    exception("chat.update", "reply_broadcast", "added in 2021, after it"),
    exception("conversations.history", "include_all_metadata", METADATA),
    exception("conversations.replies", "include_all_metadata", METADATA),
    exception("views.open", "interactivity_pointer", "added in 2023"),
    exception("views.push", "interactivity_pointer", "added in 2023"),
];

const METADATA: &str = "message metadata came in 2022";

const fn exception(method: &'static str, argument: &'static str, why: &'static str) -> Exception {
    Exception {
        method,
        argument,
        why,
    }
}
