# What messages say in English.
#
# One message a line of text, in the syntax of Fluent (https://projectfluent.org/fluent/guide/). What stands in `{ $… }` is
# given by the program and put in as it is. Every catalogue has the same messages, with the same arguments; an id has
# a hyphen in it. Wording is neutral: published, also published by, first seen in our collection, consistent with.
# Unknown is said as unknown.

## The frame of a message

demo-headline = [DEMO, invented election] { $headline }
link-line = { $name }: { $link }
link-burst = Evidence and query
link-sources = Sources, with their last outcomes
note-line = Note: { $note }
note-repeat = may repeat an earlier message, whose answer was lost
note-acknowledged = acknowledged in the meantime
note-resolved = resolved in the meantime
note-no-link = no public_url configured, so no link: open the page at { $path } on the machine itself
note-hidden = invisible characters were removed from names in this message
note-shortened = shortened; the page has the rest
note-template = the template { $template } failed, so this is the standard text

## What joins parts

joined-list = { $first }, { $second }
joined-clauses = { $first }; { $second }
list-more = and { $more } more
name-with-id = { $name } ({ $id })
name-missing = (no name)

## Numbers

number-unknown = unknown
number-under = under { $limit }
count-items =
    { $items ->
        [one] { $items } item
       *[other] { $items } items
    }
count-voices =
    { $voices ->
        [one] { $voices } voice
       *[other] { $voices } voices
    }
count-families =
    { $families ->
        [one] { $families } family
       *[other] { $families } families
    }
count-accounts =
    { $accounts ->
        [one] { $accounts } account
       *[other] { $accounts } accounts
    }
count-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }

## Times

time-weekday =
    { $weekday ->
        [1] Mon
        [2] Tue
        [3] Wed
        [4] Thu
        [5] Fri
        [6] Sat
       *[7] Sun
    }
time-moment =
    { time-weekday } { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    } { $time }
time-range = { $from } to { $to }
# The hours of a window, as one says them: whole ones, others, and over several days.
stretch-hours = { time-weekday } { $from }-{ $to }h
stretch-times = { time-weekday } { $from }-{ $to }
stretch-bound = { time-weekday } { $time }
length-under-minute = under a minute
length-seconds = { $seconds } s
length-minutes = { $minutes } min
length-hours = { $hours } h
length-hours-minutes = { $hours } h { $minutes } min
length-days-hours = { count-days } { $hours } h

## The first line of a message about a burst

burst-kind-rule = Burst
burst-kind-term = Term rising
burst-kind-term-slow = Term rising over days
burst-kind-text = Text also published by others
burst-kind-together = Same object posted together
burst-kind-late = { $kind }, found late
burst-kind-grown = { $kind }, grown
firing-headline = { $kind }: { $name } · { count-items }, { $measure } in { $length }
resolved-headline = Resolved: { $name } · lasted { $lasted }; peak { count-items }, { $measure } in { $length }
usual-voices =
    usual { $stretch }: { $mean ->
        [one] { $mean } voice
       *[other] { $mean } voices
    } ({ $low } to { $high })
usual-voices-unknown = usual { $stretch }: unknown voices ({ $low } to { $high })
usual-accounts = expected together: { $mean } accounts
usual-insufficient = usual: insufficient data ({ $days } of { $needed } days of history)

## The account of a burst that fires

counted-voices =
    { count-voices }: the smaller of { $families ->
        [one] { $families } publisher family
       *[other] { $families } publisher families
    } and { $stories ->
        [one] { $stories } distinct story
       *[other] { $stories } distinct stories
    }
counted-one-text = { $same } of the { $all } items carry one text ({ count-families })
groups-line = Families by group: { $groups }
groups-one = { $name } { $families }
groups-more = and { $more } more groups
found-late-line = Found late: its items were received after the window had passed
detected-outside = Counted: families outside the domestic press only; items of the press are left out
detected-term = Nobody listed this term
detected-spellings = also spelled { $spellings }
detected-group = the voices are those of { $group } only
detected-text = The text, or one that is possibly reworded from it, was also published by these families; a common source that is not collected explains the same
detected-together = { count-accounts } posted it within { $length }; { $silent } had been silent before. An event that all heard of explains the same
first-seen-unknown = First seen in our collection: unknown
first-seen-line = First seen in our collection: { $moment }, published by { $by } (earliest item of this burst)
collected-unknown = Coverage in the window: unknown
collected-complete = Coverage in the window: complete ({ $sources } of { $sources } sources)
collected-partly = Coverage in the window: { $collected } of { $sources } sources; not collected in whole or part: { $missing }
missing-failing = failing
missing-not-polled = not polled
likelihood-rule =
    If nothing had changed: p = { $p } for so many voices; this rule fires at { $limit } or less. Baseline: { $windows ->
        [one] { $windows } window
       *[other] { $windows } windows
    } in { count-days }
likelihood-other = If nothing had changed: p = { $p } for so many; this fires at { $limit } or less. Baseline: { $baseline }
baseline-accounts = how often each of these accounts posts
baseline-term = the term's share of all that was published in { count-days }
insufficient-line = Insufficient data: there is too little history to say what is usual
gates-line = No test, a gate: { $gates }
gate-one = { $name } { $limit }: { $value }
gate-domestic = domestic families at least
gate-retelling = proxies' families with texts of their own at least
gate-rule-share = share of the rule's groups, languages and platforms at least
election-line = Election: { $election }
window-line = Window: { $window } ({ $zone })

