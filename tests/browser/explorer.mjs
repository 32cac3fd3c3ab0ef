// What a report's page does in a browser: `node tests/browser/explorer.mjs index.html`. Exits with 77 where playwright-core
// (`npm install playwright-core`, here or above) or a chromium on the PATH is missing.
import assert from "node:assert/strict";
import { accessSync, constants, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

function skip(why) {
  console.log(`No browser test: ${why}.`);
  process.exit(77);
}

/** From this file's folder, the working directory, or NODE_PATH. */
function playwright() {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "x"))]) {
    try { return createRequire(from)("playwright-core"); } catch { /* the next */ }
  }
  return skip("playwright-core cannot be found");
}

function chromiumPath() {
  const runs = (path) => {
    try { accessSync(path, constants.X_OK); return true; } catch { return false; }
  };
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const paths = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find(runs) ?? skip("there is no chromium on the PATH");
}

const [file] = process.argv.slice(2);
if (!file) {
  console.error("Usage: node tests/browser/explorer.mjs FILE.html");
  process.exit(2);
}
const url = pathToFileURL(realpathSync(file)).href;
const { chromium } = playwright();
// Chromium's sandbox does not start as root.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath: chromiumPath(), args });
const problems = [];

async function open(address) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.on("console", (message) => problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const to = request.url();
    if (to.split("#")[0] !== url && !to.startsWith("data:")) problems.push(`request: ${to}`);
  });
  await page.goto(address);
  return page;
}

const shownDots = (page) => page.locator(".explorer .dot").evaluateAll((dots) => dots.map((dot) => dot.dataset.key).sort());

/** The section of the first explorer whose data has rows in `table`. */
async function explorerWith(page, table) {
  const name = await page.evaluate((wanted) => [...document.querySelectorAll("script.tables")]
    .find((node) => JSON.parse(node.textContent)[wanted]?.rows.length)?.dataset.experiment, table);
  return name === undefined ? null : page.locator(`section.explorer[data-experiment=${JSON.stringify(name)}]`);
}

async function explorersAreFilled(page) {
  const explorers = page.locator("section.explorer");
  assert.ok(await explorers.count() > 0, "the page has no explorer");
  for (const explorer of await explorers.all()) {
    assert.ok(await explorer.isVisible() && await explorer.locator("h3").count() === 1, "an explorer is empty");
  }
  assert.ok((await shownDots(page)).length > 0, "no run is drawn");
}

async function clickingShowsCurves(page) {
  const explorer = await explorerWith(page, "curves");
  if (!explorer) return "no curves in this page";
  const drawn = explorer.locator("[data-curves] .curve");
  for (let at = 0; at < await explorer.locator(".dot").count() && !await drawn.count(); at += 1) {
    await explorer.locator(".dot").nth(at).click();
    assert.equal(await explorer.locator(".dot[aria-pressed=true]").count(), 1, "a click selects a run");
    // Curves may be there of some runs only.
    if (!await drawn.count()) await explorer.getByRole("button", { name: "clear" }).click();
  }
  assert.ok(await drawn.count() > 0, "no run has curves");
  return "curves are shown";
}

async function uncheckingRemovesDots(page) {
  const condition = await page.locator(".explorer .dot").last().getAttribute("data-condition");
  const dots = () => page.locator(".explorer .dot").evaluateAll((all, of) => all.filter((dot) => dot.dataset.condition === of).length, condition);
  assert.ok(await dots() > 0);
  await page.locator("[data-filter=condition] summary").click();
  const labels = await page.locator("[data-filter=condition] label").allTextContents();
  await page.locator("[data-filter=condition] label").nth(labels.indexOf(condition)).click();
  assert.equal(await dots(), 0, "an unchecked condition still has dots");
}

async function addressRestores(page) {
  const address = page.url();
  assert.ok(address.includes("#explore&"), "the state is not in the address");
  const other = await open(address);
  assert.deepEqual(await shownDots(other), await shownDots(page), "the address restores other runs");
  const selected = (of) => of.locator(".explorer .dot[aria-pressed=true]").count();
  assert.equal(await selected(other), await selected(page), "the address restores another selection");
}

try {
  const page = await open(url);
  await explorersAreFilled(page);
  const curves = await clickingShowsCurves(page);
  await uncheckingRemovesDots(page);
  await addressRestores(page);
  assert.deepEqual(problems, []);
  console.log(`The page works in a browser: ${curves}, filters and address.`);
} finally {
  await browser.close();
}
