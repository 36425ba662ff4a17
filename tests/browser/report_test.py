# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The HTML report in a browser: stepping, panels, tabs, filter, without script, dark, and one page of each kind.

Usage: report_test.py SOURCE-DIR BUILD-DIR [unittest arguments]. Run by ctest; needs what packages.txt marks @test.
"""
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from webdriver import Browser  # noqa: E402

SOURCE, BUILD = sys.argv[1:3]
SCRATCH = tempfile.TemporaryDirectory(prefix="hotweave-html-")
MOST_BYTES = 300_000


def explain(program, target, schedule, options=()):
    """Path of the page about a stored finding."""
    page = os.path.join(SCRATCH.name, re.sub(r"\W", "_", target + schedule) + ".html")
    if not os.path.exists(page):
        ended = subprocess.run([os.path.join(BUILD, program), "explain", target, os.path.join(SOURCE, schedule), "--format", "html",
                                "-o", page, *options], capture_output=True, text=True, check=False)
        if ended.returncode != 1:
            raise AssertionError("explain ended with status %d: %s%s" % (ended.returncode, ended.stdout, ended.stderr))
    return page


def lost_update():
    return explain("hotweave", "online_vs_probe@S1-E", "corpus/online_vs_probe/programs/R1.2-lost-update.sched")


def deadlock():
    return explain("hotweave", "pcpu_alloc_vs_cpu_up@S4-C", "corpus/pcpu_alloc_vs_cpu_up/programs/R4.1.sched")


class InBrowser(unittest.TestCase):
    """Pages in a browser of the class's width; a console message or a request to anywhere fails the test."""
    width = 1440
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser(cls.width, 1000, **cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def tearDown(self):
        self.assertEqual(self.browser.logs("browser"), [], "nothing is written to the console")
        elsewhere = [url for url in self.browser.requests() if not re.match("file:|data:|chrome:|chrome-untrusted:|about:", url)]
        self.assertEqual(elsewhere, [], "nothing is asked of a network")

    def event(self):
        """The number of the event at the cursor."""
        return int(re.match(r"event (\d+) of", self.browser.text("#position")).group(1))

    def settle(self, what, condition):
        """Waits for what a browser does on its own time (a scroll, a frame)."""
        end = time.monotonic() + 5
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)


