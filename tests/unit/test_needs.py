"""What an article cannot move on: found by its signs; a plain question, a law-book question and a settled matter are not."""

import pytest

from desk import needs

NEEDED = [
    ("wants_help", "我们班组想找律师全权代理讨薪的事，公司欠了半年工资"),
    ("wants_help", "工会能不能派个人来我们厂，帮我们去要工资"),
    ("offices_in_vain", "劳动局去了四趟，每回都说在处理，工钱一分没见着"),
    ("offices_in_vain", "仲裁赢了两年了，公司没钱，法院说没有可供执行的财产，工资还拿得到吗"),
    ("left_alone_hurt", "在纸箱厂压伤了手，老板什么都不管，连面都不见"),
    ("left_alone_hurt", "工地上摔下来住院，包工头没钱了叫我自己想办法"),
    ("death", "我叔在采石场出事人没了，矿主想私下了结"),
    ("death", "我姐夫在矿上出意外死了，两个孩子都小，如果他违规操作过，赔的会不会少"),
    ("severe_injury", "我弟在工地触电，现在还躺着，医生说要截肢"),
    ("employer_gone", "店长把人都遣散了自己换了号，我们三个月的提成还没给"),
    ("employer_gone", "厂子破产了，欠的工资没发，该找谁要"),
    ("many_unpaid", "我们十二个刷漆的，总包没给我们一分工钱，工资都没发"),
    ("foreman_between", "我是包了一层的活，上头没给结，工人工资我拿什么发"),
    ("own_liability", "我家请的小工从架子上摔下来，我家要负多大责任"),
    ("family_missing", "我爸跟老乡出去打工，半年联系不上了"),
    ("threatened", "我去要加班费，老板扬言要报复我全家，还在厂里放话"),
    ("pressed_to_settle", "胳膊断了，老板说给三万让我签字了结"),
    ("all_of_us", "车间大家都被逼着跟一个空壳公司换合同，工龄清零"),
    ("occupational_disease", "查出尘肺，原来的矿封了，老板早跑了，谁管"),
    ("sent_abroad", "在国外工地打工，护照被扣了，欠我一年的钱回不来"),
    ("protected_mother", "产假还没休完公司就通知我岗位撤了，办离职"),
]

NOT_NEEDED = [
    "年假一年有几天",
    "加班费怎么算，节假日是三倍吗",
    "工伤十级一次性补助金是几个月工资",
    "用人单位能否与哺乳期女职工解除劳动合同？",
    "劳动者在试用期内提前几天通知可以离职",
    "我想问问怎么加入工会，要带什么",
    "公积金可以提取出来交房租吗",
    "小区物业把我的车砸了怎么办",
    "理发店老板跑了，我充值卡里还有两千",
    "集资理财的公司跑路了，本金还能追回吗",
    "公司让我去外地出差，不去算旷工吗",
    "仲裁要交多少份申请书",
    "退休职工去世后，丧葬费找哪里领",
    "我把钱借给同事，他不还怎么办",
    "如果员工在单位突发疾病死了，算不算工伤",
    "劳动合同签了两份，公司一直没给我们，要得回来吗",
    "我外公上礼拜去世了，请了三天假要扣工资吗",
]


@pytest.mark.parametrize(("kind", "said"), NEEDED)
def test_the_sign_shows(kind: str, said: str) -> None:
    assert needs.detect(said) == kind


@pytest.mark.parametrize("said", NOT_NEEDED)
def test_a_plain_question_needs_nobody(said: str) -> None:
    assert needs.detect(said) == ""


def test_a_long_message_is_read_quickly_to_its_three_thousandth_character() -> None:
    assert needs.detect("好" * 200_000) == ""
    assert needs.detect("好" * 4000 + "厂长跑了工资没发") == ""
