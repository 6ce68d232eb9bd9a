#!/usr/bin/env python3
"""Writes ../src/han.txt, han_script.txt and han_simple.txt from the Unicode Han database.

Source: Unicode 15.0, files Unihan_Variants.txt and EquivalentUnifiedIdeograph.txt, as Debian ships
them in the package `unicode-data` (apt-get install unicode-data), or from
https://www.unicode.org/Public/15.0.0/ucd/ (Unihan.zip). Their licence is in ../../../NOTICE.

    python3 han_table.py [FOLDER]      default folder: /usr/share/unicode

Only the standard library is used; the same input gives the same bytes.

How two characters come into one class
1. kSimplifiedVariant, kTraditionalVariant, kZVariant: always. These are spellings by standard.
2. kSemanticVariant, EquivalentUnifiedIdeograph: only for a character that is rare, and only where
   all it points to is one class already. The closure of the whole of kSemanticVariant is wrong: it
   has classes of eleven (柜匮饋櫃...) and joins 埼 with 崎, 蒙 with 矇 and 靀, through characters nobody writes.
3. SUPPLEMENT below: pairs that readers of both standards, or of Japanese, hold to be one word and
   that the data has not, or has only between two common characters.

"Common" means: in GB 2312, or in level 1 of Big5.

han_simple.txt is for the segmenter only: Traditional characters, each followed by the one that
Simplified texts have in its place, and on a second line those that Simplified texts have too, in
other words (著名, but 跟着). It must not serve matching: what it says of a piece depends on the whole.
"""

import bz2
import collections
import pathlib
import sys

