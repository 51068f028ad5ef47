/** Files to take away: asked for, watched while they are made, and kept by the browser. */

/** Milliseconds between two looks at how far a file is. */
const LOOK = 150;

/** @param {string} address @param {any} body @returns {Promise<any>} what the server says, or null */
async function post(address, body) {
  try {
    const answer = await fetch(new URL(address, document.baseURI), {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return null;
  }
}

/** The address of a Scene as others reach it, its QR code (SVG text) and its frame (HTML text).
 * @param {string} base @param {string} address of the page @param {Object} scene
 * @returns {Promise<{address?: string, qr?: string, frame?: string, note?: string, refused?: string}|null>} */
export const askAddress = (base, address, scene) => post(`${base}/address`, { address, scene });

/**
 * A file: `told` hears how far it is, and what it was in the end.
 * @param {string} base @param {Object} wanted see share/asked.py
 * @param {(state: {done: number, all: number, name: string, bytes: number|null, problem: string}) => void} told
 * @returns {{stop: () => void, ended: Promise<string>}} ended: a sentence of what was wrong, or ""
 */
export function takeFile(base, wanted, told) {
  let id = "";
  let stopped = false;
  const at = (path) => new URL(`${base}/${id}${path}`, document.baseURI);

  async function work() {
    const begun = await post(base, wanted);
    if (!begun?.id) return begun?.refused ?? "?";
    id = begun.id;
    for (;;) {
      if (stopped) {
        await fetch(at(""), { method: "DELETE" }).catch(() => {});
        return "";
      }
      const state = await fetch(at("")).then((answer) => answer.json(), () => null);
      if (!state || state.refused) return state?.refused ?? "?";
      told(state);
      if (state.problem) return state.problem;
      if (state.bytes !== null) {
        keep(at("/file").href, state.name);
        return "";
      }
      await new Promise((done) => setTimeout(done, LOOK));
    }
  }
  return {
    stop() {
      stopped = true;
    },
    ended: work(),
  };
}

/** Have the browser save a file. @param {string} href @param {string} name */
export function keep(href, name) {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}
