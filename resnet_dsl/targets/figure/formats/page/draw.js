// Draws what layout.js placed. Text goes in as text (textContent), or as markup that the compiler has escaped: no name
// can become markup, and the page's policy runs no script but this one.

const SVG = "http://www.w3.org/2000/svg";

function add(parent, tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function write(parent, words, x, y, size, anchor, look) {
  return add(parent, "text", { x, y: y + size * 0.36, "font-size": size, "text-anchor": anchor, class: look || "" }, words);
}

function arrow(parent, points, look, headed) {
  let d = `M${points[0]}`;
  for (let at = 1; at < points.length; at++) {
    const [before, corner, after] = [points[at - 1], points[at], points[at + 1]];
    if (!after) { d += `L${corner}`; continue; }
    const room = Math.min(6, length(before, corner) / 2, length(corner, after) / 2);
    d += `L${towards(corner, before, room)}Q${corner} ${towards(corner, after, room)}`;
  }
  const kind = look.split(" ")[0];
  add(parent, "path", { d, class: `${look} path`, ...(headed === false ? {} : { "marker-end": `url(#head-${kind})` }) });
}
function length(a, b) { return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]); }
function towards(from, to, room) {
  const whole = length(from, to) || 1;
  return [from[0] + ((to[0] - from[0]) * room) / whole, from[1] + ((to[1] - from[1]) * room) / whole];
}

function look(thing) {
  const tone = thing.tone === null ? "plain" : `tone${thing.tone % 4}`;
  const filled = thing.kind === "op" ? !thing.light : !thing.open && thing.kind !== "part";
  return `${tone} ${filled ? "filled" : "hollow"}`;
}

function drawThing(parent, thing) {
  const group = add(parent, "g", {
    id: `thing-${thing.id}`, class: `thing ${look(thing)}${isFoldable(thing) ? " foldable" : ""}`, role: "treeitem", tabindex: "-1",
    "aria-level": thing.level, "aria-label": `${thing.name} ${thing.sub || ""}, ${thing.params} parameters`,
  });
  if (isFoldable(thing)) group.setAttribute("aria-expanded", String(thing.open));
  group.__thing = thing;
  add(group, "rect", { x: thing.x, y: thing.y, width: thing.w, height: thing.h, rx: 6 });
  const middle = thing.x + thing.w / 2;
  if (isFoldable(thing) && thing.open) {
    write(group, `▾ ${thing.name}`, thing.x + 8, thing.y + 11, 11, "start", "bold");
    if (thing.drawing === undefined) write(group, thing.sub, thing.x + thing.w - 8, thing.y + 11, 8.5, "end", "faint");
    if (thing.drawing !== undefined) drawDrawing(group, thing);
  } else if (thing.kind === "op") {
    write(group, thing.name, thing.x + 10, thing.y + thing.h / 2, thing.light ? 9 : 11, "start");
    write(group, thing.sub, thing.x + thing.w - 8, thing.y + thing.h / 2, 8, "end", "faint");
  } else {
    write(group, `▸ ${thing.name}`, middle, thing.y + 11, 11, "middle", thing.kind === "part" ? "bold" : "");
    write(group, thing.sub, middle, thing.y + 23.5, 8.5, "middle", "faint");
  }
  if (thing.open && thing.children) drawChain(parent, thing.children, thing.y + HEAD);
}

// The arrows between neighbours, and the skip connections of folded blocks around them.
function drawChain(parent, things, from) {
  let above = from;
  for (const thing of things) {
    const middle = thing.x + thing.w / 2;
    if (above !== null && thing.follows !== false) arrow(parent, [[middle, above], [middle, thing.y]], "line");
    if (thing.skip && !thing.open && thing.drawing !== undefined) {
      const side = thing.x + thing.w + ARC - 5;
      const style = thing.skip === "adapted" ? "projection dashed" : "line";
      arrow(parent, [[middle, thing.y - 12], [side, thing.y - 12], [side, thing.y + thing.h + 4], [middle + 1, thing.y + thing.h + 4]], style);
    }
    drawThing(parent, thing);
    above = thing.y + thing.h;
  }
}

// The drawing of a block is SVG as the compiler writes it; its boxes come in the order of the slots.
function drawDrawing(group, thing) {
  const drawing = thing.network.drawings[thing.drawing];
  const inner = add(group, "g", { transform: `translate(${thing.x + (thing.w - drawing.w) / 2},${thing.y + HEAD - 4})` });
  inner.innerHTML = drawing.svg;
  inner.querySelectorAll(".node").forEach((box, at) => {
    if (drawing.slots[at] < 0) return;
    box.classList.add("thing", "leaf");
    box.__node = { network: thing.network, node: thing.nodes[drawing.slots[at]] };
  });
}

function drawJumps(parent, network) {
  const ordered = [...network.jumps].sort((a, b) => a[1] - a[0] - (b[1] - b[0]));
  ordered.forEach(([from, to, way, name], at) => {
    const source = network.parts[from], target = network.parts[to];
    const begin = source ? source.y + source.h : TOP - 13;
    const below = source ? begin + 7 : TOP - 9, entry = target.y + 11;
    const side = network.right + network.labels + 14 + at * 11;
    const style = way === "adapted" ? "projection dashed" : "line";
    arrow(parent, [[network.middle, begin], [network.middle, below], [side, below], [side, entry], [target.x + target.w, entry]], style);
    if (name) write(parent, name, network.right + 14, entry - 7, 9, "start", "faint");
  });
}

// What leaves the network: out of the part that makes it, at its lower edge; of several in one part one below the other.
function drawOutputs(parent, network) {
  const count = {};
  for (const [from, words] of network.outputs) {
    const part = network.parts[from];
    const [begin, low] = part ? [part.x + part.w, part.y + part.h - 8] : [network.middle, TOP - 9];
    const y = low + 11 * (count[from] = (count[from] ?? -1) + 1), turn = network.right + 7;
    arrow(parent, [[begin, low], [turn, low], [turn, y], [network.right + 14, y]], "line");
    write(parent, words, network.right + 18, y, 9, "start");
  }
}

function drawAll(root, networks) {
  root.replaceChildren();
  for (const network of networks) {
    write(root, network.title, network.middle, 10, 15, "middle", "bold");
    write(root, network.input, network.middle, 27, 9, "middle", "faint");
    drawJumps(root, network);
    drawOutputs(root, network);
    drawChain(root, network.parts, TOP - 13);
  }
}
