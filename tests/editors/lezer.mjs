// Prints the words of texts as the Lezer grammar sees them: a JSON array for each text of the array on the standard
// input, of [kind, start, end]. The folder of the built grammar is the argument.
import { readFileSync } from "node:fs";
const { parser } = await import(`${process.argv[2]}/dist/resnet.js`);
const texts = JSON.parse(readFileSync(0, "utf-8"));
const told = texts.map((text) => {
  const words = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) words.push(["error", node.from, node.to]);
      else if (!node.node.firstChild && node.to > node.from && node.name !== "File") words.push([node.name, node.from, node.to]);
    },
  });
  return words;
});
console.log(JSON.stringify(told));
