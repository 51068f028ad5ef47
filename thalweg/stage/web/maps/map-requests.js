/** Maps of many runs, asked of the server: watched while they are made, and fetched. */

const ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array,
};

/** One's maps wait for one another, and not for those of others. */
const visitor = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(36)).join("");

/**
 * @param {string} base where maps are asked for @param {Object} scene with the map in its view
 * @param {(share: number) => void} told how much of it is done
 * @returns {{stop: () => void, ended: Promise<{map?: any, problem?: string}>}} ended with neither:
 *   it was stopped
 */
export function askMap(base, scene, told) {
  const off = new AbortController();
  const at = (path) => new URL(`${base}${path}`, document.baseURI);
  let id = "";

  async function json(path, options = {}) {
    const answer = await fetch(at(path), { signal: off.signal, ...options });
    return answer.json();
  }

  async function work() {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ visitor, scene });
    let state = await json("", { method: "POST", headers, body });
    id = state.id ?? "";
    for (;;) {
      if (state.refused || state.problem) return { problem: state.refused || state.problem };
      if (state.ready) return { map: decoded(await json(`/${id}/map`)) };
      if (state.stopped) return {};
      told(state.share);
      state = await json(`/${id}`);
    }
  }

  return {
    stop() {
      off.abort();
      if (id) fetch(at(`/${id}`), { method: "DELETE", keepalive: true }).catch(() => {});
    },
    ended: work().catch((error) => {
      if (off.signal.aborted) return {};
      if (error instanceof TypeError || error instanceof SyntaxError) return { problem: "" };
      throw error;
    }),
  };
}

/** A map with its arrays as arrays. @param {any} value @returns {any} */
export function decoded(value) {
  if (Array.isArray(value)) return value.map(decoded);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.data === "string" && value.type in ARRAYS) {
    const bytes = Uint8Array.from(atob(value.data), (c) => c.charCodeAt(0));
    return new ARRAYS[value.type](bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
}
