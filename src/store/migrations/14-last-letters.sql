-- The last letters of a mail, as a number, beside its author: most mails end otherwise than an author's earlier ones, which
-- then need not be read (understand/signature/learned/last_letters.rs). -1 is not known: the mail is read, as it was.
ALTER TABLE participant ADD COLUMN last_letters INTEGER NOT NULL DEFAULT -1;
DROP INDEX participant_author;
CREATE INDEX participant_author ON participant (address, interaction, last_letters)
    WHERE position = 0 AND address IS NOT NULL;
CREATE TRIGGER last_letters_change AFTER UPDATE OF kind, automation, text, signature ON interaction
BEGIN UPDATE participant SET last_letters = -1 WHERE interaction = new.id AND position = 0 AND last_letters <> -1; END;
