// The client of `resnet-dsl lsp`, and a panel that shows the figure of the network under the cursor as one types.
const { commands, window, workspace, ViewColumn, ColorThemeKind } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const DRAW = "resnet-dsl.draw"; // the server's command
const PAUSE = 200; // ms without a key before the figure is drawn anew
let client = null;
let panel = null; // what is shown beside the text: { view, uri, network, svg, asked }

function serverOptions() {
  const [command, ...args] = workspace.getConfiguration("resnet-dsl").get("command");
  return { command, args };
}

async function start() {
  client = new LanguageClient("resnet-dsl", "resnet-dsl", serverOptions(), {
    documentSelector: [{ language: "resnet" }],
    initializationOptions: { figures: true }, // or the server opens a file
    middleware: { executeCommand: (name, args, next) => (name === DRAW ? show(args[0], args[1]) : next(name, args)) },
  });
  try {
    await client.start();
  } catch (error) {
    const command = [serverOptions().command, ...serverOptions().args].join(" ");
    const remedy = 'Install it with `pip install "resnet-dsl[lsp]"`, or say where it is in the setting `resnet-dsl.command`.';
    const chosen = await window.showErrorMessage(`\`${command}\` does not start. ${remedy}`, "Open the setting");
    if (chosen) commands.executeCommand("workbench.action.openSettings", "resnet-dsl.command");
  }
}

async function restart() {
  if (client && client.isRunning()) await client.stop();
  await start();
}

const isDark = () => [ColorThemeKind.Dark, ColorThemeKind.HighContrast].includes(window.activeColorTheme.kind);

/** The panel beside the text, with one network of it. */
function show(uri, network) {
  if (!panel) {
    const view = window.createWebviewPanel("resnet-dsl.figure", "figure", { viewColumn: ViewColumn.Beside, preserveFocus: true });
    panel = { view, svg: null, asked: 0 };
    view.onDidDispose(() => (panel = null));
  }
  panel.uri = uri;
  panel.network = network ?? null;
  return draw();
}

async function draw() {
  if (!panel || !client || !client.isRunning()) return;
  const mine = panel, asked = ++mine.asked;
  const theme = isDark() ? "dark" : "light";
  const params = { command: DRAW, arguments: [mine.uri, mine.network, theme] };
  const told = await client.sendRequest("workspace/executeCommand", params).catch(() => null);
  if (panel !== mine || mine.asked !== asked || !told) return; // closed, or asked again meanwhile
  mine.svg = told.svg ?? mine.svg;
  mine.view.title = told.network ?? "figure";
  mine.view.webview.html = page(mine.svg, told.svg ? "" : told.told ?? "");
}

/** The last figure that there was, under a line on what is in the way of a new one. Nothing in it can run. */
function page(svg, told) {
  const image = svg ? `<img alt="" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">` : "";
  return `<!DOCTYPE html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>img { max-width: 100%; } .old { opacity: 0.5; } p { color: var(--vscode-errorForeground); }</style></head>
<body><p>${escaped(told)}</p><div class="${told ? "old" : ""}">${image}</div></body></html>`;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The name of the network in whose braces a line lies: the last `network NAME` at the start of a line above it. */
function networkAt(document, line) {
  for (let at = line; at >= 0; at--) {
    const found = /^\s*network\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(document.lineAt(at).text);
    if (found) return found[1];
  }
  return null;
}

async function activate(context) {
  let timer = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  };
  context.subscriptions.push(
    commands.registerCommand("resnet-dsl.restart", restart),
    commands.registerCommand("resnet-dsl.show", () => {
      const editor = window.activeTextEditor;
      if (editor) return show(editor.document.uri.toString(), networkAt(editor.document, editor.selection.active.line));
    }),
    workspace.onDidChangeTextDocument(({ document }) => panel && document.languageId === "resnet" && soon()),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("resnet-dsl.command") && restart()),
    window.onDidChangeActiveColorTheme(draw),
    window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (!panel || textEditor.document.languageId !== "resnet") return;
      const network = networkAt(textEditor.document, textEditor.selection.active.line);
      const uri = textEditor.document.uri.toString();
      if (uri !== panel.uri || (network && network !== panel.network)) show(uri, network);
    }),
  );
  await start();
}

const deactivate = () => (client && client.isRunning() ? client.stop() : undefined);

module.exports = { activate, deactivate };
