# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""A headless Chromium by the W3C WebDriver protocol: what the tests of HTML reports need of it, and no more.

Depends on python3's standard library and on the programs chromedriver and chromium of Debian. Runs as root as well.
"""
import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# https://www.w3.org/TR/webdriver2/#keyboard-actions
PATIENCE = 10   # seconds
KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "PageUp": "\ue00e", "PageDown": "\ue00f", "End": "\ue010", "Home": "\ue011",
        "Escape": "\ue00c", "Tab": "\ue004", "Enter": "\ue007"}


class Browser:
    """One session. As a context manager it ends the browser and removes what it wrote."""

    def __init__(self, width=1440, height=1000, dark=False, script=True):
        self.profile = tempfile.mkdtemp(prefix="hotweave-browser-")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.session = None
        try:
            self.root = "http://127.0.0.1:%d" % self._port()
            args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                    "--user-data-dir=" + self.profile, "--window-size=%d,%d" % (width, height), "about:blank"]
            if dark:
                args.append("--blink-settings=preferredColorScheme=0")
            options = {"args": args, "perfLoggingPrefs": {"enableNetwork": True}}
            if not script:
                options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
            answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
            self.session = "/session/" + answer["sessionId"]
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _port(self):
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise RuntimeError("chromedriver did not start")

    def _call(self, method, path, body=None):
        request = urllib.request.Request(self.root + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError("%s %s: %s" % (method, path, json.load(error)["value"]["message"])) from None

    def open(self, path):
        self._call("POST", self.session + "/url", {"url": "file://" + path})

    def run(self, script, *arguments):
        """The value of a function body in the page."""
        return self._call("POST", self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def press(self, *keys):
        """Key presses as a person makes them: to whatever has the focus. Returns when the page has seen them: the driver
        answers as soon as it has sent them."""
        self.run("if (window.seenKeys === undefined) {"
                 " window.seenKeys = 0; addEventListener('keyup', () => setTimeout(() => ++window.seenKeys), true); }"
                 " window.sentKeys = window.seenKeys + arguments[0];", len(keys))
        actions = []
        for key in keys:
            code = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": code}, {"type": "keyUp", "value": code}]
        self._call("POST", self.session + "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})
        end = time.monotonic() + PATIENCE
        while self.run("return window.seenKeys < window.sentKeys;") and time.monotonic() < end:
            time.sleep(0.01)

    def click(self, selector):
        element = self._call("POST", self.session + "/element", {"using": "css selector", "value": selector})
        self._call("POST", self.session + "/element/%s/click" % next(iter(element.values())), {})

    def text(self, selector):
        return self.run("const e = document.querySelector(arguments[0]); return e ? e.innerText : null;", selector)

    def logs(self, kind):
        """What was written since the last time: "browser" (the console) or "performance" (the network among it)."""
        return self._call("POST", self.session + "/se/log", {"type": kind})

    def requests(self):
        """Addresses that pages asked for."""
        messages = [json.loads(entry["message"])["message"] for entry in self.logs("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self._call("GET", self.session + "/screenshot")))

    def print_pdf(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self._call("POST", self.session + "/print", {})))

    def close(self):
        if self.session:
            try:
                self._call("DELETE", self.session)
            except (OSError, RuntimeError):
                pass   # the process is ended all the same
            self.session = None
        self.driver.terminate()
        self.driver.wait(timeout=20)
        self.driver.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)
