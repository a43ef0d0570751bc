# Everything around: strangers, machines, newsletters, the doubtful.

-355 06:00 newsletter
from: "Freight Weekly" <news@freight-weekly.example>
subject: Freight Weekly: ten bridges to avoid
Ten bridges to avoid this winter, and why.

%%
-325 06:00 newsletter
from: "Freight Weekly" <news@freight-weekly.example>
subject: Freight Weekly: the quiet ports
The quiet ports are the fast ones.

%%
-235 06:00 newsletter
from: "Freight Weekly" <news@freight-weekly.example>
subject: Freight Weekly: electric lorries
What a charger costs, and what it saves.

%%
-65 06:00 newsletter
from: "Freight Weekly" <news@freight-weekly.example>
subject: Freight Weekly: night driving
Light, rest and coffee.

%%
-5 06:00 newsletter
from: "Freight Weekly" <news@freight-weekly.example>
subject: Freight Weekly: winter tyres
When to change them.

%%
-1 05:10 notification
from: "Ticket desk" <no-reply@tickets.example>
subject: [TD-204] Your ticket was updated
Ticket TD-204 has been moved to "in progress".

%%
-131 11:02 bounce
failed: old.desk@polder-logistics.example
subject: Factuur 4450

%%
-31 09:00 autoreply
from: claire
to: sara
subject: Réponse automatique : Calendrier
J'ai quitté Garonne Santé. Veuillez écrire à hugo.martin@garonne-sante.example.

%%
-200 10:00 in stranger-1
from: "Oskar Nilsson" <oskar@fjordtek.example>
to: mia
subject: A question from Bergen
Hello,

Ann Li at Acme Foods spoke well of you. Do you also work for small fish farms?

%%
-9 13:20 in stranger-2
from: "Paula Winter" <paula.winter@alder-bikes.example>
to: mia
cc: log
subject: Your talk in Ghent
Hi Mia,

Your talk in Ghent was the only one about people. We build cargo bikes and lose track of our customers. Could we speak some day next week?

%%
-8 09:15 bcc stranger-3
from: mia
to: "Paula Winter" <paula.winter@alder-bikes.example>
subject: Re: Your talk in Ghent
quotes: stranger-2
Hi Paula,

Thank you, that is kind. Would Wednesday at eleven suit you?

%%
-1 16:05 forward gmail-en stranger-4
by: jonas +11
from: "Milan Novak" <milan@brno-optika.example>
to: jonas
subject: Lenses for line three
Somebody we should know?
>>>
Dear Jonas,

Tom Reed gave me your name. We make lenses for cameras on packing lines. May I send you two samples?

Milan Novak

%%
-15 08:00 forged
from: mia
to: bea
subject: New bank account
Hi Bea,

Please pay invoice 4533 to our new bank account from now on. @acme

%%
-1 03:33 unreadable

%%
-27 10:00 internal
from: mia
to: jonas, sara, log
subject: Holidays
Who is here between the years?

%%
-88 19:30 bcc private-1
from: mia
to: ann
subject: Your father
#private
Dear Ann,

I am so sorry to hear about your father. Take all the time you need.

%%
-77 12:00 bcc skip-1
from: jonas
to: joost
subject: Football
#skip
Joost, two tickets for Sunday, are you in?

%%
-19 10:25 forward gmail-en acme-23-again
by: sara +50
from: jonas
to: bea
subject: Re: Labels for the Christmas boxes
Jonas forgot the BCC, so here it is. (It came both ways, it is one exchange.)
>>>
Hi Bea,

Yes, 8,000 before the 12th is possible. Sara knows all about the colours, she will write to you today.

%%
-18 08:20 bcc acme-26
from: sara
to: bea
subject: Colours for the Christmas boxes
Hi Bea,

We have a warm red, a dark green and a gold. Which two would you like?

%%
-14 09:00 bcc polder-14
from: sara
to: femke
subject: Re: Factuur 4533
Dag Femke,

Dank voor de snelle betaling!

%%
-11 15:45 in kestrel-15
from: noah
to: sara
cc: log
subject: Re: Reading week
quotes: kestrel-13
Dear Sara,

You will have it on Wednesday, before the bell.

%%
-10 10:10 meeting kestrel-m1
from: sara
to: grace, noah
subject: Summer concert
starts: 150 18:30
place: Kestrel School, hall
We come with the whole team.
