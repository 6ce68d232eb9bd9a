# 頁面上的中文（臺灣正體）。
#
# 語法為 Fluent（https://projectfluent.org/fluent/guide/）。`{ $… }` 內由程式填入，可能是連結或時間。各語言檔的
# 訊息與引數必須相同。用字中立；不明就寫不明。名詞與 crates/api/messages/zh-Hant.ftl 開頭所列者相同：一個概念，一個詞。

## 每一頁的框架

frame-skip = 跳到內容
frame-views = 檢視
frame-invented = 虛構資料：示範。此處沒有新聞。
frame-foot = 時間為 { $zone }；指向時顯示 UTC。製作於 { $now }。
frame-search = 搜尋
frame-keys = 按鍵
frame-appearance = 語言、時區與主題
frame-light = 亮色
frame-dark = 暗色
frame-zone-election = 選舉地時間
frame-zone-utc = UTC
frame-zone-mine = 我的時間
frame-log-out = 登出
frame-log-in = 登入
frame-audit = 稽核紀錄
frame-as = 以 { $name } 的名義
frame-your-name = 您的名字
frame-role-viewer = 檢視者
frame-role-analyst = 分析者
frame-role-admin = 管理者
view-now = 現況
view-search = 搜尋
view-narratives = 敘事
view-elections = 選舉
view-saved = 已存查詢
view-bursts = 突增
view-echo = 轉載
view-alerts = 警示
view-cases = 案件
view-sources = 來源

## 數目與長度

number-items = { $count } 則
number-voices = { $count } 個發聲單位
number-stories = { $count } 種文本
number-sources = { $count } 個來源
length-minute = 不到 1 分鐘
length-minutes = { $minutes } 分鐘
length-hours = { $hours } 小時
length-hours-minutes = { $hours } 小時 { $minutes } 分
length-days = { $days } 天
length-days-hours = { $days } 天 { $hours } 小時

## 現況

now-title = 現況
now-quiet = 目前沒有突增
now-quiet-since = 最近一次結束於 { $when }：{ $name }。
now-quiet-ever = 至今尚未發現。發聲單位超過平時且通過各項門檻時，規則才會報告突增。
now-headline = { $name }：{ $length }內有 { $voices }，{ $usual }
now-usual = 平時 { $mean }（{ $low } 至 { $high }）
now-usual-gates = 未檢定平時值
now-usual-insufficient = 平時不明，{ $needed } 天中有 { $days } 天
now-lead = 此時段有 { $items }，分屬 { $stories }。在我們的收錄中最早見於：{ $when }，發布者 { $source }。
now-lead-unseen = 此時段有 { $items }，分屬 { $stories }。何者最早不明。
now-open-burst = 開啟此突增
now-clock = 選舉
now-clock-none = 未設定選舉，或投票日均不明。
now-clock-polls = { $day } 投票，{ $when }
now-clock-today = 今天
now-bursts = 進行中的突增
now-bursts-note = 警示中 { $firing }，已接手 { $acknowledged }
now-bursts-none = 目前沒有突增。{ $collected }
now-bursts-last = 最近的突增
now-bursts-more = 另有 { $count } 個：{ $link }
now-bursts-all = 全部突增
now-column-what = 主題
now-column-hours = 每小時則數，過去 48 小時
now-column-observed = 觀測值
now-column-voices = 各群組的發布體系數
now-column-first = 在我們的收錄中最早見於
now-column-state = 狀態
now-voices = { $voices } 個發聲單位
now-observed = { $length }內 { $items }
now-one-text = { $all } 則中有 { $items } 則同文
now-first-unknown = 不明
now-state-firing = 警示中
now-state-resolved = 警示解除
now-state-acknowledged = 已接手
now-state-by = { $by }
now-spark-label = 48 小時內每小時則數，最多 { $most }；未收錄的小時數：{ $gaps }
now-spark-unknown = 無法計算各小時則數。
now-key-window = 軸下橫線：受檢時段
now-key-over = 醒目長條：受檢時段的各小時
now-key-band = 灰色區域：前 28 天同一小時的最低至最高
now-key-hatch = 斜線：未收錄，因此不明而非零
now-coverage = 收錄
now-coverage-line = { $polled }中有 { $collected } 個收錄中。
now-coverage-none = 未抓取任何來源。
now-coverage-down = 未收錄：{ $names }。
now-coverage-down-more = 未收錄：{ $names }，另有 { $count } 個。
now-coverage-behind = 分析落後紀錄 { $entries } 筆。
now-since = 上次查看之後
now-since-first = 這是此裝置第一次查看，或它已忘記上一次。
now-since-nothing = { $when } 以來沒有變化。
now-since-fired = 發現突增：{ $name }
now-since-resolved = 結束：{ $name }
now-since-acknowledged = { $by } 接手了 { $name }
now-since-source = 收錄，{ $what }：{ $name }
now-since-receiver = 訊息，{ $what }：{ $name }
now-since-other = { $what }：{ $name }
now-latest = 這些突增的最新內容
now-latest-none = 沒有內容：尚無突增。
now-narratives = 敘事
now-narratives-note = 過去 7 天的則數，旁為之前 4 週的每週平均
now-narratives-none = 未設定敘事。
now-narrative-column = 有文件記載的說法
now-narrative-week = 7 天
now-narrative-usual = 平時
now-narrative-unknown = 不明
now-live = 即時
now-changed = 有新的變化，按此顯示
now-not-live = 非即時，請重新載入

## 選舉

elections-title = 選舉
elections-none = 未設定選舉。設定資料夾的 `elections/` 中每場選舉一個檔案。
elections-polling-unknown = 投票日：不明。
elections-ahead = 還有 { $days } 天
elections-today = 今天
elections-past = { $days } 天前
elections-zone = 時間為 { $zone }。
elections-phase = 階段
elections-start = 開始
elections-end = 結束
elections-law = 依據
elections-state = 目前
elections-in-force = 進行中
elections-not-in-force = 否
elections-not-known = 不明
elections-withholds = 訊息不引用民調
elections-narratives = 為此選舉監看的敘事
elections-no-narratives = 無。

