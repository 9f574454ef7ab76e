
// Values as the report writes them: plain JSON, and what stands for branches, unknowns and functions.

const DEEPEST = 12;
const MOST_ITEMS = 200;
const LONGEST = 2000;

/** A value for people. Every branch of a condition is shown, with its condition. */
function valueNode(value, depth = 0) {
  if (depth > DEEPEST) return h("span", { class: "faint" }, "…");
  if (value === null || typeof value !== "object") return scalar(value);
  if (Array.isArray(value)) return listNode(value, depth);
  if (Array.isArray(value.$any)) return branches(value.$any, depth);
  if (typeof value.$unknown === "string") return unknown(value.$unknown);
  if (value.$fn === true) return h("span", { class: "faint" }, "a function");
  if (value.$undefined === true) return h("span", { class: "faint" }, "undefined");
  if (typeof value.$regex === "string") return h("code", {}, said(cut(value.$regex)));
  return fields(Object.entries(value), depth);
}

function scalar(value) {
  if (typeof value === "string") return h("code", { class: "string" }, "“", said(cut(value)), "”");
  return h("code", {}, String(value));
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${grouped(text.length)} characters)` : text;
}

function unknown(source) {
  return h("span", { class: "unknown", title: "not known from the source alone" }, h("span", { class: "tag" }, "unknown"), code(source));
}

function code(text) {
  return h("code", {}, said(cut(text)));
}

function listNode(items, depth) {
  const sizes = sizeText(items);
  if (sizes) return h("code", {}, sizes);
  if (items.length === 0) return h("span", { class: "faint" }, "empty list");
  const shown = items.slice(0, MOST_ITEMS).map((item) => valueNode(item, depth + 1));
  const rest = items.length - shown.length;
  const isFlat = items.every((item) => item === null || typeof item !== "object");
  const more = rest > 0 && h("li", { class: "faint" }, `and ${grouped(rest)} more`);
  return h("ul", { class: isFlat ? "items flat" : "items" }, shown.map((item) => h("li", {}, item)), more);
}

function fields(entries, depth) {
  if (entries.length === 0) return h("span", { class: "faint" }, "nothing");
  const rest = entries.length - MOST_ITEMS;
  return h(
    "dl",
    { class: "fields" },
    entries.slice(0, MOST_ITEMS).map(([name, value]) => h("div", {}, h("dt", {}, said(name)), h("dd", {}, valueNode(value, depth + 1)))),
    rest > 0 && h("div", {}, h("dt", {}, "…"), h("dd", {}, `${grouped(rest)} more`)),
  );
}

/** One of several values: each stands under its condition. */
function branches(all, depth) {
  const branch = ({ when, value }) =>
    h("li", {}, h("span", { class: "when" }, ...condition(when)), h("span", { class: "then" }, valueNode(value, depth + 1)));
  return h("ul", { class: "branches", "aria-label": "depends on a condition" }, all.slice(0, MOST_ITEMS).map(branch));
}

function condition(when) {
  return typeof when === "string" ? [h("span", { class: "tag" }, "if"), code(when)] : [h("span", { class: "tag" }, "or")];
}

/** A line for what holds under a condition only. */
function onlyIf(when) {
  return when && h("p", { class: "only-if" }, h("span", { class: "tag" }, "only if"), code(when));
}

/** Sizes as people write them, if these are sizes: `300×250, 728×90`. */
function sizeText(value) {
  const isNumber = (side) => typeof side === "number";
  const isSize = (size) => Array.isArray(size) && size.length === 2 && size.every(isNumber);
  if (isSize(value)) return value.join("×");
  if (!Array.isArray(value) || value.length === 0 || value.length > 60) return null;
  const isAny = (size) => isSize(size) || (typeof size === "string" && /^[\w-]{1,20}$/.test(size));
  if (!value.every(isAny) || !value.some(isSize)) return null;
  return value.map((size) => (isSize(size) ? size.join("×") : size)).join(", ");
}

/** A value in one line, for a heading. */
function inline(value) {
  if (typeof value === "string") return said(cut(value));
  return valueNode(value);
}
