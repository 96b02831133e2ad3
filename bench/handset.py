"""The app on a slow phone: what its first visit transfers, how soon it is usable, how taps and scrolling feel.

A real Chromium at 4 × CPU and 1.6 Mbit/s, with about 500 jobs and 50 waiting entries. `bin/bench handset`;
`--jobs 50000 --rounds 1 --taps 40` for a quick look, `--latency 150` for a mobile network's round trips.
"""

import argparse
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.measuring import Goal, Report, database

ROUNDS, TAPS, WAITING = 3, 200, 50
CPU, BITS = 4, 1_600_000
HAND = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-GB",
    "timezone_id": "Europe/Berlin",
}
# When the first job can be tapped, in milliseconds since the page was requested.
USABLE = """(() => {
  const note = () => {
    if (!globalThis.usableAt && document.querySelector(".rows .row")) globalThis.usableAt = performance.now();
  };
  new MutationObserver(note).observe(document, { childList: true, subtree: true });
})()"""
STORED = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise((wake) => setTimeout(wake, 50));
}"""
# Entries as a build before this one has kept them: finished requests.
KEEP_WAITING = """async ([number, jobs]) => {
  const { queue } = await import(new URL("sending.js", document.querySelector("script[type=module]").src));
  for (let n = 0; n < number; n += 1)
    await queue.add({
      job: jobs[n % jobs.length], name: `Job ${n}`, action: "fill_in", method: "PATCH", path: `jobs/${jobs[n]}/fields/`,
      headers: { "Content-Type": "application/json" }, body: new TextEncoder().encode("{}"),
      key: crypto.randomUUID(), occurred_at: new Date().toISOString(), about: { custom_name: `Car ${n}` },
    });
}"""
JOBS_KEPT = """async () => {
  const { jobs } = await import(new URL("store.js", document.querySelector("script[type=module]").src));
  return [...jobs.value.keys()];
}"""
OBSERVE = """(() => {
  globalThis.taps = new Map();
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { interactionId: id, duration } of list.getEntries())
      if (id) taps.set(id, Math.max(duration, taps.get(id) ?? 0));
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
  new PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map((entry) => entry.duration));
  }).observe({ type: "longtask" });
})()"""
# What the browser does not report took less than this.
UNREPORTED = 16


class Handset:
    def __init__(self, browser: Any, url: str, session: str, latency: float):
        self.url, self.latency = f"{url}/smartcontrol/", latency
        self.context = browser.new_context(**HAND)
        self.context.set_default_timeout(120_000)
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        self.context.add_init_script(USABLE)

    def page(self, *, online: bool = True) -> Any:
        """An empty tab on the slow phone."""
        page = self.context.new_page()
        developer = self.context.new_cdp_session(page)
        developer.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
        developer.send("Network.enable")
        developer.send(
            "Network.emulateNetworkConditions",
            {
                "offline": not online,
                "latency": self.latency,
                "downloadThroughput": BITS / 8,
                "uploadThroughput": BITS / 8,
            },
        )
        page.developer = developer
        return page

    def start(self, page: Any) -> float:
        """Seconds until the list can be used."""
        page.goto(self.url)
        return self.usable(page)

    @staticmethod
    def usable(page: Any) -> float:
        """The app's own rules forbid to evaluate text, so that it is not waited for in the page."""
        while not (at := page.evaluate("globalThis.usableAt")):
            page.wait_for_timeout(20)
        return at / 1000


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.cast.browser import FLAGS

    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


def first_visit(handset: Handset) -> tuple[float, int]:
    """Seconds until it is usable, and the bytes of the app that it took."""
    page, bytes_of, app = handset.page(), {}, set()

    def answered(event: dict) -> None:
        if "/smartcontrol/" in event["response"]["url"] and "/api/" not in event["response"]["url"]:
            app.add(event["requestId"])

    page.developer.on("Network.responseReceived", answered)
    page.developer.on(
        "Network.loadingFinished",
        lambda event: bytes_of.update({event["requestId"]: event["encodedDataLength"]}),
    )
    seconds = handset.start(page)
    page.evaluate(STORED)
    kept = -1
    while kept < (now := len(page.evaluate(JOBS_KEPT))):  # the jobs come in portions
        kept = now
        page.wait_for_timeout(3000)
    page.close()
    return seconds, int(sum(size for key, size in bytes_of.items() if key in app))


