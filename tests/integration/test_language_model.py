"""The client of a language model, over a real connection; and the settings that switch it on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from app.cli import main
from app.language_model import LanguageModel
from app.settings import Settings
from desk.drafting import Prompt, Unwritten
from tests.conftest import FakeClock
from tests.fakes.language_server import LanguageServer

PROMPT = Prompt("你是编辑", "请改写：工资", 100)


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with LanguageServer() as server:
        yield server


@pytest.fixture
async def client(server: LanguageServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client


async def test_it_asks_as_the_protocol_says(server: LanguageServer, client: httpx.AsyncClient, clock: FakeClock) -> None:
    assert await LanguageModel(client, "small", "", 2, clock).write(PROMPT) == "好的"
    assert server.paths == ["/v1/chat/completions"] and "authorization" not in server.headers[0]
    assert server.asked[0] == {
        "model": "small",
        "messages": [{"role": "system", "content": "你是编辑"}, {"role": "user", "content": "请改写：工资"}],
        "temperature": 0,
        "max_tokens": 200,
        "stream": False,
    }


@pytest.mark.parametrize("key", ["sk-very-secret", "sk-very-secret\nX: y", "sk-very-secret密"])
async def test_neither_key_nor_words_are_logged(
    server: LanguageServer, client: httpx.AsyncClient, clock: FakeClock, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    server.status, server.body = 401, "sk-very-secret 请改写：工资".encode()
    with pytest.raises(Unwritten) as caught:
        await LanguageModel(client, "small", key, 2, clock).write(PROMPT)
    said = "".join(capsys.readouterr()) + str(caught.value)
    assert "language_model.failed" in said and "secret" not in said and "工资" not in said


async def test_a_server_that_is_not_there(clock: FakeClock) -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1/v1", trust_env=False) as client:
        with pytest.raises(Unwritten) as caught:
            await LanguageModel(client, "small", "", 2, clock).write(PROMPT)
    assert caught.value.reason == "unreachable" and "连不上" in caught.value.message


async def test_a_draft_may_take_longer_than_an_answer(server: LanguageServer, client: httpx.AsyncClient, clock: FakeClock) -> None:
    model = LanguageModel(client, "small", "", 0.2, clock)
    server.hang()
    with pytest.raises(Unwritten):
        await model.write(PROMPT)
    patient = asyncio.create_task(model.write(Prompt("你是编辑", "请", 100, patience=50)))
    await asyncio.wait({patient}, timeout=0.5)
    assert not patient.done()
    server.go_on()
    assert await patient == "好的"


async def test_a_turn_that_is_cancelled_is_no_failure_of_the_model(
    server: LanguageServer, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    model = LanguageModel(client, "small", "", 5, clock)
    server.hang()
    for _ in range(4):
        server.arrived.clear()
        task = asyncio.create_task(model.write(PROMPT))
        await asyncio.to_thread(server.arrived.wait, 5)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
    server.go_on()
    assert await model.write(PROMPT) == "好的"


@pytest.mark.parametrize(
    ("given", "setting"),
    [
        ({"UNIONDESK_LLM_URL": "127.0.0.1:8001/v1", "UNIONDESK_LLM_MODEL": "m"}, "UNIONDESK_LLM_URL"),
        ({"UNIONDESK_LLM_URL": "ftp://a/v1", "UNIONDESK_LLM_MODEL": "m"}, "UNIONDESK_LLM_URL"),
        ({"UNIONDESK_LLM_URL": "http://", "UNIONDESK_LLM_MODEL": "m"}, "UNIONDESK_LLM_URL"),
        ({"UNIONDESK_LLM_URL": "http://a:99999/v1", "UNIONDESK_LLM_MODEL": "m"}, "UNIONDESK_LLM_URL"),
        ({"UNIONDESK_LLM_URL": "http://me:sk-secret@a/v1", "UNIONDESK_LLM_MODEL": "m"}, "UNIONDESK_LLM_URL"),
        ({"UNIONDESK_LLM_URL": "http://a/v1?key=sk-secret", "UNIONDESK_LLM_MODEL": "m"}, "UNIONDESK_LLM_URL"),
        ({"UNIONDESK_LLM_URL": "http://a/v1"}, "UNIONDESK_LLM_MODEL"),
        ({"UNIONDESK_LLM_REWRITE": "true"}, "UNIONDESK_LLM_REWRITE"),
        ({"UNIONDESK_LLM_TIMEOUT_SECONDS": "0"}, "UNIONDESK_LLM_TIMEOUT_SECONDS"),
    ],
)  # fmt: skip
def test_a_wrong_setting_ends_the_start_with_its_name(
    given: dict[str, str], setting: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert main(["calculate", "--list"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{setting}: ") and len(said.splitlines()) == 1 and "sk-secret" not in said


def test_off_by_default_and_a_whole_address_is_taken_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    assert (plain.llm_url, plain.llm_rewrite) == ("", False)
    monkeypatch.setenv("UNIONDESK_LLM_URL", "https://models.example.org/v1/chat/completions/")
    monkeypatch.setenv("UNIONDESK_LLM_MODEL", " qwen ")
    assert (Settings().llm_url, Settings().llm_model) == ("https://models.example.org/v1", "qwen")
    with pytest.raises(ValidationError):
        Settings(llm_timeout_seconds=-1)
