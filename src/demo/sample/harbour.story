# Harbour Clinic: a busy half-year. English. Ruth wrote every week, and then no more; Owen writes instead, in few words.

-178 09:10 bcc harbour-1
from: sara
to: ruth
subject: Screens for the waiting room
Hi Ruth,

Thank you for the tour of the clinic. The two screens in the waiting room can show the number and the room; the names stay off them, as you asked.

%%
-177 15:20 in harbour-2
from: ruth
to: sara
cc: nina
subject: Re: Screens for the waiting room
quotes: harbour-1
Hi Sara,

That is exactly what our patients hoped for. Let me tell you how the morning goes here, so that the screens fit: the first patients stand at the door at half past seven, most of them older people who come by bus, and they sit down in the order in which they arrived. Nobody wants to lose their place, so they look at the screen before they take off their coats. At nine the children come, with their parents, and it becomes loud; a gong would not be heard. After eleven it is calm. Nina, who leads our nurses, reads along.

%%
-176 10:05 bcc harbour-3
from: sara
to: ruth
cc: nina
subject: Re: Screens for the waiting room
quotes: harbour-2
Thank you, that helps more than any plan. No gong then, but a frame that changes its colour.

%%
-168 14:40 in harbour-4
from: ruth
to: sara
cc: nina
subject: Colours of the frame
We tried your colours on paper, in the waiting room, with the lights as they are on a grey day. Blue and yellow can be told apart by everybody we asked; green and red cannot, as you would expect. One of our patients, a retired sailor, says that yellow on the left and blue on the right is how he would do it, because yellow is the one that calls. We would like to take that.

%%
-167 09:15 bcc harbour-5
from: sara
to: ruth
cc: nina
subject: Re: Colours of the frame
quotes: harbour-4
Yellow on the left it is. Please give the sailor our regards.

%%
-159 16:10 in harbour-6
from: ruth
to: sara
cc: nina
subject: First week with the screens
The first week is over. People sit down sooner, and nobody came to the desk to ask whether they had been forgotten, which used to happen every hour. The nurses say that they walk less. There is one thing: in the afternoon the sun stands on the left screen and nobody can read it between three and four. We have turned it a little, which helps, and we will hang a blind.

%%
-158 11:30 bcc harbour-7
from: sara
to: ruth
cc: nina
subject: Re: First week with the screens
quotes: harbour-6
How good to read! A blind is the right thing; I have asked for a brighter screen as well, should you want one later.

%%
-150 13:50 in harbour-8
from: ruth
to: sara
cc: nina
subject: The quiet hour
We would like to have a quiet hour on Thursdays, for patients who cannot bear the bustle. During that hour only one number should be shown at a time, large, and the frame should not change its colour at all. Our patients' council thought of it and would be happy to try it out with you.

%%
-149 10:20 bcc harbour-9
from: sara
to: ruth
cc: nina
subject: Re: The quiet hour
quotes: harbour-8
What a good idea of the council. It can be switched on from the desk since this morning, on any day.

%%
-141 09:40 in harbour-10
from: ruth
to: sara
cc: nina
subject: Thank you from the council
The council asks me to thank you. Eleven people came to the first quiet hour, and two of them had not been here for a year because the waiting room was too much for them. That is worth more to us than any number in a report.

%%
-140 14:05 bcc harbour-11
from: sara
to: ruth
cc: nina
subject: Re: Thank you from the council
quotes: harbour-10
That is the best mail we had this month. Thank you, and well done.

%%
-131 10:30 in harbour-12
from: ruth
to: sara
cc: nina
subject: Summer hours
From next month on we open at eight and close at two. The screens should know it, please, so that nobody sits here in the afternoon.

%%
-130 09:25 bcc harbour-13
from: sara
to: ruth
cc: nina
subject: Re: Summer hours
quotes: harbour-12
They know it now, until the end of the summer.

%%
-120 15:00 in harbour-14
from: ruth
to: sara
cc: nina
subject: Numbers by telephone
Some of our patients would rather wait in the park across the street. Could their number be sent to their telephone ten minutes before it is their turn?

%%
-119 11:10 bcc harbour-15
from: sara
to: ruth
cc: nina
subject: Re: Numbers by telephone
quotes: harbour-14
Yes: a text message to their telephone, ten minutes before. We can show you next week how the number gets there.

%%
-111 12:00 in harbour-16
from: ruth
to: sara
cc: nina
subject: Re: Numbers by telephone
quotes: harbour-15
The park is full of our patients now, and the ducks are grateful. Thank you for showing the desk how it works.

%%
-110 09:45 bcc harbour-17
from: sara
to: ruth
cc: nina
subject: Re: Numbers by telephone
quotes: harbour-16
Lovely. Give the ducks our regards.

%%
-101 14:30 in harbour-18
from: ruth
to: sara
cc: nina
subject: Who may see the list?
Our data protection officer asks who on your side can see the list of the day. She needs it in writing for her file, nothing more.

%%
-100 10:00 bcc harbour-19
from: sara
to: ruth
cc: nina
subject: Re: Who may see the list?
quotes: harbour-18
Nobody on our side can see the list: it never leaves your house. I have put it in writing for the officer's file.

%%
-88 16:15 in harbour-20
from: ruth
to: sara
cc: nina
subject: Second floor
Could the physiotherapists on the second floor get a screen as well?

%%
-87 09:30 bcc harbour-21
from: sara
to: ruth
cc: nina
subject: Re: Second floor
quotes: harbour-20
Of course. For the physiotherapists I would take the smaller screen, at the height of the eyes of somebody who sits in a wheelchair. It needs one socket and no cable through the wall. We would hang it on a morning before you open, so that nobody has to walk around a ladder; the patients of the second floor keep their numbers from the ground floor, and the desk does not have to learn anything. How many rooms are in use up there at the same time? And who should be asked about the wall?

