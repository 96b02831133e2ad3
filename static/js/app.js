/* What makes every page handier. Nothing here is needed: without it links and forms do the same, a page at a time. */
(() => {
  "use strict"
  const words = document.getElementById("words")?.dataset ?? {}
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector)
      if (found) act(found, event)
    })

  /* toasts: read out by aria-live, gone after a while unless they tell of trouble */
  function toast(text, kind = "info") {
    const notice = document.getElementById("toast").content.firstElementChild.cloneNode(true)
    notice.classList.add(kind)
    notice.querySelector("[data-text]").textContent = text
    document.getElementById("toasts").append(notice)
    if (kind !== "error") setTimeout(() => notice.remove(), 5000)
  }
  window.toast = toast
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.kind))
  on("click", "[data-dismiss]", (button) => button.closest(".notice").remove())

  /* copy */
  on("click", ".copy, [data-copy]", async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? button.textContent.trim())
    } catch {
      return button.dataset.copy ? toast(button.dataset.copy) : getSelection().selectAllChildren(button)
    }
    button.closest("[popover]")?.hidePopover()
    button.classList.add("copied")
    setTimeout(() => button.classList.remove("copied"), 1500)
    toast(words.copied)
  })

  const opened = new WeakMap()
  /* what is fetched stands in its place alone: where nothing comes, nothing of before is taken for it, and a toast has told why */
  async function fetchInto(target, url, source) {
    target.replaceChildren()
    await htmx.ajax("GET", url, { source, target, swap: "innerHTML" }).catch(() => {})
    return target.childElementCount > 0
  }

  /* dialogs: a link that leads to a question's own page opens the same question here */
  on("click", "[data-dialog]", (trigger, event) => {
    const dialog = document.getElementById(trigger.dataset.dialog)
    if (!dialog || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    dialog.showModal()
  })
  on("click", "a[data-ask]", async (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const dialog = document.getElementById("shared-dialog")
    if (!await fetchInto(dialog, link.href, link)) return
    const menu = link.closest(".menu")
    dialog.showModal()
    // a menu is gone by the time its question is answered: the focus goes back to what had opened it
    if (menu) dialog.addEventListener("close", () => (document.querySelector(`[popovertarget="${menu.id}"]`) ?? opened.get(menu))?.focus(), { once: true })
  })
  on("click", "dialog [data-close]", (button, event) => {
    event.preventDefault()
    button.closest("dialog").close()
  })
  /* a click beside a dialog closes it, unless it would throw away what was typed there */
  on("input", "dialog", (dialog) => dialog.toggleAttribute("data-typed", true))
  document.addEventListener("close", (event) => {
    event.target.removeAttribute?.("data-typed")
    event.target.querySelectorAll?.("form").forEach((form) => drafts.delete(form))
  }, true)
  on("click", "dialog", (dialog, event) => {
    if (event.target === dialog && !("typed" in dialog.dataset)) dialog.close()
  })

  /* menus: fetched when asked for, arrows move, browsers without anchors get a place */
  function place(menu, opener) {
    const box = opener.getBoundingClientRect()
    const below = box.bottom + menu.offsetHeight < innerHeight
    Object.assign(menu.style, {
      inset: "auto", margin: "4px 0", positionArea: "none",
      top: `${below ? box.bottom : Math.max(4, box.top - menu.offsetHeight - 8)}px`,
      left: `${Math.max(4, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`,
    })
  }
  /* a row's menu lies at menu/ below the row's page, others say where */
  on("click", "[data-menu], .dots", async (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const row = link.closest("tr")?.querySelector("a.row-link")
    const menu = document.getElementById("shared-menu")
    if (!await fetchInto(menu, link.dataset.menu ?? new URL("menu/", row.href).href, link)) return
    menu.showPopover({ source: link })
    opened.set(menu, link)
    place(menu, link)
    menu.querySelector("a, button")?.focus()
  })
  document.addEventListener("toggle", (event) => {
    if (event.newState !== "open" || !event.target.matches(".menu")) return
    const opener = document.querySelector(`[popovertarget="${event.target.id}"]`)
    if (opener && !CSS.supports("position-area", "block-end")) place(event.target, opener)
  }, true)
  on("keydown", ".menu", (menu, event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const items = [...menu.querySelectorAll("a, button")]
    items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus()
  })
  on("keydown", "[popovertarget]", (button, event) => {
    if (event.key !== "ArrowDown") return
    event.preventDefault()
    const menu = document.getElementById(button.getAttribute("popovertarget"))
    menu.showPopover({ source: button })
    menu.querySelector("a, button")?.focus()
  })

  /* theme: at once, and kept by the server */
  on("submit", "[data-theme-form]", (form, event) => {
    event.preventDefault()
    const { value } = event.submitter
    document.documentElement.toggleAttribute("data-bs-theme", value !== "auto")
    if (value !== "auto") document.documentElement.dataset.bsTheme = value
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", button.value === value))
    const body = new FormData(form)
    body.set("theme", value)
    fetch(form.action, { method: "POST", body, redirect: "manual" })
  })

  /* on a phone the tab that is open is in sight */
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const { parentElement: tabs, offsetLeft, offsetWidth } = tab
    tabs.scrollLeft = offsetLeft - tabs.offsetLeft - (tabs.clientWidth - offsetWidth) / 2
  }

  /* filters send themselves; a choice at once, typed words after a pause */
  const send = (form) => form.requestSubmit()
  on("change", "[data-autosubmit]", (form, event) => event.target.matches("select, [type=checkbox], [type=radio], [type=date]") && send(form))

  /* what is searched for stands in the address, which holds about two hundred VINs; more would be refused without a word */
  const LONGEST_SEARCH = 4500
  on("input", "input[type=search]", (input) => input.setCustomValidity(encodeURIComponent(input.value).length > LONGEST_SEARCH ? words.tooLong : ""))

  /* a second click sends nothing a second time; whoever comes back, or waits long for an answer, may send again */
  const underWay = new WeakSet()
  on("submit", "form", (form, event) => {
    if (underWay.has(form)) return event.preventDefault()
    setTimeout(() => event.defaultPrevented || (event.submitter?.formMethod || form.method) !== "post" || underWay.add(form))
    setTimeout(() => underWay.delete(form), 10_000)
  })
  addEventListener("pageshow", (event) => event.persisted && [...document.forms].forEach((form) => underWay.delete(form)))

  /* what was typed is not lost by a click, nor by a session that ended meanwhile */
  const drafts = new Map()
  const key = (form) => `draft:${form.action}` // a question has its own address, also when it is asked in a dialog
  const keep = (form, typed) => {
    const kept = [...typed].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string")
    sessionStorage.setItem(key(form), JSON.stringify(kept.filter(([name]) => form.elements[name]?.type !== "password")))
  }
  on("input", "form[data-unsaved]", (form) => drafts.set(form, new FormData(form)))
  on("submit", "form[data-unsaved]", (form, event) => {
    if (!event.defaultPrevented) keep(form, new FormData(form))
    drafts.delete(form)
  })
  addEventListener("beforeunload", (event) => drafts.size && event.preventDefault())
  function refill(form, kept, only) {
    const told = Map.groupBy(kept, ([name]) => name)
    for (const field of form.elements) {
      if (only && !only.includes(field.name)) continue
      const values = told.get(field.name)?.map(([, value]) => value) ?? []
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value)
      else if (field.multiple && field.options) for (const option of field.options) option.selected = values.includes(option.value)
      else if (values.length && field.type !== "file") field.value = values[0]
    }
  }
  /* who goes back to a form that he has sent finds it filled in: sent once more, it would act once more */
  const sent = (form) => `sent:${form.action}`
  const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward"
  const OPENED_AGAIN = "draft:opened-again"
  /* a page that lives on what was sent to it, as a selection, is asked for once more with all of that; it asks again before it acts */
  function resend(form, kept) {
    for (const field of [...form.elements]) if (field.name !== "csrfmiddlewaretoken") field.remove()
    for (const [name, value] of [...kept, ["again", "1"]]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }))
    form.submit()
  }
  for (const form of document.querySelectorAll("form[data-unsaved]")) {
    const kept = JSON.parse(sessionStorage.getItem(key(form)) ?? "null")
    sessionStorage.removeItem(key(form))
    if (form.dataset.sentBefore && sessionStorage.getItem(sent(form)) && cameBack) toast(form.dataset.sentBefore, "warning")
    if (form.dataset.unsaved === "typed") drafts.set(form, new FormData(form))
    if (!kept || form.querySelector(".error-summary") || !(document.referrer.includes("/accounts/") || sessionStorage.getItem(OPENED_AGAIN))) continue
    if ("resend" in form.dataset) return resend(form, kept)
    refill(form, kept)
    drafts.set(form, new FormData(form))
    toast(words.restored)
  }
  // whoever is not on his way through signing in, or back to a form that had expired, has had his answer
  const again = document.querySelector("[data-open-again]")
  if (again && document.referrer.startsWith(location.origin)) again.href = document.referrer
  if (!again && !location.pathname.startsWith("/accounts/")) {
    const still = new Set([...document.forms].map(key))
    for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith("draft:"))) {
      sessionStorage.removeItem(name)
      if (!still.has(name)) sessionStorage.setItem(name.replace("draft:", "sent:"), "1")
    }
  }
  on("click", "[data-open-again]", () => sessionStorage.setItem(OPENED_AGAIN, "1"))
  document.querySelector("[data-focus]")?.focus()

  /* htmx: an ended session leads to signing in; trouble is told with an id to quote */
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!new URL(detail.xhr.responseURL || location.href).pathname.startsWith("/accounts/login")) return
    detail.shouldSwap = false
    drafts.forEach((_, form) => keep(form, new FormData(form)))
    drafts.clear()
    location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`)
  })
  /* what somebody types while a form follows his choice stays as typed */
  let asked, since
  const follows = ({ detail }) => detail.target?.id === "follows" && detail.target.closest("form")
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (follows(event)) asked = new FormData(follows(event))
  })
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = follows(event)
    if (!form || !event.detail.shouldSwap) return
    const typed = new FormData(form)
    const names = [...new Set([...asked.keys(), ...typed.keys()])]
    since = { form, typed: [...typed], names: names.filter((name) => String(typed.getAll(name)) !== String(asked.getAll(name))) }
  })
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id === "follows" && since) refill(since.form, since.typed, since.names)
  })
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html")
    const happened = page.querySelector("main p")?.textContent ?? words.failed
    toast(`${happened} ${words.quote} ${detail.xhr.getResponseHeader("X-Flow-ID") ?? detail.xhr.status}`, "error")
  })
  document.addEventListener("htmx:sendError", () => toast(words.offline, "error"))
})()