class Stepping(InBrowser):
    """What must hold at any width."""
    def setUp(self):
        self.browser.open(lost_update())

    def test_begins_at_the_decision_and_says_so(self):
        self.assertIn("preempted: probe → online (decision 1)", self.browser.text("#event"))
        self.assertIn("A decision of the input", self.browser.text("#event"))

    def test_keys_move_the_cursor(self):
        self.browser.press("Home")
        self.assertEqual(self.event(), 0)
        self.browser.press("k")
        self.assertEqual(self.event(), 0, "there is nothing before the first event")
        self.browser.press("End")
        last = self.event()
        self.assertGreater(last, 1000)
        self.browser.press("PageUp", "PageUp", "PageUp")
        self.assertEqual(self.event(), last - 30)
        for keys, back in ((["ArrowLeft"], 1), (["k"], 1), (["PageUp"], 10), (["ArrowRight"], -1), (["j", "j"], -2), (["PageDown"], -10)):
            before = self.event()
            self.browser.press(*keys)
            self.assertEqual(before - self.event(), back, keys)

    def test_the_path_leads_to_the_finding(self):
        self.browser.press("Home")
        seen, roles = [], []
        for _ in range(200):
            self.browser.press("n")
            if seen and self.event() == seen[-1]:
                break
            seen.append(self.event())
            self.assertIn("on the path to the finding", self.browser.text("#event"))
            role = self.browser.text("#event .role")
            if role:
                roles.append(role)
        self.assertEqual(seen, sorted(set(seen)))
        self.assertGreater(len(seen), 8, "what the story tells is on the path")
        self.assertEqual(len(roles), 3, roles)
        self.assertIn("load of the old value by probe", roles[0])
        self.browser.press("p")
        self.assertEqual(self.event(), seen[-2])

    def test_tabs_by_key_and_click(self):
        shown = "return [...document.querySelectorAll('#tabs > section')].filter(s => !s.hidden).map(s => s.id);"
        self.assertEqual(self.browser.run(shown), ["tab-story"])
        for key, name in (("2", "tab-locks"), ("3", "tab-waits"), ("4", "tab-events"), ("5", "tab-report"), ("1", "tab-story")):
            self.browser.press(key)
            self.assertEqual(self.browser.run(shown), [name])
        self.browser.click("#tab-report-tab")
        self.assertEqual(self.browser.run(shown), ["tab-report"])
        self.assertIn("ASSERTION FAILED: lost-update", self.browser.text("#tab-report"))
        self.assertEqual(self.browser.run("return document.querySelector('[aria-selected=true]').textContent;"), "Report")

    def test_the_cursor_stays_in_sight(self):
        inside = ("const c = document.querySelector('#scroller .cursor').getBoundingClientRect(), s = document.getElementById('scroller')"
                  ".getBoundingClientRect(); return c.left >= s.left - 1 && c.right <= s.right + 1;")
        for keys in (["f"], ["Home"], ["End"], ["p", "p", "p"], ["f"]):
            self.browser.press(*keys)
            self.settle("the cursor is in sight after %s" % keys, lambda: self.browser.run(inside))

    def test_labels_lie_within_their_boxes(self):
        outside = self.browser.run("""
          return [...document.querySelectorAll('#scroller text[class^=on-]')].filter(t => t.textContent).filter(t => {
            const box = t.previousElementSibling.getBBox(), text = t.getBBox();
            return text.x < box.x - 1 || text.x + text.width > box.x + box.width + 1;
          }).map(t => t.textContent);""")
        self.assertEqual(outside, [])

    def test_the_page_does_not_scroll_sideways(self):
        for key in "12345":
            self.browser.press(key)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth;"), self.width, "tab " + key)


class SteppingNarrow(Stepping):
    width = 800


class Panels(InBrowser):
    def setUp(self):
        self.browser.open(lost_update())

    def test_source_is_that_of_the_tree(self):
        self.browser.press("p")
        name = self.browser.text(".source-name")
        path, line = name.rsplit(":", 1)
        with open(os.path.join(SOURCE, path), encoding="utf-8") as source:
            expected = source.read().split("\n")[int(line) - 1].expandtabs(8)
        self.assertEqual(self.browser.run("return document.querySelector('.source .current').lastChild.textContent;"), expected)
        self.assertEqual(self.browser.run("return document.querySelectorAll('.source > div').length;"), 7)
        self.assertEqual(self.browser.run("return document.querySelectorAll('.source .current').length;"), 1)

    def test_a_frame_shows_its_own_source(self):
        before = self.browser.text(".source-name")
        self.browser.click("#stack li:nth-child(3) button")
        self.assertNotEqual(self.browser.text(".source-name"), before)
        self.assertEqual(self.browser.run("return document.activeElement && document.querySelectorAll('#stack [aria-current=true]').length;"), 1)

    def test_locks_and_values_are_those_of_the_moment(self):
        tasks = self.browser.text("#tasks")
        self.assertRegex(tasks, r"probe\s+runs on CPU \d")
        self.assertRegex(tasks, r"mem_hotplug_lock \(write\)\s+percpu_write_lock memory_hotplug_lock.cc:\d+")
        self.assertIn("zone.present_pages", self.browser.text("#values"))
        at_the_load = self.browser.text("#values .now")
        self.browser.press("End")
        self.assertNotEqual(self.browser.text("#values .now"), at_the_load)
        self.assertNotIn("mem_hotplug_lock", self.browser.text("#tasks"))

    def test_a_click_in_the_lanes_moves_the_cursor(self):
        before = self.event()
        self.browser.click("#overview svg")
        self.assertNotEqual(self.event(), before)

    def test_filter_of_events(self):
        self.browser.press("/")
        self.browser.press(*"present_pages")
        rows = "return [...document.querySelectorAll('#events tbody tr')].map(r => r.textContent);"
        found = self.browser.run(rows)
        self.assertGreater(len(found), 5)
        self.assertEqual([r for r in found if "present_page" not in r], [])
        self.browser.run("const s = document.getElementById('filter-task'); s.value = [...s.options].find(o => o.text === 'online').value;"
                         "s.dispatchEvent(new Event('input'));")
        fewer = self.browser.run(rows)
        self.assertLess(len(fewer), len(found))
        self.assertEqual([r for r in fewer if "online" not in r], [])
        self.browser.click("#events tbody tr:nth-child(2)")
        self.assertTrue(fewer[1].startswith(str(self.event())), "a row leads to its event")

    def test_keys_in_the_filter_are_text(self):
        before = self.event()
        self.browser.press("/")
        self.browser.press("n", "j", "2")
        self.assertEqual(self.event(), before)
        self.assertEqual(self.browser.run("return document.getElementById('filter-text').value;"), "nj2")

    def test_help_opens_and_closes(self):
        self.browser.press("?")
        self.assertTrue(self.browser.run("return document.getElementById('help').open;"))
        before = self.event()
        self.browser.press("n")
        self.assertEqual(self.event(), before, "the keys rest while help is open")
        self.browser.press("Escape")
        self.assertFalse(self.browser.run("return document.getElementById('help').open;"))

    def test_folding_hides_quiet_stretches(self):
        width = "return document.querySelector('#scroller svg').width.baseVal.value;"
        folds = "return document.querySelectorAll('#scroller .fold').length;"
        folded = self.browser.run(width)
        self.assertGreater(self.browser.run(folds), 3)
        self.browser.press("f")
        self.assertGreater(self.browser.run(width), 4 * folded)
        self.assertEqual(self.browser.run(folds), 0)
        self.browser.press("w")
        self.assertLessEqual(self.browser.run(width), self.browser.run("return document.getElementById('scroller').clientWidth + 1;"))


