//! The tables of watch lists and webhooks.

use super::{
    Table,
    Type::{Bytes, Int, Text},
};

pub(super) const WATCHES: Table = Table {
    name: "watches",
    columns: &[
        ("id", Text),
        ("owner", Text),
        ("name", Text),
        ("page_sha256", Bytes),
        ("created", Int),
        ("mark", Int),
    ],
    key: 1,
    page: "SELECT id, owner, name, page_sha256, created, mark FROM watches WHERE id > $1 ORDER BY id LIMIT $2",
};

pub(super) const WATCHED: Table = Table {
    name: "watched",
    columns: &[("watch", Text), ("number", Text), ("since", Int), ("mark", Int)],
    key: 2,
    page: "SELECT watch, number, since, mark FROM watched
           WHERE (watch, number) > ($1, $2) ORDER BY watch, number LIMIT $3",
};

pub(super) const WATCH_EVENTS: Table = Table {
    name: "watch_events",
    columns: &[
        ("sequence", Int),
        ("watch", Text),
        ("id", Text),
        ("number", Text),
        ("kind", Text),
        ("at", Int),
        ("data", Text),
    ],
    key: 1,
    page: "SELECT sequence, watch, id, number, kind, at, data FROM watch_events
           WHERE sequence > $1 ORDER BY sequence LIMIT $2",
};

pub(super) const ENDPOINTS: Table = Table {
    name: "endpoints",
    columns: &[
        ("id", Text),
        ("owner", Text),
        ("url", Text),
        ("secret", Bytes),
        ("previous", Bytes),
        ("previous_until", Int),
        ("state", Text),
        ("created", Int),
    ],
    key: 1,
    page: "SELECT id, owner, url, secret, previous, previous_until, state, created FROM endpoints
           WHERE id > $1 ORDER BY id LIMIT $2",
};

pub(super) const DELIVERIES: Table = Table {
    name: "deliveries",
    columns: &[
        ("sequence", Int),
        ("id", Text),
        ("endpoint", Text),
        ("number", Text),
        ("kind", Text),
        ("body", Text),
        ("state", Text),
        ("attempts", Int),
        ("next_attempt", Int),
        ("answer", Text),
        ("created", Int),
        ("settled", Int),
    ],
    key: 1,
    page: "SELECT sequence, id, endpoint, number, kind, body, state, attempts, next_attempt, answer, created,
                  settled
           FROM deliveries WHERE sequence > $1 ORDER BY sequence LIMIT $2",
};

pub(super) const WEBHOOK_CURSORS: Table = Table {
    name: "webhook_cursors",
    columns: &[("name", Text), ("value", Int)],
    key: 1,
    page: "SELECT name, value FROM webhook_cursors WHERE name > $1 ORDER BY name LIMIT $2",
};