## 敘事

narratives-title = 敘事
narratives-note = 有文件記載的說法，附其文件。內容符合查詢只表示有此說法的用語，不表示它主張此說法。
narratives-documented = 記載於
narratives-actors = 文件所指名者
narratives-nobody = 無。
narratives-queries = 查詢條件
narratives-elections = 選舉
narratives-disarm = DISARM 手法，為我們的判讀
narratives-volume = 每日符合則數，過去 28 天
narratives-groups = 依群組，過去 28 天
narratives-languages = 依語言，過去 28 天
narratives-stories = 最大的文本，過去 28 天
narratives-no-matches = 過去 28 天沒有符合的內容。{ $collected }
narratives-group = 群組
narratives-language = 語言
narratives-items = 則數
narratives-families = 發布體系
narratives-story = 文本
narratives-search = 全部符合內容

## 按鍵

keys-title = 按鍵
keys-note = 需要指令碼，且不在輸入欄內時有效。不用按鍵也能完成所有操作。
keys-key = 按鍵
keys-does = 作用
keys-search = 到搜尋欄
keys-next = 下一列
keys-previous = 上一列
keys-open = 開啟此列
keys-acknowledge = 到接手表單
keys-silence = 到靜音表單
keys-case = 到加入案件的表單
keys-table = 開關圖表的資料表
keys-window = 較早與較晚
keys-this = 此清單
keys-on = 啟用按鍵
keys-off = 停用按鍵

## 案件

cases-title = 案件
cases-note = 作為依據收集的內容，保持加入時的樣子，並附註記。
cases-none = 尚未建立案件。
cases-case = 案件
cases-entries = 內容數
cases-opened = 建立
cases-updated = 變更
cases-open = 建立案件
cases-name = 名稱
cases-open-it = 建立
cases-opened-by = { $when } 由 { $by } 建立。
cases-take-along = 下載：
cases-empty = 目前沒有內容。突增、文本與內容頁面底部有加入表單。
cases-note-add = 寫註記
cases-note-text = 註記
cases-note-save = 保存
cases-kind-item = 內容
cases-kind-story = 文本
cases-kind-burst = 突增
cases-kind-note = 註記
cases-added-by = { $when } 由 { $by } 加入
cases-remove = 移出
cases-add = 加入案件
cases-new = 新案件
cases-new-name = 新案件的名稱
cases-add-it = 加入

## 多個頁面共用的用語

words-unknown = 不明
words-under-tenth = 低於 0.1
words-under-least = 低於 1e-300
words-list = { $listed }、{ $entry }
words-families = { $count } 個發布體系

## 出錯之處

problem-suggestion = 是否指 { $suggestion }？
problem-hint = 處理方式：{ $hint }。
problem-refused = 磁碟上的設定有 { $count } 處錯誤，未生效（{ $when } 遭拒）；沿用先前的設定。
problem-refused-more = 另有 { $count } 處
problem-refused-remedy = 處理方式：修正檔案；{ $command } 會列出每處錯誤。檔案變更後會重新讀取。

## 收錄情形

coverage-no-source = 收錄：{ $what }範圍內沒有來源，因此未為其收錄任何內容。
coverage-complete = 收錄：完整；{ $what }範圍內的 { $sources }中有 { $collected } 個全程收錄。
coverage-partly = 收錄：{ $what }範圍內的 { $sources }中有 { $collected } 個全程收錄；數目為下限。未收錄或僅部分收錄：{ $missing }。
coverage-missing = { $source }（{ $why }）
coverage-missing-more = { $missing }，另有 { $count } 個
coverage-failing = 抓取失敗
coverage-not-polled = 未抓取
coverage-why = { $reason }：{ $error }
coverage-all-sources = 全部來源
coverage-less = 目前收錄減少：{ $why }。
coverage-strip = 最近 { $hours } 小時中有 { $collected } 小時收錄
coverage-strip-key = 最近 { $hours } 小時：深色為已收錄，半高為部分收錄，淺色為由匯入取得，斜線為未收錄，空白為不須收錄；下方橫線表示其內容較晚收到。

## 隸屬關係的等級

grade-official = 官方
grade-state-controlled = 國家控制
grade-state-linked = 與國家有關聯
grade-state-aligned = 與國家立場一致
grade-independent = 獨立
grade-unknown = 不明
grade-basis = { $grade }；依據：{ $basis }
grade-no-basis = { $grade }；無依據的紀錄
grade-no-record = { $grade }；無紀錄
grade-looked-up = { $grade }，查閱於 { $day }
grade-reference = { $grade }，出處：{ $reference }

## 清單中的一則內容

item-claims = 所稱 { $when }
item-no-title = （無標題）
item-language = 語言：{ $tag }
item-no-text = 沒有可比對的文字
item-own-text = 自有文字
item-same-text = 同文共 { $items }
item-more-here = { $story }，此處另有 { $count } 則
item-wordings = { $count } 個版本
item-hidden = 含有隱藏字元
item-imported = 匯入；收到時間依封存檔
item-original = 原文：{ $link }
item-gone = 來源已不再列出：{ $source } 最後列出於 { $shown }，自 { $missing } 起其清單未列此則
item-gone-back = { $gone }，{ $back } 重新列出

## 為何採用此時間