def work(handset: Handset, report: Report, taps: int) -> None:
    page = handset.page(online=False)
    handset.start(page)
    jobs = page.evaluate(JOBS_KEPT)
    page.evaluate(KEEP_WAITING, [WAITING, jobs])
    page.reload()
    handset.usable(page)
    page.get_by_role("link", name=f"{WAITING} waiting").wait_for()
    page.evaluate(OBSERVE)
    report.note(f"{len(jobs)} jobs and {WAITING} waiting entries on the phone")
    made = tap_around(page, taps)
    seen = page.evaluate("[...taps.values()]")
    durations = sorted([*seen, *[UNREPORTED] * (made - len(seen))])
    p98 = statistics.quantiles(durations, n=100, method="inclusive")[97]
    report.line(f"taps, p98 of {made}", p98, Goal(100, 50), "ms")
    report.line("longest task while scrolling", scroll(page), Goal(50, 50), "ms")
    page.close()


def tap_around(page: Any, taps: int) -> int:
    """Lists, a job and back, what waits and back; the number of taps."""
    made = 0

    def tap(target: Any) -> None:
        nonlocal made
        target.tap()
        made += 1

    while made < taps:
        for name in ("Available Jobs", "Running", "Finished"):
            tap(page.get_by_role("button", name=name))
        rows = page.locator(".rows .row")
        tap(rows.nth(made % min(rows.count(), 20)))
        tap(page.get_by_role("link", name="Back"))
        tap(page.locator("a.waiting"))
        tap(page.get_by_role("link", name="Back"))
    page.wait_for_timeout(500)
    return made


def scroll(page: Any) -> float:
    """The longest task while all jobs of the longest list are scrolled by, in milliseconds; 0 if none was long."""
    page.get_by_role("button", name="Finished").tap()
    while page.get_by_role("button", name="Show").count():
        page.get_by_role("button", name="Show").last.tap()
        page.wait_for_timeout(200)
    page.wait_for_timeout(500)
    page.evaluate("longTasks.length = 0")
    for distance in (-4000, -4000, 4000, -8000, 8000):
        page.developer.send(
            "Input.synthesizeScrollGesture",
            {"x": 195, "y": 500, "yDistance": distance, "speed": 4000},
        )
    page.wait_for_timeout(300)
    return max(page.evaluate("longTasks"), default=0.0)


def main(jobs: int, rounds: int, taps: int, latency: float) -> None:
    from bench.phone import Bench
    from bench.server import cache, serving

    bench = Bench(jobs)
    report = Report(f"The app at {CPU} × CPU and {BITS / 1e6:g} Mbit/s, {latency:g} ms latency")
    with cache(), serving(bench.database) as port, chromium() as browser:
        firsts, laters, sizes = [], [], []
        for _round in range(rounds):
            handset = Handset(browser, f"http://127.0.0.1:{port}", bench.sessions[0][1], latency)
            seconds, size = first_visit(handset)
            firsts.append(seconds)
            sizes.append(size)
            for _start in range(3):
                page = handset.page(online=False)
                laters.append(handset.start(page))
                page.close()
        report.line("the app's bytes on the first visit", max(sizes) / 1000, Goal(150, 100), "kB")
        report.line("first visit usable", statistics.median(firsts), Goal(2.5, 2), "s")
        report.line("later start, network off", statistics.median(laters), Goal(1, 0.7), "s")
        work(handset, report, taps)
    report.leave()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--taps", type=int, default=TAPS)
    parser.add_argument("--latency", type=float, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted.jobs, wanted.rounds, wanted.taps, wanted.latency)
