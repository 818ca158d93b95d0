// What the reader does: zoom and pan (d3-zoom), fold and unfold, hover, walk with keys, search.

const networks = JSON.parse(document.getElementById("data").textContent);
const svg = d3.select("#figure");
const element = svg.node();
const heads = add(element, "defs");
for (const kind of ["line", "projection"]) {
  const head = add(heads, "marker", {
    id: `head-${kind}`, class: kind, viewBox: "0 0 6 5", refX: 6, refY: 2.5, markerWidth: 6, markerHeight: 5,
    markerUnits: "userSpaceOnUse", orient: "auto",
  });
  add(head, "path", { d: "M0,0L6,2.5L0,5Z" });
}
const root = add(element, "g", { id: "root" });
const zoom = d3.zoom().scaleExtent([0.02, 12]).on("zoom", (event) => root.setAttribute("transform", event.transform));
svg.call(zoom).on("dblclick.zoom", null);

let extent, current = null, matches = [];

function render(keep) {
  const anchor = keep && [keep.x, keep.y];
  extent = layOut(networks);
  drawAll(root, networks);
  if (anchor && keep.x !== undefined) {
    const now = d3.zoomTransform(element);
    svg.call(zoom.transform, now.translate(anchor[0] - keep.x, anchor[1] - keep.y));
  }
  for (const thing of matches) group(thing)?.classList.add("match");
  if (current) mark(shown(current));
}

function group(thing) { return document.getElementById(`thing-${thing.id}`); }

// The thing itself, or the folded one that hides it.
function shown(thing) {
  let seen = thing;
  for (let outer = thing.parent; outer; outer = outer.parent) if (!outer.open) seen = outer;
  return seen;
}

function fit() {
  const { clientWidth: wide, clientHeight: tall } = element;
  const scale = Math.min(wide / (extent.width + 30), tall / (extent.height + 30), 1.6);
  const readable = Math.max(scale, Math.min(0.9, wide / (extent.width + 30)));
  const top = readable > scale ? 12 : (tall - extent.height * readable) / 2;
  svg.call(zoom.transform, d3.zoomIdentity.translate((wide - extent.width * readable) / 2, top).scale(readable));
}

function setOpen(thing, open) {
  if (!isFoldable(thing) || thing.open === open) return;
  thing.open = open;
  render(thing);
}

function setAll(open) {
  const walk = (thing) => {
    if (isFoldable(thing)) thing.open = open;
    (thing.children || []).forEach(walk);
  };
  networks.forEach((network) => network.parts.forEach(walk));
  render();
  fit();
}

// Facts of an operation, or of a part, run or block as a whole.
function tell(title, rows) {
  const panel = document.getElementById("facts");
  panel.replaceChildren();
  const heading = document.createElement("h2");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const [term, value] of rows) {
    if (!value) continue;
    list.appendChild(document.createElement("dt")).textContent = term;
    list.appendChild(document.createElement("dd")).textContent = value;
  }
  panel.append(heading, list);
}

function tellNode(network, node) {
  const [name, operation, shape, params, macs, field, place] = network.facts[node];
  tell(operation, [["name", name], ["output", shape], ["parameters", params], ["MACs", macs], ["receptive field", field], ["spec", place]]);
}

function tellThing(thing) {
  if (thing.kind === "op") return tellNode(thing.network, thing.nodes[0]);
  const last = thing.network.facts[thing.last], first = thing.network.facts[thing.nodes[0]];
  const skips = { identity: "identity", adapted: "through an adapter" };
  tell(thing.name || "part", [
    ["holds", thing.sub], ["output", last[2]], ["parameters", thing.params], ["MACs", thing.macs], ["receptive field", last[5]],
    ["operations", String(thing.nodes.length)], ["skip", skips[thing.skip] || ""], ["spec", first[6]],
  ]);
}

function mark(thing) {
  if (!thing) return;
  if (current && group(current)) group(current).setAttribute("tabindex", "-1");
  current = thing;
  group(thing)?.setAttribute("tabindex", "0");
}

function focus(thing) {
  mark(thing);
  group(thing).focus({ preventScroll: true });
  tellThing(thing);
  bringIntoView(thing);
}

