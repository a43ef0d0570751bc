-- The latest day (`since`) before which mails of this epoch were left alone on purpose.
ALTER TABLE epoch ADD COLUMN since TEXT;
