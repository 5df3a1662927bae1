"""The name of an employer in a worker's sentence: told from the kind of firm it is and from the place it is in."""

import re

from desk.districts import CITIES

# Characters that a name hardly has and a sentence always has: what lies between them may be a name.
_NAME = (
    r"(?P<name>[^\W在给被跟到去从进的了我你他她它们这那哪某几让把向对告是做干说问要不没未有如果因"
    r"所应该可以就也都还又会能想请需者个且但而何怎么_]{2,18}?)"
)
_SUFFIX = r"(?P<suffix>公司|集团|工厂|厂|工地|项目部|饭店|酒店|宾馆|餐厅|餐馆|火锅店|超市|商场|医院|学校|幼儿园|站点|配送站|酒楼|店)"
_EMPLOYERS = (
    # Where somebody works: 在…厂上班, 给…公司干活, 名字叫…集团.
    re.compile(
        rf"(?:在|叫做?|入职了?){_NAME}{_SUFFIX}(?=上|干|工作|打工|做|送|跑|当|开|搬|拖|欠|不给|没|的|老板|里|离职|辞职|被|受伤|摔"
        rf"|出|入职|实习|[，。,.、；！？!?]|$)"
    ),
    re.compile(rf"(?:给|到|进了?|去|从|来了?|于){_NAME}{_SUFFIX}(?=上班|上工|干|工作|打工|做工|做了|送|跑|当|实习|离职|辞职|里干|里做)"),
    # Who owes or dismisses: …公司拖欠, 被…厂辞退.
    re.compile(rf"(?:^|[，。,；！？!?：:]|被|告){_NAME}{_SUFFIX}(?=老板|拖|欠|不发|没发|不给|没给|一直|辞退|开除|裁|把我|让我)"),
    re.compile(
        r"(?P<name>[^\W在给被跟到去从进的了我你他她它们这那哪某几家让把向对告是做干说问约因由为和与_]{2,18}?)(?P<suffix>有限责任公司"
        r"|股份有限公司|有限公司)"
    ),
)
_KIND_WORDS = re.compile(
    r"电子|服装|塑料|塑胶|玩具|食品|机械|五金|家具|鞋|化工|印刷|包装|纺织|制衣|制造|加工|代工|建筑|建设"
    r"|装修|装饰|装潢|物流|快递|速递|货运|运输|外卖|送餐|配送|物业|保洁|保安|家政|劳务|派遣|人力资源|人力"
    r"|外包|科技|技术|网络|信息|软件|贸易|商贸|广告|传媒|教育|培训|房地产|地产|金融|投资|咨询|管理|服务"
    r"|工程|安装|门窗|电力|电器|汽车|汽配|汽修|制药|医药|医疗|器械|美容|美发|理发|餐饮|火锅|有限|责任"
    r"|股份|集团|实业|发展|文化|工业|总|分|子|母|小|大|新|老|旧|原|本|该|贵|此|私人|私营|私立|公立"
    r"|民办|个体|国有|国营|民营|外资|合资|日资|台资|港资|上市|中介|保险|代驾|网约车|出租车?|公交|煤|砖"
    r"|水泥|钢铁?|造纸|纸箱|模具|电池|半导体|芯片|手机|上家|下家|前|现|皮包|环卫|绿化|园林|养殖|屠宰"
    r"|面粉|饲料|奶茶|烧烤|婚纱|彩票|网|便利|药|书|饭|酒|茶|早餐|小吃|快餐|连锁|平台|第三方|用工|用人"
    r"|实际|建筑工?|平面|外地|本地|国外|县城|镇上|村里|农村|街上|楼下|附近|别的|其他|另外|另|原来|以前"
    r"|现在|公家|肉联|外贸|内贸|棉纺|毛纺|砂石|采石|石料|铅酸|铝制品|铝|铜|建材|木材|木器|消防|租赁|代账"
    r"|洗车|康复|直播|机器人|宠物|代购|销售|电话|设备|造船|船|轮胎|橡胶|陶瓷|玻璃|灯具|窗帘|罐头|饮料"
    r"|酒水|水产|冷冻|冷库|眼镜|首饰|珠宝|皮革|箱包|制鞋|雨伞|拉链|电缆|电线|变压器|电梯|空调|冰箱|家电"
    r"|月子|早教|健身|游泳|洗浴|足浴|按摩|棋牌|台球|影楼|摄影|婚介|旅游|旅行|货代|仓储|搬家|清洗|清洁"
    r"|测绘|监理|设计|检测|劳保|种子|农业|医美|整形|婚庆|主题|国家|农机|护工|人事|代理|企业|融资|幼儿"
    r"|中学|小学|职业|中专|技工|技校|人民|中心|工厂|厂房|公司|工地|单位|老板|门店|分店|总店|专卖|大型"
    r"|小型|多家?|一|两|几|个|家|上海|北京|深圳|广州"
)
_SITE = re.compile(r"期|城|苑|府|园|湾|庭|大厦|广场|项目|标段|花|楼|馆|院")
_NOT_A_NAME = re.compile(
    r"一家|前|后|先|找|谁|付|送|里|扣|客户|发现|必须|补贴|结束|终止|最近|[一二三四五六七八九十\d]天|骚扰|倒闭|拖|欠|老板|工资|辞|退"
    r"|破产|所有|很多|任何|全部|违法|违约|规定|通知|上班|打工|干活|合同|员工|工人|农民工|期间|后来|昨天|今天|现在|目前|去年|今年"
    r"|离职|赔"
)


def employer_in(said: str) -> str | None:
    """The name of a firm, site or shop in a tidied message, where one is plain. 电子厂 is a kind, 济南工地 a place: neither is a name."""
    names = set()
    for match in (m for pattern in _EMPLOYERS for m in pattern.finditer(said)):
        core, suffix = match["name"], match["suffix"]
        if _NOT_A_NAME.search(core) or (suffix == "工地" and not _SITE.search(core)):
            continue
        rest = _KIND_WORDS.sub("", core)
        for place in CITIES:
            rest = rest.removeprefix(place)
        rest = re.sub(r"^[\u4e00-\u9fa5]{0,3}[市区县镇乡村省]", "", rest)
        if len(re.findall(r"[\u4e00-\u9fa5a-z]", rest)) >= 2 and not re.fullmatch(r"[x*某]+", rest):
            names.add(core + suffix)
    whole = {name for name in names if not any(name != other and name in other for other in names)}
    return whole.pop() if len(whole) == 1 else None
