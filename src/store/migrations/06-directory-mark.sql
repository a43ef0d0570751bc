-- Which state of the directory everybody on record was last matched with: `directory_mark` names contacts files
-- and configuration, `directory_seen` counts changes of the directory up to then. A start that finds both as
-- they are has nothing to read or to match again.
ALTER TABLE instance ADD COLUMN directory_changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instance ADD COLUMN directory_seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instance ADD COLUMN directory_mark BLOB;
CREATE TRIGGER customer_come AFTER INSERT ON customer
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER customer_change AFTER UPDATE ON customer
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER customer_go AFTER DELETE ON customer
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER customer_domain_come AFTER INSERT ON customer_domain
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER customer_domain_change AFTER UPDATE ON customer_domain
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER customer_domain_go AFTER DELETE ON customer_domain
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER contact_come AFTER INSERT ON contact
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER contact_change AFTER UPDATE ON contact
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER contact_go AFTER DELETE ON contact
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER contact_address_come AFTER INSERT ON contact_address
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER contact_address_change AFTER UPDATE ON contact_address
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
CREATE TRIGGER contact_address_go AFTER DELETE ON contact_address
BEGIN UPDATE instance SET directory_changes = directory_changes + 1; END;
