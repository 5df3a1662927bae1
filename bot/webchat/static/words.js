// What somebody wrote, as nodes: text stays text; web addresses and telephone numbers become links.

const ADDRESS = /https?:\/\/[^\s<>"'，。；：、！？（）《》【】“”]+/giu;
// Service lines (12333, 95598, 96110), emergency numbers where one is told to call them, free numbers, landlines and mobiles; not an amount of money, not a part of a longer number.
const PHONE = /(?<![\d.\-/A-Za-z￥¥])(?:12[0-9]{3}|95[0-9]{3}|96110|(?<=(?:打|拨|call) ?)1(?:10|19|2[02])|400[- ]?\d{3}[- ]?\d{4}|800[- ]?\d{3}[- ]?\d{4}|0\d{2,3}[- ]\d{7,8}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d]|[.,]\d|\s*(?:元|块|万|千|人|天|小时|分钟|岁|%|％|yuan))/gu;
const LINK = new RegExp(`${ADDRESS.source}|${PHONE.source}`, "giu");

/** Nodes for a text. Nothing in it is ever read as HTML. */
export function words(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const found = match[0].replace(/[.,;:!?)\]]+$/u, "");
    if (match.index > at) nodes.push(document.createTextNode(text.slice(at, match.index)));
    nodes.push(link(found));
    at = match.index + found.length;
  }
  if (at < text.length) nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}

function link(found) {
  const node = document.createElement("a");
  node.textContent = found;
  if (/^https?:/i.test(found)) {
    node.href = found;
    node.target = "_blank";
    node.rel = "noopener noreferrer nofollow";
  } else {
    node.href = `tel:${found.replace(/[^\d]/g, "")}`;
  }
  return node;
}
