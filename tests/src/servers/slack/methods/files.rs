//! `files.*External`: a place to bring a file to, and sharing it once it is there.

use serde_json::{Value, json};

use super::super::model::{BOT_USER, File, Message, Workspace};
use super::chat::known;
use super::{Args, Form, Method, Refusal, Tier, argument, needed, structure, words};

/// The largest file this workspace takes, in bytes.
const LARGEST: u64 = 64 << 20;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "files.getUploadURLExternal",
        tier: Tier::Four,
        scopes: &["files:write"],
        json: false,
        takes: &[
            needed("filename"),
            argument("length", Form::Number, true),
            words("alt_text"),
            words("alt_txt"),
            words("snippet_type"),
        ],
        run: place,
    },
    Method {
        name: "files.completeUploadExternal",
        tier: Tier::Four,
        scopes: &["files:write"],
        json: true,
        takes: &[
            argument("files", Form::Structure, true),
            words("channel_id"),
            words("thread_ts"),
            words("initial_comment"),
            structure("blocks"),
        ],
        run: complete,
    },
];

fn place(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let length = args.number("length").unwrap_or_default();
    if length == 0 {
        return Err("invalid_arguments".into());
    }
    if length > LARGEST {
        return Err("file_upload_size_restricted".into());
    }
    let id = format!("F0{:08}", world.next());
    let file = File {
        name: args.need("filename").to_owned(),
        length,
        ..File::default()
    };
    world.files.insert(id.clone(), file);
    Ok(json!({ "upload_url": format!("{}/upload/{id}", world.base), "file_id": id }))
}

/// Brings a file; the address is good once.
pub(crate) fn bring(world: &mut Workspace, id: &str, content: &[u8]) -> Result<(), &'static str> {
    let file = world.files.get_mut(id).ok_or("no such upload")?;
    if file.content.is_some() {
        return Err("already uploaded");
    }
    if u64::try_from(content.len()) != Ok(file.length) {
        return Err("another length than announced");
    }
    file.content = Some(content.to_vec());
    Ok(())
}

fn complete(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let files = args.structure("files");
    let files = files.as_array().ok_or("invalid_arguments")?;
    let mut brought = Vec::new();
    for one in files {
        let id = one["id"].as_str().unwrap_or_default();
        let file = world.files.get_mut(id).ok_or("file_not_found")?;
        if file.content.is_none() || file.shared {
            return Err("file_not_found".into());
        }
        let title = one["title"].as_str().unwrap_or(&file.name).to_owned();
        brought.push((id.to_owned(), title));
    }
    if let Some(channel) = args.words("channel_id") {
        let id = known(world, channel)?;
        if !world.channels[&id].members.contains(BOT_USER) {
            return Err("not_in_channel".into());
        }
        let stamp = world.stamp(args.now);
        let mut message = Message::new(stamp.clone(), BOT_USER);
        message.thread = args.words("thread_ts").map(str::to_owned);
        args.words("initial_comment")
            .unwrap_or_default()
            .clone_into(&mut message.text);
        message.files.clone_from(&brought);
        if let Some(channel) = world.channels.get_mut(&id) {
            channel.messages.insert(stamp, message);
        }
    }
    let told = brought.iter().map(|(id, title)| {
        if let Some(file) = world.files.get_mut(id) {
            file.shared = true;
        }
        json!({ "id": id, "title": title })
    });
    Ok(json!({ "files": told.collect::<Vec<_>>() }))
}
