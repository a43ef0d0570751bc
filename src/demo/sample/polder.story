# Polder Logistics: Dutch, brief, lately about money only.

-360 09:20 bcc polder-1
from: jonas
to: femke
subject: Kennismaking
Dag Femke,

Fijn dat we elkaar gesproken hebben. Zullen we volgende week de routes bekijken?

%%
-359 10:10 forward outlook-nl polder-2
by: jonas +5
from: femke
to: jonas
subject: RE: Kennismaking
>>>
Dag Jonas,

Woensdag past. Kun je Joost ook uitnodigen? Hij kent elke route.

Groeten,
Femke de Wit

%%
-359 11:30 bcc polder-2-answer
from: jonas
to: femke
subject: RE: Kennismaking
quotes: polder-2
Dag Femke,

Joost staat mee in de uitnodiging.

%%
-358 09:00 meeting polder-m1
from: jonas
to: femke, joost
subject: Routes bekijken
starts: -353 13:00
place: Polder Logistics, Dordrecht
Neem de oude kaarten mee.

%%
-352 08:40 note
from: jonas
subject: Routes
@polder-logistics Joost kent elke brug. De zuidelijke route kost hen twee uur per dag.

%%
-310 15:55 bcc polder-3
from: jonas
to: joost
cc: femke
subject: Voorstel zuidelijke route
file: voorstel.pdf
Dag Joost,

Hierbij ons voorstel. Wat vind je van de omweg bij Willemsdorp?

%%
-308 12:12 in polder-4
from: joost
to: jonas
cc: femke
subject: Re: Voorstel zuidelijke route
quotes: polder-3
Klopt niet helemaal: de brug bij Willemsdorp is 's nachts dicht. Verder goed.

%%
-308 13:30 bcc polder-5
from: jonas
to: joost
cc: femke
subject: Re: Voorstel zuidelijke route
quotes: polder-4
Bedankt voor de correctie, die brug hadden we gemist. Het voorstel is aangepast.

%%
-240 10:45 in polder-6
from: femke
to: jonas
subject: Twee uur per dag
De nieuwe route spaart echt twee uur per dag. De chauffeurs zijn blij!

%%
-239 09:10 bcc polder-7
from: jonas
to: femke
subject: Re: Twee uur per dag
quotes: polder-6
Gefeliciteerd, Femke, dat is jullie werk.

%%
-130 11:00 bcc polder-8
from: sara
to: femke
subject: Factuur 4450
file: factuur-4450.pdf
Dag Femke,

Bijgaand factuur 4450 van 6.800 EUR.

%%
-85 11:00 bcc polder-9
from: sara
to: femke
subject: Herinnering factuur 4450
Dag Femke,

Factuur 4450 staat nog open. Kun je zien waar ze is gebleven?

%%
-84 14:15 forward yahoo-nl polder-10
by: sara +3
from: femke
to: sara
subject: Re: Herinnering factuur 4450
>>>
Dag Sara,

Sorry, ze lag bij een collega. Ze is vandaag betaald.

Femke

%%
-84 15:00 bcc polder-10-answer
from: sara
to: femke
subject: Re: Herinnering factuur 4450
quotes: polder-10
Dag Femke,

Dank je, dan is alles rond.

%%
-36 10:20 bcc polder-11
from: sara
to: femke
subject: Factuur 4533
file: factuur-4533.pdf
Dag Femke,

Bijgaand factuur 4533 van 7.100 EUR voor het derde kwartaal.

%%
-6 09:00 bcc polder-12
from: jonas
to: joost
cc: femke
subject: Hoe loopt het in de winter?
Dag Joost,

Het wordt vroeg donker. Zijn er routes waar we nu al naar moeten kijken?

%%
-1 15:30 in polder-13
from: joost
to: jonas
cc: log, femke
subject: Re: Hoe loopt het in de winter?
quotes: polder-12
Goed dat je het vraagt. De dijk bij Strijen is glad, kun je daar een omweg voor maken?
