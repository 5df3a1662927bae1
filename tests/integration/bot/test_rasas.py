"""What Rasa is told, and several of it side by side: a conversation stays with its own."""

import base64
from dataclasses import replace

import numpy as np

from bot.rasa import PinnedRasas, Rasa
from desk.conversations import Turn
from tests.fakes.letters import LetterEmbedder
from tests.fakes.rasa_app import RasaApp


def turn(conversation_id: str, text: str) -> Turn:
    return Turn(f"m-{conversation_id}-{text}", conversation_id, "c", "web", "1", "zh", "bot", 0, "text", text, "", {})


async def test_a_conversation_stays_with_its_rasa_and_all_are_used() -> None:
    apps = [RasaApp(), RasaApp(), RasaApp()]
    rasas = PinnedRasas(tuple(Rasa(app.client(), app.token, 5.0, LetterEmbedder()) for app in apps))
    people = [f"conversation-{i}" for i in range(30)]
    for text in ("你好", "工资没发"):
        for person in people:
            await rasas.respond(turn(person, text))
    heard = [[body["sender"] for body in app.heard] for app in apps]
    assert sorted(sender for one in heard for sender in one) == sorted(people * 2)
    assert all(set(one).isdisjoint(other) for one in heard for other in heard if one is not other)
    assert all(heard), "thirty conversations leave none idle"
    await rasas.aclose()


async def test_words_go_with_their_vector_and_commands_without() -> None:
    app, embedder = RasaApp(), LetterEmbedder()
    rasa = Rasa(app.client(), app.token, 5.0, embedder)
    asked = turn("conversation", "工资没发")
    await rasa.respond(asked)
    await rasa.respond(replace(asked, message_id="m-2", payload="/human"))
    words, command = (body["metadata"] for body in app.heard)
    sent = np.frombuffer(base64.b64decode(words["vector"]), "<f4")
    assert np.array_equal(sent, LetterEmbedder().embed(["工资没发"])[0])
    assert "vector" not in command
    assert embedder.embedded == ["工资没发"]
    await rasa.client.aclose()
