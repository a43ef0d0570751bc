-- Why the next try waits: the server asked for it, refused the login, could not be reached, or a person has to act.
ALTER TABLE mailbox ADD COLUMN wait TEXT CHECK (wait IN ('server', 'login', 'network', 'person'));
-- When the mails below the cursor were last compared with those known.
ALTER TABLE epoch ADD COLUMN compared_at INTEGER;
