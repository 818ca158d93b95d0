import { ExternalTokenizer } from "@lezer/lr";
import { patterns } from "./patterns.js";
import * as terms from "./resnet.grammar.terms.js";

const LONGEST = 4000; // letters of a line that are looked at on each side: a line may be a million long
const rules = patterns.map(([expression, kinds]) => [new RegExp(expression, "uy"), kinds]);
const termOf = (kind) => terms[kind[0].toUpperCase() + kind.slice(1)];

/** The first pattern that matches at a place: the kinds of its parts, each with its length. */
function found(line, at) {
  for (const [expression, kinds] of rules) {
    expression.lastIndex = at;
    const match = expression.exec(line);
    if (match) return kinds.map((kind, part) => [kind, (kinds.length === 1 ? match[0] : match[part + 1]).length]);
  }
  return null;
}

/** The kind and the length of the word at a place of a line; patterns of several parts are looked for from the start. */
export function wordAt(line, place) {
  for (let at = 0; at <= place; ) {
    const parts = found(line, at);
    if (!parts) {
      at += 1;
      continue;
    }
    for (const [kind, length] of parts) {
      if (at === place) return kind ? [kind, length] : null;
      at += length;
    }
  }
  return null;
}

function around(input) {
  let before = "", after = "";
  for (let step = 1; step <= LONGEST; step++) {
    const code = input.peek(-step);
    if (code < 0 || code === 10) break;
    before = String.fromCharCode(code) + before;
  }
  for (let step = 0; step < LONGEST; step++) {
    const code = input.peek(step);
    if (code < 0 || code === 10) break;
    after += String.fromCharCode(code);
  }
  return [before, after];
}

export const words = new ExternalTokenizer((input) => {
  const [before, after] = around(input);
  const word = wordAt(before + after, before.length);
  if (!word || word[0] === "bracket") return;
  input.acceptToken(termOf(word[0]), word[1]);
});
