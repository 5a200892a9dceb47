"use strict";
// The graph of a page: vis-network draws what the page's data says, at the places it says.
(function () {
  const { data, element, say, show } = window.zhulian;
  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges.map((edge, id) => ({ id, ...edge })));
  const beside = new Map(data.nodes.map((node) => [node.id, []]));
  for (const edge of edges.get()) {
    beside.get(edge.from).push(edge.to);
    beside.get(edge.to).push(edge.from);
  }
  const opened = new Set(data.nodes.filter((node) => !node.hidden).map((node) => node.id));
  const first = new Set(opened);
  const hiddenKinds = new Set();
  const stage = document.getElementById("graph");
  if (data.columns) {
    // As high as the columns are at the scale that the width allows.
    const xs = data.nodes.map((node) => node.x), ys = data.nodes.map((node) => node.y);
    const scale = Math.min(1.2, stage.clientWidth / (Math.max(...xs) - Math.min(...xs) + 240));
    stage.style.height = `${Math.max(320, Math.round(scale * (Math.max(...ys) - Math.min(...ys) + 130)))}px`;
  }
  const network = new vis.Network(stage, { nodes, edges }, {
    physics: false, layout: { improvedLayout: false }, nodes: { physics: false }, edges: { smooth: false },
    interaction: { hover: true, dragNodes: true, keyboard: false, zoomView: true, hideEdgesOnDrag: data.edges.length > 400 },
  });
  let shown = new Set();

  function refresh() {
    shown = new Set([...opened].filter((id) => !hiddenKinds.has(data.info[id].kind)));
    nodes.update(data.nodes.map(({ id }) => ({ id, hidden: !shown.has(id) })));
    edges.update(edges.get().map(({ id, from, to }) => ({ id, hidden: !shown.has(from) || !shown.has(to) })));
    document.getElementById("graph-shown").textContent = say("shown", { shown: shown.size, all: data.nodes.length });
  }

  function fit() {
    if (shown.size) network.fit({ nodes: [...shown], animation: false, maxZoomLevel: 1.2 });
  }

  function open(id) {
    for (const other of [id, ...beside.get(id)]) opened.add(other);
    refresh();
  }

  function select(id) {
    const hidden = beside.get(id).filter((other) => !opened.has(other)).length;
    let extra;
    if (hidden) {
      extra = element("p", say("hidden_neighbours", { n: hidden }) + " ");
      const button = element("button", data.words.expand);
      button.type = "button";
      button.addEventListener("click", () => { open(id); select(id); fit(); });
      extra.append(button);
    }
    show(data.info[id], extra);
    if (shown.has(id)) network.selectNodes([id]);
  }

  network.on("click", ({ nodes: hit }) => { if (hit.length) select(hit[0]); });
  network.on("doubleClick", ({ nodes: hit }) => { if (hit.length) { open(hit[0]); select(hit[0]); } });
  for (const check of document.querySelectorAll("input[data-kind]")) {
    check.addEventListener("change", () => {
      if (check.checked) hiddenKinds.delete(check.dataset.kind); else hiddenKinds.add(check.dataset.kind);
      refresh();
    });
  }

  const names = document.getElementById("graph-names");
  const byName = new Map();
  for (const { id } of data.nodes) {
    const name = data.info[id].name;
    if (!byName.has(name)) {
      byName.set(name, id);
      const option = element("option");
      option.value = name;
      names.append(option);
    }
  }
  function visit(id) {
    opened.add(id);
    refresh();
    network.focus(id, { scale: Math.max(0.9, network.getScale()), animation: false });
    select(id);
  }
  const find = document.getElementById("graph-find");
  find.addEventListener("change", () => {
    const wanted = find.value.trim().toLowerCase();
    const name = byName.has(find.value) ? find.value : [...byName.keys()].find((key) => key.toLowerCase().includes(wanted));
    if (wanted && name !== undefined) visit(byName.get(name));
  });
  const byRecord = new Map(data.nodes.map(({ id }) => [data.info[id].id, id]));
  for (const link of document.querySelectorAll("a[data-node]")) {
    link.addEventListener("click", () => visit(byRecord.get(link.dataset.node)));
  }

  function zoom(by) {
    network.moveTo({ scale: network.getScale() * by });
  }
  function on(id, act) {
    const button = document.getElementById(id);
    if (button) button.addEventListener("click", act);
  }
  on("zoom-in", () => zoom(1.3));
  on("zoom-out", () => zoom(1 / 1.3));
  on("zoom-fit", fit);
  on("expand-all", () => { for (const { id } of data.nodes) opened.add(id); refresh(); fit(); });
  on("collapse", () => { opened.clear(); for (const id of first) opened.add(id); refresh(); fit(); });
  window.addEventListener("beforeprint", fit);
  refresh();
  fit();
  Object.assign(window.zhulian, { network, nodes, edges });
})();
