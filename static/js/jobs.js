/* What the pages of jobs do beside what every page and every list does. Without it the same is reached by pages and buttons. */
(() => {
  "use strict"
  const dialog = document.getElementById("shared-dialog")
  const form = document.getElementById("job-form")
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector)
      if (found) act(found, event)
    })

  /* Save & Assign, also by Enter, asks in a dialog; what is wrong with the form is shown by the page, as without scripts */
  on("submit", "#job-form", async (sent, event) => {
    if (!event.submitter || !sent.elements.company?.value) return
    event.preventDefault()
    dialog.replaceChildren()
    await htmx.ajax("POST", location.href, { source: sent, target: dialog, swap: "innerHTML" })
    if (dialog.childElementCount) dialog.showModal()
  })
  document.addEventListener("send-form", () => form.requestSubmit())
  // asked and not answered: the form is as unsaved as before
  if (form) dialog.addEventListener("close", () => form.dispatchEvent(new Event("input", { bubbles: true })))

  /* a list pasted into the search: a line is an entry, which a field of one line would run together */
  on("paste", "input[type=search]", (input, event) => {
    const lines = event.clipboardData.getData("text").split(/[\r\n\t]+/).map((line) => line.trim()).filter(Boolean)
    if (lines.length < 2) return
    event.preventDefault()
    input.setRangeText(lines.join(", "), input.selectionStart, input.selectionEnd, "end")
    input.dispatchEvent(new Event("input", { bubbles: true }))
    input.form.requestSubmit()
  })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, dialog")) return
    event.preventDefault()
    document.querySelector(".list-bar input[type=search]")?.focus()
  })

  /* an address names only what narrows */
  on("formdata", "form[data-sparse]", (sparse, event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name)
  })

  /* a long choice is narrowed by what is typed; Enter takes the first that is left */
  const choices = (search) => [...document.getElementById(search.dataset.narrow).children]
  on("input", "[data-narrow]", (search, event) => {
    const sought = event.target.value.trim().toLowerCase()
    for (const choice of choices(search)) choice.hidden = !choice.textContent.toLowerCase().includes(sought)
  })
  on("keydown", "[data-narrow]", (search, event) => {
    if (event.key === "Enter") choices(search).find((choice) => !choice.hidden)?.querySelector("a").click()
  })

  /* columns move where they stand: by their arrows, or drawn by the mouse */
  on("click", "[data-sortable] [name=up], [data-sortable] [name=down]", (button, event) => {
    event.preventDefault()
    const item = button.closest("li")
    button.name === "up" ? item.previousElementSibling?.before(item) : item.nextElementSibling?.after(item)
    button.focus()
  })
  let drawn
  on("dragstart", "[data-sortable] li", (item) => (drawn = item).classList.add("drawn"))
  on("dragover", "[data-sortable] li", (item, event) => {
    if (!drawn) return
    event.preventDefault()
    const box = item.getBoundingClientRect()
    if (item !== drawn) event.clientY > box.top + box.height / 2 ? item.after(drawn) : item.before(drawn)
  })
  on("dragend", "[data-sortable] li", (item) => {
    item.classList.remove("drawn")
    drawn = null
  })

  /* a selection survives signing in again: the page that it is sent to takes it up (app.js) */
  on("submit", "#selection", (selection, event) => {
    const to = event.submitter?.formAction
    if (!to) return
    const kept = [...new FormData(selection)].filter(([name]) => name !== "csrfmiddlewaretoken")
    sessionStorage.setItem(`draft:${to}`, JSON.stringify(kept))
  })

  /* bulk edit: what somebody fills in is ticked */
  const tick = (field) => {
    const box = field.closest(".touched")?.querySelector('[name="touch"]')
    if (box && field !== box) box.checked = true
  }
  on("input", "[data-touch] .touched", (row, event) => tick(event.target))
})()
