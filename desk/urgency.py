"""Urgency: what must not wait. Found by words, on every message, before anything else is understood.

A false alarm costs a counsellor a minute; a missed one may cost a life: the patterns lean to the safe side.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Urgent:
    """What was found. `kind` names it; `level` is urgent (a hotline at once, first in the queue) or high."""

    kind: str
    level: str


_PATTERNS: tuple[tuple[str, str, str], ...] = (
    ("self_harm", "urgent", r"不想活|活不下去|想死|去死了算|轻生|自杀|自残|割腕|跳楼|跳江|跳河|上吊|喝农药|了结(自己|生命)|没有?(什么)?活(着|下去)的?(意思|必要|盼头)|死了算了|一了百了"),
    ("injury_now", "urgent", r"(刚刚?|刚才|现在|正在|马上|今天|今早|昏迷|还在).{0,16}(摔下|坠落|掉下来|压伤|压住|砸[到伤中]|绞[进到断]|触电|电伤|烧伤|烫伤|撞[了伤到]|流血|断[了指]|中毒|昏[迷倒]|晕倒|抢救|急救|受伤|埋了)|(昏迷|抢救|大出血|ICU|重症监护|送急诊|手指被?(切|绞|压)断了?.{0,6}(怎么办|医院)).{0,10}"),
    ("violence", "urgent", r"(老板|工头|包工头|保安|他们|领导|经理|站长|公司的?人).{0,12}(打我|打人|打了我|动手|要打|砍|拿刀|威胁|恐吓|扣(着|押)?我?(身份证|不让走)|不让(我|我们)?(走|出门|离开)|关(着|起来)|非法拘禁)|被.{0,8}(打了|打伤|殴打|砍伤|威胁|恐吓|拘禁|强奸|猥亵|强暴)|人身安全|(要|扬言).{0,4}(杀|弄死|打死|报复)"),
    ("group_unpaid", "urgent", r"(我们|俺们|咱们?|一共|大概|大约|总共|有|全(班组|厂|公司|队|工地)|[几十上百多]+)[^，。,]{0,8}?(\d{2,}|[十百几]+多?|好几十|几十|十几|二十|三十|上百|一百多?)(个|名|号|位)?(多)?(人|工人|工友|农民工|兄弟|员工|同事|骑手)[^。]{0,40}(工资|工钱|血汗钱|薪|没(给|发|结)|拖欠|欠)|(拖欠|欠)[^。]{0,20}(\d{2,}|[十百几]+多?)(个|名|号|位)多?(人|工人|工友|农民工|员工)[^。]{0,12}(工资|工钱)|(堵门|拉横幅|集体上访|集体讨薪|爬塔吊|爬楼顶)"),
    ("minor", "high", r"(我|他|她|孩子|儿子|女儿|弟弟?|妹妹?|侄子|外甥|小孩|童工).{0,8}(才|今年|只有|不到|未满|还没满|没满|没到|还不满)?.{0,3}(1[0-7]|十[一二三四五六七])(周?岁)|未满(18|十八|16|十六)周?岁|未成年人?(工|打工|上班|干活)|童工"),
    ("pregnancy_dismissal", "high", r"(怀孕|孕期|怀了|身孕|产假|哺乳期|备孕).{0,40}(辞退|开除|解雇|解除|裁|劝退|逼.{0,6}(辞职|走)|不要我|赶我?走|调岗|降薪|终止|不续)|(辞退|开除|解雇|解除|裁员?|劝退|逼.{0,6}辞职|终止).{0,30}(怀孕|孕期|孕妇|产假|哺乳期)"),
    ("deadline_soon", "high", r"(仲裁|起诉|时效|上诉|复议|申请|举证|工伤认定).{0,18}(还(剩|有)|只(剩|有)|剩下?|就剩|不到|差|还差).{0,4}([1-9]|[12]\d|30|[一二两三四五六七八九十]|十[一-九]|二十[一-九]?|三十|几)(天|日|个?星期|周)|(快|马上|就要|即将|眼看).{0,4}(过|超过?|到)了?.{0,6}(仲裁|时效|一年|起诉期|期限)|(明天|后天|这周|下周).{0,10}(开庭|到期|截止|最后一天)|(裁决书?|判决书?)(刚|昨天|前天|今天)?.{0,6}(收到|下来|拿到)"),
    ("harassment", "high", r"(性骚扰|猥亵|摸我|强奸|侵犯了?我)"),
)
_COMPILED = tuple((kind, level, re.compile(pattern)) for kind, level, pattern in _PATTERNS)
# Said about somebody else's law book, not about a life.
_TEXTBOOK = re.compile(r"^(什么(是|叫)|如何认定|怎样认定|.{0,24}(的)?(情形|条件|规定|责任|标准|程序)(有哪些|是什么))")


def detect(text: str) -> Urgent | None:
    """The most urgent thing in a message, or None."""
    for kind, level, pattern in _COMPILED:
        if pattern.search(text):
            if kind not in ("self_harm",) and _TEXTBOOK.search(text):
                return None
            return Urgent(kind, level)
    return None