time-published = 來源所稱的時間
time-assumed = 來源所稱的時間，其時區或數字順序依該國的寫法
time-day = 來源所稱日期容許的最後時刻；來源未提供時刻
time-future = 我們收到的時間：來源所稱的時間晚於我們的時鐘
time-backdated = 我們收到的時間：來源所稱的時間早於一次未見此則的抓取
time-implausible = 我們收到的時間：來源所稱的時間過早，不可能屬實
time-missing = 我們收到的時間：來源未提供時間
time-no-zone = 我們收到的時間：來源所稱時間的時區不明
time-unreadable = 我們收到的時間：來源所稱的時間無法判讀
time-unknown = 原因不明

## 平台對貼文的顯示

post-forwarded = 轉自 { $origin }
post-quotes = 引用 { $origin }
post-pseudonym = { $name }（化名）
post-address = { $name }：{ $link }
post-edited = 經編輯，{ $when }
post-edited-unknown = 經編輯，時間不明
post-views = { $views } 次瀏覽
post-boosts = { $count } 次轉發
post-quoted = { $count } 次引用
post-score = 分數 { $score }
post-as-of = { $counts }，截至 { $when }
post-media = 含圖片、影片或聲音，未讀取其內容

## 時間圖

chart-label = 時間分布：{ $items }，每格 { $bin }
chart-label-gaps = 時間分布：{ $items }，每格 { $bin }；{ $gaps } 段未收錄
chart-all-items = 全部內容
chart-key-bar = 長條：{ $bin } 內的則數；各列尺度不同，最大值標於軸旁
chart-key-late = 斜線上的長條：較晚收到，因此為下限
chart-gaps = 未收錄：{ $gaps }。
chart-gaps-more = 未收錄：{ $gaps }，另有 { $count } 段。
chart-file = 以 CSV 下載相同資料
chart-table = 資料表
chart-table-label = 時間圖的資料表
chart-table-note = 隨時間的則數；未收錄之處為不明
chart-column-from = 起始
chart-column-items = 則數
chart-column-families = 發布體系
chart-column-stories = 文本
chart-column-collected = 已收錄來源
chart-late = （較晚收到）
chart-collected = { $sources } 個中有 { $collected } 個

## 突增

burst-none = 沒有突增。
burst-none-in-time = 沒有突增始於此時段。
burst-none-why = 發聲單位超過平時且通過各項門檻時，規則才會報告突增；歷史資料不夠時，規則註明資料不足，不報告突增。
burst-list-note = 最新在前；平時值以發聲單位計
burst-one = 突增
burst-column-found = 發現
burst-column-window = 時段
burst-column-items = 則數
burst-column-voices = 發聲單位
burst-column-usual = 平時
burst-column-holds = 持續情形
burst-earlier = 較早的突增
burst-usual = { $mean }（{ $low } 至 { $high }）
burst-usual-gates = 未檢定；見其門檻
burst-usual-insufficient = 資料不足；{ $needed } 天中有 { $days } 天
burst-ended = 結束於 { $when }，歷時 { $length }
burst-open = 進行中
burst-open-since = { $open }，自 { $when } 起

## 單一突增

burst-crumbs = { $bursts } · 規則 { $rule } · 修訂 { $revision }
burst-summary = { $length }內有 { $items }，出自 { $families }、{ $stories }：{ $voices }，平時：{ $usual }。
burst-one-text = { $all } 則中有 { $items } 則同文。
burst-found-late = 較晚發現：這些內容在時段過後才收到。
burst-holds = { $holds }。發現以來的高峰：{ $items }、{ $voices }。
burst-rises-fast = 此詞事先無人列出。它在數小時內上升。
burst-rises-slow = 此詞事先無人列出。它在數天內上升。
burst-rises-fast-group = 此詞事先無人列出。它在 { $group } 發布的內容中，於數小時內上升。
burst-rises-slow-group = 此詞事先無人列出。它在 { $group } 發布的內容中，於數天內上升。
burst-spelled = 計數的詞為{ $term }；寫法：{ $spellings }。
burst-quoted = 「{ $term }」
burst-lineage = 在我們的收錄中最早發布為{ $item }的文字，亦由下列發布體系發布，文字相同或可能經改寫。未收錄的共同來源也能解釋此情形。
burst-this-item = 此則內容
burst-together = 於相近時間發布同一內容：一項{ $object }，{ $accounts } 個帳號於 { $seconds } 秒內發布；其中 { $silent } 個此前沉寂。眾人都得知的事件也能解釋此情形。
burst-object-text = 文字
burst-object-link = 連結
burst-object-hashtag = 主題標籤
burst-over-time = 時間分布
burst-not-drawn = 無法繪製時間圖：{ $why }。
burst-election = 選舉：{ $line }。
burst-window = 時段為 { $from } 至 { $to }；以下數目為 { $when } 所計。
burst-counted = 計入：{ $whose }。
burst-counted-outside = 僅國內新聞媒體以外的發聲單位
burst-counted-all = 所有發聲單位
burst-why-bins = 原因：逐格與基準並列
burst-why-windows = 原因：所有時段與平時值並列
burst-first-seen = { $when }，發布者 { $source }：{ $item }。這是此突增中最早的一則；他處可能有更早者。
burst-the-item = 該則內容
burst-coverage = 時段內的收錄
burst-this-rule = 此規則在此時段
burst-query = 查詢條件
burst-search = 以此查詢條件搜尋此時段
burst-record = JSON 紀錄
burst-items-cut = 顯示前 { $count } 則；搜尋可見全部。

## 突增的判斷依據

