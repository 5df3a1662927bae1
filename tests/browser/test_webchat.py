"""The worker's page on a phone of 360 px, in Chromium, against a real server and database."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, Route, expect
from sqlalchemy import select

from bot.webchat import icon
from desk.conversations import Conversation, change_hands, messages_after
from desk.database import Signal
from tests.fakes.webchat_house import WebChatHouse


@pytest.fixture
def house(tmp_path: Path) -> WebChatHouse:
    return WebChatHouse(tmp_path)


@pytest.fixture
def served(house: WebChatHouse, serve):
    return serve(house.app)


@pytest.fixture
def page(served, phone: Callable[..., Page]) -> Page:
    page = phone(f"{served.url}/chat")
    expect(page.locator("#status")).to_have_text("机器人在线 · 24 小时")
    return page


def say(page: Page, text: str) -> None:
    page.locator("#words").fill(text)
    page.locator("#words").press("Enter")


def texts(page: Page) -> list[str]:
    return page.locator("#thread .text").all_inner_texts()


def only_conversation(house: WebChatHouse) -> str:
    with house.database.read() as session:
        return session.scalars(select(Conversation.id)).one()


def stored(house: WebChatHouse) -> list[str]:
    with house.database.read() as session:
        return [message.text for message in messages_after(session, only_conversation(house))]


def test_a_first_visit_a_question_and_its_answer(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("江城市总工会")
    expect(page.locator("#welcome")).to_be_visible()
    say(page, "老板拖了三个月工资怎么办")
    expect(page.locator("#thread .theirs .text")).to_have_text("收到：老板拖了三个月工资怎么办")
    expect(page.locator(".mine .mark.sent")).to_have_count(1)
    expect(page.locator("#welcome")).to_be_hidden()
    expect(page.locator("#words")).to_have_value("")


def test_an_example_is_asked_by_a_tap(page: Page) -> None:
    page.get_by_text("怎么加入工会").tap()
    expect(page.locator("#thread .theirs .text")).to_have_text("收到：怎么加入工会")


def test_buttons_and_the_menu_work_and_old_ones_stay(page: Page, house: WebChatHouse) -> None:
    say(page, "工资")
    page.get_by_role("button", name="要准备什么").tap()
    expect(page.locator("#thread .text").last).to_have_text("您按了 /part wages evidence")
    assert texts(page)[-2] == "要准备什么"
    page.locator("#menu").tap()
    expect(page.locator("#thread .text").last).to_have_text("您按了 /menu")
    page.wait_for_timeout(1000)  # the page takes a second tap within a second for the same tap
    page.get_by_role("button", name="要准备什么").dblclick()
    expect(page.locator("#thread .text")).to_have_count(8)
    expect(page.locator("#thread .text").last).to_have_text("您按了 /part wages evidence")
    assert len(stored(house)) == 8


def test_a_reload_keeps_everything(page: Page) -> None:
    say(page, "第一句")
    expect(page.locator("#thread .text").last).to_have_text("收到：第一句")
    page.locator("#words").fill("写了一半")
    page.reload()
    expect(page.locator("#thread .text")).to_have_count(2)
    expect(page.locator("#words")).to_have_value("写了一半")
    expect(page.locator("#welcome")).to_be_hidden()


def test_a_dropped_network_loses_and_doubles_nothing(page: Page, house: WebChatHouse) -> None:
    say(page, "在线")
    expect(page.locator("#thread .text").last).to_have_text("收到：在线")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("网络断开")
    say(page, "离线一")
    say(page, "离线二")
    expect(page.locator(".mark.waiting")).to_have_count(2)
    house.say("您不在时说的", only_conversation(house))
    page.context.set_offline(False)
    expect(page.locator(".mark.waiting")).to_have_count(0)
    expect(page.locator("#thread .text").filter(has_text="收到：离线二")).to_have_count(1)
    expect(page.locator("#offline")).to_be_hidden()
    assert texts(page) == stored(house)
    assert sorted(texts(page)) == sorted(["在线", "收到：在线", "您不在时说的", "离线一", "收到：离线一", "离线二", "收到：离线二"])


def test_a_restarted_server_is_found_again(page: Page, house: WebChatHouse, served) -> None:
    say(page, "重启前")
    expect(page.locator("#thread .text").last).to_have_text("收到：重启前")
    served.stop()
    expect(page.locator("#offline")).to_contain_text("连不上服务台")
    say(page, "重启时")
    expect(page.locator(".mark.waiting")).to_have_count(1)
    house.say("重启时存下的", only_conversation(house))
    served.start()
    expect(page.locator("#thread .text").filter(has_text="收到：重启时")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("机器人在线 · 24 小时")
    assert texts(page) == stored(house) == ["重启前", "收到：重启前", "重启时存下的", "重启时", "收到：重启时"]


def test_an_answer_that_got_lost_does_not_double_the_message(page: Page, house: WebChatHouse) -> None:
    """The post arrives, its response does not; the page is closed over it and opened again."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if not lost:
            lost.append(route.request.post_data or "")
            route.fetch()
            route.abort("connectionreset")
        else:
            lost.append(route.request.post_data or "")
            route.continue_()

    page.route("**/chat/events*", lambda route: route.abort())
    page.reload()
    page.route("**/chat/messages", lose)
    say(page, "只说一次")
    expect(page.locator(".mark.sent")).to_have_count(1)
    assert len(set(lost)) == 1
    page.unroute("**/chat/events*")
    expect(page.locator("#thread .text")).to_have_count(2, timeout=30_000)
    assert texts(page) == stored(house) == ["只说一次", "收到：只说一次"]


