"use strict";
// What every page shares: its data, the side panel, table filters, and the chain drawing. Text goes in as text, never as HTML.
window.zhulian = (function () {
  const data = JSON.parse(document.getElementById("page-data").textContent);

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function dot(colour) {
    const namespace = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(namespace, "svg");
    const circle = document.createElementNS(namespace, "circle");
    svg.setAttribute("viewBox", "0 0 10 10");
    svg.setAttribute("class", "dot");
    for (const [name, value] of [["cx", 5], ["cy", 5], ["r", 5], ["fill", colour]]) circle.setAttribute(name, value);
    svg.append(circle);
    return svg;
  }

  function say(key, blanks) {
    return data.words[key].replace(/\{(\w+)\}/g, (_, name) => String(blanks[name]));
  }

  function show(info, extra) {
    const panel = document.getElementById("panel");
    const kind = element("p", undefined, "kind");
    kind.append(dot(info.colour), info.kindLabel);
    const facts = element("dl");
    for (const [label, value] of info.facts) facts.append(element("dt", label), element("dd", value));
    const sources = element("ul");
    for (const record of info.sources) {
      const item = element("li");
      item.append(element("code", record));
      sources.append(item);
    }
    const close = element("button", "×", "close");
    close.type = "button";
    close.setAttribute("aria-label", data.words.close);
    close.addEventListener("click", () => { panel.hidden = true; });
    panel.hidden = false;
    panel.replaceChildren(close, kind, element("h3", info.name), facts, element("p", data.words.sources, "muted"), sources);
    if (info.page) {
      const link = element("a", data.words.open_page);
      link.href = info.page;
      panel.append(link);
    }
    if (extra) panel.append(extra);
    panel.scrollTop = 0;
  }

  // A table row is shown if it has the words in its filter's box and its kind of gap is ticked.
  const hiddenGaps = new Set();

  function filterTable(table) {
    const box = document.querySelector(`input[data-table="${table.id}"]`);
    const words = (box ? box.value : "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0, all = 0;
    for (const body of table.tBodies) {
      let some = false;
      for (const row of body.rows) {
        if (row.classList.contains("group")) continue;
        const text = row.textContent.toLowerCase();
        row.hidden = hiddenGaps.has(row.dataset.gap) || !words.every((word) => text.includes(word));
        all += 1;
        if (!row.hidden) { shown += 1; some = true; }
      }
      body.hidden = !some;
    }
    const told = document.querySelector(`output[data-shown="${table.id}"]`);
    if (told) told.textContent = say("shown", { shown, all });
  }

  function filterAll() {
    for (const box of document.querySelectorAll("input[data-table]")) filterTable(document.getElementById(box.dataset.table));
  }

  let waiting = 0;
  for (const box of document.querySelectorAll("input[data-table]")) {
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => filterTable(document.getElementById(box.dataset.table)), 120);
    });
  }
  const boxes = [...document.querySelectorAll("#chain .box")];
  for (const check of document.querySelectorAll("input[data-gap]")) {
    check.addEventListener("change", () => {
      if (check.checked) hiddenGaps.delete(check.dataset.gap); else hiddenGaps.add(check.dataset.gap);
      for (const box of boxes) box.classList.toggle("faded", hiddenGaps.has(box.dataset.gap));
      filterAll();
    });
  }
  for (const box of boxes) {
    const choose = () => {
      for (const other of boxes) other.classList.toggle("chosen", other === box);
      show(data.info[box.dataset.id]);
    };
    box.addEventListener("click", choose);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
    });
  }
  filterAll();
  return { data, element, dot, say, show };
})();
