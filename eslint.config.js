/** The linter's rules for the stage's modules; types are TypeScript's business (tsconfig.json). */

import js from "@eslint/js";
import globals from "globals";

const WEB = "thalweg/stage/web/**/*.js";

export default [
  { ignores: ["**/.venv/", "**/build/", "**/node_modules/", "**/*.mjs"] },
  {
    files: [WEB],
    ...js.configs.recommended,
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "object-shorthand": "error",
      "no-implicit-coercion": "error",
      "no-throw-literal": "error",
      "no-eval": "error",
      "no-self-compare": "off", // x !== x is NaN, in the innermost loops
      "no-console": "error",
      "default-param-last": "error",
      "no-useless-rename": "error",
      "prefer-template": "error",
      "array-callback-return": "error",
      "max-lines": ["error", { max: 300 }],
    },
  },
];