def test_an_unsent_message_survives_a_reload(page: Page, house: WebChatHouse) -> None:
    say(page, "一")
    expect(page.locator("#thread .text")).to_have_count(2)
    page.route("**/chat/messages", lambda route: route.abort())
    say(page, "还没发出")
    expect(page.locator(".mark.waiting")).to_have_count(1)
    page.reload()
    expect(page.locator("#thread .text").last).to_have_text("还没发出")
    page.unroute("**/chat/messages")
    expect(page.locator("#thread .text").last).to_have_text("收到：还没发出")
    assert texts(page) == stored(house)


def test_a_refusal_says_why_and_can_be_removed(page: Page, house: WebChatHouse) -> None:
    page.locator("#document").set_input_files({"name": "program.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90"})
    expect(page.locator(".failure")).to_contain_text("这种文件收不了")
    page.get_by_role("button", name="删除").tap()
    expect(page.locator("#thread li")).to_have_count(0)


def test_a_flood_waits_and_is_then_sent(page: Page, house: WebChatHouse) -> None:
    for number in range(21):
        say(page, f"第 {number} 条")
    expect(page.locator(".mark.sent")).to_have_count(20)
    expect(page.locator(".mine[data-state=waiting]")).to_contain_text("发得太快了")
    house.clock.move(minutes=2)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".mark.sent")).to_have_count(21)


