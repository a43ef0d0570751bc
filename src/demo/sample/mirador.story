# Mirador Viajes: Spanish, lively, then a silence.

-345 12:00 bcc mirador-1
from: mia
to: lucia
subject: Gracias por la demostración
Hola Lucía:

Gracias por enseñarnos cómo trabajan con los grupos. ¿Qué parte del día es la más difícil?

%%
-344 18:20 forward gmail-es mirador-2
by: mia +60
from: lucia
to: mia
subject: Re: Gracias por la demostración
>>>
Hola Mia:

Sin duda la mañana, cuando llegan todos los autobuses. ¿Podríais ayudarnos con las listas?

Un saludo,
Lucía

%%
-343 09:40 bcc mirador-3
from: mia
to: lucia
cc: pablo
subject: Re: Gracias por la demostración
quotes: mirador-2
Hola Lucía:

Claro que sí. Os mandaré una propuesta para las listas antes del viernes.

%%
-340 10:15 bcc mirador-4
from: mia
to: lucia
cc: pablo
subject: Propuesta para las listas
file: propuesta.pdf
Hola:

Aquí está la propuesta. La lista se ordena sola por hora de llegada.

%%
-338 19:05 in mirador-5
from: pablo
to: mia
cc: lucia
subject: Re: Propuesta para las listas
quotes: mirador-4
Nos encanta. Solo un detalle: los autobuses de Granada llegan siempre juntos.

%%
-337 09:30 bcc mirador-5-answer
from: mia
to: pablo
subject: Re: Propuesta para las listas
quotes: mirador-5
Hola Pablo:

Bien visto, lo tenemos en cuenta.

%%
-270 11:30 forward outlook-es mirador-6
by: mia +45
from: lucia
to: mia
subject: Premio al mejor servicio
>>>
Hola Mia:

¡Hemos ganado el premio al mejor servicio de la región! Y las listas tienen mucho que ver.

%%
-269 09:05 bcc mirador-7
from: mia
to: lucia
cc: pablo
subject: Re: Premio al mejor servicio
quotes: mirador-6
¡Enhorabuena a todo el equipo! Lo celebramos aquí también.

%%
-190 16:00 in mirador-8
from: pablo
to: mia
subject: Error en la lista
Hola Mia:

Desde ayer la lista no carga en el móvil. Es urgente, mañana llegan doce autobuses.

%%
-190 16:25 bcc mirador-9
from: jonas
to: pablo
cc: mia
subject: Re: Error en la lista
quotes: mirador-8
Hola Pablo:

Lo hemos visto y está arreglado desde hace cinco minutos. ¿Puedes probar?

%%
-190 16:40 in mirador-10
from: pablo
to: jonas
cc: mia
subject: Re: Error en la lista
quotes: mirador-9
Ya funciona, gracias.

%%
-110 10:00 bcc mirador-11
from: mia
to: lucia
subject: La temporada
Hola Lucía:

¿Cómo va la temporada? No hace falta que contestes con prisa.

%%
-75 13:35 forward yahoo-es mirador-12
by: mia +12
from: lucia
to: mia
subject: Re: La temporada
>>>
Hola Mia:

Mucho trabajo, por suerte. Hablamos en otoño.

%%
-75 16:00 bcc mirador-12-answer
from: mia
to: lucia
subject: Re: La temporada
quotes: mirador-12
Hola Lucía:

Nos alegra mucho leerlo.

%%
-1 11:45 bcc mirador-13
from: mia
to: lucia
cc: pablo
subject: Otoño
Hola Lucía, hola Pablo:

Ya es otoño: ¿os va bien una llamada la semana que viene?
