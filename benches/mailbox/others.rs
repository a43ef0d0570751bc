//! The mail that no customer writes by hand.

use super::encode::{Part, multipart, page, text};
use super::generate::Mailbox;

impl Mailbox {
    pub(super) fn newsletter(&mut self) -> (String, Part) {
        let list = self.random.within(0, 150);
        let (us, from) = (self.us(), (format!("News {list}"), format!("news@news-{list}.example")));
        let words = self.words(3_500);
        let more =
            format!("List-Id: <news-{list}.example>\nList-Unsubscribe: <https://u.example/{list}>\nPrecedence: bulk\n");
        let subject = self.subject();
        let head = self.head(&from, &us, &subject, &more);
        let rows = self.random.within(8, 70);
        let html = text(&page(&words, rows), "html", rows);
        let part = if rows < 26 {
            html
        } else {
            multipart("alternative", self.number, vec![text(&words, "plain", rows), html])
        };
        (head, part)
    }

    pub(super) fn notice(&mut self) -> (String, Part) {
        let app = self.random.within(0, 40);
        let (us, from) = (self.us(), ("Ticket System".to_owned(), format!("no-reply@app-{app}.example")));
        let subject = self.subject();
        let head = self.head(&from, &us, &subject, "Auto-Submitted: auto-generated\n");
        let words = self.letter(&from, &us);
        (head, text(&page(&words, 0), "html", app))
    }

    pub(super) fn automatic_answer(&mut self) -> (String, Part) {
        let (us, them) = (self.us(), self.contact());
        let subject = format!("Automatic reply: {}", self.subject());
        let head = self.head(&them, &us, &subject, "Auto-Submitted: auto-replied\n");
        let words = self.letter(&them, &us);
        (head, text(&format!("I am out of the office until 14 March.\n\n{words}"), "plain", 9))
    }

    pub(super) fn bounce(&mut self) -> (String, Part) {
        let (us, them) = (self.us(), self.contact());
        let from = ("Mail Delivery System".to_owned(), "MAILER-DAEMON@mx.us.example".to_owned());
        let head = self.head(&from, &us, "Undelivered Mail Returned to Sender", "");
        let status = format!(
            "Reporting-MTA: dns; mx.us.example\n\nFinal-Recipient: rfc822; {}\nAction: failed\nStatus: 5.1.1\n",
            them.1
        );
        let parts = vec![
            text("I'm sorry to have to inform you that your message could not be delivered.\n", "plain", 9),
            Part { head: "Content-Type: message/delivery-status\n".into(), body: status.into_bytes() },
            Part {
                head: "Content-Type: text/rfc822-headers\n".into(),
                body: format!("From: {}\nTo: {}\n", us.1, them.1).into_bytes(),
            },
        ];
        let mut part = multipart("report", self.number, parts);
        part.head = part.head.replacen("; ", "; report-type=delivery-status; ", 1);
        (head, part)
    }

    pub(super) fn forward(&mut self) -> (String, Part) {
        let (us, them) = (self.us(), self.contact());
        let (to, subject, words) = (self.us(), self.subject(), self.letter(&them, &us));
        let head = self.head(&us, &to, &format!("Fwd: {subject}"), "");
        if self.random.chance(0.3) {
            let part = text(&words, "plain", 9);
            let inner = format!("From: {} <{}>\nTo: {}\nSubject: Plan\n{}\n", them.0, them.1, us.1, part.head);
            let attached = Part {
                head: "Content-Type: message/rfc822\nContent-Disposition: attachment\n".into(),
                body: [inner.into_bytes(), part.body].concat(),
            };
            return (head, multipart("mixed", self.number, vec![text("FYI\n", "plain", 9), attached]));
        }
        let words = format!(
            "FYI\n\n---------- Forwarded message ---------\nFrom: {} <{}>\nDate: Thu, Jan 20, 2022 at 9:12 AM\nSubject: \
             {subject}\nTo: <{}>\n\n{words}",
            them.0, them.1, us.1
        );
        (head, text(&words, "plain", 9))
    }

    pub(super) fn invitation(&mut self) -> (String, Part) {
        let (us, them) = (self.us(), self.contact());
        let subject = self.subject();
        let head = self.head(&them, &us, &subject, "");
        let calendar = format!(
            "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:{}\nORGANIZER;CN={}:mailto:{}\n\
             DTSTART:20230101T100000Z\nDTEND:20230101T110000Z\nSUMMARY:{subject}\nEND:VEVENT\nEND:VCALENDAR\n",
            self.number, them.0, them.1
        );
        let words = self.letter(&them, &us);
        let mut event = text(&calendar, "calendar", 3);
        event.head = event.head.replacen("; ", "; method=REQUEST; ", 1);
        let parts = vec![text(&words, "plain", 9), text(&page(&words, 0), "html", 9), event];
        (head, multipart("alternative", self.number, parts))
    }
}
