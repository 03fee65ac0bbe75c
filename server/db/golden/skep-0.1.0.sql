BEGIN TRANSACTION;
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_login_at INTEGER
  ) STRICT;
INSERT INTO account VALUES(1,'olga','administrator','scrypt$15$8$3$nAa7z-TJ31bzUjOiI7xHUA$6yC4Fe17j2tAouJc7xhTLNn7bIhpen0yitFHw62Vgp4',0,1791015300000,1791015300000);
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
  ) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL,
    title TEXT NOT NULL,
    user_name TEXT NOT NULL,
    host_id TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    plan TEXT NOT NULL,
    progress TEXT,
    fraction REAL,
    outcome TEXT,
    error TEXT
  ) STRICT;
INSERT INTO task VALUES(1,'snapshots.create','Create the snapshot tank/vms/debian@before-upgrade','olga','sandbox','done',1791015300000,1791015300350,'{"action":"snapshots.create","title":"Create the snapshot tank/vms/debian@before-upgrade","steps":[],"victims":[],"warnings":[],"locks":["dataset:tank/vms/debian"],"digest":"none"}',NULL,NULL,'Created tank/vms/debian@before-upgrade.',NULL);
CREATE TABLE command (
    task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    argv TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER,
    exit INTEGER,
    stdout TEXT NOT NULL DEFAULT '',
    stderr TEXT NOT NULL DEFAULT '',
    truncated INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (task_id, seq)
  ) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account_id);
CREATE INDEX task_state ON task (state, id);
PRAGMA user_version = 1;
COMMIT;
