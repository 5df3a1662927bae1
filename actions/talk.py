"""Talk and ways around: greetings, the menu, what is on offer, privacy, language."""

from actions.house import DeskAction, Result, Said, rows
from desk import agents, contacts
from desk.conversations import Reply
from desk.errors import NotFound
from desk.knowledge import articles
from desk.legal.catalogue import CALCULATORS
from desk.texts import catalogue

# The three families of the menu, with the topics that belong to each.
FAMILIES: dict[str, tuple[str, ...]] = {
    "rights": (
        "wage_arrears", "overtime_pay", "labour_contract", "dismissal_compensation", "probation", "social_insurance", "housing_fund", "work_injury",
        "occupational_disease", "sick_leave_medical_period", "annual_leave", "maternity_female_rights", "arbitration_procedure", "limitation_period",
        "evidence", "legal_aid", "resignation_handover", "dispatch_outsourcing", "gig_worker", "retirement_pension", "minimum_wage_pay_rules",
        "non_compete_training_bond", "discrimination_harassment", "safety_heat", "unemployment_benefit", "other_labour",
    ),
    "membership": ("join_union", "transfer_membership", "membership_fee", "set_up_union", "member_card", "member_data"),
    "benefits": (
        "hardship_aid", "mutual_aid_insurance", "medical_second_insurance", "scholarship_children", "degree_support", "health_check", "convalescence",
        "skills_training", "skills_subsidy", "job_search", "coupons", "points", "stations", "study_room", "child_care", "matchmaking",
        "psychological_support", "birthday_holiday_gift", "culture_sports", "female_worker_care", "heat_relief", "winter_relief",
        "safety_hazard_report", "suggestion_proposal", "complaint_service", "rate_my_union", "survey", "enterprise_help",
    ),
}  # fmt: skip
_PAGE = 10


class ActionTalk(DeskAction):
    """A friendly line to what is no question."""

    def name(self) -> str:
        return "action_talk"

    def act(self, said: Said) -> Result:
        key = f"talk.{said.intent}"
        if key not in catalogue(said.language):
            key = "talk.other"
        text = said.say(key, union=self.house.union_name, hotline=self.house.hotline)
        return Result([Reply(text, rows((said.say("button.menu"), "/menu"), (said.say("button.human"), "/human")))])


class ActionMenu(DeskAction):
    """The menu; at the first start also who this is and what happens to what one says."""

    def name(self) -> str:
        return "action_menu"

    def act(self, said: Said) -> Result:
        replies = []
        if said.intent == "start":
            if said.ref.startswith("link-"):
                return Result([Reply(self._link(said))])
            replies.append(Reply(said.say("start", union=self.house.union_name, hotline=self.house.hotline)))
        buttons = rows(
            (said.say("family.rights"), "/topics rights"),
            (said.say("family.membership"), "/topics membership"),
            (said.say("family.benefits"), "/topics benefits"),
        )
        buttons.append([_button(said, "button.activities", "/activities"), _button(said, "button.services", "/services")])
        buttons.append([_button(said, "button.calculators", "/calculators"), _button(said, "button.progress", "/my_progress")])
        buttons.append([_button(said, "button.human", "/human"), _button(said, "button.language", "/switch_language")])
        replies.append(Reply(said.say("menu"), buttons))
        return Result(replies)

    def _link(self, said: Said) -> str:
        with self.house.database.write() as session:
            agent = agents.link_contact(session, said.ref.removeprefix("link-"), said.contact_id)
        return said.say("link.done", name=agent.name) if agent else said.say("link.unknown")


class ActionTopics(DeskAction):
    """A family's topics, or a topic's articles: only what has articles is shown."""

    def name(self) -> str:
        return "action_topics"

    def act(self, said: Said) -> Result:
        page = int(said.refs[1]) if len(said.refs) > 1 and said.refs[1].isdigit() else 0
        with self.house.database.read() as session:
            if said.ref in FAMILIES:
                counts = articles.count_by_topic(session)
                found = [(said.say(f"topic.{t}"), f"/topics {t}") for t in FAMILIES[said.ref] if counts.get(t)]
                title = said.say(f"family.{said.ref}")
            else:
                found = [(a.title, f"/article {a.id}") for a in articles.articles_of_topic(session, said.ref)]
                title = said.say(f"topic.{said.ref}") if f"topic.{said.ref}" in catalogue(said.language) else ""
        if not found:
            raise NotFound(said.say("button.old"))
        shown = found[page * _PAGE : (page + 1) * _PAGE]
        buttons = rows(*shown)
        if said.ref in FAMILIES:
            cells = [row[0] for row in buttons]
            buttons = [cells[i : i + 2] for i in range(0, len(cells), 2)]
        if len(found) > (page + 1) * _PAGE:
            buttons.append([_button(said, "button.more", f"/topics {said.ref} {page + 1}")])
        buttons.append([_button(said, "button.menu", "/menu")])
        return Result([Reply(said.say("topics", title=title), buttons)])


class ActionServices(DeskAction):
    """What can be applied for or reported here, and the papers that can be written."""

    def name(self) -> str:
        return "action_services"

    def act(self, said: Said) -> Result:
        found = [(f"📝 {service.file.title}", f"/service {service.file.name}") for service in self.house.services.all()]
        found += [(f"📄 {paper.title}", f"/paper {paper.name}") for paper in self.house.papers.all()]
        return Result([Reply(said.say("services"), rows(*found, (said.say("button.menu"), "/menu")))])


class ActionCalculators(DeskAction):
    """The calculators, a page at a time."""

    def name(self) -> str:
        return "action_calculators"

    def act(self, said: Said) -> Result:
        page = int(said.ref) if said.ref.isdigit() else 0
        found = [(f"🧮 {calculator.title}", f"/calculate {name}") for name, calculator in CALCULATORS.items()]
        buttons = rows(*found[page * _PAGE : (page + 1) * _PAGE])
        if len(found) > (page + 1) * _PAGE:
            buttons.append([_button(said, "button.more", f"/calculators {page + 1}")])
        buttons.append([_button(said, "button.menu", "/menu")])
        return Result([Reply(said.say("calculators"), buttons)])


class ActionPrivacy(DeskAction):
    """What is kept, what for, and whom to ask (个人信息保护法 第十七条)."""

    def name(self) -> str:
        return "action_privacy"

    def act(self, said: Said) -> Result:
        return Result([Reply(said.say("privacy", union=self.house.union_name), rows((said.say("button.unsubscribe"), "/unsubscribe")))])


class ActionLanguage(DeskAction):
    """Chinese or English."""

    def name(self) -> str:
        return "action_language"

    def act(self, said: Said) -> Result:
        with self.house.database.write() as session:
            language = contacts.set_language(session, said.contact_id, said.ref)
        return Result([Reply(catalogue(language)["language.now"], [[{"label": catalogue(language)["button.menu"], "payload": "/menu"}]])])


class ActionSubscription(DeskAction):
    """Campaigns: no more of them, or again."""

    def name(self) -> str:
        return "action_subscription"

    def act(self, said: Said) -> Result:
        wanted = said.intent == "subscribe"
        with self.house.database.write() as session:
            contacts.subscribe(session, said.contact_id, wanted)
        other = ("button.unsubscribe", "/unsubscribe") if wanted else ("button.subscribe", "/subscribe")
        return Result([Reply(said.say("subscribed" if wanted else "unsubscribed"), rows((said.say(other[0]), other[1])))])


def _button(said: Said, key: str, payload: str) -> dict[str, str]:
    return {"label": said.say(key), "payload": payload}
