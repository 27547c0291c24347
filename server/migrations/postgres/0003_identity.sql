-- Which registry this is: drawn when it is made or restored, never carried over. What remembers something of a registry
-- beside it (a cache) asks whether it is still the same one.
CREATE TABLE identity (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    id  TEXT   NOT NULL
);
INSERT INTO identity (one, id) VALUES (1, replace(gen_random_uuid()::text, '-', ''));
