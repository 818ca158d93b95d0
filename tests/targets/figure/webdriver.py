"""Just enough of W3C WebDriver to steer a headless Chromium: no package, no download."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request

DRIVER, BROWSER = shutil.which("chromedriver"), shutil.which("chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1300,900"
)
KEYS = {
    "Down": "\ue015",
    "Up": "\ue013",
    "Left": "\ue012",
    "Right": "\ue014",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Home": "\ue011",
}


class Browser:
    def __init__(self, profile) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.driver = subprocess.Popen([DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.address = f"http://127.0.0.1:{port}"
        options = {"binary": BROWSER, "args": [*FLAGS.split(), f"--user-data-dir={profile}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        for _ in range(100):
            try:
                self.address += (
                    "/session/" + self.call("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
                )
                return
            except ConnectionError:
                time.sleep(0.1)
            except urllib.error.URLError:
                time.sleep(0.1)
        raise RuntimeError("the driver did not start")

    def call(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())["value"]

    def open(self, path):
        self.call("/url", {"url": f"file://{path}"})

    def run(self, script, *arguments):
        """The value of a JavaScript expression."""
        return self.call("/execute/sync", {"script": f"return ({script})", "args": list(arguments)})

    def press(self, *keys):
        """Keys of the keyboard, one after the other, to whatever has the focus."""
        actions = []
        for key in keys:
            actions += [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        self.call("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def click(self, x, y):
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        moves += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.call("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})

    def hover(self, x, y):
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        self.call("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})

    def wheel(self, x, y, by):
        scroll = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": by}
        self.call("/actions", {"actions": [{"type": "wheel", "id": "wheel", "actions": [scroll]}]})

    def complaints(self):
        """What the console says of errors."""
        return [entry["message"] for entry in self.call("/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]

    def close(self):
        try:
            self.call("", method="DELETE")
        finally:
            self.driver.terminate()
            self.driver.wait()
