"""Whose field a message is that is not ours: a friendly line that names the right door is worth more than a number for everything.

Only the door is named, never what the law says there. The first field whose words stand in the message is taken, dangers first.
"""

import re

# Each name is also that of its line in the texts: elsewhere.<name>.
_FIELDS = (
    (
        "violence",
        r"家暴|家庭暴力|(?:老公|丈夫|前夫|男朋友|对象|老婆|妻子|父亲|爸|继父)[^。？！]{0,12}(?:打我|打孩子|打老婆|打人|动手|威胁)|强奸|猥亵|虐待|跟踪",
    ),
    (
        "fraud",
        r"诈骗|被骗|受骗|骗(?:了|走|我|钱|子)|传销|非法集资|集资|杀猪盘|钓鱼网站|跑路|卷款|理财|投资.{0,12}(?:取不出|提不出|没了|进不去|血本)|融资(?:公司|平台)|P2P|众筹",
    ),
    (
        "criminal",
        r"判(?:刑|几年|多少年|多久|缓)|取保|拘留|逮捕|坐牢|刑事|缓刑|看守所|自首|犯(?:罪|法)|赌(?:博|场|债|钱)|吸毒|贩毒|偷(?:窃|了|东西)|盗窃|打架|轻伤|重伤|寻衅|滥伐|酒驾|醉驾|嫖",
    ),
    ("traffic", r"交通事故|车祸|追尾|撞(?:了|到|上|车|人|死|伤)|交警|肇事|交强险|驾照|驾驶证|扣分|违章|闯红灯|行驶证|年检|电动车上牌"),
    (
        "family",
        r"离婚|结婚|婚前|婚后|彩礼|嫁妆|抚养|赡养|出轨|第三者|小三|分居|婆婆|儿媳|夫妻|遗产|继承|遗嘱|私生|亲子|前妻|前夫|未婚|订婚|娘家|丈母娘|岳父|养老送终|断绝.{0,4}关系",
    ),
    (
        "finance",
        r"信用卡|网贷|小贷|车贷|房贷|花呗|借呗|银行|征信|储蓄卡|储蓄|存款|理赔|商业险|意外险|保险(?:公司|合同|代理|单)|人寿|平安|重疾险|车险|逾期|催收|贷款|证券|股票|基金",
    ),
    (
        "consumer",
        r"淘宝|天猫|京东|拼多多|闲鱼|网购|快递.{0,6}(?:丢|坏)|退款|退货|假货|预付卡|会员卡|充值|健身|美容|4S|二手车|买(?:了|的|到)[^。？！]{0,14}(?:坏|假|质量|问题|过期)|售后|保修|消费者|商家|卖家|培训班.{0,8}退|旅行社",
    ),
    (
        "housing",
        r"租房|房租|房东|租客|租的?(?:房|店|铺)|物业|业主|楼盘|买房|购房|开发商|房产证|房屋|房子|装修|二手房|中介费|小区|邻居|漏水|公租房|廉租|经济适用|保障性|限购",
    ),
    (
        "land",
        r"宅基地|承包地|土地|征地|拆迁|征收|安置房|村委|村里|村民|队里|山林|林地|建房|盖房|违建|城管|粮食补贴|种地|农田|鱼塘|户口|迁户|落户|身份证|签证|护照|移民|绿卡|学校|入学|学籍|高考",
    ),
    (
        "business",
        r"营业执照|注册(?:公司|商标)|商标|专利|著作权|版权|税|发票|环保|食品|抽检|招投标|投标|中标|资质|个体户|注销公司|股权|股东|股份|入股|分红|合伙|加盟|转让|法人(?:变更|代表)|经营范围|许可证|罚款|外商|破产清算",
    ),
    (
        "debt",
        r"借(?:了|给|我|条|款|钱|据)|欠(?:条|款|我|钱|债|了)|货款|尾款|供货|订金|定金|担保|债|还钱|还款|执行|冻结|起诉|法院|判决|合同纠纷|违约|材料款|工程款|砖款|租金|押金|赔",
    ),
)
_COMPILED = tuple((name, re.compile(words)) for name, words in _FIELDS)


def field(text: str) -> str:
    """The field that a message of somebody else's law belongs to, or `law` where no words tell."""
    said = text[:3000]
    return next((name for name, words in _COMPILED if words.search(said)), "law")
