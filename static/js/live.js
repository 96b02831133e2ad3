/* Looking again: what somebody sees becomes what there is, without a jump, and he is told how fresh it is. */
(() => {
  "use strict"
  const EVERY = 2000
  const LONGEST = 60000
  const line = document.querySelector("[data-updated]")
  if (!line) return
  const words = document.getElementById("words")?.dataset ?? {}
  const details = () => document.querySelector(".panel [data-look]")
  const list = () => document.getElementById("live")
  let seen = Date.now()
  let wait = EVERY
  let timer

  /* one quiet line */
  function say(trouble = "") {
    const at = new Date(seen).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" })
    const [ago, told] = [line.querySelector("[data-ago]"), line.querySelector("[data-trouble]")]
    const said = trouble.replace("{at}", at)
    if (told.textContent !== said) told.textContent = said
    line.classList.toggle("trouble", Boolean(said))
    ago.textContent = said ? "" : words.ago.replace("{n}", Math.round((Date.now() - seen) / 1000))
  }

  /* null while nothing has changed */
  async function ask(url) {
    const headers = { "HX-Request": "true", "HX-Current-URL": location.href }
    const answer = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout(20000) })
    if (new URL(answer.url).pathname.startsWith("/accounts/")) throw new SignedOut()
    if (!answer.ok) throw new Refused(answer.status)
    if (answer.status === 204) return null
    const page = document.createElement("template")
    page.innerHTML = await answer.text()
    return page.content
  }
  class SignedOut extends Error {}
  class Refused extends Error {
    constructor(status) {
      super(`answered ${status}`)
      this.status = status
      this.words = [502, 503, 504].includes(status) ? words.down : words.stale
    }
  }

  /* what had the focus has it again */
  const within = (place) => [place, ...place.querySelectorAll("a, button, input, summary")]
  function put(old, fresh) {
    const focused = old.contains(document.activeElement) ? within(old).indexOf(document.activeElement) : -1
    const { scrollLeft } = old
    old.replaceWith(fresh)
    fresh.scrollLeft = scrollLeft
    htmx.process(fresh)
    if (focused >= 0) within(fresh)[focused]?.focus({ preventScroll: true })
  }

  /* the list: a changed row is replaced where it stands, a gone one is marked, new ones wait until they are asked for */
  const moved = new Set() // stand on another page by now, as far as they still match
  async function lookAtList() {
    const place = list()
    const url = new URL(place.dataset.live, location)
    if (moved.size) url.searchParams.set("moved", [...moved])
    const fresh = await ask(url)
    if (!fresh || !place.isConnected) return
    const rows = new Map([...fresh.querySelectorAll("#live template")].flatMap(({ content }) => [...content.querySelectorAll("tr")]).map((row) => [row.id, row]))
    const shown = [...(document.getElementById("rows")?.rows ?? [])]
    const missing = shown.filter((row) => !rows.has(row.id) && !moved.has(row.id))
    for (const row of missing) moved.add(row.id)
    if (missing.length) return lookAtList()
    for (const row of shown) merge(row, rows.get(row.id))
    for (const part of [...fresh.children]) {
      const old = part.id && document.getElementById(part.id)
      part.querySelector("template")?.remove()
      if (old && old.outerHTML !== part.outerHTML) put(old, part)
    }
    document.dispatchEvent(new Event("list:changed"))
  }
  function merge(row, now) {
    row.classList.toggle("gone", !now)
    if (!now || now.dataset.v === row.dataset.v) return
    const box = now.querySelector('[name="select"]')
    if (box) box.checked = row.querySelector('[name="select"]').checked
    const current = row.hasAttribute("aria-current")
    current ? now.setAttribute("aria-current", "true") : now.removeAttribute("aria-current")
    now.classList.add("fresh")
    document.dispatchEvent(new CustomEvent("list:row", { detail: now }))
    put(row, now)
    if (current && !details()) lookAtDetails(now.querySelector("a.row-link").href)
  }

  /* details: what somebody reads stays where it is, what somebody fills in is left alone */
  async function lookAtDetails(url) {
    const panel = document.querySelector(".panel:has(> .panel-body)")
    const body = panel?.querySelector(".panel-body")
    const busy = () => !body?.isConnected || panel.querySelector(":is(input, select, textarea):focus") || document.querySelector("dialog[open]")
    if (busy()) return
    const fresh = await ask(url)
    if (!fresh || busy()) return
    const open = [...panel.querySelectorAll("details")].map((each) => each.open)
    const focused = panel.contains(document.activeElement) && document.activeElement.textContent
    const top = panel.scrollTop
    panel.replaceChildren(fresh)
    htmx.process(panel)
    panel.querySelectorAll("details").forEach((each, i) => (each.open = open[i] ?? false))
    panel.scrollTop = top
    if (focused === false) return
    const again = within(panel).find((each) => each.textContent === focused) ?? panel.querySelector("h1, h2")
    again.focus({ preventScroll: true })
  }

  /* the job beside the list is deleted, as its row says */
  function leaveDeleted(trouble) {
    if (trouble.status !== 404 || !list()) throw trouble
    details()?.removeAttribute("data-look")
  }
  async function lookAtAll() {
    if (list()) await lookAtList()
    if (details()) await lookAtDetails(details().dataset.look).catch(leaveDeleted)
    seen = Date.now()
    say()
  }
  async function look() {
    timer = null
    try {
      if (!document.hidden) await lookAtAll()
      wait = EVERY
    } catch (trouble) {
      if (trouble instanceof SignedOut) return say(words.signedOut)
      wait = Math.min(2 * wait, LONGEST)
      say(trouble.words ?? words.down)
    }
    timer = setTimeout(look, wait)
  }
  /* back at the page, or in the net: at once */
  function lookNow() {
    wait = EVERY
    if (!timer) return
    clearTimeout(timer)
    look()
  }
  document.addEventListener("visibilitychange", () => document.hidden || lookNow())
  addEventListener("online", lookNow)
  setInterval(() => line.classList.contains("trouble") || say(), 1000)
  say()
  timer = setTimeout(look, wait)
})()
