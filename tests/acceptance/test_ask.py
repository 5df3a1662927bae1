"""`uniondesk ask` as measurements call it: the contract of its lines, and that understanding has not gone to the dogs."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]

# Sentences of our own that are no training examples: (question, topics that are right).
ASKED = [
    ("干了俩月站长说系统没到账一分没发，这钱还能要到吗", {"wage_arrears"}),
    ("节假日被叫去值班，加班费应该按几倍给", {"overtime_pay"}),
    ("进厂半年了人事一直不跟我签合同，我能要求啥", {"labour_contract"}),
    ("公司说业务收缩把我裁了，工作四年能赔几个月", {"dismissal_compensation"}),
    ("试用期定了半年，可合同才签一年，这合法不", {"probation"}),
    ("单位让我签了放弃社保的声明，现在想补缴行不行", {"social_insurance"}),
    ("公积金公司只按最低基数交，找谁管", {"housing_fund"}),
    ("下班骑电动车被汽车撞了，这算不算工伤", {"work_injury"}),
    ("打磨车间干了十年肺里查出问题，怎么申请职业病诊断", {"occupational_disease"}),
    ("住院休病假，医疗期能休多长，期间工资怎么发", {"sick_leave_medical_period"}),
    ("工龄十二年今年年假应该有几天", {"annual_leave"}),
    ("怀孕七个月领导还安排夜班，能拒绝吗", {"maternity_female_rights"}),
    ("劳动仲裁要去哪里立案，大概多久出结果", {"arbitration_procedure"}),
    ("离职快一年了还能申请仲裁吗，时效怎么算", {"limitation_period", "arbitration_procedure"}),
    ("没有工资条，微信聊天记录能当证据使吗", {"evidence"}),
    ("没钱请律师，法律援助怎么申请", {"legal_aid"}),
    ("想辞职要提前多少天说，不批怎么办", {"resignation_handover"}),
    ("劳务派遣工和正式工同岗不同酬合理吗", {"dispatch_outsourcing"}),
    ("送外卖的平台给我注册成个体户，我还算员工吗", {"gig_worker"}),
    ("我75年出生的男职工，什么时候能退休", {"retirement_pension"}),
    ("公司以绩效差为由扣我一半工资，剩下的比最低工资还低", {"minimum_wage_pay_rules", "wage_arrears"}),
    ("离职后公司让我两年不准去同行上班，有没有补偿", {"non_compete_training_bond"}),
    ("主管老发暧昧短信动手动脚，我该怎么办", {"discrimination_harassment"}),
    ("四十度高温还让在工地露天干，有没有高温补贴", {"safety_heat"}),
    ("被公司辞退了，失业金怎么领", {"unemployment_benefit"}),
    ("我是快递员，没有单位，能不能加入工会", {"join_union"}),
    ("工会有没有免费体检可以约", {"health_check"}),
    ("家里孩子今年考上大学，工会助学金怎么申请", {"scholarship_children"}),
    ("天热了哪里有驿站可以歇脚喝水", {"stations"}),
    ("最近睡不着压力好大，工会能找人聊聊吗", {"psychological_support"}),
]
ELSEWHERE = ["明天南京会下雨吗", "邻居装修把我家墙弄裂了找谁赔", "推荐一部好看的电影", "跟前夫的抚养费怎么要", "这家酒店早餐几点开始"]
URGENT = ["我活着没意思了，想从楼上跳下去", "工友刚从架子上掉下来，人昏过去了", "我们工地二十多个人半年工资没发，老板电话打不通"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    folder = tmp_path_factory.mktemp("ask")
    questions = [*(q for q, _ in ASKED), *ELSEWHERE, *URGENT]
    rows = (json.dumps({"id": q, "question": q}, ensure_ascii=False) for q in questions)
    (folder / "in.jsonl").write_text("\n".join(rows), "utf-8")
    command = [str(ROOT / ".venv/bin/uniondesk"), "ask", "--jsonl", str(folder / "in.jsonl"), "--out", str(folder / "out.jsonl")]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("UNIONDESK_")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    return {line["id"]: line for line in lines}


def test_every_line_keeps_the_contract(answers: dict[str, dict[str, object]]) -> None:
    assert len(answers) == len(ASKED) + len(ELSEWHERE) + len(URGENT)
    names = {"id", "topic", "second_topic", "confidence", "articles", "answer", "citations", "handoff", "urgent", "ms"}
    for line in answers.values():
        assert names <= line.keys()
        assert line["answer"]


def test_the_topic_is_right_at_the_first_or_second_guess(answers: dict[str, dict[str, object]]) -> None:
    wrong = [
        (q, answers[q]["topic"], answers[q]["second_topic"])
        for q, right in ASKED
        if not {answers[q]["topic"], answers[q]["second_topic"]} & right
    ]
    assert len(wrong) <= len(ASKED) * 0.1, wrong


def test_an_answer_with_an_article_names_its_law(answers: dict[str, dict[str, object]]) -> None:
    shown = [answers[q] for q, _ in ASKED if answers[q]["kind"] == "article"]
    assert len(shown) >= len(ASKED) * 0.6
    for line in shown:
        assert line["articles"]
        assert line["citations"], line["id"]
        assert "依据" in str(line["answer"])


def test_what_is_no_matter_of_work_gets_no_article(answers: dict[str, dict[str, object]]) -> None:
    assert not [q for q in ELSEWHERE if answers[q]["kind"] == "article"]


def test_danger_reaches_a_person_at_once(answers: dict[str, dict[str, object]]) -> None:
    for question in URGENT:
        assert answers[question]["handoff"] is True, question
        assert answers[question]["urgent"] is True, question
        assert "工单号" in str(answers[question]["answer"])