# Variants in use in Taiwan, Hong Kong and the PRC, one class a word.
SUPPLEMENT = """
着著 卫衞衛 叙敍敘 妆粧妝 只祇衹 复覆 并竝並併 札劄箚 回囘迴 沈瀋渖 径逕徑 抬擡 溪谿 狸貍 绕遶繞 铺舖鋪
扇搧 余馀餘 咨谘諮 巨钜鉅 托讬託 檐簷 痹痺 台枱檯 么幺麼 户戸戶 吴呉吳 国囯圀國 战戦戰 对対對 赖頼賴 青靑
清淸 高髙 里裡裏 麵麪面 群羣 為爲为 说說説 脱脫 税稅 兑兌 阅閱閲 锐銳鋭 床牀 峰峯 秘祕 污汙汚 线線綫
强強彊 够夠 启啟啓 册冊 唇脣 糖醣 奸姦 凶兇 采採 布佈 占佔 周週 志誌 游遊 升昇 杆桿 弦絃 烟煙菸 雇僱 锅鍋
岩巖 伙夥 碰掽 磷燐 村邨 吃喫 才纔 朱硃 晒曬 洒灑 同仝 猫貓 迹跡蹟 罚罰罸 毁毀燬譭 丢丟 宁寧甯 匀勻
温溫 瘟瘟 净淨 静靜 没沒 决決 况況 减減 凑湊 虚虛 黑黒 真眞 镇鎮鎭 慎愼 值値 德徳 每毎 海海 录錄録 绿綠緑
禄祿 产產産 颜顏顔 彦彥 户戶 卧臥 众眾衆 墙牆墻 略畧 嘆歎叹 咽嚥 闹鬧閙 粽糉 棱稜 证証證 痴癡 蚊蟁 汹洶
糊餬 熏燻 痒癢 皂皁 庄莊 雕鵰彫 果菓 洩泄 裸躶臝 碗椀盌 驴驢 钩鈎鉤 坂阪 雁鴈 鹅鵝鵞 鸡雞鷄 杰傑 干乾幹 里裏
恒恆 俊儁雋 歺餐 仿彷倣 佣傭 棋碁 笋筍 匦匭 胁脅脇 腭齶 泪淚涙 妙玅 你妳
个個箇 凄淒 剪翦 勋勛勳 杯盃 炮砲 瓮甕 鉴鑑鑒 帐帳账賬 暖煖 涌湧 湿濕溼 焰燄 粘黏 网網 羡羨 饥飢饑 吊弔 啖啗 哗嘩譁
噪譟 恤卹 幸倖 扎紮 捆綑 昵暱 泛汎 浚濬 藤籐 欲慾 锤錘鎚 坑阬 堤隄 兹茲玆 梁樑 愈癒瘉 蚀蝕 皋皐 瑶瑤 丑醜
仑侖崙 昆崑 签簽籤 碱鹼硷 赞贊讚 向嚮 侄姪 抵牴 局侷 它牠 艳豔 腌醃 蝎蠍 虱蝨 蚝蠔 恶噁 尝嚐 核覈 镰鎌 曲麴 暗闇 纤縴 沾霑
炖燉 针鍼 喂餵 哄鬨 捣擣 酸痠 席蓆 念唸 别彆 弥瀰 苏囌甦 泛氾 佛彿 彩綵 扣釦 钻鉆 扬颺 颓頽 骂駡 枪鎗 团糰 摆襬 荫廕 胄冑
谥諡 冢塚 凄悽 凌淩 岳嶽 坛罎 炼鍊链 膻羶 庵菴 拐枴柺 修脩 杠槓 僵殭 挨捱 搜蒐 升陞 乃迺 既旣 背揹 戚慼 卤滷 滟灩
"""
# Forms of Japanese that are neither the traditional nor the simplified ones.
JAPANESE = """
亜亞 悪惡 圧壓 囲圍 医醫 壱壹 飲飮 隠隱 栄榮 営營 駅驛 円圓 縁緣 塩鹽 応應 欧歐 殴毆 桜櫻 奥奧 横橫 穏穩 仮假
価價 画畫 会會 壊壞 懐懷 絵繪 拡擴 殻殼 覚覺 学學 楽樂 勧勸 巻卷 寛寬 歓歡 観觀 陥陷 関關 巌巖 気氣 帰歸
亀龜 戯戲 犠犧 旧舊 拠據 挙舉擧 峡峽 挟挾 郷鄉 暁曉 区區 駆驅 勲勳 薫薰 恵惠 渓溪 経經 継繼 茎莖 蛍螢 軽輕 鶏雞
芸藝 撃擊 県縣 倹儉 剣劍 圏圈 検檢 権權 献獻 顕顯 験驗 厳嚴 広廣 効效 鉱鑛礦 号號 済濟 砕碎 斎齋 剤劑 雑雜 参參
惨慘 桟棧 蚕蠶 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 舎舍 写寫 釈釋 寿壽 収收 従從 渋澀 獣獸 縦縱 粛肅 処處
将將 称稱 焼燒 奨獎 条條 状狀 乗乘 浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑 寝寢 尽盡 図圖 粋粹 酔醉
穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 斉齊 摂攝 窃竊 専專 浅淺 潜潛 繊纖 践踐 銭錢 禅禪 曽曾 双雙 壮壯 捜搜 挿插
巣巢 争爭 総總 聡聰 荘莊 装裝 騒騷 増增 臓臟 蔵藏 属屬 続續 堕墮 体體 帯帶 滞滯 滝瀧 択擇 沢澤 単單 担擔 胆膽
団團 弾彈 断斷 遅遲 昼晝 虫蟲 鋳鑄 庁廳 聴聽 勅敕 逓遞 鉄鐵 転轉 点點 伝傳 党黨 盗盜 灯燈 当當 闘鬥 独獨 読讀
届屆 弐貳 悩惱 脳腦 覇霸 廃廢 拝拜 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 浜濱 瓶甁 払拂 仏佛 変變 辺邊 宝寶 豊豐 褒襃
翻飜 万萬 満滿 黙默 弥彌 訳譯 薬藥 与與 誉譽 揺搖 様樣 謡謠 来來 乱亂 覧覽 竜龍 両兩 猟獵 塁壘 励勵 礼禮 霊靈
齢齡 恋戀 炉爐 労勞 楼樓 湾灣 桧檜 沖衝 涼凉 糧粮 遥遙 尭堯 槙槇 栄榮 桑桒 鴎鷗 躯軀 頬頰 掴摑 噛嚙 焔焰 蝋蠟
"""


def read(folder, name):
    path = folder / name
    packed = folder / (name + ".bz2")
    text = bz2.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    for line in text.decode("utf-8").splitlines():
        line = line.split("#", 1)[0].strip()
        if line:
            yield line


def variants(folder):
    found = collections.defaultdict(list)
    for line in read(folder, "Unihan_Variants.txt"):
        code, kind, values = line.split("\t")
        for value in values.split():
            found[kind].append((chr(int(code[2:], 16)), chr(int(value.split("<")[0][2:], 16))))
    return found


def radicals(folder):
    for line in read(folder, "EquivalentUnifiedIdeograph.txt"):
        codes, target = (part.strip() for part in line.split(";"))
        first, _, last = codes.partition("..")
        for code in range(int(first, 16), int(last or first, 16) + 1):
            # Strokes (U+31C0 to U+31EF) are no characters of any text.
            if not 0x31C0 <= code <= 0x31EF:
                yield chr(code), chr(int(target, 16))


def encoded(char, codec):
    try:
        return char.encode(codec)
    except UnicodeEncodeError:
        return b""


def in_gb2312(char):
    return len(encoded(char, "gb2312")) == 2


