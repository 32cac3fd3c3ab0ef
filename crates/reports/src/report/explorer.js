// The part of a report's page that is there to look around in: filters, a plot of every run, learning curves and norms
// of selected runs. The page is whole without it. Labels come from elsewhere and are only ever written as text.
(() => {
  "use strict";

  // ---- Elements

  const maker = (namespace) => (name, attributes = {}, ...children) => {
    const node = document.createElementNS(namespace, name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(key, value);
      else if (value !== null && value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const html = maker("http://www.w3.org/1999/xhtml");
  const svg = maker("http://www.w3.org/2000/svg");

  const FONT = 11;
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `${FONT}px system-ui, sans-serif`;
  const widthOf = (text) => ruler.measureText(text).width;

  /** Text that is no wider than `width`. Its end stays, as long labels tend to differ there. */
  function fit(text, width) {
    if (widthOf(text) <= width) return text;
    const letters = [...text];
    for (let left = letters.length - 1; left > 1; left -= 1) {
      const tail = Math.floor(left / 3);
      const short = `${letters.slice(0, left - tail).join("")}…${tail ? letters.slice(-tail).join("") : ""}`;
      if (widthOf(short) <= width) return short;
    }
    return "";
  }

  // ---- Numbers

  const isNumber = (value) => typeof value === "number";
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const unique = (values) => [...new Set(values)];
  const words = (name) => name.replace(/@\d+/, "").replaceAll("_", " ");
  /** "1 run", "2 runs" */
  const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

  function digits(value) {
    if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
    const size = Math.abs(value);
    if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace("e+", "e");
    return String(Number(value.toPrecision(4)));
  }

  function roundStep(rough) {
    const power = 10 ** Math.floor(Math.log10(rough));
    return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  }

  function tickLabel(value, step) {
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return Math.abs(value) >= 1e6 || decimals > 5 ? value.toExponential(1).replace("e+", "e") : value.toFixed(decimals);
  }

  function linearScale(low, high, integers, count) {
    const step = Math.max(roundStep((high - low) / count), integers ? 1 : 0);
    const ticks = [];
    for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) {
      ticks.push({ value: at * step, label: tickLabel(at * step, step) });
    }
    return { part: (value) => (value - low) / (high - low), ticks };
  }

  function logScale(low, high, count) {
    const span = Math.log10(high / low);
    const factors = span > 2 ? [1] : [1, 2, 5];
    const every = Math.ceil(span / count);
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += every) {
      for (const factor of factors) {
        const value = factor * 10 ** power;
        if (value >= low && value <= high) ticks.push({ value, label: digits(value) });
      }
    }
    return { part: (value) => Math.log10(value / low) / span, ticks, log: true };
  }

  /** From values to parts of an axis. One diverged run must not press all others into a line: then it is logarithmic. */
  function scaleOf(values, mayBeLog) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    if (mayBeLog && low > 0 && high / low > 50) return logScale(low / 1.2, high * 1.2, 6);
    const pad = (high - low) * 0.06 || Math.abs(low) * 0.1 || 1;
    return linearScale(low - pad, high + pad, values.every(Number.isInteger), 6);
  }

  // ---- Tables

  /** Rows as objects. They have no prototype, as a column may have any name. */
  function rowsOf(table) {
    if (!table || !Array.isArray(table.rows)) return [];
    return table.rows.map((cells) => {
      const row = Object.create(null);
      // A column with `levels` has the places of its cells there.
      table.columns.forEach((column, at) => { row[column] = table.levels?.[column]?.[cells[at]] ?? cells[at]; });
      for (const name of FILTERED) row[name] = String(row[name] ?? "");
      row.key = JSON.stringify(FILTERED.map((column) => row[column]));
      return row;
    });
  }

  const groupBy = (rows, keyOf) => {
    const groups = new Map(rows.map((row) => [keyOf(row), []]));
    rows.forEach((row) => groups.get(keyOf(row)).push(row));
    return groups;
  };

  const FILTERED = ["dataset", "condition", "seed"];
  /** What a condition is, rather than what came out. */
  const FACTOR = /^(tasks$|lr_|bias_reset_|source_|target_)/;

  const isTrue = (cell) => cell === true || cell === "true" || cell === 1;
  const nameOf = (run) => `${run.condition}, seed ${run.seed}, ${run.dataset}`;

  /** Rows of the baseline: marked as such, or where nothing is, named so. */
  function baselineOf(runs) {
    const marked = runs.filter((run) => isTrue(run.is_baseline));
    return marked.length ? marked : runs.filter((run) => run.condition === "baseline");
  }

  // ---- Colours and marks

  // Okabe and Ito's, which people with any kind of colour blindness can tell apart.
  const OF_SEEDS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000"];
  const OF_SELECTED = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
  const MOST_SELECTED = OF_SELECTED.length;
  const KINDS = { train: "7 3", validation: null, test: "1.5 3" };

  /** A circle; after all colours were used, a square and a triangle, so that seeds stay distinct. */
  function markPath(shape, r) {
    if (shape === 0) return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    if (shape === 1) return `M${-0.9 * r} ${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
    return `M0 ${-1.2 * r}L${1.1 * r} ${0.8 * r}H${-1.1 * r}z`;
  }

  function seedMark(seed, r, attributes = {}) {
    const at = Math.max(0, page.values.seed.indexOf(seed));
    const shape = Math.floor(at / OF_SEEDS.length) % 3;
    return svg("path", { d: markPath(shape, r), fill: OF_SEEDS[at % OF_SEEDS.length], class: "mark", ...attributes });
  }

  const swatch = (...drawing) => svg("svg", { viewBox: "0 0 26 12", class: "swatch", "aria-hidden": "true" }, ...drawing);
  const seedSwatch = (seed) => swatch(seedMark(seed, 5, { transform: "translate(13 6)" }));
  const lineSwatch = (attributes) => swatch(svg("path", { d: "M1 6H25", ...attributes }));

  // ---- What the page shows, and its address

  const page = {
    explorers: [],
    values: { dataset: [], condition: [], seed: [] },
    without: { dataset: new Set(), condition: new Set(), seed: new Set() },
    /** Where the reader last went by a link of the page. */
    place: "",
  };

  const isShown = (run) => FILTERED.every((column) => !page.without[column].has(run[column]));

  /** The state as an address that can be shared. Links within the page have plain names: this one begins otherwise. */
  function address() {
    const state = new URLSearchParams();
    for (const column of FILTERED) page.without[column].forEach((value) => state.append(`without-${column}`, value));
    for (const explorer of page.explorers) {
      if (explorer.quantity !== "test_loss") state.append("quantity", JSON.stringify([explorer.name, explorer.quantity]));
      for (const key of explorer.selected.keys()) state.append("run", JSON.stringify([explorer.name, ...JSON.parse(key)]));
    }
    const text = String(state);
    const place = encodeURIComponent(page.place);
    if (!text) return place ? `#${place}` : "";
    return `#explore&${place ? `at=${place}&` : ""}${text}`;
  }

  function keepAddress() {
    const hash = address();
    if (hash === location.hash) return;
    // Some browsers limit how often, and where, addresses may change. The page works the same without.
    try { history.replaceState(null, "", hash || location.href.split("#")[0]); } catch { /* as said */ }
  }

  /** What may be no JSON at all, as links are made by anyone. */
  function parsed(text) {
    try { return JSON.parse(text); } catch { return null; }
  }

  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return text; }
  }

  const list = (text) => [parsed(text)].filter(Array.isArray).flat();

  function readAddress() {
    if (!location.hash.startsWith("#explore&")) {
      page.place = decoded(location.hash.slice(1));
      return false;
    }
    const state = new URLSearchParams(location.hash.slice("#explore&".length));
    page.place = state.get("at") ?? "";
    for (const column of FILTERED) page.without[column] = new Set(state.getAll(`without-${column}`));
    const quantities = new Map(state.getAll("quantity").map(list));
    const runs = state.getAll("run").map(list);
    for (const explorer of page.explorers) {
      const quantity = quantities.get(explorer.name);
      explorer.quantity = explorer.quantities.includes(quantity) ? quantity : "test_loss";
      explorer.selected.clear();
      runs.filter(([name]) => name === explorer.name).forEach(([, ...key]) => explorer.select(JSON.stringify(key)));
    }
    return true;
  }

  function changed() {
    page.explorers.forEach((explorer) => explorer.draw());
    page.bar.refresh();
    keepAddress();
  }

  // ---- Tooltip

  const tip = (() => {
    const box = html("div", { id: "explorer-tip", role: "tooltip", hidden: "" });
    const hide = () => { box.hidden = true; };
    /** Beside the point, within the window. */
    const show = (x, y, title, pairs) => {
      const cells = pairs.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value)));
      box.replaceChildren(html("strong", {}, title), html("dl", {}, ...cells));
      box.hidden = false;
      const { width, height } = box.getBoundingClientRect();
      const [right, bottom] = [document.documentElement.clientWidth - 4, window.innerHeight - 4];
      box.style.left = `${Math.max(4, x + 14 + width > right ? x - 14 - width : x + 14)}px`;
      box.style.top = `${Math.max(4, Math.min(y + 14, bottom - height))}px`;
    };
    return { box, hide, show };
  })();

  function tellRun(run, mark) {
    const told = Object.entries(run).filter(([column, cell]) => isNumber(cell) && !FILTERED.includes(column));
    const text = ["interventions", "status", "stage"].filter((column) => run[column]).map((column) => [column, String(run[column])]);
    const pairs = [["dataset", run.dataset], ["seed", run.seed], ...told.map(([name, cell]) => [words(name), digits(cell)]), ...text];
    const { right, top } = mark.getBoundingClientRect();
    tip.show(right, top, run.condition, pairs);
  }

  // ---- Filters

  const button = (text, click, attributes = {}) => html("button", { type: "button", click, ...attributes }, text);

  function filterGroup(column, title) {
    const summary = html("summary");
    const boxes = page.values[column].map((value) => {
      const box = html("input", { type: "checkbox", change: () => set([value], box.checked) });
      const mark = column === "seed" ? seedSwatch(value) : null;
      return { value, box, label: html("label", {}, box, mark, html("span", {}, value || "(no name)")) };
    });
    const set = (values, shown) => {
      values.forEach((value) => page.without[column][shown ? "delete" : "add"](value));
      changed();
    };
    const link = (text, shown) => button(text, () => set(page.values[column], shown), { class: "link", "aria-label": `${title}: ${text}` });
    const node = html("details", { "data-filter": column }, summary, html("fieldset", {}, html("legend", {}, title),
      html("p", {}, link("all", true), " / ", link("none", false)), html("div", { class: "boxes" }, ...boxes.map(({ label }) => label))));
    const refresh = () => {
      boxes.forEach(({ value, box }) => { box.checked = !page.without[column].has(value); });
      const shown = boxes.filter(({ box }) => box.checked).length;
      summary.textContent = `${title}: ${shown === boxes.length ? "all" : `${shown} of`} ${boxes.length}`;
      node.classList.toggle("narrowed", shown !== boxes.length);
    };
    return { node, refresh };
  }

  function filterBar() {
    const groups = [["condition", "Conditions"], ["seed", "Seeds"], ["dataset", "Datasets"]].map((of) => filterGroup(...of));
    const count = html("strong", { role: "status" });
    const everything = button("Show all", () => {
      FILTERED.forEach((column) => page.without[column].clear());
      changed();
    });
    const close = (except) => groups.forEach(({ node }) => { if (node !== except) node.open = false; });
    const escape = (event) => {
      const open = groups.find(({ node }) => node.open);
      if (event.key !== "Escape" || !open) return;
      close();
      open.node.querySelector("summary").focus();
    };
    const node = html("div", { class: "explorer-filters", role: "region", "aria-label": "Filters of runs", keydown: escape },
      count, ...groups.map((group) => group.node), everything);
    document.addEventListener("click", (event) => close(event.target.closest?.(".explorer-filters details")));
    const refresh = () => {
      groups.forEach((group) => group.refresh());
      const runs = page.explorers.flatMap((explorer) => explorer.runs);
      const shown = runs.filter(isShown).length;
      everything.disabled = shown === runs.length;
      count.textContent = shown === runs.length ? counted(shown, "run") : `${shown} of ${counted(runs.length, "run")}`;
    };
    return { node, refresh };
  }

  // ---- Axes

  /** Words in lines no wider than `width`, or null where they do not fit. */
  function wrapped(text, width) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (widthOf(longer) <= width) lines[lines.length - 1] = longer;
      else if (widthOf(word) <= width) lines.push(word);
      else return null;
    }
    return lines.length <= 3 ? lines : null;
  }

  /** How names stand below an axis: in lines where all fit; else slanted, and where they are too dense only every so many. */
  function nameLayout(names, width, left) {
    const band = (width - left) / names.length;
    const lines = names.map((name) => wrapped(name, band - 8));
    if (lines.every((line) => line)) return { lines, every: 1, left, below: 8 + 13 * Math.max(...lines.map((l) => l.length)) };
    const angle = band < 26 ? 70 : 40;
    const [cos, sin] = [Math.cos(angle * Math.PI / 180), Math.sin(angle * Math.PI / 180)];
    const short = names.map((name) => fit(name, width < 500 ? 120 : 170));
    const outside = short.map((name, at) => widthOf(name) * cos - (at + 0.5) * band + 4);
    const below = 16 + sin * Math.max(...short.map(widthOf));
    return { short, angle, every: Math.ceil(12.5 / (band * sin)), left: Math.max(left, ...outside), below };
  }

  function nameAxis(area, names, layout, x) {
    return names.map((name, at) => {
      if (at % layout.every) return null;
      const place = { class: "tick", transform: `translate(${x(at)} ${area.bottom + (layout.lines ? 15 : 11)})` };
      const title = svg("title", {}, name);
      if (layout.lines) {
        const lines = layout.lines[at].map((line, row) => svg("tspan", { x: 0, y: 13 * row }, line));
        return svg("text", { ...place, "text-anchor": "middle" }, title, ...lines);
      }
      const turned = `${place.transform} rotate(${-layout.angle})`;
      return svg("text", { ...place, transform: turned, "text-anchor": "end" }, title, layout.short[at]);
    });
  }

  const leftOf = (scale) => 14 + Math.max(24, ...scale.ticks.map((tick) => widthOf(tick.label)));

  function valueAxis(area, scale, title) {
    const y = (value) => area.bottom - scale.part(value) * (area.bottom - area.top);
    const marks = scale.ticks.flatMap(({ value, label }) => [
      svg("path", { class: "grid", d: `M${area.left} ${y(value)}H${area.right}` }),
      svg("text", { class: "tick", x: area.left - 6, y: y(value) + 4, "text-anchor": "end" }, label),
    ]);
    const heading = fit(`${title}${scale.log ? " (logarithmic)" : ""}`, area.right - 4);
    return { y, nodes: [...marks, svg("text", { class: "title", x: 4, y: 13 }, heading)] };
  }

  const outline = (area) => svg("path", { class: "axis", d: `M${area.left} ${area.top}V${area.bottom}H${area.right}` });

  /** Values over names. */
  function namedFrame(names, scale, title, width) {
    const layout = nameLayout(names, width - 8, leftOf(scale));
    const area = { left: layout.left, right: width - 8, top: 26, bottom: 276 };
    const band = (area.right - area.left) / names.length;
    const x = (at) => area.left + (at + 0.5) * band;
    const axis = valueAxis(area, scale, title);
    const nodes = [...axis.nodes, outline(area), ...nameAxis(area, names, layout, x)];
    return { area, band, x, y: axis.y, nodes, height: area.bottom + layout.below };
  }

  const drawing = (width, height, attributes, ...nodes) =>
    svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, ...attributes }, ...nodes);

  // ---- Every run

  /** Shifts to the side with which dots do not cover each other; within `room`, as far as that goes. */
  function swarm(heights, r, room) {
    const placed = [];
    const shifts = [];
    const order = heights.map((_, at) => at).sort((a, b) => heights[a] - heights[b]);
    const apart = (x, y) => placed.every((dot) => Math.hypot(dot.x - x, dot.y - y) >= 2 * r + 0.5);
    for (const at of order) {
      const y = heights[at];
      let x = 0;
      for (let step = 0; !apart(x, y) && Math.abs(x) <= room; step += 1) {
        x = (step % 2 ? -1 : 1) * Math.ceil((step + 1) / 2) * r * 0.5;
      }
      if (Math.abs(x) > room) x = ((placed.length * 0.618) % 1 - 0.5) * 2 * room;
      placed.push({ x, y });
      shifts[at] = x;
    }
    return shifts;
  }

  function dot(explorer, run, x, y, r) {
    const slot = explorer.selected.get(run.key);
    const selected = slot !== undefined;
    const tell = () => tellRun(run, mark);
    const mark = seedMark(run.seed, r, {
      class: "mark dot", transform: `translate(${x} ${y})`, tabindex: -1, role: "button", "aria-pressed": selected,
      "aria-label": `${nameOf(run)}: ${words(explorer.quantity)} ${digits(run[explorer.quantity])}`,
      "aria-describedby": "explorer-tip", "data-key": run.key, "data-condition": run.condition,
      click: () => explorer.toggle(run.key), pointerenter: tell, focus: tell, pointerleave: tip.hide, blur: tip.hide,
    });
    if (!selected) return [mark];
    const ring = svg("circle", { class: "ring", cx: x, cy: y, r: r + 3.5, stroke: OF_SELECTED[slot] });
    return [ring, mark, svg("text", { class: "slot", x: x + r + 5, y: y - r - 1 }, slot + 1)];
  }

  function runsPanel(explorer, dataset, runs, width) {
    const values = runs.map((run) => run[explorer.quantity]);
    const scale = scaleOf(values, /loss/.test(explorer.quantity));
    const names = unique(runs.map((run) => run.condition));
    const { area, band, x, y, nodes, height } = namedFrame(names, scale, `${words(explorer.quantity)}, ${dataset}`, width);
    const r = Math.max(2.5, Math.min(5, band / 7));
    const [bars, dots] = [[], []];
    for (const [condition, of] of groupBy(runs, (run) => run.condition)) {
      const middle = x(names.indexOf(condition));
      const heights = of.map((run) => y(run[explorer.quantity]));
      const shifts = swarm(heights, r, band * 0.42);
      of.forEach((run, at) => dots.push({ run, x: middle + shifts[at], y: heights[at] }));
      const half = Math.min(band * 0.38, 34);
      const centre = y(mean(of.map((run) => run[explorer.quantity])));
      bars.push(svg("path", { class: "mean", d: `M${middle - half} ${centre}H${middle + half}` }));
    }
    const baseline = baselineOf(runs).map((run) => run[explorer.quantity]);
    const dotted = baseline.length
      ? svg("path", { class: "baseline", d: `M${area.left} ${y(mean(baseline))}H${area.right}` })
      : null;
    dots.sort((a, b) => a.x - b.x || a.y - b.y);
    const node = drawing(width, height, { role: "group", "aria-label": `Runs on ${dataset}`, keydown: alongDots },
      ...nodes, dotted, ...bars, ...dots.flatMap((at) => dot(explorer, at.run, at.x, at.y, r)));
    // One stop for the tabulator a panel: arrows lead on from there.
    node.querySelector(".dot").setAttribute("tabindex", 0);
    return node;
  }

  function alongDots(event) {
    const dots = [...event.currentTarget.querySelectorAll(".dot")];
    const at = dots.indexOf(event.target);
    if (at < 0) return;
    const last = dots.length - 1;
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (event.key === "Enter" || event.key === " ") event.target.dispatchEvent(new MouseEvent("click"));
    else if (event.key === "Escape") tip.hide();
    else if (to === undefined) return;
    else focusDot(dots[Math.max(0, Math.min(last, to))]);
    event.preventDefault();
  }

  function focusDot(to, options) {
    to.ownerSVGElement.querySelectorAll(".dot[tabindex='0']").forEach((other) => other.setAttribute("tabindex", -1));
    to.setAttribute("tabindex", 0);
    to.focus(options);
  }

  function runsLegend(runs) {
    const seeds = page.values.seed.filter((seed) => runs.some((run) => run.seed === seed));
    const items = seeds.slice(0, 16).map((seed) => html("span", {}, seedSwatch(seed), `seed ${seed}`));
    if (seeds.length > 16) items.push(html("span", {}, `and ${seeds.length - 16} more`));
    items.push(html("span", {}, lineSwatch({ class: "mean" }), "mean"));
    if (baselineOf(runs).length) items.push(html("span", {}, lineSwatch({ class: "baseline" }), "mean of the baseline"));
    return html("p", { class: "legend" }, ...items);
  }

  function withoutResult(runs, quantity) {
    if (!runs.length) return null;
    const named = runs.slice(0, 12).map((run) => `${nameOf(run)}${run.status ? ` (${run.status})` : ""}`);
    if (runs.length > 12) named.push(`and ${runs.length - 12} more`);
    return html("p", { class: "without" }, `Without ${words(quantity)}: ${named.join("; ")}.`);
  }

  const GAP = 20;

  /** Panels in as many columns as leave each at least `least` wide. */
  function grid(width, least, panels) {
    const columns = Math.max(1, Math.min(panels.length, Math.floor((width + GAP) / (least + GAP))));
    const each = Math.floor((width - GAP * (columns - 1)) / columns);
    const node = html("div", { class: "panels" }, ...panels.map((panel) => panel(each)));
    node.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    return node;
  }

  function everyRun(explorer, width) {
    const runs = explorer.runs.filter(isShown);
    if (!runs.length) return [html("p", {}, "The filters leave no run of this figure.")];
    const [ended, others] = [true, false].map((has) => runs.filter((run) => isNumber(run[explorer.quantity]) === has));
    const panels = [...groupBy(ended, (run) => run.dataset)];
    const most = Math.max(1, ...panels.map(([, of]) => unique(of.map((run) => run.condition)).length));
    return [
      grid(width, Math.max(340, 60 + 56 * most), panels.map(([dataset, of]) => (each) => runsPanel(explorer, dataset, of, each))),
      ended.length ? runsLegend(ended) : null,
      withoutResult(others, explorer.quantity),
    ];
  }

  // ---- Learning curves of selected runs

  /** Tasks of a run one after the other: where each begins and ends on an axis of all its epochs. */
  function timeline(rows) {
    const tasks = [];
    let begin = 0;
    for (const [, of] of [...groupBy(rows, (row) => row.task)].sort(([a], [b]) => a - b)) {
      const points = of.map((row) => ({ x: begin + row.epoch, row })).sort((a, b) => a.x - b.x);
      const end = points.at(-1).x;
      const interventions = unique(of.map((row) => row.interventions).filter((text) => text)).join("; ");
      tasks.push({ begin, end, points, transform: String(of[0].transform ?? ""), interventions, task: of[0].task });
      begin = end;
    }
    return tasks;
  }

  const LANE = 18;
  const taskName = (task) => `${task.transform}${task.interventions ? `, with ${task.interventions}` : ""}`;

  /** A lane a run above the curves: its tasks by their transforms, and marks where tasks with interventions begin. */
  function lane(run, at, area, x) {
    const top = 22 + at * LANE;
    const colour = OF_SELECTED[run.slot];
    const segments = run.tasks.flatMap((task, number) => {
      const [from, to, indent] = [x(task.begin), x(task.end), task.interventions ? 14 : 5];
      const full = taskName(task);
      const room = to - from - indent - 3;
      const label = widthOf(full) <= room ? full : fit(task.transform, room);
      const marks = task.interventions ? [
        svg("path", { class: "intervention", fill: colour, d: `M${from + 1} ${top + 3}h9l-4.5 9z` }),
        svg("path", { class: "begin", stroke: colour, d: `M${from} ${top}V${area.bottom}` }),
      ] : [];
      const shade = { fill: colour, "fill-opacity": number % 2 ? 0.28 : 0.14 };
      return [svg("g", {}, svg("title", {}, `task ${task.task}: ${full}`),
        svg("rect", { x: from, y: top, width: Math.max(1, to - from - 1), height: LANE - 3, ...shade }), ...marks,
        svg("text", { class: "tick", x: from + indent, y: top + 11.5 }, label))];
    });
    return [svg("text", { class: "slot", x: area.left - 6, y: top + 12, "text-anchor": "end" }, run.slot + 1), ...segments];
  }

  /** With one run there is room for its tasks behind the curves, too. */
  function bands(runs, area, x) {
    if (runs.length !== 1) return [];
    return runs[0].tasks.map((task, number) => svg("rect", {
      class: number % 2 ? "band odd" : "band", x: x(task.begin), y: area.top,
      width: x(task.end) - x(task.begin), height: area.bottom - area.top,
    }));
  }

  function curve(points, column, x, y, colour, dashes) {
    const known = points.filter(({ row }) => isNumber(row[column]));
    if (!known.length) return [];
    const at = known.map((point) => `${x(point.x)} ${y(point.row[column])}`);
    const carried = known.filter(({ row }) => isTrue(row.carried));
    const ring = (point) => svg("circle", { class: "ring", cx: x(point.x), cy: y(point.row[column]), r: 4.5, stroke: colour });
    return [svg("path", { class: "curve", d: `M${at.join("L")}`, stroke: colour, "stroke-dasharray": dashes }), ...carried.map(ring)];
  }

  function tellEpoch(event, runs, columns, epochAt) {
    const epoch = epochAt(event);
    const pairs = runs.flatMap((run) => {
      const point = run.tasks.flatMap((task) => task.points).reverse().find(({ x }) => x === epoch);
      if (!point) return [];
      const known = columns.filter((column) => isNumber(point.row[column]));
      const values = known.map((column) => `${column.split("_")[0]} ${digits(point.row[column])}`);
      return [[`${run.slot + 1}: task ${point.row.task}, epoch ${point.row.epoch}`, values.join(", ") || "not measured"]];
    });
    if (pairs.length) tip.show(event.clientX, event.clientY, `Epoch ${epoch} of all`, pairs);
    else tip.hide();
  }

  function curveChart(explorer, runs, what, width) {
    const kinds = Object.keys(KINDS).filter((kind) => explorer.kinds.has(kind));
    const columns = kinds.map((kind) => `${kind}_${what}`);
    const points = runs.flatMap((run) => run.tasks.flatMap((task) => task.points));
    const values = points.flatMap(({ row }) => columns.map((column) => row[column])).filter(isNumber);
    if (!values.length) return html("p", {}, `No ${what} to be shown.`);
    const scale = scaleOf(values, what === "loss");
    const top = 30 + LANE * runs.length;
    const area = { left: leftOf(scale), right: width - 10, top, bottom: top + 240 };
    const last = Math.max(1, ...points.map((point) => point.x));
    const epochs = linearScale(0, last, true, Math.max(3, width / 70));
    const x = (epoch) => area.left + epochs.part(epoch) * (area.right - area.left);
    const axis = valueAxis(area, scale, what);
    const curves = runs.flatMap((run) => run.tasks.flatMap((task) => kinds.flatMap((kind) =>
      curve(task.points, `${kind}_${what}`, x, axis.y, OF_SELECTED[run.slot], KINDS[kind]))));
    const ticks = epochs.ticks.map(({ value, label }) =>
      svg("text", { class: "tick", x: x(value), y: area.bottom + 15, "text-anchor": "middle" }, label));
    const epochAt = (event) => {
      const box = node.getBoundingClientRect();
      const at = (event.clientX - box.left) * width / box.width;
      return Math.round((at - area.left) / (area.right - area.left) * last);
    };
    const node = drawing(width, area.bottom + 34, {
      role: "img", "aria-label": `${what} over epochs of ${runs.map(nameOf).join("; ")}`, "data-curves": what,
      pointermove: (event) => tellEpoch(event, runs, columns, epochAt), pointerleave: tip.hide,
    }, ...bands(runs, area, x), ...axis.nodes, outline(area), ...ticks,
      svg("text", { class: "title", x: (area.left + area.right) / 2, y: area.bottom + 30, "text-anchor": "middle" }, "epoch of all tasks"),
      ...runs.flatMap((run, at) => lane(run, at, area, x)), ...curves);
    return node;
  }

  function kindBoxes(explorer) {
    const boxes = Object.entries(KINDS).map(([kind, dashes]) => {
      const change = () => {
        explorer.kinds[box.checked ? "add" : "delete"](kind);
        explorer.draw();
      };
      const box = html("input", { type: "checkbox", change, "data-control": `kind ${kind}` });
      box.checked = explorer.kinds.has(kind);
      return html("label", {}, box, lineSwatch({ class: "curve", stroke: "#333", "stroke-dasharray": dashes }), kind);
    });
    const ring = swatch(svg("circle", { class: "ring", cx: 13, cy: 6, r: 4.5, stroke: "#333" }));
    const mark = swatch(svg("path", { class: "intervention", fill: "#333", d: "M8 2h9l-4.5 9z" }));
    return html("p", { class: "legend", role: "group", "aria-label": "Curves shown" }, ...boxes,
      html("span", {}, ring, "carried epoch"), html("span", {}, mark, "intervention"));
  }

  function curvesOf(explorer, selected, width) {
    const heading = html("h4", {}, "Learning curves");
    if (!explorer.curves.size) return [heading, html("p", {}, "Curves are not in this report.")];
    const runs = selected.filter((run) => explorer.curves.has(run.key))
      .map((run) => ({ ...run, tasks: timeline(explorer.curves.get(run.key)) }));
    if (!runs.length) return [heading, html("p", {}, "The curves in this report are of other runs.")];
    const charts = ["loss", "accuracy"].map((what) => (each) => curveChart(explorer, runs, what, each));
    const changed = runs.flatMap((run) => run.tasks.filter((task) => task.interventions)
      .map((task) => `${task.interventions} in task ${task.task} of run ${run.slot + 1}`));
    const said = changed.length ? html("p", {}, `Interventions: ${changed.join("; ")}.`) : null;
    return [heading, kindBoxes(explorer), grid(width, 420, charts), said];
  }

  // ---- Norms of selected runs

  const quantityOf = (row) => JSON.stringify([row.measure, row.name]);

  function select(label, control, options, chosen, change) {
    const node = html("select", { change: () => change(node.value), "data-control": control },
      ...options.map(([value, text]) => html("option", { value }, text)));
    node.value = chosen;
    return html("label", { class: "choice" }, `${label} `, node);
  }

  function normsChart(series, subjects, title, width) {
    const scale = scaleOf(series.flatMap(({ values }) => [...values.values()]), true);
    const { x, y, nodes, height } = namedFrame(subjects, scale, title, width);
    const lines = series.flatMap(({ run, values }) => {
      const colour = OF_SELECTED[run.slot];
      const points = subjects.flatMap((subject, at) => (values.has(subject) ? [{ subject, cx: x(at), cy: y(values.get(subject)) }] : []));
      const line = svg("path", { class: "curve", stroke: colour, d: `M${points.map(({ cx, cy }) => `${cx} ${cy}`).join("L")}` });
      return [line, ...points.map(({ subject, cx, cy }) => svg("circle", { cx, cy, r: 3, fill: colour },
        svg("title", {}, `${run.slot + 1}: ${subject}, ${digits(values.get(subject))}`)))];
    });
    return drawing(width, height, { role: "img", "aria-label": `${title} by layer`, "data-norms": "" }, ...nodes, ...lines);
  }

  /** The last moment at which all of the runs were measured. */
  function momentOfAll(runs, rows) {
    const keys = new Set(runs.map((run) => run.key));
    const byMoment = groupBy(rows.filter((row) => keys.has(row.key)), (row) => row.moment);
    return [...byMoment].filter(([, of]) => new Set(of.map((row) => row.key)).size === keys.size).at(-1)?.[0];
  }

  function normsOf(explorer, selected, width) {
    const quantities = unique(explorer.measures.map(quantityOf));
    if (!quantities.length) return [];
    const look = explorer.look;
    if (!quantities.includes(look.quantity)) look.quantity = quantities.find((text) => text.includes("norms@")) ?? quantities[0];
    const ofQuantity = explorer.measures.filter((row) => quantityOf(row) === look.quantity);
    const moments = unique(ofQuantity.map((row) => row.moment));
    if (!moments.includes(look.moment)) look.moment = momentOfAll(selected, ofQuantity) ?? moments.at(-1);
    const kinds = ["weight", "bias"].filter((kind) => ofQuantity.some((row) => String(row.subject).endsWith(`.${kind}`)));
    const kind = kinds.includes(look.kind) ? look.kind : "";
    const rows = ofQuantity.filter((row) => row.moment === look.moment && isNumber(row.value) && String(row.subject).endsWith(kind));
    const byRun = groupBy(rows, (row) => row.key);
    const [measured, others] = [true, false].map((is) => selected.filter((run) => byRun.has(run.key) === is));
    const series = measured.map((run) => ({ run, values: new Map(byRun.get(run.key).map((row) => [row.subject, row.value])) }));
    const choose = (label, field, options, chosen) => select(label, `norms ${field}`, options, chosen, (value) => {
      look[field] = value;
      explorer.draw();
    });
    const choices = html("p", { class: "legend" },
      choose("Quantity", "quantity", quantities.map((text) => [text, list(text).map(words).join(", ")]), look.quantity),
      choose("Moment", "moment", moments.map((text) => [text, text]), look.moment),
      kinds.length > 1 ? choose("Parameters", "kind", [["", "all"], ["weight", "weights"], ["bias", "biases"]], kind) : null);
    const name = `${words(list(look.quantity)[1])}, ${look.moment}`;
    const missing = others.map((run) => `${run.slot + 1} ${nameOf(run)}`).join("; ");
    return [html("h4", {}, "Norms by layer"), choices,
      series.length ? normsChart(series, unique(rows.map((row) => row.subject)), name, width) : null,
      missing ? html("p", {}, `Not measured at this moment: ${missing}.`) : null];
  }

  /** Rows of what is shown by layer: of measures that look at several. */
  function layerRows(rows) {
    for (const row of rows) [row.subject, row.moment] = [String(row.subject), String(row.moment)];
    const by = groupBy(rows.filter((row) => /^(norms|activations)@1$/.test(row.measure)), (row) => row.measure);
    return [...by.values()].filter((of) => new Set(of.map((row) => row.subject)).size > 1).flat();
  }

  // ---- An explorer

  /** Columns that can be plotted: numbers that differ between runs. What came out stands before what was set. */
  function quantitiesOf(runs, columns) {
    const differs = (column) => new Set(runs.map((run) => run[column]).filter(isNumber)).size > 1;
    const found = columns.filter((column) => !FILTERED.includes(column) && column !== "test_loss" && differs(column));
    const [factors, outcomes] = [true, false].map((is) => found.filter((column) => FACTOR.test(column) === is));
    return ["test_loss", ...outcomes, ...factors];
  }

  /** Drawing anew replaces elements: the one that had the focus gets it back. */
  function keepingFocus(section, draw) {
    const active = section.contains(document.activeElement) ? document.activeElement : null;
    draw();
    if (!active || active.isConnected) return;
    const name = ["data-key", "data-control"].find((attribute) => active.hasAttribute(attribute));
    const same = name && [...section.querySelectorAll(`[${name}]`)].find((node) => node.getAttribute(name) === active.getAttribute(name));
    if (!same) section.querySelector(".dot[tabindex='0']")?.focus({ preventScroll: true });
    else if (name === "data-key") focusDot(same, { preventScroll: true });
    else same.focus({ preventScroll: true });
  }

  function chips(explorer, selected) {
    const chip = (run) => button("", () => explorer.toggle(run.key), { "aria-label": `Deselect ${nameOf(run)}` });
    const items = selected.map((run) => {
      const node = chip(run);
      node.append(lineSwatch({ class: "curve", stroke: OF_SELECTED[run.slot] }), html("b", {}, run.slot + 1), ` ${nameOf(run)}`,
        html("span", { class: "cross", "aria-hidden": "true" }, "×"));
      return node;
    });
    return html("ul", { class: "chips", "aria-label": "Selected runs" },
      ...[...items, button("clear", explorer.clear)].map((item) => html("li", {}, item)));
  }

  function explorerOf(section, data) {
    const runs = rowsOf(data.runs);
    const quantities = quantitiesOf(runs, data.runs.columns);
    const explorer = {
      name: section.dataset.experiment, runs, quantities, quantity: "test_loss",
      curves: groupBy(rowsOf(data.curves), (row) => row.key), measures: layerRows(rowsOf(data.measures)),
      /** Selected runs by their key: the first number that was free. */
      selected: new Map(), kinds: new Set(Object.keys(KINDS)), look: { quantity: "", moment: "", kind: "weight" },
    };
    const [plot, below] = [html("div"), html("div", { class: "selected" })];
    const status = html("p", { class: "status", role: "status" });
    const choice = select("Quantity", "quantity", quantities.map((name) => [name, words(name)]), explorer.quantity, (value) => {
      explorer.quantity = value;
      explorer.draw();
      keepAddress();
    });
    const hint = `Point at a dot for the run's values. Click on it (or press Enter; arrows lead on) to select the run, up to ${MOST_SELECTED} to be compared.`;

    explorer.select = (key) => {
      const free = OF_SELECTED.findIndex((_, slot) => ![...explorer.selected.values()].includes(slot));
      if (free < 0 || explorer.selected.has(key) || !runs.some((run) => run.key === key)) return;
      explorer.selected.set(key, free);
    };
    explorer.toggle = (key) => {
      const full = explorer.selected.size >= MOST_SELECTED && !explorer.selected.has(key);
      if (!explorer.selected.delete(key)) explorer.select(key);
      explorer.draw();
      if (full) status.textContent = `No more than ${MOST_SELECTED} runs can be selected: click on one again to deselect it.`;
      keepAddress();
    };
    explorer.clear = () => {
      explorer.selected.clear();
      explorer.draw();
      keepAddress();
    };

    explorer.draw = () => keepingFocus(section, () => {
      const width = Math.max(320, section.clientWidth);
      tip.hide();
      const byKey = new Map(runs.map((run) => [run.key, run]));
      // A run that the filters hide is compared with nothing.
      for (const key of explorer.selected.keys()) if (!isShown(byKey.get(key))) explorer.selected.delete(key);
      choice.lastChild.value = explorer.quantity;
      plot.replaceChildren(...everyRun(explorer, width).filter((node) => node));
      const selected = [...explorer.selected].map(([key, slot]) => ({ ...byKey.get(key), slot }));
      below.replaceChildren(...(selected.length
        ? [chips(explorer, selected), ...curvesOf(explorer, selected, width), ...normsOf(explorer, selected, width)].filter((node) => node)
        : []));
      status.textContent = selected.length ? `${counted(selected.length, "run")} selected` : "";
    });
    section.append(html("h3", {}, `Every run${data.title ? ` of ${data.title}` : ""}`),
      html("p", { class: "controls" }, choice, html("span", { class: "hint" }, hint)), plot, status, below);
    return explorer;
  }

  // ---- The page

  function tablesOf(section) {
    const holders = [...document.querySelectorAll("script.tables")];
    const holder = holders.find((node) => node.dataset.experiment === section.dataset.experiment);
    const data = parsed(holder?.textContent);
    return Array.isArray(data?.runs?.columns) && data.runs.rows?.length ? data : null;
  }

  function collectValues() {
    for (const column of FILTERED) {
      page.values[column] = unique(page.explorers.flatMap((explorer) => explorer.runs.map((run) => run[column])));
    }
    if (page.values.seed.every((seed) => Number.isFinite(Number(seed)))) page.values.seed.sort((a, b) => a - b);
  }

  const goToPlace = () => document.getElementById(page.place)?.scrollIntoView();

  function followAddress() {
    if (readAddress()) changed();
    else keepAddress();
    goToPlace();
  }

  function redrawWhenResized() {
    let waiting = 0;
    let width = document.documentElement.clientWidth;
    window.addEventListener("resize", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => {
        if (width === document.documentElement.clientWidth) return;
        width = document.documentElement.clientWidth;
        page.explorers.forEach((explorer) => explorer.draw());
      });
    });
  }

  function start() {
    for (const section of document.querySelectorAll("section.explorer")) {
      const data = tablesOf(section);
      if (data) page.explorers.push(explorerOf(section, data));
      section.hidden = !section.hasChildNodes();
    }
    if (!page.explorers.length) return;
    collectValues();
    page.bar = filterBar();
    const main = document.querySelector("main");
    if (main) main.before(page.bar.node);
    else document.body.prepend(page.bar.node);
    document.body.append(tip.box);
    readAddress();
    changed();
    if (location.hash) goToPlace();
    window.addEventListener("hashchange", followAddress);
    redrawWhenResized();
  }

  start();
})();