%%
-78 13:20 in harbour-22
from: ruth
to: sara
cc: nina
subject: Re: Second floor
quotes: harbour-21
Four rooms. Please ask Owen about the wall, he knows the house.

%%
-77 10:10 bcc harbour-23
from: sara
to: ruth, owen
cc: nina
subject: Re: Second floor
quotes: harbour-22
Thank you, Ruth. Owen, could you tell us whether the wall beside the lift is brick or plaster, how far the next socket is, and when the lift is least in use? With brick we bring other anchors, and with plaster we would rather hang the screen from the rail that is there already. A photograph of the wall would do, taken from the lift's door, with something in it whose size we know, such as a sheet of paper. If you have a plan of the floor, it would help us to see where the sun comes from in the afternoon; we have learned that lesson on the ground floor.

%%
-69 08:50 in harbour-24
from: ruth
to: sara
cc: nina
subject: Flu days
In November we have the flu days: two hundred people on a morning. Will the numbers go beyond ninety-nine?

%%
-68 11:40 bcc harbour-25
from: sara
to: ruth
cc: nina
subject: Re: Flu days
quotes: harbour-24
They will: numbers have three digits on those days, and the letters become a little smaller, which we tried from the last row. On the flu days we would also show a second line with the next five, since people then stand rather than sit and want to see from afar how long it takes. The desk can switch it on as it does for the quiet hour. Shall we come by on the first morning, in case something does not go as it should? It would be no trouble, we are in the street next door on that day anyway.

%%
-59 12:35 in harbour-26
from: ruth
to: sara
cc: nina
subject: Re: Flu days
quotes: harbour-25
Yes, come by. Coffee is on us.

%%
-58 09:05 bcc harbour-27
from: sara
to: ruth
cc: nina
subject: Re: Flu days
quotes: harbour-26
With pleasure. We will bring the cake.

%%
-48 10:00 in harbour-28
from: nina
to: sara
cc: ruth
subject: Night bell
The night bell rings when a number is called on the left screen. It does not work at all like that: half the street wakes up.

%%
-48 10:35 bcc harbour-29
from: jonas
to: nina
cc: ruth
subject: Re: Night bell
quotes: harbour-28
Hi Nina,

I am very sorry, and sorry for the street. The bell and the screen share a wire since the electrician was there. We have fixed it from here: the bell is on its own again.

%%
-40 14:00 in harbour-30
from: owen
to: sara
subject: Wall on the second floor
It is brick. Photo attached. Which morning would you come?

%%
-39 09:20 bcc harbour-31
from: sara
to: owen
subject: Re: Wall on the second floor
quotes: harbour-30
Hi Owen,

Thank you for the photo. Could you tell us whether the lift is free before eight? We would need it for the ladder and for the screen, which is heavier than it looks. And could somebody open the side door for us, as we come with the small van and there is no other place to stop? I should also know who signs for it in the evening.

%%
-34 11:15 in harbour-32
from: owen
to: sara
subject: Re: Wall on the second floor
quotes: harbour-31
Lift is free. I open the door.

%%
-33 10:45 bcc harbour-33
from: sara
to: owen
subject: Re: Wall on the second floor
quotes: harbour-32
Could you also ask the physiotherapists which side they would like the screen on? We can do either, but not both, and it is easier to ask before there are holes in the wall than afterwards. If they cannot agree, we take the side that can be seen from the bench.

%%
-29 15:30 in harbour-34
from: owen
to: sara
subject: Re: Wall on the second floor
quotes: harbour-33
Left side. Will the old frame be taken away? And can the spare remote stay with us?

%%
-28 09:50 bcc harbour-35
from: sara
to: owen
subject: Re: Wall on the second floor
quotes: harbour-34
Left side, noted. We take the old frame away with us on the same morning. Could you clear the corridor by half past seven?

%%
-24 13:10 in harbour-36
from: owen
to: sara
subject: Screen hangs
The screen hangs, all good. What does the small green light mean?

%%
-23 10:30 bcc harbour-37
from: jonas
to: owen
subject: Re: Screen hangs
quotes: harbour-36
Could you send a picture of it? There are two lights, and only one of them is meant to be lit at night.

%%
-18 12:20 in harbour-38
from: owen
to: jonas
subject: Re: Screen hangs
quotes: harbour-37
The left one. Should we switch it off for the weekend?

%%
-17 08:55 bcc harbour-39
from: jonas
to: owen
subject: Re: Screen hangs
quotes: harbour-38
No need to switch anything off: the left light means that the screen sleeps. Would you tell me whether the remote lies at the desk or upstairs?

%%
-13 14:45 in harbour-40
from: owen
to: jonas
subject: Flu days
First flu day is over. Two hundred and twelve people and no queue, a record. Everyone loves the screens.

%%
-9 09:00 bcc harbour-41
from: sara
to: owen
subject: Next steps on the second floor
Hi Owen,

Could you send us the hours of the physiotherapists? I will send you the plan for the second screen within three days.

%%
-6 11:00 in harbour-42
from: owen
to: sara
cc: "Priya Nair" <priya.nair@harbour-clinic.example>
subject: Re: Next steps on the second floor
quotes: harbour-41
Hours are in the file. Priya is new at the front desk and does the rota from now on.

%%
-2 10:15 in harbour-43
from: owen
to: sara
cc: "Priya Nair" <priya.nair@harbour-clinic.example>
subject: The sign at the lift
That's not right on the new sign: physiotherapy is on the second floor, not on the third. When will it be changed?
