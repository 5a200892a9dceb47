"use strict";
// Search over the pages of the report: every word must stand in an entry's name or in what else finds it.
(function () {
  const { element, dot, data, say } = window.zhulian;
  const { pages, kinds, entries } = window.zhulianIndex;
  const most = 60, mostPages = 5;
  const texts = entries.map(([name, , also]) => `${name} ${also}`.toLowerCase());
  const box = document.getElementById("search");
  const list = document.getElementById("found");

  function link(at, text) {
    const made = element("a", text);
    made.href = pages[at[0]][0] + (at[1] ? `#${at[1]}` : "");
    return made;
  }

  function item([name, kind, , flat]) {
    const places = [];
    for (let i = 0; i < flat.length; i += 2) places.push([flat[i], flat[i + 1]]);
    const made = element("li");
    const label = element("span", undefined, "kind");
    label.append(dot(kinds[kind][1]), kinds[kind][0]);
    made.append(label, link(places[0], name));
    if (places[0][1] || places.length > 1) {
      const at = element("span", undefined, "at");
      for (const place of places.slice(0, mostPages)) at.append(link(place, pages[place[0]][1]));
      if (places.length > mostPages) at.append(`+${places.length - mostPages}`);
      made.append(at);
    }
    return made;
  }

  function search() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return list.replaceChildren();
    const found = [];
    for (let i = 0; i < texts.length; i += 1) {
      if (words.every((word) => texts[i].includes(word))) found.push(entries[i]);
    }
    // Names that begin with what was typed come first.
    found.sort((a, b) => b[0].toLowerCase().startsWith(words[0]) - a[0].toLowerCase().startsWith(words[0]));
    list.replaceChildren(...found.slice(0, most).map(item));
    if (!found.length) list.append(element("li", data.words.search_none, "muted"));
    if (found.length > most) list.append(element("li", say("search_more", { n: most }), "muted"));
  }
  let waiting = 0;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 80); });
  search();
})();
