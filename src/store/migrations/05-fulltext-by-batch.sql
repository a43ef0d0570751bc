-- The full-text index takes the interactions of a transaction at its end, all at once: one by one, every mail
-- would have the index written to the file. `indexed` is the last interaction in it; what is not in it yet
-- must not be taken out of it.
ALTER TABLE instance ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
UPDATE instance SET indexed = (SELECT coalesce(max(id), 0) FROM interaction);
DROP TRIGGER fulltext_come;
DROP TRIGGER fulltext_go;
DROP TRIGGER fulltext_change;
CREATE TRIGGER fulltext_go AFTER DELETE ON interaction WHEN old.id <= (SELECT indexed FROM instance) BEGIN
    INSERT INTO fulltext (fulltext, rowid, subject, text, comment, people)
    VALUES ('delete', old.id, old.subject, old.text, old.comment, old.people);
END;
CREATE TRIGGER fulltext_change AFTER UPDATE OF subject, text, comment, people ON interaction
WHEN old.id <= (SELECT indexed FROM instance) BEGIN
    INSERT INTO fulltext (fulltext, rowid, subject, text, comment, people)
    VALUES ('delete', old.id, old.subject, old.text, old.comment, old.people);
    INSERT INTO fulltext (rowid, subject, text, comment, people)
    VALUES (new.id, new.subject, new.text, new.comment, new.people);
END;
