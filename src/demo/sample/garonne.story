# Garonne Santé: French, warm, with a departure.

-370 10:30 bcc garonne-1
from: sara
to: claire
subject: Notre rencontre à Toulouse
Bonjour Claire,

Merci pour votre accueil à Toulouse. Nous avons beaucoup appris sur le travail de vos infirmières.

Quelle date vous conviendrait pour la suite ?

%%
-368 09:45 forward apple-fr garonne-2
by: sara +20
from: claire
to: sara
subject: Re: Notre rencontre à Toulouse
>>>
Bonjour Sara,

Le 14 nous conviendrait très bien. Pourriez-vous nous envoyer le programme avant ?

Bien à vous,
Claire

%%
-367 11:00 bcc garonne-3
from: sara
to: claire
subject: Re: Notre rencontre à Toulouse
quotes: garonne-2
file: programme.pdf
Bonjour Claire,

Le 14 est noté, le programme est joint.

%%
-353 17:00 in garonne-4
from: claire
to: sara
cc: hugo
subject: Merci
Toute l'équipe vous remercie pour cette journée. Les infirmières ont déjà changé deux formulaires.

%%
-352 09:00 bcc garonne-5
from: sara
to: claire
cc: hugo
subject: Re: Merci
quotes: garonne-4
Bravo à elles, c'est leur idée qui était la bonne.

%%
-280 14:20 forward thunderbird-fr garonne-6
by: sara +10
from: hugo
to: sara
subject: Accès au portail
>>>
Bonjour Sara,

Deux collègues n'arrivent pas à se connecter au portail depuis ce matin. Pouvez-vous regarder ?

Hugo Martin

%%
-280 15:05 bcc garonne-7
from: sara
to: hugo
subject: Re: Accès au portail
quotes: garonne-6
Bonjour Hugo,

C'est réparé : leurs comptes avaient expiré. Est-ce que tout le monde peut entrer maintenant ?

%%
-280 15:40 in garonne-8
from: hugo
to: sara
subject: Re: Accès au portail
quotes: garonne-7
Oui, cela marche, merci !

%%
-215 10:00 meeting garonne-m1
from: sara
to: claire, hugo
subject: Bilan de l'année
starts: -201 14:00
place: visioconférence
Nous regardons ensemble ce qui a changé.

%%
-160 08:55 attached garonne-9
by: sara +240
from: claire
to: sara
subject: Questionnaire
file: questionnaire.docx
Le questionnaire de Claire, pour le dossier.
>>>
Bonjour Sara,

Voici le questionnaire rempli par les trois services.

%%
-160 14:00 bcc garonne-9-answer
from: sara
to: claire
subject: Re: Questionnaire
quotes: garonne-9
Bonjour Claire,

Merci, tout y est.

%%
-100 12:30 bcc garonne-10
from: sara
to: claire
subject: Résultats du questionnaire
Bonjour Claire,

Les trois services demandent la même chose : moins de doubles saisies. Voulez-vous que nous en parlions à la direction ?

%%
-99 16:45 redirect garonne-11
from: claire
to: sara
subject: Re: Résultats du questionnaire
quotes: garonne-10
Oui, volontiers. Je prépare le terrain de mon côté.

%%
-98 09:00 bcc garonne-11-answer
from: sara
to: claire
subject: Re: Résultats du questionnaire
quotes: garonne-11
Bonjour Claire,

Parfait, merci.

%%
-33 18:10 forward gmail-fr garonne-12
by: sara +600
from: claire
to: sara
subject: Mon départ
Je l'appelle demain.
>>>
Chère Sara,

Je quitte Garonne Santé à la fin du mois. Hugo reprend tous mes dossiers. Merci pour ces belles années de travail ensemble.

Claire

%%
-32 10:10 bcc garonne-13
from: sara
to: claire
cc: hugo
subject: Re: Mon départ
quotes: garonne-12
Chère Claire,

Merci pour tout. Vous avez changé plus que deux formulaires.

%%
-4 11:25 in garonne-14
from: hugo
to: sara
cc: log
subject: Nouveau calendrier
Bonjour Sara,

Pouvez-vous m'envoyer le calendrier des visites pour le premier trimestre ? Merci d'avance.

%%
-3 09:30 bcc garonne-15
from: sara
to: hugo
subject: Re: Nouveau calendrier
quotes: garonne-14
Bonjour Hugo,

Je vous envoie le calendrier vendredi au plus tard.

%%
-1 10:05 in garonne-16
from: hugo
to: sara
cc: log
subject: Re: Nouveau calendrier
quotes: garonne-15
Parfait, merci !
