"""Writes feedparser.tsv: what feedparser 6.0.14 (`pip install feedparser==6.0.14 chardet`) finds in the
documents of feeds/feedparser.ndjson.gz and feeds/other-peers.ndjson.gz.

    python3 reference.py /path/to/data > feedparser.tsv

A line is a document: its id, then one column for each entry: digests of title, link and id, and the
date in seconds since 1970, each empty where feedparser has none; `-` where it has nothing. A document
without a line has one entry with nothing. Links are the ones behind counting links, without what only
counts, and none where feedparser makes one of an id that is no address. Digests stand for the texts, which belong to the suites.
`digest` and `fold` have their twins beside this file.
"""

import base64
import calendar
import gzip
import json
import re
import sys

import feedparser

URL = "http://127.0.0.1:8097/feed.xml"
ENTITIES = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&#39;", "'"),
            ("&#x27;", "'"), ("&#34;", '"'), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"),
            ("&#x26;", "&"), ("&#x3c;", "<"), ("&#x3C;", "<"), ("&#x3e;", ">"), ("&#x3E;", ">"),
            ("&nbsp;", " "), ("&eacute;", "\u00e9"), ("&amp;", "&")]


def fold(title):
    while True:
        text = re.sub(r"<[A-Za-z/!?][^>]*>", "", title)
        for name, char in ENTITIES:
            text = text.replace(name, char)
        if text == title:
            return text
        title = text


def digest(text):
    text = "".join(text.split())
    if not text:
        return ""
    value = 0x811C9DC5
    for byte in text.encode("utf-8", "replace"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{value:08x}"


def header(body, name):
    found = re.search(rb"Header:\s*" + name + rb":\s*([^\r\n]+)", body)
    return found.group(1).decode("latin-1").strip() if found else None


def link(entry, body):
    link = entry.get("feedburner_origlink") or entry.get("link") or ""
    is_made = link == entry.get("id") and link.split("#")[0].encode() not in body
    if not link.startswith("http") or is_made:
        return ""
    if "#!" not in link:
        link = link.split("#")[0]
    return re.sub(r"\?$", "", re.sub(r"(?<=[?&])(utm_|wt_)[^&]*&?", "", link))


def main(folder):
    for suite in ("feedparser", "other-peers"):
        for line in gzip.open(f"{folder}/feeds/{suite}.ndjson.gz"):
            row = json.loads(line)
            body = row["utf8"].encode() if "utf8" in row else base64.b64decode(row["base64"])
            location = header(body, b"Content-[Ll]ocation") or ""
            headers = {"content-location": location if location.startswith("http") else URL}
            if kind := header(body, b"Content-[Tt]ype"):
                headers["content-type"] = kind
            columns = [row["id"]]
            for entry in feedparser.parse(body, response_headers=headers).entries:
                when = (entry.get("published_parsed") or entry.get("created_parsed")
                        or dict.get(entry, "updated_parsed"))
                columns.append(",".join([
                    digest(fold(entry.get("title", ""))),
                    digest(link(entry, body)),
                    digest(entry.get("id", "")),
                    str(calendar.timegm(when)) if when else "",
                ]).rstrip(",") or "-")
            if columns[1:] != ["-"]:
                print("\t".join(columns))


main(sys.argv[1])
