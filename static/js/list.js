/* Lists: the panel beside them, selecting rows. */
(() => {
  "use strict"
  const rows = document.getElementById("rows")
  if (!rows) return
  const panel = document.getElementById("panel")
  const words = document.getElementById("words")?.dataset ?? {}
  const wide = matchMedia("(min-width: 768px)")
  const all = () => [...rows.rows]
  const link = (row) => row?.querySelector("a.row-link")

  /* a menu in each row: the same for all, so it is not sent with them */
  const menus = document.querySelector("th.more")
  function addMenu(row) {
    const dots = Object.assign(document.createElement("button"), { type: "button", className: "dots" })
    dots.setAttribute("aria-label", words.more.replace("{name}", link(row).textContent))
    Object.assign(row.insertCell(), { className: "more" }).append(dots)
  }
  if (menus) for (const row of all()) addMenu(row)
  document.addEventListener("list:row", ({ detail }) => menus && addMenu(detail))

  /* heads stay in sight where nothing has to be moved sideways (table.css) */
  const frame = rows.closest(".table-scroll")
  const fit = new ResizeObserver(() => frame.classList.toggle("fits", rows.parentElement.scrollWidth <= frame.clientWidth))
  if (frame) for (const box of [frame, rows]) fit.observe(box)

  /* the panel has its own address, keeps the row in sight, moves with the arrows and closes with Esc */
  const name = panel?.dataset.name ?? "job"
  const address = (id) => {
    const url = new URL(location)
    id ? url.searchParams.set(name, id) : url.searchParams.delete(name)
    return url
  }
  const marked = () => rows.querySelector("[aria-current]")
  function mark(row) {
    marked()?.removeAttribute("aria-current")
    row?.setAttribute("aria-current", "true")
    row?.scrollIntoView({ block: "nearest" })
  }
  /* until its details come, or where they do not, the panel never shows those of another row */
  function standIn(row, trouble) {
    const place = document.getElementById("no-details").content.cloneNode(true)
    place.querySelector("h2").textContent = link(row).textContent
    place.querySelector("[data-trouble]").textContent = trouble ?? ""
    place.querySelector(trouble ? ".skeleton" : ".empty").remove()
    panel.replaceChildren(place)
  }
  const trouble = (page, answer) =>
    `${page.querySelector("main p")?.textContent ?? words.failed} ${words.quote} ${answer.headers.get("X-Flow-ID") ?? answer.status}`
  let asked // of the last row alone an answer is wanted
  async function load(row) {
    asked?.abort()
    const { signal } = (asked = new AbortController())
    const late = setTimeout(() => signal.aborted || standIn(row), 300)
    try {
      const answer = await fetch(link(row).href, { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, signal })
      if (new URL(answer.url).pathname.startsWith("/accounts/")) return location.reload() // which asks to sign in, and comes back here
      const text = await answer.text()
      if (answer.ok) panel.innerHTML = text
      else standIn(row, trouble(new DOMParser().parseFromString(text, "text/html"), answer))
      htmx.process(panel)
    } catch {
      if (!signal.aborted) standIn(row, words.offline)
    } finally {
      clearTimeout(late)
    }
    return !signal.aborted
  }
  async function show(row, { push = true, focus = panel.contains(document.activeElement) } = {}) {
    if (rows.contains(document.activeElement)) link(row).focus({ preventScroll: true })
    mark(row)
    if (push) history.pushState({}, "", address(row.id))
    if (!await load(row)) return
    panel.scrollTop = 0
    if (focus) panel.querySelector("h2")?.focus()
  }
  function close({ push = true } = {}) {
    if (!panel?.childElementCount && !marked()) return
    asked?.abort()
    panel.replaceChildren()
    if (push) history.pushState({}, "", address(null))
    link(marked())?.focus()
    mark(null)
  }
  if (panel) {
    rows.addEventListener("click", (event) => {
      const row = event.target.closest("tr")
      const other = event.target.closest("a:not(.row-link), button, input, label")
      if (!link(row) || other || event.ctrlKey || event.metaKey || event.shiftKey || !wide.matches || getSelection().toString()) return
      event.preventDefault()
      show(row, { focus: event.detail === 0 })
    })
    panel.addEventListener("click", (event) => {
      if (event.target.closest("[data-again]")) return show(marked(), { push: false, focus: true })
      if (!event.target.closest("[data-panel-close]")) return
      event.preventDefault()
      close()
    })
    addEventListener("popstate", () => {
      const row = document.getElementById(new URL(location).searchParams.get(name))
      row ? show(row, { push: false }) : close({ push: false })
    })
    document.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.target.closest("input:not([name=select]), textarea, select, dialog, .menu, [popovertarget]")) return
      if (event.key === "Escape") return close()
      const here = marked() ?? event.target.closest("#rows tr")
      if (event.key === "x") return here?.querySelector("[name=select]")?.click()
      const step = { j: 1, k: -1, ...(panel.childElementCount && { ArrowDown: 1, ArrowUp: -1 }) }[event.key]
      const next = step && all()[all().indexOf(here) + step]
      if (!link(next)) return
      event.preventDefault()
      panel.childElementCount ? show(next) : link(next).focus()
    })
  }

  /* selecting: all that match, on whichever page, are meant only beside a selection, and until it changes */
  const boxes = () => [...rows.querySelectorAll('[name="select"]')]
  const head = document.querySelector("[data-select-all]")
  const everything = document.querySelector('.bulk-bar [name="all"]')
  let last
  function count() {
    const picked = boxes().filter((box) => box.checked).length
    const matching = document.getElementById("all-that-match")
    if (everything && !(picked && matching.textContent)) everything.checked = false
    const said = `${everything?.checked ? matching.dataset.total : picked} ${words.picked}`
    for (const place of document.querySelectorAll("[data-selected]")) if (place.textContent !== said) place.textContent = said
    if (!head) return
    head.checked = picked > 0 && picked === boxes().length
    head.indeterminate = picked > 0 && !head.checked
  }
  function pick(chosen, checked) {
    for (const box of chosen) box.checked = checked
    if (everything) everything.checked = false
    count()
  }
  head?.addEventListener("change", () => pick(boxes(), head.checked))
  everything?.addEventListener("change", count)
  addEventListener("pageshow", count) // what the browser has filled in again
  rows.addEventListener("click", (event) => {
    if (event.target.name !== "select") return
    const [from, to] = [boxes().indexOf(last), boxes().indexOf(event.target)].sort((a, b) => a - b)
    pick(event.shiftKey && from >= 0 ? boxes().slice(from, to + 1) : [], event.target.checked)
    last = event.target
  })
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-select-none]")) pick(boxes(), false)
  })
  count()

  document.addEventListener("list:changed", count)
})()