def in_big5(char):
    return len(encoded(char, "big5")) == 2


def is_common(char):
    return in_gb2312(char) or b"\xa4\x40" <= encoded(char, "big5") <= b"\xc6\x7e"


class Classes:
    def __init__(self):
        self.parent = {}

    def find(self, char):
        root = char
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        return root

    def join(self, one, other):
        one, other = self.find(one), self.find(other)
        if one != other:
            self.parent[max(one, other)] = min(one, other)

    def lists(self):
        members = collections.defaultdict(set)
        for char in self.parent:
            members[self.find(char)].update((char, self.find(char)))
        return [sorted(chars, key=rank) for chars in members.values() if len(chars) > 1]


def rank(char):
    """The representative comes first: one that is in everyday use, and within the BMP if any is."""
    return (not in_gb2312(char), not is_common(char), ord(char) > 0xFFFF, ord(char))


def build(folder):
    data = variants(folder)
    classes = Classes()
    for kind in ("kSimplifiedVariant", "kTraditionalVariant", "kZVariant"):
        for one, other in data[kind]:
            classes.join(one, other)
    for word in (SUPPLEMENT + JAPANESE).split():
        for char in word[1:]:
            classes.join(word[0], char)

    neighbours = collections.defaultdict(set)
    for one, other in data["kSemanticVariant"] + list(radicals(folder)):
        neighbours[one].add(other)
        neighbours[other].add(one)
    attach = []
    for char in sorted(neighbours):
        if is_common(char) or classes.find(char) != char or char in classes.parent.values():
            continue
        targets = {classes.find(other) for other in neighbours[char] if is_common(other)}
        if len(targets) == 1:
            attach.append((char, targets.pop()))
    for char, target in attach:
        classes.join(char, target)
    return data, classes.lists()


def script_evidence(data):
    """Characters that only the one standard writes: they have a form in the other, are none of
    its own, and the other's national character set lacks them."""
    simplified = {one for one, other in data["kTraditionalVariant"] if one != other}
    traditional = {one for one, other in data["kSimplifiedVariant"] if one != other}
    hant = {c for c in traditional - simplified if in_big5(c) and not in_gb2312(c)}
    hans = {c for c in simplified - traditional if in_gb2312(c) and not in_big5(c)}
    return "".join(sorted(hant)), "".join(sorted(hans))


# Simplified texts write the character itself as a rule; the data gives a rare form of it.
NOT_SIMPLIFIED = set("阪吒瑙瀵軎")
# What the data has no simple form for in GB 2312, or only by way of another variant.
MORE_SIMPLE = "臺台 裡里 裏里 麼么 妳你 羣群 爲为 衞卫 峯峰 啓启 閲阅 説说 鋭锐 緑绿 敎教 衆众 牀床 麪面 綫线 粧妆"


def simple_forms(data):
    """Pairs for the segmenter, and those of them whose first is also a character of Simplified texts."""
    targets = collections.defaultdict(list)
    for one, other in data["kSimplifiedVariant"]:
        targets[one].append(other)
    sure, either = [], []
    for char in sorted(targets):
        forms = [form for form in targets[char] if form != char and in_gb2312(form)]
        if forms and in_big5(char) and char not in NOT_SIMPLIFIED:
            (either if char in targets[char] else sure).append(char + forms[0])
    known = {pair[0] for pair in sure + either}
    sure += [pair for pair in MORE_SIMPLE.split() if pair[0] not in known]
    # The data lets these stand for themselves too; no Simplified text has them.
    sure += [pair for pair in either if pair[0] in "裡復"]
    either = [pair for pair in either if pair[0] not in "裡復戠"]
    return "".join(sorted(sure)), "".join(sorted(either))


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode")
    out = pathlib.Path(__file__).resolve().parent.parent / "src"
    data, found = build(folder)
    found.sort(key=lambda chars: ord(chars[0]))
    (out / "han.txt").write_text("".join("".join(c) + "\n" for c in found), encoding="utf-8")
    hant, hans = script_evidence(data)
    (out / "han_script.txt").write_text(f"{hant}\n{hans}\n", encoding="utf-8")
    sure, either = simple_forms(data)
    (out / "han_simple.txt").write_text(f"{sure}\n{either}\n", encoding="utf-8")
    sizes = collections.Counter(len(chars) for chars in found)
    print(len(found), "classes, by size:", dict(sorted(sizes.items())))
    for chars in sorted(found, key=len, reverse=True)[:40]:
        print(len(chars), "".join(chars))
    print(len(hant), "only traditional,", len(hans), "only simplified")
    print(len(sure) // 2, "simple forms,", len(either) // 2, "of them in some words only:", either)


if __name__ == "__main__":
    main()
