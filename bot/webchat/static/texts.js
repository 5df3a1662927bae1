// The page's own lines, in Chinese and English. Messages stay in the language in which they were written.

const catalogue = JSON.parse(document.getElementById("texts").textContent);
const root = document.documentElement;
let language = root.dataset.language;

export const current = () => language;
export const locale = () => (language === "en" ? "en-GB" : "zh-CN");

export function say(key, values = {}) {
  return catalogue[language][key].replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
}

/** Show the page in a language. Answers whether that was a change. */
export function speak(next) {
  if (!catalogue[next] || next === language) return false;
  language = next;
  root.lang = language === "en" ? "en" : "zh-CN";
  document.title = `${root.dataset.union} · ${say("title")}`;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-say-label]")) node.setAttribute("aria-label", say(node.dataset.sayLabel));
  for (const node of document.querySelectorAll("[data-say-placeholder]")) node.placeholder = say(node.dataset.sayPlaceholder);
  return true;
}