def test_a_photo_a_document_and_a_place(page: Page, house: WebChatHouse) -> None:
    width = "image => image.decode().then(() => image.naturalWidth)"
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 31.2304, "longitude": 121.4737})
    page.locator("#photo").set_input_files({"name": "工资条.png", "mimeType": "image/png", "buffer": icon.png(512)})
    expect(page.locator(".mine .photo img")).to_have_attribute("src", re.compile("^/chat/files/"))
    assert page.locator(".photo img").evaluate(width) == 512
    page.locator("#document").set_input_files(
        {"name": "劳动合同（2024 年签的那一份）.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    )
    expect(page.locator(".mine .file")).to_contain_text("劳动合同")
    page.locator("#attach").tap()
    page.locator("#place").tap()
    expect(page.locator(".mine .text")).to_contain_text("31.23040, 121.47370")
    expect(page.locator(".theirs .text")).to_have_text(["收到 photo", "收到 document", "收到 location"])
    page.reload()
    assert page.locator(".photo img").evaluate(width) == 512


def test_a_place_that_is_refused_says_what_to_do(page: Page) -> None:
    page.context.clear_permissions()
    page.locator("#attach").tap()
    page.locator("#place").tap()
    expect(page.locator("#notice")).to_contain_text("位置")


def test_a_voice_message(page: Page, house: WebChatHouse) -> None:
    page.context.grant_permissions(["microphone"])
    page.locator("#voice").tap()
    expect(page.locator("#recorded")).to_have_text("0:01")
    page.locator("#recorded-send").tap()
    expect(page.locator(".mine audio")).to_have_attribute("src", re.compile("^/chat/files/"))
    expect(page.locator(".theirs .text")).to_have_text("收到 voice")
    page.locator("#voice").tap()
    page.locator("#discard").tap()
    expect(page.locator("#composer")).to_be_visible()
    expect(page.locator("#thread li")).to_have_count(2)


def test_markup_is_text_and_only_web_addresses_are_links(page: Page, house: WebChatHouse) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    nasty = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    say(page, nasty)
    expect(page.locator("#thread .text").last).to_have_text(f"收到：{nasty}")
    say(
        page,
        "看 https://example.org/a?b=1，javascript:alert(3) 打12333或0512-12345678，欠12000元，找13800138000，先打 120，别打 110 块主意",
    )
    expect(page.locator("#thread .theirs .text")).to_have_count(2)
    links = page.locator("#thread .theirs .text").last.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["https://example.org/a?b=1", "tel:12333", "tel:051212345678", "tel:13800138000", "tel:120"]
    house.say(
        "按钮", only_conversation(house), buttons=[[{"label": "<b>x</b>", "payload": "/x"}, {"label": "坏", "url": "javascript:alert(4)"}]]
    )
    expect(page.get_by_role("button", name="<b>x</b>")).to_be_visible()
    assert page.locator("#thread img, #thread script, #thread b, a[href^=javascript]").count() == 0
    assert dialogs == []


def test_a_person_takes_over_and_types(page: Page, house: WebChatHouse) -> None:
    say(page, "我要找人")
    expect(page.locator("#thread .text")).to_have_count(2)
    conversation = only_conversation(house)
    with house.database.write() as session:
        change_hands(session, conversation, "human")
    expect(page.locator("#status")).to_have_text("人工服务中")
    house.hub.publish(Signal("typing", conversation))
    expect(page.locator("#typing")).to_be_visible()
    expect(page.locator("#status")).to_have_text("正在输入…")
    house.say("您好，我是王律师。", conversation, house.counsellor())
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.locator(".theirs.person .author")).to_have_text("王律师")


def test_the_language_can_be_switched(page: Page) -> None:
    say(page, "你好")
    expect(page.locator("#thread .text")).to_have_count(2)
    with page.expect_response("**/chat/language"):
        page.locator("#language").tap()
    expect(page.locator("#status")).to_have_text("Assistant online · 24 hours")
    expect(page.locator("#words")).to_have_attribute("placeholder", "Message")
    page.locator("#menu").tap()
    expect(page.locator("#thread .mine .text").last).to_have_text("Menu")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_earlier_messages_come_by_a_tap(page: Page, house: WebChatHouse) -> None:
    say(page, "开头")
    expect(page.locator("#thread .text")).to_have_count(2)
    for number in range(120):
        house.say(f"第 {number} 条", only_conversation(house))
    page.reload()
    expect(page.locator("#thread .text")).to_have_count(100)
    page.locator("#older").tap()
    expect(page.locator("#thread .text")).to_have_count(122)
    expect(page.locator("#older")).to_be_hidden()
    assert texts(page) == stored(house)


def test_what_comes_while_reading_above_does_not_jump(page: Page, house: WebChatHouse) -> None:
    say(page, "开头")
    expect(page.locator("#thread .text")).to_have_count(2)
    for number in range(30):
        house.say(f"第 {number} 条", only_conversation(house))
    expect(page.locator("#thread .text")).to_have_count(32)
    expect(page.locator("#thread .text").last).to_be_in_viewport()
    page.locator("#scroller").evaluate("node => { node.scrollTop = 0 }")
    house.say("新的", only_conversation(house))
    expect(page.locator("#to-end")).to_be_visible()
    assert page.locator("#scroller").evaluate("node => node.scrollTop") == 0
    page.locator("#to-end").tap()
    expect(page.locator("#thread .text").last).to_be_in_viewport()
    expect(page.locator("#to-end")).to_be_hidden()


def test_a_long_answer_is_shown_from_its_beginning(page: Page, house: WebChatHouse) -> None:
    say(page, "一行\n" * 60)
    expect(page.locator("#thread .theirs .text")).to_have_count(1)
    top = "document.querySelector('.theirs').getBoundingClientRect().top - document.getElementById('scroller').getBoundingClientRect().top"
    assert 0 <= page.evaluate(top) < 20
    expect(page.locator("#to-end")).to_be_visible()
    say(page, "看完了")
    expect(page.locator("#thread .text").last).to_have_text("收到：看完了")
    expect(page.locator("#thread .text").last).to_be_in_viewport()


def test_everything_fits_and_can_be_touched(page: Page, house: WebChatHouse) -> None:
    say(page, "W" * 300 + " https://example.org/" + "long" * 60)
    expect(page.locator("#thread .text")).to_have_count(2)
    buttons = [[{"label": "一个很长很长的按钮名字，长到两行才写得下的那种", "payload": "/a"}, {"label": "短", "payload": "/b"}]]
    house.say("看按钮", only_conversation(house), buttons=buttons)
    expect(page.locator("#thread .text")).to_have_count(3)
    page.locator("#attach").tap()
    assert page.evaluate("document.documentElement.scrollWidth <= 360 && document.getElementById('scroller').scrollWidth <= 360")
    small = page.locator("button:visible, .choice:visible, a.key:visible").evaluate_all(
        "all => all.filter(n => { const r = n.getBoundingClientRect(); return r.height < 44 || r.width < 44 }).map(n => n.outerHTML)"
    )
    assert small == []


def test_it_opens_without_a_network_and_says_so(page: Page, served) -> None:
    say(page, "装好了吗")
    expect(page.locator("#thread .text")).to_have_count(2)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    served.stop()
    page.reload()
    expect(page.locator("h1")).to_have_text("江城市总工会")
    expect(page.locator("#offline")).to_be_visible()
    say(page, "没网时写的")
    expect(page.locator(".mark.waiting")).to_have_count(1)
    served.start()
    expect(page.locator("#thread .text").last).to_have_text("收到：没网时写的")
    expect(page.locator("#thread .text")).to_have_count(4)


def test_two_open_pages_show_the_same(page: Page, house: WebChatHouse) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#status")).to_have_text("机器人在线 · 24 小时")
    say(page, "这边说的")
    expect(other.locator("#thread .text")).to_have_count(2)
    say(other, "那边说的")
    expect(page.locator("#thread .text")).to_have_count(4)
    assert texts(page) == texts(other) == stored(house)


def test_a_lost_cookie_is_fetched_again(page: Page) -> None:
    # The service worker fetches the page as well while it installs, and so its cookie: let that be over.
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    with page.expect_response(lambda response: is_page(response)):
        page.context.clear_cookies()
        say(page, "新来的")
    expect(page.locator("#thread .text").last).to_have_text("收到：新来的", timeout=30_000)


def is_page(response: Response) -> bool:
    return response.url.endswith("/chat")
