-- What survives a restart.
--
-- Portable types: numbers are 64 bits, instants are microseconds since 1970 in
-- UTC (`…_us`), hashes of the chain are 32 bytes, names of things are text.
-- Only `event` is the truth; every table marked "projection" can be made anew
-- from it, and `shipbell verify` does so and compares.

-- Facts about the database itself: `instance`, `epoch`, `verified`.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the log ends: one row, moved by every commit that appends.
CREATE TABLE log_head (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    seq   INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    hash  BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO log_head (one, seq, at_us, hash) VALUES (1, 0, 0, zeroblob(32));

-- What happened, in one order without gaps. `hash` covers the row before it, so
-- nothing can be changed, removed or put in between unseen. `commitment` is the
-- hash of salt and payload: both may be erased and the chain still holds.
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY,
    stream     TEXT NOT NULL,
    version    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    at_us      INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    payload    TEXT,
    salt       BLOB,
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (stream, version),
    CHECK ((payload IS NULL) = (salt IS NULL))
) STRICT;

CREATE INDEX event_kind ON event (kind, at_us);

CREATE TRIGGER event_is_never_edited BEFORE UPDATE ON event
WHEN NEW.payload IS NOT NULL OR NEW.salt IS NOT NULL
    OR NEW.seq IS NOT OLD.seq OR NEW.stream IS NOT OLD.stream
    OR NEW.version IS NOT OLD.version OR NEW.kind IS NOT OLD.kind
    OR NEW.at_us IS NOT OLD.at_us OR NEW.actor IS NOT OLD.actor
    OR NEW.commitment IS NOT OLD.commitment OR NEW.hash IS NOT OLD.hash
BEGIN
    SELECT RAISE(ABORT, 'an event is never edited; only its payload and salt may be erased');
END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event is never deleted');
END;

-- Inputs that were taken, so that a repeat changes nothing.
CREATE TABLE inbox (
    source  TEXT NOT NULL,
    id      TEXT NOT NULL,
    at_us   INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_age ON inbox (at_us);

-- Projection: what each stream adds up to, with what it is looked up by.
CREATE TABLE fold (
    stream  TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    app     TEXT,
    number  INTEGER,
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),
    label   TEXT,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX fold_number ON fold (kind, number);
CREATE INDEX fold_app ON fold (app, kind, number);
CREATE INDEX fold_open ON fold (kind, number) WHERE open = 1;
CREATE INDEX fold_label ON fold (app, label) WHERE label IS NOT NULL;

-- What the world is owed: one row an effect and platform ('' where no platform
-- shows it). It is owed while it was wanted more often than drawn. A claim says
-- that somebody is at it; `claim_epoch` 0 says that nobody knows how it ended.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    key           TEXT NOT NULL,
    surface       TEXT NOT NULL,
    cause         INTEGER NOT NULL,
    effect        TEXT NOT NULL,
    once          INTEGER NOT NULL CHECK (once IN (0, 1)),
    wanted        INTEGER NOT NULL,
    drawn         INTEGER NOT NULL DEFAULT 0,
    tries         INTEGER NOT NULL DEFAULT 0,
    not_before_us INTEGER NOT NULL,
    claimed_us    INTEGER,
    held_us       INTEGER,
    claim_epoch   INTEGER,
    channel       TEXT,
    message       TEXT,
    dead          INTEGER NOT NULL DEFAULT 0 CHECK (dead IN (0, 1)),
    last_error    TEXT,
    UNIQUE (key, surface),
    CHECK ((claimed_us IS NULL) = (claim_epoch IS NULL)),
    CHECK ((channel IS NULL) = (message IS NULL))
) STRICT;

CREATE INDEX outbox_owed ON outbox (not_before_us) WHERE wanted > drawn AND dead = 0;

-- Every known copy of an own message, so that a reaction on any of them counts.
CREATE TABLE chat_message (
    id      INTEGER PRIMARY KEY,
    surface TEXT NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    outbox  INTEGER NOT NULL REFERENCES outbox (id),
    UNIQUE (surface, channel, message)
) STRICT;

CREATE INDEX chat_message_outbox ON chat_message (outbox);

