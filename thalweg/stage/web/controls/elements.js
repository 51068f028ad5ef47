/** Small parts that the panel and the bar are made of: elements, menus, buttons, popovers. */

let serial = 0;

/** An id that no other element of the page has. @returns {string} */
export const freshId = () => `thalweg-${++serial}`;

/** @typedef {Record<string, string|number|boolean|null|undefined|((event: Event) => void)>} Attributes
 * functions are listeners, true is an attribute without a value, false and null are left out */

/** An element. @template {keyof HTMLElementTagNameMap} Tag @param {Tag} name its tag
 * @param {Attributes} [attributes] @param {...(Node|string)} children
 * @returns {HTMLElementTagNameMap[Tag]} */
export function elementOf(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, String(value));
    }
  }
  element.append(...children);
  return element;
}

/** The part of the stage with this class, or the element itself. @param {HTMLElement} root
 * @param {string} name @returns {HTMLElement} */
export function partOf(root, name) {
  return root.classList.contains(name) ? root : root.querySelector(`.${name}`) ?? root;
}

/** What an element was made with. @param {Element} root @param {string} selector
 * @returns {HTMLElement} @throws {Error} where it has no such thing */
export function requiredPart(root, selector) {
  /** @type {HTMLElement|null} */
  const found = root.querySelector(selector);
  if (!found) throw new Error(`There is no ${selector} in this element.`);
  return found;
}

/** Let the keyboard scroll what is larger than its place. @param {HTMLElement} element */
export function reachIfLarge(element) {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
  if (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}

/** The stage's own root. @param {HTMLElement} element @returns {HTMLElement} */
export const stageOf = (element) => element.closest(".thalweg") ?? element;

/** Whether the screen is a phone's, where the stage stands in one column (see stage.css). */
export const narrowScreen = () => matchMedia("(max-width: 700px)");

/** Write a text only where it is another one, into the node that is there: a new one would have the
 * page find its styles again. @param {Element} element @param {string} text */
export function setText(element, text) {
  const node = element.firstChild;
  if (node instanceof Text && !node.nextSibling) {
    if (node.data !== text) node.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** Set an attribute only where it has another value. @param {Element} element
 * @param {string} name @param {string|number|boolean} value */
export function setAttribute(element, name, value) {
  const text = String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** A button with a word. @param {string} text @param {() => void} click
 * @param {Attributes} [attributes] @returns {HTMLButtonElement} */
export function createButton(text, click, attributes = {}) {
  return elementOf("button", { type: "button", click, ...attributes }, text);
}

/** How long a choice is shown that the model has not taken over yet, in milliseconds. */
const PATIENCE = 3000;

/** Whether to write the model's value into a control: not while the server has not answered to the
 * value that was chosen there. @template T @param {() => T} get */
function patience(get) {
  /** @type {T|undefined} */
  let before;
  let until = 0;
  return {
    /** @param {HTMLElement} control */
    chosen(control) {
      before = get();
      until = stageOf(control).classList.contains("offline") ? 0 : performance.now() + PATIENCE;
    },
    isOver() {
      if (until && get() === before && performance.now() < until) return false;
      until = 0;
      return true;
    },
  };
}

/** A box to tick, with its words. @param {string} text @param {() => boolean} get
 * @param {(on: boolean) => void} set @param {Attributes} [attributes] */
export function createTick(text, get, set, attributes = {}) {
  const waits = patience(get);
  const change = () => {
    waits.chosen(box);
    set(box.checked);
  };
  const box = elementOf("input", { type: "checkbox", ...attributes, change });
  const element = elementOf("label", { class: "tick-box" }, box, elementOf("span", {}, text));
  const draw = () => {
    if (waits.isOver() && box.checked !== get()) box.checked = get();
  };
  draw();
  return { element, draw };
}

/** A menu of one choice out of many. Without `get` it is a list of things to do: it shows
 * `placeholder` again after every choice.
 * @param {{label: string, items: {slug: string, title: string, group?: string}[],
 *   set: (slug: string) => void, get?: () => string, placeholder?: string, testid?: string,
 *   shows?: string}} options shows: a word in front of it */
export function createMenu({ label, items, set, get, placeholder, testid, shows }) {
  const select = elementOf("select", { "aria-label": label, "data-testid": testid, title: label });
  if (!get) select.append(elementOf("option", { value: "" }, placeholder ?? label));
  /** @type {Map<string, HTMLOptGroupElement>} */
  const groups = new Map();
  for (const { slug, title, group } of items) {
    let parent = group ? groups.get(group) : select;
    if (group && !parent) {
      parent = elementOf("optgroup", { label: group });
      groups.set(group, parent);
      select.append(parent);
    }
    (parent ?? select).append(elementOf("option", { value: slug }, title));
  }
  const waits = patience(get ?? (() => ""));
  select.addEventListener("change", () => {
    const slug = select.value;
    waits.chosen(select);
    if (!get) select.value = "";
    if (slug) set(slug);
  });
  const draw = () => {
    if (get && waits.isOver() && select.value !== get()) select.value = get();
  };
  draw();
  const front = elementOf("span", { "aria-hidden": "true" }, shows ?? "");
  const element = shows ? elementOf("label", { class: "row" }, front, select) : select;
  return { element, select, draw };
}

/** A button that opens a small sheet beside it, closed by Escape or a click elsewhere.
 * @param {string} text @param {Node[]} content @param {{label?: string, testid?: string,
 *   opened?: () => void}} [options] */
export function createPopover(text, content, { label = text, testid, opened } = {}) {
  const named = { class: "popover", popover: "auto", role: "dialog", "aria-label": label };
  const sheet = elementOf("div", named);
  sheet.append(...content);
  const button = createButton(text, () => sheet.togglePopover?.(), {
    "aria-expanded": "false",
    "aria-haspopup": "dialog",
    "data-testid": testid,
  });
  sheet.addEventListener("beforetoggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) opened?.();
  });
  sheet.addEventListener("toggle", () => place(button, sheet));
  // A press on the button closes the sheet before its click would open it again.
  button.addEventListener("pointerdown", (event) => {
    if (!sheet.matches(":popover-open")) return;
    event.preventDefault();
    sheet.hidePopover();
    button.addEventListener("click", (click) => click.stopImmediatePropagation(), {
      capture: true,
      once: true,
    });
  });
  return { element: elementOf("div", { class: "opens" }, button, sheet), button, sheet };
}

/** Put a sheet under its button, inside the window.
 * @param {HTMLElement} button @param {HTMLElement} sheet */
function place(button, sheet) {
  if (!sheet.matches(":popover-open")) return;
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = sheet;
  const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
  const below = at.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, at.top - height - 4) : below;
  sheet.style.left = `${left}px`;
  sheet.style.top = `${top}px`;
}
