//! What the bot says of itself where a platform asks.

/// What an app on a platform is called, and the words people see of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct App {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its command.
    pub command: &'static str,
    /// What follows the command.
    pub usage: &'static str,
    /// The shortcut that keeps a message.
    pub keep: &'static str,
}

/// The bot as an app.
pub const APP: App = App {
    name: "Shipbell",
    description: "Plans, asks for, runs and rolls back releases from this channel",
    command: "/release",
    usage: "status | new | deploy staging | rollback production | help",
    keep: "Add to release record",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_fit_where_platforms_show_them() {
        assert!(APP.name.len() <= 35);
        assert!(APP.description.len() <= 100);
        assert!(APP.keep.len() <= 24);
    }
}