burst-measured = 測量結果
burst-measured-note = 發聲單位數取發布體系數與文本數中較小者
burst-column-measure = 項目
burst-column-measured = 測得
burst-column-limit = 門檻
burst-column-result = 結果
burst-chance = 若一切如常，出現這麼多發聲單位的機率（p）
burst-at-most = 至多 { $limit }
burst-at-least = 至少 { $limit }
burst-against-usual = 發聲單位與平時值相比
burst-expected = 預期 { $mean }；20 個時段中有 19 個為 { $low } 至 { $high }
burst-history = 歷史資料
burst-insufficient = 資料不足
burst-gate = 門檻：{ $name }
burst-gate-families = 發布體系數至少
burst-gate-stories = 文本數至少
burst-gate-share = 最大發布體系占比至多
burst-passed = 通過
burst-not-met = 未達到
burst-baseline-accounts = 依據這些帳號各自的發文頻率
burst-baseline-term = 在 { $days }內所有發布內容中所占的比例
burst-baseline-windows = 依據 { $days }內的 { $windows } 個時段

## 時段內各有多少

burst-by-group = 依群組
burst-by-family = 依發布體系
burst-by-story = 依文本
burst-no-group = 沒有內容出自屬於群組的來源。
burst-column-group = 群組
burst-column-family = 發布體系
burst-column-story = 文本，以其首則表示
burst-column-families = 發布體系

## 搜尋

search-title = 搜尋
search-read-as = 解讀為 { $query }
search-read-as-all = 解讀為 { $query }，即所有內容
search-over-time = 時間分布
search-most-relevant = 依相關性只列出前 { $most } 則；依時間則全部列出。
search-one-of-each = 每種文本只列一則，並註明其餘則數。{ $link }
search-list-each = 逐則列出
search-this = 此搜尋
search-next = 下一頁
search-no-items = 此時段沒有內容；{ $sources }中有 { $collected } 個全程收錄。
search-no-items-because = 沒有內容：{ $zero }；{ $sources }中有 { $collected } 個全程收錄。
search-zero-off = 範圍內的來源均已停用，因此數目不明
search-zero-no-source = 範圍內沒有來源
search-zero-unreachable = 此時段未收錄範圍內任何來源，因此數目不明
search-zero-nothing-published = 已收錄的來源在此時段沒有發布內容
search-zero-nothing-matched = 範圍內的來源在此時段有發布內容，但沒有符合者
search-other-times = 其他時間有 { $items }
search-elsewhere = { $link }，最新一則為 { $when }。
search-nothing-yet = 尚未收錄任何內容。
search-no-match = 全部收錄中沒有符合的內容。請試用較少的詞，或其他寫法。

## 搜尋表單

ask-query = 查詢條件
ask-search = 搜尋
ask-from = 起
ask-from-example = 7d 或 2026-11-28
ask-to = 迄
ask-order = 排序
ask-newest = 最新在前
ask-oldest = 最舊在前
ask-relevance = 最相關在前
ask-zone = 日期所用時區
ask-names = 名稱含各種文字系統
ask-each = 列出同文的每一則
ask-time = 時間：
ask-24-hours = 24 小時
ask-7-days = 7 天
ask-28-days = 28 天
ask-all = 全部
ask-help = 查詢條件的寫法
ask-help-note = 詞之間以 AND 相連。全形符號與各種文字系統的引號均可使用。大小寫、重音符號、全形半形與漢字繁簡均不影響結果。
ask-syntax-words = 兩個詞都有，位置不限
ask-syntax-phrase = 這些字元依序相連；「台灣」也找到「臺灣」與「台湾」
ask-syntax-or = 其中之一；OR 須大寫
ask-syntax-not = 有前者而無後者；也可用 NOT
ask-syntax-group = 以括號分組
ask-syntax-near = 相距最多五個詞或字元
ask-syntax-gap = 依序相連，中間最多隔兩個詞
ask-syntax-prefix = 以此開頭的詞
ask-syntax-part = 只在該處
ask-syntax-who = 依發布者
ask-syntax-what = 依語言、網址、主題標籤
ask-syntax-about = 依任何文字系統的名稱、有文件記載的說法、同文
ask-syntax-time = 查詢條件自帶的時間，時區依下方設定

## 搜尋結果旁與結果下方

beside-made-of = 組成
beside-groups = 群組
beside-languages = 語言
beside-sources = 來源
beside-file = 以上的 { $csv }
beside-others = 其他 { $count } 個
beside-unknown = 不明
beside-take-along = 下載與連結
beside-files = 全部內容：{ $csv } · { $ndjson }。時間圖：{ $timeline }。此頁：{ $json }。
beside-links = 連結：{ $asked } · { $fixed }，明天仍相同。
beside-links-moving = 連結：{ $asked }，其時間隨之推移 · { $fixed }，明天仍相同。
beside-this-search = 此搜尋
beside-written-out = 寫明時間的搜尋
beside-save-under = 儲存名稱
beside-optional = 選填
beside-save = 儲存

## 已存查詢

saved-title = 已存查詢
saved-none = 沒有已存查詢
saved-count = { $count } 筆已存查詢
saved-note = 在搜尋頁面底部可為搜尋命名儲存。下載：{ $csv } · { $ndjson }。以 TOML 輸出：{ $toml }。
saved-by-name = 依名稱
saved-name = 名稱
saved-query = 查詢條件
saved-time = 時間
saved-saved = 儲存
saved-remove = 移除
saved-all = 全部
saved-from = 自 { $from } 起
saved-to = 至 { $to } 止
saved-from-to = { $from } 至 { $to }
saved-in-zone = { $stretch }，{ $zone }
saved-by = { $when } 由 { $author } 儲存

## 兩則並列對照

