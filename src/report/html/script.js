"use strict";
// sorts and filters the table; without it the page shows all there is
const table = document.getElementById("table");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const texts = rows.map((row) => row.textContent.toLowerCase());
const filter = document.getElementById("filter");
const boxes = Array.from(document.querySelectorAll("input[name=state]"));
const levels = Array.from(document.querySelectorAll("input[name=reach]"));

function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  const states = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const hidden = new Set(levels.filter((box) => !box.checked).map((box) => box.value));
  let shown = 0;
  rows.forEach((row, index) => {
    const isShown = row.dataset.states.split(" ").some((state) => states.has(state)) && !hidden.has(row.dataset.reach) && words.every((word) => texts[index].includes(word));
    row.hidden = !isShown;
    shown += isShown ? 1 : 0;
  });
  document.getElementById("shown").textContent = `${shown} of ${rows.length} shown`;
}

function key(row, column, kind) {
  const cell = row.cells[column];
  return kind === "number" ? Number(cell.dataset.order) : cell.textContent.trim();
}

function sort(head, column) {
  const kind = head.dataset.sort;
  const known = head.getAttribute("aria-sort");
  // of options those that change something come first
  const isDown = known === null ? kind === "number" : known === "ascending";
  table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
  const order = new Intl.Collator("en", { numeric: true });
  const sorted = rows.map((row, index) => ({ row, index, key: key(row, column, kind) }));
  sorted.sort((a, b) => {
    const by = kind === "number" ? a.key - b.key : order.compare(a.key, b.key);
    return (isDown ? -by : by) || a.index - b.index;
  });
  body.append(...sorted.map((one) => one.row));
}

Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(head, column));
  head.append(button);
});
const form = document.getElementById("filters");
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
show();