class Explanation(InBrowser):
    def test_long_sentences_open(self):
        self.browser.open(deadlock())
        height = "return document.getElementById('sentences').getBoundingClientRect().height;"
        before = self.browser.run(height)
        self.assertIn("What happened:", self.browser.text("#sentences"))
        self.browser.click(".explanation button")
        self.assertGreater(self.browser.run(height), before + 50)
        self.browser.click(".explanation button")
        self.assertEqual(self.browser.run(height), before)

    def test_the_commands_are_there(self):
        self.browser.open(deadlock())
        self.assertIn("pcpu_alloc_vs_cpu_up@S4-C", self.browser.text(".commands"))


class Waits(InBrowser):
    def setUp(self):
        self.browser.open(deadlock())
        self.browser.press("3")

    def edges(self):
        return self.browser.run("return [...document.querySelectorAll('#waits .edge:not(.off)')].map(e => e.querySelector('title').textContent);")

    def test_the_cycle_is_there_at_the_end(self):
        self.browser.press("End")
        self.assertEqual(self.browser.text("#wait-moment"), "At the end of the execution.")
        for edge in ("bpf waits for cpu_hotplug.lock", "cpu_up waits for pcpu_alloc_mutex"):
            self.assertIn(edge, self.edges())
        self.assertEqual(self.browser.run("return document.querySelectorAll('#waits .edge.bad:not(.off)').length;"), 2)

    def test_it_grows_with_the_steps(self):
        self.browser.press("Home")
        self.assertEqual(self.edges(), [])
        self.assertIn("nobody waits", self.browser.text("#wait-moment"))
        self.browser.press("End", "k", "k")
        self.assertEqual(self.edges(), ["init waits for its end", "cpu_up waits for pcpu_alloc_mutex"])

    def test_the_cycle_of_locks_is_red(self):
        self.browser.press("2")
        cycle = "return [...document.querySelectorAll('#cycle .edge.bad text')].map(t => t.textContent).sort();"
        self.assertEqual(self.browser.run(cycle), ["bpf", "cpu_up"])
        colour = self.browser.run("return getComputedStyle(document.querySelector('#cycle .edge.bad path')).stroke;")
        red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
        self.assertGreater(red, 2 * max(green, blue), colour)