compare-title = 並列對照
compare-one-story = 兩者屬於同一種文本：文字相同或幾乎相同。
compare-reworded = 兩者與改寫相符，分數 { $score }。
compare-reworded-meaning = 兩者與改寫相符，分數 { $score }：{ $meaning }。
compare-no-relation = 未發現兩者的關聯。
compare-note = 標示處為兩者皆有的文字，不論文字系統；這不表示誰取自誰。
compare-calibration = 在標準資料集中，此分數的配對有 { $percent } % 為複製
compare-in-both = 兩者共有
compare-figures = 數字
compare-names = 名稱
compare-quotations = 引文
compare-addresses = 網址
compare-none = 無
compare-no-title = （無標題）
compare-no-text = 不明；來源未提供文字
compare-stands = { $when }：{ $clock }；其中 { $percent } % 也見於另一則。
compare-clock-stated = 標明 { $time }，收到 { $seen }
compare-clock-day = 僅有日期，時刻不明，收到 { $seen }
compare-clock-not-believed = 收到 { $seen }；所標明的時間不予採信
compare-clock-unreadable = 收到 { $seen }；所標明的時間無法判讀
compare-clock-none = 收到 { $seen }；未標明時間
compare-clock-imported = { $clock }，依匯入的檔案

## 轉載

echo-title = 轉載
echo-note = 誰刊載了在我們的收錄中最早見於另一{ $by }的內容。數目遠高於僅由規模所得者，與一方刊載另一方所發布內容的情形相符；兩者也可能都刊載第三方的內容。
echo-group = 群組
echo-outlet = 媒體
echo-count = { $lineages }含不只一個{ $by }。
echo-lineages = { $count } 組文本系譜
echo-incomplete = 並未計入所有配對。
echo-this = 此統計
echo-none = 此時段沒有共有的內容。
echo-pairs = 配對
echo-pairs-caption = 兩個方向的配對
echo-first = 在先
echo-then = 在後
echo-column-lineages = 文本系譜
echo-by-size = 僅由規模
echo-echoes = 轉載則數
echo-lag = 時間差中位數，95 %
echo-share = { $shared } 中有 { $first }
echo-lag-one = { $lag }（一次）
echo-lag-between = { $lag }（{ $low }至{ $high }，共 { $count } 次）
echo-lag-unknown = 不明
echo-data = 以資料檢視
echo-query = 只計有符合內容的文本系譜
echo-do-count = 計算
echo-from = 起
echo-to = 迄
echo-between = 對象
echo-groups = 群組
echo-outlets = 媒體
echo-states = 僅國家媒體

## 來源

sources-page = 第 { $page } 頁，共 { $pages } 頁，有問題者在前。
sources-before = 前面的來源
sources-next = 更多來源
sources-title = 來源
sources-none-polled = 未抓取任何來源
sources-collected = { $polled }中有 { $collected } 個收錄中
sources-none = 未設定來源。`bellwether check` 說明從何處讀取何物。
sources-in-state = { $count } 個{ $state }。
sources-are-ok = 如常
sources-are-degraded = 收錄不穩定
sources-are-silent = 無新內容，為時超過其發布節奏所能解釋
sources-are-failing = 無法連線或讀取
sources-are-blocked = 遭伺服器阻擋
sources-are-moved = 已永久搬移
sources-are-ended = 似已終止
sources-are-waiting = 尚未抓取或近期未抓取
sources-are-off = 停用
sources-are-import = 由匯入取得
sources-state-ok = 正常
sources-state-degraded = 不穩定
sources-state-silent = 無新內容
sources-state-failing = 抓取失敗
sources-state-blocked = 遭阻擋
sources-state-moved = 已搬移
sources-state-ended = 似已終止
sources-state-waiting = 等待中
sources-state-off = 停用
sources-state-import = 匯入
sources-order = 需要有人處理者在前
sources-source = 來源
sources-affiliation = 隸屬關係、依據、日期
sources-groups = 群組、發布體系
sources-last = 最近一次嘗試
sources-collection = 收錄
sources-family = 發布體系 { $name }
sources-last-none = 無
sources-brought = 新增 { $new }，變更 { $changed }
sources-brought-http = HTTP { $status }，新增 { $new }，變更 { $changed }
sources-repaired = { $brought }；已修復：{ $repaired }
sources-since = { $state }，自 { $when } 起
sources-newest = 最新一則 { $when }
sources-baselines = 基準
sources-baselines-note = 群組有足夠發布體系被收錄的日子才計入
sources-group = 群組
sources-days = 計入的天數
sources-baseline = 基準
sources-days-of = { $daysNeeded } 天中有 { $days } 天，每天須收錄 { $families }中的 { $familiesNeeded } 個
sources-baseline-unknown = 不明
sources-baseline-ready = 自 { $day } 起可用
sources-baseline-expected = 若持續收錄，{ $day } 可用

## 文本

story-this = 此文本
story-summary = { $items }，出自 { $publishers }、{ $families }。
story-summary-several = { $items }，出自 { $publishers }、{ $families }，分屬可能互為改寫的 { $stories }。
story-publishers = { $count } 個發布者
story-families = { $count } 個發布體系
story-against = 與「由國家媒體傳至國內媒體」不符的情形
story-against-item = { $item }：{ $said }
story-an-item = 一則內容
story-order = 依時間順序
story-order-help = 每則與早一分鐘以上的各則比對，並列出文字最相近的一則。此情形與複製相符，但不證明複製。
story-members-cut = 未列出全部成員：只列最早的 { $count } 則。
story-members = 成員
story-members-caption = 文本系譜的成員
story-column-time = 時間
story-column-after = 距最早一則
story-column-source = 發布者
story-column-title = 標題
story-column-text = 文字
story-column-clock = 時間依據
story-same-minute = 同一分鐘
story-lag-unknown = 不明
story-earliest = 收錄中最早
story-same = 用字相同
story-same-as = 用字與 { $source } 相同
story-near = 用字幾乎相同
story-near-as = 用字與 { $source } 幾乎相同
story-reworded = 與改寫相符
story-reworded-as = 與改寫相符，對照 { $source }
story-like-share = { $like }，占其用字 { $share } %
story-side-by-side = 並列對照
story-rewordings = 與改寫相符
story-pair = { $item } 與 { $other }，分數 { $score }（{ $meaning }）：{ $link }
story-item-id = 內容 { $id }
story-checks = 對同一敘事的事實查核
story-checks-help = 依敘事的查詢條件找到，未必談及此文字。
story-check-narrative = 敘事：{ $titles }
story-possible = 可能：另一語言的相同內容
story-possible-help = 它們共有翻譯時不變的部分。對同一事件的兩篇報導也可能如此：這些不是此文本的成員，也不計入任何數目。
story-in-both = 兩者共有：{ $shared }
story-beside = { $when } { $source }：{ $title }
story-data = 此文本的資料

