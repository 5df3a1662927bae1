"""Names: the Chinese words for what the database calls by an English one."""

TOPICS = {
    "wage_arrears": "拖欠工资", "overtime_pay": "加班费", "labour_contract": "劳动合同", "dismissal_compensation": "辞退与补偿",
    "probation": "试用期", "social_insurance": "社会保险", "housing_fund": "住房公积金", "work_injury": "工伤",
    "occupational_disease": "职业病", "sick_leave_medical_period": "病假与医疗期", "annual_leave": "年休假",
    "maternity_female_rights": "女职工权益", "arbitration_procedure": "劳动仲裁", "limitation_period": "时效", "evidence": "证据",
    "legal_aid": "法律援助", "resignation_handover": "离职交接", "dispatch_outsourcing": "派遣与外包", "gig_worker": "新就业形态",
    "retirement_pension": "退休与养老", "minimum_wage_pay_rules": "最低工资与发薪", "non_compete_training_bond": "竞业与服务期",
    "discrimination_harassment": "歧视与骚扰", "safety_heat": "劳动安全与高温", "unemployment_benefit": "失业保险",
    "other_labour": "其他劳动问题", "join_union": "入会", "transfer_membership": "会籍转接", "membership_fee": "会费",
    "set_up_union": "建会", "member_card": "会员卡", "member_data": "会员信息", "hardship_aid": "困难帮扶",
    "mutual_aid_insurance": "互助保障", "medical_second_insurance": "医疗二次保障", "scholarship_children": "金秋助学",
    "degree_support": "求学圆梦", "health_check": "健康体检", "convalescence": "疗休养", "skills_training": "技能培训",
    "skills_subsidy": "技能补贴", "job_search": "求职", "coupons": "优惠券", "points": "积分", "stations": "驿站", "study_room": "自习室",
    "child_care": "暑托班", "matchmaking": "婚恋交友", "psychological_support": "心理支持", "birthday_holiday_gift": "节日与生日慰问",
    "culture_sports": "文体活动", "female_worker_care": "康乃馨服务站", "heat_relief": "送清凉", "winter_relief": "送温暖",
    "safety_hazard_report": "安全隐患报告", "suggestion_proposal": "建议提案", "complaint_service": "投诉", "rate_my_union": "会员评家",
    "survey": "问卷", "enterprise_help": "助企", "greet": "问候", "thanks": "感谢", "goodbye": "告别", "bot_identity": "机器人身份",
    "human": "找人工", "cancel": "取消", "my_progress": "查进度", "my_reminders": "我的提醒", "privacy": "隐私", "unsubscribe": "退订",
    "off_topic": "题外话", "other_law": "其他法律问题",
}  # fmt: skip

URGENCIES = {0: "紧急", 1: "优先", 2: "普通"}
CHANNELS = {"telegram": "Telegram", "web": "网页", "cli": "命令行"}
REASONS = {
    "asked": "要求人工", "doubt": "机器人拿不准", "article": "知识条目要求人工", "urgent": "紧急情况", "form": "提交了表单",
    "contact": "主动联系",
}  # fmt: skip
EVENTS = {
    "opened": "立案", "added": "补充", "assigned": "分派", "urgent": "升为紧急", "resolved": "办结", "reopened": "重新打开",
    "rated": "评分", "breached": "首次回复超时",
}  # fmt: skip
DELIVERIES = {
    "pending": "发送中", "sending": "发送中", "held": "暂停中", "sent": "已送达", "blocked": "对方已屏蔽", "failed": "未送达",
    "unknown": "结果未知", "cancelled": "已取消",
}  # fmt: skip
CAMPAIGNS = {
    "draft": "待审核", "approved": "已通过", "running": "发送中", "paused": "已暂停", "done": "已完成", "cancelled": "已取消",
}  # fmt: skip
ENROLLMENTS = {"enrolled": "已报名", "waiting": "候补", "cancelled": "已取消"}
REVISIONS = {"draft": "待审核", "published": "已发布", "rejected": "已退回"}
SOURCES = {"draft": "待审核", "published": "已发布", "withdrawn": "已撤下"}
SOURCE_KINDS = {"statute": "法规", "policy": "政策文件"}
ROLES = {"counsellor": "工会干部", "admin": "管理员"}
LANES = {"reply": "机器人回复", "agent": "人工回复", "due": "提醒", "campaign": "群发"}
KINDS = {
    "photo": "照片", "document": "文件", "voice": "语音", "audio": "音频", "video": "视频", "location": "位置", "contact": "联系方式",
    "sticker": "贴纸",
}  # fmt: skip