class WithoutScript(InBrowser):
    options = {"script": False}

    def test_everything_but_the_steps_can_be_read(self):
        self.browser.open(deadlock())
        text = self.browser.text("body")
        for part in ("bpf waits for cpu_hotplug.lock, which cpu_up holds", "replayed 10/10", "ASSERTION FAILED: deadlock:", "The cycle",
                     "At the end of the execution."):
            self.assertIn(part, text)
        self.assertNotIn("Tasks at this moment", text)
        self.assertGreater(self.browser.run("return document.querySelector('.interleaving').getBoundingClientRect().height;"), 200)
        self.assertGreater(self.browser.run("return document.querySelectorAll('#waits .edge:not(.off)').length;"), 1)


def luminance(colour):
    parts = [int(c) / 255 for c in re.findall(r"\d+", colour)[:3]]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


class Contrast(InBrowser):
    # Text, and what it stands on.
    pairs = (("body", "body"), (".kind", ".kind"), (".facts .replayed", ".facts li"), ("#event .by", ".card"), ("#event .decided", ".card"),
             (".source .line", ".source"), ("#stack button", ".card"), (".place", ".card"), ("#legend", "#timeline"), (".switch td", "#tab-story"))

    def test_text_stands_out(self):
        self.browser.open(lost_update())
        for text, ground in self.pairs:
            front, back = self.browser.run("const c = (s, p) => getComputedStyle(document.querySelector(s))[p];"
                                           "return [c(arguments[0], 'color'), c(arguments[1], 'backgroundColor')];", text, ground)
            light, dark = sorted((luminance(front), luminance(back)), reverse=True)
            self.assertGreaterEqual((light + 0.05) / (dark + 0.05), 4.5, "%s on %s: %s on %s" % (text, ground, front, back))


class ContrastDark(Contrast):
    options = {"dark": True}

    def test_it_is_dark(self):
        self.browser.open(lost_update())
        self.assertLess(luminance(self.browser.run("return getComputedStyle(document.body).backgroundColor;")), 0.1)


class Kinds(InBrowser):
    """One finding of each kind: the pages of the program `kinds`."""

    def to_the_finding(self):
        """From the end back to the last event that the finding is about."""
        for _ in range(30):
            if self.browser.text("#event .role"):
                return
            self.browser.press("p")

    def test_every_kind_can_be_stepped_through(self):
        with open(os.path.join(SOURCE, "tests/golden/kinds.def"), encoding="utf-8") as table:
            rows = re.findall(r'^KIND\((\w+), "([\w-]+)", "(.*?)"\)', table.read(), re.MULTILINE)
        self.assertGreater(len(rows), 20)
        for target, kind, options in rows:
            with self.subTest(target):
                page = explain("kinds", target, "tests/golden/kinds/%s.sched" % target, ["--confirm", "0", *options.split()])
                self.assertLess(os.path.getsize(page), MOST_BYTES)
                self.browser.open(page)
                self.assertEqual(self.browser.text(".kind"), kind)
                self.browser.press("Home", "n", "n", "n", "s", "f", "f", "2", "3", "4", "5", "1", "End")
                self.assertRegex(self.browser.text("#position"), r"event (\d+) of \1$")
                self.assertTrue(self.browser.text("#event .what"))
                self.to_the_finding()
                self.assertIn("The finding: ", self.browser.text("#event"))
                known = re.search(r"^    #0 0x0 in \S+ \S+:\d+", self.browser.run("return document.querySelector('.report').textContent;"), re.MULTILINE)
                self.assertEqual(self.browser.run("return document.querySelectorAll('.source .current').length;"), 1 if known else 0)
                self.assertGreater(self.browser.run("return document.querySelectorAll('#scroller .running').length;"), 0)
                self.assertGreater(self.browser.run("return document.querySelectorAll('.story tbody tr').length;"), 0)
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth;"), self.width)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
