"""Reads a mail from standard input with the standard library alone, and prints it as a line of JSON."""

import email
import email.policy
import json
import sys


def main():
    mail = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
    assert not mail.defects, mail.defects
    for name, value in mail.items():
        assert not value.defects, (name, value.defects)
    assert not mail.is_multipart() and mail.get_content_type() == "text/plain"
    fields = {name.lower(): str(value) for name, value in mail.items()}
    print(json.dumps({"fields": fields, "text": mail.get_content()}))


main()
