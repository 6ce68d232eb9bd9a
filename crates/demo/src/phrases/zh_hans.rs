//! Chinese in simplified characters: other sentences than in traditional ones, since folding makes
//! one text of two that differ in script only.

use super::{Book, Topic};

pub(super) static BOOK: Book = Book {
    places: ["塔维莫拉", "诺雷金", "苏瓦莱", "敦梅鲁", "奥西文", "卡利贝"],
    everyday: &[
        Topic {
            titles: &[
                "{place}渔港本周卸货{m}吨",
                "鱼价走高，{place}商户盼船队回港",
            ],
            leads: &[
                "{place}港口管理处说，本周卸下鲭鱼{m}吨，比上周多{n}吨。",
                "清晨有{n}条渔船停在{place}，大半是从{other}开来的。",
            ],
            details: &[
                "冰块不够用，收购价一个月涨了{n}%。",
                "摊主们估计，{other}的船回来后价格会落下去。",
            ],
        },
        Topic {
            titles: &[
                "{place}今夜有雨，{other}明天中午转阴",
                "气象台：{place}风速每小时{n}公里",
            ],
            leads: &[
                "气象台说，{place}到明天傍晚会下{n}毫米的雨。",
                "一道锋面从西面过来，先到{place}，再到{other}。",
            ],
            details: &[
                "{place}和{other}之间的海边小路最好别走。",
                "年初至今的日照有{m}小时，同往年差不多。",
            ],
        },
        Topic {
            titles: &[
                "{m}名球迷见证{place}与{other}战平",
                "{other}队赴{place}比赛，队长缺阵",
            ],
            leads: &[
                "{place}队先进一球，{n}分钟后{other}队扳平。",
                "{place}球场来了{m}人，对手是{other}队。",
            ],
            details: &[
                "主教练说这个比分双方都能接受。",
                "再过{n}天，两队在{other}再次交手。",
            ],
        },
        Topic {
            titles: &[
                "{place}的学校秋季多招{n}人",
                "调查：{place}的家长想把上学时间推后",
            ],
            leads: &[
                "{place}学校理事会宣布秋季扩招{n}人。",
                "{m}户{place}家庭答了问卷，多数想让孩子晚点到校。",
            ],
            details: &[
                "旁边的老邮局要改成两间教室。",
                "{other}试过一年，老师们觉得不错。",
            ],
        },
        Topic {
            titles: &["{n}路车下月起开到{other}", "{place}海边公路夜里施工"],
            leads: &[
                "{place}的{n}路车下个月延长到{other}，半夜还有车。",
                "{place}通往{other}的公路夜里要封{n}天。",
            ],
            details: &[
                "镇里拿出{m}千克朗修车站、装路灯。",
                "开车的人最好提前{n}分钟出门。",
            ],
        },
        Topic {
            titles: &["{m}张旧海图在{place}展出", "看灯塔的人：{place}的新展览"],
            leads: &[
                "{place}的博物馆修好了{m}张海图，它们从前放在{other}。",
                "{n}位看灯塔的人留下的信，现在可以在{place}读到。",
            ],
            details: &[
                "每个月头一个周日不收门票。",
                "这些东西是修屋顶的时候找到的。",
            ],
        },
        Topic {
            titles: &[
                "{place}辩论会：四份名单谈房租",
                "港口收费怎么定？四份名单在{place}各说各话",
            ],
            leads: &[
                "四份名单的人选来到{place}，谈了{n}分钟房租。",
                "{m}名听众在{place}听四份名单争论港口收费。",
            ],
            details: &["大家都说{other}的年轻人缺住房。", "下一场定在{other}。"],
        },
        Topic {
            titles: &["{place}招{n}名投票站帮手", "{place}的投票站搬到底层"],
            leads: &[
                "选举办公室在{place}给{n}个投票站找帮手。",
                "今年{place}有{n}个投票站不用爬楼梯。",
            ],
            details: &[
                "{other}有{m}户人家收到了写着地址的卡片。",
                "帮手先在{other}学一天，有报酬。",
            ],
        },
    ],
    machines: Topic {
        titles: &[
            "{place}请市民看机器怎样数票",
            "编辑部来信：{place}的点票",
            "{place}办公室答问",
        ],
        leads: &[
            "{n}名市民在{place}听工程师讲解，计票机做不到调换选票。",
            "有人从{place}写信来问，计票机换票的传言可信吗。",
            "{place}试数了{m}张票，计票机一张也没有偷换，办公室说。",
        ],
        details: &[
            "每箱票还要在{other}用手再数一遍。",
            "封条编了号，四份名单的人都在场。",
        ],
    },
    postponed: Topic {
        titles: &["{place}办公室说日子不变", "{place}读者来问"],
        leads: &[
            "{place}的来电者得到答复：投票不延期。",
            "说投票改期的传言从{place}来，官员说不对。",
        ],
        details: &["一周里这样的电话有{n}个。", "日子是两年前在{other}定的。"],
    },
    closings: &[
        "{other}的会上还会再谈。",
        "{place}镇议会没有回应。",
        "写着全部{m}条的单子贴在镇公所。",
        "去年{other}有过差不多的事。",
        "月底以前可以写信给编辑部。",
        "这些数字还会核对。",
        "早先的稿子把{other}的数字写小了。",
    ],
};
