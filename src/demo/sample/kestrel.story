# Kestrel School: English, a small customer with many voices.

-320 09:00 bcc kestrel-1
from: sara
to: grace
subject: Your library
Dear Grace,

Thank you for the tour of the library. Which of the two catalogues do the pupils use?

%%
-319 15:30 forward apple-en kestrel-2
by: sara +33
from: grace
to: sara
subject: Re: Your library
>>>
Dear Sara,

Only the old one, I am afraid. Noah, our librarian, can show you why. Would Thursday suit you?

Kind regards,
Grace Hall

%%
-318 08:50 bcc kestrel-3
from: sara
to: grace
cc: noah
subject: Re: Your library
quotes: kestrel-2
Dear Grace, dear Noah,

Thursday it is. I will bring cake.

%%
-315 17:10 note
from: sara
subject: Library
Two hours with Noah Patel at the library. The pupils search by colour of the cover; the new catalogue cannot.

%%
-260 12:25 in kestrel-4
from: noah
to: sara
subject: Search by colour
I cannot believe you built the search by colour. The pupils love it!

%%
-259 09:00 bcc kestrel-5
from: sara
to: noah
cc: grace
subject: Re: Search by colour
quotes: kestrel-4
It was your idea, Noah. Congratulations to you and the pupils.

%%
-220 10:30 forward thunderbird-en kestrel-6
by: jonas +18
from: ivy
to: jonas
subject: New computers
For the record; I answered by phone.
>>>
Hello,

I look after the computers at Kestrel. Noah gave me your address. Does the catalogue run on the new machines?

Ivy Chen

%%
-219 11:45 bcc kestrel-7
from: jonas
to: ivy
cc: noah
subject: Re: New computers
quotes: kestrel-6
Hello Ivy,

Nice to meet you. It does, and if it should ever not, write to me directly.

%%
-140 14:14 forward-html outlook-en kestrel-8
by: sara +6
from: grace
to: sara
subject: Renewal
>>>
Dear Sara,

The governors agreed to another year. Thank you for your patience with our budget.

Kind regards,
Grace Hall

%%
-139 09:30 bcc kestrel-9
from: sara
to: grace
subject: Re: Renewal
quotes: kestrel-8
Dear Grace,

That is wonderful news, thank you. We will be here.

%%
-70 10:10 in kestrel-10
from: ivy
to: jonas
cc: log
subject: Login does not work
Hi Jonas,

Since the update this morning nobody in year five can log in. Any idea?

%%
-70 10:35 cc kestrel-11
from: jonas
to: ivy
subject: Re: Login does not work
quotes: kestrel-10
Hi Ivy,

Found it: the update dropped their group. Fixed now. Does it work for all of them?

%%
-70 11:02 in kestrel-12
from: ivy
to: jonas
cc: log
subject: Re: Login does not work
quotes: kestrel-11
All thirty of them. Thank you!

%%
-12 13:00 bcc kestrel-13
from: sara
to: noah
subject: Reading week
Dear Noah,

Reading week is close. Could you send me the list of new books by Wednesday, so that they are in the catalogue in time?

%%
-5 16:30 forward-nested gmail-en kestrel-14
by: mia +90
from: noah
to: sara
subject: List of books
Sara is on the road, so I log this for her.
>>>
Dear Sara,

Here is the list of 42 new books. Three have no cover yet, is that a problem?

Noah

%%
-1 14:20 note
from: sara
subject: Call with Grace
@kestrel-school Call with Grace Hall: she would like to invite the whole team to the summer concert. Find a present for the library.

%%
-1 11:10 bcc kestrel-16
from: sara
to: noah
subject: Re: List of books
Hi Noah,

Thank you for the list, it is longer than we thought. I will send you a plan for the shelves by tomorrow.