-- Wake-ups: each occurrence has a name and one end.
CREATE TABLE timer (
    id     TEXT PRIMARY KEY,
    owner  TEXT NOT NULL,
    kind   TEXT NOT NULL,
    due_us INTEGER NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('pending', 'fired', 'cancelled')),
    ended  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX timer_due ON timer (due_us) WHERE state = 'pending';

-- Projection: every policy that was ever in force, by its hash.
CREATE TABLE policy (
    hash TEXT PRIMARY KEY,
    app  TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Projection: everything people were ever asked to consent to, by its hash.
CREATE TABLE manifest (
    hash    TEXT PRIMARY KEY,
    app     TEXT NOT NULL,
    version TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Projection: how a release stands in an environment.
CREATE TABLE stage (
    release     TEXT NOT NULL,
    environment TEXT NOT NULL,
    manifest    TEXT,
    attempts    INTEGER NOT NULL,
    result      TEXT,
    PRIMARY KEY (release, environment)
) STRICT, WITHOUT ROWID;

-- Projection: every question to people, and whether it still counts.
CREATE TABLE ask (
    id          TEXT PRIMARY KEY,
    release     TEXT NOT NULL,
    environment TEXT NOT NULL,
    phase       TEXT NOT NULL,
    manifest    TEXT NOT NULL,
    round       INTEGER NOT NULL,
    opened_us   INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'used', 'void'))
) STRICT, WITHOUT ROWID;

CREATE INDEX ask_release ON ask (release, environment, phase);

-- Projection: the answers that stand, one a person and place. Which roles a
-- person holds is looked up when it is judged, and so not kept here.
CREATE TABLE signoff (
    ask      TEXT NOT NULL REFERENCES ask (id),
    person   TEXT NOT NULL,
    source   TEXT NOT NULL,
    says     TEXT NOT NULL CHECK (says IN ('yes', 'no')),
    reason   TEXT,
    since_us INTEGER NOT NULL,
    PRIMARY KEY (ask, person, source)
) STRICT, WITHOUT ROWID;

-- Projection: every try to change an environment.
CREATE TABLE attempt (
    environment TEXT NOT NULL,
    number      INTEGER NOT NULL,
    key         TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('deploy', 'rollback')),
    release     TEXT NOT NULL,
    target      TEXT NOT NULL,
    manifest    TEXT NOT NULL REFERENCES manifest (hash),
    fence       INTEGER NOT NULL,
    person      TEXT,
    started_us  INTEGER NOT NULL,
    ended_us    INTEGER,
    state       TEXT NOT NULL CHECK (state IN ('running', 'verified', 'failed')),
    PRIMARY KEY (environment, number)
) STRICT, WITHOUT ROWID;

-- The second defence: whatever the code believes, one at a time.
CREATE UNIQUE INDEX attempt_one_active ON attempt (environment) WHERE state = 'running';

-- Projection: each piece of work of an attempt.
CREATE TABLE attempt_step (
    environment TEXT NOT NULL,
    attempt     INTEGER NOT NULL,
    n           INTEGER NOT NULL,
    title       TEXT NOT NULL,
    state       TEXT NOT NULL
        CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'interrupted')),
    started_us  INTEGER,
    ended_us    INTEGER,
    PRIMARY KEY (environment, attempt, n),
    FOREIGN KEY (environment, attempt) REFERENCES attempt (environment, number)
) STRICT, WITHOUT ROWID;

-- People a chat platform is known to have shown us.
CREATE TABLE person (
    id    TEXT PRIMARY KEY,
    email TEXT
) STRICT, WITHOUT ROWID;

-- Which account on which platform is which of these people.
CREATE TABLE identity (
    surface    TEXT NOT NULL,
    account    TEXT NOT NULL,
    person     TEXT NOT NULL REFERENCES person (id),
    roles      TEXT NOT NULL,
    fetched_us INTEGER NOT NULL,
    PRIMARY KEY (surface, account)
) STRICT, WITHOUT ROWID;

-- Logs and evidence outside the log, in pieces of at most 256 KiB.
CREATE TABLE blob (
    hash  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL CHECK (length(bytes) <= 262144)
) STRICT;
