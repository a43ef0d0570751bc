# Lantern Theatre: English. One mail, the first.

-3 16:45 in lantern-1
from: ida
to: sara
cc: log
subject: Surtitles for the spring
Dear Sara,

The school at the corner told us how you helped with their library. We play in two languages this spring and would like the words above the stage. May we show you the house before the rehearsals begin?

Ida Holm
