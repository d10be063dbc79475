-- Whether this database ever had a keyring. Once it had, a keyring that is missing is a loss, and no
-- new one is founded in its place. It belongs to the node, not to an organisation.

-- +goose Up
CREATE TABLE vault_node (
    id         bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    founded_at bigint NOT NULL
);
