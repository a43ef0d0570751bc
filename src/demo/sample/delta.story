# Delta Robotics: German, precise, with a stubborn issue.

-380 10:10 bcc delta-1
from: jonas
to: dieter
subject: Angebot für die Greifer
Guten Tag Herr Kranz,

vielen Dank für das Gespräch am Montag. Das Angebot liegt bei. Welche Taktzeit brauchen Sie mindestens?

%%
-379 14:25 in delta-2
from: dieter
to: jonas
subject: AW: Angebot für die Greifer
quotes: delta-1
Sehr geehrter Herr Peeters,

wir brauchen mindestens 22 Takte pro Minute. Können Sie das bis Ende des Monats bestätigen?

Mit freundlichen Grüßen
Dieter Kranz

%%
-377 09:00 bcc delta-3
from: jonas
to: dieter
subject: AW: Angebot für die Greifer
quotes: delta-2
Guten Tag Herr Kranz,

22 Takte sind kein Problem, wir haben es gestern mit Ihrem Teil gemessen: 24.

%%
-330 11:30 forward outlook-de delta-4
by: mia +30
from: eva
to: mia
subject: Störung an Greifer 3
Bitte in die Akte.
>>>
Hallo Frau Berger,

Greifer 3 lässt seit gestern jedes zehnte Teil fallen. Das ist ein Problem, weil die Linie am Freitag läuft. Wann kann jemand kommen?

Viele Grüße
Eva Lindt

%%
-330 12:45 bcc delta-5
from: mia
to: eva
cc: jonas
subject: AW: Störung an Greifer 3
quotes: delta-4
Hallo Frau Lindt,

Jonas ist morgen um acht Uhr bei Ihnen. Bis dahin hilft es, den Druck auf 5 bar zu senken.

%%
-328 16:00 in delta-6
from: eva
to: mia
cc: jonas
subject: AW: AW: Störung an Greifer 3
quotes: delta-5
Es funktioniert wieder, vielen Dank für die schnelle Hilfe!

%%
-327 08:50 bcc delta-6-answer
from: mia
to: eva
subject: AW: AW: Störung an Greifer 3
quotes: delta-6
Guten Tag Frau Lindt,

das freut uns, danke für die schnelle Rückmeldung.

%%
-318 09:15 bcc delta-7
from: mia
to: eva
subject: Hält Greifer 3?
Hallo Frau Lindt,

zehn Tage sind um. Fällt noch etwas herunter?

%%
-318 10:40 in delta-8
from: eva
to: mia
subject: AW: Hält Greifer 3?
quotes: delta-7
Kein einziges Teil. Danke der Nachfrage.

%%
-318 11:15 bcc delta-8-answer
from: mia
to: eva
subject: AW: Hält Greifer 3?
quotes: delta-8
Sehr schön, dann ist Greifer 3 erledigt.

%%
-290 15:30 note
from: jonas
subject: Anruf
Anruf mit dieter.kranz@delta-robotics.example: die zweite Halle wird im Herbst umgebaut, er denkt an vier weitere Greifer.

%%
-255 08:20 forward thunderbird-de delta-9
by: jonas +75
from: felix
to: jonas
subject: Umbau der zweiten Halle
>>>
Hallo Herr Peeters,

ich leite den Umbau der zweiten Halle. Können Sie mir die Maße der neuen Greifer schicken?

Gruß
Felix Brandt

%%
-254 09:50 bcc delta-10
from: jonas
to: felix
subject: Re: Umbau der zweiten Halle
quotes: delta-9
file: masse.pdf
Hallo Herr Brandt,

die Maße liegen bei. Wenn eine Säule im Weg steht, finden wir einen Platz daneben.

%%
-180 10:00 meeting delta-m1
from: jonas
to: dieter, felix
subject: Abnahme der vier Greifer
starts: -170 10:00
place: Delta Robotics, Halle 2
Wir prüfen alle vier Greifer mit Ihren Teilen.

%%
-169 14:10 in delta-11
from: felix
to: jonas
cc: dieter
subject: Abnahme
Die vier Greifer laufen seit heute früh. Das Team ist begeistert.

%%
-168 08:30 bcc delta-12
from: jonas
to: felix
cc: dieter
subject: AW: Abnahme
quotes: delta-11
Herzlichen Glückwunsch zur neuen Halle! Wir freuen uns mit Ihnen.

%%
-120 13:00 autoreply
from: dieter
to: jonas
subject: Automatische Antwort: Wartung im Sommer
Ich bin bis zum Ende des Monats nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Felix Brandt.

%%
-119 09:30 bcc delta-13
from: jonas
to: felix
subject: Wartung im Sommer
Hallo Herr Brandt,

Herr Kranz ist im Urlaub, darum an Sie: passt Ihnen die Wartung in der ersten Augustwoche?

%%
-118 11:00 in delta-14
from: felix
to: jonas
subject: AW: Wartung im Sommer
quotes: delta-13
Die erste Augustwoche passt gut.

%%
-117 09:00 bcc delta-14-answer
from: jonas
to: felix
subject: AW: Wartung im Sommer
quotes: delta-14
Guten Tag Herr Brandt,

dann steht die erste Augustwoche.

%%
-45 16:50 forward apple-de delta-15
by: mia +55
from: eva
to: mia
subject: Rechnung 4502
>>>
Hallo Frau Berger,

auf der Rechnung 4502 stehen fünf Greifer, geliefert wurden vier. Das stimmt so nicht, bitte korrigieren Sie das.

Viele Grüße
Eva Lindt

%%
-44 09:05 bcc delta-16
from: sara
to: eva
cc: mia
subject: AW: Rechnung 4502
quotes: delta-15
Hallo Frau Lindt,

Sie haben recht, danke für den Hinweis. Die richtige Rechnung kommt heute noch.

%%
-8 15:15 in delta-17
from: dieter
to: jonas
cc: log
subject: Ersatzteile
Guten Tag Herr Peeters,

könnten Sie uns bitte eine Liste der Ersatzteile schicken, die wir selbst auf Lager haben sollten?

%%
-7 10:00 cc delta-18
from: jonas
to: dieter
subject: AW: Ersatzteile
quotes: delta-17
Guten Tag Herr Kranz,

die Liste liegt am Freitag in Ihrem Postfach. Haben Sie noch Platz für einen ganzen Greifer?

%%
-1 08:15 forward gmail-de delta-19
by: jonas +20
from: felix
to: jonas
subject: Greifer 7
Ich rufe ihn um zehn an.
>>>
Hallo Herr Peeters,

Greifer 7 meldet seit heute früh einen Fehler, E14. Die Linie steht. Bitte melden Sie sich!

Felix Brandt
