# 頁面上的中文（臺灣正體）。
#
# 語法為 Fluent（https://projectfluent.org/fluent/guide/）。`{ $… }` 內由程式填入，可能是連結或時間。各語言檔的
# 訊息與引數必須相同。用字中立；未知就寫未知。

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
number-voices = { $count } 個聲音
number-stories = { $count } 篇報導
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
now-quiet-ever = 至今尚未發現。聲音超過平常且通過各項門檻時，規則才會報告突增。
now-headline = { $name }：{ $length }內有 { $voices }，{ $usual }
now-usual = 平常 { $mean }（{ $low } 至 { $high }）
now-usual-gates = 未檢定平常值
now-usual-insufficient = 平常未知，{ $needed } 天中有 { $days } 天
now-lead = 此時段有 { $items }，分屬 { $stories }。首見於本系統：{ $when }，發布者 { $source }。
now-lead-unseen = 此時段有 { $items }，分屬 { $stories }。何者最早未知。
now-open-burst = 開啟此突增
now-clock = 選舉
now-clock-none = 未設定選舉，或投票日均未知。
now-clock-polls = { $day } 投票，{ $when }
now-clock-today = 今天
now-bursts = 進行中的突增
now-bursts-note = 觸發中 { $firing }，已確認 { $acknowledged }
now-bursts-none = 目前沒有突增。{ $collected }
now-bursts-last = 最近的突增
now-bursts-more = 另有 { $count } 個：{ $link }
now-bursts-all = 全部突增
now-column-what = 主題
now-column-hours = 每小時則數，過去 48 小時
now-column-observed = 觀測值
now-column-voices = 各群組的家族數
now-column-first = 首見於本系統
now-column-state = 狀態
now-voices = { $voices } 個聲音
now-observed = { $length }內 { $items }
now-one-text = { $all } 則中有 { $items } 則同文
now-first-unknown = 未知
now-state-firing = 觸發中
now-state-resolved = 已結束
now-state-acknowledged = 已確認
now-state-by = { $by }
now-spark-label = 48 小時內每小時則數，最多 { $most }；未收錄的小時數：{ $gaps }
now-spark-unknown = 無法計算各小時則數。
now-key-window = 軸下橫線：受檢時段
now-key-over = 醒目長條：受檢時段的各小時
now-key-band = 灰色區域：前 28 天同一小時的最低至最高
now-key-hatch = 斜線：未收錄，因此未知而非零
now-coverage = 收錄
now-coverage-line = { $polled }中有 { $collected } 個收錄中。
now-coverage-none = 未輪詢任何來源。
now-coverage-down = 未收錄：{ $names }。
now-coverage-down-more = 未收錄：{ $names }，另有 { $count } 個。
now-coverage-behind = 分析落後紀錄 { $entries } 筆。
now-since = 上次查看之後
now-since-first = 這是此裝置第一次查看，或它已忘記上一次。
now-since-nothing = { $when } 以來沒有變化。
now-since-fired = 發現突增：{ $name }
now-since-resolved = 結束：{ $name }
now-since-acknowledged = { $by } 確認了 { $name }
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
now-narrative-usual = 平常
now-narrative-unknown = 未知
now-live = 即時
now-changed = 有新的變化，按此顯示
now-not-live = 非即時，請重新載入

## 選舉

elections-title = 選舉
elections-none = 未設定選舉。設定資料夾的 `elections/` 中每場選舉一個檔案。
elections-polling-unknown = 投票日：未知。
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
elections-not-known = 未知
elections-withholds = 訊息不引用民調
elections-narratives = 為此選舉監看的敘事
elections-no-narratives = 無。

## 敘事

narratives-title = 敘事
narratives-note = 有文件記載的說法，附其文件。內容符合查詢只表示有此說法的用語，不表示它主張此說法。
narratives-none = 未設定敘事。
narratives-documented = 記載於
narratives-actors = 文件所指名者
narratives-nobody = 無。
narratives-queries = 查詢條件
narratives-elections = 選舉
narratives-disarm = DISARM 手法，為我們的判讀
narratives-volume = 每日符合則數，過去 28 天
narratives-groups = 依群組，過去 28 天
narratives-languages = 依語言，過去 28 天
narratives-stories = 最大的報導，過去 28 天
narratives-no-matches = 過去 28 天沒有符合的內容。{ $collected }
narratives-group = 群組
narratives-language = 語言
narratives-items = 則數
narratives-families = 家族
narratives-story = 報導
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
keys-acknowledge = 到確認表單
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
cases-empty = 目前沒有內容。突增、報導與內容頁面底部有加入表單。
cases-note-add = 寫註記
cases-note-text = 註記
cases-note-save = 保存
cases-kind-item = 內容
cases-kind-story = 報導
cases-kind-burst = 突增
cases-kind-note = 註記
cases-added-by = { $when } 由 { $by } 加入
cases-remove = 移出
cases-add = 加入案件
cases-new = 新案件
cases-new-name = 新案件的名稱
cases-add-it = 加入
