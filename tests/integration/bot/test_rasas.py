"""Several Rasas side by side: a conversation stays with its own."""

from bot.rasa import PinnedRasas, Rasa
from desk.conversations import Turn
from tests.fakes.rasa_app import RasaApp


def turn(conversation_id: str, text: str) -> Turn:
    return Turn(f"m-{conversation_id}-{text}", conversation_id, "c", "web", "1", "zh", "bot", 0, "text", text, "", {})


async def test_a_conversation_stays_with_its_rasa_and_all_are_used() -> None:
    apps = [RasaApp(), RasaApp(), RasaApp()]
    rasas = PinnedRasas(tuple(Rasa(app.client(), app.token, 5.0) for app in apps))
    people = [f"conversation-{i}" for i in range(30)]
    for text in ("你好", "工资没发"):
        for person in people:
            await rasas.respond(turn(person, text))
    heard = [[body["sender"] for body in app.heard] for app in apps]
    assert sorted(sender for one in heard for sender in one) == sorted(people * 2)
    assert all(set(one).isdisjoint(other) for one in heard for other in heard if one is not other)
    assert all(heard), "thirty conversations leave none idle"
    await rasas.aclose()