## The account of a burst that is over

found-line = Found { $began }, { $until } ({ $zone })
found-ended = ended { $moment }
found-last-seen = last seen { $moment }
acknowledged-line = Acknowledged by { $by }; { $verdict }
verdict-none = no verdict yet
verdict-useful = verdict: useful
verdict-noise = verdict: noise
verdict-known = verdict: known
last-window = Last window: { count-items }, { $measure }

## What the calendar of an election says

election-named = { $name }, { $days }
polling-day-unknown = polling day unknown
polling-day-today = polling day
polling-day-ahead =
    { $days ->
        [one] { $days } day to polling day
       *[other] { $days } days to polling day
    }
polling-day-past =
    { $days ->
        [one] { $days } day after polling day
       *[other] { $days } days after polling day
    }
phases-none = no phase known to be in force
phases-one = phase: { $phase }
phases-several = phases: { $phases }
phases-unknown = not known whether: { $phases }
phases-applied = thresholds of phase { $phase }

## What is kept out of a message

withheld-text = (withheld)
withheld-note = withheld: text that looks like an opinion poll, { $until } ({ $why }). It stands on the page
withheld-until = until { $moment } { $zone }
withheld-until-unknown = until an unknown time

## Messages about collection

coverage-outage =
    Coverage: most sources fail, { $failed } of { $tried } on { $hosts ->
        [one] { $hosts } host
       *[other] { $hosts } hosts
    }, since { $moment }
coverage-outage-over = Coverage: most sources are collected again, after { $length }
coverage-again = Coverage: { $name } { $again }, after { $length }
coverage-since = Coverage: { $name } { $is } since { $moment }
coverage-several = Coverage: { $counts }
coverage-count = { $sources } { $state }
coverage-recovered = { $sources } as before again
outage-line = Most sources fail together: consistent with a fault of this machine's network. They are not listed, and nothing is known of what they publish meanwhile
outage-why = One of them: { $why }
outage-gap = Not collected: { $gap }
gap-span = { $span } ({ $length })
gap-found = { count-items } of that time found afterwards, there may have been more
detail-gap = Was { $from } { $gap }
detail-why = Why: { $why }
detail-was-why = Was { $from } before. Why: { $why }
change-since = { $name } { $is } since { $moment }
change-was-since = { $name } { $is } (was { $from }) since { $moment }
change-why = { $change }: { $why }
change-again = { $name } { $again }
change-again-gap = { $name } { $again }; was { $from } { $gap }
changes-more = and { $more } more; the page has all sources
states-line =
    Of { $polled ->
        [one] { $polled } polled source
       *[other] { $polled } polled sources
    }: { $counts }
as-of-line = As of { $moment } ({ $zone })

# What a source does since it is in a state that is told.
is-failing = is failing
is-blocked = is blocked
is-silent = is silent
is-ended = seems to have ended
is-moved = has moved for good

# What it does once the trouble is over.
again-publishes = publishes again
again-configured = is collected at its configured address again
again-collected = is collected again

state-blocked = blocked
state-failing = failing
state-ended = ended
state-silent = silent
state-moved = moved
state-degraded = degraded
state-waiting = waiting
state-ok = ok
state-import = import
state-off = off

## Several alerts in one message

link-alerts = All alerts, with their evidence
severity-info = info
severity-warning = warning
severity-critical = critical
count-alerts =
    { $alerts ->
        [one] { $alerts } alert
       *[other] { $alerts } alerts
    }
summary-severity = { $count } { $severity }
summary-headline = { $title }: { count-alerts } ({ $counts })
summary-group = Together
summary-digest = Digest
summary-quiet = Quiet hours are over
summary-limit = Held back by the limit of this receiver
summary-released = Held back until now
summary-handover = Shift hand-over
summary-span = From { $span } ({ $zone })
summary-entry = [{ $severity }] { $headline }
summary-more =
    and { $more ->
        [one] { $more } alert
       *[other] { $more } alerts
    } more, on the page
summary-withheld = withheld: texts that look like opinion polls; they stand on the page
note-limit = the limit of this receiver is reached: what follows is held back until { $moment } ({ $zone }) and then told together

## A receiver that takes no messages

link-receiver = The alert, with its history
receiver-gives-up = Messages to { $receiver } do not arrive: one was given up
receiver-again = Messages to { $receiver } arrive again, after { $length }
receiver-why = Why: { $error }
receiver-since =
    Given up so far: { $count ->
        [one] { $count } message
       *[other] { $count } messages
    }, since { $moment } ({ $zone }). They stand on the page

## Buttons, and what is told who pressed one

button-taken = I have it
button-useful = Useful
button-noise = Noise
button-known = Known already
button-quiet = Quiet for 4 h
reply-taken = Acknowledged
reply-judged = Acknowledged; { $verdict }
reply-quiet = Nobody is told for 4 hours of alerts with { $alerts }
reply-unknown = There is no such alert any more
reply-refused = That could not be taken in; use the page
