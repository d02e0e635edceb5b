# SPDX-License-Identifier: MIT
"""Holds a page of `secgauge report --html` to its word: page.py FILE. Prints what is wrong."""
import base64
import hashlib
import html.parser
import re
import sys

VOID = {"meta", "link", "br", "col", "rect", "circle", "path", "polygon", "use"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.references = [], [], [], []
        self.policy, self.text, self.counts, self.inline = "", [], {}, {}
        self.cells, self.columns = 0, 0

    def check(self, ok, what):
        if not ok:
            self.wrong.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        given = dict(attrs)
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.check(len(given) == len(attrs), f"<{tag}> has an attribute twice")
        for name, value in given.items():
            self.check(not name.startswith("on") and name not in ("style", "src", "srcset"),
                       f"<{tag} {name}>")
            if name in ("href", "xlink:href"):
                self.check(value.startswith("#") or value == "data:,", f"<{tag}> loads {value}")
                self.references += [value[1:]] if value.startswith("#") else []
            if name == "aria-labelledby":
                self.references += value.split()
        self.ids += [given["id"]] if "id" in given else []
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag == "svg":
            self.check(given.get("aria-hidden") == "true" or
                       given.get("role") == "img" and given.get("aria-labelledby"), "a nameless svg")
        if tag == "th":
            self.check(given.get("scope") in ("col", "row"), "a <th> without a scope")
        if tag in ("script", "style"):
            self.check(not given, f"<{tag}> with attributes")
        if tag == "tr":
            self.cells = 0
        if tag in ("td", "th"):
            self.cells += int(given.get("colspan", 1))

    def handle_endtag(self, tag):
        self.check(self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}")
        if self.open:
            self.open.pop()
        if tag == "thead":
            self.columns = self.cells
        if tag == "tr" and "tbody" in self.open:
            self.check(self.cells == self.columns, f"{self.cells} cells, {self.columns} columns")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            self.inline[self.open[-1]] = self.inline.get(self.open[-1], "") + data
        else:
            self.text.append(data)

    def finish(self):
        self.check(not self.open, f"not closed: {self.open}")
        self.check(len(set(self.ids)) == len(self.ids), "an id stands there twice")
        for reference in self.references:
            self.check(reference in self.ids, f"no #{reference}")
        for tag in ("script", "style"):
            digest = hashlib.sha256(self.inline.get(tag, "").encode()).digest()
            self.check(f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}';" in self.policy,
                       f"the policy does not know this <{tag}>")
            self.check(self.counts.get(tag) == 1, f"more than one <{tag}>")
        self.check(self.policy.startswith("default-src 'none';"), "the policy allows loading")
        self.check(not re.search(r"url\(|@import|fetch\(|XMLHttp|import\(", str(self.inline)),
                   "something is loaded by style sheet or script")
        for tag in ("h1", "title", "main", "header"):
            self.check(self.counts.get(tag, 0) >= 1, f"no <{tag}>")
        self.check(self.counts["h1"] == 1, "more than one <h1>")


with open(sys.argv[1], encoding="utf-8", errors="strict") as file:
    text = file.read()
page = Page()
page.feed(text)
page.close()
page.finish()
page.check(len(text.encode()) < 1 << 20, "larger than 1 MiB")
print("\n".join(page.wrong[:20]))
sys.exit(bool(page.wrong))
