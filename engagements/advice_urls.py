from django.urls import path

from engagements.views import advice, desk

urlpatterns = [
    path("", desk.queue, name="queue"),
    path("<ref:reference>/", desk.show, name="request"),
    path("<ref:reference>/advise/", desk.advise, name="advise"),
    path("<ref:reference>/ask/", desk.ask, name="ask_office"),
    path("<ref:reference>/note/", desk.note, name="desk_note"),
    path("<ref:reference>/take/", desk.take, name="take"),
    path("<ref:reference>/give/", desk.give, name="give_to"),
    path("<ref:reference>/changes-read/", desk.mark_read, name="changes_read"),
    path("<ref:reference>/answer/", advice.answer, name="answer"),
    path("<ref:reference>/respond/", advice.respond, name="respond"),
    path("ask-a-desk/<ref:reference>/", advice.ask_desk, name="ask_desk"),
]
