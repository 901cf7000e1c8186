"use strict";
// The index under other weights: scores and ranks as the engine computes them, and intervals. explorer_page.js shows it.
const explorer = (() => {
const DATA = JSON.parse(document.getElementById("data").textContent);
const { countries, leaves, groups, means, scale } = DATA;
const UNITS = countries.length, ROOT = groups[groups.length - 1];
const NODES = leaves.concat(groups.map(group => group.code));
const SCORES = DATA.scores.map(row => Float64Array.from(row, score => score === null ? NaN : score));
const OFFICIAL = official();
const ROUNDING = 1e-12; // a share of two thirds must pass a limit of two thirds

// The arithmetic of the run, in its order, so that scores agree to the last bit (readiness/methods/aggregate.py).

// The weights of all nodes by number, as the index declares them.
function official() {
  const found = new Float64Array(NODES.length).fill(1);
  for (const group of groups) group.children.forEach((node, k) => { found[node] = group.weights[k]; });
  return found;
}

// One score for each country from those of a group's children. A gap, or the weight zero, leaves the weight to the
// others; below the coverage there is a gap. `floor` is that of a geometric mean, 0 for an arithmetic one.
function average(children, weights, coverage, floor) {
  const out = new Float64Array(UNITS);
  let whole = 0;
  for (const weight of weights) whole += weight;
  for (let c = 0; c < UNITS; c++) {
    let total = 0, there = 0, gaps = 0;
    for (let k = 0; k < weights.length; k++) {
      const x = children[k][c];
      if (x !== x) { gaps++; continue; }
      total += weights[k] * (floor ? logarithm(x > floor ? x : floor) : x);
      there += weights[k];
    }
    const present = gaps ? there : whole;
    const enough = present > 0 && (!gaps || there >= (coverage - ROUNDING) * whole);
    out[c] = !enough ? NaN : floor ? exponential(total / present) : total / present;
  }
  return out;
}

// The scores of all nodes. In a varied set the weights chosen decide who has too few scores, not chance: `judged`.
function climb(weights, mean, scores, judged) {
  const values = scores.slice();
  groups.forEach((group, g) => {
    const how = group === ROOT ? mean : group, at = leaves.length + g;
    const children = group.children.map(node => values[node]), own = group.children.map(node => weights[node]);
    const out = values[at] = average(children, own, judged ? 0 : how.coverage, how.floor);
    for (let c = 0; judged && c < UNITS; c++) if (judged[at][c] !== judged[at][c]) out[c] = NaN;
  });
  const root = values[NODES.length - 1], figures = judged ? null : covered(weights);
  for (let c = 0; figures && c < UNITS; c++) if (figures[c] < DATA.figures_needed - ROUNDING) root[c] = NaN;
  return values;
}

// The share of indicator weight with a figure that each country has: too little is too little for a rank.
function covered(weights) {
  const shares = new Float64Array(NODES.length).fill(1), found = new Float64Array(UNITS).fill(1);
  for (let g = groups.length - 1; g >= 0; g--) {
    const children = groups[g].children, whole = children.reduce((sum, node) => sum + weights[node], 0);
    for (const node of children) shares[node] = shares[leaves.length + g] * weights[node] / whole;
  }
  for (const [leaf, c, share] of DATA.figures) found[c] -= shares[leaf] * (1 - share);
  return found;
}

// Competition ranks of rounded scores: one more than the number of higher ones; 0 for a gap.
function ranked(scores) {
  const keys = scores.map(score => score === score ? rint(score * scale) : -Infinity), order = keys.slice().sort();
  return keys.map(key => {
    let low = 0, high = UNITS;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle] > key) high = middle; else low = middle + 1;
    }
    return key === -Infinity ? 0 : 1 + UNITS - low;
  });
}

// The nearest whole number, halves to the even one.
function rint(x) {
  const size = Math.abs(x), big = 2 ** 52;
  return size < big ? Math.sign(x) * (size + big - big) : x;
}

// Logarithm and exponential of the engine: a browser's own may differ in the last digit, and a rank with it.
const real = new Float64Array(1), halves = new Int32Array(real.buffer); // low half first, as on every machine of today
const LOG_2 = 0.6931471805599453, LOG_2_UPPER = 6.93147180369123816490e-01, LOG_2_LOWER = 1.90821492927058770002e-10;
const SHIFTER = 1.5 * 2 ** 52, ROOT_HALF = [0x667F3BCD, 0x3FE6A09E];

function logarithm(x) {
  real[0] = x;
  const power = (halves[1] - ROOT_HALF[1] - ((halves[0] >>> 0) < ROOT_HALF[0] ? 1 : 0)) >> 20;
  halves[1] -= power << 20;
  const f = (real[0] - 1) / (real[0] + 1), s = f * f;
  let tail = 1 / 11 + s * (1 / 13 + s * (1 / 15 + s * (1 / 17 + s * (1 / 19 + s * (1 / 21)))));
  tail = s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9 + s * tail))));
  return power * LOG_2 + 2 * (f + f * tail);
}

