"use strict";

// Elements without markup: whatever a page has said becomes a text node and nothing else.

const SVG = "http://www.w3.org/2000/svg";

// Characters that steer a display, turn the reading direction or cannot be seen.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/** Makes an element. Properties that are functions become listeners, `true` an empty attribute; absent ones are left out. */
function h(name, properties, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** Makes an element of SVG. */
function svg(name, properties, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Text from a page, set apart from the reading direction around it; hidden characters are shown by their numbers. */
function said(text, className) {
  return h("bdi", { class: className }, visible(String(text)));
}

/** The text as nodes, with a badge for each hidden character. */
function visible(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(badge(match[0].codePointAt(0)));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

function badge(code) {
  const number = code.toString(16).toUpperCase().padStart(4, "0");
  return h("span", { class: "hidden-character", title: `U+${number}, a character that is not shown` }, number);
}

/** The text for an attribute or a title bar, where no badge can stand. */
function plain(text) {
  return String(text).replace(HIDDEN, "\ufffd");
}

/** A count with thin spaces between thousands. */
function grouped(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Bytes as people read them. */
function sizeOf(bytes) {
  if (bytes < 1000) return counted(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Stands where there is nothing to say. */
function none() {
  return h("span", { class: "none" }, "–");
}

const CERTAINTY = { evaluated: 5, declared: 4, salvaged: 3, request: 2, markup: 1 };

const MEANING = {
  evaluated: "a script that runs on the page does it",
  declared: "the page holds it, in code or data that no run reached",
  salvaged: "it stands in damaged code",
  request: "a URL that the page names belongs to it",
  markup: "an element names it",
};

/** How sure something is: five strokes and the word. */
function evidence(name) {
  const strokes = [1, 2, 3, 4, 5].map((stroke) =>
    svg("rect", { x: (stroke - 1) * 4, y: 10 - stroke * 2, width: 3, height: stroke * 2, class: stroke <= (CERTAINTY[name] ?? 0) ? "on" : "off" }),
  );
  const meter = svg("svg", { class: "meter", viewBox: "0 0 19 10", "aria-hidden": "true", focusable: "false" }, strokes);
  return h("span", { class: "evidence", title: MEANING[name] }, meter, name);
}