## 單則內容

record-no-title = （無標題）
record-text = 文字
record-known = 已知事項
record-published-by = 發布者
record-also-shown = { $shown }，亦見於 { $source }
record-affiliation = 隸屬關係
record-note = 註
record-hidden = { $what }；此處不顯示，搜尋時視為不存在
record-family = 發布體系
record-time = 採用的時間
record-time-reason = { $when }：{ $why }
record-claimed = 來源所稱
record-claims = { $when }，原文 { $written }
record-claims-unread = 無法判讀：{ $written }
record-claims-none = 不明；未提供
record-seen-archive = { $when }，依封存檔；匯入於 { $imported }
record-absences = 在來源處
record-kept = 此處仍保留。已知其前後各則仍在；由誰移除、為何移除，則不明。
record-language = 語言
record-language-declared = { $language }；來源所稱為 { $declared }
record-same-text = 同文
record-same-text-story = { $text }；{ $link }
record-story = 所屬文本與改寫
record-platform = 平台
record-platform-says = 平台所示
record-original = 原文
record-no-address = 不明；未提供網址
record-guid = 來源的識別碼
record-id = 識別碼
record-matches = 符合查詢條件的敘事
record-no-match = 不符合任何有文件記載敘事的查詢條件。
record-match = { $narrative }：{ $query }
record-match-help = 符合只表示使用了這些用字。對某說法的報導與更正也會符合。
record-captures = 收到的原始資料
record-capture = 擷取 { $id }
record-capture-holds = { $capture }，含版本 { $wordings }
record-look-last = { $capture }，來源的清單，最後一次列有此則
record-look-missing = { $capture }，來源的清單，未列此則
record-look-missing-still = { $capture }，來源的清單，再次查看仍未列此則
record-look-again = { $capture }，來源的清單，重新列有此則
record-captures-help = 原始資料可能含有任何內容，包括會作用於開啟它的程式的內容。
record-wording = 版本 { $number }，收到於 { $when }
record-wording-claims = 版本 { $number }，收到於 { $when }，所稱時間 { $claimed }
record-changes = 標示較前一版本{ $added }與{ $removed }的部分。
record-added = 新增
record-removed = 刪除
record-earlier = 較早的版本：{ $link }
record-wordings-data = 全部版本的資料

## 規則為何報告突增

explain-title = 原因
explain-crumbs = { $bursts } · 規則 { $rule } · 原因
explain-verdict = { $when } { $verdict }。
explain-raised = 報告突增
explain-not-raised = 未報告突增
explain-open = 當時進行中：{ $found } 發現的{ $burst }，目前仍在進行。
explain-open-ended = 當時進行中：{ $found } 發現的{ $burst }，結束於 { $ended }。
explain-the-burst = 突增
explain-none-open = 當時此規則沒有進行中的突增。
explain-at = 時間
explain-ask = 說明
explain-earlier = 往前一個時段
explain-later = 往後一個時段
explain-tested-too = 另行檢定：{ $whose }，{ $items }。其中一項檢定成立即報告突增。
explain-bins = 時段內各區間
explain-bins-note = 同時在數個區間的發布體系與文本，各區間均計入
explain-column-from = 起始
explain-column-items = 則數
explain-column-families = 發布體系
explain-column-stories = 文本
explain-column-voices = 發聲單位
explain-column-collected = 收錄
explain-column-rhythm = 節律
explain-baseline = 基準
explain-past-windows = { $count } 個過去的時段
explain-history = { $from } 至 { $to } 之間有 { $windows }，各長 { $length }。未列出者為未收錄，不是無聲的時段。依各小時的節律，所說明的時段為平時時段的 { $rhythm } 倍。
explain-days-missing = 尚缺：{ $needed } 天歷史資料中的 { $missing } 天。
explain-newest = 由新到舊
explain-newest-cut = 由新到舊；顯示 { $count } 個，其餘見完整紀錄
explain-voices = 發聲單位
explain-query = 查詢條件
explain-backtest = 此規則在過去 28 天的回溯測試
explain-items-then = 顯示的是目前的樣子；計數依當時所知。

## 詞語為何被報告

term-asked = 此詞為何被報告，或未被報告？
term-last-minute = 最近一分鐘
term-at = 時間：{ $when }。
term-the-burst = 突增
term-known = 當時已知的{ $burst }，發現於 { $found }，仍在進行。
term-known-ended = 當時已知的{ $burst }，發現於 { $found }，結束於 { $ended }。
term-windows = 所有時段
term-windows-note = P 為若一切如常，出現這麼多發聲單位的機率，以其 -log10 表示
term-window = { $length }，{ $whose }
term-of-group = 群組 { $group }
term-of-outside = 國內新聞媒體以外
term-of-all = 所有發布者
term-column-window = 時段與所計的發聲單位
term-column-usual = 平時
term-column-p = P
term-column-least = 至少
term-column-not-met = 未達到者
term-unknown = 不明
term-insufficient = 資料不足
term-nothing-not-met = 無：正在上升
term-nearest = 最接近者：{ $window }
term-usual = 平時值為占比：{ $items } 則中提及 { $mentions } 次，愈久以前的權重愈低；以此占比計此時段發布的 { $published } 則，依據 { $days }的歷史資料。
term-column-measure = 項目
term-column-measured = 測得
term-column-limit = 門檻
term-column-result = 結果
term-passed = 通過
term-not-met = 未達到
term-history-days = 歷史資料天數
term-history-items = 計算占比所依的則數
term-name = 有名稱
term-no-name = 無
term-name-needed = 多數內容中連續的完整詞
term-list = { $list }、{ $next }
term-rule-gate = 規則的門檻：{ $gate }
term-hours = 逐小時
term-hours-note = 依內容本身的時間；平時值為發聲單位數，以同樣的發布量計
term-column-published = 全部發布則數
term-parts = 計數的詞
term-all-above = 以上均為{ $term }的數字。
term-again = 重新計數 { $count } 則。
term-again-from = 重新計數 { $count } 則，自 { $from } 起。
term-column-term = 詞
term-column-first = 最早
term-column-last = 最近
term-column-rises = 上升
term-too-frequent = 太常出現，無法判斷
term-rises = 是
term-rises-not = 否
term-never = 從未
term-items-then = 顯示的是目前的樣子；計數依收到時的樣子。

