"""Words of made-up papers: what every paper of a type says, and parts from which facts are put together."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志辉玉梅红云飞海燕晓春雪文斌鹏宇浩凯琳佳慧欣怡婷颖倩雅洁俊峰德福"
    "贵祥瑞安康宁庆丰泽润清源林森木山川河湖江岳松柏竹兰菊荷蓉莲薇"
)
PLACES = (
    "河东路、河西街、北门巷、南关村、示例大道、砂石场路、工业园一路、清河大街、王家庄、李家湾、石桥镇、柳林坡、东岭、西坝、桃园里、"
    "杏花村、十里铺、三岔口、老码头、新桥头、油坊胡同、学府路、幸福里、和平街、团结渠、胜利桥、红旗坡、向阳沟、青松岭、白杨林、枣树湾、"
    "苹果园、菜市口、粮库街、车站路、水塔巷、铁匠营、窑厂路、磨坊街、盐店巷"
).split("、")
FIRMS = (
    "砂石料场、食品店、建材厂、养殖场、加油站、餐饮店、木材加工厂、物流公司、洗车行、超市、家具厂、屠宰点、预制构件厂、塑料制品厂、"
    "豆制品坊、面粉厂、酒坊、茶行、五金店、汽修厂、印刷厂、服装厂、砖瓦厂、石材厂、冷库、果蔬批发部、药店、诊所、幼儿园、旅馆"
).split("、")
OBJECTS = (
    "砂料、水泥、石子、煤渣、建筑垃圾、生活垃圾、废机油、轮胎、木板、钢管、脚手架、塑料桶、秸秆、粪污、猪肉、豆腐、酱油、食用油、"
    "白酒、香烟、鞭炮、液化气瓶、农药、化肥、种子、兽药、饲料、电动车、三轮车、挖掘机、装载机、搅拌车、广告牌、遮阳棚、彩钢房、围墙、"
    "鱼塘、果树、苗木、草坪、井盖、路灯、消防栓、配电箱、冷藏柜、电子秤、税控机、健康证、营业执照、排污许可证"
).split("、")
ACTS = (
    "未采取有效覆盖措施、占用人行道堆放、超过保质期仍在销售、擅自倾倒在河道内、未设置安全警示标志、露天焚烧产生浓烟、无证运输、"
    "未经批准擅自搭建、夜间作业扰民、拒不改正、未取得许可即从事经营、计量失准、非法采挖、未作无害化处理、随意丢弃、改变用途、"
    "遮挡交通标志、堵塞消防通道、超范围经营、虚假宣传、未明码标价、伪造检验报告、隐匿账册、转移涉案物品、阻碍执法人员检查、"
    "未按规定登记、未建立进货台账、未配备灭火器、私拉电线、超载行驶"
).split("、")
STATES = (
    "现场扬尘明显、气味刺鼻、积水严重、堆放杂乱、无人看管、标签脱落、包装破损、地面油污较厚、门窗紧闭、设备正在运转、工人正在装卸、"
    "车辆正在驶出、周边居民反映强烈、已存放多日、当日已清理一半、账目不清、票据不全、现场无遮挡、临近学校、临近水源地"
).split("、")
MEASURES = "平方米、立方米、公斤、箱、桶、辆、件、瓶、袋、处、根、株、台、盒、捆、吨".split("、")
SOURCES = "群众来电、日常巡查、上级交办、网络留言、部门移送、专项检查、媒体报道、信访转办".split("、")

TYPES = (
    ("case_initiation_approval", "行政执法程序启动审批表", "initiation", "internal"),
    ("site_inspection_record", "现场检查（勘验）笔录", "investigation", "normal"),
    ("inquiry_record", "询问笔录", "investigation", "normal"),
    ("evidence_list", "证据登记保存清单", "investigation", "normal"),
    ("investigation_report", "案件调查终结报告", "investigation", "internal"),
    ("penalty_prior_notice", "行政处罚事先告知书", "decision", "normal"),
    ("legal_review_opinion", "法制审核意见书", "decision", "internal"),
    ("decision_approval", "行政处罚决定审批表", "decision", "internal"),
    ("penalty_decision", "行政处罚决定书", "decision", "normal"),
    ("service_receipt", "送达回证", "execution", "normal"),
    ("onsite_fine_record", "当场收缴罚款记录", "execution", "privacy"),
    ("file_note", "卷内备考表", "filing", "normal"),
)
STANDING = {
    "case_initiation_approval": "经初步核查，符合程序启动条件，拟由{officer}、{officer2}承办，请批准。承办机构意见：同意启动。",
    "site_inspection_record": "执法人员出示执法证件，告知当事人申请回避的权利，并同步录音录像。以上笔录经核对无误，签名确认。",
    "inquiry_record": "问：请你如实回答询问，对与本案无关的问题有权拒绝回答，听清楚了吗？答：听清楚了。以上记录我看过，与我说的一样。",
    "evidence_list": "上列物品在七日内及时作出处理决定，在此期间当事人或者有关人员不得销毁或者转移证据。",
    "investigation_report": "经调查终结，本案事实清楚、证据确凿，建议依照裁量基准给予行政处罚，提请审核。",
    "penalty_prior_notice": "依法享有陈述和申辩的权利，应当自收到本告知书之日起五个工作日内提出，逾期未提出的视为放弃。",
    "legal_review_opinion": "经法制审核，主体合法、程序合法、适用依据正确、裁量适当，同意提交负责人集体讨论。",
    "decision_approval": "综合考虑违法行为的事实、性质、情节以及社会危害程度，经集体讨论，拟作出上述处理决定，请审批。",
    "penalty_decision": (
        "当事人应当自收到本决定书之日起十五日内到指定银行缴纳罚款，逾期每日按罚款数额的百分之三加处罚款。如不服本决定，可以在六十日内"
        "申请行政复议，或者在六个月内向人民法院提起行政诉讼。"
    ),
    "service_receipt": "送达方式：直接送达。受送达人拒绝签收的，邀请见证人到场，说明情况，把文书留在受送达人的住所。",
    "onsite_fine_record": "依照行政处罚法当场收缴，向当事人出具财政部门统一制发的专用票据，并在二日内交至行政机关。",
    "file_note": "本卷文件材料齐全、排列有序、页码准确，已按规定整理立卷，移交档案管理员接收保管。",
}
FACTS = (
    "{year}年{month}月{day}日，执法人员{officer}、{officer2}在{place}{small}号检查，发现{object}约{area}{measure}，{act}，{state}。",
    "线索来源为{source}，反映{party}在{place}附近{act}，涉及{object}。",
    "{person}陈述：{object}是{month}月从{place2}{firm}购进的，共{area}{measure}，单价{money}元。",
    "证人{officer2}称，{place2}一带{state}，曾见{object}被运走，{act}。",
    "音像记录AV-{year}{month:02}{day:02}-{small:02}、设备JLY-{small:02}拍摄了{place}{state}的情况。",
    "依据有关法律第{small}条第{few}款，对{act}的行为，处以罚款人民币{money}元。",
    "经复查，{place}的{object}已清运{area}{measure}，{state}的问题基本消除。",
    "存放位置QH01-{year}-{small:03}，{object}样品{few}{measure}，由{officer}登记。",
)
