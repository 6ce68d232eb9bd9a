"""Reads the WARC files of a folder with the standard library alone; see ISO 28500, WARC 1.1.

Fails at the first record that is not as the standard has it; prints each as a line of JSON.
"""

import base64
import hashlib
import json
import pathlib
import sys
import zlib


def members(data):
    """Each record is a gzip member of its own, so that one can be read alone."""
    while data:
        unpacker = zlib.decompressobj(31)
        record = unpacker.decompress(data)
        assert unpacker.eof, "a torn member"
        yield record
        data = unpacker.unused_data


def digests(payload):
    for name in ("sha1", "sha256"):
        found = hashlib.new(name, payload)
        yield f"{name}:{found.hexdigest()}"
        yield f"{name}:{base64.b32encode(found.digest()).decode().rstrip('=')}"


def read(record):
    head, _, rest = record.partition(b"\r\n\r\n")
    version, *lines = head.decode("utf-8").split("\r\n")
    assert version == "WARC/1.1", version
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    for name in ("warc-record-id", "warc-date", "warc-type", "content-length"):
        assert name in fields, f"no {name} in {lines}"
    length = int(fields["content-length"])
    block, end = rest[:length], rest[length:]
    assert len(block) == length and end == b"\r\n\r\n", (length, end[:40])
    is_http = fields.get("content-type", "").startswith("application/http")
    http_head, payload = b"", block
    if is_http:
        http_head, _, payload = block.partition(b"\r\n\r\n")
    digest = fields.get("warc-payload-digest")
    if fields["warc-type"] in ("response", "resource"):
        name, _, value = digest.partition(":")
        written = f"{name.lower().replace('-', '')}:{value.rstrip('=')}"
        assert written in list(digests(payload)), f"{digest} is not of the payload"
    return {
        "id": fields["warc-record-id"],
        "type": fields["warc-type"],
        "uri": fields.get("warc-target-uri", ""),
        "refers": fields.get("warc-refers-to"),
        "head": http_head.decode("latin-1"),
        "payload": payload.decode("utf-8", "replace"),
    }


def main():
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.warc.gz")):
        for record in members(path.read_bytes()):
            print(json.dumps(read(record)))


main()
