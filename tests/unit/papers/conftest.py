"""The real templates, and one worker's answers to everything that they ask."""

import datetime as dt
from typing import Any

import pytest

from desk.papers.templates import Papers
from tests.unit.papers.reading import FOLDER, TODAY

ANSWERS: dict[str, Any] = {
    "worker_name": "王小虎", "worker_id_number": "320584199005011236", "worker_phone": "13800001234",
    "worker_address": "松陵街道中山北路1号", "worker_nation": "汉族", "worker_household": "颍州区某镇某村", "agent_name": "李四（工友）",
    "employer_name": "某某建设工程有限公司", "employer_address": "某某大道88号", "employer_head": "张三，执行董事",
    "employer_phone": "051263000000",
    "second_employer": "某某劳务派遣有限公司", "job": "电工", "workplace": "某某花园二期工地", "start": "2023-03-01", "end": "2026-10-31",
    "written_contract": "none", "signed": "—", "monthly_wage": 6960, "leaving": "unlawful", "dismissal_reason": "不服从安排",
    "notice_days": 0,
    "forced_reason": "拖欠工资", "avg_monthly_wage": 7325.5, "local_avg_monthly_wage": "—", "local_min_wage": "—",
    "claims_wages": True, "owed_from": "2026-08", "owed_to": "2026-10", "owed": 20880,
    "claims_overtime": True, "weekday_hours": 30, "restday_hours": 16, "overtime_months": 12, "holiday_hours": 16,
    "unused_days": 5, "wants_certificate": True, "other_claims": "支付垫付的材料费300元。",
    "story": "8月起不发工资。\n10月31日叫我不用来了。",
    "evidence": "工资流水、微信聊天记录，考勤照片；不常见的东西", "witnesses": "赵五，13700001234", "commission": "苏州市吴江区",
    "construction": True, "project": "某某花园二期", "contractor": "某某建筑集团", "foreman": "孙六", "still_working": False, "people": 12,
    "deposit": 500, "filed_elsewhere": False, "bureau": "苏州市吴江区", "stage": "arbitration", "held_by_employer": "考勤机记录、工资台账",
    "group": "migrant", "matter": "pay", "aid_form": "arbitration", "progress": "arbitration", "authority": "某某仲裁委",
    "opponent": "某某公司",
    "claimed": 20880, "deadline": "2026-12-15", "household_size": 4, "own_income": 0, "household_income": 6000, "assets": "自建房一处",
    "hardship": "pay", "office": "苏州市吴江区", "no_insurance": True, "insurance_gap": "入职以来", "no_conditions": True,
    "conditions_how": "不给绝缘手套", "bad_rules": True, "rules_how": "迟到罚款", "coerced": True, "coerced_how": "强令带电作业",
    "account": "某某银行",
}  # fmt: skip


@pytest.fixture(scope="session")
def papers() -> Papers:
    return Papers.read(FOLDER)


@pytest.fixture
def answers() -> dict[str, Any]:
    return dict(ANSWERS)


@pytest.fixture
def today() -> dt.date:
    return TODAY