## 規則的回溯測試

backtest-title = 回溯測試
backtest-crumbs = { $bursts } · 規則 { $rule } · 回溯測試
backtest-span = 此規則在 { $from } 至 { $to } 之間會報告的內容。
backtest-changed-beside = 並列測試，變更為：
backtest-query = 查詢條件
backtest-window = 時段
backtest-families = 發布體系數至少
backtest-stories = 文本數至少
backtest-days = 天數
backtest-test = 測試
backtest-version = { $version }版本：{ $alerts }
backtest-in-force = 現行
backtest-changed = 變更後
backtest-alerts = { $count } 則警示
backtest-minutes = { $count } 分鐘
backtest-thresholds = 時段 { $window }；發布體系數至少 { $families }，文本數至少 { $stories }，最大發布體系占比至多 { $share }；p 至多 { $p }。
backtest-phase = 在階段 { $phase }：發布體系數至少 { $families }，文本數至少 { $stories }，最大發布體系占比至多 { $share }；p 至多 { $p }。
backtest-a-week = 每週 { $rate } 則警示
backtest-rate = { $days }：{ $rate }。
backtest-few-days = 天數太少，無法計算頻率
backtest-no-rate = { $few }：{ $days }。
backtest-days-insufficient = { $days }（其中 { $insufficient } 天資料不足）
backtest-note = 數目與平時值均屬會被發現的時段
backtest-column-found = 發現
backtest-column-ended = 結束
backtest-column-items = 則數
backtest-column-voices = 發聲單位
backtest-column-peak = 高峰
backtest-column-usual = 平時
backtest-column-other = 另一版本
backtest-column-first = 最早的內容
backtest-held-before = （先前已成立）
backtest-found-late = （較晚發現）
backtest-open = 測試結束時仍在進行
backtest-has-it = 也有
backtest-has-it-not = 沒有
backtest-no-other = 無

## 警示

alerts-title = 警示
alerts-none-firing = 所列警示均非警示中
alerts-firing = 所列警示有 { $count } 則警示中
alerts-all = 全部警示
alerts-open = 未結束者
alerts-silences = 靜音
alerts-feed = 以訂閱來源（Atom）取得
alerts-rules = 各規則的警示有多少用處
alerts-none = 至今沒有警示。
alerts-none-open = 沒有未結束的警示。
alerts-raised = 規則發現突增，或來源不再收錄時，會發出警示；見{ $bursts }與{ $sources }。
alerts-bursts = 突增
alerts-sources = 來源
alerts-earlier = 較早的警示
alerts-history = 歷程
alerts-outage = 多數來源抓取失敗
alerts-and = { $first }；{ $then }
alerts-since = 自 { $began } 起
alerts-over-found = { $ended } 結束，歷時 { $length }；發現於 { $began }
alerts-over-since = { $ended } 結束，歷時 { $length }；始於 { $began }
alerts-numbers = 高峰為 { $length }內 { $peakItems }、{ $peakVoices }；最近一個時段 { $items }、{ $voices }；平時（以發聲單位計）：{ $usual }。
alerts-numbers-unknown = 數字不明：此突增不存在，或正在重新計算。
alerts-nothing-known = 對此一無所知
alerts-evidence-burst = 依據與查詢條件：此突增
alerts-evidence-receiver = 已放棄的訊息及其錯誤
alerts-evidence-sources = 各來源及最近一次抓取結果
alerts-no-message-rule = 沒有訊息：其規則未指定使用中的接收處。
alerts-no-message-receiver = 沒有訊息：沒有其他接收處可通知。
alerts-no-message-yet = 至今沒有訊息：訊息最多彙集一小時，再傳至 `[coverage]` 中使用中的接收處。
alerts-messages = 訊息
alerts-receiver = 接收處
alerts-about = 內容
alerts-decided = 決定時間
alerts-attempts = 嘗試次數
alerts-outcome = 結果
alerts-kind-updated = 更新
alerts-kind-summary = 合併訊息
alerts-delivered = 已送達
alerts-delivered-at = { $when } 送達
alerts-held-back = 暫緩
alerts-held-until = 暫緩至 { $when }
alerts-given-up = 已放棄
alerts-sending = 傳送中
alerts-told-in-other = 已併入另一則訊息
alerts-not-sent = 未傳送
alerts-partly = 部分送達後放棄
alerts-waiting = 等待中
alerts-waiting-until = 等待中，下次嘗試 { $when }
alerts-repeat = 可能送達兩次
alerts-held-group = 等候同組其他警示
alerts-held-digest = 留待接收處的彙整
alerts-held-quiet = 接收處的靜音時段
alerts-held-limit = 已達接收處的訊息上限
alerts-held-silence = 已靜音
alerts-held-inhibition = 收錄故障可能解釋此情形
alerts-held-ended = 通知前已結束
alerts-held-follow-up = 不久前已通知此接收處
alerts-held-unknown = 原因不明

