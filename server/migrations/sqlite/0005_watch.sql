-- Watch lists and webhooks. Outside the history: what somebody watches decides nothing about a label, and changes with every
-- order for goods.

-- A list of labels to be told of.
CREATE TABLE watches (
    id          TEXT NOT NULL PRIMARY KEY,
    owner       TEXT NOT NULL,               -- organisation
    name        TEXT    NOT NULL,
    page_sha256 BLOB  NOT NULL UNIQUE,           -- SHA-256 of the secret in its page's address
    created     INTEGER NOT NULL,
    mark        INTEGER NOT NULL                    -- counts up with every replacement of its numbers
) STRICT;
CREATE INDEX watches_by_owner ON watches (owner, id);

-- What is on it.
CREATE TABLE watched (
    watch  TEXT NOT NULL REFERENCES watches (id),
    number TEXT NOT NULL,                    -- registered or not yet
    since  INTEGER NOT NULL,                        -- it is told of what was written after this position
    mark   INTEGER NOT NULL,                        -- the replacement that it was in last
    PRIMARY KEY (watch, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_by_number ON watched (number, watch);

-- What happened to what is on it, for its page.
CREATE TABLE watch_events (
    sequence INTEGER NOT NULL PRIMARY KEY,
    watch    TEXT NOT NULL,
    id       TEXT NOT NULL,                  -- of the event, the same whoever made it
    number   TEXT NOT NULL,
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    data     TEXT    NOT NULL,                  -- JSON of service::watch
    UNIQUE (watch, id)
) STRICT;
CREATE INDEX watch_events_in_order ON watch_events (watch, sequence);
CREATE INDEX watch_events_by_age ON watch_events (at);

-- Where an organisation wants to be told.
CREATE TABLE endpoints (
    id             TEXT NOT NULL PRIMARY KEY,
    owner          TEXT NOT NULL,
    url            TEXT    NOT NULL,
    secret         BLOB  NOT NULL,               -- signs what is sent: it must be kept as it is
    previous       BLOB,                         -- signs as well, until then
    previous_until INTEGER,
    state          TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
    created        INTEGER NOT NULL
) STRICT;
CREATE INDEX endpoints_by_owner ON endpoints (owner, id);

-- What is to be told, and was.
CREATE TABLE deliveries (
    sequence     INTEGER NOT NULL PRIMARY KEY,      -- the order in which the deliveries of a label are made
    id           TEXT NOT NULL UNIQUE,       -- webhook-id, the same at every attempt
    endpoint     TEXT NOT NULL,
    number       TEXT NOT NULL,              -- empty for a test
    kind         TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts     INTEGER NOT NULL,                  -- those begun
    next_attempt INTEGER NOT NULL,
    answer       TEXT,                          -- what the last attempt came to, in a word
    created      INTEGER NOT NULL,
    settled      INTEGER                            -- when it was delivered or given up
) STRICT;
CREATE INDEX deliveries_of_label ON deliveries (endpoint, number, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_due ON deliveries (endpoint, next_attempt) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (endpoint, sequence) WHERE state = 'dead';
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, sequence);

-- How far the history was looked through, and the last sequence that was given.
CREATE TABLE webhook_cursors (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
