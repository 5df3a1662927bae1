"""Districts as workers name them: those of Jiangsu with or without 区, others where 区 or 县 is said."""

import re

# By city: distinctive names, which are understood without 区 or 市 as well; after the bar, names that are also common words
# or other places and are only taken in full.
_JIANGSU = {
    "南京": "江宁区 浦口区 栖霞区 六合区 溧水区 高淳区 雨花台区 玄武区 秦淮区 江北新区 | 建邺区 鼓楼区",
    "无锡": "梁溪区 惠山区 新吴区 江阴市 宜兴市 | 锡山区 滨湖区",
    "徐州": "贾汪区 泉山区 铜山区 睢宁县 新沂市 邳州市 沛县 | 云龙区 丰县",
    "常州": "武进区 金坛区 溧阳市 | 天宁区 钟楼区 新北区",
    "苏州": "姑苏区 相城区 吴江区 吴中区 常熟市 张家港市 昆山市 太仓市 | 虎丘区 苏州工业园区",
    "南通": "崇川区 如东县 启东市 如皋市 海安市 | 通州区 海门区",
    "连云港": "赣榆区 灌云县 灌南县 | 连云区 海州区 东海县",
    "淮安": "清江浦区 洪泽区 涟水县 盱眙县 | 淮安区 淮阴区 金湖县",
    "盐城": "亭湖区 盐都区 阜宁县 射阳县 建湖县 东台市 | 大丰区 响水县 滨海县",
    "扬州": "邗江区 江都区 宝应县 仪征市 高邮市 | 广陵区",
    "镇江": "丹徒区 丹阳市 扬中市 句容市 | 京口区 润州区",
    "泰州": "姜堰区 靖江市 泰兴市 | 海陵区 高港区 兴化市",
    "宿迁": "宿城区 宿豫区 沭阳县 泗阳县 泗洪县 |",
}

# Provinces and the cities that stand for them: where somebody works decides which rules count.
_PROVINCES = {
    "江苏": " ".join(_JIANGSU),
    "北京": "",
    "上海": "",
    "天津": "",
    "重庆": "",
    "广东": "广州 深圳 东莞 佛山 惠州 中山 珠海 汕头 江门 湛江 肇庆 茂名 清远 揭阳 潮州",
    "浙江": "杭州 宁波 温州 绍兴 嘉兴 台州 金华 义乌 湖州 衢州 丽水 舟山 海宁 桐乡 慈溪 余姚 诸暨 瑞安 乐清 温岭",
    "安徽": "合肥 芜湖 蚌埠 滁州 马鞍山 阜阳 安庆 六安 淮南 淮北 宿州 亳州 宣城 铜陵",
    "山东": "济南 青岛 烟台 潍坊 临沂 威海 淄博 济宁 泰安 德州 聊城 菏泽 滨州 东营 日照 枣庄",
    "河南": "郑州 洛阳 开封 南阳 新乡 许昌 商丘 周口 信阳 安阳 焦作 平顶山 驻马店 濮阳",
    "湖北": "武汉 宜昌 襄阳 荆州 黄石 十堰 孝感 黄冈",
    "湖南": "长沙 株洲 湘潭 衡阳 岳阳 常德 邵阳 郴州",
    "四川": "成都 绵阳 德阳 宜宾 泸州 南充 自贡 乐山",
    "陕西": "西安 咸阳 宝鸡 渭南",
    "福建": "福州 厦门 泉州 莆田 漳州 宁德 龙岩 三明",
    "江西": "南昌",
    "云南": "昆明",
    "贵州": "贵阳",
    "广西": "南宁",
    "辽宁": "沈阳 大连",
    "吉林": "长春",
    "黑龙江": "哈尔滨",
    "河北": "石家庄 唐山 保定 邯郸 廊坊 沧州 秦皇岛",
    "山西": "太原",
    "甘肃": "兰州",
    "海南": "海口",
    "内蒙古": "",
    "新疆": "",
    "宁夏": "",
    "青海": "",
    "西藏": "",
}
CITIES = tuple(name for province, cities in _PROVINCES.items() for name in (province, *cities.split()))
_PROVINCE_OF = {name: province for province, cities in _PROVINCES.items() for name in (province, *cities.split())}
# Where somebody comes from is not where they work.
_PLACE = re.compile(rf"(?P<at>在|到|去|于|是)?(?P<name>{'|'.join(CITIES)})(?P<home>人(?!力|社|民)|籍|老家|户口)?")


def province_in(said: str) -> str | None:
    """The one province that a message is about, by its name or a city's; None where there is none or no telling which."""
    places = [m for m in _PLACE.finditer(said) if not m["home"]]
    at_work = {_PROVINCE_OF[m["name"]] for m in places if m["at"] in ("在", "于", "到", "去")}
    named = at_work or {_PROVINCE_OF[m["name"]] for m in places}
    if not named and any(pattern.search(said) for _, pattern in DISTRICTS):
        return "江苏"
    return named.pop() if len(named) == 1 else None


def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for names in _JIANGSU.values():
        distinctive, _, ambiguous = names.partition("|")
        for full in distinctive.split():
            # Two characters at least stand for the place; before 路 or 街 they name a street, and 六合同 is no place.
            short = full[:-1] if len(full) > 2 and full != "江北新区" else full
            found.append((full, re.compile(full if short == full else rf"{short}(?:{full[-1]}|(?![路街道同区市县]))")))
        found += [(full, re.compile(full)) for full in ambiguous.split()]
    return tuple(found)


# Each district's full name and what names it in a message.
DISTRICTS = _patterns()
_ANY_DISTRICT = re.compile(
    rf"(?:^|[，。,、；;：:（(省市州在到去于住是从]|{'|'.join(CITIES)})(?P<name>(?:[\u4e00-\u9fa5]{{1,2}}新区"
    rf"|[\u4e00-\u9fa5]{{2,3}}[区县]))(?![长城委级间别域医内外分领导])"
)
_NO_DISTRICT = re.compile(
    r"[小地社园厂校城郊市景山全辖片矿灾宿生开工这那哪各个东西南北发动禁专]区|工业|开发|外县|县县|如何|怎么|新闻"
    r"|[在到去的这那哪某一我他]|本[区县]|[农老]?家|外区"
)


def district_in(said: str) -> str | None:
    """The one district, county or county-level city that a tidied message names; None where there are several or none."""
    known = {full for full, pattern in DISTRICTS if pattern.search(said)}
    if not known:
        known = {m["name"] for m in _ANY_DISTRICT.finditer(said) if not _NO_DISTRICT.search(m["name"])}
    return known.pop() if len(known) == 1 else None
