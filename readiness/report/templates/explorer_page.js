"use strict";
// The page: sliders, table, address. What is computed stands in explorer.js, which comes first.
(() => {
const { DATA, NODES, OFFICIAL, ranking, isEmpty, rint } = explorer;
const { countries, groups, means } = DATA;
const byId = id => document.getElementById(id);
const form = byId("controls"), status = byId("status"), select = byId("country"), body = byId("rows");
const rows = [];
for (const row of body.rows) rows[row.dataset.country] = row;
const sliders = Array.from(form.querySelectorAll("input[type=range]"), input => {
  const node = Number(input.dataset.node), group = groups.find(each => each.children.includes(node));
  return { input, node, group, code: NODES[node], place: group.places[group.children.indexOf(node)] };
});
const isMoved = slider => slider.input.value !== slider.input.defaultValue;
const weightOf = slider => isMoved(slider) ? Number(slider.input.value) : slider.place; // a slider shows a whole number
const siblings = group => sliders.filter(slider => slider.group === group);
const chosenMean = () => means.find(mean => mean.name === form.elements.mean?.value) ?? means[0];
let now = null; // the ranking on the page

// The weights of the sliders; a group in which none was moved has its official weights, to the last digit.
function chosen() {
  const weights = OFFICIAL.slice();
  for (const group of groups.filter(each => siblings(each).some(isMoved))) {
    for (const slider of siblings(group)) weights[slider.node] = weightOf(slider);
  }
  return weights;
}

function update() {
  const weights = chosen(), wrong = groups.some(group => isEmpty(group, weights));
  groups.forEach(showShares);
  status.classList.toggle("wrong", wrong);
  status.textContent = wrong ? "At least one weight must be above zero." : "";
  if (wrong) return;
  now = ranking(weights, chosenMean());
  now.ranges = now.ranges();
  now.order = countries.map((_, c) => c).sort((c, d) => (now.ranks[c] || Infinity) - (now.ranks[d] || Infinity) || c - d);
  now.order.forEach(showRow);
  body.append(...now.order.map(c => rows[c]));
  byId("engine").textContent = engineText();
  status.textContent = summary();
}

function showShares(group) {
  const own = siblings(group), whole = own.reduce((sum, slider) => sum + weightOf(slider), 0);
  for (const slider of own) {
    const share = `${printed(whole ? 100 * weightOf(slider) / whole : 0, 1)} %`;
    byId(`s${slider.node}`).textContent = share;
    slider.input.setAttribute("aria-valuetext", `${slider.input.value}, ${share}`);
    slider.input.parentElement.classList.toggle("zero", whole === 0);
  }
}

function showRow(c) {
  const [rank, range, change, , score, graph] = rows[c].children, own = now.ranks[c], value = now.scores[c];
  rank.textContent = own || ":";
  range.textContent = rangeText(c);
  const up = own && countries[c][2] ? countries[c][2] - own : null;
  const [sign, word] = up === null ? [":", "no rank"] : up > 0 ? ["▲ ", "up "] : up < 0 ? ["▼ ", "down "] : ["=", "same"];
  change.className = `change ${up > 0 ? "up" : up < 0 ? "down" : ""}`;
  change.children[0].textContent = sign + (up ? Math.abs(up) : "");
  change.children[1].textContent = word + (up ? Math.abs(up) : "");
  score.textContent = printed(value, DATA.decimals);
  const [low, high] = DATA.ends, width = high > low ? 100 * (value - low) / (high - low) : 0;
  graph.querySelector("rect").setAttribute("width", Math.min(100, Math.max(0, width || 0)).toFixed(1));
}

function rangeText(c) {
  const [low, high] = now.ranges[c];
  return !low ? ":" : low === high ? `${low}` : `${low}–${high}`;
}

// A number with fixed decimals, as the report prints it: halves to the even digit, a real minus, commas.
function printed(value, decimals) {
  if (value !== value) return ":";
  const whole = rint(value * Number(`1e${decimals}`)), digits = String(Math.abs(whole)).padStart(decimals + 1, "0");
  const units = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return (whole < 0 ? "−" : "") + units + (decimals ? `.${digits.slice(-decimals)}` : "");
}

function summary() {
  const moved = countries.filter(([, , rank], c) => rank && now.ranks[c] && rank !== now.ranks[c]).length;
  const first = countries.filter((_, c) => now.ranks[c] === 1).map(([, name]) => name).join(", ");
  const c = countries.findIndex(([code]) => code === select.value);
  const own = c < 0 ? "" : now.ranks[c]
    ? ` ${countries[c][1]}: rank ${now.ranks[c]} (${rangeText(c)}), officially ${countries[c][2] ?? "none"}.`
    : ` ${countries[c][1]} has no rank.`;
  const many = moved === 0 ? "No country changes" : moved === 1 ? "1 country changes" : `${moved} countries change`;
  return `${many} places. First: ${first || "nobody"}.${own}`;
}

// What gives the engine the same weights: a file of those that were moved, and the command.
function engineText() {
  const moved = groups.filter(group => siblings(group).some(isMoved)).flatMap(siblings);
  const key = code => /^[A-Za-z0-9_-]+$/.test(code) ? code : JSON.stringify(code);
  const file = moved.length ? `# weights.toml\n${moved.map(each => `${key(each.code)} = ${weightOf(each)}\n`).join("")}\n` : "";
  return file + ["readiness run", moved.length && "--weights weights.toml", chosenMean().set].filter(Boolean).join(" ");
}

function highlight(scroll) {
  rows.forEach((row, c) => {
    const here = countries[c][0] === select.value;
    row.classList.toggle("here", here);
    if (here) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    if (here && scroll) row.scrollIntoView({ block: "nearest" });
  });
}

// The choices in the address, so that a link brings them back. Only numbers in range and names that exist are taken.

function choices() {
  const parts = new URLSearchParams();
  if (sliders.some(isMoved)) for (const { code, input } of sliders) parts.set(`w.${code}`, input.value);
  if (chosenMean() !== means[0]) parts.set("mean", chosenMean().name);
  if (select.value) parts.set("country", select.value);
  return String(parts);
}

function remember() {
  const text = choices();
  try {
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  } catch { /* a page opened from a file may be forbidden to change its address; the link can still be copied */ }
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  for (const slider of sliders) {
    const text = parts.get(`w.${slider.code}`) ?? "", fits = /^\d{1,2}$/.test(text) && Number(text) <= slider.input.max;
    slider.input.value = fits ? text : slider.input.defaultValue;
    if (isMoved(slider)) slider.input.closest("details")?.setAttribute("open", "");
  }
  const name = parts.get("mean"), mean = means.find(each => each.name === name) ?? means[0];
  for (const radio of form.querySelectorAll("input[name=mean]")) radio.checked = radio.value === mean.name;
  select.value = countries.some(([code]) => code === parts.get("country")) ? parts.get("country") : "";
  highlight(false);
  update();
}

async function share() {
  remember();
  const text = choices(), link = location.href.split("#")[0] + (text ? `#${text}` : "");
  byId("shared").textContent = `The link: ${link}`; // stays where a browser does not let pages copy
  try {
    await navigator.clipboard.writeText(link);
    byId("shared").textContent = "The link is copied.";
  } catch { /* the link is told */ }
}

// A text that a spreadsheet takes for a formula gets an apostrophe.
function cell(text) {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function download() {
  const lines = now.order.map(c => {
    const [code, name, rank] = countries[c], score = now.scores[c];
    const [low, high] = now.ranges[c], own = now.ranks[c] || "";
    return [own, low || "", high || "", cell(code), cell(name), score !== score ? "" : score, rank ?? ""].join(",");
  });
  const text = ["rank,low,high,code,country,score,official_rank", ...lines, ""].join("\r\n"), link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = DATA.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

let waiting = 0;
form.addEventListener("input", () => {
  byId("shared").textContent = "";
  waiting ||= requestAnimationFrame(() => { waiting = 0; update(); });
});
form.addEventListener("change", remember);
form.addEventListener("submit", event => event.preventDefault());
select.addEventListener("change", () => { highlight(true); if (!status.classList.contains("wrong")) status.textContent = summary(); remember(); });
byId("again").addEventListener("click", () => { form.reset(); update(); remember(); });
byId("share").addEventListener("click", share);
byId("csv").addEventListener("click", download);
window.addEventListener("hashchange", () => { if (location.hash.includes("=")) recall(); });
form.hidden = byId("tools").hidden = false;
form.parentElement.classList.add("live");
update(); // the official ranking stands there whatever the address says
recall();
})();
