// The same of the TextMate grammar, by the engine of VS Code: [scope, start, end] of each word.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const need = createRequire(`${process.argv[2]}/`);
const oniguruma = need("vscode-oniguruma"), textmate = need("vscode-textmate");
await oniguruma.loadWASM(readFileSync(need.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
const onigLib = Promise.resolve({
  createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text) => new oniguruma.OnigString(text),
});
const grammarFile = readFileSync(process.argv[3], "utf-8");
const registry = new textmate.Registry({
  onigLib,
  loadGrammar: async () => textmate.parseRawGrammar(grammarFile, "resnet.tmLanguage.json"),
});
const grammar = await registry.loadGrammar("source.resnet");
const told = JSON.parse(readFileSync(0, "utf-8")).map((text) => {
  const words = [];
  let state = textmate.INITIAL, at = 0;
  for (const line of text.split("\n")) {
    const read = grammar.tokenizeLine(line, state);
    for (const { startIndex, endIndex, scopes } of read.tokens)
      if (scopes.length > 1) words.push([scopes.at(-1), at + startIndex, at + Math.min(endIndex, line.length)]);
    state = read.ruleStack;
    at += line.length + 1;
  }
  return words;
});
console.log(JSON.stringify(told));
