# Acme Foods: the long, good relation. English.

-396 09:05 bcc acme-1
from: mia
to: ann
subject: Thank you for the visit
Hi Ann,

Thank you for showing us the packing hall yesterday. I had not understood how much the labels depend on the night shift.

I will send you a first plan by Friday.

%%
-395 16:40 in acme-2
from: ann
to: mia
subject: Re: Thank you for the visit
quotes: acme-1
Hi Mia,

It was a pleasure, and the night shift still talks about your questions. Could you include the cold store in the plan?

%%
-392 11:20 bcc acme-3
from: mia
to: ann
cc: tom
subject: First plan for the labels
quotes: acme-2
file: first-plan.pdf
Hi Ann, hi Tom,

Attached is the first plan. The cold store has its own chapter, as you asked.

What did we forget?

%%
-391 10:02 in acme-4
from: tom
to: mia
cc: ann
subject: Re: First plan for the labels
quotes: acme-3
Small correction: the second line runs at 40 packs a minute, not at 60. Otherwise this is exactly what we need.

%%
-391 14:31 bcc acme-5
from: mia
to: tom
cc: ann
subject: Re: First plan for the labels
quotes: acme-4
Thank you for correcting that, Tom, you saved us a wrong order. The plan now says 40.

%%
-350 08:45 forward gmail-en acme-6
by: jonas +42
from: ann
to: jonas
subject: Printer on line two
New at Acme for me, so for the log.
>>>
Hi Jonas,

The printer on line two stops after an hour. We restarted it twice. Can somebody look at it this week?

%%
-350 13:10 bcc acme-7
from: jonas
to: ann
subject: Re: Printer on line two
quotes: acme-6
Hi Ann,

I am sorry about the printer. It is a known fault of the driver; I will bring the new one tomorrow at nine.

%%
-348 15:00 in acme-8
from: ann
to: jonas
subject: Re: Printer on line two
Works again since this morning, thanks a lot!

%%
-340 09:30 bcc acme-9
from: jonas
to: ann
subject: Is line two still fine?
Hi Ann,

A week has gone by: does the printer still behave?

%%
-340 11:05 in acme-10
from: ann
to: jonas
subject: Re: Is line two still fine?
quotes: acme-9
Not a single stop. Nobody ever asked us that a week later.

%%
-340 13:20 bcc acme-10-answer
from: jonas
to: ann
subject: Re: Is line two still fine?
quotes: acme-10
Good to hear, Ann. Then we leave it as it is.

%%
-300 12:15 note
from: mia
subject: Lunch with Ann Li
Lunch with Ann Li. She worries about the audit in spring and would like a dry run in February.

%%
-262 10:00 meeting acme-m1
from: mia
to: ann, tom
subject: Dry run for the audit
starts: -250 09:30
place: Acme Foods, packing hall
We go through the labels the way the auditor would.

%%
-249 16:20 in acme-11
from: tom
to: mia
cc: ann
subject: Audit
We passed the audit without a single remark on the labels! Thanks to you and the dry run.

%%
-248 08:50 bcc acme-12
from: mia
to: tom
cc: ann
subject: Re: Audit
quotes: acme-11
Congratulations, Tom, and to the night shift most of all. We are very happy for you.

%%
-210 17:45 forward outlook-en acme-13
by: mia +15
from: ann
to: mia
subject: My colleague Bea
>>>
Hi Mia,

From next month Bea Okafor takes over purchasing. I told her that you answer your mail.

%%
-210 18:20 bcc acme-13-answer
from: mia
to: ann
subject: Re: My colleague Bea
quotes: acme-13
Thank you for telling us, Ann. We look forward to working with Bea.

%%
-205 09:12 bcc acme-14
from: mia
to: bea
cc: ann
subject: Welcome, Bea
Hi Bea,

Welcome to your new desk. Shall we walk through the open orders together some time next week?

%%
-204 10:30 in acme-15
from: bea
to: mia
subject: Re: Welcome, Bea
quotes: acme-14
With pleasure. Tuesday at ten?

%%
-204 10:41 bcc acme-16
from: mia
to: bea
subject: Re: Welcome, Bea
quotes: acme-15
Tuesday at ten is perfect.

%%
-150 14:00 cc acme-17
from: sara
to: bea
subject: Invoice 4411
file: invoice-4411.pdf
Hi Bea,

Please find attached invoice 4411 over 12,400 EUR for the second quarter.

%%
-148 09:20 in acme-18
from: bea
to: sara
subject: Re: Invoice 4411
quotes: acme-17
Thanks, received and booked.

%%
-90 11:11 attached acme-19
by: jonas +120
from: tom
to: jonas
subject: Photos of the new line
file: line-three.jpg
The photos Tom promised, they belong to the record.
>>>
Hi Jonas,

Here are the photos of line three. We launched it on Monday and it runs at 55 packs a minute.

%%
-90 15:00 bcc acme-19-answer
from: jonas
to: tom
subject: Re: Photos of the new line
quotes: acme-19
Hi Tom,

Great pictures. 55 a minute is what the night shift hoped for.

%%
-60 08:30 redirect acme-20
from: ann
to: mia
subject: Question about next year
Hi Mia,

Before the budget round: is the service contract in the price list the one we have today, or the new one?

%%
-59 09:45 bcc acme-21
from: mia
to: ann
subject: Re: Question about next year
quotes: acme-20
Hi Ann,

It is the one you have today. The new one starts only if you want it to.

%%
-20 16:10 forward apple-en acme-22
by: jonas +8
from: bea
to: jonas
subject: Labels for the Christmas boxes
Can you price this, Mia?
>>>
Hello Jonas,

We need 8,000 special labels for the Christmas boxes before the 12th. Is that possible, and who should I ask about the colours?

%%
-19 10:25 bcc acme-23
from: jonas
to: bea
subject: Re: Labels for the Christmas boxes
quotes: acme-22
Hi Bea,

Yes, 8,000 before the 12th is possible. Sara knows all about the colours, she will write to you today.

%%
-2 17:20 in acme-24
from: ann
to: mia
cc: log
subject: Cold store display
Hi Mia,

The display in the cold store fogs up since the weekend and the team cannot read the codes. Who could look at it?

%%
-1 09:40 forward thunderbird-en acme-25
by: sara +25
from: bea
to: sara
subject: Colours for the Christmas boxes
Both colours are in stock, I checked.
>>>
Hi Sara,

The red one, please, and the gold one for the large boxes. Could you confirm both until Thursday?

Bea Okafor
Purchasing, Acme Foods
+44 20 7946 0018
