"""What anybody would write in an afternoon: imaplib, email and sqlite3, over TLS, with full text.

python3 peer.py PORT CA USER PASSWORD DATABASE
"""
import email, email.policy, imaplib, re, sqlite3, ssl, sys

port, ca, user, password, database = sys.argv[1:]
db = sqlite3.connect(database)
db.executescript("""
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS mail (uid INTEGER PRIMARY KEY, message_id TEXT, sender TEXT, recipients TEXT, date TEXT,
    subject TEXT, body TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (subject, body, content = 'mail', content_rowid = 'uid');
""")
imap = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=ssl.create_default_context(cafile=ca))
imap.login(user, password)
imap.select("INBOX", readonly=True)
low = db.execute("SELECT coalesce(max(uid), 0) + 1 FROM mail").fetchone()[0]
uids = [int(uid) for uid in imap.uid("SEARCH", None, "UID %d:*" % low)[1][0].split() if int(uid) >= low]
for start in range(0, len(uids), 200):
    some = uids[start:start + 200]
    _, answer = imap.uid("FETCH", "%d:%d" % (some[0], some[-1]), "(UID BODY.PEEK[])")
    for item in answer:
        if not isinstance(item, tuple):
            continue
        uid = int(re.search(rb"UID (\d+)", item[0]).group(1))
        try:
            mail = email.message_from_bytes(item[1], policy=email.policy.default)
            part = mail.get_body(("plain", "html"))
            body = part.get_content() if part else ""
            head = [str(mail[name] or "") for name in ("Message-ID", "From", "To", "Date", "Subject")]
        except Exception:
            mail = email.message_from_bytes(item[1])
            head, body = [str(mail[name] or "") for name in ("Message-ID", "From", "To", "Date", "Subject")], ""
        row = [text.encode("utf-8", "replace").decode() for text in head + [body]]
        db.execute("INSERT INTO mail VALUES (?, ?, ?, ?, ?, ?, ?)", [uid] + row)
        db.execute("INSERT INTO words (rowid, subject, body) VALUES (?, ?, ?)", (uid, row[4], row[5]))
    db.commit()
imap.logout()