function bringIntoView(thing) {
  const now = d3.zoomTransform(element);
  const [x, y] = now.apply([thing.x + thing.w / 2, thing.y + Math.min(thing.h / 2, 60)]);
  const inside = x > 20 && y > 20 && x < element.clientWidth - 20 && y < element.clientHeight - 20;
  if (!inside) svg.call(zoom.translateTo, thing.x + thing.w / 2, thing.y + Math.min(thing.h / 2, 60));
}

function thingOf(target) {
  const found = target.closest && target.closest(".thing:not(.leaf)");
  return found && found.__thing;
}

element.addEventListener("mouseover", (event) => {
  const leaf = event.target.closest && event.target.closest(".leaf");
  if (leaf) return tellNode(leaf.__node.network, leaf.__node.node);
  const thing = thingOf(event.target);
  if (thing) tellThing(thing);
});
element.addEventListener("click", (event) => {
  const leaf = event.target.closest && event.target.closest(".leaf");
  if (leaf) return tellNode(leaf.__node.network, leaf.__node.node);
  const thing = thingOf(event.target);
  if (!thing) return;
  setOpen(thing, !thing.open);
  focus(thing);
});

const KEYS = {
  ArrowDown: (thing) => step(thing, 1),
  ArrowUp: (thing) => step(thing, -1),
  ArrowRight: (thing) => (isFoldable(thing) && !thing.open ? setOpen(thing, true) : step(thing, 1)),
  ArrowLeft: (thing) => (isFoldable(thing) && thing.open ? setOpen(thing, false) : focus(thing.parent || thing)),
  Enter: (thing) => setOpen(thing, !thing.open),
  " ": (thing) => setOpen(thing, !thing.open),
  Home: () => focus(visible(networks)[0]),
  End: () => focus(visible(networks).at(-1)),
};
function step(thing, by) {
  const list = visible(networks), at = list.indexOf(thing) + by;
  if (list[at]) focus(list[at]);
}
element.addEventListener("keydown", (event) => {
  const thing = thingOf(event.target);
  const act = KEYS[event.key];
  if (!thing || !act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(thing);
  if (document.activeElement !== group(current)) focus(current);
});

const search = document.getElementById("search");
let at = -1;
function find() {
  const words = search.value.trim().toLowerCase();
  matches = [];
  at = -1;
  const inside = (thing) => thing.nodes.some((node) => said(thing.network, node).includes(words));
  const walk = (thing) => {
    const deeper = (thing.children || []).filter(inside);
    if (deeper.length) return deeper.forEach(walk);
    if (thing.name.toLowerCase().includes(words) || inside(thing)) matches.push(thing);
  };
  if (words) networks.forEach((network) => network.parts.forEach(walk));
  const count = matches.length;
  document.getElementById("found").textContent = words ? `${count || "no"} place${count === 1 ? "" : "s"}` : "";
  render();
}
function said(network, node) { return `${network.facts[node][0]} ${network.facts[node][1]}`.toLowerCase(); }
function next(by) {
  if (!matches.length) return;
  at = (at + by + matches.length) % matches.length;
  const thing = matches[at];
  for (let outer = thing.parent; outer; outer = outer.parent) outer.open = true;
  const words = search.value.trim().toLowerCase();
  const inner = thing.drawing !== undefined && !thing.name.toLowerCase().includes(words);
  if (inner) thing.open = true;
  render();
  mark(thing);
  tellThing(thing);
  bringIntoView(thing);
  document.getElementById("found").textContent = `${at + 1} of ${matches.length}`;
}
search.addEventListener("input", find);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") { search.value = ""; find(); if (current) focus(shown(current)); }
});

const COMMANDS = {
  "/": () => search.focus(), "+": () => svg.call(zoom.scaleBy, 1.3), "-": () => svg.call(zoom.scaleBy, 1 / 1.3),
  "0": fit, e: () => setAll(true), c: () => setAll(false),
};
document.addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey || !COMMANDS[event.key]) return;
  event.preventDefault();
  COMMANDS[event.key]();
});
document.getElementById("open").addEventListener("click", COMMANDS.e);
document.getElementById("close").addEventListener("click", COMMANDS.c);
document.getElementById("closer").addEventListener("click", COMMANDS["+"]);
document.getElementById("farther").addEventListener("click", COMMANDS["-"]);
document.getElementById("fit").addEventListener("click", fit);
window.addEventListener("resize", fit);

prepare(networks);
render();
mark(visible(networks)[0]);
fit();