## 對警示的處理

ack-title = 警示
ack-acknowledge-and-judge = 接手並評定
ack-judge = 評定
ack-verdict = 評定
ack-none-yet = 尚無
ack-offered-useful = 有用：值得知道
ack-offered-noise = 雜訊：並無值得注意之處
ack-offered-known = 已知：屬實，但早已知道
ack-note = 註記
ack-acknowledge = 接手
ack-record = 記錄
ack-last-counts = 以最後一次評定為準，全部評定均保留在歷程中。一項規則所有警示的評定構成{ $precision }。
ack-precision = 其精確率
ack-name-typed = 名稱為輸入者自行填寫。
ack-useful = 有用
ack-noise = 雜訊
ack-known = 已知
ack-nobody = 尚無人接手。
ack-by = { $when } 由 { $by } 接手。
ack-at = { $when } 有人接手。
ack-last-by = 再次觸發。上次於 { $when } 由 { $by } 接手。
ack-last = 再次觸發。上次於 { $when } 有人接手。
ack-verdict-is = 評定：{ $verdict }。
ack-verdict-none = 評定：尚無。
ack-verdict-was = 評定：{ $verdict }
ack-happened = { $when }：{ $what }
ack-happened-by = { $when }：{ $what }（{ $by }）

## 警示的歷程

event-acknowledged = 接手
event-fired = 發出警示
event-fired-again = 再次發出警示
event-ended = 結束
event-withdrawn = 重新計算後不再發現
event-numbers = 數字變更：目前 { $items } 則，出自 { $families } 個發布體系，分屬 { $stories } 種文本
event-collected-again = 恢復收錄
event-not-watched = 不再監看
event-outage = { $tried } 個來源中有 { $failed } 個抓取失敗，分布於 { $hosts } 個主機
event-given-up = 已放棄一則訊息（第 { $number } 則）：{ $error }
event-taken-again = 恢復接收訊息
event-why = { $state }：{ $why }

## 狀態

state-info = 一般
state-warning = 注意
state-critical = 緊急
state-active = 生效中
state-pending = 尚未開始
state-ended = 已結束

## 靜音

silences-title = 靜音
silences-note = 靜音生效期間，不傳送其所涉警示的訊息。這些警示仍列在頁面上；靜音結束時仍成立者，屆時通知。
silences-all = 全部靜音
silences-in-force = 生效中
silences-none = 至今沒有靜音。
silences-none-in-force = 沒有生效中的靜音。
silences-new = 將警示靜音
silences-made = { $from } 至 { $to }，由 { $by } 設定：{ $comment }
silences-made-ended = { $from } 至 { $to }，由 { $by } 設定：{ $comment }；由 { $endedBy } 提前結束
silences-end = 立即結束
silences-with = 符合此條件的警示
silences-silence = 靜音
silences-such = 在此期間，不通知任何人這類警示；見{ $silences }。
silences-matchers = 比對條件，每行一項，須全部符合
silences-for = 時間長度
silences-1-hour = 1 小時
silences-4-hours = 4 小時
silences-1-day = 1 天
silences-7-days = 7 天
silences-30-days = 30 天
silences-why = 原因

## 各規則警示的評定

rules-title = 各規則的警示有多少用處
rules-none = 至今沒有規則發出警示。
rules-rules = 規則
rules-precision-is = 精確率：有用者占有用與雜訊合計的比例，附 95 % 的範圍。已知者兩者皆不計入
rules-rule = 規則
rules-last-days = 過去 { $days } 天
rules-useful = 有用
rules-noise = 雜訊
rules-known = 已知
rules-precision = 精確率
rules-precision-all = 全部警示的精確率
rules-judged-only = 只計入有人評定的警示。
rules-silent = { $count } 項規則未發出警示；{ $link }。
rules-json = 全部規則（JSON）
rules-gone = （已不再生效）
rules-all = { $precision }，{ $alerts }
rules-share = { $judged } 則中的 { $share } %（{ $low } 至 { $high } %）
rules-no-alerts = 不明：沒有警示
rules-no-verdicts = 不明：尚無評定
rules-known-only = 不明：僅評定為已知

## 帳號

accounts-name = 名稱
accounts-password = 密碼
accounts-made = 帳號由 Bellwether 的執行者建立：{ $command }。
accounts-audit-note = 誰變更或嘗試了什麼，最新在前：經由 HTTP 者，以及有關帳號的指令。其他指令在本機所做的不在其中。
accounts-audit-none = 至今沒有紀錄。
accounts-newest-first = 最新在前
accounts-when = 時間
accounts-who = 何人
accounts-what = 何事
accounts-outcome = 結果
accounts-older = 較舊的紀錄
accounts-by-token = 權杖 { $name }
accounts-by-link = 傳至 { $receiver } 的連結
accounts-this-machine = 本機
accounts-nobody = 未登入者
accounts-done = 完成

## 選舉的階段

phase-early-and-mail-voting = 提前投票與郵寄投票
phase-ballots-sent-overseas = 寄發海外選票
phase-polling = 投票
phase-canvass-and-certification = 選票核算與結果認證
phase-swearing-in = 宣誓就職
phase-election-notice = 發布選舉公告
phase-candidate-registration = 候選人登記
phase-campaign = 競選活動
phase-campaign-special-municipality-mayors = 直轄市長競選活動
phase-campaign-councillors-and-county-heads = 議員與縣市長競選活動
phase-poll-blackout = 禁止發布民調期間
phase-count = 開票
phase-winners-announced = 公告當選人名單
phase-certificates-issued = 發給當選證書
phase-candidates = 候選人
phase-last-month = 最後一個月
