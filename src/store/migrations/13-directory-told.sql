-- As in step 10: a statement on a table with triggers keeps a copy of every page it changes. Thousands of contacts are read
-- from a file at once; who adds them (store/directory.rs) tells once that the directory changed. What changes or goes is
-- still watched.
DROP TRIGGER customer_come;
DROP TRIGGER customer_domain_come;
DROP TRIGGER contact_come;
DROP TRIGGER contact_address_come;
-- An older program that is still running counts on them: it finds another lease and ends.
UPDATE instance SET lease = lease + 1;
