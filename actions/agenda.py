"""What a worker has coming up and going on: activities, reminders, the progress of their matter, their rating."""

from actions.house import DeskAction, Result, Said, rows
from desk import activities, cases, contacts, reminders
from desk.activities import when
from desk.conversations import Reply
from desk.errors import Invalid
from desk.times import parse_due


class ActionActivities(DeskAction):
    """What one can sign up for."""

    def name(self) -> str:
        return "action_activities"

    def act(self, said: Said) -> Result:
        with self.house.database.read() as session:
            offers = activities.offers(session, said.now, said.ref)
        if not offers:
            return Result([Reply(said.say("activity.none"), rows((said.say("button.menu"), "/menu")))])
        lines, buttons = [], []
        for offer in offers[:8]:
            seats = said.say("activity.free", free=offer.free) if offer.free else said.say("activity.full", waiting=offer.waiting)
            moment = when(offer.session.starts_at, self.house.zone)
            lines.append(f"▪ {offer.activity.title}\n  {moment} · {offer.session.place} · {seats}")
            label = said.say("activity.join" if offer.free else "activity.wait", title=f"{offer.activity.title} {moment}")
            buttons.append((label, f"/enroll {offer.session.id}"))
        return Result([Reply(said.say("activity.list") + "\n" + "\n".join(lines), rows(*buttons, (said.say("button.menu"), "/menu")))])


class ActionEnroll(DeskAction):
    """Take a seat, or a place on the waiting list."""

    def name(self) -> str:
        return "action_enroll"

    def act(self, said: Said) -> Result:
        with self.house.database.write() as session:
            enrollment = activities.enrol(session, said.ref, said.contact_id, self.house.reminder_hours, self.house.zone, said.now)
            held = session.get_one(activities.ActivitySession, enrollment.session_id)
            activity = session.get_one(activities.Activity, held.activity_id)
            contacts.add_tag(session, said.contact_id, activity.topic)
        key = "activity.enrolled" if enrollment.state == "enrolled" else "activity.waiting"
        text = said.say(key, title=activity.title, when=when(held.starts_at, self.house.zone), place=held.place)
        buttons = rows((said.say("activity.cancel"), f"/unenroll {enrollment.id}"), (said.say("button.enrollments"), "/my_enrollments"))
        return Result([Reply(text, buttons)])


class ActionUnenroll(DeskAction):
    """Give the seat back."""

    def name(self) -> str:
        return "action_unenroll"

    def act(self, said: Said) -> Result:
        with self.house.database.write() as session:
            activities.cancel_enrollment(session, said.ref, said.contact_id, self.house.reminder_hours, self.house.zone, said.now)
        return Result([Reply(said.say("activity.cancelled"), rows((said.say("button.activities"), "/activities")))])


class ActionMyEnrollments(DeskAction):
    """What one has signed up for."""

    def name(self) -> str:
        return "action_my_enrollments"

    def act(self, said: Said) -> Result:
        with self.house.database.read() as session:
            mine = activities.enrollments_of(session, said.contact_id, said.now)
        if not mine:
            return Result([Reply(said.say("activity.mine_none"), rows((said.say("button.activities"), "/activities")))])
        lines, buttons = [], []
        for enrollment, held, activity in mine:
            state = said.say("activity.state_waiting") if enrollment.state == "waiting" else ""
            lines.append(f"▪ {activity.title}{state}\n  {when(held.starts_at, self.house.zone)} · {held.place}")
            buttons.append((said.say("activity.cancel_one", title=activity.title), f"/unenroll {enrollment.id}"))
        return Result([Reply(said.say("activity.mine") + "\n" + "\n".join(lines), rows(*buttons))])


class ActionSetReminder(DeskAction):
    """ "下周三上午九点提醒我体检"."""

    def name(self) -> str:
        return "action_set_reminder"

    def act(self, said: Said) -> Result:
        try:
            due_at, subject = parse_due(said.text, said.now, self.house.zone)
            with self.house.database.write() as session:
                reminder = reminders.remind(session, said.contact_id, subject, due_at, f"said:{said.message_id}", said.now)
        except Invalid as problem:
            return Result([Reply(problem.message)])
        text = said.say("reminder.set", when=when(due_at, self.house.zone), text=reminder.text)
        return Result([Reply(text, rows((said.say("reminder.forget"), f"/forget_reminder {reminder.id}")))])


class ActionMyReminders(DeskAction):
    """What one is going to be reminded of."""

    def name(self) -> str:
        return "action_my_reminders"

    def act(self, said: Said) -> Result:
        with self.house.database.read() as session:
            mine = reminders.upcoming(session, said.contact_id)
        if not mine:
            return Result([Reply(said.say("reminder.none"))])
        lines = [f"▪ {when(r.due_at, self.house.zone)}  {r.text}" for r in mine]
        buttons = [(said.say("reminder.forget_one", text=r.text[:20]), f"/forget_reminder {r.id}") for r in mine[:8]]
        return Result([Reply(said.say("reminder.mine") + "\n" + "\n".join(lines), rows(*buttons))])


class ActionForgetReminder(DeskAction):
    """Cancel one reminder."""

    def name(self) -> str:
        return "action_forget_reminder"

    def act(self, said: Said) -> Result:
        with self.house.database.write() as session:
            gone = reminders.cancel(session, said.contact_id, said.ref)
        return Result([Reply(said.say("reminder.cancelled", text=gone.text))])


class ActionMyProgress(DeskAction):
    """Where one's matters stand."""

    def name(self) -> str:
        return "action_my_progress"

    def act(self, said: Said) -> Result:
        with self.house.database.read() as session:
            mine = cases.cases_of(session, said.conversation_id)
        if not mine:
            return Result(
                [Reply(said.say("progress.none"), rows((said.say("button.human"), "/human"), (said.say("button.menu"), "/menu")))]
            )
        lines = []
        for case in mine[:5]:
            state = "resolved" if case.state == "resolved" else "answered" if case.first_reply_at else "waiting"
            lines.append(
                f"▪ {case.number} {case.title or said.say('progress.untitled')}\n  {said.say(f'progress.{state}')} · {when(case.opened_at, self.house.zone)}"
            )
        return Result([Reply(said.say("progress") + "\n" + "\n".join(lines), rows((said.say("button.enrollments"), "/my_enrollments")))])


class ActionRate(DeskAction):
    """The worker's stars for a settled case."""

    def name(self) -> str:
        return "action_rate"

    def act(self, said: Said) -> Result:
        if len(said.refs) < 2 or not said.refs[1].isdigit():
            raise Invalid(said.say("button.old"))
        with self.house.database.write() as session:
            cases.rate(session, said.conversation_id, said.ref, int(said.refs[1]), said.now)
        return Result([Reply(said.say("rating.thanks" if int(said.refs[1]) >= 3 else "rating.sorry"))])
