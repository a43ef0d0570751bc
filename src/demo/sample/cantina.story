# Cantina Ruscello: Italian. A mail every week while the labels were made; since then they have had an invoice and two
# reminders from us, and we nothing from them.

-119 09:20 in cantina-1
from: livia
to: sara
cc: log, dario
subject: Le etichette del rosato
Buongiorno Sara,

dopo la vostra visita ne abbiamo parlato a cena: il nome del rosato sta troppo in basso, nel cesto del ghiaccio non si legge.

%%
-119 14:05 bcc cantina-2
from: sara
to: livia
cc: dario
subject: Re: Le etichette del rosato
quotes: cantina-1
Buongiorno Livia,

grazie per la cena e per il consiglio. Il nome sale di tre dita, così si legge anche nel ghiaccio.

%%
-112 10:15 in cantina-3
from: dario
to: sara
cc: log
subject: La carta
Buongiorno,

la carta ruvida resiste al ghiaccio: l'abbiamo lasciata una notte nel secchio e la mattina si leggeva ancora tutto.

%%
-112 16:30 bcc cantina-4
from: sara
to: dario
cc: livia
subject: Re: La carta
quotes: cantina-3
Buongiorno Dario,

una prova migliore non c'è. Allora carta ruvida per tutte e tre le bottiglie.

%%
-105 11:40 in cantina-5
from: livia
to: sara
cc: log
subject: Il colore del bianco
Per il bianco pensiamo al verde che hanno le foglie a giugno, non a quello di settembre.

%%
-105 15:10 bcc cantina-6
from: sara
to: livia
subject: Re: Il colore del bianco
quotes: cantina-5
Verde di giugno, allora. Ho messo una foglia vera accanto allo schermo.

%%
-98 09:05 in cantina-7
from: livia
to: sara
cc: log, dario
subject: Le tre bottiglie insieme
Le tre prove sono qui sul tavolo. A lume di candela sembrano tre sorelle. Mio padre le ha guardate a lungo e poi ha detto solo: sì.

%%
-98 18:20 bcc cantina-8
from: sara
to: livia
cc: dario
subject: Re: Le tre bottiglie insieme
quotes: cantina-7
file: etichette.pdf
Un sì così vale più di una firma. Le etichette vanno in stampa domattina.

%%
-91 12:00 in cantina-9
from: dario
to: sara
cc: log
subject: Le macchine
La tipografia ha stampato la prima bobina e le nostre macchine la prendono senza una piega.

%%
-91 13:25 bcc cantina-10
from: sara
to: dario
subject: Re: Le macchine
quotes: cantina-9
Senza una piega: grazie Dario, così dormiamo anche noi.

%%
-84 08:50 in cantina-11
from: livia
to: sara
cc: log
subject: Vendemmia
Abbiamo raccolto tutto prima della pioggia. Siamo stanchi e contenti, l'uva è sana.

%%
-84 19:45 bcc cantina-12
from: sara
to: livia
subject: Re: Vendemmia
quotes: cantina-11
Che bella notizia, Livia. Riposatevi, ve lo siete meritato.

%%
-77 10:30 in cantina-13
from: livia
to: sara
cc: log, dario
subject: Il rosato in piazza
Le bottiglie sono arrivate in piazza e ne è rimasta una sola, la vostra.

%%
-77 11:15 bcc cantina-14
from: sara
to: livia
cc: dario
subject: Re: Il rosato in piazza
quotes: cantina-13
La teniamo da parte per la prossima visita.

%%
-60 09:00 bcc cantina-15
from: mia
to: livia
subject: Fattura 2107
file: fattura-2107.pdf
Buongiorno,

in allegato la fattura 2107 per le etichette, 1.860,00 €, da pagare entro trenta giorni.

%%
-26 09:00 bcc cantina-16
from: mia
to: livia
subject: Fattura 2107: promemoria
Buongiorno,

la fattura 2107 di 1.860,00 € è scaduta. Vi preghiamo di provvedere al pagamento.

%%
-13 09:00 bcc cantina-17
from: mia
to: livia
subject: Fattura 2107: secondo sollecito
Buongiorno,

la fattura 2107 di 1.860,00 € non risulta ancora pagata.
