//! The seam between the engine and a database: everything the engine may ask of one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::effect::{CardId, Effect};
use shipbell_domain::ids::{AppId, EnvId, Hash, IncidentId, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::timer::Timer;
use shipbell_domain::{Command, Event, Fold, Needs, Refusal, Reply, StreamId, Turn, World};

use crate::StoreError;
use crate::rows::Row;

/// Decides one command over the world it needs. The domain's `turn` in
/// production; handed in so that a test can put a mistake there.
pub type Decide =
    Arc<dyn Fn(World, &Command, DateTime<Utc>) -> Result<Turn, Refusal> + Send + Sync>;

/// A database, as the engine sees it. Every method is one transaction.
#[async_trait]
pub trait Store: Send + Sync {
    /// Decides and records inputs in order, all in one transaction.
    ///
    /// For each: an input whose id is known already is a [`Verdict::Repeated`]
    /// and changes nothing; otherwise the world that `domain::needs` names is
    /// loaded, decided about, and what comes of it is kept. A refusal keeps the
    /// input's id and settles what it answers, nothing else. An input that answers
    /// a wake-up which is not due or has ended, or a claim that holds no longer, is
    /// a [`Verdict::Repeated`] too: each is answered once. The time of an
    /// event is never earlier than that of the event before it.
    async fn commit(&self, commit: Commit) -> Result<Vec<Verdict>, StoreError>;

    /// Everything owed whose time has come, oldest first: at most `limit` things to
    /// each platform, and as many that no platform shows, so that none of them has
    /// to wait until another one gets ahead.
    ///
    /// A card is owed while it has been wanted more often than drawn. What was
    /// claimed and never settled is in it too, with `Owed::claimed` set.
    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError>;

    /// When something is owed next that this epoch has not in hand; none if nothing is.
    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Notes that an effect is about to be carried out: commits before the act.
    ///
    /// None if it is no longer owed or somebody of this or a later epoch holds it.
    /// Asked again with the same time, the same epoch gets the same claim: its
    /// answer may have been lost.
    /// After [`Settlement::Unknown`] nobody holds it: whoever looks it up claims it
    /// again, and `Owed::claimed` still says since when nobody knows.
    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError>;

    /// Notes how carrying out a claimed effect ended.
    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError>;

    /// Messages that may be on a platform more than once, whose time has come to be
    /// looked for: whoever sent them did not know whether an earlier try was shown.
    /// First [`SWEEP_AFTER`] their claim, then whenever [`Swept::again`] says.
    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError>;

    /// Notes what was found when a doubtful message was looked for.
    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError>;

    /// What an own message is about, by any copy's address.
    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError>;

    /// Every known copy of what was posted under a key, oldest first.
    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError>;

    /// The wake-ups whose time has come, earliest first.
    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError>;

    /// When the next wake-up is.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// What a stream adds up to; none if nothing ever happened to it.
    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError>;

    /// Open folds of every release and incident, and every application that is
    /// configured, with all environments and the agenda; limited to one
    /// application if it is named. Newest releases first, at most `limit` of them.
    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError>;

    /// Releases, open or not, newest first, at most `limit`.
    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError>;

    /// Open releases with an ask that is open, newest first, at most `limit`.
    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError>;

    /// Environments on which an attempt is at work.
    async fn active(&self) -> Result<Vec<EnvId>, StoreError>;

    /// What `domain::needs` would load, as it stands, for reading only.
    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError>;

    /// Events after a position, in order, of one stream or all.
    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError>;

    /// The position of the last event and the hash of the chain there.
    async fn head(&self) -> Result<(u64, Hash), StoreError>;

    /// Keeps bytes under their hash; at most 256 KiB at a time. Safe to do twice.
    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError>;

    /// Bytes kept under a hash.
    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// The epoch this opening of the store has; grows with each.
    fn epoch(&self) -> u64;

    /// The random name this database got when it was made.
    fn instance(&self) -> &str;
}

/// Inputs to decide about in one transaction.
#[derive(Clone)]
pub struct Commit {
    /// What happened, in order; at least one.
    pub inputs: Vec<Input>,
    /// People, time and titles as they are in force.
    pub settings: Arc<Settings>,
    /// Where cards and notices go: each effect that talks is owed once to each.
    pub surfaces: Vec<Surface>,
    /// The time.
    pub now: DateTime<Utc>,
    /// Randomness for the salts of the events, one seed a commit.
    pub seed: [u8; 32],
    /// What decides.
    pub decide: Decide,
}

/// One thing that happened to the bot.
#[derive(Clone, Debug)]
pub struct Input {
    /// What makes a repeat the same; none for what cannot repeat.
    pub id: Option<InputId>,
    /// Who or what it came from, for the log: `web:ana`, `timer`, `attempt`.
    pub actor: String,
    /// What is wanted.
    pub command: Command,
    /// What it answers: no longer owed once this is recorded or refused.
    pub settles: Settles,
}

/// The name of one delivery, the same on every try.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputId {
    /// Where it came from: `web`, `slack`, `cli`.
    pub source: String,
    /// The sender's own id.
    pub id: String,
}

