"""Agent (counsellor or admin) and Team: who may sign in to the console, and how."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Table
from desk.errors import Forbidden, Invalid, NotFound
from desk.ids import new_id

ROLES = ("counsellor", "admin")
MAX_FAILURES = 5
LOCKOUT = dt.timedelta(minutes=15)
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked against when the name is unknown, so that a wrong name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(16))


class Team(Table):
    __tablename__ = "team"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    # Topics that are routed here; a team without topics takes what no other team takes.
    topics: Mapped[list[str]] = mapped_column(default=list)


class Agent(Table):
    __tablename__ = "agent"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str] = mapped_column(String(200))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("team.id"))
    # Where a campaign's test message goes.
    contact_id: Mapped[str | None] = mapped_column(ForeignKey("contact.id"))
    link_code: Mapped[str] = mapped_column(String(20), default="")
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class SignIn(Table):
    """One signed-in browser. Only a hash of its cookie is kept."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agent.id"))
    csrf: Mapped[str] = mapped_column(String(43))
    expires_at: Mapped[dt.datetime]


@dataclass(frozen=True)
class SignedIn:
    """Who is at the console: the agent, and the token that its forms must carry."""

    agent: Agent
    csrf: str


def add_agent(session: Session, username: str, name: str, role: str, password: str, now: dt.datetime, team_id: str | None = None) -> Agent:
    """Raises Invalid for a short password, an unknown role or a taken name."""
    if role not in ROLES:
        raise Invalid(f"角色只能是 {' / '.join(ROLES)}")
    if len(password) < 10:
        raise Invalid("密码至少 10 个字符")
    if session.scalar(select(Agent).where(Agent.username == username)):
        raise Invalid(f"用户名 {username} 已被使用")
    agent = Agent(username=username, name=name, role=role, password_hash=_hasher.hash(password), team_id=team_id, created_at=now)
    session.add(agent)
    session.flush()
    return agent


def set_password(session: Session, username: str, password: str) -> None:
    """Raises NotFound, Invalid. Ends every sign-in of that agent."""
    agent = session.scalar(select(Agent).where(Agent.username == username))
    if agent is None:
        raise NotFound(f"没有用户 {username}")
    if len(password) < 10:
        raise Invalid("密码至少 10 个字符")
    agent.password_hash, agent.failures, agent.locked_until = _hasher.hash(password), 0, None
    session.execute(delete(SignIn).where(SignIn.agent_id == agent.id))


def check_password(session: Session, username: str, password: str, now: dt.datetime) -> Agent | None:
    """The agent, or None for a wrong name or password. Raises Forbidden while locked out.

    Five wrong passwords in a row lock the name for 15 minutes. The caller commits in either case, so that a failure counts.
    """
    # Locked: guesses made all at once count as many.
    agent = session.scalar(select(Agent).where(Agent.username == username, Agent.active).with_for_update())
    if agent is not None and agent.locked_until and agent.locked_until > now:
        raise Forbidden("连续输错密码次数过多，账号已锁定 15 分钟，请稍后再试或联系管理员")
    try:
        _hasher.verify(agent.password_hash if agent else _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        if agent is not None:
            agent.failures += 1
            if agent.failures >= MAX_FAILURES:
                agent.failures, agent.locked_until = 0, now + LOCKOUT
        return None
    if agent is not None:
        agent.failures, agent.locked_until = 0, None
    return agent


def sign_in(session: Session, agent_id: str, now: dt.datetime, lasts: dt.timedelta) -> str:
    """Open a sign-in. Returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.add(SignIn(token_hash=_hash(token), agent_id=agent_id, csrf=secrets.token_urlsafe(32), expires_at=now + lasts))
    return token


def signed_in(session: Session, token: str, now: dt.datetime) -> SignedIn | None:
    """Who this cookie's token belongs to, while it lasts."""
    row = session.execute(
        select(Agent, SignIn.csrf)
        .join(SignIn, SignIn.agent_id == Agent.id)
        .where(SignIn.token_hash == _hash(token), SignIn.expires_at > now, Agent.active)
    ).one_or_none()
    return SignedIn(*row) if row else None


def sign_out(session: Session, token: str) -> None:
    session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def agents(session: Session) -> list[Agent]:
    return list(session.scalars(select(Agent).where(Agent.active).order_by(Agent.name)))


def everyone(session: Session) -> list[Agent]:
    """Every agent, those who left last."""
    return list(session.scalars(select(Agent).order_by(Agent.active.desc(), Agent.name)))


def set_active(session: Session, agent_id: str, active: bool) -> Agent:
    """Let an agent in, or no longer: then their sign-ins end at once. Raises NotFound."""
    agent = agent_by_id(session, agent_id)
    agent.active = active
    if not active:
        session.execute(delete(SignIn).where(SignIn.agent_id == agent_id))
    return agent


def agent_by_id(session: Session, agent_id: str) -> Agent:
    """Raises NotFound."""
    agent = session.get(Agent, agent_id)
    if agent is None:
        raise NotFound("没有这位工作人员")
    return agent


def link_code(session: Session, agent_id: str) -> str:
    """A fresh code with which the agent makes a chat their own: `/start link-CODE` in Telegram, or typed in the web chat."""
    agent = agent_by_id(session, agent_id)
    agent.link_code = secrets.token_hex(5)
    return agent.link_code


def link_contact(session: Session, code: str, contact_id: str) -> Agent | None:
    """Make `contact_id` the agent's own chat. A code works once."""
    agent = session.scalar(select(Agent).where(Agent.link_code == code)) if code else None
    if agent is not None:
        agent.contact_id, agent.link_code = contact_id, ""
    return agent


def team_for(session: Session, topic: str) -> Team | None:
    """The team that takes a topic, or the one that takes the rest."""
    teams = session.scalars(select(Team).order_by(Team.name)).all()
    return next((t for t in teams if topic in t.topics), next((t for t in teams if not t.topics), None))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
