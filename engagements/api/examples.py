"""What the API's description shows as bodies."""

from typing import Any

ENGAGEMENTS: dict[str, Any] = {
    "create": {
        "title": "Water dialogue with Baja California",
        "kind": "dialogue_session",
        "purpose": "Agree on shared monitoring of the Tijuana River.",
        "topics": ["water", "environment"],
        "starts_on": "2027-03-08",
        "ends_on": "2027-03-09",
        "time_zone": "America/Los_Angeles",
        "counterparts": ["C-4M7WQ2XN"],
        "stops": [{"city": "Tijuana", "country": "MX", "subdivision": "MX-BCN"}],
        "participants": [{"side": "ours", "name": "Maria Lopez", "title": "Deputy director"}],
        "payer": "own",
        "coordination": "introduce",
    },
    "partial_update": {"ends_on": "2027-03-10"},
    "postpone": {"reason": "The counterpart asked for another week."},
    "cancel": {"reason": "The delegation is not coming."},
    "resume": {"starts_on": "2027-04-05", "ends_on": "2027-04-06"},
    "share": {"visibility": "shared", "offices": ["O-7K3M9QTX"]},
    "write_report": {
        "summary": "Both sides will publish their readings every month.",
        "gifts": "A framed map",
        "gifts_value": "40.00",
    },
    "add_note": {"text": "Call the boundary commission before we go."},
    "add_commitment": {"text": "Send last year's readings", "side": "ours", "due_on": "2027-05-01"},
    "ask": {"desk": "O-7K3M9QTX"},
}
ADVICE: dict[str, Any] = {
    "take": {"to": "dana.liaison@example.gov"},
    "question": {"text": "Who from the commission will take part?"},
    "answer_question": {"text": "Two engineers; the names follow."},
    "save_draft": {"position": "considerations", "reasoning": "Invite the boundary commission."},
    "give": {"position": "considerations", "reasoning": "Invite the boundary commission."},
    "respond": {"number": 1, "kind": "followed"},
    "add_note": {"text": "See the note of March on the same river."},
}

OVERLAPS: dict[str, Any] = {
    "set_aside": {"reason": "Another part of the ministry, and nothing that we would share."},
    "write": {"text": "We meet the port authority on the 9th. Shall we speak before?"},
    "ask_coordinator": {"text": "Is there anything we should know before we ask to be introduced?"},
}
COORDINATION: dict[str, Any] = {
    "answer_office": {
        "question": "OQ-7K3M9QTX",
        "text": "The other plan is about customs. Yours do not collide.",
    },
}
REFERRALS: dict[str, Any] = {
    "create": {
        "receiver": "O-7K3M9QTX",
        "subject": "A trade mission that wants to see ports",
        "text": "The consulate asks who could show twelve people a container terminal in May. We have none.",
        "counterparts": ["C-4M7WQ2XN"],
        "topics": ["trade"],
        "useful_by": "2027-04-01",
    },
    "decline": {"reason": "Our terminals are closed to visitors until autumn. Houston may help."},
    "close": {"outcome": "contact", "text": "We spoke with the consulate and sent three names."},
    "correct": {"outcome": "planned", "text": "They come in May.", "engagement": "E-7K3M9QTX"},
}
