import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: ["**/dist/", "build/", "examples/*.js", ".tap/", "bench/results/"],
  },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Indexing typed arrays and checked maps: the compiler's noUncheckedIndexedAccess asks, we answer.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-explicit-any": "error",
    },
  },
  {
    // tap waits for its tests by itself.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
  {
    files: ["**/*.js"],
    languageOptions: {
      globals: {
        AbortController: "readonly", AbortSignal: "readonly", Buffer: "readonly", Atomics: "readonly", SharedArrayBuffer: "readonly", URL: "readonly",
        clearInterval: "readonly", clearTimeout: "readonly", console: "readonly", performance: "readonly",
        process: "readonly", setImmediate: "readonly", setInterval: "readonly", setTimeout: "readonly",
      }, // prettier-ignore
    },
  },
);
