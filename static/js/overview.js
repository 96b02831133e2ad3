/* The chart of the figures, drawn from the table beneath it. Without it, the table says the same. */
const table = document.querySelector("table[data-chart]");
const frame = document.querySelector(".figures .chart");

const columnOf = (name) =>
  [...table.tHead.rows[0].cells].findIndex((cell) => cell.classList.contains(name));

const colourOf = (element) => getComputedStyle(element).color;

const series = (name, options) => {
  const column = columnOf(name);
  const head = table.tHead.rows[0].cells[column];
  return {
    label: head.textContent.trim(),
    data: [...table.tBodies[0].rows].map((row) => Number(row.cells[column].textContent)),
    backgroundColor: colourOf(head),
    borderColor: colourOf(head),
    ...options,
  };
};

let drawn = null;

const draw = () => {
  const ink = colourOf(table.tBodies[0].rows[0].cells[0]);
  const line = getComputedStyle(table.tBodies[0].rows[0].cells[0]).borderBottomColor;
  drawn?.destroy();
  drawn = new window.Chart(frame.querySelector("canvas"), {
    data: {
      labels: [...table.tBodies[0].rows].map((row) => row.cells[0].textContent.trim()),
      datasets: [
        // A line joins days and weeks; partners and places have no order.
        series("created", { type: table.dataset.chart, stack: "created" }),
        series("succeeded", { type: "bar", stack: "finished" }),
        series("failed", { type: "bar", stack: "finished" }),
        series("planned", {
          type: table.dataset.chart,
          stack: "planned",
          order: -1,
          borderDash: [6, 4],
        }),
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      color: ink,
      scales: {
        x: { stacked: true, ticks: { color: ink }, grid: { display: false } },
        y: { beginAtZero: true, ticks: { color: ink, precision: 0 }, grid: { color: line } },
      },
    },
  });
};

if (table && window.Chart) {
  frame.hidden = false;
  draw();
  // The colours follow the theme, which the reader or the system may change.
  new MutationObserver(draw).observe(document.documentElement, {
    attributeFilter: ["data-bs-theme"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