# What the bot's memory and a case's facts are called. Forms bring their own Chinese labels.
FIELDS = {
    "question": "最近的问题", "topic": "主题", "second_topic": "次要主题", "confidence": "把握", "articles": "已看过的知识",
    "facts": "已知情况", "urgent": "紧急类型", "phone": "电话", "place": "位置", "money": "金额", "amount": "金额", "months": "月数",
    "people": "人数", "worked": "干了几个月", "grade": "伤残等级", "duration": "时长", "date": "日期", "region": "适用地区", "doubts": "连续拿不准", "owed": "欠薪金额",
    "wage": "工资", "employer": "单位", "employed": "是否在职", "contract": "是否签合同", "title": "标题", "asks": "问法",
    "answer": "回答", "steps": "步骤", "evidence": "证据", "deadlines": "时限", "costs": "费用", "go": "去哪里", "avoid": "不要做",
    "phones": "电话", "sources": "依据", "valid_from": "生效日", "valid_until": "失效日", "services": "相关服务",
    "calculators": "相关计算器", "offer_person": "主动提供人工", "overview": "主题总览", "signs": "附句：出现的词", "beside": "附句：附在哪些主题后", "remark": "附句", "checked": "逐条核对过", "id": "编号", "amount_capped": "封顶后金额",
    "base": "计算基数", "capped": "是否封顶", "total": "合计", "compensation": "经济补偿", "notice_pay": "代通知金", "days": "天数",
    "hours": "小时", "rate": "标准", "deadline": "期限", "ok": "是否达标", "shortfall": "差额", "age": "年龄",
    "standard_hours": "标准工时", "overtime_hours": "加班小时", "holiday_hours": "法定假日小时", "within": "是否在限内", "over": "超出",
    "limit": "上限", "start": "开始日", "end": "结束日", "minimum": "最低", "maximum": "最高", "district": "区县", "industry": "行业",
    "employment": "用工情况", "pregnant": "怀孕", "dates": "提到的日期", "full_months": "整月数", "extra_workdays": "零头工作日",
    "extra_amount": "应加付", "max_months": "最长月数", "min_pay": "最低工资", "excess_months": "超出的月数", "damages": "赔偿金",
    "monthly": "每月", "hourly": "小时工资", "monthly_cap_hours": "每月上限（小时）", "excess_hours": "超出（小时）", "daily": "日工资",
    "extra_200pct": "还应补（200%）", "total_300pct": "总额（300%）", "unused_days": "未休天数", "lump_sum": "一次性补助金",
    "monthly_allowance": "每月津贴", "lump_sum_death": "一次性工亡补助金", "funeral": "丧葬补助金", "monthly_total": "每月合计",
    "pay": "应付工资", "employer_deadline": "单位申请期限", "worker_deadline": "职工申请期限", "last_day": "最后一天",
    "time_barred": "已过时效", "decision_days": "裁决天数", "delay_months": "延迟月数", "age_years": "岁", "age_months": "零几个月",
    "retire_month": "退休年月", "min_contribution_years": "最低缴费年限", "comparable": "可比工资", "compliant": "符合规定",
    "max_deduction": "每月最多扣", "extra_min": "加付下限", "extra_max": "加付上限", "dues": "每月会费", "minimum_monthly": "每月最低",
    "employer_share": "单位应缴", "worker_share": "个人应缴",
}  # fmt: skip
VALUES = {
    "self_harm": "自伤风险", "injury_now": "正在发生的伤害", "violence": "暴力威胁", "group_unpaid": "群体欠薪", "minor": "未成年人",
    "pregnancy_dismissal": "孕期被辞退", "deadline_soon": "时限将到", "harassment": "性骚扰",
}  # fmt: skip

# What a page says after a form was done and led there.
SAID = {
    "saved": "已保存", "added": "已添加", "submitted": "已提交，等待另一位管理员审核", "approved": "已审核通过", "started": "已开始发送",
    "paused": "已暂停", "resumed": "已继续发送", "cancelled": "已取消", "tested": "测试消息已发到您自己的聊天",
    "published": "已发布，立即可以搜到", "rejected": "已退回", "withdrawn": "已撤下，职工不会再看到", "deleted": "已删除",
    "password": "密码已修改", "deactivated": "已停用，其名下工单已退回队列", "activated": "已启用",
}  # fmt: skip


def topic(name: str) -> str:
    return TOPICS.get(name, name)


def field(name: str) -> str:
    return FIELDS.get(name, name)


def named(value: object, words: dict[object, str]) -> str:
    """The word for a value, or the value itself."""
    return words.get(value, str(value))


def button(payload: str) -> str:
    """What pressing a button asked for, for a message that has no words of its own."""
    command, _, rest = payload.removeprefix("/").partition(" ")
    words = {
        "article": "看知识", "part": "看细节", "service": "办理", "calculate": "计算", "activities": "看活动", "enroll": "报名",
        "unenroll": "取消报名", "menu": "菜单", "human": "找人工", "rate": "评分", "start": "开始", "unsubscribe": "退订",
        "subscribe": "订阅", "answer": "回答",
    }  # fmt: skip
    shown = rest.split()[-1] if command in ("rate", "answer") and rest else ""
    return " ".join(part for part in (words.get(command, payload), shown) if part)