/// What an input answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settles {
    /// Nothing.
    Nothing,
    /// A wake-up.
    Timer(Timer),
    /// A claimed effect that no platform shows.
    Effect(Box<Claim>),
}

/// What came of one input.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It was recorded.
    Recorded {
        /// What to tell the person who acted.
        reply: Reply,
        /// What happened, in order.
        events: Vec<(StreamId, Event)>,
    },
    /// The domain said no.
    Refused(Refusal),
    /// It had been recorded before.
    Repeated,
}

/// Names one thing owed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwedId {
    /// The effect's key.
    pub key: Key,
    /// The platform it is owed to; none for what no platform shows.
    pub surface: Option<Surface>,
}

/// One thing owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Its name.
    pub id: OwedId,
    /// What to do.
    pub effect: Effect,
    /// How often it was tried.
    pub tries: u32,
    /// Since when somebody has been trying and has not said how it ended:
    /// nobody knows whether it was done.
    pub claimed: Option<DateTime<Utc>>,
    /// When it was claimed last, if nobody knows how that ended.
    pub held: Option<DateTime<Utc>>,
    /// The message that shows it already, to be edited.
    pub message: Option<Message>,
}

/// The right to carry out one effect once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What.
    pub owed: Owed,
    /// How often it had been wanted when it was claimed: what is drawn settles that many.
    pub wanted: u64,
    /// Of which epoch; a later one takes over.
    pub epoch: u64,
    /// When it was claimed.
    pub at: DateTime<Utc>,
}

/// How carrying out an effect ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Done; these messages show it, the first is the one to edit.
    Done(Vec<Message>),
    /// Certainly not done; again at this time.
    Later {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: String,
    },
    /// Nobody knows; look it up at this time. The claim stays.
    Unknown {
        /// When.
        look_at: DateTime<Utc>,
        /// Why.
        error: String,
    },
    /// The message it was claimed with is gone: another copy is edited if one is known,
    /// or it is posted afresh.
    Gone,
    /// Certainly not done, and it never will be.
    Dead {
        /// Why.
        error: String,
    },
}

/// How long after its claim a doubtful message is looked for first.
pub const SWEEP_AFTER: TimeDelta = TimeDelta::minutes(2);

/// A message that may be on a platform more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What was owed.
    pub id: OwedId,
    /// What it shows.
    pub effect: Effect,
    /// When it was tried first, as far as nobody knows.
    pub since: DateTime<Utc>,
    /// How often copies were looked for already.
    pub looks: u32,
    /// The copy that is edited.
    pub message: Message,
}

/// What was found when a doubtful message was looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Copies that are shown; the first is the one to edit from now on.
    pub shown: Vec<Message>,
    /// Copies that were removed.
    pub gone: Vec<Message>,
    /// When to look again; never if not said.
    pub again: Option<DateTime<Utc>>,
    /// How often it was looked for by now.
    pub looks: u32,
}

/// One message of a platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    /// The platform.
    pub surface: Surface,
    /// The channel there.
    pub channel: String,
    /// Its id there.
    pub id: String,
}

/// A wake-up whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WakeUp {
    /// Its name.
    pub timer: Timer,
    /// When it was due.
    pub due: DateTime<Utc>,
}

/// One recorded event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its position in the log, from 1, without gaps.
    pub seq: u64,
    /// Its stream.
    pub stream: StreamId,
    /// Its position in the stream, from 1, without gaps.
    pub version: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who or what caused it.
    pub actor: String,
    /// What; none once it was erased.
    pub event: Option<Event>,
    /// The hash of the chain up to and with it.
    pub hash: Hash,
}

/// The tables a backend keeps, for those who compare them with the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// What each stream adds up to.
    pub folds: BTreeMap<StreamId, Fold>,
    /// How many events each stream has.
    pub versions: BTreeMap<StreamId, u64>,
    /// The next numbers.
    pub next: Option<(ReleaseId, IncidentId)>,
    /// Cards known, each with how often it was wanted and drawn.
    pub cards: BTreeMap<(CardId, Surface), (u64, u64)>,
    /// The rows of every other projection.
    pub rows: BTreeSet<Row>,
    /// Streams an event of which was erased: they cannot be made anew.
    pub erased: BTreeSet<StreamId>,
}
