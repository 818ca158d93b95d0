"use strict";
// The layout of the page: nested lists of boxes from top to bottom. A thing is a part, a run of equal blocks, a block or
// an operation; an open one is a frame around its children (or around its drawing).

const GAP = 18, PAD = 14, HEAD = 20, ARC = 16, BETWEEN = 70, TOP = 46;

const pen = document.createElement("canvas").getContext("2d");
function textWidth(text, size, bold) {
  pen.font = `${bold ? "bold " : ""}${size}px Arial, Arimo, "Liberation Sans", Helvetica, sans-serif`;
  return pen.measureText(text).width;
}

// Gives each thing its network, its parent, its depth and an identity that lasts.
function prepare(networks) {
  networks.forEach((network, number) => {
    const walk = (thing, parent, id, level) => {
      Object.assign(thing, { network, parent, id, level, open: thing.kind === "part", skip: thing.skip || null });
      (thing.children || []).forEach((child, at) => walk(child, thing, `${id}.${at}`, level + 1));
    };
    network.parts.forEach((part, at) => walk(part, null, `${number}.${at}`, 1));
    for (const part of network.parts) if (part.drawing !== undefined) part.open = false;
  });
}

function isFoldable(thing) {
  return Boolean(thing.children || thing.drawing !== undefined);
}

// Width and height of a thing, and of all that shows inside it.
function measure(thing) {
  if (!isFoldable(thing) || !thing.open) {
    const name = textWidth(thing.name, 11, thing.kind === "part"), sub = textWidth(thing.sub || "", 8.5);
    thing.h = thing.kind === "op" ? (thing.light ? 15 : 19) : 32;
    thing.w = Math.max(name + (thing.kind === "op" ? sub + 30 : 22), thing.kind === "op" ? 0 : sub + 22, 74);
    return;
  }
  if (thing.drawing !== undefined) {
    const drawing = thing.network.drawings[thing.drawing];
    thing.w = Math.max(drawing.w, textWidth(thing.name, 11, true) + 30) + 8;
    thing.h = drawing.h + HEAD;
    return;
  }
  thing.children.forEach(measure);
  const arcs = thing.children.some((child) => child.skip && !child.open) ? 2 * ARC : 0;
  thing.w = Math.max(...thing.children.map((child) => child.w + arcs), textWidth(thing.name, 11, true) + textWidth(thing.sub || "", 8.5) + 30) + 2 * PAD;
  thing.h = HEAD + GAP + thing.children.reduce((sum, child) => sum + child.h + GAP, 0) - GAP + PAD;
}

// Places a thing with its upper edge at y and its middle at x.
function place(thing, x, y) {
  thing.x = x - thing.w / 2;
  thing.y = y;
  if (!thing.open || !thing.children) return;
  let below = y + HEAD + GAP;
  for (const child of thing.children) {
    place(child, x, below);
    below += child.h + GAP;
  }
}

// Places all networks side by side; returns the size of the whole.
function layOut(networks) {
  let left = 0, bottom = 0;
  for (const network of networks) {
    network.parts.forEach(measure);
    const wide = Math.max(textWidth(network.title, 15, true), textWidth(network.input, 9), ...network.parts.map((part) => part.w));
    const said = [...network.outputs.map((one) => one[1]), ...network.jumps.map((one) => one[3])];
    network.labels = Math.max(0, ...said.map((words) => words && textWidth(words, 9) + 24));
    network.tracks = network.labels + network.jumps.length * 11 + (network.jumps.length ? 14 : 0);
    network.middle = left + wide / 2;
    network.right = left + wide;
    let below = TOP;
    for (const part of network.parts) {
      place(part, network.middle, below);
      below += part.h + GAP + 4;
    }
    left = network.right + network.tracks + BETWEEN;
    bottom = Math.max(bottom, below);
  }
  return { width: left - BETWEEN, height: bottom };
}

// All things that show, in reading order.
function visible(networks) {
  const list = [];
  const walk = (thing) => {
    list.push(thing);
    if (thing.open && thing.children) thing.children.forEach(walk);
  };
  networks.forEach((network) => network.parts.forEach(walk));
  return list;
}
