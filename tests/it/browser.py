"""Opens report pages in Chromium and refuses what a reader would stumble over; called by tests/browser.

Chromium is driven over a pipe (Chrome DevTools Protocol, --remote-debugging-pipe): messages are JSON that end
with a NUL, so the standard library is enough.
"""

import base64
import collections
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

WIDTHS = [360, 800, 1280]
SCHEMES = ["light", "dark"]
# Mail programs darken a letter by themselves, if at all, and none shows it wider than it wants to be.
LETTERS = ([360, 700], ["light"])
DAYS = 5
# Pages of more elements than this are all of a kind: axe-core, which is slow, looks at them once.
LONG = 1200
# What bars somebody from a page, by axe-core's own weight; "moderate" and "minor" are advice.
BARRIERS = ["serious", "critical"]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
]

# What a page tells about itself: how far it sticks out, what sticks out, and text too faint to read
# (WCAG 2.2, 1.4.3: 4.5, and 3 for large text).
LOOK = r"""
(() => {
  const wide = document.documentElement.clientWidth;
  const name = e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : '') + ' "' + e.textContent.trim().slice(0, 30) + '"';
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const painted = color => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const rgba = color => known.get(color) || known.set(color, painted(color)).get(color);
  const light = color => {
    const [r, g, b] = [...rgba(color)].slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = e => { while (e && rgba(getComputedStyle(e).backgroundColor)[3] < 255) e = e.parentElement; return e ? getComputedStyle(e).backgroundColor : 'white'; };
  const faint = e => {
    const style = getComputedStyle(e), [a, b] = [light(style.color), light(behind(e))];
    const large = parseFloat(style.fontSize) >= 24;
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < (large ? 3 : 4.5);
  };
  const all = [...document.body.querySelectorAll('*')];
  const speaking = all.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility());
  return {
    over: document.documentElement.scrollWidth - wide,
    out: all.filter(e => e.getBoundingClientRect().right > wide + .5).map(name).slice(0, 3),
    faint: speaking.filter(faint).map(name).slice(0, 3),
    headings: document.querySelectorAll('h1').length,
    paper: light(behind(document.body)),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
    links: [...document.querySelectorAll('a[href]')].map(e => e.href),
  };
})()
"""

OPEN = "document.querySelectorAll('details').forEach(fold => { fold.open = %s; })"
AUDIT = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(v => ({
  rule: v.id, impact: v.impact, help: v.help, where: v.nodes.slice(0, 3).map(n => n.target.join(' ')), count: v.nodes.length,
})))"""


class Browser:
    """One tab of a Chromium of our own."""

    def __init__(self, profile):
        to_browser, our_writing = os.pipe()
        our_reading, from_browser = os.pipe()
        shell = f'exec chromium "$@" 3<&{to_browser} 4>&{from_browser}'
        flags = FLAGS + [f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "chromium", *flags], pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.writing, self.reading = os.fdopen(our_writing, "wb"), os.fdopen(our_reading, "rb")
        self.unread, self.number, self.session, self.events = b"", 0, None, collections.deque()
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.ask(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.unread:
            more = self.reading.read1(1 << 16)
            if not more:
                sys.exit("chromium ended by itself")
            self.unread += more
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        self.writing.write(json.dumps(request).encode() + b"\0")
        self.writing.flush()
        while (answer := self.receive()).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def open(self, url):
        """Loads a page; what happens meanwhile gathers in `events`."""
        self.events.clear()
        self.ask("Page.navigate", url=url)
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.receive())

    def show(self, width, scheme):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def evaluate(self, expression):
        """What an expression gives; a promise is waited for. DevTools may do so whatever a page's policy says."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"in the page: {answer['exceptionDetails']['text']} {answer['result'].get('description', '')}")
        return answer["result"].get("value")

    def look(self):
        return self.evaluate(LOOK)

    def unfold(self, unfolded=True):
        self.evaluate(OPEN % ("true" if unfolded else "false"))

    def close(self):
        self.session = None
        self.ask("Browser.close")
        self.process.wait(timeout=20)


def stumbles(browser, url):
    """What happened while a page was open that should not have: messages, and requests for anything else."""
    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Log.entryAdded":
            yield "says: " + params["entry"]["text"]
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            yield "runs a script"
        if method == "Network.requestWillBeSent" and params["request"]["url"] != url:
            yield "asks for " + params["request"]["url"]


