-- Watch lists and webhooks. Outside the history: what somebody watches decides nothing about a label, and changes with every
-- order for goods.

-- A list of labels to be told of.
CREATE TABLE watches (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner       TEXT COLLATE "C" NOT NULL,               -- organisation
    name        TEXT    NOT NULL,
    page_sha256 BYTEA  NOT NULL UNIQUE,           -- SHA-256 of the secret in its page's address
    created     BIGINT NOT NULL,
    mark        BIGINT NOT NULL                    -- counts up with every replacement of its numbers
);
CREATE INDEX watches_by_owner ON watches (owner, id);

-- What is on it.
CREATE TABLE watched (
    watch  TEXT COLLATE "C" NOT NULL REFERENCES watches (id),
    number TEXT COLLATE "C" NOT NULL,                    -- registered or not yet
    since  BIGINT NOT NULL,                        -- it is told of what was written after this position
    mark   BIGINT NOT NULL,                        -- the replacement that it was in last
    PRIMARY KEY (watch, number)
);
CREATE INDEX watched_by_number ON watched (number, watch);

-- What happened to what is on it, for its page.
CREATE TABLE watch_events (
    sequence BIGINT NOT NULL PRIMARY KEY,
    watch    TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,                  -- of the event, the same whoever made it
    number   TEXT COLLATE "C" NOT NULL,
    kind     TEXT    NOT NULL,
    at       BIGINT NOT NULL,
    data     TEXT    NOT NULL,                  -- JSON of service::watch
    UNIQUE (watch, id)
);
CREATE INDEX watch_events_in_order ON watch_events (watch, sequence);
CREATE INDEX watch_events_by_age ON watch_events (at);

-- Where an organisation wants to be told.
CREATE TABLE endpoints (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner          TEXT COLLATE "C" NOT NULL,
    url            TEXT    NOT NULL,
    secret         BYTEA  NOT NULL,               -- signs what is sent: it must be kept as it is
    previous       BYTEA,                         -- signs as well, until then
    previous_until BIGINT,
    state          TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
    created        BIGINT NOT NULL
);
CREATE INDEX endpoints_by_owner ON endpoints (owner, id);

-- What is to be told, and was.
CREATE TABLE deliveries (
    sequence     BIGINT NOT NULL PRIMARY KEY,      -- the order in which the deliveries of a label are made
    id           TEXT COLLATE "C" NOT NULL UNIQUE,       -- webhook-id, the same at every attempt
    endpoint     TEXT COLLATE "C" NOT NULL,
    number       TEXT COLLATE "C" NOT NULL,              -- empty for a test
    kind         TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts     BIGINT NOT NULL,                  -- those begun
    next_attempt BIGINT NOT NULL,
    answer       TEXT,                          -- what the last attempt came to, in a word
    created      BIGINT NOT NULL,
    settled      BIGINT                            -- when it was delivered or given up
);
CREATE INDEX deliveries_of_label ON deliveries (endpoint, number, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_due ON deliveries (endpoint, next_attempt) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (endpoint, sequence) WHERE state = 'dead';
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, sequence);

-- How far the history was looked through, and the last sequence that was given.
CREATE TABLE webhook_cursors (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