function exponential(x) {
  if (!(x > -700)) return 0;
  const power = x * (1 / LOG_2) + SHIFTER - SHIFTER, f = x - power * LOG_2_UPPER - power * LOG_2_LOWER;
  let tail = 1 / 40320 + f * (1 / 362880 + f * (1 / 3628800 + f * (1 / 39916800 + f * (1 / 479001600))));
  tail = 1 / 24 + f * (1 / 120 + f * (1 / 720 + f * (1 / 5040 + f * tail)));
  real[0] = 1 + f * (1 + f * (1 / 2 + f * (1 / 6 + f * tail)));
  halves[1] += power << 20;
  return real[0];
}

// Intervals: the same noise every time, so that the same weights give the same intervals.

// Uniform numbers between 0 and 1 by xoshiro128** (Blackman and Vigna 2018).
function generator() {
  let a = 0x9E3779B9, b = 0x243F6A88, c = 0xB7E15162, d = 0x6A09E667;
  const turn = (x, by) => (x << by) | (x >>> (32 - by));
  return () => {
    const found = Math.imul(turn(Math.imul(b, 5), 7), 9) >>> 0, shifted = b << 9;
    c ^= a; d ^= b; b ^= c; a ^= d; c ^= shifted; d = turn(d, 11);
    return (found + 0.5) / 2 ** 32;
  };
}

// Multipliers of the weights (replicate, node) and errors of the scores (replicate, leaf, country), drawn once.
let noise = null;
function drawn() {
  if (noise) return noise;
  const uniform = generator(), spreads = new Float64Array(NODES.length);
  for (const group of groups) for (const node of group.children) spreads[node] = group.spread;
  const replicate = (draw, length) => Array.from({ length: DATA.replicates }, () => Array.from({ length }, draw));
  const factors = replicate((_, node) => 1 - spreads[node] + 2 * spreads[node] * uniform(), NODES.length);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()); // Box and Muller 1958
  const error = (_, leaf) => Float64Array.from(DATA.sd[leaf], sd => sd * normal());
  noise = { factors, errors: DATA.sd && replicate(error, leaves.length) };
  return noise;
}

// First and last of the middle 90 % of each country's ranks, 0 for none.
function intervals(weights, mean, judged) {
  const { factors, errors } = drawn(), counts = Array.from({ length: UNITS }, () => new Uint16Array(UNITS + 1));
  for (let r = 0; r < DATA.replicates; r++) {
    const scores = errors ? SCORES.map((row, leaf) => row.map((x, c) => x + errors[r][leaf][c])) : SCORES;
    const values = climb(weights.map((weight, node) => weight * factors[r][node]), mean, scores, judged);
    ranked(values[NODES.length - 1]).forEach((rank, c) => counts[c][rank]++);
  }
  const end = (own, share) => {
    const wanted = Math.ceil(share * DATA.replicates);
    for (let rank = 0, sum = 0; ; rank++) if ((sum += own[rank]) >= wanted) return rank;
  };
  return counts.map(own => [end(own, 0.05), end(own, 0.95)]);
}

// The ranking under a set of weights, all nodes by number.
function ranking(weights, mean) {
  const values = climb(weights, mean, SCORES), scores = values[NODES.length - 1];
  return { scores, ranks: ranked(scores), ranges: () => intervals(weights, mean, values) };
}

// For researchers, as Results.reweight: nodes that are not named keep their official weights. What is no weight above
// or equal to zero, no node, no mean, or leaves a group nothing, is refused.
function asked(named, name) {
  const weights = OFFICIAL.slice(), mean = means.find(each => each.name === name);
  if (!mean) throw new RangeError(`no such mean: ${name}`);
  for (const [code, weight] of Object.entries(named)) {
    const node = NODES.indexOf(code);
    if (node < 0 || code === ROOT.code) throw new RangeError(`no such node: ${code}`);
    if (!Number.isFinite(weight) || weight < 0) throw new RangeError(`no weight of zero or more: ${code}`);
    weights[node] = weight;
  }
  const empty = groups.find(group => isEmpty(group, weights));
  if (empty) throw new RangeError(`no weight above zero in ${empty.code}`);
  return ranking(weights, mean);
}

const isEmpty = (group, weights) => !group.children.some(node => weights[node] > 0);
const known = value => value !== value || value === 0 ? null : value;
const table = (values, tell) => Object.fromEntries(countries.map(([code], c) => [code, tell(values[c])]));

window.readiness = Object.freeze({
  // readiness.compute({compute: 20, energy: 5}, "geometric") -> {scores: {AT: 55.1, ...}, ranks: {AT: 7, ...}}
  compute(named = {}, name = means[0].name) {
    const { scores, ranks } = asked(named, name);
    return { scores: table(scores, score => score !== score ? null : score), ranks: table(ranks, known) };
  },
  // The same arguments -> {low: {AT: 5, ...}, high: {AT: 9, ...}}
  intervals(named = {}, name = means[0].name) {
    const ranges = asked(named, name).ranges();
    return { low: table(ranges, range => known(range[0])), high: table(ranges, range => known(range[1])) };
  },
});

return { DATA, NODES, OFFICIAL, ranking, isEmpty, rint };
})();
