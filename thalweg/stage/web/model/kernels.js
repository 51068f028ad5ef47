/** Kernels as functions: the texts of a payload, imported once each. */

/** @typedef {import("./run.js").KernelModule} KernelModule */

/** @type {Map<string, Promise<KernelModule>>} */
const imported = new Map();
/** Kernels kept; a text that is needed again is imported again. */
const MOST_KEPT = 400;

/** The module of a text that the server generated.
 * @param {string} name of the text, its content's hash @param {string} text @returns {Promise<KernelModule>} */
function importText(name, text) {
  const found = imported.get(name);
  if (!found) {
    if (imported.size >= MOST_KEPT) imported.clear();
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const module = import(address).finally(() => URL.revokeObjectURL(address));
    imported.set(name, module);
    return module;
  }
  return found;
}

/** Every module of a payload by the name of its text.
 * @param {Record<string, string>} texts @returns {Promise<Record<string, KernelModule>>} */
export async function importKernels(texts) {
  const names = Object.keys(texts);
  const modules = await Promise.all(names.map((name) => importText(name, texts[name])));
  return Object.fromEntries(names.map((name, i) => [name, modules[i]]));
}