def appearance(browser, width, scheme):
    """What is wrong with a page at a width in a scheme, folded and unfolded."""
    browser.show(width, scheme)
    for unfolded in [True, False]:
        browser.unfold(unfolded)
        seen = browser.look()
        if seen["over"] > 0 or seen["out"]:
            yield f"sticks out by {seen['over']} px: {seen['out']}"
        if seen["faint"]:
            yield f"is too faint: {seen['faint']}"
        if seen["headings"] != 1:
            yield f"has {seen['headings']} main headings"
        if (seen["paper"] < 0.2) != (scheme == "dark"):
            yield f"ignores the wish for {scheme}"


def barriers(browser, axe, widths, schemes):
    """What bars somebody who does not see the page or has no mouse: axe-core, on a telephone and a desk, unfolded."""
    browser.unfold()
    browser.evaluate(axe + "\nvoid 0")
    long = browser.evaluate("document.querySelectorAll('*').length") > LONG
    for width, scheme in [(widths[0], schemes[0]), (widths[-1], schemes[-1])][: 1 if long else 2]:
        browser.show(width, scheme)
        for found in browser.evaluate(AUDIT):
            if found["impact"] in BARRIERS:
                yield f"{found['rule']} ({found['impact']}, {found['count']} times): {found['help']}, {found['where']}"


def keep(browser, folder, name, width, scheme):
    """A screenshot of the whole page."""
    size = browser.ask("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
    shot = browser.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    (folder / f"{name}-{width}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))


def printed(browser):
    browser.ask("Emulation.setEmulatedMedia", features=[])
    return base64.b64decode(browser.ask("Page.printToPDF", preferCSSPageSize=True)["data"])


def dead_links(found):
    """Links that lead nowhere, or to a place in a page that is not there."""
    for page, seen in found.items():
        for link in seen["links"]:
            address, fragment = urllib.parse.urldefrag(link)
            target = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(address).path))
            if not address.startswith("file://") or not target.exists():
                yield f"{page.name}: {link} leads nowhere"
            elif fragment and target in found and fragment not in found[target]["ids"]:
                yield f"{page.name}: {link} leads to no place in that page"


def visit(browser, page, name, axe, folder, widths, schemes):
    """Opens a page in every way; gives what it holds and what is wrong with it."""
    problems = []
    browser.open(page.as_uri())
    for scheme in schemes:
        for width in widths:
            problems += [f"at {width} px, {scheme}: {p}" for p in appearance(browser, width, scheme)]
            if folder:
                keep(browser, folder, name, width, scheme)
    seen = browser.look()
    pdf = printed(browser)
    if not pdf.startswith(b"%PDF") or len(pdf) < 5000:
        problems.append("cannot be printed")
    if folder:
        (folder / f"{name}.pdf").write_bytes(pdf)
    problems += stumbles(browser, page.as_uri())
    problems += barriers(browser, axe, widths, schemes)
    return seen, [f"{name} {p}" for p in problems]


def demonstration(reports):
    """The pages of the demonstration: all but the days before the last few."""
    others = [*reports.glob("weeks/*.html"), *reports.glob("customers/**/*.html")]
    return [reports / "index.html", *sorted(others), *sorted(reports.glob("2*.html"))[-DAYS:]]


def main(reports, worlds, axe, profile, folder=None):
    reports, worlds, folder = pathlib.Path(reports).resolve(), pathlib.Path(worlds).resolve(), folder and pathlib.Path(folder)
    axe = pathlib.Path(axe).read_text(encoding="utf-8")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    pages = [(reports, page) for page in demonstration(reports)]
    # Of each world every sort of page, and of its customers two.
    letters = sorted(worlds.glob("letters/*.html"))
    for world in sorted(path for path in worlds.iterdir() if path.is_dir() and path.name != "letters"):
        customers = sorted(world.glob("customers/*.html"))[:2]
        pages += [(worlds, page) for page in [*sorted(world.glob("*.html")), *sorted(world.glob("weeks/*.html")),
                                              *customers, *sorted(world.glob("customers/*/*.html"))]]
    browser, problems, found = Browser(profile), [], {}
    try:
        for root, page in pages:
            name = "-".join(page.relative_to(root).with_suffix("").parts)
            seen, wrong = visit(browser, page, name, axe, folder, WIDTHS, SCHEMES)
            problems += wrong
            if root == reports:
                found[page] = seen
        for letter in letters:
            problems += visit(browser, letter, f"letter-{letter.stem}", axe, folder, *LETTERS)[1]
    finally:
        browser.close()
    problems += dead_links(found)
    if problems:
        sys.exit("\n".join(problems))
    if not letters:
        sys.exit("no letter was laid out")
    print(f"{len(pages)} pages read well at {WIDTHS} px, light, dark and on paper, and {len(letters)} letters at {LETTERS[0]} px;"
          " axe-core finds nothing serious")


main(*sys.argv[1:])
