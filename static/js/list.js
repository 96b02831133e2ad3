/* Lists: the panel beside them, selecting rows, rows that change while somebody looks. */
(() => {
  "use strict"
  const rows = document.getElementById("rows")
  if (!rows) return
  const panel = document.getElementById("panel")
  const words = document.getElementById("words")?.dataset ?? {}
  const wide = matchMedia("(min-width: 768px)")
  const all = () => [...rows.rows]
  const link = (row) => row?.querySelector("a.row-link")

  /* the panel has its own address, keeps the row in sight, moves with the arrows and closes with Esc */
  const address = (id) => {
    const url = new URL(location)
    id ? url.searchParams.set("job", id) : url.searchParams.delete("job")
    return url
  }
  const marked = () => rows.querySelector("[aria-current]")
  function mark(row) {
    marked()?.removeAttribute("aria-current")
    row?.setAttribute("aria-current", "true")
    row?.scrollIntoView({ block: "nearest" })
  }
  const load = (row) => htmx.ajax("GET", link(row).href, { source: panel, target: panel, swap: "innerHTML" })
  async function show(row, { push = true, focus = false } = {}) {
    mark(row)
    if (push) history.pushState({}, "", address(row.id))
    await load(row)
    if (focus) panel.querySelector("h2")?.focus()
  }
  /* what somebody reads stays where it is; what somebody fills in is left alone */
  async function refresh(row) {
    if (!panel?.childElementCount || panel.querySelector(":is(input, select, textarea):focus, dialog[open]")) return
    const focused = panel.contains(document.activeElement)
    const open = [...panel.querySelectorAll("details")].map((details) => details.open)
    const top = panel.scrollTop
    await load(row)
    panel.querySelectorAll("details").forEach((details, i) => (details.open = open[i] ?? false))
    panel.scrollTop = top
    if (focused) panel.querySelector("h2")?.focus({ preventScroll: true })
  }
  function close({ push = true } = {}) {
    if (!panel?.childElementCount) return
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
      if (!event.target.closest("[data-panel-close]")) return
      event.preventDefault()
      close()
    })
    addEventListener("popstate", () => {
      const row = document.getElementById(new URL(location).searchParams.get("job"))
      row ? show(row, { push: false }) : close({ push: false })
    })
    document.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.target.closest("input, textarea, select, dialog, .menu, [popovertarget]")) return
      if (event.key === "Escape") return close()
      const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key]
      if (!step || !panel.childElementCount) return
      const next = all()[all().indexOf(marked()) + step]
      if (!link(next)) return
      event.preventDefault()
      show(next)
    })
  }

  /* selecting */
  const boxes = () => [...rows.querySelectorAll('[name="select"]')]
  const head = document.querySelector("[data-select-all]")
  let last
  function count() {
    const picked = boxes().filter((box) => box.checked).length
    for (const place of document.querySelectorAll("[data-selected]")) place.textContent = `${picked} ${words.picked}`
    if (!head) return
    head.checked = picked > 0 && picked === boxes().length
    head.indeterminate = picked > 0 && !head.checked
  }
  head?.addEventListener("change", () => {
    for (const box of boxes()) box.checked = head.checked
    count()
  })
  rows.addEventListener("click", (event) => {
    if (event.target.name !== "select") return
    const [from, to] = [boxes().indexOf(last), boxes().indexOf(event.target)].sort((a, b) => a - b)
    if (event.shiftKey && from >= 0) for (const box of boxes().slice(from, to + 1)) box.checked = event.target.checked
    last = event.target
    count()
  })
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-select-none]")) return
    for (const box of boxes()) box.checked = false
    count()
  })
  count()

  /* live: a changed row is replaced where it stands, a gone one is marked, new ones wait until they are asked for */
  function merge(template) {
    const fresh = new Map([...template.content.querySelectorAll("tr")].map((row) => [row.id, row]))
    for (const row of all()) {
      const now = fresh.get(row.id)
      row.classList.toggle("gone", !now)
      if (!now || now.dataset.v === row.dataset.v) continue
      const box = now.querySelector('[name="select"]')
      if (box) box.checked = row.querySelector('[name="select"]').checked
      const current = row.hasAttribute("aria-current")
      if (current) now.setAttribute("aria-current", "true")
      const focused = row.contains(document.activeElement) ? [...row.querySelectorAll("a, button, input")].indexOf(document.activeElement) : -1
      now.classList.add("fresh")
      row.replaceWith(now)
      htmx.process(now)
      if (focused >= 0) [...now.querySelectorAll("a, button, input")][focused]?.focus()
      if (current) refresh(now)
    }
  }
  document.addEventListener("htmx:load", ({ detail }) => {
    const template = detail.elt.matches?.("[data-live]") && detail.elt.querySelector("template")
    if (!template) return
    merge(template)
    template.remove()
  })
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-live]") && document.hidden) event.preventDefault()
  })
})()
