/** Requests for maps of many runs: watched while the server makes them, and fetched. */

/** @typedef {import("./types.js").ServerMap} ServerMap
 * @typedef {{id?: string, refused?: string, problem?: string, ready?: boolean, stopped?: boolean,
 *   share: number}} JobState what the server says of a map in the making */

/** Arrays by the name of their type. @type {Record<string, new (bytes: ArrayBuffer) => ArrayLike<number>>} */
const ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array,
};

/** One's maps wait for one another, and not for those of others. */
const visitor = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(36)).join("");

/**
 * @param {string} base where maps are asked for
 * @param {import("./types.js").MapRequest} scene with the map in its view
 * @param {(share: number) => void} onProgress told how much of it is done
 * @returns {{stop: () => void, ended: Promise<{map?: ServerMap, problem?: string}>}} ended with neither:
 *   it was stopped
 */
export function requestMap(base, scene, onProgress) {
  const off = new AbortController();
  /** @param {string} path */
  const at = (path) => new URL(`${base}${path}`, document.baseURI);
  let id = "";

  /** What the server answers. @param {string} path @param {RequestInit} [options] */
  async function json(path, options = {}) {
    const answer = await fetch(at(path), { signal: off.signal, ...options });
    return answer.json();
  }

  /** @returns {Promise<{map?: ServerMap, problem?: string}>} */
  async function work() {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ visitor, scene });
    /** @type {JobState} */
    let state = await json("", { method: "POST", headers, body });
    id = state.id ?? "";
    for (;;) {
      if (state.refused || state.problem) return { problem: state.refused || state.problem };
      if (state.ready) {
        const map = decoded(await json(`/${id}/map`));
        // A cast: the JSON of the server, written by thalweg/maps/builders.py.
        return { map: /** @type {ServerMap} */ (map) };
      }
      if (state.stopped) return {};
      onProgress(state.share);
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

/** JSON with its encoded arrays as typed arrays. @param {unknown} value @returns {unknown} */
export function decoded(value) {
  if (Array.isArray(value)) return value.map(decoded);
  if (value === null || typeof value !== "object") return value;
  if ("data" in value && "type" in value) {
    const { data, type } = value;
    if (typeof data === "string" && typeof type === "string" && type in ARRAYS) {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return new ARRAYS[type](bytes.buffer);
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
}
