
// The page's source around what was found, with the evidence marked.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Bytes shown of the evidence, and on each side of it: an excerpt may be shared by many findings.
const SHOWN_MARKED = 1600;
const SHOWN_AROUND = 320;
const LINES_AROUND = 3;

const LINE_BREAK = /\r\n|\n|\r/;

/** The excerpt that holds a place, cut to what surrounds it; nothing where the report was made without excerpts. */
function excerptOf(page, at) {
  const holding = (excerpt) => {
    excerpt.bytes ??= encoder.encode(excerpt.text);
    return (excerpt.resource ?? null) === (at.resource ?? null) && excerpt.start <= at.start && at.start < excerpt.start + Math.max(excerpt.bytes.length, 1);
  };
  const excerpt = (page.excerpts ?? []).find(holding);
  if (!excerpt) return null;
  const bytes = excerpt.bytes;
  const from = at.start - excerpt.start;
  const end = Math.max(at.end - excerpt.start, from);
  const to = boundary(bytes, Math.min(end, from + SHOWN_MARKED));
  const first = boundary(bytes, Math.max(from - SHOWN_AROUND, 0));
  const last = boundary(bytes, to + SHOWN_AROUND);
  const text = (start, stop) => decoder.decode(bytes.subarray(start, stop));
  const before = text(first, from).split(LINE_BREAK);
  // A line that the cut went through is shown only where it is the finding's own.
  const isTorn = first > 0 || excerpt.column > 1;
  const kept = before.slice(isTorn && before.length > 1 ? 1 : 0).slice(-1 - LINES_AROUND);
  const after = text(to, last).split(LINE_BREAK);
  const shown = after.slice(0, last < bytes.length && after.length > 1 ? -1 : undefined).slice(0, 1 + LINES_AROUND);
  return { before: kept.join("\n"), marked: text(from, to), after: shown.join("\n"), isCut: isTorn && before.length === 1, isWhole: to === end };
}

/** The start of the character that holds a byte. */
function boundary(bytes, at) {
  let start = Math.min(at, bytes.length);
  while (start > 0 && start < bytes.length && (bytes[start] & 0xc0) === 0x80) start -= 1;
  return start;
}

/** The source as lines with their numbers. */
function sourceNode(page, at) {
  const excerpt = excerptOf(page, at);
  if (!excerpt) return h("p", { class: "nothing" }, "This report was made without the source of the page.");
  const lines = [{ parts: [] }];
  const add = (text, isMarked) => {
    text.split(LINE_BREAK).forEach((piece, index) => {
      if (index > 0) lines.push({ parts: [] });
      const indent = isMarked && index > 0 ? piece.match(/^\s*/)[0] : "";
      const rest = piece.slice(indent.length);
      lines.at(-1).parts.push(indent);
      if (rest) lines.at(-1).parts.push(isMarked ? h("mark", {}, visible(rest)) : visible(rest));
    });
  };
  add(excerpt.before, false);
  const before = lines.length - 1;
  add(excerpt.marked, true);
  if (!excerpt.isWhole) lines.at(-1).parts.push(h("span", { class: "cut" }, "… goes on"));
  add(excerpt.after, false);
  const row = (line, index) =>
    h("div", { class: "row" }, h("span", { class: "number" }, at.line - before + index), h("code", {}, index === 0 && excerpt.isCut && h("span", { class: "cut" }, "…"), line.parts));
  return h("div", { class: "source", tabindex: "0", role: "group", "aria-label": `Source, line ${at.line}` }, lines.map(row));
}

/** The name of a file that was saved with the page, where a place stands in it and not in the page. */
function ofResource(page, at) {
  const resource = page.resources?.[at.resource];
  return resource && [" of ", said(fileName(resource.url))];
}

/** A button that names a line and shows it: `place` gets the node to show, or null to hide it, and the button. */
function lineButton(page, at, place) {
  const button = h("button", { type: "button", class: "line", "aria-expanded": "false", title: `Line ${at.line}, column ${at.column}` }, "line ", grouped(at.line), ofResource(page, at));
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isShown));
    place(isShown ? null : sourceNode(page, at), button);
  });
  return button;
}

/** The button in a table's row: the source becomes a row below. */
function lineInRow(page, at) {
  let shown = null;
  return lineButton(page, at, (node, button) => {
    shown?.remove();
    const row = button.closest("tr");
    shown = node && h("tr", { class: "source-row" }, h("td", { colspan: row.cells.length }, node));
    if (shown) row.after(shown);
  });
}

/** The button in a line of text: the source stands below that line. */
function lineInBlock(page, at) {
  let shown = null;
  return lineButton(page, at, (node, button) => {
    shown?.remove();
    shown = node;
    if (shown) button.closest(".has-source").append(shown);
  });
}
