//! The methods of Slack's Web API that are called, and what each needs: nothing
//! calls another, so that what the app must be allowed follows from this list.

/// A method of the Web API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Method {
    AuthTest,
    ConnectionsOpen,
    PostMessage,
    PostEphemeral,
    UpdateMessage,
    DeleteMessage,
    Permalink,
    History,
    Replies,
    ChannelInfo,
    AddReaction,
    GetReactions,
    UserInfo,
    GroupMembers,
    OpenView,
    PublishView,
    AddPin,
    RemovePin,
    UploadUrl,
    CompleteUpload,
}

/// How a method takes its arguments: those that only read take no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Query,
    Json,
}

impl Method {
    pub(super) const ALL: [Self; 20] = [
        Self::AuthTest,
        Self::ConnectionsOpen,
        Self::PostMessage,
        Self::PostEphemeral,
        Self::UpdateMessage,
        Self::DeleteMessage,
        Self::Permalink,
        Self::History,
        Self::Replies,
        Self::ChannelInfo,
        Self::AddReaction,
        Self::GetReactions,
        Self::UserInfo,
        Self::GroupMembers,
        Self::OpenView,
        Self::PublishView,
        Self::AddPin,
        Self::RemovePin,
        Self::UploadUrl,
        Self::CompleteUpload,
    ];

    /// Its name, as it stands in the address.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AuthTest => "auth.test",
            Self::ConnectionsOpen => "apps.connections.open",
            Self::PostMessage => "chat.postMessage",
            Self::PostEphemeral => "chat.postEphemeral",
            Self::UpdateMessage => "chat.update",
            Self::DeleteMessage => "chat.delete",
            Self::Permalink => "chat.getPermalink",
            Self::History => "conversations.history",
            Self::Replies => "conversations.replies",
            Self::ChannelInfo => "conversations.info",
            Self::AddReaction => "reactions.add",
            Self::GetReactions => "reactions.get",
            Self::UserInfo => "users.info",
            Self::GroupMembers => "usergroups.users.list",
            Self::OpenView => "views.open",
            Self::PublishView => "views.publish",
            Self::AddPin => "pins.add",
            Self::RemovePin => "pins.remove",
            Self::UploadUrl => "files.getUploadURLExternal",
            Self::CompleteUpload => "files.completeUploadExternal",
        }
    }

    /// The scopes of the bot's token it may need, depending on the kind of channel.
    pub(super) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::AuthTest
            | Self::ConnectionsOpen
            | Self::Permalink
            | Self::OpenView
            | Self::PublishView => &[],
            Self::PostMessage | Self::PostEphemeral | Self::UpdateMessage | Self::DeleteMessage => {
                &["chat:write"]
            }
            Self::History | Self::Replies => &["channels:history", "groups:history"],
            Self::ChannelInfo => &["channels:read", "groups:read"],
            Self::AddReaction => &["reactions:write"],
            Self::GetReactions => &["reactions:read"],
            Self::UserInfo => &["users:read"],
            Self::GroupMembers => &["usergroups:read"],
            Self::AddPin | Self::RemovePin => &["pins:write"],
            Self::UploadUrl | Self::CompleteUpload => &["files:write"],
        }
    }

    /// How many calls a minute Slack promises to take: its tiers 1 to 4 are 1, 20,
    /// 50 and 100, and a message a second in one channel.
    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    pub(super) fn a_minute(self) -> u32 {
        match self {
            Self::ConnectionsOpen
            | Self::UpdateMessage
            | Self::DeleteMessage
            | Self::History
            | Self::Replies
            | Self::ChannelInfo
            | Self::AddReaction
            | Self::GetReactions => 50,
            Self::PostMessage => 60,
            Self::GroupMembers | Self::AddPin | Self::RemovePin => 20,
            Self::AuthTest
            | Self::PostEphemeral
            | Self::Permalink
            | Self::UserInfo
            | Self::OpenView
            | Self::PublishView
            | Self::UploadUrl
            | Self::CompleteUpload => 100,
        }
    }

    /// How it takes its arguments.
    pub(super) fn way(self) -> Way {
        match self {
            Self::Permalink
            | Self::History
            | Self::Replies
            | Self::ChannelInfo
            | Self::GetReactions
            | Self::UserInfo
            | Self::GroupMembers
            | Self::UploadUrl => Way::Query,
            Self::AuthTest
            | Self::ConnectionsOpen
            | Self::PostMessage
            | Self::PostEphemeral
            | Self::UpdateMessage
            | Self::DeleteMessage
            | Self::AddReaction
            | Self::OpenView
            | Self::PublishView
            | Self::AddPin
            | Self::RemovePin
            | Self::CompleteUpload => Way::Json,
        }
    }
}
